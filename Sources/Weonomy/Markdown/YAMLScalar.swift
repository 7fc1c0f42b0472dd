/// Single values of YAML: plain, in single or in double quotes.
enum YAMLScalar {
    /// The value of a whole text; `nil` outside the subset.
    static func read(_ text: String) -> String? {
        if text.hasPrefix("\"") || text.hasPrefix("'") {
            guard let (value, rest) = quoted(text), isEnd(rest) else { return nil }
            return value
        }
        let plain = withoutComment(text)
        guard let first = plain.unicodeScalars.first else { return "" }
        guard !isIndicator(first, in: plain), colon(in: plain) == nil else { return nil }
        return plain == "~" || plain == "null" ? "" : plain
    }

    /// The values of a list in brackets; `nil` outside the subset.
    static func list(_ text: String) -> [String]? {
        var rest = text.dropFirst().trimmed
        var items: [String] = []
        while !rest.hasPrefix("]") {
            let item: String
            if rest.hasPrefix("\"") || rest.hasPrefix("'") {
                guard let (value, after) = quoted(rest) else { return nil }
                item = value
                rest = after.trimmed
            } else {
                let run = rest.prefix { $0 != "," && $0 != "]" }
                guard !run.contains(where: { "[{}\"".contains($0) }),
                    let value = read(run.trimmed), !run.trimmed.isEmpty
                else { return nil }
                item = value
                rest = String(rest[run.endIndex...])
            }
            items.append(item)
            if rest.hasPrefix(",") {
                rest = rest.dropFirst().trimmed
            } else if !rest.hasPrefix("]") {
                return nil
            }
        }
        return isEnd(rest.dropFirst()[...]) ? items : nil
    }

    /// The value in quotes at the start of a text, and what follows it.
    static func quoted(_ text: String) -> (value: String, rest: Substring)? {
        guard let quote = text.unicodeScalars.first else { return nil }
        var scalars = text.unicodeScalars.dropFirst()
        var value = String.UnicodeScalarView()
        while let scalar = scalars.popFirst() {
            if scalar == quote {
                guard quote == "'", scalars.first == "'" else {
                    return (String(value), Substring(scalars))
                }
                scalars = scalars.dropFirst()
                value.append("'")
            } else if scalar == "\\", quote == "\"" {
                guard let escaped = escaped(&scalars) else { return nil }
                value.append(escaped)
            } else {
                value.append(scalar)
            }
        }
        return nil
    }

    /// The first colon that ends a key: one with white space or nothing after it.
    static func colon(in text: String) -> String.Index? {
        let scalars = text.unicodeScalars
        return scalars.indices.first { index in
            guard scalars[index] == ":" else { return false }
            let next = scalars.index(after: index)
            return next == scalars.endIndex || scalars[next].properties.isWhitespace
        }
    }

    /// The text in the plainest form that any reader of YAML takes for this very text.
    static func write(_ text: String) -> String {
        if isPlain(text) { return text }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            default:
                if needsEscape(scalar) {
                    let isLong = scalar.value > 0xFFFF
                    quoted += isLong ? "\\U" : "\\u"
                    quoted += hexadecimal(scalar.value, isLong ? 8 : 4)
                } else {
                    quoted.unicodeScalars.append(scalar)
                }
            }
        }
        return quoted + "\""
    }

    // MARK: - Parts

    private static func isEnd(_ rest: Substring) -> Bool {
        let text = rest.trimmed
        return text.isEmpty || (text.hasPrefix("#") && rest.first?.isWhitespace == true)
    }

    private static func withoutComment(_ text: String) -> String {
        var previous: Unicode.Scalar = " "
        let scalars = text.unicodeScalars
        for index in scalars.indices {
            if scalars[index] == "#", previous.properties.isWhitespace {
                return text[..<index].trimmed
            }
            previous = scalars[index]
        }
        return text.trimmed
    }

    private static func isIndicator(_ first: Unicode.Scalar, in text: String) -> Bool {
        if "[]{}#&*!|>%@`,".unicodeScalars.contains(first) { return true }
        guard first == "-" || first == "?" || first == ":" else { return false }
        return text.unicodeScalars.dropFirst().first?.properties.isWhitespace ?? true
    }

    /// Words, digits and a few harmless signs, which no reader takes for anything but text.
    private static func isPlain(_ text: String) -> Bool {
        let scalars = text.unicodeScalars
        guard let first = scalars.first, let last = scalars.last, first.properties.isAlphabetic,
            last != " ",
            !["true", "false", "yes", "no", "on", "off", "null", "y", "n", "inf", "nan"]
                .contains(text.lowercased())
        else { return false }
        return scalars.allSatisfy { scalar in
            (scalar.isASCII && " -_./+()".unicodeScalars.contains(scalar))
                || (scalar.isASCII && (48...57).contains(scalar.value))
                || (scalar.properties.isAlphabetic && !needsEscape(scalar))
        }
    }

    private static func needsEscape(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned,
            .surrogate:
            true
        default: scalar.value > 0xFFFD && scalar.value < 0x10000
        }
    }

    private static func escaped(
        _ scalars: inout Substring.UnicodeScalarView
    ) -> Unicode.Scalar? {
        guard let code = scalars.popFirst() else { return nil }
        switch code {
        case "\"", "\\", "/", " ": return code
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "0": return "\0"
        case "a": return "\u{7}"
        case "b": return "\u{8}"
        case "e": return "\u{1B}"
        case "f": return "\u{C}"
        case "v": return "\u{B}"
        case "_": return "\u{A0}"
        case "N": return "\u{85}"
        case "L": return "\u{2028}"
        case "P": return "\u{2029}"
        case "x": return hexadecimal(&scalars, digits: 2)
        case "u": return hexadecimal(&scalars, digits: 4)
        case "U": return hexadecimal(&scalars, digits: 8)
        default: return nil
        }
    }

    private static func hexadecimal(
        _ scalars: inout Substring.UnicodeScalarView, digits: Int
    ) -> Unicode.Scalar? {
        let run = scalars.prefix(digits)
        guard run.count == digits, run.allSatisfy(\.properties.isASCIIHexDigit),
            let value = UInt32(String(Substring(run)), radix: 16)
        else { return nil }
        scalars = scalars.dropFirst(digits)
        return Unicode.Scalar(value)
    }

    private static func hexadecimal(_ value: UInt32, _ digits: Int) -> String {
        let text = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
