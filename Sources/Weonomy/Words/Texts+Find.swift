/// What searching and showing say.
extension Text {
    package static func nothingFound(_ query: String) -> Text {
        Text("Nothing found for '\(query)'.", "Niets gevonden voor '\(query)'.")
    }

    package static let hintMore = Text("more of it", "meer ervan")
    package static let hintAsk = Text("ask your colleagues", "vraag het je collega's")

    package static func queryHint(_ hint: Query.Hint) -> Text {
        switch hint {
        case .unknownKey(let key):
            Text(
                "'\(key):' is no search word; looked for it as text. See: weonomy help search",
                "'\(key):' is geen zoekwoord; het is als tekst gezocht. Zie: weonomy help search")
        case .unknownValue(let key, let value):
            Text(
                "'\(key):' has no '\(value)'; looked for it as text. See: weonomy help search",
                "'\(key):' kent geen '\(value)'; het is als tekst gezocht. Zie: weonomy help search"
            )
        case .unknownDate(let key, let value):
            Text(
                "'\(key):\(value)' is no date such as 2026-06; looked for it as text.",
                "'\(key):\(value)' is geen datum zoals 2026-06; het is als tekst gezocht.")
        case .missingValue(let key):
            Text("'\(key):' wants a word behind it.", "Achter '\(key):' hoort een woord.")
        case .tooLong:
            Text(
                "The query is too long; its end was left out.",
                "De zoekvraag is te lang; het einde telt niet mee.")
        }
    }

    // MARK: - One thing

    package static let history = Text("History", "Geschiedenis")
    package static let shares = Text("Shares", "Bijdragen")
    package static let oneVersion = Text(
        "There is one version; nothing competes.", "Er is één versie; er botst niets.")

    package static func version(_ number: Int, _ field: String) -> Text {
        Text("Version \(number) of \(field):", "Versie \(number) van \(field):")
    }

    package static func settleVersions(_ id: String) -> Text {
        Text(
            "The first one shows. Keep or join them with \("weonomy edit \(id)", .command).",
            "De eerste is te zien. Kies of voeg samen met \("weonomy edit \(id)", .command).")
    }

    package static func topicCounts(_ shares: Int, _ needs: Int) -> Text {
        Text(
            "\(shares, "share", "shares"), \(needs, "open need", "open needs")",
            "\(shares, "bijdrage", "bijdragen"), \(needs, "open vraag", "open vragen")")
    }

    package static func offeredBy(_ names: [String]) -> Text {
        Text("Offered by \(list: names)", "Aangeboden door \(list: names)")
    }

    package static func heldBy(_ names: [String]) -> Text {
        let some = someOf(names)
        return Text("Written by \(some)", "Geschreven door \(some)")
    }

    package static func restsOn(_ name: String) -> Text {
        Text(
            "Only \(name) knows this: who could learn it?",
            "Alleen \(name) weet dit: wie zou het kunnen leren?")
    }

    /// The first few of many names.
    package static func someOf(_ names: [String]) -> Text {
        let max = 4
        guard names.count > max else { return Text(same: "\(list: names)") }
        let first = names.prefix(max - 1).joined(separator: ", ")
        let rest = names.count - max + 1
        return Text("\(first) and \(rest) more", "\(first) en nog \(rest)")
    }

    // MARK: - Today

    package static let answersForYou = Text("Answers for you", "Antwoorden voor jou")
    package static let youMayHelp = Text("You may be able to help", "Hier kun je misschien helpen")
    package static let waitingForAnswer = Text("Your open needs", "Je open vragen")
    package static let competingVersions = Text("Competing versions", "Botsende versies")
    package static let newShares = Text("New from colleagues", "Nieuw van collega's")
    package static let busyWith = Text("What people are busy with", "Waar men mee bezig is")
    package static let nothingWaits = Text(
        "Nothing waits for you, and there is nothing new.", "Er wacht niets en er is niets nieuws.")
    package static let hintAnswer = Text(
        "help, or teach with --teach", "help, of leer het aan met --teach")
    package static let hintGaps = Text(
        "what your profile still lacks", "wat er nog in je profiel ontbreekt")

    /// The best reason, said to the person it is about.
    package static func yourReason(_ reasons: [MatchReason]) -> Text {
        switch reasons.first {
        case .offers(let topic, let level)?:
            Text(
                "you offer \(topic, .topic) (\(Text.level(level)))",
                "jij biedt \(topic, .topic) (\(Text.level(level)))")
        case .wrote(let topic, _)?:
            Text("you wrote on \(topic, .topic)", "jij schreef over \(topic, .topic)")
        case .validated(let topic, _)?:
            Text("you validated \(topic, .topic)", "jij bevestigde \(topic, .topic)")
        case .learns(let topic)?:
            Text("you want to learn \(topic, .topic)", "jij wilt \(topic, .topic) leren")
        case .titleWords(let words, share: _)?:
            Text("you wrote about \(list: words)", "jij schreef over \(list: words)")
        case nil: Text(same: "")
        }
    }

    // MARK: - Topics

    package static func summary(_ status: BrainStatus) -> Text {
        Text(
            "\(status.team.name, .strong) · \(status.team.members.count, "person", "people") · "
                + "\(status.shareCount, "share", "shares") · "
                + "\(status.openNeedCount, "open need", "open needs")",
            "\(status.team.name, .strong) · \(status.team.members.count, "mens", "mensen") · "
                + "\(status.shareCount, "bijdrage", "bijdragen") · "
                + "\(status.openNeedCount, "open vraag", "open vragen")")
    }

    package static let noTopics = Text(
        "There are no topics yet: give shares one with -t.",
        "Er zijn nog geen onderwerpen: geef bijdragen er een met -t.")

    package static func sharesCount(_ count: Int) -> Text {
        Text("\(count, "share", "shares")", "\(count, "bijdrage", "bijdragen")")
    }

    package static func needs(_ count: Int) -> Text {
        Text("\(count, "need", "needs")", "\(count, "vraag", "vragen")")
    }

    package static func hangsOnOne(_ count: Int) -> Text {
        Text(
            "\(count, "topic hangs", "topics hang") on one person:",
            "\(count, "onderwerp hangt", "onderwerpen hangen") aan één mens:")
    }

    package static let hintAllTopics = Text("all topics", "alle onderwerpen")
}
