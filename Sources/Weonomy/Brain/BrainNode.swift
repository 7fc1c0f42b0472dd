import Dispatch
import Synchronization
import WeData
import WeKeys
import WeLog
import WeReplica
import WeSync
import WeTransport

/// What connections ask of a brain: the replica, this device's keys and the team's secrets.
final class BrainNode: SyncNode {
    typealias Index = ReplicaIndex

    let replica: Replica
    let identity: Identity
    let place: ReplicaPlace
    let keeper: FileKeeper
    let colleagues: ColleagueKeeper
    private let state: Mutex<State>
    private let keepSecrets: @Sendable ([Bytes32]) throws(BrainError) -> Void
    let now: @Sendable () -> Instant
    private let store = DispatchQueue(label: "weonomy-store")
    fileprivate let indexer = DispatchQueue(label: "weonomy-index", qos: .utility)
    private let isIndexing = Atomic<Bool>(false)
    private let wanted = Mutex<Wanted?>(nil)
    /// Up to where what other processes wrote is known to the roster.
    private let rosterPosition = Atomic<Int64>(0)
    fileprivate let feed: ChangeFeed

    /// How many files were wanted, of what was known and chosen then.
    private struct Wanted {
        let position: Int64
        let choices: FileChoices
        let count: Int
    }

    private struct State {
        /// From the founding or the welcome; later ones come sealed in events.
        var secrets: [Bytes32]
        /// What opened sealed secrets, by their event; `nil` for those not sealed to this device.
        var opened: [EventID: Bytes32?] = [:]
        /// A code by which a further device of this person may come.
        var pairing: Invitation?
        /// How many of the newest secrets the next dial leaves out, since they did not fit.
        var secretsSkipped = 0
        var joining: Joining?
        var isLive = true
        var met: [ConnectionID: PersonID] = [:]
    }

    init(
        replica: Replica, identity: Identity, secrets: [Bytes32], feed: ChangeFeed,
        now: @escaping @Sendable () -> Instant,
        keepSecrets: @escaping @Sendable ([Bytes32]) throws(BrainError) -> Void
    ) {
        self.replica = replica
        self.identity = identity
        place = ReplicaPlace(replica, path: replica.path)
        keeper = FileKeeper(
            replica, path: replica.path, settingsPath: replica.path.map { $0 + ".settings" },
            now: now)
        colleagues = ColleagueKeeper(path: replica.path.map { $0 + "-colleagues" })
        self.feed = feed
        self.now = now
        self.keepSecrets = keepSecrets
        state = Mutex(State(secrets: secrets))
    }

    /// What the next connections are for: joining by an invitation, and whether they stay open.
    func prepare(joining: Joining?, isLive: Bool) {
        state.withLock { state in
            state.joining = joining
            state.isLive = isLive
        }
    }

    // MARK: - SyncNode

    func configuration(role: SessionRole) throws(StoreFault) -> SessionConfiguration {
        try configuration(role: role, secret: 0)
    }

    /// Without a team of ours nobody is to be found; who was put out is not either.
    func beaconSecrets() -> [Bytes32] {
        guard let team = replica.currentTeam, team.isActive(identity.signing.publicKey) else {
            return []
        }
        return Array(secrets.prefix(TeamSecrets.countMax))
    }

    func configuration(
        role: SessionRole, secret: Int
    ) throws(StoreFault) -> SessionConfiguration {
        let (joining, isLive, pairing, skippedByAll) = state.withLock {
            ($0.joining, $0.isLive, $0.pairing, $0.secretsSkipped)
        }
        let skipped = skippedByAll + max(0, secret)
        // Another process may have made the very invitation with which someone knocks now.
        if role == .responder { noticeOthers() }
        let team = replica.currentTeam
        var secrets = self.secrets
        if role == .initiator, skipped > 0, secrets.count > 1 {
            let first = skipped % secrets.count
            secrets = Array(secrets[first...] + secrets[..<first])
        }
        var channel = secrets.prefix(TeamSecrets.countMax).map {
            ChannelSecret(psk: TeamSecrets.psk($0))
        }
        if role == .initiator, let joining {
            channel = [ChannelSecret(psk: joining.invitation.psk)]
        }
        if role == .responder {
            if let pairing { channel.append(ChannelSecret(psk: pairing.psk, pairing: person)) }
            channel += (team?.invitesTried(at: now().milliseconds) ?? []).map {
                ChannelSecret(psk: $0.invite.psk, invite: $0.id)
            }
        }
        return SessionConfiguration(
            role: role, team: replica.teamID, roster: team, signingKey: identity.signing,
            channelKey: identity.channel, secrets: channel, teamSecrets: secrets,
            joining: role == .initiator ? joining : nil, isLive: isLive,
            files: keeper.store, filesWanted: filesWanted())
    }

