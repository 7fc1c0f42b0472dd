import Foundation
import Testing
import WeLog
import WeReplica

@testable import Weonomy

/// Logs that went on in two ways, and histories of which a laptop misses the beginning.
@Suite("By stick: forks and holes")
struct CarryForkTests {
    @Test("a laptop that was put back from a backup, and the one it was: both branches reach all")
    func restored() async throws {
        let folder = try TemporaryFolder()
        let storage = Brain.Storage(beside: folder.path + "/brain.sqlite")
        let anna = try Brain.found(storage, as: "Anna", team: "Noord")
        let code = try await anna.invite().code
        let address = try await anna.listen(host: "127.0.0.1", port: 0).description
        let (bram, _) = try await Brain.join(nil, as: "Bram", code: code, at: address)
        await anna.close()
        let other = try TemporaryFolder()
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
            try FileManager.default.copyItem(
                atPath: folder.path + "/" + name, toPath: other.path + "/" + name)
        }
        // Without the note that gives a copy away, both go on in one log.
        try? FileManager.default.removeItem(atPath: other.path + "/brain.sqlite-place")
        let twin = try await Brain.open(Brain.Storage(beside: other.path + "/brain.sqlite"))
        _ = try await anna.share(.insight, title: "By one", body: "x")
        _ = try await twin.share(.insight, title: "By the other", body: "y")
        let stick = MemoryStick()
        for _ in 0..<4 {
            for brain in [anna, bram, twin] { _ = try await brain.carry(stick) }
        }
        for brain in [anna, bram, twin] {
            #expect(try await brain.status().shareCount == 2)
        }
        #expect(try await anna.digest() == bram.digest())
        #expect(try await anna.digest() == twin.digest())
    }

    @Test(
        "a delta for another is no good to who comes new: it is said, and the next round mends it")
    func hole() async throws {
        let team = try await Meeting.team(["Anna", "Bram", "Chris"])
        let stick = MemoryStick()
        let share = try await team[0].share(.insight, title: "First", body: "x")
        // Bram has the beginning by another way.
        try await Meeting.meet(team[1], team[0])
        for brain in team.prefix(2) { _ = try await brain.carry(stick) }
        _ = try await team[0].edit(share.id, title: "Second")
        _ = try await team[0].carry(stick)
        let early = try await team[2].carry(stick)
        #expect(early.waitingCount == 1 && !early.isComplete && early.receivedCount == 0)
        _ = try await team[0].carry(stick)
        #expect(try await team[2].carry(stick).isComplete)
        #expect(try await team[2].item(share.id).title == "Second")
        let full = MemoryStick()
        _ = try await team[2].carry(full)
        #expect(try await team[0].carry(full, isFull: true).isFull)
        let status = try await team[0].status()
        let plan = try await team[0].carry(full, isFull: true, isDryRun: true)
        #expect(plan.leftCount == status.eventCount)
    }
}
