import Testing
import WeData
import WeKeys

@testable import WeLog

/// Where the genesis asks for a second moderator (Protocol.md 8.1, "Agreed").
@Suite("A second moderator")
struct SecondModeratorTests {
    private struct World {
        var acts = Acts(seed: 1)
        let anna, bram, chris, dewi: Actor

        init() throws {
            (anna, bram) = (try Actor("Anna", &acts.random), try Actor("Bram", &acts.random))
            (chris, dewi) = (try Actor("Chris", &acts.random), try Actor("Dewi", &acts.random))
            acts.found(by: anna, needsSecondModerator: true)
            for newcomer in [bram, chris, dewi] { try acts.take(in: newcomer, by: anna) }
            acts.promote(bram, by: anna)
        }

        mutating func exclude(
            _ person: Actor, by author: Actor, after parents: [EventID]? = nil
        ) -> EventID {
            acts.write(
                .reduce(
                    person: person.person, to: .none, cut: [], reason: "spam", isSevere: true,
                    address: nil), by: author, after: parents)
        }

        func role(_ actor: Actor) -> Role? { acts.folded?.persons[actor.person]?.role }
    }

    @Test("one alone does nothing, twice neither; two that know of each other both count")
    func both() throws {
        var world = try World()
        let first = world.exclude(world.chris, by: world.anna)
        #expect(world.role(world.chris) == .member)
        let again = world.exclude(world.chris, by: world.anna)
        #expect(world.role(world.chris) == .member)
        let second = world.exclude(world.chris, by: world.bram)
        #expect(world.role(world.chris) == Role.none)
        let team = try #require(world.acts.folded)
        #expect(team.effective.contains(first) && team.effective.contains(second))
        #expect(team.reductions(of: world.chris.person) == [second])
        #expect(!team.effective.contains(again))
        let shuffled = try #require(Team(id: world.acts.team, events: world.acts.events.reversed()))
        #expect(shuffled.effective == team.effective && shuffled.persons == team.persons)
    }

    @Test("the junior one first, the senior one later: the later takes effect")
    func juniorFirst() throws {
        var world = try World()
        let first = world.exclude(world.chris, by: world.bram)
        #expect(world.role(world.chris) == .member)
        let second = world.exclude(world.chris, by: world.anna)
        let team = try #require(world.acts.folded)
        #expect(world.role(world.chris) == Role.none)
        #expect(team.reductions(of: world.chris.person) == [second])
        #expect(team.effective.contains(first) && team.effective.contains(second))
    }

    @Test("a third who agrees counts as well, and the device is taken away once")
    func third() throws {
        var world = try World()
        world.acts.promote(world.dewi, by: world.anna)
        let seen = world.acts.heads
        let device = world.chris.key.publicKey
        let act = MembershipAct.revokeDevice(owner: world.chris.person, device: device, cut: [])
        let juniors = [world.bram, world.dewi].map { world.acts.write(act, by: $0, after: seen) }
        #expect(try #require(world.acts.folded).isActive(device))
        let last = world.acts.write(act, by: world.anna)
        let team = try #require(world.acts.folded)
        #expect(team.effective.isSuperset(of: juniors + [last]))
        #expect(team.persons[world.chris.person]?.revokedDevices == [device])
        #expect(team.exclusionProof(of: device).last == last)
    }

    @Test("two that do not know of each other, or a member's, are not enough")
    func apart() throws {
        var world = try World()
        let seen = world.acts.heads
        _ = world.exclude(world.chris, by: world.anna, after: seen)
        _ = world.exclude(world.chris, by: world.bram, after: seen)
        #expect(world.role(world.chris) == .member)
        var other = try World()
        _ = other.exclude(other.chris, by: other.dewi)
        _ = other.exclude(other.chris, by: other.anna)
        #expect(other.role(other.chris) == .member)
    }
}
