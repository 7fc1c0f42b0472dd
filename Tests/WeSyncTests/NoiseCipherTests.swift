import Testing
import WeKeys

@testable import WeSync

@Suite("Noise cipher")
struct NoiseCipherTests {
    private func key() throws -> SecretBytes { try SecretBytes(copying: (0..<32).map(UInt8.init)) }

    private func failure(_ body: () throws -> Void) -> NoiseError? {
        do {
            try body()
            return nil
        } catch {
            return error as? NoiseError
        }
    }

    @Test("without a key, bytes pass as they are and nothing is counted")
    func empty() throws {
        var state = CipherState()
        #expect(try state.encryptWithAD([], [1, 2]) == [1, 2])
        #expect(try state.decryptWithAD([9], [1, 2]) == [1, 2])
        let (count, hasKey) = (state.nonce, state.hasKey)
        #expect(count == 0 && !hasKey)
        var frame: [UInt8] = [1]
        #expect(failure { try state.encrypt(inPlace: &frame, from: 0) } == .notFinished)
        #expect(frame == [1])
    }

    @Test("a forged, replayed or reordered message leaves the state as it was")
    func forged() throws {
        var send = try CipherState(key: key())
        var receive = try CipherState(key: key())
        let first = try send.encryptWithAD([], [1])
        let second = try send.encryptWithAD([], [2])
        #expect(failure { _ = try receive.decryptWithAD([], second) } == .notAuthentic)
        for place in first.indices {
            var changed = first
            changed[place] ^= 1
            #expect(failure { _ = try receive.decryptWithAD([], changed) } == .notAuthentic)
        }
        #expect(failure { _ = try receive.decryptWithAD([1], first) } == .notAuthentic)
        #expect(failure { _ = try receive.decryptWithAD([], [1, 2]) } == .messageTooShort)
        var short: [UInt8] = [1, 2]
        #expect(failure { _ = try receive.decrypt(inPlace: &short, 0..<2) } == .messageTooShort)
        let before = receive.nonce
        #expect(before == 0)
        #expect(try receive.decryptWithAD([], first) == [1])
        #expect(failure { _ = try receive.decryptWithAD([], first) } == .notAuthentic)
        #expect(try receive.decryptWithAD([], second) == [2])
        let after = receive.nonce
        #expect(after == 2)
    }

    @Test("the last nonce is never used")
    func exhausted() throws {
        let last = UInt64.max - 1
        var send = try CipherState(key: key(), nonce: last)
        var receive = try CipherState(key: key(), nonce: last)
        let message = try send.encryptWithAD([], [1])
        #expect(try receive.decryptWithAD([], message) == [1])
        var frame: [UInt8] = [5]
        #expect(failure { _ = try send.encryptWithAD([], [1]) } == .nonceExhausted)
        #expect(failure { try send.encrypt(inPlace: &frame, from: 0) } == .nonceExhausted)
        #expect(failure { _ = try receive.decryptWithAD([], message) } == .nonceExhausted)
        #expect(
            failure { _ = try receive.decrypt(inPlace: &frame, 0..<1) } == .nonceExhausted)
        let counts = (send.nonce, receive.nonce)
        #expect(counts == (UInt64.max, UInt64.max))
        #expect(frame == [5])
    }

    /// The two values come from Python's ctypes over libsodium, not from this code.
    @Test("REKEY gives the key that the specification says, and the count goes on")
    func rekey() throws {
        var send = try CipherState(key: key())
        var receive = try CipherState(key: key())
        _ = try receive.decryptWithAD([], send.encryptWithAD([], []))
        try send.rekey()
        let message = try send.encryptWithAD([], Array("weonomy".utf8))
        #expect(try message == hex("4f1053ef1be23eeee57829470c690f61cc7b1543fa25e7"))
        #expect(failure { _ = try receive.decryptWithAD([], message) } == .notAuthentic)
        try receive.rekey()
        #expect(try receive.decryptWithAD([], message) == Array("weonomy".utf8))

        let next = try ChaCha20Poly1305.rekeyed(key(), nonce: Nonce96(counter: .max))
        #expect(
            try next.revealed
                == hex("50835543a205b22c9323f2022bc4f67d838f90e61d5ccf33c4513e01f85b5042"))
        var none = CipherState()
        try none.rekey()
        let hasKey = none.hasKey
        #expect(!hasKey)
    }

    @Test(
        "the paths for whole frames make the same bytes", arguments: [0, 1, 63, 64, 1000, 65519])
    func frames(count: Int) throws {
        let plain = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let secret = try key()
        var state = CipherState(key: secret)
        let expected = try state.encryptWithAD([], plain)

        var appending = CipherState(key: secret)
        var frame: [UInt8] = [1, 2]
        try appending.encrypt(plain.span, appendingTo: &frame)
        #expect(frame == [1, 2] + expected)

        var inPlace = CipherState(key: secret)
        var built = [1, 2] + plain
        try inPlace.encrypt(inPlace: &built, from: 2)
        #expect(built == [1, 2] + expected)

        var receive = CipherState(key: secret)
        var opened: [UInt8] = [3]
        try receive.decrypt(frame.span.extracting(2..<frame.count), appendingTo: &opened)
        #expect(opened == [3] + plain)

        var receiveInPlace = CipherState(key: secret)
        let range = try receiveInPlace.decrypt(inPlace: &built, 2..<built.count)
        #expect(range == 2..<(2 + count))
        #expect(Array(built[range]) == plain)
        let counts = [appending.nonce, inPlace.nonce, receive.nonce, receiveInPlace.nonce]
        #expect(counts == [1, 1, 1, 1])
    }

    @Test("a frame of one byte too many is neither made nor opened")
    func tooLong() throws {
        var state = try CipherState(key: key())
        let plain = [UInt8](repeating: 0, count: noiseMessageBytesMax - 15)
        #expect(failure { _ = try state.encryptWithAD([], plain) } == .messageTooLong)
        var frame = plain
        #expect(failure { try state.encrypt(inPlace: &frame, from: 0) } == .messageTooLong)
        #expect(frame.count == plain.count)
        var long = [UInt8](repeating: 0, count: noiseMessageBytesMax + 1)
        #expect(failure { _ = try state.decryptWithAD([], long) } == .messageTooLong)
        #expect(
            failure { _ = try state.decrypt(inPlace: &long, 0..<long.count) } == .messageTooLong)
        let count = state.nonce
        #expect(count == 0)
        #expect(try state.encryptWithAD([], Array(plain.dropLast())).count == 65535)
    }

    @Test("a range outside the buffer is refused and counts for nothing")
    func ranges() throws {
        var state = try CipherState(key: key())
        var frame = [UInt8](repeating: 0, count: 40)
        #expect(failure { _ = try state.decrypt(inPlace: &frame, 20..<41) } == .notAuthentic)
        #expect(failure { try state.encrypt(inPlace: &frame, from: 41) } != nil)
        #expect(failure { try state.encrypt(inPlace: &frame, from: -1) } != nil)
        let count = state.nonce
        #expect(count == 0)
    }
}
