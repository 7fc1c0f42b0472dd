import Testing
import WeData

/// Marks and what makes them stale, void events and heads (Protocol.md, "Data types").
@Suite("Marks and void events")
struct RecordMarkTests {
    private static let valid: Change = .mark(field: "validation", key: "", value: "right")

    @Test("a mark belongs to its field, key and person; the last one of these shows")
    func slots() {
        var log = ObjectLog()
        let start = log.write(.create(kind: "share"))
        let one = log.write(.mark(field: "reaction", key: "thanks", value: true), after: [start])
        let two = log.write(.mark(field: "reaction", key: "used", value: true), after: [one])
        log.write(
            .mark(field: "reaction", key: "thanks", value: 2), by: ObjectLog.bram, after: [start])
        #expect(log.record.marks.count == 3)
        log.write(.mark(field: "reaction", key: "thanks", value: 3), after: [two])
        let mine = log.record.marks.filter { $0.person == ObjectLog.anna && $0.key == "thanks" }
        #expect(mine.map(\.value) == [3])
    }

    @Test("a mark is no change of what it is left on")
    func changed() {
        var log = ObjectLog()
        let start = log.write(.create(kind: "share"))
        let made = log.record.changed
        let mark = log.write(Self.valid, by: ObjectLog.bram, after: [start])
        #expect(log.record.changed == made && log.record.created == made)
        log.write(.set(field: "title", value: "Two"), after: [mark])
        #expect(log.record.changed > made)
    }

    @Test("null takes back one's own mark only")
    func takingBack() {
        var log = ObjectLog()
        let start = log.write(Self.valid)
        let other = log.write(Self.valid, by: ObjectLog.bram, after: [start])
        log.write(
            .mark(field: "validation", key: "", value: .null), by: ObjectLog.chris, after: [other])
        #expect(log.record.marks.count == 2)
        log.write(
            .mark(field: "validation", key: "", value: .null), by: ObjectLog.bram, after: [other])
        #expect(log.record.marks.map(\.person) == [ObjectLog.anna])
    }

    @Test(
        "an edit that a mark did not see makes it 'changed since'",
        arguments: [
            .set(field: "title", value: "New"), .add(field: "topics", element: "new"),
            .remove(field: "topics", element: "sqlite"),
            .text(field: "body", hunks: TextHunk.replacing("", with: "New")),
        ] as [Change])
    func changedSince(edit: Change) {
        var log = ObjectLog()
        let start = log.write(
            .create(kind: "share"), .set(field: "title", value: "One"),
            .add(field: "topics", element: "sqlite"))
        let mark = log.write(Self.valid, by: ObjectLog.bram, after: [start])
        #expect(log.record.marks.map(\.isCurrent) == [true])
        var later = log
        later.write(edit, after: [mark])
        #expect(later.record.marks.map(\.isCurrent) == [false])
        var concurrent = log
        let edited = concurrent.write(edit, after: [start])
        #expect(concurrent.record.marks.map(\.isCurrent) == [false])
        concurrent.write(Self.valid, by: ObjectLog.bram, after: [mark, edited])
        #expect(concurrent.record.marks.map(\.isCurrent) == [true])
    }

    @Test("another mark or a count is no edit, and an event's own edit is seen by its mark")
    func noEdits() {
        var log = ObjectLog()
        let start = log.write(.set(field: "title", value: "One"), Self.valid)
        #expect(log.record.marks.map(\.isCurrent) == [true])
        log.write(
            .mark(field: "reaction", key: "thanks", value: true), .count(field: "n", delta: 1),
            by: ObjectLog.bram, after: [start])
        #expect(log.record.marks.map(\.isCurrent) == [true, true])
    }

    @Test("an edit that somebody wrote over no longer stands in the way")
    func overwritten() {
        var log = ObjectLog()
        let start = log.write(.set(field: "title", value: "One"))
        let unseen = log.write(.set(field: "title", value: "Two"), after: [start])
        let over = log.write(.set(field: "title", value: "Three"), after: [unseen])
        log.write(Self.valid, by: ObjectLog.bram, after: [over])
        #expect(log.record.marks.map(\.isCurrent) == [true])
    }

    // MARK: - What does not count

    @Test("a void event shows nothing and keeps what its author had seen")
    func void() {
        var log = ObjectLog()
        let start = log.write(
            .set(field: "title", value: "One"), .add(field: "topics", element: "a"))
        let void = log.void(after: [start])
        #expect(log.record.heads == [start])
        log.write(
            .set(field: "title", value: "Two"), .remove(field: "topics", element: "a"),
            by: ObjectLog.bram, after: [void])
        #expect(log.record.registers["title"]?.map(\.value) == ["Two"])
        #expect(log.record.set("topics").isEmpty)
        #expect(log.record.changed == log.entries.last?.wall)
        // Beside the line too, where no short cut answers.
        log.write(.count(field: "n", delta: 1), after: [start])
        #expect(log.record.registers["title"]?.map(\.value) == ["Two"])
    }

    @Test("creator, time and heads are of events that count")
    func voidEnds() {
        var log = ObjectLog()
        let before = log.void(after: [])
        let one = log.write(.create(kind: "need"), by: ObjectLog.bram, after: [before])
        let two = log.write(.set(field: "title", value: "x"), after: [before])
        log.void(after: [one, two])
        let record = log.record
        let first = log.entries.first { $0.id == min(one, two) }
        #expect(record.creator == first?.author)
        #expect(record.created == first?.wall)
        #expect(record.kind == "need")
        #expect(Set(record.heads) == [one, two])
    }

    @Test("nothing at all, and nothing that counts")
    func empty() {
        var log = ObjectLog()
        #expect(log.record.creator == nil && log.record.heads.isEmpty)
        log.void(after: [])
        #expect(log.record.creator == nil && log.record.heads.isEmpty)
        #expect(log.record.kind == nil && log.record.marks.isEmpty)
    }

    @Test("a change of a later version, and an erasure, show nothing")
    func unknown() {
        var log = ObjectLog()
        let start = log.write(.create(kind: "share"))
        let before = log.record.encoded(object: ObjectLog.object)
        log.write(.unknown(.array([9, "field", 1])), .erase(events: [start]), after: [start])
        #expect(log.record.encoded(object: ObjectLog.object) == before)
    }
}