    /// How many files are wanted, as far as is known: a look at all of them takes as long as the
    /// index does to find what is new, so connections do not wait for it, and while something may
    /// have changed one may be wanted.
    private func filesWanted() -> Int {
        let known = wanted.withLock(\.self)
        if let known, known.position == lastPosition, known.choices == keeper.choices {
            return known.count
        }
        countWantedSoon()
        return max(1, known?.count ?? 0)
    }

    private var lastPosition: Int64? { (try? replica.lend { try? $0.lastPosition() }) ?? nil }

    /// Looks which files are wanted, on the index's thread.
    func countWantedSoon() { wantedFiles { _, _ in } }

    /// The same for who waits until it is known.
    func countWanted() async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            wantedFiles { _, _ in continuation.resume() }
        }
    }

    private func noticeOthers() {
        let seen = rosterPosition.load(ordering: .relaxed)
        guard let last = try? replica.refresh(since: seen) else { return }
        rosterPosition.store(last, ordering: .relaxed)
    }

    func withIndex<Result>(_ body: (ReplicaIndex) -> Result) throws(StoreFault) -> Result {
        do throws(ReplicaError) {
            return try replica.lend(body)
        } catch {
            throw StoreFault(error.message)
        }
    }

    func ingest(
        _ runs: [Run], from device: DeviceKey?,
        completion: @escaping @Sendable (Swift.Result<IngestReport, StoreFault>) -> Void
    ) {
        store.async { [self] in
            do throws(ReplicaError) {
                completion(.success(try take(runs)))
            } catch {
                completion(.failure(StoreFault(error.message)))
            }
        }
    }

    /// The same for a caller on a thread of its own, who waits.
    func take(_ runs: [Run]) throws(ReplicaError) -> IngestReport {
        let report = try replica.ingest(runs, at: now().milliseconds)
        if report.storedCount > 0 { noteArrival() }
        return report
    }

    private func noteArrival() {
        feed.storeGrew(replica, isRemote: true)
        indexSoon()
    }

    /// Brings the search index up to date on a thread of its own, while more comes in.
    private func indexSoon() {
        guard !isIndexing.exchange(true, ordering: .acquiringAndReleasing) else { return }
        indexer.async { [self] in
            isIndexing.store(false, ordering: .releasing)
            // A view: what goes wrong here shows when it is asked, and costs no event.
            _ = try? replica.catchUp()
        }
    }

    /// Merges some of the search index.
    func mergeSearch() {
        indexer.async { [self] in
            // A view: what goes wrong here shows when it is asked.
            try? replica.mergeSearch(pagesMax: BrainNode.mergedPagesMax)
        }
    }

    /// A few milliseconds' work.
    private static let mergedPagesMax = 64

    /// Waits until everything stored so far can be found.
    func settle() async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            indexer.async { [self] in
                _ = try? replica.catchUp()
                continuation.resume()
            }
        }
    }

    func roster() -> Team? { replica.currentTeam }

    func admit(
        _ request: JoinRequest, invite: EventID,
        completion: @escaping @Sendable (EventID?, String, Team?) -> Void
    ) {
        store.async { [self] in
            let (admission, reason) = decide(request, invite: invite)
            completion(admission, reason, replica.currentTeam)
        }
    }

    /// Writes the admission that a request gets, or says why there is none.
    func decide(_ request: JoinRequest, invite: EventID) -> (EventID?, String) {
        guard let team = replica.currentTeam else {
            return (nil, "this invitation is not known here")
        }
        let device = identity.signing.publicKey
        switch team.answer(to: request, invite: invite, by: device, at: now().milliseconds) {
        case .known(let admission): return (admission, "")
        case .refused(let reason): return (nil, reason)
        case .admit: break
        }
        do throws(ReplicaError) {
            let admission = MembershipAct.Admission(invite: invite, request: request)
            try place.prepare()
            return (
                try replica.append(
                    .admit(admission), author: identity.author, wall: now().milliseconds), ""
            )
        } catch {
            return (nil, error.message)
        }
    }

    func welcomed(
        team: TeamID, admission: EventID, secrets: [Bytes32]
    ) throws(StoreFault) {
        // A replica that has the team but no secret could meet nobody again.
        do throws(BrainError) { try keepSecrets(secrets) } catch {
            throw StoreFault(error.message)
        }
        do throws(ReplicaError) { try replica.adopt(team: team) } catch {
            throw StoreFault(error.message)
        }
        state.withLock { state in
            state.secrets = secrets
            state.joining = nil
        }
    }

    func recognised(device: DeviceKey, person: PersonID, connection: ConnectionID) {
        state.withLock { $0.met[connection] = person }
    }

    /// The team's secrets, the newest first: those sealed to this device, then those it began with.
    var secrets: [Bytes32] {
        let epochs = replica.currentTeam?.secrets ?? []
        let device = identity.signing.publicKey
        return state.withLock { state in
            var secrets: [Bytes32] = []
            for epoch in epochs {
                if state.opened[epoch.id] == nil {
                    let box = epoch.sealed.first { $0.device == device }?.sealed
                    state.opened[epoch.id] = .some(box.flatMap { identity.open($0) })
                }
                if let secret = state.opened[epoch.id] ?? nil { secrets.append(secret) }
            }
            return secrets + state.secrets.filter { !secrets.contains($0) }
        }
    }

    /// Whose device this is: the team's word, or, before it is known, that of the key itself.
    var person: PersonID {
        replica.currentTeam?.owners[identity.signing.publicKey] ?? identity.person
    }

    /// Lets a further device of this person in by a code, until `nil` is given.
    func expect(pairing: Invitation?) { state.withLock { $0.pairing = pairing } }

    /// After a dial whose secret nobody knew: the next one tries an older one, in turn.
    func skipSecret() { state.withLock { $0.secretsSkipped += 1 } }

    func enrol(
        _ device: Device, completion: @escaping @Sendable (EventID?, String, Team?) -> Void
    ) {
        store.async { [self] in
            guard state.withLock({ $0.pairing }) != nil else {
                return completion(nil, "no device is expected here", nil)
            }
            do throws(ReplicaError) {
                let act = MembershipAct.addDevice(person: person, device: device)
                try place.prepare()
                let event = try replica.append(
                    act, author: identity.author, wall: now().milliseconds)
                expect(pairing: nil)
                completion(event, "", replica.currentTeam)
            } catch {
                completion(nil, error.message, nil)
            }
        }
    }
}

