import Testing
import WeData

@testable import WeKeys

@Suite("Rehearsal")
struct RehearsalTests {
    private func hash(_ signature: Signature, _ message: [UInt8], _ key: DeviceKey) -> Bytes32 {
        unsafe message.withUnsafeBytes { unsafe Rehearsal.hash(signature, $0, key) }
    }

    @Test("a signature is known by its key, itself and every byte that was signed")
    func hashes() throws {
        let (key, other) = (try SigningKey.generate(), try SigningKey.generate())
        let message: [UInt8] = [1, 2, 3]
        let signature = key.signRaw(message)
        let known = hash(signature, message, key.publicKey)
        #expect(hash(signature, message, key.publicKey) == known)
        #expect(hash(signature, message, other.publicKey) != known)
        #expect(hash(other.signRaw(message), message, key.publicKey) != known)
        #expect(hash(signature, [1, 2, 4], key.publicKey) != known)
        #expect(hash(signature, [1, 2], key.publicKey) != known)
    }

    @Test("what was seen last is remembered, and no more than twice the limit")
    func memory() {
        var memory = Rehearsal.Memory()
        let countMax = Rehearsal.Memory.countMax
        let hashes = (0..<(3 * countMax)).compactMap { number in
            Bytes32((0..<32).map { UInt8(truncatingIfNeeded: $0 < 8 ? number >> (8 * $0) : 0) })
        }
        for hash in hashes { memory.insert(hash) }
        let known = hashes.map { memory.contains($0) }
        #expect(known.suffix(countMax).allSatisfy { $0 })
        #expect(known.count { $0 } <= 2 * countMax)
    }

    @Test("outside of a rehearsal keys have guard pages, and everything is verified")
    func off() throws {
        #expect(Rehearsal.hasGuardPages)
        let key = try SigningKey.generate()
        let signature = key.signRaw([1])
        let isValid = unsafe [UInt8]([1]).withUnsafeBytes {
            unsafe Rehearsal.isValid(signature, of: $0, by: key.publicKey) { false }
        }
        #expect(!isValid)
    }
}
