import Weonomy

/// What team, device, invite and erase say.
extension Text {
    // MARK: - Team

    static let you = Text("you", "jij")

    static func devices(_ count: Int) -> Text {
        Text("\(count, "device", "devices")", "\(count, "apparaat", "apparaten")")
    }

    static func formerly(_ names: [String]) -> Text {
        Text("No longer in: \(list: names)", "Niet meer erin: \(list: names)")
    }

    static func lookAlike(_ people: [PersonRef]) -> Text {
        // Each name by itself, so that one that turns the direction leaves its id as it is.
        let names = people.map { "\(Sanitize.line($0.name)) (\($0.id.description.prefix(8)))" }
        return Text(
            "Names that look alike: \(list: names). What stands in brackets tells them apart.",
            "Namen die op elkaar lijken: \(list: names). Wat tussen haakjes staat, scheidt ze.")
    }

    static let takesTwo = Text(
        "Putting someone out takes two moderators.", "Iemand eruit zetten kan alleen met twee.")
    static let oneModerator = Text(
        "There is one who governs: nobody can be put out until there is a second moderator.",
        "Er is er maar één: niemand kan eruit totdat er een tweede moderator is.")
    static let conduct = Text("Code of conduct", "Gedragscode")

    static func conductOf(_ team: String) -> Text {
        Text(
            "\(team) has a code of conduct. By taking part you accept it:",
            "\(team) heeft een gedragscode. Door mee te doen, aanvaard je die:")
    }

    static let conductElse = Text(
        "If you don't, leave again: \("weonomy team leave", .command)",
        "Wil je dat niet, ga dan weer weg: \("weonomy team leave", .command)")

    static let noRecoveryYet = Text(
        "Nobody can replace the founder yet, should that laptop be lost.",
        "Niemand kan de oprichter nog vervangen als die laptop kwijtraakt.")

    static func hasRecovery(_ info: RecoveryInfo) -> Text {
        info.keyCount == 1
            ? Text(
                "One recovery key, on paper, can replace the founder.",
                "Eén herstelsleutel, op papier, kan de oprichter vervangen.")
            : Text(
                "\(info.threshold) of \(info.keyCount) recovery keys can replace the founder.",
                "\(info.threshold) van de \(info.keyCount) herstelsleutels kunnen de oprichter "
                    + "vervangen.")
    }

    static let recoveryForked = Text(
        "Someone used a recovery key twice, for two different decisions: make new keys.",
        "Iemand gebruikte een herstelsleutel tweemaal, voor twee besluiten: maak nieuwe sleutels.")
    static let hintRecovery = Text(
        "print a key, should the founder's laptop be lost", "een sleutel op papier, voor noodgeval")

    static func nowModerator(_ name: String) -> Text {
        Text("\(name) is a moderator now.", "\(name) is nu moderator.")
    }

    static func nowMember(_ name: String) -> Text {
        Text("\(name) is a member now.", "\(name) is nu gewoon lid.")
    }

    static func wouldLeave(_ team: String) -> Text {
        Text(
            "This leaves \(team). What you shared stays with your colleagues, and here.",
            "Hiermee ga je weg uit \(team). Wat je deelde, blijft bij je collega's, en hier.")
    }

    static func syncFirst(_ count: Int) -> Text {
        Text(
            "Nobody is known to have \(count, "change", "changes") of what is here: sync first, or "
                + "your colleagues may never get them.",
            "Van wat hier staat, heeft nog niemand \(count, "wijziging", "wijzigingen"): sync eerst, "
                + "anders krijgen je collega's die misschien nooit.")
    }

    static func left(_ team: String) -> Text {
        Text(
            "You left \(team). Sync once more, so that your colleagues know; reading goes on.",
            "Je bent weg uit \(team). Sync nog één keer, dan weten je collega's het; lezen kan nog."
        )
    }

    static let hintLeaveSync = Text("so that they know", "dan weten ze het")

    // MARK: - Recovery

    static func recoveryKey(_ number: Int, _ count: Int, _ team: String) -> Text {
        Text(
            "Recovery key \(number) of \(count), \(team)",
            "Herstelsleutel \(number) van \(count), \(team)")
    }

    static func keptNowhere(_ count: Int) -> Text {
        count == 1
            ? Text(
                "It is kept nowhere, and nobody can show it again: print it now, and lock it away.",
                "Hij staat nergens, en niemand kan hem nog eens tonen: druk hem nu af, en berg hem "
                    + "op.")
            : Text(
                "They are kept nowhere, and nobody can show them again: print them now, one for "
                    + "each keeper.",
                "Ze staan nergens, en niemand kan ze nog eens tonen: druk ze nu af, één voor elke "
                    + "bewaarder.")
    }

    static func whatKeysDo(_ threshold: Int, _ count: Int) -> Text {
        count == 1
            ? Text(
                "Who has it can replace the founder: \("weonomy team recover", .command)",
                "Wie hem heeft, kan de oprichter vervangen: \("weonomy team recover", .command)")
            : Text(
                "Any \(threshold) of them can replace the founder: "
                    + "\("weonomy team recover", .command)",
                "Elke \(threshold) ervan kunnen de oprichter vervangen: "
                    + "\("weonomy team recover", .command)")
    }

