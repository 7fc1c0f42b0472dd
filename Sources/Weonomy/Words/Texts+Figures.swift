/// What the figures of a brain are called.
extension Text {
    package static func factor(_ count: Int) -> Text {
        Text("\(count, "person", "people")", "\(count, "mens", "mensen")")
    }

    package static func partOf(_ count: Int, _ all: Int) -> Text {
        Text("\(count) of \(all)", "\(count) van \(all)")
    }

    package static func nothingLost(_ name: String) -> Text {
        Text(
            "Without \(name) every topic still has someone.",
            "Zonder \(name) heeft elk onderwerp nog iemand.")
    }

    package static func lostWithout(_ name: String) -> Text {
        Text("What nobody knows without \(name)", "Wat niemand weet zonder \(name)")
    }

    package static let nobodyElse = Text("nobody else", "verder niemand")

    package static func strandedNeeds(_ count: Int) -> Text {
        Text(
            "\(count, "open question", "open questions") would have nobody.",
            "\(count, "open vraag heeft", "open vragen hebben") dan niemand.")
    }

    package static func metric(_ metric: GoalMetric) -> Text {
        switch metric {
        case .busFactor:
            Text("people who must go before it is lost", "mensen die weg moeten voor het kwijt is")
        case .validated: Text("percent validated", "procent bevestigd")
        case .overlap:
            Text(
                "percent of asked topics that someone can help with",
                "procent gevraagde onderwerpen waarmee iemand kan helpen")
        case .lessons: Text("percent of answers that teach", "procent antwoorden die het aanleren")
        case .shares: Text("shares", "bijdragen")
        }
    }

    /// "sqlite: 1 of 2 people who must go before it is lost".
    package static func goal(_ goal: Goal) -> Text {
        let what = Text.metric(goal.metric)
        let (value, topic) = (goal.value ?? 0, goal.topic.map { "\($0): " } ?? "")
        return Text(
            "\(topic)\(value) of \(goal.min) \(what)", "\(topic)\(value) van \(goal.min) \(what)")
    }

    /// What it asks, whatever there is of it.
    package static func aim(_ goal: Goal) -> Text {
        let what = Text.metric(goal.metric)
        let topic = goal.topic.map { "\($0): " } ?? ""
        return Text("\(topic)\(goal.min) \(what)", "\(topic)\(goal.min) \(what)")
    }

    package static let noGoals = Text(
        "The team has set no goals.", "Het team heeft geen doelen gesteld.")
    package static let reached = Text("reached", "gehaald")
    package static let overdue = Text("overdue", "over tijd")
    package static let onTheWay = Text("on the way", "onderweg")
    package static let hintGoal = Text("set one", "stel er een")

    package static func goalState(_ goal: Goal, at now: Instant) -> Text {
        if goal.isReached { return reached }
        return goal.by.map({ $0 < now }) == true ? overdue : onTheWay
    }

    package static let ownFigures = Text("What came of it", "Wat het opleverde")
    package static let ownFiguresMean = Text("Only you see this.", "Alleen jij ziet dit.")
    /// What ``OwnFigures/counts`` counts, in its order.
    package static let ownCounts = [
        Text("shared", "gedeeld"), Text("of them confirmed", "daarvan bevestigd"),
        Text("put to use", "gebruikt"), Text("thanked for", "waarvoor je dank kreeg"),
        Text("new to a colleague", "nieuw voor een collega"), Text("answers", "antwoorden"),
    ]
    package static let portfolioWord = Text(
        "Confirmed, used or thanked for", "Bevestigd, gebruikt of bedankt")

    package static let hintSpreadPlan = Text("who could learn it", "wie het kan leren")

    /// "elixir hangs on one person".
    package static func spreadOf(_ topic: String, _ busFactor: Int) -> Text {
        switch busFactor {
        case 0: Text("Nobody holds \(topic)", "Niemand beheerst \(topic)")
        case 1: Text("\(topic) hangs on one person", "\(topic) hangt aan één mens")
        default:
            Text(
                "\(topic) is spread over \(busFactor) people",
                "\(topic) is verspreid over \(busFactor) mensen")
        }
    }

