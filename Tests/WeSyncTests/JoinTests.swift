import Testing
import WeData
import WeKeys
import WeLog

@testable import WeSync

@Suite("Who is there")
struct JoinTests {
    private func joining(
        _ newcomer: Laptop, _ member: Laptop, _ invitation: Invitation, seed: UInt64,
        isLive: Bool = false
    ) throws -> Meeting {
        Meeting(
            try Side(newcomer, newcomer.joining(invitation, isLive: isLive)),
            try Side(member, member.configuration(.responder, isLive: isLive)), seed: seed)
    }

    @Test("a code lets a newcomer in, and it gets everything", arguments: [true, false])
    func join(isLive: Bool) throws {
        let (anna, ben) = try pair(seed: 40, events: 30)
        let (invitation, _) = try anna.invite()
        copy(anna, to: ben)
        let cara = try Laptop("Cara", seed: 40)
        // Ben never met whom Anna invited.
        let meeting = try joining(cara, ben, invitation, seed: 40, isLive: isLive).start().run()
        #expect(meeting.initiator.invitedTo == "Lab")
        #expect(meeting.initiator.welcomed == anna.store.teamID)
        #expect(cara.secret == ben.secret)
        #expect(isSame(ben, cara))
        #expect(meeting.initiator.synced == 1)
        #expect(meeting.initiator.recognised == ben.key.publicKey)
        #expect(meeting.responder.recognised == cara.key.publicKey)
        #expect(cara.store.team?.persons.count == 3)
        #expect(meeting.initiator.error == nil)
        // And as a member, it is known to others once they have heard of it.
        cara.write(3)
        _ = try Meeting(ben, cara, seed: 41).start().run()
        _ = try Meeting(anna, ben, seed: 41).start().run()
        #expect(isSame(anna, ben, cara))
    }

    @Test("a wrong code finds no one")
    func wrongCode() throws {
        let (anna, _) = try pair(seed: 42)
        _ = try anna.invite()
        let cara = try Laptop("Cara", seed: 42)
        let made = try need(
            Invitation(team: need(anna.store.teamID), seed: cara.random.bytes(16)))
        let meeting = try joining(cara, anna, made, seed: 42).start().run()
        #expect(meeting.responder.error == .notOneOfUs)
        #expect(meeting.initiator.error == .notOneOfUs)
        #expect(cara.store.events.isEmpty)
    }

    @Test("a newcomer refuses a team that its code does not name")
    func wrongPrefix() throws {
        let (anna, _) = try pair(seed: 43)
        let (real, _) = try anna.invite()
        let cara = try Laptop("Cara", seed: 43)
        let other = try need(
            Invitation(team: TeamID(need(Bytes32(cara.random.bytes(32)))), seed: real.seed))
        let meeting = try joining(cara, anna, other, seed: 43).start().run()
        #expect(meeting.initiator.error == .otherTeam)
        #expect(meeting.responder.error == .refused(code: 4, reason: ""))
        #expect(meeting.initiator.welcomed == nil)
    }

    @Test("a member may say no, with words")
    func refused() throws {
        let (anna, _) = try pair(seed: 44)
        let (invitation, _) = try anna.invite()
        anna.admits = false
        let cara = try Laptop("Cara", seed: 44)
        let meeting = try joining(cara, anna, invitation, seed: 44).start().run()
        #expect(meeting.initiator.error == .joinRefused("no"))
        #expect(meeting.responder.error == .joinRefused("no"))
    }

    @Test("a join request is worth nothing with other keys, or changed")
    func replayed() throws {
        let (anna, _) = try pair(seed: 45)
        let (invitation, invite) = try anna.invite()
        let cara = try Laptop("Cara", seed: 45)
        let eve = try Laptop("Eve", seed: 45)
        let team = try need(anna.store.teamID)
        let good = JoinRequest(
            team: team, invite: invite, inviteKey: try invitation.key(), person: cara.person,
            name: "Cara", devices: [cara.device], nonce: cara.random.bytes(16))
        let renamed = JoinRequest(
            person: good.person, name: "Eve", devices: good.devices, nonce: good.nonce,
            proof: good.proof)
        let stolen = JoinRequest(
            person: eve.person, name: good.name, devices: [eve.device], nonce: good.nonce,
            proof: good.proof)
        for (request, dialler, isGood) in [
            (good, cara, true), (good, eve, false), (renamed, cara, false),
            (stolen, eve, false),
        ] {
            let wire = try RawPeer(dialler, psk: invitation.psk, to: anna)
            try wire.greet()
            guard case .invited = try need(wire.messages.first) else {
                Issue.record("no invitation")
                return
            }
            wire.send(.join(invite: invite, request))
            #expect(wire.asked == (isGood ? 1 : 0))
            #expect(wire.error == (isGood ? nil : .badProof))
        }
        let wire = try RawPeer(cara, psk: invitation.psk, to: anna)
        try wire.greet()
        wire.send(.join(invite: EventID(team.value), good))
        #expect(wire.error == .joinRefused("the invitation is not open"))
    }

