import Testing
import WeData
import WeLog
import WeReplica

@testable import Weonomy

/// Act firmly and fairly: address, on repeat exclude, and take back (REQUIREMENTS T7, proof 7).
@Suite("Safety")
struct SafetyTests {
    @Test("address, repeat, exclude by two; one alone does not")
    func byTwo() async throws {
        let team = try await Meeting.team(
            ["Anna", "Bram", "Chris"], moderators: 1, needsSecond: true)
        let (anna, bram, chris) = (team[0], team[1], team[2])
        let spam = try await chris.share(.insight, title: "Buy now")
        try await Meeting.meet(chris, anna)
        let who = chris.me.id
        let unaddressed = await Meeting.failure {
            _ = try await anna.exclude(Exclusion(person: who, reason: "spam"))
        }
        #expect(unaddressed?.reason == .notAddressed("Chris"))
        try await anna.address(who, text: "Please stop", about: spam.id)
        try await Meeting.meet(chris, anna)
        #expect(try await chris.addresses().map(\.text) == ["Please stop"])
        let exclusion = Exclusion(person: who, reason: "again")
        #expect(try await !anna.previewExclusion(exclusion).isEffective)
        #expect(try await !anna.exclude(exclusion).isEffective)
        #expect(chris.isIn && anna.team?.members.count == 3)
        #expect(try await anna.safetyLog().last?.waitsForSecond == true)
        // The same moderator twice is still one.
        #expect(try await !anna.exclude(exclusion).isEffective)
        try await Meeting.meet(bram, anna)
        #expect(try await bram.previewExclusion(exclusion).isEffective)
        #expect(try await bram.exclude(Exclusion(person: who, reason: "agreed")).isEffective)
        try await Meeting.meet(bram, anna)
        #expect(anna.team?.members.map(\.person.name) == ["Anna", "Bram"])
        #expect(anna.team?.former.map(\.person.name) == ["Chris"])
        let log = try await anna.safetyLog().filter { $0.kind == .exclude }
        #expect(log.allSatisfy { !$0.waitsForSecond })
        #expect(log.last?.authors == ["Anna", "Bram"] && log.last?.isEffective == true)
        #expect(log.contains { $0.by.name == "Anna" && $0.isEffective })
    }

    @Test("who is out is told with the proof, keeps reading, and writes nothing more")
    func told() async throws {
        let team = try await Meeting.team(["Anna", "Bram"])
        let (anna, bram) = (team[0], team[1])
        let old = try await bram.share(.insight, title: "Old and good")
        try await Meeting.meet(bram, anna)
        _ = try await bram.share(.insight, title: "Not heard of yet")
        let severe = Exclusion(person: bram.me.id, reason: "threats", isSevere: true)
        #expect(try await anna.exclude(severe).isEffective)
        for _ in 0..<2 {
            let error = await Meeting.failure { try await Meeting.meet(bram, anna) }
            #expect(error?.code == .excluded)
            #expect(error?.reason == .putOut(team: "Noord", by: ["Anna"], reason: "threats"))
        }
        #expect(try await bram.verdict()?.text == "threats")
        let write = await Meeting.failure { _ = try await bram.share(.insight, title: "More") }
        #expect(write?.code == .excluded)
        // What lies inside the cut stays, on both laptops.
        #expect(try await anna.item(old.id).title == "Old and good")
        #expect(try await bram.item(old.id).title == "Old and good")
        #expect(try await anna.quarantined(bram.me.id).isEmpty)
    }

    @Test("work beyond the cut is set apart, and adopted with one act after a restore")
    func adopt() async throws {
        let team = try await Meeting.team(["Anna", "Bram"])
        let (anna, bram) = (team[0], team[1])
        let (a, b) = (
            try await bram.share(.insight, title: "First"),
            try await bram.share(.insight, title: "Second")
        )
        try await Meeting.meet(bram, anna)
        let before = Exclusion(
            person: bram.me.id, reason: "spam", isSevere: true,
            since: Instant(milliseconds: Brain.systemClock().milliseconds - 86_400_000))
        #expect(try await anna.exclude(before).isEffective)
        let apart = try await anna.quarantined(bram.me.id)
        #expect(Set(apart.map(\.title)) == ["First", "Second"])
        #expect(await Meeting.failure { _ = try await anna.item(a.id) }?.code == .notFound)
        #expect(try await anna.resolve(anna.shortID(b.id)) == b.id)
        #expect(try await anna.adopt(workOf: bram.me.id, in: b.id) == 1)
        #expect(try await anna.item(b.id).title == "Second")
        #expect(try await anna.quarantined(bram.me.id).map(\.id) == [a.id])
        #expect(try await anna.adopt(workOf: bram.me.id) == 1)
        try await anna.restore(bram.me.id)
        try await Meeting.meet(bram, anna)
        #expect(bram.isIn)
        let later = try await bram.share(.insight, title: "Back again")
        try await Meeting.meet(bram, anna)
        #expect(try await anna.item(later.id).title == "Back again")
        #expect(try await anna.digest() == bram.digest())
        let again = await Meeting.failure { try await anna.restore(bram.me.id) }
        #expect(again?.reason == .isIn("Bram"))
    }

