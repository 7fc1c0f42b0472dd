import Weonomy

extension Context {
    /// Items in a table: id, title, who, what, and how it stands.
    func table(_ items: some Sequence<Item>, indent: Int = 2) -> Table {
        var table = Table(flexible: 1, indent: indent)
        for item in items { table.add(row(item)) }
        return table
    }

    private func row(_ item: Item) -> [Line] {
        let badge = Text.badge(item, now: now)
        if isNarrow {
            let isPlain = badge.plain(.english).isEmpty
            return [
                "\(item.shortID, .id)", "\(item.title)", "\(short(item.writer))",
                isPlain ? "\(Text.kind(item), .faint)" : "\(badge, tone(of: item))",
            ]
        }
        return [
            "\(item.shortID, .id)", "\(item.title)", "\(short(item.writer))",
            "\(Text.kind(item), .faint)", "\(badge, tone(of: item))",
        ]
    }

    private func tone(of item: Item) -> Line.Tone {
        if item.isConflict || item.status == .open { return .warn }
        switch item.validity(at: now) {
        case .yes: return .good
        case .changed, .expired: return .warn
        case .no: return .faint
        }
    }

    /// One item with all that is known of it.
    func page(_ item: Item) -> Page {
        var page = Page()
        page.line("\(item.title, .strong)")
        let badge = Text.badge(item, now: now)
        var about: Line = "\(item.shortID, .id) · \(Text.kind(item)) · \(item.writer)"
        about = about + " · \(when: item.created.milliseconds)"
        let (made, changed) = (item.created.milliseconds, item.changed.milliseconds)
        if voice.relative(made) != voice.relative(changed) {
            about = about + " · \(Text.changed, .faint) \(when: item.changed.milliseconds)"
        }
        if !badge.plain(.english).isEmpty { about = about + " · \(badge, tone(of: item))" }
        page.line(about)
        if !item.topics.isEmpty {
            page.line("\(item.topics.joined(separator: ", "), .topic)")
        }
        if let source = item.source { page.line("\(Text.from, .faint) \(source)") }
        if !item.body.trimmed.isEmpty {
            page.blank()
            page.prose(item.body.trimmed)
        }
        page.append(details(item))
        return page
    }

    private func details(_ item: Item) -> Page {
        var page = Page()
        page.blank()
        if let tried = item.tried { page.line("\(Text.tried, .faint) \(tried)") }
        if let good = item.goodEnoughWhen { page.line("\(Text.goodEnough, .faint) \(good)") }
        for validation in item.validations { page.line(line(validation)) }
        for reaction in Reaction.allCases {
            guard let people = item.reactions[reaction] else { continue }
            page.line("\(Text.reaction(reaction)): \(list: people.map(\.name))")
        }
        if item.isConflict { page.say(.competing(item.shortID), .warn) }
        return page
    }

    private func line(_ validation: Validation) -> Line {
        let name = validation.person.name
        var line: Line =
            validation.isCurrent
            ? "\(Text.validatedBy(name), .good)" : "\(Text.validatedEarlier(name), .warn)"
        if let until = validation.until { line = line + " \(Text.until(until.milliseconds))" }
        if !validation.note.isEmpty { line = line + ": \(validation.note)" }
        return line
    }
}

extension Text {
    static let changed = Text("changed", "gewijzigd")
    static let from = Text("from", "uit")
    static let serves = Text("Serves:", "Dient:")
    static let tried = Text("Tried:", "Geprobeerd:")
    static let goodEnough = Text("Good enough when:", "Goed genoeg als:")

    static func validatedBy(_ name: String) -> Text {
        Text("Validated by \(name)", "Bevestigd door \(name)")
    }

    static func validatedEarlier(_ name: String) -> Text {
        Text(
            "Validated by \(name), changed since", "Bevestigd door \(name), sindsdien gewijzigd")
    }

    static func until(_ moment: Int64) -> Text {
        Text("until \(date: moment)", "tot en met \(date: moment)")
    }

    static func competing(_ id: String) -> Text {
        Text(
            "People wrote different things here: \("weonomy show \(id) --versions", .command)",
            "Hier staan verschillende versies: \("weonomy show \(id) --versions", .command)")
    }
}
