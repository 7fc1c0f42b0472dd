import Weonomy

/// What sharing, asking and answering say.
extension Text {
    static func shared(_ id: String, _ title: String, _ kind: Text) -> Text {
        Text(
            "Shared \(id, .id) \(title, .strong) (\(kind)). Colleagues see it at the next sync.",
            "Gedeeld: \(id, .id) \(title, .strong) (\(kind)). Collega's zien het na de volgende "
                + "sync.")
    }

    static func nearlyThere(_ id: String, _ title: String) -> Text {
        Text(
            "Nearly the same is here already: \(id, .id) \(title, .strong).",
            "Bijna hetzelfde is er al: \(id, .id) \(title, .strong).")
    }

    static let wellLearnt = Text("Well done.", "Mooi zo.")
    static let askedAgain = Text(
        "Your need is open again.", "Je vraag staat weer open.")
    static let hintOffer = Text(
        "then others may learn it from you", "dan leren anderen het van jou")
    static let hintAskReader = Text("ask what they think of it", "vraag wat die ervan vindt")
    static let hintLog = Text("all of the log", "het hele logboek")

    static func logged(_ id: String, _ title: String) -> Text {
        Text(
            "Added to the work log of \(title, .strong) (\(id, .id)).",
            "Staat in het werklog van \(title, .strong) (\(id, .id)).")
    }

    static let onlyLogOn = Text(
        "\("--on", .command) goes with \("-k log", .command) only.",
        "\("--on", .command) hoort alleen bij \("-k log", .command).")

    static func noGoal(_ typed: String) -> Text {
        Text("No goal has the id '\(typed)'.", "Geen doel heeft de id '\(typed)'.")
    }

    static let seeGoals = Text(
        "See: \("weonomy brain goals", .command)", "Zie: \("weonomy brain goals", .command)")

    static let hintTopic = Text("so that it is found", "zo wordt het gevonden")

    static let shareHelp = Text(
        "The first line is the title. Rough is fine: what you did, what happened, what you would\n"
            + "do next time.",
        "De eerste regel is de titel. Ruw is goed: wat je deed, wat er gebeurde, wat je de\n"
            + "volgende keer zou doen.")

    static let editHelp = Text(
        "The first line is the title, the rest is the text.",
        "De eerste regel is de titel, de rest is de tekst.")

    static let nothingWritten = Text(
        "Nothing was written, so nothing was shared.",
        "Er is niets geschreven, dus er is niets gedeeld.")

    static func edited(_ id: String, _ title: String) -> Text {
        Text("Changed \(id, .id) \(title, .strong).", "Gewijzigd: \(id, .id) \(title, .strong).")
    }

    static let noLongerValidated = Text(
        "Its validation was for the version before: ask for a new look.",
        "De bevestiging gold voor de vorige versie: laat er opnieuw naar kijken.")

    static func askRetract(_ title: String) -> Text {
        Text("Take back \(title, .strong)?", "\(title, .strong) intrekken?")
    }

    static func retracted(_ id: String, _ title: String) -> Text {
        Text(
            "Took back \(id, .id) \(title, .strong). Who has synced it may still have a copy.",
            "Ingetrokken: \(id, .id) \(title, .strong). Wie het al had, kan nog een kopie hebben.")
    }

    static func mayAnswer(_ count: Int) -> Text {
        count == 1
            ? Text("This may already help:", "Dit helpt je misschien al:")
            : Text("These may already help:", "Deze helpen je misschien al:")
    }

    static let stillAsk = Text("Still ask?", "Toch vragen?")
    static let notPosted = Text("Not asked.", "Niet gevraagd.")
    static let notAsked = Text(
        "Nothing was asked yet; with \("--yes", .command) it is.",
        "Er is nog niets gevraagd; met \("--yes", .command) wel.")

    static func needIsOpen(_ id: String) -> Text {
        Text("Your need \(id, .id) is open.", "Je vraag \(id, .id) staat open.")
    }

    static let nobodyYet = Text(
        "Nobody is known to know this; everyone sees it at the next sync.",
        "Van niemand is bekend dat die dit weet; iedereen ziet je vraag na de volgende sync.")
    static let mayHelpYou = Text("These people may help:", "Deze mensen kunnen misschien helpen:")

    static func noQuestion(_ id: String) -> Text {
        Text("\(id, .id) is no question.", "\(id, .id) is geen vraag.")
    }

    static func reactInstead(_ id: String) -> Text {
        Text(
            "React to it: \("weonomy react \(id) thanks", .command)",
            "Reageer erop: \("weonomy react \(id) thanks", .command)")
    }

    static func answerHelp(_ question: String, isLesson: Bool) -> Text {
        isLesson
            ? Text(
                "A lesson for: \(question)\nHow would they find this themselves next time?",
                "Een les voor: \(question)\nHoe vindt de ander dit de volgende keer zelf?")
            : Text("An answer to: \(question)", "Een antwoord op: \(question)")
    }

    static func onlyAskerResolves(_ name: String) -> Text {
        Text(
            "Only \(name) can say that it is solved.",
            "Alleen \(name) kan zeggen dat het is opgelost.")
    }

    static func answered(_ id: String, _ name: String) -> Text {
        Text(
            "Answered \(name) (\(id, .id)); it arrives at the next sync.",
            "Je antwoord aan \(name) (\(id, .id)) komt aan bij de volgende sync.")
    }

    static func reacted(_ reaction: Reaction, _ title: String, _ name: String) -> Text {
        Text(
            "Told \(name): \(Text.reaction(reaction)), on \(title, .strong).",
            "Aan \(name) laten weten: \(Text.reaction(reaction)), bij \(title, .strong).")
    }

    static func unreacted(_ id: String) -> Text {
        Text(
            "Took back your reaction to \(id, .id).", "Je reactie op \(id, .id) is weggehaald.")
    }

    static func validated(_ title: String, _ until: Int64?) -> Text {
        guard let until else {
            return Text(
                "Validated exactly this version of \(title, .strong).",
                "Precies deze versie van \(title, .strong) is bevestigd.")
        }
        return Text(
            "Validated exactly this version of \(title, .strong), until \(date: until).",
            "Precies deze versie van \(title, .strong) is bevestigd, tot en met \(date: until).")
    }

    static func yourLevel(_ topic: String, _ level: Level) -> Text {
        Text(
            "Your level in \(topic, .topic) stands with it: \(Text.level(level)).",
            "Je niveau in \(topic, .topic) staat erbij: \(Text.level(level)).")
    }

    static func noLevel(_ topic: String) -> Text {
        Text(
            "Your profile does not offer \(topic, .topic): "
                + "\("weonomy profile offer \(topic)", .command)",
            "Je profiel biedt \(topic, .topic) niet aan: "
                + "\("weonomy profile offer \(topic)", .command)")
    }
}
