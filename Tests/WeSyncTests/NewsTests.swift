import Testing
import WeData
import WeKeys
import WeLog

@testable import WeSync

@Suite("Hearing of others")
struct NewsTests {
    private static func device(_ number: Int) -> DeviceKey {
        DeviceKey(
            Bytes32([UInt8(number >> 8), UInt8(number & 255)] + [UInt8](repeating: 7, count: 30))
                ?? .zero)
    }

    private static func news(_ count: Int) -> [ColleagueNews] {
        (0..<count).map { number in
            ColleagueNews(
                device: device(number), met: -5 + Int64(number), heldCount: number,
                ahead: [
                    .init(
                        key: LogKey(logClass: .content, device: device(number), log: 9),
                        eventCount: 1 + number)
                ],
                addresses: ["10.0.0.\(number % 250):7431", "[2001:db8::1]:7431"])
        }
    }

    private static func decoded(_ bytes: [UInt8]) throws -> [ColleagueNews]? {
        guard case .news(let news) = try Message(decoding: bytes, team: nil) else { return nil }
        return news
    }

    @Test("news come back as they were", arguments: [0, 1, 2, 64])
    func roundTrip(count: Int) throws {
        let news = Self.news(count)
        #expect(try Self.decoded(Message.news(news).encoded) == news)
    }

    @Test("too many, twice the same device, out of order: no message")
    func refused() {
        let all = Self.news(65)
        for bad in [all, [all[1], all[0]], [all[0], all[0]]] {
            #expect(throws: SyncError.self) { try Self.decoded(Message.news(bad).encoded) }
        }
        // The bounds of one entry, written past its initialiser.
        var writer = Writer(capacity: 400)
        writer.array(2)
        writer.int(Message.Kind.news.rawValue)
        writer.array(1)
        writer.array(5)
        writer.id(Self.device(1))
        writer.int(1)
        writer.int(1)
        writer.array(0)
        writer.array(1)
        writer.text(String(repeating: "1", count: 65))
        #expect(throws: SyncError.self) { try Self.decoded(writer.take()) }
    }

    @Test("what does not fit is left out when it is written")
    func bounded() {
        let logs = (0..<40).map {
            ColleagueNews.Ahead(
                key: LogKey(logClass: .content, device: Self.device($0), log: 1), eventCount: 1)
        }
        let addresses = ["", String(repeating: "a", count: 65)] + (1...9).map { "10.0.0.\($0):1" }
        let one = ColleagueNews(
            device: Self.device(1), met: 0, heldCount: -3, ahead: logs, addresses: addresses)
        #expect(one.heldCount == 0 && one.ahead.count == 16)
        #expect(one.addresses == (1...4).map { "10.0.0.\($0):1" })
    }

    @Test("a live peer is told, but not of itself; one that goes at once is told nothing")
    func told() throws {
        for isLive in [true, false] {
            let (anna, ben) = try pair(seed: 91, events: 10)
            let meeting = try Meeting(anna, ben, seed: 91, isLive: isLive).start()
            if isLive {
                meeting.run()
            } else {
                while !meeting.initiator.isClosed, meeting.step() {}
            }
            let own = ColleagueNews(device: ben.key.publicKey, met: 1, heldCount: 1)
            meeting.obey(
                meeting.initiator.session.tell(Self.news(3) + [own], now: meeting.now), 0)
            meeting.run()
            #expect(meeting.responder.news == (isLive ? [Self.news(3)] : []))
            #expect(meeting.responder.error == nil)
        }
    }
}
