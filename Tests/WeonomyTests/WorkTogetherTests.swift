import Testing
import WeData
import WeReplica

@testable import Weonomy

/// Authors who ask what colleagues think, work logs, goals served, and questions of others.
@Suite("Working together on an item")
struct WorkTogetherTests {
    @Test(
        "who offers, wrote on or wants to learn a topic is suggested, never the author or who said something"
    )
    func suggestions() async throws {
        let team = try await Meeting.team(["Anna", "Bram", "Chris", "Dewi", "Eef"])
        let (anna, bram, chris, dewi) = (team[0], team[1], team[2], team[3])
        try await anna.profile.offer("sqlite", level: .expert)
        try await bram.profile.offer("SQLite", level: .expert)
        try await chris.profile.learn("sqlite")
        _ = try await dewi.share(.howto, title: "Backups", topics: ["sqlite"])
        try await Meeting.all(team)
        let item = try await anna.share(.insight, title: "WAL", topics: ["sqlite"])
        let readers = try await anna.readers(of: item)
        #expect(readers.map(\.person.name) == ["Bram", "Chris", "Dewi"])
        try #require(readers.count == 3)
        #expect(readers[1].reasons == [.learns(topic: "sqlite")])
        #expect(readers[2].reasons == [.wrote(topic: "sqlite", count: 1)])
        try await Meeting.all(team)
        try await bram.react(item.id, .thanks)
        try await dewi.validate(item.id)
        try await Meeting.all(team)
        let rest = try await anna.readers(of: try await anna.item(item.id))
        #expect(rest.map(\.person.name) == ["Chris"])
        try await anna.inviteReactions(to: item.id, from: [chris.me.id])
        #expect(try await anna.readers(of: try await anna.item(item.id)).isEmpty)
    }

    @Test("an invitation stands on Today until the person reacts, validates or edits")
    func answering() async throws {
        let acts: [@Sendable (Brain, ObjectID) async throws -> Void] = [
            { try await $0.react($1, .unclear) }, { try await $0.validate($1) },
            { try await $0.edit($1, body: "Better.") },
        ]
        for act in acts {
            let team = try await Meeting.team(["Anna", "Bram"])
            let item = try await team[0].share(.howto, title: "WAL")
            let invited = try await team[0].inviteReactions(to: item.id, from: [team[1].me.id])
            #expect(invited.invitations.map(\.person.name) == ["Bram"])
            #expect(try await team[0].today().invitations.isEmpty)
            try await Meeting.all(team)
            #expect(try await team[1].today().invitations.map(\.id) == [item.id])
            try await act(team[1], item.id)
            #expect(try await team[1].today().invitations.isEmpty)
        }
    }

    @Test("an invitation passes after fourteen days, and says nothing of who did not answer")
    func passing() async throws {
        for (days, isOpen) in [(13, true), (14, false)] as [(Int64, Bool)] {
            let team = try await Meeting.team(["Anna", "Bram"], days: [0, days])
            let item = try await team[0].share(.howto, title: "WAL")
            try await team[0].inviteReactions(to: item.id, from: [team[1].me.id])
            try await Meeting.all(team)
            #expect(try await !team[1].today().invitations.isEmpty == isOpen, "\(days) days")
        }
    }

    @Test("an invitation counts only where the author made it")
    func author() async throws {
        let team = try await Meeting.team(["Anna", "Bram", "Chris"])
        let item = try await team[0].share(.howto, title: "WAL")
        try await Meeting.all(team)
        let refused = await Meeting.failure {
            try await team[1].inviteReactions(to: item.id, from: [team[2].me.id])
        }
        #expect(refused?.reason == .asksNot(author: "Anna"))
        let until = Value(map: [Key.until: .int(.max)])
        // A program that does not ask.
        _ = try await team[1].write(
            [.mark(field: Field.invited, key: team[2].me.id.element, value: until)], to: item.id)
        try await Meeting.all(team)
        #expect(try await team[2].item(item.id).invitations.isEmpty)
        #expect(try await team[2].today().invitations.isEmpty)
        // Nor does it take the author's own away.
        try await team[0].inviteReactions(to: item.id, from: [team[2].me.id])
        try await Meeting.all(team)
        #expect(try await team[2].today().invitations.map(\.id) == [item.id])
    }

