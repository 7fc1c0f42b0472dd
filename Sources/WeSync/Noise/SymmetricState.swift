import WeKeys

/// The running hash and chaining key of a handshake (Noise 5.2).
struct SymmetricState: ~Copyable {
    /// `h`: the hash of everything both sides have seen; 64 bytes, public.
    private(set) var hash: [UInt8]
    /// `ck`: 64 secret bytes that every agreed key goes into.
    private var chainingKey: SecretBytes
    private var cipher: CipherState

    /// InitializeSymmetric(): every name here is shorter than a hash, so it is padded with zeros.
    init(protocolName: String) throws(NoiseError) {
        let padded = Array((protocolName.utf8 + [UInt8](repeating: 0, count: 64)).prefix(64))
        hash = padded
        chainingKey = try noise { () throws(KeyError) in
            try SecretBytes(copying: padded, isGuarded: false)
        }
        cipher = CipherState()
    }

    private init(hash: [UInt8], chainingKey: SecretBytes, cipher: consuming CipherState) {
        self.hash = hash
        self.chainingKey = chainingKey
        self.cipher = cipher
    }

    /// A second state to try a message on, so that a bad one leaves this state as it was.
    borrowing func checkpoint() -> SymmetricState {
        SymmetricState(hash: hash, chainingKey: chainingKey, cipher: cipher.checkpoint())
    }

    /// Whether a key has been agreed on, so that what follows is sealed.
    var hasKey: Bool { cipher.hasKey }

    /// MixHash().
    mutating func mixHash(_ bytes: [UInt8]) {
        var hasher = Blake2bHasher.wide()
        hasher.update(hash)
        hasher.update(bytes)
        hash = hasher.finishWide()
    }

    /// MixKey() with what two keys agreed on.
    mutating func mixKey(_ secret: SecretBytes) throws(NoiseError) {
        let chainingKey = chainingKey
        takeKey(
            try noise { () throws(KeyError) in
                try NoiseHKDF.expand(chainingKey: chainingKey, input: secret, lengths: [64, 32])
            })
    }

    /// MixKey() with a public key, as psk handshakes do for each `e` (Noise 9.2).
    mutating func mixKey(_ bytes: [UInt8]) throws(NoiseError) {
        let chainingKey = chainingKey
        takeKey(
            try noise { () throws(KeyError) in
                try NoiseHKDF.expand(chainingKey: chainingKey, input: bytes, lengths: [64, 32])
            })
    }

    /// MixKeyAndHash() with a pre-shared key.
    mutating func mixKeyAndHash(_ psk: SecretBytes) throws(NoiseError) {
        let chainingKey = chainingKey
        let outputs = try noise { () throws(KeyError) in
            try NoiseHKDF.expand(chainingKey: chainingKey, input: psk, lengths: [64, 64, 32])
        }
        var hasher = Blake2bHasher.wide()
        hasher.update(hash)
        hasher.update(outputs[1])
        hash = hasher.finishWide()
        takeKey([outputs[0], outputs[2]])
    }

    private mutating func takeKey(_ outputs: [SecretBytes]) {
        chainingKey = outputs[0]
        cipher = CipherState(key: outputs[1])
    }

    /// EncryptAndHash().
    mutating func encryptAndHash(_ plaintext: [UInt8]) throws(NoiseError) -> [UInt8] {
        let sealed = try cipher.encryptWithAD(hash, plaintext)
        mixHash(sealed)
        return sealed
    }

    /// DecryptAndHash().
    mutating func decryptAndHash(_ sealed: [UInt8]) throws(NoiseError) -> [UInt8] {
        let plaintext = try cipher.decryptWithAD(hash, sealed)
        mixHash(sealed)
        return plaintext
    }

    /// Split(): the initiator's sending key, then the responder's.
    borrowing func split() throws(NoiseError) -> (SecretBytes, SecretBytes) {
        let chainingKey = chainingKey
        let outputs = try noise { () throws(KeyError) in
            try NoiseHKDF.expand(
                chainingKey: chainingKey, input: [], lengths: [32, 32], isGuarded: true)
        }
        return (outputs[0], outputs[1])
    }
}
