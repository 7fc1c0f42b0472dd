/// What `status`, `today` and lists say about safety and clocks.
extension Text {
    package static func putOut(_ verdict: SafetyDecision, _ team: String) -> Text {
        switch verdict.kind {
        case .leave: reason(.left(team: team))
        case .revoke: reason(.revoked(team: team, by: verdict.authors))
        default: reason(.putOut(team: team, by: verdict.authors, reason: verdict.text))
        }
    }

    private static func reason(_ reason: BrainError.Reason) -> Text {
        Text.what(BrainError(.excluded, reason))
    }

    package static let putOutMeans = Text(
        "Nothing here was deleted, and reading goes on; nobody takes what is written here.",
        "Hier is niets gewist, en lezen kan gewoon; wat je hier schrijft, neemt niemand over.")

    package static func proposed(_ decision: SafetyDecision) -> Text {
        let (by, about) = (decision.by.name, decision.about?.name ?? "")
        return decision.kind == .revoke
            ? Text(
                "\(by) wants to take a device of \(about) away; a second moderator must agree.",
                "\(by) wil een apparaat van \(about) intrekken; een tweede moderator moet het eens "
                    + "zijn.")
            : Text(
                "\(by) wants to put \(about) out; a second moderator must agree: \(decision.text)",
                "\(by) wil \(about) eruit zetten; een tweede moderator moet het eens zijn: "
                    + "\(decision.text)")
    }

    package static func flagCount(_ count: Int) -> Text {
        Text(
            "\(count, "item is", "items are") flagged: \("weonomy safety flags", .command)",
            "\(count, "bijdrage is", "bijdragen zijn") gemeld: \("weonomy safety flags", .command)")
    }

    // MARK: - Clocks

    package static func clock(_ fault: ClockFault) -> Text {
        let span = Text.span(fault.ahead)
        switch (fault.isThisLaptop, fault.ahead < 0) {
        case (true, _):
            return Text(
                "This laptop's clock runs \(span) behind what is already here: set it right, unless "
                    + "it ran ahead before.",
                "De klok van deze laptop loopt \(span) achter op wat hier al staat: zet hem goed, "
                    + "tenzij hij eerder voorliep.")
        case (false, false):
            return Text(
                "\(fault.person.name)'s clock runs \(span) ahead: times from \(fault.person.name) "
                    + "are wrong.",
                "De klok van \(fault.person.name) loopt \(span) voor: tijden van "
                    + "\(fault.person.name) kloppen niet.")
        case (false, true):
            return Text(
                "\(fault.person.name)'s clock runs \(span) behind: times from "
                    + "\(fault.person.name) are wrong.",
                "De klok van \(fault.person.name) loopt \(span) achter: tijden van "
                    + "\(fault.person.name) kloppen niet.")
        }
    }

    package static func clockWas(_ name: String, _ ahead: Int64) -> Text {
        let span = Text.span(ahead)
        return Text(
            "\(name)'s clock ran \(span) ahead when something here was written.",
            "De klok van \(name) liep \(span) voor toen hier iets werd geschreven.")
    }

    private static func span(_ milliseconds: Int64) -> Text {
        let days = Int(clamping: milliseconds.magnitude / 86_400_000)
        func say(_ language: Language) -> Line {
            Line(of: Voice(language: language).span(days: days))
        }
        return Text(say(.english), say(.dutch))
    }
}
