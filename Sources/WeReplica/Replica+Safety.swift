public import WeData
public import WeLog

// What moderators ask: where to cut, what was cut off, and who wrote two histories.
extension Replica {
    /// An event of someone that a reduction or a revocation keeps from counting.
    public struct Quarantined: Sendable, Hashable {
        /// The event.
        public let id: EventID
        /// The object that it would change.
        public let object: ObjectID
        /// By the author's clock, in milliseconds.
        public let wall: Int64
    }

    /// A log that went on in two ways: a copied or restored replica, or a device that lies.
    public struct Fork: Sendable, Hashable {
        /// The log.
        public let key: LogKey
        /// The first sequence number with two events.
        public let sequence: Int
        /// The two, or more, events there.
        public let events: [EventID]
    }

    /// The last events of every log of some devices that are to count still.
    ///
    /// - Parameters:
    ///   - devices: whose logs.
    ///   - since: only what was written before, by their own clocks, in milliseconds; `nil` for all
    ///     that is here.
    public func cut(
        of devices: [DeviceKey], since: Int64?
    ) throws(ReplicaError) -> [MembershipAct.Cut] {
        try snapshot { index throws(ReplicaError) in try index.cut(of: devices, since: since) }
    }

    /// What some devices wrote that does not count for a reduction or a revocation, by object.
    public func quarantined(of devices: [DeviceKey]) throws(ReplicaError) -> [Quarantined] {
        guard let team = currentTeam else { return [] }
        return try snapshot { index throws(ReplicaError) in
            try index.quarantined(of: devices, team: team)
        }
    }

    /// The logs with forks, with the evidence.
    public func forks() throws(ReplicaError) -> [Fork] {
        try snapshot { index throws(ReplicaError) in try index.forks() }
    }
}

extension Replica {
    /// What each device's clock said when it wrote the last of what is here, in milliseconds.
    ///
    /// - Complexity: O(logs).
    public func lastWalls() throws(ReplicaError) -> [DeviceKey: Int64] {
        try snapshot { index throws(ReplicaError) in
            let rows = try index.database.statement(
                "SELECT device, wall FROM (SELECT l.device AS device, (SELECT position FROM events"
                    + " WHERE log = l.id ORDER BY sequence DESC LIMIT 1) AS last"
                    + " FROM logs l WHERE count > 0) JOIN events ON position = last"
                    + " ORDER BY position")
            var walls: [DeviceKey: Int64] = [:]
            while try rows.step() {
                if let device = DeviceKey(rows.bytes(0)) { walls[device] = rows.int(1) }
            }
            return walls
        }
    }
}

extension ReplicaIndex {
    private func logs(of devices: [DeviceKey]) throws(ReplicaError) -> [(id: Int64, key: LogKey)] {
        let rows = try database.statement(
            "SELECT id FROM logs WHERE count > 0 ORDER BY class, device, log")
        var ids: [Int64] = []
        while try rows.step() { ids.append(rows.int(0)) }
        let wanted = Set(devices)
        var logs: [(id: Int64, key: LogKey)] = []
        for id in ids {
            let key = try key(of: id)
            if wanted.contains(key.device) { logs.append((id, key)) }
        }
        return logs
    }

    func cut(of devices: [DeviceKey], since: Int64?) throws(ReplicaError) -> [MembershipAct.Cut] {
        var cuts: [MembershipAct.Cut] = []
        for log in try logs(of: devices) {
            let rows = try database.statement(
                "SELECT position, prefix, rest, previous, wall FROM events WHERE log = ?"
                    + " ORDER BY sequence, position")
            rows.bind(1, log.id)
            var accepted: [Int64: EventID] = [:]
            var followed: Set<Int64> = []
            while try rows.step() {
                let previous = rows.isNull(3) ? nil : rows.int(3)
                let isIn = previous.map { accepted[$0] != nil } ?? true
                guard isIn, since.map({ rows.int(4) < $0 }) ?? true else { continue }
                accepted[rows.int(0)] = try rows.eventID(1)
                if let previous { followed.insert(previous) }
            }
            let heads = accepted.filter { !followed.contains($0.key) }.map(\.value).sorted()
            guard !heads.isEmpty else { continue }
            cuts.append(
                MembershipAct.Cut(device: log.key.device, log: log.key.log, heads: heads))
        }
        return cuts
    }

    func quarantined(
        of devices: [DeviceKey], team: Team
    ) throws(ReplicaError) -> [Replica.Quarantined] {
        let standings = try standings(in: team)
        var found: [Replica.Quarantined] = []
        for log in try logs(of: devices) where log.key.logClass == .content {
            guard let known = standings.logs[log.id] else { continue }
            let rows = try database.statement(
                "SELECT position, prefix, rest, sequence, wall, ifnull(object, position)"
                    + " FROM events WHERE log = ? AND body IS NOT NULL ORDER BY sequence, position")
            rows.bind(1, log.id)
            while try rows.step() {
                let id = try rows.eventID(1)
                let isQuarantined = known.standing.isQuarantined(
                    Int(rows.int(3)), in: known.branch(of: rows.int(0)), id: id)
                guard isQuarantined, let object = try objectID(of: rows.int(5)) else { continue }
                found.append(Replica.Quarantined(id: id, object: object, wall: rows.int(4)))
            }
        }
        return found
    }

    func forks() throws(ReplicaError) -> [Replica.Fork] {
        let rows = try database.statement(
            "SELECT id FROM logs WHERE count > 0 AND count <> sequence_max + 1")
        var logs: [Int64] = []
        while try rows.step() { logs.append(rows.int(0)) }
        var forks: [Replica.Fork] = []
        for log in logs {
            guard
                let sequence = try database.integer(
                    "SELECT sequence FROM events WHERE log = ? GROUP BY sequence"
                        + " HAVING count(*) > 1 ORDER BY sequence LIMIT 1", .int(log))
            else { continue }
            let twins = try database.statement(
                "SELECT prefix, rest FROM events WHERE log = ? AND sequence = ? ORDER BY prefix")
            twins.bind([.int(log), .int(sequence)])
            var events: [EventID] = []
            while try twins.step() { events.append(try twins.eventID(0)) }
            forks.append(
                Replica.Fork(key: try key(of: log), sequence: Int(sequence), events: events))
        }
        return forks
    }
}
