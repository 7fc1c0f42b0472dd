import Weonomy

/// Headings and paragraphs of the help.
extension Text {
    static let tagline = Text(
        "what your team knows, on everyone's laptop",
        "wat je team weet, op ieders laptop")

    static let examples = Text("Examples", "Voorbeelden")
    static let usage = Text("Usage", "Gebruik")
    static let options = Text("Options", "Opties")
    static let commands = Text("Commands", "Commando's")
    static let optionsWord = Text("[OPTIONS]", "[OPTIES]")
    static let next = Text("Next", "Hierna")

    static let moreHelp = Text(
        "More: \("weonomy help COMMAND", .command), and help on exit-codes, search, "
            + "environment, options",
        "Meer: \("weonomy help COMMAND", .command), en uitleg over exit-codes, search, "
            + "environment, options")

    static let globalOptions = Text(
        "And always: --team --home --json --lang --no-input -q -v (weonomy help options)",
        "En altijd: --team --home --json --lang --no-input -q -v (weonomy help options)")

    static let optionsTitle = Text(
        "Options of every command, before or after its arguments",
        "Opties van elk commando, voor of na de argumenten")

    static let optionsNote = Text(
        "--key=value and --key value are the same; -- ends the options; - is standard input.",
        "--optie=waarde en --optie waarde zijn hetzelfde; na -- komen geen opties meer; - is "
            + "standaardinvoer.")

    static let exitCodesTitle = Text(
        "What the exit code says", "Wat de exitcode zegt")

    // MARK: - Search

    static let searchTitle = Text("What find understands", "Wat find begrijpt")

    /// The words of a search, in English and Dutch, and what they find.
    static let searchWords: [(words: Text, meaning: Text)] = [
        (
            Text(same: "sqlite wal"),
            Text("both words, anywhere", "beide woorden, waar dan ook")
        ),
        (Text(same: "\"network share\""), Text("these words together", "deze woorden bij elkaar")),
        (Text(same: "-nfs"), Text("without this word", "zonder dit woord")),
        (
            Text(same: "is:experience"),
            Text(
                "or: howto insight lesson status file share need answer",
                "of: ervaring handleiding inzicht les bestand vraag antwoord")
        ),
        (
            Text(same: "is:unresolved"),
            Text(
                "or: open answered resolved heard shadow log mine for-me asks-me conflict",
                "of: open opgelost gehoord meekijken logboek mijn voor-mij vraagt-mij conflict")
        ),
        (Text("goal:k3vq", "doel:k3vq"), Text("that serves this goal", "dient dit doel")),
        (
            Text("reuses:k3vq", "hergebruikt:k3vq"),
            Text("that uses this again", "gebruikt dit opnieuw")
        ),
        (Text("topic:git", "onderwerp:git"), Text("about this topic", "over dit onderwerp")),
        (Text("by:Anna", "door:Anna"), Text("written by Anna", "geschreven door Anna")),
        (
            Text("has:file", "heeft:bestand"),
            Text("or: answer validation thanks", "of: answer validation thanks")
        ),
        (
            Text("validated:yes", "gevalideerd:ja"),
            Text("confirmed by an expert", "bevestigd door een deskundige")
        ),
        (
            Text("after:2026-06", "na:2026-06"),
            Text("or before:, by year, month, day", "of voor:, per jaar, maand, dag")
        ),
        (Text("lang:nl", "taal:nl"), Text("written in Dutch", "geschreven in het Nederlands")),
        (Text(same: "near:k3vq"), Text("like this item", "lijkt op deze bijdrage")),
    ]

    static let searchNote = Text(
        "A dash turns any of them around: -is:status. English and Dutch words both work.",
        "Een streepje draait het om: -is:status. Engelse en Nederlandse woorden werken allebei.")

    // MARK: - Environment

    static let environmentTitle = Text(
        "What Weonomy takes from its environment", "Wat Weonomy uit zijn omgeving haalt")

    static let environment: [(name: String, meaning: Text)] = [
        ("WEONOMY_HOME", Text("keep everything in this folder", "bewaar alles in deze map")),
        (
            "XDG_DATA_HOME",
            Text("else here, in weonomy/TEAM/", "anders hier, in weonomy/TEAM/")
        ),
        (
            "WEONOMY_LANG",
            Text(
                "en or nl; else LC_ALL, LC_MESSAGES, LANG",
                "en of nl; anders LC_ALL, LC_MESSAGES, LANG")
        ),
        (
            "WEONOMY_PAGER",
            Text(
                "shows long answers; else PAGER, less", "toont lange antwoorden; anders PAGER, less"
            )
        ),
        ("VISUAL, EDITOR", Text("opens when you write", "opent als je schrijft")),
        ("NO_COLOR", Text("no colours", "geen kleuren")),
        (
            "CLICOLOR_FORCE",
            Text("colours even in a file", "kleuren ook in een bestand")
        ),
        (
            "WEONOMY_ACCESSIBLE",
            Text(
                "never redraw a line, for screen readers", "herteken geen regels: voor schermlezers"
            )
        ),
    ]

    // MARK: - Man page

    static let manDescription = Text(
        "A team's knowledge in one file on every laptop. Laptops that meet exchange signed "
            + "changes and end up the same; there is no server.",
        "De kennis van een team in één bestand op elke laptop. Laptops die elkaar treffen wisselen "
            + "ondertekende wijzigingen uit en worden gelijk; een server is er niet.")

    static let manFiles = Text(
        "the replica, and the key of this device (only you can read it)",
        "de replica, en de sleutel van dit apparaat (alleen jij kunt die lezen)")
}
