public import WeData
public import WeKeys
public import WeLog

/// How a side may open the channel.
public struct ChannelSecret: Sendable {
    /// The pre-shared key, derived from a team's secret or an invitation.
    public let psk: Bytes32
    /// The invitation it belongs to; `nil` for a team's secret.
    public let invite: EventID?
    /// Whose further device it lets in; `nil` for another secret.
    public let pairing: PersonID?

    /// Joins the parts.
    public init(psk: Bytes32, invite: EventID? = nil, pairing: PersonID? = nil) {
        self.psk = psk
        self.invite = invite
        self.pairing = pairing
    }
}

/// What a newcomer brings along.
public struct Joining: Sendable {
    /// What the inviter handed over.
    public let invitation: Invitation
    /// The newcomer; derived from the first device.
    public let person: PersonID
    /// What they are called.
    public let name: String
    /// Their devices, the one that runs the session among them.
    public let devices: [Device]
    /// Sixteen random bytes that make the proof fresh.
    public let nonce: [UInt8]

    /// Joins the parts.
    public init(
        invitation: Invitation, person: PersonID, name: String, devices: [Device], nonce: [UInt8]
    ) {
        self.invitation = invitation
        self.person = person
        self.name = name
        self.devices = devices
        self.nonce = nonce
    }
}

/// What a session starts from.
public struct SessionConfiguration: Sendable {
    /// Which side this is.
    public var role: SessionRole
    /// The team; `nil` for a newcomer that joins by code.
    public var team: TeamID?
    /// The team as this replica knows it; `nil` before it is known.
    public var roster: Team?
    /// Signs the handshake.
    public var signingKey: SigningKey
    /// The static key of the channel.
    public var channelKey: AgreementKey
    /// An initiator uses the first one; a responder tries all on the first message.
    public var secrets: [ChannelSecret]
    /// What a responder hands to a newcomer in `welcome`.
    public var teamSecrets: [Bytes32]
    /// What a newcomer joins with.
    public var joining: Joining?
    /// Whether to stay open and push after reconciliation.
    public var isLive: Bool
    /// Where files are; `nil` where this side keeps none.
    public var files: (any FileSource)?
    /// Files that are wanted, as far as was counted.
    public var filesWanted: Int

    /// Joins the parts.
    public init(
        role: SessionRole, team: TeamID?, roster: Team?, signingKey: SigningKey,
        channelKey: AgreementKey, secrets: [ChannelSecret], teamSecrets: [Bytes32] = [],
        joining: Joining? = nil, isLive: Bool = true, files: (any FileSource)? = nil,
        filesWanted: Int = 0
    ) {
        self.role = role
        self.team = team
        self.roster = roster
        self.signingKey = signingKey
        self.channelKey = channelKey
        self.secrets = secrets
        self.teamSecrets = teamSecrets
        self.joining = joining
        self.isLive = isLive
        self.files = files
        self.filesWanted = filesWanted
    }
}

/// How far a session is.
public struct SyncProgress: Sendable, Hashable {
    /// What the peer announced, over all rounds.
    public var eventsToReceive = 0
    /// Events taken in, known ones among them.
    public var eventsReceived = 0
    /// Of them, events that were new and are durable.
    public var eventsStored = 0
    /// Bodies that the peer announced, in bytes.
    public var bytesToReceive = 0
    /// Bodies taken in, in bytes.
    public var bytesReceived = 0
    /// What this side announced, over all rounds.
    public var eventsToSend = 0
    /// Events sent.
    public var eventsSent = 0
    /// Bodies to send, in bytes.
    public var bytesToSend = 0
    /// Bodies sent, in bytes.
    public var bytesSent = 0
    /// Bytes of chunks of files taken in and kept.
    public var fileBytesReceived = 0
    /// Bytes of chunks of files sent.
    public var fileBytesSent = 0
    /// How often this side spoke and was answered, after the handshake.
    public var roundTrips = 0
    /// Times that both sides compared their logs.
    public var rounds = 0
    /// Bytes received after the handshake, all of the channel's included.
    public var wireBytesIn = 0
    /// Bytes sent after the handshake, all of the channel's included.
    public var wireBytesOut = 0

    /// Nothing yet.
    public init() {}

    /// Adds what went on in another session.
    public static func += (sum: inout SyncProgress, other: SyncProgress) {
        for field in fields { sum[keyPath: field] += other[keyPath: field] }
    }

    private static var fields: [WritableKeyPath<SyncProgress, Int>] {
        [
            \.eventsToReceive, \.eventsReceived, \.eventsStored, \.bytesToReceive,
            \.bytesReceived, \.eventsToSend, \.eventsSent, \.bytesToSend, \.bytesSent,
            \.fileBytesReceived, \.fileBytesSent, \.roundTrips, \.rounds, \.wireBytesIn,
            \.wireBytesOut,
        ]
    }
}

/// What the shell is to do.
public enum SessionAction: Sendable {
    /// Write these bytes to the socket, after all bytes given before.
    case send([UInt8])
    /// Store these events, whose signatures have been verified, and call
    /// ``Session/ingested(_:store:now:)``.
    case ingest([Run])
    /// Responder: look at invitation and roster, write the admission, and call
    /// ``Session/admitted(_:reason:roster:store:now:)``.
    case join(JoinRequest, invite: EventID)
    /// Responder: the person's further device asks for its place; write it down and call
    /// ``Session/admitted(_:reason:roster:store:now:)``.
    case enrol(Device)
    /// Newcomer: this is the team's id and name.
    case invited(team: TeamID, teamName: String)
    /// Newcomer: taken in; keep the secrets.
    case welcomed(team: TeamID, admission: EventID, secrets: [Bytes32])
    /// The peer has proved that it is this device of this member.
    case recognised(device: DeviceKey, person: PersonID)
    /// The peer has so much of files that this side seeks.
    case holding([FileID: FileHolding], isAnswer: Bool)
    /// A segment of leaves that was asked for: prove and keep it.
    case segment(FileSegment, of: FileID)
    /// A chunk that was asked for: prove and keep it.
    case chunk([UInt8], index: Int, of: FileID)
    /// What the peer knows of other laptops of the team.
    case news([ColleagueNews])
    /// Something moved.
    case progress(SyncProgress)
    /// Both sides hold the same events now; comes each time that becomes true.
    case synced(SyncProgress)
    /// Close the socket once everything has been written; `nil` for an orderly end. The last one.
    case close(SyncError?)
}
