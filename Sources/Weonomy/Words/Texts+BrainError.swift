/// What the brain's errors say.
extension Text {
    /// The library's own English sentence; Dutch says the kind of trouble and keeps the detail.
    package static func what(_ error: BrainError) -> Text {
        let english: Line = "\(sentence(error.message))"
        if let reason = error.reason { return Text(english, "\(sentence(reason.dutch.message))") }
        let dutch: Line =
            switch error.code {
            case .noReplica: "Er staat hier nog geen brein"
            case .exists: "Dat is er al"
            case .notFound: "Dat staat hier niet"
            case .ambiguous: "Daar past meer dan één op"
            case .invalid: "Dit kan zo niet"
            case .notAllowed: "Dat mag hier niet"
            case .trust: "De ander en deze laptop vertrouwen elkaar niet"
            case .excluded: "Deze laptop is uit het team gezet"
            case .network: "De verbinding lukte niet"
            case .busy: "Een ander proces is met het brein bezig"
            case .diskFull: "De schijf is vol"
            case .readOnly: "In deze map kan niet worden geschreven"
            case .corrupt: "Het brein is beschadigd"
            case .newerVersion: "Dit vraagt een nieuwere versie van Weonomy"
            case .key: "De sleutel is niet te gebruiken"
            case .passphraseNeeded: "De sleutel zit achter een wachtzin"
            case .wrongPassphrase: "De wachtzin klopt niet"
            case .file: "Een bestand werkt niet mee"
            case .failed: "Dit is mislukt"
            }
        let detail = error.message.hasSuffix(".") ? error.message.dropLast() : error.message[...]
        return Text(english, dutch + " (\(String(detail))).")
    }

    /// How to mend it, where somebody knows.
    package static func mending(_ error: BrainError) -> Text? {
        if let reason = error.reason {
            guard !error.hint.isEmpty else { return nil }
            let (english, dutch) = (sentence(error.hint), sentence(reason.dutch.hint))
            return Text(Line(of: english), Line(of: dutch))
        }
        return switch error.code {
        case .noReplica: .beginHere
        case .busy:
            Text("Try again in a moment.", "Probeer het zo nog eens.")
        case .diskFull:
            Text(
                "Make room and try again; nothing was lost.",
                "Maak ruimte en probeer het opnieuw; er is niets kwijt.")
        case .readOnly:
            Text(
                "Check who may write in that folder, or name another with \("--home", .command).",
                "Kijk wie daar mag schrijven, of noem een andere map met \("--home", .command).")
        case .newerVersion:
            Text(
                "Update Weonomy on this laptop; nothing was changed.",
                "Werk Weonomy op deze laptop bij; er is niets veranderd.")
        case .corrupt:
            Text("See: \("weonomy doctor", .command)", "Zie: \("weonomy doctor", .command)")
        case .network:
            Text(
                "Does your colleague run \("weonomy up", .command)? "
                    + "Is the address right?",
                "Draait je collega \("weonomy up", .command)? Klopt het adres?")
        case .excluded:
            Text(
                "Ask a moderator; nothing here was deleted. The decision: "
                    + "\("weonomy safety log", .command)",
                "Vraag het een moderator; hier is niets gewist. Het besluit: "
                    + "\("weonomy safety log", .command)")
        case .trust:
            Text(
                "Check the address and the code, or ask for a new invitation.",
                "Kijk adres en code na, of vraag een nieuwe uitnodiging.")
        case .passphraseNeeded: .givePassphrase
        default:
            error.hint.isEmpty ? nil : Text(same: "\(sentence(error.hint))")
        }
    }

    /// With a capital in front and a full stop behind.
    private static func sentence(_ text: String) -> String {
        guard let first = text.first else { return text }
        let start = first.isLowercase ? first.uppercased() + text.dropFirst() : text
        return start.hasSuffix(".") || start.hasSuffix("?") ? start : start + "."
    }

    package static let beginHere = Text(
        "Begin with \("weonomy init", .command), or \("weonomy join", .command) a team.",
        "Begin met \("weonomy init", .command), of ga met \("weonomy join", .command) bij een team."
    )

    package static let givePassphrase = Text(
        "Run it in a terminal, or give \("--passphrase-file FILE", .command).",
        "Draai het in een terminal, of geef \("--passphrase-file FILE", .command).")
}
