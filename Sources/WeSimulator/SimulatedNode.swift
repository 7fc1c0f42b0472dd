import WeData
import WeKeys
import WeLog
import WeReplica
import WeSync

/// One laptop: keys, a real replica, and connections that run real sessions.
///
/// It does what the transport's engine and the brain's node do, with the simulation's clock.
final class SimulatedNode {
    let index: Int
    let name: String
    let signing: SigningKey
    let channel: AgreementKey
    let person: PersonID
    let isHostile: Bool
    unowned let simulation: Simulation
    private(set) var replica: Replica {
        didSet { simulation.findings = nil }
    }
    /// Where the replica is; `nil` in memory.
    private(set) var disk: SimulatedDisk?
    /// Whether the disk fails or is full just now.
    var isDiskTroubled = false
    /// Whether someone said that its device is nobody's.
    ///
    /// Whoever let it in was put out, and that counts from before: its person tries the code again
    /// until someone answers.
    private var isUnknown = false
    var secrets: [Bytes32]
    /// Its files; `nil` where it keeps none.
    var files: SimulatedFileHost?
    /// What it was invited with.
    var invited: (joining: Joining, event: EventID)? {
        didSet { simulation.findings = nil }
    }
    /// Connections by rising id.
    private(set) var connections: [SimulatedConnection] = []
    private var newest: [DeviceKey: Int] = [:]
    private var growth: Set<Int?> = []
    private var storeFreeAt: Milliseconds = 0
    private var run = 0
    /// A store that is slower than planned, in milliseconds.
    var slowness = 0
    /// How far the clock is off, in milliseconds.
    var clockError: Int64 = 0
    /// Events that a person was told are kept.
    private(set) var acknowledged: [EventID] = []
    var random: SimulatedRandom
    let author: EventAuthor

    private static let epoch: Int64 = 1_780_000_000_000

    init(
        index: Int, name: String, keys: NodeKeys, person: PersonID? = nil, isHostile: Bool,
        replica: Replica, disk: SimulatedDisk? = nil, secrets: [Bytes32] = [],
        random: SimulatedRandom, simulation: Simulation
    ) {
        self.index = index
        self.name = name
        signing = keys.signing
        channel = keys.channel
        self.person = person ?? Device.person(of: keys.signing.publicKey)
        self.isHostile = isHostile
        self.replica = replica
        self.disk = disk
        self.secrets = secrets
        self.random = random
        self.simulation = simulation
        author = EventAuthor(
            key: keys.signing,
            random: SimulatedSource(
                SimulatedRandom(seed: simulation.plan.seed, stream: 0x1000 + UInt64(index))))
    }

    var keys: NodeKeys { NodeKeys(signing: signing, channel: channel) }
    var device: Device {
        Device(person: person, key: signing, channel: channel.publicKey, label: name)
    }
    var wall: Int64 { SimulatedNode.epoch + simulation.now + clockError }
    var team: Team? { replica.currentTeam }
    /// Whether the team, as this node knows it, has its device.
    var isIn: Bool { team?.isActive(signing.publicKey) ?? false }
    /// Whether the team, as this node knows it, has it as one who writes.
    var isMember: Bool { isIn && team?.persons[person]?.role.canWrite ?? false }
    /// Whether the team, as this node knows it, has put it out.
    var isOut: Bool { team?.owners[signing.publicKey] != nil && !isIn }

    // MARK: - Connections

    func configuration(role: SessionRole, isLive: Bool) -> SessionConfiguration {
        let team = replica.currentTeam
        var channels = secrets.map { ChannelSecret(psk: SimulatedNode.psk($0), invite: nil) }
        // Whoever was taken in by someone who then lost it asks again with the same code.
        let mayAsk = (!isIn || isUnknown) && !isOut
        let joining = role == .initiator && mayAsk ? invited?.joining : nil
        if let joining { channels = [ChannelSecret(psk: joining.invitation.psk, invite: nil)] }
        if role == .responder, let team {
            channels += team.invitesTried(at: wall).map {
                ChannelSecret(psk: $0.invite.psk, invite: $0.id)
            }
        }
        return SessionConfiguration(
            role: role, team: replica.teamID, roster: team, signingKey: signing,
            channelKey: channel,
            secrets: channels, teamSecrets: secrets, joining: joining, isLive: isLive,
            files: files?.store, filesWanted: files?.wanted().wishes.count ?? 0)
    }

    static func psk(_ secret: Bytes32) -> Bytes32 {
        Blake2b.derive(label: "weonomy/1 team psk", secret.bytes)
    }

    /// Takes a connection; `nil` without keys to make one.
    func open(
        _ link: Link, end: Int, peer: SimulatedNode, isPeerHonest: Bool, isLive: Bool
    ) -> SimulatedConnection? {
        guard let ephemeral = try? AgreementKey(secret: random.secret()) else { return nil }
        simulation.score.sessions += end
        let role: SessionRole = end == 0 ? .initiator : .responder
        let configuration = configuration(role: role, isLive: isLive)
        let session = Session(configuration, ephemeral: ephemeral, now: simulation.now)
        let connection = SimulatedConnection(
            id: simulation.nextID(), node: self, peer: peer, isPeerHonest: isPeerHonest,
            isJoining: configuration.joining != nil, link: link, end: end, session: session)
        connections.append(connection)
        return connection
    }

    /// The open connection of an id.
    func connection(_ id: Int) -> SimulatedConnection? {
        connections.first { $0.id == id && $0.isOpen }
    }

