import Testing
import WeData
import WeKeys

@testable import WeLog

/// What a council may decide, and what of it can be taken back (Protocol.md, "The council").
@Suite("The council's proposals")
struct CouncilTests {
    /// Anna founds with a council of one key, or none; Bram moderates.
    private struct Scene {
        var acts = Acts(seed: 70)
        let anna, bram: Actor
        let key: SigningKey
        let grant: EventID
        var last: Digest?

        init(hasCouncil: Bool = true) throws {
            anna = try Actor("Anna", &acts.random)
            bram = try Actor("Bram", &acts.random)
            key = try acts.random.signingKey()
            acts.write(
                .genesis(
                    .init(
                        teamName: "Noord", founderName: "Anna", devices: [anna.device],
                        recoveryKeys: hasCouncil ? [key.publicKey] : [],
                        recoveryThreshold: hasCouncil ? 1 : 0)), by: anna)
            try acts.take(in: bram, by: anna)
            grant = acts.promote(bram, by: anna)
        }

        /// A decision after the last one.
        mutating func decide(_ proposal: CouncilProposal) -> EventID {
            let bytes = proposal.encoded
            let statement = CouncilDecision.statement(
                team: acts.team, previous: last, proposal: bytes)
            let act = MembershipAct.council(
                proposal: bytes, previous: last,
                signatures: [
                    .init(key: key.publicKey, signature: key.sign(statement, domain: .council))
                ])
            last = CouncilDecision.digest(previous: last, proposal: bytes)
            return acts.write(act, by: anna)
        }

        var founder: MembershipAct {
            .grant(
                person: bram.person, role: .founder, devices: [bram.key.publicKey], lifts: [])
        }

        func team() throws -> Team { try need(acts.folded) }
    }

    private func proposal(_ act: MembershipAct) -> [UInt8] {
        var writer = Writer()
        writer.array(2)
        writer.int(act.kind)
        act.write(to: &writer)
        return writer.take()
    }

    @Test("a council makes founders, reduces and replaces its keys; nothing else is a proposal")
    func proposals() throws {
        let scene = try Scene()
        let person = scene.bram.person
        func reduce(_ role: Role, isSevere: Bool = true) -> MembershipAct {
            .reduce(
                person: person, to: role, cut: [], reason: "", isSevere: isSevere, address: nil)
        }
        for act in [scene.founder, reduce(.none), reduce(.moderator)] {
            let bytes = proposal(act)
            #expect(CouncilProposal(decoding: bytes)?.encoded == bytes)
            #expect(CouncilProposal(decoding: bytes.dropLast()) == nil)
            #expect(CouncilProposal(decoding: bytes + [0]) == nil)
        }
        for act in [
            .grant(person: person, role: .moderator, devices: [], lifts: []), reduce(.founder),
            reduce(.none, isSevere: false), .close(invite: scene.grant), .unknown(kind: 40),
        ] {
            #expect(CouncilProposal(decoding: proposal(act)) == nil, "\(act)")
        }
    }

    @Test("the council takes back what it decided, and a lift of anything else lifts nothing")
    func lifts() throws {
        var scene = try Scene()
        let keys = scene.decide(.keys([scene.key.publicKey], threshold: 1))
        let out = scene.decide(
            .reduce(person: scene.bram.person, to: .none, cut: [], reason: "lost"))
        #expect(try scene.team().persons[scene.bram.person]?.role == Role.none)
        var other = scene
        _ = other.decide(
            .founder(
                person: other.bram.person, devices: [other.bram.key.publicKey],
                lifts: [keys, other.grant]))
        #expect(try other.team().persons[other.bram.person]?.role == Role.none)
        _ = scene.decide(
            .founder(
                person: scene.bram.person, devices: [scene.bram.key.publicKey],
                lifts: [keys, scene.grant, out]))
        #expect(try scene.team().persons[scene.bram.person]?.role == .founder)
    }

    @Test("where the genesis names no keys, the founder's first such act does, and no other")
    func firstKeys() throws {
        var scene = try Scene(hasCouncil: false)
        let keys = CouncilProposal.keys([scene.key.publicKey], threshold: 1).encoded
        let signature = MembershipAct.CouncilSignature(
            key: scene.key.publicKey, signature: scene.key.sign(keys, domain: .council))
        for (proposal, signatures, author) in [
            (keys, [], scene.bram), (keys, [signature], scene.anna),
            (proposal(scene.founder), [], scene.anna),
        ] {
            scene.acts.write(
                .council(proposal: proposal, previous: nil, signatures: signatures), by: author)
        }
        #expect(try scene.team().council.keys.isEmpty)
        scene.acts.write(.council(proposal: keys, previous: nil, signatures: []), by: scene.anna)
        #expect(try scene.team().council.keys == [scene.key.publicKey])
    }

    @Test("of two decisions after one, the lesser hash goes on, whichever was written first")
    func fork() throws {
        for isReversed in [true, false] {
            var scene = try Scene()
            let proposals = ["a", "b"].map {
                CouncilProposal.reduce(person: scene.bram.person, to: .none, cut: [], reason: $0)
            }.sorted {
                CouncilDecision.digest(previous: nil, proposal: $0.encoded)
                    < CouncilDecision.digest(previous: nil, proposal: $1.encoded)
            }
            for proposal in isReversed ? proposals.reversed() : proposals {
                scene.last = nil
                _ = scene.decide(proposal)
            }
            let council = try scene.team().council
            #expect(council.isForked)
            #expect(
                council.last
                    == CouncilDecision.digest(previous: nil, proposal: proposals[0].encoded))
        }
    }
}
