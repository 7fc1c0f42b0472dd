import WeData
import WeKeys

/// Which texts are nearly the same as an earlier one.
///
/// Texts that have a band of their signatures in common meet in a bucket (locality-sensitive
/// hashing; Leskovec, Rajaraman and Ullman, "Mining of Massive Datasets", 3.4). Two that are near
/// share two buckets at least. In each bucket the earliest is what the others are compared with, so
/// the work is linear whatever comes, and the outcome is the same in whatever order it comes.
struct NearDuplicates {
    private struct Member {
        let created: Instant
        let id: ObjectID

        func isEarlier(than other: Member) -> Bool {
            (created, id) < (other.created, other.id)
        }
    }

    /// What texts that meet have in common.
    private struct Key: Hashable {
        let band: Int
        let bins: UInt64
    }

    /// The buckets of one band.
    ///
    /// Each band is filled by itself: its table fits into a core's cache.
    private struct Band {
        /// By slot.
        private(set) var bins: [UInt64] = []
        /// By bucket, the first slot of its chain; by slot, the next; -1 for none.
        private var heads: [Int32] = []
        private var next: [Int32] = []

        var bucketCount: Int { heads.count }

        mutating func reserve(_ count: Int) {
            bins.reserveCapacity(count)
            next.reserveCapacity(count)
        }

        mutating func put(_ bins: UInt64, in slot: Int) {
            while self.bins.count <= slot {
                self.bins.append(0)
                next.append(-1)
            }
            self.bins[slot] = bins
        }

        mutating func empty(bucketCount: Int) {
            heads = [Int32](repeating: -1, count: bucketCount)
        }

        private func head(_ bins: UInt64, _ salt: UInt64) -> Int {
            Int((bins ^ salt).mixed & UInt64(heads.count - 1))
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
        func slots(_ bins: UInt64, _ salt: UInt64) -> [Int] {
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
    private var members: [Member?] = []
    private var memberCount = 0
    /// Slots that are in no bucket yet.
    private var waiting: [Int] = []
    /// What must be looked at again.
    private var changed: Set<Key> = []
    /// By slot, a bit for each band in whose bucket an earlier one is near.
    private var marks: [UInt8] = []
    /// Nobody outside can tell which bucket a text falls into.
    private let salt = [UInt64](bigEndian: RandomBytes.bytes(8)[...]).first ?? 0

    /// How many are near an earlier one, as of the last ``settle()``.
    private(set) var count = 0

    /// Makes room for so many slots.
    mutating func reserve(_ count: Int) {
        members.reserveCapacity(count)
        for band in bands.indices { bands[band].reserve(count) }
    }

    /// Whether what is in a slot is.
    func contains(_ slot: Int) -> Bool { slot < marks.count && marks[slot] != 0 }

    mutating func insert(
        _ slot: Int, _ signature: TextSignature, _ created: Instant, _ id: ObjectID
    ) {
        while members.count <= slot {
            members.append(nil)
            marks.append(0)
        }
        members[slot] = Member(created: created, id: id)
        memberCount += 1
        for band in bands.indices { bands[band].put(signature.bands[band], in: slot) }
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
        var bucketCount = bands.first?.bucketCount ?? 0
        if memberCount > bucketCount {
            bucketCount = max(bucketCount, 1 << 10)
            while bucketCount < memberCount { bucketCount *= 2 }
            for band in bands.indices { bands[band].empty(bucketCount: bucketCount) }
            waiting = members.indices.filter { members[$0] != nil }
        }
        for band in bands.indices {
            for slot in waiting where bands[band].chain(slot, salt) {
                changed.insert(Key(band: band, bins: bands[band].bins[slot]))
            }
        }
        waiting = []
    }

    /// Compares what has changed.
    ///
    /// - Complexity: O(texts in the buckets that changed).
    mutating func settle() {
        chainWaiting()
        for key in changed {
            let slots = bands[key.band].slots(key.bins, salt)
            var first: (slot: Int, member: Member)?
            for slot in slots {
                guard let member = members[slot] else { continue }
                if first.map({ member.isEarlier(than: $0.member) }) ?? true {
                    first = (slot, member)
                }
            }
            guard let first else { continue }
            for slot in slots {
                mark(slot, key.band, slot != first.slot && isNear(slot, first.slot))
            }
        }
        changed = []
    }

    private func isNear(_ slot: Int, _ other: Int) -> Bool {
        let differing = bands.reduce(0) {
            $0 + TextSignature.differingCount($1.bins[slot], $1.bins[other])
        }
        return TextSignature.binCount - differing >= TextSignature.equalMin
    }

    private mutating func mark(_ slot: Int, _ band: Int, _ isNear: Bool) {
        let old = marks[slot]
        let bit = UInt8(1) << UInt8(band)
        marks[slot] = isNear ? old | bit : old & ~bit
        if old == 0, marks[slot] != 0 { count += 1 }
        if old != 0, marks[slot] == 0 { count -= 1 }
    }
}
