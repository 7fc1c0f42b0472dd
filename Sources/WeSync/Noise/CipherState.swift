package import WeKeys

/// The longest message of the protocol, tag included (Noise 3).
package let noiseMessageBytesMax = 65535

/// A key and the count of messages sealed with it (Noise 5.1).
///
/// It cannot be copied, because two copies would use one nonce twice; the key's memory is wiped
/// when the state is dropped. A failed call changes nothing, so a forged message cannot move the
/// count away from the other side's.
package struct CipherState: ~Copyable {
    private var key: SecretBytes?

    /// The nonce of the next message, `n` in the specification.
    package private(set) var nonce: UInt64

    /// The nonce that is reserved for ``rekey()``.
    package static let nonceReserved = UInt64.max

    /// Starts without a key: bytes then pass as they are (InitializeKey(empty)).
    package init() {
        key = nil
        nonce = 0
    }

    /// Starts with a key (InitializeKey) and, in tests, a count that has already been reached.
    package init(key: SecretBytes, nonce: UInt64 = 0) {
        self.key = key
        self.nonce = nonce
    }

    /// HasKey().
    package var hasKey: Bool { key != nil }

    /// A second state for a handshake that may have to be taken back, never for transport.
    borrowing func checkpoint() -> CipherState {
        guard let key else { return CipherState() }
        return CipherState(key: key, nonce: nonce)
    }

    /// REKEY(): replaces the key by 32 bytes that it seals itself (Noise 4.2 and 11.3); the count
    /// goes on.
    package mutating func rekey() throws(NoiseError) {
        guard let old = key else { return }
        key = try noise { () throws(KeyError) in
            try ChaCha20Poly1305.rekeyed(old, nonce: Nonce96(counter: CipherState.nonceReserved))
        }
    }
}

// MARK: - Handshake

extension CipherState {
    /// EncryptWithAd().
    package mutating func encryptWithAD(
        _ ad: [UInt8], _ plaintext: [UInt8]
    ) throws(NoiseError) -> [UInt8] {
        guard hasKey else { return plaintext }
        var sealed: [UInt8] = []
        try encrypt(plaintext.span, ad: ad, appendingTo: &sealed)
        return sealed
    }

    /// DecryptWithAd().
    package mutating func decryptWithAD(
        _ ad: [UInt8], _ sealed: [UInt8]
    ) throws(NoiseError) -> [UInt8] {
        guard hasKey else { return sealed }
        var plaintext: [UInt8] = []
        try decrypt(sealed.span, ad: ad, appendingTo: &plaintext)
        return plaintext
    }
}

// MARK: - Transport

extension CipherState {
    /// Seals `plaintext` and appends the message to `frame`.
    package mutating func encrypt(
        _ plaintext: Span<UInt8>, ad: [UInt8] = [], appendingTo frame: inout [UInt8]
    ) throws(NoiseError) {
        let (key, nonce) = try next()
        guard plaintext.count <= noiseMessageBytesMax - ChaCha20Poly1305.tagBytes else {
            throw .messageTooLong
        }
        try noise { () throws(KeyError) in
            try ChaCha20Poly1305.seal(
                plaintext, appendingTo: &frame, ad: ad, nonce: nonce, key: key)
        }
        self.nonce += 1
    }

    /// Seals what `frame` holds from `start` on where it lies; the tag is appended.
    package mutating func encrypt(
        inPlace frame: inout [UInt8], from start: Int
    ) throws(NoiseError) {
        let (key, nonce) = try next()
        guard frame.count - start <= noiseMessageBytesMax - ChaCha20Poly1305.tagBytes else {
            throw .messageTooLong
        }
        try noise { () throws(KeyError) in
            try ChaCha20Poly1305.seal(inPlace: &frame, from: start, nonce: nonce, key: key)
        }
        self.nonce += 1
    }

    /// Opens `sealed` and appends the plaintext to `buffer`.
    package mutating func decrypt(
        _ sealed: Span<UInt8>, ad: [UInt8] = [], appendingTo buffer: inout [UInt8]
    ) throws(NoiseError) {
        let (key, nonce) = try next()
        guard sealed.count <= noiseMessageBytesMax else { throw .messageTooLong }
        guard sealed.count >= ChaCha20Poly1305.tagBytes else { throw .messageTooShort }
        try noise { () throws(KeyError) in
            try ChaCha20Poly1305.open(
                sealed, appendingTo: &buffer, ad: ad, nonce: nonce, key: key)
        }
        self.nonce += 1
    }

    /// Opens the stretch of `frame` where it lies and returns where the plaintext is; when it
    /// throws, the bytes of the stretch are lost but the state is unchanged.
    package mutating func decrypt(
        inPlace frame: inout [UInt8], _ range: Range<Int>
    ) throws(NoiseError) -> Range<Int> {
        let (key, nonce) = try next()
        guard range.count <= noiseMessageBytesMax else { throw .messageTooLong }
        guard range.count >= ChaCha20Poly1305.tagBytes else { throw .messageTooShort }
        let plain = try noise { () throws(KeyError) in
            try ChaCha20Poly1305.open(inPlace: &frame, range, nonce: nonce, key: key)
        }
        self.nonce += 1
        return plain
    }

    /// The key and nonce of the next message.
    private borrowing func next() throws(NoiseError) -> (SecretBytes, Nonce96) {
        guard let key else { throw .notFinished }
        guard nonce < CipherState.nonceReserved else { throw .nonceExhausted }
        return (key, Nonce96(counter: nonce))
    }
}
