/// What communities, coaches and listening say.
extension Text {
    package static let noCommunities = Text(
        "There are no communities yet.", "Er zijn nog geen communities.")

    package static func members(_ count: Int) -> Text {
        Text("\(count, "member", "members")", "\(count, "deelnemer", "deelnemers")")
    }

    package static func membersOf(_ names: [String]) -> Text {
        guard !names.isEmpty else {
            return Text("Nobody takes part yet.", "Er doet nog niemand mee.")
        }
        let some = someOf(names)
        return Text("Members: \(some)", "Deelnemers: \(some)")
    }

    package static func coachedBy(_ names: [String]) -> Text {
        Text("coach: \(list: names)", "coach: \(list: names)")
    }

    package static func coachesOf(_ names: [String]) -> Text {
        names.isEmpty
            ? Text("It has no coach yet.", "Er is nog geen coach.")
            : Text("Coach: \(list: names)", "Coach: \(list: names)")
    }

    /// Of a person: where they help others on their way.
    package static func coachOf(_ communities: [String]) -> Text {
        Text("Coach of \(list: communities)", "Coach van \(list: communities)")
    }

    package static func communityMade(_ name: String) -> Text {
        Text(
            "There is a community \(name, .strong) now, and you are in it.",
            "De community \(name, .strong) is er, en je doet mee.")
    }

    /// Whom to ask where something does not work or is empty.
    package static func askCoach(_ name: String) -> Text {
        Text("Ask \(name, .strong): your coach.", "Vraag het \(name, .strong), je coach.")
    }

    // MARK: - Listening

    package static let needsWait = Text(
        "Waits for an answer, longest first", "Wacht op antwoord, langst wachtende eerst")
    package static let heardOutside = Text("Heard outside", "Buiten gehoord")
    package static let onlyInHeads = Text("Only in a head", "Alleen in een hoofd")
    package static let nothingLacks = Text(
        "Nothing is asked that has no answer, and nothing is only in a head.",
        "Geen vraag zonder antwoord, en niets zit alleen in een hoofd.")
    package static let hintWriteDown = Text(
        "so that it is in the brain", "dan staat het in het brein")
    package static let hintHeard = Text(
        "what you hear from others", "wat je van anderen hoort")

    // MARK: - On behalf of others

    package static func askedFor(_ name: String, by author: String) -> Text {
        Text("asked for \(name) by \(author)", "gevraagd voor \(name) door \(author)")
    }

    package static func heardFrom(_ name: String?, by author: String) -> Text {
        guard let name else {
            return Text("heard outside by \(author)", "buiten gehoord door \(author)")
        }
        return Text(
            "heard outside from \(name) by \(author)", "buiten gehoord van \(name) door \(author)")
    }

    /// Whose need it is, where it is not its author's own.
    package static func onBehalf(_ item: Item) -> Text? {
        if item.isHeard { return heardFrom(item.askedFor, by: item.author.name) }
        return item.askedFor.map { askedFor($0, by: item.author.name) }
    }

    package static let wantsToShadow = Text(
        "wants to look over your shoulder", "wil over je schouder meekijken")

    // MARK: - Learning and nudging

    package static func canYouDoIt(_ title: String, _ id: String) -> Text {
        Text(
            "Two weeks ago a lesson helped you with \(title, .strong). Can you do it yourself now? "
                + "\("weonomy answer \(id) --can yes", .command), or no",
            "Twee weken geleden hielp een les je met \(title, .strong). Kun je het nu zelf? "
                + "\("weonomy answer \(id) --can yes", .command), of no")
    }

    package static func nudged(_ topic: String) -> Text {
        Text(
            "You know about \(topic, .topic) and have not written it down yet.",
            "Jij weet van \(topic, .topic) en hebt er nog niets over opgeschreven.")
    }

    package static let hintReact = Text("or: used, new, unclear", "of: used, new, unclear")

    // MARK: - Work log and invitations to react

    package static let workLog = Text("Work log", "Werklog")

    package static func asksYou(_ name: String) -> Text {
        Text("\(name) asks what you think of it", "\(name) vraagt wat je ervan vindt")
    }

    package static let asksYouTitle = Text(
        "They ask what you think", "Ze vragen wat je ervan vindt")
    package static let mayReact = Text(
        "They may have something to say of it:", "Zij hebben er misschien iets over te zeggen:")

    package static func invitedPeople(_ names: [String]) -> Text {
        Text(
            "Asked what they think: \(list: names). It stands for two weeks.",
            "Gevraagd wat ze ervan vinden: \(list: names). Dat blijft twee weken staan.")
    }
}
