import Testing
import WeData
import WeKeys

@testable import WeLog

@Suite("Answers to who was put out")
struct PutOutAnswerTests {
    /// Who was put out together with whoever let them in is no member of anything, and their
    /// invitation is free again: the answer to it would hand them the newest secret.
    @Test(
        "who was put out is refused, also when nobody's admission of them counts",
        arguments: [true, false])
    func putOut(isNamed: Bool) throws {
        var acts = Acts(seed: 1)
        let anna = try Actor("Anna", &acts.random)
        let bram = try Actor("Bram", &acts.random)
        let eve = try Actor("Eve", &acts.random)
        acts.found(by: anna)
        try acts.take(in: bram, by: anna)
        let invite = try acts.invite(by: anna)
        try acts.admit(eve, by: bram, invite: invite)
        for person in isNamed ? [eve.person, bram.person] : [bram.person] {
            acts.write(
                .reduce(
                    person: person, to: .none, cut: [], reason: "stole", isSevere: true,
                    address: nil), by: anna)
        }
        let team = try need(acts.folded)
        #expect(team.persons[eve.person] == nil)
        let answer = team.answer(
            to: try acts.request(invite, for: eve), invite: invite, by: anna.key.publicKey, at: 0)
        #expect(answer == (isNamed ? .refused("this person was put out of the team") : .admit))
    }

    @Test("a revoked device is refused, also when its person's admission no longer counts")
    func revoked() throws {
        var acts = Acts(seed: 2)
        let anna = try Actor("Anna", &acts.random)
        let bram = try Actor("Bram", &acts.random)
        let eve = try Actor("Eve", &acts.random)
        acts.found(by: anna)
        try acts.take(in: bram, by: anna)
        let invite = try acts.invite(by: anna)
        try acts.admit(eve, by: bram, invite: invite)
        acts.write(
            .revokeDevice(owner: eve.person, device: eve.key.publicKey, cut: []), by: anna)
        acts.write(
            .reduce(
                person: bram.person, to: .none, cut: [], reason: "stole", isSevere: true,
                address: nil), by: anna)
        let team = try need(acts.folded)
        let answer = team.answer(
            to: try acts.request(invite, for: eve), invite: invite, by: anna.key.publicKey, at: 0)
        #expect(answer == .refused("this device was put out of the team"))
    }
}
