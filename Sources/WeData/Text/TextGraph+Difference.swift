/// Questions about versions, answered by walking back from the greatest event in a heap: what is
/// never reached costs nothing, and no set of ancestors is ever made.
package struct TextWalk: Sendable {
    /// On which side of a question an event lies.
    enum Side {
        static let left = 1
        static let right = 2
        static let both = 3
    }

    /// A heap of versions, the greatest first; the side is in the low two bits.
    private var heap: [Int] = []
    private var heapCount = 0
    /// How many entries are on one side only.
    private var oneSided = 0
    /// The run in which something was last looked for; the next is near.
    private var lastRun = 0

    /// Runs of versions on the left only, the last first.
    package private(set) var left: [Range<Int>] = []
    /// Runs of versions on the right only, the last first.
    package private(set) var right: [Range<Int>] = []
    /// The version that ``difference(from:base:graph:stepsMax:)`` compares with: its heads.
    var target: [Int] = []

    package init() {}

    // MARK: - Heap

    private mutating func push(_ version: Int, _ side: Int) {
        if side != Side.both { oneSided += 1 }
        let value = version << 2 | side
        if heapCount == heap.count { heap.append(value) }
        var child = heapCount
        heapCount += 1
        while child > 0 {
            let parent = (child - 1) / 2
            let above = heap[parent]
            guard above < value else { break }
            heap[child] = above
            child = parent
        }
        heap[child] = value
    }

    private mutating func pop() -> (version: Int, side: Int) {
        let top = heap[0]
        heapCount -= 1
        let count = heapCount
        let value = heap[count]
        var parent = 0
        while true {
            var child = parent * 2 + 1
            guard child < count else { break }
            if child + 1 < count, heap[child + 1] > heap[child] { child += 1 }
            guard heap[child] > value else { break }
            heap[parent] = heap[child]
            parent = child
        }
        if count > 0 { heap[parent] = value }
        if top & 3 != Side.both { oneSided -= 1 }
        return (top >> 2, top & 3)
    }

    private mutating func clear() {
        heapCount = 0
        oneSided = 0
        if !left.isEmpty { left.removeAll(keepingCapacity: true) }
        if !right.isEmpty { right.removeAll(keepingCapacity: true) }
    }

    // MARK: - Differences

    /// Finds what is before one event and not before `target`, and the other way round, among
    /// events from `base` on.
    ///
    /// Gives how many steps it took, or `nil` when that is more than `stepsMax`.
    mutating func difference(
        from version: Int, base: Int, graph: TextGraph, stepsMax: Int = .max
    ) -> Int? {
        clear()
        if version >= base { push(version, Side.left) }
        for index in target.indices { push(target[index], Side.right) }
        return walk(base: base, graph: graph, stepsMax: stepsMax)
    }

    /// Finds what is before one version and not before another.
    package mutating func difference(_ leftHeads: [Int], _ rightHeads: [Int], graph: TextGraph) {
        clear()
        for version in leftHeads { push(version, Side.left) }
        for version in rightHeads { push(version, Side.right) }
        _ = walk(base: 0, graph: graph, stepsMax: .max)
    }

    private mutating func walk(base: Int, graph: TextGraph, stepsMax: Int) -> Int? {
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
        let run = graph.run(at: last, near: lastRun)
        lastRun = run
        let start = max(graph.starts[run], base)
        while heapCount > 0, heap[0] >> 2 >= start {
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
    package mutating func heads(of versions: [Int], graph: TextGraph) -> [Int] {
        guard versions.count > 1 else { return versions }
        clear()
        for version in versions { push(version, Side.left) }
        var heads: [Int] = []
        while oneSided > 0 {
            var (last, side) = pop()
            while heapCount > 0, heap[0] >> 2 == last { side |= pop().side }
            if side == Side.left { heads.append(last) }
            let run = graph.run(at: last, near: lastRun)
            lastRun = run
            let start = graph.starts[run]
            while heapCount > 0, heap[0] >> 2 >= start { last = pop().version }
            for index in graph.parentRange(ofRun: run) { push(graph.parent(index), Side.both) }
        }
        return heads.reversed()
    }
}

extension TextGraph {
    /// The run that holds a version, looked for from another run outwards.
    ///
    /// - Complexity: O(log of the runs between).
    func run(at version: Int, near hint: Int) -> Int {
        guard !starts.isEmpty else { return 0 }
        var low = min(max(0, hint), starts.count - 1)
        var high = low + 1
        var step = 1
        if starts[low] > version {
            high = low
            low -= 1
            while low > 0, starts[low] > version {
                high = low
                low -= step
                step *= 2
            }
            low = max(0, low)
        } else {
            while high < starts.count, starts[high] <= version {
                low = high
                high += step
                step *= 2
            }
            high = min(high, starts.count)
        }
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= version { low = middle } else { high = middle }
        }
        return low
    }
}
