import Testing
import WeData
import WeKeys

@testable import WeLog

/// What content counts, rule by rule (Protocol.md, "What content counts").
@Suite("What content counts, rule by rule")
struct StandingRuleTests {
    /// Anna founds, Bram moderates; Bram writes content after his grant.
    private struct Scene {
        var acts: Acts
        let anna: Actor
        let bram: Actor
        let grant: EventID
        let ids: [EventID]

        init(seed: UInt64) throws {
            acts = Acts(seed: seed)
            anna = try Actor("Anna", &acts.random)
            bram = try Actor("Bram", &acts.random)
            acts.found(by: anna)
            try acts.take(in: bram, by: anna)
            grant = acts.promote(bram, by: anna)
            var made: [EventID] = []
            for _ in 0..<8 { made.append(EventID(acts.random.bytes32())) }
            ids = made
        }

        @discardableResult
        mutating func reduce(to role: Role, keeping last: Int? = nil) -> EventID {
            let cut = last.map {
                [MembershipAct.Cut(device: bram.key.publicKey, log: 2, heads: [ids[$0]])]
            }
            return acts.write(
                .reduce(
                    person: bram.person, to: role, cut: cut ?? [], reason: "why", isSevere: true,
                    address: nil), by: anna)
        }

        /// The standing of Bram's log, which names his grant first and then `cited`.
        func standing(_ cited: [(sequence: Int, event: EventID)] = []) throws -> LogStanding {
            let key = LogKey(logClass: .content, device: bram.key.publicKey, log: 2)
            let team = try need(acts.folded)
            let heads = Set(team.cutHeads(of: key))
            var places: [EventID: (branch: Int, sequence: Int)] = [:]
            for (sequence, id) in ids.enumerated() where heads.contains(id) {
                places[id] = (0, sequence)
            }
            let branch = ContentLog.Branch(
                parent: nil, first: 0, citations: [(0, grant)] + cited)
            return try need(
                team.standing(of: ContentLog(key: key, branches: [branch], heads: places)))
        }

        func counted(_ cited: [(sequence: Int, event: EventID)] = []) throws -> [Int] {
            let standing = try standing(cited)
            return ids.indices.filter { standing.counts($0, id: ids[$0]) }
        }
    }

    @Test("a demoted moderator's content goes on counting, as a member's")
    func demoted() throws {
        var scene = try Scene(seed: 1)
        #expect(try scene.standing().isModerator(3))
        scene.reduce(to: .member)
        #expect(try scene.counted() == Array(0..<8))
        #expect(try !scene.standing().isModerator(3))
    }

    @Test("the head of a cut counts, whichever it is", arguments: [0, 1, 5])
    func head(last: Int) throws {
        var scene = try Scene(seed: 2)
        scene.reduce(to: .none, keeping: last)
        #expect(try scene.counted() == Array(0...last))
        #expect(try scene.standing().isQuarantined(last + 1, id: scene.ids[last + 1]))
    }

    @Test("content counts again from where it names the lift")
    func lifted() throws {
        var scene = try Scene(seed: 3)
        let reduction = scene.reduce(to: .none, keeping: 1)
        let lift = scene.acts.write(
            .readmit(person: scene.bram.person, lifts: [reduction], devices: []), by: scene.anna)
        #expect(try scene.counted([(5, lift)]) == [0, 1, 5, 6, 7])
    }

    @Test("nothing is adopted before it was cut off")
    func earlyAdoption() throws {
        var scene = try Scene(seed: 4)
        scene.acts.write(.adopt(events: [scene.ids[3]]), by: scene.anna)
        scene.reduce(to: .none, keeping: 1)
        #expect(try scene.counted() == [0, 1])
        scene.acts.write(.adopt(events: [scene.ids[3]]), by: scene.anna)
        #expect(try scene.counted() == [0, 1, 3])
    }

    @Test("a reader's content does not count")
    func reader() throws {
        var scene = try Scene(seed: 5)
        let cara = try Actor("Cara", &scene.acts.random)
        let admission = try scene.acts.take(in: cara, by: scene.anna, role: .reader)
        let log = ContentLog(
            key: LogKey(logClass: .content, device: cara.key.publicKey, log: 2),
            branches: [.init(parent: nil, first: 0, citations: [(0, admission)])])
        let team = try need(scene.acts.folded)
        #expect(try !need(team.standing(of: log)).counts(0, id: scene.ids[0]))
    }

    @Test("the newest secret comes first")
    func secrets() throws {
        var scene = try Scene(seed: 6)
        for epoch in [1, 3, 2] {
            scene.acts.write(.secret(epoch: epoch, sealed: []), by: scene.anna)
        }
        #expect(try need(scene.acts.folded).secrets.map(\.epoch) == [3, 2, 1])
    }

    @Test("a proof leaves out what was lifted")
    func proof() throws {
        var scene = try Scene(seed: 7)
        let cara = try Actor("Cara", &scene.acts.random)
        try scene.acts.take(in: cara, by: scene.anna)
        let before = scene.acts.heads
        let reduction = scene.acts.write(
            .reduce(
                person: cara.person, to: .none, cut: [], reason: "why", isSevere: true,
                address: nil), by: scene.anna)
        scene.acts.write(
            .readmit(person: cara.person, lifts: [reduction], devices: []), by: scene.anna)
        let revocation = scene.acts.write(
            .revokeDevice(owner: cara.person, device: cara.key.publicKey, cut: []),
            by: scene.bram, after: before)
        let proof = try need(scene.acts.folded).exclusionProof(of: cara.key.publicKey)
        #expect(proof.contains(revocation))
        #expect(!proof.contains(reduction))
    }
}
