/// The generator of all that a simulated disk leaves to chance: a seed gives the same numbers
/// everywhere.
package struct DiskRandom: RandomNumberGenerator {
    private var state: UInt64

    /// Begins at a seed.
    package init(seed: UInt64) { state = seed }

    /// The next 64 bits.
    package mutating func next() -> UInt64 { SimulatedRandom.next(&state) }

    /// A number below `count`, which must be positive.
    package mutating func below(_ count: Int) -> Int {
        Int(next() % UInt64(max(1, count)))
    }

    /// Yes in `part` of `whole` cases.
    package mutating func chance(_ part: Int, in whole: Int) -> Bool { below(whole) < part }
}
