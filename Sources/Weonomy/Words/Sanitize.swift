/// Makes anyone's text harmless before it reaches a terminal.
///
/// A colleague's title must not be able to colour, move, retitle, type or hide anything: control
/// codes and escape sequences go, and text that runs the other way stays within its own field.
package enum Sanitize {
    /// More marks than this on one letter are not writing.
    private static let marksMax = 8

    /// A field of one line: every break becomes a space.
    package static func line(_ text: String) -> String {
        isHarmless(text) ? text : isolated(cleaned(text, keepsBreaks: false))
    }

    /// A text of several lines; tabs become spaces.
    package static func lines(_ text: String) -> [String] {
        let cleanedText = cleaned(text, keepsBreaks: true)
        return cleanedText.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
            .map { isolated(String($0)) }
    }

    /// Whether there is nothing to do, which is nearly always.
    private static func isHarmless(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
    }

    // MARK: - Control codes

    private static func cleaned(_ text: String, keepsBreaks: Bool) -> String {
        var result = String.UnicodeScalarView()
        var scalars = Array(text.unicodeScalars)[...]
        var marks = 0
        while let scalar = scalars.popFirst() {
            if skipSequence(startingWith: scalar, in: &scalars) { continue }
            if isBreak(scalar) {
                if scalar == "\r", scalars.first == "\n" { scalars.removeFirst() }
                if keepsBreaks {
                    result.append("\n")
                } else if result.last != " ", !result.isEmpty {
                    result.append(" ")
                }
                marks = 0
                continue
            }
            if scalar == "\t" {
                result.append(contentsOf: (keepsBreaks ? "    " : " ").unicodeScalars)
                continue
            }
            if isForbidden(scalar) { continue }
            marks = isMark(scalar) ? marks + 1 : 0
            if marks <= marksMax { result.append(scalar) }
        }
        while !keepsBreaks, result.last == " " { result.removeLast() }
        return String(result)
    }

    private static func isBreak(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0A...0x0D, 0x85, 0x2028, 0x2029: true
        default: false
        }
    }

    private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0: true  // C0, DEL, C1
        case 0xFEFF, 0xFFF9...0xFFFB: true  // byte order mark, interlinear annotation
        case 0xE0000...0xE007F: true  // invisible letters
        default: false
        }
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark: true
        default: false
        }
    }

    /// Takes away a whole escape sequence, as far as it is one.
    private static func skipSequence(
        startingWith scalar: Unicode.Scalar, in rest: inout ArraySlice<Unicode.Scalar>
    ) -> Bool {
        switch scalar.value {
        case 0x9B: skipControl(in: &rest)
        case 0x90, 0x98, 0x9D, 0x9E, 0x9F: skipString(in: &rest)
        case 0x1B:
            guard let next = rest.first else { return true }
            switch next {
            case "[":
                rest.removeFirst()
                skipControl(in: &rest)
            case "]", "P", "X", "^", "_":
                rest.removeFirst()
                skipString(in: &rest)
            default:
                let middle = rest.prefix { (0x20...0x2F).contains($0.value) }.count
                rest = rest.dropFirst(middle)
                if let last = rest.first, (0x30...0x7E).contains(last.value) { rest.removeFirst() }
            }
        default: return false
        }
        return true
    }

    /// Parameters and one last byte: `31m`, `2J`.
    private static func skipControl(in rest: inout ArraySlice<Unicode.Scalar>) {
        let parameters = rest.prefix { (0x20...0x3F).contains($0.value) }.count
        rest = rest.dropFirst(parameters)
        if let last = rest.first, (0x40...0x7E).contains(last.value) { rest.removeFirst() }
    }

    /// Up to its terminator; one that has none takes nothing with it.
    private static func skipString(in rest: inout ArraySlice<Unicode.Scalar>) {
        var end = rest.startIndex
        while end < rest.endIndex, !isBreak(rest[end]) {
            switch rest[end].value {
            case 0x07, 0x9C:
                rest = rest[(end + 1)...]
                return
            case 0x1B:
                let isTerminator = end + 1 < rest.endIndex && rest[end + 1] == "\\"
                rest = rest[(isTerminator ? end + 2 : end)...]
                return
            default: end += 1
            }
        }
    }

    // MARK: - Direction

    /// Keeps a change of direction inside the field, whatever it opens or closes.
    private static func isolated(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: turns) else { return text }
        var open = 0
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x2066...0x2068: open += 1
            case 0x2069 where open == 0: continue
            case 0x2069: open -= 1
            default: break
            }
            result.append(scalar)
        }
        let closing = String(repeating: "\u{2069}", count: open + 1)
        return "\u{2068}" + String(result) + closing
    }

    /// Whether a text can change the direction of what follows it.
    package static func turns(_ text: String) -> Bool {
        !isHarmless(text) && text.unicodeScalars.contains(where: turns)
    }

    /// Whether a scalar can change the direction of what follows it.
    private static func turns(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x200F, 0x061C, 0x202A...0x202E, 0x2066...0x2069: true
        case 0x0590...0x08FF, 0xFB1D...0xFDFF, 0xFE70...0xFEFF: true
        case 0x10800...0x10FFF, 0x1E800...0x1EFFF: true
        default: false
        }
    }
}
