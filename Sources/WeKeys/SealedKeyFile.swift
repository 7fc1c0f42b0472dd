public import WeData
import WeSodium

/// A secret under a passphrase, as it is kept in a file.
///
/// ```
/// magic "weonomy" (7 bytes) ‖ version (1) ‖ purpose (1) ‖ Argon2id memory in KiB (4, big-endian)
///   ‖ passes (4) ‖ salt (16) ‖ nonce (24) ‖ subject (32)
///   ‖ XChaCha20-Poly1305 ciphertext, with all that stands before it as associated data
///   ‖ D("weonomy/1 key file", all that stands before it)
/// ```
///
/// Everything is authenticated under the passphrase. The hash at the end is for damage only: it
/// tells a file that rotted from a passphrase that was mistyped, and is checked before Argon2id
/// runs, so that a flipped bit costs nothing.
public enum SealedKeyFile {
    /// What a file is for; a file of one purpose is never taken for the other.
    public enum Purpose: UInt8, Sendable {
        /// The keys with which this laptop works.
        case device = 1
        /// What ``KeyFile`` and the team's secrets hold, to be put back on another laptop.
        case backup = 2
    }

    /// What a file says without its passphrase.
    public struct Heading: Hashable, Sendable {
        /// What it is for.
        public let purpose: Purpose
        /// What opening it costs.
        public let cost: PassphraseCost
        /// Whose keys these are: the public key of the device.
        public let subject: Bytes32
    }

    private static let magic = Array("weonomy".utf8)
    private static let version: UInt8 = 1
    private static let saltBytes = 16
    private static let headingBytes = 17 + saltBytes + XChaCha20Poly1305.nonceBytes + 32
    private static let sumBytes = 32
    /// How many bytes a sealed file is longer than the secret in it.
    public static let overheadBytes = headingBytes + XChaCha20Poly1305.tagBytes + sumBytes

    // MARK: - Sealing

    /// Seals `secret`; the result is ``overheadBytes`` longer.
    ///
    /// - Complexity: about a second and 256 MiB at the usual cost.
    public static func seal(
        _ secret: SecretBytes, for purpose: Purpose, subject: Bytes32, passphrase: SecretBytes,
        cost: PassphraseCost = .usual
    ) throws(KeyError) -> SecretBytes {
        guard passphrase.count >= PassphraseCost.passphraseBytesMin else { throw .weakPassphrase }
        try Sodium.start()
        let salt = RandomBytes.bytes(saltBytes)
        let nonce = RandomBytes.bytes(XChaCha20Poly1305.nonceBytes)
        var heading = magic + [version, purpose.rawValue]
        heading += bigEndian(cost.memoryKiB) + bigEndian(cost.passes)
        heading += salt + nonce + subject.bytes
        let key = try cost.key(passphrase: passphrase, salt: salt)
        let content = try unsafe SecretBytes(count: secret.count + overheadBytes) {
            (memory) throws(KeyError) in
            unsafe memory.copyBytes(from: heading)
            let place = unsafe memory.octets + headingBytes
            unsafe secret.withUnsafeBytes { secret in
                unsafe key.withUnsafeBytes { key in
                    _ = unsafe crypto_aead_xchacha20poly1305_ietf_encrypt(
                        place, nil, secret.octets, UInt64(secret.count), heading,
                        UInt64(heading.count), nil, nonce, key.octets)
                }
            }
            let end = memory.count - sumBytes
            let sum = unsafe sum(UnsafeRawBufferPointer(rebasing: memory[..<end]))
            unsafe UnsafeMutableRawBufferPointer(rebasing: memory[end...]).copyBytes(from: sum)
        }
        return content
    }

    // MARK: - Opening

    /// What a file says of itself; `nil` when it is not sealed.
    ///
    /// Throws when it is sealed, and damaged.
    ///
    /// Nothing is allocated for what the file asks before that is known to be bounded.
    public static func heading(of content: SecretBytes) throws(KeyError) -> Heading? {
        guard let bytes = beginning(of: content) else { return nil }
        return try heading(bytes, of: content)
    }

    /// Opens a file that was sealed for `purpose`.
    ///
    /// - Complexity: what the file's ``Heading/cost`` says, within the bounds of
    ///   ``PassphraseCost``.
    public static func open(
        _ content: SecretBytes, for purpose: Purpose, passphrase: SecretBytes
    ) throws(KeyError) -> SecretBytes {
        guard let bytes = beginning(of: content) else { throw .sealedFile(.notSealed) }
        let heading = try heading(bytes, of: content)
        guard heading.purpose == purpose else { throw .sealedFile(.otherPurpose) }
        let salt = Array(bytes[17..<17 + saltBytes])
        let nonce = Array(bytes[17 + saltBytes..<headingBytes - 32])
        let key = try heading.cost.key(passphrase: passphrase, salt: salt)
        return try unsafe SecretBytes(count: content.count - overheadBytes) {
            (memory) throws(KeyError) in
            let result = unsafe content.withUnsafeBytes { content in
                unsafe key.withUnsafeBytes { key in
                    unsafe crypto_aead_xchacha20poly1305_ietf_decrypt(
                        memory.octets, nil, nil, content.octets + headingBytes,
                        UInt64(memory.count + XChaCha20Poly1305.tagBytes), bytes,
                        UInt64(headingBytes), nonce, key.octets)
                }
            }
            guard result == 0 else { throw .wrongPassphrase }
        }
    }

