import WeData
import WeLog

/// The writing side of a replica: one connection, and what it remembers between transactions.
///
/// Not Sendable: ``Replica`` keeps it behind a lock.
final class Store {
    private(set) var database: Database
    /// What all writers and checkpoints of all processes pass through.
    private let turnstile: Turnstile?
    let isReadOnly: Bool
    private let path: String?
    private let vfs: String?
    /// After a failed sync the system may have dropped what it was given, and a second sync that
    /// succeeds says nothing of it (https://wiki.postgresql.org/wiki/Fsync_Errors): nothing more
    /// is written before the file was opened again and looked at.
    private var isSuspect = false

    /// What is known of each log.
    var logs: [LogKey: LogState] = [:]
    /// The devices that each membership event introduces.
    var introductions: [EventID: [DeviceKey]] = [:]
    /// What counts, for those who read where there is one connection only.
    let standings = StandingsCache()
    /// Likewise, the names of logs.
    let names = LogNames()
    /// Events looked up or stored lately.
    var recent: [EventID: EventFacts] = [:]
    /// The team; `nil` before it has been chosen.
    private(set) var teamID: TeamID?
    /// What the last look found erased: a body of it is not taken again.
    var erasedEvents: Set<EventID> = []
    /// Whether an erasure came that was not looked at yet.
    var hasErasures = false
    /// Whether anything here says that something is to be erased.
    var mayHaveTargets = false
    /// Whether an erased body may still be in the write-ahead log.
    var isScrubDue = false
    /// The membership events up to a position, how many the file had then, and what they come to.
    private var folded: Folded?
    private struct Folded {
        var events: MembershipGraph
        var position: Int64 = 0
        var count = 0
        var team: Team?
    }

    private var dataVersion: Int64 = -1
    private var eventsSinceCheckpoint = 0
    private static let checkpointEvents = 4_000
    private static let recentMax = 16_384

    init(
        path: String?, create: Bool, isReadOnly: Bool, vfs: String? = nil
    ) throws(ReplicaError) {
        self.isReadOnly = isReadOnly
        self.path = path
        self.vfs = path.flatMap { _ in vfs }
        let mode: Database.Mode = isReadOnly ? .readOnly : create ? .create : .readWrite
        database = try Database(
            path: path ?? ":memory:", mode: path == nil ? .create : mode, vfs: self.vfs)
        if let path, !isReadOnly {
            turnstile = try Turnstile(beside: path, vfs: vfs)
        } else {
            turnstile = nil
        }
        try open()
    }

    /// Copies another store into memory, as it is now.
    init(copying other: Store) throws(ReplicaError) {
        isReadOnly = false
        path = nil
        vfs = nil
        turnstile = nil
        database = try Database(path: ":memory:", mode: .create)
        try database.copy(from: other.database)
        try open()
    }

    /// Begins anew in memory with the tables of a store that nobody uses any more.
    init(emptying other: Store) throws(ReplicaError) {
        isReadOnly = false
        path = nil
        vfs = nil
        turnstile = nil
        database = other.database
        let names = try database.statement("SELECT name FROM sqlite_schema WHERE type = 'table'")
        var tables: [String] = []
        while try names.step() { tables.append(names.text(0)) }
        try database.run("BEGIN")
        for table in tables { try database.run("DELETE FROM \(table)") }
        try database.run("COMMIT")
        try load()
    }

    private func open() throws(ReplicaError) {
        try database.execute("PRAGMA cache_size=-16384")
        let version: Int64
        do throws(ReplicaError) {
            version = try database.integer("PRAGMA user_version") ?? 0
        } catch {
            throw error.code == .corrupt
                ? ReplicaError(.corrupt, "this file is not a Weonomy replica, or it is damaged")
                : error
        }
        guard version <= Schema.version else {
            throw ReplicaError(
                .newerVersion,
                "a newer Weonomy wrote this replica (version \(version), this one knows "
                    + "\(Schema.version)); nothing was changed")
        }
        if version == 0 {
            guard !isReadOnly else { throw ReplicaError(.missing, "no replica here yet") }
            try create()
        }
        guard !isReadOnly || version == Schema.version || version == 0 else {
            throw ReplicaError(
                .readOnly,
                "an older Weonomy wrote this replica: open it once where it can be written")
        }
        if !isReadOnly {
            try database.execute(
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0;"
                    + " PRAGMA secure_delete=ON")
            try migrate(from: version)
        }
        try load()
    }

