import WeData
import WeKeys

/// Which shares may have two of some words in their titles, without looking at all of them.
///
/// It only leads to slots: whoever asks compares what stands there. So a slot that was emptied or
/// filled with something else since, and two words that fall into one bucket, cost a look and change
/// no outcome. Words are put in when somebody asked, so that counting a brain does not wait for them;
/// until then all that wait are looked at.
struct TitleWords {
    private struct Bucket {
        /// The first place of its chain; -1 for none.
        var head: Int32 = -1
        var length: Int32 = 0
    }

    private var buckets: [Bucket] = []
    /// By place, a slot, and the next place of the chain.
    private var slots: [Int32] = []
    private var next: [Int32] = []
    /// Slots whose words are in no bucket yet.
    private(set) var waiting: [Int] = []
    /// Words of the titles that are there now.
    private var wordCount = 0
    /// Nobody outside can tell which bucket a word falls into.
    private let salt = UInt64(bigEndianBytes: RandomBytes.bytes(8))

    mutating func insert(_ slot: Int, _ facts: Facts) {
        guard facts.isExpertise else { return }
        wordCount += facts.words.count
        waiting.append(slot)
    }

    /// Takes out what was in a slot; where its words lead is forgotten later.
    mutating func remove(_ facts: Facts) {
        if facts.isExpertise { wordCount -= facts.words.count }
    }

    /// Puts the words that wait into buckets, all of them where there are too few buckets, or where
    /// most lead to what is gone.
    ///
    /// - Parameter countMax: as many titles are looked at at most, so that nobody waits long.
    /// - Complexity: O(words that wait), amortized.
    mutating func settle(_ entries: [Tally.Entry?], countMax: Int) {
        guard !waiting.isEmpty else { return }
        if wordCount > buckets.count || slots.count > 2 * wordCount {
            var bucketCount = 1 << 10
            while bucketCount < wordCount { bucketCount *= 2 }
            buckets = [Bucket](repeating: Bucket(), count: bucketCount)
            slots = []
            next = []
            slots.reserveCapacity(wordCount)
            next.reserveCapacity(wordCount)
            waiting = Array(entries.indices)
        }
        let settled = waiting.suffix(countMax)
        for slot in settled {
            guard let facts = entries[slot]?.facts, facts.isExpertise else { continue }
            for word in facts.words {
                let number = number(of: word)
                next.append(buckets[number].head)
                buckets[number].head = Int32(truncatingIfNeeded: slots.count)
                buckets[number].length += 1
                slots.append(Int32(truncatingIfNeeded: slot))
            }
        }
        waiting.removeLast(settled.count)
    }

    /// All slots of shares with two or more of some words in the title, in no order, others among
    /// them, and some more than once.
    ///
    /// - Complexity: O(titles that wait, and those with one of the words but for the most frequent):
    ///   what has two has another than that.
    func slots(withTwoOf words: [UInt32]) -> [Int] {
        var found = waiting
        guard !buckets.isEmpty else { return found }
        let leading = words.map { buckets[number(of: $0)] }.sorted { $0.length < $1.length }
        for bucket in leading.dropLast() {
            var place = bucket.head
            while place >= 0 {
                found.append(Int(slots[Int(place)]))
                place = next[Int(place)]
            }
        }
        return found
    }

    /// The bucket of a word.
    private func number(of word: UInt32) -> Int {
        Int((UInt64(word) ^ salt).mixed & UInt64(buckets.count - 1))
    }
}

extension Facts {
    /// Whether it tells what its author knows.
    var isExpertise: Bool { kind == .share && shareKind != .status && byline == nil }
}
