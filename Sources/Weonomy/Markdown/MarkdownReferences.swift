/// The link reference definitions of a document.
struct MarkdownReferences {
    private var links: [[UInt8]: MarkdownLink] = [:]

    /// The longest label, in bytes: of a thousand characters there is none longer that is a name.
    static let labelBytesMax = 1000

    /// Adds a definition; the first of a name stays.
    mutating func add(_ label: ArraySlice<UInt8>, _ link: MarkdownLink) {
        let key = Self.key(label)
        if !key.isEmpty, links[key] == nil { links[key] = link }
    }

    func link(_ label: ArraySlice<UInt8>) -> MarkdownLink? {
        guard !links.isEmpty, label.count <= Self.labelBytesMax else { return nil }
        return links[Self.key(label)]
    }

    /// The label without regard to case and to how its words are spaced.
    private static func key(_ label: ArraySlice<UInt8>) -> [UInt8] {
        var key: [UInt8] = []
        key.reserveCapacity(label.count)
        var isASCII = true
        for byte in label {
            if byte.isMarkdownSpace {
                if key.last != 0x20, !key.isEmpty { key.append(0x20) }
            } else {
                isASCII = isASCII && byte < 0x80
                key.append((0x41...0x5A).contains(byte) ? byte | 0x20 : byte)
            }
        }
        if key.last == 0x20 { key.removeLast() }
        guard !isASCII else { return key }
        // Down, up and down: ẞ and SS are the same only after all three.
        return Array(
            String(decoding: key, as: UTF8.self).lowercased().uppercased().lowercased().utf8)
    }
}

extension MarkdownBlockParser {
    /// Takes the definitions at the start of a paragraph out of it; whether it has more.
    mutating func takeReferences(from index: Int) -> Bool {
        var content = blocks[index].content
        while content.lowerBound < content.upperBound, bytes[content.lowerBound] == 0x5B,
            let end = takeReference(content)
        {
            content = end..<content.upperBound
        }
        blocks[index].content = content
        return bytes[content].contains { !$0.isMarkdownSpace }
    }

    /// Takes a definition at the start of `content`; where what follows it begins.
    private mutating func takeReference(_ content: Range<Int>) -> Int? {
        let end = content.upperBound
        guard
            let label = MarkdownLinkScan.label(bytes, at: content.lowerBound, end, &stepCount),
            bytes.byte(label.upperBound + 1, before: end) == 0x3A,
            bytes[label].contains(where: { !$0.isMarkdownSpace })
        else { return nil }
        var place = MarkdownLinkScan.skipSpace(bytes, label.upperBound + 2, end)
        guard place < end,
            let destination = MarkdownLinkScan.destination(bytes, at: place, end, &stepCount),
            destination.end > place
        else { return nil }
        place = destination.end
        let titleStart = MarkdownLinkScan.skipSpace(bytes, place, end)
        var title = 0..<0
        var isWhole = false
        if titleStart > place,
            let found = MarkdownLinkScan.title(bytes, at: titleStart, end, &stepCount),
            let lineEnd = endOfLine(found.end, end)
        {
            title = found.content
            place = lineEnd
            isWhole = true
        }
        if !isWhole {
            guard let lineEnd = endOfLine(place, end) else { return nil }
            place = lineEnd
        }
        let link = MarkdownLink(
            destination: bytes.unescaped(destination.content), title: bytes.unescaped(title))
        references.add(bytes[label], link)
        return place
    }

    /// Where the next line begins, if nothing else is left of this one.
    private func endOfLine(_ index: Int, _ end: Int) -> Int? {
        var place = index
        while place < end, bytes[place].isSpaceOrTab { place += 1 }
        if place >= end { return end }
        return bytes[place] == 0x0A ? place + 1 : nil
    }
}

/// The parts of links and of their definitions (CommonMark 0.31.2, sections 4.7 and 6.3).
enum MarkdownLinkScan {
    /// How deep parentheses nest in a destination that is not in angle brackets.
    private static let parenthesesMax = 32

    static func skipSpace(_ bytes: [UInt8], _ index: Int, _ end: Int) -> Int {
        var place = index
        while place < end, bytes[place].isMarkdownSpace { place += 1 }
        return place
    }

    /// The text in the brackets that open at `index`.
    static func label(
        _ bytes: [UInt8], at index: Int, _ end: Int, _ steps: inout Int
    ) -> Range<Int>? {
        guard index < end, bytes[index] == 0x5B else { return nil }
        var place = index + 1
        defer { steps += place - index }
        while place < end, place - index <= MarkdownReferences.labelBytesMax + 1 {
            switch bytes[place] {
            case 0x5D: return (index + 1)..<place
            case 0x5B: return nil
            case 0x5C: place += bytes.byte(place + 1, before: end).isASCIIPunctuation ? 2 : 1
            default: place += 1
            }
        }
        return nil
    }

    static func destination(
        _ bytes: [UInt8], at index: Int, _ end: Int, _ steps: inout Int
    ) -> (content: Range<Int>, end: Int)? {
        var place = index
        defer { steps += place - index }
        if place < end, bytes[place] == 0x3C {
            place += 1
            while place < end {
                switch bytes[place] {
                case 0x3E: return ((index + 1)..<place, place + 1)
                case 0x3C, 0x0A, 0x0D: return nil
                case 0x5C: place += bytes.byte(place + 1, before: end).isASCIIPunctuation ? 2 : 1
                default: place += 1
                }
            }
            return nil
        }
        var depth = 0
        scan: while place < end {
            switch bytes[place] {
            case 0x5C where bytes.byte(place + 1, before: end).isASCIIPunctuation: place += 1
            case 0x28:
                depth += 1
                if depth > parenthesesMax { return nil }
            case 0x29:
                if depth == 0 { break scan }
                depth -= 1
            case let byte where byte.isASCIIControl || byte == 0x20: break scan
            default: break
            }
            place += 1
        }
        place = min(place, end)
        return depth == 0 ? (index..<place, place) : nil
    }

    static func title(
        _ bytes: [UInt8], at index: Int, _ end: Int, _ steps: inout Int
    ) -> (content: Range<Int>, end: Int)? {
        guard index < end else { return nil }
        let open = bytes[index]
        guard open == 0x22 || open == 0x27 || open == 0x28 else { return nil }
        let close: UInt8 = open == 0x28 ? 0x29 : open
        var place = index + 1
        defer { steps += place - index }
        while place < end {
            switch bytes[place] {
            case close: return ((index + 1)..<place, place + 1)
            case open: return nil
            case 0x5C: place += bytes.byte(place + 1, before: end).isASCIIPunctuation ? 2 : 1
            default: place += 1
            }
        }
        return nil
    }
}
