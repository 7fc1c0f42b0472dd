/// What can be told from a Markdown text at a glance.
enum MarkdownScan {
    /// The first heading that has words, outside code; `nil` without one.
    static func heading(in text: String) -> String? {
        var fence: Character?
        var previous = ""
        for line in lines(of: text) {
            if let mark = fenceMark(line) {
                if fence == nil { fence = mark } else if fence == mark { fence = nil }
                previous = ""
                continue
            }
            guard fence == nil else { continue }
            if let heading = hashed(line) { return heading }
            if isUnderline(line), !previous.isEmpty { return previous }
            previous = isParagraph(line) ? line.oneLine : ""
        }
        return nil
    }

    /// Dutch or English, by the words that say nothing of the subject; `nil` when they don't tell.
    static func language(of text: String) -> String? {
        var dutch = 0
        var english = 0
        var fence: Character?
        var count = 0
        for line in lines(of: text) {
            if let mark = fenceMark(line) {
                if fence == nil { fence = mark } else if fence == mark { fence = nil }
                continue
            }
            // Code in a text is in no language, or in English.
            guard fence == nil, count < 5000 else { continue }
            for word in Words.all(withoutCode(line)) {
                count += 1
                let isDutch = Words.dutch.contains(word)
                let isEnglish = Words.english.contains(word)
                if isDutch, !isEnglish { dutch += 1 }
                if isEnglish, !isDutch { english += 1 }
            }
        }
        if dutch >= 2, dutch > english * 2 { return "nl" }
        if english >= 2, english > dutch * 2 { return "en" }
        return nil
    }

    /// The lines, whichever way they end.
    private static func lines(of text: String) -> [Substring] {
        text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }
    }

    private static func hashed(_ line: Substring) -> String? {
        let level = line.prefix { $0 == "#" }.count
        let rest = line.dropFirst(level)
        guard (1...6).contains(level), rest.first?.isWhitespace == true else { return nil }
        var words = rest.oneLine[...]
        let unclosed = words.reversed().drop { $0 == "#" }.count
        // Hashes at the end close the heading where they stand apart: `# C #`, not `# C#`.
        let closed = words.prefix(unclosed)
        if closed.isEmpty || closed.last == " " { words = closed }
        let heading = words.trimmed
        return heading.isEmpty ? nil : heading
    }

    private static func isUnderline(_ line: Substring) -> Bool {
        let text = line.trimmed
        return text.count >= 2 && (text.allSatisfy { $0 == "=" } || text.allSatisfy { $0 == "-" })
    }

    private static func isParagraph(_ line: Substring) -> Bool {
        guard let first = line.first, !first.isWhitespace else { return false }
        return !"#>-*+|`~<".contains(first)
    }

    private static func fenceMark(_ line: Substring) -> Character? {
        let text = line.drop { $0 == " " }
        guard text.hasPrefix("```") || text.hasPrefix("~~~") else { return nil }
        return text.first
    }

    private static func withoutCode(_ line: Substring) -> String {
        let parts = line.split(separator: "`", omittingEmptySubsequences: false)
        return parts.enumerated().filter { $0.offset % 2 == 0 }.map { String($0.element) }
            .joined(separator: " ")
    }
}

/// Checks bytes to be UTF-8 as Unicode defines it.
enum UTF8Check {
    /// Where the first byte is that is no part of a scalar, from the start of `bytes`.
    static func firstInvalid(in bytes: ArraySlice<UInt8>) -> Int? {
        var index = bytes.startIndex
        while index < bytes.endIndex {
            guard let length = length(at: index, in: bytes) else { return index - bytes.startIndex }
            index += length
        }
        return nil
    }

    /// The length of the scalar at `index` (Unicode, table 3-7); `nil` when it is no scalar.
    private static func length(at index: Int, in bytes: ArraySlice<UInt8>) -> Int? {
        let first = bytes[index]
        let (length, second): (Int, ClosedRange<UInt8>)
        switch first {
        case 0x00...0x7F: return 1
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: return nil
        }
        guard bytes.endIndex - index >= length, second.contains(bytes[index + 1]) else {
            return nil
        }
        for next in (index + 2)..<max(index + 2, index + length) {
            guard (0x80...0xBF).contains(bytes[next]) else { return nil }
        }
        return length
    }
}
