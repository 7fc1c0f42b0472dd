import WeSync

/// Accepts connections on one address and hands them on.
///
/// When descriptors run out it stops accepting until one may be free again: the kernel keeps the
/// callers waiting, and the loop does not spin on a socket that stays readable.
package final class Listener: DescriptorHandler {
    private let loop: EventLoop
    private let socket: Socket
    private let accepted: (consuming Socket, SocketAddress) -> Void
    private var retry: TimerID?
    private var isHeld = false

    /// How long to wait for a descriptor.
    private static let pauseMilliseconds: Milliseconds = 200
    /// Accepted at once before others get their turn.
    private static let burstMax = 32

    /// Begins to accept; for the loop's thread, as all of it.
    package init(
        _ socket: consuming Socket, loop: EventLoop,
        accepted: @escaping (consuming Socket, SocketAddress) -> Void
    ) {
        self.loop = loop
        self.socket = socket
        self.accepted = accepted
        loop.watch(self.socket.descriptor, for: .reading, handler: self)
    }

    /// What it listens on.
    package var address: SocketAddress? { socket.localAddress }

    /// Whether it waits for descriptors to become free.
    var isPaused: Bool { retry != nil }

    package func ready(_ readiness: Readiness) {
        for _ in 0..<Listener.burstMax where !isHeld {
            do throws(SystemError) {
                guard let socket = try socket.accepted() else { return }
                // Gone already: the system cannot say who it was.
                guard let address = socket.remoteAddress else { continue }
                accepted(socket, address)
            } catch {
                if error.isExhaustion { pause() }
                return
            }
        }
    }

    private func pause() {
        guard retry == nil, !isHeld else { return }
        loop.setInterest(of: socket.descriptor, to: [])
        retry = loop.schedule(at: loop.now + Listener.pauseMilliseconds) { [weak self] in
            self?.resume()
        }
    }

    /// Leaves callers waiting outside until ``resume()``.
    package func hold() {
        isHeld = true
        if let retry { loop.cancel(retry) }
        retry = nil
        loop.setInterest(of: socket.descriptor, to: [])
    }

    /// Goes on accepting; called when a connection has been closed.
    package func resume() {
        guard retry != nil || isHeld else { return }
        if let retry { loop.cancel(retry) }
        retry = nil
        isHeld = false
        loop.setInterest(of: socket.descriptor, to: .reading)
    }

    /// Stops for good; the socket is closed when the listener is dropped.
    package func stop() {
        if let retry { loop.cancel(retry) }
        retry = nil
        loop.unwatch(socket.descriptor)
    }
}
