/// All that was inserted since a critical cut, in document order, deleted or not.
///
/// The tracker stands at several versions at once: each *slot* is a version, and each record says
/// for every slot whether it is there. To apply an event, some slot is brought to the event's
/// parents; with a slot for each of a few branches that rarely means going back. What was there at
/// the cut is one long record of versions that are no events (Gentle & Kleppmann, "Collaborative
/// Text Editing with Eg-walker", 2025).
struct TextTracker: Sendable {
    /// How many versions the tracker stands at.
    static let slotCount = 4
    /// The sum of what is visible at the version of all that was applied.
    static let effectSum = slotCount
    static let leafMax = 24

    /// The version before the first scalar of the text at the cut.
    static let underwater = Int.min / 2
    /// No scalar on the left: the start of the text.
    static let start = -1
    /// No scalar on the right: the end of the text.
    static let end = Int.max

    /// A stretch of scalars that were inserted one after another and stand side by side.
    struct Record: Sendable {
        /// The version that inserted the first.
        var version: Int
        /// How many scalars.
        var length: Int
        /// What the first was inserted after.
        var left: Int
        /// What the first was inserted before, if that had the same left; else ``end``.
        var right: Int
        /// For each slot: 0 before the insertion, 1 when inserted, one more for each deletion.
        var states: SIMD4<UInt32>
        /// Whether any applied event deleted it.
        var isDeleted: Bool
    }

    /// Where a record stands.
    struct Place: Sendable {
        var leaf: Int
        var index: Int
    }

    /// Events from here on are in the tracker.
    private(set) var base: Int
    /// Events before here are in the tracker.
    var applied: Int
    /// The version of each slot: an event, or less than `base` for the cut itself.
    var slots = SIMD4<Int>(repeating: -1)
    /// When each slot was last used.
    var lastUses = SIMD4<Int>.zero
    var uses = 0
    /// How much was toggled since a slot was last copied.
    var toggles = 0
    /// The row of operations that was looked at last; the next is near.
    var lastRow = 0
    /// The same for runs.
    var lastRun = 0

    private(set) var recordCount = 0
    var tree: TextSumTree
    private var records: [Record] = []
    private var pieces: [Int] = []
    private var counts: [Int] = []
    /// The leaf of each piece: what the index of insertions finds.
    private var leafOfPiece: [Int] = []
    private var insertions = TextIndex()
    private var deletions = TextIndex()

    /// Begins at a cut where the text has `length` scalars.
    init(base: Int, length: Int) {
        self.base = base
        applied = base
        tree = TextSumTree(width: Self.slotCount + 1)
        begin(length)
    }

    /// Begins anew, in the memory that is there.
    mutating func restart(base: Int, length: Int) {
        self.base = base
        applied = base
        slots = SIMD4(repeating: -1)
        toggles = 0
        recordCount = 0
        tree.reset()
        records.removeAll(keepingCapacity: true)
        pieces.removeAll(keepingCapacity: true)
        counts.removeAll(keepingCapacity: true)
        leafOfPiece.removeAll(keepingCapacity: true)
        insertions.removeAll()
        deletions.removeAll()
        begin(length)
    }

    private mutating func begin(_ length: Int) {
        growLeaves()
        guard length > 0 else { return }
        let text = Record(
            version: Self.underwater, length: length, left: Self.start, right: Self.end,
            states: SIMD4(repeating: 1), isDeleted: false)
        insert(text, at: Place(leaf: 0, index: 0))
        for sum in 0...Self.slotCount { tree.add(length, to: sum, of: 0) }
    }

    // MARK: - Records

    func record(_ place: Place) -> Record { records[place.leaf * Self.leafMax + place.index] }

    func count(ofLeaf leaf: Int) -> Int { counts[leaf] }

    private mutating func growLeaves() {
        records.append(
            contentsOf: repeatElement(
                Record(
                    version: 0, length: 0, left: 0, right: 0, states: .zero, isDeleted: false),
                count: Self.leafMax))
        pieces.append(contentsOf: repeatElement(0, count: Self.leafMax))
        counts.append(0)
    }

