import Testing
import WeData

/// How concurrent writes merge, field by field (Protocol.md, "Data types").
@Suite("Record")
struct RecordTests {
    // MARK: - Registers

    @Test("of concurrent writes the greatest counts and the others stay visible")
    func competing() throws {
        var log = ObjectLog()
        let start = log.write(.create(kind: "share"), .set(field: "title", value: "One"))
        let two = log.write(.set(field: "title", value: "Two"), after: [start])
        let three = log.write(
            .set(field: "title", value: "Three"), by: ObjectLog.bram, after: [start])
        let record = log.record
        let winner = two > three ? two : three
        #expect(record.registers["title"]?.map(\.event) == [winner, min(two, three)])
        #expect(record["title"] == (winner == two ? "Two" : "Three"))
        #expect(record.conflicts == ["title"])
        #expect(Set(record.heads) == [two, three])
        let versions = try #require(record.registers["title"])
        #expect(Set(versions.map(\.author)) == [ObjectLog.anna, ObjectLog.bram])
    }

    @Test("a later lamport beats a greater id")
    func lamportFirst() {
        for seed in UInt64(0)..<8 {
            var log = ObjectLog(seed: seed)
            let start = log.write(.set(field: "title", value: "One"))
            let between = log.write(.count(field: "seen", delta: 1), after: [start])
            log.write(.set(field: "title", value: "Early"), after: [start])
            let late = log.write(.set(field: "title", value: "Late"), after: [between])
            #expect(log.record.registers["title"]?.first?.event == late, "seed \(seed)")
        }
    }

    @Test("a write that saw all versions settles them, one that saw some does not")
    func settling() {
        var log = ObjectLog()
        let start = log.write(.set(field: "title", value: "One"))
        let two = log.write(.set(field: "title", value: "Two"), after: [start])
        let three = log.write(.set(field: "title", value: "Three"), after: [start])
        let half = log.write(.set(field: "title", value: "Half"), after: [two])
        #expect(log.record.registers["title"]?.map(\.event) == [half, three])
        let whole = log.write(.set(field: "title", value: "Whole"), after: [half, three])
        #expect(log.record.registers["title"]?.map(\.event) == [whole])
        #expect(log.record.conflicts.isEmpty)
        #expect(log.record.heads == [whole])
    }

    @Test("null clears a register, and may lose to a concurrent write")
    func clearing() {
        var log = ObjectLog()
        let start = log.write(.set(field: "title", value: "One"))
        let cleared = log.write(.set(field: "title", value: .null), after: [start])
        #expect(log.record["title"] == nil)
        #expect(log.record.registers["title"]?.map(\.value) == [.null])
        log.write(.set(field: "title", value: "Two"), after: [start])
        #expect(log.record.registers["title"]?.count == 2)
        #expect(log.record.conflicts == ["title"])
        log.write(.set(field: "title", value: "Back"), after: [cleared])
        #expect(log.record["title"] == "Back")
    }

    @Test("equal concurrent values are no conflict")
    func agreement() {
        var log = ObjectLog()
        let start = log.write(.set(field: "status", value: "open"))
        log.write(.set(field: "status", value: "resolved"), after: [start])
        log.write(.set(field: "status", value: "resolved"), by: ObjectLog.bram, after: [start])
        #expect(log.record.registers["status"]?.count == 2)
        #expect(log.record.conflicts.isEmpty)
    }

    @Test("of several writes of one event to one field the last one counts")
    func twiceInOneEvent() {
        var log = ObjectLog()
        log.write(
            .set(field: "title", value: "One"), .set(field: "other", value: 1),
            .set(field: "title", value: "Two"), .mark(field: "m", key: "", value: 1),
            .mark(field: "m", key: "", value: 2))
        #expect(log.record.registers["title"]?.map(\.value) == ["Two"])
        #expect(log.record["other"] == 1)
        #expect(log.record.marks.map(\.value) == [2])
        #expect(log.record.conflicts.isEmpty)
    }

    // MARK: - Sets

