import WeSync

/// Accepts connections on one address and hands them on.
///
/// When descriptors run out it stops accepting until one may be free again: the kernel keeps the
/// callers waiting, and the loop does not spin on a socket that stays readable.
final class Listener: DescriptorHandler {
    private let loop: EventLoop
    private let socket: Socket
    private let accepted: (consuming Socket, SocketAddress) -> Void
    private var retry: TimerID?

    /// How long to wait for a descriptor.
    private static let pauseMilliseconds: Milliseconds = 200
    /// Accepted at once before others get their turn.
    private static let burstMax = 32

    init(
        _ socket: consuming Socket, loop: EventLoop,
        accepted: @escaping (consuming Socket, SocketAddress) -> Void
    ) {
        self.loop = loop
        self.socket = socket
        self.accepted = accepted
        loop.watch(self.socket.descriptor, for: .reading, handler: self)
    }

    /// What it listens on.
    var address: SocketAddress? { socket.localAddress }

    /// Whether it waits for descriptors to become free.
    var isPaused: Bool { retry != nil }

    func ready(_ readiness: Readiness) {
        for _ in 0..<Listener.burstMax {
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
        guard retry == nil else { return }
        loop.setInterest(of: socket.descriptor, to: [])
        retry = loop.schedule(at: loop.now + Listener.pauseMilliseconds) { [weak self] in
            self?.resume()
        }
    }

    /// Goes on accepting; called when a connection has been closed.
    func resume() {
        guard let retry else { return }
        loop.cancel(retry)
        self.retry = nil
        loop.setInterest(of: socket.descriptor, to: .reading)
    }

    /// Stops for good; the socket is closed when the listener is dropped.
    func stop() {
        if let retry { loop.cancel(retry) }
        retry = nil
        loop.unwatch(socket.descriptor)
    }
}
