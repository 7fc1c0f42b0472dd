import Dispatch
import WeData
import WeLog

/// The view that search, lists and the brain digest read: kept behind the event table, caught up
/// before it is asked, rebuilt at will.
///
/// It remembers the position up to which it has seen events, so nothing needs to be queued, and a
/// kill loses nothing but work. Not Sendable: ``Replica`` keeps it behind a lock.
final class SearchIndex {
    let database: Database
    private let describe: @Sendable (ObjectID, Record) -> SearchDocument?
    private let isReadOnly: Bool
    private let isInMemory: Bool
    /// A sync failed, so nothing is known of what the disk holds: it is built again.
    private var isSuspect = false
    /// What it was found to be level with.
    private var level: Level?
    /// The standings that were encoded last.
    private var encoded: (stamp: Standings.Stamp, bytes: [UInt8])?
    private let preparer = DispatchQueue(label: "weonomy-documents", qos: .utility)
    private static let version: Int64 = 7
    private static let suffix = "-search"
    /// Many at once: each transaction makes a segment of the index, and few large ones are
    /// written, merged and searched for less than many small ones.
    private static let batchEvents: Int64 = 8_192
    private static let segmentBytesMax = 8 << 20

    /// What the index must be level with: events, team, and its own file as others leave it.
    private struct Level: Hashable {
        let events: Database.Version
        let team: TeamID
        let membershipCount: Int
        let index: Database.Version
    }

    init(
        path: String?, isReadOnly: Bool, vfs: String? = nil,
        describe: @escaping @Sendable (ObjectID, Record) -> SearchDocument?
    ) throws(ReplicaError) {
        self.describe = describe
        if isReadOnly, let path, let kept = SearchIndex.kept(at: path + SearchIndex.suffix, vfs) {
            self.isReadOnly = true
            isInMemory = false
            database = kept
            return
        }
        // Where nothing may be written and no index is there, one in memory does.
        self.isReadOnly = false
        isInMemory = path == nil || isReadOnly
        if let path, !isReadOnly {
            database = try Database(beside: path, suffix: SearchIndex.suffix, vfs: vfs)
        } else {
            database = try Database(path: ":memory:", mode: .create)
        }
        do throws(ReplicaError) {
            try prepare()
        } catch {
            guard error.code == .corrupt else { throw error }
            try startOver()
        }
    }

    /// Copies another index into memory, as it is now.
    init(copying other: SearchIndex) throws(ReplicaError) {
        describe = other.describe
        isReadOnly = false
        isInMemory = true
        database = try Database(path: ":memory:", mode: .create)
        try database.copy(from: other.database)
        try prepare()
    }

    /// Begins anew in memory with the tables of an index that nobody uses any more.
    init(emptying other: SearchIndex) throws(ReplicaError) {
        describe = other.describe
        isReadOnly = false
        isInMemory = true
        database = other.database
        try transaction { () throws(ReplicaError) in try empty() }
    }

    /// Takes everything out of sound tables.
    private func empty() throws(ReplicaError) {
        try database.run("DELETE FROM documents")
        try database.run("DELETE FROM removed")
        try database.run("DELETE FROM meta")
        try database.run("INSERT INTO search(search) VALUES('delete-all')")
        try database.run("INSERT INTO keys(keys) VALUES('delete-all')")
        try beginEra()
    }

    /// Who counts by document numbers sees by this that they began anew.
    private func beginEra() throws(ReplicaError) {
        try database.run("INSERT INTO meta VALUES('era', random())")
    }

    /// An index that can be read as it is.
    private static func kept(at path: String, _ vfs: String?) -> Database? {
        guard let database = try? Database(path: path, mode: .readOnly, vfs: vfs),
            (try? database.execute("PRAGMA cache_size=-16384")) != nil,
            (try? database.integer("PRAGMA user_version")) == SearchIndex.version
        else { return nil }
        guard (try? Relevance.add(to: database)) != nil else { return nil }
        return database
    }

    private func prepare() throws(ReplicaError) {
        try database.execute("PRAGMA cache_size=-16384")
        try Relevance.add(to: database)
        // Hardly any page is written twice, so a rollback journal costs next to nothing; a
        // write-ahead log would write everything twice, and need a lock for its checkpoints.
        // With less than FULL a power loss may bring the truncated journal of an older transaction
        // back under the beginnings of a newer one: a view that is wrong and does not know it.
        try database.execute("PRAGMA journal_mode=TRUNCATE; PRAGMA synchronous=FULL")
        guard try database.integer("PRAGMA user_version") != SearchIndex.version else { return }
        try transaction { () throws(ReplicaError) in
            guard try database.integer("PRAGMA user_version") != SearchIndex.version else { return }
            try create()
        }
    }

