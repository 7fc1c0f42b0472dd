public import WeData
import WeSodium

/// A device's X25519 secret key (RFC 7748), with which two devices agree on the keys of a channel.
public final class AgreementKey: Sendable {
    /// The 32 bytes of the secret key, to be written to a key file.
    public let secret: SecretBytes

    /// The public key.
    public let publicKey: ChannelKey

    /// Makes a new key.
    public static func generate() throws(KeyError) -> AgreementKey {
        try AgreementKey(secret: SecretBytes(randomCount: 32))
    }

    /// Makes the key of 32 secret bytes.
    public init(secret: SecretBytes) throws(KeyError) {
        guard secret.count == 32 else { throw .wrongLength(expected: 32, got: secret.count) }
        self.secret = secret
        publicKey = unsafe ChannelKey(
            Bytes32.filled { output in
                unsafe secret.withUnsafeBytes { secret in
                    _ = unsafe crypto_scalarmult_base(output.octets, secret.octets)
                }
            })
    }

    /// The secret of 32 bytes that only the holders of the two secret keys can compute.
    ///
    /// Throws ``KeyError/lowOrderKey`` for the few public keys that would give everyone the same
    /// secret (RFC 7748 6.1).
    public func agree(with other: ChannelKey) throws(KeyError) -> SecretBytes {
        try unsafe SecretBytes(count: 32, isGuarded: false) { (memory) throws(KeyError) in
            if unsafe Rehearsal.agreed(publicKey, other, into: memory) { return }
            let result = unsafe secret.withUnsafeBytes { secret in
                unsafe other.value.withBytes { other in
                    unsafe crypto_scalarmult(memory.octets, secret.octets, other.octets)
                }
            }
            guard result == 0 else { throw .lowOrderKey }
            unsafe Rehearsal.agree(publicKey, other, on: UnsafeRawBufferPointer(memory))
        }
    }
}
