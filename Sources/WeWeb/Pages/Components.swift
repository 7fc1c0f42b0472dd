import Weonomy

// The parts that several pages show.
extension Visit {
    func link(_ item: Item) -> HTML {
        "<a href=\"\(Place.item(item))\"\(language(item))>\(title(item))</a>"
    }

    private func title(_ item: Item) -> HTML {
        item.title.isEmpty ? "\(Text.untitled)" : "\(item.title.shortened)"
    }

    /// A reader program pronounces a text by its language.
    func language(_ item: Item) -> HTML {
        guard let tag = item.language, tag != voice.language.rawValue,
            tag.utf8.allSatisfy({ (97...122).contains($0) || $0 == 45 }), tag.utf8.count <= 8
        else { return "" }
        return " lang=\"\(tag)\""
    }

    func link(_ person: PersonRef) -> HTML {
        "<a href=\"\(Place.person(person))\">\(person.name.isEmpty ? "?" : person.name.shortened)</a>"
    }

    /// Who wrote it, whoever brought it in.
    func author(_ item: Item) -> HTML {
        guard let byline = item.byline, byline != item.author.name else { return link(item.author) }
        return "\(byline.shortened) (\(Text.broughtBy) \(link(item.author)))"
    }

    func topics(_ topics: some Sequence<String>) -> HTML {
        HTML(topics.map { topic -> HTML in " \(tag(topic))" })
    }

    /// A topic that leads to its page; no page is of one as long as a paragraph.
    func tag(_ topic: String) -> HTML {
        topic.isShort
            ? "<a class=\"tag\" href=\"\(Place.topic(topic))\">\(topic)</a>"
            : "<span class=\"tag\">\(topic.shortened)</span>"
    }

    /// What an item is and how it stands: a word and a shape, never a colour alone.
    func badges(_ item: Item) -> HTML {
        var badges: HTML = "<span class=\"tag\">\(Text.kind(item))</span>"
        if item.isRetracted {
            badges += " <span class=\"tag warn\">! \(Text.badge(item, now: now))</span>"
        } else if item.isConflict {
            badges += """
                 <a class="tag warn" href="\(Place.item(item))#versions">\
                ! \(Text.badge(item, now: now))</a>
                """
        } else if item.kind == .need {
            let look = item.status == .resolved ? "good" : ""
            let mark = item.status == .resolved ? "✓ " : ""
            badges += " <span class=\"tag \(look)\">\(mark)\(Text.badge(item, now: now))</span>"
        }
        badges += validity(item)
        if item.isLesson { badges += " <span class=\"tag\">\(Text.lesson)</span>" }
        return badges
    }

    private func validity(_ item: Item) -> HTML {
        switch item.validity(at: now) {
        case .yes:
            let names = item.validations.filter { $0.isValid(at: now) }.map(\.person.name)
            return " <span class=\"tag good\">✓ \(Text.validatedBy(names))</span>"
        case .changed: return " <span class=\"tag warn\">! \(Text.changedSince)</span>"
        case .expired: return " <span class=\"tag warn\">! \(Text.toBeCheckedAgain)</span>"
        case .no: return ""
        }
    }

    /// An item in a list.
    ///
    /// - Parameter level: of its heading: one below that of the list.
    func card(
        _ item: Item, _ extra: HTML = "", actions: HTML = "", level: Int = 3
    ) -> HTML {
        let acts: HTML = actions.isEmpty ? "" : "<div class=\"actions\">\(actions)</div>"
        return """
            <li class="card"><h\(level)>\(link(item))</h\(level)>\
            <p class="meta">\(badges(item)) \(author(item)) · \(when: item.created)\(extra)\
            \(topics(item.topics.prefix(4)))</p>\(acts)</li>
            """
    }

    func cards(_ items: [Item]) -> HTML {
        "<ul class=\"cards\">\(items.map { card($0) })</ul>"
    }

