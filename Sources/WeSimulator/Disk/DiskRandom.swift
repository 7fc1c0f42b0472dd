/// The generator of all that a simulated disk leaves to chance: a seed gives the same numbers
/// everywhere (SplitMix64; Steele, Lea and Flood, 2014).
package struct DiskRandom: RandomNumberGenerator {
    private var state: UInt64

    /// Begins at a seed.
    package init(seed: UInt64) { state = seed }

    /// The next 64 bits.
    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// A number below `count`, which must be positive.
    package mutating func below(_ count: Int) -> Int {
        Int(next() % UInt64(max(1, count)))
    }

    /// Yes in `part` of `whole` cases.
    package mutating func chance(_ part: Int, in whole: Int) -> Bool { below(whole) < part }
}
