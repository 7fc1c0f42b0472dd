package import WeData
import WeSodium

/// A source of unpredictable bytes, so that tests can put a repeatable one in its place.
package protocol RandomSource: Sendable {
    /// Returns `count` bytes.
    func bytes(_ count: Int) -> [UInt8]
}

/// The system's own randomness.
package struct SystemRandom: RandomSource {
    package init() {}

    package func bytes(_ count: Int) -> [UInt8] { RandomBytes.bytes(count) }
}

/// Unpredictable bytes from the system, for salts, nonces and identifiers; a key is made with
/// ``SecretBytes`` instead.
package enum RandomBytes {
    /// Returns `count` bytes.
    package static func bytes(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: max(count, 0))
        fill(&bytes)
        return bytes
    }

    /// Overwrites all of `bytes`.
    package static func fill(_ bytes: inout [UInt8]) {
        _ = Sodium.ready
        unsafe bytes.withUnsafeMutableBytes { buffer in
            if let start = buffer.baseAddress { unsafe randombytes_buf(start, buffer.count) }
        }
    }

    /// Returns a random machine word.
    package static func word() -> UInt64 {
        _ = Sodium.ready
        return UInt64(randombytes_random()) << 32 | UInt64(randombytes_random())
    }
}

extension Bytes32 {
    /// Returns 32 unpredictable bytes.
    package static func random() -> Bytes32 {
        Bytes32(
            word0: RandomBytes.word(), word1: RandomBytes.word(),
            word2: RandomBytes.word(), word3: RandomBytes.word())
    }
}