    /// The first record after a place, itself included; `nil` at the end.
    func settled(_ place: Place) -> Place? {
        var place = place
        while place.index >= counts[place.leaf] {
            let next = tree.leaf(after: place.leaf)
            guard next >= 0 else { return nil }
            place = Place(leaf: next, index: 0)
        }
        return place
    }

    /// Puts a record in, with a piece of its own, at a place in a leaf that has room.
    ///
    /// The sums are the caller's to keep.
    private mutating func insert(_ record: Record, at place: Place) {
        let first = place.leaf * Self.leafMax
        var index = first + counts[place.leaf]
        while index > first + place.index {
            records[index] = records[index - 1]
            pieces[index] = pieces[index - 1]
            index -= 1
        }
        records[index] = record
        pieces[index] = leafOfPiece.count
        insertions.insert(
            TextIndex.Entry(version: record.version, value: leafOfPiece.count, length: 0))
        leafOfPiece.append(place.leaf)
        counts[place.leaf] += 1
        recordCount += 1
    }

    /// Makes room for one more record in a leaf; gives the place that `place` has become.
    private mutating func makeRoom(at place: Place) -> Place {
        guard counts[place.leaf] == Self.leafMax else { return place }
        let half = Self.leafMax / 2
        var moved = [Int](repeating: 0, count: Self.slotCount + 1)
        let from = place.leaf * Self.leafMax + half
        for index in from..<(from + Self.leafMax - half) {
            let record = records[index]
            for slot in 0..<Self.slotCount where record.states[slot] == 1 {
                moved[slot] += record.length
            }
            if !record.isDeleted { moved[Self.effectSum] += record.length }
        }
        let new = tree.split(place.leaf, moving: moved)
        growLeaves()
        for offset in 0..<(Self.leafMax - half) {
            records[new * Self.leafMax + offset] = records[from + offset]
            pieces[new * Self.leafMax + offset] = pieces[from + offset]
            leafOfPiece[pieces[from + offset]] = new
        }
        counts[place.leaf] = half
        counts[new] = Self.leafMax - half
        return place.index <= half ? place : Place(leaf: new, index: place.index - half)
    }

    /// Puts a record in and adds it to the sums.
    mutating func add(_ record: Record, at place: Place, slot: Int) -> Place {
        let place = makeRoom(at: place)
        insert(record, at: place)
        tree.add(record.length, to: slot, record.length, to: Self.effectSum, of: place.leaf)
        return place
    }

    /// Makes two records of one, the second from `offset` on; gives the place of the second.
    mutating func split(_ place: Place, at offset: Int) -> Place {
        var place = makeRoom(at: place)
        if place.index == counts[place.leaf], let moved = settled(place) { place = moved }
        let index = place.leaf * Self.leafMax + place.index
        var second = records[index]
        records[index].length = offset
        second.version += offset
        second.length -= offset
        second.left = second.version - 1
        second.right = Self.end
        let after = Place(leaf: place.leaf, index: place.index + 1)
        insert(second, at: after)
        return after
    }

    /// Lengthens a record by scalars that are visible in one slot and in effect.
    mutating func lengthen(_ place: Place, by length: Int, slot: Int) {
        records[place.leaf * Self.leafMax + place.index].length += length
        tree.add(length, to: slot, length, to: Self.effectSum, of: place.leaf)
    }

    /// The place of the record that holds an inserted scalar, and how far in it.
    func find(_ version: Int) -> (place: Place, offset: Int)? {
        guard let entry = insertions.place(of: version) else { return nil }
        let piece = insertions.entry(entry).value
        let leaf = leafOfPiece[piece]
        let first = leaf * Self.leafMax
        for index in 0..<counts[leaf] where pieces[first + index] == piece {
            let offset = version - records[first + index].version
            guard offset < records[first + index].length else { return nil }
            return (Place(leaf: leaf, index: index), offset)
        }
        return nil
    }

