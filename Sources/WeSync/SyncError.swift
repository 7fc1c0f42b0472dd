public import WeData
public import WeLog

/// Why a session ended.
public enum SyncError: Error, Hashable, Sendable {
    /// No secret fits: the peer belongs to another team, or missed a change of the secret.
    case notOneOfUs
    /// The peer holds the secret, but no event known here makes its device a member's.
    case unknownDevice
    /// The peer is not the device, or not the newcomer, that it says it is.
    case badProof
    /// The events or the invitation are of another team.
    case otherTeam
    /// A frame is not of the form of the channel or not sealed with its key.
    case badFrame
    /// A message is longer than allowed.
    case messageTooLong
    /// A message has no valid encoding.
    case badMessage(DecodingError)
    /// A message that has no place here.
    case unexpectedMessage
    /// An event can never be valid.
    case badEvent(LogError)
    /// The handshake took too long.
    case handshakeTimeout
    /// The peer was silent for too long.
    case idleTimeout
    /// The peer ended the session, with its code and words.
    case refused(code: Int, reason: String)
    /// The team does not take the newcomer in, with the reason.
    case joinRefused(String)
    /// The store here failed.
    case store(StoreFault)
    /// The peer asks for more than one session may cost, by the name of the limit.
    case tooMuch(String)
    /// Both sides exchanged everything several times and still differ.
    case notConverging
    /// The connection ended in the middle.
    case disconnected
    /// Keys of this device failed: no memory, or a wrong length.
    case keys
    /// The peer's device was put out: its person excluded, or the device revoked. From the peer: ours.
    case excluded

    /// The number that `bye` carries (Protocol.md, "Ends and errors"); 0 is an orderly end.
    public var code: Int {
        switch self {
        case .notOneOfUs: 1
        case .unknownDevice: 2
        case .badProof: 3
        case .otherTeam: 4
        case .badFrame: 5
        case .messageTooLong: 6
        case .badMessage: 7
        case .unexpectedMessage: 8
        case .badEvent: 9
        case .handshakeTimeout: 10
        case .idleTimeout: 11
        case .joinRefused: 12
        case .store: 13
        case .tooMuch: 14
        case .notConverging: 15
        case .disconnected: 16
        case .keys: 17
        case .excluded: 18
        case .refused(let code, _): code
        }
    }

    /// Whether the peer did something that a correct peer does not do.
    public var isPeersFault: Bool {
        switch self {
        case .badProof, .otherTeam, .badFrame, .messageTooLong, .badMessage,
            .unexpectedMessage, .badEvent, .tooMuch:
            true
        case .notOneOfUs, .unknownDevice, .handshakeTimeout, .idleTimeout, .refused,
            .joinRefused, .store, .notConverging, .disconnected, .keys, .excluded:
            false
        }
    }

    /// What `bye` says about it; nothing about this side's store or keys.
    var reason: String {
        switch self {
        case .badMessage(let error): error.description
        case .joinRefused(let reason): reason
        case .tooMuch(let limit): limit
        default: ""
        }
    }

    /// What a peer's `bye` means here.
    init?(code: Int, reason: String) {
        switch code {
        case 0: return nil
        case 12: self = .joinRefused(reason)
        case 18: self = .excluded
        default: self = .refused(code: code, reason: reason)
        }
    }
}

extension SyncError: CustomStringConvertible {
    /// What happened, in one line.
    public var description: String {
        switch self {
        case .notOneOfUs: "the other side does not hold this team's secret"
        case .unknownDevice: "the other device is not known as a member's"
        case .badProof: "the other side could not prove who it is"
        case .otherTeam: "the other side belongs to another team"
        case .badFrame: "a frame was damaged or not meant for this channel"
        case .messageTooLong: "a message is too long"
        case .badMessage(let error): "a message cannot be read (\(error))"
        case .unexpectedMessage: "a message came that has no place here"
        case .badEvent(let error): "an event can never be valid (\(error))"
        case .handshakeTimeout: "the handshake took too long"
        case .idleTimeout: "the other side fell silent"
        case .refused(let code, let reason): "the other side ended it (\(code)) \(reason)"
        case .joinRefused(let reason): "not taken in: \(reason)"
        case .store(let fault): fault.description
        case .tooMuch(let limit): "the other side asked for too much (\(limit))"
        case .notConverging: "both sides still differ after everything was exchanged"
        case .disconnected: "the connection was lost"
        case .keys: "this device's keys could not be used"
        case .excluded: "the device was put out of the team"
        }
    }
}
