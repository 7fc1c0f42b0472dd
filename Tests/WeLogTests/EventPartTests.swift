import Testing
import WeData
import WeKeys

@testable import WeLog

/// The parts that events are made of and rebuilt from.
@Suite("Parts of events")
struct EventPartTests {
    /// Counts up.
    private struct Counting: RandomSource {
        func bytes(_ count: Int) -> [UInt8] { (0..<count).map { UInt8($0) } }
    }

    private func event(_ key: SigningKey) -> Event {
        EventAuthor(key: key).event(
            team: TeamID(.zero), key: LogKey(logClass: .content, device: key.publicKey, log: 1),
            sequence: 0, previous: nil, object: nil, parents: [EventID(.zero)], lamport: 1,
            wall: 0, body: ContentBody(salt: Counting().bytes(16), changes: []).encoded)
    }

    @Test("salts and log ids come from the author's source, which a test can repeat")
    func author() throws {
        var random = Seeded(90)
        let key = try random.signingKey()
        let author = EventAuthor(key: key, random: Counting())
        #expect(author.device == key.publicKey)
        #expect(author.salt() == Array(0..<16))
        #expect(author.logID() == 0x0001_0203_0405_0607)
        #expect(EventAuthor(key: key).salt() != EventAuthor(key: key).salt())
    }

    @Test("an event is rebuilt from what a store keeps of it; a signature has 64 bytes")
    func stored() throws {
        var random = Seeded(91)
        let event = event(try random.signingKey())
        let bytes = event.signatureBytes
        let again = try #require(
            Event(header: event.header, signatureBytes: bytes, body: event.body))
        #expect(again == event && again.isSignatureValid)
        let named = Event(
            header: event.header, signatureBytes: bytes, id: EventID(.zero), body: nil)
        #expect(named?.id == EventID(.zero), "the id is taken as it is stored")
        for other in [[], Array(bytes.dropLast()), bytes + [0]] {
            #expect(Event(header: event.header, signatureBytes: other, body: nil) == nil)
        }
    }

    @Test("two sets without a common event make one, whichever way they are summed")
    func union() {
        let ids = (0..<6).map { EventID(Digest(hashing: [UInt8($0)]).value) }
        func summary(_ ids: some Sequence<EventID>) -> SetSummary {
            var sum = SetSummary.empty
            for id in ids { sum.insert(id) }
            return sum
        }
        let all = summary(ids)
        #expect(summary(ids.reversed()) == all)
        for count in 0...6 {
            #expect(summary(ids.prefix(count)) + summary(ids.dropFirst(count)) == all)
        }
        #expect(summary(ids.dropLast()).fingerprint != all.fingerprint)
    }

    @Test("text is cut to so many bytes, never inside a character")
    func cut() {
        #expect("Noord".cut(toBytes: 5) == "Noord")
        #expect("Noord".cut(toBytes: 4) == "Noor")
        #expect("Noord".cut(toBytes: 0).isEmpty)
        #expect("één".cut(toBytes: 3) == "é")
        #expect("a👩‍🔬b".cut(toBytes: 11) == "a")
        #expect("a👩‍🔬b".cut(toBytes: 12) == "a👩‍🔬")
    }

    @Test("a run names its log by eight bytes, and its membership events have bodies")
    func runs() throws {
        var random = Seeded(92)
        let key = try random.signingKey()
        let device = Value.bytes(key.publicKey.bytes)
        func read(log: [UInt8], class logClass: Int64, body: Value) throws(LogError) -> Run {
            let item: Value = [
                .bytes([]), [.bytes([UInt8](repeating: 1, count: 32))], 1, 0,
                .bytes([UInt8](repeating: 2, count: 64)), body,
            ]
            let run: Value = [.int(logClass), device, .bytes(log), 0, .bytes([]), [item]]
            var reader = Reader(run.encoded)
            return try Run(from: &reader, team: TeamID(.zero))
        }
        let stub: Value = [3, .bytes([UInt8](repeating: 3, count: 32))]
        let eight = [UInt8](repeating: 5, count: 8)
        #expect(try read(log: eight, class: 0, body: stub).key.log == 0x0505_0505_0505_0505)
        for log in [[], Array(eight.dropLast())] {
            #expect(throws: LogError.self) { try read(log: log, class: 0, body: stub) }
        }
        #expect(throws: LogError.self) { try read(log: eight, class: 2, body: stub) }
        #expect(throws: LogError.form("a membership event without its body")) {
            try read(log: eight, class: 1, body: stub)
        }
    }

    @Test("a log ends at its greatest sequence number")
    func lastSequence() {
        func check(_ sequence: Int) throws(LogError) {
            try EventHeader(
                team: TeamID(.zero),
                key: LogKey(logClass: .content, device: DeviceKey(.zero), log: 1),
                sequence: sequence, previous: EventID(.zero), object: nil, parents: [],
                lamport: 1, wall: 0, bodyByteCount: 0, bodyHash: Digest(.zero)
            ).checkForm()
        }
        #expect(throws: Never.self) { try check(EventLimit.sequenceMax) }
        #expect(throws: LogError.form("seq is too great")) { try check(EventLimit.sequenceMax + 1) }
    }
}
