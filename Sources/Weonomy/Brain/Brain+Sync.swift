import WeData
import WeKeys
import WeLog
import WeReplica
public import WeSync
public import WeTransport

/// Where the other side is.
public enum SyncPeer: Sendable, Hashable {
    /// A laptop that listens: `host:port`, `[::1]:port`, or a host at the usual port.
    case tcp(String)
    /// Everybody of the team who is found on the networks around, for at most so many seconds; with
    /// `isProbing` each of their addresses is sent a beacon too.
    case lan(seconds: Int = 10, isProbing: Bool = false)
}

/// An invitation to hand over.
public struct IssuedInvitation: Sendable {
    /// What the newcomer types; whoever has it can join.
    public let code: String
    /// How many may use it.
    public let uses: Int
    /// Until when members admit with it; `nil` for always.
    public let expires: Instant?
}

extension Brain {
    // MARK: - Inviting and joining

    /// Makes an invitation.
    ///
    /// Members admit with it as soon as they have heard of it.
    public func invite(
        uses: Int = 1, note: String = "", expires: Instant? = nil
    ) throws(BrainError) -> IssuedInvitation {
        let team = try governed()
        guard team.isFullyUnderstood else {
            throw BrainError(
                .newerVersion, "the team decided something that this version does not know",
                hint: "Update Weonomy on this laptop, then invite")
        }
        guard (1...EventLimit.personsMax).contains(uses) else {
            throw BrainError(.invalid, "an invitation is for 1 to \(EventLimit.personsMax) people")
        }
        if let expires, expires <= now() { throw BrainError(.invalid, .past) }
        guard
            let invitation = Invitation(
                team: team.id, seed: RandomBytes.bytes(Invitation.seedBytes))
        else { throw BrainError(.failed, "no invitation could be made") }
        let key: SigningKey
        do throws(KeyError) { key = try invitation.key() } catch { throw BrainError(error) }
        let act = MembershipAct.invite(
            MembershipAct.Invite(
                key: key.publicKey, psk: invitation.psk, role: .member, uses: uses,
                expiry: expires?.milliseconds, note: note.oneLine.cut(toBytes: 256)))
        try translating { () throws(ReplicaError) in
            try node.place.prepare()
            _ = try replica.append(act, author: identity.author, wall: now().milliseconds)
        }
        engine?.rosterChanged()
        engine?.storeGrew()
        return IssuedInvitation(code: invitation.code, uses: uses, expires: expires)
    }

    /// Joins a team at a member's laptop that listens, and takes in what it has.
    ///
    /// What a failed attempt left behind is used again by the next. With the code of
    /// ``expectDevice()`` this becomes a further device of the person who made it; `name` is then
    /// of no use.
    ///
    /// `device` is what this laptop is called among its owner's; by itself it is the name.
    public static func join(
        _ storage: Storage?, as name: String, device label: String? = nil, code: String,
        at address: String,
        now: @escaping @Sendable () -> Instant = Brain.systemClock,
        onProgress: (@Sendable (SyncProgress) -> Void)? = nil
    ) async throws(BrainError) -> (brain: Brain, report: SyncReport) {
        guard let invitation = Invitation(code: code), invitation.purpose != .recovery else {
            throw BrainError(
                .trust, "this is no invitation code, or it was mistyped",
                hint: "Copy all of it; it begins with we")
        }
        let isDevice = invitation.purpose == .device
        let name = try checked(name: isDevice ? label ?? name : name)
        let (identity, replica) = try prepare(storage)
        let device = identity.signing.publicKey
        if let team = replica.currentTeam, team.owners[device] != nil {
            throw BrainError(.exists, "this laptop is in \(team.name) already")
        }
        let brain = Brain(
            replica: replica, identity: identity, secrets: [], storage: storage, now: now)
        let joining = Joining(
            invitation: invitation, person: identity.person, name: name,
            devices: [identity.device(label: label ?? name)],
            nonce: RandomBytes.bytes(JoinRequest.nonceBytes))
        let report = try await brain.meet(address, joining: joining, onProgress: onProgress)
        guard brain.replica.currentTeam?.owners[device] != nil else {
            throw BrainError(
                .network, "the connection ended before the team had arrived",
                hint: "Run the same command again: it goes on where it stopped")
        }
        return (brain, report)
    }

    // MARK: - Meeting

    /// Exchanges with one peer what either lacks, and ends.
    public func sync(
        with peer: SyncPeer, onProgress: (@Sendable (SyncProgress) -> Void)? = nil
    ) async throws(BrainError) -> SyncReport {
        switch peer {
        case .tcp(let address):
            return try await meetTrying(address, onProgress: onProgress)
        case .lan(let seconds, let isProbing):
            return try await meetAll(
                seconds: seconds, isProbing: isProbing, onProgress: onProgress)
        }
    }

