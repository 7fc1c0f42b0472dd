import Weonomy

/// What a command shows: lines, tables and prose, laid out when the screen is known.
struct Page: Sendable {
    private enum Block: Sendable {
        case line(Line, indent: Int, hanging: Int)
        case table(Table)
        case prose([String], indent: Int)
        case blank
    }

    private var blocks: [Block] = []

    init() {}

    /// A page with one text.
    init(_ text: Text) {
        say(text)
    }

    var isEmpty: Bool { blocks.isEmpty }

    /// Something that we say.
    mutating func say(_ text: Text, _ tone: Line.Tone = .plain, indent: Int = 0) {
        blocks.append(.line("\(text, tone)", indent: indent, hanging: indent))
    }

    /// A line put together from fields.
    mutating func line(_ line: Line, indent: Int = 0, hanging: Int? = nil) {
        blocks.append(.line(line, indent: indent, hanging: hanging ?? indent))
    }

    mutating func table(_ table: Table) {
        guard !table.rows.isEmpty else { return }
        blocks.append(.table(table))
    }

    /// Someone's text of several lines.
    mutating func prose(_ text: String, indent: Int = 0) {
        blocks.append(.prose(Sanitize.lines(text), indent: indent))
    }

    /// An empty line, never two in a row and never at the start.
    mutating func blank() {
        if case .blank? = blocks.last { return }
        guard !blocks.isEmpty else { return }
        blocks.append(.blank)
    }

    mutating func append(_ page: Page) {
        blocks += page.blocks
    }

    /// The page as text that ends in a newline; `width` nil leaves lines as long as they are.
    func rendered(_ voice: Voice, style: Style, width: Int?) -> String {
        var lines = blocks.flatMap { rendered($0, voice, style, width) }
        while lines.last?.isEmpty == true { lines.removeLast() }
        return lines.isEmpty ? "" : lines.joined(separator: "\n") + "\n"
    }

    private func rendered(
        _ block: Block, _ voice: Voice, _ style: Style, _ width: Int?
    ) -> [String] {
        switch block {
        case .blank:
            return [""]
        case .table(let table):
            return table.lines(voice, width: width).map { style.paint($0) }
        case .line(let line, let indent, let hanging):
            let runs = [Page.space(indent)] + line.runs(voice)
            guard let width else { return [style.paint(runs)] }
            return Wrap.lines(runs, width: width, hanging: hanging).map { style.paint($0) }
        case .prose(let lines, let indent):
            return lines.flatMap { text -> [String] in
                let runs = [Page.space(indent), Line.Run(text: text, tone: .plain)]
                guard let width else { return [style.paint(runs)] }
                let own = text.prefix { $0 == " " }.count
                return Wrap.lines(runs, width: width, hanging: indent + own)
                    .map { style.paint($0) }
            }
        }
    }

    private static func space(_ count: Int) -> Line.Run {
        Line.Run(text: String(repeating: " ", count: count), tone: .plain)
    }
}
