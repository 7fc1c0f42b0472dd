import Testing
import WeData
import WeKeys
import WeLog

@testable import WeSync

/// Who is out is told with the proof; who is in gets a second device in; bodies are asked for.
@Suite("Put out, paired, asked for")
struct PutOutTests {
    private func exclude(_ laptop: Laptop, by other: Laptop) {
        other.act(
            .reduce(
                person: laptop.person, to: .none, cut: [], reason: "reden", isSevere: true,
                address: nil))
    }

    @Test(
        "an excluded device is told so with the proof, and gets nothing else",
        arguments: [true, false])
    func excluded(isDialling: Bool) throws {
        let (anna, ben) = try pair(seed: 900, events: 20)
        let cara = try Laptop("Cara", seed: 900)
        try anna.admit(cara)
        copy(anna, to: cara)
        copy(anna, to: ben)
        anna.write(5)
        exclude(ben, by: anna)
        anna.write(5)
        exclude(cara, by: anna)
        let held = ben.store.events.count
        ben.write(3)
        let annas = anna.store.events.count
        let meeting = try Meeting(isDialling ? ben : anna, isDialling ? anna : ben, seed: 900)
            .start().run()
        let (out, inside) =
            isDialling
            ? (meeting.initiator, meeting.responder) : (meeting.responder, meeting.initiator)
        #expect(out.error == .excluded)
        #expect(inside.error == .excluded)
        #expect(anna.store.events.count == annas, "nothing of the excluded one is taken")
        let told = ben.store.events.count - held - 3
        #expect(told == 1, "the exclusion is all that was new to it: \(told)")
        #expect(ben.store.team?.persons[ben.person]?.role == Role.none)
        #expect(ben.store.team?.persons[cara.person]?.role == .member)
        #expect(out.synced == 0)
    }

    @Test("an open session ends the moment that its peer is put out")
    func live() throws {
        let (anna, ben) = try pair(seed: 901, events: 4)
        let meeting = Meeting(
            try Side(anna, anna.configuration(.initiator, isLive: true)),
            try Side(ben, ben.configuration(.responder, isLive: true)), seed: 901)
        meeting.start().run()
        #expect(meeting.initiator.synced == 1)
        exclude(ben, by: anna)
        let team = try need(anna.store.team)
        meeting.obey(
            meeting.initiator.session.rosterChanged(team, store: anna.store, now: meeting.now), 0)
        meeting.run()
        #expect(meeting.initiator.error == .excluded)
        #expect(meeting.responder.error == .excluded)
        #expect(ben.store.team?.isActive(ben.key.publicKey) == false)
    }

    @Test("who leaves hands over first what they wrote before", arguments: [true, false])
    func leaving(isLive: Bool) throws {
        let (anna, ben) = try pair(seed: 910, events: 4)
        ben.write(5)
        let heads = try need(ben.store.events.last { $0.key == ben.contentLog }).id
        ben.act(
            .reduce(
                person: ben.person, to: .none,
                cut: [.init(device: ben.key.publicKey, log: ben.contentLog.log, heads: [heads])],
                reason: "", isSevere: false, address: nil))
        let before = anna.store.events.count
        let meeting = try Meeting(ben, anna, seed: 910, isLive: isLive).start().run()
        #expect(meeting.responder.error == .excluded)
        #expect(anna.store.events.count == before + 6)
        #expect(anna.store.team?.isActive(ben.key.publicKey) == false)
        // Afterwards nothing more is taken.
        ben.write(1)
        let later = try Meeting(ben, anna, seed: 911, isLive: isLive).start().run()
        #expect(later.initiator.error == .excluded)
        #expect(anna.store.events.count == before + 6)
    }

    @Test(
        "who is put out while a round goes on hands over nothing more, also where they leave",
        arguments: [false, true])
    func whileRoundGoesOn(isLeaving: Bool) throws {
        let (anna, ben) = try pair(seed: 912, events: 4)
        let annas = anna.store.events.count
        ben.write(300)
        let meeting = try Meeting(ben, anna, seed: 912, isLive: true).start()
        while meeting.responder.session.round == nil, meeting.step() {}
        #expect(meeting.responder.session.round != nil && anna.store.events.count == annas)
        if isLeaving {
            // Their word that they leave came by another way, and so did that their laptop is lost.
            ben.act(
                .reduce(
                    person: ben.person, to: .none, cut: [], reason: "", isSevere: false,
                    address: nil))
            let word = try need(ben.store.events.last)
            anna.store.add(word)
            anna.act(
                .revokeDevice(
                    owner: ben.person, device: ben.key.publicKey,
                    cut: [.init(device: word.key.device, log: word.key.log, heads: [word.id])]))
        } else {
            exclude(ben, by: anna)
        }
        let team = try need(anna.store.team)
        #expect(team.hasLeft(ben.person) == isLeaving)
        let held = anna.store.events.count
        meeting.obey(
            meeting.responder.session.rosterChanged(team, store: anna.store, now: meeting.now), 1)
        meeting.run()
        #expect(meeting.responder.error == .excluded)
        #expect(anna.store.events.count == held)
    }

