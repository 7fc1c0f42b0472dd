public import WeData
import WeKeys
import WeLog
import WeReplica

/// One line of the open log of decisions.
public struct SafetyDecision: Sendable, Hashable {
    /// What kind of decision.
    public enum Kind: String, Sendable {
        /// Told that something undermines the team.
        case address
        /// Put out.
        case exclude
        /// Role lowered.
        case demote
        /// Left by themselves.
        case leave
        /// Taken back.
        case restore
        /// Role raised.
        case grant
        /// A device taken away.
        case revoke
        /// Work beyond a cut accepted.
        case adopt
        /// The recovery council decided.
        case council
    }

    /// The event in hexadecimal.
    public let id: String
    /// What.
    public let kind: Kind
    /// Who decided.
    public let by: PersonRef
    /// The moderator who did the same before, where it took two.
    public let agreeing: PersonRef?
    /// Whom it is about; `nil` where it is about nobody in particular.
    public let about: PersonRef?
    /// Why, in the words of who decided.
    public let text: String
    /// The item that an address quotes.
    public let item: ObjectID?
    /// The device that a revocation takes away, in hexadecimal.
    public let device: String?
    /// The role that a person has by it at most, or at least: `none`, `member` and so on.
    public let role: String?
    /// Whether it was said that this could not wait for an address.
    public let isSevere: Bool
    /// When, by the clock of who decided.
    public let time: Instant
    /// Whether it counts.
    public let isEffective: Bool
    /// Whether it waits for a second moderator to do the same.
    public let waitsForSecond: Bool
    /// Whether it may still change, since not every moderator has seen it.
    public let isSettled: Bool
}

extension SafetyDecision {
    /// Who decided, by name: two where it took two.
    package var authors: [String] { [agreeing, by].compactMap { $0?.name }.filter { !$0.isEmpty } }
}

/// A log that went on in two ways: a copied or restored replica, or a device that lies.
public struct ForkEvidence: Sendable, Hashable {
    /// Whose device it is.
    public let person: PersonRef
    /// The log's id in hexadecimal.
    public let log: String
    /// The first place with two events.
    public let sequence: Int
    /// The events there, in hexadecimal.
    public let events: [String]
}

extension Brain {
    /// Everything that was decided about people, oldest first.
    public func safetyLog() throws(BrainError) -> [SafetyDecision] {
        guard let team = replica.currentTeam else { return [] }
        let names = try names()
        func ref(_ person: PersonID) -> PersonRef {
            PersonRef(id: person, name: names[person] ?? team.persons[person]?.name ?? "")
        }
        let decisions = team.decisions()
        return decisions.enumerated().compactMap { place, decision in
            let by = ref(decision.author ?? PersonID(.zero))
            guard let said = SafetyDecision.Said(decision.act, by: decision.author) else {
                return nil
            }
            // The earlier of two acts that took effect together.
            let earlier = decisions[..<place].last { other in
                team.needsSecondModerator && other.isEffective && decision.isEffective
                    && other.author != decision.author && said.isSame(as: other)
            }
            return SafetyDecision(
                id: decision.id.description, kind: said.kind, by: by,
                agreeing: earlier?.author.map(ref), about: said.about.map(ref),
                text: said.text, item: said.item, device: said.device?.description,
                role: said.role.map { "\($0)" }, isSevere: said.isSevere,
                time: Instant(milliseconds: decision.wall), isEffective: decision.isEffective,
                waitsForSecond: !decision.isEffective && team.needsSecondModerator
                    && said.isPending(in: team, by: decision.author),
                isSettled: decision.isSettled)
        }
    }

    /// One decision, just taken.
    func decision(_ id: EventID) throws(BrainError) -> SafetyDecision {
        guard let found = try safetyLog().last(where: { $0.id == id.description }) else {
            throw BrainError(.failed, "the decision is not in the log")
        }
        return found
    }

    /// What this person was told in public, oldest first.
    public func addresses() throws(BrainError) -> [SafetyDecision] {
        try safetyLog().filter {
            $0.kind == .address && $0.isEffective && $0.about?.id == me.id
        }
    }

    /// The logs of devices that wrote two histories, by person: copied, restored, or lying.
    public func forks() throws(BrainError) -> [ForkEvidence] {
        let names = try names()
        return try translating { () throws(ReplicaError) in try replica.forks() }.compactMap {
            guard let owner = replica.currentTeam?.owners[$0.key.device] else { return nil }
            return ForkEvidence(
                person: PersonRef(id: owner, name: names[owner] ?? ""),
                log: Hex.encode(Array($0.key.bytes.suffix(8))), sequence: $0.sequence,
                events: $0.events.map(\.description))
        }
    }
}

extension SafetyDecision {
    /// What an act says about people.
    struct Said {
        var kind: Kind
        var about: PersonID?
        var text = ""
        var item: ObjectID?
        var device: DeviceKey?
        var role: Role?
        var isSevere = false

        init?(_ act: MembershipAct, by author: PersonID?) {
            switch act {
            case .address(let person, let words, let object):
                (kind, about, text, item) = (.address, person, words, object)
            case .reduce(let person, let to, _, let reason, let severe, _):
                kind = person == author ? .leave : to == .none ? .exclude : .demote
                (about, text, role, isSevere) = (person, reason, to, severe)
            case .readmit(let person, _, _): (kind, about) = (.restore, person)
            case .grant(let person, let to, _, _): (kind, about, role) = (.grant, person, to)
            case .revokeDevice(let owner, let key, _):
                (kind, about, device) = (.revoke, owner, key)
            case .adopt: kind = .adopt
            case .council(let bytes, _, _):
                kind = .council
                switch CouncilProposal(decoding: bytes) {
                case .founder(let person, _, _): (about, role) = (person, .founder)
                case .reduce(let person, let to, _, let reason):
                    (about, role, text) = (person, to, reason)
                case .keys, nil: break
                }
            default: return nil
            }
        }

        /// Whether another act excludes the same person or revokes the same device.
        func isSame(as other: Team.Decision) -> Bool {
            guard kind == .exclude || kind == .revoke,
                let that = Said(other.act, by: other.author)
            else { return false }
            return that.kind == kind && that.about == about && that.device == device
        }

        /// Whether it would still change something if a second moderator did the same.
        func isPending(in team: Team, by author: PersonID?) -> Bool {
            guard let about, about != author, let person = team.persons[about],
                person.role > .none
            else { return false }
            return switch kind {
            case .exclude: true
            case .revoke: device.map { !person.revokedDevices.contains($0) } ?? false
            default: false
            }
        }
    }
}
