import Synchronization
public import WeData
public import WeLog

/// One laptop's copy of a team: a set of events in one SQLite file, and the views over it.
///
/// Any number of threads may use one replica and any number of processes one file. What
/// ``append(_:author:)`` and ``ingest(_:at:)`` return from is durable.
public final class Replica: Sendable {
    /// Where the file is; `nil` in memory.
    public let path: String?
    private let writer: Guarded<Store>
    /// `nil` in memory, where there is one connection only.
    private let files: ReadingSide?
    private let search: Guarded<SearchIndex>
    private let team = Mutex(FoldedTeam())

    /// The team, and whether something was committed since that has yet to be folded in.
    private struct FoldedTeam {
        var known: Team?
        var isStale = false
    }

    /// Opens a replica, or makes one.
    ///
    /// - Parameters:
    ///   - path: of the SQLite file; `nil` for one in memory.
    ///   - create: whether to make it where it is missing.
    ///   - isReadOnly: never write, not even views.
    ///   - describe: what a person searches an object by; it must depend on its arguments alone.
    /// - Throws: `ReplicaError`; a file of a newer version is refused untouched.
    public convenience init(
        path: String?, create: Bool, isReadOnly: Bool = false,
        describe: @escaping @Sendable (ObjectID, Record) -> SearchDocument?
    ) throws(ReplicaError) {
        try self.init(
            path: path, create: create, isReadOnly: isReadOnly, vfs: nil, describe: describe)
    }

    /// The same through another VFS than the system's: a simulated disk.
    package init(
        path: String?, create: Bool, isReadOnly: Bool = false, vfs: String?,
        describe: @escaping @Sendable (ObjectID, Record) -> SearchDocument?
    ) throws(ReplicaError) {
        self.path = path
        let store = try Store(path: path, create: create, isReadOnly: isReadOnly, vfs: vfs)
        let current = try store.team()
        writer = Guarded(store)
        if let path { files = try ReadingSide(path: path, vfs) } else { files = nil }
        search = Guarded(
            try SearchIndex(
                path: path, isReadOnly: isReadOnly, vfs: vfs, describe: describe))
        team.withLock { $0.known = current }
        try settleErasures(isForced: false)
    }

    /// Makes a copy in memory of a replica as it is now, as a restored or cloned file is one.
    package init(copying other: Replica) throws(ReplicaError) {
        path = nil
        let store = try other.writer.with { store throws(ReplicaError) in
            try Store(copying: store)
        }
        let current = try store.team()
        writer = Guarded(store)
        files = nil
        let index = try other.search.with { index throws(ReplicaError) in
            try SearchIndex(copying: index)
        }
        search = Guarded(index)
        team.withLock { $0.known = current }
    }

    /// Makes an empty replica in memory of one that nobody uses any more: its tables and
    /// statements cost more to make than to empty.
    package init(emptying other: Replica) throws(ReplicaError) {
        path = nil
        writer = Guarded(
            try other.writer.with { store throws(ReplicaError) in try Store(emptying: store) })
        files = nil
        search = Guarded(
            try other.search.with { index throws(ReplicaError) in
                try SearchIndex(emptying: index)
            })
    }

    /// The team as this replica knows it; `nil` before it has a genesis.
    public var currentTeam: Team? {
        if team.withLock({ $0.isStale }) { writer.with(fold) }
        return team.withLock { $0.known }
    }

    /// The team whose events this replica takes, known before its genesis has come.
    public var teamID: TeamID? { currentTeam?.id ?? writer.with { $0.teamID } }

    // MARK: - Reading

    /// Answers questions about logs and events on one snapshot.
    public func read<Result: Sendable>(
        _ body: (ReplicaIndex) -> Result
    ) throws(ReplicaError) -> Result {
        try snapshot { index throws(ReplicaError) in body(index) }
    }

    /// Lends the same to a caller on its own thread, whose answer need not be `Sendable`.
    package func lend<Result>(
        _ body: (ReplicaIndex) -> Result
    ) throws(ReplicaError) -> Result {
        try snapshot { index throws(ReplicaError) in body(index) }
    }

    /// Asks on one snapshot.
    func snapshot<Result>(
        ofScanner isScanner: Bool = false,
        _ body: (ReplicaIndex) throws(ReplicaError) -> Result
    ) throws(ReplicaError) -> Result {
        guard let files else {
            return try writer.with { store throws(ReplicaError) in
                try body(ReplicaIndex(store.database, store.standings, store.names))
            }
        }
        func on(_ reader: Reader) throws(ReplicaError) -> Result {
            try reader.database.run("BEGIN")
            defer {
                reader.database.resetAll()
                try? reader.database.run("COMMIT")
            }
            return try body(ReplicaIndex(reader.database, reader.standings, reader.names))
        }
        return isScanner
            ? try files.scanner.with { reader throws(ReplicaError) in try on(reader) }
            : try files.reader.with { reader throws(ReplicaError) in try on(reader) }
    }
}

