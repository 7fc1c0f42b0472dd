import Synchronization
import WeTransport
import Weonomy

/// Shows pages to the browsers of this laptop, and to nobody else.
///
/// It listens on loopback only. What it does about other programs and other sites' pages is told
/// at ``WebGuard``; how it lives with slow and hostile clients at ``WebLimits``.
package final class WebServer: Sendable {
    private let loop: EventLoop
    private let port: UInt16
    private let isReadOnly: Bool
    private let openPaths: Set<String>
    private let handler: any WebHandler
    private let limits: WebLimits
    private let state = Mutex(State())

    private struct State {
        var isStarted = false
        var isStopped = false
        var running: Running?
    }

    private struct Running: Sendable {
        let engine: LoopBound<WebEngine>
        let guardian: WebGuard
    }

    /// Prepares a server on `port`, where 0 lets the system choose.
    ///
    /// `openPaths` are answered without a session: style sheets, scripts and icons, that are the same
    /// for everybody.
    package init(
        port: Int = 0, isReadOnly: Bool = false, openPaths: Set<String> = [],
        handler: any WebHandler, limits: WebLimits = WebLimits()
    ) throws(WebError) {
        guard let number = UInt16(exactly: port) else { throw .badPort(port) }
        do throws(SystemError) {
            loop = try EventLoop(name: "web")
        } catch {
            throw .system(error.description)
        }
        self.port = number
        self.isReadOnly = isReadOnly
        self.openPaths = openPaths
        self.handler = handler
        self.limits = limits
    }

    deinit {
        if let running = state.withLock({ $0.running }) {
            loop.execute { running.engine.value.stopNow() }
        }
        loop.askToStop()
    }

    /// Begins to answer.
    package func start() async throws(WebError) -> WebAddress {
        let refusal = state.withLock { state -> WebError? in
            if state.isStopped { return .stopped }
            if state.isStarted { return .started }
            state.isStarted = true
            return nil
        }
        if let refusal { throw refusal }
        let result = await withCheckedContinuation { continuation in
            let isTaken = loop.execute { continuation.resume(returning: self.listen()) }
            if !isTaken { continuation.resume(returning: .failure(.stopped)) }
        }
        let running = try result.get()
        let isStopped = state.withLock { state in
            state.running = running
            return state.isStopped
        }
        guard !isStopped else { throw .stopped }
        return WebAddress(port: running.guardian.port, oneTimeURL: newOneTimeURL())
    }

    /// A URL that lets one browser in, once, within ten minutes; empty before the start.
    ///
    /// Appending `?to=/path` leads it to another page than the first.
    package func newOneTimeURL() -> String {
        let guardian = state.withLock { $0.running?.guardian }
        return guardian?.newOneTimeURL(now: loop.now) ?? ""
    }

    /// Ends: what was sent with POST is answered, everything else is cut; when it returns, the
    /// handler is at nothing that heeds being cancelled.
    package func stop() async {
        let running = state.withLock { state in
            state.isStopped = true
            return state.running
        }
        if let running {
            await withCheckedContinuation { continuation in
                let isTaken = loop.execute {
                    running.engine.value.stop { continuation.resume() }
                }
                if !isTaken { continuation.resume() }
            }
        }
        await loop.stop()
    }

    // MARK: - Listening

    /// Ports that are tried when the system chooses: the one that it gives for IPv4 may be in use
    /// for IPv6.
    private static let triesMax = 8

    private func listen() -> Result<Running, WebError> {
        var failure = WebError.stopped
        for _ in 0..<(port == 0 ? WebServer.triesMax : 1) {
            do throws(WebError) {
                return .success(try listenOnce())
            } catch {
                failure = error
            }
        }
        return .failure(failure)
    }

    private func listenOnce() throws(WebError) -> Running {
        let socket = try WebServer.socket(.loopback(port: port))
        guard let port = socket.localAddress?.port else { throw .system("getsockname") }
        let guardian = WebGuard(
            port: port, isReadOnly: isReadOnly, openPaths: openPaths,
            sessions: WebSessions(limits: limits))
        let engine = WebEngine(loop: loop, handler: handler, limits: limits, guardian: guardian)
        do throws(WebError) {
            engine.listen(try WebServer.socket(.loopbackIPv6(port: port)))
        } catch {
            // A machine without IPv6 has nobody there either who could be taken for this server.
            guard case .cannotListen(.unreachable) = error else { throw error }
        }
        engine.listen(socket)
        return Running(engine: LoopBound(engine, on: loop), guardian: guardian)
    }

    private static func socket(_ address: SocketAddress) throws(WebError) -> Socket {
        do throws(SystemError) {
            return try Socket.listening(on: address)
        } catch {
            throw .cannotListen(error.named(address.description))
        }
    }
}

/// Where a server is.
package struct WebAddress: Sendable {
    /// The TCP port, the same for IPv4 and IPv6.
    package let port: UInt16
    /// What to open in the browser.
    package let oneTimeURL: String
}
