import Weonomy

/// What syncing, importing and exporting say.
extension Text {
    static func listenOrDial(_ address: String) -> Text {
        Text(
            "Either wait with --listen, or dial \(address).",
            "Wacht met --listen, of bel \(address) op: één van beide.")
    }
    static let listenWhere = Text(
        "To wait at an address of your own: --host HOST --port PORT",
        "Wachten op een eigen adres: --host HOST --port PORT")
    static let probeIsForAll = Text(
        "--probe looks for everybody: leave out --listen and the address.",
        "--probe zoekt iedereen: laat --listen en het adres weg.")
    static let exchanging = Text("Exchanging", "Uitwisselen")

    static func syncedWith(_ name: String, _ received: Int, _ sent: Int) -> Text {
        guard received > 0 || sent > 0 else {
            return Text(
                "\(name) and you already had the same.", "\(name) en jij hadden al hetzelfde.")
        }
        let what = exchanged(received, sent)
        return Text(
            "\(name) and you have the same now: \(what).",
            "\(name) en jij hebben nu hetzelfde: \(what).")
    }

    private static func exchanged(_ received: Int, _ sent: Int) -> Text {
        switch (received, sent) {
        case (_, 0):
            Text(
                "\(received, "change", "changes") came in",
                "\(received, "wijziging", "wijzigingen") erbij")
        case (0, _):
            Text(
                "\(sent, "change", "changes") went out",
                "\(sent, "wijziging", "wijzigingen") verstuurd")
        default:
            Text(
                "\(received, "change", "changes") came in, \(sent) went out",
                "\(received, "wijziging", "wijzigingen") erbij, \(sent) verstuurd")
        }
    }

    static func syncCost(_ bytes: Int, _ roundTrips: Int) -> Text {
        Text(
            "\(size: bytes), \(roundTrips, "round trip", "round trips")",
            "\(size: bytes), \(roundTrips)× heen en weer")
    }

    static let hintWhatIsNew = Text("what is new", "wat er nieuw is")

    // MARK: - Listening

    static func listeningOn(_ address: String) -> Text {
        Text("Listening on \(address)", "Luistert op \(address)")
    }

    static func theyType(_ address: String) -> Text {
        Text(
            "On the same network: \("weonomy sync \(address)", .command)",
            "Op hetzelfde netwerk: \("weonomy sync \(address)", .command)")
    }

    static let pageIsAt = Text("The page is at", "De pagina staat op")
    static let pageIsYours = Text(
        "The address works once, for you. Others on this laptop or network see nothing.",
        "Het adres werkt één keer, voor jou. Anderen op deze laptop of dit netwerk zien niets.")

    static func cannotServe(_ why: String) -> Text {
        Text("The page can't be served: \(why)", "De pagina kan niet worden getoond: \(why)")
    }

    static let stopWith = Text("Stop with Ctrl-C.", "Stop met Ctrl-C.")
    static let stoppedListening = Text("Stopped.", "Gestopt.")

    static func isHere(_ name: String) -> Text {
        Text("\(name) is here", "\(name) is er")
    }

    static func sameNow(_ name: String, _ received: Int, _ sent: Int) -> Text {
        guard received > 0 || sent > 0 else {
            return Text(
                "\(name) already had the same as you", "\(name) had al hetzelfde als jij")
        }
        let what = exchanged(received, sent)
        return Text(
            "\(name) has the same as you now: \(what)",
            "\(name) heeft nu hetzelfde als jij: \(what)")
    }

    static func hasLeft(_ name: String) -> Text {
        Text("\(name) has left", "\(name) is weg")
    }

    static func leftEarly(_ name: String, _ reason: String) -> Text {
        reason.isEmpty
            ? Text("\(name) left early", "\(name) ging voortijdig weg")
            : Text("\(name) left early: \(reason)", "\(name) ging voortijdig weg: \(reason)")
    }

    // MARK: - Copies

    static var replicaWasCopied: Text {
        Text(
            "This brain was copied or put back from a backup. It goes on in a log of its own; nothing is lost.",
            "Dit brein is gekopieerd of teruggezet uit een back-up. Het gaat door in een eigen log; er is niets kwijt."
        )
    }

    // MARK: - Status and doctor

    static let neverMet = Text("not met on this laptop", "nog niet ontmoet op deze laptop")

    static func pending(_ count: Int) -> Text {
        Text(
            "\(count, "change waits", "changes wait") for the next sync.",
            "\(count, "wijziging wacht", "wijzigingen wachten") op de volgende sync.")
    }

    static func conflicts(_ count: Int) -> Text {
        Text(
            "\(count, "item has", "items have") competing versions.",
            "\(count, "bijdrage heeft", "bijdragen hebben") botsende versies.")
    }

    static let hintConflicts = Text("see them", "bekijk ze")
    static let fingerprint = Text("Digest", "Digest")

    static func allSound(_ events: Int) -> Text {
        Text(
            "All \(events) changes are as they were signed; nothing is wrong.",
            "Alle \(events) wijzigingen zijn zoals ze zijn ondertekend; er is niets mis.")
    }

    static let hintRebuild = Text(
        "make all views again from the signed changes",
        "bouw alles opnieuw op uit de ondertekende wijzigingen")
    static let rebuiltTheSame = Text(
        "Made all views again: the brain is exactly the same.",
        "Alles is opnieuw opgebouwd: het brein is precies hetzelfde.")

    static func damaged(_ count: Int) -> Text {
        Text(
            "\(count, "change is", "changes are") not what was signed.",
            "\(count, "wijziging is", "wijzigingen zijn") niet wat er is ondertekend.")
    }

    static func fileState(_ state: String) -> Text {
        Text("The file is damaged: \(state)", "Het bestand is beschadigd: \(state)")
    }

    static func wrongSums(_ count: Int) -> Text {
        Text(
            "The sums of \(count, "log", "logs") were wrong.",
            "De sommen van \(count, "logboek", "logboeken") klopten niet.")
    }

    static let hintRepair = Text(
        "save all that can be read into a new file",
        "red alles wat leesbaar is in een nieuw bestand")
    static let hintFetchLost = Text(
        "fetch from a colleague what was lost", "haal bij een collega terug wat kwijt is")

    static func repaired(_ events: Int) -> Text {
        Text(
            "Saved \(events, "change", "changes") into a new file, each as it was signed.",
            "\(events, "wijziging", "wijzigingen") gered in een nieuw bestand, zoals ondertekend.")
    }

    static func damagedKept(_ path: String) -> Text {
        Text("The damaged file is kept: \(path)", "Het beschadigde bestand is bewaard: \(path)")
    }

    static func takenBack(_ count: Int) -> Text {
        Text(
            "Took \(count, "change", "changes") back from a damaged file.",
            "\(count, "wijziging", "wijzigingen") teruggehaald uit een beschadigd bestand.")
    }

    static func lost(_ count: Int) -> Text {
        Text(
            "\(count, "change", "changes") can't be read any more;"
                + " the next sync fetches from colleagues what they have.",
            "\(count, "wijziging is", "wijzigingen zijn") niet meer leesbaar;"
                + " de volgende sync haalt bij collega's op wat zij hebben.")
    }

    static func awaiting(_ count: Int) -> Text {
        Text(
            "\(count, "change waits", "changes wait") in the damaged file"
                + " and will be back after that sync.",
            "\(count, "wijziging wacht", "wijzigingen wachten") in het beschadigde bestand"
                + " en zijn terug na die sync.")
    }

    static let viewsWereStale = Text(
        "The views did not match the signed changes.",
        "De weergave klopte niet met de ondertekende wijzigingen.")
}
