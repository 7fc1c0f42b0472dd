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
        let signature: TextSignature
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

    private var members: [Member?] = []
    private var memberCount = 0
    /// By bucket, the first link of its chain; a link is a slot's place in one band, -1 is none.
    private var heads = [Int32](repeating: -1, count: 1 << 10)
    private var next: [Int32] = []
    /// What must be looked at again.
    private var changed: Set<Key> = []
    /// By slot, a bit for each band in whose bucket an earlier one is near.
    private var marks: [UInt8] = []
    /// Nobody outside can tell which bucket a text falls into.
    private let salt = [UInt64](bigEndian: RandomBytes.bytes(8)).first ?? 0

    /// How many are near an earlier one, as of the last ``settle()``.
    private(set) var count = 0

    /// Whether what is in a slot is.
    func contains(_ slot: Int) -> Bool { slot < marks.count && marks[slot] != 0 }

    // MARK: - Chains

    private static func link(_ slot: Int, _ band: Int) -> Int32 {
        Int32(truncatingIfNeeded: slot * TextSignature.bandCount + band)
    }

    private static func place(_ link: Int32) -> (slot: Int, band: Int) {
        (Int(link) / TextSignature.bandCount, Int(link) % TextSignature.bandCount)
    }

    private func key(_ link: Int32) -> Key? {
        let (slot, band) = NearDuplicates.place(link)
        return members[slot].map { Key(band: band, bins: $0.signature.bands[band]) }
    }

    private func head(_ key: Key) -> Int {
        Int((key.bins ^ salt &+ UInt64(key.band)).mixed & UInt64(heads.count - 1))
    }

    /// The slots that have a key.
    private func slots(_ key: Key) -> [Int] {
        var slots: [Int] = []
        var link = heads[head(key)]
        while link >= 0 {
            if self.key(link) == key { slots.append(NearDuplicates.place(link).slot) }
            link = next[Int(link)]
        }
        return slots
    }

    mutating func insert(
        _ slot: Int, _ signature: TextSignature, _ created: Instant, _ id: ObjectID
    ) {
        while members.count <= slot {
            members.append(nil)
            marks.append(0)
            for _ in 0..<TextSignature.bandCount { next.append(-1) }
        }
        members[slot] = Member(signature: signature, created: created, id: id)
        memberCount += 1
        if memberCount * TextSignature.bandCount > heads.count {
            grow()
        } else {
            chain(slot, signature)
        }
    }

    private mutating func chain(_ slot: Int, _ signature: TextSignature) {
        for band in 0..<TextSignature.bandCount {
            let key = Key(band: band, bins: signature.bands[band])
            let (link, head) = (NearDuplicates.link(slot, band), head(key))
            var other = heads[head]
            while other >= 0 {
                if self.key(other) == key {
                    changed.insert(key)
                    break
                }
                other = next[Int(other)]
            }
            next[Int(link)] = heads[head]
            heads[head] = link
        }
    }

    private mutating func grow() {
        heads = [Int32](repeating: -1, count: heads.count * 4)
        for (slot, member) in members.enumerated() {
            if let member { chain(slot, member.signature) }
        }
    }

    mutating func remove(_ slot: Int) {
        guard slot < members.count, let member = members[slot] else { return }
        for band in 0..<TextSignature.bandCount {
            let key = Key(band: band, bins: member.signature.bands[band])
            let (link, head) = (NearDuplicates.link(slot, band), head(key))
            var before: Int32 = -1
            var at = heads[head]
            while at >= 0, at != link {
                before = at
                at = next[Int(at)]
            }
            guard at >= 0 else { continue }
            if before < 0 {
                heads[head] = next[Int(link)]
            } else {
                next[Int(before)] = next[Int(link)]
            }
            changed.insert(key)
        }
        members[slot] = nil
        memberCount -= 1
        if marks[slot] != 0 { count -= 1 }
        marks[slot] = 0
    }

    // MARK: - Asking

    /// Compares what has changed.
    ///
    /// - Complexity: O(texts in the buckets that changed).
    mutating func settle() {
        for key in changed {
            let slots = slots(key)
            var first: (slot: Int, member: Member)?
            for slot in slots {
                guard let member = members[slot] else { continue }
                if first.map({ member.isEarlier(than: $0.member) }) ?? true {
                    first = (slot, member)
                }
            }
            guard let first else { continue }
            for slot in slots {
                let isNear =
                    slot != first.slot
                    && members[slot]?.signature.isNear(first.member.signature) == true
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

    /// The slots of what is nearly the same as a text, the nearest first.
    ///
    /// - Complexity: O(texts in its buckets).
    func near(_ signature: TextSignature) -> [Int] {
        var found: [Int: Int] = [:]
        for band in 0..<TextSignature.bandCount {
            for slot in slots(Key(band: band, bins: signature.bands[band])) where found[slot] == nil
            {
                guard let member = members[slot], member.signature.isNear(signature) else {
                    continue
                }
                found[slot] = member.signature.equalCount(signature)
            }
        }
        return found.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
    }
}