    /// The heading's bytes, which are public, where the content begins as a sealed file does; fewer
    /// where the content is cut short.
    private static func beginning(of content: SecretBytes) -> [UInt8]? {
        unsafe content.withUnsafeBytes { bytes in
            guard unsafe bytes.starts(with: magic) else { return nil }
            return unsafe Array(bytes.prefix(headingBytes))
        }
    }

    private static func heading(
        _ bytes: [UInt8], of content: SecretBytes
    ) throws(KeyError) -> Heading {
        guard content.count > overheadBytes, let subject = Bytes32(bytes, at: headingBytes - 32)
        else { throw .sealedFile(.damaged) }
        guard bytes[7] == version else { throw .sealedFile(.newerVersion(bytes[7])) }
        let isWhole = unsafe content.withUnsafeBytes { content in
            let end = content.count - sumBytes
            let sum = unsafe sum(UnsafeRawBufferPointer(rebasing: content[..<end]))
            return unsafe content[end...].elementsEqual(sum)
        }
        guard isWhole else { throw .sealedFile(.damaged) }
        guard let purpose = Purpose(rawValue: bytes[8]) else { throw .sealedFile(.otherPurpose) }
        let (memoryKiB, passes) = (number(bytes[9..<13]), number(bytes[13..<17]))
        guard let cost = PassphraseCost(memoryKiB: memoryKiB, passes: passes) else {
            throw .sealedFile(.tooCostly(memoryKiB: memoryKiB, passes: passes))
        }
        return Heading(purpose: purpose, cost: cost, subject: subject)
    }

    // MARK: - Parts

    private static func sum(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        // All but the ciphertext is public, and so is that, so this copy gives nothing away.
        unsafe Blake2b.derive(label: "weonomy/1 key file", Array(bytes)).bytes
    }

    private static func bigEndian(_ value: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int {
        bytes.reduce(0) { $0 << 8 | Int($1) }
    }
}

/// What guessing one passphrase costs: the memory and passes of Argon2id (RFC 9106), one lane.
public struct PassphraseCost: Hashable, Sendable {
    /// Memory in KiB.
    public let memoryKiB: Int
    /// Passes over the memory.
    public let passes: Int

    /// The shortest passphrase that a file is sealed with.
    public static let passphraseBytesMin = 8
    /// The longest passphrase.
    public static let passphraseBytesMax = 1024
    /// The most memory that a file may ask for: libsodium's SENSITIVE, 1 GiB.
    public static let memoryKiBMax = 1 << 20
    /// The most passes that a file may ask for.
    public static let passesMax = 16

    /// libsodium's MODERATE: 256 MiB and three passes, about a second on a laptop.
    public static let usual = PassphraseCost(unchecked: 256 << 10, 3)
    /// The least that Argon2id takes; protects nothing, for tests.
    package static let least = PassphraseCost(unchecked: 8, 1)

    /// A cost within the bounds; `nil` outside them.
    public init?(memoryKiB: Int, passes: Int) {
        guard (8...PassphraseCost.memoryKiBMax).contains(memoryKiB),
            (1...PassphraseCost.passesMax).contains(passes)
        else { return nil }
        self.init(unchecked: memoryKiB, passes)
    }

    private init(unchecked memoryKiB: Int, _ passes: Int) {
        self.memoryKiB = memoryKiB
        self.passes = passes
    }

    fileprivate func key(passphrase: SecretBytes, salt: [UInt8]) throws(KeyError) -> SecretBytes {
        guard (1...PassphraseCost.passphraseBytesMax).contains(passphrase.count) else {
            throw .wrongPassphrase
        }
        return try unsafe SecretBytes(count: 32) { (memory) throws(KeyError) in
            let result = unsafe passphrase.withUnsafeBytes { passphrase in
                unsafe passphrase.withMemoryRebound(to: CChar.self) { passphrase in
                    unsafe passphrase.baseAddress.map { start in
                        unsafe crypto_pwhash(
                            memory.octets, 32, start, UInt64(passphrase.count), salt,
                            UInt64(passes), memoryKiB << 10, crypto_pwhash_ALG_ARGON2ID13)
                    } ?? -1
                }
            }
            guard result == 0 else { throw .noMemoryForPassphrase(memoryKiB: memoryKiB) }
        }
    }
}
