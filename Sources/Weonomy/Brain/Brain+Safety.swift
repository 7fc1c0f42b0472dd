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

/// Something that does not count since its author was put out.
public struct QuarantinedItem: Sendable, Hashable {
    /// The object.
    public let id: ObjectID
    /// What a person types for ``id``.
    public let shortID: String
    /// What it is or would be called; empty for a profile.
    public let title: String
    /// How many changes of it do not count.
    public let changeCount: Int
    /// When the first of them was written, by its author's clock.
    public let time: Instant
}

/// What became of an exclusion, or would.
public struct ExclusionReport: Sendable {
    /// Who.
    public let person: PersonRef
    /// Whether it counts; else a second moderator has to agree.
    public let isEffective: Bool
    /// Who is out besides, since only the excluded one's later admissions let them in.
    public let alsoOut: [PersonRef]
}

extension Brain {
    // MARK: - Rights

    /// Whether this device takes part in its team.
    public nonisolated var isIn: Bool {
        replica.currentTeam?.isActive(identity.signing.publicKey) ?? true
    }

    /// What put this device out, with who decided and why; `nil` where it is in.
    ///
    /// It is the newest decision that holds: about this device, or about its person.
    public func verdict() throws(BrainError) -> SafetyDecision? {
        let device = identity.signing.publicKey
        guard let team = replica.currentTeam, let owner = team.owners[device], !isIn else {
            return nil
        }
        let holding = Set(team.reductions(of: owner).map(\.description))
        return try safetyLog().last { decision in
            guard decision.isEffective else { return false }
            if decision.kind == .revoke { return decision.device == device.description }
            return holding.contains(decision.id) && decision.role == "\(Role.none)"
        }
    }

    /// What to say where this device was put out; `nil` where it is in.
    func exclusion() -> BrainError? {
        guard let team = replica.currentTeam, team.owners[identity.signing.publicKey] != nil,
            !isIn
        else { return nil }
        let verdict = (try? verdict()) ?? nil
        let by = verdict?.authors ?? []
        return switch verdict?.kind {
        case .leave: BrainError(.excluded, .left(team: team.name))
        case .revoke: BrainError(.excluded, .revoked(team: team.name, by: by))
        default:
            BrainError(
                .excluded, .putOut(team: team.name, by: by, reason: verdict?.text ?? ""))
        }
    }

    /// Throws what to say where nothing of this device counts any more.
    public func checkIsIn() throws(BrainError) {
        if !isIn, let exclusion = exclusion() { throw exclusion }
    }

    /// The team, where I may govern it.
    func governed() throws(BrainError) -> Team {
        guard let team = replica.currentTeam else {
            throw BrainError(.noReplica, "there is no team here yet")
        }
        try checkIsIn()
        guard team.persons[me.id]?.role.canGovern == true else {
            throw BrainError(.notAllowed, .governsNot(team.moderators.map(\.name)))
        }
        return team
    }

    /// Someone else in the team whom I may act on.
    func junior(_ person: PersonID, in team: Team) throws(BrainError) -> Team.Person {
        guard let found = team.persons[person] else { throw BrainError(.notFound, .nobody) }
        guard person != me.id else { throw BrainError(.invalid, .oneself) }
        guard team.isSenior(me.id, to: person) else {
            throw BrainError(.notAllowed, .senior(found.name, ask: mostSenior(team)))
        }
        return found
    }

    func mostSenior(_ team: Team) -> String { team.moderators.first?.name ?? "" }

