import WeData
import WeKeys
import WeLog
import WeReplica
import WeSync

/// What is true of a team, whatever its nodes believe.
struct Truth {
    /// Persons that no honest person ever invited.
    var strangers: Set<PersonID> = []
    /// Persons that someone who may made moderators, or the council founders.
    var moderators: Set<PersonID> = []
    var founders: Set<PersonID> = []
    /// Persons whose nodes do as they like.
    var hostile: Set<PersonID> = []
    /// Persons that someone wanted to reduce, and who did.
    var reducers: [PersonID: Set<PersonID>] = [:]
    /// Devices that someone took away.
    var revoked: Set<DeviceKey> = []
    /// Persons that were taken back in.
    var restored: Set<PersonID> = []
    /// Exclusions by the founder.
    var exclusions: [EventID: PersonID] = [:]
    /// Events that someone who may erased.
    var mayBeErased: Set<EventID> = []
    /// What honest people erased.
    var erasures: [Erasure] = []
    /// What was written and is no longer where it was written, since an older copy was put back.
    var restoredAway: Set<EventID> = []
    /// Whether two nodes run with the same keys.
    var hasClones = false
    /// Whether the recovery council decided something.
    var hasCouncilDecided = false

    /// Someone erased one event.
    struct Erasure {
        let event: EventID
        let person: PersonID
        let device: DeviceKey
        let target: EventID
        /// Whether the author of what was erased did so.
        let isOwn: Bool
        /// The beginning of the body, which nothing else holds.
        let salt: [UInt8]
    }
}

extension Simulation {
    /// Inviting and admitting begin before anything fails.
    static let foundingMilliseconds: Milliseconds = 5_000
    /// The greatest error of a clock, in years.
    private static let clockYears = 10
    static let nodesMax = 60

    private static func names(_ index: Int) -> String { "node \(index)" }

    /// A node with keys of its own; not in the team yet.
    func newNode(isHostile: Bool, person: PersonID? = nil) throws -> SimulatedNode {
        let index = nodes.count + strangers.count
        var random = SimulatedRandom(seed: plan.seed, stream: 0x100 + UInt64(index))
        var disk: SimulatedDisk?
        if plan.hasDisks, !isHostile, random.chance(50) {
            disk = try Simulation.disk(seed: random.next())
        }
        let replica = try disk.map { try Simulation.open(on: $0) } ?? Simulation.replica()
        let node = SimulatedNode(
            index: index, name: Simulation.names(index), keys: try NodeKeys.of(index),
            person: person, isHostile: isHostile, replica: replica, disk: disk, random: random,
            simulation: self)
        if plan.areClocksWrong, random.chance(50) { node.clockError = Simulation.error(&random) }
        if isHostile { truth.hostile.insert(node.person) }
        giveFiles(to: node)
        return node
    }

    static func error(_ random: inout SimulatedRandom) -> Int64 {
        let span = clockYears * 365 * 86_400
        return 1_000 * Int64(random.within(-span...span))
    }

    /// Founds the team and invites everyone.
    func found() throws {
        let founder = try newNode(isHostile: false)
        nodes.append(founder)
        _ = try founder.replica.found(
            MembershipAct.Genesis(
                teamName: "team", founderName: founder.name, devices: [founder.device],
                needsSecondModerator: plan.needsSecondModerator,
                recoveryKeys: plan.hasCouncil ? try Simulation.councilKeys().map(\.publicKey) : [],
                recoveryThreshold: plan.hasCouncil ? 2 : 0),
            author: founder.author, wall: founder.wall)
        founder.secrets = [random.bytes32()]
        for place in 1..<plan.nodeCount {
            let node = try newNode(isHostile: place >= plan.nodeCount - plan.hostileCount)
            nodes.append(node)
            invite(node, by: founder)
        }
        for _ in 0..<plan.strangerCount {
            let stranger = try newNode(isHostile: true)
            truth.strangers.insert(stranger.person)
            strangers.append(stranger)
            guard planted == .strangersEffect else { continue }
            invite(stranger, by: founder)
            dialNext(stranger, soon: true)
        }
        for node in nodes { dialNext(node, soon: true) }
    }

