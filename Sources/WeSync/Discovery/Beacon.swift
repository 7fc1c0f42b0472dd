public import WeData
import WeKeys
public import WeLog

/// What a laptop says of itself on the local network, for its team alone (Protocol.md, "Finding
/// each other").
///
/// It is a hint where to dial and nothing more: who is there shows in the handshake.
public struct Beacon: Hashable, Sendable {
    /// Names one run of one program; drawn at random when it starts.
    public var instance: UInt64
    /// Rises with each beacon of a run, so that one that is played back is known.
    public var sequence: UInt64
    /// The first eight bytes of the device's signing key: who has a session with it need not dial.
    public var device: DeviceTag
    /// Where it listens for TCP.
    public var port: UInt16
    /// Stands for all that its replica holds.
    public var fingerprint: UInt64
    /// Whether it is about to stop.
    public var isLeaving: Bool
    /// Whether it was sent to one laptop alone, which had announced itself: it is not answered.
    public var isAnswer: Bool

    /// Joins the parts.
    public init(
        instance: UInt64, sequence: UInt64, device: DeviceTag, port: UInt16, fingerprint: UInt64,
        isLeaving: Bool = false, isAnswer: Bool = false
    ) {
        self.instance = instance
        self.sequence = sequence
        self.device = device
        self.port = port
        self.fingerprint = fingerprint
        self.isLeaving = isLeaving
        self.isAnswer = isAnswer
    }

    /// The first eight bytes of a device's signing key.
    public typealias DeviceTag = UInt64

    /// The size of every datagram: nothing can be told from its length.
    public static let datagramBytes = 128
    static let version = 1
    static let plainBytes =
        datagramBytes - XChaCha20Poly1305.nonceBytes - XChaCha20Poly1305.tagBytes
    /// The bits that say something; the others are for later versions.
    private static let leavingFlag: Int64 = 1
    private static let answerFlag: Int64 = 2

    /// The plaintext: the fields, then zeros.
    var plain: [UInt8] {
        var writer = Writer(capacity: Beacon.plainBytes)
        writer.array(7)
        writer.int(Beacon.version)
        writer.bytes(instance.bigEndianBytes)
        writer.int(Int64(clamping: sequence))
        writer.bytes(device.bigEndianBytes)
        writer.int(Int(port))
        writer.bytes(fingerprint.bigEndianBytes)
        writer.int((isLeaving ? Beacon.leavingFlag : 0) | (isAnswer ? Beacon.answerFlag : 0))
        var plain = writer.take()
        plain.append(contentsOf: repeatElement(0, count: max(0, Beacon.plainBytes - plain.count)))
        return plain
    }

    /// Reads a plaintext; `nil` for one of another version or form.
    ///
    /// What follows the fields is not looked at.
    init?(plain: [UInt8]) {
        guard plain.count == Beacon.plainBytes else { return nil }
        var reader = Reader(plain)
        do throws(DecodingError) {
            try reader.array(count: 7)
            guard try reader.int() == Int64(Beacon.version),
                let instance = Beacon.word(try reader.bytes(countMax: 8)),
                let sequence = UInt64(exactly: try reader.int()),
                let device = Beacon.word(try reader.bytes(countMax: 8)),
                let port = UInt16(exactly: try reader.int()), port > 0,
                let fingerprint = Beacon.word(try reader.bytes(countMax: 8))
            else { return nil }
            let flags = try reader.int()
            self.init(
                instance: instance, sequence: sequence, device: device, port: port,
                fingerprint: fingerprint, isLeaving: flags & Beacon.leavingFlag != 0,
                isAnswer: flags & Beacon.answerFlag != 0)
        } catch {
            return nil
        }
    }

    static func word(_ bytes: some Collection<UInt8>) -> UInt64? {
        guard bytes.count == 8 else { return nil }
        return UInt64(bigEndianBytes: bytes)
    }
}

extension DeviceKey {
    /// What a beacon says of a device.
    public var tag: Beacon.DeviceTag { value.word0 }
}

extension Fingerprint {
    /// What a beacon says of a replica.
    public var beaconWord: UInt64 { Beacon.word(bytes.prefix(8)) ?? 0 }
}
