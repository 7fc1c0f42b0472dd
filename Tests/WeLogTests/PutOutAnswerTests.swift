import Testing
import WeData
import WeKeys

@testable import WeLog

@Suite("Answers to who was put out")
struct PutOutAnswerTests {
    /// Anna took in Bram, who took in Eve.
    private struct Scene {
        var acts: Acts
        let anna: Actor
        let bram: Actor
        let eve: Actor
        let invite: EventID

        init(seed: UInt64) throws {
            acts = Acts(seed: seed)
            anna = try Actor("Anna", &acts.random)
            bram = try Actor("Bram", &acts.random)
            eve = try Actor("Eve", &acts.random)
            acts.found(by: anna)
            try acts.take(in: bram, by: anna)
            invite = try acts.invite(by: anna)
            try acts.admit(eve, by: bram, invite: invite)
        }

        mutating func exclude(_ actor: Actor) {
            acts.write(
                .reduce(
                    person: actor.person, to: .none, cut: [], reason: "stole", isSevere: true,
                    address: nil), by: anna)
        }

        /// What Anna's laptop answers when Eve asks again.
        mutating func answer() throws -> Team.JoinAnswer {
            try need(acts.folded).answer(
                to: try acts.request(invite, for: eve), invite: invite, by: anna.key.publicKey,
                at: 0)
        }
    }

    /// Who was put out together with whoever let them in is no member of anything, and their
    /// invitation is free again: the answer to it would hand them the newest secret.
    @Test(
        "who was put out is refused, also when nobody's admission of them counts",
        arguments: [true, false])
    func putOut(isNamed: Bool) throws {
        var scene = try Scene(seed: 1)
        if isNamed { scene.exclude(scene.eve) }
        scene.exclude(scene.bram)
        #expect(try need(scene.acts.folded).persons[scene.eve.person] == nil)
        let answer = try scene.answer()
        #expect(answer == (isNamed ? .refused("this person was put out of the team") : .admit))
    }

    @Test("a revoked device is refused, also when its person's admission no longer counts")
    func revoked() throws {
        var scene = try Scene(seed: 2)
        scene.acts.write(
            .revokeDevice(
                owner: scene.eve.person, device: scene.eve.key.publicKey, cut: []),
            by: scene.anna)
        scene.exclude(scene.bram)
        #expect(try scene.answer() == .refused("this device was put out of the team"))
    }
}
