import Weonomy

/// What carrying a stick says beside its report.
extension Text {
    static func noFilesMax(_ typed: String) -> Text {
        Text(
            "\(typed) is no length of files; such as 500MB, 4GB or all",
            "\(typed) is geen hoeveelheid; zoals 500MB, 4GB of alles")
    }

    static let carrying = Text("Carrying", "Overzetten")
    static let carryHow = Text(
        "Give the folder where the stick is: \("weonomy carry /media/usb", .command)",
        "Geef de map waar de stick staat: \("weonomy carry /media/usb", .command)")

    static func askedToJoin(_ team: String) -> Text {
        Text(
            "Your request to join \(team) is on the stick.",
            "Je verzoek om mee te doen met \(team) staat op de stick.")
    }
    static let thenCarry = Text(
        "Give the stick to a colleague, who runs \("weonomy carry", .command) with it. "
            + "When it is back, do the same again.",
        "Geef de stick aan een collega, die er \("weonomy carry", .command) mee doet. "
            + "Is hij terug, doe dan nog eens hetzelfde.")
    static let hintJoinAgain = Text("when the stick is back", "als de stick terug is")
    static let byStick = Text("stick", "stick")
}
