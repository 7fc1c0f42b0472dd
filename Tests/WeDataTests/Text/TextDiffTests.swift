import Testing
import WeData

@Suite("Text: what changed between two texts")
struct TextDiffTests {
    @Test("small changes make small hunks")
    func small() {
        let old = (0..<50).map { "line \($0) of the text\n" }.joined()
        let new = old.replacingLine(7, "line seven of the text").replacingLine(30, "")
        let hunks = TextDiff.hunks(from: old, to: new)
        #expect(TextHunk.apply(hunks, to: old) == new)
        #expect(hunks.reduce(0) { $0 + $1.insert.count } < 10)
        #expect(hunks.reduce(0) { $0 + $1.deleteCount } < 30)
        #expect(TextDiff.hunks(from: old, to: old).isEmpty)
        #expect(TextDiff.hunks(from: "", to: "abc").count == 1)
        #expect(TextDiff.hunks(from: "abc", to: "").count == 1)
    }

    @Test("forms that compare as equal are still different scalars")
    func normalForms() {
        let hunks = TextDiff.hunks(from: "e\u{301}\n", to: "\u{e9}\n")
        let result = TextHunk.apply(hunks, to: "e\u{301}\n")
        #expect(Array(result.unicodeScalars) == Array("\u{e9}\n".unicodeScalars))
    }

    @Test(
        "what could stand at several places is put around lines, else around words",
        arguments: [
            (
                "Start.", "Start.\nCheck it.",
                TextHunk(position: 6, deleteCount: 0, insert: "\nCheck it.")
            ),
            ("a\na\n", "a\nb\na\n", TextHunk(position: 2, deleteCount: 0, insert: "b\n")),
            ("a.\nb.\nc.\n", "a.\nc.\n", TextHunk(position: 3, deleteCount: 3, insert: "")),
            (
                "the cat", "the cat the cat",
                TextHunk(position: 7, deleteCount: 0, insert: " the cat")
            ),
            (
                "one two two three", "one two three",
                TextHunk(position: 8, deleteCount: 4, insert: "")
            ),
        ])
    func places(old: String, new: String, hunk: TextHunk) {
        #expect(TextDiff.hunks(from: old, to: new) == [hunk])
    }

    @Test("the hunks always turn the one into the other", arguments: 0..<8)
    func fuzz(part: Int) {
        for seed in stride(from: part, to: seeds(2_000), by: 8) {
            var chance = Chance(seed)
            let old = text(&chance, letters: 2 + seed % 6)
            let new = seed % 4 == 0 ? text(&chance, letters: 2 + seed % 6) : changed(old, &chance)
            let result = TextHunk.apply(TextDiff.hunks(from: old, to: new), to: old)
            guard Array(result.unicodeScalars) == Array(new.unicodeScalars) else {
                Issue.record("seed \(seed)")
                return
            }
        }
    }

    private func text(_ chance: inout Chance, letters: Int) -> String {
        let all = Array("ab\nc😀\u{301}de".unicodeScalars)
        var view = String.UnicodeScalarView()
        for _ in 0..<chance.below(60) { view.append(all[chance.below(min(letters, all.count))]) }
        return String(view)
    }

    private func changed(_ old: String, _ chance: inout Chance) -> String {
        var scalars = Array(old.unicodeScalars)
        for _ in 0...chance.below(4) {
            let at = chance.below(scalars.count + 1)
            let end = min(scalars.count, at + chance.below(5))
            scalars.replaceSubrange(
                at..<end, with: text(&chance, letters: 6).unicodeScalars.prefix(4))
        }
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    @Test("texts with nothing in common end in time")
    func bounded() {
        var chance = Chance(1)
        let old = (0..<4_000).map { _ in "\(chance.below(1_000_000))" }.joined(separator: "\n")
        let new = (0..<4_000).map { _ in "\(chance.below(1_000_000))" }.joined(separator: "\n")
        #expect(TextHunk.apply(TextDiff.hunks(from: old, to: new), to: old) == new)
        let long = String(repeating: "ab", count: 15_000)
        let other = String(repeating: "ba", count: 14_000) + "c"
        #expect(TextHunk.apply(TextDiff.hunks(from: long, to: other), to: long) == other)
    }
}

extension String {
    fileprivate func replacingLine(_ number: Int, _ line: String) -> String {
        var lines = split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        lines[number] = line
        return lines.joined(separator: "\n")
    }
}
