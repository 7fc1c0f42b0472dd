import Testing
import WeData
import WeLog
import WeReplica

@testable import Weonomy

/// Acts that this version does not apply (Protocol.md, "Membership").
@Suite("Acts of a later version")
struct UnknownActTests {
    @Test(
        "while one is here nobody is invited, and content goes on",
        arguments: [.unknown(kind: 13), .unknown(kind: 1), .unknown(kind: 14)] as [MembershipAct])
    func unknown(act: MembershipAct) async throws {
        let brain = try await Brain.open(at: nil, as: "Anna")
        _ = try await brain.invite()
        let before = try await brain.digest()
        _ = try brain.replica.append(act, author: brain.identity.author, wall: 0)
        #expect(try await brain.digest() == before)
        let error = await #expect(throws: BrainError.self) { try await brain.invite() }
        #expect(error?.code == .newerVersion)
        let shared = try await brain.share(.insight, title: "Goes on")
        #expect(try await brain.item(shared.id).title == "Goes on")
        #expect(try await brain.doctor(isRebuilding: true).isSound)
    }
}
