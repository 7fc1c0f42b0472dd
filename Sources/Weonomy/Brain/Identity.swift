import WeData
import WeKeys
import WeLog

/// This device's keys and the team's secrets, in files that only their owner can read.
final class Identity: Sendable {
    let signing: SigningKey
    let channel: AgreementKey

    var author: EventAuthor { EventAuthor(key: signing) }
    /// Who this is: the person whose first device has this key.
    var person: PersonID { Device.person(of: signing.publicKey) }

    init() throws(KeyError) {
        signing = try SigningKey.generate()
        channel = try AgreementKey.generate()
    }

    /// Reads the two secrets of a key file.
    init(path: String) throws(KeyError) {
        let content = try KeyFile.read(path: path)
        guard content.count == 64 else { throw .wrongLength(expected: 64, got: content.count) }
        signing = try SigningKey(seed: content.part(0..<32))
        channel = try AgreementKey(secret: content.part(32..<64))
    }

    /// Writes the two secrets to a new key file.
    func save(path: String) throws(KeyError) {
        try KeyFile.write(
            SecretBytes(joining: [try signing.seed(), channel.secret]), path: path)
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
