import Weonomy

/// What files say.
extension Text {
    static let noFiles = Text(
        "No files yet: \("weonomy share --attach FILE", .command)",
        "Nog geen bestanden: \("weonomy share --attach FILE", .command)")

    static func filesHere(_ files: [TeamFile], bytes: Int) -> Text {
        let here = files.count { $0.state == .here }
        let coming = files.filter { $0.state != .here && $0.state != .left }
        var line = Text(
            "\(here, "file", "files") here (\(size: bytes))",
            "\(here, "bestand", "bestanden") hier (\(size: bytes))")
        guard !coming.isEmpty else { return Text(line.english + ".", line.dutch + ".") }
        var people: [String] = []
        for file in coming {
            for holder in file.wholeHolders where !people.contains(holder.name) {
                people.append(holder.name)
            }
        }
        line = Text(
            line.english + ", \(coming.count) wanted", line.dutch + ", \(coming.count) gewenst")
        guard !people.isEmpty else {
            return Text(
                line.english + "; who has them is heard at the next sync.",
                line.dutch + "; wie ze heeft, blijkt bij de volgende sync.")
        }
        return Text(
            line.english + "; with \(list: people).", line.dutch + "; bij \(list: people).")
    }

    static func hasNoFiles(_ title: String) -> Text {
        Text("\(title, .strong) has no files.", "\(title, .strong) heeft geen bestanden.")
    }

    static func fileIsHere(_ name: String) -> Text {
        Text("\(name, .strong) is here.", "\(name, .strong) is hier.")
    }

    static func fileIsKept(_ name: String) -> Text {
        Text("\(name, .strong) is here and stays.", "\(name, .strong) is hier en blijft.")
    }

    static func fileIsWanted(_ file: TeamFile) -> Text {
        guard let from = Text.comesFrom(file) else {
            return Text(
                "\(file.file.name, .strong) comes as soon as a colleague who has it is met.",
                "\(file.file.name, .strong) komt zodra je een collega treft die het heeft.")
        }
        return Text("\(file.file.name, .strong) \(from).", "\(file.file.name, .strong) \(from).")
    }

    static func fileIsFreed(_ name: String) -> Text {
        Text(
            "\(name, .strong) is off this laptop and does not come back by itself.",
            "\(name, .strong) is van deze laptop en komt niet vanzelf terug.")
    }

    static let hintFetchFiles = Text("fetch it now", "haal het nu op")

    static func noPolicy(_ typed: String) -> Text {
        Text("'\(typed)' is no policy.", "'\(typed)' is geen beleid.")
    }

    static let policies = Text(
        "Say \("all", .command), \("opened", .command), or a length such as \("50MB", .command)",
        "Zeg \("all", .command), \("opened", .command), of een lengte zoals "
            + "\("50MB", .command)")

    static func filesChecked(_ count: Int) -> Text {
        Text(
            "Read \(count, "file", "files") again.", "\(count, "bestand", "bestanden") nagelezen.")
    }

    static func filesDamaged(_ count: Int) -> Text {
        Text(
            "\(count, "file was", "files were") damaged and taken away; a colleague who has "
                + "it will bring it again.",
            "\(count, "bestand was", "bestanden waren") beschadigd en weggehaald; een collega die "
                + "het heeft, brengt het weer.")
    }

    static func fileSaved(_ name: String, _ path: String) -> Text {
        Text("Saved \(name, .strong) as \(path).", "\(name, .strong) bewaard als \(path).")
    }

    static func fileIsNoText(_ name: String) -> Text {
        Text(
            "\(name, .strong) is no plain text: a terminal can't show it.",
            "\(name, .strong) is geen platte tekst: een terminal kan het niet tonen.")
    }

    static func saveFile(_ id: String, _ name: String) -> Text {
        let command = "weonomy show \(id) --file '\(name)' --to FOLDER"
        return Text("Save it: \(command, .command)", "Bewaar het: \(command, .command)")
    }

    static let toNeedsFile = Text(
        "\("--to", .command) goes with \("--file NAME", .command).",
        "\("--to", .command) hoort bij \("--file NAME", .command).")

    static func filesExchanged(_ received: Int, _ sent: Int) -> Text {
        Text(
            "Of files came \(size: received) and went \(size: sent).",
            "Van bestanden kwam \(size: received) en ging \(size: sent).")
    }

    static func filesCame(_ bytes: Int, of total: Int) -> Text {
        Text(
            ", files \(size: bytes) of \(size: total)",
            ", bestanden \(size: bytes) van \(size: total)")
    }

    static let filesWord = Text("Files:", "Bestanden:")
}