// MARK: - Writing

extension Replica {
    /// Changes to one object, to be signed as one event.
    public struct Draft: Sendable {
        /// The object; `nil` creates one.
        public let object: ObjectID?
        /// What to change.
        public let changes: [Change]
        /// The author's clock, in milliseconds.
        public let wall: Int64
        /// The versions that the author saw, where that isn't simply what is here now.
        public let parents: [EventID]?

        /// Joins the parts.
        public init(object: ObjectID?, changes: [Change], wall: Int64, parents: [EventID]? = nil) {
            self.object = object
            self.changes = changes
            self.wall = wall
            self.parents = parents
        }
    }

    /// Stores events from outside, whose signatures have been verified, in one transaction.
    ///
    /// What lacks its past comes back as waiting. On return all that was stored is durable.
    ///
    /// - Parameters:
    ///   - runs: of any logs, in any order.
    ///   - wall: this laptop's clock, in milliseconds, by which ``arrival(of:at:)`` tells when they
    ///     came; `nil` where that says nothing.
    public func ingest(_ runs: [Run], at wall: Int64? = nil) throws(ReplicaError) -> IngestReport {
        let report = try writer.with { store throws(ReplicaError) in
            let report = try store.ingest(runs, at: wall)
            if report.isMembershipChanged { fold(store) }
            return report
        }
        if report.storedCount > 0 { try? settleErasures(isForced: report.isMembershipChanged) }
        return report
    }

    /// Takes what was committed into the team.
    ///
    /// What is committed is done, whatever the disk does next: where reading fails here, the next
    /// to ask for the team reads again.
    private func fold(_ store: Store) {
        do throws(ReplicaError) {
            let current = try store.team()
            team.withLock { $0 = FoldedTeam(known: current) }
        } catch {
            team.withLock { $0.isStale = true }
        }
    }

    /// Drops the bodies of what has been erased, wherever a copy of them may be.
    ///
    /// After a commit a failure is not the writer's: what is owed is noted in the file, no receipt
    /// is given before it is done, and ``refresh(since:)`` tries again.
    private func settleErasures(isForced: Bool) throws(ReplicaError) {
        guard let team = currentTeam else { return }
        let isScrubDue = try writer.with { store throws(ReplicaError) in
            guard !store.isReadOnly else { return false }
            if store.hasErasures || isForced { try store.erase(under: team) }
            return store.isScrubDue
        }
        if isScrubDue { try scrub() }
    }

    /// Empties what may hold an erased body beside the event table: the write-ahead log, and the
    /// search index, whose words cannot be taken out one by one.
    ///
    /// Where a reader stands in the way, the next time does it.
    private func scrub() throws(ReplicaError) {
        try search.with { search throws(ReplicaError) in try search.startOver() }
        _ = try writer.with { store throws(ReplicaError) in try store.scrub() }
    }

    /// Ties a new replica to the team whose genesis it will receive.
    public func adopt(team: TeamID) throws(ReplicaError) {
        try change { store throws(ReplicaError) in try store.setTeam(team) }
    }

    /// Founds a team: writes its genesis event.
    public func found(
        _ genesis: MembershipAct.Genesis, author: EventAuthor, wall: Int64
    ) throws(ReplicaError) -> TeamID {
        let event = try writer.with { store throws(ReplicaError) in
            let event = try store.found(genesis, author: author, wall: wall)
            fold(store)
            return event
        }
        return TeamID(event.value)
    }

    /// Writes membership events in this device's own membership log.
    public func append(
        _ act: MembershipAct, author: EventAuthor, wall: Int64
    ) throws(ReplicaError) -> EventID {
        let id = try writer.with { store throws(ReplicaError) in
            let id = try store.append(act, author: author, wall: wall)
            fold(store)
            return id
        }
        try? settleErasures(isForced: true)
        return id
    }

    /// Signs and stores drafts in this device's own content log, in one durable transaction.
    ///
    /// - Returns: the objects, in order.
    public func append(_ drafts: [Draft], author: EventAuthor) throws(ReplicaError) -> [ObjectID] {
        guard let team = currentTeam else { throw ReplicaError(.team, "no team here yet") }
        let objects = try writer.with { store throws(ReplicaError) in
            try store.append(drafts, author: author, team: team)
        }
        try? settleErasures(isForced: false)
        return objects
    }

