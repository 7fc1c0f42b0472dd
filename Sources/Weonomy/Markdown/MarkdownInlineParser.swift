/// Finds what the contents of leaves hold: text, code, emphasis, links.
///
/// The parts of one leaf are a list; what encloses parts gets one part where it starts and one
/// where it ends, so no tree is built and nothing recurs.
struct MarkdownInlineParser {
    /// A part while it is being found, linked to its neighbours.
    struct Node {
        var part: MarkdownInline
        var previous: Int
        var next = -1
    }

    var bytes: [UInt8]
    private(set) var blocks: [MarkdownBlock]
    private(set) var events: [MarkdownInline] = []
    var links: [MarkdownLink] = []
    var stepCount: Int
    let references: MarkdownReferences
    let hasWikilinks: Bool
    /// How many bytes references may still stand for: a long destination that is named again and
    /// again must not take more room than the text by far.
    var referenceBytesLeft: Int

    // MARK: - The current leaf

    /// Where the parser is and where the leaf ends.
    var place = 0
    var end = 0
    var start = 0
    /// From where text has not been made a part yet.
    var textStart = 0
    var nodes: [Node] = []
    var first = -1
    var last = -1
    var delimiters: [MarkdownDelimiter] = []
    var lastDelimiter = -1
    var brackets: [MarkdownBracket] = []
    /// Below this place in `brackets` no link can open: links hold no links.
    var linksFrom = 0
    /// Where the last run of each length of backticks is, once all have been looked for.
    private var backticks: [Int: Int] = [:]
    private var hasAllBackticks = false
    /// Which ends of HTML are known to be missing from here on.
    var missingEnds: Set<String> = []

    /// The longest run of backticks that begins code, as in cmark.
    private static let backticksMax = 80

    init(_ parser: MarkdownBlockParser, hasWikilinks: Bool) {
        bytes = parser.bytes
        blocks = parser.blocks
        references = parser.references
        stepCount = parser.stepCount
        referenceBytesLeft = max(100_000, parser.source.count)
        self.hasWikilinks = hasWikilinks
    }

    mutating func run() {
        for index in blocks.indices {
            switch blocks[index].kind {
            case .paragraph, .heading, .cell:
                if blocks[index].kind == .paragraph { takeTaskMark(of: index) }
                let from = events.count
                parse(bytes.trimmed(blocks[index].content))
                blocks[index].inlines = from..<events.count
            default: break
            }
        }
    }

    /// Makes an item whose first paragraph begins with `[ ]` or `[x]` a task.
    private mutating func takeTaskMark(of index: Int) {
        let (parent, content) = (blocks[index].parent, blocks[index].content)
        let start = content.lowerBound
        guard blocks[parent].kind == .item, blocks[index].previous < 0, content.count > 4,
            bytes[start] == 0x5B, bytes[start + 2] == 0x5D, bytes[start + 3].isMarkdownSpace,
            bytes[start + 1] == 0x20 || bytes[start + 1] | 0x20 == 0x78,
            !bytes.trimmed((start + 3)..<content.upperBound).isEmpty
        else { return }
        blocks[parent].isDone = bytes[start + 1] != 0x20
        blocks[index].content = (start + 3)..<content.upperBound
    }

    private mutating func parse(_ content: Range<Int>) {
        (start, place, end, textStart) = (
            content.lowerBound, content.lowerBound, content.upperBound, content.lowerBound
        )
        nodes.removeAll(keepingCapacity: true)
        delimiters.removeAll(keepingCapacity: true)
        brackets.removeAll(keepingCapacity: true)
        (first, last, lastDelimiter, linksFrom) = (-1, -1, -1, 0)
        if !backticks.isEmpty { backticks.removeAll() }
        if !missingEnds.isEmpty { missingEnds.removeAll() }
        hasAllBackticks = false
        while place < end {
            if !Self.isSpecial(bytes[place]) {
                place += 1
            } else if !takeSpecial(bytes[place]) {
                place += 1
            }
        }
        flushText(to: end)
        stepCount += content.count
        matchDelimiters(from: -1)
        emit()
    }

