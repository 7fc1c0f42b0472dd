public import WeData

/// A team as its membership events make it: a pure function of their set
/// (Protocol.md, "Membership").
public struct Team: Sendable {
    /// A person of the team.
    public struct Person: Sendable, Hashable {
        /// Who.
        public let id: PersonID
        /// The name given at admission; the profile may give a newer one.
        public let name: String
        /// What they may do.
        public internal(set) var role: Role
        /// Their devices.
        public internal(set) var devices: [Device]
        /// The genesis or the admissions that count, the first one first.
        public internal(set) var admissions: [EventID]
        /// The events that gave them a standing, which their next content event names:
        /// ``admissions`` and grants that count, by order.
        public internal(set) var standings: [EventID] = []
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
        public internal(set) var used: Int
    }

    /// The team.
    public let id: TeamID
    /// Its name.
    public let name: String
    /// What who joins agrees to.
    public let codeOfConduct: String
    /// Persons by id.
    public let persons: [PersonID: Person]
    /// Whose each device is, by signing key.
    public let owners: [DeviceKey: PersonID]
    /// The channel key of each device, both ways.
    public let channels: [ChannelKey: DeviceKey]
    /// Invitations that count, oldest first.
    public let invites: [OpenInvite]
    /// The membership events that count.
    public let effective: Set<EventID>
    /// Whether every event is of a kind that this version applies.
    ///
    /// Where not, privileged acts are refused, since an act unknown here may forbid them.
    public let isFullyUnderstood: Bool

    /// Whose device this is; `nil` for a stranger's.
    public func person(of device: DeviceKey) -> Person? {
        owners[device].flatMap { persons[$0] }
    }

    /// The device that uses a channel key; `nil` for a stranger's.
    public func device(using channel: ChannelKey) -> DeviceKey? { channels[channel] }

    /// The founder.
    public var founder: Person? { persons.values.first { $0.role == .founder } }
}

/// A membership event as the fold needs it.
public struct MembershipEvent: Sendable {
    /// The event.
    public let id: EventID
    /// Who signed it.
    public let device: DeviceKey
    /// Its log.
    public let log: UInt64
    /// The event before it in its log.
    public let previous: EventID?
    /// What its author had seen.
    public let parents: [EventID]
    /// Orders concurrent events, with the id.
    public let lamport: Int
    /// What it does.
    public let act: MembershipAct

    /// Decodes a stored membership event; `nil` for what cannot be one.
    public init?(_ event: Event) {
        guard event.key.logClass == .membership, let body = event.body,
            let act = MembershipAct(ofBody: body)
        else { return nil }
        id = event.id
        device = event.key.device
        log = event.key.log
        previous = event.header.previous
        parents = event.header.parents
        lamport = event.header.lamport
        self.act = act
    }

    /// Joins the parts.
    package init(
        id: EventID, device: DeviceKey, log: UInt64, previous: EventID?, parents: [EventID],
        lamport: Int, act: MembershipAct
    ) {
        self.id = id
        self.device = device
        self.log = log
        self.previous = previous
        self.parents = parents
        self.lamport = lamport
        self.act = act
    }
}
