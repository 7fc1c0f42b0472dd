import Weonomy

/// What the pages of communities say.
extension Text {
    static let communitiesTitle = Text(same: "Communities")
    static let communitiesLead = Text(
        "People who care for the same topics. What is on a topic is seen by its communities.",
        "Mensen die iets hebben met dezelfde onderwerpen. Wat daarover gaat, ziet de community.")
    static let youTakePart = Text("you take part", "je doet mee")
    static let beginCommunity = Text("Begin a community", "Begin een community")
    static let beginIt = Text("Begin it", "Begin")
    static let nameNeeded = Text("Give it a name.", "Geef een naam.")
    static let communityTopicsHint = Text(
        "What it is about, with commas between them.", "Waar het over gaat, met komma's ertussen.")
    static let communityAbout = Text("What it is for", "Waar de community voor is")
    static let takePart = Text("Take part", "Doe mee")
    static let leaveIt = Text("Take part no more", "Doe niet meer mee")
    static let whereIsNeed = Text("Where is need?", "Waar is behoefte aan?")
    static let passOn = Text("Pass on what you heard", "Geef door wat je hoorde")
    static let coachWord = Text(same: "Coach")
    static let takesPartIn = Text("Takes part in", "Doet mee met")
    static let coachMeans = Text(
        "Whom others ask when they get stuck, or begin.",
        "Aan wie anderen het vragen als ze vastlopen of beginnen.")
    // MARK: - Today and settings

    static let notThisWeek = Text("Not this week", "Deze week niet")
    static let canYouNow = Text("Can you do it yourself now?", "Kun je het nu zelf?")
    static let lessonHelped = Text(
        "Two weeks ago a lesson helped you with:", "Twee weken geleden hielp een les je met:")
    static let yesICan = Text("Yes", "Ja")
    static let notYet = Text("Not yet: ask again", "Nog niet: vraag opnieuw")

    static func yesAndOffer(_ topic: String) -> Text {
        Text(
            "Yes, and I can help beginners with \(topic)",
            "Ja, en ik kan beginners helpen met \(topic)")
    }

    static func notYetFromYou(_ topic: String) -> Text {
        Text(
            "You have not shared about \(topic) yet", "Over \(topic) heb jij nog niets gedeeld")
    }

    static let leftOut = Text("Left out of Today", "Weggelaten op Vandaag")
    static let leftOutMeans = Text(
        "It stays on this laptop; nobody hears of it. Search still finds all.",
        "Het blijft op deze laptop; niemand hoort ervan. Zoeken vindt alles.")
    static let topicOrPerson = Text("Topic or colleague", "Onderwerp of collega")
    static let leaveOut = Text("Leave out", "Laat weg")
    static let showAgain = Text("Show again", "Toon weer")

    static let personWord = Text("Who", "Wie")
}
