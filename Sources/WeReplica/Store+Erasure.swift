import WeData
import WeLog

// Erasing is two things: an erased event does not count from the moment that its erasure does, and
// its body goes from every file here (Protocol.md, "Erasure").
extension Store {
    /// Notes what an event says is to be erased; whether it counts is found out later.
    func noteErasures(_ body: [UInt8], at position: Int64) throws(ReplicaError) {
        guard ContentBody.mayErase(body), let content = try? ContentBody(decoding: body) else {
            return
        }
        let targets = content.changes.flatMap { change -> [EventID] in
            if case .erase(let events) = change { events } else { [] }
        }
        guard !targets.isEmpty else { return }
        for target in targets {
            try database.run(
                "INSERT OR IGNORE INTO erasures VALUES(?, ?, ?)", .int(target.prefix),
                .bytes(target.rest), .int(position))
        }
        try oweErasures()
    }

    /// Notes that an event that has arrived is one that something here says is to be erased.
    func noteTarget(_ id: EventID) throws(ReplicaError) {
        guard mayHaveTargets else { return }
        let found = try database.integer(
            "SELECT 1 FROM erasures WHERE prefix = ? AND rest = ? LIMIT 1", .int(id.prefix),
            .bytes(id.rest))
        if found != nil { try oweErasures() }
    }

    /// Something may have to be erased; a kill before it was does not forget it.
    func oweErasures() throws(ReplicaError) {
        hasErasures = true
        mayHaveTargets = true
        try database.run("INSERT OR REPLACE INTO meta VALUES('erasures', 1)")
    }

    /// Drops the bodies of what is erased.
    ///
    /// What is dropped is overwritten with zeros in the file (SQLite's `secure_delete`), and the
    /// write-ahead log, which still has it, is emptied by ``scrub()``.
    func erase(under team: Team) throws(ReplicaError) {
        guard try database.integer("SELECT 1 FROM erasures LIMIT 1") != nil else {
            return hasErasures = false
        }
        let (events, hasErased) = try transaction { () throws(ReplicaError) in
            let index = ReplicaIndex(database)
            let erased = try index.standings(in: team).erased
            var ids: Set<EventID> = []
            var hasErased = false
            try database.run("DELETE FROM erased")
            for position in erased.sorted() {
                try database.run("INSERT INTO erased VALUES(?)", .int(position))
                if let id = try index.eventID(at: position) { ids.insert(id) }
                if try dropBody(at: position) { hasErased = true }
            }
            try database.run("DELETE FROM meta WHERE key = 'erasures'")
            if hasErased { try database.run("INSERT OR REPLACE INTO meta VALUES('scrub', 1)") }
            return (ids, hasErased)
        }
        // Only what is durable is remembered as done.
        erasedEvents = events
        hasErasures = false
        if hasErased { isScrubDue = true }
    }

    private func dropBody(at position: Int64) throws(ReplicaError) -> Bool {
        let row = try database.statement(
            "SELECT body, ifnull(object, position) FROM events"
                + " WHERE position = ? AND body IS NOT NULL")
        row.bind(1, position)
        guard try row.step() else { return false }
        let (body, object) = (row.bytes(0), row.int(1))
        row.reset()
        let update = try database.statement(
            "UPDATE events SET body = NULL, size = ?, hash = ? WHERE position = ?")
        update.bind(1, body.count)
        update.bind(2, Digest(hashing: body).value)
        update.bind(3, position)
        _ = try update.step()
        try database.run("INSERT INTO refreshed(object) VALUES(?)", .int(object))
        return true
    }

    /// Empties the write-ahead log; gives whether nobody's reading stood in the way.
    func scrub() throws(ReplicaError) -> Bool {
        guard try truncateLog() else { return false }
        try transaction { () throws(ReplicaError) in
            try database.run("DELETE FROM meta WHERE key = 'scrub'")
        }
        isScrubDue = false
        return true
    }
}
