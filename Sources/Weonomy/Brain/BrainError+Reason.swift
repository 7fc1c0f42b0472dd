extension BrainError {
    /// What exactly stood in the way, for who wants to say it in words or a language of their own.
    public enum Reason: Hashable, Sendable {
        /// Only these people, the founder and moderators, do it.
        case governsNot([String])
        /// The person is senior; this one may be asked.
        case senior(String, ask: String)
        /// Nobody in the team is meant.
        case nobody
        /// Nobody does this to themselves.
        case oneself
        /// Someone who was never addressed is not put out, unless it is severe.
        case notAddressed(String)
        /// Words are missing: why, or what.
        case wordless
        /// The person is not out.
        case isIn(String)
        /// The person is out.
        case isOut(String)
        /// Someone more senior put the person out; this one may be asked.
        case outBySenior(String, ask: String)
        /// Someone more senior cut it off; this one may be asked.
        case cutBySenior(ask: String)
        /// The person moderates already.
        case moderates(String)
        /// The person is no moderator.
        case moderatesNot(String)
        /// Nobody would be left who governs.
        case lastToGovern(team: String)
        /// This device left the team.
        case left(team: String)
        /// This device or its person was put out, by whom and why.
        case putOut(team: String, by: [String], reason: String)
        /// This device was taken away by someone.
        case revoked(team: String, by: [String])
        /// A colleague's laptop does not know this one as a member's.
        case unknownThere
        /// No device has an id that begins so.
        case noDevice(String)
        /// More than one has.
        case severalDevices(String)
        /// The device was revoked before.
        case revokedBefore
        /// A device does not revoke itself.
        case thisDevice
        /// The device is senior to the one that asks.
        case seniorDevice
        /// A person has as many devices as may be.
        case devicesMax(Int)
        /// No open invitation is called so.
        case noInvitation(String)
        /// Nobody shared, asked or said anything about the topic.
        case noTopic(String)
        /// More than one begins so.
        case severalInvitations(String)
        /// Someone more senior made the invitation; this one may be asked.
        case invitedBySenior(ask: String)
        /// The moment lies in the past.
        case past
        /// The team has recovery keys already.
        case hasRecovery
        /// Only a laptop with which the team was founded makes recovery keys.
        case foundersLaptop
        /// More than half of the keys must agree, and there are at most so many.
        case recoveryCount(max: Int)
        /// The team has no recovery keys.
        case noRecovery
        /// This is no recovery key, or it was mistyped.
        case noRecoveryKey
        /// The recovery key is of another team, or was replaced.
        case otherRecoveryKey
        /// So many recovery keys must agree; so many were given.
        case recoveryLacks(needed: Int, given: Int)
        /// Nothing in the item may be erased by who asks.
        case nothingToErase
        /// Nothing of the item was erased.
        case notErased
        /// No community is called so.
        case noCommunity(String)
        /// These communities, by id, are called so.
        case severalCommunities(String, [String])
        /// A community of this name is there.
        case communityExists(String)
        /// Who takes no part in this community leaves it as it is.
        case notOfCommunity(String)
        /// Only these people say who coaches in this community.
        case coachesNot(String, ask: [String])
        /// Only the author of an item asks others what they think of it.
        case asksNot(author: String)
        /// Only the person who asked it says so.
        case notYours(String)
        /// The text is longer than so many bytes.
        case tooLong(bytesMax: Int)
        /// The item has no such file; it has these.
        case noFile(String, [String])
        /// The file is not on this laptop; these people said that they have it.
        case fileNotHere(String, [String])
        /// Nobody else said to have all of the file.
        case lastCopy(String)
        /// The file can't be read, or is no plain file.
        case fileUnreadable(String)
        /// Something is there already.
        case fileThere(String)
        /// The file may not be read or written.
        case fileDenied(String)
        /// The file was written to while it was read.
        case fileChanged(String)
    }

    /// Says a reason in English.
    package init(_ code: Code, _ reason: Reason) {
        let (message, hint) = reason.english
        self.init(code, message, hint: hint, reason: reason)
    }
}

