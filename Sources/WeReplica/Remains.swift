import WeData
import WeLog

/// A damaged file, read as far as it goes: each answer says nothing that is not in it, and nothing
/// in it is believed before its hash and its signature were checked.
final class Remains {
    /// One row of the event table.
    struct Row {
        let position: Int64
        /// What the row says that the event's id is; `nil` where that is no id.
        let id: EventID?
        let log: Int64
        let sequence: Int
        let previous: Int64?
        let lamport: Int
        let wall: Int64
        let object: Int64?
        let parents: [EventID]
        let signature: [UInt8]
        let body: [UInt8]?
        let byteCount: Int
        let hash: Digest
    }

    private let database: Database
    private var ids: [Int64: EventID] = [:]
    private var keys: [Int64: [LogKey]] = [:]
    private var named: [Int64: ObjectID] = [:]
    private var metaTeam: TeamID?
    /// The logs in which this device wrote.
    private(set) var ownLogs: [(name: String, number: Int64)] = []
    /// How many events the file says that it has; `nil` where it does not say.
    private(set) var keptCount: Int?
    private static let batchRows = 1_024

    init(path: String, vfs: String?) throws(ReplicaError) {
        database = try Database(path: path, mode: .readOnly, vfs: vfs)
        try readMeta()
        // The table and the index over it: where one is damaged the other may not be.
        for sql in [
            "SELECT id, class, device, log FROM logs NOT INDEXED",
            "SELECT id, class, device, log FROM logs ORDER BY class, device, log",
        ] {
            try tolerating { () throws(ReplicaError) in try readKeys(sql) }
        }
        try tolerating { () throws(ReplicaError) in
            let rows = try database.statement("SELECT ref, id FROM named_objects")
            while try rows.step() {
                if let id = ObjectID(rows.bytes(1)) { named[rows.int(0)] = id }
            }
        }
        try tolerating { () throws(ReplicaError) in
            keptCount = try database.integer("SELECT sum(count) FROM logs").map { Int($0) }
        }
        try readIDs()
    }

    /// Goes on where a part of the file can't be read.
    @discardableResult
    private func tolerating(_ body: () throws(ReplicaError) -> Void) throws(ReplicaError) -> Bool {
        do throws(ReplicaError) {
            try body()
            return true
        } catch {
            database.resetAll()
            guard error.code == .corrupt || error.code == .inputOutput || error.code == .database
            else { throw error }
            return false
        }
    }

    private func readMeta() throws(ReplicaError) {
        try tolerating { () throws(ReplicaError) in
            let rows = try database.statement("SELECT key, value FROM meta")
            while try rows.step() {
                let name = rows.text(0)
                if name == "team" { metaTeam = TeamID(rows.bytes(1)) }
                if name.hasPrefix("log ") { ownLogs.append((name, rows.int(1))) }
            }
        }
    }

    private func readKeys(_ sql: String) throws(ReplicaError) {
        let rows = try database.statement(sql)
        while try rows.step() {
            let logClass = UInt8(truncatingIfNeeded: rows.int(1))
            guard let key = LogKey([logClass] + rows.bytes(2) + rows.bytes(3)) else { continue }
            let known = keys[rows.int(0), default: []]
            if !known.contains(key) { keys[rows.int(0)] = known + [key] }
        }
    }

    // MARK: - Rows

    private func readIDs() throws(ReplicaError) {
        _ = try eachRange("SELECT position, prefix, rest FROM events NOT INDEXED") { row in
            ids[row.int(0)] = try? row.eventID(1)
        }
    }

    /// Hands out all rows that can be read, by position, and how many between them can't; gives
    /// how many were read.
    func eachBatch(
        _ body: ([Row], _ lost: Int) throws(ReplicaError) -> Void
    ) throws(ReplicaError) -> Int {
        var low: Int64 = 1
        let high = try lastPosition()
        var readCount = 0
        while low <= high {
            let end = min(high, low + Int64(Remains.batchRows) - 1)
            var rows: [Row] = []
            let lost = try range(
                "SELECT \(ReplicaIndex.columns) FROM events e NOT INDEXED", low, end
            ) { rows.append(Remains.row($0)) }
            readCount += rows.count
            try body(rows, lost)
            low = end + 1
        }
        return readCount
    }

    private func eachRange(_ sql: String, _ body: (Statement) -> Void) throws(ReplicaError) -> Int {
        try range(sql, 1, try lastPosition(), body)
    }

    /// The last position that may have a row.
    private func lastPosition() throws(ReplicaError) -> Int64 {
        var last = Int64(keptCount ?? 0)
        for sql in [
            "SELECT max(position) FROM events NOT INDEXED",
            "SELECT max(rowid) FROM events INDEXED BY events_log",
        ] {
            try tolerating { () throws(ReplicaError) in
                last = max(last, try database.integer(sql) ?? 0)
            }
        }
        // A row that is damaged may claim any place; there are never so many.
        return min(last, 1 << 32)
    }

    /// Reads rows between two positions, around the pages that can't be read; gives how many rows
    /// were there as far as anyone can tell, and could not be read.
    ///
    /// - Complexity: O(rows), and O(log of the range) for each row that can't be read.
    private func range(
        _ sql: String, _ low: Int64, _ high: Int64, _ body: (Statement) -> Void
    ) throws(ReplicaError) -> Int {
        var ranges = [(low, high)]
        var lost = 0
        while let (low, high) = ranges.popLast() {
            guard low <= high else { continue }
            var last = low - 1
            let isWhole = try tolerating { () throws(ReplicaError) in
                let rows = try database.statement(
                    sql + " WHERE position BETWEEN ? AND ? ORDER BY position")
                rows.bind([.int(low), .int(high)])
                while try rows.step() {
                    guard rows.int(0) > last, rows.int(0) <= high else { continue }
                    last = rows.int(0)
                    body(rows)
                }
            }
            // The step behind the last row may be what failed.
            guard !isWhole, last < high else { continue }
            if low == high {
                lost += 1
                continue
            }
            let middle = max(last + 1, low + (high - low) / 2)
            ranges.append((middle + 1, high))
            ranges.append((last + 1, min(middle, high)))
        }
        return lost
    }

