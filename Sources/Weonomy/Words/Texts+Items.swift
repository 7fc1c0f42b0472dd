/// The words of items, people and what is known of them.
extension Text {
    package static func kind(_ item: Item) -> Text {
        switch item.kind {
        case .need: Text("need", "vraag")
        case .answer: item.isLesson ? Text("lesson", "les") : Text("answer", "antwoord")
        case .share:
            switch item.shareKind {
            case .status: item.isLogEntry ? Text("work log", "logboek") : Text(same: "status")
            case .experience: Text("experience", "ervaring")
            case .howto: Text("how-to", "handleiding")
            case .insight: Text("insight", "inzicht")
            case .lesson: Text("lesson", "les")
            case .file: Text("file", "bestand")
            case nil: Text("share", "bijdrage")
            }
        }
    }

    package static func status(_ status: NeedStatus) -> Text {
        switch status {
        case .open: Text(same: "open")
        case .answered: Text("answered", "beantwoord")
        case .resolved: Text("solved", "opgelost")
        case .withdrawn: Text("withdrawn", "ingetrokken")
        }
    }

    package static func level(_ level: Level) -> Text {
        switch level {
        case .beginner: Text(same: "beginner")
        case .average: Text("average", "gemiddeld")
        case .expert: Text("expert", "deskundige")
        }
    }

    package static func reaction(_ reaction: Reaction) -> Text {
        switch reaction {
        case .thanks: Text("thanks", "bedankt")
        case .used: Text("used", "gebruikt")
        case .new: Text("new to me", "nieuw voor mij")
        case .unclear: Text("unclear", "onduidelijk")
        case .outdated: Text("outdated", "verouderd")
        }
    }

    package static func gap(_ gap: ProfileGap) -> Text {
        switch gap {
        case .role: Text("your role", "je rol")
        case .responsibilities:
            Text(
                "what you answer for, with result and why",
                "waar je voor staat, met resultaat en waarom")
        case .offers: Text("what you offer", "wat je biedt")
        case .needs: Text("what you need or want to learn", "wat je zoekt of wilt leren")
        case .languages: Text("your languages", "je talen")
        case .contact: Text("how to reach you", "hoe je te bereiken bent")
        }
    }

    package static func reason(_ reason: MatchReason) -> Text {
        switch reason {
        case .offers(let topic, let level):
            Text(
                "offers \(topic, .topic) (\(Text.level(level)))",
                "biedt \(topic, .topic) (\(Text.level(level)))")
        case .wrote(let topic, let count):
            Text(
                "wrote \(count, "share", "shares") on \(topic, .topic)",
                "schreef \(count, "bijdrage", "bijdragen") over \(topic, .topic)")
        case .validated(let topic, let count):
            Text(
                "validated \(count, "share", "shares") on \(topic, .topic)",
                "bevestigde \(count, "bijdrage", "bijdragen") over \(topic, .topic)")
        case .learns(let topic):
            Text("wants to learn \(topic, .topic)", "wil \(topic, .topic) leren")
        case .titleWords(let words, share: _):
            Text("wrote about \(list: words)", "schreef over \(list: words)")
        }
    }

    /// Reasons on one line, the best first.
    package static func reasons(_ reasons: [MatchReason]) -> Text {
        let texts = reasons.prefix(2).map(Text.reason)
        guard let first = texts.first else { return Text(same: "") }
        return texts.dropFirst().reduce(first) {
            Text($0.english + ", " + $1.english, $0.dutch + ", " + $1.dutch)
        }
    }

    /// What an item still has to say beside its title: nothing for most.
    package static func badge(_ item: Item, now: Instant) -> Text {
        if item.isRetracted { return Text("retracted", "ingetrokken") }
        if let versions = item.versions.map(\.versions.count).max() {
            return Text("\(versions) versions", "\(versions) versies")
        }
        if let status = item.status { return Text.status(status) }
        switch item.validity(at: now) {
        case .yes: return Text("validated", "bevestigd")
        case .changed: return Text("changed since", "sindsdien gewijzigd")
        case .expired: return Text("to be checked again", "opnieuw nakijken")
        case .no: return Text(same: "")
        }
    }
}

/// How an item stands with those who know.
package enum Validity: String {
    case yes, changed, expired, no
}

extension Item {
    /// Whether someone's word holds for what is here now.
    package func validity(at now: Instant) -> Validity {
        if validations.contains(where: { $0.isValid(at: now) }) { return .yes }
        if validations.contains(where: { !$0.isCurrent }) { return .changed }
        return validations.isEmpty ? .no : .expired
    }

    /// Who wrote it, whoever brought it in.
    package var writer: String { byline ?? author.name }
}
