/// The classes of characters that Markdown is read by (CommonMark 0.31.2, section 2.1).
extension UInt8 {
    var isASCIILetter: Bool { (0x61...0x7A).contains(self | 0x20) }
    var isASCIIDigit: Bool { (0x30...0x39).contains(self) }
    var isASCIIAlphanumeric: Bool { isASCIILetter || isASCIIDigit }
    var isASCIIPunctuation: Bool {
        switch self {
        case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: true
        default: false
        }
    }
    var isSpaceOrTab: Bool { self == 0x20 || self == 0x09 }
    /// Space, tab, line feed, vertical tab, form feed or carriage return.
    var isMarkdownSpace: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
    var isASCIIControl: Bool { self < 0x20 || self == 0x7F }
}

extension [UInt8] {
    /// The byte at `index`, or a line feed where `end` is reached.
    func byte(_ index: Int, before end: Int) -> UInt8 {
        index < end && index < count && index >= 0 ? self[index] : 0x0A
    }

    /// Whether `text` stands at `index`; with `ignoringCase`, `text` is in lower case.
    func has(_ text: String, at index: Int, before end: Int, ignoringCase: Bool = false) -> Bool {
        guard index >= 0, end <= count, end - index >= text.utf8.count else { return false }
        var place = index
        return text.utf8.allSatisfy { wanted in
            let found = self[place]
            place += 1
            return found == wanted || ignoringCase && found.isASCIILetter && found | 0x20 == wanted
        }
    }

    /// The scalar that begins at `index`; a line feed at `end`.
    func scalar(at index: Int, before end: Int) -> Unicode.Scalar {
        guard index < end, index < count else { return "\n" }
        let first = self[index]
        guard first >= 0x80 else { return Unicode.Scalar(first) }
        let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
        var value = UInt32(first) & (0xFF >> UInt32(length + 1))
        for next in (index + 1)..<(index + length) {
            value = value << 6 | UInt32(byte(next, before: end) & 0x3F)
        }
        return Unicode.Scalar(value) ?? "\u{FFFD}"
    }

    /// The range without white space at its ends.
    func trimmed(_ range: Range<Int>) -> Range<Int> {
        var start = range.lowerBound
        var end = range.upperBound
        while end > start, self[end - 1].isMarkdownSpace { end -= 1 }
        while start < end, self[start].isMarkdownSpace { start += 1 }
        return start..<end
    }
}

extension Unicode.Scalar {
    /// White space as flanking delimiters see it.
    var isMarkdownSpace: Bool {
        value < 0x80
            ? UInt8(truncatingIfNeeded: value).isMarkdownSpace
            : properties.generalCategory == .spaceSeparator
    }

    /// A character of the general categories P or S.
    var isMarkdownPunctuation: Bool {
        if value < 0x80 { return UInt8(truncatingIfNeeded: value).isASCIIPunctuation }
        return switch properties.generalCategory {
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
            .initialPunctuation, .finalPunctuation, .otherPunctuation, .mathSymbol,
            .currencySymbol, .modifierSymbol, .otherSymbol:
            true
        default: false
        }
    }
}
