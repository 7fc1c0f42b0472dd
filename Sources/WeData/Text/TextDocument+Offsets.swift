/// What a place in a text is counted in.
public enum TextUnit: Sendable {
    /// Unicode scalars: what edits count in.
    case scalar
    /// Bytes of UTF-8.
    case utf8
    /// Code units of UTF-16: what many editors count in.
    case utf16
    /// What a reader takes for one character.
    case grapheme
}

extension TextDocument {
    /// The same place counted in another unit.
    ///
    /// An offset inside a unit of the other kind means that unit's start; one before the start or
    /// past the end is cut to it.
    ///
    /// - Complexity: O(log length); O(length) where graphemes are counted.
    public func offset(_ offset: Int, from source: TextUnit, to target: TextUnit) -> Int {
        if source == .grapheme || target == .grapheme {
            return graphemeOffset(offset, from: source, to: target)
        }
        let place = merge.rope.settled.place(of: offset, source)
        switch target {
        case .scalar: return place.scalars
        case .utf8: return place.bytes
        default: return place.utf16
        }
    }

    private func graphemeOffset(_ offset: Int, from source: TextUnit, to target: TextUnit) -> Int {
        let text = text
        guard source == .grapheme else {
            let scalars = self.offset(offset, from: source, to: .scalar)
            var left = scalars
            var graphemes = 0
            for character in text {
                left -= character.unicodeScalars.count
                if left < 0 { break }
                graphemes += 1
            }
            return graphemes
        }
        let index = text.index(text.startIndex, offsetBy: max(0, offset), limitedBy: text.endIndex)
        let before = text[..<(index ?? text.endIndex)]
        switch target {
        case .scalar: return before.unicodeScalars.count
        case .utf8: return before.utf8.count
        case .utf16: return before.utf16.count
        case .grapheme: return before.count
        }
    }
}

extension Rope {
    /// How much there is before a place, which is cut to what exists and to a scalar's start.
    func place(of offset: Int, _ unit: TextUnit) -> Measure {
        let sum = unit == .utf8 ? Unit.byte : unit == .utf16 ? Unit.utf16 : Unit.scalar
        let limit = unit == .utf8 ? total.bytes : unit == .utf16 ? total.utf16 : total.scalars
        guard offset > 0 else { return Measure() }
        guard offset < limit else { return total }
        let (leaf, left) = tree.find(offset, by: sum)
        let inLeaf = storage.place(
            of: left, unit, from: leaf * Self.leafMax, count: measures[leaf].bytes)
        return Measure(
            scalars: tree.sum(Unit.scalar, before: leaf) + inLeaf.scalars,
            bytes: tree.sum(Unit.byte, before: leaf) + inLeaf.bytes,
            utf16: tree.sum(Unit.utf16, before: leaf) + inLeaf.utf16)
    }
}

extension ByteStore {
    /// How much of a part that begins with a scalar lies before a place in it.
    func place(of offset: Int, _ unit: TextUnit, from start: Int, count: Int) -> Rope.Measure {
        var measure = Rope.Measure()
        while measure.bytes < count {
            let lead = byte(start + measure.bytes)
            let width = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4
            let units = unit == .utf8 ? width : unit == .utf16 && width == 4 ? 2 : 1
            let reached =
                unit == .utf8 ? measure.bytes : unit == .utf16 ? measure.utf16 : measure.scalars
            guard reached + units <= offset else { break }
            measure.scalars += 1
            measure.bytes += width
            measure.utf16 += width == 4 ? 2 : 1
        }
        return measure
    }
}
