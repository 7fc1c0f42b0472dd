import WeData
import WeLog

/// What became of one event.
private enum Outcome {
    case stored
    case known
    case waiting
    case refused(LogError)
}

extension Store {
    /// Stores authentic runs in one transaction (Protocol.md, "Storing").
    ///
    /// - Complexity: O(log events) for each event, and no lookup at all for one that goes on
    ///   where its log ends and creates its object.
    func ingest(_ runs: [Run], at wall: Int64?) throws(ReplicaError) -> IngestReport {
        try transaction { () throws(ReplicaError) in
            // Not the sender's fault: what should have tied the file to its team did not.
            guard teamID != nil else { throw ReplicaError(.team, "no team here yet") }
            var report = IngestReport()
            var sums: [BlockKey: SetSummary] = [:]
            var blockedFrom = [Int?](repeating: nil, count: runs.count)
            var grown: Set<LogKey> = []
            for place in Store.causalOrder(runs) where blockedFrom[place.run] == nil {
                let event = runs[place.run].events[place.index]
                switch try store(event, sums: &sums) {
                case .stored:
                    report.storedCount += 1
                    grown.insert(event.key)
                    if event.key.logClass == .membership { report.isMembershipChanged = true }
                case .known:
                    report.knownCount += 1
                case .waiting:
                    blockedFrom[place.run] = place.index
                case .refused(let reason):
                    blockedFrom[place.run] = .max
                    if report.refused.count < 16 { report.refused.append(reason) }
                }
            }
            for (run, from) in zip(runs, blockedFrom) {
                guard let from, from < run.events.count else { continue }
                report.waiting.append(run.split(at: from).tail)
            }
            try save(sums)
            for key in grown.sorted() { try noteOwn(try log(key)) }
            report.lastPosition = try lastPosition()
            if report.storedCount > 0 { try noteArrival(of: report.lastPosition, at: wall) }
            return report
        }
    }

    /// All events of the runs by rising lamport, so that what an event names comes before it.
    private static func causalOrder(_ runs: [Run]) -> [(run: Int, index: Int, lamport: Int)] {
        var places: [(run: Int, index: Int, lamport: Int)] = []
        for (run, content) in runs.enumerated() {
            for (index, event) in content.events.enumerated() {
                places.append((run, index, event.header.lamport))
            }
        }
        if runs.count > 1 {
            places.sort {
                ($0.lamport, $0.run, $0.index) < ($1.lamport, $1.run, $1.index)
            }
        }
        return places
    }

    /// Stores an event of our own, which must be accepted; ``save(_:)`` must follow.
    func storeOwn(_ event: Event, sums: inout [BlockKey: SetSummary]) throws(ReplicaError) {
        guard case .stored = try store(event, sums: &sums) else {
            throw ReplicaError(.refused, "an event of this device was not accepted")
        }
    }

    // MARK: - One event

    private func store(
        _ event: Event, sums: inout [BlockKey: SetSummary]
    ) throws(ReplicaError) -> Outcome {
        let header = event.header
        guard header.team == teamID || (header.isGenesis && event.id.value == teamID?.value)
        else { return .refused(.otherTeam) }
        guard event.body != nil || event.key.logClass == .content else {
            return .refused(.form("a membership event without its body"))
        }
        var log = try log(event.key)
        var previous: EventFacts?
        if !log.isPrefix || header.sequence != log.sequenceMax + 1 {
            if let found = try facts(event.id) {
                return try complete(event, at: found) ? .stored : .known
            }
        }
        if let named = header.previous {
            let isLast = log.last?.id == named
            guard let found = isLast ? log.last : try facts(named) else { return .waiting }
            guard found.log == log.id, found.sequence == header.sequence - 1 else {
                return .refused(.form("prev is not the event before"))
            }
            previous = found
        }
        var parents: [EventFacts] = []
        for parent in header.parents {
            guard let found = try facts(parent) else { return .waiting }
            parents.append(found)
        }
        if let reason = try fault(of: event, previous: previous, parents: parents) {
            return .refused(reason)
        }
        let object = try objectReference(of: event, parents: parents)
        log = try created(log)
        let position = try insert(event, log: log, previous: previous, object: object)
        if event.key.logClass == .content {
            if let body = event.body { try noteErasures(body, at: position) }
            try noteTarget(event.id)
            for parent in parents where parent.logClass == .membership {
                try database.run(
                    "INSERT OR IGNORE INTO citations VALUES(?, ?, ?)", .int(log.id),
                    .int(Int64(header.sequence)), .bytes(parent.id.bytes))
            }
        }
        let facts = EventFacts(
            id: event.id, position: position, log: log.id, logClass: event.key.logClass,
            sequence: header.sequence, lamport: header.lamport,
            object: object ?? (event.key.logClass == .content ? position : nil))
        log.count += 1
        log.sequenceMax = max(log.sequenceMax, header.sequence)
        log.bytes += header.bodyByteCount
        log.sum = log.sum &+ event.id.value
        log.last = log.isPrefix ? facts : nil
        logs[event.key] = log
        recent[event.id] = facts
        sums[
            BlockKey(log: log.id, block: header.sequence / EventLimit.blockEvents),
            default: .empty
        ].insert(event.id)
        return .stored
    }

