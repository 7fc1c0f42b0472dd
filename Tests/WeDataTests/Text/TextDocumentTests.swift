import Testing
import WeData

@Suite("Text: a document")
struct TextDocumentTests {
    static func history(_ seed: Int) -> [TextEdit] {
        RandomHistory(seed: seed, TextConvergenceTests.shape(seed)).edits
    }

    @Test("local edits reach another replica and mean the same there", arguments: 0..<40)
    func local(seed: Int) {
        var chance = Chance(seed)
        var ours = TextDocument()
        var theirs = TextDocument()
        for round in 0..<20 {
            let sent = edits(&ours, "a", &chance)
            let back = edits(&theirs, "b", &chance)
            if round % 3 == 0 { continue }
            for edit in sent + theirs.edits(since: []) { _ = ours.apply(edit) }
            #expect(theirs.apply(contentsOf: ours.edits(since: theirs.version)).waiting.isEmpty)
            #expect(
                ours.apply(contentsOf: back + theirs.edits(since: ours.version)).waiting.isEmpty)
            #expect(ours.text == theirs.text)
            #expect(ours.version == theirs.version)
        }
    }

    private func edits(
        _ document: inout TextDocument, _ name: String, _ chance: inout Chance
    ) -> [TextEdit] {
        var sent: [TextEdit] = []
        for _ in 0..<chance.below(3) {
            let before = document.text
            let hunk = TextHunk(
                position: chance.below(document.scalarCount + 3),
                deleteCount: chance.chance(40) ? chance.below(4) : 0,
                insert: chance.chance(70) ? "\(name)\(chance.below(100))é" : "")
            sent += document.edit([hunk], by: agent(name))
            #expect(document.text == TextHunk.apply([hunk], to: before))
        }
        return sent
    }

    @Test("the text at every version is the naive replica's", arguments: 0..<40)
    func versions(seed: Int) {
        let edits = Self.history(seed)
        var naive = NaiveText()
        var document = TextDocument()
        for edit in edits {
            naive.apply(edit)
            _ = document.apply(edit)
        }
        for edit in edits {
            #expect(document.text(at: [edit.last]) == naive.text(at: [edit.last]))
        }
        #expect(document.text(at: []).isEmpty)
        #expect(document.text(at: document.version) == document.text)
    }

    @Test("whoever gets the edits since a version has all of them", arguments: 0..<60)
    func since(seed: Int) {
        let edits = Self.history(seed)
        var whole = TextDocument()
        _ = whole.apply(contentsOf: edits)
        for count in 0..<edits.count {
            var behind = TextDocument()
            _ = behind.apply(contentsOf: Array(edits.prefix(count)))
            let outcomes = behind.apply(contentsOf: whole.edits(since: behind.version))
            #expect(outcomes.waiting.isEmpty)
            #expect(behind.text == whole.text)
            #expect(behind.version == whole.version)
        }
    }

    @Test("who wrote what is what the naive replica says", arguments: 0..<60)
    func blame(seed: Int) {
        let edits = Self.history(seed)
        var naive = NaiveText()
        for edit in edits { naive.apply(edit) }
        var document = TextDocument()
        _ = document.apply(contentsOf: edits)
        let names = document.blame.flatMap { stretch in
            (0..<stretch.scalars.count).map {
                TextID(agent: stretch.first.agent, sequence: stretch.first.sequence + $0)
            }
        }
        #expect(names == naive.names)
        #expect(document.blame.last?.scalars.upperBound ?? 0 == document.scalarCount)
    }

    @Test("an edit without its parents waits and changes nothing")
    func missing() throws {
        let first = try TextEdit(
            agent: agent("a"), sequence: 0, parents: [],
            hunks: [TextHunk(position: 0, deleteCount: 0, insert: "one")])
        let second = try TextEdit(
            agent: agent("a"), sequence: 3, parents: [first.last],
            hunks: [TextHunk(position: 3, deleteCount: 0, insert: " two")])
        var document = TextDocument()
        #expect(document.apply(second) == .missing([first.last]))
        #expect(document.text.isEmpty && document.version.isEmpty && document.eventCount == 0)
        #expect(document.apply(contentsOf: [second, first]).waiting.isEmpty)
        #expect(document.text == "one two")
        #expect(document.apply(second) == .known)
        #expect(document.contains(second.last))
    }

    @Test("offsets in one unit are offsets in another, cut to what exists")
    func offsets() {
        var document = TextDocument()
        document.insert("aé€😀e\u{301}z", at: 0, by: agent("a"))
        #expect(document.offset(4, from: .scalar, to: .utf8) == 10)
        #expect(document.offset(4, from: .scalar, to: .utf16) == 5)
        #expect(document.offset(4, from: .utf16, to: .scalar) == 3)
        #expect(document.offset(7, from: .utf8, to: .scalar) == 3)
        #expect(document.offset(5, from: .grapheme, to: .scalar) == 6)
        #expect(document.offset(5, from: .scalar, to: .grapheme) == 4)
        for source in [TextUnit.scalar, .utf8, .utf16, .grapheme] {
            for target in [TextUnit.scalar, .utf8, .utf16, .grapheme] {
                #expect(document.offset(-5, from: source, to: target) == 0)
                #expect(document.offset(.min, from: source, to: target) == 0)
                let end = document.offset(.max, from: .scalar, to: target)
                #expect(document.offset(.max, from: source, to: target) == end)
            }
        }
    }

    @Test("offsets in a long text are what counting says", arguments: 0..<6)
    func longOffsets(seed: Int) {
        var chance = Chance(seed)
        var document = TextDocument()
        for _ in 0..<600 {
            document.insert(
                ["plain text ", "é€", "😀", "long line of text\n"][chance.below(4)],
                at: chance.below(document.scalarCount + 1), by: agent("a"))
        }
        let scalars = Array(document.text.unicodeScalars)
        var (bytes, units) = (0, 0)
        for (index, scalar) in scalars.enumerated() {
            #expect(document.offset(index, from: .scalar, to: .utf8) == bytes)
            #expect(document.offset(bytes, from: .utf8, to: .utf16) == units)
            #expect(document.offset(units, from: .utf16, to: .scalar) == index)
            bytes += scalar.utf8.count
            units += scalar.utf16.count
        }
    }

    @Test("a rope does what a string does", arguments: 0..<12)
    func rope(seed: Int) {
        var chance = Chance(seed)
        var document = TextDocument()
        var plain: [Unicode.Scalar] = []
        for _ in 0..<300 {
            let position = chance.below(plain.count + 1)
            if chance.chance(60) {
                let long = String(repeating: "añ€😀", count: chance.chance(10) ? 700 : 3)
                document.insert(long, at: position, by: agent("a"))
                plain.insert(contentsOf: long.unicodeScalars, at: position)
            } else {
                let end = min(plain.count, position + chance.below(chance.chance(10) ? 5_000 : 9))
                document.delete(position..<end, by: agent("a"))
                plain.removeSubrange(position..<end)
            }
            #expect(document.scalarCount == plain.count)
        }
        #expect(Array(document.text.unicodeScalars) == plain)
    }
}
