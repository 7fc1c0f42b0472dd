public import WeData
import WeKeys
import WeLog
import WeReplica

/// Why someone is put out.
public struct Exclusion: Sendable {
    /// Whom.
    public let person: PersonID
    /// What the log of decisions says.
    public let reason: String
    /// Whether it could not wait for an address.
    public let isSevere: Bool
    /// From when on nothing of theirs counts; `nil` for from now on.
    public let since: Instant?

    /// Joins the parts.
    public init(
        person: PersonID, reason: String, isSevere: Bool = false, since: Instant? = nil
    ) {
        self.person = person
        self.reason = reason
        self.isSevere = isSevere
        self.since = since
    }
}

/// What became of an exclusion.
public struct ExclusionReport: Sendable {
    /// Whether it counts now; else a second moderator has to agree.
    public let isEffective: Bool
    /// Who is out besides, since only the excluded one's later admissions let them in.
    public let alsoOut: [PersonRef]
}

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
    /// Whom it is about; `nil` where it is about nobody in particular.
    public let about: PersonRef?
    /// Why, in the words of who decided.
    public let text: String
    /// The item that an address quotes.
    public let item: ObjectID?
    /// When, by the clock of who decided.
    public let time: Instant
    /// Whether it counts.
    public let isEffective: Bool
    /// Whether it may still change, since not every moderator has seen it.
    public let isSettled: Bool
}

extension Brain {
    // MARK: - Rights

    /// Whether this device takes part in its team.
    public nonisolated var isIn: Bool {
        replica.currentTeam?.isActive(identity.signing.publicKey) ?? true
    }

    /// What to say where this device was put out; `nil` where it is in.
    func exclusion() -> BrainError? {
        guard let team = replica.currentTeam, team.owners[identity.signing.publicKey] != nil,
            !isIn
        else { return nil }
        let decision = try? safetyLog().last {
            $0.isEffective && ($0.kind == .exclude || $0.kind == .revoke || $0.kind == .council)
                && $0.about?.id == me.id
        }
        let by = decision?.by.name ?? ""
        let reason = decision?.text ?? ""
        return BrainError(
            .excluded,
            "this laptop was put out of \(team.name)" + (by.isEmpty ? "" : " by \(by)")
                + (reason.isEmpty ? "" : ": \(reason)"),
            hint: "Ask a moderator; nothing here was deleted, and the proof is in: "
                + "weonomy safety log")
    }

    /// The team, where I may govern it.
    func governed() throws(BrainError) -> Team {
        guard let team = replica.currentTeam else {
            throw BrainError(.noReplica, "there is no team here yet")
        }
        if let exclusion = exclusion() { throw exclusion }
        guard team.persons[me.id]?.role.canGovern == true else {
            let names = team.moderators.map(\.name).joined(separator: ", ")
            throw BrainError(
                .notAllowed, "only the founder and moderators do this", hint: "Ask \(names)")
        }
        return team
    }

    private func junior(_ person: PersonID, in team: Team) throws(BrainError) -> Team.Person {
        guard let found = team.persons[person] else {
            throw BrainError(.notFound, "nobody in the team is called so")
        }
        guard person == me.id || team.isSenior(me.id, to: person) else {
            throw BrainError(
                .notAllowed, "\(found.name) is senior to you",
                hint: "Ask \(team.founder?.name ?? "the founder"), or the recovery council")
        }
        return found
    }

    @discardableResult
    func decide(_ act: MembershipAct) throws(BrainError) -> EventID {
        let id = try translating { () throws(ReplicaError) in
            try replica.append(act, author: identity.author, wall: now().milliseconds)
        }
        engine?.rosterChanged()
        engine?.storeGrew()
        feed.storeGrew(replica, isRemote: false)
        return id
    }

    private func isEffective(_ id: EventID) -> Bool {
        replica.currentTeam?.effective.contains(id) ?? false
    }

    // MARK: - Flag and address

    /// Points an item out to the moderators; an empty reason takes it back.
    public func flag(_ item: ObjectID, reason: String) throws(BrainError) {
        let text = reason.oneLine.cut(toBytes: 1_024)
        _ = try write(
            [.mark(field: Field.flag, key: .text(""), value: text.isEmpty ? .null : .text(text))],
            to: item)
    }

