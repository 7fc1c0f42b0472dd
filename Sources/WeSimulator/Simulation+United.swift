import WeData
import WeKeys
import WeLog
import WeReplica

// What everyone together knows, against which each is measured.
extension Simulation {
    /// What follows from what all nodes hold together, until one of them holds something else.
    struct Findings {
        /// The team as the membership events of all honest nodes make it that are in it, whoever
        /// has them: what only someone who was put out holds, nobody takes.
        let united: Team?
        /// Honest nodes that must end up the same: those that the united team has, and those that
        /// can still get in.
        let expected: [SimulatedNode]
        /// Honest nodes that the united team has put out.
        let putOut: [SimulatedNode]
        /// In what two of the expected differ, once someone asked; `nil` when none do.
        var difference: Violation??
    }

    var united: Team? { currentFindings.united }
    var expected: [SimulatedNode] { currentFindings.expected }
    var putOut: [SimulatedNode] { currentFindings.putOut }

    /// In what two honest nodes that should be the same differ; `nil` when none do.
    func difference() -> Violation? {
        var found = currentFindings
        if let known = found.difference { return known }
        let difference = difference(among: found.expected)
        found.difference = .some(difference)
        findings = found
        return difference
    }

    private var currentFindings: Findings {
        if let findings { return findings }
        let team = unite()
        let found = Findings(
            united: team, expected: team.map(expected(in:)) ?? [],
            putOut: team.map { team in honest.filter { Simulation.isOut($0, of: team) } } ?? [])
        findings = found
        return found
    }

    private func unite() -> Team? {
        guard let all = unitedAll.take(honest) else { return nil }
        let inside = heard(among: honest.filter { !Simulation.isOut($0, of: all) })
        return inside.count == honest.count ? all : unitedInside.take(inside)
    }

    private static func isOut(_ node: SimulatedNode, of team: Team) -> Bool {
        let device = node.signing.publicKey
        return team.owners[device] != nil && !team.isActive(device)
    }

    /// Those whose events the others take.
    ///
    /// Nothing is taken from a device that was put out (Protocol.md 11.2), so it cannot be the one
    /// to say that this no longer holds: who was taken back in, where an older copy was put back at
    /// everyone else who knew of it; who revoked the laptop that said for them that they leave.
    /// They stay out until a moderator decides again.
    private func heard(among inside: [SimulatedNode]) -> [SimulatedNode] {
        let teams = inside.compactMap(\.team)
        var unsure = inside.filter { node in teams.contains { Simulation.isOut(node, of: $0) } }
        guard !unsure.isEmpty else { return inside }
        var heard = inside.filter { node in !unsure.contains { $0 === node } }
        while !unsure.isEmpty {
            var united = UnitedTeam()
            guard let team = united.take(heard) else { return inside }
            let isOut = unsure.map { Simulation.isOut($0, of: team) }
            guard isOut.contains(false) else { break }
            heard += zip(unsure, isOut).filter { !$1 }.map(\.0)
            unsure = zip(unsure, isOut).filter { $1 }.map(\.0)
        }
        return inside.filter { node in heard.contains { $0 === node } }
    }

    private func expected(in team: Team) -> [SimulatedNode] {
        honest.filter { node in
            if team.owners[node.signing.publicKey] != nil {
                return team.isActive(node.signing.publicKey)
            }
            // Put out by name, or gone by themselves, and let in by someone whose acts no longer
            // count.
            guard !team.isPutOut(node.person), !node.isOut else { return false }
            guard team.isFullyUnderstood, let invite = node.invited?.event else { return false }
            return team.invites.contains {
                $0.id == invite && $0.isLive && $0.used < $0.invite.uses
            }
        }
    }
}

/// The membership events of some nodes, and the team that they make.
struct UnitedTeam {
    private var graph: MembershipGraph?
    private var team: Team?
    private var positions: [ObjectIdentifier: Int64] = [:]

    /// Takes in what these nodes have that it has not seen; starts anew where there are fewer.
    mutating func take(_ nodes: [SimulatedNode]) -> Team? {
        let replicas = Set(nodes.map { ObjectIdentifier($0.replica) })
        if !positions.keys.allSatisfy(replicas.contains) { self = UnitedTeam() }
        guard let id = nodes.first?.team?.id else { return nil }
        var graph = graph ?? MembershipGraph(team: id)
        self.graph = nil
        let count = graph.count
        for node in nodes where node.team?.id == id {
            let replica = ObjectIdentifier(node.replica)
            let after = positions[replica, default: 0]
            let found = try? node.replica.lend { try? $0.membershipEvents(after: after) }
            guard let (events, last) = found ?? nil else { continue }
            for event in events { graph.insert(event) }
            positions[replica] = last
        }
        if graph.count != count || team == nil { team = Team(graph) }
        self.graph = graph
        return team
    }
}
