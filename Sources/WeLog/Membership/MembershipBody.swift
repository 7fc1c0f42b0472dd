public import WeData
public import WeKeys

/// What a membership event does (Protocol.md, "Bodies of membership events").
public enum MembershipAct: Hashable, Sendable {
    /// Founds the team.
    case genesis(Genesis)
    /// Offers a place to whoever has the invitation's seed.
    case invite(Invite)
    /// Takes someone in who has an invitation.
    case admit(Admission)
    /// Raises a person's role.
    case grant(person: PersonID, role: Role, devices: [DeviceKey], lifts: [EventID])
    /// Lowers a person's role or excludes, with the last events accepted of each log.
    case reduce(
        person: PersonID, to: Role, cut: [Cut], reason: String, isSevere: Bool, address: EventID?)
    /// Tells a person that something they did undermines the team.
    case address(person: PersonID, text: String, about: ObjectID?)
    /// Takes a person back in.
    case readmit(person: PersonID, lifts: [EventID], devices: [Device])
    /// Adds a device to its own person.
    case addDevice(person: PersonID, device: Device)
    /// Takes away a device.
    case revokeDevice(owner: PersonID, device: DeviceKey, cut: [Cut])
    /// Ends an invitation.
    case close(invite: EventID)
    /// A decision of the recovery council.
    case council(proposal: [UInt8], previous: Digest?, signatures: [CouncilSignature])
    /// A new team secret, sealed to each remaining device.
    case secret(epoch: Int, sealed: [SealedSecret])
    /// Accepts events that lie outside a cut.
    case adopt(events: [EventID])
    /// An act of a later version, by its number or its form: kept and forwarded, not applied.
    case unknown(kind: Int)

    /// The founding of a team.
    public struct Genesis: Hashable, Sendable {
        /// What the team is called.
        public let teamName: String
        /// What the founder is called.
        public let founderName: String
        /// The founder's devices.
        public let devices: [Device]
        /// Whether an exclusion needs a second moderator.
        public let needsSecondModerator: Bool
        /// Keys that can replace the founder together.
        public let recoveryKeys: [DeviceKey]
        /// How many of them it takes.
        public let recoveryThreshold: Int
        /// What who joins agrees to.
        public let codeOfConduct: String

        /// Joins the parts.
        public init(
            teamName: String, founderName: String, devices: [Device],
            needsSecondModerator: Bool = false, recoveryKeys: [DeviceKey] = [],
            recoveryThreshold: Int = 0, codeOfConduct: String = ""
        ) {
            self.teamName = teamName
            self.founderName = founderName
            self.devices = devices
            self.needsSecondModerator = needsSecondModerator
            self.recoveryKeys = recoveryKeys
            self.recoveryThreshold = recoveryThreshold
            self.codeOfConduct = codeOfConduct
        }
    }

    /// An invitation as members see it.
    public struct Invite: Hashable, Sendable {
        /// Verifies the joiner's proof.
        public let key: DeviceKey
        /// Lets the joiner knock.
        public let psk: Bytes32
        /// What the joiner becomes.
        public let role: Role
        /// How many may use it; advice to the admitter.
        public let uses: Int
        /// Until when, in milliseconds since 1970; advice to the admitter.
        public let expiry: Int64?
        /// For whom, in words.
        public let note: String

        /// Joins the parts.
        public init(
            key: DeviceKey, psk: Bytes32, role: Role, uses: Int, expiry: Int64?, note: String
        ) {
            self.key = key
            self.psk = psk
            self.role = role
            self.uses = uses
            self.expiry = expiry
            self.note = note
        }
    }

    /// Someone taken in, with the proof that they hold the invitation.
    public struct Admission: Hashable, Sendable {
        /// The invitation.
        public let invite: EventID
        /// Who joins.
        public let request: JoinRequest

        /// Joins the parts.
        public init(invite: EventID, request: JoinRequest) {
            self.invite = invite
            self.request = request
        }
    }

    /// For one log, the last events that still count.
    public struct Cut: Hashable, Sendable {
        /// Whose log.
        public let device: DeviceKey
        /// Which.
        public let log: UInt64
        /// The last accepted events, one for each branch.
        public let heads: [EventID]

