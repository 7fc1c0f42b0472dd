/// What flagging, addressing, excluding and the open log say.
extension Text {
    // MARK: - The log

    package static let emptyLog = Text(
        "Nothing was decided about anyone yet.", "Er is nog niets over iemand besloten.")
    package static let openLog = Text(
        "Everyone in the team can read this.", "Iedereen in het team kan dit lezen.")

    package static func decision(_ decision: SafetyDecision) -> Text {
        let (by, about) = (decision.by.name, decision.about?.name ?? "")
        let role = role(decision.role ?? "")
        return switch decision.kind {
        case .address:
            Text("\(by) addressed \(about)", "\(by) sprak \(about) aan")
        case .exclude where decision.isSevere:
            Text(
                "\(by) put \(about) out at once, as severe",
                "\(by) zette \(about) er meteen uit, als ernstig")
        case .exclude: Text("\(by) put \(about) out", "\(by) zette \(about) eruit")
        case .demote:
            Text(
                "\(by) took the moderator's role from \(about)",
                "\(by) nam \(about) de rol van moderator af")
        case .leave: Text("\(about) left", "\(about) ging weg")
        case .restore: Text("\(by) took \(about) back in", "\(by) liet \(about) weer toe")
        case .grant:
            Text(
                "\(by) made \(about) \(role)", "\(by) maakte \(about) \(role)")
        case .revoke: revocation(decision)
        case .adopt:
            Text(
                "\(by) let work count that had been set apart",
                "\(by) liet werk dat apart stond alsnog meetellen")
        case .council: council(decision)
        }
    }

    private static func revocation(_ decision: SafetyDecision) -> Text {
        let (by, about) = (decision.by.name, decision.about?.name ?? "")
        let id = String((decision.device ?? "").prefix(8))
        return decision.by.id == decision.about?.id
            ? Text(
                "\(by) took away a device of their own (\(id, .id))",
                "\(by) trok een eigen apparaat in (\(id, .id))")
            : Text(
                "\(by) took away a device of \(about) (\(id, .id))",
                "\(by) trok een apparaat van \(about) in (\(id, .id))")
    }

    private static func council(_ decision: SafetyDecision) -> Text {
        guard let about = decision.about?.name else {
            return Text(
                "\(decision.by.name) made recovery keys",
                "\(decision.by.name) maakte herstelsleutels"
            )
        }
        return decision.role == "founder"
            ? Text(
                "The recovery keys made \(about) founder",
                "De herstelsleutels maakten \(about) oprichter")
            : Text(
                "The recovery keys put \(about) out", "De herstelsleutels zetten \(about) eruit")
    }

    package static func state(_ decision: SafetyDecision) -> Text {
        if decision.waitsForSecond {
            return Text("waits for a second moderator", "wacht op een tweede moderator")
        }
        if !decision.isEffective { return Text("does not count", "telt niet") }
        return decision.isSettled
            ? Text("settled", "staat vast")
            : Text(
                "may still change: not every moderator has seen it",
                "kan nog veranderen: niet elke moderator heeft het gezien")
    }

    package static func role(_ role: String) -> Text {
        switch role {
        case "founder": Text("founder", "oprichter")
        case "moderator": Text(same: "moderator")
        case "member": Text("member", "lid")
        case "reader": Text("reader", "lezer")
        default: Text("not in the team", "niet in het team")
        }
    }

    package static let forksTitle = Text(
        "Devices that wrote two histories (a restored copy, a clone, or a device that lies):",
        "Apparaten met twee geschiedenissen (een teruggezette kopie, een kloon, of een die liegt):")

    package static func fork(_ fork: ForkEvidence) -> Text {
        let events = fork.events.map { String($0.prefix(12)) }
        return Text(
            "\(fork.person.name): log \(fork.log) has at place \(fork.sequence) both \(list: events)",
            "\(fork.person.name): logboek \(fork.log) heeft op plaats \(fork.sequence) zowel "
                + "\(list: events)")
    }

    // MARK: - Flags

    package static func flagged(_ title: String) -> Text {
        Text(
            "Flagged: \(title). The moderators are shown it, with your name.",
            "Gemeld: \(title). De moderators krijgen het te zien, met je naam.")
    }

    package static func unflagged(_ title: String) -> Text {
        Text("No longer flagged by you: \(title)", "Niet meer door jou gemeld: \(title)")
    }

    package static func flag(_ flag: Flag) -> Text {
        Text("\(flag.person.name): \(flag.reason)", "\(flag.person.name): \(flag.reason)")
    }

    package static func flaggedBy(_ flag: Flag) -> Text {
        Text(
            "Flagged by \(flag.person.name): \(flag.reason)",
            "Gemeld door \(flag.person.name): \(flag.reason)")
    }

    package static let noFlags = Text("Nothing is flagged.", "Er is niets gemeld.")
    package static let noFlagsOfYours = Text(
        "You flagged nothing; moderators see what all flagged.",
        "Jij hebt niets gemeld; moderators zien alles wat is gemeld.")
    package static let hintAddress = Text(
        "tell its author what is wrong", "zeg de schrijver wat er mis is")
    package static let hintFlags = Text("what was flagged", "wat er is gemeld")
    package static let askReason = Text("Why", "Waarom")
    package static let askAddress = Text("What undermines the team", "Wat het team ondermijnt")

