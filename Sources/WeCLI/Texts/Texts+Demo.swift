import Weonomy

/// What the demo tells.
extension Text {
    // MARK: - While it works

    static let demoJoining = Text("Founding a team and joining it", "Een team beginnen")
    static let demoImporting = Text("Taking in everyone's notes", "Ieders notities opnemen")
    static let demoMeeting = Text("Meeting over TCP", "Uitwisselen over TCP")
    static let demoResponding = Text("Answering and editing", "Antwoorden en wijzigen")
    static let demoExporting = Text("Exporting three times", "Driemaal exporteren")

    static func demoWorking(in folder: String) -> Text {
        Text("Working in \(folder)", "Werkt in \(folder)")
    }

    static func demoLeftOut(_ names: [String]) -> Text {
        Text("Not a folder, left out: \(list: names)", "Geen map, overgeslagen: \(list: names)")
    }

    // MARK: - What goes wrong

    static let demoCannotStart = Text(
        "Weonomy could not be started a second time.",
        "Weonomy kon niet nog een keer worden gestart.")

    static func demoStepFailed(
        _ name: String, _ command: String, _ code: Int32, _ said: String
    ) -> Text {
        let code = Int(code)
        return Text(
            "On \(name)'s laptop, weonomy \(command) ended with \(code): \(said)",
            "Op de laptop van \(name) eindigde weonomy \(command) met \(code): \(said)")
    }

    static func demoNoFolder(_ path: String) -> Text {
        Text("There is no folder \(path).", "De map \(path) bestaat niet.")
    }

    static func demoCannotWrite(_ path: String) -> Text {
        Text("\(path) can't be written.", "\(path) kan niet worden geschreven.")
    }

    static func demoNotEmpty(_ path: String) -> Text {
        Text("\(path) is not empty.", "\(path) is niet leeg.")
    }

    static let demoChooseFolder = Text(
        "Name a new folder with --keep.", "Noem met --keep een nieuwe map.")

    // MARK: - Becoming a team

    static let demoTeamTitle = Text(
        "Three laptops, no server", "Drie laptops, geen server")

    static func demoFounded(_ team: String) -> Text {
        Text(
            "founds \(team) and makes an invitation", "begint \(team) en maakt een uitnodiging")
    }

    static let demoJoined = Text(
        "joins with it, over the network", "komt erbij met die uitnodiging, via het netwerk")

    // MARK: - Apart

    static let demoApartTitle = Text(
        "Apart: nobody is connected, everyone fills their own laptop",
        "Los van elkaar: niemand is verbonden, ieder vult de eigen laptop")

    static func demoNotes(_ count: Int) -> Text {
        Text("\(count, "note", "notes")", "\(count, "notitie", "notities")")
    }

    static func demoGuest(_ count: Int, _ name: String) -> Text {
        Text("\(count) by \(name)", "\(count) van \(name)")
    }

    static func demoOffers(_ topics: [String]) -> Text {
        Text("can help with \(list: topics)", "helpt met \(list: topics)")
    }

    static func demoMost(_ topic: String) -> Text {
        Text("most about \(topic)", "vooral over \(topic)")
    }

    static func demoQuestions(_ count: Int) -> Text {
        Text("\(count, "question", "questions")", "\(count, "vraag", "vragen")")
    }

    static func demoQuestion(_ topic: String) -> Text {
        Text(
            "What should I read first about \(topic)?", "Wat lees ik het eerst over \(topic)?")
    }

    // MARK: - Meeting

    static let demoMeetingTitle = Text(
        "They meet: each gets only what is missing",
        "Ze treffen elkaar: ieder krijgt alleen wat nog ontbreekt")
    static let demoMeetingAgainTitle = Text(
        "They meet again: only what is new", "Ze treffen elkaar weer: alleen wat nieuw is")

    static func demoWith(_ visitor: String, _ host: String) -> Text {
        Text(same: "\(visitor) ↔ \(host)")
    }

    static func demoGot(_ count: Int) -> Text {
        Text("gets \(count, "change", "changes")", "krijgt \(count, "wijziging", "wijzigingen")")
    }

    static func demoGave(_ count: Int) -> Text {
        Text("gives \(count)", "geeft er \(count)")
    }

    static func demoSeconds(_ milliseconds: Int) -> Text {
        let tenths = max(1, (milliseconds + 50) / 100)
        let (whole, rest) = (tenths / 10, tenths % 10)
        return Text("\(whole).\(rest) s", "\(whole),\(rest) s")
    }

    static func demoRoundTrips(_ count: Int) -> Text {
        Text("\(count, "round trip", "round trips")", "\(count, "ronde", "rondes")")
    }

    // MARK: - Apart again

    static let demoAgainTitle = Text(
        "Apart again: they answer, and two of them edit the same note",
        "Weer los van elkaar: ze antwoorden, en twee wijzigen dezelfde notitie")

    static func demoAnswers(_ count: Int) -> Text {
        Text("\(count, "answer", "answers")", "\(count, "antwoord", "antwoorden")")
    }

    static func demoReactions(_ count: Int) -> Text {
        Text("\(count, "reaction", "reactions")", "\(count, "reactie", "reacties")")
    }

    static func demoChecks(_ count: Int) -> Text {
        Text(
            "\(count, "note", "notes") confirmed", "\(count, "notitie", "notities") bevestigd")
    }

    static func demoEdits(_ count: Int) -> Text {
        Text("\(count, "edit", "edits")", "\(count, "wijziging", "wijzigingen")")
    }

    static let demoReads = Text("reads", "leest")

    static func demoTitle(_ title: String, _ name: String) -> Text {
        Text("\(title), tried by \(name)", "\(title), getest door \(name)")
    }

    static func demoRemark(_ name: String) -> Text {
        Text("\(name) tried this: it works.", "\(name) heeft dit geprobeerd: het werkt.")
    }
}