        /// Joins the parts.
        public init(device: DeviceKey, log: UInt64, heads: [EventID]) {
            self.device = device
            self.log = log
            self.heads = heads
        }
    }

    /// One recovery key's consent.
    public struct CouncilSignature: Hashable, Sendable {
        /// Whose.
        public let key: DeviceKey
        /// Over the proposal.
        public let signature: Signature

        /// Joins the parts.
        public init(key: DeviceKey, signature: Signature) {
            self.key = key
            self.signature = signature
        }
    }

    /// The team secret for one device.
    public struct SealedSecret: Hashable, Sendable {
        /// For which device.
        public let device: DeviceKey
        /// Sealed to its channel key.
        public let sealed: [UInt8]

        /// Joins the parts.
        public init(device: DeviceKey, sealed: [UInt8]) {
            self.device = device
            self.sealed = sealed
        }
    }

    /// The number of the kind.
    public var kind: Int {
        switch self {
        case .genesis: 0
        case .invite: 1
        case .admit: 2
        case .grant: 3
        case .reduce: 4
        case .address: 5
        case .readmit: 6
        case .addDevice: 7
        case .revokeDevice: 8
        case .close: 9
        case .council: 10
        case .secret: 11
        case .adopt: 12
        case .unknown(let kind): kind
        }
    }

    /// The devices that the act introduces: their logs may name it in their first event.
    public var introduces: [DeviceKey] {
        switch self {
        case .genesis(let genesis): genesis.devices.map(\.signing)
        case .admit(let admission): admission.request.devices.map(\.signing)
        case .grant(_, _, let devices, _): devices
        case .readmit(_, _, let devices): devices.map(\.signing)
        case .addDevice(_, let device): [device.signing]
        case .invite, .reduce, .address, .revokeDevice, .close, .council, .secret, .adopt,
            .unknown:
            []
        }
    }
}

/// What a newcomer asks of a member, with the proof that they hold the invitation.
public struct JoinRequest: Hashable, Sendable {
    /// Who; derived from the first device.
    public let person: PersonID
    /// What they are called.
    public let name: String
    /// Their devices.
    public let devices: [Device]
    /// Makes the proof fresh.
    public let nonce: [UInt8]
    /// By the invitation's key, over all of the above with team and invitation.
    public let proof: Signature

    /// Bytes of the nonce.
    public static let nonceBytes = 16
    /// The longest name, in bytes of UTF-8.
    public static let nameBytesMax = 256

    /// Makes a request with an invitation's key.
    public init(
        team: TeamID, invite: EventID, inviteKey: SigningKey, person: PersonID, name: String,
        devices: [Device], nonce: [UInt8]
    ) {
        self.person = person
        self.name = name.cut(toBytes: JoinRequest.nameBytesMax)
        self.devices = devices
        self.nonce = nonce
        proof = inviteKey.sign(
            JoinRequest.statement(team, invite, person, self.name, devices, nonce), domain: .join)
    }

    /// Whether the holder of the invitation made this request for exactly these keys.
    public func isValid(team: TeamID, invite: EventID, key: DeviceKey) -> Bool {
        devices.allSatisfy { $0.isValid(for: person) }
            && isProven(team: team, invite: invite, key: key)
    }

    /// The same where the devices' own statements are known to be valid.
    func isProven(team: TeamID, invite: EventID, key: DeviceKey) -> Bool {
        guard let first = devices.first, Device.person(of: first.signing) == person else {
            return false
        }
        return proof.isValid(
            for: JoinRequest.statement(team, invite, person, name, devices, nonce),
            domain: .join, by: key)
    }

    private static func statement(
        _ team: TeamID, _ invite: EventID, _ person: PersonID, _ name: String,
        _ devices: [Device], _ nonce: [UInt8]
    ) -> [UInt8] {
        var writer = Writer()
        writer.array(6)
        writer.id(team)
        writer.id(invite)
        writer.id(person)
        writer.text(name)
        writer.array(devices.count)
        for device in devices { device.write(to: &writer) }
        writer.bytes(nonce)
        return writer.take()
    }
}
