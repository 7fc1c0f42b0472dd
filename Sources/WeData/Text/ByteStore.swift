/// Bytes in one block, with the few operations on parts of it that must be fast.
///
/// Each operation checks its bounds once and then touches memory directly; outside them it does
/// nothing.
struct ByteStore: Sendable {
    private var bytes: [UInt8]

    init(count: Int) { bytes = [UInt8](repeating: 0, count: count) }

    mutating func reserve(_ count: Int) { bytes.reserveCapacity(count) }

    mutating func grow(by count: Int) {
        bytes.append(contentsOf: repeatElement(0, count: count))
    }

    private func holds(_ start: Int, _ count: Int) -> Bool {
        start >= 0 && count >= 0 && start <= bytes.count && count <= bytes.count - start
    }

    func byte(_ index: Int) -> UInt8 { index >= 0 && index < bytes.count ? bytes[index] : 0 }

    /// Moves a part, which may overlap its new place.
    mutating func move(from source: Int, to target: Int, count: Int) {
        guard count > 0, holds(source, count), holds(target, count) else { return }
        unsafe bytes.withUnsafeMutableBytes { buffer in
            // Both ranges were checked to lie in the buffer.
            guard let base = buffer.baseAddress else { return }
            unsafe (base + target).copyMemory(from: base + source, byteCount: count)
        }
    }

    /// Copies a range of another array to a place.
    mutating func copy(_ source: [UInt8], _ range: Range<Int>, to target: Int) {
        guard range.lowerBound >= 0, range.upperBound <= source.count, holds(target, range.count)
        else { return }
        if range.count == 1 {
            bytes[target] = source[range.lowerBound]
            return
        }
        unsafe bytes.withUnsafeMutableBytes { buffer in
            unsafe source.withUnsafeBytes { other in
                // Both ranges were checked to lie in their buffers.
                guard let to = buffer.baseAddress, let from = other.baseAddress else { return }
                unsafe (to + target).copyMemory(
                    from: from + range.lowerBound, byteCount: range.count)
            }
        }
    }

    /// Appends a part to an array.
    func append(_ start: Int, _ count: Int, to target: inout [UInt8]) {
        guard holds(start, count) else { return }
        target.append(contentsOf: bytes[start..<(start + count)])
    }

    /// Where the scalar `count` places after `start`, which begins one, begins.
    func index(ofScalar count: Int, from start: Int) -> Int {
        UTF8Count.index(ofScalar: count, in: bytes, from: start)
    }

    /// How many scalars of a part need two UTF-16 units.
    func astralCount(_ start: Int, _ count: Int) -> Int {
        count == 1 ? 0 : measure(start, count).astral
    }

    /// How much a part holds, in each unit.
    func measure(_ start: Int, _ count: Int) -> Rope.Measure {
        let (scalars, astral) = measure(start, count)
        return Rope.Measure(scalars: scalars, bytes: count, utf16: scalars + astral)
    }

    /// Counts scalars, and those of four bytes, by the high bits of eight bytes at a time.
    private func measure(_ start: Int, _ count: Int) -> (scalars: Int, astral: Int) {
        guard holds(start, count) else { return (0, 0) }
        var scalars = count
        var astral = 0
        let high: UInt64 = 0x8080_8080_8080_8080
        unsafe bytes.withUnsafeBytes { buffer in
            var index = start
            // Eight bytes are read only where the part, which was checked, has as many left.
            while index <= start + count - 8 {
                let word = unsafe buffer.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                if word & high != 0 {
                    scalars -= (word & ~(word << 1) & high).nonzeroBitCount
                    astral += (word & word << 1 & word << 2 & word << 3 & high).nonzeroBitCount
                }
                index += 8
            }
            while index < start + count {
                let byte = unsafe buffer[index]
                if byte & 0xc0 == 0x80 { scalars -= 1 }
                if byte >= 0xf0 { astral += 1 }
                index += 1
            }
        }
        return (scalars, astral)
    }
}
