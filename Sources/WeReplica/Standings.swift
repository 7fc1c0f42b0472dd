import WeData
import WeLog

/// What counts of all content logs, under one team.
struct Standings {
    /// One log: which of its events count, and in which branch each is.
    struct Log {
        let standing: LogStanding
        /// By position, of a log with forks; empty where there is one branch.
        let branches: [Int64: Int]

        func branch(of position: Int64) -> Int { branches[position] ?? 0 }
    }

    /// By the row of the log; logs of strangers are left out.
    var logs: [Int64: Log] = [:]
    /// The positions of the events that are erased.
    var erased: Set<Int64> = []
    /// How many citations each log without forks or cuts had: more alone can change its standing.
    fileprivate var citationCounts: [Int64: Int] = [:]
    /// Another one where the standing of a log may be another.
    fileprivate(set) var stamp = Stamp()

    /// Tells standings apart.
    final class Stamp: Sendable {}

    /// Whose an event is, where it counts and was not erased.
    func author(
        of position: Int64, log: Int64, sequence: Int, id: @autoclosure () -> EventID
    ) -> PersonID? {
        guard let known = logs[log], !erased.contains(position),
            known.standing.counts(sequence, in: known.branch(of: position), id: id())
        else { return nil }
        return known.standing.person
    }
}

/// The standings that were found last, which hold until the file or the team changes.
final class StandingsCache {
    fileprivate struct Key: Hashable {
        let version: Database.Version
        let team: TeamID
        /// A replica's team grows in the order of arrival, so the count says which events it has.
        let membershipCount: Int
    }

    fileprivate var known: (key: Key, standings: Standings)?
}

extension ReplicaIndex {
    /// What counts under a team, of all that is here.
    ///
    /// - Complexity: O(logs + events that name membership), and O(events) of logs with forks;
    ///   O(1) while nothing changes. Under the same team a log is looked at again only where it
    ///   names more of membership than before.
    func standings(in team: Team) throws(ReplicaError) -> Standings {
        guard let cache else { return try foldedStandings(in: team, knowing: nil) }
        let key = StandingsCache.Key(
            version: try database.version(), team: team.id, membershipCount: team.eventCount)
        if let known = cache.known, known.key == key { return known.standings }
        let isSameTeam =
            cache.known?.key.team == team.id && cache.known?.key.membershipCount == team.eventCount
        let standings = try foldedStandings(
            in: team, knowing: isSameTeam ? cache.known?.standings : nil)
        cache.known = (key, standings)
        return standings
    }

    private func foldedStandings(
        in team: Team, knowing old: Standings?
    ) throws(ReplicaError) -> Standings {
        var standings = Standings()
        let counts = try citationCounts()
        var isSame = true
        let rows = try database.statement(
            "SELECT id, count, sequence_max FROM logs WHERE class = 0 AND count > 0")
        var logs: [(id: Int64, isForked: Bool)] = []
        while try rows.step() {
            logs.append((rows.int(0), rows.int(1) != rows.int(2) + 1))
        }
        for log in logs {
            let count = counts[log.id] ?? 0
            if let old, !log.isForked, old.citationCounts[log.id] == count {
                standings.logs[log.id] = old.logs[log.id]
                standings.citationCounts[log.id] = count
                continue
            }
            isSame = false
            let key = try key(of: log.id)
            if !log.isForked, team.cutHeads(of: key).isEmpty {
                standings.citationCounts[log.id] = count
            }
            guard team.person(of: key.device) != nil else { continue }
            let cited = try citations(of: log.id)
            if log.isForked {
                standings.logs[log.id] = try forked(log.id, key, cited, team)
            } else {
                standings.logs[log.id] = try single(log.id, key, cited, team)
            }
        }
        try findErased(&standings, team)
        if isSame, let old { standings.stamp = old.stamp }
        return standings
    }

    private typealias Citations = [(sequence: Int, event: EventID)]

    private func citationCounts() throws(ReplicaError) -> [Int64: Int] {
        var counts: [Int64: Int] = [:]
        let rows = try database.statement("SELECT log, count(*) FROM citations GROUP BY log")
        while try rows.step() { counts[rows.int(0)] = Int(rows.int(1)) }
        return counts
    }

    private func citations(of log: Int64) throws(ReplicaError) -> Citations {
        var citations: Citations = []
        let rows = try database.statement(
            "SELECT sequence, event FROM citations WHERE log = ? ORDER BY sequence")
        rows.bind(1, log)
        while try rows.step() {
            citations.append((Int(rows.int(0)), EventID(try rows.bytes32(1))))
        }
        return citations
    }

