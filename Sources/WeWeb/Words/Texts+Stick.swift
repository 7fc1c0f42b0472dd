import Weonomy

/// What the page says about sticks.
extension Text {
    static let withFiles = Text(
        "Take the files that others want along", "Neem de bestanden mee die anderen willen")
    static let byStickTitle = Text("By USB stick", "Per USB-stick")
    static let byStickLead = Text(
        "Takes in what colleagues left on it, and leaves what they lack. All on it is sealed.",
        "Neemt over wat collega's erop achterlieten, en laat achter wat zij missen. Alles erop is "
            + "verzegeld.")
    static let stickFolder = Text("The stick's folder", "De map van de stick")
    static let stickFolderHint = Text(
        "As your file manager shows it, such as /media/usb.",
        "Zoals je bestandsbeheer hem toont, zoals /media/usb.")
    static let onlyLook = Text("Only say what would happen", "Zeg alleen wat er zou gebeuren")
    static let carryIt = Text("Carry", "Wissel uit")
    static let metByStick = Text("by stick", "per stick")
}
