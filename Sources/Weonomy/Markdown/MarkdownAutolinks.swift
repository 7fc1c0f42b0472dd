/// What stands in angle brackets, and links that stand bare in a text (GitHub's specification,
/// "Autolinks (extension)").
extension MarkdownInlineParser {
    /// The longest host of a bare link, in bytes: DNS has no longer names.
    private static let hostBytesMax = 255

    // MARK: - Angle brackets

    mutating func takeAngle() -> Bool {
        if let close = addressEnd(place + 1) {
            let content = (place + 1)..<close
            let link = MarkdownLink(
                destination: bytes.unescaped(content, hasEscapes: false), title: 0..<0)
            takeLink(link, shown: content, to: close + 1)
            return true
        }
        if let close = mailEnd(place + 1) {
            takeLink(mailLink((place + 1)..<close), shown: (place + 1)..<close, to: close + 1)
            return true
        }
        guard let after = htmlEnd else { return false }
        take(.html, place..<after, to: after)
        return true
    }

    private mutating func takeLink(_ link: MarkdownLink, shown: Range<Int>, to place: Int) {
        links.append(link)
        take(.link, 0..<0, link: links.count - 1, to: place)
        append(.text, shown)
        append(.linkEnd)
    }

    /// Where the absolute address that begins at `index` is closed.
    private mutating func addressEnd(_ index: Int) -> Int? {
        guard bytes.byte(index, before: end).isASCIILetter else { return nil }
        var place = index
        defer { stepCount += place - index }
        while place < end, place - index <= 32,
            bytes[place].isASCIIAlphanumeric || [0x2B, 0x2D, 0x2E].contains(bytes[place])
        {
            place += 1
        }
        guard (2...32).contains(place - index), bytes.byte(place, before: end) == 0x3A else {
            return nil
        }
        while place < end, bytes[place] != 0x3E {
            if bytes[place] <= 0x20 || bytes[place] == 0x3C { return nil }
            place += 1
        }
        return place < end ? place : nil
    }

    /// Where the mail address that begins at `index` is closed.
    private mutating func mailEnd(_ index: Int) -> Int? {
        var place = index
        defer { stepCount += place - index }
        while place < end, Self.isLocalPart(bytes[place]) { place += 1 }
        guard place > index, bytes.byte(place, before: end) == 0x40 else { return nil }
        repeat {
            let label = place + 1
            place = label
            while place < end, bytes[place].isASCIIAlphanumeric || bytes[place] == 0x2D {
                place += 1
            }
            guard (1...63).contains(place - label), bytes[label] != 0x2D, bytes[place - 1] != 0x2D
            else { return nil }
        } while bytes.byte(place, before: end) == 0x2E
        return bytes.byte(place, before: end) == 0x3E ? place : nil
    }

    private static func isLocalPart(_ byte: UInt8) -> Bool {
        byte.isASCIIAlphanumeric || ".!#$%&'*+/=?^_`{|}~-".utf8.contains(byte)
    }

    mutating func mailLink(_ address: Range<Int>) -> MarkdownLink {
        let from = bytes.count
        bytes += "mailto:".utf8
        bytes += bytes[address]
        return MarkdownLink(destination: from..<bytes.count, title: 0..<0)
    }

    /// Where the HTML that begins here ends.
    private var htmlEnd: Int? {
        mutating get {
            let next = place + 1
            switch bytes.byte(next, before: end) {
            case 0x3F: return endOfHTML("?>", from: next + 1)
            case 0x21:
                if bytes.has("--", at: next + 1, before: end) {
                    if bytes.has(">", at: next + 3, before: end) { return next + 4 }
                    if bytes.has("->", at: next + 3, before: end) { return next + 5 }
                    return endOfHTML("-->", from: next + 3)
                }
                if bytes.has("[CDATA[", at: next + 1, before: end) {
                    return endOfHTML("]]>", from: next + 8)
                }
                guard bytes.byte(next + 1, before: end).isASCIILetter else { return nil }
                return endOfHTML(">", from: next + 2)
            default:
                stepCount += 1
                return MarkdownHTML.tagEnd(bytes, at: place, before: end, &stepCount)
            }
        }
    }

    private mutating func endOfHTML(_ mark: String, from index: Int) -> Int? {
        guard !missingEnds.contains(mark) else { return nil }
        var place = index
        defer { stepCount += place - index }
        while place < end {
            if bytes.has(mark, at: place, before: end) { return place + mark.utf8.count }
            place += 1
        }
        missingEnds.insert(mark)
        return nil
    }

    // MARK: - Bare links

