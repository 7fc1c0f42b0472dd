public import WeData
public import WeSync

/// One connection as it stands.
public struct PeerStatus: Sendable {
    /// How far a connection has come.
    public enum State: Sendable, Equatable {
        /// Looking for the address and dialling.
        case connecting
        /// Connected; neither side has shown who it is.
        case handshaking
        /// Events are being compared and sent.
        case syncing
        /// Both sides hold the same, and new events are pushed as they come.
        case live
        /// What is left to send is being sent.
        case closing
    }

    /// Which connection.
    public let id: ConnectionID
    /// The address that was dialled, or that the caller came from.
    public internal(set) var address: String
    /// Who dialled.
    public let role: SessionRole
    /// Since when there is a connection, in milliseconds since 1970.
    public internal(set) var since: Int64
    /// How far it has come.
    public internal(set) var state: State
    /// The device on the other side, once it is sure.
    public internal(set) var device: DeviceKey?
    /// Whose device it is.
    public internal(set) var person: PersonID?
    /// What the session last said of its progress.
    public internal(set) var progress: SyncProgress?
    /// Bytes read from the network.
    public internal(set) var bytesIn = 0
    /// Bytes written to the network.
    public internal(set) var bytesOut = 0
}

/// What is still to come of files.
public struct FileTransfer: Sendable, Hashable {
    /// Files that are wanted and not here.
    public internal(set) var wantedCount = 0
    /// Bytes that are still to come of what somebody who is connected has.
    public internal(set) var bytesToFetch = 0
}

/// Something that happened to a connection.
public enum PeerUpdate: Sendable {
    /// There is a connection; who is there is not known yet.
    case connected(ConnectionID, address: String, role: SessionRole)
    /// The other side is who it says.
    case recognised(ConnectionID, device: DeviceKey, person: PersonID)
    /// A newcomer learnt which team the invitation is for.
    case invited(ConnectionID, team: TeamID, teamName: String)
    /// A newcomer was taken in.
    case welcomed(ConnectionID, team: TeamID)
    /// More has been received or sent; at most ten times a second.
    case progress(ConnectionID, SyncProgress)
    /// Both sides hold the same events now.
    case synced(ConnectionID, SyncProgress)
    /// It is over; without an error it ended orderly.
    case closed(ConnectionID, TransportError?)

    /// Which connection.
    public var connection: ConnectionID {
        switch self {
        case .connected(let id, _, _), .recognised(let id, _, _), .invited(let id, _, _),
            .welcomed(let id, _), .progress(let id, _), .synced(let id, _), .closed(let id, _):
            id
        }
    }
}

/// An address that is listened on.
public struct BoundAddress: Sendable, Hashable, CustomStringConvertible {
    /// The number of the interface; `::` or `0.0.0.0` for all.
    public let host: String
    /// The TCP port, chosen by the system where 0 was asked for.
    public let port: UInt16

    /// Joins the parts.
    public init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// `host:port`.
    public var description: String { PeerAddress(host: host, port: port).description }
}
