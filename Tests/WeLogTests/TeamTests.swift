import Testing
import WeData
import WeKeys

@testable import WeLog

/// What a folded team answers about devices, people and decisions.
@Suite("Questions to a team")
struct TeamTests {
    /// Anna founds, Bram moderates, Chris is a member, Dora is not in.
    private struct Scene {
        var acts = Acts(seed: 60)
        let anna, bram, chris, dora: Actor
        let grant: EventID

        init() throws {
            anna = try Actor("Anna", &acts.random)
            bram = try Actor("Bram", &acts.random)
            chris = try Actor("Chris", &acts.random)
            dora = try Actor("Dora", &acts.random)
            acts.found(by: anna)
            for actor in [bram, chris] { try acts.take(in: actor, by: anna) }
            grant = acts.promote(bram, by: anna)
        }

        func team() throws -> Team { try need(acts.folded) }
    }

    @Test("a device has an owner that it named, and one that took it in; a stranger's has neither")
    func devices() throws {
        var scene = try Scene()
        let phone = try Actor("Bram's phone", &scene.acts.random)
        scene.acts.write(
            .addDevice(person: scene.bram.person, device: phone.device(of: scene.bram.person)),
            by: scene.bram)
        scene.acts.write(
            .revokeDevice(owner: scene.bram.person, device: phone.key.publicKey, cut: []),
            by: scene.bram)
        // Dora says whose her device is, and nobody lets her in.
        let invite = try scene.acts.invite(by: scene.anna)
        try scene.acts.admit(scene.dora, by: scene.dora, invite: invite)
        let team = try scene.team()
        #expect(team.eventCount == scene.acts.events.count)
        #expect(
            Set(team.allDevices(of: scene.bram.person))
                == [scene.bram.key.publicKey, phone.key.publicKey])
        let active = team.persons[scene.bram.person]?.devices.map(\.signing)
        #expect(active == [scene.bram.key.publicKey])
        #expect(team.author(of: scene.dora.key.publicKey) == scene.dora.person)
        #expect(team.person(of: scene.dora.key.publicKey) == nil)
        #expect(team.standings(of: scene.dora.key.publicKey).isEmpty)
        let eve = try Actor("Eve", &scene.acts.random)
        #expect(team.author(of: eve.key.publicKey) == nil)
        let log = LogKey(logClass: .content, device: eve.key.publicKey, log: 2)
        #expect(team.cutHeads(of: log).isEmpty)
        #expect(team.standing(of: ContentLog(key: log, branches: [])) == nil)
    }

    @Test("a moderator is senior to a member, and no member to anyone")
    func seniority() throws {
        let scene = try Scene()
        let team = try scene.team()
        #expect(team.isSenior(scene.bram.person, to: scene.chris.person))
        for other in [scene.anna, scene.bram, scene.chris, scene.dora] {
            #expect(!team.isSenior(scene.chris.person, to: other.person))
        }
    }

    @Test("decisions are told with who made them, whether they count, and who has built on them")
    func decisions() throws {
        var scene = try Scene()
        let first = scene.acts.write(
            .address(person: scene.chris.person, text: "please", about: nil), by: scene.bram)
        #expect(try scene.team().address(of: scene.chris.person) == first)
        #expect(try scene.team().address(of: scene.bram.person) == nil)
        let void = scene.acts.write(
            .address(person: scene.bram.person, text: "you too", about: nil), by: scene.chris)
        let second = scene.acts.write(
            .address(person: scene.chris.person, text: "again", about: nil), by: scene.bram)
        let team = try scene.team()
        #expect(team.address(of: scene.chris.person) == second)
        #expect(team.address(of: scene.bram.person) == nil)
        let told = team.decisions()
        #expect(told.map(\.id) == [scene.grant, first, void, second])
        #expect(told.map(\.isEffective) == [true, true, false, true])
        #expect(told.map(\.author).dropFirst().first == scene.bram.person)
        #expect(told.map(\.isSettled) == [true, false, false, false])
        #expect(team.unsettled(by: scene.anna.person) == [first, second])
        #expect(team.unsettled(by: scene.dora.person) == [scene.grant, first, second])
        #expect(team.reductions(of: scene.chris.person).isEmpty)
        _ = try scene.acts.invite(by: scene.anna)
        #expect(try scene.team().decisions().map(\.isSettled) == [true, true, true, true])
    }

    @Test("an act can be looked at before it is signed: the team is as if it were written")
    func preview() throws {
        var scene = try Scene()
        let team = try scene.team()
        let act = MembershipAct.reduce(
            person: scene.chris.person, to: .none, cut: [], reason: "why", isSevere: true,
            address: nil)
        let imagined = try need(team.after(act, by: scene.bram.key.publicKey))
        let forbidden = try need(team.after(act, by: scene.chris.key.publicKey))
        #expect(forbidden.persons == team.persons)
        scene.acts.write(act, by: scene.bram)
        #expect(imagined.persons == (try scene.team()).persons)
        #expect(imagined.persons[scene.chris.person]?.role == Role.none)
        #expect(team.persons[scene.chris.person]?.role == .member, "nothing happened")
    }

    @Test("a team is as old as its founder's clock said")
    func founding() throws {
        var random = Seeded(61)
        let anna = try Actor("Anna", &random)
        let id = EventID(random.bytes32())
        let genesis = MembershipEvent(
            id: id, device: anna.key.publicKey, log: 1, previous: nil, parents: [], lamport: 0,
            wall: 77,
            act: .genesis(.init(teamName: "Noord", founderName: "Anna", devices: [anna.device])))
        #expect(try need(Team(id: TeamID(id.value), events: [genesis])).foundingWall == 77)
    }
}
