import Testing
import WeData
import WeLog

@testable import Weonomy

/// What is left when the founder's laptop is not.
@Suite("Recovery")
struct RecoveryTests {
    @Test("a printed key makes another founder and puts the old one out")
    func printed() async throws {
        let team = try await Meeting.team(["Anna", "Bram"])
        let (anna, bram) = (team[0], team[1])
        let none = await Meeting.failure {
            try await bram.recover(founder: bram.me.id, isReplacing: true, with: [])
        }
        #expect(none?.reason == .noRecovery)
        #expect(anna.recovery == nil)
        let keys = try await anna.makeRecoveryKeys(1, threshold: 1)
        #expect(keys.count == 1 && keys[0].hasPrefix("wr"))
        let more = await Meeting.failure { _ = try await anna.makeRecoveryKeys(1, threshold: 1) }
        #expect(more?.reason == .hasRecovery)
        try await Meeting.meet(bram, anna)
        try await bram.recover(founder: bram.me.id, isReplacing: true, with: keys)
        #expect(bram.team?.members.map(\.role) == ["founder"])
        #expect(bram.mayGovern)
        let told = await Meeting.failure { try await Meeting.meet(anna, bram) }
        #expect(told?.code == .excluded)
        #expect(!anna.isIn)
        #expect(try await bram.safetyLog().filter { $0.kind == .council }.count == 3)
    }

    @Test("two of three must agree, and can make new keys")
    func council() async throws {
        let team = try await Meeting.team(["Anna", "Bram"])
        let (anna, bram) = (team[0], team[1])
        let few = await Meeting.failure { _ = try await anna.makeRecoveryKeys(4, threshold: 2) }
        #expect(few?.reason == .recoveryCount(max: 16))
        let keys = try await anna.makeRecoveryKeys(3, threshold: 2)
        try await Meeting.meet(bram, anna)
        let who = bram.me.id
        func recover(_ codes: [String]) async -> BrainError.Reason? {
            await Meeting.failure {
                try await bram.recover(founder: who, isReplacing: false, with: codes)
            }?.reason
        }
        #expect(await recover([keys[0]]) == .recoveryLacks(needed: 2, given: 1))
        #expect(await recover([keys[0], keys[0]]) == .recoveryLacks(needed: 2, given: 1))
        #expect(await recover(["we-nonsense"]) == .noRecoveryKey)
        let next = try await bram.replaceRecoveryKeys(1, threshold: 1, with: Array(keys[1...]))
        #expect(await recover(keys) == .otherRecoveryKey)
        #expect(await recover(next) == nil)
        try await Meeting.meet(bram, anna)
        #expect(anna.team?.members.map(\.role) == ["founder", "founder"])
        #expect(anna.recovery == RecoveryInfo(keyCount: 1, threshold: 1, isForked: false))
    }

    @Test("only a laptop that founded the team makes the first keys")
    func founders() async throws {
        let team = try await Meeting.team(["Anna", "Bram"], moderators: 1)
        let other = await Meeting.failure {
            _ = try await team[1].makeRecoveryKeys(1, threshold: 1)
        }
        #expect(other?.reason == .foundersLaptop)
    }
}
