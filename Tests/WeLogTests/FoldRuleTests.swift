import Testing
import WeData
import WeKeys

@testable import WeLog

/// The fold, rule by rule: each test is about one condition that a mutation takes away
/// (Protocol.md, "The fold").
@Suite("The fold, rule by rule")
struct FoldRuleTests {
    /// Anna founds, Bram moderates, Chris and Dora are members, Eve is not in.
    private struct Scene {
        var acts: Acts
        let anna: Actor
        let bram: Actor
        let chris: Actor
        let dora: Actor
        let eve: Actor
        let council: [SigningKey]

        init(seed: UInt64, council count: Int = 0) throws {
            acts = Acts(seed: seed)
            anna = try Actor("Anna", &acts.random)
            bram = try Actor("Bram", &acts.random)
            chris = try Actor("Chris", &acts.random)
            dora = try Actor("Dora", &acts.random)
            eve = try Actor("Eve", &acts.random)
            var keys: [SigningKey] = []
            for _ in 0..<count { keys.append(try acts.random.signingKey()) }
            council = keys
            acts.write(
                .genesis(
                    .init(
                        teamName: "Noord", founderName: "Anna", devices: [anna.device],
                        recoveryKeys: keys.map(\.publicKey),
                        recoveryThreshold: count == 0 ? 0 : count / 2 + 1)), by: anna)
            for actor in [bram, chris, dora] { try acts.take(in: actor, by: anna) }
            acts.promote(bram, by: anna)
        }

        @discardableResult
        mutating func reduce(
            _ actor: Actor, to role: Role = .none, by other: Actor, keeping heads: [EventID] = [],
            device: DeviceKey? = nil, log: UInt64 = 1, after: [EventID]? = nil
        ) -> EventID {
            let cut = MembershipAct.Cut(
                device: device ?? actor.key.publicKey, log: log, heads: heads)
            return acts.write(
                .reduce(
                    person: actor.person, to: role, cut: heads.isEmpty ? [] : [cut],
                    reason: "why", isSevere: true, address: nil), by: other, after: after)
        }

        /// An admission by a member with an invitation of the founder's.
        mutating func admitted(
            _ newcomer: Actor, by actor: Actor, invite: EventID? = nil, after: [EventID]? = nil
        ) throws -> EventID {
            let invite = try invite ?? acts.invite(by: anna)
            return try acts.admit(newcomer, by: actor, invite: invite, after: after)
        }

        func decision(
            _ proposal: CouncilProposal, by keys: [SigningKey], previous: Digest? = nil
        ) -> MembershipAct {
            let bytes = proposal.encoded
            let statement = CouncilDecision.statement(
                team: acts.team, previous: previous, proposal: bytes)
            return .council(
                proposal: bytes, previous: previous,
                signatures: keys.map {
                    .init(key: $0.publicKey, signature: $0.sign(statement, domain: .council))
                })
        }

        func team() throws -> Team { try need(acts.folded) }
        func counts(_ event: EventID) throws -> Bool { try team().effective.contains(event) }
        func role(_ actor: Actor) throws -> Role? { try team().persons[actor.person]?.role }
        func isActive(_ actor: Actor) throws -> Bool { try team().isActive(actor.key.publicKey) }
    }

    // MARK: - Cuts

    @Test("a cut keeps acts up to its head and none after it")
    func cut() throws {
        var scene = try Scene(seed: 1)
        let finn = try Actor("Finn", &scene.acts.random)
        let first = try scene.admitted(scene.eve, by: scene.chris)
        let second = try scene.admitted(finn, by: scene.chris)
        #expect(try scene.counts(first) && scene.counts(second))
        scene.reduce(scene.chris, by: scene.anna, keeping: [first])
        #expect(try scene.counts(first))
        #expect(try !scene.counts(second))
    }

    @Test("a head counts for the device and the log that name it, no others")
    func foreignHead() throws {
        for isDevice in [true, false] {
            var scene = try Scene(seed: 2)
            let act = try scene.admitted(scene.eve, by: scene.chris)
            scene.reduce(
                scene.chris, by: scene.anna, keeping: [act],
                device: isDevice ? scene.dora.key.publicKey : nil, log: isDevice ? 1 : 2)
            #expect(try !scene.counts(act))
        }
    }

