import Testing
import WeData
import WeKeys
import WeLog

@testable import Weonomy

/// One person with more than one laptop.
@Suite("Devices")
struct DeviceTests {
    /// A further laptop of someone.
    private func pair(_ brain: Brain, _ label: String) async throws -> Brain {
        let code = try await brain.expectDevice()
        #expect(Brain.kind(ofCode: code) == .device)
        let address = try await brain.listen(host: "127.0.0.1", port: 0).description
        let (other, _) = try await Brain.join(
            nil, as: "", device: label, code: code, at: address)
        await brain.close()
        return other
    }

    @Test("a code makes another laptop the same person's; what either writes is theirs")
    func add() async throws {
        let team = try await Meeting.team(["Anna", "Bram"])
        let (anna, bram) = (team[0], team[1])
        let second = try await pair(anna, "Anna's desktop")
        #expect(second.me == anna.me)
        #expect(
            try await second.devices(of: anna.me.id).map(\.label) == ["Anna", "Anna's desktop"])
        #expect(
            try await second.devices(of: nil).filter(\.isThis).map(\.label) == ["Anna's desktop"])
        #expect(second.mayGovern)
        let item = try await second.share(.insight, title: "From the desktop")
        try await Meeting.meet(second, bram)
        #expect(try await bram.item(item.id).author == anna.me)
        try await Meeting.meet(bram, anna)
        #expect(try await anna.digest() == second.digest())
    }

    @Test("a code works once, here, and not after that")
    func once() async throws {
        let team = try await Meeting.team(["Anna", "Bram"])
        let code = try await team[0].expectDevice()
        // Nobody else's laptop takes it.
        let address = try await team[1].listen(host: "127.0.0.1", port: 0).description
        let elsewhere = await Meeting.failure {
            _ = try await Brain.join(nil, as: "", device: "x", code: code, at: address)
        }
        #expect(elsewhere?.code == .trust)
        let own = try await team[0].listen(host: "127.0.0.1", port: 0).description
        _ = try await Brain.join(nil, as: "", device: "x", code: code, at: own)
        let twice = await Meeting.failure {
            _ = try await Brain.join(nil, as: "", device: "y", code: code, at: own)
        }
        #expect(twice?.code == .trust)
        for brain in team { await brain.close() }
    }

    @Test("a revoked laptop that asks to join once more gets no answer, and so no secret")
    func askingAgain() async throws {
        let team = try await Meeting.team(["Anna", "Bram"])
        let (anna, bram) = (team[0], team[1])
        let key = try #require(Invitation(code: try await anna.invite().code)).key()
        let known = try #require(anna.node.roster())
        let offer = try #require(known.invites.first { $0.invite.key == key.publicKey })
        let request = JoinRequest(
            team: known.id, invite: offer.id, inviteKey: key, person: bram.identity.person,
            name: "Bram", devices: [bram.identity.device(label: "Bram")],
            nonce: [UInt8](repeating: 1, count: JoinRequest.nonceBytes))
        func admission() async -> EventID? {
            await withCheckedContinuation { answer in
                anna.node.admit(request, invite: offer.id) { id, _, _ in
                    answer.resume(returning: id)
                }
            }
        }
        #expect(await admission() != nil)
        let device = try #require(try await anna.devices(of: bram.me.id).first)
        #expect(try await anna.revoke(device.id))
        #expect(await admission() == nil)
    }

    @Test("a revoked laptop is told so; what it wrote before stays")
    func revoke() async throws {
        let team = try await Meeting.team(["Anna", "Bram"])
        let (anna, bram) = (team[0], team[1])
        let second = try await pair(bram, "old")
        let item = try await second.share(.insight, title: "Before")
        try await Meeting.meet(second, bram)
        let id = try #require(try await bram.devices(of: bram.me.id).first { !$0.isThis }).id
        #expect(
            await Meeting.failure { _ = try await bram.revoke("zz") }?.reason == .noDevice("zz"))
        let own = try #require(try await bram.devices().first(where: \.isThis)).id
        #expect(await Meeting.failure { _ = try await bram.revoke(own) }?.reason == .thisDevice)
        #expect(
            await Meeting.failure { _ = try await second.revoke(own) }?.reason == .seniorDevice)
        #expect(try await bram.revoke(String(id.prefix(12))))
        try await Meeting.meet(bram, anna)
        let told = await Meeting.failure { try await Meeting.meet(second, anna) }
        #expect(told?.code == .excluded)
        #expect(told?.reason == .revoked(team: "Noord", by: ["Bram"]))
        #expect(try await second.verdict()?.device == id)
        #expect(bram.isIn && !second.isIn)
        #expect(try await anna.item(item.id).author == bram.me)
        #expect(try await bram.devices(of: bram.me.id).map(\.isRevoked) == [false, true])
        let again = await Meeting.failure { _ = try await bram.revoke(id) }
        #expect(again?.reason == .revokedBefore)
    }
}
