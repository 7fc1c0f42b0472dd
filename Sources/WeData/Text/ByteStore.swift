/// Bytes in one block, with the few operations on parts of it that must be fast.
///
/// Each operation checks its bounds once and then touches memory directly; outside them it does
/// nothing.
struct ByteStore: Sendable {
    private var bytes: [UInt8]

    init(count: Int) { bytes = [UInt8](repeating: 0, count: count) }

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
        guard holds(start, count) else { return 0 }
        var astral = 0
        for index in start..<(start + count) where bytes[index] >= 0xf0 { astral += 1 }
        return astral
    }

    /// How much a part holds, in each unit.
    func measure(_ start: Int, _ count: Int) -> Rope.Measure {
        guard holds(start, count) else { return Rope.Measure() }
        var scalars = 0
        var astral = 0
        for index in start..<(start + count) {
            if bytes[index] & 0xc0 != 0x80 { scalars += 1 }
            if bytes[index] >= 0xf0 { astral += 1 }
        }
        return Rope.Measure(scalars: scalars, bytes: count, utf16: scalars + astral)
    }
}
