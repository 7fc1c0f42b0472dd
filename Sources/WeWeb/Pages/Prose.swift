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
            for part in item.body.split(separator: "[[", omittingEmptySubsequences: false).dropFirst() {
                guard names.count < namesMax, let end = part.firstRange(of: "]]") else { continue }
                let name = part[..<end.lowerBound].prefix { $0 != "|" && $0 != "#" }
                if !name.isEmpty, name.utf8.count <= 200 { names.append(String(name).trimmed) }
            }
        }
        return names
    }

    func html(_ text: String) -> HTML {
        Prose.renderer { places[$0] }
            .html(text)
    }

    /// Text that links to nothing of ours.
    static func plain(_ text: String) -> HTML { renderer { _ in nil }.html(text) }
}

extension Prose {
    fileprivate struct Rendering { func html(_ text: String) -> HTML { "<p>\(text)</p>" } }
    fileprivate static func renderer(_ place: @escaping @Sendable (String) -> String?) -> Rendering { Rendering() }
    static func excerpt(_ text: String) -> String { String(text.oneLine.prefix(160)) }
}
