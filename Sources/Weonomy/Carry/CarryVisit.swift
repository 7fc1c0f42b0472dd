import WeData
import WeKeys
import WeLog
import WeReplica
import WeSync

/// One visit of this laptop to a stick: looks, takes in, leaves, in this order.
///
/// It works on a thread of its own, since a stick may be slow. Whatever fails on the stick is a
/// problem in the report; only a failing replica ends the visit.
struct CarryVisit: Sendable {
    /// A colleague's frontier, and the secret it was under.
    struct Found: Sendable {
        let frontier: BundleFrontier
        let secret: Bytes32
    }

    let folder: any StickFolder
    let node: BrainNode
    let team: TeamID
    let now: Instant
    var report = CarryReport()

    /// For reading alone: one found in a box is not the team's until its events say so.
    private(set) var secrets: [Bytes32]
    private(set) var frontiers: [DeviceKey: Found] = [:]
    /// Newcomers who were taken in and have not come by yet.
    private(set) var newcomers = 0
    private var names: [String] = []
    private var lockedCount = 0
    /// Logs of frontiers that may still be kept: a member can sign as many as they like.
    private var logsLeft = 4 * BundleLimit.logsMax
    private var newerCount = 0

    init(
        _ folder: any StickFolder, _ node: BrainNode, team: TeamID, secrets: [Bytes32],
        now: Instant
    ) {
        self.folder = folder
        self.node = node
        self.team = team
        self.secrets = secrets
        self.now = now
    }

    var device: DeviceKey { node.identity.signing.publicKey }

    /// This laptop's own names, under every secret that it knows.
    func isOwn(_ name: String) -> Bool {
        for secret in secrets {
            for kind in [BundleKind.bundle, .frontier]
            where name.hasPrefix(BundleName.file(kind, of: device, secret: secret)) {
                return true
            }
        }
        return false
    }

    // MARK: - Looking

    /// Reads what laptops held when they saw the stick.
    mutating func look() {
        do throws(StickFault) {
            names = try folder.names()
        } catch {
            return note(reading: error)
        }
        var locked = lookAtFrontiers(names.filter { BundleName.kind(of: $0) == .frontier })
        // A box in one file may hold the secret of another.
        if !locked.isEmpty { locked = lookAtFrontiers(locked) }
        lockedCount += locked.count
    }

    private mutating func lookAtFrontiers(_ names: [String]) -> [String] {
        var locked: [String] = []
        for name in names {
            var reading = CarryReading(.frontier, team: team)
            var frontier = (
                about: BundleAbout?.none, logs: [LogSummary](), wanted: [EventID](),
                files: [FileID]()
            )
            do throws(CarryReading.Fault) {
                let secret = try reading.open(folder, name, secrets, node.identity.channel)
                if !secrets.contains(secret) { secrets.append(secret) }
                while let item = try reading.next() {
                    switch item {
                    case .about(let about): frontier.about = about
                    case .logs(let logs): frontier.logs += logs
                    case .wanted(let ids): frontier.wanted = ids
                    case .sought(let files): frontier.files = files
                    default: break
                    }
                }
                guard let about = frontier.about else { continue }
                if let known = frontiers[about.device],
                    known.frontier.about.wall >= about.wall
                {
                    continue
                }
                // One without logs counts too.
                logsLeft -= frontier.logs.count + 1
                guard logsLeft >= 0 else { continue }
                let found = BundleFrontier(
                    about: about, logs: frontier.logs, wanted: frontier.wanted,
                    files: frontier.files)
                if about.device == device, !isOfTwin(found) { continue }
                frontiers[about.device] = Found(frontier: found, secret: secret)
            } catch {
                switch error {
                case .bundle(.unknownSecret): locked.append(name)
                case .bundle(.newerVersion): newerCount += 1
                // Half a frontier says nothing that can be relied on.
                case .bundle: continue
                case .stick(let fault): note(reading: fault)
                case .refused, .replica: continue
                }
            }
        }
        return locked
    }

    /// Whether a frontier of this very device tells of events that are not here.
    ///
    /// Then the laptop was put back from a backup since, or there are two of it; its own frontier
    /// of before tells of none.
    private func isOfTwin(_ frontier: BundleFrontier) -> Bool {
        let isCovered = try? asking { index throws(StoreFault) in
            try frontier.isCovered(by: index)
        }
        return isCovered == false
    }

    // MARK: - Taking in

