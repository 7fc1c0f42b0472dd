import Testing
import WeData
import WeKeys

@testable import WeSync

/// Two sides of the product's handshake, with keys that are the same in every run.
private struct Pair: ~Copyable {
    static let prologue: [UInt8] = Array("weonomy/1".utf8)
    static let sizes = [48, 96, 64]

    let ownOfInitiator: AgreementKey
    let ownOfResponder: AgreementKey
    var initiator: HandshakeState
    var responder: HandshakeState

    init(psk: UInt8 = 1, otherPSK: UInt8? = nil, prologue: [UInt8] = Pair.prologue) throws {
        let (one, two) = (try key(2), try key(3))
        // Noncopyable properties must not be left half made by a throw.
        let first = try HandshakeState(
            initiator: true, prologue: Pair.prologue, staticKey: one, ephemeral: key(4),
            psks: [secret(psk)])
        let second = try HandshakeState(
            initiator: false, prologue: prologue, staticKey: two, ephemeral: key(5),
            psks: [secret(otherPSK ?? psk)])
        (ownOfInitiator, ownOfResponder) = (one, two)
        initiator = first
        responder = second
    }

    mutating func write(_ index: Int, _ payload: [UInt8] = []) throws -> [UInt8] {
        index == 1 ? try responder.writeMessage(payload) : try initiator.writeMessage(payload)
    }

    mutating func read(_ index: Int, _ message: [UInt8]) throws -> [UInt8] {
        index == 1 ? try initiator.readMessage(message) : try responder.readMessage(message)
    }
}

private func secret(_ byte: UInt8) throws -> SecretBytes {
    try SecretBytes(copying: [UInt8](repeating: byte, count: 32))
}

private func key(_ byte: UInt8) throws -> AgreementKey { try AgreementKey(secret: secret(byte)) }

/// The error that `body` throws, for bodies that change a noncopyable value.
private func failure(_ body: () throws -> Void) -> NoiseError? {
    do {
        try body()
        return nil
    } catch {
        return error as? NoiseError
    }
}

@Suite("Noise handshake")
struct NoiseHandshakeTests {
    @Test("three messages of 48, 96 and 64 bytes make a channel both ways")
    func complete() throws {
        var pair = try Pair()
        for index in 0..<3 {
            let finished = (pair.initiator.isFinished, pair.responder.isFinished)
            #expect(finished == (false, false))
            let hash = pair.initiator.handshakeHash
            #expect(hash == nil)
            let turns = (pair.initiator.isOurTurn, pair.responder.isOurTurn)
            #expect(turns == (index != 1, index == 1))
            let message = try pair.write(index)
            #expect(message.count == Pair.sizes[index])
            #expect(try pair.read(index, message) == [])
        }
        let finished = (pair.initiator.isFinished, pair.responder.isFinished)
        #expect(finished == (true, true))
        let (first, second) = (pair.ownOfInitiator.publicKey, pair.ownOfResponder.publicKey)
        var one = try pair.initiator.split()
        var two = try pair.responder.split()
        let seen = (one.remoteStatic, two.remoteStatic)
        #expect(seen == (second, first))
        let hashes = (one.handshakeHash, two.handshakeHash)
        #expect(hashes.0 == hashes.1 && hashes.0.count == 64)
        for _ in 0..<3 {
            let there = try one.send.encryptWithAD([], [1, 2, 3])
            #expect(try two.receive.decryptWithAD([], there) == [1, 2, 3])
            let back = try two.send.encryptWithAD([], [4])
            #expect(try one.receive.decryptWithAD([], back) == [4])
            #expect(there != back)
        }
    }

    @Test("a bad message throws and the right one still goes through", arguments: 0..<3)
    func tampered(stage: Int) throws {
        var pair = try Pair()
        for index in 0..<stage { _ = try pair.read(index, pair.write(index)) }
        let message = try pair.write(stage, [7, 7])
        for place in message.indices {
            var changed = message
            changed[place] ^= 0x80
            // The top bit of an X25519 key is ignored, but not by the hash of the handshake.
            let error = failure { _ = try pair.read(stage, changed) }
            #expect(error == .notAuthentic, "byte \(place)")
        }
        for count in message.indices {
            let error = failure { _ = try pair.read(stage, Array(message.prefix(count))) }
            #expect(error == .notAuthentic || error == .messageTooShort, "\(count) bytes")
        }
        let longer = failure { _ = try pair.read(stage, message + [0]) }
        #expect(longer == .notAuthentic)
        #expect(try pair.read(stage, message) == [7, 7])
        for index in (stage + 1)..<max(3, stage + 1) {
            #expect(try pair.read(index, pair.write(index)) == [])
        }
        let hashes = (pair.initiator.handshakeHash, pair.responder.handshakeHash)
        #expect(hashes.0 != nil && hashes.0 == hashes.1)
    }

    @Test("a key that was not proven is not shown as the other side's")
    func unproven() throws {
        var pair = try Pair()
        _ = try pair.read(0, pair.write(0))
        var message = try pair.write(1)
        message[message.count - 1] ^= 1
        _ = failure { _ = try pair.read(1, message) }
        let seen = pair.initiator.remoteStatic
        #expect(seen == nil)
    }

