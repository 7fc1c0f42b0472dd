import Testing
import WeData
import WeReplica

@testable import Weonomy

/// Communities, who coaches in them, and where help is welcome.
@Suite("Communities")
struct CommunityTests {
    @Test("a community is made, joined, changed and left")
    func life() async throws {
        let team = try await Meeting.team(["Anna", "Bram"])
        let (anna, bram) = (team[0], team[1])
        let made = try await anna.addCommunity(
            "Databases", about: "All that *stores*.", topics: ["SQLite", "Post gres"])
        #expect(made.topics == ["post-gres", "sqlite"] && made.members.map(\.name) == ["Anna"])
        try await Meeting.all(team)
        let joined = try await bram.setMember(made.id, true)
        #expect(joined.members.map(\.name) == ["Anna", "Bram"])
        try await bram.editCommunity(made.id, about: "All that stores data.", topics: ["sqlite"])
        try await Meeting.all(team)
        let seen = try await anna.community(named: "data")
        #expect(seen.about == "All that stores data." && seen.topics == ["sqlite"])
        #expect(try await anna.communities(of: bram.me.id).map(\.name) == ["Databases"])
        try await bram.setMember(made.id, false)
        #expect(try await bram.communities(of: nil).isEmpty)
        let failure = await Meeting.failure { try await bram.editCommunity(made.id, topics: []) }
        #expect(failure?.reason == .notOfCommunity("Databases"))
    }

    @Test("a name is taken once on one laptop; two made apart are both shown")
    func names() async throws {
        let team = try await Meeting.team(["Anna", "Bram"])
        try await team[0].addCommunity("Data bases")
        let taken = await Meeting.failure { try await team[0].addCommunity("DATABASES") }
        #expect(taken?.reason == .communityExists("Data bases"))
        try await team[1].addCommunity("Data bases")
        try await Meeting.all(team)
        for brain in team {
            let both = try await brain.communities()
            #expect(both.map(\.name) == ["Data bases", "Data bases"])
            let failure = await Meeting.failure { _ = try await brain.community(named: "data") }
            #expect(failure?.code == .ambiguous)
            #expect(try await brain.community(named: both[0].shortID).id == both[0].id)
        }
    }

