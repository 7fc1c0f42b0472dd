public import WeData
import WeKeys
import WeLog
import WeReplica

/// A device of someone in the team, for showing.
public struct DeviceInfo: Sendable, Hashable {
    /// Its signing key in hexadecimal: any beginning that is no other's names it.
    public let id: String
    /// What its owner calls it; empty where it was revoked.
    public let label: String
    /// Whose it is.
    public let owner: PersonRef
    /// Whether it is the one that asks.
    public let isThis: Bool
    /// Whether it was taken away.
    public let isRevoked: Bool
}

extension Brain {
    /// The devices of the team, or of one person, by owner; a person's most senior first.
    public func devices(of person: PersonID? = nil) throws(BrainError) -> [DeviceInfo] {
        guard let team = replica.currentTeam else { return [] }
        let names = try names()
        let own = identity.signing.publicKey
        let persons = team.persons.values
            .filter { person == nil || $0.id == person }
            .sorted { (names[$0.id] ?? "", $0.id) < (names[$1.id] ?? "", $1.id) }
        return persons.flatMap { found in
            let owner = PersonRef(id: found.id, name: names[found.id] ?? found.name)
            return found.devices.map {
                DeviceInfo(
                    id: $0.signing.description, label: $0.label, owner: owner,
                    isThis: $0.signing == own, isRevoked: false)
            }
                + found.revokedDevices.map {
                    DeviceInfo(
                        id: $0.description, label: "", owner: owner, isThis: $0 == own,
                        isRevoked: true)
                }
        }
    }

    /// A code with which one further device of mine joins at this laptop while it listens.
    ///
    /// It works once, here alone, and no longer than this process runs.
    public func expectDevice() throws(BrainError) -> String {
        guard let team = replica.currentTeam, isIn else {
            throw exclusion() ?? BrainError(.noReplica, "there is no team here yet")
        }
        let count = team.persons[me.id]?.devices.count ?? 0
        guard count < EventLimit.devicesPerPersonMax else {
            throw BrainError(
                .invalid, "one person has at most \(EventLimit.devicesPerPersonMax) devices",
                hint: "Take one away: weonomy device revoke")
        }
        guard
            let code = Invitation(
                team: team.id, seed: RandomBytes.bytes(Invitation.seedBytes), purpose: .device)
        else { throw BrainError(.failed, "no code could be made") }
        node.expect(pairing: code)
        return code.code
    }

    /// Stops waiting for a further device.
    public func expectNoDevice() { node.expect(pairing: nil) }

    /// Takes a device away: mine, or a junior's as a moderator.
    ///
    /// - Parameter since: only what it wrote before counts still, by its own clock; `nil` for all
    ///   that is here.
    public func revoke(_ id: String, since: Instant? = nil) throws(BrainError) -> DeviceInfo {
        guard let team = replica.currentTeam else {
            throw BrainError(.noReplica, "there is no team here yet")
        }
        if let exclusion = exclusion() { throw exclusion }
        let prefix = id.lowercased()
        let found = try devices().filter { $0.id.hasPrefix(prefix) && !prefix.isEmpty }
        guard let device = found.first else {
            throw BrainError(.notFound, "no device is called \(id)", hint: "weonomy device list")
        }
        guard found.count == 1 else {
            throw BrainError(.ambiguous, "more than one device begins with \(id)")
        }
        guard !device.isRevoked else {
            throw BrainError(.invalid, "this device was revoked before")
        }
        guard !device.isThis else {
            throw BrainError(
                .invalid, "a device doesn't revoke itself",
                hint: "Do it from another of yours, or leave: weonomy team leave")
        }
        guard let key = team.owners.first(where: { $0.key.description == device.id })?.key else {
            throw BrainError(.notFound, "no device is called \(id)")
        }
        if device.owner.id != me.id {
            _ = try governed()
            guard team.isSenior(me.id, to: device.owner.id) else {
                throw BrainError(
                    .notAllowed, "\(device.owner.name) is senior to you",
                    hint: "Ask \(team.founder?.name ?? "the founder"), or the recovery council")
            }
        }
        let cut = try translating { () throws(ReplicaError) in
            try replica.cut(of: [key], since: since?.milliseconds)
        }
        let event = try decide(.revokeDevice(owner: device.owner.id, device: key, cut: cut))
        let isOut = replica.currentTeam?.isActive(key) == false
        guard isOut else {
            let needsSecond = team.needsSecondModerator && device.owner.id != me.id
            throw BrainError(
                .notAllowed,
                needsSecond
                    ? "this counts once a second moderator does the same (\(event))"
                    : "this device is senior to the one that you are at",
                hint: needsSecond
                    ? "Ask another moderator" : "Do it from the older one, or ask a moderator")
        }
        if try isModerator() { try replaceSecret() }
        return device
    }

    private func isModerator() throws(BrainError) -> Bool {
        replica.currentTeam?.persons[me.id]?.role.canGovern ?? false
    }

    // MARK: - Invitations

    /// Ends an invitation: nobody joins by it any more.
    ///
    /// - Parameter id: a beginning of the event's id, as ``openInvitations()`` gives it, or the code.
    public func closeInvitation(_ id: String) throws(BrainError) {
        let team = try governed()
        let key = Invitation(code: id).flatMap { try? $0.key().publicKey }
        let prefix = id.lowercased()
        let found = team.invites.filter { invite in
            invite.isLive
                && (key.map { invite.invite.key == $0 } ?? invite.id.description.hasPrefix(prefix))
        }
        guard let invite = found.first, !prefix.isEmpty else {
            throw BrainError(
                .notFound, "no open invitation is called \(id)", hint: "weonomy invite --list")
        }
        guard found.count == 1 else {
            throw BrainError(.ambiguous, "more than one invitation begins with \(id)")
        }
        try decide(.close(invite: invite.id))
        guard replica.currentTeam?.invites.first(where: { $0.id == invite.id })?.isLive == false
        else {
            throw BrainError(
                .notAllowed, "someone more senior made this invitation",
                hint: "Ask \(team.persons[invite.by]?.name ?? "the founder")")
        }
    }

    /// Invitations by which someone may still join.
    public func openInvitations() throws(BrainError) -> [OpenInvitation] {
        guard let team = replica.currentTeam else { return [] }
        let names = try names()
        return team.invites.filter(\.isLive).map {
            OpenInvitation(
                id: $0.id.description, by: PersonRef(id: $0.by, name: names[$0.by] ?? ""),
                note: $0.invite.note, uses: $0.invite.uses, used: $0.used,
                expires: $0.invite.expiry.map { Instant(milliseconds: $0) })
        }
    }
}

/// An invitation by which someone may still join.
public struct OpenInvitation: Sendable, Hashable {
    /// The event in hexadecimal.
    public let id: String
    /// Who invites.
    public let by: PersonRef
    /// For whom, in words.
    public let note: String
    /// How many may use it.
    public let uses: Int
    /// How many have.
    public let used: Int
    /// Until when; `nil` for always.
    public let expires: Instant?
}
