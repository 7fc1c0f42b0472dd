/// Blocks of HTML, which are shown as they are written (CommonMark 0.31.2, section 4.6).
extension MarkdownBlockParser {
    /// By which of the seven conditions a block of HTML begins here.
    mutating func htmlCondition(interrupting: Bool) -> Int? {
        guard byte(textStart) == 0x3C else { return nil }
        let start = textStart + 1
        switch byte(start) {
        case 0x21:
            if source.has("--", at: start + 1, before: lineEnd) { return 2 }
            if source.has("[CDATA[", at: start + 1, before: lineEnd) { return 5 }
            return byte(start + 1).isASCIILetter ? 4 : nil
        case 0x3F: return 3
        default: break
        }
        let isEnd = byte(start) == 0x2F
        let nameStart = isEnd ? start + 1 : start
        var nameEnd = nameStart
        while byte(nameEnd).isASCIIAlphanumeric, nameEnd - nameStart <= Self.nameBytesMax {
            nameEnd += 1
        }
        let name = String(decoding: source[nameStart..<nameEnd], as: UTF8.self).lowercased()
        let next = byte(nameEnd)
        let isAlone = nameEnd >= lineEnd || next.isSpaceOrTab || next == 0x3E
        if isAlone, !isEnd, Self.verbatim.contains(name) { return 1 }
        if isAlone || source.has("/>", at: nameEnd, before: lineEnd), Self.structural.contains(name)
        {
            return 6
        }
        guard !interrupting,
            let end = MarkdownHTML.tagEnd(source, at: textStart, before: lineEnd, &stepCount)
        else { return nil }
        return isBlank(from: end) ? 7 : nil
    }

    /// Whether the line ends a block of HTML; blank lines end those of the other conditions.
    mutating func endsHTML(_ condition: Int) -> Bool {
        let ends: [String] =
            switch condition {
            case 1: ["</script>", "</pre>", "</style>", "</textarea>"]
            case 2: ["-->"]
            case 3: ["?>"]
            case 4: [">"]
            case 5: ["]]>"]
            default: []
            }
        guard !ends.isEmpty else { return false }
        for index in offset..<max(offset, lineEnd) where source[index] == (ends[0].utf8.first ?? 0)
        {
            let isEnd = ends.contains {
                source.has($0, at: index, before: lineEnd, ignoringCase: true)
            }
            if isEnd { return true }
        }
        return false
    }

    private static let nameBytesMax = 10
    private static let verbatim: Set<String> = ["script", "pre", "style", "textarea"]
    private static let structural = Set(
        """
        address article aside base basefont blockquote body caption center col colgroup dd \
        details dialog dir div dl dt fieldset figcaption figure footer form frame frameset h1 h2 \
        h3 h4 h5 h6 head header hr html iframe legend li link main menu menuitem nav noframes ol \
        optgroup option p param search section summary table tbody td tfoot th thead title tr \
        track ul
        """.split(separator: " ").map(String.init))
}

/// The forms of HTML inside a text (CommonMark 0.31.2, section 6.6).
enum MarkdownHTML {
    /// Where the open or closing tag that begins at `index` ends.
    static func tagEnd(
        _ bytes: [UInt8], at index: Int, before end: Int, _ steps: inout Int
    ) -> Int? {
        var place = index + 1
        defer { steps += place - index }
        let isEnd = bytes.byte(place, before: end) == 0x2F
        if isEnd { place += 1 }
        guard bytes.byte(place, before: end).isASCIILetter else { return nil }
        while isName(bytes.byte(place, before: end)) { place += 1 }
        if isEnd {
            place = skipSpace(bytes, place, end)
            return bytes.byte(place, before: end) == 0x3E ? place + 1 : nil
        }
        while true {
            let next = skipSpace(bytes, place, end)
            guard next > place,
                let attribute = attributeEnd(bytes, at: next, before: end, &steps)
            else {
                place = next
                break
            }
            place = attribute
        }
        if bytes.byte(place, before: end) == 0x2F { place += 1 }
        return bytes.byte(place, before: end) == 0x3E && place < end ? place + 1 : nil
    }

    private static func attributeEnd(
        _ bytes: [UInt8], at index: Int, before end: Int, _ steps: inout Int
    ) -> Int? {
        var place = index
        let first = bytes.byte(place, before: end)
        guard first.isASCIILetter || first == 0x5F || first == 0x3A else { return nil }
        while place < end, isAttributeName(bytes[place]) { place += 1 }
        let equals = skipSpace(bytes, place, end)
        guard equals < end, bytes[equals] == 0x3D else { return place }
        place = skipSpace(bytes, equals + 1, end)
        guard place < end else { return nil }
        let quote = bytes[place]
        if quote == 0x22 || quote == 0x27 {
            let close = bytes[(place + 1)..<end].firstIndex(of: quote)
            steps += (close ?? end) - place
            return close.map { $0 + 1 }
        }
        let start = place
        while place < end, !isValueEnd(bytes[place]) { place += 1 }
        return place > start ? place : nil
    }

    private static func skipSpace(_ bytes: [UInt8], _ index: Int, _ end: Int) -> Int {
        var place = index
        while place < end, bytes[place].isMarkdownSpace { place += 1 }
        return place
    }

    private static func isName(_ byte: UInt8) -> Bool { byte.isASCIIAlphanumeric || byte == 0x2D }

    private static func isAttributeName(_ byte: UInt8) -> Bool {
        isName(byte) || byte == 0x2E || byte == 0x3A || byte == 0x5F
    }

    private static func isValueEnd(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x22, 0x27, 0x3C, 0x3D, 0x3E, 0x60: true
        default: byte.isMarkdownSpace
        }
    }
}