    /// Reads what is remembered of the file.
    private func load() throws(ReplicaError) {
        teamID = try storedTeam()
        hasErasures = try database.integer("SELECT value FROM meta WHERE key = 'erasures'") != nil
        mayHaveTargets = try database.integer("SELECT 1 FROM erasures LIMIT 1") != nil
        isScrubDue = try database.integer("SELECT value FROM meta WHERE key = 'scrub'") != nil
    }

    /// Brings an older file up to date in one transaction; no event is touched.
    private func migrate(from version: Int64) throws(ReplicaError) {
        guard (1..<Schema.version).contains(version) else { return }
        try locked { () throws(ReplicaError) in
            let version = try database.integer("PRAGMA user_version") ?? 0
            guard (1..<Schema.version).contains(version) else { return }
            if version < 2 {
                try database.execute(Schema.erasures)
                let rows = try database.statement(
                    "SELECT position, body FROM events WHERE body IS NOT NULL")
                while try rows.step() { try noteErasures(rows.bytes(1), at: rows.int(0)) }
            }
            try database.execute(Schema.arrivals)
            try noteArrival(of: try lastPosition(), at: nil)
            try database.execute("PRAGMA user_version=\(Schema.version)")
        }
    }

    private func create() throws(ReplicaError) {
        guard try database.integer("SELECT count(*) FROM sqlite_schema") == 0 else {
            throw ReplicaError(.corrupt, "this SQLite file belongs to another program")
        }
        try database.execute(
            "PRAGMA page_size=\(Schema.pageBytes); PRAGMA journal_mode=WAL;"
                + " PRAGMA synchronous=FULL")
        try locked { () throws(ReplicaError) in
            // Another process may have made it while this one waited.
            guard try database.integer("PRAGMA user_version") == 0 else { return }
            try database.execute("PRAGMA application_id=\(Schema.applicationID)")
            try database.execute(Schema.events)
            try database.execute("PRAGMA user_version=\(Schema.version)")
        }
    }

    // MARK: - Transactions

    /// Runs `body` in one durable transaction; on an error nothing of it remains.
    func transaction<Result>(
        _ body: () throws(ReplicaError) -> Result
    ) throws(ReplicaError) -> Result {
        guard !isReadOnly else {
            throw ReplicaError(.readOnly, "the replica was opened for reading only")
        }
        return try locked { () throws(ReplicaError) in
            try forgetIfOthersWrote()
            return try body()
        }
    }

    private func locked<Result>(
        _ body: () throws(ReplicaError) -> Result
    ) throws(ReplicaError) -> Result {
        guard let turnstile else { return try alone(body) }
        return try turnstile.hold { () throws(ReplicaError) in try alone(body) }
    }

    private func alone<Result>(
        _ body: () throws(ReplicaError) -> Result
    ) throws(ReplicaError) -> Result {
        try beTrusted()
        do throws(ReplicaError) {
            try database.run("BEGIN IMMEDIATE")
            let result = try body()
            try database.run("COMMIT")
            if eventsSinceCheckpoint >= Store.checkpointEvents {
                eventsSinceCheckpoint = 0
                // What was committed is safe without it.
                do throws(ReplicaError) {
                    try database.execute("PRAGMA wal_checkpoint(PASSIVE)")
                } catch {
                    isSuspect = isSuspect || error.isSyncFailure
                }
            }
            return result
        } catch {
            if database.isInTransaction { try? database.run("ROLLBACK") }
            forget()
            isSuspect = isSuspect || error.isSyncFailure
            throw error
        }
    }