    @discardableResult
    func decide(_ act: MembershipAct) throws(BrainError) -> EventID {
        let id = try translating { () throws(ReplicaError) in
            try node.place.prepare()
            return try replica.append(act, author: identity.author, wall: now().milliseconds)
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

    /// Points an item out to the moderators, with one's name; an empty reason takes it back.
    public func flag(_ item: ObjectID, reason: String) throws(BrainError) {
        _ = try self.item(item)
        let text = reason.oneLine.cut(toBytes: 1_024)
        _ = try write(
            [.mark(field: Field.flag, key: .text(""), value: text.isEmpty ? .null : .text(text))],
            to: item)
    }

    /// What was pointed out, newest first: all of it for a moderator, for others their own.
    public func flagged(countMax: Int = 200) throws(BrainError) -> [Item] {
        let found = try items(
            SearchRequest(
                facets: [[Facet.flagged]], excludedFacets: [Facet.retracted], countMax: countMax))
        return found.filter { !visibleFlags(of: $0).isEmpty }
    }

    /// The flags of an item that this person is to see: all as a moderator, else their own.
    public nonisolated func visibleFlags(of item: Item) -> [Flag] {
        mayGovern ? item.flags : item.flags.filter { $0.person.id == me.id }
    }

    /// Whether this person may govern the team now.
    public nonisolated var mayGovern: Bool {
        isIn && replica.currentTeam?.persons[me.id]?.role.canGovern == true
    }

    /// Tells someone that something they did undermines the team; everyone can read it.
    @discardableResult
    public func address(
        _ person: PersonID, text: String, about item: ObjectID? = nil
    ) throws(BrainError) -> SafetyDecision {
        let found = try junior(person, in: try governed())
        guard found.role > .none else { throw BrainError(.invalid, .isOut(found.name)) }
        let text = text.oneLine.cut(toBytes: 4_096)
        guard !text.isEmpty else { throw BrainError(.invalid, .wordless) }
        return try decision(try decide(.address(person: person, text: text, about: item)))
    }

    // MARK: - Exclude and restore

    private struct Prepared {
        let act: MembershipAct
        let team: Team
        let person: Team.Person
    }

    private func prepare(_ exclusion: Exclusion) throws(BrainError) -> Prepared {
        let team = try governed()
        let person = try junior(exclusion.person, in: team)
        guard person.role > .none else { throw BrainError(.invalid, .isOut(person.name)) }
        let reason = exclusion.reason.oneLine.cut(toBytes: 4_096)
        let address = exclusion.isSevere ? nil : team.address(of: exclusion.person)
        guard exclusion.isSevere || address != nil else {
            throw BrainError(.notAllowed, .notAddressed(person.name))
        }
        guard !reason.isEmpty else { throw BrainError(.invalid, .wordless) }
        let cut = try cut(of: team.allDevices(of: exclusion.person), since: exclusion.since)
        let act = MembershipAct.reduce(
            person: exclusion.person, to: .none, cut: cut, reason: reason,
            isSevere: exclusion.isSevere, address: address)
        return Prepared(act: act, team: team, person: person)
    }

    private func report(
        on person: PersonID, from before: Team, to after: Team?
    ) throws(BrainError) -> ExclusionReport {
        // Who is out since their admission is void is no person of the team any more.
        let names = before.persons.mapValues(\.name).merging(try names()) {
            $1.isEmpty ? $0 : $1
        }
        func isIn(_ person: PersonID, _ team: Team?) -> Bool {
            team?.persons[person]?.role ?? Role.none > Role.none
        }
        return ExclusionReport(
            person: PersonRef(id: person, name: names[person] ?? ""),
            isEffective: !isIn(person, after),
            alsoOut: before.persons.keys
                .filter { $0 != person && isIn($0, before) && !isIn($0, after) }
                .sorted().map { PersonRef(id: $0, name: names[$0] ?? "") })
    }

    /// What ``exclude(_:)`` would do: whether it would count at once, and who would be out besides.
    public func previewExclusion(_ exclusion: Exclusion) throws(BrainError) -> ExclusionReport {
        let prepared = try prepare(exclusion)
        let after = prepared.team.after(prepared.act, by: identity.signing.publicKey)
        return try report(on: exclusion.person, from: prepared.team, to: after)
    }

    /// Puts someone out, and gives the team a new secret.
    ///
    /// It needs an earlier ``address(_:text:about:)`` of the same person, or to be severe; where the
    /// team asks for two moderators, it counts once a second one has done the same.
    public func exclude(_ exclusion: Exclusion) throws(BrainError) -> ExclusionReport {
        let prepared = try prepare(exclusion)
        try decide(prepared.act)
        let report = try report(
            on: exclusion.person, from: prepared.team, to: replica.currentTeam)
        if report.isEffective { try replaceSecret() }
        guard report.isEffective || prepared.team.needsSecondModerator else {
            throw BrainError(.failed, "the decision does not count")
        }
        return report
    }

    /// Takes someone back in whom nobody more senior put out.
    @discardableResult
    public func restore(_ person: PersonID) throws(BrainError) -> SafetyDecision {
        let team = try governed()
        let found = try junior(person, in: team)
        let lifts = team.reductions(of: person)
        guard found.role == .none, !lifts.isEmpty else {
            throw BrainError(.invalid, .isIn(found.name))
        }
        let event = try decide(.readmit(person: person, lifts: lifts, devices: found.devices))
        guard replica.currentTeam?.persons[person]?.role ?? Role.none > Role.none else {
            throw BrainError(.notAllowed, .outBySenior(found.name, ask: mostSenior(team)))
        }
        // They hold no newer secret, so the team gives them the next.
        try replaceSecret()
        return try decision(event)
    }

    /// What someone wrote that does not count because they were put out, oldest first.
    public func quarantined(_ person: PersonID) throws(BrainError) -> [QuarantinedItem] {
        guard let team = replica.currentTeam else { return [] }
        let events = try quarantinedEvents(of: person, in: team)
        var items: [QuarantinedItem] = []
        for (object, own) in Dictionary(grouping: events, by: \.object) {
            items.append(
                QuarantinedItem(
                    id: object, shortID: shortID(object), title: try title(of: object, with: own),
                    changeCount: own.count,
                    time: Instant(milliseconds: own.map(\.wall).min() ?? 0)))
        }
        return items.sorted { ($0.time, $0.id) < ($1.time, $1.id) }
    }

    private func quarantinedEvents(
        of person: PersonID, in team: Team
    ) throws(BrainError) -> [Replica.Quarantined] {
        let devices = team.allDevices(of: person)
        return try translating { () throws(ReplicaError) in
            try replica.quarantined(of: devices)
        }
    }

    /// The last changes of these devices that are to count still: all that is here, or what is
    /// from before a time by their own clocks.
    func cut(
        of devices: [DeviceKey], since: Instant? = nil
    ) throws(BrainError) -> [MembershipAct.Cut] {
        try translating { () throws(ReplicaError) in
            try replica.cut(of: devices, since: since?.milliseconds)
        }
    }

    /// What an object is called, or would be if these events counted.
    private func title(
        of object: ObjectID, with events: [Replica.Quarantined]
    ) throws(BrainError) -> String {
        let record = try translating { () throws(ReplicaError) in try replica.record(object) }
        if let title = record?[Field.title]?.text?.oneLine, !title.isEmpty { return title }
        let ids = events.map(\.id)
        let stored = try translating { () throws(ReplicaError) in
            try replica.read { (try? $0.events(ids)) ?? [] }
        }
        let changes = stored.compactMap(\.event.body)
            .flatMap { (try? ContentBody(decoding: $0))?.changes ?? [] }
        return changes.lazy.compactMap { change -> String? in
            if case .set(Field.title, let value) = change { value.text?.oneLine } else { nil }
        }.first ?? ""
    }

    /// Lets what someone wrote beyond a cut count after all; gives how many changes.
    public func adopt(
        workOf person: PersonID, in item: ObjectID? = nil
    ) throws(BrainError) -> Int {
        let team = try governed()
        func rest() throws(BrainError) -> [EventID] {
            try quarantinedEvents(of: person, in: team)
                .filter { item == nil || $0.object == item }.map(\.id)
        }
        let events = try rest()
        for start in stride(from: 0, to: events.count, by: Brain.adoptedPerActMax) {
            let part = events[start..<min(start + Brain.adoptedPerActMax, events.count)]
            try decide(.adopt(events: Array(part)))
        }
        guard try rest().isEmpty else {
            throw BrainError(.notAllowed, .cutBySenior(ask: mostSenior(team)))
        }
        return events.count
    }

    private static let adoptedPerActMax = 8_192
}
