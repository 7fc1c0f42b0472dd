/// A sorted list of stretches of versions, in chunks, so that an insertion moves little.
struct TextIndex: Sendable {
    /// What is known of the versions from `version` on.
    struct Entry: Sendable {
        /// The first version.
        var version: Int
        /// Its piece, or the first version that it deletes.
        var value: Int
        /// How many versions; negative where a deletion's targets go backwards.
        var length: Int
    }

    /// A place in the list.
    struct Place: Sendable {
        var chunk: Int
        var offset: Int
    }

    static let chunkMax = 128

    private var entries: [Entry] = []
    private var counts: [Int] = []
    /// The chunks in order, and the first version of each.
    private var order: [Int] = []
    private var firsts: [Int] = []

    /// The first place; `nil` when there is none.
    var firstPlace: Place? { order.isEmpty ? nil : Place(chunk: 0, offset: 0) }

    mutating func removeAll() {
        entries.removeAll(keepingCapacity: true)
        counts.removeAll(keepingCapacity: true)
        order.removeAll(keepingCapacity: true)
        firsts.removeAll(keepingCapacity: true)
    }

    func entry(_ place: Place) -> Entry {
        entries[order[place.chunk] * Self.chunkMax + place.offset]
    }

    /// The last entry that begins at `version` or before; `nil` where all begin later.
    ///
    /// - Complexity: O(log entries).
    func place(of version: Int) -> Place? {
        var low = 0
        var high = firsts.count
        if high > 0, firsts[high - 1] <= version {
            low = high
        } else {
            while low < high {
                let middle = (low + high) / 2
                if firsts[middle] <= version { low = middle + 1 } else { high = middle }
            }
        }
        guard low > 0 else { return nil }
        let chunk = order[low - 1]
        let first = chunk * Self.chunkMax
        var from = 0
        var to = counts[chunk]
        while from < to {
            let middle = (from + to) / 2
            if entries[first + middle].version <= version { from = middle + 1 } else { to = middle }
        }
        return Place(chunk: low - 1, offset: from - 1)
    }

    /// The place after another; `nil` at the end.
    func place(after place: Place) -> Place? {
        if place.offset + 1 < counts[order[place.chunk]] {
            return Place(chunk: place.chunk, offset: place.offset + 1)
        }
        return place.chunk + 1 < order.count ? Place(chunk: place.chunk + 1, offset: 0) : nil
    }

    /// Puts an entry in.
    mutating func insert(_ entry: Entry) {
        guard !order.isEmpty else {
            order.append(makeChunk())
            firsts.append(entry.version)
            counts[0] = 1
            entries[0] = entry
            return
        }
        guard let at = place(of: entry.version) else {
            firsts[0] = entry.version
            return insert(entry, Place(chunk: 0, offset: 0))
        }
        insert(entry, Place(chunk: at.chunk, offset: at.offset + 1))
    }

    private mutating func insert(_ entry: Entry, _ place: Place) {
        var place = place
        if counts[order[place.chunk]] == Self.chunkMax { place = split(place) }
        let chunk = order[place.chunk]
        let first = chunk * Self.chunkMax
        var index = counts[chunk]
        while index > place.offset {
            entries[first + index] = entries[first + index - 1]
            index -= 1
        }
        entries[first + place.offset] = entry
        counts[chunk] += 1
    }

    private mutating func makeChunk() -> Int {
        entries.append(
            contentsOf: repeatElement(Entry(version: 0, value: 0, length: 0), count: Self.chunkMax))
        counts.append(0)
        return counts.count - 1
    }

    /// Makes room in a full chunk: an entry for its end begins a new one, which suits growth at
    /// the end; otherwise its upper half moves.
    private mutating func split(_ place: Place) -> Place {
        let old = order[place.chunk]
        let new = makeChunk()
        let kept = place.offset == Self.chunkMax ? Self.chunkMax - 1 : Self.chunkMax / 2
        let moved = Self.chunkMax - kept
        for index in 0..<moved {
            entries[new * Self.chunkMax + index] = entries[old * Self.chunkMax + kept + index]
        }
        counts[old] = kept
        counts[new] = moved
        order.insert(new, at: place.chunk + 1)
        firsts.insert(entries[new * Self.chunkMax].version, at: place.chunk + 1)
        return place.offset <= kept && place.offset < Self.chunkMax
            ? place : Place(chunk: place.chunk + 1, offset: place.offset - kept)
    }
}
