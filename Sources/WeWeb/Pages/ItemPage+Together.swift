import Weonomy

/// What colleagues do with an item besides answering: invite one another, and log what they did.
extension ItemPage {
    /// Whom its author may ask what they think of it, with the reasons.
    static func inviting(_ item: Item, _ visit: Visit) async throws -> HTML {
        guard visit.mayWrite, item.author.id == visit.me.id, !item.isRetracted, !item.isLogEntry,
            item.kind != .answer
        else { return "" }
        let asked = visit.part(
            of: item.invitations.filter { $0.isOpen(at: visit.now) }, "invite", .askThem,
            countMax: 5)
        let open = asked.shown.map { invited -> HTML in
            "<li>\(visit.link(invited.person)): \(Text.untilWord) \(date: invited.until)</li>"
        }
        let readers = try await visit.brain.readers(of: item)
        let known = Set(
            item.invitations.map(\.person.id) + readers.map(\.person.id) + [visit.me.id])
        let others = (visit.brain.team?.members ?? []).map(\.person).filter {
            !known.contains($0.id)
        }
        guard !readers.isEmpty || !others.isEmpty || !open.isEmpty else { return "" }
        let chips = readers.map { reader -> HTML in
            """
            <label class="choice"><input type="checkbox" name="person" value="\(reader.person.id.description)"> \
            \(reader.person.name.shortened) <span class="hint">\(Text.reasons(reader.reasons))</span></label>
            """
        }
        let choice: HTML =
            others.isEmpty
            ? "" : visit.choice(.askSomeoneElse, of: others, none: .nobody)
        let form: HTML =
            chips.isEmpty && others.isEmpty
            ? ""
            : visit.form(
                "\(Place.item(item))/invite", "\(chips)\(choice)\(visit.submit(.askThem))",
                named: .askThem)
        return """
            <section aria-labelledby="invite"><h2 id="invite">\(Text.askThem)</h2>
            <p class="hint">\(Text.askThemMeans)</p>\
            \(open.isEmpty ? "" : "<ul>\(open)</ul>\(asked.links)" as HTML)\(form)</section>
            """
    }

    /// What was done on it, day by day, the newest last.
    static func log(_ item: Item, _ visit: Visit) async throws -> HTML {
        guard !item.isLogEntry, item.kind != .answer else { return "" }
        let log = try await visit.brain.log(of: item.id)
        // Nobody has to see an empty log of what is finished.
        let mayAdd = visit.mayWrite && !item.isRetracted
        guard !log.isEmpty || mayAdd else { return "" }
        // The newest part is the first that is shown.
        let part = visit.part(of: log.reversed(), "log", .workLog, countMax: 5) {
            min($0.body.utf8.count, entryBytesMax)
        }
        let entries = part.shown.reversed().map { entry -> HTML in
            let text = entry.body.pieces(bytesMax: entryBytesMax).first ?? ""
            let mark: HTML = text == entry.body ? "" : "<p>…</p>"
            let more: HTML =
                text.trimmed.isEmpty
                ? "" : "<div class=\"prose\">\(Prose.plain(text))\(mark)</div>"
            return """
                <li id="\(entry.shortID)"><p class="meta">\(date: entry.created) · \(visit.link(entry.author)) · \
                <a href="\(Place.item(entry))">\(Text.openIt)<span class="hidden"> \(entry.title.shortened)</span></a></p>
                <p\(visit.language(entry))>\(entry.title.begun(bytesMax: entryBytesMax))</p>\(more)</li>
                """
        }
        let list: HTML =
            entries.isEmpty
            ? "<p class=\"empty\">\(Text.noLogYet)</p>"
            : "<ol class=\"timeline\">\(entries)</ol>\(part.links)"
        let form: HTML =
            mayAdd
            ? visit.form(
                "\(Place.item(item))/log",
                """
                \(visit.area("entry", .logEntry, hint: .logHint, isRequired: true, rows: 3))
                <div class="actions"><button>\(Text.addToLog)</button></div>
                """) : ""
        let content = list + form
        // Where there is none it stays folded: most items have no log.
        guard !log.isEmpty else {
            return """
                <details id="log"><summary>\(Text.workLog)</summary>\(content)</details>
                """
        }
        return """
            <section aria-labelledby="log"><h2 id="log">\(Text.workLog)</h2>\(content)</section>
            """
    }

    /// What is shown of one entry of a log.
    private static let entryBytesMax = 300

    /// Whose need it is, the goal that it serves, and that someone wants to watch.
    static func belonging(_ item: Item, _ visit: Visit) async throws -> HTML {
        var html = HTML()
        if let behalf = Text.onBehalf(item) { html += "<p class=\"meta\">\(behalf)</p>" }
        if item.isShadow { html += "<p class=\"meta\">\(Text.wantsToShadow)</p>" }
        if let id = item.reuses, let reused = try? await visit.brain.item(id) {
            html += "<p class=\"meta\">\(Text.usesAgain) \(visit.link(reused))</p>"
        }
        if let id = item.goal,
            let goal = try await visit.brain.goals(isCounting: false).first(where: { $0.id == id })
        {
            html += """
                <p class="meta">\(Text.servesWord) <a href="/brain#goals">\(Text.aim(goal))</a></p>
                """
        }
        return html
    }
}
