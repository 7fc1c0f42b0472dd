package import WeData
package import WeKeys

/// One side of a Noise handshake (Noise 5.3): it takes bytes and gives bytes, and does no I/O.
///
/// It makes no randomness either: the ephemeral key is handed in, and must be a new one for every
/// handshake. A message that cannot be written or read leaves the state as it was.
package struct HandshakeState: ~Copyable {
    /// The pattern that both sides walk through.
    package let pattern: HandshakePattern
    /// Whether this side writes the first message.
    package let isInitiator: Bool
    private let keys: Keys
    private var progress: Progress

    /// What this side brings along.
    private struct Keys {
        let own: AgreementKey?
        let ephemeral: AgreementKey?
        let psks: [SecretBytes]
    }

    /// What changes with every message, apart so that it can be replaced as a whole.
    private struct Progress: ~Copyable {
        var symmetric: SymmetricState
        var remoteStatic: ChannelKey?
        var remoteEphemeral: ChannelKey?
        var messageCount = 0
        var pskCount = 0

        borrowing func checkpoint() -> Progress {
            Progress(
                symmetric: symmetric.checkpoint(), remoteStatic: remoteStatic,
                remoteEphemeral: remoteEphemeral, messageCount: messageCount, pskCount: pskCount)
        }
    }

    /// Initialize(): mixes in the prologue and the static keys known beforehand.
    ///
    /// Throws when a key or pre-shared key that the pattern needs is missing.
    package init(
        pattern: HandshakePattern = .xxpsk0, initiator: Bool, prologue: [UInt8],
        staticKey: AgreementKey?, ephemeral: AgreementKey?, remoteStatic: ChannelKey? = nil,
        psks: [SecretBytes] = []
    ) throws(NoiseError) {
        guard psks.count == pattern.pskCount, psks.allSatisfy({ $0.count == 32 }) else {
            throw .wrongPSKs
        }
        var symmetric = try SymmetricState(protocolName: pattern.protocolName)
        symmetric.mixHash(prologue)
        let initiatorKey = initiator ? staticKey?.publicKey : remoteStatic
        let responderKey = initiator ? remoteStatic : staticKey?.publicKey
        if pattern.initiatorIsKnown {
            guard let initiatorKey else { throw .missingKey(.s) }
            symmetric.mixHash(initiatorKey.bytes)
        }
        if pattern.responderIsKnown {
            guard let responderKey else { throw .missingKey(.s) }
            symmetric.mixHash(responderKey.bytes)
        }
        self.pattern = pattern
        isInitiator = initiator
        keys = Keys(own: staticKey, ephemeral: ephemeral, psks: psks)
        let known = initiator ? pattern.responderIsKnown : pattern.initiatorIsKnown
        progress = Progress(symmetric: symmetric, remoteStatic: known ? remoteStatic : nil)
    }

    /// Whether every message of the pattern has been written or read.
    package var isFinished: Bool { progress.messageCount == pattern.messages.count }

    /// Whether the next message is this side's to write.
    package var isOurTurn: Bool {
        !isFinished && progress.messageCount.isMultiple(of: 2) == isInitiator
    }

    /// The hash of the whole handshake, to be signed for channel binding (Noise 11.2); `nil`
    /// until the handshake is finished.
    package var handshakeHash: [UInt8]? { isFinished ? progress.symmetric.hash : nil }

    /// The other side's static key, once a message that checked out has shown it.
    package var remoteStatic: ChannelKey? { progress.remoteStatic }
}

// MARK: - Messages

extension HandshakeState {
    /// WriteMessage(): the next message, with `payload` in it.
    package mutating func writeMessage(_ payload: [UInt8]) throws(NoiseError) -> [UInt8] {
        guard isOurTurn else { throw .outOfTurn }
        var next = progress.checkpoint()
        var message: [UInt8] = []
        for token in pattern.messages[next.messageCount] {
            try write(token, to: &message, &next)
        }
        message += try next.symmetric.encryptAndHash(payload)
        guard message.count <= noiseMessageBytesMax else { throw .messageTooLong }
        next.messageCount += 1
        progress = next
        return message
    }

    /// ReadMessage(): the payload of the other side's next message.
    package mutating func readMessage(_ message: [UInt8]) throws(NoiseError) -> [UInt8] {
        guard !isFinished, !isOurTurn else { throw .outOfTurn }
        guard message.count <= noiseMessageBytesMax else { throw .messageTooLong }
        var next = progress.checkpoint()
        var rest = ArraySlice(message)
        for token in pattern.messages[next.messageCount] {
            try read(token, from: &rest, &next)
        }
        let payload = try next.symmetric.decryptAndHash(Array(rest))
        next.messageCount += 1
        progress = next
        return payload
    }

