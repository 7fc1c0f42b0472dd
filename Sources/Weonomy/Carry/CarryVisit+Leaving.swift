import WeData
import WeKeys
import WeLog
import WeReplica
import WeSync

// What a visit leaves: first the events that others lack, then what this laptop holds, so that
// nobody relies on what is not there yet.
extension CarryVisit {
    /// What goes, and to whom.
    private struct Leaving {
        var plan: BundlePlan
        let about: BundleAbout
        let logs: [LogSummary]
        let wanted: [EventID]
    }

    /// Leaves what others lack; for a dry run only says what that would be.
    mutating func leave(
        isFull: Bool, isDryRun: Bool, secret: Bytes32, signingKey: SigningKey,
        onProgress: @Sendable (CarryProgress) -> Void
    ) throws(BrainError) {
        guard let roster = node.replica.currentTeam else { return }
        let others = frontiers.values.filter { roster.isActive($0.frontier.about.device) }
            .sorted { $0.frontier.about.device < $1.frontier.about.device }
        let isAll = isFull || (others.isEmpty && newcomers == 0)
        let targets: [BundleFrontier?] =
            others.map(\.frontier) + Array(repeating: nil, count: isAll ? 1 : newcomers)
        let leaving = try plan(for: targets)
        noteVisitors(others.map(\.frontier), leaving.plan.lackedCounts)
        report.isFull = isAll
        report.leftFor = leftFor(leaving.plan.lackedCounts, others.map(\.frontier))
        report.leftCount = leaving.plan.eventCount
        guard !isDryRun else { return }
        clean(keeping: secret)
        var isLeft = true
        do throws(StickFault) {
            let name = BundleName.file(.bundle, of: device, secret: secret)
            if leaving.plan.isEmpty {
                try folder.remove(name)
            } else {
                report.leftBytes = try write(leaving, name, secret, signingKey, onProgress)
            }
        } catch {
            isLeft = false
            note(writing: error)
        }
        do throws(StickFault) {
            try writeFrontier(leaving, roster, secret, signingKey)
            if isLeft { clean(keeping: secret, isDone: true) }
        } catch {
            note(writing: error)
        }
        if !isLeft {
            report.leftCount = 0
            report.leftFor = []
        }
    }

    private func plan(for targets: [BundleFrontier?]) throws(BrainError) -> Leaving {
        try asking { index throws(StoreFault) in
            let summary = try index.summary()
            return Leaving(
                plan: try BundlePlan(for: targets, store: index),
                about: BundleAbout(
                    device: device, wall: now.milliseconds, fingerprint: summary.fingerprint,
                    count: summary.count),
                logs: try index.logs(),
                wanted: try index.wanted(countMax: SyncLimit.idsListedMax))
        }
    }

    private mutating func noteVisitors(_ frontiers: [BundleFrontier], _ lacked: [Int]) {
        report.visitors = zip(frontiers, lacked).map { frontier, count in
            CarryReport.Visitor(
                person: person(frontier.about.device),
                time: Instant(milliseconds: frontier.about.wall), lackedCount: count)
        }.sorted { $0.time > $1.time }
    }

    private func leftFor(_ lacked: [Int], _ frontiers: [BundleFrontier]) -> [PersonRef] {
        let lacking = zip(frontiers, lacked).filter { $0.1 > 0 }
            .compactMap { person($0.0.about.device) }
        var seen: Set<PersonRef> = []
        return (lacking + report.admitted).filter { seen.insert($0).inserted }
            .sorted()
    }

    // MARK: - Files

