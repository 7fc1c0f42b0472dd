import Weonomy

/// `/s/x`: one item with what colleagues said of it, its history and its versions.
enum ItemPage {
    static func show(_ item: Item, _ visit: Visit) async throws -> PageContent {
        let answers = item.kind == .need ? try await visit.brain.answers(to: item.id) : []
        let prose = try await Prose(visit, for: [item] + answers)
        let topics = visit.part(of: item.topics, "topics", .topicsWord, countMax: 24)
        var main: HTML = """
            <article\(visit.language(item))><h1>\(item.title.begun(bytesMax: titleBytesMax))</h1>
            <p class="meta" lang="\(visit.voice.language.rawValue)">\(visit.badges(item)) \(visit.author(item)) · \
            \(when: item.created)\(changed(item))\(visit.topics(topics.shown))</p>\(topics.links)
            """
        main += try await belonging(item, visit)
        main += notices(item, visit)
        main += details(item, visit)
        main += "<div class=\"prose\">\(prose.html(item))</div></article>"
        main += try await files(item, visit)
        main += reactions(item, visit)
        main += versions(item, visit)
        if item.kind == .need {
            main += answersList(answers, prose, visit)
            main += try await helpers(item, visit)
            main += answerForm(item, visit)
        } else if let need = item.about, let asked = try? await visit.brain.item(need) {
            let relation = item.isLogEntry ? Text.workLogOf : .answerTo
            main += "<p>\(relation) \(visit.link(asked))</p>"
        }
        main += try await log(item, visit)
        main += try await inviting(item, visit)
        main += try await near(item, visit)
        main += try await manage(item, visit)
        return PageContent(
            Text(same: "\(item.title)"), in: item.kind == .need ? .needs : nil, main)
    }

    private static func changed(_ item: Item) -> HTML {
        item.changed == item.created ? "" : ", \(Text.changedWord) \(when: item.changed)"
    }

    private static func notices(_ item: Item, _ visit: Visit) -> HTML {
        var html = HTML()
        if item.isRetracted { html += visit.notice("\(Text.wasRetracted)", "warn") }
        let flags = visit.part(
            of: visit.brain.visibleFlags(of: item), "flags", .pointedOut, countMax: 5)
        for flag in flags.shown { html += visit.notice("\(Text.flaggedBy(flag))", "warn") }
        return html + flags.links
    }

    private static let titleBytesMax = 1_024
    /// What is shown of one answer among others.
    static let answerBytesMax = 3_000
    /// What is shown of a word on an item.
    private static let noteBytesMax = 400

    private static func details(_ item: Item, _ visit: Visit) -> HTML {
        var facts = HTML()
        func add(_ name: Text, _ value: HTML) { facts += "<dt>\(name)</dt><dd>\(value)</dd>" }
        if let source = item.source {
            add(
                .sourceWord,
                Place.outside(source).map {
                    "<a href=\"\($0)\" rel=\"noreferrer noopener nofollow\">\($0)</a>"
                } ?? "\(source)")
        }
        if let tried = item.tried, !tried.isEmpty { add(.triedWord, "\(tried)") }
        if let good = item.goodEnoughWhen, !good.isEmpty { add(.goodEnoughWord, "\(good)") }
        let noted = item.validations.filter { !$0.note.isEmpty || $0.until != nil }
        let validations = visit.part(of: noted, "validations", .validatedWord, countMax: 4)
        for validation in validations.shown {
            let note = validation.note.begun(bytesMax: noteBytesMax)
            let until: HTML = validation.until.map { ", \(Text.untilWord) \(date: $0)" } ?? ""
            add(
                .validatedWord,
                "\(validation.person.name.shortened), \(when: validation.wall)\(until)\(note.isEmpty ? "" : ": \(note)" as HTML)"
            )
        }
        return facts.isEmpty
            ? "" : "<dl class=\"facts\" id=\"validations\">\(facts)</dl>\(validations.links)"
    }

    // MARK: - What colleagues say

    private static func reactions(_ item: Item, _ visit: Visit) -> HTML {
        let path = Place.item(item)
        var buttons = HTML()
        for reaction in Reaction.allCases {
            let people = item.reactions[reaction] ?? []
            let isMine = people.contains { $0.id == visit.me.id }
            if visit.mayWrite, item.author.id != visit.me.id {
                let label = Text.counted(Text.reaction(reaction), people.count)
                buttons += visit.button(
                    "\(path)/react", label,
                    ["reaction": reaction.rawValue, "remove": isMine ? "1" : ""],
                    isPressed: isMine)
            } else if !people.isEmpty {
                buttons +=
                    "<span class=\"tag\">\(Text.counted(Text.reaction(reaction), people.count))</span>"
            }
        }
        var html: HTML =
            buttons.isEmpty
            ? ""
            : "<div class=\"actions\" role=\"group\" aria-label=\"\(Text.reactionsWord)\">\(buttons)</div>"
        let named = Reaction.allCases.compactMap { reaction -> HTML? in
            let names = (item.reactions[reaction] ?? []).map(\.name)
            return names.isEmpty ? nil : "\(Text.reaction(reaction)): \(Text.someOf(names))"
        }
        if !named.isEmpty { html += "<p class=\"meta\">\(BrainPage.joined(named))</p>" }
        if visit.mayWrite, item.kind == .share, item.author.id != visit.me.id, !item.isRetracted {
            html += """
                <details><summary>\(Text.validateIt)</summary>
                \(visit.form("\(path)/validate", validation(visit)))</details>
                """
        }
        return html
    }