    // MARK: - Address

    package static func addressed(_ name: String) -> Text {
        Text(
            "You addressed \(name), who sees it after the next sync. Everyone can read it.",
            "Je hebt \(name) aangesproken; die ziet het na de volgende sync. Iedereen kan het lezen."
        )
    }

    package static func addressedYou(_ decision: SafetyDecision) -> Text {
        Text(
            "\(decision.by.name) addressed you (\(when: decision.time.milliseconds)): "
                + "\(decision.text)",
            "\(decision.by.name) heeft je aangesproken (\(when: decision.time.milliseconds)): "
                + "\(decision.text)")
    }

    package static func itIsAbout(_ title: String, _ id: String) -> Text {
        Text("It is about \(id, .id) \(title)", "Het gaat om \(id, .id) \(title)")
    }

    package static let toldOnce = Text(
        "This is said once; it stays in \("weonomy safety log", .command).",
        "Dit staat hier één keer; het blijft in \("weonomy safety log", .command).")
    package static let hintExclude = Text("if it goes on", "als het doorgaat")

    // MARK: - Exclude and restore

    package static func wouldExclude(_ report: ExclusionReport, _ date: Int64?) -> Text {
        let name = report.person.name
        guard report.isEffective else {
            return Text(
                "This asks for putting \(name) out; it counts once a second moderator does the same.",
                "Dit stelt voor \(name) eruit te zetten; het telt zodra een tweede moderator "
                    + "hetzelfde doet.")
        }
        guard let date else {
            return Text(
                "This puts \(name) out: what \(name) wrote so far stays, later work does not count.",
                "Dit zet \(name) eruit: wat \(name) tot nu toe schreef blijft, later werk telt niet."
            )
        }
        return Text(
            "This puts \(name) out: what \(name) wrote from \(date: date) on no longer counts.",
            "Dit zet \(name) eruit: wat \(name) vanaf \(date: date) schreef, telt niet meer.")
    }

    package static func excluded(_ name: String) -> Text {
        Text(
            "\(name) is out. The laptop is told at its next sync; nothing is deleted.",
            "\(name) is eruit. De laptop hoort het bij zijn volgende sync; er wordt niets gewist.")
    }

    package static func waitsForSecond(_ name: String) -> Text {
        Text(
            "\(name) is still in: it counts once a second moderator does the same.",
            "\(name) zit er nog in: het telt zodra een tweede moderator hetzelfde doet.")
    }

    package static func alsoOut(_ names: [String], isDone: Bool) -> Text {
        isDone
            ? Text(
                "Out besides, since only that later work let them in: \(list: names)",
                "Ook eruit, want alleen dat latere werk liet hen toe: \(list: names)")
            : Text(
                "Out besides, since only that later work lets them in: \(list: names)",
                "Ook eruit, want alleen dat latere werk laat hen toe: \(list: names)")
    }

    package static let hintRestore = Text("takes it back", "draait het terug")
    package static let hintSecond = Text(
        "what a second moderator types, after a sync", "wat een tweede moderator typt, na een sync")

    package static func restored(_ name: String) -> Text {
        Text(
            "\(name) is in again. Both of you sync, and it goes on; what \(name) wrote meanwhile "
                + "counts after \("weonomy safety adopt", .command).",
            "\(name) zit er weer in. Sync allebei, dan gaat het verder; wat \(name) intussen "
                + "schreef, telt na \("weonomy safety adopt", .command).")
    }

    package static let hintAdopt = Text(
        "look at what was written meanwhile", "kijk wat er intussen is geschreven")

    // MARK: - Adopt

    package static func nothingSetApart(_ name: String) -> Text {
        Text(
            "Nothing that \(name) wrote is set apart here.",
            "Niets van \(name) staat hier apart.")
    }

    package static func setApart(_ name: String) -> Text {
        Text(
            "\(name) wrote this; it does not count:", "Dit schreef \(name); het telt niet mee:")
    }

    package static func adopted(_ count: Int, _ name: String) -> Text {
        Text(
            "Counting from now on: \(count, "change", "changes") of \(name)",
            "Telt vanaf nu mee: \(count, "wijziging", "wijzigingen") van \(name)")
    }

    package static func changeCount(_ count: Int) -> Text {
        Text("\(count, "change", "changes")", "\(count, "wijziging", "wijzigingen")")
    }

    package static let aProfile = Text("(the profile)", "(het profiel)")
    package static let hintAdoptAll = Text("lets it count", "laat het meetellen")

    // MARK: - Grave acts

    package static func typeToConfirm(_ name: String) -> Text {
        Text("Type \(name) if you mean it", "Typ \(name) als je het meent")
    }

    package static func confirmWith(_ name: String) -> Text {
        Text(
            "If you mean it, add \("--confirm \"\(name)\"", .command). Nothing was changed.",
            "Als je het meent, zet er \("--confirm \"\(name)\"", .command) bij. Er is niets "
                + "veranderd.")
    }

    package static func notConfirmed(_ typed: String, _ name: String) -> Text {
        Text("'\(typed)' is not '\(name)'.", "'\(typed)' is niet '\(name)'.")
    }
}
