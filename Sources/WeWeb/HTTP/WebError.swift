package import Weonomy

/// Why the page cannot be shown, in words for the person who can mend it.
package enum WebError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A port is a number from 0 to 65535.
    case badPort(Int)
    /// The port on this machine's own address cannot be had.
    case cannotListen(TransportError)
    /// The system gives no thread or no pipe.
    case system(String)
    /// It has been started before.
    case started
    /// Nothing is done any more after `stop()`.
    case stopped

    package var description: String {
        switch self {
        case .badPort(let port): "\(port) is no port: a port is a number from 0 to 65535."
        case .cannotListen(let error): error.description
        case .system(let reason): "The page cannot be shown: \(reason)."
        case .started: "The page is shown already."
        case .stopped: "The page is shown no more."
        }
    }
}