    @Test("a revoked device is told so; its person's other one is not")
    func revoked() throws {
        let (anna, ben) = try pair(seed: 902, events: 4)
        anna.act(.revokeDevice(owner: ben.person, device: ben.key.publicKey, cut: []))
        let meeting = try Meeting(ben, anna, seed: 902).start().run()
        #expect(meeting.initiator.error == .excluded)
        #expect(ben.store.team?.isActive(ben.key.publicKey) == false)
    }

    @Test("a further device comes in by a code of its person's device, and gets everything")
    func pairing() throws {
        let (anna, ben) = try pair(seed: 903, events: 10)
        let phone = try Laptop("Phone", seed: 903)
        let code = try need(
            Invitation(
                team: need(anna.store.teamID), seed: anna.random.bytes(Invitation.seedBytes),
                purpose: .device))
        let read = try need(Invitation(code: code.code))
        #expect(read.purpose == .device && read.psk == code.psk)
        var configuration = anna.configuration(.responder)
        configuration.secrets.append(ChannelSecret(psk: code.psk, pairing: anna.person))
        let meeting = Meeting(
            try Side(phone, phone.joining(read)), try Side(anna, configuration), seed: 903)
        meeting.start().run()
        #expect(meeting.initiator.error == nil && meeting.responder.error == nil)
        #expect(isSame(anna, phone))
        #expect(anna.store.team?.person(of: phone.key.publicKey)?.id == anna.person)
        #expect(anna.store.team?.persons.count == 2)
        // Who was elsewhere meanwhile learns of it from the device itself.
        let later = try Meeting(phone, ben, seed: 904).start().run()
        #expect(later.initiator.error == nil)
        #expect(isSame(phone, ben))
    }

    @Test("an invitation's code does not pair, nor a device code join")
    func purposes() throws {
        let (anna, _) = try pair(seed: 905)
        let team = try need(anna.store.teamID)
        let seed = anna.random.bytes(Invitation.seedBytes)
        let newcomer = try need(Invitation(team: team, seed: seed))
        let device = try need(Invitation(team: team, seed: seed, purpose: .device))
        let recovery = try need(Invitation(team: team, seed: seed, purpose: .recovery))
        #expect(Set([newcomer.psk, device.psk, recovery.psk]).count == 3)
        for code in [newcomer, device, recovery] {
            #expect(Invitation(code: code.code)?.purpose == code.purpose)
            let mistyped = "we" + code.code.dropFirst(2)
            #expect((Invitation(code: mistyped) == nil) == (code.purpose != .newcomer))
        }
    }

    @Test("bodies that one side lacks are asked for and come, also where both hold the same events")
    func wanted() throws {
        let (anna, ben) = try pair(seed: 906, events: 12)
        let cara = try Laptop("Cara", seed: 906)
        try anna.admit(cara)
        copy(anna, to: ben)
        // Cara got everything from someone who withheld bodies.
        cara.store = MemoryStore()
        cara.store.teamID = anna.store.teamID
        var withheld = 0
        for event in anna.store.events {
            let isKept = event.key.logClass == .membership || withheld >= 7
            if !isKept { withheld += 1 }
            cara.store.force(
                isKept
                    ? event : Event(header: event.header, signature: event.signature, body: nil))
        }
        cara.store.foldNow()
        let meeting = try Meeting(cara, anna, seed: 906).start().run()
        #expect(meeting.initiator.error == nil && meeting.responder.error == nil)
        #expect(cara.store.completed.count == withheld)
        let plain = try Meeting(anna, ben, seed: 907).start().run()
        #expect(
            plain.initiator.session.progress.rounds == 0, "where nothing lacks, nothing is asked")
    }
}
