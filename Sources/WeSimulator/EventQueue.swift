import WeSync

/// What is going to happen, by simulated time and, at the same time, by the order of planning.
struct EventQueue {
    private struct Entry {
        let time: Milliseconds
        let order: UInt64
        let action: () -> Void

        func isBefore(_ other: Entry) -> Bool {
            time != other.time ? time < other.time : order < other.order
        }
    }

    /// A binary heap, the next one first.
    private var heap: [Entry] = []
    private var order: UInt64 = 0

    /// When the next thing happens.
    var nextTime: Milliseconds? { heap.first?.time }

    /// Plans something.
    ///
    /// - Complexity: O(log planned).
    mutating func schedule(at time: Milliseconds, _ action: @escaping () -> Void) {
        order += 1
        heap.append(Entry(time: time, order: order, action: action))
        var place = heap.count - 1
        while place > 0, heap[place].isBefore(heap[(place - 1) / 2]) {
            heap.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    /// Takes the next thing out.
    ///
    /// - Complexity: O(log planned).
    mutating func next() -> (time: Milliseconds, action: () -> Void)? {
        guard let first = heap.first, let last = heap.popLast() else { return nil }
        if !heap.isEmpty {
            heap[0] = last
            sink()
        }
        return (first.time, first.action)
    }

    private mutating func sink() {
        var place = 0
        while true {
            var least = place
            for child in [2 * place + 1, 2 * place + 2]
            where child < heap.count && heap[child].isBefore(heap[least]) {
                least = child
            }
            guard least != place else { return }
            heap.swapAt(place, least)
            place = least
        }
    }

    /// Forgets everything.
    mutating func removeAll() { heap = [] }
}
