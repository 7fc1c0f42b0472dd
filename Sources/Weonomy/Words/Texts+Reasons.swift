extension BrainError.Reason {
    /// What happened and how to mend it; the library says the English.
    package var dutch: (message: String, hint: String) {
        switch self {
        case .governsNot(let names):
            (
                "dat doen alleen de oprichter en moderators",
                "Vraag het \(names.joined(separator: ", "))"
            )
        case .senior(let name, let ask):
            (
                "\(name) gaat in dit team voor",
                "Vraag het \(ask), of wie de herstelsleutels bewaart"
            )
        case .nobody: ("zo heet niemand in het team", "Zie: weonomy team")
        case .oneself: ("dat doet niemand bij zichzelf", "Zie: weonomy team leave")
        case .notAddressed(let name):
            (
                "\(name) is nog niet aangesproken",
                "Spreek eerst aan: weonomy safety address, of geef --severe met een reden"
            )
        case .wordless: ("zeg in woorden waarom", "")
        case .isIn(let name): ("\(name) zit in het team", "")
        case .isOut(let name):
            ("\(name) zit niet in het team", "Zie: weonomy safety restore")
        case .outBySenior(let name, let ask):
            ("iemand die voorgaat, heeft \(name) uitgesloten", "Vraag het \(ask)")
        case .cutBySenior(let ask):
            ("iemand die voorgaat, heeft dit afgesneden", "Vraag het \(ask)")
        case .moderates(let name): ("\(name) is al moderator of oprichter", "")
        case .moderatesNot(let name): ("\(name) is geen moderator", "")
        case .lastToGovern(let team):
            (
                "er zou niemand overblijven die bij \(team) mensen uitnodigt en het veilig houdt",
                "Maak eerst iemand moderator: weonomy team promote"
            )
        case .left, .putOut, .revoked: aboutMe
        case .unknownThere:
            (
                "de andere laptop kent deze niet als die van een lid",
                "Wie jou binnenliet is misschien zelf uitgesloten, met alles wat die deed. Vraag de "
                    + "oprichter of een moderator om een nieuwe uitnodiging; hier is niets gewist"
            )
        case .noDevice, .severalDevices, .revokedBefore, .thisDevice, .seniorDevice, .devicesMax:
            aboutDevices
        case .noInvitation, .severalInvitations, .invitedBySenior, .past, .tooLong, .noTopic:
            aboutInvitations
        case .hasRecovery, .foundersLaptop, .recoveryCount, .noRecovery, .noRecoveryKey,
            .otherRecoveryKey, .recoveryLacks:
            aboutRecovery
        case .nothingToErase:
            (
                "hierin is niets van jou om te wissen",
                "De schrijver of een moderator kan het wissen"
            )
        case .notErased: ("hiervan is niets gewist", "")
        case .noCommunity, .severalCommunities, .communityExists, .notOfCommunity, .coachesNot,
            .asksNot, .notYours:
            aboutCommunities
        case .noFile, .fileNotHere, .lastCopy, .fileUnreadable, .fileThere, .fileDenied,
            .fileChanged:
            aboutFiles
        }
    }

    private var aboutFiles: (String, String) {
        switch self {
        case .noFile(let name, let names):
            (
                "hier is geen bestand dat \(name) heet",
                names.isEmpty ? "" : "Wel: \(names.joined(separator: ", "))"
            )
        case .fileNotHere(let name, let people):
            (
                "het bestand \(name) staat nog niet op deze laptop",
                people.isEmpty
                    ? "Het komt zodra je een collega treft die het heeft"
                    : "Het komt zodra je \(people.joined(separator: " / ")) treft"
            )
        case .lastCopy(let name):
            (
                "niemand anders heeft gezegd \(name) helemaal te hebben",
                "Wissel eerst uit met een collega, of geef --last"
            )
        case .fileUnreadable(let name): ("het bestand \(name) is niet te lezen", "Klopt het pad?")
        case .fileThere(let path):
            (
                "op \(path) staat al iets, en er wordt niets overschreven",
                "Kies een andere naam of map"
            )
        case .fileDenied(let name):
            (
                "het bestand \(name) mag niet worden gelezen of geschreven",
                "Wie mag dat, en staat het er al?"
            )
        case .fileChanged(let name):
            (
                "het bestand \(name) veranderde tijdens het lezen",
                "Probeer het opnieuw als het klaar is"
            )
        default: ("", "")
        }
    }

    private var aboutCommunities: (String, String) {
        switch self {
        case .noCommunity(let name):
            ("geen community heet \(name)", "Zie: weonomy community")
        case .severalCommunities(let name, let ids):
            (
                "er zijn \(ids.count) communities die \(name) heten",
                "Noem er een bij zijn id: \(ids.joined(separator: ", "))"
            )
        case .communityExists(let name):
            (
                "er is al een community \(name)",
                "Ga erbij: weonomy community join \"\(name)\""
            )
        case .notOfCommunity(let name):
            ("je zit niet in \(name)", "Ga erbij: weonomy community join \"\(name)\"")
        case .coachesNot(let name, let ask):
            (
                "wie \(name) begon, de coaches ervan en moderators bepalen wie er coach is",
                "Vraag het \(ask.joined(separator: ", "))"
            )
        case .notYours(let asker): ("dat kan alleen \(asker) zeggen", "")
        case .asksNot(let author):
            ("alleen \(author) vraagt anderen wat ze ervan vinden", "Reageer er zelf op")
        default: ("", "")
        }
    }

    private var aboutMe: (String, String) {
        let hint =
            "Hier is niets gewist en lezen blijft gewoon gaan, maar wat je hier vanaf nu schrijft, "
            + "neemt niemand over. Het besluit: weonomy safety log"
        return switch self {
        case .left(let team): ("je hebt \(team) met deze laptop verlaten", hint)
        case .revoked(let team, let by):
            (
                "\(by.joined(separator: " en ")) \(by.count > 1 ? "hebben" : "heeft") deze laptop "
                    + "uit \(team) gehaald", hint
            )
        case .putOut(let team, let by, let reason):
            (
                by.isEmpty
                    ? "deze laptop is uit \(team) gezet"
                    : "\(by.joined(separator: " en ")) \(by.count > 1 ? "hebben" : "heeft") je uit "
                        + "\(team) gezet" + (reason.isEmpty ? "" : ": \(reason)"),
                hint
            )
        default: ("", hint)
        }
    }

    private var aboutDevices: (String, String) {
        switch self {
        case .noDevice(let id): ("geen apparaat heet \(id)", "Zie: weonomy device list")
        case .severalDevices(let id): ("meer dan één apparaat begint met \(id)", "Typ er meer van")
        case .revokedBefore: ("dit apparaat is al ingetrokken", "")
        case .thisDevice:
            (
                "een apparaat trekt zichzelf niet in",
                "Doe het op een ander apparaat van jou, of ga weg: weonomy team leave"
            )
        case .seniorDevice:
            (
                "dit apparaat gaat voor op dat waar je aan zit",
                "Doe het op het oudere, of vraag het een moderator"
            )
        case .devicesMax(let count):
            (
                "één mens heeft hoogstens \(count) apparaten",
                "Trek er een in: weonomy device revoke"
            )
        default: ("", "")
        }
    }

    private var aboutInvitations: (String, String) {
        switch self {
        case .noTopic(let topic):
            ("niemand heeft iets over '\(topic)' gezegd", "Zie: weonomy brain topics")
        case .noInvitation(let id):
            ("geen open uitnodiging heet \(id)", "Zie: weonomy invite --list")
        case .severalInvitations(let id):
            ("meer dan één uitnodiging begint met \(id)", "Typ er meer van")
        case .invitedBySenior(let ask):
            ("iemand die voorgaat, maakte deze uitnodiging", "Vraag het \(ask)")
        case .past: ("dat moment is al voorbij", "Geef een later")
        case .tooLong(let bytes): ("dit is langer dan \(bytes) bytes", "Maak het korter")
        default: ("", "")
        }
    }

    private var aboutRecovery: (String, String) {
        switch self {
        case .hasRecovery:
            ("dit team heeft al herstelsleutels", "Met die sleutels kun je ze vervangen")
        case .foundersLaptop:
            (
                "herstelsleutels maken kan alleen op een laptop waarmee het team is opgericht",
                "Doe het daar"
            )
        case .recoveryCount(let max):
            (
                "meer dan de helft van hoogstens \(max) sleutels moet het eens zijn",
                "Bijvoorbeeld 2 van 3, of 1 van 1 voor één sleutel op papier"
            )
        case .noRecovery:
            ("dit team heeft geen herstelsleutels", "De oprichter maakt ze: weonomy team recovery")
        case .noRecoveryKey:
            (
                "dit is geen herstelsleutel, of er zit een tikfout in",
                "Hij begint met wr; neem hem helemaal over"
            )
        case .otherRecoveryKey:
            ("deze herstelsleutel is niet van dit team", "Misschien is hij vervangen")
        case .recoveryLacks(let needed, let given):
            (
                "\(needed) herstelsleutels moeten het eens zijn, er zijn er \(given) gegeven",
                "Vraag wie de andere bewaart"
            )
        default: ("", "")
        }
    }
}
