public import WeData
import WeSodium

/// XChaCha20-Poly1305: a nonce of 192 bits is long enough to be drawn at random, so this seals
/// what is kept or carried as a file.
package enum XChaCha20Poly1305 {
    package static let nonceBytes = 24
    package static let tagBytes = 16

    /// Seals `plaintext`; the result is 16 bytes longer.
    package static func seal(
        _ plaintext: [UInt8], ad: [UInt8] = [], nonce: [UInt8], key: SecretBytes
    ) throws(KeyError) -> [UInt8] {
        try check(nonce, key)
        var sealed = [UInt8](repeating: 0, count: plaintext.count + tagBytes)
        unsafe sealed.withUnsafeMutableBytes { output in
            unsafe key.withUnsafeBytes { key in
                _ = unsafe crypto_aead_xchacha20poly1305_ietf_encrypt(
                    output.octets, nil, plaintext, UInt64(plaintext.count), ad, UInt64(ad.count),
                    nil, nonce, key.octets)
            }
        }
        return sealed
    }

    /// Opens what ``seal(_:ad:nonce:key:)`` made.
    package static func open(
        _ sealed: [UInt8], ad: [UInt8] = [], nonce: [UInt8], key: SecretBytes
    ) throws(KeyError) -> [UInt8] {
        try check(nonce, key)
        guard sealed.count >= tagBytes else { throw .notAuthentic }
        var plaintext = [UInt8](repeating: 0, count: sealed.count - tagBytes)
        let result = unsafe plaintext.withUnsafeMutableBytes { output in
            unsafe key.withUnsafeBytes { key in
                unsafe crypto_aead_xchacha20poly1305_ietf_decrypt(
                    output.octets, nil, nil, sealed, UInt64(sealed.count), ad, UInt64(ad.count),
                    nonce, key.octets)
            }
        }
        guard result == 0 else { throw .notAuthentic }
        return plaintext
    }

    private static func check(_ nonce: [UInt8], _ key: SecretBytes) throws(KeyError) {
        try Sodium.start()
        guard key.count == 32 else { throw .wrongLength(expected: 32, got: key.count) }
        guard nonce.count == nonceBytes else {
            throw .wrongLength(expected: nonceBytes, got: nonce.count)
        }
    }
}

/// A box that anyone can close for a device and only that device can open; it does not say who
/// closed it (libsodium's `crypto_box_seal`).
public enum SealedBox {
    /// How many bytes a box is longer than what is in it.
    public static let overheadBytes = 48

    /// Closes a box with `secret` in it for the holder of `key`.
    public static func seal(
        _ secret: SecretBytes, to key: ChannelKey
    ) throws(KeyError) -> [UInt8] {
        try Sodium.start()
        var box = [UInt8](repeating: 0, count: secret.count + overheadBytes)
        let result = unsafe box.withUnsafeMutableBytes { output in
            unsafe secret.withUnsafeBytes { secret in
                unsafe key.value.withBytes { key in
                    unsafe crypto_box_seal(
                        output.octets, secret.octets, UInt64(secret.count), key.octets)
                }
            }
        }
        guard result == 0 else { throw .lowOrderKey }
        return box
    }

    /// Opens a box that was closed for `key`.
    public static func open(
        _ box: [UInt8], with key: AgreementKey
    ) throws(KeyError) -> SecretBytes {
        guard box.count >= overheadBytes else { throw .notAuthentic }
        return try unsafe SecretBytes(count: box.count - overheadBytes) {
            (memory) throws(KeyError) in
            let result = unsafe key.publicKey.value.withBytes { publicKey in
                unsafe key.secret.withUnsafeBytes { secret in
                    unsafe crypto_box_seal_open(
                        memory.octets, box, UInt64(box.count), publicKey.octets, secret.octets)
                }
            }
            guard result == 0 else { throw .notAuthentic }
        }
    }
}