    @Test("another secret is refused on the first message, and nothing is said")
    func wrongSecret() throws {
        let (anna, ben) = try pair(seed: 46)
        ben.secret = try need(Bytes32(ben.random.bytes(32)))
        let meeting = try Meeting(ben, anna, seed: 46).start().run()
        #expect(meeting.responder.error == .notOneOfUs)
        #expect(meeting.initiator.error == .notOneOfUs)
        #expect(meeting.responder.sentBytes == 0)
    }

    @Test("a stranger with the secret learns nothing and is told so", arguments: [0, 1])
    func stranger(dialler: Int) throws {
        let (anna, _) = try pair(seed: 47, events: 10)
        let eve = try Laptop("Eve", seed: 47)
        eve.secret = anna.secret
        eve.store.teamID = anna.store.teamID
        let sides = dialler == 0 ? (eve, anna) : (anna, eve)
        let meeting = try Meeting(sides.0, sides.1, seed: 47).start().run()
        #expect(eve.store.events.isEmpty)
        let host = meeting.sides[1 - dialler]
        #expect(host.error == .unknownDevice)
        #expect(host.recognised == nil)
        let sent = host.session.progress.eventsSent
        #expect(sent == 0)
    }

    @Test("a member's other channel key is not taken for it")
    func otherChannelKey() throws {
        let (anna, ben) = try pair(seed: 48)
        let eve = try Laptop("Eve", seed: 48)
        var configuration = ben.configuration(.initiator)
        configuration.channelKey = eve.channel
        let meeting = Meeting(
            try Side(ben, configuration), try Side(anna, anna.configuration(.responder)),
            seed: 48)
        meeting.start().run()
        #expect(meeting.responder.error == .badProof)
    }

    @Test("a hello that another key signed, or for another handshake, is refused")
    func forgedHello() throws {
        let (anna, ben) = try pair(seed: 49)
        let eve = try Laptop("Eve", seed: 49)
        for kind in 0..<4 {
            let wire = try RawPeer(ben, psk: ben.psk, to: anna)
            try wire.greet()
            let summary = try ben.store.summary()
            let hash = wire.channel.handshakeHash
            let proof =
                switch kind {
                case 0: eve.key.sign(hash + [0], domain: .channel)
                case 1: ben.key.sign(hash + [1], domain: .channel)
                case 2: ben.key.sign(hash.reversed() + [0], domain: .channel)
                default: ben.key.sign(hash + [0], domain: .channel)
                }
            wire.send(
                .hello(
                    .init(
                        device: ben.key.publicKey, proof: proof,
                        fingerprint: summary.fingerprint, count: summary.count)))
            #expect(wire.error == (kind == 3 ? nil : .badProof))
        }
    }

    @Test("a member that the other has not heard of is introduced", arguments: [0, 1, 2, 3])
    func introduced(variant: Int) throws {
        let (anna, ben) = try pair(seed: 50, events: 10)
        let cara = try Laptop("Cara", seed: 50)
        // Ben admits Cara; Anna has not heard of it.
        anna.write(4)
        let (invitation, invite) = try anna.invite()
        copy(anna, to: ben)
        let request = JoinRequest(
            team: try need(ben.store.teamID), invite: invite, inviteKey: try invitation.key(),
            person: cara.person, name: "Cara", devices: [cara.device],
            nonce: cara.random.bytes(16))
        ben.act(.admit(.init(invite: invite, request: request)))
        cara.secret = ben.secret
        cara.store.teamID = ben.store.teamID
        copy(ben, to: cara)
        cara.write(7)
        anna.write(5)
        let sides = variant.isMultiple(of: 2) ? (anna, cara) : (cara, anna)
        let meeting = try Meeting(sides.0, sides.1, seed: 50, isLive: variant > 1)
        meeting.start().run()
        #expect(isSame(anna, cara))
        #expect(meeting.initiator.synced == 1)
        #expect(meeting.responder.synced == 1)
        #expect(meeting.initiator.error == nil)
        #expect(anna.store.team?.persons.count == 3)
    }

    @Test("a member of another team with this team's secret stays a stranger")
    func otherTeam() throws {
        let (anna, _) = try pair(seed: 51, events: 3)
        let (eve, _) = try pair(seed: 52, events: 3)
        eve.secret = anna.secret
        for sides in [(anna, eve), (eve, anna)] {
            let meeting = try Meeting(sides.0, sides.1, seed: 51).start().run()
            #expect(meeting.initiator.error != nil && meeting.responder.error != nil)
            #expect(!anna.store.contains(eve.store.events[0].id))
            #expect(!eve.store.contains(anna.store.events[0].id))
        }
    }

    @Test("the first event of another team is refused by name")
    func otherGenesis() throws {
        let (anna, ben) = try pair(seed: 53)
        let (eve, _) = try pair(seed: 54)
        let wire = try RawPeer(ben, psk: ben.psk, to: anna)
        try wire.hello()
        let genesis = eve.store.events[0]
        wire.send(.events([Run(key: genesis.key, events: [genesis])]))
        #expect(wire.error == .otherTeam)
    }
}
