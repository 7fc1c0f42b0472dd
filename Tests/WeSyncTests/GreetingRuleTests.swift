import Testing
import WeData
import WeKeys
import WeLog

@testable import WeSync

/// Who is let in, introduced or turned away, rule by rule (Protocol.md, "Greeting").
@Suite("Greeting, rule by rule")
struct GreetingRuleTests {
    private func code(
        _ laptop: Laptop, _ purpose: Invitation.Purpose, team: TeamID? = nil
    ) throws -> Invitation {
        try need(
            Invitation(
                team: try team ?? need(laptop.store.teamID),
                seed: laptop.random.bytes(Invitation.seedBytes), purpose: purpose))
    }

    /// A newcomer with a code meets a host that takes the code's secret for this.
    private func meet(
        _ newcomer: Laptop, _ host: Laptop, _ code: Invitation, as secret: ChannelSecret,
        _ change: (inout SessionConfiguration) -> Void = { _ in }
    ) throws -> Meeting {
        var configuration = host.configuration(.responder)
        configuration.secrets.insert(secret, at: 0)
        change(&configuration)
        return Meeting(
            try Side(newcomer, newcomer.joining(code)), try Side(host, configuration), seed: 110
        ).start().run()
    }

    @Test("who holds a code of one kind is not taken in by another kind's words")
    func otherKind() throws {
        let (anna, _) = try pair(seed: 110)
        let cara = try Laptop("Cara", seed: 110)
        let device = try code(anna, .device)
        let invite = anna.store.events[0].id
        let invited = try meet(
            cara, anna, device, as: ChannelSecret(psk: device.psk, invite: invite))
        #expect(invited.initiator.error == .unexpectedMessage)
        let newcomer = try code(anna, .newcomer)
        let paired = try meet(
            cara, anna, newcomer, as: ChannelSecret(psk: newcomer.psk, pairing: anna.person))
        #expect(paired.initiator.error == .unexpectedMessage)
        #expect(invited.initiator.welcomed == nil && paired.initiator.welcomed == nil)
    }

    @Test("a further device refuses a team that its code does not name")
    func otherTeam() throws {
        let (anna, _) = try pair(seed: 111)
        let phone = try Laptop("Phone", seed: 111)
        let code = try code(anna, .device, team: TeamID(need(Bytes32(anna.random.bytes(32)))))
        let meeting = try meet(
            phone, anna, code, as: ChannelSecret(psk: code.psk, pairing: anna.person))
        #expect(meeting.initiator.error == .otherTeam)
        #expect(meeting.initiator.welcomed == nil)
    }

