import Testing
import WeData

/// Random histories: the fold is what Protocol.md says, whatever the order of arrival.
@Suite("Record, whatever arrives when")
struct RecordPropertyTests {
    private static let eventsMax = 30

    private static func state(_ entries: [History.Entry]) -> [UInt8] {
        Record(entries).encoded(object: ObjectLog.object)
    }

    @Test("the fold is Protocol.md's, taken word by word", arguments: 0..<60 as Range<UInt64>)
    func reference(seed: UInt64) throws {
        for round in UInt64(0)..<5 {
            let count = 1 + Int((seed &* 5 &+ round) % UInt64(Self.eventsMax))
            let entries = ObjectLog.random(seed: seed &* 100 &+ round, count: count)
            let reference = ReferenceFold(entries)
            let record = Record(entries)
            let bytes = record.encoded(object: ObjectLog.object)
            #expect(
                try Value(decoding: bytes)
                    == Value(decoding: reference.encoded(object: ObjectLog.object)),
                "seed \(seed), round \(round)")
            #expect(bytes == reference.encoded(object: ObjectLog.object))
            #expect(Set(record.heads) == reference.heads, "seed \(seed), round \(round)")
        }
    }

    @Test(
        "neither order of arrival nor repetition matters", arguments: 0..<40 as Range<UInt64>)
    func order(seed: UInt64) {
        var random = Seeded(seed)
        let entries = ObjectLog.random(seed: seed &+ 5_000, count: Self.eventsMax, texts: true)
        let expected = Self.state(entries)
        let heads = Record(entries).heads
        for _ in 0..<4 {
            var shuffled = entries.shuffled(using: &random)
            shuffled += shuffled.shuffled(using: &random).prefix(random.below(Self.eventsMax))
            shuffled.shuffle(using: &random)
            #expect(Self.state(shuffled) == expected, "seed \(seed)")
            #expect(Record(shuffled).heads == heads, "seed \(seed)")
        }
        #expect(Self.state(entries + entries) == expected, "seed \(seed)")
    }

    @Test("who saw everything settles everything", arguments: 0..<20 as Range<UInt64>)
    func settle(seed: UInt64) {
        var random = Seeded(seed)
        let entries = ObjectLog.random(seed: seed &+ 9_000, count: Self.eventsMax)
        let before = Record(entries)
        let last = History.Entry(
            id: EventID(random.bytes32()), parents: entries.map(\.id),
            lamport: (entries.map(\.lamport).max() ?? 0) + 1, author: ObjectLog.anna, wall: 0,
            changes: before.registers.keys.map { .set(field: $0, value: "settled") }
                + before.sets.flatMap { field, elements in
                    elements.map { .remove(field: field, element: $0) }
                })
        let after = Record(entries + [last])
        let values = after.registers.values.map { $0.map(\.value) }
        #expect(values == values.map { _ in ["settled"] }, "seed \(seed)")
        #expect(after.sets.isEmpty && after.conflicts.isEmpty)
        #expect(after.heads == [last.id])
        // What the last event wrote, no mark had seen.
        let isEdited = !last.changes.isEmpty
        #expect(!isEdited || !after.marks.map(\.isCurrent).contains(true), "seed \(seed)")
    }
}
