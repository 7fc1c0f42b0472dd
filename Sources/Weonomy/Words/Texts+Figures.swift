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
