/// Text that is cheap to change anywhere: UTF-8 in leaves, with counts in scalars, bytes and UTF-16
/// units.
///
/// - Complexity: an edit is O(log length) and what it inserts or deletes.
struct Rope: Sendable {
    static let leafMax = 1_024

    /// What is counted of each leaf.
    enum Unit {
        static let scalar = 0
        static let byte = 1
        static let utf16 = 2
        static let count = 3
    }

    /// How much there is of something, in each unit.
    struct Measure: Sendable {
        var scalars = 0
        var bytes = 0
        var utf16 = 0
    }

    private(set) var tree = TextSumTree(width: Unit.count)
    private(set) var storage = ByteStore(count: leafMax)
    private(set) var measures = [Measure()]
    private(set) var total = Measure()

    /// The leaf that was changed last, how many scalars are before it, and what the sums of the
    /// tree do not know of it yet.
    private var cachedLeaf = 0
    private var cachedStart = 0
    private var pending = Measure()

    init() {}

    // MARK: - Finding

    /// Tells the tree what it does not know yet; everything that reads the tree needs that.
    mutating func settle() {
        guard pending.bytes != 0 else { return }
        tree.add(pending.scalars, to: Unit.scalar, of: cachedLeaf)
        tree.add(pending.bytes, to: Unit.byte, pending.utf16, to: Unit.utf16, of: cachedLeaf)
        pending = Measure()
    }

    /// A rope whose tree knows all.
    ///
    /// - Complexity: O(1), or O(leaves) after an edit.
    var settled: Rope {
        guard pending.bytes != 0 else { return self }
        var rope = self
        rope.settle()
        return rope
    }

    /// Makes the leaf that holds a scalar position the cached one; gives the position in it.
    ///
    /// Between two leaves the first is taken.
    private mutating func seek(_ position: Int) -> Int {
        let offset = position - cachedStart
        if offset > 0 || position == 0, offset >= 0, offset <= measures[cachedLeaf].scalars {
            return offset
        }
        settle()
        guard position > 0 else {
            cachedLeaf = tree.firstLeaf
            cachedStart = 0
            return 0
        }
        let (leaf, before) = tree.find(position - 1, by: Unit.scalar)
        cachedLeaf = leaf
        cachedStart = position - 1 - before
        return before + 1
    }

    /// The byte at which a scalar of a leaf begins.
    private func byteOffset(ofScalar scalar: Int, inLeaf leaf: Int) -> Int {
        let measure = measures[leaf]
        if measure.bytes == measure.scalars { return scalar }
        if scalar == measure.scalars { return measure.bytes }
        return storage.index(ofScalar: scalar, from: leaf * Self.leafMax) - leaf * Self.leafMax
    }

    // MARK: - Changing

    /// Puts in the bytes of a range of valid UTF-8 at a scalar position that exists.
    mutating func insert(_ source: [UInt8], _ range: Range<Int>, scalars: Int, at position: Int) {
        guard !range.isEmpty else { return }
        let offset = seek(position)
        let leaf = cachedLeaf
        let byte = byteOffset(ofScalar: offset, inLeaf: leaf)
        let bytes = measures[leaf].bytes
        if bytes + range.count <= Self.leafMax {
            let first = leaf * Self.leafMax
            storage.move(from: first + byte, to: first + byte + range.count, count: bytes - byte)
            storage.copy(source, range, to: first + byte)
            let added = Measure(
                scalars: scalars, bytes: range.count,
                utf16: scalars == range.count
                    ? scalars : scalars + storage.astralCount(first + byte, range.count))
            grow(leaf, by: added)
            return
        }
        settle()
        insertSplitting(source, range, leaf: leaf, byte: byte)
    }

    private mutating func grow(_ leaf: Int, by added: Measure) {
        measures[leaf].scalars += added.scalars
        measures[leaf].bytes += added.bytes
        measures[leaf].utf16 += added.utf16
        pending.scalars += added.scalars
        pending.bytes += added.bytes
        pending.utf16 += added.utf16
        total.scalars += added.scalars
        total.bytes += added.bytes
        total.utf16 += added.utf16
    }

