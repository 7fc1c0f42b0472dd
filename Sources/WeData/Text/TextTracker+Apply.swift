/// What an event does to the text as it is now.
struct TextEffect: Sendable {
    /// Where, in scalars.
    var position: Int
    /// How many scalars go there.
    var deleteCount: Int
    /// The bytes of all inserted text that come there.
    var inserted: Range<Int>
    /// How many scalars they are.
    var insertCount: Int
}

extension TextTracker {
    /// Inserts scalars at a position of a slot's version; gives the position in effect.
    ///
    /// - Complexity: O(log records) and the records that the slot does not have at that place.
    mutating func insert(
        _ versions: Range<Int>, at position: Int, slot: Int, agents: TextAgents
    ) -> Int {
        let position = min(position, tree.total(slot))
        var record = Record(
            version: versions.lowerBound, length: versions.count, left: Self.start,
            right: Self.end, states: .zero, isDeleted: false)
        record.states[slot] = 1
        var place = Place(leaf: tree.firstLeaf, index: 0)
        if position > 0 {
            let (before, offset) = visible(position - 1, slot: slot)
            let left = self.record(before)
            record.left = left.version + offset
            if offset + 1 < left.length {
                record.right = record.left + 1
                return insert(record, at: split(before, at: offset + 1), slot: slot)
            }
            place = Place(leaf: before.leaf, index: before.index + 1)
        }
        place = integrate(&record, from: place, slot: slot, agents: agents)
        if place.index > 0 {
            let before = Place(leaf: place.leaf, index: place.index - 1)
            if isContinuation(record, of: self.record(before)) {
                let effect = effectPosition(of: place)
                lengthen(before, by: record.length, slot: slot)
                return effect
            }
        }
        return insert(record, at: place, slot: slot)
    }

    private mutating func insert(_ record: Record, at place: Place, slot: Int) -> Int {
        let added = add(record, at: place, slot: slot)
        return effectPosition(of: added)
    }

    private func isContinuation(_ record: Record, of before: Record) -> Bool {
        record.left == before.version + before.length - 1
            && record.version == before.version + before.length && record.right == Self.end
            && !before.isDeleted && before.states == record.states
    }

    /// How many scalars are in effect before a place.
    func effectPosition(of place: Place) -> Int {
        var position = tree.sum(Self.effectSum, before: place.leaf)
        for index in 0..<place.index {
            let record = record(Place(leaf: place.leaf, index: index))
            if !record.isDeleted { position += record.length }
        }
        return position
    }

    /// The record that holds the visible scalar at a position that exists, and how far in it.
    private func visible(_ position: Int, slot: Int) -> (place: Place, offset: Int) {
        var (leaf, left) = tree.find(position, by: slot)
        var place = Place(leaf: leaf, index: 0)
        while true {
            if place.index >= count(ofLeaf: place.leaf) {
                leaf = tree.leaf(after: place.leaf)
                guard leaf >= 0 else { return (Place(leaf: place.leaf, index: place.index - 1), 0) }
                place = Place(leaf: leaf, index: 0)
                continue
            }
            let record = record(place)
            if record.states[slot] == 1 {
                if left < record.length { return (place, left) }
                left -= record.length
            }
            place.index += 1
        }
    }

    /// Finds where a record goes among those at its place that its author had not seen.
    ///
    /// The order is a total one that every replica finds alike, whatever the order of arrival: by
    /// left neighbour, then by right neighbour where that shares the left one, then by name.
    private func integrate(
        _ record: inout Record, from place: Place, slot: Int, agents: TextAgents
    ) -> Place {
        guard let first = settled(place) else { return place }
        var scan = first
        var right: Record?
        while true {
            let other = self.record(scan)
            if other.states[slot] != 0 {
                right = other
                break
            }
            guard let next = settled(Place(leaf: scan.leaf, index: scan.index + 1)) else { break }
            scan = next
        }
        if let right, right.left == record.left { record.right = right.version }
        if self.record(first).states[slot] != 0 { return place }
        return choose(record, from: place, first: first, slot: slot, agents: agents)
    }

    private func choose(
        _ record: Record, from place: Place, first: Place, slot: Int, agents: TextAgents
    ) -> Place {
        var candidate = place
        var isScanning = false
        var scan = first
        while true {
            let other = self.record(scan)
            if other.states[slot] != 0 { return candidate }
            if other.left == record.left {
                if other.right == record.right,
                    agents.namePrecedes(record.version, other.version)
                {
                    return candidate
                }
                isScanning = precedes(other.right, record.right)
            } else if precedes(other.left, record.left) {
                return candidate
            }
            let after = Place(leaf: scan.leaf, index: scan.index + 1)
            if !isScanning { candidate = after }
            guard let next = settled(after) else { return candidate }
            scan = next
        }
    }

    /// Deletes scalars at a position of a slot's version, and says what goes in effect.
    ///
    /// Deletions of what is not there do nothing.
    mutating func delete(
        _ versions: Range<Int>, at position: Int, isBackward: Bool, slot: Int,
        effects: inout [TextEffect]
    ) {
        let total = tree.total(slot)
        var versions = versions
        var from = position
        if isBackward {
            let skipped = min(versions.count, max(0, position - total + 1))
            versions = (versions.lowerBound + skipped)..<versions.upperBound
            from = position - skipped - versions.count + 1
        } else {
            let kept = min(versions.count, max(0, total - position))
            versions = versions.lowerBound..<(versions.lowerBound + kept)
        }
        guard !versions.isEmpty else { return }
        var left = versions.count
        while left > 0 {
            var (place, offset) = visible(from, slot: slot)
            if offset > 0 { place = split(place, at: offset) }
            if record(place).length > left {
                let second = split(place, at: left)
                place = before(second)
            }
            let record = record(place)
            let first =
                isBackward
                ? versions.lowerBound + left - record.length
                : versions.upperBound - left
            remember(
                deletion: first, length: record.length, target: record.version,
                isBackward: isBackward)
            if markDeleted(place, slot: slot) {
                effects.append(
                    TextEffect(
                        position: effectPosition(of: place), deleteCount: record.length,
                        inserted: 0..<0, insertCount: 0))
            }
            left -= record.length
        }
    }

    /// The place before one that a split has just made.
    private func before(_ place: Place) -> Place {
        Place(leaf: place.leaf, index: place.index - 1)
    }
}