    /// Throws everything away, also where the file is damaged.
    func startOver() throws(ReplicaError) {
        guard !isReadOnly else { return }
        level = nil
        // Nothing damages memory, and it leaves no file behind that could hold an erased word.
        if isInMemory {
            return try transaction { () throws(ReplicaError) in try empty() }
        }
        try database.reset()
        try prepare()
    }

    private func create() throws(ReplicaError) {
        for table in ["search", "keys", "documents", "removed", "meta"] {
            try database.execute("DROP TABLE IF EXISTS \(table)")
        }
        try database.execute(Schema.search)
        try beginEra()
        // Merging is what makes ingest slow; it is left for when there is time.
        try tellBoth("automerge", 0)
        try tellBoth("crisismerge", 64)
        try tellBoth("hashsize", SearchIndex.segmentBytesMax)
        try database.execute("PRAGMA user_version=\(SearchIndex.version)")
    }

    /// Tells FTS5 something of both its tables.
    private func tellBoth(_ option: String, _ value: Int) throws(ReplicaError) {
        for insert in [
            "INSERT INTO search(search, rank) VALUES(?, ?)",
            "INSERT INTO keys(keys, rank) VALUES(?, ?)",
        ] { try database.run(insert, .text(option), .int(Int64(value))) }
    }

    /// Runs `body` while no other process writes the index; on an error nothing of it remains.
    func transaction<Result>(
        _ body: () throws(ReplicaError) -> Result
    ) throws(ReplicaError) -> Result {
        level = nil
        do throws(ReplicaError) {
            if isSuspect {
                isSuspect = false
                try startOver()
            }
            try database.run("BEGIN IMMEDIATE")
            let result = try body()
            try database.run("COMMIT")
            return result
        } catch {
            if database.isInTransaction { try? database.run("ROLLBACK") }
            isSuspect = isSuspect || error.isSyncFailure
            throw error
        }
    }

    // MARK: - Catching up

    /// Whether there is nothing to take in, or nothing may be.
    func isCaughtUp(_ index: ReplicaIndex, team: Team?) throws(ReplicaError) -> Bool {
        guard let team, !isReadOnly else { return true }
        guard !isSuspect else { return false }
        let now = Level(
            events: try index.database.version(), team: team.id, membershipCount: team.eventCount,
            index: try database.version())
        if now == level { return true }
        guard try number("through") == SearchIndex.last(index),
            try number("refreshed") == SearchIndex.lastRefreshed(index)
        else { return false }
        guard try isCurrent(try index.standings(in: team)) else { return false }
        level = now
        return true
    }

    /// Takes in the next events; gives whether there may be more.
    ///
    /// To be called in a ``transaction(_:)``, with a snapshot that was taken inside it.
    ///
    /// - Complexity: O(events taken in), each with the words of its object.
    func catchUp(_ index: ReplicaIndex, team: Team) throws(ReplicaError) -> Bool {
        var standings = try index.standings(in: team)
        // Another process may have taken in members that this one has not heard of.
        if try !isCurrent(standings), try index.membershipCount() != team.eventCount {
            let events = try index.membershipEvents()
            if let known = Team(id: team.id, events: events) {
                standings = try index.standings(in: known)
            }
        }
        // Ahead of the events it can be only where an older copy of them was put back.
        let (through, refreshed) = (try number("through"), try number("refreshed"))
        let (last, lastRefreshed) = (
            try SearchIndex.last(index), try SearchIndex.lastRefreshed(index)
        )
        let isAhead = through > last || refreshed > lastRefreshed
        let hasOthers = try !isCurrent(standings)
        if isAhead || hasOthers {
            let changed = isAhead ? [] : try objectsChanged(by: standings, index)
            if isAhead { try create() }
            try database.run(
                "INSERT OR REPLACE INTO meta VALUES('standings', ?)",
                .bytes(SearchIndex.encode(standings)))
            return try takeIn(index, standings, also: changed)
        }
        return try takeIn(index, standings)
    }

    private static func last(_ index: ReplicaIndex) throws(ReplicaError) -> Int64 {
        try index.database.integer("SELECT max(position) FROM events") ?? 0
    }