    @Test("a remove takes the adds that its author saw, and no others")
    func observedRemove() {
        var log = ObjectLog()
        let first = log.write(.add(field: "topics", element: "sqlite"))
        let again = log.write(
            .add(field: "topics", element: "sqlite"), by: ObjectLog.bram, after: [first])
        let removed = log.write(.remove(field: "topics", element: "sqlite"), after: [first])
        #expect(log.record.set("topics") == ["sqlite"])
        log.write(.remove(field: "topics", element: "sqlite"), after: [again, removed])
        #expect(log.record.set("topics").isEmpty)
        #expect(log.record.sets["topics"] == nil)
    }

    @Test("an add after a remove brings it back, and a remove of another element does nothing")
    func addAgain() {
        var log = ObjectLog()
        let first = log.write(
            .add(field: "topics", element: "b"), .add(field: "topics", element: "a"))
        let gone = log.write(.remove(field: "topics", element: "b"), after: [first])
        #expect(log.record.set("topics") == ["a"])
        let back = log.write(.add(field: "topics", element: "b"), after: [gone])
        #expect(log.record.set("topics") == ["a", "b"])
        log.write(.remove(field: "languages", element: "b"), after: [back])
        log.write(.remove(field: "topics", element: "c"), after: [back])
        #expect(log.record.set("topics") == ["a", "b"])
    }

    // MARK: - Counters

    @Test("a counter is the sum of all branches")
    func counting() {
        var log = ObjectLog()
        let start = log.write(.count(field: "n", delta: 5))
        log.write(.count(field: "n", delta: 2), .count(field: "n", delta: 1), after: [start])
        log.write(.count(field: "n", delta: -4), by: ObjectLog.bram, after: [start])
        #expect(log.record.counters == ["n": 4])
    }

    @Test("a counter stays at the ends of its range", arguments: [1, -1] as [Int64])
    func saturating(sign: Int64) {
        var log = ObjectLog()
        let end: Int64 = sign > 0 ? .max : .min
        let full = log.write(.count(field: "n", delta: end))
        let more = log.write(.count(field: "n", delta: sign), after: [full])
        #expect(log.record.counters["n"] == end)
        log.write(.count(field: "n", delta: -2 * sign), after: [more])
        #expect(log.record.counters["n"] == end - 2 * sign)
    }

    // MARK: - Kinds and texts

    @Test("of several kinds the first by order stays")
    func kinds() {
        var log = ObjectLog()
        let first = log.write(.create(kind: "share"))
        log.write(.create(kind: "need"), after: [first])
        #expect(log.record.kind == "share")
    }

    @Test("all that one event does to a text it does one after another")
    func textsOfOneEvent() {
        var log = ObjectLog()
        let hunks = { (text: String) in [TextHunk(position: 0, deleteCount: 0, insert: text)] }
        let start = log.write(
            .text(field: "body", hunks: hunks("b")), .text(field: "body", hunks: hunks("a")))
        #expect(log.record.text("body") == "ab")
        log.write(
            .text(field: "body", hunks: hunks("d")), .text(field: "body", hunks: hunks("c")),
            by: ObjectLog.bram, after: [start])
        log.write(.count(field: "n", delta: 1), after: [start])
        #expect(log.record.text("body") == "cdab")
    }

    // MARK: - Size

    @Test("a history of any depth is walked, not climbed")
    func deep() {
        let count = 20_000
        var generator = SplitMix64(seed: 11)
        var entries: [History.Entry] = []
        var heads: [EventID] = []
        // Two branches that never meet, so that order alone does not tell the causality.
        for index in 0..<count {
            let id = EventID(
                Bytes32(
                    word0: generator.next(), word1: generator.next(), word2: generator.next(),
                    word3: generator.next()))
            let branch = index % 2
            let parent = index == 0 ? [] : [heads[index == 1 ? 0 : branch]]
            if heads.count < 2 { heads.append(id) } else { heads[branch] = id }
            entries.append(
                History.Entry(
                    id: id, parents: parent, lamport: (index + 1) / 2, author: ObjectLog.anna,
                    wall: 0, changes: [.set(field: "title", value: .int(Int64(index)))]))
        }
        let record = Record(entries.shuffled(using: &generator))
        #expect(Set(record.heads) == Set(heads))
        #expect(record.registers["title"]?.count == 2)
    }
}
