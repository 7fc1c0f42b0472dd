import WeData
import WeLog
import WeReplica
import WeSync

// A laptop whose disk fails, fills up or loses power.
extension SimulatedNode {
    static let fileName = "brain.sqlite"

    /// Whether an error is the simulated disk's doing.
    func mayFail(_ error: ReplicaError) -> Bool {
        guard let disk else { return false }
        return (disk.isCrashed || isDiskTroubled)
            && [.diskFull, .inputOutput].contains(error.code)
    }

    /// Once the power is gone, it comes back after a while.
    func recoverSoon() {
        guard let disk, disk.isCrashed else { return }
        let pause = Milliseconds(random.within(200...5_000))
        simulation.schedule(at: simulation.now + pause) { [weak self] in
            guard let self, self.disk === disk else { return }
            losePower()
        }
    }

    /// The machine stops now and starts again on what the disk kept.
    func losePower() {
        guard let disk else { return }
        let found = disk.afterPowerLoss(seed: random.next())
        simulation.addFaults(of: disk)
        isDiskTroubled = false
        do throws(ReplicaError) {
            restart(with: try Simulation.open(on: found), on: found, isPowerLost: true)
        } catch {
            simulation.violate(.soundStore, "\(name) cannot be opened after a crash: \(error)")
        }
        checkAcknowledged()
    }

    /// The same where only its files are on a disk.
    func losePowerOfFiles() {
        if disk == nil { restart(isPowerLost: true) } else { losePower() }
    }

    /// Ends the process in order, or kills it, and opens the same files.
    func reopen() {
        guard let disk, !disk.isCrashed else { return losePower() }
        do throws(ReplicaError) {
            restart(with: try Simulation.open(on: disk), on: disk)
        } catch {
            guard !mayFail(error) else { return restart() }
            simulation.violate(.soundStore, "\(name) cannot be opened again: \(error)")
        }
        checkAcknowledged()
    }

    /// The disk works again.
    func healDisk() {
        guard let disk, isDiskTroubled || disk.isCrashed else { return }
        guard !disk.isCrashed else { return losePower() }
        disk.heal()
        isDiskTroubled = false
        simulation.findings = nil
        // As a program that stays does now and then: what was left undone is tried again.
        _ = try? replica.refresh(since: .max)
    }

    private func checkAcknowledged() {
        let ids = acknowledged
        let found = (try? replica.lend { try? $0.events(ids) }) ?? nil
        let kept = Set((found ?? []).map(\.event.id))
        for id in ids where !kept.contains(id) {
            return simulation.violate(.nothingLost, "\(id) of \(name) is gone after a crash")
        }
    }
}

extension Simulation {
    /// A disk with an empty replica; copying it costs less than making its tables again.
    private static let templateDisk: Result<SimulatedDisk, ReplicaError> = {
        let disk = SimulatedDisk(seed: 0)
        do throws(ReplicaError) {
            try open(on: disk).checkpoint()
            return .success(disk)
        } catch {
            return .failure(error)
        }
    }()

    static func open(on disk: SimulatedDisk) throws(ReplicaError) -> Replica {
        try Replica(
            path: disk.path(SimulatedNode.fileName), create: true, vfs: DiskVFS.name,
            describe: describe)
    }

    /// A new disk with an empty replica.
    static func disk(seed: UInt64) throws(ReplicaError) -> SimulatedDisk {
        try templateDisk.get().copy(seed: seed)
    }

    /// Counts what a disk did.
    func addFaults(of disk: SimulatedDisk) {
        for (fault, count) in disk.counts.faults {
            score.diskFaults[fault, default: 0] += count
        }
    }
}

extension Simulation {
    /// Does something to the disk of some node.
    func performOnDisk(_ kind: StepKind, _ random: inout SimulatedRandom) -> Bool {
        let nodes = nodes.filter { $0.disk != nil && !$0.isDiskTroubled }
        guard let node = random.pick(nodes), let disk = node.disk, !disk.isCrashed else {
            return false
        }
        switch kind {
        case .powerLoss: node.losePower()
        case .powerLossInCall:
            disk.crash(atChange: random.within(1...40))
            node.isDiskTroubled = true
        default:
            node.isDiskTroubled = true
            if kind == .diskFull {
                disk.limit(bytes: disk.names.reduce(0) { $0 + (disk.bytes(of: $1)?.count ?? 0) })
            } else {
                let calls: [DiskCall] = [.read, .write, .sync, .truncate]
                disk.fail(
                    SimulatedDisk.Failure(
                        random.pick(calls).map { [$0] } ?? [.write],
                        number: random.within(1...12), isLasting: random.chance(50)))
            }
            let pause = Milliseconds(random.within(1_000...30_000))
            schedule(at: now + pause) { [weak node] in node?.healDisk() }
        }
        return true
    }
}
