import Foundation
import Testing
import WeData
import WeKeys
import WeLog
import WeSync

@testable import Weonomy

@Suite("Who has what")
struct ColleagueTests {
    private static func device(_ number: Int) -> DeviceKey {
        DeviceKey(
            Bytes32(
                [UInt8(number >> 8), UInt8(number & 255)] + [UInt8](repeating: 7, count: 30))
                ?? .zero)
    }

    private static func log(_ number: Int, _ count: Int) -> ColleagueNews.Ahead {
        .init(
            key: LogKey(logClass: .content, device: device(number), log: 9), eventCount: count)
    }

    // MARK: - The book

    @Test("the book comes back as it was, whatever else stands in its file")
    func file() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/colleagues"
        var book = ColleagueBook()
        book.met(Self.device(1), eventCount: 7, at: 1_000)
        book.sawOnStick(Self.device(2), heldCount: 3, ahead: [Self.log(2, 5)], at: 2_000)
        book.heard(
            [
                ColleagueNews(
                    device: Self.device(3), met: 500, heldCount: 9, ahead: [Self.log(3, 2)],
                    addresses: ["10.0.0.7:7431", "[2001:db8::1]:80"])
            ], from: Self.device(1), at: 3_000)
        book.save(path: path)
        #expect(ColleagueBook(path: path) == book)
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try folder.write(
            "met\tzz\t1\t1\t\nmet\n\ntold\t\(Self.device(4))\t1\t-1\t\n" + text
                + "ahead\t\(Self.device(5))\t1\tzz:1 :\t\nplace\t\(Self.device(6))\t1\ta\t\n",
            at: "colleagues")
        #expect(ColleagueBook(path: path) == book)
        #expect(ColleagueBook(path: folder.path + "/none") == ColleagueBook())
    }

    @Test("two processes that write the same file both stay heard")
    func merged() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/colleagues"
        let (one, other) = (ColleagueKeeper(path: path), ColleagueKeeper(path: path))
        one.change { $0.met(Self.device(1), eventCount: 1, at: 100) }
        one.save()
        other.change { $0.met(Self.device(2), eventCount: 2, at: 200) }
        other.change { $0.met(Self.device(1), eventCount: 0, at: 50) }
        other.save()
        let third = ColleagueKeeper(path: path).book
        #expect(third.entries[Self.device(1)]?.met?.count == 1)
        #expect(third.entries[Self.device(2)]?.met?.count == 2)
        #expect(one.book == third)
    }

    @Test("whatever members tell, the book stays bounded, and no moment lies ahead")
    func bounded() {
        var book = ColleagueBook()
        let news = (0..<3_000).map {
            ColleagueNews(
                device: Self.device($0), met: .max, heldCount: .max,
                addresses: ["10.0.0.1:1", "10.0.0.2:1", "10.0.0.3:1", "10.0.0.4:1"])
        }
        book.heard(news, from: Self.device(9_999), at: 4_000)
        #expect(book.entries.count == ColleagueBook.devicesMax)
        #expect(book.entries.values.allSatisfy { $0.moment <= 4_000 })
        #expect(book.places(now: 4_000).count == ColleagueBook.placesMax)
        let late = 4_000 + ColleagueBook.placeMillisecondsMax
        #expect(book.places(now: late).isEmpty)
    }

    @Test(
        "names, this machine itself, groups and one link's addresses are dialled on nobody's word")
    func addresses() {
        var book = ColleagueBook()
        let bad = [
            "intranet:80", "127.0.0.1:7431", "[::1]:7431", "224.0.0.1:7431", "0.0.0.0:7431",
        ]
        for (number, address) in bad.enumerated() {
            book.heard(
                [
                    ColleagueNews(
                        device: Self.device(number), met: 1, heldCount: 1, addresses: [address])
                ], from: Self.device(99), at: 1)
        }
        #expect(book.places(now: 1).isEmpty)
    }

    @Test("what was only heard is not told on, and nobody speaks for itself")
    func rumours() {
        var book = ColleagueBook()
        book.heard(
            [ColleagueNews(device: Self.device(1), met: 1, heldCount: 5)], from: Self.device(2),
            at: 10)
        book.heard(
            [ColleagueNews(device: Self.device(3), met: 1, heldCount: 5)], from: Self.device(3),
            at: 10)
        #expect(book.entries[Self.device(3)] == nil)
        #expect(book.news(addresses: [:], now: 10) { _ in true }.isEmpty)
        book.met(Self.device(2), eventCount: 5, at: 20)
        let news = book.news(addresses: [Self.device(2): ["10.0.0.1:1"]], now: 30) { _ in true }
        #expect(news.map(\.device) == [Self.device(2)])
        #expect(news.first?.addresses == ["10.0.0.1:1"])
        let late = 30 + ColleagueBook.newsMillisecondsMax
        #expect(book.news(addresses: [:], now: late) { _ in true }.isEmpty)
    }

    // MARK: - Standing

    @Test("who was met lacks what was written since")
    func met() async throws {
        let team = try await Meeting.team(["Anna", "Bram"])
        let bram = team[1].me.id
        #expect(try await team[0].standings()[bram]?.lackedCount == 0)
        #expect(try await team[0].pendingCount(team[0].standings()) == 0)
        try await team[0].share(.insight, title: "One more", body: "x")
        let standing = try #require(try await team[0].standings()[bram])
        let pending = try await team[0].pendingCount(team[0].standings())
        #expect(standing.lackedCount == pending)
        #expect(standing.lackedCount > 0 && standing.aheadCount == 0 && standing.toldBy == nil)
        #expect(standing.met != nil && !standing.isByStick)
    }

    @Test("a colleague who was never met is known by the word of one who was")
    func told() async throws {
        // Chris joins with Bram, and never meets Anna.
        let team = try await Meeting.team(["Anna", "Bram"], moderators: 1)
        let code = try await team[1].invite(uses: 1).code
        let address = try await team[1].listen(host: "127.0.0.1", port: 0).description
        let (chris, _) = try await Brain.join(nil, as: "Chris", code: code, at: address)
        await team[1].close()
        #expect(try await team[0].standings()[chris.me.id] == nil)
        try await Meeting.meet(team[0], team[1])
        let standing = try #require(try await team[0].standings()[chris.me.id])
        #expect(standing.toldBy?.id == team[1].me.id && standing.met == nil)
        #expect(standing.lackedCount == 0)
        // The other way nothing is told: Anna met nobody but Bram.
        #expect(try await team[1].standings()[chris.me.id]?.toldBy == nil)
    }

    @Test("a stick says who holds what is not here, until it arrives; and others are told")
    func ahead() async throws {
        let team = try await Meeting.team(["Anna", "Bram", "Chris"])
        let stick = MemoryStick()
        _ = try await team[2].carry(stick)
        for number in 0..<5 {
            try await team[2].share(.insight, title: "Note \(number)", body: "x")
        }
        _ = try await team[2].carry(stick)
        // What Chris left is lost; what Chris holds is written on the stick still.
        for name in stick.names(ending: ".bundle") { stick.files[name] = nil }
        _ = try await team[1].carry(stick)
        let chris = team[2].me.id
        let seen = try #require(try await team[1].standings()[chris])
        #expect(seen.aheadCount == 5 && seen.isByStick && seen.toldBy == nil)
        // Two who meet and have nothing new for each other do not even talk.
        try await team[1].share(.insight, title: "Something new", body: "x")
        try await Meeting.meet(team[0], team[1])
        let told = try #require(try await team[0].standings()[chris])
        #expect(told.aheadCount == 5 && told.toldBy?.id == team[1].me.id)
        try await Meeting.meet(team[0], team[2])
        #expect(try await team[0].standings()[chris]?.aheadCount == 0)
        try await Meeting.meet(team[0], team[1])
        let later = try #require(try await team[1].standings()[chris])
        #expect(later.aheadCount == 0 && later.lackedCount == 0)
    }
}