    func isConnected(to other: SimulatedNode) -> Bool {
        connections.contains { $0.peer === other && $0.isOpen }
    }

    /// Of two connections to one device one stays.
    func recognised(_ connection: SimulatedConnection, device: DeviceKey) {
        let old = newest[device].flatMap { id in connections.first { $0.id == id } }
        guard let old, old !== connection, !old.isClosing else {
            newest[device] = connection.id
            return
        }
        if TwoSessions.olderStays(
            old.role, establishedAt: old.establishedAt, connection.role,
            begunAt: connection.begunAt, own: signing.publicKey, other: device)
        {
            connection.finish()
        } else {
            newest[device] = connection.id
            old.finish()
        }
    }

    func closed(_ connection: SimulatedConnection) {
        connections.removeAll { $0 === connection }
        if let device = connection.device, newest[device] == connection.id { newest[device] = nil }
        files?.ended(connection.id)
    }

    // MARK: - Store

    /// Stores a batch after the others, as one thread does.
    func ingest(_ runs: [Run], completion: @escaping (Result<IngestReport, StoreFault>) -> Void) {
        storeLater { [self] in
            simulation.findings = nil
            let result: Result<IngestReport, StoreFault>
            do throws(ReplicaError) {
                result = .success(try replica.ingest(runs))
            } catch {
                result = .failure(StoreFault(error.message))
                if mayFail(error) { recoverSoon() }
            }
            later(0) { completion(result) }
        }
    }

    private func storeLater(_ work: @escaping () -> Void) {
        let delay = random.within(simulation.plan.storeDelay) + slowness
        storeFreeAt = max(storeFreeAt, simulation.now) + Milliseconds(delay)
        later(storeFreeAt - simulation.now, work)
    }

    /// Does something unless the process has ended by then.
    func later(_ delay: Milliseconds, _ work: @escaping () -> Void) {
        let run = run
        simulation.schedule(at: simulation.now + delay) { [weak self] in
            if self?.run == run { work() }
        }
    }

    func stored(_ report: IngestReport, from connection: Int) {
        if report.isMembershipChanged { rosterChanged() }
        if report.storedCount > 0 { storeGrew(from: connection) }
    }

    func rosterChanged() {
        guard let team = replica.currentTeam else { return }
        for connection in connections { connection.rosterChanged(team) }
    }

    func storeGrew(from source: Int?) {
        let isFirst = growth.isEmpty
        growth.insert(source)
        guard isFirst else { return }
        later(0) { [self] in
            let sources = growth
            growth = []
            files?.wantsChanged()
            for connection in connections where sources != [connection.id] {
                connection.storeGrew()
            }
        }
    }

    // MARK: - Joining

    /// Notes how a session ended; one that never got as far as an answer says nothing.
    func heard(_ error: SyncError?, withCode isJoining: Bool) {
        switch error {
        case .refused(SyncError.unknownDevice.code, _): isUnknown = true
        case .handshakeTimeout, .refused(SyncError.handshakeTimeout.code, _), .disconnected: break
        default: if isJoining { isUnknown = false }
        }
    }

    func join(_ request: JoinRequest, invite: EventID, connection: SimulatedConnection) {
        storeLater { [self] in
            let (admission, reason) = decide(request, invite: invite)
            later(0) { [self] in
                connection.admitted(admission, reason: reason, roster: replica.currentTeam)
                guard admission != nil else { return }
                rosterChanged()
                storeGrew(from: nil)
            }
        }
    }

    private func decide(_ request: JoinRequest, invite: EventID) -> (EventID?, String) {
        guard let team else { return (nil, "this invitation is not known here") }
        switch team.answer(to: request, invite: invite, by: signing.publicKey, at: wall) {
        case .known(let admission): return (admission, "")
        case .refused(let reason): return (nil, reason)
        case .admit: break
        }
        let admission = MembershipAct.Admission(invite: invite, request: request)
        guard let event = act(.admit(admission)) else { return (nil, "the store failed") }
        return (event, "")
    }

    func welcomed(team: TeamID, secrets: [Bytes32]) throws(StoreFault) {
        simulation.findings = nil
        do throws(ReplicaError) { try replica.adopt(team: team) } catch {
            if mayFail(error) {
                recoverSoon()
            } else {
                simulation.violate(.soundStore, "\(name) could not adopt the team: \(error)")
            }
            throw StoreFault(error.message)
        }
        self.secrets = secrets
        isUnknown = false
    }

    // MARK: - What was acknowledged

    /// Notes events that a person was told are kept.
    func acknowledge(_ events: [EventID]) { acknowledged += events }

    /// Forgets what was acknowledged but is only in the past of what was restored.
    func forget(_ lost: Set<EventID>) { acknowledged.removeAll { lost.contains($0) } }

    // MARK: - Bad days

    /// Ends the process and starts it again: sessions are gone, what is durable is not.
    func restart(
        with other: Replica? = nil, on disk: SimulatedDisk? = nil, isPowerLost: Bool = false
    ) {
        run += 1
        storeFreeAt = 0
        growth = []
        newest = [:]
        for connection in connections { connection.drop() }
        connections = []
        for link in simulation.network.openLinks
        where link.pipes[0].from == index || link.pipes[0].to == index {
            link.cut(telling: [link.pipes[0].from == index ? 1 : 0])
        }
        files?.restarted(isPowerLost: isPowerLost)
        guard let other else { return }
        replica = other
        if disk !== self.disk { isDiskTroubled = false }
        self.disk = disk
    }
}