    @Test("what a revoked device writes beyond the cut is void")
    func revokedDevice() throws {
        var scene = try Scene(seed: 3)
        let early = try scene.acts.invite(by: scene.bram)
        scene.acts.write(
            .revokeDevice(
                owner: scene.bram.person, device: scene.bram.key.publicKey,
                cut: [.init(device: scene.bram.key.publicKey, log: 1, heads: [early])]),
            by: scene.anna)
        let late = try scene.acts.invite(by: scene.bram)
        #expect(try scene.counts(early))
        #expect(try !scene.counts(late))
    }

    // MARK: - Standing

    @Test("who is demoted to member goes on as a member and governs no more")
    func demoted() throws {
        var scene = try Scene(seed: 4)
        scene.reduce(scene.bram, to: .member, by: scene.anna)
        let invite = try scene.acts.invite(by: scene.bram)
        #expect(try !scene.counts(invite))
        let admission = try scene.admitted(scene.eve, by: scene.bram)
        #expect(try scene.counts(admission))
        #expect(try scene.role(scene.bram) == .member)
    }

    @Test("a reduction raises nobody")
    func reductionRaisesNobody() throws {
        var scene = try Scene(seed: 5)
        scene.reduce(scene.chris, to: .moderator, by: scene.anna)
        #expect(try scene.role(scene.chris) == .member)
    }

    @Test("a grant gives standing to the devices that it lists alone")
    func unlistedDevice() throws {
        var scene = try Scene(seed: 6)
        // Only a void admission says whose Eve's device is.
        let invite = try scene.acts.invite(by: scene.anna)
        let request = try scene.acts.request(invite, for: scene.eve, key: scene.chris.key)
        scene.acts.write(.admit(.init(invite: invite, request: request)), by: scene.dora)
        scene.acts.write(
            .grant(person: scene.eve.person, role: .moderator, devices: [], lifts: []),
            by: scene.anna)
        let act = try scene.acts.invite(by: scene.eve)
        #expect(try !scene.counts(act))
    }

    @Test("nobody makes a founder but the council, and a grant of nothing is none")
    func roles() throws {
        var scene = try Scene(seed: 7)
        for role in [Role.founder, .none] {
            let grant = scene.acts.write(
                .grant(
                    person: scene.bram.person, role: role, devices: [scene.bram.key.publicKey],
                    lifts: []), by: scene.anna)
            #expect(try !scene.counts(grant), "\(role)")
        }
        #expect(try scene.role(scene.bram) == .moderator)
    }

    // MARK: - Seniority

    @Test("a junior reduces no senior, and takes away no device of one")
    func juniors() throws {
        var scene = try Scene(seed: 8)
        scene.acts.promote(scene.dora, by: scene.anna)
        for (junior, senior) in [(scene.bram, scene.anna), (scene.dora, scene.bram)] {
            let reduction = scene.reduce(senior, by: junior)
            let revocation = scene.acts.write(
                .revokeDevice(owner: senior.person, device: senior.key.publicKey, cut: []),
                by: junior)
            #expect(try !scene.counts(reduction) && !scene.counts(revocation))
            #expect(try scene.isActive(senior))
        }
        let down = scene.reduce(scene.dora, by: scene.bram)
        #expect(try scene.counts(down))
    }

    @Test("a revocation that names another's device as a junior's does nothing")
    func foreignDevice() throws {
        var scene = try Scene(seed: 9)
        let act = scene.acts.write(
            .revokeDevice(owner: scene.chris.person, device: scene.anna.key.publicKey, cut: []),
            by: scene.bram)
        #expect(try !scene.counts(act))
        #expect(try scene.isActive(scene.anna))
    }

    @Test("rank is by the most senior grant, whatever comes later")
    func firstGrant() throws {
        var scene = try Scene(seed: 10)
        scene.acts.promote(scene.chris, by: scene.anna)
        scene.acts.promote(scene.bram, by: scene.anna)
        scene.acts.promote(scene.bram, by: scene.chris)
        let team = try scene.team()
        #expect(team.isSenior(scene.bram.person, to: scene.chris.person))
    }

    @Test("who a moderator promotes is junior to whom the founder promotes later")
    func depth() throws {
        var scene = try Scene(seed: 11)
        scene.acts.promote(scene.chris, by: scene.bram)
        scene.acts.promote(scene.dora, by: scene.anna)
        #expect(try scene.team().isSenior(scene.dora.person, to: scene.chris.person))
    }

