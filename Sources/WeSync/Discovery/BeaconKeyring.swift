public import WeData
import WeKeys

/// Seals beacons for a team and opens its beacons, with keys that change every hour.
///
/// Whoever lacks the team's secret sees 128 bytes that no one can tell from noise, nor from those
/// of another laptop or team.
public struct BeaconKeyring: Sendable {
    /// Secrets that are tried: as many as a responder takes.
    public static let secretsMax = 4
    /// Hours before and after this one whose keys are tried: so far may clocks be apart.
    static let hoursApart: Int64 = 1
    private static let secondsPerHour: Int64 = 3_600

    private struct Key: Sendable {
        let secret: Int
        let hour: Int64
        let key: SecretBytes
    }

    /// What opened a beacon.
    struct Opened {
        let beacon: Beacon
        /// Which secret it was sealed under; 0 is the newest.
        let secret: Int
    }

    /// The newest first.
    public let secrets: [Bytes32]
    private var keys: [Key] = []
    private var hour: Int64?

    /// Takes the team's secrets, the newest first.
    public init(secrets: [Bytes32]) {
        self.secrets = Array(secrets.prefix(BeaconKeyring.secretsMax))
    }

    /// The hour of a time in milliseconds since 1970, for any clock.
    static func hour(of wall: Int64) -> Int64 {
        let (hours, rest) = wall.quotientAndRemainder(dividingBy: secondsPerHour * 1_000)
        return rest < 0 ? hours - 1 : hours
    }

    /// The key of a secret for an hour.
    static func key(_ secret: Bytes32, hour: Int64) throws(KeyError) -> SecretBytes {
        let hour = UInt64(bitPattern: hour).bigEndianBytes
        let key = Blake2b.derive(label: "weonomy/1 beacon", secret.bytes, hour)
        return try SecretBytes(copying: key.bytes, isGuarded: false)
    }

    /// Derives what this hour needs, the likeliest first: at most twelve keys.
    private mutating func prepare(_ wall: Int64) {
        let now = BeaconKeyring.hour(of: wall)
        guard hour != now else { return }
        hour = now
        keys = []
        let apart = BeaconKeyring.hoursApart
        for offset in [0, -apart, apart] {
            for (index, secret) in secrets.enumerated() {
                let hour = now.addingReportingOverflow(offset).partialValue
                guard let key = try? BeaconKeyring.key(secret, hour: hour) else { continue }
                keys.append(Key(secret: index, hour: hour, key: key))
            }
        }
    }

    /// Seals a beacon under the newest secret; `nil` where there is none.
    mutating func seal(_ beacon: Beacon, nonce: [UInt8], wall: Int64) -> [UInt8]? {
        let sealed = seal(plain: beacon.plain, nonce: nonce, wall: wall)
        return sealed.isEmpty ? nil : sealed
    }

    /// The size of a plaintext.
    package static let plainBytes = Beacon.plainBytes

    /// Seals any plaintext, as a member may; for tests.
    package mutating func seal(plain: [UInt8], nonce: [UInt8], wall: Int64) -> [UInt8] {
        prepare(wall)
        guard let key = keys.first(where: { $0.secret == 0 && $0.hour == hour })?.key,
            let sealed = try? XChaCha20Poly1305.seal(plain, nonce: nonce, key: key)
        else { return [] }
        return nonce + sealed
    }

    /// Opens a datagram; `nil` for one that is not this team's, of this hour or its neighbours.
    ///
    /// Costs at most twelve checks of a tag.
    mutating func open(_ datagram: [UInt8], wall: Int64) -> Opened? {
        guard datagram.count == Beacon.datagramBytes else { return nil }
        prepare(wall)
        let nonce = Array(datagram.prefix(XChaCha20Poly1305.nonceBytes))
        let sealed = Array(datagram.dropFirst(XChaCha20Poly1305.nonceBytes))
        for key in keys {
            guard let plain = try? XChaCha20Poly1305.open(sealed, nonce: nonce, key: key.key)
            else { continue }
            guard let beacon = Beacon(plain: plain) else { return nil }
            return Opened(beacon: beacon, secret: key.secret)
        }
        return nil
    }
}
