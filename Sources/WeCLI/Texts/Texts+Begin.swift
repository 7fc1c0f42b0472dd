import Weonomy

/// What init, invite and join say.
extension Text {
    static let askName = Text("Your name", "Je naam")
    static let askCode = Text("Invitation code", "Uitnodigingscode")

    static func madeTeam(_ name: String, _ team: String) -> Text {
        Text(
            "Made your identity, \(name), and \(team). Everything is on this laptop.",
            "Je identiteit, \(name), en \(team) zijn gemaakt. Alles staat op deze laptop.")
    }

    static func teamExists(_ team: String) -> Text {
        Text("There is a team '\(team)' here already.", "Er is hier al een team '\(team)'.")
    }

    static let otherTeamName = Text(
        "Give another name with \("--team", .command), or just go on with this one.",
        "Geef een andere naam met \("--team", .command), of ga gewoon met dit team verder.")

    static let hintProfile = Text(
        "say what you offer and need (2 minutes)", "zeg wat je biedt en zoekt (2 minuten)")
    static let hintImport = Text(
        "take in notes that you have", "neem notities op die je al hebt")
    static let hintPage = Text("all of it as a page", "alles als pagina")
    static let hintInvite = Text("bring in a colleague", "nodig een collega uit")

    static func invitationFor(_ uses: Int) -> Text {
        uses == 1
            ? Text(
                "For one person. Who has this code can join: hand it over safely.",
                "Voor één mens. Wie deze code heeft, kan meedoen: geef hem veilig door.")
            : Text(
                "For \(uses) people. Who has this code can join: hand it over safely.",
                "Voor \(uses) mensen. Wie deze code heeft, kan meedoen: geef hem veilig door.")
    }

    static func invitationIn(_ file: String, _ uses: Int) -> Text {
        Text(
            "Wrote the code to \(file), for \(uses, "person", "people").",
            "De code staat in \(file), voor \(uses, "mens", "mensen").")
    }

    static func cannotCreate(_ file: String) -> Text {
        Text(
            "\(file) can't be made, or exists already.",
            "\(file) is niet te maken, of bestaat al.")
    }

    static let invitationStands = Text(
        "Run it again with another file, or without --out.",
        "Probeer het met een ander bestand, of zonder --out.")

    static let hintListen = Text("let your colleague in", "laat je collega binnen")
    static let hintTheyJoin = Text("what your colleague types", "wat je collega typt")

    static let whereToJoin = Text(
        "Your colleague sees the address with \("weonomy up", .command).",
        "Je collega ziet het adres met \("weonomy up", .command).")

    static func emptyCode(_ path: String) -> Text {
        Text("There is no code in \(path).", "Er staat geen code in \(path).")
    }

    static let badCode = Text(
        "This is no invitation code, or it was mistyped.",
        "Dit is geen uitnodigingscode, of er zit een tikfout in.")
    static let copyAllOfCode = Text(
        "Copy all of it; it begins with we.", "Neem hem helemaal over; hij begint met we.")

    static let receiving = Text("Receiving", "Ontvangen")

    static func joined(_ name: String, _ team: String, by peer: String?) -> Text {
        guard let peer else {
            return Text("Welcome to \(team), \(name).", "Welkom bij \(team), \(name).")
        }
        return Text(
            "Welcome to \(team), \(name). \(peer) let you in.",
            "Welkom bij \(team), \(name). \(peer) liet je binnen.")
    }

    static func joinedWith(_ people: Int, _ shares: Int, _ needs: Int) -> Text {
        Text(
            "\(people, "person", "people"), \(shares, "share", "shares"), "
                + "\(needs, "open need", "open needs"): all of it is on this laptop now.",
            "\(people, "mens", "mensen"), \(shares, "bijdrage", "bijdragen"), "
                + "\(needs, "open vraag", "open vragen"): alles staat nu op deze laptop.")
    }

    static let hintToday = Text("what waits for you", "wat op je wacht")
}
