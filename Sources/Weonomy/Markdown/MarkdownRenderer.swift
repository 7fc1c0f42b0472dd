/// Writes a document as a fragment of HTML that is safe to show, whoever wrote the text.
///
/// Every tag and attribute is one that this type wrote; whatever comes from the text is escaped,
/// HTML in it included. Links lead to `http`, `https` and `mailto` addresses and to places on the
/// page's own site, all others lose their link and keep their text. Nothing is loaded from
/// elsewhere: an image on another site becomes a link to it.
package struct MarkdownRenderer: Sendable {
    /// How many levels headings go down, for a page that has a title of its own.
    package var headingShift: Int
    /// Where the share leads that a wikilink names; `nil` where there is none.
    package var wikilinkURL: @Sendable (_ name: String) -> String?
    /// From where on the page's own site an image is loaded; `nil` shows its text instead.
    package var imageURL: @Sendable (_ reference: String) -> String?

    package init(
        headingShift: Int = 0,
        wikilinkURL: @escaping @Sendable (_ name: String) -> String? = { _ in nil },
        imageURL: @escaping @Sendable (_ reference: String) -> String? = { _ in nil }
    ) {
        self.headingShift = headingShift
        self.wikilinkURL = wikilinkURL
        self.imageURL = imageURL
    }

    /// The document in HTML: linear in its size.
    package func html(_ document: MarkdownDocument) -> String {
        var writer = MarkdownHTMLWriter(document, self)
        writer.run()
        return String(decoding: writer.output, as: UTF8.self)
    }
}

/// The blocks of a document on their way to HTML.
struct MarkdownHTMLWriter {
    let document: MarkdownDocument
    let renderer: MarkdownRenderer
    var output: [UInt8] = []
    /// Of each link around the current part, whether it is written as one.
    var linksAround: [Bool] = []
    /// How many images are around the current part: they show its text only.
    var imageDepth = 0
    /// Whether the outermost of them is written as an image, or as a link.
    var isImageShown = false
    var isImageLinked = false

    init(_ document: MarkdownDocument, _ renderer: MarkdownRenderer) {
        self.document = document
        self.renderer = renderer
        output.reserveCapacity(document.bytes.count + document.bytes.count / 2)
    }

    mutating func run() {
        var index = 0
        while true {
            start(index)
            let child = document.blocks[index].firstChild
            if child >= 0 {
                index = child
                continue
            }
            while true {
                finish(index)
                let next = document.blocks[index].next
                if next >= 0 {
                    index = next
                    break
                }
                index = document.blocks[index].parent
                if index < 0 { return }
            }
        }
    }

    mutating func write(_ text: String) { output += text.utf8 }

    /// Begins a new line, unless one just began.
    private mutating func writeLine(_ text: String) {
        if let last = output.last, last != 0x0A { output.append(0x0A) }
        write(text)
    }

    private mutating func start(_ index: Int) {
        let block = document.blocks[index]
        switch block.kind {
        case .document: break
        case .quote: writeLine("<blockquote>\n")
        case .list: startList(block)
        case .item: writeLine(block.isDone == nil ? "<li>" : "<li class=\"task\">")
        case .paragraph: writeParagraph(index)
        case .heading:
            let level = level(of: block)
            writeLine("<h\(level)>")
            write(inlines: block)
            write("</h\(level)>\n")
        case .code: writeCode(block)
        case .html:
            writeLine("<pre class=\"html\">")
            write(escaped: block.content)
            write("</pre>\n")
        case .rule: writeLine("<hr />\n")
        case .table: writeLine("<table>\n")
        case .row: startRow(block)
        case .cell: writeCell(block)
        }
    }

    private mutating func finish(_ index: Int) {
        let block = document.blocks[index]
        switch block.kind {
        case .quote: writeLine("</blockquote>\n")
        case .list: write(block.list.start == nil ? "</ul>\n" : "</ol>\n")
        case .item: write("</li>\n")
        case .row:
            write("</tr>\n")
            if block.previous < 0 {
                write("</thead>\n")
            } else if block.next < 0 {
                write("</tbody>\n")
            }
        case .table: write("</table>\n")
        default: break
        }
    }

    private func level(of block: MarkdownBlock) -> Int {
        min(6, max(1, block.level + min(6, max(-6, renderer.headingShift))))
    }

    private mutating func startList(_ block: MarkdownBlock) {
        switch block.list.start {
        case nil: writeLine("<ul>\n")
        case 1?: writeLine("<ol>\n")
        case let start?: writeLine("<ol start=\"\(start)\">\n")
        }
    }

    private mutating func writeParagraph(_ index: Int) {
        let block = document.blocks[index]
        let item = document.blocks[block.parent]
        let isTight = item.kind == .item && document.blocks[item.parent].list.isTight
        if !isTight { writeLine("<p>") }
        if let isDone = item.isDone, block.previous < 0 {
            // The text is the name of the box.
            write(
                "<label><input type=\"checkbox\"\(isDone ? " checked=\"\"" : "") disabled=\"\" /> ")
            write(inlines: block)
            write("</label>")
        } else {
            write(inlines: block)
        }
        if !isTight { write("</p>\n") }
    }

    /// The language of code: the first word of the info string, if it is a plain one.
    private func language(_ block: MarkdownBlock) -> ArraySlice<UInt8>? {
        let word = document.bytes[block.fence.info].prefix { !$0.isMarkdownSpace }
        let isPlain = word.allSatisfy {
            $0.isASCIIAlphanumeric || $0 == 0x5F || $0 == 0x2B || $0 == 0x2D
        }
        return word.isEmpty || !isPlain ? nil : word
    }

    private mutating func writeCode(_ block: MarkdownBlock) {
        writeLine("<pre><code")
        if let language = language(block) {
            write(" class=\"language-")
            output += language
            write("\"")
        }
        write(">")
        write(escaped: block.content)
        write("</code></pre>\n")
    }

    private mutating func startRow(_ block: MarkdownBlock) {
        if block.previous < 0 {
            write("<thead>\n")
        } else if document.blocks[block.previous].previous < 0 {
            write("<tbody>\n")
        }
        write("<tr>\n")
    }

    private mutating func writeCell(_ block: MarkdownBlock) {
        let isHead = document.blocks[block.parent].previous < 0
        write(isHead ? "<th scope=\"col\"" : "<td")
        switch block.alignment {
        case .none: break
        case .left: write(" class=\"left\"")
        case .center: write(" class=\"center\"")
        case .right: write(" class=\"right\"")
        }
        write(">")
        write(inlines: block)
        write(isHead ? "</th>\n" : "</td>\n")
    }
}
