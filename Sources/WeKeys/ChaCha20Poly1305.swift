import WeSodium

/// A nonce of 96 bits.
package struct Nonce96: Equatable, Sendable {
    private let word0, word1, word2: UInt32

    /// Four zero bytes, then the counter in little-endian order (Noise 12.3).
    package init(counter: UInt64) {
        word0 = 0
        word1 = UInt32(truncatingIfNeeded: counter).littleEndian
        word2 = UInt32(truncatingIfNeeded: counter >> 32).littleEndian
    }

    /// Takes exactly 12 bytes; `nil` for any other count.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count == 12 else { return nil }
        func word(_ at: Int) -> UInt32 {
            var value: UInt32 = 0
            for shift in 0..<4 { value |= UInt32(bytes[at + shift]) << UInt32(8 * shift) }
            return value.littleEndian
        }
        (word0, word1, word2) = (word(0), word(4), word(8))
    }

    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        var words = (word0, word1, word2)
        return unsafe withUnsafeBytes(of: &words) { unsafe body($0) }
    }
}

/// ChaCha20-Poly1305 (RFC 8439), the cipher of the channel: 32-byte keys and 16-byte tags.
///
/// A nonce must never be used twice with one key; counting it is the caller's work.
package enum ChaCha20Poly1305 {
    package static let tagBytes = 16

    /// Seals the bytes of `buffer` from `start` to its end where they lie, and appends the tag.
    package static func seal(
        inPlace buffer: inout [UInt8], from start: Int, ad: [UInt8] = [], nonce: Nonce96,
        key: SecretBytes
    ) throws(KeyError) {
        try check(key)
        guard start >= 0, start <= buffer.count else {
            throw .wrongLength(expected: start, got: buffer.count)
        }
        let count = buffer.count - start
        for _ in 0..<tagBytes { buffer.append(0) }
        unsafe buffer.withUnsafeMutableBytes { buffer in
            let output = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[start...])
            let plain = unsafe UnsafeRawBufferPointer(rebasing: output[..<count])
            unsafe seal(plain, into: output, ad: ad, nonce: nonce, key: key)
        }
    }

    /// Seals `plaintext` and appends it with its tag to `buffer`.
    package static func seal(
        _ plaintext: Span<UInt8>, appendingTo buffer: inout [UInt8], ad: [UInt8] = [],
        nonce: Nonce96, key: SecretBytes
    ) throws(KeyError) {
        try check(key)
        let start = buffer.count
        buffer.append(contentsOf: repeatElement(0, count: plaintext.count + tagBytes))
        unsafe buffer.withUnsafeMutableBytes { buffer in
            let output = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[start...])
            unsafe plaintext.withUnsafeBytes { plain in
                unsafe seal(plain, into: output, ad: ad, nonce: nonce, key: key)
            }
        }
    }

    /// Opens the stretch of `buffer` where it lies and returns the shorter stretch that now holds
    /// the plaintext; when it throws, the stretch may have been overwritten with zeros.
    package static func open(
        inPlace buffer: inout [UInt8], _ range: Range<Int>, ad: [UInt8] = [], nonce: Nonce96,
        key: SecretBytes
    ) throws(KeyError) -> Range<Int> {
        try check(key)
        guard range.count >= tagBytes, range.lowerBound >= 0, range.upperBound <= buffer.count
        else { throw .notAuthentic }
        let plain = range.lowerBound..<(range.upperBound - tagBytes)
        let opened = unsafe buffer.withUnsafeMutableBytes { buffer in
            let sealed = unsafe UnsafeRawBufferPointer(rebasing: buffer[range])
            let output = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[plain])
            return unsafe open(sealed, into: output, ad: ad, nonce: nonce, key: key)
        }
        guard opened else { throw .notAuthentic }
        return plain
    }

    /// Opens `sealed` and appends the plaintext to `buffer`, which is unchanged when it throws.
    package static func open(
        _ sealed: Span<UInt8>, appendingTo buffer: inout [UInt8], ad: [UInt8] = [], nonce: Nonce96,
        key: SecretBytes
    ) throws(KeyError) {
        try check(key)
        guard sealed.count >= tagBytes else { throw .notAuthentic }
        let start = buffer.count
        buffer.append(contentsOf: repeatElement(0, count: sealed.count - tagBytes))
        let opened = unsafe buffer.withUnsafeMutableBytes { buffer in
            let output = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[start...])
            return unsafe sealed.withUnsafeBytes { sealed in
                unsafe open(sealed, into: output, ad: ad, nonce: nonce, key: key)
            }
        }
        guard opened else {
            buffer.removeSubrange(start...)
            throw .notAuthentic
        }
    }

    /// The key that follows `key`: the first 32 bytes of 32 zeros sealed with it (Noise 4.2).
    package static func rekeyed(
        _ key: SecretBytes, nonce: Nonce96
    ) throws(KeyError) -> SecretBytes {
        try check(key)
        let sealed = try unsafe SecretBytes(count: 32 + tagBytes) { (memory) throws(KeyError) in
            let zeros = unsafe UnsafeRawBufferPointer(rebasing: memory[..<32])
            unsafe seal(zeros, into: memory, ad: [], nonce: nonce, key: key)
        }
        return try sealed.part(0..<32)
    }

    private static func check(_ key: SecretBytes) throws(KeyError) {
        guard key.count == 32 else { throw .wrongLength(expected: 32, got: key.count) }
    }

    /// `output` holds the plaintext's length and a tag; the two may be the same memory.
    private static func seal(
        _ plain: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer,
        ad: [UInt8], nonce: Nonce96, key: SecretBytes
    ) {
        unsafe ad.withUnsafeBytes { ad in
            unsafe nonce.withBytes { nonce in
                unsafe key.withUnsafeBytes { key in
                    _ = unsafe crypto_aead_chacha20poly1305_ietf_encrypt(
                        output.octets, nil, plain.octets, UInt64(plain.count), ad.octets,
                        UInt64(ad.count), nil, nonce.octets, key.octets)
                }
            }
        }
    }

    private static func open(
        _ sealed: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer,
        ad: [UInt8], nonce: Nonce96, key: SecretBytes
    ) -> Bool {
        unsafe ad.withUnsafeBytes { ad in
            unsafe nonce.withBytes { nonce in
                unsafe key.withUnsafeBytes { key in
                    unsafe crypto_aead_chacha20poly1305_ietf_decrypt(
                        output.octets, nil, nil, sealed.octets, UInt64(sealed.count), ad.octets,
                        UInt64(ad.count), nonce.octets, key.octets) == 0
                }
            }
        }
    }
}
