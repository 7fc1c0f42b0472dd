import Testing
import WeData
import WeKeys

@testable import WeLog

/// Who is put out, by whom, and what stays (Protocol.md, "The fold").
@Suite("Exclusion, lifts, devices and the council")
struct SafetyTests {
    /// Anna founds, Bram and Chris are in, Bram moderates.
    private struct Scene {
        var acts: Acts
        let anna: Actor
        let bram: Actor
        let chris: Actor
        let dora: Actor

        init(seed: UInt64, needsSecond: Bool = false, recovery: [SigningKey] = []) throws {
            acts = Acts(seed: seed)
            anna = try Actor("Anna", &acts.random)
            bram = try Actor("Bram", &acts.random)
            chris = try Actor("Chris", &acts.random)
            dora = try Actor("Dora", &acts.random)
            acts.write(
                .genesis(
                    .init(
                        teamName: "Noord", founderName: "Anna", devices: [anna.device],
                        needsSecondModerator: needsSecond,
                        recoveryKeys: recovery.map(\.publicKey),
                        recoveryThreshold: recovery.count / 2 + (recovery.isEmpty ? 0 : 1))),
                by: anna)
            for actor in [bram, chris, dora] { try acts.take(in: actor, by: anna) }
            acts.promote(bram, by: anna)
        }

        @discardableResult
        mutating func exclude(
            _ actor: Actor, by other: Actor, reason: String = "why", isSevere: Bool = true,
            address: EventID? = nil, cut: [MembershipAct.Cut] = [], after: [EventID]? = nil
        ) -> EventID {
            acts.write(
                .reduce(
                    person: actor.person, to: .none, cut: cut, reason: reason,
                    isSevere: isSevere, address: address), by: other, after: after)
        }

        func role(_ actor: Actor) throws -> Role? { try team().persons[actor.person]?.role }
        func team() throws -> Team { try need(acts.folded) }
        func counts(_ event: EventID) throws -> Bool { try team().effective.contains(event) }
    }

