/// The shortest way from one sequence to another by deletions and insertions, in linear space
/// (Myers, "An O(ND) Difference Algorithm and Its Variations", 1986), within a number of steps.
struct TextDifference {
    /// A range that goes and the one that comes in its place.
    struct Change: Hashable {
        let old: Range<Int>
        let new: Range<Int>
    }

    private static let unreachable = Int.min / 4

    private let old: [UInt32]
    private let new: [UInt32]
    /// How many steps are left.
    private(set) var steps: Int
    /// What differs, ascending.
    private(set) var changes: [Change] = []

    init(_ old: [UInt32], _ new: [UInt32], steps: Int) {
        self.old = old
        self.new = new
        self.steps = steps
    }

    /// Finds what differs between two ranges.
    mutating func find(in whole: Change) {
        var stack = [whole]
        while let box = stack.popLast() {
            let rest = trimmed(box)
            if rest.old.isEmpty && rest.new.isEmpty { continue }
            guard !rest.old.isEmpty, !rest.new.isEmpty, let (x, y) = middle(of: rest) else {
                emit(rest)
                continue
            }
            stack.append(
                Change(old: x..<rest.old.upperBound, new: y..<rest.new.upperBound))
            stack.append(
                Change(old: rest.old.lowerBound..<x, new: rest.new.lowerBound..<y))
        }
    }

    private mutating func emit(_ change: Change) {
        if let last = changes.last, last.old.upperBound == change.old.lowerBound,
            last.new.upperBound == change.new.lowerBound
        {
            changes[changes.count - 1] = Change(
                old: last.old.lowerBound..<change.old.upperBound,
                new: last.new.lowerBound..<change.new.upperBound)
        } else {
            changes.append(change)
        }
    }

    /// Leaves out what both begin and end with.
    private func trimmed(_ box: Change) -> Change {
        var (x, y) = (box.old.lowerBound, box.new.lowerBound)
        var (xEnd, yEnd) = (box.old.upperBound, box.new.upperBound)
        while x < xEnd, y < yEnd, old[x] == new[y] {
            x += 1
            y += 1
        }
        while x < xEnd, y < yEnd, old[xEnd - 1] == new[yEnd - 1] {
            xEnd -= 1
            yEnd -= 1
        }
        return Change(old: x..<xEnd, new: y..<yEnd)
    }

    /// A point on a shortest way through a box, by search from both corners; `nil` where that
    /// takes too long.
    private mutating func middle(of box: Change) -> (Int, Int)? {
        let (width, height) = (box.old.count, box.new.count)
        let limit = min(TextDiff.differencesMax, (width + height + 1) / 2)
        let center = limit + 1
        var forward = [Int](repeating: Self.unreachable, count: 2 * limit + 3)
        forward[center + 1] = 0
        var backward = forward
        let delta = width - height
        for depth in 0...limit {
            steps -= 2 * depth + 2
            guard steps > 0 else { return nil }
            for diagonal in stride(from: -depth, through: depth, by: 2) {
                let x = reach(&forward, center, diagonal, box, isBackward: false)
                let opposite = delta - diagonal
                if x >= 0, delta % 2 != 0, abs(opposite) < depth,
                    backward[center + opposite] >= 0, x + backward[center + opposite] >= width
                {
                    return (box.old.lowerBound + x, box.new.lowerBound + x - diagonal)
                }
            }
            for diagonal in stride(from: -depth, through: depth, by: 2) {
                let x = reach(&backward, center, diagonal, box, isBackward: true)
                let opposite = delta - diagonal
                if x >= 0, delta % 2 == 0, abs(opposite) <= depth,
                    forward[center + opposite] >= 0, x + forward[center + opposite] >= width
                {
                    return (box.old.upperBound - x, box.new.upperBound - (x - diagonal))
                }
            }
        }
        return nil
    }

    /// How far along a diagonal one more difference reaches, from one corner or the other.
    private mutating func reach(
        _ reached: inout [Int], _ center: Int, _ diagonal: Int, _ box: Change, isBackward: Bool
    ) -> Int {
        let (width, height) = (box.old.count, box.new.count)
        let index = center + diagonal
        let down = reached[index + 1]
        let right = reached[index - 1] + 1
        var x = Self.unreachable
        if down >= 0, down - diagonal <= height { x = down }
        if right > 0, right <= width, right > x { x = right }
        reached[index] = x
        guard x >= 0 else { return x }
        let start = x
        if isBackward {
            let (oldEnd, newEnd) = (box.old.upperBound - 1, box.new.upperBound - 1)
            while x < width, x - diagonal < height, old[oldEnd - x] == new[newEnd - x + diagonal] {
                x += 1
            }
        } else {
            let (oldStart, newStart) = (box.old.lowerBound, box.new.lowerBound)
            while x < width, x - diagonal < height,
                old[oldStart + x] == new[newStart + x - diagonal]
            {
                x += 1
            }
        }
        steps -= x - start
        reached[index] = x
        return x
    }
}
