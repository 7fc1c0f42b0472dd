/// The words of a text as numbers: equal where the words are, but for case.
///
/// What is kept of a text by them is small and quickly compared. Of titles 32 bits of each word are
/// kept, which two of 10,000 words share once in 80 teams; a title must have two of a question's.
enum FoldedWords {
    /// Hands out each word with how many scalars it has.
    ///
    /// - Complexity: O(scalars), without an allocation where the text is ASCII.
    static func forEach(
        in text: some StringProtocol, _ body: (_ word: UInt64, _ length: Int) -> Void
    ) {
        var (word, length) = (offset, 0)
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 97...122, 48...57:
                add(scalar.value, to: &word)
                length += 1
            case 65...90:
                add(scalar.value + 32, to: &word)
                length += 1
            case 128... where isPart(scalar):
                for lower in scalar.properties.lowercaseMapping.unicodeScalars {
                    add(lower.value, to: &word)
                }
                length += 1
            default:
                if length > 0 { body(word, length) }
                (word, length) = (offset, 0)
            }
        }
        if length > 0 { body(word, length) }
    }

    /// The words that say something, sorted, without those of one letter; see ``Words``.
    static func telling(_ text: String) -> [UInt32] {
        var words: Set<UInt32> = []
        forEach(in: text) { word, length in
            let number = kept(word)
            if length > 1, !silent.contains(number) { words.insert(number) }
        }
        return words.sorted()
    }

    /// The number of the first word of a text; `nil` where it has none.
    static func number(of text: some StringProtocol) -> UInt32? {
        var first: UInt64?
        forEach(in: text) { word, _ in first = first ?? word }
        return first.map(kept)
    }

    private static func kept(_ word: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: word.mixed) }

    /// The words of both languages that say nothing.
    private static let silent = Set(Words.dutch.union(Words.english).compactMap { number(of: $0) })

    // FNV-1a over scalars instead of bytes (Fowler, Noll, Vo).
    private static let offset: UInt64 = 0xCBF2_9CE4_8422_2325
    private static func add(_ scalar: UInt32, to word: inout UInt64) {
        word = (word ^ UInt64(scalar)) &* 0x100_0000_01B3
    }

    private static func isPart(_ scalar: Unicode.Scalar) -> Bool {
        let properties = scalar.properties
        guard !properties.isAlphabetic, properties.numericType == nil else { return true }
        switch properties.generalCategory {
        case .nonspacingMark, .spacingMark: return true
        default: return false
        }
    }
}

extension UInt64 {
    /// Spreads what little differs over all bits (the finalizer of SplitMix64, Steele and others).
    var mixed: UInt64 {
        var value = self
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}
