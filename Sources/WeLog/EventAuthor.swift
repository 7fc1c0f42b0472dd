public import WeData
public import WeKeys

/// Signs events in one device's name.
public struct EventAuthor: Sendable {
    private let key: SigningKey
    private let random: any RandomSource

    /// Signs with a device's key.
    public init(key: SigningKey) { self.init(key: key, random: SystemRandom()) }

    /// Signs with a device's key, with salts and log ids from a source that can be repeated.
    package init(key: SigningKey, random: any RandomSource) {
        self.key = key
        self.random = random
    }

    /// The device.
    public var device: DeviceKey { key.publicKey }

    /// Makes the event that puts `body` at a place in a log.
    public func event(
        team: TeamID?, key: LogKey, sequence: Int, previous: EventID?, object: ObjectID?,
        parents: [EventID], lamport: Int, wall: Int64, body: [UInt8]
    ) -> Event {
        let header = EventHeader(
            team: team, key: key, sequence: sequence, previous: previous, object: object,
            parents: parents, lamport: lamport, wall: wall, bodyByteCount: body.count,
            bodyHash: Digest(hashing: body))
        return Event(header: header, body: body, key: self.key)
    }

    /// Fresh salt for a body.
    package func salt() -> [UInt8] { random.bytes(ContentBody.saltBytes) }

    /// A fresh log id.
    package func logID() -> UInt64 { UInt64(bigEndianBytes: random.bytes(8)) }
}

extension Digest {
    /// BLAKE2b-256 of bytes.
    public init(hashing bytes: [UInt8]) { self.init(Blake2b.hash(bytes)) }
}

extension Event {
    /// The signature's 64 bytes.
    package var signatureBytes: [UInt8] { signature.bytes }
}
