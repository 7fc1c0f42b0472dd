import Foundation
import Testing
import WeData

@Suite("Text: the graph of events")
struct TextGraphTests {
    struct Vector: Decodable {
        struct Run: Decodable {
            let span: [Int]
            let parents: [Int]
        }
        let hist: [Run]
        var a: [Int]?
        var b: [Int]?
        var expect_a: [[Int]]?
        var expect_b: [[Int]]?
        var frontier: [Int]?
        var target: Int?
        var expected: Bool?

        var graph: TextGraph {
            var graph = TextGraph()
            for run in hist { graph.append(run.span[1] - run.span[0], parents: run.parents) }
            return graph
        }
    }

    static let folder = "conformance/causal_graph/"

    static func vectors(_ name: String) throws -> [Vector] {
        let path = Traces.folder.appending(path: folder + name)
        guard let data = try? Data(contentsOf: path) else { return [] }
        return try data.split(separator: 10).map { try JSONDecoder().decode(Vector.self, from: $0) }
    }

    private func versions(_ spans: [[Int]]?) -> Set<Int> {
        Set((spans ?? []).flatMap { $0[0]..<$0[1] })
    }

    @Test("what is before one version and not before another")
    func differences() throws {
        for vector in try Self.vectors("diff.json") {
            var walk = TextWalk()
            walk.difference(vector.a ?? [], vector.b ?? [], graph: vector.graph)
            #expect(Set(walk.left.joined()) == versions(vector.expect_a))
            #expect(Set(walk.right.joined()) == versions(vector.expect_b))
        }
    }

    @Test("whether a version holds an event")
    func contains() throws {
        for vector in try Self.vectors("version_contains.json") {
            guard let target = vector.target, target >= 0 else { continue }
            var walk = TextWalk()
            walk.difference([target], vector.frontier ?? [], graph: vector.graph)
            #expect(walk.left.isEmpty == vector.expected)
        }
    }

    /// A cut by its definition: every event from there on follows all events before.
    private func isCut(_ cut: Int, _ parents: [[Int]]) -> Bool {
        var past: [Set<Int>] = []
        for event in parents.indices {
            past.append(parents[event].reduce(into: []) { $0.formUnion(past[$1].union([$1])) })
        }
        return (cut..<max(cut, parents.count)).allSatisfy { past[$0].isSuperset(of: 0..<cut) }
    }

    @Test("cuts and heads are what their definitions say", arguments: 0..<8)
    func cuts(part: Int) {
        for seed in stride(from: part, to: seeds(800), by: 8) {
            var chance = Chance(seed)
            var graph = TextGraph()
            var parents: [[Int]] = []
            for _ in 0..<(1 + chance.below(9)) {
                let count = parents.count
                let chosen = (0..<chance.below(4)).filter { _ in count > 0 }.map { _ in
                    count - 1 - chance.below(chance.chance(70) ? min(2, count) : count)
                }
                var walk = TextWalk()
                let heads = walk.heads(of: Array(Set(chosen)), graph: graph)
                let length = 1 + chance.below(2)
                graph.append(length, parents: heads)
                for index in 0..<length { parents.append(index == 0 ? heads : [parents.count - 1]) }
            }
            let expected = (0...parents.count).filter { isCut($0, parents) }
            let isParent = Set(parents.joined())
            guard Array(graph.cuts.joined()) == expected,
                graph.heads == parents.indices.filter({ !isParent.contains($0) })
            else {
                Issue.record("seed \(seed): \(graph.cuts) not \(expected)")
                return
            }
        }
    }
}
