/// The order in which to apply events that have come together: branch by branch.
///
/// Any order with parents first gives the same text. This one finishes a branch before it begins
/// the next, the one with least after it first, so that a tracker seldom goes back.
struct TextPlan {
    /// With fewer runs the order of arrival does.
    static let runsMin = 32

    /// Stretches of events, each within a run.
    private(set) var order: [Range<Int>] = []

    /// Orders a range of events, of which all others they need have been applied.
    init(_ range: Range<Int>, _ graph: TextGraph) {
        guard !range.isEmpty else { return }
        let first = graph.run(at: range.lowerBound)
        let count = graph.run(at: range.upperBound - 1) - first + 1
        func events(_ run: Int) -> Range<Int> {
            (graph.starts[first + run]..<graph.end(ofRun: first + run)).clamped(to: range)
        }
        order.reserveCapacity(count)
        var edges = Edges(range, graph, first: first, count: count)
        var stack = edges.roots
        while let run = stack.popLast() {
            order.append(events(run))
            edges.release(childrenOf: run, to: &stack)
        }
    }
}

/// Which runs follow which, in flat arrays.
private struct Edges {
    /// Where each run's children begin in `children`; one more entry than runs.
    private var starts: [Int]
    private var children: [Int]
    /// How many parents of a run have not been applied.
    private var awaited: [Int]
    /// About how many runs follow a run.
    private var weights: [Float]

    init(_ range: Range<Int>, _ graph: TextGraph, first: Int, count: Int) {
        starts = [Int](repeating: 0, count: count + 1)
        awaited = [Int](repeating: 0, count: count)
        weights = [Float](repeating: 1, count: count)
        var pairs: [(parent: Int, child: Int)] = []
        for run in 0..<count where graph.starts[first + run] >= range.lowerBound {
            for index in graph.parentRange(ofRun: first + run) {
                let version = graph.parent(index)
                guard version >= range.lowerBound else { continue }
                let parent = graph.run(at: version, near: first + run) - first
                pairs.append((parent, run))
                starts[parent + 1] += 1
                awaited[run] += 1
            }
        }
        for run in 0..<count { starts[run + 1] += starts[run] }
        children = [Int](repeating: 0, count: pairs.count)
        var next = starts
        for pair in pairs {
            children[next[pair.parent]] = pair.child
            next[pair.parent] += 1
        }
        weigh(count)
    }

    private mutating func weigh(_ count: Int) {
        for run in (0..<count).reversed() {
            for index in starts[run]..<starts[run + 1] {
                let child = children[index]
                weights[run] += weights[child] / Float(awaited[child])
            }
        }
    }

    /// The runs that need no other, the one with least after it last.
    var roots: [Int] { sorted(awaited.indices.filter { awaited[$0] == 0 }) }

    private func sorted(_ runs: [Int]) -> [Int] {
        runs.sorted { (weights[$0], $0) > (weights[$1], $1) }
    }

    /// Adds the children that now need no other, the one with least after it last.
    mutating func release(childrenOf run: Int, to stack: inout [Int]) {
        let first = stack.count
        for index in starts[run]..<starts[run + 1] {
            let child = children[index]
            awaited[child] -= 1
            if awaited[child] == 0 { stack.append(child) }
        }
        guard stack.count - first > 1 else { return }
        stack.replaceSubrange(first..., with: sorted(Array(stack[first...])))
    }
}
