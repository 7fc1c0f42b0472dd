public import WeData
public import WeLog

/// Log names by row, looked up once: a row that was committed stays that log's for ever.
final class LogNames {
    fileprivate var keys: [Int64: LogKey] = [:]
    fileprivate var ids: [LogKey: Int64] = [:]
    fileprivate var team: TeamID?
}

/// Answers what reconciliation asks, on one snapshot of the file.
public struct ReplicaIndex {
    let database: Database
    /// `nil` inside of a write, which may be taken back.
    let cache: StandingsCache?
    private let names: LogNames

    /// - Parameters:
    ///   - cache: what a connection that reads nothing but what is committed remembers.
    ///   - names: likewise.
    init(_ database: Database, _ cache: StandingsCache? = nil, _ names: LogNames = LogNames()) {
        self.database = database
        self.cache = cache
        self.names = names
    }

    /// Row columns that ``event(_:after:)`` reads.
    static let columns =
        "e.position, e.prefix, e.rest, e.log, e.sequence, e.previous, e.lamport, e.wall, e.object,"
        + " e.parents, e.signature, e.body, e.size, e.hash"
    // Put together once, not for each question.
    private static let eventByID =
        "SELECT \(ReplicaIndex.columns) FROM events e WHERE prefix = ? AND rest = ?"
    private static let eventsByPosition =
        "SELECT \(ReplicaIndex.columns) FROM events e WHERE position > ? ORDER BY position LIMIT ?"
    private static let eventsOfLog =
        "SELECT \(ReplicaIndex.columns) FROM events e WHERE log = ? AND sequence >= ?"
        + " ORDER BY sequence, position LIMIT ?"
    static let membershipByPosition =
        "SELECT \(ReplicaIndex.columns) FROM logs l CROSS JOIN events e ON e.log = l.id"
        + " WHERE l.class = 1 AND e.position > ? ORDER BY e.position"

    // MARK: - Rows

    private func team() throws(ReplicaError) -> TeamID? {
        if let team = names.team { return team }
        let statement = try database.statement("SELECT value FROM meta WHERE key = 'team'")
        guard try statement.step() else { return nil }
        defer { statement.reset() }
        names.team = TeamID(try statement.bytes32(0))
        return names.team
    }

    func key(of log: Int64) throws(ReplicaError) -> LogKey {
        if let known = names.keys[log] { return known }
        let statement = try database.statement("SELECT class, device, log FROM logs WHERE id = ?")
        statement.bind(1, log)
        guard try statement.step() else { throw ReplicaError(.corrupt, "a log has no name") }
        defer { statement.reset() }
        let key = try ReplicaIndex.key(statement, from: 0)
        names.keys[log] = key
        return key
    }

    private static func key(_ statement: Statement, from column: Int32) throws(ReplicaError)
        -> LogKey
    {
        guard
            let logClass = LogClass(rawValue: UInt8(truncatingIfNeeded: statement.int(column))),
            let log = statement.uint64(column + 2)
        else { throw ReplicaError(.corrupt, "a log has no valid name") }
        return LogKey(
            logClass: logClass, device: DeviceKey(try statement.bytes32(column + 1)), log: log)
    }

    private func id(of key: LogKey) throws(ReplicaError) -> Int64? {
        if let known = names.ids[key] { return known }
        let id = try database.integer(
            "SELECT id FROM logs WHERE class = ? AND device = ? AND log = ?",
            .int(Int64(key.logClass.rawValue)), .bytes(key.device.bytes),
            .bytes(Array(key.bytes.suffix(8))))
        names.ids[key] = id
        return id
    }

    func eventID(at position: Int64) throws(ReplicaError) -> EventID? {
        let statement = try database.statement("SELECT prefix, rest FROM events WHERE position = ?")
        statement.bind(1, position)
        guard try statement.step() else { return nil }
        defer { statement.reset() }
        return try statement.eventID(0)
    }

    /// The name of the object that a reference stands for.
    func objectID(of reference: Int64) throws(ReplicaError) -> ObjectID? {
        if reference > 0 { return try eventID(at: reference).map { ObjectID($0.value) } }
        let statement = try database.statement("SELECT id FROM named_objects WHERE ref = ?")
        statement.bind(1, reference)
        guard try statement.step() else { return nil }
        defer { statement.reset() }
        return ObjectID(try statement.bytes32(0))
    }

