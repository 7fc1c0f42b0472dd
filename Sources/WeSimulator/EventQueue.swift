import WeSync

/// What is going to happen, by simulated time and, at the same time, by the order of planning.
struct EventQueue {
    /// Small and without references, so that the heap moves it without counting any.
    private struct Entry {
        let time: Milliseconds
        let order: UInt64
        /// Where its action is.
        let slot: Int

        func isBefore(_ other: Entry) -> Bool {
            time != other.time ? time < other.time : order < other.order
        }
    }

    /// A binary heap, the next one first.
    private var heap: [Entry] = []
    private var actions: [(() -> Void)?] = []
    /// Slots without an action.
    private var free: [Int] = []
    private var order: UInt64 = 0

    /// When the next thing happens.
    var nextTime: Milliseconds? { heap.first?.time }

    /// Plans something.
    ///
    /// - Complexity: O(log planned).
    mutating func schedule(at time: Milliseconds, _ action: @escaping () -> Void) {
        order += 1
        let slot: Int
        if let last = free.popLast() {
            slot = last
            actions[slot] = action
        } else {
            slot = actions.count
            actions.append(action)
        }
        let entry = Entry(time: time, order: order, slot: slot)
        heap.append(entry)
        var place = heap.count - 1
        while place > 0, entry.isBefore(heap[(place - 1) / 2]) {
            heap[place] = heap[(place - 1) / 2]
            place = (place - 1) / 2
        }
        heap[place] = entry
    }

    /// Takes the next thing out.
    ///
    /// - Complexity: O(log planned).
    mutating func next() -> (time: Milliseconds, action: () -> Void)? {
        guard let first = heap.first, let last = heap.popLast() else { return nil }
        if !heap.isEmpty { sink(last) }
        let taken = actions[first.slot]
        actions[first.slot] = nil
        free.append(first.slot)
        return taken.map { (first.time, $0) }
    }

    /// Puts an entry where the first one was.
    private mutating func sink(_ entry: Entry) {
        var place = 0
        while true {
            var child = 2 * place + 1
            guard child < heap.count else { break }
            if child + 1 < heap.count, heap[child + 1].isBefore(heap[child]) { child += 1 }
            guard heap[child].isBefore(entry) else { break }
            heap[place] = heap[child]
            place = child
        }
        heap[place] = entry
    }

    /// Forgets everything.
    mutating func removeAll() { (heap, actions, free) = ([], [], []) }
}
