import WeData
import WeLog

extension Store {
    /// The state of a log; without a row (id 0) before its first event.
    func log(_ key: LogKey) throws(ReplicaError) -> LogState {
        if let known = logs[key] { return known }
        guard let stored = try storedLog(key) else {
            return LogState(
                id: 0, key: key, count: 0, sequenceMax: -1, bytes: 0, sum: .zero, last: nil)
        }
        logs[key] = stored
        return stored
    }

    /// Gives a log its row.
    func created(_ log: LogState) throws(ReplicaError) -> LogState {
        guard log.id == 0 else { return log }
        try database.run(
            "INSERT INTO logs(class, device, log, count, sequence_max, bytes, sum)"
                + " VALUES(?, ?, ?, 0, -1, 0, ?)",
            .int(Int64(log.key.logClass.rawValue)), .bytes(log.key.device.bytes),
            .bytes(Array(log.key.bytes.suffix(8))), .bytes(Bytes32.zero.bytes))
        return LogState(
            id: database.lastInsertedRow, key: log.key, count: 0, sequenceMax: -1, bytes: 0,
            sum: .zero, last: nil)
    }

    private func storedLog(_ key: LogKey) throws(ReplicaError) -> LogState? {
        let statement = try database.statement(
            "SELECT id, count, sequence_max, bytes, sum FROM logs"
                + " WHERE class = ? AND device = ? AND log = ?")
        statement.bind([
            .int(Int64(key.logClass.rawValue)), .bytes(key.device.bytes),
            .bytes(Array(key.bytes.suffix(8))),
        ])
        guard try statement.step() else { return nil }
        var state = LogState(
            id: statement.int(0), key: key, count: Int(statement.int(1)),
            sequenceMax: Int(statement.int(2)), bytes: Int(statement.int(3)),
            sum: try statement.bytes32(4), last: nil)
        statement.reset()
        if state.isPrefix, state.count > 0 {
            let last = try database.statement(
                "SELECT prefix, rest FROM events WHERE log = ? AND sequence = ?")
            last.bind([.int(state.id), .int(Int64(state.sequenceMax))])
            guard try last.step() else {
                throw ReplicaError(.corrupt, "the last event of a log is gone")
            }
            let id = try last.eventID(0)
            last.reset()
            state.last = try facts(id)
        }
        return state
    }

    /// Looks an event up by its id.
    func facts(_ id: EventID) throws(ReplicaError) -> EventFacts? {
        if let known = recent[id] { return known }
        let statement = try database.statement(
            "SELECT e.rest, e.position, e.log, l.class, e.sequence, e.lamport, e.object"
                + " FROM events e JOIN logs l ON l.id = e.log WHERE e.prefix = ?")
        statement.bind(1, id.prefix)
        let rest = id.rest
        while try statement.step() {
            guard statement.bytes(0) == rest else { continue }
            let position = statement.int(1)
            let logClass = LogClass(rawValue: UInt8(truncatingIfNeeded: statement.int(3)))
            let found = EventFacts(
                id: id, position: position, log: statement.int(2),
                logClass: logClass ?? .content, sequence: Int(statement.int(4)),
                lamport: Int(statement.int(5)),
                object: statement.isNull(6)
                    ? (logClass == .content ? position : nil) : statement.int(6))
            statement.reset()
            recent[id] = found
            return found
        }
        return nil
    }

    /// The reference of an object by name: of its creating event, or of a named object.
    func reference(to object: ObjectID) throws(ReplicaError) -> Int64? {
        if let facts = try facts(EventID(object.value)), facts.object == facts.position {
            return facts.position
        }
        return try database.integer(
            "SELECT ref FROM named_objects WHERE id = ?", .bytes(object.bytes))
    }

    /// The reference of a named object, which is made where it is new.
    func namedReference(_ object: ObjectID) throws(ReplicaError) -> Int64 {
        if let known = try database.integer(
            "SELECT ref FROM named_objects WHERE id = ?", .bytes(object.bytes))
        {
            return known
        }
        let least = try database.integer("SELECT min(ref) FROM named_objects") ?? 0
        try database.run(
            "INSERT INTO named_objects VALUES(?, ?)", .int(least - 1), .bytes(object.bytes))
        return least - 1
    }

    /// The devices that a membership event introduces.
    func introduced(by event: EventID) throws(ReplicaError) -> [DeviceKey] {
        if let known = introductions[event] { return known }
        guard let facts = try facts(event) else { return [] }
        let statement = try database.statement("SELECT body FROM events WHERE position = ?")
        statement.bind(1, facts.position)
        guard try statement.step() else { return [] }
        let body = statement.bytes(0)
        statement.reset()
        let devices = (try? MembershipBody(decoding: body))?.act.introduces ?? []
        introductions[event] = devices
        return devices
    }
}

extension EventID {
    /// The first eight bytes, as SQLite stores integers.
    var prefix: Int64 { Int64(bitPattern: value.word0) }
    /// The other 24.
    var rest: [UInt8] { Array(bytes.dropFirst(8)) }
}
