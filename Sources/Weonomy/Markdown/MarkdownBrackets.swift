/// A bracket that may begin a link or an image.
struct MarkdownBracket {
    /// Its text.
    let node: Int
    /// Where the text in it begins.
    let contentStart: Int
    let isImage: Bool
    /// The last delimiter before it.
    let delimiter: Int
    /// Whether another bracket follows in it: its text is no label then.
    var hasBracket = false
}

/// Links and images (CommonMark 0.31.2, sections 6.3 and 6.4), and wikilinks.
extension MarkdownInlineParser {
    /// The longest content of a wikilink, in bytes.
    private static let wikilinkBytesMax = 300

    mutating func takeOpenBracket() {
        if hasWikilinks, takeWikilink() { return }
        openBracket(length: 1, isImage: false)
    }

    mutating func takeImageBracket() { openBracket(length: 2, isImage: true) }

    private mutating func openBracket(length: Int, isImage: Bool) {
        flushText(to: place)
        let node = append(.text, place..<(place + length))
        place += length
        textStart = place
        if !brackets.isEmpty { brackets[brackets.count - 1].hasBracket = true }
        brackets.append(
            MarkdownBracket(
                node: node, contentStart: place, isImage: isImage, delimiter: lastDelimiter))
    }

    private mutating func dropBracket() {
        brackets.removeLast()
        linksFrom = min(linksFrom, brackets.count)
    }

    mutating func takeCloseBracket() {
        let close = place
        guard let bracket = brackets.last else {
            place += 1
            return
        }
        flushText(to: close)
        guard bracket.isImage || brackets.count > linksFrom,
            let (link, after) = target(of: bracket, closedAt: close)
        else {
            dropBracket()
            place = close + 1
            return
        }
        nodes[bracket.node].part = MarkdownInline(
            kind: bracket.isImage ? .image : .link, content: 0..<0, link: links.count)
        links.append(link)
        matchDelimiters(from: bracket.delimiter)
        append(bracket.isImage ? .imageEnd : .linkEnd)
        place = after
        textStart = after
        dropBracket()
        if !bracket.isImage { linksFrom = brackets.count }
    }

    /// Where a link whose text ends at `close` leads, and where the link ends.
    private mutating func target(
        of bracket: MarkdownBracket, closedAt close: Int
    ) -> (link: MarkdownLink, end: Int)? {
        if let inline = inlineTarget(at: close + 1) { return inline }
        var label = MarkdownLinkScan.label(bytes, at: close + 1, end, &stepCount)
        let after = label.map { $0.upperBound + 1 } ?? close + 1
        if label?.isEmpty ?? true {
            label = bracket.hasBracket ? nil : bracket.contentStart..<close
        }
        guard let label else { return nil }
        stepCount += min(label.count, MarkdownReferences.labelBytesMax)
        guard let link = references.link(bytes[label]) else { return nil }
        referenceBytesLeft -= link.destination.count + link.title.count
        return referenceBytesLeft >= 0 ? (link, after) : nil
    }

    /// The destination and title in parentheses at `index`.
    private mutating func inlineTarget(at index: Int) -> (link: MarkdownLink, end: Int)? {
        guard bytes.byte(index, before: end) == 0x28 else { return nil }
        let from = MarkdownLinkScan.skipSpace(bytes, index + 1, end)
        guard let destination = MarkdownLinkScan.destination(bytes, at: from, end, &stepCount)
        else { return nil }
        var after = MarkdownLinkScan.skipSpace(bytes, destination.end, end)
        var title = 0..<0
        if after > destination.end,
            let found = MarkdownLinkScan.title(bytes, at: after, end, &stepCount)
        {
            title = found.content
            after = MarkdownLinkScan.skipSpace(bytes, found.end, end)
        }
        stepCount += after - index
        guard after < end, bytes[after] == 0x29 else { return nil }
        let link = MarkdownLink(
            destination: bytes.unescaped(destination.content), title: bytes.unescaped(title))
        return (link, after + 1)
    }

    /// Takes `[[Name]]` or `[[Name|shown]]`; what a parenthesis follows is a link in brackets.
    private mutating func takeWikilink() -> Bool {
        guard bytes.byte(place + 1, before: end) == 0x5B else { return false }
        let from = place + 2
        var index = from
        var bar: Int?
        defer { stepCount += index - place }
        scan: while index < end, index - from <= Self.wikilinkBytesMax {
            switch bytes[index] {
            case 0x5D: break scan
            case 0x5B, 0x0A: return false
            case 0x7C where bar == nil: bar = index
            default: break
            }
            index += 1
        }
        guard bytes.byte(index, before: end) == 0x5D, bytes.byte(index + 1, before: end) == 0x5D,
            bytes.byte(index + 2, before: end) != 0x28
        else { return false }
        let name = bytes.trimmed(from..<(bar ?? index))
        guard !name.isEmpty else { return false }
        let shown = bytes.trimmed((bar.map { $0 + 1 } ?? from)..<index)
        links.append(MarkdownLink(destination: name, title: shown.isEmpty ? name : shown))
        take(.wikilink, 0..<0, link: links.count - 1, to: index + 2)
        linksFrom = brackets.count
        return true
    }
}
