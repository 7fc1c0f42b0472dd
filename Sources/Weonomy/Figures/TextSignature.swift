import WeData

/// What is kept of a text to tell, by it alone, how much of it another text has: MinHash.
///
/// Thirty-two bins of 8 bits, each of the least hash among the word 3-shingles that fell into it.
/// The part of them that two texts have in common is the Jaccard resemblance of their shingles
/// (Broder 1997), give or take 0.08 for texts of some length; that so few bits of a hash are kept
/// adds less than 0.004 to it (Li and König, "b-bit minwise hashing", WWW 2010). Every shingle is
/// hashed once and empty bins borrow from others (Shrivastava, "Optimal densification for fast and
/// accurate minwise hashing", ICML 2017). Of a text under eight words only an equal one is near.
package struct TextSignature: Hashable, Sendable {
    /// The bins that must be equal for two texts to be nearly the same: 0.8 of all, rounded up.
    static let equalMin = 26
    static let binCount = 32
    /// Four bins each: of eight, two at least are equal where no more than six bins differ.
    static let bandCount = 8
    private static let wordsMin = 8

    /// Eight bands of four bins, a byte each.
    private let bins: Bytes32

    /// Of a text with its title.
    package init(title: String, body: String) {
        var builder = Builder()
        FoldedWords.forEach(in: title) { word, _ in builder.add(word) }
        FoldedWords.forEach(in: body) { word, _ in builder.add(word) }
        let all = builder.count < TextSignature.wordsMin ? builder.exact : builder.filled
        bins = Bytes32(all.map { UInt8($0.mixed & 0xFF) }) ?? .zero
    }

    /// Reads the stored form; `nil` for anything else.
    init?(_ bytes: ArraySlice<UInt8>) {
        guard let bins = Bytes32(bytes) else { return nil }
        self.bins = bins
    }

    /// What is stored.
    var bytes: [UInt8] { bins.bytes }

    /// The four bins of a band.
    func band(_ number: Int) -> UInt32 {
        let word =
            switch number / 2 {
            case 0: bins.word0
            case 1: bins.word1
            case 2: bins.word2
            default: bins.word3
            }
        return UInt32(truncatingIfNeeded: number.isMultiple(of: 2) ? word >> 32 : word)
    }

    /// What one of must be the same for two texts to be nearly the same: seven bands, since six
    /// bins that differ spoil no more than six.
    var keys: [UInt32] {
        (1..<TextSignature.bandCount).map { number in
            UInt32(truncatingIfNeeded: (UInt64(number) << 32 | UInt64(band(number))).mixed)
        }
    }

    /// How many bins are the same, of ``binCount``.
    func equalCount(_ other: TextSignature) -> Int {
        func differing(_ one: UInt64, _ other: UInt64) -> Int {
            // The top bit of each bin is set where anything in it differs.
            let bits = one ^ other
            let low: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
            return ((bits & low &+ low | bits) & ~low).nonzeroBitCount
        }
        let differing =
            differing(bins.word0, other.bins.word0) + differing(bins.word1, other.bins.word1)
            + differing(bins.word2, other.bins.word2) + differing(bins.word3, other.bins.word3)
        return TextSignature.binCount - differing
    }

    /// Whether both texts are nearly the same.
    package func isNear(_ other: TextSignature) -> Bool {
        equalCount(other) >= TextSignature.equalMin
    }

    private struct Builder {
        private var least = [UInt64](repeating: .max, count: TextSignature.binCount)
        private var last: (UInt64, UInt64) = (0, 0)
        private var all: UInt64 = 0
        private(set) var count = 0

        mutating func add(_ word: UInt64) {
            count += 1
            all = (all &+ word).mixed
            if count >= 3 {
                let shingle = ((last.0.mixed &+ last.1).mixed &+ word).mixed
                let bin = Int(shingle % UInt64(TextSignature.binCount))
                least[bin] = min(least[bin], shingle / UInt64(TextSignature.binCount))
            }
            last = (last.1, word)
        }

        /// Nothing but the same words in the same order has these.
        var exact: [UInt64] {
            (0..<UInt64(TextSignature.binCount)).map { (all &+ $0).mixed }
        }

        /// The bins, where an empty one has what another has that its number leads to.
        var filled: [UInt64] {
            least.indices.map { bin in
                var source = bin
                var step = UInt64(bin)
                while least[source] == .max {
                    step = (step &+ 0x9E37_79B9_7F4A_7C15).mixed
                    source = Int(step % UInt64(TextSignature.binCount))
                }
                return least[source]
            }
        }
    }
}

extension [UInt32] {
    /// Reads numbers of four bytes each; what is left over is left out.
    init(bigEndian bytes: ArraySlice<UInt8>) {
        self = unsafe bytes.withUnsafeBytes { buffer in
            (0..<(buffer.count / 4)).map { place in
                unsafe buffer.loadUnaligned(fromByteOffset: place * 4, as: UInt32.self).bigEndian
            }
        }
    }

    var bigEndianBytes: [UInt8] { flatMap(\.bigEndianBytes) }
}
