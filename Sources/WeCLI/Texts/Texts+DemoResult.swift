import Weonomy

/// What the demo shows in the end.
extension Text {
    static let demoHelpTitle = Text(
        "Who can help whom, and why", "Wie wie kan helpen, en waarom")

    static func demoAsks(_ name: String, _ question: String) -> Text {
        Text(
            "\(name, .strong) asks: \(question)", "\(name, .strong) vraagt: \(question)")
    }

    static func demoReasonWrote(_ topic: String) -> Text {
        Text("wrote about \(topic)", "schreef over \(topic)")
    }

    static func demoReasonBrought(_ topic: String) -> Text {
        Text("has notes on \(topic)", "heeft notities over \(topic)")
    }

    static let demoReasonWords = Text(
        "wrote something like it", "schreef iets dat erop lijkt")

    static let demoNobody = Text(
        "nobody yet: worth asking outside the team",
        "nog niemand: vraag het ook eens buiten het team")

    static let demoNoQuestions = Text("Nobody asks anything.", "Niemand vraagt iets.")

    static let demoSameTitle = Text(
        "One brain? A fingerprint of everything on each laptop:",
        "Eén brein? De vingerafdruk van alles op elke laptop:")

    static func demoChanges(_ count: Int) -> Text {
        Text("\(count, "change", "changes")", "\(count, "wijziging", "wijzigingen")")
    }

    static let demoEqual = Text(
        "The same: all three know everything.", "Gelijk: alle drie weten ze alles.")
    static let demoUnequal = Text(
        "Not the same: something did not arrive everywhere.",
        "Niet gelijk: er is iets niet overal aangekomen.")

    static let demoRiskTitle = Text(
        "What hangs on one person", "Wat aan één mens hangt")
    static let demoNoRisk = Text(
        "Nothing: every topic has two people or more.",
        "Niets: elk onderwerp heeft er twee of meer.")

    static func demoOnly(_ name: String) -> Text {
        Text("only \(name)", "alleen \(name)")
    }

    static func demoMoreTopics(_ count: Int) -> Text {
        Text(
            "and \(count, "more topic", "more topics")",
            "en nog \(count, "onderwerp", "onderwerpen")")
    }

    static let demoVersionsTitle = Text(
        "Changed on two laptops at once: nothing is lost",
        "Tegelijk gewijzigd op twee laptops: er raakt niets kwijt")

    static let demoTitleVersions = Text(
        "Two titles; both stay until someone chooses:",
        "Twee titels; beide blijven tot iemand kiest:")
    static let demoBodyMerged = Text(
        "One text, merged; who wrote what:", "Eén tekst, samengevoegd; wie schreef wat:")

    static let demoExportTitle = Text(
        "Exported from each laptop, as plain Markdown",
        "Van elke laptop geëxporteerd, als gewone Markdown")

    static func demoExported(_ notes: Int, _ files: Int) -> Text {
        Text(
            "The three folders are the same, byte for byte: \(notes) notes in \(files) files.",
            "De drie mappen zijn gelijk, byte voor byte: \(notes) notities in \(files) bestanden.")
    }

    static func demoNotesMissing(_ count: Int) -> Text {
        Text(
            "Not every note is in it: \(count) too few.",
            "Niet elke notitie staat erin: het zijn er \(count) te weinig.")
    }

    static let demoExportsDiffer = Text(
        "The three folders are not the same.", "De drie mappen zijn niet gelijk.")

    static func demoKept(_ folder: String, _ seconds: Text) -> Text {
        Text(
            "All of this took \(seconds) and is kept in \(folder, .strong)",
            "Dit alles duurde \(seconds) en staat in \(folder, .strong)")
    }

    static let demoBrains = Text("the three laptops", "de drie laptops")
    static let demoVaults = Text(
        "the exports; open one in Obsidian", "de exports; open er een in Obsidian")

    static let demoNextToday = Text("what waits for Anna", "wat er op Anna wacht")
    static let demoNextFind = Text("search it all", "doorzoek alles")
    static let demoNextShow = Text("two titles", "twee titels")
}
