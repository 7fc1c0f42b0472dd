import Weonomy

/// What staying in touch says.
extension Text {
    static func isUp(_ team: String, _ places: [String]) -> Text {
        let shown = places.prefix(3).joined(separator: ", ")
        return Text("\(team) is up, on \(shown)", "\(team) is bereikbaar op \(shown)")
    }

    static func looksOn(_ links: [String]) -> Text {
        links.isEmpty
            ? Text("No network yet: it waits for one.", "Nog geen netwerk: het wacht erop.")
            : Text(
                "Looking for colleagues on \(links.joined(separator: ", ")).",
                "Zoekt collega's op \(links.joined(separator: ", ")).")
    }

    static let probeSilently = Text(
        "--probe asks every address, --no-discovery says nothing: choose one.",
        "--probe vraagt elk adres, --no-discovery laat niets horen: kies er een.")
    static let probeOrNot = Text(
        "Addresses that you type are dialled either way: weonomy peer add HOST:PORT",
        "Adressen die je intikt belt hij hoe dan ook: weonomy peer add HOST:PORT")

    static func hearsNothing(_ why: String) -> Text {
        Text("No beacon can be heard: \(why)", "Er is geen baken te horen: \(why)")
    }

    static func upAlready(_ state: UpFiles.State?) -> Text {
        guard let state else {
            return Text("Another `up` of this team runs.", "Een andere `up` van dit team draait.")
        }
        return Text(
            "It runs already: process \(String(state.process)), on port \(String(state.port)).",
            "Het draait al: proces \(String(state.process)), op poort \(String(state.port)).")
    }
    static let upAlreadyHint = Text(
        "See \("weonomy status", .command); open its page with \("weonomy ui", .command)",
        "Zie \("weonomy status", .command); open de pagina met \("weonomy ui", .command)")

    static func upSyncs(_ count: Int) -> Text {
        Text(
            "`up` runs and syncs by itself: \(count, "colleague is", "colleagues are") connected.",
            "`up` draait en synct vanzelf: \(count, "collega is", "collega's zijn") verbonden.")
    }
    static let upSyncsHint = Text(
        "See \("weonomy status", .command), or name an address",
        "Zie \("weonomy status", .command), of noem een adres")

    static func upRuns(_ state: UpFiles.State) -> Text {
        let peers = state.peers.count { $0.person != nil }
        return Text(
            "Up on port \(String(state.port)): \(peers, "colleague", "colleagues") connected.",
            "Bereikbaar op poort \(String(state.port)): \(peers, "collega", "collega's") verbonden."
        )
    }
    static let upRunsNot = Text(
        "Not up: colleagues on this network don't find you.",
        "Niet bereikbaar: collega's op dit netwerk vinden je niet.")
    static let connectedNow = Text("connected", "verbonden")
    static let hintStayInTouch = Text("stay in touch", "blijf in contact")
    static let hintUpRuns = Text("whether it runs", "of het draait")

    // MARK: - Service

    static func installed(_ path: String) -> Text {
        Text("Wrote \(path), and ran:", "Geschreven: \(path). Uitgevoerd:")
    }
    static let installedRuns = Text(
        "It runs now, and whenever you log in.", "Het draait nu, en telkens als je inlogt.")
    static let installedLater = Text(
        "That did not work here: run it yourself, or log in again.",
        "Dat lukte hier niet: voer het zelf uit, of log opnieuw in.")
    static let sealedKeyCannotStart = Text(
        "Your key has a passphrase, so it can't start without you.",
        "Je sleutel heeft een wachtzin: zonder jou kan het niet starten.")

    static func uninstalled(_ path: String) -> Text {
        Text("Stopped it and removed \(path).", "Gestopt, en \(path) verwijderd.")
    }

    static func notInstalled(_ path: String) -> Text {
        Text("It is not installed: there is no \(path).", "Niet geïnstalleerd: \(path) ontbreekt.")
    }

    static func cannotInstall(_ path: String) -> Text {
        Text("\(path) can't be written.", "\(path) kan niet worden geschreven.")
    }
    static let notAsRoot = Text(
        "This would run as root, for root.", "Dit zou als root draaien, voor root.")
    static let notAsRootHint = Text(
        "Log in as yourself; or add --as-root if that is what you want",
        "Log in als jezelf; of geef --as-root als je dat echt wilt")

    // MARK: - Addresses

    static let noOneMetThere = Text("nobody yet", "nog niemand")
    static let typedByYou = Text("typed", "getypt")
    static let metThere = Text("met there", "daar ontmoet")

    static func told(by name: String) -> Text {
        Text("told by \(name)", "gehoord van \(name)")
    }

    static let noPeers = Text(
        "No addresses: colleagues on this network are found without.",
        "Geen adressen: collega's op dit netwerk worden zo ook gevonden.")

    static func peerAdded(_ address: String) -> Text {
        Text("Kept \(address).", "\(address) bewaard.")
    }

    static func peerWasThere(_ address: String) -> Text {
        Text("\(address) was kept already.", "\(address) was al bewaard.")
    }

    static func peerRemoved(_ address: String) -> Text {
        Text("Forgot \(address).", "\(address) vergeten.")
    }
}
