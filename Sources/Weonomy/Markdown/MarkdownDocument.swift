/// A Markdown text as a tree of blocks with their inline content.
///
/// CommonMark 0.31.2 with the tables, task lists, strikethrough and bare links of GitHub, and
/// `[[Name]]` or `[[Name|shown]]`. Any text is a document. Time and memory are linear in its
/// length, whatever stands in it.
package struct MarkdownDocument: Sendable {
    /// Blocks, and separately emphasis and links, nest this deep; what would be deeper is text.
    package static let depthMax = 100

    /// The contents of all leaves, and what references and escapes in them stand for.
    let bytes: [UInt8]
    /// The document itself is the first.
    let blocks: [MarkdownBlock]
    let inlines: [MarkdownInline]
    let links: [MarkdownLink]

    /// The level of its highest heading, 1 being the highest; `nil` without any.
    package var headingLevelMin: Int? {
        blocks.lazy.filter { $0.kind == .heading }.map(\.level).min()
    }

    /// How many bytes and delimiters were looked at, for tests of linear time.
    package let stepCount: Int

    /// Reads a text.
    ///
    /// Without `hasWikilinks`, double brackets mean nothing.
    package init(_ text: String, hasWikilinks: Bool = true) {
        var blocks = MarkdownBlockParser(text)
        blocks.run()
        var inlines = MarkdownInlineParser(blocks, hasWikilinks: hasWikilinks)
        inlines.run()
        bytes = inlines.bytes
        self.blocks = inlines.blocks
        self.inlines = inlines.events
        links = inlines.links
        stepCount = inlines.stepCount
    }
}

/// One block; its relations are places in the document's list, `-1` for none.
struct MarkdownBlock: Sendable {
    enum Kind: UInt8, Sendable {
        case document, quote, list, item, paragraph, heading, code, html, rule, table, row, cell
    }

    enum Alignment: UInt8, Sendable {
        case none, left, center, right
    }

    var kind: Kind
    var parent: Int
    var firstChild = -1
    var lastChild = -1
    var previous = -1
    var next = -1

    /// Where the content of a leaf is in the document's bytes.
    var content = 0..<0
    /// Where the parts of the content are in the document's inlines.
    var inlines = 0..<0

    /// Of a heading, 1 to 6.
    var level = 0
    var list = MarkdownList()
    /// Of code, in a fence or not.
    var fence = MarkdownFence()
    /// Of an HTML block: by which of the seven conditions it began.
    var condition = 0
    /// Of a cell.
    var alignment = Alignment.none
    /// Of an item: whether it is a task, and done.
    var isDone: Bool?

    var isLastLineBlank = false
    var isLastLineChecked = false

    init(_ kind: Kind, parent: Int) {
        self.kind = kind
        self.parent = parent
    }

    /// Whether lines of text are added to it.
    var takesLines: Bool { kind == .paragraph || kind == .heading || kind == .code }

    func canHold(_ child: Kind) -> Bool {
        switch kind {
        case .document, .quote, .item: child != .item && child != .row && child != .cell
        case .list: child == .item
        case .table: child == .row
        case .row: child == .cell
        default: false
        }
    }
}

/// What a list and its items have in common.
struct MarkdownList: Sendable, Equatable {
    /// `-`, `+` or `*`, else the delimiter after the number.
    var marker: UInt8 = 0
    /// The first number of an ordered list.
    var start: Int?
    /// How far the marker of an item is indented, in columns.
    var markerOffset = 0
    /// How far the content of an item is from the start of its marker, in columns.
    var padding = 0
    var isTight = true

    func continues(_ list: MarkdownList) -> Bool {
        marker == list.marker && (start == nil) == (list.start == nil)
    }
}

/// How a code block is fenced.
struct MarkdownFence: Sendable {
    /// 0 for indented code.
    var mark: UInt8 = 0
    var length = 0
    /// How far the fence is indented, in columns.
    var offset = 0
    /// Where the info string is in the document's bytes.
    var info = 0..<0
}

/// One part of inline content.
///
/// What encloses others has a part at either end.
struct MarkdownInline: Sendable {
    enum Kind: UInt8, Sendable {
        case text, softBreak, hardBreak, code, html, wikilink
        case emphasis, strong, strikethrough, link, image
        case emphasisEnd, strongEnd, strikethroughEnd, linkEnd, imageEnd

        var isStart: Bool {
            rawValue >= Kind.emphasis.rawValue && rawValue <= Kind.image.rawValue
        }
        var isEnd: Bool { rawValue >= Kind.emphasisEnd.rawValue }
    }

    var kind: Kind
    /// Where its text is in the document's bytes.
    var content: Range<Int>
    /// Of a link, an image or a wikilink: its place in the document's links.
    var link = -1
}

/// Where a link leads; places in the document's bytes.
struct MarkdownLink: Sendable {
    var destination: Range<Int>
    /// The title; the shown text of a wikilink.
    var title: Range<Int>
}
