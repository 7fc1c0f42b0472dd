public import WeLog
public import WeSync

/// Why a connection could not be made or ended, in words for the person who can mend it.
public enum TransportError: Error, Sendable, Equatable {
    /// What was typed is no address.
    case badAddress(String, reason: String)
    /// No number is known for the name.
    case cannotResolve(String, reason: String)
    /// The machine answers, but nobody listens there.
    case refused(String)
    /// There is no way to the machine from here.
    case unreachable(String, reason: String)
    /// No answer in time.
    case timedOut(String)
    /// Another program listens there already.
    case addressInUse(String)
    /// The system does not allow it.
    case permission(String)
    /// The other side ended the connection without a word.
    case closedByPeer(String)
    /// The other side ended the connection before it said who it is.
    case turnedAway(String)
    /// A newer connection to the same device took the place of this one.
    case replaced(String)
    /// The session ended for a reason of its own.
    case session(SyncError, address: String)
    /// The local store could not be asked.
    case store(StoreFault)
    /// As many connections are open as this side allows.
    case tooManyConnections(String)
    /// Nothing is done any more after `stop()`.
    case stopped
    /// The system failed in a way that has no name here.
    case system(String, reason: String)
}

extension TransportError: CustomStringConvertible {
    /// What happened and why.
    public var description: String {
        switch self {
        case .badAddress(let text, let reason):
            "\"\(text)\" is not an address: \(reason). Write host:port, such as 192.168.1.7:7431."
        case .cannotResolve(let address, let reason):
            "No address is known for \(address): \(reason)."
        case .refused(let address):
            "\(address) refused: nobody listens there. Is Weonomy running on that machine?"
        case .unreachable(let address, let reason):
            "\(address) cannot be reached from here: \(reason)."
        case .timedOut(let address):
            "\(address) did not answer in time: it is off, elsewhere, or behind a firewall."
        case .addressInUse(let address):
            "\(address) is in use: another program listens there. Choose another port."
        case .permission(let address):
            "The system does not allow the use of \(address). Ports below 1024 need privileges."
        case .closedByPeer(let address):
            "\(address) ended the connection."
        case .turnedAway(let address):
            "\(address) ended the connection before it said who it is."
        case .replaced(let address):
            "A newer connection to the same device replaced the one to \(address)."
        case .session(let error, let address):
            "The session with \(address) ended: \(error)"
        case .store(let fault):
            "The store could not answer: \(fault)"
        case .tooManyConnections(let address):
            "\(address) was turned away: too many connections are open."
        case .stopped:
            "Sync has been stopped."
        case .system(let address, let reason):
            "\(address) failed: \(reason)."
        }
    }
}
