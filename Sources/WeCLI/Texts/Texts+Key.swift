import Weonomy

/// What the key commands say, and whoever needs a passphrase.
extension Text {
    static let askPassphrase = Text("Passphrase", "Wachtzin")
    static let askNewPassphrase = Text("New passphrase", "Nieuwe wachtzin")
    static let askBackupPassphrase = Text("Passphrase for the backup", "Wachtzin voor de kopie")
    static let askAgain = Text("Once more", "Nog een keer")

    static let weakPassphrase = Text(
        "A passphrase has at least 8 characters; several words make a good one.",
        "Een wachtzin heeft minstens 8 tekens; een paar woorden samen is een goede.")
    static let passphrasesDiffer = Text(
        "The two are not the same; try again.", "De twee zijn niet gelijk; probeer het opnieuw.")

    static func needsPassphrase(_ option: String) -> Text {
        Text(
            "A passphrase is needed, and I may not ask here: give it with \(option) FILE.",
            "Er is een wachtzin nodig en ik kan er hier niet om vragen: geef hem met \(option) FILE."
        )
    }

    static func noPassphraseIn(_ path: String) -> Text {
        Text("There is no passphrase to read in \(path).", "In \(path) is geen wachtzin te lezen.")
    }

    static func passphraseTooOpen(_ path: String) -> Text {
        Text("Others may read \(path).", "Anderen mogen \(path) lezen.")
    }

    static func chmod(_ path: String) -> Text {
        Text("Run: \("chmod 600 \(path)", .command)", "Draai: \("chmod 600 \(path)", .command)")
    }

    // MARK: - The key file

    static let deviceKey = Text("Device", "Apparaat")
    static let keyFile = Text("Key file", "Sleutel")
    static let keyReaders = Text("Readable", "Leesbaar")
    static let keyPassphrase = Text("Passphrase", "Wachtzin")

    static func onlyYou(_ mode: String) -> Text {
        Text("by you alone (mode \(mode))", "alleen door jou (mode \(mode))")
    }

    static let sealed = Text("yes: the file is sealed", "ja: het bestand is verzegeld")
    static let notSealed = Text(
        "no: whoever can read the file can be you",
        "nee: wie het bestand kan lezen, kan zich voor jou uitgeven")

    static let hintPassphrase = Text("seal it with a passphrase", "verzegel hem met een wachtzin")
    static let hintKeyBackup = Text("for when this laptop is lost", "voor als deze laptop weg is")
    static let hintKeyRestore = Text("on another laptop", "op een andere laptop")

    static let passphraseSet = Text(
        "The key file is sealed now.", "De sleutel is nu verzegeld.")
    static let passphraseChanged = Text(
        "The passphrase is changed. Backups keep theirs.",
        "De wachtzin is gewijzigd. Reservekopieën houden de hunne.")
    static let passphraseRemoved = Text(
        "The passphrase is gone: only the file's permissions guard the key now.",
        "De wachtzin is weg: alleen de rechten van het bestand bewaken de sleutel nog.")
    static let noPassphraseToRemove = Text(
        "The key file has no passphrase.", "De sleutel heeft geen wachtzin.")

    // MARK: - Backup

    static func keysBackedUp(_ file: String) -> Text {
        Text(
            "Your keys and the team's secret are in \(file), under a passphrase.",
            "Je sleutels en het teamgeheim staan in \(file), achter een wachtzin.")
    }

    static let keepBackup = Text(
        "Keep it apart from this laptop. Without its passphrase it is of no use to anyone.",
        "Bewaar hem los van deze laptop. Zonder de wachtzin heeft niemand er iets aan.")

    static func keysRestored(_ team: String) -> Text {
        Text(
            "You are yourself again in \(team), on this laptop.",
            "Je bent weer jezelf in \(team), op deze laptop.")
    }

    static let restoredSealed = Text(
        "The key file has the passphrase of the backup.",
        "De sleutel heeft de wachtzin van de reservekopie.")
    static let replicaComesBack = Text(
        "The brain is still empty here: sync with a colleague and all of it comes back.",
        "Het brein is hier nog leeg: sync met een collega en alles komt terug.")
    static let replicaIsEmpty = Text(
        "Only your keys are here; the brain is still empty.",
        "Alleen je sleutels zijn hier; het brein is nog leeg.")
    static let syncToFill = Text(
        "Fetch it from a colleague: \("weonomy sync HOST:PORT", .command)",
        "Haal het op bij een collega: \("weonomy sync HOST:PORT", .command)")
    static let oldLaptop = Text(
        "The old laptop has the same key. Erase it there; if it is in other hands, have that key "
            + "revoked with \("weonomy device revoke", .command) and let this laptop in anew.",
        "De oude laptop heeft dezelfde sleutel. Wis hem daar; is die laptop in andere handen, laat "
            + "die sleutel dan intrekken met \("weonomy device revoke", .command) en laat deze "
            + "laptop opnieuw toe.")

    static let hintFetchAll = Text("fetch the brain", "haal het brein op")
    static let hintRevoke = Text(
        "if the old laptop still exists", "als de oude laptop nog bestaat")

    static let memoryNotLocked = Text(
        "Secrets cannot be kept out of swap here: the limit on locked memory is too low (ulimit -l).",
        "Geheimen zijn hier niet uit de swap te houden: de grens voor vastgezet geheugen is te laag "
            + "(ulimit -l).")
}
