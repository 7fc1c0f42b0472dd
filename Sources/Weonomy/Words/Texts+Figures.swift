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

    package static let hintDrill = Text("what would be lost", "wat kwijt zou zijn")
    package static let overlapUnmet = Text(
        "Asked, and nobody can help", "Gevraagd, en niemand kan helpen")
    package static let overlapMatched = Text(
        "Asked, and someone can help", "Gevraagd, en iemand kan helpen")
    package static let overlapUnused = Text(
        "Known, and nobody asks", "Bekend, en niemand vraagt")

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
