/// A canonical prefix code: symbols by rising length, those of one length by number.
struct HuffmanCode {
    /// The bits of each symbol; 0 for those that never come.
    private let lengths: [UInt8]
    /// Each symbol's code, its first bit lowest.
    private let codes: [Int]

    /// A code for symbols that come so often.
    init(counts: [Int]) {
        lengths = Self.lengths(counts)
        codes = Self.codes(lengths)
    }

    func write(_ symbol: Int, to bits: inout BitWriter) {
        bits.write(codes[symbol], bits: Int(lengths[symbol]))
    }

    /// Writes the lengths: four bits each, a zero followed by four bits of how many more follow.
    func write(to bits: inout BitWriter) {
        var index = 0
        while index < lengths.count {
            bits.write(Int(lengths[index]), bits: 4)
            index += 1
            guard lengths[index - 1] == 0 else { continue }
            var more = 0
            while more < 15, index < lengths.count, lengths[index] == 0 {
                more += 1
                index += 1
            }
            bits.write(more, bits: 4)
        }
    }

    /// The codes of lengths that leave no two symbols in each other's way.
    static func codes(_ lengths: [UInt8]) -> [Int] {
        var codes = [Int](repeating: 0, count: lengths.count)
        var code = 0
        for length in 1...Compression.codeBitsMax {
            for symbol in lengths.indices where lengths[symbol] == length {
                var reversed = 0
                for bit in 0..<length where code >> bit & 1 == 1 {
                    reversed |= 1 << (length - 1 - bit)
                }
                codes[symbol] = reversed
                code += 1
            }
            code <<= 1
        }
        return codes
    }

    // MARK: - Lengths

    private static func lengths(_ counts: [Int]) -> [UInt8] {
        var lengths = [UInt8](repeating: 0, count: counts.count)
        let symbols = counts.indices.filter { counts[$0] > 0 }.sorted {
            (counts[$0], $0) < (counts[$1], $1)
        }
        guard symbols.count > 1 else {
            for symbol in symbols { lengths[symbol] = 1 }
            return lengths
        }
        let depths = depths(symbols.map { counts[$0] })
        for (place, symbol) in symbols.enumerated() {
            lengths[symbol] = UInt8(truncatingIfNeeded: min(depths[place], Compression.codeBitsMax))
        }
        limit(&lengths, symbols)
        return lengths
    }

    /// The depth of each leaf of the best tree over ascending weights, by two queues.
    private static func depths(_ weights: [Int]) -> [Int] {
        var parents = [Int](repeating: 0, count: 2 * weights.count - 1)
        var sums = weights
        var leaf = 0
        var node = weights.count
        for _ in 1..<weights.count {
            var sum = 0
            for _ in 0..<2 {
                let takesLeaf =
                    leaf < weights.count && (node == sums.count || sums[leaf] <= sums[node])
                let taken = takesLeaf ? leaf : node
                if takesLeaf { leaf += 1 } else { node += 1 }
                sum += sums[taken]
                parents[taken] = sums.count
            }
            sums.append(sum)
        }
        var depths = [Int](repeating: 0, count: sums.count)
        for index in (0..<(sums.count - 1)).reversed() {
            depths[index] = depths[parents[index]] + 1
        }
        return Array(depths.prefix(weights.count))
    }

    /// Lengthens codes until cut ones leave room for all, the rarest first.
    private static func limit(_ lengths: inout [UInt8], _ symbols: [Int]) {
        let whole = 1 << Compression.codeBitsMax
        var used = symbols.reduce(0) { $0 + whole >> Int(lengths[$1]) }
        while used > whole {
            guard
                let symbol = symbols.filter({ lengths[$0] < Compression.codeBitsMax })
                    .max(by: { lengths[$0] < lengths[$1] })
            else { return }
            used -= whole >> Int(lengths[symbol] + 1)
            lengths[symbol] += 1
        }
    }
}

/// Collects bits, the low ones first.
struct BitWriter {
    private var bytes: [UInt8] = []
    private var pending: UInt64 = 0
    private var pendingBits = 0

    mutating func write(_ value: Int, bits: Int) {
        pending |= UInt64(truncatingIfNeeded: value) << UInt64(pendingBits)
        pendingBits += bits
        while pendingBits >= 8 {
            bytes.append(UInt8(truncatingIfNeeded: pending))
            pending >>= 8
            pendingBits -= 8
        }
    }

    mutating func finish() -> [UInt8] {
        if pendingBits > 0 { bytes.append(UInt8(truncatingIfNeeded: pending)) }
        return bytes
    }
}
