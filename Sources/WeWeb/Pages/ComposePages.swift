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
        var licence = ""
        /// An id, as it was typed or stood in a link.
        var reuses = ""
        /// Files that were taken in before.
        var attached: [FileInfo] = []
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
            licence = form["licence"] ?? ""
            reuses = form["reuses"] ?? ""
            let terms = licence.trimmed.nonEmpty
            attached = form.all("attached").compactMap { FileInfo(formText: $0, licence: terms) }
            isHeard = form["heard"] != nil
            isShadow = form["shadow"] != nil
        }

        /// The item that it uses again.
        func reused(_ brain: Brain) async throws -> Item? {
            guard !reuses.isEmpty else { return nil }
            return try await brain.item(try await brain.resolve(reuses))
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
        let goals = try await visit.brain.goals(isCounting: false)
        let shown = goals.enumerated().filter {
            $0.offset < goalsMax || $0.element.shortID == draft.goal
        }
        .map { ($0.element.shortID, Text.aim($0.element)) }
        let rest: HTML =
            goals.count > shown.count ? visit.more("/brain#goals", goals.count, .goalsTitle) : ""
        let goal: HTML =
            goals.isEmpty
            ? ""
            : visit.select("goal", .servesGoal, [("", .noGoal)] + shown, chosen: draft.goal) + rest
        let reused = try await draft.reused(visit.brain)
        return PageContent(
            .shareSomething,
            """
            <h1>\(Text.shareSomething)</h1><p class="lead">\(Text.shareLead)</p>
            \(problem.map { visit.notice("\($0)", "bad") })\(existing(near, .alreadyThere, visit))\(reusing(reused, visit))\(prompts(draft, near, visit))
            \(visit.form("/new", """
                \(reused.map { "<input type=\"hidden\" name=\"reuses\" value=\"\($0.shortID)\">" as HTML })
                <fieldset><legend>\(Text.whatIsIt)</legend>\(choices)</fieldset>
                \(visit.field("title", .titleWord, draft.title, hint: .titleHint, isRequired: true))
                \(visit.area("body", .shareBody, draft.body, hint: .shareBodyHint, rows: 14))
                \(visit.field("topics", .topicsWord, draft.topics, hint: .topicsHint))
                \(visit.field("source", .sourceOfOthers, draft.source, hint: .sourceHint, type: "url"))\(files(draft, visit))\(goal)
                \(near.isEmpty ? "" : "<input type=\"hidden\" name=\"sure\" value=\"1\">" as HTML)
                \(visit.submit(near.isEmpty ? .shareIt : .shareAllTheSame))
                """, isUpload: true))
            """)
    }

    /// Goals to choose from, the nearest in time; the others have a link here where they stand.
    private static let goalsMax = 50

    /// What a share uses again, said before it is written.
    private static func reusing(_ item: Item?, _ visit: Visit) -> HTML {
        guard let item else { return "" }
        let names = item.files.map(\.name).joined(separator: ", ")
        let files: HTML = names.isEmpty ? "" : " \(Text.filesGoAlong) \(names)"
        return visit.notice("\(Text.usesAgain) \(visit.link(item)).\(files)")
    }

    private static func files(_ draft: Draft, _ visit: Visit) -> HTML {
        let attached = draft.attached.map { file -> HTML in
            "<input type=\"hidden\" name=\"attached\" value=\"\(file.formText)\">"
        }
        let names = draft.attached.map(\.name).joined(separator: ", ")
        let known: HTML =
            names.isEmpty ? "" : "<p>\(Text.attachedAlready) \(names)</p>\(attached)" as HTML
        return """
            <div class="field"><label for="file">\(Text.filesToAdd)</label>\
            <p class="hint" id="file-hint">\(Text.filesToAddHint)</p>\(known)\
            <input id="file" type="file" name="file" multiple aria-describedby="file-hint"></div>
            \(visit.field("licence", .licenceField, draft.licence, hint: .licenceHint))
            """
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

extension FileInfo {
    /// What a form keeps of a file that was taken in.
    var formText: String { "\(id) \(byteCount) \(name)" }

    /// Reads ``formText``; `nil` for anything else.
    init?(formText: String, licence: String?) {
        let words = formText.split(separator: " ", maxSplits: 2)
        guard words.count == 3, let id = FileID(hex: words[0]), let byteCount = Int(words[1]),
            byteCount >= 0
        else { return nil }
        self.init(
            name: String(words[2]).oneLine, byteCount: byteCount, id: id, licence: licence)
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