    @Test("an exclusion cites an address of the same person, or is severe and says why")
    func founded() throws {
        var scene = try Scene(seed: 1)
        let bare = scene.exclude(scene.chris, by: scene.bram, isSevere: false)
        let silent = scene.exclude(scene.chris, by: scene.bram, reason: "")
        let other = scene.acts.write(
            .address(person: scene.dora.person, text: "stop", about: nil), by: scene.bram)
        let wrong = scene.exclude(scene.chris, by: scene.bram, isSevere: false, address: other)
        #expect(try scene.role(scene.chris) == .member)
        let address = scene.acts.write(
            .address(person: scene.chris.person, text: "stop", about: nil), by: scene.bram)
        let right = scene.exclude(scene.chris, by: scene.bram, isSevere: false, address: address)
        for event in [bare, silent, wrong] { #expect(try !scene.counts(event)) }
        #expect(try scene.counts(right))
        #expect(try scene.role(scene.chris) == Role.none)
        #expect(try scene.team().isActive(scene.chris.key.publicKey) == false)
    }

    @Test("an address that the exclusion had not seen founds nothing")
    func addressInPast() throws {
        var scene = try Scene(seed: 2)
        let before = scene.acts.heads
        let address = scene.acts.write(
            .address(person: scene.chris.person, text: "stop", about: nil), by: scene.bram)
        let blind = scene.exclude(
            scene.chris, by: scene.anna, isSevere: false, address: address, after: before)
        #expect(try !scene.counts(blind))
    }

    @Test("where two moderators must agree, one alone does nothing, and the later one's cut binds")
    func twoModerators() throws {
        var scene = try Scene(seed: 3, needsSecond: true)
        let first = scene.exclude(scene.chris, by: scene.bram)
        #expect(try scene.role(scene.chris) == .member)
        #expect(try !scene.counts(first))
        let again = scene.exclude(scene.chris, by: scene.bram)
        #expect(try !scene.counts(again), "the same moderator twice is one")
        let second = scene.exclude(scene.chris, by: scene.anna)
        #expect(try scene.role(scene.chris) == Role.none)
        #expect(try scene.counts(second) && scene.counts(first))
        #expect(try scene.team().reductions(of: scene.chris.person).first == second)
    }

    @Test("two who exclude without knowing of each other have not agreed")
    func unawareModerators() throws {
        var scene = try Scene(seed: 4, needsSecond: true)
        let heads = scene.acts.heads
        scene.exclude(scene.chris, by: scene.bram, after: heads)
        scene.exclude(scene.chris, by: scene.anna, after: heads)
        #expect(try scene.role(scene.chris) == .member)
    }

    @Test("a moderator alone cannot take all devices of someone, where two must agree")
    func revokeNeedsTwo() throws {
        var scene = try Scene(seed: 5, needsSecond: true)
        let act = MembershipAct.revokeDevice(
            owner: scene.chris.person, device: scene.chris.key.publicKey, cut: [])
        scene.acts.write(act, by: scene.bram)
        #expect(try scene.team().isActive(scene.chris.key.publicKey))
        scene.acts.write(act, by: scene.anna)
        #expect(try !scene.team().isActive(scene.chris.key.publicKey))
        #expect(try scene.role(scene.chris) == .member, "the person stays")
    }

    @Test("who leaves needs nobody's consent, and any moderator takes them back")
    func leaving() throws {
        var scene = try Scene(seed: 6)
        let left = scene.exclude(scene.chris, by: scene.chris, reason: "", isSevere: false)
        #expect(try scene.role(scene.chris) == Role.none)
        scene.acts.write(
            .readmit(person: scene.chris.person, lifts: [left], devices: []), by: scene.bram)
        #expect(try scene.role(scene.chris) == .member)
    }

    @Test("what someone wrote before they were promoted stays, and so does whom they let in")
    func promoted() throws {
        var scene = try Scene(seed: 7)
        let eve = try Actor("Eve", &scene.acts.random)
        let invite = try scene.acts.invite(by: scene.anna)
        let admission = try scene.acts.admit(eve, by: scene.chris, invite: invite)
        scene.acts.promote(scene.chris, by: scene.anna)
        #expect(try scene.counts(admission))
        let log = ContentLog(
            key: LogKey(logClass: .content, device: scene.chris.key.publicKey, log: 2),
            branches: [
                .init(
                    parent: nil, first: 0,
                    citations: [
                        (0, try need(scene.team().standings(of: scene.chris.key.publicKey).first))
                    ])
            ])
        #expect(try need(scene.team().standing(of: log)).counts(0, id: EventID(.zero)))
    }

    @Test("who was let in twice has standing by both")
    func twice() throws {
        var scene = try Scene(seed: 8)
        let eve = try Actor("Eve", &scene.acts.random)
        let invite = try scene.acts.invite(by: scene.anna, uses: 9)
        let heads = scene.acts.heads
        let first = try scene.acts.admit(eve, by: scene.bram, invite: invite, after: heads)
        let second = try scene.acts.admit(eve, by: scene.chris, invite: invite, after: heads)
        for admission in [first, second] {
            let log = ContentLog(
                key: LogKey(logClass: .content, device: eve.key.publicKey, log: 2),
                branches: [.init(parent: nil, first: 0, citations: [(0, admission)])])
            #expect(try need(scene.team().standing(of: log)).counts(0, id: EventID(.zero)))
        }
    }

    @Test("a founder closes a moderator's invitation, a moderator not the founder's")
    func closing() throws {
        var scene = try Scene(seed: 9)
        let bramsInvite = try scene.acts.invite(by: scene.bram)
        let annasInvite = try scene.acts.invite(by: scene.anna)
        scene.acts.write(.close(invite: bramsInvite), by: scene.anna)
        scene.acts.write(.close(invite: annasInvite), by: scene.bram)
        let live = try scene.team().invites.filter(\.isLive).map(\.id)
        #expect(live.contains(annasInvite) && !live.contains(bramsInvite))
        let eve = try Actor("Eve", &scene.acts.random)
        try scene.acts.admit(eve, by: scene.chris, invite: bramsInvite)
        #expect(try scene.team().persons[eve.person] == nil)
        try scene.acts.admit(eve, by: scene.chris, invite: annasInvite)
        #expect(try scene.role(eve) == .member)
    }

    @Test("readers read: what they write does not count, nor do they admit")
    func readers() throws {
        var scene = try Scene(seed: 10)
        let eve = try Actor("Eve", &scene.acts.random)
        let admission = try scene.acts.take(in: eve, by: scene.anna, role: .reader)
        let frank = try Actor("Frank", &scene.acts.random)
        let invite = try scene.acts.invite(by: scene.anna)
        try scene.acts.admit(frank, by: eve, invite: invite)
        #expect(try scene.role(eve) == .reader && scene.role(frank) == nil)
        #expect(try scene.team().isActive(eve.key.publicKey))
        let key = LogKey(logClass: .content, device: eve.key.publicKey, log: 2)
        let log = { (cited: EventID) in
            ContentLog(key: key, branches: [.init(parent: nil, first: 0, citations: [(0, cited)])])
        }
        #expect(try !need(scene.team().standing(of: log(admission))).counts(0, id: EventID(.zero)))
        let raised = scene.acts.write(
            .grant(person: eve.person, role: .member, devices: [], lifts: []), by: scene.bram)
        #expect(try scene.role(eve) == .member)
        #expect(try need(scene.team().standing(of: log(raised))).counts(0, id: EventID(.zero)))
    }

    @Test("one who is readmitted with a new device goes on with it")
    func readmitted() throws {
        var scene = try Scene(seed: 11)
        let out = scene.exclude(scene.chris, by: scene.bram)
        let laptop = try Actor("Chris's new laptop", &scene.acts.random)
        scene.acts.write(
            .readmit(
                person: scene.chris.person, lifts: [out],
                devices: [laptop.device(of: scene.chris.person)]), by: scene.bram)
        #expect(try scene.team().person(of: laptop.key.publicKey)?.id == scene.chris.person)
        #expect(try scene.team().isActive(laptop.key.publicKey))
        let invite = try scene.acts.invite(by: scene.anna)
        let eve = try Actor("Eve", &scene.acts.random)
        try scene.acts.admit(eve, by: laptop, invite: invite)
        #expect(try scene.role(eve) == .member)
    }

    // MARK: - Content

    @Test("what lies beyond the cut is quarantined, and counts once it is adopted")
    func adoption() throws {
        var scene = try Scene(seed: 12)
        let cited = try need(scene.team().standings(of: scene.chris.key.publicKey).first)
        let key = LogKey(logClass: .content, device: scene.chris.key.publicKey, log: 2)
        let ids = (0..<4).map { _ in EventID(scene.acts.random.bytes32()) }
        scene.exclude(
            scene.chris, by: scene.bram,
            cut: [.init(device: key.device, log: key.log, heads: [ids[1]])])
        func standing() throws -> LogStanding {
            let heads = try scene.team().cutHeads(of: key)
            #expect(heads == [ids[1]])
            return try need(
                scene.team().standing(
                    of: ContentLog(
                        key: key,
                        branches: [.init(parent: nil, first: 0, citations: [(0, cited)])],
                        heads: [ids[1]: (0, 1)])))
        }
        func counted() throws -> [Int] {
            let standing = try standing()
            return ids.indices.filter { standing.counts($0, id: ids[$0]) }
        }
        #expect(try counted() == [0, 1])
        #expect(try standing().isQuarantined(2, id: ids[2]))
        scene.acts.write(.adopt(events: [ids[3]]), by: scene.dora)
        #expect(try counted() == [0, 1], "members adopt nothing")
        scene.acts.write(.adopt(events: [ids[3]]), by: scene.bram)
        #expect(try counted() == [0, 1, 3])
        #expect(try !standing().isQuarantined(3, id: ids[3]))
    }

    @Test("a junior adopts nothing that a senior cut off")
    func adoptionRank() throws {
        var scene = try Scene(seed: 13)
        let cited = try need(scene.team().standings(of: scene.chris.key.publicKey).first)
        let key = LogKey(logClass: .content, device: scene.chris.key.publicKey, log: 2)
        let id = EventID(scene.acts.random.bytes32())
        scene.exclude(scene.chris, by: scene.anna)
        scene.acts.write(.adopt(events: [id]), by: scene.bram)
        let log = ContentLog(
            key: key, branches: [.init(parent: nil, first: 0, citations: [(0, cited)])])
        #expect(try !need(scene.team().standing(of: log)).counts(0, id: id))
    }

    // MARK: - Council

    private func decision(
        _ scene: Scene, _ proposal: CouncilProposal, by keys: [SigningKey], previous: Digest?
    ) -> MembershipAct {
        let bytes = proposal.encoded
        let statement = CouncilDecision.statement(
            team: scene.acts.team, previous: previous, proposal: bytes)
        return .council(
            proposal: bytes, previous: previous,
            signatures: keys.map {
                .init(key: $0.publicKey, signature: $0.sign(statement, domain: .council))
            })
    }

    private func keys(_ count: Int, seed: UInt64) throws -> [SigningKey] {
        var random = Seeded(seed)
        return try (0..<count).map { _ in try random.signingKey() }
    }

    @Test("enough recovery keys replace the founder, in a chain of decisions; fewer do nothing")
    func council() throws {
        let keys = try keys(3, seed: 500)
        var scene = try Scene(seed: 14, recovery: keys)
        let out = CouncilProposal.reduce(
            person: scene.anna.person, to: .none, cut: [], reason: "stolen")
        scene.acts.write(decision(scene, out, by: [keys[0]], previous: nil), by: scene.dora)
        scene.acts.write(
            decision(scene, out, by: [keys[0], keys[0]], previous: nil), by: scene.dora)
        #expect(try scene.role(scene.anna) == .founder)
        scene.acts.write(
            decision(scene, out, by: [keys[0], keys[1]], previous: nil), by: scene.dora)
        #expect(try scene.role(scene.anna) == Role.none)
        let first = try need(scene.team().council.last)
        let next = CouncilProposal.founder(
            person: scene.bram.person, devices: [scene.bram.key.publicKey], lifts: [])
        scene.acts.write(
            decision(scene, next, by: [keys[1], keys[2]], previous: nil), by: scene.dora)
        #expect(try scene.team().council.isForked)
        scene.acts.write(
            decision(scene, next, by: [keys[1], keys[2]], previous: first), by: scene.dora)
        let again = try scene.team()
        // The least of two first decisions goes on; either way the chain is one.
        if again.council.last != first {
            #expect(again.founder?.id == scene.bram.person || again.council.isForked)
        }
    }

    @Test("the founder names recovery keys once, from a device of the genesis")
    func settingKeys() throws {
        let keys = try keys(2, seed: 501)
        var scene = try Scene(seed: 15)
        let act = { (key: SigningKey) in
            MembershipAct.council(
                proposal: CouncilProposal.keys([key.publicKey], threshold: 1).encoded,
                previous: nil, signatures: [])
        }
        scene.acts.write(act(keys[1]), by: scene.bram)
        #expect(try scene.team().council.keys.isEmpty)
        scene.acts.write(act(keys[0]), by: scene.anna)
        scene.acts.write(act(keys[1]), by: scene.anna)
        #expect(try scene.team().council.keys == [keys[0].publicKey])
        let next = CouncilProposal.founder(
            person: scene.chris.person, devices: [scene.chris.key.publicKey], lifts: [])
        let carrier = scene.acts.write(
            decision(scene, next, by: [keys[0]], previous: nil), by: scene.dora)
        #expect(try scene.counts(carrier))
        #expect(try scene.role(scene.chris) == .founder)
        let excluded = scene.exclude(scene.bram, by: scene.chris)
        #expect(try scene.counts(excluded))
    }

    @Test("a decision that is said again, earlier, takes nothing from who acted on it")
    func carriedAgain() throws {
        let keys = try keys(1, seed: 502)
        var scene = try Scene(seed: 16, recovery: keys)
        let early = scene.acts.heads
        let act = decision(
            scene,
            .founder(
                person: scene.chris.person, devices: [scene.chris.key.publicKey], lifts: []),
            by: keys, previous: nil)
        for _ in 0..<3 { try scene.acts.take(in: scene.dora, by: scene.anna) }
        scene.acts.write(act, by: scene.anna)
        let excluded = scene.exclude(scene.bram, by: scene.chris)
        #expect(try scene.counts(excluded))
        scene.acts.write(act, by: scene.dora, after: early)
        #expect(try scene.counts(excluded))
    }

    @Test("keys that are not more than half are no council")
    func thresholds() throws {
        let keys = try keys(4, seed: 503).map(\.publicKey)
        #expect(!Council.isValid(keys: keys, threshold: 2))
        #expect(Council.isValid(keys: keys, threshold: 3))
        #expect(!Council.isValid(keys: keys, threshold: 5))
        #expect(!Council.isValid(keys: [keys[0], keys[0], keys[1]], threshold: 2))
        #expect(!Council.isValid(keys: [], threshold: 0))
    }

    // MARK: - Bounds

    @Test("of one device so many acts count, and a flood of acts costs no square")
    func flood() throws {
        let scene = try Scene(seed: 17)
        var events = scene.acts.events
        let heads = scene.acts.heads
        var previous: EventID?
        let count = EventLimit.actsPerDeviceMax + 50
        var random = Seeded(99)
        let base = try need(events.last).lamport
        for index in 0..<count {
            let id = EventID(random.bytes32())
            events.append(
                MembershipEvent(
                    id: id, device: scene.bram.key.publicKey, log: 9, previous: previous,
                    parents: previous == nil ? heads : [], lamport: base + 1 + index,
                    act: .address(person: scene.chris.person, text: "", about: nil)))
            previous = id
        }
        let graph = MembershipGraph(team: scene.acts.team, events: events)
        let team = try need(Team(graph))
        let own = scene.acts.events.count { $0.device == scene.bram.key.publicKey }
        #expect(
            team.effective.count
                == scene.acts.events.count + EventLimit.actsPerDeviceMax - own)
        // A device that only adds to its own log shares one version vector.
        #expect(graph.nodes.suffix(count - 1).allSatisfy { $0.seen == graph.nodes.last?.seen })
    }

