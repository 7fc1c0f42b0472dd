public import WeData

/// Whether a log holds content or membership.
public enum LogClass: UInt8, Comparable, Sendable {
    /// Changes to objects.
    case content = 0
    /// Changes to the team.
    case membership = 1

    /// Orders by what it holds, the first difference first.
    public static func < (left: LogClass, right: LogClass) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// A log's name: one device, one log id, one class.
public struct LogKey: Hashable, Comparable, Sendable {
    /// What the log holds.
    public let logClass: LogClass
    /// Whose it is.
    public let device: DeviceKey
    /// The random log id: a restored or cloned replica starts a new one.
    public let log: UInt64

    /// Bytes of ``bytes``.
    public static let byteCount = 41

    /// Joins the parts.
    public init(logClass: LogClass, device: DeviceKey, log: UInt64) {
        self.logClass = logClass
        self.device = device
        self.log = log
    }

    /// Class, device and log id, which is also the order of logs (Protocol.md, "Reconciliation").
    public var bytes: [UInt8] { [logClass.rawValue] + device.bytes + log.bigEndianBytes }

    /// Takes exactly ``byteCount`` bytes with a known class.
    @inlinable
    public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == LogKey.byteCount, let first = bytes.first,
            let logClass = LogClass(rawValue: first),
            let device = DeviceKey(bytes.dropFirst().prefix(32))
        else { return nil }
        self.init(
            logClass: logClass, device: device,
            log: UInt64(bigEndianBytes: bytes.suffix(8)))
    }

    /// Orders by what it holds, the first difference first.
    public static func < (left: LogKey, right: LogKey) -> Bool {
        if left.logClass != right.logClass { return left.logClass < right.logClass }
        if left.device != right.device { return left.device < right.device }
        return left.log < right.log
    }
}

extension Reader {
    /// Reads the class of a log.
    mutating func logClass() throws(DecodingError) -> LogClass {
        try int(in: 0...1) == 0 ? .content : .membership
    }

    /// Reads a log id of eight bytes.
    mutating func logID() throws(DecodingError) -> UInt64 {
        let bytes = try bytes(countMax: 8)
        guard bytes.count == 8 else { throw error(.outOfBounds) }
        return UInt64(bigEndianBytes: bytes)
    }
}

/// Limits of events (Protocol.md, "Constants and limits").
public enum EventLimit {
    /// The longest body, in bytes.
    public static let bodyBytesMax = 1_048_576
    /// The longest header, in bytes.
    public static let headerBytesMax = 2_048
    /// The most parents of one event.
    public static let parentsMax = 32
    /// The most events in one run.
    public static let runEventsMax = 1_024
    /// Sequence numbers in one fingerprinted block.
    public static let blockEvents = 256
    /// The greatest sequence number: 65536 blocks, which one message can compare.
    public static let sequenceMax = 16_777_215
    /// The most persons in a team.
    public static let personsMax = 1_000
    /// The most keys of a recovery council.
    public static let recoveryKeysMax = 16
    /// The most membership events of one device that can count.
    public static let actsPerDeviceMax = 10_000
    /// The most devices of one person.
    public static let devicesPerPersonMax = 16
}
