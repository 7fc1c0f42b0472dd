import WeData
import WeKeys
import WeLog
import WeReplica

// What everyone together knows, against which each is measured.
extension Simulation {
    /// The team as the membership events of all honest nodes make it that are in it, whoever has
    /// them: what only someone who was put out holds, nobody takes.
    var united: Team? {
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

    /// Honest nodes that must end up the same: those that the united team has, and those that can
    /// still get in.
    var expected: [SimulatedNode] {
        guard let team = united else { return [] }
        return honest.filter { node in
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

    /// Honest nodes that the united team has put out.
    var putOut: [SimulatedNode] {
        guard let team = united else { return [] }
        return honest.filter { Simulation.isOut($0, of: team) }
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
        let count = graph.count
        for node in nodes where node.team?.id == id {
            let replica = ObjectIdentifier(node.replica)
            let after = positions[replica, default: 0]
            let stored =
                (try? node.replica.lend { try? $0.events(after: after, countMax: .max) }) ?? nil
            guard let stored, let last = stored.last else { continue }
            for stored in stored where stored.event.key.logClass == .membership {
                if let event = MembershipEvent(stored.event) { graph.insert(event) }
            }
            positions[replica] = last.position
        }
        if graph.count != count || team == nil { team = Team(graph) }
        self.graph = graph
        return team
    }
}
