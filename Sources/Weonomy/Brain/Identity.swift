import WeData
import WeKeys
import WeLog

/// Gives the passphrase of a key file; called only for a file that is sealed with one.
public typealias PassphraseSource = () throws(BrainError) -> SecretBytes

/// This device's keys and the team's secrets, in files that only their owner can read.
final class Identity: Sendable {
    let signing: SigningKey
    let channel: AgreementKey

    static let secretBytes = 64

    var author: EventAuthor { EventAuthor(key: signing) }
    /// Who this is: the person whose first device has this key.
    var person: PersonID { Device.person(of: signing.publicKey) }

    init() throws(KeyError) {
        signing = try SigningKey.generate()
        channel = try AgreementKey.generate()
    }

    /// Takes the two secrets apart.
    init(secrets: SecretBytes) throws(KeyError) {
        guard secrets.count == Identity.secretBytes else { throw .sealedFile(.damaged) }
        signing = try SigningKey(seed: secrets.part(0..<32))
        channel = try AgreementKey(secret: secrets.part(32..<64))
    }

    /// The two secrets, one after the other.
    func secrets() throws(KeyError) -> SecretBytes {
        try SecretBytes(joining: [try signing.seed(), channel.secret])
    }

    /// Reads the two secrets of a key file, sealed or not.
    static func read(
        path: String, passphrase: PassphraseSource?
    ) throws(BrainError) -> (identity: Identity, isSealed: Bool) {
        let (content, heading) = try ofKeyFile(path) { () throws(KeyError) in
            let content = try KeyFile.read(path: path)
            return (content, try SealedKeyFile.heading(of: content))
        }
        guard let heading else {
            return (
                try ofKeyFile(path) { () throws(KeyError) in try Identity(secrets: content) }, false
            )
        }
        guard let passphrase else { throw .passphraseNeeded(path) }
        let typed = try passphrase()
        let identity = try ofKeyFile(path) { () throws(KeyError) in
            let secrets = try SealedKeyFile.open(content, for: .device, passphrase: typed)
            let identity = try Identity(secrets: secrets)
            guard identity.signing.publicKey.value == heading.subject else {
                throw .sealedFile(.damaged)
            }
            return identity
        }
        return (identity, true)
    }

    /// Writes the two secrets to a new key file.
    func save(path: String) throws(KeyError) {
        try KeyFile.write(secrets(), path: path)
    }

    /// Opens a team secret that was sealed to this device; `nil` for another's or a damaged one.
    func open(_ box: [UInt8]) -> Bytes32? {
        guard let secret = try? SealedBox.open(box, with: channel) else { return nil }
        return unsafe secret.withUnsafeBytes { bytes in unsafe Bytes32(Array(bytes)) }
    }

    func device(label: String) -> Device {
        Device(person: person, key: signing, channel: channel.publicKey, label: label)
    }
}

/// The team's secrets, the newest first; each is 32 bytes.
enum TeamSecrets {
    static let countMax = 4

    static func save(_ secrets: [Bytes32], path: String) throws(KeyError) {
        let bytes = secrets.prefix(countMax).flatMap(\.bytes)
        try KeyFile.write(SecretBytes(copying: bytes), path: path)
    }

    static func read(path: String) throws(KeyError) -> [Bytes32] {
        let content = try KeyFile.read(path: path)
        guard content.count % 32 == 0, content.count <= 32 * countMax else {
            throw .wrongLength(expected: 32, got: content.count)
        }
        let bytes = unsafe content.withUnsafeBytes { buffer in unsafe Array(buffer) }
        return stride(from: 0, to: bytes.count, by: 32).compactMap { Bytes32(bytes, at: $0) }
    }

    static func psk(_ secret: Bytes32) -> Bytes32 {
        Blake2b.derive(label: "weonomy/1 team psk", secret.bytes)
    }
}

/// Runs code that asks for keys, and translates its errors; `path` is the file they are about.
func ofKeyFile<Result>(
    _ path: String, _ body: () throws(KeyError) -> Result
) throws(BrainError) -> Result {
    do throws(KeyError) { return try body() } catch { throw BrainError(error, path: path) }
}
