/// Questions about versions, answered by walking back from the greatest event in a heap: what is
/// never reached costs nothing, and no set of ancestors is ever made.
struct TextWalk: Sendable {
    /// On which side of a question an event lies.
    enum Side {
        static let left = 1
        static let right = 2
        static let both = 3
    }

    /// A heap of versions, the greatest first; the side is in the low two bits.
    private var heap: [Int] = []
    /// How many entries are on one side only.
    private var oneSided = 0

    /// Runs of versions on the left only, the last first.
    private(set) var left: [Range<Int>] = []
    /// Runs of versions on the right only, the last first.
    private(set) var right: [Range<Int>] = []

    private mutating func push(_ version: Int, _ side: Int) {
        if side != Side.both { oneSided += 1 }
        heap.append(version << 2 | side)
        var child = heap.count - 1
        let value = heap[child]
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[parent] < value else { break }
            heap[child] = heap[parent]
            child = parent
        }
        heap[child] = value
    }

    private mutating func pop() -> (version: Int, side: Int) {
        let top = heap[0]
        let value = heap.removeLast()
        if !heap.isEmpty {
            var parent = 0
            while true {
                var child = parent * 2 + 1
                guard child < heap.count else { break }
                if child + 1 < heap.count, heap[child + 1] > heap[child] { child += 1 }
                guard heap[child] > value else { break }
                heap[parent] = heap[child]
                parent = child
            }
            heap[parent] = value
        }
        if top & 3 != Side.both { oneSided -= 1 }
        return (top >> 2, top & 3)
    }

    /// Finds what is before one version and not before the other, among events from `base` on.
    ///
    /// Gives how many steps it took, or `nil` when that is more than `stepsMax`.
    mutating func difference(
        _ leftHeads: [Int], _ rightHeads: [Int], base: Int, graph: TextGraph, stepsMax: Int = .max
    ) -> Int? {
        heap.removeAll(keepingCapacity: true)
        left.removeAll(keepingCapacity: true)
        right.removeAll(keepingCapacity: true)
        oneSided = 0
        for version in leftHeads where version >= base { push(version, Side.left) }
        for version in rightHeads where version >= base { push(version, Side.right) }
        var steps = 0
        while oneSided > 0 {
            steps += 1
            guard steps <= stepsMax else { return nil }
            step(base: base, graph: graph)
        }
        return steps
    }

    private mutating func step(base: Int, graph: TextGraph) {
        var (last, side) = pop()
        let run = graph.run(at: last)
        let start = max(graph.starts[run], base)
        while let top = heap.first, top >> 2 >= start {
            let (version, otherSide) = pop()
            if side | otherSide != side {
                emit((version + 1)..<(last + 1), side)
                last = version
                side |= otherSide
            }
        }
        emit(start..<(last + 1), side)
        guard start == graph.starts[run] else { return }
        for index in graph.parentRange(ofRun: run) {
            let parent = graph.parent(index)
            if parent >= base { push(parent, side) }
        }
    }

    private mutating func emit(_ range: Range<Int>, _ side: Int) {
        guard !range.isEmpty else { return }
        if side == Side.left { left.append(range) }
        if side == Side.right { right.append(range) }
    }

    /// The versions among `versions` that are not before another of them, ascending.
    mutating func heads(of versions: [Int], graph: TextGraph) -> [Int] {
        guard versions.count > 1 else { return versions }
        heap.removeAll(keepingCapacity: true)
        oneSided = 0
        for version in versions { push(version, Side.left) }
        var heads: [Int] = []
        while oneSided > 0 {
            var (last, side) = pop()
            while let top = heap.first, top >> 2 == last { side |= pop().side }
            let isHead = side == Side.left
            if isHead { heads.append(last) }
            let run = graph.run(at: last)
            let start = graph.starts[run]
            while let top = heap.first, top >> 2 >= start { last = pop().version }
            for index in graph.parentRange(ofRun: run) { push(graph.parent(index), Side.both) }
        }
        return heads.reversed()
    }
}

extension TextGraph {
    /// Whether an event is one of `versions` or before one of them.
    func contains(_ version: Int, in versions: [Int]) -> Bool {
        var walk = TextWalk()
        _ = walk.difference([version], versions, base: 0, graph: self)
        return walk.left.isEmpty
    }
}
