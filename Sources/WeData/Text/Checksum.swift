/// CRC-32C (RFC 3720, appendix B.4): finds what storage or transport broke, not what somebody
/// forged.
enum Checksum {
    /// Four tables of 256: what a byte does that has so many others after it.
    private static let tables: [UInt32] = {
        var tables = (0..<256).map { index in
            var value = UInt32(index)
            for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0x82f6_3b78 : value >> 1 }
            return value
        }
        for index in 256..<1_024 {
            let before = tables[index - 256]
            tables.append(before >> 8 ^ tables[Int(before & 0xff)])
        }
        return tables
    }()

    static func crc32c(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        let tables = tables
        var value: UInt32 = .max
        var index = bytes.startIndex
        while bytes.endIndex - index >= 4 {
            value ^= UInt32(bytes[index]) | UInt32(bytes[index + 1]) << 8
            value ^= UInt32(bytes[index + 2]) << 16 | UInt32(bytes[index + 3]) << 24
            value =
                tables[768 + Int(value & 0xff)] ^ tables[512 + Int(value >> 8 & 0xff)]
                ^ tables[256 + Int(value >> 16 & 0xff)] ^ tables[Int(value >> 24)]
            index += 4
        }
        for byte in bytes[index...] {
            value = value >> 8 ^ tables[Int(UInt8(truncatingIfNeeded: value) ^ byte)]
        }
        return ~value
    }
}
