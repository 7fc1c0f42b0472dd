public import WeData
import WeKeys
public import WeLog

/// Who wrote a carried file, when, and what that laptop held then.
public struct BundleAbout: Sendable, Hashable {
    /// The device.
    public let device: DeviceKey
    /// By its clock, in milliseconds; for display only.
    public let wall: Int64
    /// Over all events it held.
    public let fingerprint: Fingerprint
    /// How many that were.
    public let count: Int

    /// Joins the parts.
    public init(device: DeviceKey, wall: Int64, fingerprint: Fingerprint, count: Int) {
        self.device = device
        self.wall = wall
        self.fingerprint = fingerprint
        self.count = count
    }

    /// What the device signs: a record can't be put behind another heading.
    private func statement(_ headerHash: Bytes32) -> [UInt8] {
        var writer = Writer(capacity: 80)
        writer.array(4)
        writer.bytes(headerHash)
        writer.int(wall)
        writer.bytes(fingerprint.bytes)
        writer.int(count)
        return writer.take()
    }

    func signed(by key: SigningKey, _ headerHash: Bytes32) -> [UInt8] {
        var writer = Writer(capacity: 160)
        writer.array(5)
        writer.id(device)
        writer.int(wall)
        writer.bytes(fingerprint.bytes)
        writer.int(count)
        writer.bytes(key.sign(statement(headerHash), domain: .bundle).bytes)
        return writer.take()
    }

    init(decoding bytes: [UInt8], _ headerHash: Bytes32) throws(BundleError) {
        let signature: Signature
        do throws(DecodingError) {
            var reader = Reader(bytes)
            try reader.array(count: 5)
            device = try reader.id()
            wall = try reader.int()
            fingerprint = try Fingerprint(from: &reader)
            count = try reader.int(in: 0...(Int.max / 4))
            signature = try Signature(from: &reader)
            try reader.finish()
        } catch {
            throw .badMessage(error)
        }
        guard signature.isValid(for: statement(headerHash), domain: .bundle, by: device) else {
            throw .badProof
        }
    }
}
