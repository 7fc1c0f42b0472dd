import Testing
import WeData
import WeKeys

@testable import WeLog

/// What sets one standing of a log apart from another, and logs that do not fit their team.
@Suite("Standings of logs")
struct StandingFormTests {
    /// Anna founds, Bram is a member and has written eight events in one log.
    private struct Scene {
        var acts = Acts(seed: 80)
        let anna, bram: Actor
        let admission: EventID
        let ids: [EventID]
        var key: LogKey { LogKey(logClass: .content, device: bram.key.publicKey, log: 2) }

        init() throws {
            anna = try Actor("Anna", &acts.random)
            bram = try Actor("Bram", &acts.random)
            acts.found(by: anna)
            admission = try acts.take(in: bram, by: anna)
            ids = (0..<8).map { EventID(Digest(hashing: [UInt8($0)]).value) }
        }

        mutating func reduce(keeping heads: [EventID]) {
            let cut = MembershipAct.Cut(device: bram.key.publicKey, log: 2, heads: heads)
            acts.write(
                .reduce(
                    person: bram.person, to: .none, cut: [cut], reason: "why", isSevere: true,
                    address: nil), by: anna)
        }

        func standing(cited: EventID? = nil) throws -> LogStanding {
            let team = try need(acts.folded)
            var places: [EventID: (branch: Int, sequence: Int)] = [:]
            for head in team.cutHeads(of: key) {
                if let sequence = ids.firstIndex(of: head) { places[head] = (0, sequence) }
            }
            let branch = ContentLog.Branch(
                parent: nil, first: 0, citations: [(0, cited ?? admission)])
            return try need(
                team.standing(of: ContentLog(key: key, branches: [branch], heads: places)))
        }

        func counted(cited: EventID? = nil) throws -> [Int] {
            let standing = try standing(cited: cited)
            return ids.indices.filter { standing.counts($0, id: ids[$0]) }
        }
    }

    private func written(_ standing: LogStanding) -> [UInt8] {
        var writer = Writer()
        standing.write(to: &writer)
        return writer.take()
    }

    @Test("standings are written alike where they are equal, and only there")
    func written() throws {
        var scenes = [try Scene()]
        var scene = scenes[0]
        scene.reduce(keeping: [scene.ids[1]])
        scenes.append(scene)
        scene.acts.write(.adopt(events: [scene.ids[4]]), by: scene.anna)
        scenes.append(scene)
        var other = scenes[0]
        other.reduce(keeping: [other.ids[2]])
        scenes.append(other)
        var promoted = scenes[0]
        promoted.acts.promote(promoted.bram, by: promoted.anna)
        var standings = try scenes.map { try $0.standing() }
        standings.append(try promoted.standing(cited: promoted.acts.heads.first))
        for (left, right) in standings.flatMap({ left in standings.map { (left, $0) } }) {
            #expect((written(left) == written(right)) == (left == right))
        }
        #expect(Set(standings).count == standings.count)
        var reader = Reader(written(standings[2]))
        try reader.skip()
        try reader.finish()
    }

    @Test("a head that the log does not hold keeps nothing of it")
    func foreignHead() throws {
        var scene = try Scene()
        scene.reduce(keeping: [EventID(.zero)])
        #expect(try scene.counted().isEmpty)
        var both = try Scene()
        both.reduce(keeping: [EventID(.zero), both.ids[2]])
        #expect(try both.counted() == [0, 1, 2])
    }

    @Test("naming an event that is not there gives no standing, nor does a branch that is not")
    func unknown() throws {
        let scene = try Scene()
        #expect(try scene.counted() == Array(0..<8))
        #expect(try scene.counted(cited: EventID(.zero)).isEmpty)
        let standing = try scene.standing()
        #expect(!standing.counts(0, in: 1, id: scene.ids[0]))
        #expect(!standing.isQuarantined(0, in: 1, id: scene.ids[0]))
        #expect(!standing.isModerator(0, in: 1))
    }
}
