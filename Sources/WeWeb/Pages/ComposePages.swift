import Weonomy

/// `/new`, `/ask` and `/s/x/edit`: where people write.
enum ComposePages {
    /// What somebody typed, or what a link filled in for them.
    struct Draft: Sendable {
        var kind = ShareKind.experience.rawValue
        var title = ""
        var body = ""
        var topics = ""
        var source = ""
        var tried = ""
        var good = ""
        var goal = ""
        var askedFor = ""
        var isHeard = false
        var isShadow = false

        /// A new one, begun with the prompts of Working Out Loud where a link asks for them.
        init(beginning query: WebForm, _ language: Language) {
            self.init(query)
            guard body.isEmpty, query["prompts"] != nil, let kind = ShareKind(rawValue: kind) else {
                return
            }
            body = Prompts.text(Prompts.of(kind), language)
        }

        init(_ form: WebForm) {
            kind = form["kind"] ?? kind
            title = form["title"] ?? ""
            body = form["body"]?.lineEndsUnified ?? ""
            topics = form["topics"] ?? ""
            source = form["source"] ?? ""
            tried = form["tried"] ?? ""
            good = form["good"] ?? ""
            goal = form["goal"] ?? ""
            askedFor = form["for"] ?? ""
            isHeard = form["heard"] != nil
            isShadow = form["shadow"] != nil
        }

        var topicList: [String] {
            topics.split { $0 == "," || $0 == ";" }.map { String($0).trimmed }.filter {
                !$0.isEmpty
            }
        }
    }

    static func share(
        _ draft: Draft, _ visit: Visit, near: [Item] = [], problem: Text? = nil
    ) async throws -> PageContent {
        let kinds = ShareKind.allCases.filter { $0 != .file }
        let choices = kinds.map { kind -> HTML in
            let on: HTML = kind.rawValue == draft.kind ? " checked" : ""
            return """
                <label class="choice"><input type="radio" name="kind" value="\(kind.rawValue)"\(on)> \
                \(Text.shareKind(kind)) <span class="hint">\(Text.shareKindMeans(kind))</span></label>
                """
        }
        let goals = try await visit.brain.goals(isCounting: false).map {
            ($0.shortID, Text.aim($0))
        }
        let goal: HTML =
            goals.isEmpty
            ? ""
            : visit.select("goal", .servesGoal, [("", .noGoal)] + goals, chosen: draft.goal)
        return PageContent(
            .shareSomething,
            """
            <h1>\(Text.shareSomething)</h1><p class="lead">\(Text.shareLead)</p>
            \(problem.map { visit.notice("\($0)", "bad") })\(existing(near, .alreadyThere, visit))\(prompts(draft, near, visit))
            \(visit.form("/new", """
                <fieldset><legend>\(Text.whatIsIt)</legend>\(choices)</fieldset>
                \(visit.field("title", .titleWord, draft.title, hint: .titleHint, isRequired: true))
                \(visit.area("body", .shareBody, draft.body, hint: .shareBodyHint, rows: 14))
                \(visit.field("topics", .topicsWord, draft.topics, hint: .topicsHint))
                \(visit.field("source", .sourceOfOthers, draft.source, hint: .sourceHint, type: "url"))\(goal)
                \(near.isEmpty ? "" : "<input type=\"hidden\" name=\"sure\" value=\"1\">" as HTML)
                \(visit.submit(near.isEmpty ? .shareIt : .shareAllTheSame))
                """))
            """)
    }

    static func ask(_ draft: Draft, _ visit: Visit, near: [Item] = [], problem: Text? = nil)
        -> PageContent
    {
        PageContent(
            .askSomething, in: .needs,
            """
            <h1>\(Text.askSomething)</h1><p class="lead">\(Text.askLead)</p>
            \(problem.map { visit.notice("\($0)", "bad") })\(existing(near, .mayAnswerAlready, visit))
            \(visit.form("/ask", """
                \(visit.field("title", .questionWord, draft.title, hint: .questionHint, isRequired: true))
                \(visit.area("body", .questionBody, draft.body, rows: 6))
                \(visit.area("tried", .triedWord, draft.tried, hint: .triedHint, rows: 3))
                \(visit.field("good", .goodEnoughWord, draft.good))
                \(visit.field("topics", .topicsWord, draft.topics, hint: .topicsHint))
                \(visit.check("shadow", .mayShadow, isOn: draft.isShadow))
                <fieldset><legend>\(Text.onBehalfWord)</legend>
                \(visit.field("for", .askedForWhom, draft.askedFor, hint: .askedForHint))
                \(visit.check("heard", .heardIt, isOn: draft.isHeard))</fieldset>
                \(near.isEmpty ? "" : "<input type=\"hidden\" name=\"sure\" value=\"1\">" as HTML)
                \(visit.submit(near.isEmpty ? .askIt : .askAllTheSame))
                """))
            """)
    }

    /// An empty page is hard to begin on.
    private static func prompts(_ draft: Draft, _ near: [Item], _ visit: Visit) -> HTML {
        guard draft.body.isEmpty, near.isEmpty, visit.request.method == .get else { return "" }
        let links = ShareKind.allCases.filter { !Prompts.of($0).isEmpty }.map { kind -> HTML in
            var query = [(name: "kind", value: kind.rawValue), (name: "prompts", value: "1")]
            if !draft.topics.isEmpty { query.append((name: "topics", value: draft.topics)) }
            return """
                <a class="button" href="/new?\(WebForm.encode(query))">\(Text.shareKind(kind))</a>
                """
        }
        return "<p class=\"actions\">\(Text.startWithPrompts) \(links)</p>"
    }

    /// What is there already, before it is written once more.
    private static func existing(_ near: [Item], _ heading: Text, _ visit: Visit) -> HTML {
        guard !near.isEmpty else { return "" }
        return """
            <section class="notice" aria-labelledby="near"><h2 id="near">\(heading)</h2>
            \(visit.cards(near))</section>
            """
    }

    /// The form holds what was here when it was opened, so that what colleagues write meanwhile is
    /// merged and not undone.
    static func edit(_ item: Item, _ visit: Visit, problem: Text? = nil) -> PageContent {
        let heads = item.heads.map(\.description).joined(separator: " ")
        return PageContent(
            .editIt,
            """
            <h1>\(Text.editIt)</h1><p>\(visit.link(item))</p>\(problem.map { visit.notice("\($0)", "bad") })
            \(visit.form("\(Place.item(item))/edit", """
                <input type="hidden" name="heads" value="\(heads)">
                <textarea hidden name="old" aria-hidden="true" tabindex="-1">
                \(raw: item.body)</textarea>
                \(visit.field("title", .titleWord, item.title, isRequired: true))
                \(visit.area("body", .textWord, item.body, rows: 18))
                \(visit.field("topics", .topicsWord, item.topics.joined(separator: ", "), hint: .topicsHint))
                <div class="actions"><button class="first">\(Text.keepIt)</button> <a href="\(Place.item(item))">\(Text.back)</a></div>
                """))
            """)
    }
}

extension String {
    /// A form sends CR LF for every line break (WHATWG HTML, 4.10.21.7); texts have LF.
    var lineEndsUnified: String {
        guard utf8.contains(13) else { return self }
        var out = String.UnicodeScalarView()
        var wasReturn = false
        for scalar in unicodeScalars {
            if scalar == "\n", wasReturn { wasReturn = false; continue }
            wasReturn = scalar == "\r"
            out.append(wasReturn ? "\n" : scalar)
        }
        return String(out)
    }
}
