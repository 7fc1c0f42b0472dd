import WeLog

/// Monotonic time in milliseconds, from any start; the shell that has a clock hands it in.
public typealias Milliseconds = Int64

/// Limits of the channel and the session (Protocol.md, "Constants and limits").
public enum SyncLimit {
    /// The version of the protocol, which the prologue names.
    public static let protocolVersion = 1
    /// The longest Noise message, tag included.
    public static let frameBytesMax = 65_535
    /// The longest message that parts may make up.
    public static let messageBytesMax = 1_179_648
    /// Logs listed at once; more are compared by ranges.
    public static let logsListedMax = 64
    /// Ranges in one message.
    public static let rangesMax = 64
    /// Event ids in one message.
    public static let idsListedMax = 1_024
    /// Secrets that a responder tries on a first message.
    public static let secretsTriedMax = 36
    /// From the first byte to the peer's hello.
    public static let handshakeSecondsMax = 5
    /// Two sessions with one device that either side dialled within this time may have crossed.
    static let crossedMilliseconds: Milliseconds = 2_000
    /// Without a frame.
    public static let idleSecondsMax = 30
    /// A side with nothing to say speaks after so many seconds.
    public static let pingSeconds = 10
    /// A live side that still lacks the same bodies asks again after so many seconds, each time
    /// twice as many, up to ``wantSecondsMax``.
    public static let wantSeconds = 30
    /// The longest pause between two such questions.
    public static let wantSecondsMax = 600
    /// Connections that have not finished the handshake.
    public static let halfOpenMax = 64
    /// The same, from one address.
    public static let halfOpenPerAddressMax = 4
    /// Bytes of events that wait for a prev or a parent, for each session.
    public static let pendingBytesMax = 8_388_608

    /// Transport messages under one key.
    static let rekeyMessages: UInt64 = 65_536
    /// Ranges that one range is split into.
    static let rangeSplit = 16
    /// Logs in the answers of one message.
    static let logsAnsweredMax = 8_192
    /// Fingerprints of blocks in one message: a log of 16 million events.
    static let blocksMax = 65_536
    /// Secrets handed to a newcomer.
    static let secretsWelcomeMax = 16
    /// The longest reason in words, in bytes.
    static let reasonBytesMax = 1_024
    /// The longest name of a team, in bytes.
    static let teamNameBytesMax = 1_024
    /// `ranges` messages of one round.
    static let rangesMessagesMax = 1_024
    /// Event ids of one block of a log, all its forks together.
    static let idsPerBlockMax = 65_536
    /// Events in one message of the proof that a device was put out.
    static let proofEventsPerMessage = 256
    /// Rounds without a difference between their outcomes.
    static let roundsWithoutProgressMax = 3
    /// Rounds of a session that isn't live.
    static let roundsMax = 64
    /// Events that one window holds.
    static let windowEvents = 1_000
    /// Bytes that one window holds, unless its only event is longer.
    static let windowBytes = 524_288
    /// Batches handed to the store and not answered yet.
    static let batchesInFlightMax = 4
    /// Before a live responder compares again what stays different.
    static let recheckMilliseconds: Milliseconds = 1_000
    /// For the team to change after membership events were stored.
    static let rosterMilliseconds: Milliseconds = 2_000

    /// After the store grew and before a live side looks which bodies it lacks.
    static let wantMilliseconds: Milliseconds = 2_000

    /// What both sides mix into the handshake.
    static let prologue = Array("weonomy/1".utf8)
}