    private func write(
        _ leaving: Leaving, _ name: String, _ secret: Bytes32, _ key: SigningKey,
        _ onProgress: @Sendable (CarryProgress) -> Void
    ) throws(StickFault) -> Int {
        var plan = leaving.plan
        let total = plan.eventCount
        var (done, count) = (0, 0)
        var writer: BundleWriter
        var pending: [UInt8]
        var isEnded = false
        do throws(BundleError) {
            writer = try BundleWriter(
                .bundle, secret: secret, salt: RandomBytes.bytes(BundleWriter.saltBytes))
            pending = try writer.begin(leaving.about, by: key)
            pending += try writer.totals(events: total, bytes: plan.byteCount)
        } catch {
            throw .unmade
        }
        try folder.replace(name, mark: mark) { () throws(StickFault) in
            if pending.isEmpty, !isEnded {
                let window = try next(of: &plan)
                isEnded = window.isEmpty
                do throws(BundleError) {
                    pending = try isEnded ? writer.end() : writer.events(window)
                } catch {
                    throw .unmade
                }
                done += window.count
                onProgress(CarryProgress(isLeaving: true, done: done, total: max(done, total)))
            }
            count += pending.count
            defer { pending = [] }
            return pending
        }
        return count
    }

    /// A window on a snapshot of its own: a slow stick must not hold up who reads the replica.
    private func next(of plan: inout BundlePlan) throws(StickFault) -> [StoredEvent] {
        do throws(BrainError) {
            var rest = plan
            let window = try asking { index throws(StoreFault) in try rest.next(store: index) }
            plan = rest
            return window
        } catch {
            throw .unmade
        }
    }

    private func writeFrontier(
        _ leaving: Leaving, _ roster: Team, _ secret: Bytes32, _ key: SigningKey
    ) throws(StickFault) {
        var pending: [UInt8]
        do throws(BundleError) {
            var writer = try BundleWriter(
                .frontier, secret: secret, salt: RandomBytes.bytes(BundleWriter.saltBytes),
                for: lackingSecret(roster, secret), open: open(roster),
                of: (id: team, name: roster.name))
            pending = try writer.begin(leaving.about, by: key)
            pending += try writer.frontier(leaving.logs, wanted: leaving.wanted)
        } catch {
            throw .unmade
        }
        let name = BundleName.file(.frontier, of: device, secret: secret)
        try folder.replace(name, mark: mark) { () throws(StickFault) in
            defer { pending = [] }
            return pending
        }
    }

    /// Devices that have not shown on this stick that they know the secret.
    private func lackingSecret(_ roster: Team, _ secret: Bytes32) -> [ChannelKey] {
        roster.persons.values.filter { $0.role > .none }.flatMap(\.devices)
            .filter { $0.signing != device && frontiers[$0.signing]?.secret != secret }
            .sorted { $0.signing < $1.signing }.map(\.channel)
    }

    private func open(_ roster: Team) -> [BundleWriter.Open] {
        // Also those that are used: who came in by one may have yet to hear of it.
        roster.invitesTried(at: now.milliseconds)
            .map { BundleWriter.Open(psk: $0.invite.psk, invite: $0.id) }
    }

    /// Tells two processes of this laptop apart.
    private var mark: String { Hex.encode(RandomBytes.bytes(4)) }

    /// Takes away what this laptop left: of broken visits, or, when all is done, of others before.
    private func clean(keeping secret: Bytes32, isDone: Bool = false) {
        let kept = Set(
            [BundleKind.bundle, .frontier].map {
                BundleName.file($0, of: device, secret: secret)
            })
        let requests = Set(
            (node.replica.currentTeam?.invites ?? []).map {
                BundleName.file(.request, of: device, secret: $0.invite.psk)
            })
        for name in (try? folder.names()) ?? [] where !kept.contains(name) {
            let isPart = name.hasSuffix(StickName.part)
            guard isDone || isPart, isOwn(name) || requests.contains(name) else { continue }
            try? folder.remove(name)
        }
    }

    private mutating func note(writing fault: StickFault) {
        let problem: CarryProblem =
            switch fault {
            case .readOnly: .readOnly
            case .denied: .denied
            case .full: .full
            case .missing, .other, .failed, .unmade: .unwritten
            }
        if !report.problems.contains(problem) { report.problems.append(problem) }
    }
}
