/// An ordered sequence of leaves with sums over it: a B-tree in flat arrays.
///
/// Leaves are small integers that the owner gives meaning to. Each has `width` sums, and a place is
/// found by any of them.
struct TextSumTree: Sendable {
    static let fanout = 16

    /// How many sums each leaf has.
    let width: Int
    /// Children of each node, `fanout` entries a node: nodes, or leaves in a node of level 0.
    private var children: [Int] = []
    private var childCounts: [Int] = []
    private var parents: [Int] = []
    private var levels: [Int] = []
    /// Sums of each child: `fanout` entries for each of `width` sums a node.
    private var sums: [Int] = []
    private var leafParents: [Int] = []
    private var nextLeaves: [Int] = []
    private var root = 0
    /// The first leaf: new ones come after others.
    let firstLeaf = 0

    /// A tree of one leaf, numbered 0, whose sums are zero.
    init(width: Int) {
        self.width = width
        begin()
    }

    /// Makes it such a tree again, in the memory that is there.
    mutating func reset() {
        children.removeAll(keepingCapacity: true)
        childCounts.removeAll(keepingCapacity: true)
        parents.removeAll(keepingCapacity: true)
        levels.removeAll(keepingCapacity: true)
        sums.removeAll(keepingCapacity: true)
        leafParents.removeAll(keepingCapacity: true)
        nextLeaves.removeAll(keepingCapacity: true)
        root = 0
        begin()
    }

    private mutating func begin() {
        _ = makeNode(level: 0)
        children[0] = 0
        childCounts[0] = 1
        leafParents.append(0)
        nextLeaves.append(-1)
    }

    var leafCount: Int { leafParents.count }

    /// The leaf after one; -1 after the last.
    func leaf(after leaf: Int) -> Int { nextLeaves[leaf] }

    private mutating func makeNode(level: Int) -> Int {
        children.append(contentsOf: repeatElement(-1, count: Self.fanout))
        sums.append(contentsOf: repeatElement(0, count: Self.fanout * width))
        childCounts.append(0)
        parents.append(-1)
        levels.append(level)
        return parents.count - 1
    }

    private func place(of child: Int, in node: Int) -> Int {
        let first = node * Self.fanout
        var place = 0
        while place < childCounts[node] - 1, children[first + place] != child { place += 1 }
        return place
    }

    private func sumIndex(_ node: Int, _ sum: Int) -> Int { (node * width + sum) * Self.fanout }

    // MARK: - Sums

    /// The sum over all leaves.
    func total(_ sum: Int) -> Int {
        let first = sumIndex(root, sum)
        var total = 0
        for place in 0..<childCounts[root] { total += sums[first + place] }
        return total
    }

    /// The leaf in which the item at `position` lies, and how far; past the end, the last leaf.
    func find(_ position: Int, by sum: Int) -> (leaf: Int, offset: Int) {
        var node = root
        var left = position
        while true {
            let first = sumIndex(node, sum)
            let last = childCounts[node] - 1
            var place = 0
            while place < last, left >= sums[first + place] {
                left -= sums[first + place]
                place += 1
            }
            let child = children[node * Self.fanout + place]
            if levels[node] == 0 { return (child, left) }
            node = child
        }
    }

    /// The sum over the leaves before one.
    func sum(_ sum: Int, before leaf: Int) -> Int {
        var total = 0
        var child = leaf
        var node = leafParents[leaf]
        while node >= 0 {
            let first = sumIndex(node, sum)
            for place in 0..<self.place(of: child, in: node) { total += sums[first + place] }
            child = node
            node = parents[node]
        }
        return total
    }

    /// Adds to one sum of a leaf.
    mutating func add(_ change: Int, to sum: Int, of leaf: Int) {
        var child = leaf
        var node = leafParents[leaf]
        while node >= 0 {
            sums[sumIndex(node, sum) + place(of: child, in: node)] += change
            child = node
            node = parents[node]
        }
    }

