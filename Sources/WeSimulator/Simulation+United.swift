import WeData
import WeKeys
import WeLog
import WeReplica

// What everyone together knows, against which each is measured.
extension Simulation {
    /// The team as the membership events of all honest nodes make it, whoever has them.
    var united: Team? {
        guard let id = nodes.first?.team?.id else { return nil }
        var graph = unitedGraph ?? MembershipGraph(team: id)
        let count = graph.count
        for node in honest where node.team?.id == id {
            let after = node.unitedPosition
            let stored =
                (try? node.replica.lend { try? $0.events(after: after, countMax: .max) }) ?? nil
            guard let stored, let last = stored.last else { continue }
            for stored in stored where stored.event.key.logClass == .membership {
                if let event = MembershipEvent(stored.event) { graph.insert(event) }
            }
            node.unitedPosition = last.position
        }
        unitedGraph = graph
        if graph.count != count || unitedTeam == nil { unitedTeam = Team(graph) }
        return unitedTeam
    }

    /// Honest nodes that must end up the same: those that the united team has, and those that can
    /// still get in.
    var expected: [SimulatedNode] {
        guard let team = united else { return [] }
        return honest.filter { node in
            if team.owners[node.signing.publicKey] != nil {
                return team.isActive(node.signing.publicKey)
            }
            guard team.isFullyUnderstood, let invite = node.invited?.event else { return false }
            return team.invites.contains {
                $0.id == invite && $0.isLive && $0.used < $0.invite.uses
            }
        }
    }

    /// Honest nodes that the united team has put out.
    var putOut: [SimulatedNode] {
        guard let team = united else { return [] }
        return honest.filter {
            let device = $0.signing.publicKey
            return team.owners[device] != nil && !team.isActive(device)
        }
    }
}