    private static func validation(_ visit: Visit) -> HTML {
        """
        <p class="hint">\(Text.validateMeans)</p>
        \(visit.field("note", .validationNote))
        \(visit.field("until", .validUntil, type: "date"))
        \(visit.submit(.validateIt))
        """
    }

    // MARK: - Versions

    private static func versions(_ item: Item, _ visit: Visit) -> HTML {
        guard item.isConflict else { return "" }
        var html: HTML =
            "<section aria-labelledby=\"versions\"><h2 id=\"versions\">\(Text.competingVersions)</h2><p>\(Text.versionsMean)</p>"
        let all = item.versions.flatMap { field in field.versions.map { (field.field, $0) } }
        let part = visit.part(of: all, "versions", .competingVersions, countMax: 3)
        for field in item.versions {
            let shown = part.shown.filter { $0.0 == field.field }.map(\.1)
            let sides = shown.map { version -> HTML in
                let keep: HTML =
                    visit.mayWrite && field.field == "title"
                    ? "<div class=\"actions\">\(visit.button("\(Place.item(item))/keep", .keepThis, ["title": version.text], about: version.text))</div>"
                    : ""
                return """
                    <div class="card"><p class="meta">\(visit.link(version.author)) · \(when: version.wall)</p>
                    <p><strong>\(version.text.begun(bytesMax: titleBytesMax))</strong></p>\(keep)</div>
                    """
            }
            if !sides.isEmpty { html += "<div class=\"side\">\(sides)</div>" }
        }
        return html + part.links + "</section>"
    }

    // MARK: - Answers

    private static func answersList(_ answers: [Item], _ prose: Prose, _ visit: Visit) -> HTML {
        let asked = visit.request.query["answer"]
        let part = visit.part(
            of: answers, "answers", .answersWord, countMax: 10,
            showing: answers.firstIndex { $0.shortID == asked }
        ) { min($0.body.utf8.count, answerBytesMax) }
        let list = part.shown.map { answer -> HTML in
            let (text, isWhole) = prose.begun(answer, bytesMax: answerBytesMax)
            let rest: HTML =
                isWhole
                ? "" : "<p><a href=\"\(Place.item(answer))\">\(Text.readOn)</a></p>"
            return """
                <li class="card" id="\(answer.shortID)"><p class="meta">\(visit.badges(answer)) \(visit.author(answer)) · \
                \(when: answer.created) · <a href="\(Place.item(answer))">\(Text.openIt)\
                <span class="hidden"> (\(answer.writer))</span></a></p>
                <div class="prose"\(visit.language(answer))>\(text)</div>\(rest)</li>
                """
        }
        return visit.list(
            .answersWord, list, of: answers.count, links: part.links,
            empty: "\(Text.noAnswerYet)", id: "answers")
    }

    private static func helpers(_ need: Item, _ visit: Visit) async throws -> HTML {
        guard need.status?.isUnresolved == true, !need.isRetracted else { return "" }
        let matches = try await visit.brain.matches(for: need, countMax: 3)
        guard !matches.isEmpty else { return "" }
        let list = matches.map { match -> HTML in
            "<li>\(visit.link(match.person)): \(Text.reasons(match.reasons))</li>"
        }
        return "<h2>\(Text.whoMayHelp)</h2><ul>\(list)</ul>"
    }

    private static func answerForm(_ need: Item, _ visit: Visit) -> HTML {
        guard visit.mayWrite, !need.isRetracted else { return "" }
        let path = Place.item(need)
        let isLesson = visit.request.query["lesson"] != nil
        let begun =
            isLesson
            ? Prompts.text(Prompts.lesson, visit.voice.language) : ""
        var html: HTML = """
            <section aria-labelledby="answer"><h2 id="answer">\(Text.answerIt)</h2>
            \(visit.form("\(path)/answer", """
                \(visit.area("body", .yourAnswer, begun, hint: .answerHint, isRequired: true))
                \(visit.check("lesson", .teachIt, isOn: isLesson))
                \(visit.submit(.answerIt))
                """))
            """
        if need.author.id == visit.me.id || visit.brain.mayGovern {
            let settling: HTML =
                need.status?.isUnresolved == true
                ? """
                \(visit.button("\(path)/settle", .solved, ["status": "resolved"]))\
                \(visit.button("\(path)/settle", .withdraw, ["status": "withdrawn"]))
                """
                : visit.button("\(path)/settle", .askAgain, ["status": "open"])
            html += "<div class=\"actions\">\(settling)</div>"
        }
        return html + "</section>"
    }

