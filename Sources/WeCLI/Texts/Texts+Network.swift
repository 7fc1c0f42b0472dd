import Weonomy

/// What `doctor --network` says.
extension Text {
    static let listeningAWhile = Text(
        "Listening for seven seconds…", "Zeven seconden luisteren…")

    static func linksAre(_ names: [String]) -> Text {
        names.isEmpty
            ? Text("No network.", "Geen netwerk.")
            : Text(
                "Networks: \(names.joined(separator: ", ")).",
                "Netwerken: \(names.joined(separator: ", ")).")
    }

    static let ownBeaconHeard = Text(
        "What this laptop says on the network comes back.",
        "Wat deze laptop op het netwerk laat horen, komt terug.")
    static let ownBeaconUnheard = Text(
        "What this laptop says on the network does not come back.",
        "Wat deze laptop op het netwerk laat horen, komt niet terug.")

    static func beaconsHeard(_ names: [String]) -> Text {
        names.isEmpty
            ? Text("No colleague was heard.", "Geen collega gehoord.")
            : Text(
                "Heard: \(names.joined(separator: ", ")).",
                "Gehoord: \(names.joined(separator: ", ")).")
    }

    static func connectedTo(_ name: String) -> Text {
        Text("\(name): connected.", "\(name): verbonden.")
    }

    static func attempt(_ attempt: NetworkReport.Attempt) -> Text {
        let who = attempt.person.map { "\($0.name) (\(attempt.address))" } ?? attempt.address
        switch attempt.step {
        case .name: return Text("\(who): no such name.", "\(who): die naam bestaat niet.")
        case .reach: return Text("\(who): not reached.", "\(who): niet bereikt.")
        case .handshake:
            return Text(
                "\(who): reached; it does not know this team's secret.",
                "\(who): bereikt; kent het geheim van dit team niet.")
        case .member:
            return Text(
                "\(who): the secret fits; one of you does not know the other as a member.",
                "\(who): het geheim klopt; een van jullie kent de ander niet als lid.")
        case .exchange:
            return Text(
                "\(who): met, and cut off before you had the same.",
                "\(who): ontmoet, maar verbroken voordat jullie gelijk waren.")
        case .same: return Text("\(who): same as you.", "\(who): gelijk met jou.")
        }
    }
}

extension Cause {
    /// What it is and what to do.
    var text: Text {
        switch self {
        case .noNetwork:
            Text(
                "This laptop has no network: connect to one.",
                "Deze laptop heeft geen netwerk: maak verbinding.")
        case .notUp:
            Text(
                "Nobody can find this laptop until you run \("weonomy up", .command).",
                "Niemand vindt deze laptop zolang \("weonomy up", .command) niet draait.")
        case .portTaken:
            Text(
                "Another program has UDP port 7431 for itself: stop it.",
                "Een ander programma heeft UDP-poort 7431 voor zichzelf: stop dat.")
        case .firewallHere:
            Text(
                "A firewall or VPN on this laptop holds back UDP 7431: allow it in, and TCP 7431.",
                "Een firewall of VPN hier houdt UDP 7431 tegen: laat die toe, en TCP 7431 ook.")
        case .nobodyHeard:
            Text(
                "Nobody runs `up` here, the network drops what is sent to all, or the Wi-Fi keeps "
                    + "laptops apart (guest networks do): try \("weonomy up --probe", .command), "
                    + "\("weonomy peer add HOST:PORT", .command), or another network.",
                "Niemand draait hier `up`, het netwerk houdt tegen wat aan iedereen gericht is, of "
                    + "de wifi scheidt laptops (gastnetwerken doen dat): probeer "
                    + "\("weonomy up --probe", .command), "
                    + "\("weonomy peer add HOST:PORT", .command) of een ander netwerk.")
        case .unreadable:
            Text(
                "What is heard is another team's, or a clock is more than an hour off. With an "
                    + "address it works all the same: \("weonomy peer add HOST:PORT", .command)",
                "Wat te horen is, is van een ander team, of een klok loopt meer dan een uur "
                    + "verkeerd. Met een adres gaat het toch: "
                    + "\("weonomy peer add HOST:PORT", .command)")
        case .noSuchName:
            Text(
                "The name is unknown here: use the number, such as 192.168.1.7:7431.",
                "De naam is hier onbekend: gebruik het nummer, zoals 192.168.1.7:7431.")
        case .notListening:
            Text(
                "That machine answers, but nobody listens on that port: run "
                    + "\("weonomy up", .command) there.",
                "Die machine antwoordt, maar niemand luistert op die poort: draai daar "
                    + "\("weonomy up", .command).")
        case .firewallThere:
            Text(
                "No answer: a firewall there, Wi-Fi that keeps laptops apart, a VPN, or it is off.",
                "Geen antwoord: een firewall daar, wifi die laptops scheidt, een VPN, of hij is uit."
            )
        case .otherNetwork:
            Text(
                "There is no way to that address from here: it is on another network or VPN.",
                "Vanhier loopt er geen weg naar dat adres: ander netwerk of een VPN.")
        case .otherTeam:
            Text(
                "It is of another team, or it missed the last four changes of the secret.",
                "Die is van een ander team, of miste de laatste vier wisselingen van het geheim.")
        case .notMember:
            Text(
                "One of you has not heard of the other: first sync with who let the newcomer in.",
                "Een van jullie weet niet van de ander: sync eerst met wie de nieuwe toeliet.")
        case .cut:
            Text(
                "The connection breaks: run it again and it goes on where it stopped.",
                "De verbinding valt weg: probeer opnieuw, dan gaat het verder.")
        }
    }
}
