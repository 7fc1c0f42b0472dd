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
    private let state: Mutex<State>
    private let keepSecrets: @Sendable ([Bytes32]) throws(BrainError) -> Void
    private let now: @Sendable () -> Instant
    private let store = DispatchQueue(label: "weonomy-store")
    private let indexer = DispatchQueue(label: "weonomy-index", qos: .utility)
    private let isIndexing = Atomic<Bool>(false)
    /// Up to where what other processes wrote is known to the roster.
    private let rosterPosition = Atomic<Int64>(0)
    private let feed: ChangeFeed

    private struct State {
        var secrets: [Bytes32]
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
        let (secrets, joining, isLive) = state.withLock { ($0.secrets, $0.joining, $0.isLive) }
        // Another process may have made the very invitation with which someone knocks now.
        if role == .responder { noticeOthers() }
        let team = replica.currentTeam
        var channel = secrets.map { ChannelSecret(psk: TeamSecrets.psk($0), invite: nil) }
        if role == .initiator, let joining {
            channel = [ChannelSecret(psk: joining.invitation.psk, invite: nil)]
        }
        if role == .responder {
            channel += knownInvites(of: team).map {
                ChannelSecret(psk: $0.invite.psk, invite: $0.id)
            }
        }
        return SessionConfiguration(
            role: role, team: team?.id ?? replica.teamID, roster: team,
            signingKey: identity.signing, channelKey: identity.channel, secrets: channel,
            teamSecrets: secrets,
            joining: role == .initiator ? joining : nil, isLive: isLive)
    }

    private func noticeOthers() {
        let seen = rosterPosition.load(ordering: .relaxed)
        guard let last = try? replica.refresh(since: seen) else { return }
        rosterPosition.store(last, ordering: .relaxed)
    }

    /// The invitations that a handshake tries: those that someone may still use, the newest first,
    /// then the others, since whoever was taken in may have lost the answer on the way.
    private func knownInvites(of team: Team?) -> [Team.OpenInvite] {
        guard let team else { return [] }
        let newest = team.invites.reversed()
        return Array((newest.filter(isOpen) + newest.filter { !isOpen($0) }).prefix(32))
    }

    private func isOpen(_ invite: Team.OpenInvite) -> Bool {
        invite.used < invite.invite.uses
            && invite.invite.expiry.map { now().milliseconds < $0 } ?? true
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
                let report = try replica.ingest(runs)
                completion(.success(report))
                if report.storedCount > 0 {
                    feed.storeGrew(replica, isRemote: true)
                    indexSoon()
                }
            } catch {
                completion(.failure(StoreFault(error.message)))
            }
        }
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

    private func decide(_ request: JoinRequest, invite: EventID) -> (EventID?, String) {
        guard let team = replica.currentTeam,
            let offer = team.invites.first(where: { $0.id == invite })
        else { return (nil, "this invitation is not known here") }
        guard request.isValid(team: team.id, invite: invite, key: offer.invite.key) else {
            return (nil, "the proof does not fit the invitation")
        }
        // Whoever was taken in and lost the answer on the way asks again and gets the same.
        if let known = team.persons[request.person] { return (known.admissions.first, "") }
        guard isOpen(offer) else { return (nil, "the invitation was used or has run out") }
        guard let me = team.person(of: identity.signing.publicKey), me.role.canWrite else {
            return (nil, "this laptop may not admit anyone")
        }
        guard team.isFullyUnderstood else {
            return (nil, "this laptop needs a newer Weonomy before it may admit anyone")
        }
        guard team.persons.count < EventLimit.personsMax else { return (nil, "the team is full") }
        do throws(ReplicaError) {
            let admission = MembershipAct.Admission(invite: invite, request: request)
            return (
                try replica.append(
                    .admit(admission), author: identity.author, wall: now().milliseconds), ""
            )
        } catch {
            return (nil, error.message)
        }
    }

    func welcomed(team: TeamID, admission: EventID, secrets: [Bytes32]) {
        state.withLock { state in
            state.secrets = secrets
            state.joining = nil
        }
        try? keepSecrets(secrets)
        try? replica.adopt(team: team)
    }

    func recognised(device: DeviceKey, person: PersonID, connection: ConnectionID) {
        state.withLock { $0.met[connection] = person }
    }

    var secrets: [Bytes32] { state.withLock { $0.secrets } }
}
