import Testing
import WeData
import WeKeys

@testable import WeSync

@Suite("Noise vectors")
struct NoiseVectorTests {
    @Test(
        "every published handshake and its transport messages are ours, byte for byte",
        .enabled(if: NoiseVector.arePresent),
        arguments: [("cacophony", 36, 23), ("snow", 28, 23), ("flynn", 240, 0)])
    func replay(source: String, replayed: Int, skipped: Int) throws {
        var counts = (replayed: 0, skipped: 0)
        for vector in try NoiseVector.load(source) {
            let parts = vector.protocol_name.split(separator: "_")
            guard let pattern = HandshakePattern(name: String(parts[1])) else {
                // Only the deferred patterns, which have a 1 in their base name, are unknown.
                #expect(parts[1].prefix { $0 != "p" }.contains("1"))
                counts.skipped += 1
                continue
            }
            #expect(pattern.protocolName == vector.protocol_name)
            try replay(vector, pattern, source)
            counts.replayed += 1
        }
        #expect(counts == (replayed, skipped))
    }

    private func replay(
        _ vector: NoiseVector, _ pattern: HandshakePattern, _ source: String
    ) throws {
        let name = vector.protocol_name
        let ownOfInitiator = try agreementKey(vector.init_static)
        let ownOfResponder = try agreementKey(vector.resp_static)
        var initiator = try HandshakeState(
            pattern: pattern, initiator: true, prologue: hex(vector.init_prologue ?? ""),
            staticKey: ownOfInitiator, ephemeral: agreementKey(vector.init_ephemeral),
            remoteStatic: remote(vector.init_remote_static, ownOfResponder),
            psks: psks(vector.init_psks))
        var responder = try HandshakeState(
            pattern: pattern, initiator: false, prologue: hex(vector.resp_prologue ?? ""),
            staticKey: ownOfResponder, ephemeral: agreementKey(vector.resp_ephemeral),
            remoteStatic: remote(vector.resp_remote_static, ownOfInitiator),
            psks: psks(vector.resp_psks))

        for (index, message) in vector.messages.prefix(pattern.messages.count).enumerated() {
            let payload = try hex(message.payload)
            let fromInitiator = index.isMultiple(of: 2)
            let written =
                try fromInitiator
                ? initiator.writeMessage(payload) : responder.writeMessage(payload)
            #expect(try written == hex(message.ciphertext), "\(name) message \(index)")
            let read =
                try fromInitiator
                ? responder.readMessage(written) : initiator.readMessage(written)
            #expect(read == payload)
        }

        let hashes = (initiator.handshakeHash, responder.handshakeHash)
        #expect(hashes.0 != nil && hashes.0 == hashes.1)
        if let expected = vector.handshake_hash {
            #expect(try hashes.0 == hex(expected), "\(name)")
        }
        let seen = (initiator.remoteStatic, responder.remoteStatic)
        let tokens = pattern.messages.joined()
        if tokens.contains(.es) { #expect(seen.0 == ownOfResponder?.publicKey) }
        if tokens.contains(.se) || tokens.contains(.ss) {
            #expect(seen.1 == ownOfInitiator?.publicKey)
        }

        var one = try initiator.split()
        var two = try responder.split()
        for (index, message) in vector.messages.dropFirst(pattern.messages.count).enumerated() {
            // flynn begins with the initiator whatever came before; the others go on alternating.
            let turn = source == "flynn" ? index : pattern.messages.count + index
            let fromInitiator = pattern.isOneWay && source != "flynn" || turn.isMultiple(of: 2)
            let payload = try hex(message.payload)
            if fromInitiator {
                try transport(payload, message.ciphertext, &one.send, &two.receive)
            } else {
                try transport(payload, message.ciphertext, &two.send, &one.receive)
            }
        }
    }

    private func transport(
        _ payload: [UInt8], _ ciphertext: String, _ send: inout CipherState,
        _ receive: inout CipherState
    ) throws {
        let sealed = try send.encryptWithAD([], payload)
        #expect(try sealed == hex(ciphertext))
        let opened = try receive.decryptWithAD([], sealed)
        #expect(opened == payload)
    }

    private func remote(_ text: String?, _ other: AgreementKey?) throws -> ChannelKey? {
        guard let text else { return other?.publicKey }
        return try ChannelKey(hex(text))
    }

    private func psks(_ texts: [String]?) throws -> [SecretBytes] {
        try (texts ?? []).map { try SecretBytes(copying: hex($0)) }
    }
}

@Suite("Noise patterns")
struct NoisePatternTests {
    @Test("the product's pattern is the one its name reads as")
    func product() throws {
        let pattern = try #require(HandshakePattern(name: "XXpsk0"))
        #expect(pattern == .xxpsk0)
        #expect(pattern.protocolName == "Noise_XXpsk0_25519_ChaChaPoly_BLAKE2b")
        #expect(pattern.messages == [[.psk, .e], [.e, .ee, .s, .es], [.s, .se]])
        #expect(pattern.pskCount == 1 && !pattern.isOneWay)
    }

    @Test("modifiers go before the first message or after the one they number")
    func modifiers() throws {
        let pattern = try #require(HandshakePattern(name: "NNpsk0+psk1+psk2"))
        #expect(pattern.messages == [[.psk, .e, .psk], [.e, .ee, .psk]])
        #expect(try #require(HandshakePattern(name: "Npsk1")).isOneWay)
    }

    @Test(
        "a name that means nothing is refused",
        arguments: [
            "", "xx", "ZZ", "XX1", "X1X", "XXpsk", "XXpsk4", "Npsk2", "XXpsk0+", "XXpsk0+psk0",
            "XXpsk3+psk0", "XXfallback", "XX+psk0", "XXpsk0psk1", "XXpsk00",
        ])
    func refused(name: String) { #expect(HandshakePattern(name: name) == nil) }

    @Test("fifteen fundamental patterns are known, each once")
    func fundamental() {
        #expect(HandshakePattern.fundamental.count == 15)
        #expect(Set(HandshakePattern.fundamental.map(\.name)).count == 15)
    }
}
