import WeData
import WeKeys
import WeLog
import WeReplica
import WeSync

/// How far joining by a stick is.
public enum StickJoin: Sendable {
    /// The request lies on the stick; a member's next visit answers it.
    case asked(teamName: String)
    /// In, with what that member left.
    case joined(brain: Brain, report: CarryReport)
}

extension Brain {
    /// Joins a team by a stick alone, in two visits.
    ///
    /// The first leaves a request, which any member's ``carry(_:isFull:isDryRun:filesMax:onProgress:)``
    /// answers as a laptop that listens would; the second takes in what that member left. The
    /// stick must have been with a member since the invitation was made. Calling this again does
    /// what has become possible; the keys of the first time are used again.
    public static func join(
        _ storage: Storage?, as name: String, device label: String? = nil, code: String,
        fromStick path: String, now: @escaping @Sendable () -> Instant = Brain.systemClock,
        onProgress: @escaping @Sendable (CarryProgress) -> Void = { _ in }
    ) async throws(BrainError) -> StickJoin {
        let invitation = try invitation(code)
        let folder = try stick(path, teamPrefix: invitation.teamPrefix, isCreating: false)
        return try await join(
            storage, as: name, device: label, invitation, folder, now: now,
            onProgress: onProgress)
    }

    private static func invitation(_ code: String) throws(BrainError) -> Invitation {
        guard let invitation = Invitation(code: code), invitation.purpose != .recovery else {
            throw BrainError(
                .trust, "this is no invitation code, or it was mistyped",
                hint: "Copy all of it; it begins with we")
        }
        guard invitation.purpose == .newcomer else {
            throw BrainError(
                .invalid, "a further laptop of someone joins over the network only",
                hint: "Run: weonomy join HOST:PORT")
        }
        return invitation
    }

    static func join(
        _ storage: Storage?, as name: String, device label: String? = nil,
        _ invitation: Invitation, _ folder: any StickFolder,
        now: @escaping @Sendable () -> Instant,
        onProgress: @escaping @Sendable (CarryProgress) -> Void = { _ in }
    ) async throws(BrainError) -> StickJoin {
        let name = try checked(name: name)
        guard let offer = StickOffer(invitation, folder) else {
            throw BrainError(
                .notFound, "nothing on this stick belongs to the invitation",
                hint: "Whoever invites runs weonomy carry with it first")
        }
        let (identity, replica) = try prepare(storage)
        if let team = replica.currentTeam,
            team.owners[identity.signing.publicKey] != nil
        {
            throw BrainError(.exists, "this laptop is in \(team.name) already")
        }
        let device = identity.device(label: label ?? name)
        let joining = Joining(
            invitation: invitation, person: identity.person, name: name, devices: [device],
            nonce: RandomBytes.bytes(JoinRequest.nonceBytes))
        let brain = Brain(
            replica: replica, identity: identity, secrets: [], storage: storage, now: now)
        if let welcome = offer.welcome(identity, folder) {
            let report = try await brain.takeIn(
                welcome, offer.team, folder, onProgress: onProgress)
            if let report { return .joined(brain: brain, report: report) }
        }
        try offer.leave(joining, device: identity.signing.publicKey, in: folder)
        return .asked(teamName: offer.teamName)
    }

    /// Takes in the team that admitted this laptop; `nil` where its events do not say so yet.
    private func takeIn(
        _ welcome: StickOffer.Welcome, _ team: TeamID, _ folder: any StickFolder,
        onProgress: @escaping @Sendable (CarryProgress) -> Void
    ) async throws(BrainError) -> CarryReport? {
        try translating { () throws(ReplicaError) in try replica.adopt(team: team) }
        let visit = CarryVisit(
            folder, node, team: team, secrets: welcome.secrets, now: now())
        let taken = try await working { () throws(BrainError) in
            var visit = visit
            visit.look()
            try visit.takeIn(isDryRun: false, onProgress: onProgress)
            return visit
        }
        let device = identity.signing.publicKey
        // Only the team's own events, from the genesis that the invitation names, show that whoever
        // handed over the secret is a member, and this laptop with them.
        guard let roster = replica.currentTeam, roster.isActive(device),
            let person = roster.person(of: device), let admission = person.admissions.first,
            let secret = welcome.secret(by: roster)
        else { return nil }
        do throws(StoreFault) {
            try node.welcomed(team: team, admission: admission, secrets: [secret])
        } catch {
            throw BrainError(.failed, error.description)
        }
        var report = try await carry(taken.again, onProgress: onProgress)
        report.sources = taken.report.sources + report.sources
        report.receivedCount += taken.report.receivedCount
        return report
    }
}

/// What a stick says to who holds an invitation.
private struct StickOffer {
    /// What a member left for a newcomer who was taken in.
    struct Welcome: Sendable {
        /// Secrets that were sealed to this laptop, with who did it.
        var boxes: [(device: DeviceKey, wall: Int64, secret: Bytes32)] = []

        var secrets: [Bytes32] { boxes.map(\.secret) }

        /// The secret of the member who was there last.
        func secret(by team: Team) -> Bytes32? {
            boxes.filter { team.isActive($0.device) }.max { $0.wall < $1.wall }?.secret
        }
    }

    let team: TeamID
    let teamName: String
    private let invite: EventID
    private let psk: Bytes32
    private let frontiers: [String]

    init?(_ invitation: Invitation, _ folder: any StickFolder) {
        psk = invitation.psk
        frontiers = ((try? folder.names()) ?? []).filter { BundleName.kind(of: $0) == .frontier }
        for name in frontiers {
            var reading = CarryReading(.frontier, team: nil)
            guard (try? reading.readHeading(folder, name)) != nil,
                let found = reading.invited(psk: psk),
                found.team.bytes.starts(with: invitation.teamPrefix)
            else { continue }
            (team, invite, teamName) = found
            return
        }
        return nil
    }

    /// What lies there for this laptop; `nil` before anyone took it in.
    func welcome(_ identity: Identity, _ folder: any StickFolder) -> Welcome? {
        var welcome = Welcome()
        for name in frontiers {
            var reading = CarryReading(.frontier, team: team)
            guard let secret = try? reading.open(folder, name, [], identity.channel),
                case .about(let about)? = try? reading.next()
            else { continue }
            welcome.boxes.append((about.device, about.wall, secret))
        }
        return welcome.boxes.isEmpty ? nil : welcome
    }

    /// Leaves the request, in place of one that was left before.
    func leave(
        _ joining: Joining, device: DeviceKey, in folder: any StickFolder
    ) throws(BrainError) {
        var pending: [UInt8]
        do {
            let request = JoinRequest(
                team: team, invite: invite, inviteKey: try joining.invitation.key(),
                person: joining.person, name: joining.name, devices: joining.devices,
                nonce: joining.nonce)
            var writer = try BundleWriter(
                .request, secret: psk, salt: RandomBytes.bytes(BundleWriter.saltBytes))
            pending = try writer.request(request, invite: invite)
        } catch {
            throw BrainError(.key, "the request could not be signed")
        }
        let name = BundleName.file(.request, of: device, secret: psk)
        do throws(StickFault) {
            try folder.replace(name, mark: Hex.encode(RandomBytes.bytes(4))) {
                () throws(StickFault) in
                defer { pending = [] }
                return pending
            }
        } catch {
            throw BrainError(error, at: "the stick")
        }
    }
}

extension CarryVisit {
    /// The same visit from its beginning, with what it has found out to read with.
    fileprivate var again: CarryVisit {
        CarryVisit(folder, node, team: team, secrets: node.secrets + secrets, now: now)
    }
}
