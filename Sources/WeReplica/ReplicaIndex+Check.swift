import WeData
import WeLog

/// What a check of the whole replica found.
public struct CheckReport: Sendable, Hashable {
    /// Events looked at.
    public internal(set) var eventCount = 0
    /// Events whose bytes are not what their id and signature commit to.
    public internal(set) var damagedCount = 0
    /// Logs whose kept sums are not those of their events.
    public internal(set) var wrongSums = 0
    /// What SQLite says of the file: `ok`, or its first complaint.
    public internal(set) var fileState = ""

    /// Whether nothing is wrong.
    public var isSound: Bool { damagedCount == 0 && wrongSums == 0 && fileState == "ok" }
}

extension ReplicaIndex {
    /// Recomputes every hash, verifies a signature for each stretch of a log, and adds up sums.
    func check() throws(ReplicaError) -> CheckReport {
        var report = CheckReport()
        do throws(ReplicaError) {
            report.fileState = try database.text("PRAGMA integrity_check(1)") ?? "no answer"
        } catch {
            guard error.code == .corrupt else { throw error }
            report.fileState = error.message
        }
        do throws(ReplicaError) {
            let membership = try membershipIDs()
            for log in try keptLogs() { try check(log, membership, &report) }
        } catch {
            // Rows that can't be read at all: the file says no more than that.
            guard error.code == .corrupt else { throw error }
            report.damagedCount += 1
        }
        return report
    }

    /// A log with the sums that are kept of it.
    private struct KeptLog {
        let id: Int64
        let count: Int
        let sequenceMax: Int
        let bytes: Int
        let sum: Bytes32
    }

    private func keptLogs() throws(ReplicaError) -> [KeptLog] {
        // Whatever a row says of itself, each log that an event names is looked at.
        let rows = try database.statement(
            "SELECT id, count, sequence_max, bytes, sum FROM logs WHERE count != 0 UNION"
                + " SELECT DISTINCT log, 0, -1, 0, zeroblob(32) FROM events"
                + " WHERE log NOT IN (SELECT id FROM logs WHERE count != 0)")
        var logs: [KeptLog] = []
        while try rows.step() {
            logs.append(
                KeptLog(
                    id: rows.int(0), count: Int(rows.int(1)), sequenceMax: Int(rows.int(2)),
                    bytes: Int(rows.int(3)), sum: try rows.bytes32(4)))
        }
        return logs
    }

    private func membershipIDs() throws(ReplicaError) -> Set<EventID> {
        let rows = try database.statement(
            "SELECT e.prefix, e.rest FROM events e JOIN logs l ON l.id = e.log WHERE l.class = 1")
        var ids: Set<EventID> = []
        while try rows.step() { ids.insert(try rows.eventID(0)) }
        return ids
    }

    private func check(
        _ log: KeptLog, _ membership: Set<EventID>, _ report: inout CheckReport
    ) throws(ReplicaError) {
        let rows = try database.statement(
            "SELECT \(ReplicaIndex.columns) FROM events e WHERE log = ? ORDER BY sequence, position"
        )
        rows.bind(1, log.id)
        var blocks: [Int64: SetSummary] = [:]
        var citations: Set<Citation> = []
        var (sequenceMax, bytes) = (-1, 0)
        var last: StoredEvent?
        /// The events that no later one vouches for: the ends of the log's branches.
        var ends: [EventID: Event] = [:]
        while try rows.step() {
            report.eventCount += 1
            guard let stored = try readable(rows, after: last) else {
                report.damagedCount += 1
                continue
            }
            let event = stored.event
            let sequence = event.header.sequence
            blocks[Int64(sequence / EventLimit.blockEvents), default: .empty].insert(event.id)
            sequenceMax = max(sequenceMax, sequence)
            bytes &+= event.header.bodyByteCount
            let again = Event(header: event.header, signature: event.signature, body: event.body)
            if again.id != event.id { report.damagedCount += 1 }
            if let previous = event.header.previous { ends[previous] = nil }
            ends[event.id] = event
            if event.header.key.logClass == .content {
                for parent in event.header.parents where membership.contains(parent) {
                    citations.insert(Citation(sequence: sequence, event: parent))
                }
            }
            last = stored
        }
        report.damagedCount += ends.values.count { !$0.isSignatureValid }
        let total = blocks.values.reduce(SetSummary.empty) { $0 + $1 }
        let (keptBlocks, keptCitations) = (
            try keptBlocks(of: log.id), try keptCitations(of: log.id)
        )
        if total.count != log.count || total.sum != log.sum || sequenceMax != log.sequenceMax
            || bytes != log.bytes || keptBlocks != blocks || keptCitations != citations
        {
            report.wrongSums += 1
        }
    }

    /// The event of a row; `nil` where its columns make none.
    private func readable(
        _ row: Statement, after before: StoredEvent?
    ) throws(ReplicaError) -> StoredEvent? {
        do throws(ReplicaError) {
            return try event(row, after: before)
        } catch {
            guard error.code == .corrupt else { throw error }
            return nil
        }
    }

    private func keptBlocks(of log: Int64) throws(ReplicaError) -> [Int64: SetSummary] {
        let rows = try database.statement("SELECT block, count, sum FROM blocks WHERE log = ?")
        rows.bind(1, log)
        var blocks: [Int64: SetSummary] = [:]
        while try rows.step() {
            blocks[rows.int(0)] = SetSummary(
                count: Int(rows.int(1)), sum: try rows.bytes32(2))
        }
        return blocks
    }

    /// A membership event that an event of a content log names.
    struct Citation: Hashable {
        let sequence: Int
        let event: EventID
    }

    private func keptCitations(of log: Int64) throws(ReplicaError) -> Set<Citation> {
        let rows = try database.statement("SELECT sequence, event FROM citations WHERE log = ?")
        rows.bind(1, log)
        var citations: Set<Citation> = []
        while try rows.step() {
            citations.insert(
                Citation(sequence: Int(rows.int(0)), event: EventID(try rows.bytes32(1))))
        }
        return citations
    }
}

extension Store {
    /// Builds the citations again from the events.
    func rebuildCitations() throws(ReplicaError) {
        try database.execute("DELETE FROM citations")
        let rows = try database.statement(
            "SELECT e.log, e.sequence, e.parents FROM events e JOIN logs l ON l.id = e.log"
                + " WHERE l.class = 0 AND e.parents IS NOT NULL")
        while try rows.step() {
            let (log, sequence) = (rows.int(0), rows.int(1))
            for parent in try ReplicaIndex.parents(rows.bytes(2)) {
                guard try facts(parent)?.logClass == .membership else { continue }
                try database.run(
                    "INSERT OR IGNORE INTO citations VALUES(?, ?, ?)", .int(log), .int(sequence),
                    .bytes(parent.bytes))
            }
        }
    }
}