    private static func row(_ row: Statement) -> Row {
        let body = row.isNull(11) ? nil : row.bytes(11)
        let hash = body.map { Digest(hashing: $0) } ?? Bytes32(row.bytes(13)).map { Digest($0) }
        return Row(
            position: row.int(0), id: try? row.eventID(1), log: row.int(3),
            sequence: Int(row.int(4)), previous: row.isNull(5) ? nil : row.int(5),
            lamport: Int(row.int(6)), wall: row.int(7),
            object: row.isNull(8) ? nil : row.int(8),
            parents: (try? ReplicaIndex.parents(row.bytes(9))) ?? [], signature: row.bytes(10),
            body: body, byteCount: body?.count ?? Int(row.int(12)),
            hash: hash ?? Digest(Bytes32.zero))
    }

    // MARK: - Events

    /// The teams that the file may be of: what it says, and what looks like a genesis.
    func teams() throws(ReplicaError) -> [TeamID] {
        var teams: [TeamID] = []
        if let metaTeam { teams.append(metaTeam) }
        var found: [TeamID] = []
        _ = try eachRange("SELECT \(ReplicaIndex.columns) FROM events e NOT INDEXED") { statement in
            let row = Remains.row(statement)
            guard row.lamport == 0, row.sequence == 0, row.parents.isEmpty, let id = row.id,
                self.keys[row.log]?.contains(where: { $0.logClass == .membership }) == true
            else { return }
            found.append(TeamID(id.value))
        }
        // What the meta table says may be what rotted: a genesis is believed first.
        let confirmed = found.filter { $0 == metaTeam }
        return confirmed.isEmpty ? found + teams : confirmed
    }

    /// The event of a row: the one whose id is what the row says, or whose signature is valid.
    ///
    /// What the row names by a position that can't be read is looked up in `replica`.
    func event(_ row: Row, helpedBy replica: Replica) throws(ReplicaError) -> Event? {
        let candidates = try self.candidates(row, replica)
        if let event = candidates.first(where: { $0.id == row.id }) { return event }
        return candidates.first { $0.isSignatureValid }
    }

    /// Whether a row that was not taken in is at least what was signed.
    ///
    /// What names its past by rows that can't be read can't be hashed: it is given the benefit of
    /// the doubt where all that can be checked is right.
    func isAuthentic(_ row: Row, _ replica: Replica) -> Bool {
        if let event = try? event(row, helpedBy: replica) { return event.body == row.body }
        let misses =
            row.previous.map { ids[$0] == nil } == true
            || row.object.map { object(of: $0) == nil } == true
        guard misses, row.id != nil, keys[row.log] != nil, row.signature.count == 64 else {
            return false
        }
        return true
    }

    private func object(of reference: Int64) -> ObjectID? {
        reference > 0 ? ids[reference].map { ObjectID($0.value) } : named[reference]
    }

    private func candidates(_ row: Row, _ replica: Replica) throws(ReplicaError) -> [Event] {
        var events: [Event] = []
        let team = replica.teamID ?? metaTeam
        for key in keys[row.log] ?? [] {
            let isGenesis =
                key.logClass == .membership && row.lamport == 0 && row.parents.isEmpty
                && row.previous == nil
            for previous in try previousIDs(row, key, replica) {
                for object in try objects(row, key, replica) {
                    let header = EventHeader(
                        team: isGenesis ? nil : team, key: key, sequence: row.sequence,
                        previous: previous, object: object, parents: row.parents,
                        lamport: row.lamport, wall: row.wall, bodyByteCount: row.byteCount,
                        bodyHash: row.hash)
                    if let event = Event(
                        header: header, signatureBytes: row.signature, body: row.body),
                        (try? header.checkForm()) != nil, (try? event.checkBody()) != nil
                    {
                        events.append(event)
                    }
                }
            }
        }
        return events
    }

    private func previousIDs(
        _ row: Row, _ key: LogKey, _ replica: Replica
    ) throws(ReplicaError) -> [EventID?] {
        guard let previous = row.previous else { return [nil] }
        var found: [EventID?] = []
        if let id = ids[previous] { found.append(id) }
        guard row.sequence > 0 else { return found }
        let ids: [EventID] = try replica.lend { index in
            (try? index.ids(of: key, in: (row.sequence - 1)..<row.sequence)) ?? []
        }
        return found + ids.filter { !found.contains($0) }
    }

    private func objects(
        _ row: Row, _ key: LogKey, _ replica: Replica
    ) throws(ReplicaError) -> [ObjectID?] {
        guard let reference = row.object else { return [nil] }
        var found: [ObjectID?] = []
        if let object = object(of: reference) { found.append(object) }
        let events: [StoredEvent] = try replica.lend { index in
            (try? index.events(row.parents)) ?? []
        }
        for stored in events where stored.event.key.logClass == .content {
            if !found.contains(stored.event.object) { found.append(stored.event.object) }
        }
        if reference < 0, let person = replica.currentTeam?.person(of: key.device)?.id {
            found.append(ObjectID(person.value))
        }
        return found
    }
}