    /// Whether one scalar comes before another in the document.
    func precedes(_ left: Int, _ right: Int) -> Bool {
        if left == right || right == Self.start || left == Self.end { return false }
        if left == Self.start || right == Self.end { return true }
        guard let (leftPlace, leftOffset) = find(left), let (rightPlace, rightOffset) = find(right)
        else { return left < right }
        if leftPlace.leaf != rightPlace.leaf {
            return tree.precedes(leftPlace.leaf, rightPlace.leaf)
        }
        return leftPlace.index != rightPlace.index
            ? leftPlace.index < rightPlace.index : leftOffset < rightOffset
    }

    // MARK: - Deletions

    /// Remembers what a stretch of deletions took.
    mutating func remember(deletion version: Int, length: Int, target: Int, isBackward: Bool) {
        deletions.insert(
            TextIndex.Entry(
                version: version, value: target, length: isBackward ? -length : length))
    }

    /// Counts a deletion of a whole record; gives whether it was the first in effect.
    mutating func markDeleted(_ place: Place, slot: Int) -> Bool {
        let index = place.leaf * Self.leafMax + place.index
        let length = records[index].length
        let isFirst = !records[index].isDeleted
        records[index].states[slot] += 1
        records[index].isDeleted = true
        tree.add(-length, to: slot, isFirst ? -length : 0, to: Self.effectSum, of: place.leaf)
        return isFirst
    }

    // MARK: - Slots

    /// Adds events to the version of a slot, or takes them away.
    ///
    /// The order within the range does not matter, since a state is a plain count.
    mutating func toggle(_ range: Range<Int>, slot: Int, isAdded: Bool, operations: TextOperations)
    {
        var row = operations.row(at: range.lowerBound, near: lastRow)
        lastRow = row
        var version = range.lowerBound
        while version < range.upperBound {
            let end = min(range.upperBound, operations.end(ofRow: row))
            if operations.rows[row].kind == .insert {
                toggleScalars(version..<end, slot: slot, isAdded: isAdded)
            } else {
                toggleDeletions(version..<end, slot: slot, isAdded: isAdded)
            }
            version = end
            row += 1
        }
    }

    private mutating func toggleDeletions(_ range: Range<Int>, slot: Int, isAdded: Bool) {
        guard var at = deletions.place(of: range.lowerBound) ?? deletions.firstPlace else { return }
        var version = range.lowerBound
        while version < range.upperBound {
            let entry = deletions.entry(at)
            let length = abs(entry.length)
            let from = max(0, version - entry.version)
            let to = min(length, range.upperBound - entry.version)
            if from < to {
                let first = entry.length > 0 ? entry.value + from : entry.value + length - to
                toggleScalars(first..<(first + to - from), slot: slot, isAdded: isAdded)
            }
            version = entry.version + length
            guard let next = deletions.place(after: at) else { return }
            at = next
        }
    }

    private mutating func toggleScalars(_ range: Range<Int>, slot: Int, isAdded: Bool) {
        var version = range.lowerBound
        while version < range.upperBound {
            guard let (found, offset) = find(version) else { return }
            let place = offset > 0 ? split(found, at: offset) : found
            var index = place.leaf * Self.leafMax + place.index
            if records[index].length > range.upperBound - version {
                let second = split(place, at: range.upperBound - version)
                index = second.leaf * Self.leafMax + second.index - 1
            }
            let length = records[index].length
            let old = records[index].states[slot]
            let new = isAdded ? old &+ 1 : old &- 1
            records[index].states[slot] = new
            let change = (new == 1 ? length : 0) - (old == 1 ? length : 0)
            if change != 0 { tree.add(change, to: slot, of: index / Self.leafMax) }
            version += length
            toggles += 1
        }
    }

    /// Brings one slot to the version of another, which costs a pass over all records.
    mutating func copySlot(_ source: Int, to target: Int) {
        for leaf in counts.indices {
            let first = leaf * Self.leafMax
            for index in first..<(first + counts[leaf]) {
                records[index].states[target] = records[index].states[source]
            }
        }
        tree.copy(source, to: target)
        slots[target] = slots[source]
        toggles = 0
    }
}
