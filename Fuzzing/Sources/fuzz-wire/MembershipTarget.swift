import FuzzDriver
import WeData
import WeKeys
import WeLog

/// Any membership events with any edges make one team, in whatever order they come.
enum MembershipTarget {
    private static let eventsMax = 24

    static func run(_ bytes: [UInt8]) -> Int {
        var input = Input(bytes)
        let seed = input.byte()
        var history = MembershipHistory(needsSecondModerator: input.bool(), council: input.below(3))
        while !input.isAtEnd, history.events.count < eventsMax { history.write(&input) }
        let events = history.events
        let one = MembershipGraph(team: history.team, events: events)
        var other = MembershipGraph(team: history.team)
        var random = Seeded(UInt64(seed))
        for at in history.order(&random) {
            other.insert(events[at])
            other.insert(events[at])
        }
        expect(one.count == other.count, "order decides nothing about what is taken in")
        guard let team = Team(one), let again = Team(other) else {
            expect(Team(one) == nil && Team(other) == nil, "nor about whether there is a team")
            return 0
        }
        compare(team, again)
        return compareContent(team, again, history, &input) + team.effective.count
    }

    private static func compare(_ left: Team, _ right: Team) {
        expect(left.effective == right.effective, "the same events count")
        expect(left.persons == right.persons, "for the same people")
        expect(left.owners == right.owners && left.channels == right.channels, "and devices")
        expect(left.invites == right.invites, "and invitations")
        expect(left.secrets == right.secrets && left.council == right.council, "and secrets")
        expect(left.isFullyUnderstood == right.isFullyUnderstood, "as far as is understood")
        expect(left.founder == right.founder && left.moderators == right.moderators, "in rank")
        expect(left.decisions() == right.decisions(), "with the same decisions")
        for (device, owner) in left.owners {
            expect(left.standings(of: device) == right.standings(of: device), "standings")
            expect(
                Set(left.exclusionProof(of: device)) == Set(right.exclusionProof(of: device)),
                "and proof")
            expect(left.reductions(of: owner).sorted() == right.reductions(of: owner).sorted(), "")
            if left.persons[owner]?.role == Role.none {
                expect(!left.isActive(device), "who is out is out")
            }
        }
        for person in left.persons.keys {
            expect(!left.isSenior(person, to: person), "nobody is senior to themselves")
            expect(left.unsettled(by: person) == right.unsettled(by: person), "unsettled")
        }
    }

    /// What counts of a content log of each device, with any branches and citations.
    private static func compareContent(
        _ left: Team, _ right: Team, _ history: MembershipHistory, _ input: inout Input
    ) -> Int {
        var sum = 0
        for actor in MembershipHistory.actors {
            let key = LogKey(logClass: .content, device: actor.key.publicKey, log: 1)
            var branches: [ContentLog.Branch] = []
            var heads: [EventID: (branch: Int, sequence: Int)] = [:]
            for number in 0..<(1 + input.below(3)) {
                let parent = number > 0 ? (input.below(number), input.below(6)) : nil
                let first = parent.map { $0.1 + 1 } ?? 0
                var citations: [(sequence: Int, event: EventID)] = []
                var sequence = first
                for _ in 0..<input.below(4) {
                    guard let event = input.pick(history.events) else { break }
                    citations.append((sequence, event.id))
                    sequence += input.below(3)
                }
                branches.append(.init(parent: parent, first: first, citations: citations))
                heads[MembershipHistory.contentID(number)] = (number, first + input.below(4))
            }
            let log = ContentLog(key: key, branches: branches, heads: heads)
            let (one, other) = (left.standing(of: log), right.standing(of: log))
            expect((one == nil) == (other == nil), "order decides nothing about a log")
            guard let one, let other else { continue }
            for branch in 0..<branches.count {
                for sequence in 0..<10 {
                    let id = MembershipHistory.contentID(sequence)
                    let counts = one.counts(sequence, in: branch, id: id)
                    expect(counts == other.counts(sequence, in: branch, id: id), "what counts")
                    expect(
                        !(counts && one.isQuarantined(sequence, in: branch, id: id)),
                        "what counts is not kept from counting")
                    sum += counts ? 1 : 0
                }
            }
        }
        return sum
    }
}

/// Writes membership events as an input decides: by whom, after what, and what they say.
struct MembershipHistory {
    struct Actor {
        let key: SigningKey
        let channel: ChannelKey
        var person: PersonID { Device.person(of: key.publicKey) }
    }