    /// Rebuilds the event of the current row, whose columns are ``columns``.
    ///
    /// - Parameter before: the event of the row before, where that is the one before in its log.
    func event(_ row: Statement, after before: StoredEvent? = nil) throws(ReplicaError)
        -> StoredEvent
    {
        let position = row.int(0)
        let log = row.int(3)
        let previous: EventID?
        if row.isNull(5) {
            previous = nil
        } else if let before, before.position == row.int(5) {
            previous = before.event.id
        } else {
            previous = try eventID(at: row.int(5))
        }
        let key = try key(of: log)
        let parents = try ReplicaIndex.parents(row.bytes(9))
        let lamport = Int(row.int(6))
        let isGenesis =
            key.logClass == .membership && lamport == 0 && parents.isEmpty && previous == nil
        let body = row.isNull(11) ? nil : row.bytes(11)
        let header = EventHeader(
            team: isGenesis ? nil : try team(), key: key, sequence: Int(row.int(4)),
            previous: previous, object: row.isNull(8) ? nil : try objectID(of: row.int(8)),
            parents: parents, lamport: lamport, wall: row.int(7),
            bodyByteCount: body?.count ?? Int(row.int(12)),
            bodyHash: try ReplicaIndex.hash(of: body, row))
        guard
            let event = Event(
                header: header, signatureBytes: row.bytes(10), id: try row.eventID(1), body: body)
        else { throw ReplicaError(.corrupt, "a stored signature has the wrong length") }
        return StoredEvent(position: position, event: event)
    }

    private static func hash(of body: [UInt8]?, _ row: Statement) throws(ReplicaError) -> Digest {
        if let body { return Digest(hashing: body) }
        return Digest(try row.bytes32(13))
    }

    static func parents(_ bytes: [UInt8]) throws(ReplicaError) -> [EventID] {
        guard !bytes.isEmpty else { return [] }
        var parents: [EventID] = []
        for start in stride(from: 0, to: bytes.count, by: 32) {
            guard let parent = Bytes32(bytes, at: start) else {
                throw ReplicaError(.corrupt, "stored parents have the wrong length")
            }
            parents.append(EventID(parent))
        }
        return parents
    }

    private func collect(
        _ sql: String, _ values: [SQLValue], limit: Int = .max
    ) throws(ReplicaError) -> [StoredEvent] {
        let statement = try database.statement(sql)
        statement.bind(values)
        var events: [StoredEvent] = []
        while try statement.step() {
            events.append(try event(statement, after: events.last))
            if events.count >= limit {
                statement.reset()
                break
            }
        }
        return events
    }

    /// What went wrong below, in the words that reconciliation passes on.
    private func answer<Result>(
        _ body: () throws(ReplicaError) -> Result
    ) throws(StoreFault) -> Result {
        do throws(ReplicaError) {
            return try body()
        } catch {
            throw StoreFault(error.message)
        }
    }
}

extension ReplicaIndex: LogIndex {
    /// See `LogIndex`.
    public func summary() throws(StoreFault) -> SetSummary {
        try answer { () throws(ReplicaError) in
            let statement = try database.statement("SELECT count, sum FROM logs")
            var total = SetSummary.empty
            while try statement.step() {
                total =
                    total
                    + SetSummary(count: Int(statement.int(0)), sum: try statement.bytes32(1))
            }
            return total
        }
    }

    /// See `LogIndex`.
    public func logs() throws(StoreFault) -> [LogSummary] {
        try answer { () throws(ReplicaError) in
            let statement = try database.statement(
                "SELECT class, device, log, count, sequence_max, sum FROM logs WHERE count > 0"
                    + " ORDER BY class, device, log")
            var logs: [LogSummary] = []
            while try statement.step() {
                let summary = SetSummary(
                    count: Int(statement.int(3)), sum: try statement.bytes32(5))
                logs.append(
                    LogSummary(
                        key: try ReplicaIndex.key(statement, from: 0), count: summary.count,
                        sequenceMax: Int(statement.int(4)), fingerprint: summary.fingerprint))
            }
            return logs
        }
    }

    /// See `LogIndex`.
    public func log(_ key: LogKey) throws(StoreFault) -> LogSummary {
        try answer { () throws(ReplicaError) in
            guard let id = try id(of: key) else { return .empty(key) }
            let statement = try database.statement(
                "SELECT count, sequence_max, sum FROM logs WHERE id = ?")
            statement.bind(1, id)
            guard try statement.step() else { return .empty(key) }
            defer { statement.reset() }
            let summary = SetSummary(count: Int(statement.int(0)), sum: try statement.bytes32(2))
            return LogSummary(
                key: key, count: summary.count, sequenceMax: Int(statement.int(1)),
                fingerprint: summary.fingerprint)
        }
    }

    /// See `LogIndex`.
    public func summary(of key: LogKey, below sequence: Int) throws(StoreFault) -> SetSummary {
        try answer { () throws(ReplicaError) in
            guard let id = try id(of: key) else { return .empty }
            var total = SetSummary.empty
            let blocks = try database.statement(
                "SELECT count, sum FROM blocks WHERE log = ? AND block < ?")
            let whole = max(0, sequence) / EventLimit.blockEvents
            blocks.bind([.int(id), .int(Int64(whole))])
            while try blocks.step() {
                total =
                    total + SetSummary(count: Int(blocks.int(0)), sum: try blocks.bytes32(1))
            }
            let rest = try database.statement(
                "SELECT prefix, rest FROM events WHERE log = ? AND sequence >= ? AND sequence < ?")
            rest.bind([
                .int(id), .int(Int64(whole * EventLimit.blockEvents)), .int(Int64(sequence)),
            ])
            while try rest.step() { total.insert(try rest.eventID(0)) }
            return total
        }
    }