    private static func lastRefreshed(_ index: ReplicaIndex) throws(ReplicaError) -> Int64 {
        try index.database.integer("SELECT max(entry) FROM refreshed") ?? 0
    }

    private func takeIn(
        _ index: ReplicaIndex, _ standings: Standings, also changed: [Int64] = []
    ) throws(ReplicaError) -> Bool {
        let from = try number("through")
        let last = try SearchIndex.last(index)
        let through = min(last, from + SearchIndex.batchEvents)
        let refreshed = try index.refreshed(after: try number("refreshed"))
        var batch = Batch(digest: try number32("digest"), document: try number("documents"))
        let source = Guarded(
            try DocumentSource(
                index, standings: standings, after: from, through: through,
                refreshed: refreshed.objects + changed, describe: describe))
        var documents = try source.with { source throws(ReplicaError) in try source.next() }
        while !documents.isEmpty {
            guard documents.count == DocumentSource.chunkCount else {
                try put(documents, &batch)
                break
            }
            let following = Promise(on: preparer) { () throws(ReplicaError) in
                try source.with { source throws(ReplicaError) in try source.next() }
            }
            do throws(ReplicaError) {
                try put(documents, &batch)
            } catch {
                _ = try? following.value()
                throw error
            }
            documents = try following.value()
        }
        try setNumber("through", through)
        try setNumber("refreshed", refreshed.last)
        try setNumber("documents", batch.document)
        try database.run(
            "INSERT OR REPLACE INTO meta VALUES('digest', ?)", .bytes(batch.digest.bytes))
        return through < last
    }

    /// What taking in some events changes.
    private struct Batch {
        /// The sum over all states.
        var digest: Bytes32
        /// The newest document's row.
        var document: Int64
    }

    private func put(
        _ documents: [DocumentSource.Document], _ batch: inout Batch
    ) throws(ReplicaError) {
        for document in documents {
            if !document.isNew { try remove(document.reference, &batch) }
            guard let content = document.content else {
                guard !document.isNew else { continue }
                batch.document += 1
                try database.run(
                    "INSERT INTO removed VALUES(?, ?)", .int(batch.document),
                    .int(document.reference))
                continue
            }
            batch.document += 1
            batch.digest = batch.digest &+ content.state
            let insert = try database.statement(
                "INSERT INTO search(rowid, title, body, facets) VALUES(?, ?, ?, ?)")
            insert.bind(1, batch.document)
            insert.bind(2, content.title)
            insert.bind(3, content.body)
            insert.bind(4, content.facets)
            _ = try insert.step()
            if !content.keys.isEmpty {
                let insert = try database.statement("INSERT INTO keys(rowid, key) VALUES(?, ?)")
                insert.bind(1, batch.document)
                insert.bind(2, SearchIndex.terms(content.keys).joined(separator: " "))
                _ = try insert.step()
            }
            let map = try database.statement("INSERT INTO documents VALUES(?, ?, ?, ?)")
            map.bind(1, batch.document)
            map.bind(2, document.reference)
            map.bind(3, content.state)
            map.bind(4, content.facts)
            _ = try map.step()
        }
    }

    /// Takes an object's document out; its words stay in the index without an object.
    private func remove(_ reference: Int64, _ batch: inout Batch) throws(ReplicaError) {
        let old = try database.statement("SELECT state FROM documents WHERE object = ?")
        old.bind(1, reference)
        guard try old.step() else { return }
        batch.digest = batch.digest &- (try old.bytes32(0))
        old.reset()
        try database.run("DELETE FROM documents WHERE object = ?", .int(reference))
    }

    /// Merges segments of the index for a bounded time; worth calling when nothing else is done.
    ///
    /// - Parameter pagesMax: about as many pages are written at most.
    func merge(pagesMax: Int) throws(ReplicaError) {
        guard !isReadOnly else { return }
        try transaction { () throws(ReplicaError) in
            try tellBoth("merge", pagesMax)
        }
    }

    /// Forgets everything, so that the next catching up builds it from the events.
    func clear() throws(ReplicaError) {
        try transaction { () throws(ReplicaError) in try create() }
    }

    /// The sum over the visible state of all objects, and how many there are.
    func brain() throws(ReplicaError) -> SetSummary {
        SetSummary(
            count: Int(try database.integer("SELECT count(*) FROM documents") ?? 0),
            sum: try number32("digest"))
    }

    // MARK: - Standings

    private func isCurrent(_ standings: Standings) throws(ReplicaError) -> Bool {
        try bytes("standings") == encoded(standings)
    }