    @Test("who else falls is said before and after")
    func alsoOut() async throws {
        let team = try await Meeting.team(["Anna", "Bram"], moderators: 1)
        let (anna, bram) = (team[0], team[1])
        let code = try await bram.invite().code
        let address = try await bram.listen(host: "127.0.0.1", port: 0).description
        let (dewi, _) = try await Brain.join(nil, as: "Dewi", code: code, at: address)
        await bram.close()
        try await Meeting.meet(bram, anna)
        let start = try #require(try await anna.safetyLog().first).time
        let exclusion = Exclusion(
            person: bram.me.id, reason: "stolen laptop", isSevere: true, since: start)
        let preview = try await anna.previewExclusion(exclusion)
        #expect(preview.isEffective && preview.alsoOut.map(\.id) == [dewi.me.id])
        #expect(anna.team?.members.count == 3)
        let report = try await anna.exclude(exclusion)
        #expect(report.alsoOut.map(\.name) == ["Dewi"])
        let refused = await Meeting.failure { try await Meeting.meet(dewi, anna) }
        #expect(refused?.code == .trust && refused?.reason == .unknownThere)
    }

    @Test("nobody acts on a senior, on themselves, or without words")
    func limits() async throws {
        let team = try await Meeting.team(["Anna", "Bram", "Chris"], moderators: 1)
        let (anna, bram, chris) = (team[0], team[1], team[2])
        let (a, b, c) = (anna.me.id, bram.me.id, chris.me.id)
        let attempts: [(BrainError.Reason, () async throws -> Void)] = [
            (.senior("Anna", ask: "Anna"), { try await bram.address(a, text: "x") }),
            (.oneself, { try await bram.address(b, text: "x") }),
            (.wordless, { try await bram.address(c, text: " \n ") }),
            (.governsNot(["Anna", "Bram"]), { try await chris.address(b, text: "x") }),
            (.moderates("Bram"), { try await anna.setModerator(b, true) }),
            (.moderatesNot("Chris"), { try await anna.setModerator(c, false) }),
            (.oneself, { try await anna.setModerator(a, false) }),
            (.isIn("Chris"), { try await anna.restore(c) }),
            (.nobody, { try await anna.restore(PersonID(.zero)) }),
            (
                .wordless,
                { _ = try await anna.exclude(Exclusion(person: c, reason: "", isSevere: true)) }
            ),
        ]
        for (reason, attempt) in attempts {
            #expect(await Meeting.failure(attempt)?.reason == reason)
        }
        try await anna.setModerator(b, false)
        #expect(!bram.mayGovern || anna.team?.members.first { $0.person.id == b }?.role == "member")
    }