    /// A list with its heading and how many there are; what to do where there is nothing.
    ///
    /// - Parameters:
    ///   - total: how many there are, where not all are shown.
    ///   - path: where all of them are.
    ///   - links: to the parts around the one that is shown.
    func list(
        _ heading: Text, _ cards: [HTML], of total: Int? = nil, at path: String? = nil,
        links: HTML = "", empty: HTML, id: String
    ) -> HTML {
        let total = total ?? cards.count
        let number: HTML = path.map { "<a href=\"\($0)\">\(total)</a>" } ?? "\(total)"
        let count: HTML = total == 0 ? "" : " <span class=\"count\">\(number)</span>"
        let content: HTML =
            cards.isEmpty
            ? "<p class=\"empty\">\(empty)</p>" : "<ul class=\"cards\">\(cards)</ul>"
        let isRest = total > cards.count
        let rest: HTML = path.map { isRest ? more($0, total, heading) : "" } ?? ""
        return """
            <section aria-labelledby="\(id)"><h2 id="\(id)">\(heading)\(count)</h2>\(content)\(links)\(rest)</section>
            """
    }

    /// The first of what a search finds, with how many there are and a link to them.
    func list(
        _ heading: Text, _ query: String, countMax: Int, empty: HTML, id: String
    ) async throws -> HTML {
        let found = try await brain.find(query, countMax: countMax)
        let total = found.isMore ? try await brain.count(query) : found.items.count
        return list(
            heading, found.items.map { card($0) }, of: total, at: Place.search(query),
            empty: empty, id: id)
    }

    /// A link to all of a list.
    func more(_ path: String, _ total: Int, _ heading: Text) -> HTML {
        """
        <p><a href="\(path)">\(Text.allOf(total)) (\(heading))</a></p>
        """
    }

    /// A table that scrolls by itself where the window is narrow.
    func table(_ caption: Text, _ heads: [(Text, isNumber: Bool)], _ rows: [[HTML]]) -> HTML {
        func cell(_ column: Int, _ content: HTML) -> HTML {
            guard column > 0 else { return "<th scope=\"row\">\(content)</th>" }
            let look: HTML = heads[column].isNumber ? " class=\"number\"" : ""
            return "<td\(look)>\(content)</td>"
        }
        let head = heads.map { name, isNumber -> HTML in
            let look: HTML = isNumber ? " class=\"number\"" : ""
            return "<th scope=\"col\"\(look)>\(name)</th>"
        }
        let body = rows.map { row -> HTML in
            let cells = zip(heads.indices, row).map { cell($0, $1) }
            return "<tr>\(cells)</tr>\n"
        }
        return """
            <div class="scroll" role="region" tabindex="0" aria-label="\(caption)">
            <table><caption>\(caption)</caption>
            <thead><tr>\(head)</tr></thead>
            <tbody>\(body)</tbody></table></div>
            """
    }

    /// Which page of a long list is asked for, from 1.
    var page: Int { min(max(request.query["page"].flatMap { Int($0) } ?? 1, 1), 500) }

    /// Links to the pages around one of a long list.
    ///
    /// - Parameter path: of the list, up to where a parameter can be added.
    func pages(_ path: String, _ page: Int, isMore: Bool) -> HTML {
        var links = HTML()
        if page > 1 {
            links +=
                "<a class=\"button\" rel=\"prev\" href=\"\(path)page=\(page - 1)\">\(Text.previousPage)</a>"
        }
        if isMore {
            links +=
                "<a class=\"button\" rel=\"next\" href=\"\(path)page=\(page + 1)\">\(Text.nextPage)</a>"
        }
        guard !links.isEmpty else { return "" }
        return "<nav class=\"actions\" aria-label=\"\(Text.pagesOfResults)\">\(links)</nav>"
    }

    // MARK: - Forms

    func field(
        _ name: String, _ label: Text, _ value: String = "", hint: Text? = nil,
        isRequired: Bool = false, type: String = "text", complete: String = "off"
    ) -> HTML {
        let help: HTML = hint.map { "<p class=\"hint\" id=\"\(name)-hint\">\($0)</p>" } ?? ""
        let described: HTML = hint == nil ? "" : " aria-describedby=\"\(name)-hint\""
        let required: HTML = isRequired ? " required" : ""
        return """
            <div class="field"><label for="\(name)">\(label)</label>\(help)\
            <input id="\(name)" name="\(name)" type="\(type)" value="\(value)" \
            autocomplete="\(complete)"\(described)\(required)></div>
            """
    }

