/// Appends canonical CBOR (Protocol.md, "Encoding"): shortest heads, definite lengths.
///
/// It cannot check what only the caller knows: that a container gets as many items as its head
/// says and that map keys ascend. ``Value`` does both.
public struct Writer: Sendable {
    /// What has been written.
    public private(set) var bytes: [UInt8] = []

    /// Starts empty.
    public init(capacity: Int = 0) {
        bytes.reserveCapacity(capacity)
    }

    /// Appends an integer.
    public mutating func int(_ value: Int64) {
        if value >= 0 {
            head(0, UInt64(value))
        } else {
            head(1, UInt64(bitPattern: ~value))
        }
    }

    /// Appends an integer.
    public mutating func int(_ value: Int) {
        int(Int64(value))
    }

    /// Appends a byte string.
    public mutating func bytes(_ value: [UInt8]) {
        head(2, UInt64(value.count))
        bytes.append(contentsOf: value)
    }

    /// Appends a byte string of 32 bytes.
    public mutating func bytes(_ value: Bytes32) {
        head(2, 32)
        unsafe value.withBytes { buffer in unsafe bytes.append(contentsOf: buffer) }
    }

    /// Appends an identifier as its 32 bytes.
    public mutating func id(_ value: some Identifier) {
        bytes(value.value)
    }

    /// Appends text, its UTF-8 as it is.
    public mutating func text(_ value: String) {
        head(3, UInt64(value.utf8.count))
        bytes.append(contentsOf: value.utf8)
    }

    /// Begins an array of `count` items.
    public mutating func array(_ count: Int) {
        head(4, UInt64(count))
    }

    /// Begins a map of `count` pairs, whose keys the caller writes in ascending order.
    public mutating func map(_ count: Int) {
        head(5, UInt64(count))
    }

    /// Appends `true` or `false`.
    public mutating func bool(_ value: Bool) {
        bytes.append(value ? 0xf5 : 0xf4)
    }

    /// Appends `null`.
    public mutating func null() {
        bytes.append(0xf6)
    }

    /// Gives up what has been written and starts anew.
    public mutating func take() -> [UInt8] {
        var taken: [UInt8] = []
        swap(&taken, &bytes)
        return taken
    }

    private mutating func head(_ major: UInt8, _ value: UInt64) {
        let type = major << 5
        switch value {
        case 0..<24:
            bytes.append(type | UInt8(truncatingIfNeeded: value))
        case 24..<0x100:
            bytes.append(type | 24)
            bytes.append(UInt8(truncatingIfNeeded: value))
        case 0x100..<0x1_0000:
            bytes.append(type | 25)
            append(value, byteCount: 2)
        case 0x1_0000..<0x1_0000_0000:
            bytes.append(type | 26)
            append(value, byteCount: 4)
        default:
            bytes.append(type | 27)
            append(value, byteCount: 8)
        }
    }

    private mutating func append(_ value: UInt64, byteCount: Int) {
        for index in (0..<byteCount).reversed() {
            bytes.append(UInt8(truncatingIfNeeded: value >> (8 * UInt64(index))))
        }
    }
}

extension FixedWidthInteger {
    /// All its bytes, the most significant first.
    package var bigEndianBytes: [UInt8] {
        unsafe withUnsafeBytes(of: bigEndian) { unsafe [UInt8]($0) }
    }
}

extension UInt64 {
    /// The number that bytes make, the most significant first; of more than eight the last count.
    @inlinable
    package init(bigEndianBytes bytes: some Sequence<UInt8>) {
        self = 0
        for byte in bytes { self = self << 8 | UInt64(byte) }
    }
}