    @Test("whose a device is, it says itself; a second person that claims it gets nothing")
    func claims() throws {
        var scene = try Scene(seed: 18)
        scene.acts.write(
            .grant(
                person: scene.dora.person, role: .moderator,
                devices: [scene.dora.key.publicKey, scene.chris.key.publicKey], lifts: []),
            by: scene.bram)
        let team = try scene.team()
        #expect(team.owners[scene.chris.key.publicKey] == scene.chris.person)
        let invite = try scene.acts.invite(by: scene.chris)
        #expect(try !scene.counts(invite))
    }

    @Test("a change is settled once every moderator has built on it")
    func settled() throws {
        var scene = try Scene(seed: 19)
        let out = scene.exclude(scene.chris, by: scene.bram)
        func isSettled() throws -> Bool {
            try need(scene.team().decisions().first { $0.id == out }).isSettled
        }
        #expect(try !isSettled())
        #expect(try scene.team().unsettled(by: scene.anna.person).contains(out))
        scene.acts.write(.adopt(events: []), by: scene.anna)
        #expect(try isSettled())
        #expect(try scene.team().unsettled(by: scene.anna.person).isEmpty)
    }

    @Test("the proof that someone is out is enough for a replica that holds nothing else")
    func proof() throws {
        var scene = try Scene(seed: 20)
        scene.exclude(scene.chris, by: scene.bram)
        scene.exclude(scene.dora, by: scene.anna)
        let proof = Set(try scene.team().exclusionProof(of: scene.chris.key.publicKey))
        #expect(!proof.isEmpty && proof.count < scene.acts.events.count)
        let team = try need(
            Team(id: scene.acts.team, events: scene.acts.events.filter { proof.contains($0.id) }))
        #expect(team.persons[scene.chris.person]?.role == Role.none)
        #expect(team.persons[scene.dora.person]?.role == .member, "nothing else is told")
        #expect(try scene.team().exclusionProof(of: scene.anna.key.publicKey).isEmpty)
    }
}
