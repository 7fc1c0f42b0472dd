public import WeData
import WeKeys

extension Team {
    /// Folds membership events; `nil` without a valid genesis of this team.
    ///
    /// Strata as in Protocol.md: the founder's acts first, then those of each moderator by
    /// (depth of grant, lamport, id), then members' admissions breadth first. Decisions of a
    /// stratum depend on more senior ones only, so one pass decides and order of arrival
    /// cannot matter.
    ///
    /// - Complexity: O(events × strata), with one bit for each pair of events.
    public init?(id team: TeamID, events: [MembershipEvent]) {
        var fold = AuthorityFold(team: team, events: events)
        guard let genesis = fold.run() else { return nil }
        id = team
        name = genesis.teamName
        codeOfConduct = genesis.codeOfConduct
        persons = fold.persons
        owners = fold.owners
        channels = fold.channels
        invites = fold.invites
        effective = fold.effective
        isFullyUnderstood = fold.isFullyUnderstood
    }
}

/// One evaluation of a set of membership events.
private struct AuthorityFold {
    /// Where a grant stands: the founder's first, then by depth, lamport and id.
    struct Seniority: Comparable {
        let depth: Int
        let lamport: Int
        let id: EventID

        static func < (left: Seniority, right: Seniority) -> Bool {
            if left.depth != right.depth { return left.depth < right.depth }
            if left.lamport != right.lamport { return left.lamport < right.lamport }
            return left.id < right.id
        }
    }
    struct Stratum {
        let seniority: Seniority
        let person: PersonID
        let grant: Int
        /// The devices that act by it: the founder's own, or those that the grant lists.
        let devices: [DeviceKey]
    }

    let team: TeamID
    let events: [MembershipEvent]
    private let past: [BitSet]
    private let index: [EventID: Int]

    var persons: [PersonID: Team.Person] = [:]
    var owners: [DeviceKey: PersonID] = [:]
    var channels: [ChannelKey: DeviceKey] = [:]
    var invites: [Team.OpenInvite] = []
    var effective: Set<EventID> = []
    var isFullyUnderstood = true

    private var inviteEvents: [EventID: Int] = [:]
    /// The events that give each device its place: what it does counts after one of them.
    private var introductions: [DeviceKey: [Int]] = [:]

    init(team: TeamID, events: [MembershipEvent]) {
        self.team = team
        var sorted = events.sorted {
            $0.lamport != $1.lamport ? $0.lamport < $1.lamport : $0.id < $1.id
        }
        var last: EventID?
        sorted.removeAll { event in
            defer { last = event.id }
            return event.id == last
        }
        var index: [EventID: Int] = [:]
        var past: [BitSet] = []
        for (position, event) in sorted.enumerated() {
            var seen = BitSet()
            for parent in event.parents + [event.previous].compactMap({ $0 }) {
                guard let at = index[parent] else { continue }
                seen.formUnion(past[at])
                seen.insert(at)
            }
            past.append(seen)
            index[event.id] = position
        }
        self.events = sorted
        self.past = past
        self.index = index
    }

    mutating func run() -> MembershipAct.Genesis? {
        isFullyUnderstood = events.allSatisfy { AuthorityFold.isApplied($0.act) }
        guard let at = index[EventID(team.value)], case .genesis(let genesis) = events[at].act,
            let first = genesis.devices.first
        else { return nil }
        let founder = Device.person(of: first.signing)
        guard first.signing == events[at].device,
            genesis.devices.allSatisfy({ $0.isValid(for: founder) })
        else { return nil }
        effective.insert(events[at].id)
        take(founder, genesis.founderName, .founder, genesis.devices, at, by: nil)
        govern(
            Stratum(
                seniority: Seniority(depth: 0, lamport: 0, id: events[at].id), person: founder,
                grant: at, devices: genesis.devices.map(\.signing)))
        admit()
        return genesis
    }

    /// Kinds that this version applies; of the rest it only knows the form.
    private static func isApplied(_ act: MembershipAct) -> Bool {
        switch act {
        case .genesis, .invite, .admit, .grant: true
        default: false
        }
    }

