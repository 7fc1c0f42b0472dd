import Foundation
import Synchronization
import Testing
import WeData

@testable import Weonomy

/// Prompts, the weekly nudge, what was taught, and what is left out.
@Suite("Learning")
struct LearningTests {
    /// A clock that a test moves.
    private final class Clock: Sendable {
        private let moment: Mutex<Instant>
        init() { moment = Mutex(june) }
        func pass(days: Int64) {
            moment.withLock { $0 = Instant(milliseconds: $0.milliseconds + days * 86_400_000) }
        }
        var read: @Sendable () -> Instant { { self.moment.withLock { $0 } } }
    }

    @Test(
        "headings below which nothing stands are left out, and nothing else is",
        arguments: Language.allCases)
    func prompts(language: Language) {
        for kind in ShareKind.allCases {
            let text = Prompts.text(Prompts.of(kind), language)
            #expect(text.split(separator: "\n").count == (kind == .status || kind == .file ? 0 : 4))
            #expect(Prompts.withoutEmpty(text).isEmpty)
        }
        let lines = Prompts.text(Prompts.of(.experience), language).split(separator: "\n")
        let filled =
            "\(lines[0])\n\nBusy.\n\n\(lines[1])\n\n\(lines[2])\n\n### It broke\n\n\(lines[3])\n"
        #expect(
            Prompts.withoutEmpty(filled)
                == "\(lines[0])\n\nBusy.\n\n\(lines[2])\n\n### It broke")
        for text in ["", "a", "## Own heading\n\n## Another\n", "\n  code\n", "x\n\n\n"] {
            #expect(Prompts.withoutEmpty(text) == text)
        }
    }

    @Test(
        "one topic a week: what was answered on before what is only offered, and never what was shared"
    )
    func nudge() async throws {
        let clock = Clock()
        let brain = try Brain.found(nil, as: "Anna", team: "Noord", now: clock.read)
        #expect(try await brain.today().nudge == nil)
        try await brain.profile.offer("git", level: .expert)
        try await brain.profile.offer("sqlite", level: .expert)
        _ = try await brain.share(.status, title: "Busy", topics: ["git"])
        let first = try #require(try await brain.today().nudge)
        #expect(try await brain.today().nudge == first)
        _ = try await brain.share(.howto, title: "T", topics: [first])
        #expect(try await brain.today().nudge == nil, "one a week")
        clock.pass(days: 7)
        let second = try #require(try await brain.today().nudge)
        #expect(Set([first, second]) == ["git", "sqlite"])
        try await brain.putOffNudge()
        #expect(try await brain.today().nudge == nil)
        clock.pass(days: 7)
        #expect(try await brain.today().nudge == second)
        let need = try await brain.ask("How?", topics: ["payroll"])
        _ = try await brain.answer(need.id, "So.")
        clock.pass(days: 7)
        #expect(try await brain.today().nudge == "payroll")
        try await brain.setMuted(topic: "Payroll", true)
        #expect(try await brain.today().nudge == nil)
    }

    @Test("weeks begin on Monday")
    func weeks() async throws {
        let clock = Clock()  // The first of June 2026 is a Monday.
        let brain = try Brain.found(nil, as: "Anna", team: "Noord", now: clock.read)
        try await brain.profile.offer("git", level: .expert)
        #expect(try await brain.today().nudge == "git")
        try await brain.putOffNudge()
        clock.pass(days: 6)
        #expect(try await brain.today().nudge == nil)
        clock.pass(days: 1)
        #expect(try await brain.today().nudge == "git")
    }

    @Test("two weeks after a lesson resolved a need its asker is asked once whether they can do it")
    func recall() async throws {
        let clock = Clock()
        let brain = try Brain.found(nil, as: "Anna", team: "Noord", now: clock.read)
        let need = try await brain.ask("How?", topics: ["git"])
        _ = try await brain.answer(need.id, "Look it up here.", isLesson: true)
        let solved = try await brain.ask("Where?")
        _ = try await brain.answer(solved.id, "There.")
        try await brain.settle(need.id, as: .resolved)
        try await brain.settle(solved.id, as: .resolved)
        clock.pass(days: 13)
        #expect(try await brain.today().lessonToRecall == nil)
        clock.pass(days: 1)
        #expect(try await brain.today().lessonToRecall?.id == need.id)
        #expect(try await brain.recall(need.id, canDoIt: false).status == .answered)
        #expect(try await brain.today().lessonToRecall == nil)
        try await brain.settle(need.id, as: .resolved)
        #expect(try await brain.today().lessonToRecall == nil, "two weeks begin again")
        clock.pass(days: 14)
        #expect(try await brain.today().lessonToRecall?.id == need.id)
        #expect(try await brain.recall(need.id, canDoIt: true).isLearnt)
        #expect(try await brain.today().lessonToRecall == nil)
        #expect(try await brain.item(need.id).status == .resolved)
    }

    @Test("only the asker says so")
    func recallOfOthers() async throws {
        let team = try await Meeting.team(["Anna", "Bram"])
        let need = try await team[0].ask("How?")
        try await Meeting.all(team)
        let failure = await Meeting.failure { try await team[1].recall(need.id, canDoIt: true) }
        #expect(failure?.reason == .notYours("Anna"))
        _ = try await team[1].write([.mark(field: Field.learnt, key: "", value: true)], to: need.id)
        #expect(try await !team[1].item(need.id).isLearnt)
    }

    @Test("what is muted is left out of Today, and stays out after the brain was closed")
    func muting() async throws {
        let team = try await Meeting.team(["Anna", "Bram", "Chris"])
        let (anna, bram, chris) = (team[0], team[1], team[2])
        try await anna.profile.offer("git", level: .expert)
        try await anna.profile.offer("sqlite", level: .expert)
        _ = try await bram.share(.howto, title: "Git", topics: ["git"])
        _ = try await bram.share(.status, title: "Busy")
        _ = try await bram.ask("Git?", topics: ["git"])
        let asked = try await bram.share(.howto, title: "Look", topics: ["files"])
        try await bram.inviteReactions(to: asked.id, from: [anna.me.id])
        _ = try await chris.share(.howto, title: "Also git", topics: ["GIT"])
        _ = try await chris.ask("SQLite?", topics: ["sqlite"])
        try await Meeting.all(team)
        try await anna.setMuted(topic: "Git", true)
        let quiet = try await anna.today()
        #expect(quiet.shares.isEmpty && quiet.invitations.map(\.title) == ["Look"])
        #expect(quiet.canHelp.map(\.need.title) == ["SQLite?"])
        try await anna.setMuted(topic: "git", false)
        try await anna.setMuted(person: bram.me.id, true)
        let without = try await anna.today()
        #expect(without.shares.map(\.title) == ["Also git"] && without.statuses.isEmpty)
        #expect(without.canHelp.map(\.need.title) == ["SQLite?"] && without.invitations.isEmpty)
        #expect(try await anna.find("by:Bram").items.count == 4)
        let oneself = await Meeting.failure { try await anna.setMuted(person: anna.me.id, true) }
        #expect(oneself?.reason == .oneself)
    }

    @Test("the settings are in a file of their own, and no event")
    func kept() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/noord.sqlite"
        let brain = try await Brain.open(at: path, as: "Anna")
        let digest = try await brain.digest()
        try await brain.setMuted(topic: "Post \"gres\"\n", true)
        try await brain.putOffNudge()
        let kept = await brain.settings()
        #expect(try await brain.digest() == digest)
        await brain.close()
        let again = try await Brain.open(at: path, as: "Anna")
        #expect(await again.settings() == kept && kept.mutedTopics == ["post-\"gres\""])
        try folder.write(
            "mute-topic\nnonsense x\nmute-person zz\nnudge x\n\u{0}", at: "noord.sqlite.settings")
        #expect(await again.settings().mutedTopics.isEmpty)
        await again.close()
    }
}
