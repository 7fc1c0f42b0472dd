import Weonomy

/// What every page says.
extension Text {
    /// The tag of the language itself, for `lang`.
    static let languageTag = Text("en", "nl")
    static let thereIsNews = Text(
        "There is news. Show it (what you typed is lost).",
        "Er is nieuws. Toon het (wat je typte, gaat verloren).")
    static let skipToContent = Text("Skip to the content", "Naar de inhoud")
    static let pages = Text("Pages", "Pagina's")
    static let more = Text("More", "Meer")
    static let search = Text("Search", "Zoeken")
    static let searchExample = Text("Search: sqlite is:howto", "Zoek: sqlite is:inzicht")
    static let shareSomething = Text("Share something", "Deel iets")
    static let askSomething = Text("Ask something", "Vraag iets")
    static let myProfile = Text("My profile", "Mijn profiel")
    static let safety = Text("Safety", "Veiligheid")
    static let settings = Text("Settings", "Instellingen")
    static let keys = Text("Keys", "Sneltoetsen")
    static let untitled = Text("(without a title)", "(zonder titel)")
    static let broughtBy = Text("brought by", "aangebracht door")
    static let lesson = Text("teaches", "leert het aan")
    static let back = Text("Back", "Terug")
    static let keepIt = Text("Save", "Bewaar")
    static let addIt = Text("Add", "Voeg toe")
    static let remove = Text("Remove", "Haal weg")
    static let changeIt = Text("change", "wijzig")
    static let moreOfIt = Text("Show more", "Toon meer")

    static func allOf(_ count: Int) -> Text { Text("All \(count)", "Alle \(count)") }

    /// Which part of a list is shown.
    static func shownOf(_ part: Range<Int>, _ count: Int) -> Text {
        let (first, last) = (part.lowerBound + 1, part.upperBound)
        return Text("\(first) to \(last) of \(count)", "\(first) tot en met \(last) van \(count)")
    }

    static let typeTheName = Text(
        "Type the name: there are too many to list.",
        "Typ de naam: er zijn er te veel om op te sommen.")
    static let readOn = Text("Read on", "Lees verder")
    static let nothingHere = Text("Nothing yet.", "Nog niets.")
    static let you = Text("you", "jij")
    static let nobody = Text("nobody", "niemand")
    static let goOn = Text("Go on", "Ga verder")

    static let whenWord = Text("When", "Wanneer")
    static let whoWord = Text("Who", "Wie")
    static let whatWord = Text("What", "Wat")
    static let whyWord = Text("Why", "Waarom")
    static let stateWord = Text("State", "Stand")
    static let textWord = Text("Text", "Tekst")
    static let nameWord = Text("Name", "Naam")
    static let teamWord = Text("Team", "Team")
    static let topicWord = Text("Topic", "Onderwerp")
    static let sharesWord = Text("Shares", "Bijdragen")
    static let openNeedsWord = Text("Open questions", "Open vragen")
    static let peopleWord = Text("People", "Mensen")
    static let needsWord = Text("Questions", "Vragen")
    static let deviceWord = Text("Laptop", "Laptop")

    static func validatedBy(_ names: [String]) -> Text {
        let some = someOf(names)
        return Text("validated by \(some)", "bevestigd door \(some)")
    }

    static let changedSince = Text("changed since it was checked", "gewijzigd sinds het nakijken")
    static let toBeCheckedAgain = Text("to be checked again", "opnieuw nakijken")

    /// A word with how many there are, where there are any.
    static func counted(_ text: Text, _ count: Int) -> Text {
        count == 0 ? text : Text(same: "\(text) (\(count))")
    }

    // MARK: - What does not work

    static let thatDidNotWork = Text("That did not work", "Dat lukte niet")
    static let noSuchPage = Text("There is no such page", "Die pagina is er niet")
    static let noSuchPageMeans = Text(
        "The address may be mistyped, or what it named is gone.",
        "Misschien zit er een tikfout in het adres, of is het er niet meer.")

    static func refusal(_ refusal: WebRefusal) -> Text {
        switch refusal {
        case .noSession:
            Text(
                "This page is for the person of this laptop. Open it with \("weonomy ui", .command).",
                "Deze pagina is voor wie deze laptop gebruikt. Open hem met \("weonomy ui", .command)."
            )
        case .foreignHost, .foreignOrigin:
            Text(
                "This was asked by way of another site, so it was not done.",
                "Dit werd via een andere site gevraagd, dus het is niet gedaan.")
        case .badToken:
            Text(
                "The form is too old or not from this page. Go back, reload and try again.",
                "Het formulier is te oud of niet van deze pagina. Ga terug, herlaad en probeer opnieuw."
            )
        case .readOnly:
            Text("This page only shows.", "Deze pagina toont alleen.")
        case .notFound, .methodNotAllowed: noSuchPageMeans
        case .tooLarge, .longTarget, .headersTooLarge:
            Text("That is more than fits here.", "Dat is meer dan hier past.")
        case .filesTooLarge:
            Text(
                "No more than 64 MB of files at once fit through the browser. In a terminal any "
                    + "length does: \("weonomy share --attach FILE", .command)",
                "Door de browser passen hoogstens 64 MB aan bestanden tegelijk. In een terminal is "
                    + "er geen grens: \("weonomy share --attach FILE", .command)")
        case .busy, .overdue, .timedOut:
            Text("It took too long. Try again.", "Het duurde te lang. Probeer het opnieuw.")
        case .badRequest, .notAForm, .expectation, .failed, .notImplemented, .unsupportedVersion:
            Text(
                "The browser asked something that makes no sense here.",
                "De browser vroeg iets wat hier niet kan.")
        }
    }
}