// MARK: - Files

extension BrainNode {
    var files: (any FileSource)? { keeper.store }

    func wantedFiles(completion: @escaping @Sendable ([FileWish], [FileID]) -> Void) {
        // What has arrived must be found before anybody says that nothing is wanted.
        indexer.async { [self] in
            _ = try? replica.catchUp()
            let (position, choices) = (lastPosition, keeper.choices)
            let (wishes, others) = (try? keeper.wanted()) ?? ([], [])
            let count = wishes.onePerFile.count
            wanted.withLock {
                $0 = position.map { Wanted(position: $0, choices: choices, count: count) }
            }
            completion(wishes, others)
        }
    }

    func beginFile(
        _ file: FileWish, completion: @escaping @Sendable (ChunkSet, ChunkSet?) -> Void
    ) {
        keeper.store.onQueue { [store = keeper.store] in
            do throws(FileFault) {
                let (segments, held) = try store.begin(file)
                completion(segments, held)
            } catch {
                completion(ChunkSet(chunkCount: file.shape.segmentCount), nil)
            }
        }
    }

    func take(
        _ segment: FileSegment, of file: FileWish,
        completion: @escaping @Sendable (FileTaking) -> Void
    ) {
        keeper.store.onQueue { [self, store = keeper.store] in
            let taking = (try? store.take(segment, of: file)) ?? .failed
            if case .kept(_, isComplete: true) = taking { arrived(file.id) }
            completion(taking)
        }
    }

    func take(
        _ chunk: [UInt8], index: Int, of file: FileWish,
        completion: @escaping @Sendable (FileTaking) -> Void
    ) {
        keeper.store.onQueue { [self, store = keeper.store] in
            let taking = (try? store.take(chunk, index: index, of: file)) ?? .failed
            if case .kept(_, isComplete: true) = taking { arrived(file.id) }
            completion(taking)
        }
    }

    private func arrived(_ file: FileID) {
        wanted.withLock { $0 = nil }
        feed.arrived(file)
    }

    func heard(_ holdings: [FileID: FileHolding], from device: DeviceKey) {
        keeper.store.onQueue { [keeper] in keeper.heard(holdings, from: device) }
    }
}
