/// Numbers that belong to slots, in order: moments, or lengths of time.
///
/// What is put in is sorted when order is asked for, so that filling it costs as much as sorting
/// once.
struct Timeline {
    private struct Point: Comparable {
        let value: Int64
        let slot: Int

        static func < (left: Point, right: Point) -> Bool {
            (left.value, left.slot) < (right.value, right.slot)
        }
    }

    private var points: [Point] = []
    private var isSorted = true

    var isEmpty: Bool { points.isEmpty }
    /// The slots, in no order.
    var all: [Int] { points.map(\.slot) }

    mutating func insert(_ value: Int64, _ slot: Int) {
        let point = Point(value: value, slot: slot)
        if let last = points.last, point < last { isSorted = false }
        points.append(point)
    }

    /// Takes one out that was put in.
    ///
    /// - Complexity: O(log points), and the points behind it move up.
    mutating func remove(_ value: Int64, _ slot: Int) {
        sort()
        let place = place(of: Point(value: value, slot: slot))
        guard place < points.count, points[place] == Point(value: value, slot: slot) else { return }
        points.remove(at: place)
    }

    /// The greatest value.
    mutating func greatest() -> Int64? {
        sort()
        return points.last?.value
    }

    /// The median: the lower of two in the middle.
    mutating func median() -> Int64? {
        sort()
        return points.isEmpty ? nil : points[(points.count - 1) / 2].value
    }

    /// What lies from one value up to another, the second not among them, and in which order they
    /// are given does not matter.
    mutating func slots(between one: Int64, and other: Int64) -> [Int] {
        guard one != other, !points.isEmpty else { return [] }
        sort()
        let low = place(of: Point(value: min(one, other), slot: .min))
        let high = place(of: Point(value: max(one, other), slot: .min))
        return points[low..<high].map(\.slot)
    }

    /// Before how many the point stands.
    private func place(of point: Point) -> Int {
        var (low, high) = (0, points.count)
        while low < high {
            let middle = low + (high - low) / 2
            if points[middle] < point { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private mutating func sort() {
        guard !isSorted else { return }
        points.sort()
        isSorted = true
    }
}
