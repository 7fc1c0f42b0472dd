import Testing
import WeData
import WeKeys

@Suite("Secrets and randomness")
struct SecretTests {
    @Test("a secret keeps what it was given")
    func copying() throws {
        let bytes: [UInt8] = [1, 2, 3, 4, 5]
        let secret = try SecretBytes(copying: bytes)
        #expect(secret.count == 5)
        #expect(secret.revealed == bytes)
        #expect(try SecretBytes(copying: []).revealed == [])
        let brief = try SecretBytes(copying: bytes, isGuarded: false)
        #expect(brief.revealed == bytes)
        #expect(try brief.part(1..<3, isGuarded: false).revealed == [2, 3])
    }

    @Test("a secret starts as zeros and is filled in place")
    func filling() throws {
        let secret = try SecretBytes(count: 4) { memory throws(KeyError) in
            #expect(memory.allSatisfy { $0 == 0 })
            memory[2] = 9
        }
        #expect(secret.revealed == [0, 0, 9, 0])
        #expect(throws: KeyError.notAuthentic) {
            try SecretBytes(count: 4) { _ throws(KeyError) in throw .notAuthentic }
        }
        #expect(throws: KeyError.wrongLength(expected: 0, got: -1)) {
            try SecretBytes(count: -1) { _ throws(KeyError) in }
        }
    }

    @Test("more memory than there is throws instead of stopping the process")
    func noMemory() throws {
        #expect(throws: KeyError.noLockedMemory) {
            try SecretBytes(count: Int.max) { _ throws(KeyError) in }
        }
        #expect(throws: KeyError.noLockedMemory) {
            try SecretBytes(count: 1 << 60) { _ throws(KeyError) in }
        }
    }

    @Test("parts and joins are copies of the right bytes")
    func parts() throws {
        let one = try SecretBytes(copying: [1, 2, 3])
        let joined = try SecretBytes(joining: [one, SecretBytes(copying: []), one])
        #expect(joined.revealed == [1, 2, 3, 1, 2, 3])
        #expect(try joined.part(2..<4).revealed == [3, 1])
        #expect(try joined.part(6..<6).count == 0)
        #expect(throws: KeyError.wrongLength(expected: 7, got: 6)) { try joined.part(2..<7) }
        #expect(throws: KeyError.self) { try joined.part(-1..<2) }
    }

    @Test("comparison sees content and length")
    func comparison() throws {
        let one = try SecretBytes(copying: [1, 2, 3])
        #expect(try ConstantTime.equal(one, SecretBytes(copying: [1, 2, 3])))
        #expect(try !ConstantTime.equal(one, SecretBytes(copying: [1, 2, 4])))
        #expect(try !ConstantTime.equal(one, SecretBytes(copying: [1, 2])))
        let (left, right): ([UInt8], [UInt8]) = ([1, 2], [1, 3])
        let same = ConstantTime.equal(left.span, left.span)
        let different = ConstantTime.equal(left.span, right.span)
        let nothing: [UInt8] = []
        let empty = ConstantTime.equal(nothing.span, nothing.span)
        #expect(same && !different && empty)
    }

    @Test("random bytes differ, in the number asked for")
    func random() throws {
        #expect(RandomBytes.bytes(0) == [])
        #expect(RandomBytes.bytes(33).count == 33)
        #expect(RandomBytes.bytes(16) != RandomBytes.bytes(16))
        #expect(SystemRandom().bytes(16) != SystemRandom().bytes(16))
        #expect(Bytes32.random() != Bytes32.random())
        #expect(try SecretBytes(randomCount: 32).revealed != SecretBytes(randomCount: 32).revealed)
        var bytes = [UInt8](repeating: 0, count: 64)
        RandomBytes.fill(&bytes)
        #expect(bytes.contains { $0 != 0 })
    }

    @Test("many secrets at once are more than may be locked, and still work")
    func many() throws {
        let secrets = try (0..<3000).map { try SecretBytes(copying: [UInt8($0 & 255)]) }
        #expect(secrets.enumerated().allSatisfy { $1.revealed == [UInt8($0 & 255)] })
    }

    @Test("a secret can't be compared in a way whose time tells where it differs")
    func notEquatable() {
        #expect(!((SecretBytes.self as Any) is any Equatable.Type))
    }
}
