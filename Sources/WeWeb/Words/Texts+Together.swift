import Weonomy

/// What sync, invitations, safety and settings say.
extension Text {
    static let syncTitle = Text("Who has what", "Wie heeft wat")
    static let syncLead = Text(
        "Everything is on this laptop. Colleagues' laptops catch up when you meet.",
        "Alles staat op deze laptop. Die van collega's komen bij als jullie elkaar treffen.")
    static let whoHasWhat = Text(
        "Colleagues, and what their laptops lack", "Collega's, en wat hun laptops missen")
    static let colleague = Text("Colleague", "Collega")
    static let lastMet = Text("Last met", "Laatst getroffen")
    static let neverMetYet = Text("not met yet", "nog niet getroffen")

    static let aloneHere = Text(
        "You are the only one in this team. Invite a colleague below.",
        "Je bent alleen in dit team. Nodig hieronder een collega uit.")
    static let aloneInShort = Text("Only you so far", "Nu alleen jij")

    static func sameAs(_ same: Int, of all: Int, waiting: Int) -> Text {
        waiting == 0
            ? Text(
                "Same as \(same) of \(all, "colleague", "colleagues")",
                "Gelijk met \(same) van \(all, "collega", "collega's")")
            : Text(
                "Same as \(same) of \(all, "colleague", "colleagues") · \(waiting, "change waits", "changes wait")",
                "Gelijk met \(same) van \(all, "collega", "collega's") · \(waiting, "wijziging wacht", "wijzigingen wachten")"
            )
    }

    static let invitations = Text("Invitations", "Uitnodigingen")
    static let openInvitations = Text("Open invitations", "Open uitnodigingen")
    static let byWord = Text("By", "Door")
    static let forWhom = Text("For whom", "Voor wie")
    static let forWhomHint = Text(
        "For yourself, to know it later.", "Voor jezelf, om het later te weten.")
    static let usedWord = Text("Used", "Gebruikt")
    static let untilHead = Text("Until", "Tot")
    static let closeWord = Text("Close", "Sluit")
    static let closeIt = Text("Close it", "Sluit hem")

    static let howMany = Text("For how many people", "Voor hoeveel mensen")
    static let makeInvitation = Text("Make an invitation", "Maak een uitnodiging")
    static let invitationMade = Text("The invitation", "De uitnodiging")
    static let invitationHandOver = Text(
        "Who has this code can join: hand it over safely. It is shown once.",
        "Wie deze code heeft, kan meedoen: geef hem veilig door. Hij wordt één keer getoond.")
    static let firstLetThemIn = Text(
        "In a terminal on this laptop, to let them in:",
        "In een terminal op deze laptop, om ze binnen te laten:")
    static let theyRun = Text(
        "Your colleague, on the same network:", "Je collega, op hetzelfde netwerk:")
    static let moderatorsInvite = Text(
        "The founder and moderators invite people.",
        "De oprichter en moderators nodigen mensen uit.")
    static let yourDevices = Text("Your laptops", "Je laptops")
    static let laptopsAndState = Text(
        "Laptops that write as you", "Laptops die namens jou schrijven")
    static let thisLaptop = Text("this laptop", "deze laptop")
    static let inUse = Text("in use", "in gebruik")
    static let takenAway = Text("taken away", "ingetrokken")
    static let deviceHint = Text("To add another one:", "Zo komt er een bij:")

    // MARK: - Safety

    static let safetyLead = Text(
        "Who undermines is addressed first, and on repeat put out. Everyone can read what was decided.",
        "Wie ondermijnt, wordt eerst aangesproken en bij herhaling uitgesloten. Iedereen kan lezen wat is besloten."
    )
    static let conduct = Text("What we agreed", "Wat we afspraken")
    static let noConduct = Text(
        "The team wrote nothing down.", "Het team heeft niets opgeschreven.")
    static let pointedOut = Text("Pointed out", "Gemeld")
    static let openLogTitle = Text("The open log", "Het open logboek")
    static let everyoneReads = Text(
        "Everything that was decided, the latest first", "Alles wat is besloten, het laatste eerst")
    static let theItem = Text("the item", "de bijdrage")
    static let asModerator = Text("As a moderator", "Als moderator")
    static let addressSomeone = Text("Address someone", "Spreek iemand aan")
    static let addressMeans = Text(
        "You tell someone that something they did undermines the team. Everyone can read it.",
        "Je zegt iemand dat iets wat die deed, het team ondermijnt. Iedereen kan het lezen.")
    static let whatUndermines = Text("What undermines the team", "Wat het team ondermijnt")
    static let aboutItem = Text("About which item", "Over welke bijdrage")
    static let aboutItemHint = Text(
        "Its id, as in its address; may be left out.",
        "De id, zoals in het adres; mag leeg blijven.")
    static let addressIt = Text("Address", "Spreek aan")
    static let excludeSomeone = Text("Put someone out", "Zet iemand eruit")
    static let excludeMeans = Text(
        "Only after an address, or when it can't wait. You see first what would follow.",
        "Pas na aanspreken, of als het niet kan wachten. Je ziet eerst wat ervan komt.")
    static let severeMeans = Text(
        "It could not wait for an address", "Het kon niet wachten op aanspreken")
    static let restoreSomeone = Text("Take someone back", "Laat iemand weer toe")
    static let restoreIt = Text("Take back", "Laat weer toe")
    static let twoHistories = Text("Two histories", "Twee geschiedenissen")

    // MARK: - Settings

    static let languageOfPages = Text("Language of these pages", "Taal van deze pagina's")
    static let asBrowserSays = Text("As the browser says", "Zoals de browser zegt")
    static let singleKeys = Text("Single keys are shortcuts", "Losse toetsen zijn sneltoetsen")
    static let darkFollows = Text(
        "Light or dark follows your system.", "Licht of donker volgt je systeem.")
    static let keysLead = Text(
        "Where nobody types. Switch them off in", "Waar niemand typt. Zet ze uit bij")
    static let nextCard = Text("next in the list", "volgende in de lijst")
    static let previousCard = Text("previous in the list", "vorige in de lijst")
}
