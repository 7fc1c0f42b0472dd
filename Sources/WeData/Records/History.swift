/// The events of one object as a graph, in causal order (Protocol.md, "Data types").
///
/// All questions of causality are answered by one backward sweep, so they cost O(events + parents)
/// whatever the shape of the graph, and no ancestor set is ever stored.
public struct History: Sendable {
    /// One event of the object, as far as merging needs it.
    public struct Entry: Hashable, Sendable {
        /// The event.
        public let id: EventID
        /// The events of the object that its author had seen; others are ignored.
        public let parents: [EventID]
        /// Orders concurrent events, with the id.
        public let lamport: Int
        /// Who wrote it.
        public let author: PersonID
        /// The author's clock, in milliseconds; for display only.
        public let wall: Int64
        /// What it does.
        public let changes: [Change]
        /// Whether it only joins others: it does not count, or its body is gone.
        ///
        /// What an author had seen does not depend on what counts, so the graph keeps it.
        public let isVoid: Bool

        /// Whether it changes nothing but marks, which people leave on what others made.
        var holdsOnlyMarks: Bool {
            changes.allSatisfy { if case .mark = $0 { true } else { false } }
        }

        /// Joins the parts.
        public init(
            id: EventID, parents: [EventID], lamport: Int, author: PersonID, wall: Int64,
            changes: [Change]
        ) {
            self.init(
                id: id, parents: parents, lamport: lamport, author: author, wall: wall,
                changes: changes, isVoid: false)
        }

        /// An event that shows nothing and joins those before it with those after it.
        public static func void(id: EventID, parents: [EventID], lamport: Int) -> Entry {
            Entry(
                id: id, parents: parents, lamport: lamport, author: PersonID(.zero), wall: 0,
                changes: [], isVoid: true)
        }

        private init(
            id: EventID, parents: [EventID], lamport: Int, author: PersonID, wall: Int64,
            changes: [Change], isVoid: Bool
        ) {
            self.id = id
            self.parents = parents
            self.lamport = lamport
            self.author = author
            self.wall = wall
            self.changes = changes
            self.isVoid = isVoid
        }
    }

    /// The events by rising (lamport, id), which is a causal order; void ones are among them.
    public let entries: [Entry]
    /// Indices of each entry's parents.
    let parents: [[Int]]
    /// Whether each entry has the one before it in its past, so that order is the whole causality.
    public let isLinear: Bool

    /// Sorts the events and finds their edges; the same event twice counts once.
    public init(_ events: [Entry]) {
        guard events.count > 1 else {
            entries = events
            parents = events.map { _ in [] }
            isLinear = true
            return
        }
        var sorted = events.sorted {
            $0.lamport != $1.lamport ? $0.lamport < $1.lamport : $0.id < $1.id
        }
        var last: EventID?
        sorted.removeAll { entry in
            defer { last = entry.id }
            return entry.id == last
        }
        var index: [EventID: Int] = [:]
        var edges: [[Int]] = []
        var isLinear = true
        for (position, entry) in sorted.enumerated() {
            // A parent that does not come earlier in the order cannot be one.
            let known = entry.parents.compactMap { index[$0] }
            edges.append(known)
            if position > 0, !known.contains(position - 1) { isLinear = false }
            index[entry.id] = position
        }
        entries = sorted
        parents = edges
        self.isLinear = isLinear
    }

    /// For each entry, whether one of `sources` follows it (strictly).
    func followed(by sources: [Int]) -> [Bool] {
        var followed = [Bool](repeating: false, count: entries.count)
        guard let last = sources.last else { return followed }
        if isLinear {
            for index in 0..<last { followed[index] = true }
            return followed
        }
        var isSource = followed
        for index in sources { isSource[index] = true }
        for index in (0...last).reversed() where followed[index] || isSource[index] {
            for parent in parents[index] { followed[parent] = true }
        }
        return followed
    }

    /// The entries of `writers` that no other of them follows, in order.
    func surviving(_ writers: [Int]) -> [Int] {
        if isLinear { return writers.suffix(1) }
        let isFollowed = followed(by: writers)
        return writers.filter { !isFollowed[$0] }
    }

    /// The events that count and that no other one that counts follows.
    public var heads: [EventID] {
        if isLinear { return entries.last { !$0.isVoid }.map { [$0.id] } ?? [] }
        let counting = entries.indices.filter { !entries[$0].isVoid }
        return surviving(counting).map { entries[$0].id }
    }
}
