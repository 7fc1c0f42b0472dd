#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A TCP socket that never blocks, is closed on `exec`, and is closed when dropped.
@safe
package struct Socket: ~Copyable {
    /// The file descriptor, for registration with a loop only.
    package let descriptor: Int32

    /// What a read gave.
    package enum ReadResult: Equatable {
        /// So many bytes at the start of the buffer.
        case bytes(Int)
        /// Nothing has arrived.
        case nothing
        /// The other side will send no more.
        case end
    }

    /// Connections that the kernel keeps for us until they are accepted.
    private static let backlog: Int32 = 128

    private init(owning descriptor: Int32) { self.descriptor = descriptor }

    deinit { _ = close(descriptor) }

    private static func open(_ family: Int32) throws(SystemError) -> Socket {
        #if canImport(Glibc)
            let kind = Int32(SOCK_STREAM.rawValue)
        #else
            let kind = SOCK_STREAM
        #endif
        let descriptor = socket(family, kind, 0)
        guard descriptor >= 0 else { throw .last("socket") }
        let socket = Socket(owning: descriptor)
        try socket.prepare()
        return socket
    }

    private func prepare() throws(SystemError) {
        try Descriptor.prepare(descriptor)
        #if canImport(Darwin)
            try set(SOL_SOCKET, SO_NOSIGPIPE, 1)
        #endif
    }

    private func set(_ level: Int32, _ option: Int32, _ value: Int32) throws(SystemError) {
        var value = value
        let size = socklen_t(MemoryLayout<Int32>.size)
        guard unsafe setsockopt(descriptor, level, option, &value, size) == 0 else {
            throw .last("setsockopt")
        }
    }

    // MARK: - Opening

    /// Listens; an IPv6 socket for every address takes IPv4 too.
    package static func listening(on address: SocketAddress) throws(SystemError) -> Socket {
        let socket = try open(address.family)
        try socket.set(SOL_SOCKET, SO_REUSEADDR, 1)
        if address.isIPv6 {
            let isForAll = address.octets.allSatisfy { $0 == 0 }
            try socket.set(Int32(IPPROTO_IPV6), IPV6_V6ONLY, isForAll ? 0 : 1)
        }
        let bound = unsafe address.withPointer { unsafe bind(socket.descriptor, $0, $1) }
        guard bound == 0 else { throw .last("bind") }
        guard listen(socket.descriptor, backlog) == 0 else { throw .last("listen") }
        return socket
    }

    /// Begins to connect; it is done, or has failed, when the socket is writable.
    package static func connecting(to address: SocketAddress) throws(SystemError) -> Socket {
        let socket = try open(address.family)
        try socket.tune()
        let result = unsafe address.withPointer { unsafe connect(socket.descriptor, $0, $1) }
        guard result == 0 || errno == EINPROGRESS || errno == EINTR else { throw .last("connect") }
        return socket
    }

    /// The next connection that waits; `nil` when none does.
    package func accepted() throws(SystemError) -> Socket? {
        let result = accept(descriptor, nil, nil)
        guard result >= 0 else {
            let error = SystemError.last("accept")
            if error.isTemporary || error.code == ECONNABORTED { return nil }
            throw error
        }
        let socket = Socket(owning: result)
        try socket.prepare()
        try socket.tune()
        return socket
    }

    /// Small messages leave at once; a peer whose laptop was closed is noticed some day.
    private func tune() throws(SystemError) {
        try set(Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        try set(SOL_SOCKET, SO_KEEPALIVE, 1)
    }

    // MARK: - Moving bytes

    /// Reads what has arrived, at most as much as `buffer` holds.
    package func read(into buffer: inout [UInt8]) throws(SystemError) -> ReadResult {
        let count = unsafe buffer.withUnsafeMutableBytes {
            unsafe recv(descriptor, $0.baseAddress, $0.count, 0)
        }
        if count > 0 { return .bytes(count) }
        if count == 0 { return .end }
        let error = SystemError.last("recv")
        if error.isTemporary { return .nothing }
        throw error
    }

    /// Writes from `offset` on and says how many bytes the kernel took: 0 when it has no room.
    package func write(_ bytes: [UInt8], from offset: Int) throws(SystemError) -> Int {
        guard offset < bytes.count else { return 0 }
        #if canImport(Darwin)
            let flags: Int32 = 0
        #else
            let flags = Int32(MSG_NOSIGNAL)
        #endif
        let count = unsafe bytes.withUnsafeBytes { buffer in
            let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[offset...])
            return unsafe send(descriptor, rest.baseAddress, rest.count, flags)
        }
        if count >= 0 { return count }
        let error = SystemError.last("send")
        if error.isTemporary { return 0 }
        throw error
    }

    /// Says that no more will be sent; reading goes on.
    package func finishWriting() { _ = shutdown(descriptor, Int32(SHUT_WR)) }

    // MARK: - Questions

    /// How a connect ended; `nil` when it succeeded.
    package func pendingError() -> SystemError? {
        var code: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        guard unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size) == 0 else {
            return .last("getsockopt")
        }
        return code == 0 ? nil : SystemError(call: "connect", code: code)
    }

    /// This side's address.
    package var localAddress: SocketAddress? {
        unsafe SocketAddress.filled { unsafe getsockname(descriptor, $0, $1) }
    }

    /// The other side's address.
    package var remoteAddress: SocketAddress? {
        unsafe SocketAddress.filled { unsafe getpeername(descriptor, $0, $1) }
    }
}

/// What every descriptor here is.
enum Descriptor {
    /// Never blocks, and is not inherited by programs that are started.
    static func prepare(_ descriptor: Int32) throws(SystemError) {
        let flags = fcntl(descriptor, F_GETFL)
        guard flags >= 0, fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0,
            fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0
        else { throw .last("fcntl") }
    }
}
