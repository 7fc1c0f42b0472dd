import Foundation
import Testing
import WeData
import WeKeys
import WeLog

@testable import Weonomy

/// Colleagues who never meet, and one stick that goes round.
@Suite("By stick")
struct CarryTests {
    /// Everyone visits in turn until nothing moves any more.
    private func goRound(_ brains: [Brain], _ stick: MemoryStick, times: Int = 3) async throws {
        for _ in 0..<times {
            for brain in brains { _ = try await brain.carry(stick) }
        }
    }

    private func digests(_ brains: [Brain]) async throws -> Set<String> {
        var digests: Set<String> = []
        for brain in brains { digests.insert(try await brain.digest()) }
        return digests
    }

    @Test("a need on one laptop, its answer from another, never online together")
    func story() async throws {
        let team = try await Meeting.team(["Anna", "Bram"])
        let stick = MemoryStick()
        let need = try await team[0].ask("Does WAL work over NFS?", topics: ["sqlite"])
        let first = try await team[0].carry(stick)
        #expect(first.isFull && first.leftCount > 0 && first.visitors.isEmpty)
        let second = try await team[1].carry(stick)
        #expect(second.sources.map(\.person?.name) == ["Anna"])
        #expect(second.receivedCount == 1 && second.isComplete)
        #expect(second.visitors.first?.person?.name == "Anna")
        _ = try await team[1].answer(need.id, "No.")
        let third = try await team[1].carry(stick)
        #expect(third.leftCount == 2 && third.leftFor.map(\.name) == ["Anna"])
        let fourth = try await team[0].carry(stick)
        #expect(fourth.receivedCount == 2)
        let answers = try await team[0].answers(to: need.id)
        #expect(answers.count == 1)
        #expect(answers.first?.arrived != nil, "when the question came by the stick is known")
        #expect(try await digests(team).count == 1)
    }

    @Test(
        "three whom chance brings the stick end up the same", arguments: [1, 2, 3, 4] as [UInt64])
    func random(seed: UInt64) async throws {
        let team = try await Meeting.team(["Anna", "Bram", "Chris"])
        let stick = MemoryStick()
        var random = Seeded(state: seed)
        for step in 0..<12 {
            let brain = team[Int.random(in: 0..<3, using: &random)]
            if Bool.random(using: &random) {
                _ = try await brain.share(.insight, title: "Note \(step)", body: "By stick.")
            }
            _ = try await brain.carry(stick)
        }
        try await goRound(team, stick)
        #expect(try await digests(team).count == 1, "seed \(seed)")
        for brain in team {
            let report = try await brain.carry(stick)
            #expect(report.receivedCount == 0 && report.leftCount == 0, "seed \(seed)")
        }
        // Everyone is the same, so there is nothing for anyone.
        #expect(stick.names(ending: ".bundle").isEmpty)
        #expect(stick.names(ending: ".frontier").count == 3 && stick.files.count == 3)
    }

    @Test("work is carried on by who did not write it")
    func relayed() async throws {
        let team = try await Meeting.team(["Anna", "Bram", "Chris"])
        let (first, second) = (MemoryStick(), MemoryStick())
        let share = try await team[0].share(.insight, title: "From afar", body: "Body")
        for stick in [first, second] { _ = try await team[2].carry(stick) }
        _ = try await team[0].carry(first)
        _ = try await team[1].carry(first)
        _ = try await team[1].carry(second)
        let report = try await team[2].carry(second)
        #expect(report.sources.map(\.person?.name) == ["Bram"])
        #expect(try await team[2].item(share.id).body == "Body")
    }

    @Test("a dry run says what would come and go, and writes nothing anywhere")
    func dryRun() async throws {
        let team = try await Meeting.team(["Anna", "Bram"])
        let stick = MemoryStick()
        _ = try await team[1].carry(stick)
        for number in 0..<3 {
            _ = try await team[0].share(.insight, title: "Note \(number)", body: "x")
        }
        let gone = try await team[0].share(.insight, title: "Gone", body: "x")
        _ = try await team[0].erase(gone.id)
        _ = try await team[0].carry(stick)
        _ = try await team[1].ask("Who knows?")
        let before = (stick.files, try await team[1].status().eventCount, stick.writes)
        let report = try await team[1].carry(stick, isDryRun: true)
        #expect(report.isDryRun && report.tally?.shares == 3 && report.tally?.erasures == 1)
        #expect(report.leftCount == 1 && report.leftFor.map(\.name) == ["Anna"])
        #expect(stick.files == before.0 && stick.writes == before.2)
        #expect(try await team[1].status().eventCount == before.1)
        let real = try await team[1].carry(stick)
        #expect(real.receivedCount == report.receivedCount)
    }

    // MARK: - What must not come back, and who must not come in

