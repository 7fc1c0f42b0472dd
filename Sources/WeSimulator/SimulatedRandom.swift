import Synchronization
package import WeData
import WeKeys

/// Repeatable randomness (SplitMix64; Steele, Lea and Flood, 2014).
package struct SimulatedRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Starts one of many independent streams of a seed.
    package init(seed: UInt64, stream: UInt64 = 0) {
        state = seed
        state = next() ^ (stream &* 0xD6E8_FEB8_6659_FD93)
        state = next()
    }

    /// The next 64 bits.
    package mutating func next() -> UInt64 { SimulatedRandom.next(&state) }

    /// One step of SplitMix64.
    static func next(_ state: inout UInt64) -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// A number from 0 up to, not including, `bound`; 0 where there is none.
    package mutating func below(_ bound: Int) -> Int {
        guard bound > 1 else { return 0 }
        return Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// A number in a range.
    package mutating func within(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + below(range.count)
    }

    /// Whether something happens that does so `percent` times in a hundred.
    package mutating func chance(_ percent: Int) -> Bool { below(100) < percent }

    /// One of some; `nil` of none.
    package mutating func pick<Items: RandomAccessCollection>(_ items: Items) -> Items.Element? {
        guard !items.isEmpty else { return nil }
        return items[items.index(items.startIndex, offsetBy: below(items.count))]
    }

    /// Any bytes.
    package mutating func bytes(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        while bytes.count < count {
            var word = next()
            for _ in 0..<min(8, count - bytes.count) {
                bytes.append(UInt8(truncatingIfNeeded: word))
                word >>= 8
            }
        }
        return bytes
    }

    /// A secret that is kept no better than the rest of a simulation.
    mutating func secret() throws -> SecretBytes {
        try SecretBytes(copying: bytes(32), isGuarded: false)
    }

    /// Any 32 bytes.
    package mutating func bytes32() -> Bytes32 { Bytes32(bytes(32)) ?? .zero }
}

/// The same as a source that is shared, as one node's system randomness is.
package final class SimulatedSource: RandomSource {
    private let random: Mutex<SimulatedRandom>

    /// Starts from a stream.
    package init(_ random: SimulatedRandom) { self.random = Mutex(random) }

    /// The next bytes.
    package func bytes(_ count: Int) -> [UInt8] { random.withLock { $0.bytes(count) } }
}
