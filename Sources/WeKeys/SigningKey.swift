public import WeData
import WeSodium

/// A device's Ed25519 secret key (RFC 8032), with which it signs what it says.
///
/// The public key is always derived from the seed: signing with a public key of another secret
/// would give the secret away, so nothing here takes both.
public final class SigningKey: Sendable {
    /// libsodium's form of the secret: the seed, then the public key.
    private let expanded: SecretBytes

    /// The public key, which is the device's name.
    public let publicKey: DeviceKey

    /// Makes a new key.
    public static func generate() throws(KeyError) -> SigningKey {
        try SigningKey(seed: SecretBytes(randomCount: 32))
    }

    /// Makes the key of a seed of 32 bytes.
    public init(seed: SecretBytes) throws(KeyError) {
        guard seed.count == 32 else { throw .wrongLength(expected: 32, got: seed.count) }
        var name = Bytes32.zero
        expanded = try unsafe SecretBytes(count: 64) { (memory) throws(KeyError) in
            name = unsafe Bytes32.filled { publicKey in
                unsafe seed.withUnsafeBytes { seed in
                    _ = unsafe crypto_sign_seed_keypair(
                        publicKey.octets, memory.octets, seed.octets)
                }
            }
        }
        publicKey = DeviceKey(name)
    }

    /// A copy of the seed, to be written to a key file.
    public func seed() throws(KeyError) -> SecretBytes { try expanded.part(0..<32) }

    /// Signs `message` for the purpose `domain`.
    public func sign(_ message: [UInt8], domain: SignatureDomain) -> Signature {
        unsafe message.withUnsafeBytes { message in
            unsafe domain.withSignedBytes(message) { unsafe signature(of: $0) }
        }
    }

    /// Signs `message` for the purpose `domain`.
    public func sign(_ message: Span<UInt8>, domain: SignatureDomain) -> Signature {
        unsafe message.withUnsafeBytes { message in
            unsafe domain.withSignedBytes(message) { unsafe signature(of: $0) }
        }
    }

    /// Signs the bytes of `message` alone, as the published test vectors do.
    package func signRaw(_ message: [UInt8]) -> Signature {
        unsafe message.withUnsafeBytes { unsafe signature(of: $0) }
    }

    /// Signing cannot fail; if it ever did, the result would be zeros, which no one accepts.
    private func signature(of bytes: UnsafeRawBufferPointer) -> Signature {
        var second = Bytes32.zero
        let first = unsafe Bytes32.filled { output in
            unsafe withUnsafeTemporaryAllocation(byteCount: 64, alignment: 8) { whole in
                unsafe whole.initializeMemory(as: UInt8.self, repeating: 0)
                unsafe expanded.withUnsafeBytes { secret in
                    _ = unsafe crypto_sign_detached(
                        whole.octets, nil, bytes.octets, UInt64(bytes.count), secret.octets)
                }
                unsafe output.copyBytes(from: whole[..<32])
                second = unsafe Bytes32.filled { unsafe $0.copyBytes(from: whole[32...]) }
            }
        }
        let signature = Signature(first: first, second: second)
        unsafe Rehearsal.made(signature, of: bytes, by: publicKey)
        return signature
    }
}

// MARK: - Verifying

extension Signature {
    /// Whether `key` signed `message` for the purpose `domain`.
    ///
    /// Only libsodium's rule decides, on every platform: another library accepts other signatures
    /// for odd keys, and two rules would make two histories.
    public func isValid(
        for message: [UInt8], domain: SignatureDomain, by key: DeviceKey
    ) -> Bool {
        unsafe message.withUnsafeBytes { unsafe isValid(for: $0, domain: domain, by: key) }
    }

    /// Whether `key` signed `message` for the purpose `domain`.
    public func isValid(
        for message: Span<UInt8>, domain: SignatureDomain, by key: DeviceKey
    ) -> Bool {
        unsafe message.withUnsafeBytes { unsafe isValid(for: $0, domain: domain, by: key) }
    }

    /// Whether `key` signed `message` for the purpose `domain`.
    package func isValid(
        for message: UnsafeRawBufferPointer, domain: SignatureDomain, by key: DeviceKey
    ) -> Bool {
        unsafe domain.withSignedBytes(message) { unsafe isValid(raw: $0, by: key) }
    }

    /// Whether `key` signed the bytes of `message` alone, as the published test vectors do.
    package func isValidRaw(for message: [UInt8], by key: DeviceKey) -> Bool {
        unsafe message.withUnsafeBytes { unsafe isValid(raw: $0, by: key) }
    }

    private func isValid(raw message: UnsafeRawBufferPointer, by key: DeviceKey) -> Bool {
        guard Sodium.ready else { return false }
        return unsafe Rehearsal.isValid(self, of: message, by: key) {
            unsafe withBytes { signature in
                unsafe key.value.withBytes { key in
                    unsafe crypto_sign_verify_detached(
                        signature.octets, message.octets, UInt64(message.count), key.octets) == 0
                }
            }
        }
    }
}

extension DeviceKey {
    /// Whether a team may admit this key: a point on the curve, in the main subgroup and not of
    /// small order.
    ///
    /// Keys of mixed order are where verifiers disagree, so they are kept out at the door.
    public var isValidForEnrolment: Bool {
        guard Sodium.ready else { return false }
        return Rehearsal.isEnrollable(self) {
            unsafe value.withBytes { unsafe crypto_core_ed25519_is_valid_point($0.octets) == 1 }
        }
    }
}
