import Testing

@testable import WeWeb
@testable import Weonomy

/// Pages of a brain that holds far too much of everything.
@Suite("Full pages")
struct FullPagesTests {
    /// Made once: it takes longer than all pages of it.
    private static let full = Task { try await FullBrain() }
    private static let pageBytesMax = 60_000

    private static func pages(_ full: FullBrain) -> [String] {
        let own = "/s/\(full.brain.shortID(full.share))"
        let written = "/s/\(full.brain.shortID(full.written))"
        return [
            "/", "/brain", "/brain/later", "/brain?without=Anna", "/needs", "/people",
            "/people?page=3", "/profile", "/search?q=more", "/search?q=is%3Aneed&page=3",
            "/communities", "/new", "/ask", "/sync", "/safety", "/settings", "/keys",
            "/topic/" + Facet.folded(FullBrain.topics[1]), Place.person(full.brain.me),
            "/community/\(full.brain.shortID(full.community))", own, own + "/edit",
            written + "/history", written + "/blame", "/s/\(full.brain.shortID(full.need))",
        ]
    }

    /// Where the next part of each list of a page is.
    private static func next(in html: String) -> [String] {
        html.components(after: "rel=\"next\" href=\"").map { part in
            String(part.prefix { $0 != "\"" && $0 != "#" }).replacing("&amp;", with: "&")
        }
    }

    @Test("every page and every second part of its lists stays under 60 KB, whatever there is")
    func sizes() async throws {
        let full = try await Self.full.value
        let desk = Desk(full.brain)
        for page in Self.pages(full) {
            for language in ["en", "nl"] {
                let answer = try await desk.get(page, language: language)
                #expect(answer.status == 200, "\(page)")
                #expect(answer.html.utf8.count < Self.pageBytesMax, "\(page)")
                for part in Self.next(in: answer.html) where language == "nl" {
                    let answer = try await desk.get(part, language: language)
                    #expect(answer.status == 200, "\(part)")
                    #expect(answer.html.utf8.count < Self.pageBytesMax, "\(part)")
                }
            }
        }
    }

    @Test("a text is whole on its own page, and all around it still fits")
    func body() async throws {
        let brain = try Brain.found(nil, as: "Anna", team: "Noord")
        let text = (0..<20_000).map { "word\($0)" }.joined(separator: " ")
        let item = try await brain.share(.howto, title: "Long", body: text, topics: ["a"])
        let need = try await brain.ask("Why?", topics: ["a"])
        let answer = try await brain.answer(need.id, text)
        let desk = Desk(brain)
        let html = try await desk.get("/s/\(item.shortID)").html
        #expect(html.contains("word19999"))
        #expect(html.utf8.count < text.utf8.count + Self.pageBytesMax)
        // Among others only its beginning is shown, with where the rest is.
        let asked = try await desk.get("/s/\(need.shortID)").html
        #expect(!asked.contains("word19999") && asked.utf8.count < Self.pageBytesMax)
        #expect(asked.contains("<a href=\"/s/\(answer.shortID)\">\(Text.readOn.plain(.english))"))
        #expect(try await desk.get("/s/\(answer.shortID)").html.contains("word19999"))
    }

    @Test("each count of a list leads to exactly what it counts")
    func counters() async throws {
        let full = try await Self.full.value
        let desk = Desk(full.brain)
        var queries: Set<String> = []
        for page in Self.pages(full) {
            let html = try await desk.get(page).html
            for part in html.components(after: "href=\"/search?q=") {
                let query =
                    try WebForm(
                        decoding: Array("q=\(part.prefix { $0 != "\"" })".utf8), countMax: 4)["q"]
                    ?? ""
                let words = part.drop { $0 != ">" }.dropFirst().prefix { $0 != "<" }
                let all = words.hasPrefix("All ") ? words.dropFirst(4).prefix { $0 != " " } : words
                guard let count = Int(all) else { continue }
                queries.insert(query)
                let found = try await full.brain.find(query, countMax: 10_000).items.count
                #expect(found == count, "\(page): \(query)")
            }
        }
        #expect(queries.isSuperset(of: ["is:for-me", "is:asks-me", "is:mine is:open"]))
        #expect(queries.count > 20)
    }

    @Test("the parts of a list together are the list")
    func parts() async throws {
        let full = try await Self.full.value
        let desk = Desk(full.brain)
        func all(_ page: String, _ name: String, _ mark: String) async throws -> [String] {
            var (found, next): ([String], String?) = ([], page)
            while let page = next {
                let html = try await desk.get(page).html
                found += html.components(after: mark).map { part in
                    String(part.prefix { $0 != "\"" && $0 != "<" })
                }
                next = Self.next(in: html).first {
                    $0.split { $0 == "?" || $0 == "&" }.last?.hasPrefix("\(name)=") == true
                }
            }
            return found
        }
        let topics = try await full.brain.topics()
        let shown = try await all("/brain", "topics", "<th scope=\"row\"><a href=\"/topic/")
        #expect(shown.count == topics.count && Set(shown).count == topics.count)
        let answers = try await full.brain.answers(to: full.need)
        let need = "/s/\(full.brain.shortID(full.need))"
        let cards = try await all(need, "answers", "<li class=\"card\" id=\"")
        #expect(cards == answers.map(\.shortID))
        let last = try #require(answers.last).shortID
        let found = try await desk.get("\(need)?answer=\(last)").html
        #expect(found.contains("id=\"\(last)\""))
        let log = try await all(
            "/s/\(full.brain.shortID(full.share))", "log", "<li id=\"")
        #expect(try await Set(log) == Set(full.brain.log(of: full.share).map(\.shortID)))
        let decisions = try await all("/safety", "log", "<th scope=\"row\"><time")
        #expect(try await decisions.count == full.brain.safetyLog().count)
    }

    @Test("a text in pieces is the text, and none is longer than it may be")
    func pieces() {
        for text in ["", "a", "ab\ncd\n\nef", String(repeating: "é\n", count: 40), "👩‍👩‍👧‍👦👩‍👩‍👧‍👦"] {
            for bytesMax in [1, 3, 7, 100] {
                let pieces = text.pieces(bytesMax: bytesMax)
                #expect(pieces.joined() == text)
                #expect(pieces.allSatisfy { $0.utf8.count <= bytesMax || $0.count == 1 })
            }
        }
        #expect("ab\ncd\n\nef".pieces(bytesMax: 7) == ["ab\ncd\n\n", "ef"])
    }
}