    /// Refuses a file that was put aside, and opens one again whose sync failed.
    private func beTrusted() throws(ReplicaError) {
        guard let path else { return }
        guard try !database.hasMoved() else {
            throw ReplicaError(
                .database, "another process put another file in this one's place: start again")
        }
        guard isSuspect else { return }
        let reopened = try Database(path: path, mode: .readWrite, vfs: vfs)
        let answer = try reopened.text("PRAGMA quick_check(1)")
        guard answer == "ok" else {
            throw ReplicaError(
                .corrupt, "the disk failed, and the file is damaged: \(answer ?? "no answer")")
        }
        database = reopened
        forget()
        try open()
        isSuspect = false
    }

    /// Moves all of the write-ahead log into the file, where no reader stands in the way.
    func checkpoint() throws(ReplicaError) {
        _ = try truncateLog()
    }

    /// The same; gives whether the log is empty now.
    func truncateLog() throws(ReplicaError) -> Bool {
        guard !isReadOnly else { return false }
        guard let turnstile else { return true }
        return try turnstile.hold { () throws(ReplicaError) in
            try beTrusted()
            do throws(ReplicaError) {
                return try database.integer("PRAGMA wal_checkpoint(TRUNCATE)") == 0
            } catch {
                isSuspect = isSuspect || error.isSyncFailure
                throw error
            }
        }
    }

    func noteStored(_ count: Int) { eventsSinceCheckpoint += count }

    private func forgetIfOthersWrote() throws(ReplicaError) {
        let version = try database.integer("PRAGMA data_version") ?? 0
        if version != dataVersion {
            forget()
            dataVersion = version
            teamID = try storedTeam()
        }
        if recent.count > Store.recentMax { recent = [:] }
    }

    /// Drops what is remembered of logs.
    func forgetLogs() { logs = [:] }

    private func forget() {
        logs = [:]
        recent = [:]
        introductions = [:]
        dataVersion = -1
    }

    // MARK: - Team

    /// Folds the stored membership events, of which only new ones are read and verified.
    ///
    /// To be called outside a transaction.
    ///
    /// - Complexity: O(logs) where there are no new ones.
    func team() throws(ReplicaError) -> Team? {
        guard let teamID else { return nil }
        let index = ReplicaIndex(database)
        let count = try index.membershipCount()
        if let folded, folded.events.team == teamID, folded.count == count { return folded.team }
        var known = folded ?? Folded(events: MembershipGraph(team: teamID))
        if known.events.team != teamID { known = Folded(events: MembershipGraph(team: teamID)) }
        known.position = try index.addMembership(to: &known.events, after: known.position)
        known.count = count
        known.team = Team(known.events)
        folded = known
        return known.team
    }

    private func storedTeam() throws(ReplicaError) -> TeamID? {
        let statement = try database.statement("SELECT value FROM meta WHERE key = 'team'")
        guard try statement.step() else { return nil }
        defer { statement.reset() }
        return TeamID(try statement.bytes32(0))
    }

    /// Ties the replica to a team, once.
    func setTeam(_ team: TeamID) throws(ReplicaError) {
        if let teamID {
            guard teamID == team else {
                throw ReplicaError(.team, "this replica belongs to another team")
            }
            return
        }
        try database.run("INSERT INTO meta VALUES('team', ?)", .bytes(team.bytes))
        teamID = team
    }
}

/// What is kept in memory of a log.
struct LogState {
    let id: Int64
    let key: LogKey
    var count: Int
    var sequenceMax: Int
    var bytes: Int
    var sum: Bytes32
    /// The last event, where the log has no fork.
    var last: EventFacts?

    var isPrefix: Bool { count == sequenceMax + 1 }
}

/// What later events ask of one that they name.
struct EventFacts {
    let id: EventID
    let position: Int64
    let log: Int64
    let logClass: LogClass
    let sequence: Int
    let lamport: Int
    /// The object's reference: the position of its first event, or a negative number.
    let object: Int64?
}