    @Test(
        "who made it, a coach or a moderator says who coaches; what others write counts for nothing"
    )
    func coaches() async throws {
        let team = try await Meeting.team(["Anna", "Bram", "Chris", "Dewi"])
        let (anna, bram, chris, dewi) = (team[0], team[1], team[2], team[3])
        let made = try await bram.addCommunity("Databases")
        try await Meeting.all(team)
        let refused = await Meeting.failure {
            try await chris.setCoach(chris.me.id, true, in: made.id)
        }
        #expect(refused?.code == .notAllowed)
        // A program that does not ask: the event is stored, and changes nothing.
        _ = try await chris.write(
            [.add(field: Field.coaches, element: chris.me.id.element)], to: made.id)
        try await Meeting.all(team)
        for brain in team { #expect(try await brain.community(made.id).coaches.isEmpty) }
        try await bram.setCoach(chris.me.id, true, in: made.id)
        try await Meeting.all(team)
        try await chris.setCoach(dewi.me.id, true, in: made.id)
        try await Meeting.all(team)
        for brain in team {
            #expect(try await brain.community(made.id).coaches.map(\.name) == ["Chris", "Dewi"])
        }
        // The founder moderates.
        try await anna.setCoach(chris.me.id, false, in: made.id)
        try await Meeting.all(team)
        _ = try await chris.write(
            [.remove(field: Field.coaches, element: dewi.me.id.element)], to: made.id)
        try await Meeting.all(team)
        for brain in team {
            #expect(try await brain.community(made.id).coaches.map(\.name) == ["Dewi"])
        }
    }

    @Test("in whatever order changes arrive, the same people coach")
    func order() {
        let seed = UInt64.random(in: 0...(.max))
        print("seed \(seed)")
        var random = Seeded(state: seed)
        let people = [anna, bram, chris]
        for _ in 0..<200 {
            var entries = [entry(0, anna, [], [.create(kind: ObjectKind.community)])]
            for number in 1..<10 {
                let parents = entries.filter { _ in Bool.random(using: &random) }
                let element = (people.randomElement(using: &random) ?? anna).id.element
                let isAdded = Bool.random(using: &random)
                let change: Change =
                    isAdded
                    ? .add(field: Field.coaches, element: element)
                    : .remove(field: Field.coaches, element: element)
                entries.append(
                    entry(
                        number, people.randomElement(using: &random) ?? anna,
                        parents.isEmpty ? [entries[0]] : parents, [change]))
            }
            let once = coaches(entries)
            for _ in 0..<5 { #expect(coaches(entries.shuffled(using: &random)) == once) }
            // Without a word of the maker there is nobody.
            let others = entries.filter { $0.author != anna.id || $0.lamport == 1 }
            #expect(coaches(others).isEmpty)
        }
    }

    private func entry(
        _ number: Int, _ author: PersonRef, _ parents: [History.Entry], _ changes: [Change]
    ) -> History.Entry {
        History.Entry(
            id: EventID(bytes32(number)), parents: parents.map(\.id),
            lamport: 1 + (parents.map(\.lamport).max() ?? 0), author: author.id, wall: 0,
            changes: changes)
    }

    private func coaches(_ entries: [History.Entry]) -> Set<PersonID> {
        Community.coaches(History(entries), maker: anna.id) { _ in false }
    }

    @Test("one's own community's coach is whom to ask; nobody asks themselves")
    func coach() async throws {
        let team = try await Meeting.team(["Anna", "Bram"])
        let (anna, bram) = (team[0], team[1])
        let other = try await anna.addCommunity("Aerials")
        try await anna.setMember(other.id, false)
        try await anna.setCoach(bram.me.id, true, in: other.id)
        #expect(try await anna.coach() == nil)
        let own = try await anna.addCommunity("Databases")
        try await anna.setCoach(anna.me.id, true, in: own.id)
        #expect(try await anna.coach() == nil)
        try await anna.setCoach(bram.me.id, true, in: own.id)
        #expect(try await anna.coach()?.name == "Bram")
        try await anna.setCoach(bram.me.id, false, in: own.id)
        #expect(try await anna.coach() == nil)
    }

    @Test("who is out of the team neither takes part nor coaches")
    func out() async throws {
        let team = try await Meeting.team(["Anna", "Bram"])
        let (anna, bram) = (team[0], team[1])
        let made = try await anna.addCommunity("Databases")
        try await anna.setCoach(bram.me.id, true, in: made.id)
        try await Meeting.all(team)
        try await bram.setMember(made.id, true)
        try await Meeting.all(team)
        try await bram.leave()
        try await Meeting.meet(bram, anna)
        let left = try await anna.community(made.id)
        #expect(left.coaches.isEmpty && left.members.map(\.name) == ["Anna"])
    }

    @Test("listening: what waits longest first, what was heard, what is only in a head")
    func listening() async throws {
        let brain = try Brain.found(nil, as: "Anna", team: "Noord")
        try await brain.profile.offer("sqlite", level: .expert)
        try await brain.profile.offer("fortran", level: .expert)
        let first = try await brain.ask("First?", topics: ["sqlite"])
        let second = try await brain.ask("Second?", topics: ["sqlite"])
        let answered = try await brain.ask("Answered?", topics: ["sqlite"])
        _ = try await brain.answer(answered.id, "Yes.")
        _ = try await brain.ask("Elsewhere?", topics: ["git"])
        let heard = try await brain.ask(
            "Heard?", topics: ["sqlite"], askedFor: "Ria", isHeard: true)
        let listening = try await brain.listening(to: ["SQLite"])
        #expect(listening.needs.map(\.id) == [first.id, second.id])
        #expect(listening.heard.map(\.id) == [heard.id])
        #expect(listening.heads.map(\.topic) == ["sqlite"])
        let everything = try await brain.listening(to: nil)
        #expect(everything.needs.count == 3 && everything.heads.count == 2)
        #expect(try await brain.listening(to: []).isQuiet)
        _ = try await brain.share(.howto, title: "Written", topics: ["sqlite"])
        #expect(try await brain.listening(to: ["sqlite"]).heads.isEmpty)
        #expect(try await brain.items(on: ["sqlite"], .need).count == 4)
        #expect(try await brain.items(on: ["sqlite"], .share).map(\.title) == ["Written"])
    }
}
