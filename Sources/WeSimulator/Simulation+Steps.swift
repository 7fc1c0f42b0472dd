import WeData
import WeLog
import WeReplica
import WeSync

// What happens to the network and to nodes.
extension Simulation {
    /// Does one step, where there is something to do it to.
    func perform(_ kind: StepKind, _ random: inout SimulatedRandom) {
        let isDone =
            switch kind.source {
            case .people: performByPerson(kind, &random)
            case .safety: performForSafety(kind, &random)
            case .rogue: performByRogue(kind, &random)
            case .disk: performOnDisk(kind, &random)
            case .network: performOnNetwork(kind, &random)
            case .node: performOnNode(kind, &random)
            case .member:
                attack(kind, by: nodes.filter { $0.isHostile && ($0.isIn || $0.isOut) }, &random)
            case .stranger: attack(kind, by: strangers, &random)
            case .files: performWithFiles(kind, &random)
            case .fileNode: performOnFiles(kind, &random)
            case .fileMember where kind == .misnameFile: misnameFile(&random)
            case .fileMember:
                attack(kind, by: nodes.filter { $0.isHostile && $0.isIn }, &random)
            }
        if isDone { fired(kind) }
    }

    private func performOnNetwork(_ kind: StepKind, _ random: inout SimulatedRandom) -> Bool {
        switch kind {
        case .dialTwice, .dialOnce:
            guard let node = random.pick(nodes.filter { $0.isIn || $0.isOut }),
                let other = random.pick(nodes.filter { $0.signing !== node.signing })
            else { return false }
            let isTwice = kind == .dialTwice
            for _ in 0..<(isTwice ? 2 : 1) {
                let isBack = isTwice && random.chance(50)
                dial(
                    from: isBack ? other : node, to: isBack ? node : other, isLive: isTwice,
                    after: random.below(200))
            }
            return true
        case .heal:
            network.heal()
            return true
        case .partition, .partitionOneWay:
            return partition(isOneWay: kind == .partitionOneWay, &random)
        default:
            guard let link = random.pick(network.openLinks) else { return false }
            switch kind {
            case .cut: link.cut(telling: [0, 1])
            case .cutOneSide: link.cut(telling: [random.below(2)])
            case .silence: link.cut(telling: [])
            case .stall: link.pipes[random.below(2)].stall(random.within(100...60_000))
            default: link.pipes[random.below(2)].clog()
            }
            return true
        }
    }

    /// Some nodes and the others no longer reach each other, or only one way, for a while.
    private func partition(isOneWay: Bool, _ random: inout SimulatedRandom) -> Bool {
        let side = Set(nodes.map(\.index).filter { _ in random.chance(50) })
        guard !side.isEmpty, side.count < nodes.count else { return false }
        for node in nodes where side.contains(node.index) {
            for other in nodes where !side.contains(other.index) {
                network.block(node.index, other.index)
                if !isOneWay { network.block(other.index, node.index) }
            }
        }
        schedule(at: now + Milliseconds(random.within(1_000...90_000))) { [self] in
            network.heal()
        }
        return true
    }

    private func performOnNode(_ kind: StepKind, _ random: inout SimulatedRandom) -> Bool {
        guard let node = random.pick(nodes.filter { $0.isIn || $0.isOut }) else { return false }
        switch kind {
        case .restart: return restart(node, &random)
        case .clone: return clone(node)
        case .restore: return restore(node, after: random.within(2_000...60_000))
        case .clockJump: node.clockError = Simulation.error(&random)
        default: node.slowness = random.within(100...5_000)
        }
        return true
    }

    /// The process ends; some of those that start again find only what is in their file.
    private func restart(_ node: SimulatedNode, _ random: inout SimulatedRandom) -> Bool {
        if node.disk != nil {
            node.reopen()
        } else {
            node.restart(with: random.chance(30) ? try? Replica(copying: node.replica) : nil)
        }
        return true
    }

    /// A copy of a node goes on beside it, with the same keys: their logs fork.
    private func clone(_ node: SimulatedNode) -> Bool {
        guard !node.isHostile, nodes.count(where: { $0.signing === node.signing }) < 3,
            let copy = try? Replica(copying: node.replica)
        else { return false }
        let index = nodes.count + strangers.count
        let clone = SimulatedNode(
            index: index, name: "node \(index), a clone of \(node.name)", keys: node.keys,
            person: node.person, isHostile: false, replica: copy, secrets: node.secrets,
            random: SimulatedRandom(seed: plan.seed, stream: 0x100 + UInt64(index)),
            simulation: self)
        clone.clockError = node.clockError
        giveFiles(to: clone, copying: node)
        nodes.append(clone)
        truth.hasClones = true
        dialNext(clone)
        return true
    }

    /// Later the node is put back to what it is now.
    private func restore(_ node: SimulatedNode, after delay: Int) -> Bool {
        guard let copy = try? Replica(copying: node.replica) else { return false }
        schedule(at: now + Milliseconds(delay)) { [self] in
            guard !isSafe else { return }
            // What nobody else has is lost with the laptop.
            // A disk that has just lost power tells nothing.
            var lost = events(of: node.replica).union(node.acknowledged)
                .subtracting(events(of: copy))
            truth.restoredAway.formUnion(lost)
            for other in honest where other !== node {
                lost.subtract(events(of: other.replica))
            }
            for other in nodes { other.forget(lost) }
            node.restart(with: copy)
        }
        return true
    }

    func events(of replica: Replica) -> Set<EventID> {
        let found = (try? replica.lend { try? $0.events(after: 0, countMax: .max) }) ?? nil
        return Set((found ?? []).map(\.event.id))
    }
}