    static func onlyRescue(_ count: Int) -> Text {
        Text(
            "You are \(count, "person", "people"): with so few, this key is the only rescue if the "
                + "founder's laptop is lost.",
            "Jullie zijn met \(count, "mens", "mensen"): met zo weinig is deze sleutel de enige "
                + "redding als de laptop van de oprichter kwijtraakt.")
    }

    static func askKey(_ number: Int, _ count: Int) -> Text {
        Text("Recovery key \(number) of \(count)", "Herstelsleutel \(number) van \(count)")
    }

    static func nowFounder(_ name: String, _ isReplaced: Bool) -> Text {
        isReplaced
            ? Text(
                "\(name) is founder now, and who was founder until now is out.",
                "\(name) is nu oprichter, en wie dat tot nu toe was, is eruit.")
            : Text("\(name) is founder now.", "\(name) is nu oprichter.")
    }

    static let hintNewKeys = Text("new keys, with the old ones", "nieuwe sleutels, met de oude")

    // MARK: - Devices

    static let thisLaptop = Text("this laptop", "deze laptop")
    static let revoked = Text("revoked", "ingetrokken")

    static let pairingCode = Text(
        "On your other laptop type \("weonomy join HOST:PORT", .command) and this code:",
        "Typ op je andere laptop \("weonomy join HOST:PORT", .command) en deze code:")

    static func theyJoin(_ address: String) -> Text {
        Text(
            "On the same network: \("weonomy join \(address)", .command)",
            "Op hetzelfde netwerk: \("weonomy join \(address)", .command)")
    }

    static let pairingWaits = Text(
        "Keep this open until it is there; the code ends with it. Stop with Ctrl-C.",
        "Laat dit open tot hij er is; daarna is de code niets waard. Stop met Ctrl-C.")

    static func deviceCame(_ label: String) -> Text {
        Text(
            "\(label) is yours now, with all that is here.",
            "\(label) is nu ook van jou, met alles wat hier staat.")
    }

    static let noDeviceCame = Text(
        "No laptop came, and the code is worth nothing now.",
        "Er kwam geen laptop, en de code is nu niets waard.")
    static let hintDeviceAgain = Text(
        "Run it again for a new code.", "Start het opnieuw voor een nieuwe code.")

    static func joinedAsDevice(_ name: String, _ team: String) -> Text {
        Text(
            "This laptop is \(name)'s in \(team) now.",
            "Deze laptop is nu van \(name) in \(team).")
    }

    static func wouldRevoke(_ label: String, _ owner: String) -> Text {
        Text(
            "This takes the device '\(label)' of \(owner) out of the team.",
            "Dit haalt het apparaat '\(label)' van \(owner) uit het team.")
    }

    static func deviceRevoked(_ label: String) -> Text {
        Text(
            "\(label) is out. It is told at its next sync; what it holds stays on it.",
            "\(label) is eruit. Het hoort dat bij zijn volgende sync; wat erop staat, blijft erop.")
    }

    static func revokeWaits(_ label: String) -> Text {
        Text(
            "\(label) is still in: it counts once a second moderator does the same.",
            "\(label) zit er nog in: het telt zodra een tweede moderator hetzelfde doet.")
    }

    // MARK: - Invitations

    static let noInvitations = Text("No invitation is open.", "Er staat geen uitnodiging open.")
    static let invitationClosed = Text(
        "Closed: nobody joins by it any more, as soon as they hear of it.",
        "Gesloten: zodra men het hoort, komt er niemand meer mee binnen.")

    static func used(_ used: Int, _ uses: Int) -> Text {
        Text("\(used) of \(uses) used", "\(used) van \(uses) gebruikt")
    }

    static func validUntil(_ moment: Int64) -> Text {
        Text("until \(date: moment)", "tot en met \(date: moment)")
    }

    // MARK: - Erasure

    static func wouldErase(_ title: String) -> Text {
        Text(
            "This removes the words of '\(title)' here and at every colleague's, for good.",
            "Dit wist de tekst van '\(title)' hier en bij elke collega, voorgoed.")
    }

    static func erased(by name: String?, at moment: Int64?) -> Text {
        guard let name, let moment else {
            return Text("The words of this were erased.", "De tekst hiervan is gewist.")
        }
        return Text(
            "\(name) erased the words of this (\(when: moment)).",
            "\(name) heeft de tekst hiervan gewist (\(when: moment)).")
    }

    static func remaining(_ count: Int) -> Text {
        Text(
            "Still there: \(count, "change", "changes") of others.",
            "Wat er nog staat: \(count, "wijziging", "wijzigingen") van anderen.")
    }

    static let hasErased = Text("has erased it", "heeft het gewist")
    static let notErasedYet = Text("has not said so yet", "heeft dat nog niet gemeld")
    static let keepsCopy = Text(
        "A laptop that never syncs again keeps its copy; nothing can change that.",
        "Een laptop die nooit meer synct, houdt zijn kopie; daar is niets aan te doen.")
    static let hintErased = Text("which laptop has done so", "welke laptop dat al deed")
}