    /// Adds to two sums of a leaf.
    mutating func add(_ change: Int, to sum: Int, _ change2: Int, to sum2: Int, of leaf: Int) {
        var child = leaf
        var node = leafParents[leaf]
        while node >= 0 {
            let place = place(of: child, in: node)
            sums[sumIndex(node, sum) + place] += change
            sums[sumIndex(node, sum2) + place] += change2
            child = node
            node = parents[node]
        }
    }

    /// Gives every node the same value for two sums.
    mutating func copy(_ source: Int, to target: Int) {
        for node in parents.indices {
            let from = sumIndex(node, source)
            let to = sumIndex(node, target)
            for place in 0..<Self.fanout { sums[to + place] = sums[from + place] }
        }
    }

    /// Whether one leaf comes before another.
    func precedes(_ left: Int, _ right: Int) -> Bool {
        var (left, right) = (left, right)
        var (leftNode, rightNode) = (leafParents[left], leafParents[right])
        while leftNode != rightNode {
            (left, right) = (leftNode, rightNode)
            (leftNode, rightNode) = (parents[leftNode], parents[rightNode])
        }
        return place(of: left, in: leftNode) < place(of: right, in: leftNode)
    }

    // MARK: - Growth

    /// Makes a leaf after another, from which it takes the sums `moved`.
    mutating func split(_ leaf: Int, moving moved: [Int]) -> Int {
        let new = leafParents.count
        nextLeaves.append(nextLeaves[leaf])
        nextLeaves[leaf] = new
        leafParents.append(-1)
        let node = leafParents[leaf]
        insert(new, after: leaf, in: node, sums: moved)
        return new
    }

    private mutating func adopt(_ child: Int, by node: Int) {
        if levels[node] == 0 { leafParents[child] = node } else { parents[child] = node }
    }

    private mutating func insert(_ child: Int, after old: Int, in node: Int, sums moved: [Int]) {
        var node = node
        if childCounts[node] == Self.fanout {
            let half = splitNode(node)
            let parent = levels[node] == 0 ? leafParents[old] : parents[old]
            node = parent == half ? half : node
        }
        let place = place(of: old, in: node) + 1
        let first = node * Self.fanout
        let count = childCounts[node]
        for index in stride(from: count, to: place, by: -1) {
            children[first + index] = children[first + index - 1]
        }
        children[first + place] = child
        for sum in 0..<width {
            let firstSum = sumIndex(node, sum)
            for index in stride(from: count, to: place, by: -1) {
                sums[firstSum + index] = sums[firstSum + index - 1]
            }
            sums[firstSum + place] = moved[sum]
            sums[firstSum + place - 1] -= moved[sum]
        }
        childCounts[node] = count + 1
        adopt(child, by: node)
    }

    /// Moves the upper half of a full node into a new one beside it.
    private mutating func splitNode(_ node: Int) -> Int {
        let new = makeNode(level: levels[node])
        let half = Self.fanout / 2
        var moved = [Int](repeating: 0, count: width)
        for place in 0..<half {
            let child = children[node * Self.fanout + half + place]
            children[new * Self.fanout + place] = child
            adopt(child, by: new)
        }
        for sum in 0..<width {
            for place in 0..<half {
                let value = sums[sumIndex(node, sum) + half + place]
                sums[sumIndex(new, sum) + place] = value
                moved[sum] += value
            }
        }
        childCounts[node] = half
        childCounts[new] = half
        if parents[node] < 0 { growRoot(over: node) }
        insert(new, after: node, in: parents[node], sums: moved)
        return new
    }

    private mutating func growRoot(over node: Int) {
        let top = makeNode(level: levels[node] + 1)
        children[top * Self.fanout] = node
        childCounts[top] = 1
        for sum in 0..<width {
            var total = 0
            for place in 0..<Self.fanout { total += sums[sumIndex(node, sum) + place] }
            sums[sumIndex(top, sum)] = total
        }
        parents[node] = top
        root = top
    }
}
