import Testing
import WeData

@Suite("Text: what nobody should send")
struct TextHostileTests {
    static func edit(
        _ name: String, _ sequence: Int = 0, _ parents: [TextID] = [], _ hunks: [TextHunk]
    ) throws(TextEdit.Refusal) -> TextEdit {
        try TextEdit(agent: agent(name), sequence: sequence, parents: parents, hunks: hunks)
    }

    @Test("a refusal depends on the edit alone")
    func refusals() {
        let one = TextHunk(position: 0, deleteCount: 0, insert: "x")
        let id = TextID(agent: agent("p"), sequence: 0)
        #expect(throws: TextEdit.Refusal.empty) { try Self.edit("a", 0, [], []) }
        #expect(throws: TextEdit.Refusal.negative) { try Self.edit("a", -1, [], [one]) }
        #expect(throws: TextEdit.Refusal.negative) {
            try Self.edit("a", 0, [], [TextHunk(position: -1, deleteCount: 1, insert: "")])
        }
        #expect(throws: TextEdit.Refusal.negative) {
            try Self.edit("a", 0, [], [TextHunk(position: 0, deleteCount: .min, insert: "")])
        }
        #expect(throws: TextEdit.Refusal.tooLong) { try Self.edit("a", .max, [], [one]) }
        #expect(throws: TextEdit.Refusal.ownParent) {
            try Self.edit("p", 0, [id], [one])
        }
        #expect(throws: TextEdit.Refusal.tooManyParents) {
            try Self.edit("a", 0, (0..<33).map { TextID(agent: agent("p"), sequence: $0) }, [one])
        }
        #expect(TextAgent([UInt8](repeating: 0, count: 129)) == nil)
    }

    @Test("positions past the end mean the end, counts past it all there is")
    func clamps() throws {
        var document = TextDocument()
        _ = document.apply(
            try Self.edit("a", 0, [], [TextHunk(position: .max, deleteCount: .max, insert: "abc")]))
        #expect(document.text == "abc")
        let heads = document.version
        _ = document.apply(
            try Self.edit("b", 0, heads, [TextHunk(position: 1, deleteCount: .max, insert: "é")]))
        _ = document.apply(
            try Self.edit("c", 0, heads, [TextHunk(position: .max, deleteCount: .max, insert: "!")])
        )
        #expect(document.text == "aé!")
        var copy = TextDocument()
        #expect(copy.apply(contentsOf: document.edits(since: [])).waiting.isEmpty)
        #expect(copy.text == "aé!" && copy.version == document.version)
    }

    @Test("hunks that each delete a trillion do not make versions run out")
    func hugeDeletes() throws {
        let hunk = TextHunk(position: 0, deleteCount: 1 << 40, insert: "")
        let hunks = [TextHunk](repeating: hunk, count: 20_000)
        var document = TextDocument()
        document.insert("some text", at: 0, by: agent("a"))
        let heads = document.version
        _ = document.apply(try Self.edit("b", 0, heads, hunks))
        _ = document.apply(try Self.edit("c", 0, heads, hunks))
        document.insert("after", at: 0, by: agent("a"))
        #expect(document.text == "after")
        let copy = try TextDocument(encoded: document.encoded(), replays: true)
        #expect(copy.text == "after" && copy.version == document.version)
    }

    @Test("two thousand who all begin alone and delete all they see")
    func branches() throws {
        let root = try Self.edit(
            "root", 0, [], [TextHunk(position: 0, deleteCount: 0, insert: "0123")])
        var edits = [root]
        for number in 0..<2_000 {
            edits.append(
                try Self.edit(
                    "w\(number)", 0, number % 2 == 0 ? [root.last] : [],
                    [
                        TextHunk(position: 0, deleteCount: 9, insert: ""),
                        TextHunk(position: 0, deleteCount: 0, insert: "\(number % 10)"),
                    ]))
        }
        var document = TextDocument()
        #expect(document.apply(contentsOf: edits.reversed()).waiting.isEmpty)
        #expect(document.scalarCount == 2_000)
        var live = TextDocument()
        for edit in edits { _ = live.apply(edit) }
        #expect(live.text == document.text)
        let joined = live.edit(
            [TextHunk(position: 0, deleteCount: 2_000, insert: "!")], by: agent("me"))
        #expect(joined.count > 1)
        #expect(document.apply(contentsOf: joined).waiting.isEmpty)
        #expect(document.text == "!" && live.text == "!")
    }

    @Test("a chain of many short edits, each by an agent of its own, is cheap")
    func manyAgents() throws {
        var document = TextDocument()
        var parents: [TextID] = []
        for number in 0..<10_000 {
            let edit = try Self.edit(
                "agent-\(number)", 0, parents,
                [TextHunk(position: number / 2, deleteCount: 0, insert: "x")])
            guard case .applied = document.apply(edit) else {
                Issue.record("edit \(number)")
                return
            }
            parents = [edit.last]
        }
        #expect(document.scalarCount == 10_000)
        let copy = try TextDocument(encoded: document.encoded())
        #expect(copy.version == document.version)
    }

    @Test("parts of an edit that come apart make the whole")
    func parts() throws {
        let whole = try Self.edit(
            "a", 0, [], [TextHunk(position: 0, deleteCount: 0, insert: "aé😀bcd")])
        let head = try Self.edit("a", 0, [], [TextHunk(position: 0, deleteCount: 0, insert: "aé")])
        let middle = try Self.edit(
            "a", 3, [TextID(agent: agent("a"), sequence: 2)],
            [TextHunk(position: 3, deleteCount: 0, insert: "b")])
        var document = TextDocument()
        _ = document.apply(head)
        #expect(document.apply(middle) == .missing(middle.parents))
        _ = document.apply(whole)
        #expect(document.text == "aé😀bcd")
        #expect(document.apply(middle) == .known)
        var other = TextDocument()
        _ = other.apply(whole)
        #expect(other.version == document.version)
    }
}