    /// Takes a link whose `://` stands here.
    mutating func takeBareURL() -> Bool {
        guard bytes.has("://", at: place, before: end), brackets.isEmpty else { return false }
        var scheme = place
        while scheme > textStart, place - scheme < 6, bytes[scheme - 1].isASCIILetter {
            scheme -= 1
        }
        let name = String(decoding: bytes[scheme..<place], as: UTF8.self).lowercased()
        guard name == "http" || name == "https" else { return false }
        let host = place + 3
        guard isHostByte(at: host), let hostEnd = hostEnd(host, mayBeShort: true) else {
            return false
        }
        let content = scheme..<bareEnd(from: scheme, hostEnd)
        place = scheme
        let link = MarkdownLink(destination: content, title: 0..<0)
        takeLink(link, shown: content, to: content.upperBound)
        return true
    }

    /// Takes a link that begins with `www.` here.
    mutating func takeBareHost() -> Bool {
        guard bytes.has("www.", at: place, before: end), brackets.isEmpty else { return false }
        if place > start {
            let before = bytes[place - 1]
            guard before.isMarkdownSpace || [0x2A, 0x5F, 0x7E, 0x28].contains(before) else {
                return false
            }
        }
        guard let hostEnd = hostEnd(place, mayBeShort: false) else { return false }
        let content = place..<bareEnd(from: place, hostEnd)
        guard !content.isEmpty else { return false }
        let from = bytes.count
        bytes += "http://".utf8
        bytes += bytes[content]
        let link = MarkdownLink(destination: from..<bytes.count, title: 0..<0)
        takeLink(link, shown: content, to: content.upperBound)
        return true
    }

    private func isHostByte(at index: Int) -> Bool {
        guard index < end else { return false }
        let scalar = bytes.scalar(at: index, before: end)
        return !scalar.isMarkdownSpace && !scalar.isMarkdownPunctuation
    }

    /// Where the host that begins at `index` ends; its last two labels have no underscore.
    private mutating func hostEnd(_ index: Int, mayBeShort: Bool) -> Int? {
        var place = index
        var dotCount = 0
        var underscores = (before: 0, here: 0)
        defer { stepCount += place - index }
        scan: while place < end {
            guard place - index <= Self.hostBytesMax else { return nil }
            switch bytes[place] {
            // The last of a text is rather the end of emphasis.
            case 0x5F where place + 1 < end: underscores.here += 1
            case 0x2E:
                underscores = (underscores.here, 0)
                dotCount += 1
            case 0x2D: break
            case 0x80...0xBF: break
            default:
                if !isHostByte(at: place) { break scan }
            }
            place += 1
        }
        guard underscores == (0, 0), mayBeShort || dotCount > 0 else { return nil }
        return place
    }

    /// Where a bare link ends: before white space, without what ends a sentence around it.
    private mutating func bareEnd(from start: Int, _ hostEnd: Int) -> Int {
        var last = hostEnd
        while last < end, !bytes[last].isMarkdownSpace, bytes[last] != 0x3C { last += 1 }
        stepCount += last - start
        var surplus = 0
        for byte in bytes[start..<last] {
            if byte == 0x28 { surplus -= 1 } else if byte == 0x29 { surplus += 1 }
        }
        while last > start {
            switch bytes[last - 1] {
            case 0x3F, 0x21, 0x2E, 0x2C, 0x3A, 0x2A, 0x5F, 0x7E, 0x27, 0x22: last -= 1
            case 0x3B:
                var name = last - 2
                while name > start, bytes[name].isASCIILetter { name -= 1 }
                stepCount += last - name
                last = name < last - 2 && bytes[name] == 0x26 ? name : last - 1
            case 0x29 where surplus > 0:
                surplus -= 1
                last -= 1
            default: return last
            }
        }
        return last
    }

    /// The mail address around the `@` at `at`.
    mutating func mailAddress(_ at: Int, in text: Range<Int>) -> Range<Int>? {
        var from = at
        while from > text.lowerBound,
            bytes[from - 1].isASCIIAlphanumeric || ".+-_".utf8.contains(bytes[from - 1])
        {
            from -= 1
        }
        guard from < at else { return nil }
        var to = at + 1
        var dotCount = 0
        while to < text.upperBound {
            let byte = bytes[to]
            if byte == 0x2E, to + 1 < text.upperBound, bytes[to + 1].isASCIIAlphanumeric {
                dotCount += 1
            } else if !byte.isASCIIAlphanumeric, byte != 0x2D, byte != 0x5F {
                break
            }
            to += 1
        }
        stepCount += to - from
        guard dotCount > 0, to == text.upperBound || bytes[to] != 0x40,
            bytes[to - 1].isASCIILetter
        else { return nil }
        return from..<to
    }
}