    /// Takes in what others left.
    mutating func takeIn(
        isDryRun: Bool, onProgress: @escaping @Sendable (CarryProgress) -> Void
    ) throws(BrainError) {
        var intake = CarryIntake(node, isDryRun: isDryRun, onProgress: onProgress)
        let hasTwin = frontiers[device] != nil
        let isWantingFiles = (try? node.keeper.wanted().wishes.isEmpty) == false
        for name in names
        where BundleName.kind(of: name) == .bundle && (hasTwin || !isOwn(name)) {
            var reading = CarryReading(.bundle, team: team)
            var author: DeviceKey?
            let before = intake.newCount
            do throws(CarryReading.Fault) {
                _ = try reading.open(folder, name, secrets, node.identity.channel)
                while let item = try reading.next() {
                    if case .about(let about) = item {
                        author = about.device
                        if isKnown(about), !isWantingFiles { break }
                    }
                    try intake.take(item)
                }
            } catch {
                try note(error, in: author)
            }
            let count = intake.newCount - before
            if count > 0 {
                report.sources.append(.init(person: person(author), count: count))
            }
        }
        do throws(CarryReading.Fault) { try intake.finish() } catch { try note(error, in: nil) }
        report.receivedCount = intake.newCount
        report.filesReceived = intake.filesTaken
        report.waitingCount = intake.waitingCount
        report.tally = isDryRun ? intake.tally : nil
        report.isDryRun = isDryRun
        if lockedCount > 0 { report.problems.append(.locked(lockedCount)) }
        if newerCount > 0 { report.problems.append(.newer(newerCount)) }
    }

    /// Whether all that a bundle's writer held is here already.
    private func isKnown(_ about: BundleAbout) -> Bool {
        let answer = try? asking { index throws(StoreFault) in
            let own = try index.summary()
            if own.count == about.count, own.fingerprint == about.fingerprint { return true }
            // A frontier that was written after another bundle says nothing about this one.
            guard let found = frontiers[about.device]?.frontier,
                found.about.count == about.count, found.about.fingerprint == about.fingerprint
            else { return false }
            return try found.isCovered(by: index)
        }
        return answer ?? false
    }

    private mutating func note(
        _ fault: CarryReading.Fault, in author: DeviceKey?
    ) throws(BrainError) {
        switch fault {
        case .replica(let error): throw error
        case .stick(let fault): note(reading: fault)
        case .refused(let reason):
            report.problems.append(.spoilt(name(of: author), reason: "\(reason)"))
        case .bundle(.unknownSecret): lockedCount += 1
        case .bundle(.newerVersion): newerCount += 1
        case .bundle(let error) where error.isLossOfTail || error == .notABundle:
            report.problems.append(.tailLost(name(of: author)))
        case .bundle(let error):
            report.problems.append(.spoilt(name(of: author), reason: error.description))
        }
    }

    private mutating func note(reading fault: StickFault) {
        // What went meanwhile was another laptop's to take away.
        guard fault != .missing, fault != .other else { return }
        let problem: CarryProblem = fault == .denied ? .denied : .unread
        if !report.problems.contains(problem) { report.problems.append(problem) }
    }

    // MARK: - Newcomers

    /// Answers who asks to be taken in, as a responder does.
    mutating func admit(isDryRun: Bool) {
        guard let roster = node.replica.currentTeam else { return }
        let invites = roster.invitesTried(at: now.milliseconds)
        let psks = invites.map(\.invite.psk)
        for name in names where BundleName.kind(of: name) == .request {
            var reading = CarryReading(.request, team: team)
            guard (try? reading.open(folder, name, psks, nil)) != nil,
                case .request(let request, let invite)? = try? reading.next(),
                let first = request.devices.first,
                // Under this very invitation's psk: a request is worth nothing under another.
                let offer = roster.invites.first(where: { $0.id == invite }),
                reading.secret == offer.invite.psk, first.signing != device
            else { continue }
            let isHere = request.devices.contains { frontiers[$0.signing] != nil }
            if roster.persons[request.person] != nil, isHere { continue }
            guard !isDryRun else {
                report.admitted.append(PersonRef(id: request.person, name: request.name.oneLine))
                continue
            }
            let (admission, reason) = node.decide(request, invite: invite)
            guard admission != nil else {
                report.problems.append(.refused(request.name.oneLine, reason: reason))
                continue
            }
            newcomers += 1
            guard roster.persons[request.person] == nil else { continue }
            report.admitted.append(PersonRef(id: request.person, name: request.name.oneLine))
        }
    }

    // MARK: - Words

    func person(_ device: DeviceKey?) -> PersonRef? {
        guard let device, let team = node.replica.currentTeam,
            let id = team.owners[device] ?? team.author(of: device)
        else { return nil }
        return PersonRef(
            id: id, name: team.persons[id].map { PersonName.shown($0.name, $0.id) } ?? "")
    }

    private func name(of device: DeviceKey?) -> String { person(device)?.name ?? "" }

    func asking<Answer>(
        _ question: (ReplicaIndex) throws(StoreFault) -> Answer
    ) throws(BrainError) -> Answer {
        let answer = try translating { () throws(ReplicaError) in
            try node.replica.lend { index -> Result<Answer, StoreFault> in
                do throws(StoreFault) {
                    return .success(try question(index))
                } catch {
                    return .failure(error)
                }
            }
        }
        do throws(StoreFault) { return try answer.get() } catch {
            throw BrainError(.failed, error.description)
        }
    }
}

/// How far a visit is.
public struct CarryProgress: Sendable, Hashable {
    /// Whether it writes; before that it reads.
    public let isLeaving: Bool
    /// Changes so far.
    public let done: Int
    /// Changes in all, as far as is known.
    public let total: Int
    /// Bytes of files so far.
    public let fileBytes: Int
    /// Bytes of files in all; those of a stick are known only while they come.
    public let fileBytesTotal: Int
}
