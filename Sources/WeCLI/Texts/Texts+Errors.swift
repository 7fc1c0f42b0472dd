import Weonomy

/// What is said when something was typed wrong or could not be done.
extension Text {
    static let yesOrNo = Text("y/N", "j/N")

    static func unknownCommand(_ typed: String) -> Text {
        Text("There is no command '\(typed)'.", "Het commando '\(typed)' bestaat niet.")
    }

    static func unknownOption(_ typed: String) -> Text {
        Text(
            "The option \(typed) does not exist here.", "De optie \(typed) bestaat hier niet.")
    }

    static func unknownSubject(_ typed: String) -> Text {
        Text("There is no help on '\(typed)'.", "Over '\(typed)' is geen uitleg.")
    }

    static func didYouMean(_ word: String) -> Text {
        Text("Did you mean \(word, .command)?", "Bedoelde je \(word, .command)?")
    }

    static func seeHelp(_ path: [String]) -> Text {
        let command = (["weonomy", "help"] + path).joined(separator: " ")
        return Text("See: \(command, .command)", "Zie: \(command, .command)")
    }

    static func needsValue(_ option: String, _ name: String) -> Text {
        Text(
            "\(option) wants a value: \(option) \(name).",
            "\(option) wil een waarde: \(option) \(name).")
    }

    static func takesNoValue(_ option: String) -> Text {
        Text("\(option) takes no value.", "Bij \(option) hoort geen waarde.")
    }

    static func repeatedOption(_ option: String) -> Text {
        Text(
            "\(option) was given twice; which one holds?",
            "\(option) staat er twee keer; welke geldt?")
    }

    static func badNumber(_ option: String, _ value: String, _ range: ClosedRange<Int>) -> Text {
        let (low, high) = (String(range.lowerBound), String(range.upperBound))
        return Text(
            "\(option) wants a whole number from \(low) to \(high), not '\(value)'.",
            "\(option) wil een heel getal van \(low) tot en met \(high), niet '\(value)'.")
    }

    static func badDate(_ option: String, _ value: String) -> Text {
        Text(
            "\(option) wants a date such as 2027, 2027-05 or 2027-05-14, not '\(value)'.",
            "\(option) wil een datum zoals 2027, 2027-05 of 2027-05-14, niet '\(value)'.")
    }

    static func badChoice(_ option: String, _ value: String, _ choices: [String]) -> Text {
        let all = choices.joined(separator: ", ")
        return Text(
            "\(option) is one of \(all); not '\(value)'.",
            "\(option) is een van \(all); niet '\(value)'.")
    }

    static func needsArgument(_ name: String) -> Text {
        Text("Something is missing: \(name).", "Er ontbreekt iets: \(name).")
    }

    static func tooManyArguments(_ word: String) -> Text {
        Text(
            "'\(word)' is one word too many; put text with spaces in quotes.",
            "'\(word)' is er één te veel; zet tekst met spaties tussen aanhalingstekens.")
    }

    static func needsOption(_ option: String) -> Text {
        Text(
            "I may not ask here, so say it with \(option).",
            "Ik kan het je hier niet vragen; geef het mee met \(option).")
    }

    static let needsText = Text(
        "There is no text: give it with -m, a file, or - for standard input.",
        "Er is geen tekst: geef hem met -m, een bestand, of - voor standaardinvoer.")

    // MARK: - Files and programs

    static func cannotRead(_ path: String) -> Text {
        Text("Cannot read \(path).", "\(path) is niet te lezen.")
    }

    static func cannotWrite(_ path: String) -> Text {
        Text("Cannot write in \(path).", "In \(path) kan niet worden geschreven.")
    }

    static func notUTF8(_ path: String) -> Text {
        Text("\(path) is not UTF-8 text.", "\(path) is geen UTF-8-tekst.")
    }

    static func tooLong(_ path: String, bytesMax: Int) -> Text {
        Text(
            "\(path) is longer than \(size: bytesMax).", "\(path) is langer dan \(size: bytesMax).")
    }

    static func editorFailed(_ command: String) -> Text {
        Text(
            "The editor '\(command)' did not end well; nothing was saved.",
            "De editor '\(command)' eindigde niet goed; er is niets bewaard.")
    }

    static let setEditor = Text(
        "Choose an editor with EDITOR, or give the text with -m.",
        "Kies een editor met EDITOR, of geef de tekst met -m.")

    // MARK: - Which brain

    static let noReplica = Text(
        "There is no brain on this laptop yet.", "Er staat nog geen brein op deze laptop.")

    static func noSuchTeam(_ team: String) -> Text {
        Text(
            "There is no team '\(team)' on this laptop.",
            "Er is geen team '\(team)' op deze laptop.")
    }

    static func severalTeams(_ teams: [String]) -> Text {
        Text(
            "You have several teams here: \(list: teams).",
            "Je hebt hier meer teams: \(list: teams).")
    }

    static let chooseTeam = Text(
        "Say which with \("--team", .command).", "Zeg welk met \("--team", .command).")

    static let noHome = Text(
        "I don't know where to keep things: HOME is not set.",
        "Ik weet niet waar ik dingen moet bewaren: HOME is niet gezet.")

    static let useHome = Text(
        "Name a folder with \("--home", .command).", "Noem een map met \("--home", .command).")

    // MARK: - Inside

    static let error = Text("Error", "Fout")

    static func internalFault(_ what: String) -> Text {
        Text(
            "Something went wrong inside Weonomy: \(what).",
            "Er ging iets mis in Weonomy zelf: \(what).")
    }
}
