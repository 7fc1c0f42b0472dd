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

    /// Joins both.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// What it is, in words.
    public var description: String { message }

    /// Translates an SQLite result (https://www.sqlite.org/rescode.html).
    init(result: Int32, message: String) {
        let code: Code =
            switch result & 0xff {
            case SQLITE_BUSY, SQLITE_LOCKED: .busy
            case SQLITE_FULL: .diskFull
            case SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH: .readOnly
            case SQLITE_IOERR: .inputOutput
            case SQLITE_CORRUPT, SQLITE_NOTADB: .corrupt
            case SQLITE_CANTOPEN: .missing
            default: .database
            }
        self.init(code, "\(message) (SQLite \(result))")
    }
}
