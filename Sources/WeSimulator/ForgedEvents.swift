import WeData
import WeKeys
import WeLog
import WeReplica

/// Makes events as no honest node would, signed with the keys of the one who attacks.
struct ForgedEvents {
    let node: SimulatedNode
    let team: TeamID
    let membership: [MembershipEvent]
    /// What introduces the attacker's device.
    let introduction: MembershipEvent
    var random: SimulatedRandom

    /// `nil` for someone whom no event introduces.
    init?(_ node: SimulatedNode, random: SimulatedRandom) {
        guard let team = node.team,
            let events = try? node.replica.lend({ try? $0.membershipEvents() }),
            let introduction = events.first(where: {
                $0.act.introduces.contains(node.signing.publicKey)
            })
        else { return nil }
        self.node = node
        self.team = team.id
        membership = events
        self.introduction = introduction
        self.random = random
    }

    mutating func key(_ logClass: LogClass) -> LogKey {
        LogKey(logClass: logClass, device: node.signing.publicKey, log: random.next())
    }

    mutating func salt() -> [UInt8] { random.bytes(ContentBody.saltBytes) }

    /// A chain of events that each create an object, which nothing is wrong with.
    mutating func chain(_ count: Int, _ changes: [Change]? = nil) -> Run {
        let key = key(.content)
        var events: [Event] = []
        for sequence in 0..<count {
            let changes = changes ?? [.create(kind: "share"), .set(field: "title", value: "spam")]
            let body = ContentBody(salt: salt(), changes: changes).encoded
            let previous = events.last
            let lamport = (previous?.header.lamport ?? introduction.lamport) + 1
            events.append(
                event(
                    key, sequence: sequence, previous: previous?.id,
                    parents: sequence == 0 ? [introduction.id] : [], lamport: lamport, body: body))
        }
        return Run(key: key, events: events)
    }

    func event(
        _ key: LogKey, sequence: Int, previous: EventID?, object: ObjectID? = nil,
        parents: [EventID], lamport: Int, body: [UInt8], key signing: SigningKey? = nil,
        team: TeamID? = nil
    ) -> Event {
        let header = EventHeader(
            team: team ?? self.team, key: key, sequence: sequence, previous: previous,
            object: object, parents: parents, lamport: lamport, wall: node.wall,
            bodyByteCount: body.count, bodyHash: Digest(hashing: body))
        return Event(header: header, body: body, key: signing ?? node.signing)
    }

    /// A chain of membership acts that see nothing but what introduces the attacker.
    mutating func acts(_ acts: [MembershipAct]) -> Run {
        let key = key(.membership)
        var events: [Event] = []
        for (sequence, act) in acts.enumerated() {
            let previous = events.last
            let lamport = (previous?.header.lamport ?? introduction.lamport) + 1
            events.append(
                event(
                    key, sequence: sequence, previous: previous?.id,
                    parents: sequence == 0 ? [introduction.id] : [], lamport: lamport,
                    body: MembershipBody(salt: salt(), act: act).encoded))
        }
        return Run(key: key, events: events)
    }

    /// One act of a kind that no version knows.
    mutating func unknownAct() -> Run {
        let key = key(.membership)
        var writer = Writer()
        writer.array(3)
        writer.bytes(salt())
        writer.int(90 + random.below(10))
        writer.map(0)
        return Run(
            key: key,
            events: [
                event(
                    key, sequence: 0, previous: nil, parents: [introduction.id],
                    lamport: introduction.lamport + 1, body: writer.take())
            ])
    }

    /// One event in which one thing is wrong.
    mutating func wrong(_ kind: StepKind) -> Run {
        let run = chain(3)
        var events = run.events
        let place = random.within(0...2)
        let header = events[place].header
        let body = events[place].body ?? []
        func changed(
            previous: EventID? = header.previous, parents: [EventID] = header.parents,
            lamport: Int = header.lamport
        ) -> Event {
            event(
                run.key, sequence: header.sequence, previous: previous, parents: parents,
                lamport: lamport, body: body)
        }
        switch kind {
        case .wrongSignature:
            events[place] = Event(
                header: header, signature: events[(place + 1) % 3].signature, body: body)
        case .wrongLamport:
            let lamports = [header.lamport + 1_000, 1, Int.max - 1, max(1, header.lamport - 1)]
            events[place] = changed(lamport: random.pick(lamports) ?? 1)
        case .wrongPrevious:
            let others = [introduction.id, EventID(random.bytes32())]
            events[place] = changed(
                previous: place == 0 ? nil : random.pick(others),
                parents: place == 0 ? [EventID(random.bytes32())] : [])
        default:
            let parents = [EventID(random.bytes32()), introduction.id, events[0].id]
            events[place] = changed(
                parents: random.chance(50) ? [parents[0]] : Array(Set(parents)).sorted())
        }
        // Each event goes alone: a run would be rebuilt with the right past.
        return Run(key: run.key, events: [events[place]])
    }

    /// Two events at the same place of one log.
    mutating func fork() -> (Run, Run) {
        let first = chain(2 + random.below(4))
        let place = random.within(1...(first.events.count - 1))
        var events = Array(first.events.prefix(place))
        for sequence in place..<(place + 1 + random.below(3)) {
            let body = ContentBody(
                salt: salt(),
                changes: [.create(kind: "share"), .set(field: "title", value: "fork")]
            ).encoded
            guard let last = events.last else { break }
            events.append(
                event(
                    first.key, sequence: sequence, previous: last.id, parents: [],
                    lamport: last.header.lamport + 1, body: body))
        }
        return (first, Run(key: first.key, events: events))
    }

    /// A stranger is taken in without an invitation, and writes.
    mutating func admission(of stranger: SimulatedNode) -> [Run] {
        let invites = membership.filter {
            if case .invite = $0.act { true } else { false }
        }
        guard let invite = random.pick(invites) else { return [] }
        // Signed by the attacker's key, not by the invitation's.
        let request = JoinRequest(
            team: team, invite: invite.id, inviteKey: node.signing, person: stranger.person,
            name: "stranger", devices: [stranger.device], nonce: random.bytes(16))
        let admission = acts([.admit(MembershipAct.Admission(invite: invite.id, request: request))])
        guard let event = admission.events.last else { return [] }
        return [
            admission, strangersRun(stranger, after: event.id, lamport: event.header.lamport),
        ]
    }

    /// What a stranger writes, naming an event as what introduces it.
    mutating func strangersRun(_ stranger: SimulatedNode, after id: EventID, lamport: Int) -> Run {
        let key = LogKey(
            logClass: .content, device: stranger.signing.publicKey, log: random.next())
        let body = ContentBody(
            salt: salt(),
            changes: [.create(kind: "share"), .set(field: "title", value: "stranger")]
        ).encoded
        return Run(
            key: key,
            events: [
                event(
                    key, sequence: 0, previous: nil, parents: [id], lamport: lamport + 1,
                    body: body, key: stranger.signing)
            ])
    }
}