    /// See `LogIndex`.
    public func blocks(of key: LogKey) throws(StoreFault) -> [SetSummary] {
        try answer { () throws(ReplicaError) in
            guard let id = try id(of: key) else { return [] }
            let statement = try database.statement(
                "SELECT block, count, sum FROM blocks WHERE log = ? ORDER BY block")
            statement.bind(1, id)
            var blocks: [SetSummary] = []
            while try statement.step() {
                // Each event has the one before it in its log, so no block is left out.
                guard statement.int(0) == Int64(blocks.count) else {
                    throw ReplicaError(.corrupt, "the sums of a log have a hole")
                }
                blocks.append(
                    SetSummary(count: Int(statement.int(1)), sum: try statement.bytes32(2)))
            }
            return blocks
        }
    }

    /// See `LogIndex`.
    public func volume(
        of key: LogKey, from sequence: Int
    ) throws(StoreFault) -> (events: Int, bytes: Int) {
        try answer { () throws(ReplicaError) in
            guard let id = try id(of: key) else { return (0, 0) }
            if sequence <= 0 {
                let all = try database.statement("SELECT count, bytes FROM logs WHERE id = ?")
                all.bind(1, id)
                guard try all.step() else { return (0, 0) }
                defer { all.reset() }
                return (Int(all.int(0)), Int(all.int(1)))
            }
            let statement = try database.statement(
                "SELECT count(*), sum(ifnull(size, length(body))) FROM events"
                    + " WHERE log = ? AND sequence >= ?")
            statement.bind([.int(id), .int(Int64(sequence))])
            guard try statement.step() else { return (0, 0) }
            defer { statement.reset() }
            return (Int(statement.int(0)), Int(statement.int(1)))
        }
    }

    /// See `LogIndex`.
    public func ids(of key: LogKey, in sequences: Range<Int>) throws(StoreFault) -> [EventID] {
        try answer { () throws(ReplicaError) in
            guard let id = try id(of: key) else { return [] }
            let statement = try database.statement(
                "SELECT prefix, rest FROM events WHERE log = ? AND sequence >= ? AND sequence < ?"
                    + " ORDER BY sequence, prefix, rest")
            statement.bind([
                .int(id), .int(Int64(sequences.lowerBound)), .int(Int64(sequences.upperBound)),
            ])
            var ids: [EventID] = []
            while try statement.step() { ids.append(try statement.eventID(0)) }
            return ids
        }
    }

    /// See `LogIndex`.
    public func events(
        of key: LogKey, from sequence: Int, positionMax: Int64, countMax: Int
    ) throws(StoreFault) -> [StoredEvent] {
        try answer { () throws(ReplicaError) in
            guard let id = try id(of: key) else { return [] }
            let statement = try database.statement(ReplicaIndex.eventsOfLog)
            statement.bind([.int(id), .int(Int64(sequence)), .int(Int64(countMax))])
            var events: [StoredEvent] = []
            while try statement.step() {
                guard statement.int(0) <= positionMax else {
                    statement.reset()
                    break
                }
                events.append(try event(statement, after: events.last))
            }
            return events
        }
    }

    /// See `LogIndex`.
    public func position(of key: LogKey, from sequence: Int) throws(StoreFault) -> Int64? {
        try answer { () throws(ReplicaError) in
            guard let id = try id(of: key) else { return nil }
            return try database.integer(
                "SELECT position FROM events WHERE log = ? AND sequence >= ?"
                    + " ORDER BY sequence, position LIMIT 1",
                .int(id), .int(Int64(sequence)))
        }
    }

    /// See `LogIndex`.
    public func events(_ ids: [EventID]) throws(StoreFault) -> [StoredEvent] {
        try answer { () throws(ReplicaError) in
            var events: [StoredEvent] = []
            for id in ids {
                events += try collect(
                    ReplicaIndex.eventByID, [.int(id.prefix), .bytes(id.rest)])
            }
            return events.sorted { $0.position < $1.position }
        }
    }

    /// See `LogIndex`.
    public func events(after position: Int64, countMax: Int) throws(StoreFault) -> [StoredEvent] {
        try answer { () throws(ReplicaError) in
            try collect(
                ReplicaIndex.eventsByPosition, [.int(position), .int(Int64(countMax))])
        }
    }

    /// See `LogIndex`.
    public func wanted(countMax: Int) throws(StoreFault) -> [EventID] {
        try answer { () throws(ReplicaError) in
            let rows = try database.statement(
                "SELECT prefix, rest FROM events WHERE body IS NULL"
                    + " AND position NOT IN (SELECT position FROM erased) ORDER BY position LIMIT ?"
            )
            rows.bind(1, countMax)
            var ids: [EventID] = []
            while try rows.step() { ids.append(try rows.eventID(0)) }
            return ids
        }
    }

    /// See `LogIndex`.
    public func lastPosition() throws(StoreFault) -> Int64 {
        try answer { () throws(ReplicaError) in
            try database.integer("SELECT max(position) FROM events") ?? 0
        }
    }
}
