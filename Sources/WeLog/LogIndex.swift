public import WeData
import WeKeys

/// Sixteen bytes that stand for a set of events (Protocol.md, "Fingerprints").
public struct Fingerprint: Hashable, Sendable {
    /// The bytes.
    public let bytes: [UInt8]

    /// Bytes of a fingerprint.
    public static let byteCount = 16

    /// Takes exactly sixteen bytes.
    public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Fingerprint.byteCount else { return nil }
        self.bytes = Array(bytes)
    }

    init(hashing summary: SetSummary) {
        var writer = Writer(capacity: 48)
        writer.array(2)
        writer.bytes(summary.sum)
        writer.int(summary.count)
        bytes = Array(Blake2b.hash(writer.take()).bytes.prefix(Fingerprint.byteCount))
    }
}

/// How many events a set has and the sum of their ids modulo 2^256: kept by adding, never by
/// scanning.
public struct SetSummary: Hashable, Sendable {
    /// How many.
    public var count: Int
    /// The sum of the ids.
    public var sum: Bytes32

    /// No events.
    public static let empty = SetSummary(count: 0, sum: .zero)

    /// Joins the parts.
    public init(count: Int, sum: Bytes32) {
        self.count = count
        self.sum = sum
    }

    /// Takes in one event.
    public mutating func insert(_ id: EventID) {
        count += 1
        sum = sum &+ id.value
    }

    /// The union of two sets without a common event.
    public static func + (left: SetSummary, right: SetSummary) -> SetSummary {
        SetSummary(count: left.count + right.count, sum: left.sum &+ right.sum)
    }

    /// What peers compare.
    public var fingerprint: Fingerprint { Fingerprint(hashing: self) }
}

/// What one log holds, in brief.
public struct LogSummary: Hashable, Sendable {
    /// The log.
    public let key: LogKey
    /// How many events.
    public let count: Int
    /// The greatest sequence number; -1 for none.
    public let sequenceMax: Int
    /// Over all events of the log.
    public let fingerprint: Fingerprint

    /// Joins the parts.
    public init(key: LogKey, count: Int, sequenceMax: Int, fingerprint: Fingerprint) {
        self.key = key
        self.count = count
        self.sequenceMax = sequenceMax
        self.fingerprint = fingerprint
    }

    /// A log without events.
    public static func empty(_ key: LogKey) -> LogSummary {
        LogSummary(
            key: key, count: 0, sequenceMax: -1, fingerprint: SetSummary.empty.fingerprint)
    }

    /// Whether it has one event for each sequence number: no fork.
    public var isPrefix: Bool { count == sequenceMax + 1 }
}

/// An event with its place in the order of arrival at this replica.
public struct StoredEvent: Sendable {
    /// Rises with each stored event; parents always have smaller ones.
    public let position: Int64
    /// The event.
    public let event: Event

    /// Joins the parts.
    public init(position: Int64, event: Event) {
        self.position = position
        self.event = event
    }
}

/// What reconciliation asks of a store of events; WeSync and WeReplica meet only here.
///
/// Every answer costs what it returns, or O(log events): fingerprints are kept, not computed.
public protocol LogIndex {
    /// Over all events.
    func summary() throws(StoreFault) -> SetSummary

    /// All logs, by rising key.
    func logs() throws(StoreFault) -> [LogSummary]

    /// One log; empty when there is none.
    func log(_ key: LogKey) throws(StoreFault) -> LogSummary

    /// Over the events of a log with a sequence below `sequence`.
    func summary(of key: LogKey, below sequence: Int) throws(StoreFault) -> SetSummary

    /// Over each block of ``EventLimit/blockEvents`` sequence numbers of a log, from the first.
    func blocks(of key: LogKey) throws(StoreFault) -> [SetSummary]

    /// Bodies of a log from a sequence on, in bytes, and how many events.
    func volume(of key: LogKey, from sequence: Int) throws(StoreFault) -> (events: Int, bytes: Int)

    /// The ids of a log's events in a range of sequence numbers, by (sequence, id).
    func ids(of key: LogKey, in sequences: Range<Int>) throws(StoreFault) -> [EventID]

    /// At most `countMax` events of a log by rising sequence, from `sequence` on, whose position
    /// is at most `positionMax`.
    func events(
        of key: LogKey, from sequence: Int, positionMax: Int64, countMax: Int
    ) throws(StoreFault) -> [StoredEvent]

    /// The position of a log's first event at or after a sequence.
    func position(of key: LogKey, from sequence: Int) throws(StoreFault) -> Int64?

    /// Events by id, by rising position; unknown ids are left out.
    func events(_ ids: [EventID]) throws(StoreFault) -> [StoredEvent]

    /// At most `countMax` events after a position, in order of arrival.
    func events(after position: Int64, countMax: Int) throws(StoreFault) -> [StoredEvent]

    /// The position of the last event; 0 for none.
    func lastPosition() throws(StoreFault) -> Int64

    /// Events without their body that are not erased, at most `countMax`, the oldest first.
    func wanted(countMax: Int) throws(StoreFault) -> [EventID]
}
