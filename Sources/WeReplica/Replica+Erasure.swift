public import WeData
public import WeLog

extension Replica {
    /// What was erased of an object.
    public struct Erasures: Sendable {
        /// Where the erasures are that took effect.
        public internal(set) var places: [(key: LogKey, sequence: Int)] = []
        /// Who wrote the last of them.
        public internal(set) var author: PersonID?
        /// When, by that author's clock, in milliseconds.
        public internal(set) var wall: Int64?
        /// Events of the object that are erased.
        public internal(set) var erasedCount = 0
        /// Events of the object that count still, erasures themselves apart.
        public internal(set) var remainingCount = 0
    }

    /// The events of an object that an erasure may name: those that hold no erasure themselves and
    /// are not erased yet, of one author or of all.
    public func erasable(
        in object: ObjectID, by author: PersonID?
    ) throws(ReplicaError) -> [EventID] {
        guard let team = currentTeam else { return [] }
        return try snapshot { index throws(ReplicaError) in
            try index.erasable(in: object, by: author, team)
        }
    }

    /// What was erased of an object; `nil` for one that is not here.
    public func erasures(in object: ObjectID) throws(ReplicaError) -> Erasures? {
        guard let team = currentTeam else { return nil }
        return try snapshot { index throws(ReplicaError) in try index.erasures(in: object, team) }
    }

    /// Of each log with erasures that took effect here, the sequence number of the last one; none
    /// while a copy of a body may still be in a file.
    public func appliedErasures() throws(ReplicaError) -> [LogKey: Int] {
        try snapshot { index throws(ReplicaError) in
            let owed = try index.database.integer(
                "SELECT 1 FROM meta WHERE key IN ('erasures', 'scrub') LIMIT 1")
            guard owed == nil else { return [:] }
            let rows = try index.database.statement(
                "SELECT e.log, max(e.sequence) FROM erasures"
                    + " CROSS JOIN events e ON e.position = erasures.event"
                    + " CROSS JOIN events t ON t.prefix = erasures.prefix"
                    + " AND t.rest = erasures.rest"
                    + " WHERE t.position IN (SELECT position FROM erased) GROUP BY e.log")
            var logs: [(id: Int64, sequence: Int)] = []
            while try rows.step() { logs.append((rows.int(0), Int(rows.int(1)))) }
            var applied: [LogKey: Int] = [:]
            for log in logs { applied[try index.key(of: log.id)] = log.sequence }
            return applied
        }
    }
}

extension ReplicaIndex {
    private func rows(of object: ObjectID) throws(ReplicaError) -> Statement? {
        guard let reference = try reference(to: object) else { return nil }
        let rows = try database.statement(
            "SELECT position, log, sequence, prefix, rest, wall,"
                + " EXISTS (SELECT 1 FROM erasures o WHERE o.event = position) FROM events"
                + " WHERE position = ?1 OR object = ?1 ORDER BY lamport, prefix")
        rows.bind(1, reference)
        return rows
    }

    func erasable(
        in object: ObjectID, by author: PersonID?, _ team: Team
    ) throws(ReplicaError) -> [EventID] {
        let standings = try standings(in: team)
        guard let rows = try rows(of: object) else { return [] }
        var events: [EventID] = []
        while try rows.step() {
            let isErasure = rows.int(6) != 0
            guard !isErasure, !standings.erased.contains(rows.int(0)) else { continue }
            let owner = standings.logs[rows.int(1)]?.standing.person
            if author == nil || owner == author { events.append(try rows.eventID(3)) }
        }
        return events
    }

    func erasures(in object: ObjectID, _ team: Team) throws(ReplicaError) -> Replica.Erasures? {
        let standings = try standings(in: team)
        guard let rows = try rows(of: object) else { return nil }
        var found = Replica.Erasures()
        var places: [(log: Int64, sequence: Int)] = []
        while try rows.step() {
            if standings.erased.contains(rows.int(0)) {
                found.erasedCount += 1
                continue
            }
            let id = try rows.eventID(3)
            guard
                let author = standings.author(
                    of: rows.int(0), log: rows.int(1), sequence: Int(rows.int(2)), id: id)
            else { continue }
            guard rows.int(6) != 0 else {
                found.remainingCount += 1
                continue
            }
            places.append((rows.int(1), Int(rows.int(2))))
            found.author = author
            found.wall = rows.int(5)
        }
        for place in places { found.places.append((try key(of: place.log), place.sequence)) }
        return found
    }
}