    @Test("an invitation leaves a validation as it is")
    func validity() async throws {
        let team = try await Meeting.team(["Anna", "Bram", "Chris"])
        let item = try await team[0].share(.howto, title: "WAL")
        try await Meeting.all(team)
        try await team[1].validate(item.id)
        try await Meeting.all(team)
        let seen = try await team[0].inviteReactions(to: item.id, from: [team[2].me.id])
        #expect(seen.validations.map(\.isCurrent) == [true])
        let oneself = await Meeting.failure {
            try await team[0].inviteReactions(to: item.id, from: [team[0].me.id])
        }
        #expect(oneself?.reason == .oneself)
    }

    @Test("a work log: dated entries of anyone, in the quiet lane elsewhere")
    func log() async throws {
        let team = try await Meeting.team(["Anna", "Bram"])
        let task = try await team[0].share(.howto, title: "Move the files", topics: ["files"])
        try await team[0].addLog(to: task.id, "Half of it moved.\n\nThe rest tomorrow.")
        try await Meeting.all(team)
        try await team[1].addLog(to: task.id, "All of it.")
        try await Meeting.all(team)
        let log = try await team[0].log(of: task.id)
        #expect(log.map(\.title) == ["Half of it moved.", "All of it."])
        #expect(log.map(\.author.name) == ["Anna", "Bram"])
        #expect(log[0].body == "The rest tomorrow." && log[0].topics == ["files"])
        let today = try await team[1].today()
        #expect(today.statuses.map(\.title) == ["Half of it moved."])
        #expect(today.shares.map(\.title) == ["Move the files"])
        #expect(try await team[0].find("is:logboek").items.count == 2)
        #expect(try await team[0].figures().shareCount == 1)
        let long = String(repeating: "x", count: 3_000)
        #expect(try await team[0].addLog(to: task.id, long).body == long)
        let empty = await Meeting.failure { try await team[0].addLog(to: task.id, " \n ") }
        #expect(empty?.code == .invalid)
    }

    @Test("a question on behalf of another is found as such, and by the name")
    func onBehalf() async throws {
        let brain = try Brain.found(nil, as: "Anna", team: "Noord")
        let heard = try await brain.ask("Who moves a piano?", askedFor: " Ria\n", isHeard: true)
        let own = try await brain.ask("Who tunes it?", isShadow: true)
        #expect(heard.askedFor == "Ria" && heard.isHeard && !own.isHeard && own.isShadow)
        #expect(Text.onBehalf(heard)?.plain(.english) == "heard outside from Ria by Anna")
        #expect(Text.onBehalf(heard)?.plain(.dutch) == "buiten gehoord van Ria door Anna")
        #expect(Text.onBehalf(own) == nil)
        for query in ["is:heard", "is:gehoord", "ria", "-is:meekijken"] {
            #expect(try await brain.find(query).items.map(\.id) == [heard.id], "\(query)")
        }
        let edited = try await brain.edit(heard.id, title: "Who moves pianos?")
        #expect(edited.askedFor == "Ria" && edited.isHeard)
    }

    @Test("a share serves a goal, which counts what serves it")
    func goals() async throws {
        let brain = try Brain.found(nil, as: "Anna", team: "Noord")
        let goal = try await brain.addGoal(.shares, min: 2)
        #expect(goal.shareCount == 0)
        let item = try await brain.share(.howto, title: "One", goal: goal.id)
        _ = try await brain.share(.howto, title: "Two")
        #expect(try await brain.goals().map(\.shareCount) == [1])
        #expect(try await brain.find("goal:\(goal.shortID)").items.map(\.id) == [item.id])
        try await brain.retract(item.id)
        #expect(try await brain.goals().map(\.shareCount) == [0])
    }
}