    /// Tells someone that something they did undermines the team; everyone can read it.
    @discardableResult
    public func address(
        _ person: PersonID, text: String, about item: ObjectID? = nil
    ) throws(BrainError) -> String {
        _ = try junior(person, in: try governed())
        let text = text.oneLine.cut(toBytes: 4_096)
        guard !text.isEmpty else {
            throw BrainError(.invalid, "say what undermines the team", hint: "Give --text")
        }
        return try decide(.address(person: person, text: text, about: item)).description
    }

    // MARK: - Exclude and restore

    /// Puts someone out, and gives the team a new secret.
    ///
    /// It needs an earlier ``address(_:text:about:)`` of the same person, or to be severe; where the
    /// team asks for two moderators, it counts once a second one has done the same.
    public func exclude(_ exclusion: Exclusion) throws(BrainError) -> ExclusionReport {
        let team = try governed()
        let person = try junior(exclusion.person, in: team)
        guard exclusion.person != me.id else {
            throw BrainError(.invalid, "nobody puts themselves out", hint: "weonomy team leave")
        }
        let reason = exclusion.reason.oneLine.cut(toBytes: 4_096)
        let address = exclusion.isSevere ? nil : team.address(of: exclusion.person)
        guard exclusion.isSevere || address != nil else {
            throw BrainError(
                .notAllowed, "\(person.name) was not addressed before",
                hint: "Address first: weonomy safety address, or say --severe with a reason")
        }
        guard !reason.isEmpty else {
            throw BrainError(.invalid, "say why", hint: "Give --reason")
        }
        let before = Set(team.persons.values.filter { $0.role > .none }.map(\.id))
        let devices = team.owners.filter { $0.value == exclusion.person }.map(\.key)
        let cut = try translating { () throws(ReplicaError) in
            try replica.cut(of: devices, since: exclusion.since?.milliseconds)
        }
        let id = try decide(
            .reduce(
                person: exclusion.person, to: .none, cut: cut, reason: reason,
                isSevere: exclusion.isSevere, address: address))
        let isOut = replica.currentTeam?.persons[exclusion.person]?.role ?? Role.none == Role.none
        if isOut { try replaceSecret() }
        let after = replica.currentTeam?.persons ?? [:]
        let names = try names()
        return ExclusionReport(
            isEffective: isEffective(id) && isOut,
            alsoOut: before.filter { $0 != exclusion.person && after[$0]?.role ?? Role.none == Role.none }
                .sorted().map { PersonRef(id: $0, name: names[$0] ?? "") })
    }

    /// Takes someone back in whom nobody more senior put out.
    public func restore(_ person: PersonID) throws(BrainError) {
        let team = try governed()
        let found = try junior(person, in: team)
        let lifts = team.reductions(of: person)
        guard !lifts.isEmpty else {
            throw BrainError(.invalid, "\(found.name) was not put out")
        }
        try decide(.readmit(person: person, lifts: lifts, devices: found.devices))
        guard replica.currentTeam?.persons[person]?.role ?? Role.none > Role.none else {
            throw BrainError(
                .notAllowed, "someone more senior put \(found.name) out",
                hint: "Ask \(team.founder?.name ?? "the founder")")
        }
        // They hold no newer secret, so the team gives them the next.
        try replaceSecret()
    }

    /// What someone wrote that does not count because they were put out, oldest first.
    public func quarantined(_ person: PersonID) throws(BrainError) -> [ObjectID: Int] {
        guard let team = replica.currentTeam else { return [:] }
        let devices = team.owners.filter { $0.value == person }.map(\.key)
        let events = try translating { () throws(ReplicaError) in
            try replica.quarantined(of: devices)
        }
        return events.reduce(into: [:]) { $0[$1.object, default: 0] += 1 }
    }

    /// Lets what someone wrote beyond a cut count after all; gives how many changes.
    public func adopt(
        workOf person: PersonID, in item: ObjectID? = nil
    ) throws(BrainError) -> Int {
        let team = try governed()
        let devices = team.owners.filter { $0.value == person }.map(\.key)
        func rest() throws(BrainError) -> [EventID] {
            try translating { () throws(ReplicaError) in try replica.quarantined(of: devices) }
                .filter { item == nil || $0.object == item }.map(\.id)
        }
        let events = try rest()
        for start in stride(from: 0, to: events.count, by: Brain.adoptedPerActMax) {
            let part = events[start..<min(start + Brain.adoptedPerActMax, events.count)]
            try decide(.adopt(events: Array(part)))
        }
        guard try rest().isEmpty else {
            throw BrainError(
                .notAllowed, "someone more senior cut this off",
                hint: "Ask \(team.founder?.name ?? "the founder")")
        }
        return events.count
    }

