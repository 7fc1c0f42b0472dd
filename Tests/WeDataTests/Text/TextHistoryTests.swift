import Testing
import WeData

@Suite("Text: a fold of events")
struct TextHistoryTests {
    /// Events with an agent each, some without a change, in a random graph.
    static func events(_ seed: Int) -> (
        events: [TextHistory.Event], naive: NaiveText, tips: [[TextID]]
    ) {
        var chance = Chance(seed)
        var events: [TextHistory.Event] = []
        var naive = NaiveText()
        var tips: [[TextID]] = []
        let isLinear = seed % 4 == 0
        for index in 0..<(1 + chance.below(14)) {
            var parents = index == 0 ? [] : [index - 1]
            if index > 0, !isLinear {
                parents = (0..<(1 + chance.below(3))).map { _ in chance.below(index) }
            }
            var hunks: [TextHunk] = []
            for _ in 0..<chance.below(3) {
                hunks.append(
                    TextHunk(
                        position: chance.below(12), deleteCount: chance.below(3),
                        insert: ["", "x\(index)", "é"][chance.below(3)]))
            }
            let writer = "event \(chance.below(1_000)) \(index)"
            events.append(
                TextHistory.Event(parents: parents, agent: Array(writer.utf8), hunks: hunks))
            let heads = Array(Set(parents.flatMap { tips[$0] }))
            if let edit = try? TextEdit(
                agent: agent(writer), sequence: 0, parents: heads, hunks: hunks)
            {
                naive.apply(edit)
                tips.append([edit.last])
            } else {
                tips.append(heads)
            }
        }
        return (events, naive, tips)
    }

    @Test("is the naive replica's, at every event and in the end", arguments: 0..<8)
    func fold(part: Int) {
        for seed in stride(from: part, to: seeds(400), by: 8) {
            let (events, naive, tips) = Self.events(seed)
            let history = TextHistory(events)
            guard history.text == naive.text else {
                Issue.record("seed \(seed): \(history.text) not \(naive.text)")
                return
            }
            for index in events.indices
            where history.text(at: [index]) != naive.text(at: tips[index]) {
                Issue.record("seed \(seed) at \(index)")
                return
            }
            let names = history.blame.flatMap { stretch in
                stretch.scalars.map { _ in events[stretch.event].agent }
            }
            guard names == naive.names.map(\.agent.bytes) else {
                Issue.record("seed \(seed): blame")
                return
            }
        }
    }

    @Test("the example of Protocol.md: three who edit one sentence")
    func example() {
        let hunk = { TextHunk(position: $0, deleteCount: $1, insert: $2) }
        let history = TextHistory([
            .init(parents: [], agent: [0], hunks: [hunk(0, 0, "No WAL over NFS")]),
            .init(parents: [0], agent: [1], hunks: [hunk(0, 2, "Never use")]),
            .init(parents: [0], agent: [2], hunks: [hunk(3, 3, "a log"), hunk(17, 0, "!")]),
        ])
        #expect(history.text == "Never use a log over NFS!")
        #expect(history.blame.map(\.event) == [1, 0, 2, 0, 2])
    }
}
