import Dispatch
import WeData
import WeKeys

/// Which texts are nearly the same as an earlier one.
///
/// Texts that have a band of their signatures in common meet in a bucket (locality-sensitive
/// hashing; Leskovec, Rajaraman and Ullman, "Mining of Massive Datasets", 3.4). Two that are near
/// share two buckets at least. In each bucket the earliest is what the others are compared with, so
/// the work is linear whatever comes, and the outcome is the same in whatever order it comes.
struct NearDuplicates {
    /// What texts that meet have in common.
    private struct Key: Hashable {
        let band: Int
        let bins: UInt32
    }

    /// The buckets of one band.
    ///
    /// Each band is filled by itself: its table fits into a core's cache.
    private struct Band {
        /// By slot.
        private(set) var bins: [UInt32] = []
        /// By bucket, the first slot of its chain; by slot, the next; -1 for none.
        private var heads: [Int32] = []
        private var next: [Int32] = []

        var bucketCount: Int { heads.count }

        /// Keeps the bins of some slots, of so many slots in all.
        mutating func put(_ bins: [(slot: Int, bins: UInt32)], slotCount: Int) {
            if self.bins.count < slotCount {
                let more = slotCount - self.bins.count
                self.bins += repeatElement(0, count: more)
                next += repeatElement(-1, count: more)
            }
            for (slot, bins) in bins { self.bins[slot] = bins }
        }

        mutating func empty(bucketCount: Int) {
            heads = [Int32](repeating: -1, count: bucketCount)
        }

        private func head(_ bins: UInt32, _ salt: UInt64) -> Int {
            Int((UInt64(bins) ^ salt).mixed & UInt64(heads.count - 1))
        }

        /// Puts a slot into its bucket; gives whether another with the same bins is there.
        mutating func chain(_ slot: Int, _ salt: UInt64) -> Bool {
            let bins = bins[slot]
            let head = head(bins, salt)
            var other = heads[head]
            while other >= 0, self.bins[Int(other)] != bins { other = next[Int(other)] }
            next[slot] = heads[head]
            heads[head] = Int32(truncatingIfNeeded: slot)
            return other >= 0
        }

        mutating func unchain(_ slot: Int, _ salt: UInt64) {
            let head = head(bins[slot], salt)
            var before = -1
            var at = Int(heads[head])
            while at >= 0, at != slot { (before, at) = (at, Int(next[at])) }
            guard at >= 0 else { return }
            if before < 0 { heads[head] = next[slot] } else { next[before] = next[slot] }
        }

        /// The slots that have these bins.
        func slots(_ bins: UInt32, _ salt: UInt64) -> [Int] {
            var slots: [Int] = []
            var at = Int(heads[head(bins, salt)])
            while at >= 0 {
                if self.bins[at] == bins { slots.append(at) }
                at = Int(next[at])
            }
            return slots
        }
    }

    private var bands = [Band](repeating: Band(), count: TextSignature.bandCount)
    /// By slot.
    private var members: [Facts?] = []
    private var memberCount = 0
    /// Slots that are in no bucket yet.
    private var waiting: [Int] = []
    /// What must be looked at again.
    private var changed: Set<Key> = []
    /// By slot, a bit for each band in whose bucket an earlier one is near.
    private var marks: [UInt8] = []
    /// Nobody outside can tell which bucket a text falls into.
    private let salt = UInt64(bigEndianBytes: RandomBytes.bytes(8))

    /// How many are near an earlier one, as of the last ``settle()``.
    private(set) var count = 0

    /// Makes room for so many slots.
    mutating func reserve(_ count: Int) {
        members.reserveCapacity(count)
        marks.reserveCapacity(count)
        waiting.reserveCapacity(count)
    }

    /// Whether what is in a slot is.
    func contains(_ slot: Int) -> Bool { slot < marks.count && marks[slot] != 0 }