    /// Applies invitations and grants, one stratum after another, the most senior first.
    private mutating func govern(_ first: Stratum) {
        var queue = [first]
        while let least = queue.indices.min(by: { queue[$0].seniority < queue[$1].seniority }) {
            let stratum = queue.remove(at: least)
            for at in events.indices where past[at].contains(stratum.grant) {
                let event = events[at]
                guard stratum.devices.contains(event.device), !effective.contains(event.id) else {
                    continue
                }
                switch event.act {
                case .invite(let invite) where invite.role <= .member:
                    effective.insert(event.id)
                    inviteEvents[event.id] = at
                    invites.append(
                        Team.OpenInvite(
                            id: event.id, by: stratum.person, invite: invite, used: 0))
                case .grant(let person, .moderator, let devices, _):
                    effective.insert(event.id)
                    grants.append((person, at))
                    queue.append(
                        Stratum(
                            seniority: Seniority(
                                depth: stratum.seniority.depth + 1, lamport: event.lamport,
                                id: event.id), person: person, grant: at, devices: devices))
                default:
                    break
                }
            }
        }
        invites.sort { (inviteEvents[$0.id] ?? 0) < (inviteEvents[$1.id] ?? 0) }
    }

    private var grants: [(person: PersonID, at: Int)] = []

    /// Applies admissions, each by a person who had been admitted before.
    private mutating func admit() {
        var isChanged = true
        while isChanged {
            isChanged = false
            for at in events.indices {
                let event = events[at]
                guard case .admit(let admission) = event.act, !effective.contains(event.id),
                    let invite = inviteEvents[admission.invite], past[at].contains(invite),
                    hasStanding(event.device, at: at), let author = owners[event.device],
                    case .invite(let offer) = events[invite].act,
                    admission.request.isValid(
                        team: team, invite: admission.invite, key: offer.key)
                else { continue }
                effective.insert(event.id)
                isChanged = true
                let request = admission.request
                take(request.person, request.name, offer.role, request.devices, at, by: author)
                if let slot = invites.firstIndex(where: { $0.id == admission.invite }) {
                    invites[slot].used += 1
                }
            }
        }
        for (person, at) in grants {
            guard var found = persons[person] else { continue }
            found.standings.append(events[at].id)
            if found.role < .moderator { found.role = .moderator }
            persons[person] = found
        }
    }

    private func hasStanding(_ device: DeviceKey, at event: Int) -> Bool {
        introductions[device]?.contains { past[event].contains($0) } ?? false
    }

    private mutating func take(
        _ person: PersonID, _ name: String, _ role: Role, _ devices: [Device], _ at: Int,
        by admitter: PersonID?
    ) {
        var found =
            persons[person]
            ?? Team.Person(
                id: person, name: name, role: role, devices: [], admissions: [],
                admittedBy: admitter)
        guard persons.count < EventLimit.personsMax || persons[person] != nil else { return }
        found.admissions.append(events[at].id)
        found.standings.append(events[at].id)
        for device in devices where owners[device.signing] ?? person == person {
            introductions[device.signing, default: []].append(at)
            guard owners[device.signing] == nil,
                found.devices.count < EventLimit.devicesPerPersonMax
            else { continue }
            owners[device.signing] = person
            if channels[device.channel] == nil { channels[device.channel] = device.signing }
            found.devices.append(device)
        }
        persons[person] = found
    }
}

/// A set of small integers.
struct BitSet: Sendable {
    private var words: [UInt64] = []

    func contains(_ member: Int) -> Bool {
        member >> 6 < words.count && words[member >> 6] >> UInt64(member & 63) & 1 == 1
    }

    mutating func insert(_ member: Int) {
        while words.count <= member >> 6 { words.append(0) }
        words[member >> 6] |= 1 << UInt64(member & 63)
    }

    mutating func formUnion(_ other: BitSet) {
        while words.count < other.words.count { words.append(0) }
        for index in other.words.indices { words[index] |= other.words[index] }
    }
}