extension BrainError.Reason {
    /// What happened, and how to mend it.
    fileprivate var english: (message: String, hint: String) {
        switch self {
        case .governsNot, .senior, .nobody, .oneself, .notAddressed, .wordless, .isIn, .isOut,
            .outBySenior, .cutBySenior, .moderates, .moderatesNot, .lastToGovern:
            aboutPeople
        case .left, .putOut, .revoked: aboutMe
        case .unknownThere:
            (
                "the other laptop does not know this one as a member's",
                "Whoever let you in may be out by now, and what they did with them. Ask the founder "
                    + "or a moderator for a new invitation; nothing here was deleted"
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
                "there is nothing of yours in it to erase",
                "Its author or a moderator can erase it"
            )
        case .notErased: ("nothing of this item was erased", "")
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
                "no file here is called \(name)",
                names.isEmpty ? "" : "It has: \(names.joined(separator: ", "))"
            )
        case .fileNotHere(let name, let people):
            (
                "the file \(name) is not on this laptop yet",
                people.isEmpty
                    ? "It comes as soon as a colleague who has it is met"
                    : "It comes as soon as you meet \(people.joined(separator: " / "))"
            )
        case .lastCopy(let name):
            (
                "nobody else has said to have all of \(name)",
                "Sync with a colleague first, or say --last"
            )
        case .fileUnreadable(let name): ("the file \(name) can't be read", "Check the path")
        case .fileThere(let path):
            (
                "something is at \(path) already, and nothing is overwritten",
                "Choose another name or folder"
            )
        case .fileDenied(let name):
            (
                "the file \(name) may not be read or written",
                "Check who may, and whether it is there already"
            )
        case .fileChanged(let name):
            ("the file \(name) changed while it was read", "Try again when it is finished")
        default: ("", "")
        }
    }

    private var aboutCommunities: (String, String) {
        switch self {
        case .noCommunity(let name):
            ("no community is called \(name)", "See: weonomy community")
        case .severalCommunities(let name, let ids):
            (
                "\(ids.count) communities are called \(name)",
                "Name one by its id: \(ids.joined(separator: ", "))"
            )
        case .communityExists(let name):
            ("there is a community called \(name)", "Join it: weonomy community join \"\(name)\"")
        case .notOfCommunity(let name):
            ("you are not in \(name)", "Join it: weonomy community join \"\(name)\"")
        case .coachesNot(let name, let ask):
            (
                "who made \(name), its coaches and moderators say who coaches in it",
                "Ask \(ask.joined(separator: ", "))"
            )
        case .notYours(let asker): ("only \(asker) can say that", "")
        case .asksNot(let author):
            ("only \(author) asks others what they think of it", "React to it yourself")
        default: ("", "")
        }
    }

    private var aboutPeople: (String, String) {
        switch self {
        case .governsNot(let names):
            ("only the founder and moderators do this", "Ask \(names.joined(separator: ", "))")
        case .senior(let name, let ask):
            ("\(name) is senior to you", "Ask \(ask), or who keeps the recovery keys")
        case .oneself: ("nobody does this to themselves", "See: weonomy team leave")
        case .notAddressed(let name):
            (
                "\(name) was not addressed before",
                "Address first: weonomy safety address, or say --severe with a reason"
            )
        case .wordless: ("say why, in words", "")
        case .isIn(let name): ("\(name) is in the team", "")
        case .isOut(let name): ("\(name) is not in the team", "See: weonomy safety restore")
        case .outBySenior(let name, let ask):
            ("someone more senior put \(name) out", "Ask \(ask)")
        case .cutBySenior(let ask): ("someone more senior cut this off", "Ask \(ask)")
        case .moderates(let name): ("\(name) is a moderator or founder already", "")
        case .moderatesNot(let name): ("\(name) is no moderator", "")
        case .lastToGovern(let team):
            (
                "nobody would be left to invite people to \(team) or to keep it safe",
                "Make someone a moderator first: weonomy team promote"
            )
        default: ("nobody in the team is called so", "See: weonomy team")
        }
    }

    private var aboutMe: (String, String) {
        let hint =
            "Nothing here was deleted and reading goes on, but nobody takes what is written here "
            + "from now on. The decision: weonomy safety log"
        return switch self {
        case .left(let team): ("you left \(team) with this laptop", hint)
        case .revoked(let team, let by):
            ("\(by.joined(separator: " and ")) took this laptop out of \(team)", hint)
        case .putOut(let team, let by, let reason):
            (
                by.isEmpty
                    ? "this laptop was put out of \(team)"
                    : "\(by.joined(separator: " and ")) put you out of \(team)"
                        + (reason.isEmpty ? "" : ": \(reason)"), hint
            )
        default: ("", hint)
        }
    }

    private var aboutDevices: (String, String) {
        switch self {
        case .severalDevices(let id): ("more than one device begins with \(id)", "Type more of it")
        case .revokedBefore: ("this device was revoked before", "")
        case .thisDevice:
            (
                "a device doesn't revoke itself",
                "Do it from another of yours, or leave: weonomy team leave"
            )
        case .seniorDevice:
            (
                "this device is senior to the one that you are at",
                "Do it from the older one, or ask a moderator"
            )
        case .devicesMax(let count):
            ("one person has at most \(count) devices", "Take one away: weonomy device revoke")
        case .noDevice(let id): ("no device is called \(id)", "See: weonomy device list")
        default: ("", "")
        }
    }

    private var aboutInvitations: (String, String) {
        switch self {
        case .severalInvitations(let id):
            ("more than one invitation begins with \(id)", "Type more of it")
        case .invitedBySenior(let ask):
            ("someone more senior made this invitation", "Ask \(ask)")
        case .past: ("this moment has passed", "Give a later one")
        case .tooLong(let bytes): ("this is longer than \(bytes) bytes", "Make it shorter")
        case .noTopic(let topic):
            ("nobody has said anything about '\(topic)'", "See: weonomy brain topics")
        case .noInvitation(let id):
            ("no open invitation is called \(id)", "See: weonomy invite --list")
        default: ("", "")
        }
    }

    private var aboutRecovery: (String, String) {
        switch self {
        case .hasRecovery:
            (
                "this team has recovery keys already",
                "They can be replaced by the keys that there are"
            )
        case .foundersLaptop:
            ("only a laptop with which the team was founded makes recovery keys", "Do it there")
        case .recoveryCount(let max):
            (
                "more than half of at most \(max) keys must agree",
                "For example 2 of 3, or 1 of 1 for one printed key"
            )
        case .noRecovery:
            ("this team has no recovery keys", "The founder makes them: weonomy team recovery")
        case .noRecoveryKey:
            (
                "this is no recovery key, or it was mistyped",
                "It begins with wr; copy all of it"
            )
        case .otherRecoveryKey:
            ("this recovery key is not one of this team's", "It may have been replaced")
        case .recoveryLacks(let needed, let given):
            ("\(needed) recovery keys must agree, \(given) were given", "Ask who keeps the others")
        default: ("", "")
        }
    }
}