    @Test("flags are for moderators, and for who wrote them")
    func flags() async throws {
        let team = try await Meeting.team(["Anna", "Bram", "Chris"])
        let (anna, bram, chris) = (team[0], team[1], team[2])
        let item = try await anna.share(.insight, title: "A customer's name")
        try await Meeting.all(team)
        try await bram.flag(item.id, reason: "personal data")
        try await Meeting.all(team)
        #expect(try await anna.flagged().map(\.id) == [item.id])
        #expect(
            try await anna.visibleFlags(of: anna.item(item.id)).map(\.reason) == ["personal data"])
        #expect(try await bram.flagged().count == 1)
        #expect(try await chris.flagged().isEmpty)
        #expect(try await chris.history(item.id).count == 1)
        #expect(try await anna.history(item.id).count == 2)
        try await bram.flag(item.id, reason: "")
        try await Meeting.meet(bram, anna)
        #expect(try await anna.flagged().isEmpty)
        let nothing = await Meeting.failure { try await bram.flag(ObjectID(.zero), reason: "x") }
        #expect(nothing?.code == .notFound)
    }

    @Test("a colleague who missed the change of the secret still gets in")
    func missedSecret() async throws {
        let team = try await Meeting.team(["Anna", "Bram", "Chris", "Dewi"])
        let (anna, bram) = (team[0], team[1])
        for other in team[2...] {
            _ = try await anna.exclude(
                Exclusion(person: other.me.id, reason: "x", isSevere: true))
        }
        // Bram dials, with a secret that is two changes old.
        try await Meeting.meet(bram, anna)
        #expect(bram.team?.members.count == 2)
        _ = try await anna.restore(team[2].me.id)
        // Anna dials, with a secret that Bram never heard of.
        try await Meeting.meet(anna, bram)
        #expect(bram.team?.members.count == 3)
        try await Meeting.meet(team[2], bram)
        #expect(try await team[2].digest() == bram.digest())
    }

    @Test("a log that went on in two ways is shown with the evidence")
    func forks() async throws {
        let brain = try Brain.found(nil, as: "Anna", team: "Noord")
        #expect(try await brain.forks().isEmpty)
        _ = try await brain.share(.insight, title: "One")
        _ = try await brain.share(.insight, title: "Two")
        let key = try #require(
            try brain.replica.read { (try? $0.logs()) ?? [] }
                .first { $0.key.logClass == .content }?.key)
        let first = try #require(
            try brain.replica.read {
                try? $0.events(of: key, from: 0, positionMax: .max, countMax: 1).first?.event
            } ?? nil)
        let body = ContentBody(
            salt: [UInt8](repeating: 0, count: 16),
            changes: [.create(kind: "share"), .set(field: "title", value: "Other two")])
        let twin = brain.identity.author.event(
            team: try #require(brain.replica.currentTeam?.id), key: key, sequence: 1,
            previous: first.id, object: nil, parents: [], lamport: first.header.lamport + 1,
            wall: 0, body: body.encoded)
        _ = try brain.replica.ingest([Run(key: key, events: [twin])])
        let fork = try #require(try await brain.forks().first)
        #expect(fork.person == brain.me && fork.sequence == 1)
        #expect(fork.events.count == 2 && fork.events.contains(twin.id.description))
    }

    @Test("leaving: the others hear of it, and what was shared stays")
    func leave() async throws {
        let team = try await Meeting.team(["Anna", "Bram"])
        let (anna, bram) = (team[0], team[1])
        let item = try await bram.share(.insight, title: "Stays")
        let alone = await Meeting.failure { try await anna.leave() }
        #expect(alone?.reason == .lastToGovern(team: "Noord"))
        try await Meeting.meet(bram, anna)
        try await bram.leave()
        try await Meeting.meet(bram, anna)
        #expect(anna.team?.members.count == 1)
        #expect(try await anna.item(item.id).title == "Stays")
        #expect(try await bram.item(item.id).title == "Stays")
        #expect(try await bram.verdict()?.kind == .leave)
        let again = await Meeting.failure { try await Meeting.meet(bram, anna) }
        #expect(again?.reason == .left(team: "Noord"))
    }

    @Test("an invitation that was closed lets nobody in")
    func closed() async throws {
        let anna = try Brain.found(nil, as: "Anna", team: "Noord")
        let (open, shut) = (
            try await anna.invite(uses: 2, note: "open").code, try await anna.invite().code
        )
        #expect(try await anna.openInvitations().map(\.uses) == [2, 1])
        try await anna.closeInvitation(shut)
        let id = try #require(try await anna.openInvitations().first).id
        let address = try await anna.listen(host: "127.0.0.1", port: 0).description
        let error = await Meeting.failure {
            _ = try await Brain.join(nil, as: "Eve", code: shut, at: address)
        }
        #expect(error?.code == .trust)
        _ = try await Brain.join(nil, as: "Bram", code: open, at: address)
        #expect(try await anna.openInvitations().map(\.used) == [1])
        try await anna.closeInvitation(String(id.prefix(8)))
        #expect(try await anna.openInvitations().isEmpty)
        let twice = await Meeting.failure { try await anna.closeInvitation(id) }
        #expect(twice?.reason == .noInvitation(id))
        let past = await Meeting.failure {
            _ = try await anna.invite(expires: Instant(milliseconds: 0))
        }
        #expect(past?.reason == .past)
        await anna.close()
    }
}