    /// Hands a newcomer an invitation.
    func invite(_ newcomer: SimulatedNode, by inviter: SimulatedNode) {
        guard let team = inviter.team,
            let invitation = Invitation(team: team.id, seed: random.bytes(Invitation.seedBytes)),
            let key = try? invitation.key(),
            let event = inviter.act(
                .invite(
                    MembershipAct.Invite(
                        key: key.publicKey, psk: invitation.psk, role: .member, uses: 1,
                        expiry: nil, note: "")))
        else { return }
        newcomer.invited = (
            Joining(
                invitation: invitation, person: newcomer.person, name: newcomer.name,
                devices: [newcomer.device], nonce: random.bytes(JoinRequest.nonceBytes)), event
        )
    }

    /// One more person is invited and comes.
    func welcome(by inviter: SimulatedNode) -> Bool {
        guard nodes.count < Simulation.nodesMax, let node = try? newNode(isHostile: false) else {
            return false
        }
        nodes.append(node)
        invite(node, by: inviter)
        dialNext(node, soon: true)
        return true
    }

    // MARK: - Who there is

    /// Nodes that do as the protocol says.
    var honest: [SimulatedNode] { nodes.filter { !$0.isHostile } }

    // MARK: - Dialling

    /// While anything may fail everyone dials someone now and then.
    func dialNext(_ node: SimulatedNode, soon: Bool = false, attempts: Int = 0) {
        let patience = 1_000 << min(attempts, 4)
        let interval = node.isIn || node.isOut ? plan.dialInterval : patience...(2 * patience)
        let pause = node.random.within(interval)
        schedule(at: now + Milliseconds(soon ? pause / 4 : pause)) { [self] in
            guard !isSafe || !node.isIn else { return }
            let others = nodes.filter { $0.signing !== node.signing }
            if let other = node.isIn || node.random.chance(70)
                ? node.random.pick(others) : nodes.first
            {
                dial(from: node, to: other, isLive: node.random.chance(75))
            }
            dialNext(node, attempts: attempts + 1)
        }
    }

    /// Opens a connection when the network lets it.
    func dial(from node: SimulatedNode, to other: SimulatedNode, isLive: Bool, after delay: Int = 0)
    {
        guard node !== other, !isSilent(node), !isSilent(other) else { return }
        let way = network.random.within(plan.delay) + network.random.within(plan.delay)
        schedule(at: now + Milliseconds(way + delay)) { [self] in
            guard !network.isBlocked(node.index, other.index),
                !network.isBlocked(other.index, node.index)
            else { return }
            let link = network.link(from: node.index, to: other.index, self)
            let isHonest = !node.isHostile && !other.isHostile
            guard
                let first = node.open(
                    link, end: 0, peer: other, isPeerHonest: isHonest, isLive: isLive),
                let second = other.open(
                    link, end: 1, peer: node, isPeerHonest: isHonest, isLive: true)
            else { return }
            link.join(first, second)
            second.start()
            first.start()
        }
    }

    private func isSilent(_ node: SimulatedNode) -> Bool {
        isSafe && isPlanted(.silence, in: node)
    }

    /// From now on honest nodes that must end up the same are connected.
    ///
    /// They are in a ring, and some across it. Who was put out goes on knocking.
    func keepConnected() {
        let nodes = expected
        connected = nodes.map(\.index)
        for (place, node) in nodes.enumerated() {
            keep(node, connectedTo: nodes[(place + 1) % nodes.count])
            if nodes.count > 4, let other = random.pick(nodes) {
                keep(node, connectedTo: other)
            }
        }
        // Who fell along with someone asks one who is in, with the code of before: one whom it
        // knows, since two who do not know each other just end (Protocol.md 11.2).
        let team = united
        let inside = nodes.filter { team?.isActive($0.signing.publicKey) ?? false }
        for node in nodes where !inside.contains(where: { $0 === node }) {
            let known = inside.filter { node.team?.isActive($0.signing.publicKey) ?? false }
            if let other = random.pick(known.isEmpty ? inside : known) {
                keep(node, connectedTo: other)
            }
        }
        for node in putOut {
            if let other = random.pick(nodes) { keep(node, connectedTo: other) }
        }
    }

    /// Dials again when the connection is gone, less and less often.
    private func keep(
        _ node: SimulatedNode, connectedTo other: SimulatedNode, attempts: Int = 0
    ) {
        guard node !== other else { return }
        let isConnected = node.isConnected(to: other) || other.isConnected(to: node)
        if !isConnected { dial(from: node, to: other, isLive: true) }
        let pause = 1_000 << min(attempts, 4)
        schedule(at: now + Milliseconds(node.random.within(pause...(2 * pause)))) { [self] in
            keep(node, connectedTo: other, attempts: attempts + (isConnected ? 0 : 1))
        }
    }
}
