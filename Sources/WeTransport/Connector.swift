import WeSync

/// Dials the addresses of one peer, one after another, until one answers.
final class Connector: DescriptorHandler {
    private let loop: EventLoop
    private let name: String
    private let deadline: Milliseconds
    private let done: (consuming Socket?, TransportError?) -> Void
    private var addresses: ArraySlice<SocketAddress>
    private var socket: Socket?
    private var timer: TimerID?
    private var lastError: TransportError

    init(
        _ addresses: [SocketAddress], name: String, deadline: Milliseconds, loop: EventLoop,
        done: @escaping (consuming Socket?, TransportError?) -> Void
    ) {
        self.addresses = addresses[...]
        self.name = name
        self.deadline = deadline
        self.loop = loop
        self.done = done
        lastError = .timedOut(name)
    }

    /// Dials the next address; each gets an equal part of the time that is left.
    func start() {
        while let address = addresses.popFirst() {
            let now = loop.now
            guard now < deadline else { break }
            do throws(SystemError) {
                let socket = try Socket.connecting(to: address)
                loop.watch(socket.descriptor, for: .writing, handler: self)
                self.socket = consume socket
            } catch {
                lastError = error.named(name)
                continue
            }
            let share = (deadline - now) / Milliseconds(addresses.count + 1)
            timer = loop.schedule(at: now + max(share, 1)) { [weak self] in
                self?.failed(.timedOut(self?.name ?? ""))
            }
            return
        }
        done(nil, lastError)
    }

    func ready(_ readiness: Readiness) {
        if let error = socket?.pendingError() {
            failed(error.named(name))
            return
        }
        clear()
        guard let socket = socket.take() else { return }
        done(socket, nil)
    }

    private func failed(_ error: TransportError) {
        clear()
        socket = nil
        lastError = error
        start()
    }

    /// Gives up without calling back.
    func cancel() {
        clear()
        socket = nil
    }

    private func clear() {
        if let timer { loop.cancel(timer) }
        timer = nil
        if let descriptor = socket?.descriptor { loop.unwatch(descriptor) }
    }
}
