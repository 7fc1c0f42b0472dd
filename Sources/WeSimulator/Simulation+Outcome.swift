import WeData
import WeLog
import WeReplica
import WeSync

// Whether the promises were kept.
extension Simulation {
    /// In what two honest nodes that should be the same differ; `nil` when none do.
    func difference() -> Violation? {
        let nodes = expected
        guard let first = nodes.first else { return nil }
        let summary = summary(of: first)
        for node in nodes.dropFirst() {
            let other = self.summary(of: node)
            if other != summary || !node.isMember {
                return Violation(
                    .convergence,
                    "\(node.name) holds \(other?.count ?? -1) events, \(first.name) "
                        + "\(summary?.count ?? -1)")
            }
        }
        let digest = digest(of: first)
        for node in nodes.dropFirst() where self.digest(of: node) != digest {
            return Violation(
                .equalDigests,
                "\(node.name) and \(first.name) hold the same events and show different brains")
        }
        return nil
    }

    private func summary(of node: SimulatedNode) -> SetSummary? {
        try? node.replica.lend { try? $0.summary() }
    }

    private func digest(of node: SimulatedNode) -> Digest? {
        let digest = try? node.replica.digest()
        guard isPlanted(.unequalBrain, in: node) else { return digest }
        return digest.map { Digest(hashing: $0.bytes) }
    }

    /// Looks at everything that must hold in the end.
    func checkOutcome() {
        guard let node = expected.first else { return }
        score.events += summary(of: node)?.count ?? 0
        checkNothingLost(node)
        checkTeam(node)
        checkObjects(node)
        checkErased()
        if random.chance(15), let node = random.pick(expected) { checkViews(node) }
    }

    private func checkNothingLost(_ node: SimulatedNode) {
        for author in expected {
            let ids = author.acknowledged
            let found = try? node.replica.lend { try? $0.events(ids) }
            let kept = Set((found ?? nil)?.map(\.event.id) ?? [])
            for id in ids where !kept.contains(id) {
                return violate(.nothingLost, "\(id) of \(author.name) is gone")
            }
        }
    }

    private func checkTeam(_ node: SimulatedNode) {
        guard let team = node.team else { return }
        for person in team.persons.values.sorted(by: { $0.id < $1.id }) {
            if truth.strangers.contains(person.id) {
                violate(.noUnauthorisedEffect, "a stranger is a \(person.role)")
            }
            if truth.hostile.contains(person.id), person.role > .member {
                violate(.noUnauthorisedEffect, "a hostile member made itself a \(person.role)")
            }
            if !truth.hostile.contains(person.id), !person.role.canWrite {
                violate(.noUnauthorisedEffect, "an honest member is a \(person.role)")
            }
            if person.role == .moderator, !truth.moderators.contains(person.id) {
                violate(.noUnauthorisedEffect, "\(person.name) is a moderator by nobody")
            }
        }
    }

    private func checkObjects(_ node: SimulatedNode) {
        guard let team = node.team else { return }
        for object in node.objects(countMax: 100_000) {
            guard let entries = try? node.replica.entries(of: object) else { continue }
            for entry in entries where !entry.isVoid && team.persons[entry.author] == nil {
                return violate(
                    .noUnauthorisedEffect, "\(entry.id) is by someone who is not in the team")
            }
        }
    }

    private func checkErased() {
        guard !truth.erased.isEmpty else { return }
        let erased = truth.erased.sorted()
        for node in expected {
            let found = (try? node.replica.lend { try? $0.events(erased) }) ?? nil
            for stored in found ?? [] where stored.event.body != nil {
                return violate(.noErasedBody, "\(node.name) has \(stored.event.id) with its body")
            }
        }
    }

    private func checkViews(_ node: SimulatedNode) {
        var before = digest(of: node)
        if planted == .staleViews { before = nil }
        do throws(ReplicaError) {
            try node.replica.rebuild()
            let report = try node.replica.check()
            if !report.isSound { violate(.soundStore, "\(node.name): \(report)") }
        } catch {
            violate(.soundStore, "\(node.name): \(error)")
        }
        if digest(of: node) != before {
            violate(.viewsFollowEvents, "\(node.name) shows something else once rebuilt")
        }
    }
}
