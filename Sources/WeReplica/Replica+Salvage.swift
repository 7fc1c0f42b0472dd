import WeData
import WeLog

/// What could be taken over from a damaged file.
public struct SalvageReport: Sendable, Hashable {
    /// Events that are here now and were not before.
    public internal(set) var storedCount = 0
    /// Events that are as they were signed, but build on others that are not here.
    public internal(set) var waitingCount = 0
    /// Events that the file had and that can't be read, or are not what was signed.
    public internal(set) var lostCount = 0

    /// Whether all that the file had is here.
    public var isWhole: Bool { waitingCount == 0 && lostCount == 0 }
}

extension Replica {
    /// Takes in from a damaged file what verifies and whose past is here, as if a peer had sent it.
    ///
    /// A replica without a team becomes one of the file's team. Where nothing at all was lost it
    /// goes on in the file's own logs; otherwise in new ones, since colleagues may have events of
    /// the old ones that are no longer here.
    ///
    /// - Complexity: O(bytes of the file), with one Ed25519 verification per stretch of a log.
    /// - Throws: `ReplicaError` with code `corrupt` when the file can't be read at all.
    package func salvage(
        from path: String, vfs: String? = nil
    ) throws(ReplicaError) -> SalvageReport {
        let remains = try Remains(path: path, vfs: vfs)
        if currentTeam == nil {
            guard let team = try remains.teams().first else {
                throw ReplicaError(.corrupt, "nothing in the file says which team it is of")
            }
            try adopt(team: team)
        }
        var report = SalvageReport()
        var waiting: [Remains.Row] = []
        var unreadable = 0
        let readCount = try remains.eachBatch { rows, lost throws(ReplicaError) in
            unreadable += lost
            waiting += try takeIn(rows, remains, &report)
        }
        // What waited for something that stood further on, or that only this replica has.
        while !waiting.isEmpty {
            let before = waiting.count
            waiting = try takeIn(waiting, remains, &report)
            guard waiting.count < before else { break }
        }
        let damaged = waiting.count { !remains.isAuthentic($0, self) }
        report.waitingCount = waiting.count - damaged
        report.lostCount = max(unreadable, (remains.keptCount ?? 0) - readCount) + damaged
        if report.isWhole, remains.keptCount != nil {
            try change { store throws(ReplicaError) in try store.keep(remains.ownLogs) }
        }
        return report
    }

    /// Stores what it can; gives the rest.
    private func takeIn(
        _ rows: [Remains.Row], _ remains: Remains, _ report: inout SalvageReport
    ) throws(ReplicaError) -> [Remains.Row] {
        var runs: [Run] = []
        var rowOf: [EventID: Remains.Row] = [:]
        var rest: [Remains.Row] = []
        for row in rows {
            guard let event = try remains.event(row, helpedBy: self) else {
                rest.append(row)
                continue
            }
            rowOf[event.id] = row
            let next = Run(key: event.key, events: [event])
            guard let last = runs.indices.last, runs[last].append(next) else {
                runs.append(next)
                continue
            }
        }
        var authentic: [Run] = []
        for run in runs {
            let parts = run.split(at: run.authenticCount())
            if !parts.head.events.isEmpty { authentic.append(parts.head) }
            rest += parts.tail.events.compactMap { rowOf[$0.id] }
        }
        let answer = try ingest(authentic)
        report.storedCount += answer.storedCount
        rest += answer.waiting.flatMap(\.events).compactMap { rowOf[$0.id] }
        return rest.sorted { $0.position < $1.position }
    }

    // MARK: - What is still to come

    /// How many events wait in a damaged file that was put aside.
    package func awaitedCount() throws(ReplicaError) -> Int {
        try snapshot { index throws(ReplicaError) in
            Int(
                try index.database.integer("SELECT value FROM meta WHERE key = 'awaited'") ?? 0)
        }
    }

    /// Notes how many events wait in damaged files that were put aside.
    package func setAwaited(_ count: Int) throws(ReplicaError) {
        try change { store throws(ReplicaError) in
            try store.database.run(
                "INSERT OR REPLACE INTO meta VALUES('awaited', ?)", .int(Int64(count)))
        }
    }

    /// Keeps all writers of all processes away from a replica's file while `body` runs.
    package static func holding<Result, Failure: Error>(
        _ path: String, _ body: () throws(Failure) -> Result
    ) throws(ReplicaError) -> Swift.Result<Result, Failure> {
        try Turnstile(beside: path).hold { () throws(ReplicaError) in
            do throws(Failure) { return .success(try body()) } catch { return .failure(error) }
        }
    }
}

extension Store {
    /// Goes on in the logs in which another file of this device was written.
    func keep(_ ownLogs: [(name: String, number: Int64)]) throws(ReplicaError) {
        for log in ownLogs {
            try database.run(
                "INSERT OR IGNORE INTO meta VALUES(?, ?)", .text(log.name), .int(log.number))
        }
    }
}
