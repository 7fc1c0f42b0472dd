#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A call to the system that failed.
package struct SystemError: Error, Equatable, CustomStringConvertible {
    /// Which call.
    package let call: String
    /// Its `errno`.
    package let code: Int32

    /// Takes the calling thread's `errno`, which the next call may change.
    package static func last(_ call: String) -> SystemError {
        SystemError(call: call, code: errno)
    }

    /// What the system says about it.
    package var reason: String { unsafe String(cString: strerror(code)) }

    package var description: String { "\(call): \(reason)" }

    /// Whether trying again when the descriptor is ready may succeed.
    package var isTemporary: Bool { code == EAGAIN || code == EWOULDBLOCK || code == EINTR }

    /// Whether descriptors or memory ran out: others must close something first.
    package var isExhaustion: Bool {
        code == EMFILE || code == ENFILE || code == ENOBUFS || code == ENOMEM
    }

    /// What it means to someone who wants to reach, or listen on, an address.
    package func named(_ address: String) -> TransportError {
        switch code {
        case ECONNREFUSED: .refused(address)
        case ETIMEDOUT: .timedOut(address)
        case EADDRINUSE: .addressInUse(address)
        case EACCES, EPERM: .permission(address)
        case ENETUNREACH, EHOSTUNREACH, ENETDOWN, EHOSTDOWN, EADDRNOTAVAIL, EAFNOSUPPORT:
            .unreachable(address, reason: reason)
        case ECONNRESET, EPIPE, ECONNABORTED: .closedByPeer(address)
        default: .system(address, reason: description)
        }
    }
}
