/// What a visit to a stick says, on the command line and on the page.
extension Text {
    /// The report, a sentence a line, the most important first.
    package static func carried(_ report: CarryReport) -> [Text] {
        var lines: [Text] = []
        if let last = report.visitors.first { lines.append(.lastSeen(last)) }
        lines.append(report.tally.map { .wouldTakeIn($0) } ?? .carriedIn(report))
        lines.append(.carriedOut(report))
        lines += files(report)
        if !report.admitted.isEmpty { lines.append(.admitted(report)) }
        if report.waitingCount > 0 { lines.append(.carryWaits(report.waitingCount)) }
        return lines
    }

    private static func files(_ report: CarryReport) -> [Text] {
        var lines: [Text] = []
        let (received, left, kept) =
            (report.filesReceived, report.filesLeft, report.filesKept)
        if received.count > 0 {
            lines.append(
                Text(
                    "Took in \(received.count, "file", "files") (\(size: received.byteCount)).",
                    "\(received.count, "bestand", "bestanden") overgenomen "
                        + "(\(size: received.byteCount))."))
        }
        if left.count > 0 {
            lines.append(
                report.isDryRun
                    ? Text(
                        "Would leave \(left.count, "file", "files") (\(size: left.byteCount)).",
                        "Zou \(left.count, "bestand", "bestanden") achterlaten "
                            + "(\(size: left.byteCount)).")
                    : Text(
                        "Left \(left.count, "file", "files") (\(size: left.byteCount)).",
                        "\(left.count, "bestand", "bestanden") achtergelaten "
                            + "(\(size: left.byteCount))."))
        }
        if kept.count > 0 {
            lines.append(
                Text(
                    "Not left: \(kept.count, "file", "files") that others want "
                        + "(\(size: kept.byteCount)); more go along with "
                        + "\("--files all", .command).",
                    "Niet achtergelaten: \(kept.count, "bestand", "bestanden") die anderen willen "
                        + "(\(size: kept.byteCount)); meer gaat mee met "
                        + "\("--files all", .command)."))
        }
        return lines
    }

    private static func lastSeen(_ visitor: CarryReport.Visitor) -> Text {
        let name = shown(visitor.person?.name)
        return Text(
            "Stick last seen by \(name) (\(when: visitor.time.milliseconds)).",
            "De stick was het laatst bij \(name) (\(when: visitor.time.milliseconds)).")
    }

    /// A name, or what to call whoever has none here.
    private static func shown(_ name: String?) -> Text {
        guard let name, !name.isEmpty else {
            return Text("someone unknown here", "iemand die hier niet bekend is")
        }
        return Text(same: "\(name)")
    }

    private static func carriedIn(_ report: CarryReport) -> Text {
        guard report.receivedCount > 0 else {
            return Text("Nothing on it was new to you.", "Er stond niets nieuws voor je op.")
        }
        let names = Array(Set(report.sources.compactMap(\.person?.name))).sorted()
        guard !names.isEmpty else {
            return Text(
                "Took in \(report.receivedCount, "change", "changes").",
                "\(report.receivedCount, "wijziging", "wijzigingen") overgenomen.")
        }
        return Text(
            "Took in \(report.receivedCount, "change", "changes") from \(list: names).",
            "\(report.receivedCount, "wijziging", "wijzigingen") overgenomen van \(list: names).")
    }

    private static func wouldTakeIn(_ tally: CarryReport.Tally) -> Text {
        let parts: [(Int, Text)] = [
            (
                tally.shares,
                Text(
                    "\(tally.shares, "share", "shares")",
                    "\(tally.shares, "bijdrage", "bijdragen")")
            ),
            (
                tally.needs,
                Text(
                    "\(tally.needs, "need", "needs")",
                    "\(tally.needs, "vraag", "vragen")")
            ),
            (
                tally.answers,
                Text(
                    "\(tally.answers, "answer", "answers")",
                    "\(tally.answers, "antwoord", "antwoorden")")
            ),
            (
                tally.erasures,
                Text(
                    "\(tally.erasures, "erasure", "erasures")",
                    "\(tally.erasures, "keer wissen", "keer wissen")")
            ),
            (
                tally.removals,
                Text(
                    "\(tally.removals, "removal", "removals")",
                    "\(tally.removals, "uitsluiting", "uitsluitingen")")
            ),
            (
                tally.others,
                Text(
                    "\(tally.others, "other change", "other changes")",
                    "\(tally.others, "andere wijziging", "andere wijzigingen")")
            ),
        ]
        let some = parts.filter { $0.0 > 0 }.map(\.1)
        guard let first = some.first else {
            return Text("Nothing would come in.", "Er zou niets bij komen.")
        }
        let what = some.dropFirst().reduce(first) { all, next in
            Text(all.english + ", " + next.english, all.dutch + ", " + next.dutch)
        }
        return Text("Would come in: +\(what).", "Zou erbij komen: +\(what).")
    }

