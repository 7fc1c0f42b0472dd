extension TextDocument {
    /// A stretch of the text that one agent typed, with successive names.
    public struct Authorship: Hashable, Sendable {
        /// Which scalars of the text.
        public let scalars: Range<Int>
        /// The name of the first.
        public let first: TextID
    }

    /// Who wrote what is there, from start to end.
    ///
    /// - Complexity: O(history): it is replayed with all names kept.
    public var blame: [Authorship] {
        var position = 0
        var result: [Authorship] = []
        for range in log.visibleVersions() {
            var version = range.lowerBound
            while version < range.upperBound {
                let span = log.agents.span(at: version)
                let spans = log.agents.spans
                let next = span + 1 < spans.count ? spans[span + 1].version : Int.max
                let end = min(range.upperBound, next)
                let scalars = position..<(position + end - version)
                if let first = log.id(at: version) {
                    result.append(Authorship(scalars: scalars, first: first))
                }
                position = scalars.upperBound
                version = end
            }
        }
        return result
    }
}

extension TextLog {
    /// The events that inserted what the text has now, in its order.
    func visibleVersions() -> [Range<Int>] {
        var tracker = TextTracker(base: 0, length: 0)
        var walk = TextWalk()
        var effects: [TextEffect] = []
        var version = 0
        while version < graph.count {
            let end = graph.end(ofRun: graph.run(at: version))
            tracker.apply(version..<end, self, &walk, &effects)
            effects.removeAll(keepingCapacity: true)
            version = end
        }
        return tracker.visibleVersions()
    }
}

extension TextTracker {
    /// The versions of all scalars that no applied event deleted, in document order.
    func visibleVersions() -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var next = settled(Place(leaf: tree.firstLeaf, index: 0))
        while let place = next {
            let record = record(place)
            if !record.isDeleted {
                let range = record.version..<(record.version + record.length)
                if let last = ranges.last, last.upperBound == range.lowerBound {
                    ranges[ranges.count - 1] = last.lowerBound..<range.upperBound
                } else {
                    ranges.append(range)
                }
            }
            next = settled(Place(leaf: place.leaf, index: place.index + 1))
        }
        return ranges
    }
}
