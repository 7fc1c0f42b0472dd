import Testing
import WeData
import WeLog

@testable import Weonomy

/// What was erased is gone everywhere that hears of it, and each laptop says so.
@Suite("Erasure, by people")
struct ErasureTests {
    @Test("both laptops say that they have erased it; one that did not hear has not")
    func receipts() async throws {
        let team = try await Meeting.team(["Anna", "Bram", "Chris"])
        let (anna, bram, chris) = (team[0], team[1], team[2])
        let item = try await bram.share(.insight, title: "A secret", body: "hunter2")
        try await Meeting.all(team)
        let theirs = await Meeting.failure { _ = try await chris.erase(item.id) }
        #expect(theirs?.reason == .nothingToErase)
        let nothing = await Meeting.failure { _ = try await anna.erasure(of: item.id) }
        #expect(nothing?.reason == .notErased)
        let report = try await bram.erase(item.id)
        #expect(report.by == bram.me && report.erasedCount == 1 && report.remainingCount == 0)
        #expect(report.receipts.filter(\.hasErased).map(\.device.owner.name) == ["Bram"])
        try await Meeting.meet(bram, anna)
        try await Meeting.meet(bram, anna)
        #expect(await Meeting.failure { _ = try await anna.item(item.id) }?.code == .notFound)
        #expect(try await anna.resolve(bram.shortID(item.id)) == item.id)
        let seen = try await bram.erasure(of: item.id).receipts
        #expect(seen.map(\.hasErased) == [true, true, false])
        try await Meeting.all(team)
        try await Meeting.meet(bram, anna)
        #expect(try await bram.erasure(of: item.id).receipts.allSatisfy(\.hasErased))
        try await Meeting.all(team)
        #expect(try await chris.digest() == anna.digest())
    }

    @Test("word of an erasure leaves room for a profile")
    func profile() async throws {
        let brain = try Brain.found(nil, as: "Anna", team: "Noord")
        let item = try await brain.share(.insight, title: "Gone")
        _ = try await brain.erase(item.id)
        try await brain.profile.offer("sqlite", level: .expert)
        #expect(try await brain.profiles().map(\.person.name) == ["Anna"])
        #expect(try await brain.profile(of: nil).offers.map(\.topic) == ["sqlite"])
    }

    @Test("a moderator erases what someone else wrote")
    func moderator() async throws {
        let team = try await Meeting.team(["Anna", "Bram"])
        let item = try await team[1].share(.insight, title: "A customer's name")
        try await Meeting.meet(team[1], team[0])
        #expect(try await team[0].erase(item.id).by == team[0].me)
        try await Meeting.meet(team[1], team[0])
        #expect(await Meeting.failure { _ = try await team[1].item(item.id) }?.code == .notFound)
    }
}
