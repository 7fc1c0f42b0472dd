/// The parts of inline content on their way to HTML.
extension MarkdownHTMLWriter {
    mutating func write(inlines block: MarkdownBlock) {
        for index in block.inlines {
            let part = document.inlines[index]
            if imageDepth > 0 {
                writeInImage(part)
                continue
            }
            switch part.kind {
            case .text: write(escaped: part.content)
            case .softBreak: write("\n")
            case .hardBreak: write("<br />\n")
            case .code:
                write("<code>")
                write(escaped: part.content, lineFeedsAsSpaces: true)
                write("</code>")
            case .html:
                write("<span class=\"html\">")
                write(escaped: part.content)
                write("</span>")
            case .wikilink: writeWikilink(part)
            case .emphasis: write("<em>")
            case .emphasisEnd: write("</em>")
            case .strong: write("<strong>")
            case .strongEnd: write("</strong>")
            case .strikethrough: write("<del>")
            case .strikethroughEnd: write("</del>")
            case .link: startLink(part)
            case .linkEnd: if linksAround.popLast() ?? false { write("</a>") }
            case .image: startImage(part, isEmpty: document.inlines[index + 1].kind == .imageEnd)
            case .imageEnd: break
            }
        }
    }

    private var isInLink: Bool { linksAround.contains(true) }

    private func link(_ part: MarkdownInline) -> MarkdownLink { document.links[part.link] }

    private mutating func startLink(_ part: MarkdownInline) {
        let link = link(part)
        let place = MarkdownLinkPolicy.place(document.bytes[link.destination])
        let isWritten = place != .refused && !isInLink
        linksAround.append(isWritten)
        guard isWritten else { return }
        startLink(to: document.bytes[link.destination], isOutside: place == .outside)
        if !link.title.isEmpty {
            write(" title=\"")
            write(escaped: link.title)
            write("\"")
        }
        write(">")
    }

    private mutating func startLink(to destination: ArraySlice<UInt8>, isOutside: Bool) {
        write("<a href=\"")
        write(url: destination)
        write(isOutside ? "\" rel=\"noreferrer noopener nofollow\"" : "\"")
    }

    private mutating func writeWikilink(_ part: MarkdownInline) {
        let link = link(part)
        let url = renderer.wikilinkURL(
            String(decoding: document.bytes[link.destination], as: UTF8.self))
        guard !isInLink else { return write(escaped: link.title) }
        if let url, case let bytes = Array(url.utf8)[...],
            MarkdownLinkPolicy.place(bytes) != .refused
        {
            startLink(to: bytes, isOutside: MarkdownLinkPolicy.place(bytes) == .outside)
            write(">")
            write(escaped: link.title)
            write("</a>")
        } else {
            write("<span class=\"missing\">")
            write(escaped: link.title)
            write("</span>")
        }
    }

    // MARK: - Images

    private mutating func startImage(_ part: MarkdownInline, isEmpty: Bool) {
        let reference = document.bytes[link(part).destination]
        imageDepth = 1
        isImageLinked = false
        isImageShown = false
        let place = MarkdownLinkPolicy.place(reference)
        if place == .outside, !isInLink {
            isImageLinked = true
            startLink(to: reference, isOutside: true)
            write(">")
        } else if place == .inside,
            let url = renderer.imageURL(String(decoding: reference, as: UTF8.self)),
            case let bytes = Array(url.utf8)[...], MarkdownLinkPolicy.place(bytes) == .inside
        {
            isImageShown = true
            write("<img src=\"")
            write(url: bytes)
            write("\" alt=\"")
            return
        }
        // What has no text shows what it is, but for an image that is its own reference.
        if isEmpty, place != .refused { write(escaped: link(part).destination) }
    }

    private mutating func writeInImage(_ part: MarkdownInline) {
        switch part.kind {
        case .text, .html: write(escaped: part.content)
        case .code: write(escaped: part.content, lineFeedsAsSpaces: true)
        case .softBreak, .hardBreak: write(" ")
        case .wikilink: write(escaped: link(part).title)
        case .image: imageDepth += 1
        case .imageEnd:
            imageDepth -= 1
            guard imageDepth == 0 else { break }
            if isImageShown { write("\" />") }
            if isImageLinked { write("</a>") }
        default: break
        }
    }

    // MARK: - Escaping

    mutating func write(escaped range: Range<Int>, lineFeedsAsSpaces: Bool = false) {
        var start = range.lowerBound
        for index in range {
            let replacement: String
            switch document.bytes[index] {
            case 0x26: replacement = "&amp;"
            case 0x3C: replacement = "&lt;"
            case 0x3E: replacement = "&gt;"
            case 0x22: replacement = "&quot;"
            case 0x0A where lineFeedsAsSpaces: replacement = " "
            // No HTML may hold these.
            case 0x00...0x08, 0x0B, 0x0E...0x1F, 0x7F: replacement = "\u{FFFD}"
            default: continue
            }
            output += document.bytes[start..<index]
            write(replacement)
            start = index + 1
        }
        output += document.bytes[start..<range.upperBound]
    }

    /// Writes an address for an attribute; what an address may not hold is percent-encoded.
    mutating func write(url: ArraySlice<UInt8>) {
        for byte in url {
            switch byte {
            case 0x26: write("&amp;")
            case 0x27: write("&#x27;")
            case _ where byte.isASCIIAlphanumeric || Self.urlBytes.contains(byte):
                output.append(byte)
            default:
                output.append(0x25)
                output.append(Self.hexadecimal[Int(byte >> 4)])
                output.append(Self.hexadecimal[Int(byte & 0xF)])
            }
        }
    }

    private static let urlBytes = Array("-_.+!*(),%#@?=;:/$~".utf8)
    private static let hexadecimal = Array("0123456789ABCDEF".utf8)
}

/// Which addresses a text may lead to.
enum MarkdownLinkPolicy {
    enum Place {
        /// On the page's own site.
        case inside
        /// Anywhere else: its owner is told nothing of the page.
        case outside
        case mail, refused
    }

    /// Where an address leads.
    ///
    /// Controls and white space count for nothing, as in browsers; nor may
    /// anything but a known scheme stand before a colon, though a browser would take it for a path.
    static func place(_ address: ArraySlice<UInt8>) -> Place {
        let plain = address.lazy.filter { $0 > 0x20 && $0 != 0x7F }
        guard let end = plain.firstIndex(where: { [0x3A, 0x2F, 0x3F, 0x23].contains($0) }) else {
            return .inside
        }
        guard plain[end] == 0x3A else {
            return plain.starts(with: [0x2F, 0x2F]) ? .outside : .inside
        }
        let scheme = plain[..<end].prefix(schemeBytesMax).map { $0.isASCIILetter ? $0 | 0x20 : $0 }
        return switch String(decoding: scheme, as: UTF8.self) {
        case "http", "https": .outside
        case "mailto": .mail
        default: .refused
        }
    }

    /// More than the longest that is known.
    private static let schemeBytesMax = 8
}
