public import WeData
import WeKeys

/// A team as its membership events make it: a pure function of their set
/// (Protocol.md, "Membership").
public struct Team: Sendable {
    /// A person of the team.
    public struct Person: Sendable, Hashable {
        /// Who.
        public let id: PersonID
        /// The name given at admission; the profile may give a newer one.
        public let name: String
        /// What they may do now; ``Role/none`` once they are excluded.
        public let role: Role
        /// Their devices that were not revoked, the most senior first.
        public let devices: [Device]
        /// Their devices that were.
        public let revokedDevices: [DeviceKey]
        /// The genesis or the admissions that count, the first one first.
        public let admissions: [EventID]
        /// The events that gave them a standing, which their next content event names:
        /// ``admissions``, grants and readmissions that count, by order.
        public let standings: [EventID]
        /// Who admitted them; `nil` for the founder.
        public let admittedBy: PersonID?
    }

    /// An invitation that counts.
    public struct OpenInvite: Sendable, Hashable {
        /// The event.
        public let id: EventID
        /// Who invites.
        public let by: PersonID
        /// What it says.
        public let invite: MembershipAct.Invite
        /// How many were admitted by it.
        public let used: Int
        /// Whether an admission by it that is written now would count: nobody closed it, and
        /// whoever made it was not reduced.
        public let isLive: Bool
    }

    /// A team secret, sealed to each device that was a member's when it was made.
    public struct SecretEpoch: Sendable, Hashable {
        /// The event.
        public let id: EventID
        /// Rises with each replacement.
        public let epoch: Int
        /// By device.
        public let sealed: [MembershipAct.SealedSecret]
    }

    /// The team.
    public let id: TeamID
    /// Its name.
    public let name: String
    /// What who joins agrees to.
    public let codeOfConduct: String
    /// Whether an exclusion takes two moderators.
    public let needsSecondModerator: Bool
    /// Persons by id, those who were excluded among them.
    public let persons: [PersonID: Person]
    /// Whose each device is, by signing key, revoked ones too.
    public let owners: [DeviceKey: PersonID]
    /// The channel key of each device that was not revoked, both ways.
    public let channels: [ChannelKey: DeviceKey]
    /// Invitations that count, oldest first.
    public let invites: [OpenInvite]
    /// The membership events that count.
    public let effective: Set<EventID>
    /// Whether everything that counts is of a kind that this version applies.
    ///
    /// Where not, privileged acts are refused, since an act unknown here may forbid them.
    public let isFullyUnderstood: Bool
    /// Secrets that replaced the one of the beginning, the newest first.
    public let secrets: [SecretEpoch]
    /// Who can replace the founder.
    public let council: Council
    private let decided: Decided
    /// What decided all this.
    var fold: MembershipFold { decided.fold }

    /// One reference to the fold's many parts: teams are handed around a lot.
    private final class Decided: Sendable {
        let fold: MembershipFold

        init(_ fold: MembershipFold) { self.fold = fold }
    }

    /// Folds membership events in any order; `nil` without a valid genesis of this team.
    public init?(id team: TeamID, events: [MembershipEvent]) {
        self.init(MembershipGraph(team: team, events: events))
    }

    /// Folds a graph; `nil` without a valid genesis of its team.
    ///
    /// - Complexity: O(events × grants to their author).
    public init?(_ graph: MembershipGraph) {
        self.init(MembershipFold(graph))
    }

    init?(_ undecided: MembershipFold) {
        var fold = undecided
        fold.run()
        guard let genesis = fold.genesis else { return nil }
        let graph = fold.graph
        id = graph.team
        name = genesis.teamName
        codeOfConduct = genesis.codeOfConduct
        needsSecondModerator = genesis.needsSecondModerator
        persons = fold.persons()
        owners = fold.owners()
        channels = fold.channels(of: persons)
        invites = fold.openInvites()
        effective = Set(fold.effective.map { graph.event($0).id })
        isFullyUnderstood = fold.isFullyUnderstood
        secrets = fold.secretEpochs()
        council = fold.council
        decided = Decided(fold)
    }

    /// Whose device this is, also once it was revoked; `nil` for a stranger's.
    public func person(of device: DeviceKey) -> Person? {
        owners[device].flatMap { persons[$0] }
    }

    /// How many membership events this was folded from, those that do not count among them.
    public var eventCount: Int { fold.graph.count }

    /// Whose a device says it is, whether the team took it in or not; `nil` where it never said.
    public func author(of device: DeviceKey) -> PersonID? { fold.graph.person(of: device) }

    /// The devices of a person, revoked ones too.
    public func allDevices(of person: PersonID) -> [DeviceKey] {
        owners.filter { $0.value == person }.map(\.key)
    }

    /// Whether a device may take part: its person is in, and it was not revoked.
    public func isActive(_ device: DeviceKey) -> Bool {
        guard let person = person(of: device), person.role > .none else { return false }
        return person.devices.contains { $0.signing == device }
    }

    /// What put a device out, with all that it rests on, parents first; empty for one that is in.
    public func exclusionProof(of device: DeviceKey) -> [EventID] {
        guard let owner = owners[device], !isActive(device) else { return [] }
        let acts = fold.revocations[device, default: []] + fold.exclusions(of: owner)
        return fold.graph.closure(of: acts.map(\.event))
    }

    /// The device that uses a channel key; `nil` for a stranger's.
    public func device(using channel: ChannelKey) -> DeviceKey? { channels[channel] }

    /// The founder; the most senior one where the council has made another.
    public var founder: Person? {
        persons.values.filter { $0.role == .founder }
            .min { fold.seniority(of: $0.id) < fold.seniority(of: $1.id) }
    }

