import Weonomy

/// `/settings` and `/keys`.
enum SettingsPage {
    static func show(_ visit: Visit) async throws -> PageContent {
        let muted = try await muted(visit)
        let languages = [
            ("", Text.asBrowserSays), ("en", Text(same: "English")),
            ("nl", Text(same: "Nederlands")),
        ]
        let chosen = Cookies(visit.request)[Cookies.language] ?? ""
        return PageContent(
            .settings,
            """
            <h1>\(Text.settings)</h1>
            \(visit.form("/settings", """
                \(visit.select("language", .languageOfPages, languages, chosen: chosen))
                \(visit.check("keys", .singleKeys, isOn: visit.hasKeys))
                \(visit.submit(.keepIt))
                """))
            <p class="hint">\(Text.darkFollows)</p>
            \(await files(visit))
            \(muted)
            <dl class="facts"><dt>\(Text.teamWord)</dt><dd>\(visit.brain.teamName)</dd>
            <dt>\(Text.nameWord)</dt><dd>\(visit.me.name) (<a href="/profile">\(Text.changeIt)</a>)</dd></dl>
            """)
    }

    /// Which files come by themselves.
    private static func files(_ visit: Visit) async -> HTML {
        let policy = await visit.brain.filePolicy()
        guard visit.mayWrite else {
            return "<h2 id=\"files\">\(Text.filesWord)</h2><p>\(Text.filePolicy(policy))</p>"
        }
        var policies: [FilePolicy] = [.all] + lengths.map { .upTo($0) } + [.opened]
        // One that was typed elsewhere stays a choice.
        if !policies.contains(policy) { policies.insert(policy, at: 1) }
        let choices = policies.map { policy -> (String, Text) in
            switch policy {
            case .all: (policy.word, .allFilesCome)
            case .upTo(let bytes): (policy.word, .filesUpTo(bytes))
            case .opened: (policy.word, .openedFilesCome)
            }
        }
        return """
            <h2 id="files">\(Text.filesWord)</h2>
            \(visit.form("/settings/files", """
                \(visit.select("policy", .whichFilesCome, choices, chosen: policy.word))
                \(visit.submit(.keepIt))
                """))
            """
    }

    private static let lengths = [500_000_000, 50_000_000, 5_000_000]

    /// What Today leaves out here.
    private static func muted(_ visit: Visit) async throws -> HTML {
        let settings = await visit.brain.settings()
        let people = try await visit.brain.mutedPeople()
        func row(_ value: String, _ shown: String) -> HTML {
            guard visit.mayWrite else { return "<li>\(shown)</li>" }
            return """
                <li>\(shown) \(visit.button("/settings/unmute", .showAgain, ["what": value], about: shown))</li>
                """
        }
        let all =
            settings.mutedTopics.sorted().map { ($0, $0) } + people.map { ("\($0.id)", $0.name) }
        let part = visit.part(of: all, "muted", .leftOut, countMax: 30) { $0.0.utf8.count }
        let rows = part.shown.map { row($0.0, $0.1.shortened) }
        let list: HTML =
            rows.isEmpty ? "" : "<ul class=\"rows\">\(rows)</ul>\(part.links)"
        let form: HTML =
            visit.mayWrite
            ? visit.form(
                "/settings/mute",
                "\(visit.field("what", .topicOrPerson, isRequired: true))\(visit.submit(.leaveOut))"
            ) : ""
        return """
            <h2 id="muted">\(Text.leftOut)</h2><p class="hint">\(Text.leftOutMeans)</p>\(list)\(form)
            """
    }

    static func keys(_ visit: Visit) -> PageContent {
        let keys: [(String, Text)] = [
            ("/", .search), ("g t", Section.today.name), ("g b", Section.brain.name),
            ("g q", Section.needs.name), ("g p", Section.people.name),
            ("g c", Section.communities.name), ("g s", Section.sync.name),
            ("n", .shareSomething), ("a", .askSomething), ("j", .nextCard), ("k", .previousCard),
            ("?", .keys),
        ]
        let rows = keys.map { key, means -> HTML in
            let parts = key.split(separator: " ").map { "<kbd>\(String($0))</kbd>" as HTML }
            return "<dt>\(HTML(parts))</dt><dd>\(means)</dd>"
        }
        return PageContent(
            .keys,
            """
            <h1>\(Text.keys)</h1><p>\(Text.keysLead) <a href="/settings">\(Text.settings)</a>.</p>
            <dl class="facts">\(rows)</dl>
            """)
    }
}

/// What the browser remembers of a reader's choices; no secret is among it.
struct Cookies {
    static let language = "weonomy-language"
    static let keys = "weonomy-keys"
    private let values: [String: String]

    init(_ request: WebRequest) {
        var values: [String: String] = [:]
        for part in (request.header("cookie") ?? "").split(separator: ";") {
            let pair = part.split(separator: "=", maxSplits: 1).map { String($0).trimmed }
            if pair.count == 2 { values[pair[0]] = pair[1] }
        }
        self.values = values
    }

    subscript(name: String) -> String? { values[name] }

    static func setting(_ name: String, _ value: String) -> (name: String, value: String) {
        ("Set-Cookie", "\(name)=\(value); Path=/; Max-Age=31536000; SameSite=Strict; HttpOnly")
    }
}
