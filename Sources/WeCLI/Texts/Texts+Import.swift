import Weonomy

/// What import and export say.
extension Text {
    static let takingIn = Text("Taking in", "Opnemen")
    static let exporting = Text("Exporting", "Exporteren")
    static let topicsAre = Text("Topics:", "Onderwerpen:")
    static let hintBrain = Text("see what you have now", "zie wat je nu hebt")

    static func tookIn(_ added: Int, _ changed: Int, _ unchanged: Int) -> Text {
        var english: Line = "Took in \(added, "note", "notes")"
        var dutch: Line = "\(added, "notitie", "notities") opgenomen"
        if changed > 0 {
            english = english + ", changed \(changed)"
            dutch = dutch + ", \(changed) gewijzigd"
        }
        if unchanged > 0 {
            english = english + "; \(unchanged) were here already"
            dutch = dutch + "; \(unchanged) stonden er al"
        }
        return Text(english + ".", dutch + ".")
    }

    static func wouldTakeIn(_ added: Int, _ changed: Int, _ unchanged: Int) -> Text {
        Text(
            "Would take in \(added, "note", "notes") and change \(changed); \(unchanged) are here "
                + "already. Nothing was done.",
            "Zou \(added, "notitie", "notities") opnemen en er \(changed) wijzigen; \(unchanged) "
                + "staan er al. Er is niets gedaan.")
    }

    static func tookInEvents(_ count: Int) -> Text {
        Text(
            "Took in \(count, "signed change", "signed changes").",
            "\(count, "ondertekende wijziging", "ondertekende wijzigingen") opgenomen.")
    }

    static func restoredToRead(_ team: String) -> Text {
        Text(
            "This laptop can read \(team), but is no member: join with an invitation to write.",
            "Deze laptop kan \(team) lezen, maar hoort er niet bij: ga erbij met een uitnodiging.")
    }

    static func noDryRun(_ path: String) -> Text {
        Text(
            "\(path) is a brain file: --dry-run is for folders.",
            "\(path) is een breinbestand: --dry-run is voor mappen.")
    }

    static func refused(_ count: Int) -> Text {
        Text(
            "\(count, "note was", "notes were") refused:",
            "\(count, "notitie is", "notities zijn") geweigerd:")
    }

    static func leftOut(_ count: Int) -> Text {
        Text(
            "\(count, "file", "files") left out:", "\(count, "bestand", "bestanden") overgeslagen:")
    }

    static func skipped(_ reason: SkipReason) -> Text {
        switch reason {
        case .notMarkdown: Text("not Markdown", "geen Markdown")
        case .licence: Text("a licence", "een licentie")
        case .hidden: Text("hidden", "verborgen")
        case .generated: Text("made by an export", "gemaakt door een export")
        case .link: Text("a link", "een link")
        case .special: Text("no file or folder", "geen bestand of map")
        case .unreadable: Text("can't be read", "niet te lezen")
        case .tooMany: Text("too many or too deep", "te veel of te diep")
        case .note(.empty): Text("empty", "leeg")
        case .note(.notUTF8(let offset)):
            Text("not UTF-8 (at byte \(offset))", "geen UTF-8 (bij byte \(offset))")
        case .note(.tooLong(let count)):
            Text("too long (\(size: count))", "te lang (\(size: count))")
        }
    }

    // MARK: - Export

    static let needsTo = Text("Where to?", "Waarheen?")
    static let exportHow = Text(
        "Give a folder with \("--to", .command), or a file: \("--to brain.jsonl", .command)",
        "Geef een map met \("--to", .command), of een bestand: \("--to brain.jsonl", .command)")
    static let onlyJSONL = Text(
        "Only --format jsonl goes to standard output, and not with --json.",
        "Alleen --format jsonl kan naar standaarduitvoer, en niet met --json.")

    static func exportedVault(_ items: Int, _ files: Int, _ path: String) -> Text {
        Text(
            "Wrote \(items, "item", "items") in \(files, "file", "files") to \(path).",
            "\(items, "bijdrage", "bijdragen") in \(files, "bestand", "bestanden") geschreven naar "
                + "\(path).")
    }

    static func exportedJSONL(_ events: Int, _ path: String) -> Text {
        Text(
            "Wrote \(events, "signed change", "signed changes") to \(path).",
            "\(events, "ondertekende wijziging", "ondertekende wijzigingen") geschreven naar "
                + "\(path).")
    }
}