    /// Who may govern, the most senior first.
    public var moderators: [Person] {
        persons.values.filter(\.role.canGovern)
            .sorted { fold.seniority(of: $0.id) < fold.seniority(of: $1.id) }
    }

    /// Whether one may act on the other: only juniors are acted on.
    public func isSenior(_ person: PersonID, to other: PersonID) -> Bool {
        fold.seniority(of: person) < fold.seniority(of: other)
    }

    /// The events that a device's next content event names: what gave its person a standing, and
    /// first the one that introduces the device.
    public func standings(of device: DeviceKey) -> [EventID] {
        guard let person = person(of: device) else { return [] }
        let introduction = fold.introduction(of: device)
        return [introduction].compactMap { $0 } + person.standings.filter { $0 != introduction }
    }
}

// MARK: - From the fold

extension MembershipFold {
    /// The exclusions of a person that count and that nobody lifted.
    func exclusions(of person: PersonID) -> [Limit] {
        reductions[person, default: []].filter { $0.role == .none && $0.lifts.isEmpty }
    }

    func seniority(of person: PersonID) -> Seniority { rank[person] ?? .none }

    func order(_ left: Int, _ right: Int) -> Bool {
        let (one, other) = (graph.nodes[left].event.lamport, graph.nodes[right].event.lamport)
        guard one == other else { return one < other }
        return graph.nodes[left].event.id < graph.nodes[right].event.id
    }

    /// Whose each device is: a device belongs to one person only.
    func owners() -> [DeviceKey: PersonID] {
        var owners: [DeviceKey: PersonID] = [:]
        for (person, devices) in devices {
            for device in devices.keys { owners[device] = person }
        }
        return owners
    }

    private func ids(_ events: [Int]) -> [EventID] {
        (events.count > 1 ? events.sorted(by: order) : events).map { graph.nodes[$0].event.id }
    }

    func persons() -> [PersonID: Team.Person] {
        var admittedBy: [PersonID: PersonID] = [:]
        var admitted: [PersonID: [Int]] = [:]
        for (at, newcomer, _) in self.admitted {
            admitted[newcomer, default: []].append(at)
            if admittedBy[newcomer] == nil {
                admittedBy[newcomer] = graph.person(of: graph.event(at).device)
            }
        }
        let names = self.names()
        var persons: [PersonID: Team.Person] = [:]
        for person in known {
            let own = admitted[person, default: []]
            let bases = grants[person, default: []] + readmissions[person, default: []]
            let genesis = person == founder ? graph.index(of: EventID(graph.team.value)) : nil
            let all = devices[person, default: [:]].sorted { $0.value < $1.value }.map(\.key)
            let standings = Set(own + bases.map(\.event))
            persons[person] = Team.Person(
                id: person, name: names[person] ?? "", role: role(of: person),
                devices: all.filter { revocations[$0] == nil }.compactMap {
                    graph.claims[$0]?.device
                },
                revokedDevices: all.filter { revocations[$0] != nil },
                admissions: [genesis].compactMap { $0 }.map { graph.event($0).id } + ids(own),
                standings: ids(Array(standings)),
                admittedBy: person == founder ? nil : admittedBy[person])
        }
        return persons
    }

    /// Names as the genesis and the earliest admission give them, whether it counts or not.
    private func names() -> [PersonID: String] {
        var names: [PersonID: String] = [:]
        var counted: Set<PersonID> = []
        for at in ordered {
            guard case .admit(let admission) = graph.nodes[at].event.act else { continue }
            let person = admission.request.person
            if effective.contains(at), counted.insert(person).inserted {
                names[person] = admission.request.name
            } else if names[person] == nil {
                names[person] = admission.request.name
            }
        }
        if let founder { names[founder] = genesis?.founderName }
        return names
    }

    /// What a person may do who has seen everything.
    private func role(of person: PersonID) -> Role {
        let bases =
            grants[person, default: []] + readmissions[person, default: []]
            + admissions[person, default: []]
        let raised = bases.reduce(Role.none) { max($0, $1.role) }
        return reductions[person, default: []].filter(\.lifts.isEmpty)
            .reduce(raised) { min($0, $1.role) }
    }

    func channels(of persons: [PersonID: Team.Person]) -> [ChannelKey: DeviceKey] {
        var channels: [ChannelKey: DeviceKey] = [:]
        let all = persons.values.flatMap(\.devices)
        for device in all.sorted(by: { $0.signing < $1.signing }) {
            if channels[device.channel] == nil { channels[device.channel] = device.signing }
        }
        return channels
    }

    func openInvites() -> [Team.OpenInvite] {
        var used: [EventID: Int] = [:]
        for admission in admitted { used[admission.invite, default: 0] += 1 }
        return invites.values.sorted { order($0.event, $1.event) }.map { invite in
            let id = graph.event(invite.event).id
            return Team.OpenInvite(
                id: id, by: invite.author, invite: invite.offer, used: used[id, default: 0],
                isLive: closes[id] == nil && reductions[invite.author] == nil)
        }
    }

    func secretEpochs() -> [Team.SecretEpoch] {
        let epochs = secrets.map { at, epoch, sealed in
            let event = graph.event(at)
            return (
                order: (epoch, event.lamport, event.id),
                Team.SecretEpoch(id: event.id, epoch: epoch, sealed: sealed)
            )
        }
        return epochs.sorted { $0.order > $1.order }.map(\.1)
    }

    /// The event that counts and introduces a device, the earliest one.
    func introduction(of device: DeviceKey) -> EventID? {
        let candidates = effective.filter { graph.event($0).act.introduces.contains(device) }
        return candidates.min(by: order).map { graph.event($0).id }
    }
}