    private static func near(_ item: Item, _ visit: Visit) async throws -> HTML {
        let found = try await visit.brain.nearest(to: item.title, countMax: 6)
            .filter { $0.id != item.id && $0.id != item.about }.prefix(3)
        guard !found.isEmpty else { return "" }
        let list = found.map { other -> HTML in
            "<li>\(visit.link(other)) <span class=\"meta\">\(Text.kind(other)), \(other.writer.shortened)</span></li>"
        }
        return "<h2>\(Text.nearThis)</h2><ul>\(list)</ul>"
    }

    // MARK: - Changing

    private static func manage(_ item: Item, _ visit: Visit) async throws -> HTML {
        let path = Place.item(item)
        var links: HTML = """
            <a class="button" href="\(path)/history">\(Text.history)</a>\
            <a class="button" href="\(path)/blame">\(Text.whoWroteWhat)</a>
            """
        guard visit.mayWrite else { return "<div class=\"actions\">\(links)</div>" }
        if !item.isRetracted {
            links += "<a class=\"button\" href=\"\(path)/edit\">\(Text.editIt)</a>"
        }
        let isManaged = item.author.id == visit.me.id || visit.brain.mayGovern
        var more = HTML()
        if isManaged, !item.isRetracted {
            more += """
                <p class="hint">\(Text.retractMeans)</p>\
                <div class="actions">\(visit.button("\(path)/retract", .retractIt))</div>
                """
        }
        if isManaged {
            more += "<p><a href=\"\(path)/erase\">\(Text.eraseIt)</a></p>"
        }
        if item.author.id != visit.me.id {
            more += visit.form(
                "\(path)/flag",
                "\(visit.field("reason", .flagReason, hint: .flagMeans, isRequired: true))\(visit.submit(.flagIt))"
            )
        }
        return """
            <div class="actions">\(links)</div>
            <details><summary>\(Text.more)</summary>\(more)</details>
            """
    }

    // MARK: - History

    /// Changes told of one event.
    private static let changesMax = 8

    static func history(_ item: Item, _ visit: Visit) async throws -> PageContent {
        let history = try await visit.brain.history(item.id).reversed()
        let part = visit.part(of: history, "events", .history, countMax: 50) { entry in
            entry.changes.prefix(changesMax).reduce(0) { $0 + $1.value.utf8.count }
        }
        let rows = part.shown.map { entry -> [HTML] in
            let rest = entry.changes.count - changesMax
            let more: HTML = rest > 0 ? " \(Text.andMore(rest))" : ""
            let changes = Array(entry.changes.prefix(changesMax))
            return [
                "\(when: entry.wall)", visit.link(entry.author), "\(Text.changes(changes))\(more)",
            ]
        }
        return PageContent(
            .history,
            """
            <h1>\(Text.history)</h1><p>\(visit.link(item))</p>
            <div id="events">\(visit.table(.whatHappened, [(.whenWord, false), (.whoWord, false), (.whatWord, false)], rows))</div>\(part.links)
            """)
    }

    static func blame(_ item: Item, _ visit: Visit) async throws -> PageContent {
        // A long stretch of one hand goes on in the next row.
        let stretches = try await visit.brain.blame(item.id).flatMap { stretch in
            stretch.text.pieces(bytesMax: stretchBytesMax).map { (stretch, $0) }
        }
        let shown = visit.part(of: stretches, "text", .whoWroteWhat, countMax: 60) {
            $0.1.utf8.count
        }
        let rows = shown.shown.map { part, text -> [HTML] in
            [
                visit.link(part.author), "\(when: part.wall)",
                "<span class=\"blame\">\(text)</span>",
            ]
        }
        return PageContent(
            .whoWroteWhat,
            """
            <h1>\(Text.whoWroteWhat)</h1><p>\(visit.link(item))</p>
            <div id="text">\(visit.table(.whoWroteWhat, [(.whoWord, false), (.whenWord, false), (.textWord, false)], rows))</div>\(shown.links)
            """)
    }

    private static let stretchBytesMax = 4_000

    static func erasing(_ item: Item, _ visit: Visit) -> PageContent {
        PageContent(
            .eraseIt,
            """
            <h1>\(Text.eraseIt)</h1><p>\(visit.link(item))</p>
            \(visit.notice("\(Text.eraseMeans)", "bad"))
            \(visit.form("\(Place.item(item))/erase", """
                \(visit.field("confirm", .typeTitle(item.shortID), isRequired: true))
                <div class="actions"><button class="severe">\(Text.eraseIt)</button> <a href="\(Place.item(item))">\(Text.back)</a></div>
                """))
            """)
    }

    static func erased(_ report: ErasureReport, _ visit: Visit) -> PageContent {
        let part = visit.part(of: report.receipts, "devices", .whoErased, countMax: 100)
        let rows = part.shown.map { receipt -> [HTML] in
            [
                "\(receipt.device.owner.name.shortened), \(receipt.device.label)",
                "\(receipt.hasErased ? Text.hasErased : Text.hasNotErased)",
            ]
        }
        return PageContent(
            .erasedTitle,
            """
            <h1>\(Text.erasedTitle)</h1><p>\(Text.erasedMeans)</p>
            <div id="devices">\(visit.table(.whoErased, [(.deviceWord, false), (.stateWord, false)], rows))</div>\(part.links)
            """)
    }
}