    private func write(
        _ token: HandshakePattern.Token, to message: inout [UInt8], _ next: inout Progress
    ) throws(NoiseError) {
        switch token {
        case .e:
            guard let ephemeral = keys.ephemeral else { throw .missingKey(.e) }
            try message += mixEphemeral(ephemeral.publicKey, &next)
        case .s:
            guard let own = keys.own else { throw .missingKey(.s) }
            try message += next.symmetric.encryptAndHash(own.publicKey.bytes)
        case .ee, .es, .se, .ss, .psk: try mix(token, &next)
        }
    }

    private func read(
        _ token: HandshakePattern.Token, from rest: inout ArraySlice<UInt8>,
        _ next: inout Progress
    ) throws(NoiseError) {
        switch token {
        case .e:
            let key = try ChannelKey(take(32, from: &rest))
            guard let key else { throw .messageTooShort }
            next.remoteEphemeral = key
            _ = try mixEphemeral(key, &next)
        case .s:
            let sealed = try take(next.symmetric.hasKey ? 48 : 32, from: &rest)
            next.remoteStatic = try ChannelKey(next.symmetric.decryptAndHash(sealed))
        case .ee, .es, .se, .ss, .psk: try mix(token, &next)
        }
    }

    /// In a handshake with a psk, each ephemeral key goes into the chaining key as well (Noise
    /// 9.2): otherwise two handshakes could seal their first payloads with one key.
    private func mixEphemeral(
        _ key: ChannelKey, _ next: inout Progress
    ) throws(NoiseError) -> [UInt8] {
        let bytes = key.bytes
        next.symmetric.mixHash(bytes)
        if !keys.psks.isEmpty { try next.symmetric.mixKey(bytes) }
        return bytes
    }

    private func mix(
        _ token: HandshakePattern.Token, _ next: inout Progress
    ) throws(NoiseError) {
        // In `es` and `se` the first letter is the initiator's key, the second the responder's.
        switch token {
        case .psk:
            try next.symmetric.mixKeyAndHash(keys.psks[next.pskCount])
            next.pskCount += 1
        case .ee: try agree(keys.ephemeral, next.remoteEphemeral, token, &next)
        case .ss: try agree(keys.own, next.remoteStatic, token, &next)
        case .es where isInitiator, .se where !isInitiator:
            try agree(keys.ephemeral, next.remoteStatic, token, &next)
        case .es, .se: try agree(keys.own, next.remoteEphemeral, token, &next)
        case .e, .s: break
        }
    }

    private func agree(
        _ own: AgreementKey?, _ other: ChannelKey?, _ token: HandshakePattern.Token,
        _ next: inout Progress
    ) throws(NoiseError) {
        guard let own, let other else { throw .missingKey(token) }
        try next.symmetric.mixKey(noise { () throws(KeyError) in try own.agree(with: other) })
    }

    private func take(
        _ count: Int, from rest: inout ArraySlice<UInt8>
    ) throws(NoiseError) -> [UInt8] {
        guard rest.count >= count else { throw .messageTooShort }
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }
}

// MARK: - The end

/// What a finished handshake leaves: one key for each direction, and who is on the other side.
package struct TransportState: ~Copyable {
    /// Seals what this side sends.
    package var send: CipherState
    /// Opens what the other side sent.
    package var receive: CipherState
    /// The hash of the whole handshake, the same on both sides.
    package let handshakeHash: [UInt8]
    /// The other side's static key, where the pattern shows it.
    package let remoteStatic: ChannelKey?
}

extension HandshakeState {
    /// Split(): ends the handshake; the initiator sends with the first key.
    ///
    /// After a one-way pattern the responder must not send.
    package consuming func split() throws(NoiseError) -> TransportState {
        guard let handshakeHash else { throw .notFinished }
        let (first, second) = try progress.symmetric.split()
        return TransportState(
            send: CipherState(key: isInitiator ? first : second),
            receive: CipherState(key: isInitiator ? second : first),
            handshakeHash: handshakeHash, remoteStatic: remoteStatic)
    }

    /// Whether `message` can be the first message of ``HandshakePattern/xxpsk0`` under `psk`.
    ///
    /// It costs a few hashes and one tag, and no key agreement, so a responder can try each of the
    /// team's last secrets before it keeps any state. Throws only for want of memory.
    package static func firstMessageVerifies(
        _ message: [UInt8], prologue: [UInt8], psk: SecretBytes
    ) throws(NoiseError) -> Bool {
        guard message.count == 48 else { return false }
        var state = try HandshakeState(
            initiator: false, prologue: prologue, staticKey: nil, ephemeral: nil, psks: [psk])
        do {
            return try state.readMessage(message).isEmpty
        } catch .notAuthentic {
            return false
        }
    }
}
