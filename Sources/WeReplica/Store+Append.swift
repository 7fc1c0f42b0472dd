import WeData
import WeLog

extension Store {
    /// Writes the genesis event of a new team.
    func found(
        _ genesis: MembershipAct.Genesis, author: EventAuthor, wall: Int64
    ) throws(ReplicaError) -> EventID {
        try transaction { () throws(ReplicaError) in
            guard teamID == nil else { throw ReplicaError(.team, "this replica has a team") }
            let body = MembershipBody(salt: author.salt(), act: .genesis(genesis)).encoded
            let log = try ownLog(.membership, author: author)
            let event = author.event(
                team: nil, key: log.key, sequence: 0, previous: nil, object: nil, parents: [],
                lamport: 0, wall: wall, body: body)
            try setTeam(TeamID(event.id.value))
            var sums: [BlockKey: SetSummary] = [:]
            try storeOwn(event, sums: &sums)
            try save(sums)
            return event.id
        }
    }

    /// Writes a membership act, which names all membership heads that are known here.
    func append(
        _ act: MembershipAct, author: EventAuthor, wall: Int64
    ) throws(ReplicaError) -> EventID {
        try transaction { () throws(ReplicaError) in
            let log = try ownLog(.membership, author: author)
            let body = MembershipBody(salt: author.salt(), act: act).encoded
            let parents = try membershipHeads(author: author, log: log)
            let event = try sign(
                body, object: nil, parents: parents, log: log, author: author, wall: wall)
            var sums: [BlockKey: SetSummary] = [:]
            try storeOwn(event, sums: &sums)
            try save(sums)
            return event.id
        }
    }

    /// Signs and stores changes to objects.
    func append(
        _ drafts: [Replica.Draft], author: EventAuthor, team: Team
    ) throws(ReplicaError) -> [ObjectID] {
        try transaction { () throws(ReplicaError) in
            var objects: [ObjectID] = []
            var sums: [BlockKey: SetSummary] = [:]
            for (place, draft) in drafts.enumerated() {
                var log = try ownLog(.content, author: author)
                // The first event of the transaction names them, and the first of each log.
                let isNaming = place == 0 || log.count == 0
                let standings =
                    isNaming ? try self.standings(of: author, unnamedIn: log, team) : []
                var parents: [EventID]
                if let seen = draft.parents {
                    parents = seen
                } else {
                    parents = try heads(of: draft.object)
                }
                while parents.count > EventLimit.parentsMax - standings.count {
                    (parents, log) = try join(parents, of: draft, in: log, author, standings, &sums)
                }
                parents = standings + parents.filter { !standings.contains($0) }
                let body = ContentBody(salt: author.salt(), changes: draft.changes).encoded
                guard body.count <= EventLimit.bodyBytesMax else {
                    throw ReplicaError(
                        .refused,
                        "too long: \(body.count) bytes, at most "
                            + "\(EventLimit.bodyBytesMax)")
                }
                let event = try sign(
                    body, object: draft.object, parents: parents, log: log, author: author,
                    wall: draft.wall)
                try storeOwn(event, sums: &sums)
                objects.append(event.object)
            }
            try save(sums)
            return objects
        }
    }

    /// Makes one head of as many as an event may name, so that what is written next follows all.
    private func join(
        _ heads: [EventID], of draft: Replica.Draft, in log: LogState, _ author: EventAuthor,
        _ standings: [EventID], _ sums: inout [BlockKey: SetSummary]
    ) throws(ReplicaError) -> (heads: [EventID], log: LogState) {
        let joined = heads.prefix(EventLimit.parentsMax - standings.count)
        let event = try sign(
            ContentBody(salt: author.salt(), changes: []).encoded, object: draft.object,
            parents: standings + joined, log: log, author: author, wall: draft.wall)
        try storeOwn(event, sums: &sums)
        return ([event.id] + heads.dropFirst(joined.count), try self.log(log.key))
    }

    private func sign(
        _ body: [UInt8], object: ObjectID?, parents: [EventID], log: LogState,
        author: EventAuthor, wall: Int64
    ) throws(ReplicaError) -> Event {
        var lamport = log.last?.lamport ?? -1
        for parent in parents {
            guard let found = try facts(parent) else {
                throw ReplicaError(.refused, "a version that this change builds on is not here")
            }
            lamport = max(lamport, found.lamport)
        }
        return author.event(
            team: teamID, key: log.key, sequence: log.sequenceMax + 1, previous: log.last?.id,
            object: object, parents: parents, lamport: lamport + 1, wall: wall, body: body)
    }

