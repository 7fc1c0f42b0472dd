import Foundation
import WeTransport

/// Passes one connection on to a listener and cuts it after so many bytes of both directions.
final class CuttingRelay: Sendable {
    let address: String

    init(to port: UInt16, bytesMax: Int) throws {
        let loopback = try SocketAddress.resolve(PeerAddress(host: "127.0.0.1", port: 0))[0]
        let listener = try Socket.listening(on: loopback)
        guard let own = listener.localAddress else { throw Laptop.Missing() }
        address = "127.0.0.1:\(own.port)"
        let target = try SocketAddress.resolve(PeerAddress(host: "127.0.0.1", port: port))[0]
        // The thread owns the listener, so a second caller is refused once the first was cut.
        let box = Box(listener)
        Thread.detachNewThread { try? CuttingRelay.pass(box.take(), to: target, bytesMax) }
    }

    private final class Box: @unchecked Sendable {
        private var socket: Socket?
        init(_ socket: consuming Socket) { self.socket = consume socket }
        func take() -> Socket? { socket.take() }
    }

    private static let milliseconds: Int32 = 20_000

    private static func pass(
        _ listener: consuming Socket?, to target: SocketAddress, _ bytesMax: Int
    ) throws {
        guard let listener, wait([listener.descriptor]), let caller = try listener.accepted()
        else { return }
        let callee = try Socket.connecting(to: target)
        var left = bytesMax
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while left > 0, wait([caller.descriptor, callee.descriptor]) {
            guard try move(from: caller, to: callee, &buffer, &left),
                try move(from: callee, to: caller, &buffer, &left)
            else { return }
        }
    }

    private static func wait(_ descriptors: [Int32], for events: Int32 = POLLIN) -> Bool {
        var entries = descriptors.map { pollfd(fd: $0, events: Int16(events), revents: 0) }
        return poll(&entries, nfds_t(entries.count), milliseconds) > 0
    }

    /// Passes on what is there; `false` at the end of a side, or when enough has passed.
    private static func move(
        from: borrowing Socket, to: borrowing Socket, _ buffer: inout [UInt8], _ left: inout Int
    ) throws -> Bool {
        switch try from.read(into: &buffer) {
        case .nothing: return true
        case .end: return false
        case .bytes(let count):
            let bytes = Array(buffer[..<min(count, left)])
            left -= bytes.count
            var offset = 0
            while offset < bytes.count {
                guard wait([to.descriptor], for: POLLOUT) else { return false }
                offset += try to.write(bytes, from: offset)
            }
            return left > 0
        }
    }
}
