import Weonomy

/// The files of an item: what each is, where it is, and what can be done with it.
extension ItemPage {
    static func files(_ item: Item, _ visit: Visit) async throws -> HTML {
        let files = try await visit.brain.files(of: item)
        var html = HTML()
        if !files.isEmpty {
            let part = visit.part(of: files.count, "files", .filesWord, countMax: 5)
            let tiles = part.range.map { tile(files[$0], number: $0 + 1, item, visit) }
            html += """
                <section aria-labelledby="files"><h2 id="files">\(Text.filesWord)</h2>
                <ul class="cards">\(tiles)</ul>\(part.links)\(useAgain(item, visit))</section>
                """
        }
        let reuses = try await visit.brain.reuses(of: item.id, countMax: 1)
        if !reuses.isEmpty {
            html += try await visit.list(
                .usedAgainIn, "reuses:\(item.shortID)", countMax: 3, empty: "", id: "used-again")
        }
        return html
    }

    private static func tile(
        _ file: TeamFile, number: Int, _ item: Item, _ visit: Visit
    ) -> HTML {
        // A name that turns its end around pretends to be of another kind.
        let isHonest = !Sanitize.turns(file.file.name)
        let name = (isHonest ? file.file.name : Brain.safeName(of: file.file)).shortened
        let look: HTML = file.state == .here ? "good" : ""
        let mark: HTML = file.state == .here ? "✓ " : ""
        let licence: HTML =
            file.file.licence.map { " · \(Text.licenceWord): \($0.shortened)" } ?? ""
        let holders: HTML =
            file.holders.isEmpty
            ? "\(nobody(file))" : "\(Text.whoHasIt) \(Text.holders(of: file))"
        let comes: HTML =
            file.state == .wanted ? Text.comesFrom(file).map { ": \($0)" as HTML } ?? "" : ""
        return """
            <li class="card"><h3>\(name)</h3>\
            <p class="meta"><span class="tag \(look)">\(mark)\(Text.state(of: file))</span>\(comes) · \
            \(Text(same: "\(size: file.file.byteCount)"))\(licence)</p>\
            <p class="meta">\(holders)</p>\(actions(file, number: number, item, visit))</li>
            """
    }

    /// Nobody is known to have it, which says little of what was never asked for.
    private static func nobody(_ file: TeamFile) -> Text {
        switch file.state {
        case .here: .nobodyElseToldIt
        case .coming, .wanted: .comesWhenMet
        case .left: .askForIt
        }
    }

    private static func actions(
        _ file: TeamFile, number: Int, _ item: Item, _ visit: Visit
    ) -> HTML {
        let name = file.file.name.shortened
        let path = Place.item(item)
        var acts = HTML()
        if file.state == .here {
            acts += """
                <a class="button" href="\(Place.file(item, number))">\(Text.downloadIt)\
                <span class="hidden"> \(name)</span></a>
                """
        }
        if visit.mayWrite {
            let number = ["number": "\(number)"] as KeyValuePairs
            switch file.state {
            case .here where !file.wholeHolders.isEmpty:
                acts += visit.button("\(path)/file-free", .letGoOfIt, number, about: name)
            case .left:
                acts += visit.button("\(path)/file-get", .getIt, number, about: name)
            case .here, .wanted, .coming: break
            }
        }
        return acts.isEmpty ? "" : "<div class=\"actions\">\(acts)</div>"
    }

    private static func useAgain(_ item: Item, _ visit: Visit) -> HTML {
        guard visit.mayWrite, !item.isRetracted else { return "" }
        let query = WebForm.encode([
            (name: "reuses", value: item.shortID),
            (name: "topics", value: item.topics.joined(separator: ", ")),
        ])
        return """
            <p class="actions"><a class="button" href="\(Place.new)?\(query)">\(Text.useAgain)</a></p>
            """
    }

    /// What a form about one file asks.
    static func perform(_ act: String, _ id: ObjectID, _ visit: Visit) async throws -> Outcome {
        let item = try await visit.brain.item(id)
        let file = try await visit.brain.file(
            of: item, named: visit.request.form["number"] ?? "")
        if act == "file-get" {
            try await visit.brain.want(file.id)
        } else {
            try await visit.brain.free(file)
        }
        return .done(Place.item(item) + "#files")
    }
}
