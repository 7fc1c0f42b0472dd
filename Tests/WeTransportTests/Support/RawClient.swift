import WeTransport

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A client that speaks no protocol; its calls block, for at most a minute.
struct RawClient: ~Copyable {
    let socket: Socket

    init(port: UInt16, host: String = "127.0.0.1") throws {
        let addresses = try SocketAddress.resolve(PeerAddress(host: host, port: port))
        let socket = try Socket.connecting(to: addresses[0])
        var entry = pollfd(fd: socket.descriptor, events: Int16(POLLOUT), revents: 0)
        guard poll(&entry, 1, 600_000) == 1 else { throw WaitingError.deadline }
        if let error = socket.pendingError() { throw error }
        self.socket = socket
    }

    init(_ socket: consuming Socket) { self.socket = socket }

    /// Waits until the socket is ready; `false` when it is not in time.
    func wait(for events: Int32, milliseconds: Int32 = 600_000) -> Bool {
        var entry = pollfd(fd: socket.descriptor, events: Int16(events), revents: 0)
        return poll(&entry, 1, milliseconds) == 1
    }

    func send(_ bytes: [UInt8]) throws {
        var offset = 0
        while offset < bytes.count {
            guard wait(for: POLLOUT) else { throw WaitingError.deadline }
            offset += try socket.write(bytes, from: offset)
        }
    }

    /// Whether the other side has ended the connection by now.
    func isEnded(milliseconds: Int32) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while wait(for: POLLIN, milliseconds: milliseconds) {
            guard let result = try? socket.read(into: &buffer) else { return true }
            if result == .end { return true }
        }
        return false
    }
}

/// Forwards one connection and cuts it after so many bytes towards the caller.
func relay(from listener: consuming Socket, to port: UInt16, bytesMax: Int) throws {
    var entry = pollfd(fd: listener.descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&entry, 1, 600_000) == 1, let accepted = try listener.accepted() else {
        throw WaitingError.deadline
    }
    let caller = RawClient(accepted)
    let target = try RawClient(port: port)
    var buffer = [UInt8](repeating: 0, count: 16_384)
    var left = bytesMax
    while left > 0 {
        var entries = [
            pollfd(fd: caller.socket.descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: target.socket.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        guard poll(&entries, 2, 600_000) > 0 else { throw WaitingError.deadline }
        if entries[0].revents != 0 {
            guard case .bytes(let count) = try caller.socket.read(into: &buffer) else { return }
            try target.send(Array(buffer[..<count]))
        }
        if entries[1].revents != 0 {
            guard case .bytes(let count) = try target.socket.read(into: &buffer) else { return }
            try caller.send(Array(buffer[..<min(count, left)]))
            left -= count
        }
    }
}