    private func single(
        _ log: Int64, _ key: LogKey, _ cited: Citations, _ team: Team
    ) throws(ReplicaError) -> Standings.Log? {
        var heads: [EventID: (branch: Int, sequence: Int)] = [:]
        for head in team.cutHeads(of: key) {
            guard let place = try place(of: head, in: log) else { continue }
            heads[head] = (0, place.sequence)
        }
        let branch = ContentLog.Branch(parent: nil, first: 0, citations: cited)
        return team.standing(of: ContentLog(key: key, branches: [branch], heads: heads)).map {
            Standings.Log(standing: $0, branches: [:])
        }
    }

    /// Walks all events of a log with forks, which are few, and gives each to its branch.
    private func forked(
        _ log: Int64, _ key: LogKey, _ cited: Citations, _ team: Team
    ) throws(ReplicaError) -> Standings.Log? {
        let isCited = Set(cited.map(\.event))
        let rows = try database.statement(
            "SELECT position, sequence, previous, parents FROM events WHERE log = ?"
                + " ORDER BY sequence, position")
        rows.bind(1, log)
        var places: [Int64: (branch: Int, sequence: Int)] = [:]
        var branches: [(parent: (branch: Int, sequence: Int)?, first: Int, last: Int)] = []
        var citations: [Citations] = []
        while try rows.step() {
            let (position, sequence) = (rows.int(0), Int(rows.int(1)))
            let before = rows.isNull(2) ? nil : places[rows.int(2)]
            var branch = before?.branch ?? -1
            if branch < 0 || branches[branch].last != before?.sequence {
                branch = branches.count
                branches.append((before, sequence, sequence))
                citations.append([])
            }
            branches[branch].last = sequence
            places[position] = (branch, sequence)
            for parent in try ReplicaIndex.parents(rows.bytes(3)) where isCited.contains(parent) {
                citations[branch].append((sequence, parent))
            }
        }
        var heads: [EventID: (branch: Int, sequence: Int)] = [:]
        for head in team.cutHeads(of: key) {
            if let place = try place(of: head, in: log) { heads[head] = places[place.position] }
        }
        let content = ContentLog(
            key: key,
            branches: zip(branches, citations).map {
                ContentLog.Branch(parent: $0.parent, first: $0.first, citations: $1)
            }, heads: heads)
        return team.standing(of: content).map {
            Standings.Log(standing: $0, branches: places.mapValues(\.branch))
        }
    }

    private func place(
        of id: EventID, in log: Int64
    ) throws(ReplicaError) -> (position: Int64, sequence: Int)? {
        let statement = try database.statement(
            "SELECT position, sequence FROM events WHERE prefix = ? AND rest = ? AND log = ?")
        statement.bind([.int(id.prefix), .bytes(id.rest), .int(log)])
        guard try statement.step() else { return nil }
        defer { statement.reset() }
        return (statement.int(0), Int(statement.int(1)))
    }

    // MARK: - Erasure

    /// Finds what is erased: by an event of the same object that counts, of the same author or of
    /// a moderator (Protocol.md, "Erasure").
    private func findErased(
        _ standings: inout Standings, _ team: Team
    ) throws(ReplicaError) {
        let rows = try database.statement(
            "SELECT t.position, t.log, t.sequence, t.prefix, t.rest,"
                + " e.position, e.log, e.sequence, e.prefix, e.rest FROM erasures"
                + " CROSS JOIN events e ON e.position = erasures.event"
                + " CROSS JOIN events t ON t.prefix = erasures.prefix AND t.rest = erasures.rest"
                + " WHERE ifnull(t.object, t.position) = ifnull(e.object, e.position)"
                + " AND NOT EXISTS (SELECT 1 FROM erasures o WHERE o.event = t.position)")
        var erased: Set<Int64> = []
        while try rows.step() {
            let eraser = try rows.eventID(8)
            guard
                let author = standings.author(
                    of: rows.int(5), log: rows.int(6), sequence: Int(rows.int(7)), id: eraser),
                let by = standings.logs[rows.int(6)]
            else { continue }
            let isModerator = by.standing.isModerator(
                Int(rows.int(7)), in: by.branch(of: rows.int(5)))
            let (target, log) = (rows.int(0), rows.int(1))
            let owner = team.author(of: try key(of: log).device)
            if isModerator || owner == author {
                erased.insert(target)
            }
        }
        standings.erased = erased
    }
}