    /// Adds the body to an event that came without; gives whether it did.
    private func complete(_ event: Event, at facts: EventFacts) throws(ReplicaError) -> Bool {
        guard let body = event.body, facts.logClass == .content else { return false }
        // What erases is never erased, and only a body shows that it does.
        guard !erasedEvents.contains(event.id) || ContentBody.erases(body) else { return false }
        let statement = try database.statement(
            "UPDATE events SET body = ?, size = NULL, hash = NULL WHERE position = ? AND body IS NULL"
        )
        statement.bind(1, body)
        statement.bind(2, facts.position)
        _ = try statement.step()
        guard database.changedRowCount > 0 else { return false }
        try noteErasures(body, at: facts.position)
        try database.run(
            "INSERT INTO refreshed(object) VALUES(?)", .int(facts.object ?? facts.position))
        try oweErasures()
        return true
    }

    /// Why an event whose causal past is here can never be valid.
    private func fault(
        of event: Event, previous: EventFacts?, parents: [EventFacts]
    ) throws(ReplicaError) -> LogError? {
        let header = event.header
        let isMembership = event.key.logClass == .membership
        let greatest = parents.reduce(previous?.lamport ?? -1) { max($0, $1.lamport) }
        guard header.lamport == greatest + 1 else { return .lamport }
        guard !isMembership || parents.allSatisfy({ $0.logClass == .membership }) else {
            return .form("a membership event names content")
        }
        let contentParents = parents.filter { $0.logClass == .content }
        if !isMembership, let first = contentParents.first {
            guard let object = header.object else {
                return .form("an event that creates an object has no past in it")
            }
            guard contentParents.allSatisfy({ $0.object == first.object }),
                try objectID(first.object) == object
            else { return .form("a parent belongs to another object") }
        }
        guard header.sequence == 0, !header.isGenesis else { return nil }
        for parent in parents where parent.logClass == .membership {
            if try introduced(by: parent.id).contains(event.key.device) { return nil }
        }
        return .notIntroduced
    }

    /// The reference to store: of the parents' object, of a named one, or none for a new object.
    private func objectReference(
        of event: Event, parents: [EventFacts]
    ) throws(ReplicaError) -> Int64? {
        guard let object = event.header.object else { return nil }
        if let parent = parents.first(where: { $0.logClass == .content }) { return parent.object }
        return try namedReference(object)
    }

    private func objectID(_ reference: Int64?) throws(ReplicaError) -> ObjectID? {
        guard let reference else { return nil }
        let sql =
            reference > 0
            ? "SELECT prefix, rest FROM events WHERE position = ?"
            : "SELECT id FROM named_objects WHERE ref = ?"
        let statement = try database.statement(sql)
        statement.bind(1, reference)
        guard try statement.step() else { return nil }
        defer { statement.reset() }
        return reference > 0
            ? ObjectID(try statement.eventID(0).value) : ObjectID(try statement.bytes32(0))
    }

    private func insert(
        _ event: Event, log: LogState, previous: EventFacts?, object: Int64?
    ) throws(ReplicaError) -> Int64 {
        let statement = try database.statement(
            "INSERT INTO events(prefix, rest, log, sequence, previous, lamport, wall, object,"
                + " parents, signature, body, size, hash) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)")
        let header = event.header
        statement.bind(1, event.id.prefix)
        statement.bind(2, event.id.rest)
        statement.bind(3, log.id)
        statement.bind(4, header.sequence)
        if let previous { statement.bind(5, previous.position) }
        statement.bind(6, header.lamport)
        statement.bind(7, header.wall)
        if let object { statement.bind(8, object) }
        if !header.parents.isEmpty { statement.bind(9, header.parents.flatMap(\.bytes)) }
        statement.bind(10, event.signatureBytes)
        if let body = event.body {
            statement.bind(11, body)
        } else {
            statement.bind(12, header.bodyByteCount)
            statement.bind(13, header.bodyHash.value)
        }
        _ = try statement.step()
        return database.lastInsertedRow
    }

    // MARK: - Sums

    /// Adds what was stored to the kept sums.
    func save(_ sums: [BlockKey: SetSummary]) throws(ReplicaError) {
        var stored = 0
        var touched: Set<Int64> = []
        // In an order that depends on nothing but the events: writes can be repeated from a seed.
        for (key, added) in sums.sorted(by: { $0.key < $1.key }) {
            var summary = added
            let statement = try database.statement(
                "SELECT count, sum FROM blocks WHERE log = ? AND block = ?")
            statement.bind([.int(key.log), .int(Int64(key.block))])
            if try statement.step() {
                summary =
                    added
                    + SetSummary(count: Int(statement.int(0)), sum: try statement.bytes32(1))
                statement.reset()
            }
            try database.run(
                "INSERT OR REPLACE INTO blocks VALUES(?, ?, ?, ?)", .int(key.log),
                .int(Int64(key.block)), .int(Int64(summary.count)), .bytes(summary.sum.bytes))
            stored += added.count
            touched.insert(key.log)
        }
        for log in logs.values.filter({ touched.contains($0.id) }).sorted(by: { $0.id < $1.id }) {
            try database.run(
                "UPDATE logs SET count = ?, sequence_max = ?, bytes = ?, sum = ? WHERE id = ?",
                .int(Int64(log.count)), .int(Int64(log.sequenceMax)), .int(Int64(log.bytes)),
                .bytes(log.sum.bytes), .int(log.id))
        }
        noteStored(stored)
    }

    func lastPosition() throws(ReplicaError) -> Int64 {
        try database.integer("SELECT max(position) FROM events") ?? 0
    }
}

/// A block of a log.
struct BlockKey: Hashable, Comparable {
    let log: Int64
    let block: Int

    static func < (left: BlockKey, right: BlockKey) -> Bool {
        (left.log, left.block) < (right.log, right.block)
    }
}
