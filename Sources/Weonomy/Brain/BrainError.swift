import WeKeys
import WeLog
import WeReplica
import WeSync
import WeTransport

/// Why something could not be done: what, why, and how to mend it.
public struct BrainError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of trouble; programs decide by this.
    public enum Code: String, Sendable {
        /// No replica here.
        case noReplica
        /// There is one already.
        case exists
        /// No such item, person or topic.
        case notFound
        /// The name fits more than one.
        case ambiguous
        /// What was asked makes no sense as it is.
        case invalid
        /// The team does not allow it.
        case notAllowed
        /// The other side is not who it should be, or does not take us in.
        case trust
        /// This device was put out of the team.
        case excluded
        /// The other side can't be reached, or the connection broke.
        case network
        /// Another process is busy with the replica.
        case busy
        /// The disk is full.
        case diskFull
        /// The file or folder can't be written.
        case readOnly
        /// The replica is damaged.
        case corrupt
        /// A newer version wrote the replica.
        case newerVersion
        /// The key file is not safe, not there or damaged.
        case key
        /// The key file is sealed, and no passphrase was given.
        case passphraseNeeded
        /// The passphrase does not open the key file.
        case wrongPassphrase
        /// A file can't be read or written.
        case file
        /// Anything else.
        case failed
    }

    /// What kind.
    public let code: Code
    /// What happened and why.
    public let message: String
    /// How to mend it; empty where nobody knows.
    public let hint: String
    /// The same for programs that say it themselves; `nil` where there is no more to know.
    public let reason: Reason?

    /// Joins the parts.
    public init(_ code: Code, _ message: String, hint: String = "", reason: Reason? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
        self.reason = reason
    }

    /// What it is, in words.
    public var description: String { hint.isEmpty ? message : "\(message). \(hint)" }

    init(_ error: ReplicaError) {
        switch error.code {
        case .missing:
            self.init(.noReplica, error.message, hint: "Begin with: weonomy init, or weonomy join")
        case .corrupt:
            self.init(.corrupt, error.message, hint: "See: weonomy doctor")
        case .newerVersion:
            self.init(.newerVersion, error.message, hint: "Update Weonomy on this laptop")
        case .busy:
            self.init(.busy, error.message, hint: "Try again in a moment")
        case .diskFull:
            self.init(.diskFull, error.message, hint: "Make room; nothing was lost")
        case .readOnly:
            self.init(.readOnly, error.message, hint: "Check the permissions of the folder")
        case .inputOutput:
            self.init(.file, error.message, hint: "The disk may be failing: make a copy")
        case .team:
            self.init(.notAllowed, error.message)
        case .refused:
            self.init(.invalid, error.message)
        case .database:
            self.init(.failed, error.message)
        }
    }

    init(_ error: KeyError, path: String = "") {
        switch error {
        case .wrongPassphrase:
            self.init(.wrongPassphrase, "this passphrase does not open \(path)")
        case .weakPassphrase:
            self.init(.invalid, error.description, hint: "Several words make a good one")
        case .file(.exists, let path):
            self.init(.exists, "\(path) is there already, and a key is never overwritten")
        case .sealedFile(let fault):
            self.init(.key, "key file \(path) \(fault)", hint: BrainError.hint(fault))
        default:
            self.init(.key, error.description)
        }
    }

    private static func hint(_ fault: KeyError.SealFault) -> String {
        switch fault {
        case .damaged: "Move it away and put a backup back: weonomy key restore FILE"
        case .newerVersion: "Update Weonomy on this laptop"
        case .notSealed, .otherPurpose, .tooCostly: ""
        }
    }

    static func passphraseNeeded(_ path: String) -> BrainError {
        BrainError(
            .passphraseNeeded, "\(path) is sealed with a passphrase",
            hint: "Give it with --passphrase-file FILE")
    }

    init(_ error: TransportError) {
        switch error {
        case .session(.notOneOfUs, address: let address):
            self.init(
                .trust, "\(address) does not know this team or this invitation",
                hint: "Check the address and the code, or ask for a new invitation")
        case .session(.excluded, address: let address):
            self.init(
                .excluded, "\(address) says that this laptop was put out of the team",
                hint: "Ask a moderator; nothing here was deleted")
        case .session(.joinRefused(let reason), address: _):
            self.init(.trust, reason, hint: "Ask for a new invitation")
        case .session(let session, address: _)
        where session == .unknownDevice || session == .badProof || session == .otherTeam:
            self.init(.trust, session.description)
        case .session(.refused(SyncError.unknownDevice.code, _), address: _):
            self.init(.trust, Reason.unknownThere)
        case .session(.refused(let code, let reason), address: _)
        where (1...4).contains(code) || code == 12:
            self.init(.trust, "the other side refused this laptop \(reason)".trimmed)
        case .store(let fault):
            self.init(.failed, fault.description)
        case .turnedAway(let address):
            self.init(
                .trust, "\(address) ended the connection before saying who it is",
                hint: "Check that it is a colleague of the same team, and that the code is right")
        default:
            self.init(.network, error.description)
        }
    }
}

/// Runs code that asks the replica, and translates its errors.
func translating<Result>(
    _ body: () throws(ReplicaError) -> Result
) throws(BrainError) -> Result {
    do throws(ReplicaError) { return try body() } catch { throw BrainError(error) }
}
