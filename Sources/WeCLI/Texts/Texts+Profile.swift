import Weonomy

/// What profiles say.
extension Text {
    static let offers = Text("offers", "biedt")
    static let learns = Text("wants to learn", "wil leren")
    static let languages = Text("languages", "talen")
    static let contact = Text("contact", "bereikbaar")
    static let confirmed = Text("checked", "nagekeken")
    static let responsibleFor = Text("Answers for", "Staat voor")
    static let result = Text("result:", "resultaat:")
    static let why = Text("why:", "waarom:")
    static let openNeeds = Text("Open needs", "Open vragen")
    static let stillMissing = Text("Still missing:", "Nog niet ingevuld:")
    static let profileComplete = Text("Your profile is complete.", "Je profiel is compleet.")
    static let hintProfileEdit = Text("fill it in", "vul het aan")
    static let nothingChanged = Text("Nothing was changed.", "Er is niets gewijzigd.")

    static let profileHelp = Text(
        "Fill in what you like; colleagues find you by it. Topics: sqlite (expert), "
            + "git (average).\n"
            + "Levels: beginner, average, expert. I answer for: WORK | RESULT | WHY, "
            + "a line for each.",
        "Vul in wat je wilt; zo vinden collega's je. Onderwerpen: sqlite (deskundige), "
            + "git (gemiddeld).\n"
            + "Niveaus: beginner, gemiddeld, deskundige. Ik sta voor: WERK | RESULTAAT | WAAROM, "
            + "elk op een regel.")

    static func lineNotUnderstood(_ line: String) -> Text {
        Text("I don't understand this line: \(line)", "Deze regel begrijp ik niet: \(line)")
    }

    static func noSuchLevel(_ word: String) -> Text {
        Text(
            "'\(word)' is no level: beginner, average or expert.",
            "'\(word)' is geen niveau: beginner, gemiddeld of deskundige.")
    }
}
