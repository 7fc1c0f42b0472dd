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
            throw BrainError(.invalid, .devicesMax(EventLimit.devicesPerPersonMax))
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

    /// The device whose id begins so.
    public func device(_ id: String) throws(BrainError) -> DeviceInfo {
        let prefix = id.lowercased()
        let found = try devices().filter { $0.id.hasPrefix(prefix) && !prefix.isEmpty }
        guard let device = found.first else { throw BrainError(.notFound, .noDevice(id)) }
        guard found.count == 1 else { throw BrainError(.ambiguous, .severalDevices(id)) }
        return device
    }

    /// Takes a device away: mine, or a junior's as a moderator.
    ///
    /// Of what it wrote, only what is from before `since` by its own clock counts still; all that
    /// is here for `nil`.
    ///
    /// - Returns: whether it counts now; else a second moderator has to do the same.
    public func revoke(_ id: String, since: Instant? = nil) throws(BrainError) -> Bool {
        guard let team = replica.currentTeam else {
            throw BrainError(.noReplica, "there is no team here yet")
        }
        try checkIsIn()
        let device = try device(id)
        guard !device.isRevoked else { throw BrainError(.invalid, .revokedBefore) }
        guard !device.isThis else { throw BrainError(.invalid, .thisDevice) }
        guard let key = team.owners.first(where: { $0.key.description == device.id })?.key else {
            throw BrainError(.notFound, .noDevice(id))
        }
        if device.owner.id != me.id { _ = try junior(device.owner.id, in: try governed()) }
        let cut = try cut(of: [key], since: since)
        try decide(.revokeDevice(owner: device.owner.id, device: key, cut: cut))
        let isOut = replica.currentTeam?.isActive(key) == false
        let needsSecond = team.needsSecondModerator && device.owner.id != me.id
        guard isOut || needsSecond else { throw BrainError(.notAllowed, .seniorDevice) }
        if isOut, mayGovern { try replaceSecret() }
        return isOut
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
            throw BrainError(.notFound, .noInvitation(id))
        }
        guard found.count == 1 else {
            throw BrainError(.ambiguous, .severalInvitations(id))
        }
        try decide(.close(invite: invite.id))
        guard replica.currentTeam?.invites.first(where: { $0.id == invite.id })?.isLive == false
        else {
            throw BrainError(
                .notAllowed, .invitedBySenior(ask: team.persons[invite.by]?.name ?? ""))
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