    /// Takes in what is in a slot, where it has a signature.
    mutating func insert(_ slot: Int, _ facts: Facts) {
        guard facts.signature != nil else { return }
        while members.count <= slot {
            members.append(nil)
            marks.append(0)
        }
        members[slot] = facts
        memberCount += 1
        waiting.append(slot)
    }

    mutating func remove(_ slot: Int) {
        guard slot < members.count, members[slot] != nil else { return }
        chainWaiting()
        for band in bands.indices {
            bands[band].unchain(slot, salt)
            changed.insert(Key(band: band, bins: bands[band].bins[slot]))
        }
        members[slot] = nil
        memberCount -= 1
        if marks[slot] != 0 { count -= 1 }
        marks[slot] = 0
    }

    /// Puts into buckets what is in none, all of it where more buckets are needed.
    private mutating func chainWaiting() {
        guard !waiting.isEmpty else { return }
        let signatures = waiting.compactMap { slot in
            members[slot]?.signature.map { (slot, $0) }
        }
        var bucketCount = bands.first?.bucketCount ?? 0
        let isFull = memberCount > bucketCount
        if isFull {
            bucketCount = max(bucketCount, 1 << 10)
            while bucketCount < memberCount { bucketCount *= 2 }
            waiting = members.indices.filter { members[$0] != nil }
        }
        let (waiting, salt, slotCount, roomFor) = (waiting, salt, members.count, bucketCount)
        let met = eachBand(atOnce: waiting.count >= NearDuplicates.atOnceMin) { number, band in
            band.put(signatures.map { ($0, $1.band(number)) }, slotCount: slotCount)
            if isFull { band.empty(bucketCount: roomFor) }
            return waiting.compactMap { band.chain($0, salt) ? band.bins[$0] : nil }
        }
        for (band, bins) in met.enumerated() {
            for bins in bins { changed.insert(Key(band: band, bins: bins)) }
        }
        self.waiting = []
    }

    /// As many slots are worth several cores.
    private static let atOnceMin = 10_000

    /// Changes each band, at once where that is worth it; gives what each gave.
    private mutating func eachBand(
        atOnce: Bool, _ body: @Sendable (Int, inout Band) -> [UInt32]
    ) -> [[UInt32]] {
        var given = [[UInt32]](repeating: [], count: bands.count)
        unsafe bands.withUnsafeMutableBufferPointer { bands in
            unsafe given.withUnsafeMutableBufferPointer { given in
                // Each iteration has a band, and a place for what it gives, of its own.
                nonisolated(unsafe) let (bands, given) = unsafe (bands, given)
                let change: @Sendable (Int) -> Void = { number in
                    unsafe given[number] = unsafe body(number, &bands[number])
                }
                if atOnce {
                    unsafe DispatchQueue.concurrentPerform(iterations: bands.count, execute: change)
                } else {
                    unsafe (0..<bands.count).forEach(change)
                }
            }
        }
        return given
    }

    /// Compares what has changed.
    ///
    /// - Complexity: O(texts in the buckets that changed).
    mutating func settle() {
        chainWaiting()
        for key in changed {
            let slots = bands[key.band].slots(key.bins, salt)
            var first: (slot: Int, facts: Facts)?
            for slot in slots {
                guard let facts = members[slot] else { continue }
                if first.map({ (facts.created, facts.id) < ($0.facts.created, $0.facts.id) })
                    ?? true
                {
                    first = (slot, facts)
                }
            }
            guard let first, let signature = first.facts.signature else { continue }
            for slot in slots {
                let isNear =
                    slot != first.slot && members[slot]?.signature?.isNear(signature) ?? false
                mark(slot, key.band, isNear)
            }
        }
        changed = []
    }

    private mutating func mark(_ slot: Int, _ band: Int, _ isNear: Bool) {
        let old = marks[slot]
        let bit = UInt8(1) << UInt8(band)
        marks[slot] = isNear ? old | bit : old & ~bit
        if old == 0, marks[slot] != 0 { count += 1 }
        if old != 0, marks[slot] == 0 { count -= 1 }
    }
}
