import WeTransport
import Weonomy

/// Drives one browser's connection over its socket: does what ``HTTPConnection`` says.
///
/// Lives on the server's loop. Every event ends in `settle()`, which writes what there is to write
/// and says what to wait for next.
final class WebConnection: DescriptorHandler {
    let id: Int
    /// Whether events are handed on.
    private(set) var isStreaming = false

    private let engine: WebEngine
    private var machine: HTTPConnection
    private var socket: Socket?
    private let descriptor: Int32
    private var output = SendBuffer()
    private var isInputOver = false
    private var timer: (id: TimerID, due: Milliseconds)?
    /// The handler's answer, or the handing on of its events.
    private var task: Task<Void, Never>?

    init(id: Int, socket: consuming Socket, engine: WebEngine) {
        self.id = id
        self.engine = engine
        machine = HTTPConnection(engine.context, now: engine.loop.now)
        descriptor = socket.descriptor
        self.socket = consume socket
    }

    func start() {
        engine.loop.watch(descriptor, for: .reading, handler: self)
        settle()
    }

    // MARK: - Making room

    /// Whether it waits for nothing, once what has just come in was looked at.
    func isIdle() -> Bool {
        guard machine.isIdle else { return false }
        read()
        settle()
        return machine.isIdle
    }

    /// Whether its request is not whole.
    var isReceiving: Bool { machine.isReceiving }

    // MARK: - Events

    func ready(_ readiness: Readiness) {
        if readiness.contains(.reading) { read() }
        settle()
    }

    func stop() {
        obey(machine.stop(now: engine.loop.now))
        settle()
    }

    func cut() {
        obey(machine.close())
        settle()
    }

    private func read() {
        guard !isInputOver, machine.wantsInput else { return }
        do throws(SystemError) {
            switch try socket?.read(into: &engine.readBuffer) ?? .end {
            case .nothing: return
            case .bytes(let count):
                obey(machine.received(engine.readBuffer[..<count], now: engine.loop.now))
            case .end:
                isInputOver = true
                obey(machine.ended())
            }
        } catch {
            isInputOver = true
            obey(machine.failed())
        }
    }

    /// Whether something could be written.
    private func write() -> Bool {
        do throws(SystemError) {
            let count = try output.write(to: socket)
            guard count > 0 else { return false }
            obey(machine.wrote(count, now: engine.loop.now))
            return true
        } catch {
            obey(machine.failed())
            return false
        }
    }

    private func timerFired() {
        timer = nil
        obey(machine.tick(now: engine.loop.now))
        settle()
    }

    // MARK: - Obeying

    private func obey(_ actions: [HTTPConnection.Action]) {
        for action in actions {
            switch action {
            case .send(let bytes): output.append(bytes)
            case .ask(let request): ask(request)
            case .read(let pieces, let place): read(pieces, from: place)
            case .follow(let events): follow(events)
            case .cancel: task?.cancel()
            case .finishWriting: socket?.finishWriting()
            case .close: end()
            }
        }
    }

    private func ask(_ request: WebRequest) {
        let (loop, handler, bound) = (engine.loop, engine.handler, LoopBound(self, on: engine.loop))
        task = engine.run {
            let response = await handler.respond(to: request)
            loop.execute { bound.value.answered(response, to: request) }
        }
    }

    private func answered(_ response: WebResponse, to request: WebRequest) {
        var response = response
        if case .events = response.body, !engine.mayStream {
            response = engine.context.refuse(.busy, request.acceptLanguage)
            response.status = WebRefusal.busy.status
        }
        obey(machine.answered(response, now: engine.loop.now))
        settle()
    }

    private func read(_ pieces: WebPieces, from place: Int) {
        let (loop, bound) = (engine.loop, LoopBound(self, on: engine.loop))
        task = engine.run {
            let bytes = await pieces.read(place)
            loop.execute { bound.value.came(bytes) }
        }
    }

    private func came(_ bytes: [UInt8]) {
        obey(machine.came(bytes, now: engine.loop.now))
        settle()
    }

    private func follow(_ events: AsyncStream<WebEvent>) {
        isStreaming = true
        let (loop, bound) = (engine.loop, LoopBound(self, on: engine.loop))
        task = engine.run {
            for await event in events {
                // One at a time, so that what waits is counted where it waits.
                let isOpen = await withCheckedContinuation { continuation in
                    let isTaken = loop.execute {
                        continuation.resume(returning: bound.value.happened(event))
                    }
                    if !isTaken { continuation.resume(returning: false) }
                }
                guard isOpen else { return }
            }
            loop.execute { bound.value.streamEnded() }
        }
    }

    /// Sends an event; `false` when nobody is there for it.
    private func happened(_ event: WebEvent) -> Bool {
        obey(machine.happened(event, now: engine.loop.now))
        settle()
        return !machine.isClosed
    }

    private func streamEnded() {
        obey(machine.streamEnded(now: engine.loop.now))
        settle()
    }

    private func end() {
        if let timer { engine.loop.cancel(timer.id) }
        timer = nil
        task = nil
        engine.loop.unwatch(descriptor)
        socket = nil
        output.removeAll()
        engine.closed(self)
    }

    // MARK: - Settling

    /// Brings socket and timer in line with what just happened.
    private func settle() {
        // What was sent may lead to the next answer, up to as many as came at once; the rest has
        // its turn when the socket is writable again.
        for _ in 0..<WebConnection.roundsMax {
            guard !output.isEmpty, write() else { break }
        }
        guard !machine.isClosed else { return }
        var interest: Readiness = []
        if machine.wantsInput, !isInputOver { interest.insert(.reading) }
        if !output.isEmpty { interest.insert(.writing) }
        engine.loop.setInterest(of: descriptor, to: interest)
        arm()
        engine.settled()
    }

    private static let roundsMax = 4

    private func arm() {
        let due = machine.deadline
        // One that goes off earlier looks again: deadlines move with every byte.
        if let timer, timer.due <= due { return }
        if let timer { engine.loop.cancel(timer.id) }
        timer = nil
        guard due < .max else { return }
        let id = engine.loop.schedule(at: due) { [weak self] in self?.timerFired() }
        timer = (id, due)
    }
}