    @Test("a rank that came after an act shields nobody from it")
    func laterGrant() throws {
        var scene = try Scene(seed: 12, council: 1)
        let reduction = scene.reduce(scene.dora, by: scene.bram)
        scene.acts.write(
            scene.decision(
                .founder(
                    person: scene.dora.person, devices: [scene.dora.key.publicKey], lifts: []),
                by: scene.council), by: scene.chris)
        #expect(try scene.counts(reduction))
    }

    @Test("whom the council makes founder stands above moderators who were there before")
    func councilFounder() throws {
        var scene = try Scene(seed: 13, council: 1)
        scene.acts.write(
            scene.decision(
                .founder(
                    person: scene.dora.person, devices: [scene.dora.key.publicKey], lifts: []),
                by: scene.council), by: scene.chris)
        #expect(try scene.team().isSenior(scene.dora.person, to: scene.bram.person))
        let down = scene.reduce(scene.bram, by: scene.dora)
        #expect(try scene.counts(down))
    }

    // MARK: - Lifts

    @Test("a junior lifts nothing of a senior's")
    func juniorLift() throws {
        var scene = try Scene(seed: 14)
        let reduction = scene.reduce(scene.chris, by: scene.anna)
        scene.acts.write(
            .readmit(person: scene.chris.person, lifts: [reduction], devices: []), by: scene.bram)
        #expect(try scene.role(scene.chris) == Role.none)
        let act = try scene.admitted(scene.eve, by: scene.chris)
        #expect(try !scene.counts(act))
    }

    @Test("a lift is for what was written with it in its past")
    func liftIsSeen() throws {
        var scene = try Scene(seed: 15)
        let invite = try scene.acts.invite(by: scene.anna)
        let reduction = scene.reduce(scene.chris, by: scene.anna)
        let before = scene.acts.heads
        scene.acts.write(
            .readmit(person: scene.chris.person, lifts: [reduction], devices: []), by: scene.anna)
        let unaware = try scene.admitted(
            scene.eve, by: scene.chris, invite: invite, after: before)
        #expect(try !scene.counts(unaware))
        let aware = try scene.admitted(scene.eve, by: scene.chris)
        #expect(try scene.counts(aware))
    }

    @Test("a readmission lifts only what it has seen, and only of its person")
    func liftOfOthers() throws {
        var scene = try Scene(seed: 16)
        let before = scene.acts.heads
        let reduction = scene.reduce(scene.chris, by: scene.anna)
        scene.acts.write(
            .readmit(person: scene.chris.person, lifts: [reduction], devices: []),
            by: scene.anna, after: before, isNewLog: true)
        scene.acts.write(
            .readmit(person: scene.dora.person, lifts: [reduction], devices: []), by: scene.anna)
        #expect(try scene.role(scene.chris) == Role.none)
        scene.acts.write(
            .readmit(person: scene.chris.person, lifts: [reduction], devices: []), by: scene.anna)
        #expect(try scene.role(scene.chris) == .member)
    }

    // MARK: - Invitations

    @Test("whoever invites may close")
    func ownInvite() throws {
        var scene = try Scene(seed: 17)
        let invite = try scene.acts.invite(by: scene.bram)
        let close = scene.acts.write(.close(invite: invite), by: scene.bram)
        #expect(try scene.counts(close))
        let late = try scene.admitted(scene.eve, by: scene.dora, invite: invite)
        #expect(try !scene.counts(late))
        #expect(try scene.team().invites.first { $0.id == invite }?.isLive == false)
    }

    @Test(
        "an admission that the inviter's reduction had not seen is void", arguments: [true, false])
    func invitersReduction(isSeen: Bool) throws {
        var scene = try Scene(seed: 18)
        let invite = try scene.acts.invite(by: scene.bram)
        let before = scene.acts.heads
        let admission = try scene.admitted(
            scene.eve, by: scene.dora, invite: invite, after: before)
        scene.reduce(
            scene.bram, by: scene.anna, keeping: [invite], after: isSeen ? nil : before)
        #expect(try scene.counts(admission) == isSeen)
        #expect(try scene.team().invites.first { $0.id == invite }?.isLive == false)
    }

    // MARK: - Devices

