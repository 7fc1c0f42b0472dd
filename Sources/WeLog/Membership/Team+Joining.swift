public import WeData
import WeKeys

// Who is let in (Protocol.md, "Address, exclusion, secrets" and "Greeting").
extension Team.OpenInvite {
    /// Whether someone may still join by it, at a time by the admitter's clock in milliseconds.
    public func isOpen(at wall: Int64) -> Bool {
        isLive && used < invite.uses && invite.expiry.map { wall < $0 } ?? true
    }
}

extension Team {
    /// What a member's device answers to who asks to be taken in.
    public enum JoinAnswer: Hashable, Sendable {
        /// Taken in before, by this admission: whoever lost the answer on the way gets it again.
        case known(EventID)
        /// To be taken in: the admission is to be written.
        case admit
        /// Not taken in, for a reason that the newcomer reads.
        case refused(String)
    }

    /// How many invitations a handshake tries.
    private static let invitesTriedMax = 32

    /// The invitations that a handshake tries: those that someone may still use, the newest first,
    /// then the others, since whoever was taken in may have lost the answer on the way.
    public func invitesTried(at wall: Int64) -> [OpenInvite] {
        let newest = invites.reversed()
        return Array(
            (newest.filter { $0.isOpen(at: wall) } + newest.filter { !$0.isOpen(at: wall) })
                .prefix(Team.invitesTriedMax))
    }

    /// What `device` answers to a request, at a time by its clock in milliseconds.
    ///
    /// - Complexity: an Ed25519 verification for the proof and for each device.
    public func answer(
        to request: JoinRequest, invite: EventID, by device: DeviceKey, at wall: Int64
    ) -> JoinAnswer {
        guard let offer = invites.first(where: { $0.id == invite }) else {
            return .refused("this invitation is not known here")
        }
        guard request.isValid(team: id, invite: invite, key: offer.invite.key) else {
            return .refused("the proof does not fit the invitation")
        }
        // The answer holds the newest secret. Who was put out may be nobody's member by now, where
        // whoever let them in was put out as well.
        guard !isPutOut(request.person) else {
            return .refused("this person was put out of the team")
        }
        guard !request.devices.contains(where: { isRevoked($0.signing) }) else {
            return .refused("this device was put out of the team")
        }
        if let known = persons[request.person], let admission = known.admissions.first {
            guard request.devices.allSatisfy({ isActive($0.signing) }) else {
                return .refused("this device is not one of the team")
            }
            return .known(admission)
        }
        guard offer.isOpen(at: wall) else {
            return .refused("the invitation was used or has run out")
        }
        guard person(of: device)?.role.canWrite == true else {
            return .refused("this laptop may not admit anyone")
        }
        guard isFullyUnderstood else {
            return .refused("this laptop needs a newer Weonomy before it may admit anyone")
        }
        guard persons.count < EventLimit.personsMax else { return .refused("the team is full") }
        return .admit
    }
}