    private static let adoptedPerActMax = 8_192

    // MARK: - Roles

    /// Raises a member to moderator, or takes that back.
    public func setModerator(_ person: PersonID, _ isModerator: Bool) throws(BrainError) {
        let team = try governed()
        let found = try junior(person, in: team)
        if isModerator {
            guard found.role > .none else {
                throw BrainError(.invalid, "\(found.name) was put out; restore first")
            }
            let devices = found.devices.map(\.signing)
            let lifts = team.reductions(of: person)
            try decide(
                .grant(person: person, role: .moderator, devices: devices, lifts: lifts))
        } else {
            let devices = team.owners.filter { $0.value == person }.map(\.key)
            let cut = try translating { () throws(ReplicaError) in
                try replica.cut(of: devices, since: nil)
            }
            try decide(
                .reduce(
                    person: person, to: .member, cut: cut, reason: "", isSevere: false,
                    address: nil))
        }
    }

    /// Leaves the team; what was written stays.
    public func leave() throws(BrainError) {
        guard let team = replica.currentTeam, isIn else { return }
        let devices = team.owners.filter { $0.value == me.id }.map(\.key)
        let cut = try translating { () throws(ReplicaError) in
            try replica.cut(of: devices, since: nil)
        }
        try decide(
            .reduce(
                person: me.id, to: .none, cut: cut, reason: "", isSevere: false, address: nil))
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

    // MARK: - The open log

    /// Everything that was decided about people, oldest first.
    public func safetyLog() throws(BrainError) -> [SafetyDecision] {
        guard let team = replica.currentTeam else { return [] }
        let names = try names()
        func ref(_ person: PersonID) -> PersonRef {
            PersonRef(id: person, name: names[person] ?? team.persons[person]?.name ?? "")
        }
        return team.decisions().compactMap { decision in
            let by = ref(decision.author ?? PersonID(.zero))
            guard let said = SafetyDecision.Said(decision.act, by: decision.author) else {
                return nil
            }
            return SafetyDecision(
                id: decision.id.description, kind: said.kind, by: by, about: said.about.map(ref),
                text: said.text, item: said.item, time: Instant(milliseconds: decision.wall),
                isEffective: decision.isEffective, isSettled: decision.isSettled)
        }
    }

    /// The logs of devices that wrote two histories, by person: copied, restored, or lying.
    public func forks() throws(BrainError) -> [(person: PersonRef, at: String)] {
        let names = try names()
        return try translating { () throws(ReplicaError) in try replica.forks() }.compactMap {
            guard let owner = replica.currentTeam?.owners[$0.key.device] else { return nil }
            let events = $0.events.map { String($0.description.prefix(12)) }
            return (
                PersonRef(id: owner, name: names[owner] ?? ""),
                "log \(Hex.encode(Array($0.key.bytes.suffix(8)))), change \($0.sequence): "
                    + events.joined(separator: " and ")
            )
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

        init?(_ act: MembershipAct, by author: PersonID?) {
            switch act {
            case .address(let person, let words, let object):
                (kind, about, text, item) = (.address, person, words, object)
            case .reduce(let person, let role, _, let reason, _, _):
                kind = person == author ? .leave : role == .none ? .exclude : .demote
                (about, text) = (person, reason)
            case .readmit(let person, _, _): (kind, about) = (.restore, person)
            case .grant(let person, _, _, _): (kind, about) = (.grant, person)
            case .revokeDevice(let owner, _, _): (kind, about) = (.revoke, owner)
            case .adopt: kind = .adopt
            case .council(let bytes, _, _):
                kind = .council
                switch CouncilProposal(decoding: bytes) {
                case .founder(let person, _, _): about = person
                case .reduce(let person, _, _, let reason): (about, text) = (person, reason)
                case .keys, nil: break
                }
            default: return nil
            }
        }
    }
}
