import Weonomy

/// What the commands for communities say.
extension Text {
    static let hintCommunity = Text("make one", "begin er een")
    static let hintListenTo = Text("where help is welcome", "waar behoefte aan is")
    static let hintJoinIt = Text("take part", "doe mee")

    static func communityChanged(_ name: String) -> Text {
        Text("Changed \(name, .strong).", "\(name, .strong) is gewijzigd.")
    }

    static func communityJoined(_ name: String) -> Text {
        Text("You are in \(name, .strong) now.", "Je doet nu mee met \(name, .strong).")
    }

    static func communityLeft(_ name: String) -> Text {
        Text(
            "You are no longer in \(name, .strong).", "Je doet niet meer mee met \(name, .strong).")
    }

    static func coaches(_ name: String, _ community: String) -> Text {
        Text(
            "\(name) is a coach of \(community, .strong) now.",
            "\(name) is nu coach van \(community, .strong).")
    }

    static func coachesNoMore(_ name: String, _ community: String) -> Text {
        Text(
            "\(name) is no longer a coach of \(community, .strong).",
            "\(name) is geen coach meer van \(community, .strong).")
    }

    static func communitiesThere(_ names: [String]) -> Text {
        names.isEmpty
            ? Text("See: \("weonomy community", .command)", "Zie: \("weonomy community", .command)")
            : Text("You are in \(list: names).", "Je doet mee met \(list: names).")
    }

    static func listeningTo(_ names: [String], _ topics: [String]) -> Text {
        guard !names.isEmpty else {
            return Text("In the whole team:", "In het hele team:")
        }
        let some = listed(topics, 6)
        return Text("In \(list: names) (\(some)):", "In \(list: names) (\(some)):")
    }

    // MARK: - What is left out

    static let hintLater = Text("not this week", "deze week niet")
    static let nothingMuted = Text("Nothing is left out.", "Er wordt niets weggelaten.")

    static func mutedTopics(_ topics: [String]) -> Text {
        Text("Left out, topics: \(list: topics)", "Weggelaten, onderwerpen: \(list: topics)")
    }

    static func mutedPeople(_ names: [String]) -> Text {
        Text("Left out, people: \(list: names)", "Weggelaten, mensen: \(list: names)")
    }
}
