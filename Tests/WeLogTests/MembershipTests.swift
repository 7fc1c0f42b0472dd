import Testing
import WeData
import WeKeys

@testable import WeLog

/// Who is in, and as what (Protocol.md, "Membership").
@Suite("Membership")
struct MembershipTests {
    private func people(_ acts: inout Acts) throws -> (Actor, Actor, Actor, Actor) {
        (
            try Actor("Anna", &acts.random), try Actor("Bram", &acts.random),
            try Actor("Chris", &acts.random), try Actor("Eve", &acts.random)
        )
    }

    @Test("a founder, members by invitation, and a moderator by grant")
    func story() throws {
        var acts = Acts(seed: 1)
        let (anna, bram, chris, _) = try people(&acts)
        let genesis = acts.found(by: anna)
        let admission = try acts.take(in: bram, by: anna)
        let invite = try acts.invite(by: anna, role: .reader)
        try acts.admit(chris, by: bram, invite: invite)
        acts.promote(bram, by: anna)
        let team = try #require(acts.folded)
        #expect(team.name == "Noord" && team.founder?.id == anna.person)
        #expect(team.persons[anna.person]?.admissions == [genesis])
        #expect(team.persons[bram.person]?.role == .moderator)
        #expect(team.persons[bram.person]?.admissions == [admission])
        #expect(team.persons[chris.person]?.role == .reader)
        #expect(team.persons[chris.person]?.admittedBy == bram.person)
        #expect(team.device(using: chris.channel) == chris.key.publicKey)
        #expect(team.invites.map(\.used) == [1, 1])
        #expect(team.effective.count == acts.events.count)
        #expect(team.isFullyUnderstood)
    }

    @Test("no team without its genesis, nor with one that its device or keys do not bear out")
    func genesis() throws {
        var acts = Acts(seed: 2)
        let (anna, bram, _, _) = try people(&acts)
        acts.found(by: anna)
        #expect(Team(id: TeamID(acts.random.bytes32()), events: acts.events) == nil)
        var forged = Acts(seed: 3)
        forged.found(by: bram, devices: [anna.device])
        #expect(forged.folded == nil)
        var borrowed = Acts(seed: 4)
        borrowed.found(by: anna, devices: [anna.device, bram.device])
        #expect(borrowed.folded == nil)
        var empty = Acts(seed: 5)
        empty.found(by: anna, devices: [])
        #expect(empty.folded == nil)
        var both = Acts(seed: 6)
        both.found(by: anna, devices: [anna.device, bram.device(of: anna.person)])
        #expect(both.folded?.founder?.devices.count == 2)
    }

    @Test("only the founder and moderators invite, and at most to member")
    func inviting() throws {
        var acts = Acts(seed: 7)
        let (anna, bram, chris, _) = try people(&acts)
        acts.found(by: anna)
        try acts.take(in: bram, by: anna)
        let tooHigh = try acts.invite(by: anna, role: .moderator)
        let byMember = try acts.invite(by: bram)
        try acts.admit(chris, by: anna, invite: tooHigh)
        try acts.admit(chris, by: anna, invite: byMember)
        #expect(acts.folded?.invites.count == 1)
        #expect(acts.folded?.persons[chris.person] == nil)
        acts.promote(bram, by: anna)
        try acts.take(in: chris, by: bram)
        #expect(acts.folded?.persons[chris.person]?.role == .member)
        #expect(acts.folded?.invites.map(\.by) == [anna.person, bram.person])
    }

    @Test("a moderator's act counts only with the grant in its past, and by a device it lists")
    func granting() throws {
        var acts = Acts(seed: 8)
        let (anna, bram, chris, eve) = try people(&acts)
        acts.found(by: anna)
        let admission = try acts.take(in: bram, by: anna)
        let grant = acts.promote(bram, by: anna)
        let without = try acts.invite(by: bram, after: [admission], isNewLog: true)
        let with = try acts.invite(by: bram, after: [grant])
        let unlisted = try acts.invite(by: eve, after: [grant])
        let byMember = acts.write(
            .grant(person: chris.person, role: .moderator, devices: [], lifts: []), by: chris)
        let effective = try #require(acts.folded?.effective)
        #expect(effective.contains(with) && !effective.contains(without))
        #expect(!effective.contains(unlisted) && !effective.contains(byMember))
    }

    /// Whose a device is, it says itself.
    @Test("a grant that lists another person's device lends it nothing")
    func grantsApart() throws {
        var acts = Acts(seed: 9)
        let (anna, bram, chris, _) = try people(&acts)
        acts.found(by: anna)
        try acts.take(in: bram, by: anna)
        try acts.take(in: chris, by: anna)
        let first = acts.promote(bram, by: anna)
        acts.promote(bram, by: anna, devices: [chris])
        let lent = try acts.invite(by: chris, after: [first], isNewLog: true)
        let own = try acts.invite(by: bram, after: [first], isNewLog: true)
        let effective = try #require(acts.folded?.effective)
        #expect(effective.contains(own))
        #expect(!effective.contains(lent))
    }