    @Test("what was erased stays so, whatever an older bundle says")
    func erased() async throws {
        let team = try await Meeting.team(["Anna", "Bram", "Chris"])
        let stick = MemoryStick()
        let share = try await team[0].share(.insight, title: "Secret", body: "Not for you")
        _ = try await team[0].carry(stick)
        let old = stick.files
        for brain in team.dropFirst() { _ = try await brain.carry(stick) }
        _ = try await team[0].erase(share.id)
        try await goRound(team, stick)
        for brain in team { #expect(try await brain.find("Secret").items.isEmpty) }
        stick.files = old
        for brain in team.dropFirst() { _ = try await brain.carry(stick) }
        for brain in team { #expect(try await brain.find("Secret").items.isEmpty) }
        let erasure = try await team[0].erasure(of: share.id)
        #expect(erasure.receipts.allSatisfy { $0.hasErased })
    }

    @Test("who missed a new secret learns it from the stick; who was put out reads nothing more")
    func excluded() async throws {
        let team = try await Meeting.team(["Anna", "Bram", "Chris", "Dewi"])
        let stick = MemoryStick()
        for brain in team { _ = try await brain.carry(stick) }
        _ = try await team[0].exclude(
            Exclusion(person: team[3].me.id, reason: "Harm", isSevere: true))
        _ = try await team[0].share(.insight, title: "After", body: "Inside only")
        _ = try await team[0].carry(stick)
        let before = try await team[3].status().eventCount
        let outside = try await team[3].carry(stick)
        #expect(outside.receivedCount == 0)
        #expect(outside.problems.contains(.locked(2)), "\(outside.problems)")
        #expect(try await team[3].status().eventCount == before)
        // Chris, who has been told nothing, and Bram, in the other order.
        for brain in [team[2], team[1]] {
            #expect(try await brain.carry(stick).receivedCount > 0)
            #expect(try await brain.find("After").items.count == 1)
        }
        _ = try await team[3].share(.insight, title: "From outside", body: "x")
        _ = try await team[3].carry(stick)
        try await goRound(Array(team.prefix(3)), stick)
        #expect(try await digests(Array(team.prefix(3))).count == 1)
        for brain in team.prefix(3) {
            #expect(try await brain.find("outside").items.isEmpty)
        }
        #expect(try await team[0].quarantined(team[3].me.id).count == 1)
    }

    // MARK: - Joining

    @Test("a newcomer comes in by two visits of the stick, with no network at all")
    func join() async throws {
        let anna = try Brain.found(nil, as: "Anna", team: "Noord")
        let share = try await anna.share(.insight, title: "Welcome", body: "Read me")
        let code = try await anna.invite().code
        let invitation = try #require(Invitation(code: code))
        let stick = MemoryStick()
        let early = await Meeting.failure {
            _ = try await Brain.join(
                nil, as: "Bram", invitation, stick, now: Brain.systemClock)
        }
        #expect(early?.code == .notFound)
        _ = try await anna.carry(stick)
        let folder = try TemporaryFolder()
        let storage = Brain.Storage(beside: folder.path + "/brain.sqlite")
        guard
            case .asked("Noord") = try await Brain.join(
                storage, as: "Bram", invitation, stick, now: Brain.systemClock)
        else { throw Unexpected() }
        // Asking twice is asking once.
        _ = try await Brain.join(storage, as: "Bram", invitation, stick, now: Brain.systemClock)
        #expect(stick.names(ending: ".request").count == 1)
        let admitting = try await anna.carry(stick)
        #expect(admitting.admitted.map(\.name) == ["Bram"])
        #expect(admitting.leftFor.map(\.name) == ["Bram"])
        guard
            case .joined(let bram, let report) = try await Brain.join(
                storage, as: "Bram", invitation, stick, now: Brain.systemClock)
        else { throw Unexpected() }
        #expect(report.receivedCount > 3 && report.isComplete, "\(report)")
        #expect(try await bram.item(share.id).body == "Read me")
        #expect(stick.names(ending: ".request").isEmpty)
        _ = try await bram.share(.insight, title: "Thanks", body: "x")
        _ = try await bram.carry(stick)
        #expect(try await anna.carry(stick).receivedCount > 0)
        try await goRound([anna, bram], stick)
        #expect(try await digests([anna, bram]).count == 1)
        await bram.close()
        // And once more from its files: the secret was kept.
        let again = try await Brain.open(storage)
        #expect(try await again.carry(stick).isComplete)
    }

    struct Unexpected: Error {}

    @Test("an invitation that is used, closed or run out lets nobody in")
    func refused() async throws {
        let anna = try Brain.found(nil, as: "Anna", team: "Noord")
        let code = try await anna.invite().code
        let invitation = try #require(Invitation(code: code))
        let stick = MemoryStick()
        _ = try await anna.carry(stick)
        for name in ["Bram", "Chris"] {
            _ = try await Brain.join(nil, as: name, invitation, stick, now: Brain.systemClock)
        }
        let report = try await anna.carry(stick)
        #expect(report.admitted.count == 1 && report.problems.count == 1)
        guard case .refused? = report.problems.first else { throw Unexpected() }
        let other = try #require(Invitation(code: try await anna.invite().code))
        _ = try await anna.carry(stick)
        _ = try await Brain.join(nil, as: "Dewi", other, stick, now: Brain.systemClock)
        try await anna.closeInvitation(other.code)
        #expect(try await anna.carry(stick).admitted.isEmpty)
        #expect(anna.team?.members.count == 2)
    }
}