    package static func teaches(_ name: String) -> Text {
        Text(
            "\(name) knows most of it and could show:",
            "\(name) weet er het meest van en kan het laten zien aan:")
    }

    package static let noLearners = Text(
        "Nobody has said or asked anything that comes near it. Ask who would like to learn it.",
        "Niemand zei of vroeg iets wat erop lijkt. Vraag wie het wil leren.")
    package static let beginReading = Text("To begin with:", "Om mee te beginnen:")

    /// "wants to learn it", "asked about it twice".
    package static func why(_ reason: SpreadPlan.Reason) -> Text {
        switch reason {
        case .wantsToLearn: Text("wants to learn it", "wil het leren")
        case .asked(let count):
            Text(
                "asked \(count, "question", "questions") about it",
                "stelde er \(count, "vraag", "vragen") over")
        case .holds(let count):
            Text(
                "knows \(count, "share", "shares") of it",
                "kent er \(count, "bijdrage", "bijdragen") van")
        case .offers(let level):
            Text("offers it (\(Text.level(level)))", "biedt het aan (\(Text.level(level)))")
        case .knows(let topic, let count):
            Text(
                "wrote \(count, "share", "shares") on \(topic), which goes together with it",
                "schreef \(count, "bijdrage", "bijdragen") over \(topic), wat erbij hoort")
        }
    }

    package static let hintDrill = Text("what would be lost", "wat kwijt zou zijn")
    package static let overlapUnmet = Text(
        "Asked, and nobody can help", "Gevraagd, en niemand kan helpen")
    package static let overlapMatched = Text(
        "Asked, and someone can help", "Gevraagd, en iemand kan helpen")
    package static let overlapUnused = Text(
        "Known, and nobody asks", "Bekend, en niemand vraagt")

    /// A length of time that is not exceeded: whole minutes, hours or days.
    package static func within(milliseconds: Int64) -> Text {
        let minutes = max(0, milliseconds) / 60_000 + 1
        if minutes < 60 {
            return Text(
                "\(Int(minutes), "minute", "minutes")", "\(Int(minutes), "minuut", "minuten")")
        }
        let hours = minutes / 60 + 1
        return hours < 48
            ? Text("\(Int(hours), "hour", "hours")", "\(Int(hours), "uur", "uur")")
            : Text(
                "\(Int(hours / 24 + 1), "day", "days")", "\(Int(hours / 24 + 1), "dag", "dagen")")
    }

    /// How long questions are on their way, and how long people then take.
    package static func medianSpans(toArrive: Int64, toAnswer: Int64) -> Text {
        let (way, people) = (within(milliseconds: toArrive), within(milliseconds: toAnswer))
        return Text(
            "Half of them reach who answers within \(way); from then on half have an answer within \(people).",
            "De helft bereikt wie antwoordt binnen \(way); vanaf dan heeft de helft binnen \(people) antwoord."
        )
    }

    /// The first of some words, and how many there are besides.
    package static func listed(_ words: [String], _ countMax: Int) -> Text {
        let shown = words.prefix(countMax).joined(separator: ", ")
        let rest = words.count - min(words.count, countMax)
        return rest == 0
            ? Text(same: "\(shown)") : Text("\(shown) and \(rest) more", "\(shown) en nog \(rest)")
    }

    package static func figuresInShort(_ figures: BrainFigures) -> Text {
        let (valid, hits) = (figures.validated, figures.laterHits)
        return Text(
            "\(valid.count) of \(valid.of) shares validated; \(hits.count) of \(hits.of) met a later question.",
            "\(valid.count) van \(valid.of) bijdragen bevestigd; \(hits.count) van \(hits.of) pasten bij een latere vraag."
        )
    }
}
