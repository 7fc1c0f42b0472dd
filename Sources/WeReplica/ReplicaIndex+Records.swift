import WeData
public import WeLog

extension ReplicaIndex {
    /// All membership events.
    public func membershipEvents() throws(ReplicaError) -> [MembershipEvent] {
        try membershipEvents(after: 0).events
    }

    /// The membership events after a position, and the position of the last one.
    package func membershipEvents(
        after position: Int64
    ) throws(ReplicaError) -> (events: [MembershipEvent], last: Int64) {
        var events: [MembershipEvent] = []
        var last = position
        try eachMembershipEvent(after: position) { event, position in
            last = position
            if let event { events.append(event) }
        }
        return (events, last)
    }

    /// How many membership events there are.
    func membershipCount() throws(ReplicaError) -> Int {
        Int(try database.integer("SELECT ifnull(sum(count), 0) FROM logs WHERE class = 1") ?? 0)
    }

    /// Adds the membership events after a position; gives up to where that goes.
    func addMembership(
        to graph: inout MembershipGraph, after position: Int64
    ) throws(ReplicaError) -> Int64 {
        var last = position
        try eachMembershipEvent(after: position) { event, position in
            last = position
            if let event { graph.insert(event) }
        }
        return last
    }

    /// Hands out the membership events after a position in order of arrival; `nil` for one that
    /// can be none.
    ///
    /// The logs come first: they are few, and events by position are mostly content.
    ///
    /// - Complexity: O(membership events), of which only those after the position are read.
    private func eachMembershipEvent(
        after position: Int64, _ body: (MembershipEvent?, Int64) -> Void
    ) throws(ReplicaError) {
        let statement = try database.statement(ReplicaIndex.membershipByPosition)
        statement.bind(1, position)
        while try statement.step() {
            let stored = try event(statement)
            body(MembershipEvent(stored.event), stored.position)
        }
    }

    /// The events of an object, for the fold; those that do not count are void.
    func entries(
        of reference: Int64, standings: Standings
    ) throws(ReplicaError) -> [History.Entry] {
        var entries: [History.Entry] = []
        let named = reference > 0 ? nil : try objectID(of: reference)
        let statement = try database.statement(
            "SELECT position, prefix, rest, log, sequence, lamport, wall, parents, body FROM events"
                + " WHERE position = ?1 UNION ALL "
                + "SELECT position, prefix, rest, log, sequence, lamport, wall, parents, body FROM events"
                + " WHERE object = ?1")
        statement.bind(1, reference)
        while try statement.step() {
            let entry = try ReplicaIndex.entry(statement, standings: standings)
            // A named object is a person's own: others' events in it do not count.
            if let entry, named == nil || entry.author.value == named?.value {
                entries.append(entry)
            } else {
                entries.append(
                    .void(
                        id: try statement.eventID(1),
                        parents: try ReplicaIndex.parents(statement.bytes(7)),
                        lamport: Int(statement.int(5))))
            }
        }
        return entries
    }

    /// The objects that existed before one of these events changed them.
    func changed(after low: Int64, through high: Int64) throws(ReplicaError) -> Set<Int64> {
        let rows = try database.statement(
            "SELECT object FROM events NOT INDEXED"
                + " WHERE position > ? AND position <= ? AND object IS NOT NULL")
        rows.bind([.int(low), .int(high)])
        var changed: Set<Int64> = []
        while try rows.step() { changed.insert(rows.int(0)) }
        return changed
    }

    /// The objects of which an event changed after it was stored, and up to where that goes.
    func refreshed(after entry: Int64) throws(ReplicaError) -> (objects: [Int64], last: Int64) {
        let rows = try database.statement(
            "SELECT entry, object FROM refreshed WHERE entry > ? ORDER BY entry")
        rows.bind(1, entry)
        var objects: [Int64] = []
        var last = entry
        while try rows.step() {
            last = rows.int(0)
            objects.append(rows.int(1))
        }
        return (objects, last)
    }

    /// Content events in order of arrival: the columns of ``entry(_:standings:)``, then the object.
    ///
    /// CROSS JOIN is SQLite's way to say which table comes first: it would rather begin with the
    /// logs, read all events of each and sort them.
    func contentRows(after low: Int64, through high: Int64) throws(ReplicaError) -> Statement {
        let rows = try database.statement(
            "SELECT e.position, prefix, rest, e.log, sequence, lamport, wall, parents, body, object"
                + " FROM events e NOT INDEXED CROSS JOIN logs l ON l.id = e.log"
                + " WHERE e.position > ? AND e.position <= ? AND l.class = 0 ORDER BY e.position")
        rows.bind([.int(low), .int(high)])
        return rows
    }

    /// One row as the fold needs it; `nil` when it does not count or has no body.
    static func entry(
        _ row: Statement, standings: Standings
    ) throws(ReplicaError) -> History.Entry? {
        let id = try row.eventID(1)
        guard !row.isNull(8),
            let author = standings.author(
                of: row.int(0), log: row.int(3), sequence: Int(row.int(4)), id: id),
            let body = try? ContentBody(decoding: row.bytes(8))
        else { return nil }
        return History.Entry(
            id: id, parents: try parents(row.bytes(7)),
            lamport: Int(row.int(5)), author: author, wall: row.int(6),
            changes: body.changes)
    }

    /// The reference of an object by its name.
    func reference(to object: ObjectID) throws(ReplicaError) -> Int64? {
        let statement = try database.statement(
            "SELECT e.position FROM events e JOIN logs l ON l.id = e.log"
                + " WHERE e.prefix = ? AND e.rest = ? AND e.object IS NULL AND l.class = 0")
        let id = EventID(object.value)
        statement.bind([.int(id.prefix), .bytes(id.rest)])
        if try statement.step() {
            defer { statement.reset() }
            return statement.int(0)
        }
        return try database.integer(
            "SELECT ref FROM named_objects WHERE id = ?", .bytes(object.bytes))
    }

    /// Objects whose name begins with these bits, at most `countMax`.
    func objects(from low: EventID, to high: EventID, countMax: Int) throws(ReplicaError)
        -> [ObjectID]
    {
        let statement = try database.statement(
            "SELECT e.prefix, e.rest FROM events e CROSS JOIN logs l ON l.id = e.log"
                + " WHERE e.prefix BETWEEN ? AND ? AND e.object IS NULL AND l.class = 0"
                + " ORDER BY e.prefix LIMIT ?")
        statement.bind([.int(low.prefix), .int(high.prefix), .int(Int64(countMax))])
        var objects: [ObjectID] = []
        while try statement.step() { objects.append(ObjectID(try statement.eventID(0).value)) }
        return objects
    }
}