    /// This device's log of a class; a new one where there is none, or it is full or was forked.
    private func ownLog(
        _ logClass: LogClass, author: EventAuthor
    ) throws(ReplicaError) -> LogState {
        let name = "log \(logClass.rawValue) \(author.device)"
        if let number = try database.integer("SELECT value FROM meta WHERE key = ?", .text(name)) {
            let log = try log(
                LogKey(
                    logClass: logClass, device: author.device, log: UInt64(bitPattern: number)))
            if log.isPrefix, log.sequenceMax < EventLimit.sequenceMax { return log }
        }
        let number = author.logID()
        try database.run(
            "INSERT OR REPLACE INTO meta VALUES(?, ?)", .text(name),
            .int(Int64(bitPattern: number)))
        return try log(LogKey(logClass: logClass, device: author.device, log: number))
    }

    /// The events that changed the author's standing and that its log has not named yet, the one
    /// that introduces its device among them (Protocol.md, "Standing in a content log").
    private func standings(
        of author: EventAuthor, unnamedIn log: LogState, _ team: Team
    ) throws(ReplicaError) -> [EventID] {
        guard team.person(of: author.device) != nil else {
            throw ReplicaError(.team, "this device is not a member of the team")
        }
        let rows = try database.statement("SELECT event FROM citations WHERE log = ?")
        rows.bind(1, log.id)
        var named: Set<EventID> = []
        while try rows.step() { named.insert(EventID(try rows.bytes32(0))) }
        let unnamed = team.standings(of: author.device).filter { !named.contains($0) }
        guard unnamed.count > Store.standingsMax, let first = unnamed.first else { return unnamed }
        return [first] + unnamed.suffix(Store.standingsMax - 1)
    }

    /// Room for standings among an event's parents.
    private static let standingsMax = 8

    /// The heads of an object, the greatest first.
    private func heads(of object: ObjectID?) throws(ReplicaError) -> [EventID] {
        guard let object, let reference = try reference(to: object) else { return [] }
        let statement = try database.statement(
            "SELECT prefix, rest, parents, lamport FROM events WHERE position = ?1 UNION ALL "
                + "SELECT prefix, rest, parents, lamport FROM events WHERE object = ?1")
        statement.bind(1, reference)
        var all: [(id: EventID, lamport: Int64)] = []
        var named: Set<EventID> = []
        while try statement.step() {
            all.append((try statement.eventID(0), statement.int(3)))
            named.formUnion(try ReplicaIndex.parents(statement.bytes(2)))
        }
        return all.filter { !named.contains($0.id) }
            .sorted { ($0.lamport, $0.id) > ($1.lamport, $1.id) }.map(\.id)
    }

    private func membershipHeads(
        author: EventAuthor, log: LogState
    ) throws(ReplicaError) -> [EventID] {
        let events = try ReplicaIndex(database).membershipEvents()
        var named: Set<EventID> = []
        for event in events {
            named.formUnion(event.parents)
            if let previous = event.previous { named.insert(previous) }
        }
        let heads = events.filter { !named.contains($0.id) }
            .sorted { ($0.lamport, $0.id) > ($1.lamport, $1.id) }.map(\.id)
        guard log.count == 0 else { return Array(heads.prefix(EventLimit.parentsMax)) }
        guard
            let introduction = events.first(where: { $0.act.introduces.contains(author.device) })
        else { throw ReplicaError(.team, "this device is not a member of the team") }
        return [introduction.id]
            + heads.filter { $0 != introduction.id }.prefix(EventLimit.parentsMax - 1)
    }

    /// Builds the sums that reconciliation asks for again from the events.
    func rebuildSums() throws(ReplicaError) {
        try transaction { () throws(ReplicaError) in
            try database.execute("DELETE FROM blocks")
            let logs = try database.statement("SELECT id FROM logs")
            var ids: [Int64] = []
            while try logs.step() { ids.append(logs.int(0)) }
            for log in ids { try rebuildSums(of: log) }
            try rebuildCitations()
        }
        forgetLogs()
    }

    private func rebuildSums(of log: Int64) throws(ReplicaError) {
        let rows = try database.statement(
            "SELECT prefix, rest, sequence, ifnull(size, length(body)) FROM events WHERE log = ?")
        rows.bind(1, log)
        var blocks: [Int64: SetSummary] = [:]
        var total = SetSummary.empty
        var sequenceMax: Int64 = -1
        var bytes: Int64 = 0
        while try rows.step() {
            let id = try rows.eventID(0)
            total.insert(id)
            blocks[rows.int(2) / Int64(EventLimit.blockEvents), default: .empty].insert(id)
            sequenceMax = max(sequenceMax, rows.int(2))
            bytes += rows.int(3)
        }
        for (block, summary) in blocks {
            try database.run(
                "INSERT INTO blocks VALUES(?, ?, ?, ?)", .int(log), .int(block),
                .int(Int64(summary.count)), .bytes(summary.sum.bytes))
        }
        try database.run(
            "UPDATE logs SET count = ?, sequence_max = ?, bytes = ?, sum = ? WHERE id = ?",
            .int(Int64(total.count)), .int(sequenceMax), .int(bytes), .bytes(total.sum.bytes),
            .int(log))
    }
}
