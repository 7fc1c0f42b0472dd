import Testing
import WeData
import WeKeys

@testable import WeLog

/// Random histories, honest and hostile: the same set of events is the same team.
@Suite("Membership, whatever arrives when")
struct MembershipPropertyTests {
    private static let eventsMax = 40

    @Test("neither order of arrival nor repetition matters", arguments: 0..<40 as Range<UInt64>)
    func order(seed: UInt64) throws {
        var random = Seeded(seed)
        let (id, events) = try RandomTeam.events(seed: seed &+ 1_000, count: Self.eventsMax)
        let expected = try #require(Team(id: id, events: events))
        for round in 0..<3 {
            var shuffled = events.shuffled(using: &random)
            if round > 0 { shuffled += events.shuffled(using: &random).prefix(20 * round) }
            let team = try #require(Team(id: id, events: shuffled))
            #expect(team.persons == expected.persons, "seed \(seed), round \(round)")
            #expect(team.owners == expected.owners, "seed \(seed), round \(round)")
            #expect(team.channels == expected.channels, "seed \(seed), round \(round)")
            #expect(team.invites == expected.invites, "seed \(seed), round \(round)")
            #expect(team.effective == expected.effective, "seed \(seed), round \(round)")
            #expect(team.isFullyUnderstood == expected.isFullyUnderstood)
        }
    }

    @Test(
        "what nobody builds on and does not count changes nothing",
        arguments: 0..<20 as Range<UInt64>)
    func strangers(seed: UInt64) throws {
        let (id, events) = try RandomTeam.events(seed: seed &+ 2_000, count: Self.eventsMax)
        let team = try #require(Team(id: id, events: events))
        let named = Set(events.flatMap { $0.parents + [$0.previous].compactMap { $0 } })
        // A device's word on whose it is stands, whoever passed it on.
        let kept = events.filter {
            team.effective.contains($0.id) || named.contains($0.id) || !$0.act.introduces.isEmpty
        }
        let smaller = try #require(Team(id: id, events: kept))
        #expect(smaller.persons == team.persons, "seed \(seed)")
        #expect(smaller.owners == team.owners, "seed \(seed)")
        #expect(smaller.effective == team.effective, "seed \(seed)")
    }

    @Test("the random histories hold what they are to test")
    func coverage() throws {
        var (counted, void, moderators) = (0, 0, 0)
        for seed in UInt64(0)..<20 {
            let (id, events) = try RandomTeam.events(seed: seed, count: Self.eventsMax)
            let team = try #require(Team(id: id, events: events))
            counted += team.effective.count
            void += events.count - team.effective.count
            moderators += team.persons.values.count { $0.role == .moderator }
        }
        #expect(counted > 200 && void > 200 && moderators > 10)
    }
}