    /// Writes in one transaction, for the parts of this type in other files.
    func change(_ body: (Store) throws(ReplicaError) -> Void) throws(ReplicaError) {
        try writer.with { store throws(ReplicaError) in
            try store.transaction { () throws(ReplicaError) in try body(store) }
        }
    }

    /// Notices what another process wrote, and does what a failing disk left undone; gives the last
    /// position.
    public func refresh(since position: Int64) throws(ReplicaError) -> Int64 {
        let last = try snapshot { index throws(ReplicaError) in
            try index.database.integer("SELECT max(position) FROM events") ?? 0
        }
        if last > position { writer.with(fold) }
        try settleErasures(isForced: last > position)
        return last
    }

    /// Moves the write-ahead log into the file.
    public func checkpoint() throws(ReplicaError) {
        try writer.with { store throws(ReplicaError) in try store.checkpoint() }
    }
}

// MARK: - Records and search

extension Replica {
    /// The visible state of an object; `nil` when none of its events count.
    public func record(_ object: ObjectID) throws(ReplicaError) -> Record? {
        let entries = try entries(of: object)
        return entries.contains { !$0.isVoid } ? Record(entries) : nil
    }

    /// The events of an object, unsorted; those that do not count are void.
    public func entries(of object: ObjectID) throws(ReplicaError) -> [History.Entry] {
        guard let team = currentTeam else { return [] }
        return try snapshot { index throws(ReplicaError) in
            guard let reference = try index.reference(to: object) else { return [] }
            return try index.entries(of: reference, standings: try index.standings(in: team))
        }
    }

    /// Objects whose identifier lies between two bounds: how short names are looked up.
    public func objects(
        from low: ObjectID, through high: ObjectID, countMax: Int
    ) throws(ReplicaError) -> [ObjectID] {
        try snapshot { index throws(ReplicaError) in
            try index.objects(
                from: EventID(low.value), to: EventID(high.value), countMax: countMax)
        }
    }

    /// The same for several bounds, in order, on one snapshot.
    public func objects(
        in ranges: [ClosedRange<ObjectID>], countMax: Int
    ) throws(ReplicaError) -> [[ObjectID]] {
        try snapshot { index throws(ReplicaError) in
            var found: [[ObjectID]] = []
            for range in ranges {
                found.append(
                    try index.objects(
                        from: EventID(range.lowerBound.value),
                        to: EventID(range.upperBound.value), countMax: countMax))
            }
            return found
        }
    }

    /// Brings the search index up to date with the events.
    ///
    /// - Complexity: O(events since the last time).
    public func catchUp() throws(ReplicaError) {
        while try catchUpOnce() {}
    }

    /// Takes some events into the search index; gives whether there may be more.
    public func catchUpOnce() throws(ReplicaError) -> Bool {
        let team = currentTeam
        return try view(catchingUp: false) { search throws(ReplicaError) in
            let isCaughtUp = try snapshot(ofScanner: true) { index throws(ReplicaError) in
                try search.isCaughtUp(index, team: team)
            }
            guard let team, !isCaughtUp else { return false }
            // A snapshot from before the lock may lack what another process has taken in since.
            return try search.transaction { () throws(ReplicaError) in
                try snapshot(ofScanner: true) { index throws(ReplicaError) in
                    try search.catchUp(index, team: team)
                }
            }
        }
    }

    /// Where nothing can be written, a view that lags behind is asked as it is.
    private func catchUpAsFarAsPossible() throws(ReplicaError) {
        do throws(ReplicaError) {
            try catchUp()
        } catch {
            guard error.code == .diskFull || error.code == .readOnly else { throw error }
        }
    }

    /// Lends the search index; one that is damaged is built again from the events.
    private func view<Result>(
        catchingUp: Bool = true, _ body: (SearchIndex) throws(ReplicaError) -> Result
    ) throws(ReplicaError) -> Result {
        do throws(ReplicaError) {
            return try search.with(body)
        } catch {
            guard error.code == .corrupt else { throw error }
            try search.with { search throws(ReplicaError) in try search.startOver() }
            if catchingUp { try catchUp() }
            return try search.with(body)
        }
    }

    /// Merges the search index for a bounded time, when nothing else is to be done.
    ///
    /// Each small write leaves a segment of its own, that every search reads; where nobody merges
    /// them, one write in sixty-four does it all.
    ///
    /// - Parameter pagesMax: about as many pages are written at most.
    public func mergeSearch(pagesMax: Int = 500) throws(ReplicaError) {
        try search.with { search throws(ReplicaError) in try search.merge(pagesMax: pagesMax) }
    }