    /// Who missed a change of the secret knows an older one only: each is tried in turn.
    private func meetTrying(
        _ address: String, onProgress: (@Sendable (SyncProgress) -> Void)?
    ) async throws(BrainError) -> SyncReport {
        for _ in 1..<max(1, min(node.secrets.count, TeamSecrets.countMax)) {
            do throws(BrainError) {
                return try await meet(address, joining: nil, onProgress: onProgress)
            } catch {
                guard error.code == .trust, isIn else { throw error }
                node.skipSecret()
            }
        }
        return try await meet(address, joining: nil, onProgress: onProgress)
    }

    /// Listens for peers; port 0 lets the system choose.
    ///
    /// From then on every peer that comes is brought up to date and kept so, until ``close()``.
    public func listen(
        host: String? = nil, port: UInt16 = PeerAddress.defaultPort
    ) async throws(BrainError) -> BoundAddress {
        do throws(TransportError) {
            return try await startedEngine().listen(host: host, port: port)
        } catch {
            throw BrainError(error)
        }
    }

    /// Connects to a peer and stays connected; what becomes of it comes in ``peerUpdates()``.
    @discardableResult
    public func connect(_ address: String) throws(BrainError) -> ConnectionID {
        do throws(TransportError) {
            return try startedEngine().connect(address)
        } catch {
            throw BrainError(error)
        }
    }

    /// What happens to connections from now on.
    public func peerUpdates() throws(BrainError) -> AsyncStream<PeerUpdate> {
        do throws(TransportError) {
            return try startedEngine().updates
        } catch {
            throw BrainError(error)
        }
    }

    /// All connections as they stand.
    public var connections: [PeerStatus] { engine?.connections ?? [] }

    /// Looks whether another process wrote to this replica, and passes it on to who is connected.
    ///
    /// Worth calling once a second while this process listens.
    public func noticeOthers() throws(BrainError) {
        let choices = node.keeper.choices
        if choices != seenChoices {
            seenChoices = choices
            engine?.wantedFilesChanged()
        }
        noticeFiles()
        let seen = seenPosition
        seenPosition = try translating { () throws(ReplicaError) in
            try replica.refresh(since: seen)
        }
        guard seenPosition > seen else { return }
        try doDuties()
        feed.storeGrew(replica, isRemote: false)
        engine?.rosterChanged()
        engine?.storeGrew()
    }

    /// Looks whether another process took in files; costs a look at their folder.
    private func noticeFiles() {
        let store = node.keeper.store
        guard storage != nil, let changed = store.changed, changed != seenFilesChange else {
            return
        }
        seenFilesChange = changed
        if feed.filesAre(store.wholeFiles) { engine?.wantedFilesChanged() }
    }

    func startedEngine() throws(TransportError) -> SyncEngine {
        if let engine { return engine }
        let started = try SyncEngine(node: node)
        engine = started
        node.countWantedSoon()
        return started
    }

    private func meet(
        _ address: String, joining: Joining?, onProgress: (@Sendable (SyncProgress) -> Void)?
    ) async throws(BrainError) -> SyncReport {
        let meeting: SyncEngine
        do throws(TransportError) { meeting = try SyncEngine(node: node) } catch {
            throw BrainError(error)
        }
        if joining == nil { await node.countWanted() }
        node.prepare(joining: joining, isLive: false)
        let updates = meeting.updates
        let connection = meeting.connect(address)
        var last = SyncProgress()
        var peer: PersonID?
        var failure: TransportError?
        var isSynced = false
        events: for await update in updates where update.connection == connection {
            switch update {
            case .recognised(_, _, let person): peer = person
            case .progress(_, let progress):
                last = progress
                onProgress?(progress)
            case .synced(_, let progress):
                last = progress
                isSynced = true
                onProgress?(progress)
            case .closed(_, let error):
                failure = error
                break events
            case .connected, .invited, .welcomed: break
            }
        }
        await meeting.stop()
        node.prepare(joining: nil, isLive: true)
        await noteArrival()
        // Who leaves tells the others by a meeting that goes as ever.
        let isLeaving = last.eventsSent > 0 && ((try? verdict()) ?? nil)?.kind == .leave
        if !isLeaving, let exclusion = exclusion() { throw exclusion }
        if !isSynced, !isLeaving {
            throw failure.map { BrainError($0) }
                ?? BrainError(
                    .network, "\(address) ended the connection early",
                    hint: "Run the same command again: it goes on where it stopped")
        }
        let names = try names()
        return SyncReport(
            peer: peer.map { PersonRef(id: $0, name: names[$0] ?? "") },
            receivedCount: last.eventsStored, sentCount: last.eventsSent,
            wireBytesIn: last.wireBytesIn, wireBytesOut: last.wireBytesOut,
            roundTrips: last.roundTrips,
            peers: peer.map {
                let person = PersonRef(id: $0, name: names[$0] ?? "")
                return [SyncReport.Met(person: person, address: address, progress: last)]
            } ?? [])
    }
}
