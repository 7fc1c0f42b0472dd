public import WeData
import WeKeys
import WeLog
import WeReplica

extension Brain {
    // MARK: - Roles

    /// Raises a member to moderator, or takes that back.
    public func setModerator(_ person: PersonID, _ isModerator: Bool) throws(BrainError) {
        let team = try governed()
        let found = try junior(person, in: team)
        guard found.role > .none else { throw BrainError(.invalid, .isOut(found.name)) }
        guard found.role.canGovern != isModerator else {
            throw BrainError(
                .invalid, isModerator ? .moderates(found.name) : .moderatesNot(found.name))
        }
        if isModerator {
            try decide(
                .grant(
                    person: person, role: .moderator, devices: found.devices.map(\.signing),
                    lifts: team.reductions(of: person)))
        } else {
            try decide(
                .reduce(
                    person: person, to: .member, cut: try cut(of: team.allDevices(of: person)),
                    reason: "", isSevere: false, address: nil))
        }
        guard replica.currentTeam?.persons[person]?.role.canGovern == isModerator else {
            throw BrainError(.notAllowed, .outBySenior(found.name, ask: mostSenior(team)))
        }
    }

    /// Leaves the team; what was written stays.
    ///
    /// Colleagues hear of it at the next meeting, which still works; what they have not got by then
    /// they do not get any more. Who alone governs others does not leave them without.
    public func leave() throws(BrainError) {
        guard let team = replica.currentTeam else {
            throw BrainError(.noReplica, "there is no team here yet")
        }
        try checkIsIn()
        let others = team.persons.values.filter { $0.id != me.id && $0.role > .none }
        guard others.isEmpty || others.contains(where: \.role.canGovern) else {
            throw BrainError(.notAllowed, .lastToGovern(team: team.name))
        }
        try decide(
            .reduce(
                person: me.id, to: .none, cut: try cut(of: team.allDevices(of: me.id)),
                reason: "", isSevere: false, address: nil))
    }

    // MARK: - Secrets and acknowledgements

    /// A new team secret, sealed to each device that is in.
    func replaceSecret() throws(BrainError) {
        guard let team = replica.currentTeam else { return }
        let secret: SecretBytes
        var sealed: [MembershipAct.SealedSecret] = []
        do throws(KeyError) {
            secret = try SecretBytes(randomCount: 32)
            for person in team.persons.values where person.role > .none {
                for device in person.devices {
                    sealed.append(
                        MembershipAct.SealedSecret(
                            device: device.signing,
                            sealed: try SealedBox.seal(secret, to: device.channel)))
                }
            }
        } catch { throw BrainError(error) }
        sealed.sort { $0.device < $1.device }
        let epoch = (team.secrets.first?.epoch ?? 0) + 1
        try decide(.secret(epoch: epoch, sealed: sealed))
    }

    /// What a device owes its team after an arrival: a moderator's acknowledgement, and word of
    /// what was erased here.
    func doDuties() throws(BrainError) {
        guard isIn, replica.currentTeam?.owners[identity.signing.publicKey] != nil else { return }
        try acknowledge()
        try publishErasures()
    }

    /// A moderator builds on what others decided, so that everyone can see it is settled.
    func acknowledge() throws(BrainError) {
        guard let team = replica.currentTeam, isIn, team.isFullyUnderstood,
            team.persons[me.id]?.role.canGovern == true, !team.unsettled(by: me.id).isEmpty
        else { return }
        try decide(.adopt(events: []))
    }
}
