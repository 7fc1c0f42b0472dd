import Weonomy

/// What the pages say of files.
extension Text {
    static let licenceWord = Text("licence", "licentie")
    static let whoHasIt = Text("Also with", "Ook bij")
    static let nobodyElseToldIt = Text(
        "Nobody else has said to have it.", "Niemand anders heeft gezegd het te hebben.")
    static let askForIt = Text(
        "It comes when you ask for it and meet somebody who has it.",
        "Het komt als je erom vraagt en iemand treft die het heeft.")
    static let comesWhenMet = Text(
        "It comes as soon as a colleague who has it is met.",
        "Het komt zodra je een collega treft die het heeft.")
    static let nobodyToldIt = Text("nobody yet", "nog niemand")
    static let downloadIt = Text("Download", "Download")
    static let getIt = Text("Get it", "Haal op")
    static let letGoOfIt = Text("Let go of it", "Laat los")
    static let useAgain = Text("Use again", "Gebruik opnieuw")
    static let fileWord = Text("File", "Bestand")
    static let filesComing = Text("Files to come", "Bestanden die nog komen")
    static let filesChoose = Text("Choose which come", "Kies welke komen")
    static let filesToAdd = Text("Files", "Bestanden")
    static let filesToAddHint = Text(
        "Up to 64 MB at once. They come to colleagues with what you share.",
        "Tot 64 MB tegelijk. Collega's krijgen ze bij wat je deelt.")
    static let licenceField = Text(
        "How others may use the files", "Hoe anderen de bestanden mogen gebruiken")
    static let licenceHint = Text(
        "For example CC BY 4.0; empty where that goes without saying.",
        "Bijvoorbeeld CC BY 4.0; leeg als dat vanzelf spreekt.")
    static let attachedAlready = Text("Files taken in:", "Bestanden die er al bij zijn:")
    static let filesGoAlong = Text("Its files go along:", "De bestanden gaan mee:")
    static let whichFilesCome = Text(
        "Files that come by themselves", "Bestanden die vanzelf komen")
    static let allFilesCome = Text("all", "alle")
    static let openedFilesCome = Text("only what is opened here", "alleen wat hier wordt geopend")

    static func chooseFilesAgain(_ names: [String]) -> Text {
        Text(
            "This page was open for long: choose \(list: names) once more.",
            "Deze pagina stond lang open: kies \(list: names) nog eens.")
    }

    static func filesUpTo(_ bytes: Int) -> Text {
        Text("up to \(size: bytes)", "tot \(size: bytes)")
    }

    static func filesHereNow(_ count: Int, _ bytes: Int, left: Int) -> Text {
        let line = Text(
            "\(count, "file is", "files are") here (\(size: bytes))",
            "\(count, "bestand is", "bestanden zijn") hier (\(size: bytes))")
        guard left > 0 else { return Text(line.english + ".", line.dutch + ".") }
        return Text(
            line.english + ", \(left) with others.", line.dutch + ", \(left) bij anderen.")
    }

    static func bytesOf(_ come: Int, _ all: Int) -> Text {
        Text("\(size: come) of \(size: all)", "\(size: come) van \(size: all)")
    }

    static func timeLeft(seconds: Int) -> Text {
        guard seconds > 90 else {
            return Text(
                "About \(seconds, "second", "seconds") left.",
                "Nog ongeveer \(seconds, "seconde", "seconden").")
        }
        let minutes = (seconds + 59) / 60
        guard minutes > 90 else {
            return Text(
                "About \(minutes, "minute", "minutes") left.",
                "Nog ongeveer \(minutes, "minuut", "minuten").")
        }
        let hours = (minutes + 59) / 60
        return Text(
            "About \(hours, "hour", "hours") left.", "Nog ongeveer \(hours, "uur", "uur").")
    }
}
