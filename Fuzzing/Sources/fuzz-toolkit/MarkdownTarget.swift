import FuzzDriver
import Weonomy

/// Texts that colleagues write, as the page shows them.
enum MarkdownTarget {
    static func run(_ bytes: [UInt8]) -> Int {
        let text = String(decoding: bytes, as: UTF8.self)
        let document = MarkdownDocument(text)
        let length = text.utf8.count
        expect(document.stepCount <= 120 * length + 100, "time is linear: \(document.stepCount)")
        let renderer = MarkdownRenderer(
            headingShift: Int(bytes.first ?? 0) - 128,
            wikilinkURL: { $0.utf8.count % 2 == 0 ? $0 : nil },
            imageURL: { $0.utf8.count % 2 == 0 ? $0 : nil })
        let html = Array(renderer.html(document).utf8)
        expect(html.count <= 64 * length + 1_000_000, "the output is bounded")
        check(html)
        let excerpt = document.plainText(lengthMax: 40)
        expect(excerpt.count <= 40, "an excerpt is bounded")
        return html.count + excerpt.utf8.count
    }

    private static let names: Set<String> = [
        "p", "blockquote", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "code",
        "table", "thead", "tbody", "tr", "th", "td", "em", "strong", "del", "a", "span", "label",
    ]
    private static let void: Set<String> = ["hr", "br", "input", "img"]
    private static let attributes: Set<String> = [
        "href", "rel", "title", "class", "start", "scope", "type", "checked", "disabled", "src",
        "alt",
    ]

    /// Tags are known and closed, attributes known and quoted, addresses have no scheme that acts.
    private static func check(_ html: [UInt8]) {
        var open: [String] = []
        for part in html.split(separator: UInt8(ascii: "<"), omittingEmptySubsequences: false)
            .dropFirst()
        {
            guard let end = part.firstIndex(of: UInt8(ascii: ">")) else {
                fail("a tag that is open")
            }
            var tag = String(decoding: part[..<end], as: UTF8.self)[...]
            if tag.hasPrefix("/") {
                expect(open.popLast() == String(tag.dropFirst()), "tags are balanced")
                continue
            }
            let isVoid = tag.hasSuffix(" /")
            if isVoid { tag = tag.dropLast(2) }
            let name = String(tag.prefix { $0 != " " })
            expect((isVoid ? void : names).contains(name), "the tag \(name) is known")
            expect(name != "a" || !open.contains("a"), "links hold no links")
            if !isVoid { open.append(name) }
            let pieces = tag.dropFirst(name.count).split(
                separator: "\"", omittingEmptySubsequences: false)
            expect(pieces.count % 2 == 1 && pieces.last == "", "attributes are quoted")
            for index in stride(from: 0, to: pieces.count - 1, by: 2) {
                let key = pieces[index].dropFirst().dropLast()
                expect(attributes.contains(String(key)), "the attribute \(key) is known")
                if key == "href" || key == "src" {
                    check(address: pieces[index + 1], isLink: key == "href")
                }
            }
        }
        expect(open.isEmpty, "tags are closed")
    }

    private static func check(address: Substring, isLink: Bool) {
        guard let end = address.firstIndex(where: { ":/?#&".contains($0) }), address[end] == ":"
        else { return }
        let scheme = address[..<end].lowercased()
        expect(isLink && ["http", "https", "mailto"].contains(scheme), "no link to \(scheme)")
    }
}