    private func encoded(_ standings: Standings) -> [UInt8] {
        if let encoded, encoded.stamp === standings.stamp { return encoded.bytes }
        let bytes = SearchIndex.encode(standings)
        encoded = (standings.stamp, bytes)
        return bytes
    }

    /// The objects of what was taken in that logs touch which stand otherwise than they did.
    private func objectsChanged(
        by standings: Standings, _ index: ReplicaIndex
    ) throws(ReplicaError) -> [Int64] {
        let old = SearchIndex.decode(try bytes("standings"))
        let new = SearchIndex.decode(SearchIndex.encode(standings))
        let through = try number("through")
        var objects: Set<Int64> = []
        for log in Set(old.keys).union(new.keys) where old[log] != new[log] {
            let rows = try index.database.statement(
                "SELECT DISTINCT ifnull(object, position) FROM events"
                    + " WHERE log = ? AND position <= ?")
            rows.bind([.int(log), .int(through)])
            while try rows.step() { objects.insert(rows.int(0)) }
        }
        return Array(objects)
    }

    /// How each log stands, as a hash.
    private static func encode(_ standings: Standings) -> [UInt8] {
        var writer = Writer()
        writer.array(standings.logs.count)
        for (log, known) in standings.logs.sorted(by: { $0.key < $1.key }) {
            var standing = Writer()
            known.standing.write(to: &standing)
            writer.array(2)
            writer.int(log)
            writer.id(Digest(hashing: standing.bytes))
        }
        return writer.bytes
    }

    private static func decode(_ bytes: [UInt8]) -> [Int64: [UInt8]] {
        var standings: [Int64: [UInt8]] = [:]
        guard let items = (try? Value(decoding: bytes))?.array else { return [:] }
        for item in items {
            guard let parts = item.array, parts.count == 2, let log = parts[0].int,
                let hash = parts[1].bytes
            else { continue }
            standings[log] = hash
        }
        return standings
    }

    // MARK: - Meta

    private func bytes(_ key: String) throws(ReplicaError) -> [UInt8] {
        let statement = try database.statement("SELECT value FROM meta WHERE key = ?")
        statement.bind(1, key)
        guard try statement.step() else { return [] }
        defer { statement.reset() }
        return statement.bytes(0)
    }

    func number(_ key: String) throws(ReplicaError) -> Int64 {
        try database.integer("SELECT value FROM meta WHERE key = ?", .text(key)) ?? 0
    }

    private func number32(_ key: String) throws(ReplicaError) -> Bytes32 {
        Bytes32(try bytes(key)) ?? .zero
    }

    private func setNumber(_ key: String, _ value: Int64) throws(ReplicaError) {
        try database.run(
            "INSERT OR REPLACE INTO meta VALUES(?, ?)", .text(key), .int(value))
    }

    // MARK: - Asking

    /// The references of objects that fit, in order.
    func find(_ request: SearchRequest) throws(ReplicaError) -> [Int64] {
        if request.order == .nearest { return try nearest(request) }
        guard let expression = request.expression else { return [] }
        let order = request.order == .relevance ? "rank" : "search.rowid DESC"
        let statement = try database.statement(
            "SELECT object FROM search JOIN documents ON document = search.rowid"
                + " WHERE search MATCH ?1 AND rank MATCH ?6"
                + " AND (?2 IS NULL OR object IN (SELECT value FROM json_each(?2)))"
                + " AND object NOT IN (SELECT value FROM json_each(?3))"
                + " ORDER BY \(order) LIMIT ?4 OFFSET ?5")
        statement.bind(1, expression)
        if let numbers = request.numbers {
            statement.bind(2, "\(numbers)")
        } else {
            statement.bindNull(2)
        }
        statement.bind(3, "\(request.excludedNumbers)")
        statement.bind(4, request.countMax)
        statement.bind(5, request.offset)
        statement.bind(6, try request.order == .relevance ? ranking(request) : Relevance.plain)
        var references: [Int64] = []
        while try statement.step() { references.append(statement.int(0)) }
        return references
    }

    /// How many objects fit.
    func count(_ request: SearchRequest) throws(ReplicaError) -> Int {
        guard let expression = request.expression else { return 0 }
        return Int(
            try database.integer(
                "SELECT count(*) FROM search JOIN documents ON document = search.rowid"
                    + " WHERE search MATCH ?", .text(expression)) ?? 0)
    }
}