    /// Takes what begins with a character that may mean something; `false` where it is text.
    private mutating func takeSpecial(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x0A: takeLineEnd()
        case 0x60: takeCode()
        case 0x5C: takeEscape()
        case 0x26: return takeReference()
        case 0x3C: return takeAngle()
        case 0x2A, 0x5F, 0x7E: takeDelimiters(byte)
        case 0x5B: takeOpenBracket()
        case 0x5D: takeCloseBracket()
        case 0x21:
            guard bytes.byte(place + 1, before: end) == 0x5B else { return false }
            takeImageBracket()
        case 0x3A: return takeBareURL()
        case 0x77: return takeBareHost()
        default: return false
        }
        return true
    }

    /// Line feed, ``!&:<[\]*_`w~``.
    private static func isSpecial(_ byte: UInt8) -> Bool {
        guard byte < 0x80 else { return false }
        let mask: UInt64 =
            byte < 0x40
            ? 1 << 0x0A | 1 << 0x21 | 1 << 0x26 | 1 << 0x2A | 1 << 0x3A | 1 << 0x3C
            : 1 << 0x1B | 1 << 0x1C | 1 << 0x1D | 1 << 0x1F | 1 << 0x20 | 1 << 0x37 | 1 << 0x3E
        return mask >> UInt64(byte & 0x3F) & 1 != 0
    }

    // MARK: - Parts

    @discardableResult
    mutating func append(
        _ kind: MarkdownInline.Kind, _ content: Range<Int> = 0..<0, link: Int = -1
    ) -> Int {
        let index = nodes.count
        let part = MarkdownInline(kind: kind, content: content, link: link)
        nodes.append(Node(part: part, previous: last))
        if last >= 0 { nodes[last].next = index } else { first = index }
        last = index
        return index
    }

    /// Puts a part between two neighbours.
    mutating func insert(_ kind: MarkdownInline.Kind, after previous: Int) {
        let index = nodes.count
        let next = previous >= 0 ? nodes[previous].next : first
        let part = MarkdownInline(kind: kind, content: 0..<0)
        nodes.append(Node(part: part, previous: previous, next: next))
        if previous >= 0 { nodes[previous].next = index } else { first = index }
        if next >= 0 { nodes[next].previous = index } else { last = index }
    }

    /// Makes what was passed over as text a part.
    mutating func flushText(to place: Int) {
        if place > textStart { append(.text, textStart..<place) }
        textStart = place
    }

    /// Goes on after `place`, with what was passed over as text and then another part.
    mutating func take(
        _ kind: MarkdownInline.Kind, _ content: Range<Int>, link: Int = -1, to place: Int
    ) {
        flushText(to: self.place)
        append(kind, content, link: link)
        self.place = place
        textStart = place
    }

    // MARK: - Simple parts

    private mutating func takeLineEnd() {
        var textEnd = place
        while textEnd > textStart, bytes[textEnd - 1].isMarkdownSpace { textEnd -= 1 }
        let isHard = place - start >= 2 && bytes[place - 1] == 0x20 && bytes[place - 2] == 0x20
        let lineEnd = place
        flushText(to: textEnd)
        append(isHard ? .hardBreak : .softBreak)
        place = lineEnd + 1
        skipSpace()
    }

    private mutating func skipSpace() {
        while place < end, bytes[place].isSpaceOrTab { place += 1 }
        textStart = place
    }

    private mutating func takeEscape() {
        let next = bytes.byte(place + 1, before: end)
        if next.isASCIIPunctuation {
            flushText(to: place)
            textStart = place + 1
            place += 2
        } else if next == 0x0A, place + 1 < end {
            take(.hardBreak, 0..<0, to: place + 2)
            skipSpace()
        } else {
            place += 1
        }
    }

    private mutating func takeReference() -> Bool {
        guard let found = MarkdownEntities.read(bytes, at: place, before: end) else { return false }
        let from = bytes.count
        bytes.append(contentsOf: UTF8.encode(found.scalar) ?? .init())
        take(.text, from..<bytes.count, to: found.end)
        return true
    }

    private mutating func takeCode() {
        let open = place
        while place < end, bytes[place] == 0x60 { place += 1 }
        let length = place - open
        guard let close = closingBackticks(length) else { return }
        var content = place..<close
        let isSpaced = { (byte: UInt8) in byte == 0x20 || byte == 0x0A }
        if content.count >= 2, isSpaced(bytes[content.lowerBound]),
            isSpaced(bytes[content.upperBound - 1]), !bytes[content].allSatisfy(isSpaced)
        {
            content = (content.lowerBound + 1)..<(content.upperBound - 1)
        }
        place = open
        take(.code, content, to: close + length)
    }

    /// Where the next run of just so many backticks is.
    private mutating func closingBackticks(_ length: Int) -> Int? {
        guard length <= Self.backticksMax else { return nil }
        if hasAllBackticks, backticks[length] ?? 0 <= place { return nil }
        var index = place
        defer { stepCount += index - place }
        while index < end {
            guard bytes[index] == 0x60 else {
                index += 1
                continue
            }
            let run = index
            while index < end, bytes[index] == 0x60 { index += 1 }
            if index - run <= Self.backticksMax { backticks[index - run] = run }
            if index - run == length { return run }
        }
        hasAllBackticks = true
        return nil
    }

    // MARK: - The result

    /// Adds the parts of the leaf to the document's, neighbouring text joined and nothing deeper
    /// than may be.
    private mutating func emit() {
        var depth = 0
        var skipped = 0
        var linkDepth = 0
        var index = first
        while index >= 0 {
            let part = nodes[index].part
            index = nodes[index].next
            if part.kind.isStart {
                depth += 1
                if part.kind == .link { linkDepth += 1 }
                if depth > MarkdownDocument.depthMax {
                    skipped += 1
                    continue
                }
            } else if part.kind.isEnd {
                depth -= 1
                if part.kind == .linkEnd { linkDepth -= 1 }
                if skipped > 0 {
                    skipped -= 1
                    continue
                }
            }
            guard part.kind == .text else {
                events.append(part)
                continue
            }
            var content = part.content
            while index >= 0, nodes[index].part.kind == .text,
                nodes[index].part.content.lowerBound == content.upperBound
            {
                content = content.lowerBound..<nodes[index].part.content.upperBound
                index = nodes[index].next
            }
            guard !content.isEmpty else { continue }
            if linkDepth > 0 {
                events.append(MarkdownInline(kind: .text, content: content))
            } else {
                emitMailAddresses(in: content)
            }
        }
    }

    /// Adds a text with the mail addresses in it as links.
    private mutating func emitMailAddresses(in content: Range<Int>) {
        var from = content.lowerBound
        var index = from
        while let at = bytes[index..<content.upperBound].firstIndex(of: 0x40) {
            index = at + 1
            guard let address = mailAddress(at, in: from..<content.upperBound) else { continue }
            if address.lowerBound > from {
                events.append(MarkdownInline(kind: .text, content: from..<address.lowerBound))
            }
            let link = links.count
            links.append(mailLink(address))
            events.append(MarkdownInline(kind: .link, content: 0..<0, link: link))
            events.append(MarkdownInline(kind: .text, content: address))
            events.append(MarkdownInline(kind: .linkEnd, content: 0..<0))
            (from, index) = (address.upperBound, address.upperBound)
        }
        if from < content.upperBound {
            events.append(MarkdownInline(kind: .text, content: from..<content.upperBound))
        }
    }
}