    @Test("who has no team yet, or no secret to hand out, lets nobody in and says so")
    func unready() throws {
        let (anna, _) = try pair(seed: 112)
        let (invitation, invite) = try anna.invite()
        let device = try code(anna, .device)
        for (code, secret) in [
            (invitation, ChannelSecret(psk: invitation.psk, invite: invite)),
            (device, ChannelSecret(psk: device.psk, pairing: anna.person)),
        ] {
            let cara = try Laptop("Cara", seed: 112)
            let teamless = try meet(cara, anna, code, as: secret) {
                $0.team = nil
                $0.roster = nil
            }
            #expect(
                teamless.initiator.error == .joinRefused("this device has no team yet"))
        }
        let cara = try Laptop("Cara", seed: 112)
        let bare = try meet(
            cara, anna, invitation, as: ChannelSecret(psk: invitation.psk, invite: invite)
        ) { $0.teamSecrets = [] }
        #expect(bare.initiator.error == .joinRefused("this device has no team secret"))
        #expect(bare.initiator.welcomed == nil)
    }

    @Test("a secret without a team, as after a disk failed on joining, opens to nobody")
    func teamless() throws {
        let (anna, ben) = try pair(seed: 113)
        var configuration = anna.configuration(.responder)
        configuration.team = nil
        configuration.roster = nil
        let meeting = Meeting(
            try Side(ben, ben.configuration(.initiator)), try Side(anna, configuration), seed: 113)
        meeting.start().run()
        #expect(meeting.initiator.error == .notOneOfUs)
        #expect(meeting.responder.error == .notOneOfUs)
    }

    @Test("a device enrols itself, with its own channel key, for the person whose code it holds")
    func enrol() throws {
        let (anna, ben) = try pair(seed: 113)
        let phone = try Laptop("Phone", seed: 113)
        let code = try code(anna, .device)
        var configuration = anna.configuration(.responder)
        configuration.secrets = [ChannelSecret(psk: code.psk, pairing: anna.person)]
        func device(of person: PersonID, channel: ChannelKey) -> Device {
            Device(person: person, key: phone.key, channel: channel, label: "Phone")
        }
        for (device, isGood) in [
            (device(of: anna.person, channel: phone.channel.publicKey), true),
            (device(of: ben.person, channel: phone.channel.publicKey), false),
            (device(of: anna.person, channel: ben.channel.publicKey), false),
        ] {
            let wire = try RawPeer(phone, psk: code.psk, to: anna, configuration)
            try wire.greet()
            wire.send(.enrol(device))
            #expect(wire.error == (isGood ? nil : .badProof))
            #expect(wire.asked == (isGood ? 1 : 0))
        }
    }

    @Test("who knocked with one invitation joins by that one")
    func otherInvitation() throws {
        let (anna, _) = try pair(seed: 119)
        let invitations = [try anna.invite(), try anna.invite()]
        let cara = try Laptop("Cara", seed: 119)
        for (invitation, id) in invitations {
            let wire = try RawPeer(cara, psk: invitations[0].0.psk, to: anna)
            try wire.greet()
            wire.send(
                .join(
                    invite: id,
                    JoinRequest(
                        team: try need(anna.store.teamID), invite: id,
                        inviteKey: try invitation.key(), person: cara.person, name: "Cara",
                        devices: [cara.device], nonce: cara.random.bytes(16))))
            let isSame = id == invitations[0].1
            #expect(wire.asked == (isSame ? 1 : 0))
            #expect(wire.error == (isSame ? nil : .joinRefused("the invitation is not open")))
        }
    }

    @Test("all membership events go to who does not know this device, once")
    func introducedTwice() throws {
        let (anna, ben) = try pair(seed: 114, events: 3)
        let wire = try RawPeer(ben, psk: ben.psk, to: anna)
        try wire.hello()
        wire.send(.introduce)
        #expect(wire.error == nil)
        #expect(wire.messages.contains { if case .introduced = $0 { true } else { false } })
        wire.send(.introduce)
        #expect(wire.error == .unexpectedMessage)
    }

    /// Cara, whom Ben let in, meets Anna, who has not heard of it and hears of it late.
    private func strangers(seed: UInt64) throws -> (Meeting, anna: Laptop, cara: Laptop) {
        let (anna, ben) = try pair(seed: seed, events: 5)
        let cara = try Laptop("Cara", seed: seed)
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
        cara.write(3)
        let meeting = try Meeting(cara, anna, seed: seed, isLive: true)
        meeting.responder.tellsRoster = false
        meeting.start().run(patience: 1_000)
        #expect(anna.store.team?.persons.count == 3, "the membership came")
        #expect(!meeting.responder.isClosed && meeting.responder.recognised == nil)
        return (meeting, anna, cara)
    }

    @Test("a team that is folded a little later makes the peer known")
    func lateRoster() throws {
        let (meeting, anna, cara) = try strangers(seed: 115)
        let team = try need(anna.store.team)
        meeting.obey(
            meeting.responder.session.rosterChanged(team, store: anna.store, now: meeting.now), 1)
        meeting.run()
        #expect(meeting.responder.recognised == cara.key.publicKey)
        #expect(isSame(anna, cara))
    }

    @Test("a team that does not change, or changes otherwise, leaves the peer a stranger")
    func unchangedRoster() throws {
        let (waiting, _, _) = try strangers(seed: 116)
        waiting.run()
        #expect(waiting.responder.error == .unknownDevice)
        let (other, anna, _) = try strangers(seed: 116)
        let old = try need(
            Team(
                id: need(anna.store.teamID),
                events: anna.store.events.prefix(5).compactMap { MembershipEvent($0) }))
        other.obey(
            other.responder.session.rosterChanged(old, store: anna.store, now: other.now), 1)
        #expect(other.responder.error == .unknownDevice)
        #expect(other.responder.recognised == nil)
    }

    @Test("who is introduced by nothing new is a stranger at once")
    func nothingNew() throws {
        let (anna, _) = try pair(seed: 109, events: 3)
        let eve = try Laptop("Eve", seed: 109)
        eve.secret = anna.secret
        eve.store.teamID = anna.store.teamID
        copy(anna, to: eve)
        let meeting = try Meeting(eve, anna, seed: 109, isLive: true).start().run(patience: 1_000)
        #expect(meeting.responder.error == .unknownDevice)
    }

    @Test("a shell that hands in another team, or an admission that nobody asked for")
    func shell() throws {
        let (anna, ben) = try pair(seed: 117, events: 3)
        let (eve, _) = try pair(seed: 118)
        let meeting = try Meeting(anna, ben, seed: 117, isLive: true).start().run()
        let admitted = meeting.responder.session.admitted(
            anna.store.events[0].id, reason: "", roster: eve.store.team, store: ben.store,
            now: meeting.now)
        #expect(admitted.isEmpty)
        meeting.obey(
            meeting.initiator.session.rosterChanged(
                try need(eve.store.team), store: anna.store, now: meeting.now), 0)
        #expect(meeting.initiator.error == .otherTeam)
    }
}
