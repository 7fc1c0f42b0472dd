import Testing
import WeData

@Suite("Text: replicas agree")
struct TextConvergenceTests {
    static func shape(_ seed: Int) -> RandomHistory.Shape {
        var shape = RandomHistory.Shape()
        shape.edits = 3 + seed % 20
        shape.agents = 2 + seed % 5
        shape.hostilePercent = seed % 3 == 0 ? 20 : 0
        shape.insertPercent = [65, 90, 40][seed / 3 % 3]
        return shape
    }

    /// Why a seed fails; `nil` when it does not.
    static func failure(_ seed: Int) -> String? {
        let edits = RandomHistory(seed: seed, shape(seed)).edits
        var naive = NaiveText()
        for edit in edits { naive.apply(edit) }
        var whole = TextDocument()
        let outcomes = whole.apply(contentsOf: edits)
        guard outcomes.waiting.isEmpty else { return "edits wait" }
        guard whole.text == naive.text else { return "whole: \(whole.text) not \(naive.text)" }
        guard TextHunk.apply(outcomes.hunks, to: "") == whole.text else { return "whole effect" }
        if let failure = oneByOne(edits, whole) { return failure }
        return shuffled(edits, whole, seed)
    }

    private static func oneByOne(_ edits: [TextEdit], _ whole: TextDocument) -> String? {
        var live = TextDocument()
        var shown = ""
        for (index, edit) in edits.enumerated() {
            guard case .applied(let hunks) = live.apply(edit) else {
                return "edit \(index) refused"
            }
            shown = TextHunk.apply(hunks, to: shown)
            guard live.text == shown else { return "effect of edit \(index)" }
        }
        return live.text == whole.text ? nil : "live: \(live.text) not \(whole.text)"
    }

    /// Any order, any batches, the same edit twice.
    private static func shuffled(
        _ edits: [TextEdit], _ whole: TextDocument, _ seed: Int
    ) -> String? {
        var chance = Chance(seed &+ 77)
        var queue = (edits + edits).shuffled(using: &chance)
        var document = TextDocument()
        var shown = ""
        var rounds = 0
        while !queue.isEmpty, rounds < 500 {
            rounds += 1
            let batch = Array(queue.prefix(1 + chance.below(4)))
            queue.removeFirst(batch.count)
            let outcomes = document.apply(contentsOf: batch)
            shown = TextHunk.apply(outcomes.hunks, to: shown)
            guard document.text == shown else { return "effect of a batch" }
            queue.append(contentsOf: outcomes.waiting)
        }
        guard queue.isEmpty else { return "edits wait for ever" }
        guard document.text == whole.text else {
            return "shuffled: \(document.text) not \(whole.text)"
        }
        return document.version == whole.version ? nil : "versions differ"
    }

    @Test("random histories end in the text of the naive replica", arguments: 0..<8)
    func random(part: Int) {
        for seed in stride(from: part, to: seeds(1_600), by: 8) {
            if let failure = Self.failure(seed) {
                Issue.record("seed \(seed): \(failure)")
                return
            }
        }
    }

    @Test("seeds that once failed", arguments: [19_428])
    func known(seed: Int) {
        #expect(Self.failure(seed) == nil)
    }

    @Test("what shares its left neighbour is ordered by the right one only then: ACDB")
    func fourEvents() throws {
        let a = try TextEdit(
            agent: agent("a"), sequence: 0, parents: [],
            hunks: [TextHunk(position: 0, deleteCount: 0, insert: "A")])
        let b = try TextEdit(
            agent: agent("b"), sequence: 0, parents: [],
            hunks: [TextHunk(position: 0, deleteCount: 0, insert: "B")])
        let c = try TextEdit(
            agent: agent("c"), sequence: 0, parents: [a.last, b.last],
            hunks: [TextHunk(position: 1, deleteCount: 0, insert: "C")])
        let d = try TextEdit(
            agent: agent("d"), sequence: 0, parents: [a.last],
            hunks: [TextHunk(position: 1, deleteCount: 0, insert: "D")])
        for edits in [[a, b, c, d], [b, a, d, c], [d, c, b, a]] {
            var document = TextDocument()
            #expect(document.apply(contentsOf: edits).waiting.isEmpty)
            #expect(document.text == "ACDB")
        }
    }
}
