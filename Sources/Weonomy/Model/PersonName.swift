import WeData

/// What is shown of the names that people give themselves.
///
/// A name is what its owner says: it may hold nothing that can be seen, or look like a
/// colleague's. Neither is refused, since a rule about Unicode would change with its tables and
/// replicas would differ; both are dealt with where a name is shown.
enum PersonName {
    /// The name; where nothing of it can be seen, `(6f3a9c21)`, the beginning of the person's id.
    static func shown(_ name: String, _ id: PersonID) -> String {
        isVisible(name) ? name : "(\(id.description.prefix(8)))"
    }

    /// Whether a name leaves ink.
    static func isVisible(_ name: String) -> Bool {
        name.unicodeScalars.contains { scalar in
            if scalar.isASCII { return scalar.value > 0x20 && scalar.value < 0x7F }
            switch scalar.properties.generalCategory {
            case .control, .format, .surrogate, .privateUse, .unassigned, .spaceSeparator,
                .lineSeparator, .paragraphSeparator, .nonspacingMark, .enclosingMark, .spacingMark:
                return false
            default: return !scalar.properties.isDefaultIgnorableCodePoint && scalar != "\u{2800}"
            }
        }
    }

    /// Equal for names that many would take for the same: without case, white space and what
    /// can't be seen, and with the Cyrillic and Greek letters, digits and full-width forms that
    /// look like Latin letters in their place.
    ///
    /// The idea is that of Unicode's UTS #39; the pairs are those that a Latin name is made of.
    static func skeleton(_ name: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in name.unicodeScalars {
            let properties = scalar.properties
            guard !properties.isWhitespace, !properties.isDefaultIgnorableCodePoint,
                properties.generalCategory != .control, properties.generalCategory != .format
            else { continue }
            result.append(contentsOf: latin(scalar).unicodeScalars)
        }
        return String(result).lowercased()
    }

    private static func latin(_ scalar: Unicode.Scalar) -> String {
        if (0xFF01...0xFF5E).contains(scalar.value) {
            return Unicode.Scalar(scalar.value - 0xFEE0).map(latin) ?? ""
        }
        return lookAlikes[scalar].map(String.init) ?? String(scalar)
    }

    private static let lookAlikes: [Unicode.Scalar: Unicode.Scalar] = {
        let pairs: [(others: String, latins: String)] = [
            ("01I|ı", "ollli"),
            ("АВЕЅІЈКМНОРСТУХаеѕіјкорсухһԁԛԝӏ", "ABESlJKMHOPCTYXaesijkopcyxhdqwl"),
            ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαικνορυγ", "ABEZHlKMNOPTYXaikvopuy"),
        ]
        var table: [Unicode.Scalar: Unicode.Scalar] = [:]
        for (others, latins) in pairs {
            for (other, latin) in zip(others.unicodeScalars, latins.unicodeScalars) {
                table[other] = latin
            }
        }
        return table
    }()
}