    static let actors: [Actor] = (0..<7).map { number in
        var random = Seeded(UInt64(number) + 1)
        guard let key = try? random.signingKey(), let channel = Bytes32(random.bytes(32)) else {
            fail("no keys")
        }
        return Actor(key: key, channel: ChannelKey(channel))
    }
    /// Each actor's device as one of each actor: signing is what such histories cost.
    private static let devices: [[Device]] = actors.indices.map { at in
        actors.indices.map { of in
            Device(
                person: actors[of].person, key: actors[at].key, channel: actors[at].channel,
                label: "\(at)")
        }
    }
    nonisolated(unsafe) private static var requests: [[UInt8]: JoinRequest] = [:]
    private static let inviteKey = actors[6].key

    private(set) var events: [MembershipEvent] = []
    private var decisions: [Digest?] = [nil]

    var team: TeamID { TeamID(events.first?.id.value ?? .zero) }

    static func contentID(_ number: Int) -> EventID {
        EventID(Digest(hashing: [1, UInt8(truncatingIfNeeded: number)]).value)
    }

    init(needsSecondModerator: Bool, council: Int) {
        let keys = (0..<council).map { MembershipHistory.actors[3 + $0].key.publicKey }
        let genesis = MembershipAct.Genesis(
            teamName: "Noord", founderName: "A",
            devices: [MembershipHistory.devices[0][0], MembershipHistory.devices[5][0]],
            needsSecondModerator: needsSecondModerator, recoveryKeys: keys,
            recoveryThreshold: council)
        append(.genesis(genesis), by: 0, previous: nil, parents: [], salt: 0)
    }

    private mutating func append(
        _ act: MembershipAct, by actor: Int, previous: MembershipEvent?,
        parents: [MembershipEvent], salt: Int
    ) {
        let lamport = (parents + [previous].compactMap { $0 }).map(\.lamport).max() ?? -1
        let id = Digest(hashing: [UInt8(events.count), UInt8(truncatingIfNeeded: salt)])
        events.append(
            MembershipEvent(
                id: EventID(id.value), device: MembershipHistory.actors[actor].key.publicKey,
                log: previous?.log ?? UInt64(salt % 2), previous: previous?.id,
                parents: parents.map(\.id), lamport: lamport + 1, act: act))
    }

    mutating func write(_ input: inout Input) {
        let actor = input.below(MembershipHistory.actors.count)
        let device = MembershipHistory.actors[actor].key.publicKey
        let shape = input.byte()
        let own = events.filter { $0.device == device }
        // The last of the log, an earlier one, which forks it, or none, which begins another.
        let previous = shape & 3 == 3 ? nil : shape & 3 == 2 ? input.pick(own) : own.last
        var parents: [MembershipEvent] = []
        if shape & 4 == 0 {
            parents = events.suffix(1)
        } else {
            for _ in 0..<(1 + shape >> 3 & 3) {
                if let parent = input.pick(events) { parents.append(parent) }
            }
        }
        let act = self.act(&input)
        append(act, by: actor, previous: previous, parents: parents, salt: shape)
    }

    private func event(_ input: inout Input) -> EventID { input.pick(events)?.id ?? EventID(.zero) }

    private func cut(_ input: inout Input, of at: Int) -> [MembershipAct.Cut] {
        let device = MembershipHistory.actors[at].key.publicKey
        return (0..<input.below(3)).map { _ in
            let isContent = input.bool()
            let head = isContent ? MembershipHistory.contentID(input.below(3)) : event(&input)
            return .init(device: device, log: UInt64(input.below(2)), heads: [head])
        }
    }

