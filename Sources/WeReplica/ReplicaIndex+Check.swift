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
        report.fileState = try database.text("PRAGMA integrity_check(1)") ?? "no answer"
        let statement = try database.statement("SELECT id, count, sum FROM logs WHERE count > 0")
        var logs: [(id: Int64, count: Int64, sum: Bytes32)] = []
        while try statement.step() {
            logs.append((statement.int(0), statement.int(1), try statement.bytes32(2)))
        }
        for log in logs { try check(log, &report) }
        return report
    }

    private func check(
        _ log: (id: Int64, count: Int64, sum: Bytes32), _ report: inout CheckReport
    ) throws(ReplicaError) {
        let rows = try database.statement(
            "SELECT \(ReplicaIndex.columns) FROM events e WHERE log = ? ORDER BY sequence, position"
        )
        rows.bind(1, log.id)
        var total = SetSummary.empty
        var last: StoredEvent?
        /// The events that no later one vouches for: the ends of the log's branches.
        var ends: [EventID: Event] = [:]
        while try rows.step() {
            let stored = try event(rows, after: last)
            let event = stored.event
            report.eventCount += 1
            total.insert(event.id)
            let again = Event(header: event.header, signature: event.signature, body: event.body)
            if again.id != event.id { report.damagedCount += 1 }
            if let previous = event.header.previous { ends[previous] = nil }
            ends[event.id] = event
            last = stored
        }
        report.damagedCount += ends.values.count { !$0.isSignatureValid }
        if total.count != Int(log.count) || total.sum != log.sum { report.wrongSums += 1 }
    }
}
