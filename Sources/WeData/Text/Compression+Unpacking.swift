extension Compression {
    /// Gives back what was packed: exactly `count` bytes from all of a range.
    ///
    /// Memory grows with what has been read, never with what the input claims.
    static func unpack(
        _ bytes: [UInt8], in range: Range<Int>, count: Int
    ) throws(DecodingError) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(min(count, 64 + range.count * 8))
        var reader = PackedReader(bytes, from: range.lowerBound, to: range.upperBound)
        var tables = HuffmanTables()
        while output.count < count {
            let head = try reader.number()
            let size = head >> 1
            guard size > 0, size <= blockMax, size <= count - output.count else {
                throw reader.error(.outOfBounds)
            }
            if head & 1 == 0 {
                output.append(contentsOf: bytes[try reader.range(size)])
            } else {
                try unpackBlock(size, &reader, &tables, &output)
            }
        }
        guard reader.isAtEnd else { throw reader.error(.trailingBytes) }
        return output
    }

    private static func unpackBlock(
        _ size: Int, _ reader: inout PackedReader, _ tables: inout HuffmanTables,
        _ output: inout [UInt8]
    ) throws(DecodingError) {
        var bits = BitReader(reader.bytes, from: reader.offset)
        try tables.read(&bits)
        let start = output.count
        output.append(contentsOf: repeatElement(0, count: size))
        guard tables.decode(&bits, into: &output, start..<(start + size)) else {
            throw bits.error(.outOfBounds)
        }
        guard bits.byteOffset <= reader.end else { throw bits.error(.truncated) }
        reader.offset = bits.byteOffset
    }
}

/// The two codes of a block, as tables from the next twelve bits to symbol and length.
struct HuffmanTables {
    private static let none: UInt16 = .max
    private var literals = [UInt16](repeating: none, count: 1 << Compression.codeBitsMax)
    private var distances = [UInt16](repeating: none, count: 1 << Compression.codeBitsMax)

    mutating func read(_ bits: inout BitReader) throws(DecodingError) {
        try Self.fill(
            &literals,
            try Self.lengths(
                Compression.literalCount + Compression.lengthSymbols, &bits), bits)
        try Self.fill(&distances, try Self.lengths(Compression.distanceSymbols, &bits), bits)
    }

    private static func lengths(
        _ count: Int, _ bits: inout BitReader
    ) throws(DecodingError) -> [UInt8] {
        var lengths: [UInt8] = []
        while lengths.count < count {
            bits.refill()
            let length = bits.take(4)
            guard length <= Compression.codeBitsMax else { throw bits.error(.outOfBounds) }
            lengths.append(UInt8(truncatingIfNeeded: length))
            guard length == 0 else { continue }
            let more = bits.take(4)
            guard more <= count - lengths.count else { throw bits.error(.outOfBounds) }
            lengths.append(contentsOf: repeatElement(0, count: more))
        }
        return lengths
    }

    private static func fill(
        _ table: inout [UInt16], _ lengths: [UInt8], _ bits: BitReader
    ) throws(DecodingError) {
        let whole = 1 << Compression.codeBitsMax
        var used = 0
        for length in lengths where length > 0 { used += whole >> Int(length) }
        guard used <= whole else { throw bits.error(.outOfBounds) }
        if used < whole { for index in 0..<whole { table[index] = none } }
        let codes = HuffmanCode.codes(lengths)
        for symbol in lengths.indices where lengths[symbol] > 0 {
            let entry = UInt16(truncatingIfNeeded: symbol << 4) | UInt16(lengths[symbol])
            for index in stride(from: codes[symbol], to: whole, by: 1 << Int(lengths[symbol])) {
                table[index] = entry
            }
        }
    }

    /// Decodes symbols until a range of the output is full; `false` where they are no such code.
    ///
    /// The output is written through a pointer: `index` stays below `end`, which is checked to lie
    /// in it, and a copy begins at or after the output's start and ends at `end` at most.
    func decode(_ bits: inout BitReader, into output: inout [UInt8], _ range: Range<Int>) -> Bool {
        guard range.lowerBound >= 0, range.upperBound <= output.count else { return false }
        let end = range.upperBound
        return unsafe output.withUnsafeMutableBufferPointer { target in
            var index = range.lowerBound
            while index < end {
                if !bits.hasSymbol { bits.refill() }
                let symbol = Self.symbol(literals, &bits)
                if symbol < Compression.literalCount {
                    unsafe target[index] = UInt8(truncatingIfNeeded: symbol)
                    index += 1
                    continue
                }
                let lengthSymbol = symbol - Compression.literalCount
                guard lengthSymbol < Compression.lengthSymbols else { return false }
                let length = bits.number(lengthSymbol) + Compression.matchMin
                bits.refill()
                let distanceSymbol = Self.symbol(distances, &bits)
                guard distanceSymbol < Compression.distanceSymbols else { return false }
                let distance = bits.number(distanceSymbol) + 1
                guard distance <= index, length <= end - index else { return false }
                // Bytes that overlap their copy are repeated by it.
                for to in index..<(index + length) { unsafe target[to] = target[to - distance] }
                index += length
            }
            return true
        }
    }

    /// The next symbol; one past all where the bits are no code.
    @inline(__always)
    private static func symbol(_ table: [UInt16], _ bits: inout BitReader) -> Int {
        let entry = table[bits.peek(Compression.codeBitsMax)]
        bits.drop(Int(entry & 15))
        return Int(entry >> 4)
    }
}

/// Gives bits, the low ones of each byte first; past the end, zeros.
struct BitReader {
    private let bytes: [UInt8]
    private var offset: Int
    private var pending: UInt64 = 0
    private var pendingBits = 0

    init(_ bytes: [UInt8], from offset: Int) {
        self.bytes = bytes
        self.offset = offset
    }

    /// Makes at least 48 bits ready.
    @inline(__always)
    mutating func refill() {
        guard pendingBits < 48 else { return }
        if offset <= bytes.count - 8 {
            // The eight bytes were just checked to be there.
            let word = unsafe bytes.withUnsafeBytes {
                unsafe UInt64(
                    littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            }
            pending |= word << UInt64(pendingBits)
            let taken = (63 - pendingBits) / 8
            offset += taken
            pendingBits += taken * 8
            pending &= pendingBits == 64 ? .max : 1 << UInt64(pendingBits) - 1
            return
        }
        while pendingBits <= 48 {
            if offset < bytes.count { pending |= UInt64(bytes[offset]) << UInt64(pendingBits) }
            offset += 1
            pendingBits += 8
        }
    }

    /// Whether a literal or a length is surely there.
    var hasSymbol: Bool { pendingBits >= 32 }

    func peek(_ count: Int) -> Int { Int(truncatingIfNeeded: pending) & (1 << count - 1) }

    mutating func drop(_ count: Int) {
        pending >>= UInt64(count)
        pendingBits -= count
    }

    mutating func take(_ count: Int) -> Int {
        let value = peek(count)
        drop(count)
        return value
    }

    /// The number that a symbol and the bits after it stand for.
    mutating func number(_ symbol: Int) -> Int {
        let (value, extraBits) = Compression.base(ofSymbol: symbol)
        return value + take(extraBits)
    }

    /// The first byte of which nothing was taken.
    var byteOffset: Int { offset - pendingBits / 8 }

    func error(_ reason: DecodingError.Reason) -> DecodingError {
        DecodingError(reason, at: min(offset, bytes.count))
    }
}