    @Test("an admission needs its invitation and its author's standing in its past")
    func admitting() throws {
        var acts = Acts(seed: 10)
        let (anna, bram, chris, eve) = try people(&acts)
        let genesis = acts.found(by: anna)
        let admission = try acts.take(in: bram, by: anna)
        let invite = try acts.invite(by: anna, uses: 9)
        try acts.admit(chris, by: anna, invite: invite, after: [genesis], isNewLog: true)
        try acts.admit(chris, by: bram, invite: invite, after: [invite], isNewLog: true)
        #expect(acts.folded?.persons[chris.person] != nil, "its past has both")
        var hostile = Acts(seed: 11)
        let start = hostile.found(by: anna)
        let open = try hostile.invite(by: anna, uses: 9)
        try hostile.take(in: bram, by: anna)
        // An invitation that is not in the past, an author who was not in yet, and a stranger.
        try hostile.admit(chris, by: anna, invite: open, after: [start], isNewLog: true)
        try hostile.admit(chris, by: bram, invite: open, after: [open], isNewLog: true)
        try hostile.admit(chris, by: eve, invite: open)
        #expect(hostile.folded?.persons[chris.person] == nil)
        #expect(hostile.folded?.persons.count == 2)
        #expect(acts.folded?.effective.contains(admission) == true)
    }

    @Test("a proof holds for one invitation, one person and just these devices")
    func proofs() throws {
        var acts = Acts(seed: 12)
        let (anna, bram, chris, eve) = try people(&acts)
        acts.found(by: anna)
        let invite = try acts.invite(by: anna, uses: 9)
        let other = try acts.invite(by: anna, uses: 9)
        let good = try acts.request(invite, for: bram)
        func changed(
            person: PersonID? = nil, name: String? = nil, devices: [Device]? = nil,
            nonce: [UInt8]? = nil
        ) -> JoinRequest {
            JoinRequest(
                person: person ?? good.person, name: name ?? good.name,
                devices: devices ?? good.devices, nonce: nonce ?? good.nonce, proof: good.proof)
        }
        // With a true proof, for a person whose first device is another.
        let impostor = JoinRequest(
            team: acts.team, invite: invite, inviteKey: try acts.inviteKey(invite),
            person: chris.person, name: "Chris", devices: [eve.device(of: chris.person)],
            nonce: acts.random.bytes(16))
        let hostile: [(EventID, JoinRequest)] = [
            (invite, impostor),
            (other, good), (invite, changed(name: "Eve")),
            (invite, changed(person: eve.person, devices: [eve.device])),
            (invite, changed(devices: [bram.device, eve.device(of: bram.person)])),
            (invite, changed(nonce: [UInt8](repeating: 0, count: 16))),
            (invite, try acts.request(invite, for: eve, key: eve.key)),
            (invite, try acts.request(invite, for: chris, devices: [bram.device])),
            (invite, try acts.request(invite, for: chris, devices: [])),
            (invite, try acts.request(invite, for: chris, devices: [chris.device, bram.device])),
        ]
        for (invite, request) in hostile {
            acts.write(.admit(.init(invite: invite, request: request)), by: anna)
        }
        #expect(acts.folded?.persons.count == 1)
        acts.write(.admit(.init(invite: invite, request: good)), by: anna)
        #expect(acts.folded?.persons[bram.person] != nil)
    }

    @Test("a request that is admitted twice gives one person with two admissions")
    func replay() throws {
        var acts = Acts(seed: 13)
        let (anna, bram, _, _) = try people(&acts)
        acts.found(by: anna)
        let invite = try acts.invite(by: anna)
        let request = try acts.request(invite, for: bram)
        let first = acts.write(.admit(.init(invite: invite, request: request)), by: anna)
        let second = acts.write(.admit(.init(invite: invite, request: request)), by: bram)
        #expect(acts.folded?.persons[bram.person]?.admissions == [first, second])
        #expect(acts.folded?.persons[bram.person]?.devices.count == 1)
        let lower = try acts.invite(by: anna, role: .reader)
        try acts.admit(bram, by: anna, invite: lower)
        try acts.admit(anna, by: anna, invite: lower)
        #expect(acts.folded?.persons[bram.person]?.role == .member)
        #expect(acts.folded?.founder?.id == anna.person)
    }

    @Test("a device stays its first person's")
    func borrowedDevice() throws {
        var acts = Acts(seed: 14)
        let (anna, bram, eve, _) = try people(&acts)
        acts.found(by: anna)
        try acts.take(in: bram, by: anna)
        let invite = try acts.invite(by: anna)
        try acts.admit(
            eve, by: anna, invite: invite, devices: [eve.device, bram.device(of: eve.person)])
        let team = try #require(acts.folded)
        #expect(team.owners[bram.key.publicKey] == bram.person)
        #expect(team.persons[eve.person]?.devices.map(\.signing) == [eve.key.publicKey])
    }
}