    /// Splits the leaf at a byte and puts the text between, in as many leaves as it needs.
    private mutating func insertSplitting(
        _ source: [UInt8], _ range: Range<Int>, leaf: Int, byte: Int
    ) {
        let before = total
        let tail = split(leaf, at: byte)
        var last = leaf
        var from = range.lowerBound
        while from < range.upperBound {
            let room = Self.leafMax - measures[last].bytes
            var to = min(range.upperBound, from + room)
            while to < range.upperBound, to > from, source[to] & 0xc0 == 0x80 { to -= 1 }
            guard to > from else {
                last = tree.split(last, moving: [0, 0, 0])
                growStorage()
                continue
            }
            append(source, from..<to, to: last)
            from = to
        }
        _ = tail
        total = before
        recount()
        cachedLeaf = leaf
        cachedStart = tree.sum(Unit.scalar, before: leaf)
    }

    private mutating func recount() {
        total = Measure(
            scalars: tree.total(Unit.scalar), bytes: tree.total(Unit.byte),
            utf16: tree.total(Unit.utf16))
    }

    private mutating func append(_ source: [UInt8], _ range: Range<Int>, to leaf: Int) {
        let first = leaf * Self.leafMax + measures[leaf].bytes
        storage.copy(source, range, to: first)
        let added = storage.measure(first, range.count)
        measures[leaf].scalars += added.scalars
        measures[leaf].bytes += added.bytes
        measures[leaf].utf16 += added.utf16
        tree.add(added.scalars, to: Unit.scalar, of: leaf)
        tree.add(added.bytes, to: Unit.byte, added.utf16, to: Unit.utf16, of: leaf)
    }

    private mutating func growStorage() {
        storage.grow(by: Self.leafMax)
        measures.append(Measure())
    }

    /// Moves the end of a leaf, from a byte on, into a new one after it.
    private mutating func split(_ leaf: Int, at byte: Int) -> Int {
        let first = leaf * Self.leafMax
        let moved = storage.measure(first + byte, measures[leaf].bytes - byte)
        let new = tree.split(leaf, moving: [moved.scalars, moved.bytes, moved.utf16])
        growStorage()
        storage.move(from: first + byte, to: new * Self.leafMax, count: moved.bytes)
        measures[new] = moved
        measures[leaf].scalars -= moved.scalars
        measures[leaf].bytes -= moved.bytes
        measures[leaf].utf16 -= moved.utf16
        return new
    }

    /// Takes out scalars from a position; both must exist.
    mutating func delete(_ count: Int, at position: Int) {
        var left = count
        while left > 0 {
            var offset = seek(position)
            if offset == measures[cachedLeaf].scalars {
                settle()
                var next = tree.leaf(after: cachedLeaf)
                cachedStart += offset
                while next >= 0, measures[next].scalars == 0 { next = tree.leaf(after: next) }
                guard next >= 0 else { return }
                cachedLeaf = next
                offset = 0
            }
            left -= deleteInLeaf(left, at: offset)
        }
    }

    /// Takes out at most what the cached leaf has; gives how many scalars that was.
    private mutating func deleteInLeaf(_ count: Int, at offset: Int) -> Int {
        let leaf = cachedLeaf
        let part = min(count, measures[leaf].scalars - offset)
        let first = leaf * Self.leafMax
        let from = byteOffset(ofScalar: offset, inLeaf: leaf)
        let to = byteOffset(ofScalar: offset + part, inLeaf: leaf)
        let isSimple = measures[leaf].bytes == measures[leaf].scalars
        let removed = Measure(
            scalars: -part, bytes: from - to,
            utf16: isSimple ? -part : -part - storage.astralCount(first + from, to - from))
        storage.move(from: first + to, to: first + from, count: measures[leaf].bytes - to)
        grow(leaf, by: removed)
        return part
    }

    /// Fills an empty rope with a range of valid UTF-8.
    mutating func load(_ source: [UInt8], _ range: Range<Int>) {
        var from = range.lowerBound
        var last = 0
        storage.reserve(range.count / 3 * 4 + 2 * Self.leafMax)
        while from < range.upperBound {
            var to = min(range.upperBound, from + Self.leafMax * 3 / 4)
            while to < range.upperBound, to > from, source[to] & 0xc0 == 0x80 { to -= 1 }
            if measures[last].bytes > 0 {
                last = tree.split(last, moving: [0, 0, 0])
                growStorage()
            }
            append(source, from..<to, to: last)
            from = to
        }
        recount()
    }

    // MARK: - Reading

    /// All bytes.
    var utf8: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(total.bytes)
        var leaf = tree.firstLeaf
        while leaf >= 0 {
            storage.append(leaf * Self.leafMax, measures[leaf].bytes, to: &bytes)
            leaf = tree.leaf(after: leaf)
        }
        return bytes
    }

    /// The text.
    var string: String { String(decoding: utf8, as: UTF8.self) }
}
