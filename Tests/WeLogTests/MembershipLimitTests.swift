import Testing
import WeData
import WeKeys

@testable import WeLog

/// Limits of a team, and acts that this version does not know or cannot read.
@Suite("Limits of a team, and acts of other forms")
struct MembershipLimitTests {
    @Test("a person has at most 16 devices; further ones have no standing")
    func devices() throws {
        var acts = Acts(seed: 1)
        let anna = try Actor("Anna", &acts.random)
        var actors: [Actor] = []
        for index in 0..<20 { actors.append(try Actor("D\(index)", &acts.random)) }
        let bram = actors[0]
        acts.found(by: anna)
        let all = actors.map { $0.device(of: bram.person) }
        let invite = try acts.invite(by: anna, uses: 9)
        let limit = EventLimit.devicesPerPersonMax
        try acts.admit(bram, by: anna, invite: invite, devices: Array(all.prefix(limit - 1)))
        try acts.admit(bram, by: anna, invite: invite, devices: [all[0]] + all.suffix(3))
        let team = try #require(acts.folded)
        #expect(team.persons[bram.person]?.devices.count == limit)
        #expect(team.owners.count == limit + 1)
        let chris = try Actor("Chris", &acts.random)
        try acts.admit(chris, by: actors[19], invite: invite)
        #expect(acts.folded?.persons[chris.person] == nil)
        try acts.admit(chris, by: actors[17], invite: invite)
        #expect(acts.folded?.persons[chris.person] != nil)
    }

    @Test("a body with more than 16 devices has another form")
    func deviceList() throws {
        var acts = Acts(seed: 2)
        let anna = try Actor("Anna", &acts.random)
        let devices = [Device](repeating: anna.device, count: EventLimit.devicesPerPersonMax + 1)
        let genesis = MembershipAct.Genesis(
            teamName: "Noord", founderName: "Anna", devices: devices)
        let body = MembershipBody(salt: acts.random.bytes(16), act: .genesis(genesis)).encoded
        #expect(throws: DecodingError.self) { try MembershipBody(decoding: body) }
    }

    @Test("a team has at most 1000 persons, the first by order")
    func persons() throws {
        var acts = Acts(seed: 3)
        let anna = try Actor("Anna", &acts.random)
        acts.found(by: anna)
        let invite = try acts.invite(by: anna, uses: 2_000)
        var last: Actor?
        for index in 1...EventLimit.personsMax {
            let newcomer = try Actor("P\(index)", &acts.random)
            try acts.admit(newcomer, by: anna, invite: invite, after: [])
            last = newcomer
        }
        let team = try #require(acts.folded)
        #expect(team.persons.count == EventLimit.personsMax)
        let late = try #require(last)
        #expect(team.persons[late.person] == nil && team.owners[late.key.publicKey] == nil)
        let again = try #require(Team(id: acts.team, events: acts.events.reversed()))
        #expect(again.persons == team.persons)
        let request = try acts.request(invite, for: late)
        #expect(
            team.answer(to: request, invite: invite, by: anna.key.publicKey, at: 0)
                == .refused("the team is full"))
        acts.write(.readmit(person: late.person, lifts: [], devices: [late.device]), by: anna)
        #expect(try #require(acts.folded).persons == team.persons, "nor by a readmission")
    }

    // MARK: - Other forms

    private struct World {
        let key: SigningKey
        let device: Device
        var author: EventAuthor { EventAuthor(key: key) }
        var log: LogKey { LogKey(logClass: .membership, device: key.publicKey, log: 7) }

        func event(_ body: [UInt8], after last: Event?, team: TeamID?) -> Event {
            author.event(
                team: team, key: log, sequence: last.map { $0.header.sequence + 1 } ?? 0,
                previous: last?.id, object: nil, parents: [],
                lamport: last.map { $0.header.lamport + 1 } ?? 0, wall: 0, body: body)
        }
    }

    /// A body of a kind with fields of any form.
    private func body(_ kind: Int64, _ fields: Value) -> [UInt8] {
        Value.array([.bytes([UInt8](repeating: 0, count: 16)), .int(kind), fields]).encoded
    }

    @Test(
        "a known kind in another form is stored, not applied, and in the past of what follows",
        arguments: [
            Value.map([]), .map([.init(key: 0, value: 5)]),
            .map([.init(key: 0, value: "text"), .init(key: 77, value: .array([1, "x"]))]),
        ])
    func otherForm(fields: Value) throws {
        var random = Seeded(4)
        let anna = try Actor("Anna", &random)
        let bram = try Actor("Bram", &random)
        let world = World(key: anna.key, device: anna.device)
        func membership(_ act: MembershipAct) -> [UInt8] {
            MembershipBody(salt: [UInt8](repeating: 1, count: 16), act: act).encoded
        }
        let genesis = world.event(
            membership(
                .genesis(.init(teamName: "N", founderName: "A", devices: [anna.device]))),
            after: nil, team: nil)
        let team = TeamID(genesis.id.value)
        let inviteKey = try random.signingKey()
        let invite = world.event(
            membership(
                .invite(
                    .init(
                        key: inviteKey.publicKey, psk: random.bytes32(), role: .member, uses: 1,
                        expiry: nil, note: ""))), after: genesis, team: team)
        for kind in Int64(0)...13 {
            let odd = world.event(body(kind, fields), after: invite, team: team)
            try odd.checkBody()
            let decoded = try #require(MembershipEvent(odd), "kind \(kind)")
            #expect(decoded.act == .unknown(kind: Int(kind)))
            // The only way from the admission to its invitation is through the odd event.
            let request = JoinRequest(
                team: team, invite: invite.id, inviteKey: inviteKey, person: bram.person,
                name: "Bram", devices: [bram.device], nonce: random.bytes(16))
            let admit = world.event(
                membership(.admit(.init(invite: invite.id, request: request))), after: odd,
                team: team)
            let events = [genesis, invite, odd, admit].compactMap { MembershipEvent($0) }
            let folded = try #require(Team(id: team, events: events))
            #expect(folded.persons[bram.person] != nil, "kind \(kind)")
            #expect(!folded.isFullyUnderstood, "kind \(kind)")
            let known = try #require(Team(id: team, events: events.filter { $0.id != odd.id }))
            #expect(known.isFullyUnderstood)
            #expect(known.persons[bram.person] == nil, "kind \(kind)")
        }
    }

    @Test("an act of an unknown kind freezes only where its author may act, and not beyond a cut")
    func applied() throws {
        var acts = Acts(seed: 5)
        let anna = try Actor("Anna", &acts.random)
        let bram = try Actor("Bram", &acts.random)
        acts.found(by: anna)
        try acts.take(in: bram, by: anna)
        let seen = acts.heads
        #expect(acts.folded?.isFullyUnderstood == true)
        var byStranger = acts
        byStranger.write(.unknown(kind: 13), by: try Actor("Eve", &acts.random), after: seen)
        #expect(byStranger.folded?.isFullyUnderstood == true)
        acts.write(.unknown(kind: 13), by: bram, after: seen, isNewLog: true)
        #expect(acts.folded?.isFullyUnderstood == false)
        acts.write(
            .reduce(
                person: bram.person, to: .none, cut: [], reason: "spam", isSevere: true,
                address: nil), by: anna)
        #expect(acts.folded?.isFullyUnderstood == true)
    }
}
