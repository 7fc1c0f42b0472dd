import Weonomy

// The parts that several pages show.
extension Visit {
    func link(_ item: Item) -> HTML {
        "<a href=\"\(Place.item(item))\"\(language(item))>\(title(item))</a>"
    }

    private func title(_ item: Item) -> HTML {
        item.title.isEmpty ? "\(Text.untitled)" : "\(item.title)"
    }

    /// A reader program pronounces a text by its language.
    func language(_ item: Item) -> HTML {
        guard let tag = item.language, tag != voice.language.rawValue,
            tag.utf8.allSatisfy({ (97...122).contains($0) || $0 == 45 }), tag.utf8.count <= 8
        else { return "" }
        return " lang=\"\(tag)\""
    }

    func link(_ person: PersonRef) -> HTML {
        "<a href=\"\(Place.person(person))\">\(person.name.isEmpty ? "?" : person.name)</a>"
    }

    /// Who wrote it, whoever brought it in.
    func author(_ item: Item) -> HTML {
        guard let byline = item.byline, byline != item.author.name else { return link(item.author) }
        return "\(byline) (\(Text.broughtBy) \(link(item.author)))"
    }

    func topics(_ topics: [String]) -> HTML {
        HTML(
            topics.map { topic -> HTML in
                " <a class=\"tag\" href=\"\(Place.topic(topic))\">\(topic)</a>"
            })
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
            \(topics(Array(item.topics.prefix(4))))</p>\(acts)</li>
            """
    }

    func cards(_ items: [Item]) -> HTML {
        "<ul class=\"cards\">\(items.map { card($0) })</ul>"
    }

    /// A list with its heading and how many there are; what to do where there is nothing.
    func list(_ heading: Text, _ cards: [HTML], empty: HTML, id: String) -> HTML {
        let count: HTML =
            cards.isEmpty ? "" : " <span class=\"count\">\(cards.count)</span>"
        let content: HTML =
            cards.isEmpty
            ? "<p class=\"empty\">\(empty)</p>" : "<ul class=\"cards\">\(cards)</ul>"
        return """
            <section aria-labelledby="\(id)"><h2 id="\(id)">\(heading)\(count)</h2>\(content)</section>
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

    /// People to choose from: so many that a page stays small.
    func choices(_ people: some Sequence<PersonRef>) -> [(String, Text)] {
        people.prefix(200).map { ($0.id.description, Text(same: "\($0.name)")) }
    }

    func submit(_ label: Text) -> HTML {
        "<div class=\"actions\"><button class=\"first\">\(label)</button></div>"
    }

    func notice(_ content: HTML, _ look: String = "") -> HTML {
        "<div class=\"notice \(look)\"><p>\(content)</p></div>"
    }
}
