/// Makes bytes smaller: repetitions become references, what is frequent becomes short.
///
/// A packed form is a sequence of blocks. A block begins with a number, twice how many bytes it
/// gives plus one where it is packed. A stored block then holds its bytes. A packed one holds the
/// code lengths of its two alphabets and then its symbols, from the low bit of each byte on:
/// literals and lengths in one alphabet, distances in the other. References may reach back into
/// earlier blocks.
enum Compression {
    static let blockMax = 1 << 17
    static let matchMin = 4
    static let matchMax = matchMin + 511
    static let distanceMax = 1 << 24
    static let literalCount = 256
    static let lengthSymbols = 18
    static let distanceSymbols = 48
    static let codeBitsMax = 12

    /// The symbol for a number: two for each power of two.
    static func symbol(_ value: Int) -> (symbol: Int, extraBits: Int) {
        guard value >= 4 else { return (value, 0) }
        let power = Int.bitWidth - 1 - value.leadingZeroBitCount
        return (2 * power + (value >> (power - 1) & 1), power - 1)
    }

    /// The least number of a symbol, and how many bits of the rest follow it.
    static func base(ofSymbol symbol: Int) -> (value: Int, extraBits: Int) {
        guard symbol >= 4 else { return (symbol, 0) }
        let power = symbol / 2
        return ((2 + symbol % 2) << (power - 1), power - 1)
    }

    /// Packs bytes; no block crosses one of the `seams`, which ascend.
    static func pack(_ bytes: [UInt8], seams: [Int] = []) -> [UInt8] {
        var packer = Packer(bytes)
        var start = 0
        for seam in seams + [bytes.count] {
            while start < seam {
                let end = min(seam, start + blockMax)
                packer.packBlock(start..<end)
                start = end
            }
        }
        return packer.output
    }
}

/// Finds repetitions by a hash of four bytes and a chain of earlier places with the same hash.
private struct Packer {
    private static let hashBits = 15
    private static let chainMax = 48
    /// A match of this length is taken without looking for a better one.
    private static let goodLength = 64

    private let bytes: [UInt8]
    private var heads = [Int32](repeating: -1, count: 1 << hashBits)
    private var chain: [Int32]
    private(set) var output: [UInt8] = []

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        chain = [Int32](repeating: -1, count: bytes.count)
        output.reserveCapacity(bytes.count / 2 + 64)
    }

    /// A literal, or a reference where the length isn't zero.
    private struct Token {
        let literal: UInt8
        let length: Int
        let distance: Int
    }

    mutating func packBlock(_ range: Range<Int>) {
        let tokens = tokens(in: range)
        var literals = [Int](
            repeating: 0, count: Compression.literalCount + Compression.lengthSymbols)
        var distances = [Int](repeating: 0, count: Compression.distanceSymbols)
        for token in tokens {
            if token.length == 0 {
                literals[Int(token.literal)] += 1
            } else {
                let length = Compression.symbol(token.length - Compression.matchMin).symbol
                literals[Compression.literalCount + length] += 1
                distances[Compression.symbol(token.distance - 1).symbol] += 1
            }
        }
        var bits = BitWriter()
        let literalCode = HuffmanCode(counts: literals)
        let distanceCode = HuffmanCode(counts: distances)
        literalCode.write(to: &bits)
        distanceCode.write(to: &bits)
        for token in tokens { write(token, literalCode, distanceCode, to: &bits) }
        let packed = bits.finish()
        if packed.count < range.count {
            PackedBytes.append(range.count << 1 | 1, to: &output)
            output.append(contentsOf: packed)
        } else {
            PackedBytes.append(range.count << 1, to: &output)
            output.append(contentsOf: bytes[range])
        }
    }

    private func write(
        _ token: Token, _ literals: HuffmanCode, _ distances: HuffmanCode,
        to bits: inout BitWriter
    ) {
        guard token.length > 0 else { return literals.write(Int(token.literal), to: &bits) }
        let lengthValue = token.length - Compression.matchMin
        let length = Compression.symbol(lengthValue)
        literals.write(Compression.literalCount + length.symbol, to: &bits)
        bits.write(lengthValue & (1 << length.extraBits - 1), bits: length.extraBits)
        let distance = Compression.symbol(token.distance - 1)
        distances.write(distance.symbol, to: &bits)
        bits.write((token.distance - 1) & (1 << distance.extraBits - 1), bits: distance.extraBits)
    }

    // MARK: - Repetitions

    private mutating func tokens(in range: Range<Int>) -> [Token] {
        var tokens: [Token] = []
        var index = range.lowerBound
        while index < range.upperBound {
            var (length, distance) = match(at: index, end: range.upperBound)
            enter(index)
            if length > 0, length < Self.goodLength, index + 1 < range.upperBound {
                let next = match(at: index + 1, end: range.upperBound)
                if next.length > length { (length, distance) = (0, 0) }
            }
            guard length > 0 else {
                tokens.append(Token(literal: bytes[index], length: 0, distance: 0))
                index += 1
                continue
            }
            tokens.append(Token(literal: 0, length: length, distance: distance))
            for later in (index + 1)..<(index + length) { enter(later) }
            index += length
        }
        return tokens
    }

    private func hash(_ index: Int) -> Int {
        let word =
            UInt32(bytes[index]) | UInt32(bytes[index + 1]) << 8 | UInt32(bytes[index + 2]) << 16
            | UInt32(bytes[index + 3]) << 24
        return Int((word &* 0x9e37_79b1) >> UInt32(32 - Self.hashBits))
    }

    private mutating func enter(_ index: Int) {
        guard index + Compression.matchMin <= bytes.count else { return }
        let hash = hash(index)
        chain[index] = heads[hash]
        heads[hash] = Int32(truncatingIfNeeded: index)
    }

    private func match(at index: Int, end: Int) -> (length: Int, distance: Int) {
        let lengthMax = min(end - index, Compression.matchMax)
        guard lengthMax >= Compression.matchMin, index + Compression.matchMin <= bytes.count else {
            return (0, 0)
        }
        var best = Compression.matchMin - 1
        var distance = 0
        var candidate = Int(heads[hash(index)])
        var tries = Self.chainMax
        while candidate >= 0, tries > 0, index - candidate <= Compression.distanceMax {
            if bytes[candidate + best] == bytes[index + best] {
                let length = common(candidate, index, lengthMax)
                if length > best, isWorth(length, index - candidate) {
                    (best, distance) = (length, index - candidate)
                    if length >= lengthMax || length >= Self.goodLength { break }
                }
            }
            candidate = Int(chain[candidate])
            tries -= 1
        }
        return distance > 0 ? (best, distance) : (0, 0)
    }

    /// A short repetition from far away takes more room than its letters.
    private func isWorth(_ length: Int, _ distance: Int) -> Bool {
        length > 5 || distance < (length == 4 ? 1 << 12 : 1 << 16)
    }

    private func common(_ left: Int, _ right: Int, _ lengthMax: Int) -> Int {
        var length = 0
        while length < lengthMax, bytes[left + length] == bytes[right + length] { length += 1 }
        return length
    }
}
