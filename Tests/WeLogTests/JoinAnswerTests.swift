import Testing
import WeData
import WeKeys

@testable import WeLog

/// What a member's device answers to who asks to be taken in.
@Suite("Who is let in")
struct JoinAnswerTests {
    /// Anna founds, Bram is a member, Chris asks with Anna's invitation for one.
    private struct Scene {
        var acts = Acts(seed: 50)
        let anna, bram, chris, dora: Actor
        var invite = EventID(.zero)

        init() throws {
            anna = try Actor("Anna", &acts.random)
            bram = try Actor("Bram", &acts.random)
            chris = try Actor("Chris", &acts.random)
            dora = try Actor("Dora", &acts.random)
            acts.found(by: anna)
            try acts.take(in: bram, by: anna)
            invite = try acts.invite(by: anna)
        }

        /// What `actor`'s device answers to `newcomer`.
        mutating func answer(
            to newcomer: Actor, by actor: Actor? = nil, key: SigningKey? = nil, at wall: Int64 = 0
        ) throws -> Team.JoinAnswer {
            let request = try acts.request(invite, for: newcomer, key: key)
            return try need(acts.folded).answer(
                to: request, invite: invite, by: (actor ?? anna).key.publicKey, at: wall)
        }

        mutating func refuses(_ newcomer: Actor, by actor: Actor? = nil) throws -> String? {
            if case .refused(let reason) = try answer(to: newcomer, by: actor) {
                reason
            } else {
                nil
            }
        }
    }

    @Test("any member admits who holds an open invitation; a reader and a stranger do not")
    func members() throws {
        var scene = try Scene()
        let reader = try Actor("Rik", &scene.acts.random)
        try scene.acts.take(in: reader, by: scene.anna, role: .reader)
        for actor in [scene.anna, scene.bram] {
            #expect(try scene.answer(to: scene.chris, by: actor) == .admit)
        }
        for actor in [reader, scene.dora] {
            #expect(
                try scene.refuses(scene.chris, by: actor) == "this laptop may not admit anyone")
        }
    }

    @Test("an invitation that is not known here, or a proof by another key, lets nobody in")
    func proof() throws {
        var scene = try Scene()
        #expect(
            try scene.answer(to: scene.chris, key: scene.dora.key)
                == .refused("the proof does not fit the invitation"))
        let request = try scene.acts.request(scene.invite, for: scene.chris)
        let elsewhere = try need(scene.acts.folded).answer(
            to: request, invite: EventID(.zero),
            by: scene.anna.key.publicKey, at: 0)
        #expect(elsewhere == .refused("this invitation is not known here"))
    }

    @Test("whoever lost the answer gets it again, with the devices that were let in alone")
    func again() throws {
        var scene = try Scene()
        let admission = try scene.acts.admit(scene.chris, by: scene.bram, invite: scene.invite)
        #expect(try scene.answer(to: scene.chris) == .known(admission))
        // A further device of that person's, which nobody took in, gets no secret by it.
        let phone = try scene.acts.random.signingKey()
        let further = Device(
            person: scene.chris.person, key: phone, channel: scene.chris.device.channel,
            label: "phone")
        let request = try scene.acts.request(
            scene.invite, for: scene.chris, devices: [scene.chris.device, further])
        #expect(
            try need(scene.acts.folded).answer(
                to: request, invite: scene.invite, by: scene.anna.key.publicKey, at: 0)
                == .refused("this device is not one of the team"))
        scene.acts.write(
            .revokeDevice(
                owner: scene.chris.person, device: scene.chris.key.publicKey, cut: []),
            by: scene.anna)
        #expect(try scene.refuses(scene.chris) == "this device was put out of the team")
        scene.acts.write(
            .reduce(
                person: scene.chris.person, to: .none, cut: [], reason: "why", isSevere: true,
                address: nil), by: scene.anna)
        #expect(try scene.refuses(scene.chris) == "this person was put out of the team")
    }

    @Test("used up, closed, or run out by the admitter's clock, an invitation lets nobody in")
    func open() throws {
        let reason = "the invitation was used or has run out"
        var used = try Scene()
        try used.acts.admit(used.dora, by: used.bram, invite: used.invite)
        #expect(try used.refuses(used.chris) == reason)
        var closed = try Scene()
        closed.acts.write(.close(invite: closed.invite), by: closed.anna)
        #expect(try closed.refuses(closed.chris) == reason)
        var dated = try Scene()
        let key = try dated.acts.random.signingKey()
        dated.invite = dated.acts.write(
            .invite(
                .init(
                    key: key.publicKey, psk: .zero, role: .member, uses: 1, expiry: 1_000,
                    note: "")), by: dated.anna)
        #expect(try dated.answer(to: dated.chris, key: key, at: 999) == .admit)
        #expect(try dated.answer(to: dated.chris, key: key, at: 1_000) == .refused(reason))
    }

    @Test("a laptop that an act of a later version may forbid to admit does not")
    func later() throws {
        var scene = try Scene()
        scene.acts.write(.unknown(kind: 40), by: scene.anna)
        #expect(
            try scene.refuses(scene.chris)
                == "this laptop needs a newer Weonomy before it may admit anyone")
    }

    @Test("a handshake tries 32 invitations: open ones first, the newest first")
    func tried() throws {
        var scene = try Scene()
        var invites = [scene.invite]
        for _ in 0..<40 { invites.append(try scene.acts.invite(by: scene.anna)) }
        let closed = [invites[40], invites[3]]
        for invite in closed { scene.acts.write(.close(invite: invite), by: scene.anna) }
        let few = try need(scene.acts.folded)
        let open = few.invites.filter { $0.isOpen(at: 0) }.map(\.id)
        #expect(few.invitesTried(at: 0).map(\.id) == Array(open.reversed().prefix(32)))
        for invite in invites[5..<40] { scene.acts.write(.close(invite: invite), by: scene.anna) }
        let tried = try need(scene.acts.folded).invitesTried(at: 0).map(\.id)
        #expect(tried.count == 32)
        // Bram's, Anna's first and three more are open; then come closed ones, the newest first.
        #expect(tried.prefix(4) == [invites[4], invites[2], invites[1], invites[0]])
        #expect(tried.dropFirst(4).prefix(3) == [invites[40], invites[39], invites[38]])
    }
}
