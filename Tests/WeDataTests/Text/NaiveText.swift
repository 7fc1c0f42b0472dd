import WeData

/// A slow and obvious replica to compare with: one record per scalar, ancestor sets in full.
///
/// It states the order rule and the meaning of every position a second time, on purpose.
struct NaiveText {
    struct Event {
        let id: TextID
        let parents: [Int]
        /// `nil` deletes.
        let scalar: Unicode.Scalar?
        let position: Int
    }

    private struct Record {
        let event: Int
        let left: Int
        let right: Int
        var state: Int
        var isDeleted: Bool
    }

    private(set) var events: [Event] = []
    private var index: [TextID: Int] = [:]

    func has(_ id: TextID) -> Bool { index[id] != nil }

    /// Takes in an edit whose parents are here; names that are here already are passed over.
    mutating func apply(_ edit: TextEdit) {
        var parents = edit.parents.compactMap { index[$0] }
        var sequence = edit.sequence
        func add(_ scalar: Unicode.Scalar?, _ position: Int) {
            let id = TextID(agent: edit.agent, sequence: sequence)
            if index[id] == nil {
                index[id] = events.count
                events.append(
                    Event(id: id, parents: parents, scalar: scalar, position: position))
            }
            parents = index[id].map { [$0] } ?? []
            sequence += 1
        }
        for hunk in edit.hunks {
            for _ in 0..<hunk.deleteCount { add(nil, hunk.position) }
            var position = hunk.position
            for scalar in hunk.insert.unicodeScalars {
                add(scalar, position)
                position = position == .max ? .max : position + 1
            }
        }
    }

    /// All events at or before some.
    func past(_ heads: [Int]) -> Set<Int> {
        var seen = Set<Int>()
        var stack = heads
        while let event = stack.popLast() {
            if seen.insert(event).inserted { stack.append(contentsOf: events[event].parents) }
        }
        return seen
    }

    func text(at version: [TextID]) -> String {
        text(of: past(version.compactMap { index[$0] }))
    }

    var text: String { text(of: Set(events.indices)) }

    /// The visible scalars' names.
    var names: [TextID] { replay(Set(events.indices)).map { events[$0].id } }

    private func text(of set: Set<Int>) -> String {
        var view = String.UnicodeScalarView()
        for event in replay(set) { if let scalar = events[event].scalar { view.append(scalar) } }
        return String(view)
    }

    private func replay(_ set: Set<Int>) -> [Int] {
        var records: [Record] = []
        var targets: [Int: Int] = [:]
        var current = Set<Int>()
        for event in events.indices where set.contains(event) {
            let wanted = past(events[event].parents)
            for gone in current.subtracting(wanted) { toggle(gone, -1, &records, targets) }
            for new in wanted.subtracting(current) { toggle(new, 1, &records, targets) }
            current = wanted.union([event])
            if events[event].scalar == nil {
                delete(event, &records, &targets)
            } else {
                insert(event, &records)
            }
        }
        return records.filter { !$0.isDeleted }.map(\.event)
    }

    private func toggle(
        _ event: Int, _ step: Int, _ records: inout [Record], _ targets: [Int: Int]
    ) {
        let target = events[event].scalar == nil ? targets[event] : event
        guard let target, let at = records.firstIndex(where: { $0.event == target }) else { return }
        records[at].state += step
    }

    private func delete(_ event: Int, _ records: inout [Record], _ targets: inout [Int: Int]) {
        var visible = 0
        for at in records.indices where records[at].state == 1 {
            if visible == events[event].position {
                targets[event] = records[at].event
                records[at].state += 1
                records[at].isDeleted = true
                return
            }
            visible += 1
        }
    }

    private func insert(_ event: Int, _ records: inout [Record]) {
        let length = records.count { $0.state == 1 }
        var left = min(events[event].position, length)
        var at = 0
        while left > 0 {
            if records[at].state == 1 { left -= 1 }
            at += 1
        }
        let leftEvent = at > 0 ? records[at - 1].event : -1
        var neighbour = at
        while neighbour < records.count, records[neighbour].state == 0 { neighbour += 1 }
        let sharesLeft = neighbour < records.count && records[neighbour].left == leftEvent
        let right = sharesLeft ? records[neighbour].event : -1
        func place(_ event: Int, _ none: Int) -> Int {
            records.firstIndex { $0.event == event } ?? none
        }
        let leftPlace = place(leftEvent, -1)
        let rightPlace = place(right, records.count)
        var candidate = at
        var isScanning = false
        while at < records.count, records[at].state == 0 {
            let other = records[at]
            let otherLeft = place(other.left, -1)
            if otherLeft < leftPlace { break }
            if otherLeft == leftPlace {
                let otherRight = place(other.right, records.count)
                if otherRight == rightPlace, events[event].id < events[other.event].id { break }
                isScanning = otherRight < rightPlace
            }
            at += 1
            if !isScanning { candidate = at }
        }
        records.insert(
            Record(event: event, left: leftEvent, right: right, state: 1, isDeleted: false),
            at: candidate)
    }
}