    @Test("another psk, prologue or pattern fails with the first message")
    func strangers() throws {
        var wrongPSK = try Pair(psk: 1, otherPSK: 9)
        let first = try wrongPSK.write(0)
        #expect(failure { _ = try wrongPSK.read(0, first) } == .notAuthentic)
        var wrongPrologue = try Pair(prologue: Pair.prologue + [0])
        let second = try wrongPrologue.write(0)
        #expect(failure { _ = try wrongPrologue.read(0, second) } == .notAuthentic)
    }

    @Test("a key of low order is refused and changes nothing")
    func lowOrder() throws {
        var responder = try HandshakeState(
            pattern: #require(HandshakePattern(name: "NN")), initiator: false, prologue: [],
            staticKey: nil, ephemeral: key(5))
        var initiator = try HandshakeState(
            pattern: #require(HandshakePattern(name: "NN")), initiator: true, prologue: [],
            staticKey: nil, ephemeral: key(4))
        let first = try initiator.writeMessage([])
        let zeros = [UInt8](repeating: 0, count: 32)
        let error = failure { _ = try initiator.readMessage(zeros + zeros) }
        #expect(error == .lowOrderKey)
        _ = try responder.readMessage(first)
        let second = try responder.writeMessage([1])
        #expect(try initiator.readMessage(second) == [1])
    }

    @Test("messages out of turn, after the end, or before it, are refused")
    func turns() throws {
        var pair = try Pair()
        #expect(failure { _ = try pair.responder.writeMessage([]) } == .outOfTurn)
        #expect(failure { _ = try pair.initiator.readMessage([]) } == .outOfTurn)
        let first = try pair.write(0)
        #expect(failure { _ = try pair.initiator.writeMessage([]) } == .outOfTurn)
        _ = try pair.read(0, first)
        for index in 1..<3 { _ = try pair.read(index, pair.write(index)) }
        #expect(failure { _ = try pair.initiator.writeMessage([]) } == .outOfTurn)
        #expect(failure { _ = try pair.responder.readMessage([]) } == .outOfTurn)
        let early = failure {
            let pair = try Pair()
            _ = try pair.initiator.split()
        }
        #expect(early == .notFinished)
    }

    @Test("a message of 65535 bytes passes and one more is refused by both sides")
    func sizes() throws {
        var pair = try Pair()
        let most = [UInt8](repeating: 1, count: noiseMessageBytesMax - 48)
        #expect(failure { _ = try pair.write(0, most + [1]) } == .messageTooLong)
        let tooLong = [UInt8](repeating: 0, count: noiseMessageBytesMax + 1)
        #expect(failure { _ = try pair.read(0, tooLong) } == .messageTooLong)
        let message = try pair.write(0, most)
        #expect(message.count == noiseMessageBytesMax)
        #expect(try pair.read(0, message) == most)
    }

    @Test("a handshake does not begin without the keys its pattern needs")
    func missingKeys() throws {
        func begin(
            _ name: String, initiator: Bool = true, own: AgreementKey? = nil,
            remote: ChannelKey? = nil, psks: [SecretBytes] = []
        ) -> NoiseError? {
            failure {
                _ = try HandshakeState(
                    pattern: #require(HandshakePattern(name: name)), initiator: initiator,
                    prologue: [], staticKey: own, ephemeral: key(4), remoteStatic: remote,
                    psks: psks)
            }
        }
        #expect(begin("NK") == .missingKey(.s))
        #expect(begin("NK", remote: try key(3).publicKey) == nil)
        #expect(begin("KN", initiator: false) == .missingKey(.s))
        #expect(begin("KN") == .missingKey(.s))
        #expect(begin("XXpsk0") == .wrongPSKs)
        #expect(begin("XX", psks: [try secret(1)]) == .wrongPSKs)
        #expect(begin("XXpsk0", psks: [try SecretBytes(randomCount: 31)]) == .wrongPSKs)
        var withoutEphemeral = try HandshakeState(
            initiator: true, prologue: [], staticKey: key(2), ephemeral: nil, psks: [secret(1)])
        #expect(failure { _ = try withoutEphemeral.writeMessage([]) } == .missingKey(.e))
        var withoutStatic = try HandshakeState(
            pattern: #require(HandshakePattern(name: "IN")), initiator: true, prologue: [],
            staticKey: nil, ephemeral: key(4))
        #expect(failure { _ = try withoutStatic.writeMessage([]) } == .missingKey(.s))
    }

    @Test("a first message tells which psk it was made with, without a key agreement")
    func choosePSK() throws {
        var pair = try Pair(psk: 1)
        let message = try pair.write(0)
        func verifies(_ message: [UInt8], _ prologue: [UInt8], _ psk: UInt8) throws -> Bool {
            try HandshakeState.firstMessageVerifies(
                message, prologue: prologue, psk: secret(psk))
        }
        #expect(try verifies(message, Pair.prologue, 1))
        #expect(try !verifies(message, Pair.prologue, 2))
        #expect(try !verifies(message, [], 1))
        #expect(try !verifies(Array(message.dropLast()), Pair.prologue, 1))
        #expect(try !verifies(message + [0], Pair.prologue, 1))
        #expect(try !verifies([], Pair.prologue, 1))
        var withPayload = try Pair(psk: 1)
        #expect(try !verifies(withPayload.write(0, [1]), Pair.prologue, 1))
    }
}
