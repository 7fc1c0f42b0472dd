import WeData
import WeLog
import WeReplica
import WeSync

// Whether the promises were kept.
extension Simulation {
    /// In what two of these differ; `nil` when none do.
    func difference(among nodes: [SimulatedNode]) -> Violation? {
        guard let first = nodes.first else { return nil }
        let summary = summary(of: first)
        for node in nodes.dropFirst() {
            let other = self.summary(of: node)
            if other != summary || !node.isIn {
                return Violation(
                    .convergence,
                    "\(node.name) holds \(other?.count ?? -1) events, \(first.name) "
                        + "\(summary?.count ?? -1)")
            }
        }
        for node in nodes {
            let lacking = bodiesLacking(at: node)
            guard let holder = nodes.first(where: { holds(one: lacking, $0) }) else { continue }
            return Violation(
                .convergence, "\(node.name) lacks a body that \(holder.name) holds")
        }
        let digest = digest(of: first)
        for node in nodes.dropFirst() where self.digest(of: node) != digest {
            return Violation(
                .equalDigests,
                "\(node.name) and \(first.name) hold the same events and show different brains")
        }
        return nil
    }

    /// Events without a body that nobody erased, as far as this node knows.
    private func bodiesLacking(at node: SimulatedNode) -> [EventID] {
        (try? node.replica.lend { try? $0.wanted(countMax: SyncLimit.idsListedMax) })
            .flatMap(\.self) ?? []
    }

    private func holds(one ids: [EventID], _ node: SimulatedNode) -> Bool {
        guard !ids.isEmpty else { return false }
        let found = (try? node.replica.lend { try? $0.events(ids) }) ?? nil
        return (found ?? []).contains { $0.event.body != nil }
    }

    func summary(of node: SimulatedNode) -> SetSummary? {
        try? node.replica.lend { try? $0.summary() }
    }

    func digest(of node: SimulatedNode) -> Digest? {
        let digest = try? node.replica.digest()
        guard isPlanted(.unequalBrain, in: node) else { return digest }
        return digest.map { Digest(hashing: $0.bytes) }
    }

    /// Looks at everything that must hold in the end.
    func checkOutcome() {
        guard let node = expected.first else { return }
        score.events += summary(of: node)?.count ?? 0
        checkNothingLost(node)
        checkTeam(of: node)
        checkObjects(of: node)
        checkErased()
        checkPutOut(of: node)
        checkFiles()
        if random.chance(15), let node = random.pick(expected) { checkViews(node) }
    }

    private func checkNothingLost(_ node: SimulatedNode) {
        // Nothing is taken from who was put out, also what only they still have.
        let outside = honest.filter { node in !expected.contains { $0 === node } }
        let taken = outside.reduce(into: Set<EventID>()) { $0.formUnion(events(of: $1.replica)) }
            .intersection(truth.restoredAway)
        for author in expected {
            let ids = author.acknowledged
            let found = (try? node.replica.lend { try? $0.events(ids) }) ?? nil
            let kept = Dictionary(
                (found ?? []).map { ($0.event.id, $0.event.body != nil) },
                uniquingKeysWith: { first, _ in first })
            for id in ids {
                guard let hasBody = kept[id] else {
                    if taken.contains(id) { continue }
                    return violate(.nothingLost, "\(id) of \(author.name) is gone")
                }
                // Only an erasure by someone who may takes a body away.
                if !hasBody || planted == .lostBody, !truth.mayBeErased.contains(id) {
                    return violate(
                        .noUnauthorisedEffect, "the body of \(id) of \(author.name) is gone")
                }
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
