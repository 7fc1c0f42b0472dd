/// Numbers in as few bytes as they need: seven bits each, the low ones first, the high bit set in
/// all but the last.
enum PackedBytes {
    static func append(_ value: Int, to bytes: inout [UInt8]) {
        var left = UInt(bitPattern: value)
        while left >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: left) | 0x80)
            left >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: left))
    }

    /// A number that may be negative, its sign in the lowest bit.
    static func append(signed value: Int, to bytes: inout [UInt8]) {
        append(value << 1 ^ value >> (Int.bitWidth - 1), to: &bytes)
    }

    static func append(counted value: some Collection<UInt8>, to bytes: inout [UInt8]) {
        append(value.count, to: &bytes)
        bytes.append(contentsOf: value)
    }
}

/// A cursor over packed numbers and bytes; it refuses what the input does not hold.
struct PackedReader {
    let bytes: [UInt8]
    var offset: Int
    let end: Int

    init(_ bytes: [UInt8], from offset: Int = 0, to end: Int? = nil) {
        self.bytes = bytes
        self.offset = offset
        self.end = min(end ?? bytes.count, bytes.count)
    }

    var isAtEnd: Bool { offset >= end }
    var bytesLeft: Int { end - offset }

    func error(_ reason: DecodingError.Reason) -> DecodingError {
        DecodingError(reason, at: offset)
    }

    mutating func byte() throws(DecodingError) -> UInt8 {
        guard offset < end else { throw error(.truncated) }
        defer { offset += 1 }
        return bytes[offset]
    }

    /// A number of at most 62 bits.
    mutating func number(max: Int = 1 << 62) throws(DecodingError) -> Int {
        let start = offset
        var value = 0
        var shift = 0
        while true {
            guard offset < end else { throw error(.truncated) }
            let byte = bytes[offset]
            offset += 1
            guard shift < 63 else { throw DecodingError(.outOfBounds, at: start) }
            value |= Int(byte & 0x7f) << shift
            shift += 7
            guard byte & 0x80 != 0 else {
                guard byte != 0 || shift == 7 else { throw DecodingError(.notShortest, at: start) }
                break
            }
        }
        guard value >= 0, value <= max else { throw DecodingError(.outOfBounds, at: start) }
        return value
    }

    /// A number that may be negative, of at most 61 bits and a sign.
    mutating func signed() throws(DecodingError) -> Int {
        let value = try number()
        return value >> 1 ^ -(value & 1)
    }

    /// A count of things of which each takes a byte or more.
    mutating func count() throws(DecodingError) -> Int {
        let value = try number()
        guard value <= bytesLeft else { throw error(.truncated) }
        return value
    }

    /// Passes over bytes and says where they are.
    mutating func range(_ count: Int) throws(DecodingError) -> Range<Int> {
        guard count >= 0, count <= bytesLeft else { throw error(.truncated) }
        let range = offset..<(offset + count)
        offset += count
        return range
    }
}