    /// The objects that fit, with their state, in order.
    public func find(_ request: SearchRequest) throws(ReplicaError) -> [(ObjectID, Record)] {
        try catchUpAsFarAsPossible()
        guard let team = currentTeam else { return [] }
        let references = try view { search throws(ReplicaError) in try search.find(request) }
        return try snapshot { index throws(ReplicaError) in
            let standings = try index.standings(in: team)
            var found: [(ObjectID, Record)] = []
            for reference in references {
                guard let object = try index.objectID(of: reference) else { continue }
                found.append(
                    (object, Record(try index.entries(of: reference, standings: standings))))
            }
            return found
        }
    }

    /// How many objects fit.
    public func count(_ request: SearchRequest) throws(ReplicaError) -> Int {
        try catchUpAsFarAsPossible()
        return try view { search throws(ReplicaError) in try search.count(request) }
    }

    /// What is counted of objects that were described since a document, each as it is now.
    public struct Facts: Sendable {
        /// An object by a number that stays its own in this replica, with its facts.
        public typealias Object = (object: Int64, facts: [UInt8])

        /// Objects of which nothing counted any more, before they were described as below, if at all.
        public internal(set) var removed: [Int64] = []
        /// Objects as they are.
        public internal(set) var objects: [Object] = []
        /// The newest document: where the next reading goes on.
        public internal(set) var last: Int64
        /// How many documents there were so far, those that were replaced among them.
        public internal(set) var documentCount = 0
        /// Whether there is more behind it.
        public internal(set) var isMore = false
        /// Another one than before: the documents were made anew, so begin at 0.
        public let era: Int64

        init(era: Int64, last: Int64) {
            self.era = era
            self.last = last
        }
    }

    /// The facts of objects that changed after a document; all of them after 0.
    ///
    /// - Parameters:
    ///   - document: where the last reading ended.
    ///   - countMax: as many objects are read at most.
    /// - Complexity: O(objects that changed).
    public func facts(
        after document: Int64, countMax: Int = .max
    ) throws(ReplicaError) -> Facts {
        try catchUpAsFarAsPossible()
        return try view { search throws(ReplicaError) in
            try search.facts(after: document, countMax: countMax)
        }
    }

    /// The facts of the objects that fit, in order.
    ///
    /// - Complexity: O(objects that fit).
    public func facts(fitting request: SearchRequest) throws(ReplicaError) -> [Facts.Object] {
        try catchUpAsFarAsPossible()
        return try view { search throws(ReplicaError) in try search.facts(fitting: request) }
    }

    /// The facts of the objects that have one of some keys, and a few that have none, the newest
    /// first; see ``SearchDocument/keys``.
    ///
    /// - Complexity: O(objects that are given).
    public func facts(
        sharing keys: [UInt32], countMax: Int
    ) throws(ReplicaError) -> [Facts.Object] {
        try catchUpAsFarAsPossible()
        return try view { search throws(ReplicaError) in
            try search.facts(sharing: keys, countMax: countMax)
        }
    }

    /// The object of a number in ``Facts``.
    public func object(numbered number: Int64) throws(ReplicaError) -> ObjectID? {
        try snapshot { index throws(ReplicaError) in try index.objectID(of: number) }
    }

    /// One hash over all that is visible: equal on two replicas when their brains are equal
    /// (Protocol.md, "Brain digest").
    public func digest() throws(ReplicaError) -> Digest {
        try catchUp()
        let brain = try view { search throws(ReplicaError) in try search.brain() }
        let team = currentTeam
        var writer = Writer()
        writer.array(4)
        writer.text("weonomy/1 brain")
        if let team { writer.id(team.id) } else { writer.null() }
        writer.bytes(brain.sum)
        writer.array(team?.persons.count ?? 0)
        for person in (team?.persons.values ?? [:].values).sorted(by: { $0.id < $1.id }) {
            writer.array(3)
            writer.id(person.id)
            writer.text(person.name)
            writer.int(person.role.rawValue)
        }
        return Digest(hashing: writer.bytes)
    }

    /// Drops all views and builds them again from the events.
    public func rebuild() throws(ReplicaError) {
        try writer.with { store throws(ReplicaError) in try store.rebuildSums() }
        try view(catchingUp: false) { search throws(ReplicaError) in try search.clear() }
        try catchUp()
        try mergeSearch()
    }

    /// Checks the file and every event in it: hashes, signatures, sums.
    ///
    /// - Complexity: O(bytes of the replica), with one Ed25519 verification per run.
    public func check() throws(ReplicaError) -> CheckReport {
        try snapshot { index throws(ReplicaError) in try index.check() }
    }
}