    private mutating func act(_ input: inout Input) -> MembershipAct {
        let actors = MembershipHistory.actors
        let kind = input.below(16)
        let at = input.below(actors.count)
        let person = actors[at].person
        switch kind {
        case 0, 1:
            return .invite(
                .init(
                    key: MembershipHistory.inviteKey.publicKey, psk: .zero,
                    role: Role(rawValue: input.below(5)) ?? .member, uses: input.below(3),
                    expiry: nil, note: ""))
        case 2, 3: return admission(of: at, &input)
        case 4, 5:
            let keys = (0..<input.below(3)).map { _ in actors[input.below(7)].key.publicKey }
            return .grant(
                person: person, role: Role(rawValue: input.below(5)) ?? .member, devices: keys,
                lifts: (0..<input.below(2)).map { _ in event(&input) })
        case 6, 7:
            let role = Role(rawValue: input.below(5)) ?? .none
            let cut = cut(&input, of: at)
            let isSevere = input.bool()
            return .reduce(
                person: person, to: role, cut: cut, reason: isSevere ? "why" : "",
                isSevere: isSevere, address: input.bool() ? event(&input) : nil)
        case 8: return .address(person: person, text: "", about: nil)
        case 9:
            return .readmit(
                person: person, lifts: (0..<input.below(3)).map { _ in event(&input) },
                devices: [MembershipHistory.devices[input.below(7)][at]])
        case 10:
            return .addDevice(
                person: person, device: MembershipHistory.devices[input.below(7)][at])
        case 11:
            return .revokeDevice(
                owner: actors[input.below(7)].person, device: actors[at].key.publicKey,
                cut: cut(&input, of: at))
        case 12: return .close(invite: event(&input))
        case 13: return decision(about: at, &input)
        case 14:
            return input.bool()
                ? .secret(epoch: input.below(4), sealed: [])
                : .adopt(events: [event(&input), MembershipHistory.contentID(input.below(6))])
        default:
            // As a peer sends it, of any form.
            let body = input.chunk()
            return (try? MembershipBody(decoding: body))?.act ?? .unknown(kind: input.byte())
        }
    }

    private func admission(of at: Int, _ input: inout Input) -> MembershipAct {
        let invites = events.filter { if case .invite = $0.act { true } else { false } }
        let invite = input.pick(invites)?.id ?? event(&input)
        let extra = input.below(16)
        let key = invite.bytes + team.bytes + [UInt8(at), UInt8(extra)]
        if let known = MembershipHistory.requests[key] {
            return .admit(.init(invite: invite, request: known))
        }
        var devices = [MembershipHistory.devices[at][at]]
        if extra < 7 { devices.append(MembershipHistory.devices[extra][at]) }
        let signer = extra == 15 ? MembershipHistory.actors[1].key : MembershipHistory.inviteKey
        let request = JoinRequest(
            team: team, invite: invite, inviteKey: signer,
            person: MembershipHistory.actors[at].person, name: "\(at)", devices: devices,
            nonce: [UInt8](repeating: 0, count: JoinRequest.nonceBytes))
        if MembershipHistory.requests.count > 1_000 { MembershipHistory.requests = [:] }
        MembershipHistory.requests[key] = request
        return .admit(.init(invite: invite, request: request))
    }

    private mutating func decision(about at: Int, _ input: inout Input) -> MembershipAct {
        let actors = MembershipHistory.actors
        let proposal: [UInt8] =
            switch input.below(4) {
            case 0:
                CouncilProposal.founder(
                    person: actors[at].person, devices: [actors[at].key.publicKey],
                    lifts: [event(&input)]
                ).encoded
            case 1:
                CouncilProposal.reduce(
                    person: actors[at].person, to: .none, cut: cut(&input, of: at), reason: ""
                ).encoded
            case 2:
                CouncilProposal.keys(
                    (0..<(1 + input.below(2))).map { actors[3 + $0].key.publicKey },
                    threshold: 1 + input.below(2)
                ).encoded
            default: input.chunk()
            }
        let previous = decisions[input.below(decisions.count)]
        let statement = CouncilDecision.statement(
            team: team, previous: previous, proposal: proposal)
        let signatures = (0..<input.below(3)).map { number in
            let key = actors[3 + number].key
            return MembershipAct.CouncilSignature(
                key: key.publicKey, signature: key.sign(statement, domain: .council))
        }
        decisions.append(CouncilDecision.digest(previous: previous, proposal: proposal))
        return .council(proposal: proposal, previous: previous, signatures: signatures)
    }

    /// An order in which each event comes after what it names.
    func order(_ random: inout Seeded) -> [Int] {
        var done: Set<EventID> = []
        var left = Array(events.indices)
        var order: [Int] = []
        while !left.isEmpty {
            let ready = left.filter { at in
                let event = events[at]
                return (event.parents + [event.previous].compactMap { $0 })
                    .allSatisfy(done.contains)
            }
            guard !ready.isEmpty else { return order }
            let at = ready[random.below(ready.count)]
            done.insert(events[at].id)
            order.append(at)
            left.removeAll { $0 == at }
        }
        return order
    }
}