    private static func carriedOut(_ report: CarryReport) -> Text {
        guard report.leftCount > 0 else {
            return report.problems.contains(where: \.isAboutWriting)
                ? Text("Left nothing on it.", "Er is niets op achtergelaten.")
                : Text(
                    "Nobody whose laptop saw it lacks anything of yours.",
                    "Niemand van wie de laptop hem zag, mist iets van jou.")
        }
        let names = report.leftFor.map(\.name)
        let count = report.leftCount
        switch (report.isFull, report.isDryRun) {
        case (true, false):
            return Text(
                "Left all \(count, "change", "changes") for whoever comes.",
                "Alles achtergelaten voor wie komt: \(count, "wijziging", "wijzigingen").")
        case (true, true):
            return Text(
                "Would leave all \(count, "change", "changes") for whoever comes.",
                "Zou alles achterlaten voor wie komt: \(count, "wijziging", "wijzigingen").")
        case (false, false):
            return Text(
                "Left \(count, "change", "changes") for \(list: names).",
                "\(count, "wijziging", "wijzigingen") achtergelaten voor \(list: names).")
        case (false, true):
            return Text(
                "Would leave \(count, "change", "changes") for \(list: names).",
                "Zou \(count, "wijziging", "wijzigingen") achterlaten voor \(list: names).")
        }
    }

    private static func admitted(_ report: CarryReport) -> Text {
        let names = report.admitted.map(\.name)
        return report.isDryRun
            ? Text(
                "Would take \(list: names) into the team, where the invitation allows it.",
                "Zou \(list: names) in het team opnemen, als de uitnodiging het toelaat.")
            : Text(
                "Took \(list: names) into the team.", "\(list: names) in het team opgenomen.")
    }

    private static func carryWaits(_ count: Int) -> Text {
        Text(
            "\(count, "change builds", "changes build") on others that are not on it; "
                + "the stick's next round brings them.",
            "\(count, "wijziging bouwt", "wijzigingen bouwen") voort op andere die er niet op "
                + "staan; de volgende ronde van de stick brengt ze.")
    }

    /// Nothing that isn't ours was touched: worth saying, since it is someone's stick.
    package static let nothingElseTouched = Text(
        "Nothing else on the stick was touched.", "Verder is er niets op de stick aangeraakt.")
    package static let onlyLooked = Text(
        "Nothing was written anywhere.", "Er is nergens iets geschreven.")

    /// What a visit could not do.
    package static func problem(_ problem: CarryProblem) -> Text {
        switch problem {
        case .tailLost(let name):
            let who = shown(name)
            return Text(
                "The end of what \(who) left is missing or damaged; what came before "
                    + "it was taken in.",
                "Het einde van wat \(who) achterliet, ontbreekt of is beschadigd; wat "
                    + "ervoor stond, is overgenomen.")
        case .spoilt(let name, _):
            let who = shown(name)
            return Text(
                "What \(who) left holds something that can never be right; what came "
                    + "before it was taken in.",
                "In wat \(who) achterliet, staat iets dat nooit kan kloppen; wat ervoor "
                    + "stond, is overgenomen.")
        case .locked(let count):
            return Text(
                "\(count, "file is", "files are") under a secret that this laptop does not have. "
                    + "Let a colleague carry the stick once more, or meet one.",
                "\(count, "bestand zit", "bestanden zitten") achter een geheim dat deze laptop "
                    + "niet heeft. Laat de stick nog eens langs een collega gaan, of tref er een.")
        case .newer(let count):
            return Text(
                "\(count, "file was", "files were") written by a newer Weonomy: update this one.",
                "\(count, "bestand is", "bestanden zijn") van een nieuwere Weonomy: werk deze bij.")
        case .unread:
            return Text(
                "The stick could not be read to its end; what was read was taken in.",
                "De stick was niet helemaal te lezen; wat gelezen is, is overgenomen.")
        case .readOnly:
            return Text(
                "The stick can only be read, so nothing was left for the others.",
                "De stick is alleen te lezen; er is niets voor de anderen achtergelaten.")
        case .denied:
            return Text(
                "This user may not use the team's folder on the stick.",
                "Deze gebruiker mag niet in de map van het team op de stick.")
        case .full:
            return Text(
                "The stick is full. What lay on it before is as it was: make room and try again.",
                "De stick is vol. Wat erop stond, is zoals het was: maak ruimte en probeer opnieuw."
            )
        case .unwritten:
            return Text(
                "The stick failed or was pulled out while it was written to. What lay on it before "
                    + "is as it was: try again.",
                "De stick haperde of ging eruit tijdens het schrijven. Wat erop stond, is zoals "
                    + "het was: probeer opnieuw.")
        case .refused(let name, let reason):
            return Text(
                "\(name) asked to join and was not taken in: \(reason)",
                "\(name) wilde meedoen en is niet opgenomen: \(reason)")
        }
    }
}

extension CarryProblem {
    fileprivate var isAboutWriting: Bool {
        switch self {
        case .readOnly, .denied, .full, .unwritten: true
        case .tailLost, .spoilt, .locked, .newer, .unread, .refused: false
        }
    }

    /// A stable English word for programs.
    package var word: String {
        switch self {
        case .tailLost: "tail-lost"
        case .spoilt: "spoilt"
        case .locked: "locked"
        case .newer: "newer-version"
        case .unread: "unread"
        case .readOnly: "read-only"
        case .denied: "denied"
        case .full: "disk-full"
        case .unwritten: "unwritten"
        case .refused: "refused"
        }
    }
}
