import WeData
import WeKeys
import WeLog
import WeReplica
import WeSync

/// What is true of a team, whatever its nodes believe.
struct Truth {
    /// Persons that no honest person ever invited.
    var strangers: Set<PersonID> = []
    /// Persons that the founder made moderators.
    var moderators: Set<PersonID> = []
    /// Persons whose nodes do as they like.
    var hostile: Set<PersonID> = []
    /// Events whose bodies must be gone.
    var erased: Set<EventID> = []
    /// Whether two nodes run with the same keys.
    var hasClones = false
}

extension Simulation {
    /// Inviting and admitting begin before anything fails.
    static let foundingMilliseconds: Milliseconds = 5_000
    /// The greatest error of a clock, in years.
    private static let clockYears = 10
    private static let nodesMax = 60

    private static func names(_ index: Int) -> String { "node \(index)" }

    /// A node with keys of its own; not in the team yet.
    func newNode(isHostile: Bool) throws -> SimulatedNode {
        let index = nodes.count + strangers.count
        var random = SimulatedRandom(seed: plan.seed, stream: 0x100 + UInt64(index))
        let node = SimulatedNode(
            index: index, name: Simulation.names(index),
            signing: try SigningKey(seed: random.secret()),
            channel: try AgreementKey(secret: random.secret()), isHostile: isHostile,
            replica: try Simulation.replica(), random: random, simulation: self)
        if plan.areClocksWrong, random.chance(50) { node.clockError = Simulation.error(&random) }
        if isHostile { truth.hostile.insert(node.person) }
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
                teamName: "team", founderName: founder.name, devices: [founder.device]),
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

    /// Honest nodes that must end up the same: members, and those that can become members.
    var expected: [SimulatedNode] {
        let team = nodes.first?.team
        let isOpen = team?.isFullyUnderstood ?? false
        return honest.filter { node in
            if node.isMember || team?.persons[node.person] != nil { return true }
            guard isOpen, let invite = node.invited?.event else { return false }
            return team?.invites.contains { $0.id == invite } ?? false
        }
    }

    // MARK: - Dialling

    /// While anything may fail everyone dials someone now and then.
    func dialNext(_ node: SimulatedNode, soon: Bool = false, attempts: Int = 0) {
        let patience = 1_000 << min(attempts, 4)
        let interval = node.isMember ? plan.dialInterval : patience...(2 * patience)
        let pause = node.random.within(interval)
        schedule(at: now + Milliseconds(soon ? pause / 4 : pause)) { [self] in
            guard !isSafe || !node.isMember else { return }
            let others = nodes.filter { $0 !== node && $0.person != node.person }
            if let other = node.isMember || node.random.chance(70)
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

    /// From now on honest nodes are connected: in a ring, and some across it.
    func keepConnected() {
        let nodes = honest
        for (place, node) in nodes.enumerated() {
            keep(node, connectedTo: nodes[(place + 1) % nodes.count])
            if nodes.count > 4, let other = random.pick(nodes) {
                keep(node, connectedTo: other)
            }
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
