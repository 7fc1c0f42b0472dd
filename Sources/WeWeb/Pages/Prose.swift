import Weonomy

/// Turns the Markdown of items into HTML, with the links between them.
struct Prose: Sendable {
    private let places: [String: String]

    /// Looks up what `[[Name]]` means in some items.
    init(_ visit: Visit, for items: [Item]) async throws {
        var places: [String: String] = [:]
        for name in Prose.linked(items) {
            let phrase = name.filter { $0 != "\"" }
            let found = try await visit.brain.find("\"\(phrase)\"", countMax: 5).items
            let same = found.first { $0.title.lowercased() == name.lowercased() }
            if let same { places[name] = Place.item(same) }
        }
        self.places = places
    }

    /// Names looked up for one page.
    private static let namesMax = 50

    private static func linked(_ items: [Item]) -> [String] {
        var names: [String] = []
        for item in items {
            for part in item.body.split(separator: "[[", omittingEmptySubsequences: false)
                .dropFirst()
            {
                guard names.count < namesMax, let end = part.firstRange(of: "]]") else { continue }
                let name = part[..<end.lowerBound].prefix { $0 != "|" && $0 != "#" }
                if !name.isEmpty, name.utf8.count <= 200 { names.append(String(name).trimmed) }
            }
        }
        return names
    }

    /// The text of an item, without a first heading that only repeats its title.
    func html(_ item: Item) -> HTML { html(Prose.body(of: item)) }

    private func html(_ text: String) -> HTML {
        let document = MarkdownDocument(text)
        let renderer = MarkdownRenderer(
            headingShift: Prose.headingShift(document), wikilinkURL: { [places] in places[$0] })
        return HTML(markup: renderer.html(document))
    }

    /// The beginning of an item's text, in whole lines where there are some, and whether it is all.
    func begun(_ item: Item, bytesMax: Int) -> (text: HTML, isWhole: Bool) {
        let text = Prose.body(of: item)
        guard let start = text.pieces(bytesMax: bytesMax).first, start != text else {
            return (html(text), true)
        }
        return (html(start), false)
    }

    /// Text that links to nothing of ours.
    static func plain(_ text: String) -> HTML {
        let document = MarkdownDocument(text)
        return HTML(
            markup: MarkdownRenderer(headingShift: headingShift(document)).html(document))
    }

    /// The highest heading of a text comes right below the page's own: none is passed over.
    private static func headingShift(_ document: MarkdownDocument) -> Int {
        2 - (document.headingLevelMin ?? 1)
    }

    /// The beginning of an item, without markup.
    static func excerpt(_ item: Item) -> String {
        let start = String(body(of: item).prefix(4 * excerptMax))
        let text = MarkdownDocument(start).plainText(lengthMax: excerptMax).oneLine
        return text.count < excerptMax ? text : text + "…"
    }

    private static let excerptMax = 160

    private static func body(of item: Item) -> String {
        let lines = item.body.drop { $0.isNewline || $0 == " " }
        guard lines.hasPrefix("# ") else { return item.body }
        let heading = lines.prefix { !$0.isNewline }.dropFirst(2)
        return heading.trimmed == item.title
            ? String(lines.dropFirst(heading.count + 2)) : item.body
    }
}