    func area(
        _ name: String, _ label: Text, _ value: String = "", hint: Text? = nil,
        isRequired: Bool = false, rows: Int = 8
    ) -> HTML {
        let help: HTML = hint.map { "<p class=\"hint\" id=\"\(name)-hint\">\($0)</p>" } ?? ""
        let described: HTML = hint == nil ? "" : " aria-describedby=\"\(name)-hint\""
        let required: HTML = isRequired ? " required" : ""
        // The first line break after the tag is not part of the text (WHATWG HTML, 13.2.6.4.7).
        return """
            <div class="field"><label for="\(name)">\(label)</label>\(help)\
            <textarea id="\(name)" name="\(name)" rows="\(String(rows))"\(described)\(required)>
            \(raw: value)</textarea></div>
            """
    }

    func check(_ name: String, _ label: Text, isOn: Bool = false) -> HTML {
        let on: HTML = isOn ? " checked" : ""
        return """
            <label class="choice"><input type="checkbox" name="\(name)" value="1"\(on)> \(label)</label>
            """
    }

    /// A choice; `id` tells it from another of the same name on one page.
    func select(
        _ name: String, _ label: Text, _ choices: [(String, Text)], chosen: String,
        id: String? = nil
    ) -> HTML {
        let options = choices.map { value, words -> HTML in
            let on: HTML = value == chosen ? " selected" : ""
            return "<option value=\"\(value)\"\(on)>\(words)</option>"
        }
        return """
            <div class="field"><label for="\(id ?? name)">\(label)</label>\
            <select id="\(id ?? name)" name="\(name)">\(options)</select></div>
            """
    }

    /// A choice among people; where there are many, their name is typed.
    ///
    /// - Parameter none: what choosing nobody is called; `nil` where somebody has to be chosen.
    func choice(
        _ label: Text, of people: [PersonRef], none: Text? = nil, id: String = "person"
    ) -> HTML {
        guard people.count <= Visit.choicesMax else {
            let required: HTML = none == nil ? " required" : ""
            return """
                <div class="field"><label for="\(id)">\(label)</label>\
                <p class="hint" id="\(id)-hint">\(Text.typeTheName)</p>\
                <input id="\(id)" name="person" type="text" autocomplete="off" \
                aria-describedby="\(id)-hint"\(required)></div>
                """
        }
        let choices = people.map { ($0.id.description, Text(same: "\($0.name.shortened)")) }
        return select(
            "person", label, (none.map { [("", $0)] } ?? []) + choices, chosen: "", id: id)
    }

    private static let choicesMax = 50

    /// Who was chosen or typed in such a field; `nil` for nobody.
    func person(chosen: String) async throws -> PersonID? {
        if chosen.trimmed.isEmpty { return nil }
        if let id = PersonID(hex: chosen) { return id }
        return try await brain.person(named: chosen).id
    }

    func submit(_ label: Text) -> HTML {
        "<div class=\"actions\"><button class=\"first\">\(label)</button></div>"
    }

    func notice(_ content: HTML, _ look: String = "") -> HTML {
        "<div class=\"notice \(look)\"><p>\(content)</p></div>"
    }
}

extension String {
    /// On a page of lists a title or a name has a line or two, whatever it is.
    private static let shortBytesMax = 160

    var isShort: Bool { utf8.count <= String.shortBytesMax }

    /// The beginning of what is too long.
    var shortened: String { begun(bytesMax: String.shortBytesMax) }

    /// The text in pieces of at most so many bytes, cut at the end of a line where there is one,
    /// and never inside a character: one that is longer is a piece of its own.
    func pieces(bytesMax: Int) -> [String] {
        guard utf8.count > bytesMax else { return [self] }
        var pieces: [String] = []
        var (start, lineEnd, end) = (startIndex, startIndex, startIndex)
        var (count, sinceLine) = (0, 0)
        while end < endIndex {
            let length = self[end].utf8.count
            if count + length > bytesMax, end > start {
                let isLine = lineEnd > start
                pieces.append(String(self[start..<(isLine ? lineEnd : end)]))
                count = isLine ? sinceLine : 0
                start = isLine ? lineEnd : end
            }
            let isBreak = self[end].isNewline
            end = index(after: end)
            count += length
            sinceLine += length
            if isBreak { (lineEnd, sinceLine) = (end, 0) }
        }
        return pieces + [String(self[start...])]
    }

    /// The beginning of what is too long to be shown beside other things.
    func begun(bytesMax: Int) -> String {
        guard utf8.count > bytesMax else { return self }
        var count = 0
        return prefix { character in
            count += character.utf8.count
            return count <= bytesMax
        } + "…"
    }
}