    @Test("nobody adds a device that belongs to another, or to nobody")
    func addedDevice() throws {
        var scene = try Scene(seed: 19)
        let act = scene.acts.write(
            .addDevice(person: scene.chris.person, device: scene.eve.device), by: scene.chris)
        #expect(try !scene.counts(act))
        let own = scene.acts.write(
            .addDevice(
                person: scene.chris.person, device: scene.eve.device(of: scene.chris.person)),
            by: scene.chris)
        #expect(try scene.counts(own))
    }

    @Test("a person's senior device takes away a junior one, and not the other way")
    func ownDevices() throws {
        for isSenior in [true, false] {
            var scene = try Scene(seed: 20)
            scene.acts.write(
                .addDevice(
                    person: scene.chris.person, device: scene.eve.device(of: scene.chris.person)),
                by: scene.chris)
            let (by, of) = isSenior ? (scene.chris, scene.eve) : (scene.eve, scene.chris)
            let act = scene.acts.write(
                .revokeDevice(owner: scene.chris.person, device: of.key.publicKey, cut: []),
                by: by)
            #expect(try scene.counts(act) == isSenior)
            #expect(try scene.isActive(of) == !isSenior)
        }
    }

    @Test("a device that its own key did not sign for is nobody's")
    func unsignedDevice() throws {
        var scene = try Scene(seed: 21)
        let foreign = scene.eve.device(of: scene.dora.person)
        let act = scene.acts.write(
            .readmit(person: scene.chris.person, lifts: [], devices: [foreign]), by: scene.anna)
        #expect(try scene.counts(act))
        #expect(try scene.team().person(of: scene.eve.key.publicKey) == nil)
    }

    // MARK: - Council

    @Test("keys of others carry no decision")
    func foreignKeys() throws {
        var scene = try Scene(seed: 22, council: 1)
        let act = scene.acts.write(
            scene.decision(
                .reduce(person: scene.bram.person, to: .none, cut: [], reason: ""),
                by: [scene.chris.key, scene.dora.key]), by: scene.chris)
        #expect(try !scene.counts(act))
        #expect(try scene.role(scene.bram) == .moderator)
    }

    @Test("of two first decisions the one with the lesser hash goes on, and the fork shows")
    func forkedCouncil() throws {
        var scene = try Scene(seed: 23, council: 1)
        let proposals = [scene.bram, scene.chris, scene.dora].map {
            CouncilProposal.reduce(person: $0.person, to: .none, cut: [], reason: "")
        }
        for proposal in proposals {
            scene.acts.write(scene.decision(proposal, by: scene.council), by: scene.chris)
        }
        let least = proposals.map {
            CouncilDecision.digest(previous: nil, proposal: $0.encoded)
        }.min()
        let team = try scene.team()
        #expect(team.council.last == least)
        #expect(team.council.isForked)
    }

    @Test("a decision lifts reductions of the person that it is about")
    func councilLifts() throws {
        var scene = try Scene(seed: 24, council: 1)
        let own = scene.reduce(scene.dora, by: scene.anna)
        let other = scene.reduce(scene.chris, by: scene.anna)
        scene.acts.write(
            scene.decision(
                .founder(
                    person: scene.dora.person, devices: [scene.dora.key.publicKey],
                    lifts: [own, other]), by: scene.council), by: scene.bram)
        #expect(try scene.role(scene.dora) == .founder)
        #expect(try scene.role(scene.chris) == Role.none)
    }

    @Test("keys that are no council end the chain, and others replace those before")
    func councilKeys() throws {
        var scene = try Scene(seed: 25, council: 1)
        let next = [scene.chris, scene.dora].map(\.key.publicKey)
        var broken = scene
        let half = CouncilProposal.keys(next, threshold: 1)
        broken.acts.write(broken.decision(half, by: broken.council), by: broken.bram)
        #expect(try broken.team().council.keys == broken.council.map(\.publicKey))
        #expect(try !broken.team().isFullyUnderstood)
        scene.acts.write(
            scene.decision(.keys(next, threshold: 2), by: scene.council), by: scene.bram)
        #expect(try scene.team().council.keys == next)
    }

    // MARK: - What is unknown

    @Test("an act of a later version by a member freezes the team as one by a moderator does")
    func unknownActs() throws {
        for name in 0..<3 {
            var scene = try Scene(seed: 26)
            let author = [scene.bram, scene.chris, scene.eve][name]
            scene.acts.write(.unknown(kind: 40), by: author)
            #expect(try scene.team().isFullyUnderstood == (name == 2))
        }
    }
}
