import Weonomy

/// `/needs`: what colleagues ask, and where nobody answers.
enum NeedsPage {
    static func show(_ visit: Visit) async throws -> PageContent {
        var main: HTML = "<h1>\(Text.needsTitle)</h1><p class=\"lead\">\(Text.needsLead)</p>"
        if visit.mayWrite {
            main += "<p><a class=\"button first\" href=\"/ask\">\(Text.askSomething)</a></p>"
        }
        let isAsked = try await !visit.brain.find("is:need", countMax: 1).items.isEmpty
        main += try await visit.list(
            .waitsForAnswer, "is:open", countMax: 20,
            empty: isAsked ? "\(Text.allAnswered)" : "\(Text.nobodyAsked)", id: "open")
        guard isAsked else { return PageContent(.needsTitle, in: .needs, main) }
        main += try await visit.list(
            .answeredNotSolved, "is:answered", countMax: 10, empty: "\(Text.nothingHere)",
            id: "answered")
        main += try await visit.list(
            .solvedLately, "is:resolved", countMax: 5, empty: "\(Text.nothingHere)",
            id: "solved")
        return PageContent(.needsTitle, in: .needs, main)
    }
}

/// `/search?q=`: the address is the question, so that it can be kept and sent.
enum SearchPage {
    private static let pageMax = 20

    static func show(_ visit: Visit) async throws -> PageContent {
        let query = visit.request.query["q"] ?? ""
        let page = visit.page
        var main: HTML = "<h1>\(Text.search)</h1>"
        guard !query.trimmed.isEmpty else {
            return PageContent(.search, main + help)
        }
        let found = try await visit.brain.find(
            query, countMax: pageMax, offset: (page - 1) * pageMax)
        for hint in found.hints { main += visit.notice("\(Text.queryHint(hint))", "warn") }
        if found.items.isEmpty {
            main += """
                <p class="empty">\(Text.nothingFound(query))</p>\(await visit.askCoach())
                <p><a class="button first" href="/ask?title=\(Percent.segment(query))">\(Text.askColleagues)</a></p>
                """
            return PageContent(.search, main + help)
        }
        main +=
            "<ul class=\"cards\">\(found.items.map { visit.card($0, excerpt($0), level: 2) })</ul>"
        main += visit.pages(Place.search(query) + "&", page, isMore: found.isMore)
        return PageContent(Text.searchFor(query), main + help)
    }

    private static func excerpt(_ item: Item) -> HTML {
        let text = Prose.excerpt(item)
        return text.isEmpty ? "" : "<br>\(text)"
    }

    private static var help: HTML {
        let words: [(Text, Text)] = [
            (
                Text("\"network share\"", "\"gedeelde map\""),
                Text("these words in this order", "deze woorden in deze volgorde")
            ),
            (Text("topic:sqlite", "onderwerp:sqlite"), Text("about a topic", "over een onderwerp")),
            (Text("by:Bram", "door:Bram"), Text("by someone", "van iemand")),
            (
                Text("is:experience", "is:ervaring"),
                Text(
                    "a kind: experience, howto, insight, lesson, status, need",
                    "een soort: ervaring, handleiding, inzicht, les, status, vraag")
            ),
            (
                Text("is:heard", "is:gehoord"),
                Text("questions heard outside", "vragen die buiten zijn gehoord")
            ),
            (
                Text("is:unresolved", "is:onopgelost"),
                Text("questions that still wait", "vragen die nog wachten")
            ),
            (
                Text("validated:yes", "gevalideerd:ja"),
                Text("checked by a colleague", "nagekeken door een collega")
            ),
            (Text("after:2026-06", "sinds:2026-06"), Text("since a date", "sinds een datum")),
            (Text(same: "-is:status"), Text("all but that", "alles behalve dat")),
        ]
        let rows = words.map { word, means -> HTML in
            "<dt><code>\(word)</code></dt><dd>\(means)</dd>"
        }
        return
            "<details><summary>\(Text.searchWords)</summary><dl class=\"facts\">\(rows)</dl></details>"
    }
}
