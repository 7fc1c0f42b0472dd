import WeSQLite

/// Why a replica could not do what was asked.
public struct ReplicaError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of trouble, so that a caller can choose what to do.
    public enum Code: String, Sendable {
        /// The file isn't there.
        case missing
        /// The file is not a replica, or damaged.
        case corrupt
        /// A newer version of the program wrote it.
        case newerVersion
        /// Another process holds it for longer than we wait.
        case busy
        /// The disk is full.
        case diskFull
        /// The file or its folder can't be written.
        case readOnly
        /// The disk failed.
        case inputOutput
        /// The replica belongs to another team, or to none yet.
        case team
        /// An event of our own was refused: a fault of the program.
        case refused
        /// Anything else that SQLite says.
        case database
    }

    /// What kind.
    public let code: Code
    /// What happened, in words, without anyone's content.
    public let message: String
    /// Whether a sync failed (SQLITE_IOERR_FSYNC or _DIR_FSYNC), after which nothing is known of
    /// what the disk holds.
    let isSyncFailure: Bool

    /// Joins both.
    public init(_ code: Code, _ message: String) {
        isSyncFailure = false
        self.code = code
        self.message = message
    }

    /// What it is, in words.
    public var description: String { message }

    /// Translates an SQLite result (https://www.sqlite.org/rescode.html).
    ///
    /// - Parameter systemError: `errno` of the call behind it; 0 where it isn't known. What can't
    ///   be opened may be missing or forbidden, or the disk may be failing: only this tells.
    init(result: Int32, message: String, systemError: Int32 = 0) {
        let code: Code =
            switch result & 0xff {
            case SQLITE_BUSY, SQLITE_LOCKED: .busy
            case SQLITE_FULL: .diskFull
            case SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH: .readOnly
            case SQLITE_IOERR: ReplicaError.code(systemError) ?? .inputOutput
            case SQLITE_CORRUPT, SQLITE_NOTADB: .corrupt
            case SQLITE_CANTOPEN: ReplicaError.code(systemError) ?? .missing
            default: .database
            }
        isSyncFailure = result == 10 | 4 << 8 || result == 10 | 5 << 8
        self.code = code
        self.message = "\(message) (SQLite \(result))"
    }

    /// What the system's error says; `nil` where it says nothing in particular.
    ///
    /// The numbers are the same on Linux and macOS, but for a quota that is used up.
    private static func code(_ systemError: Int32) -> Code? {
        switch systemError {
        case 1, 13, 30: .readOnly  // EPERM, EACCES, EROFS
        case 5, 12, 23, 24: .inputOutput  // EIO, ENOMEM, ENFILE, EMFILE
        case 28, 69, 122: .diskFull  // ENOSPC, EDQUOT
        default: nil
        }
    }
}
