/// An input read as decisions: every sequence of bytes means something, and the end means zeros.
package struct Input {
    private let bytes: [UInt8]
    package private(set) var offset = 0

    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    package var isAtEnd: Bool { offset >= bytes.count }

    package mutating func byte() -> Int {
        guard offset < bytes.count else { return 0 }
        defer { offset += 1 }
        return Int(bytes[offset])
    }

    package mutating func below(_ bound: Int) -> Int { bound > 0 ? byte() % bound : 0 }

    package mutating func bool() -> Bool { byte() & 1 == 1 }

    package mutating func word() -> Int { byte() << 8 | byte() }

    /// Some bytes behind their count.
    package mutating func chunk() -> [UInt8] {
        let count = word()
        let end = min(bytes.count, offset + count)
        defer { offset = max(offset, end) }
        return offset < end ? Array(bytes[offset..<end]) : []
    }

    package mutating func rest() -> [UInt8] {
        defer { offset = bytes.count }
        return offset < bytes.count ? Array(bytes[offset...]) : []
    }

    package mutating func pick<Item>(_ items: [Item]) -> Item? {
        items.isEmpty ? nil : items[below(items.count)]
    }
}

/// Writes what ``Input`` reads.
package struct Script {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    package mutating func byte(_ value: Int) { bytes.append(UInt8(truncatingIfNeeded: value)) }

    package mutating func chunk(_ value: [UInt8]) {
        byte(value.count >> 8)
        byte(value.count)
        bytes += value
    }
}
