import WeTransport
import Weonomy

/// All connections of one server, on one loop.
final class WebEngine {
    let loop: EventLoop
    let handler: any WebHandler
    let context: HTTPConnection.Context
    /// Where sockets are read into: one for all, since one is read at a time.
    var readBuffer = [UInt8](repeating: 0, count: 64 << 10)

    private var listeners: [Listener] = []
    private var connections: [Int: WebConnection] = [:]
    private var connectionNumber = 0
    /// What the handler is at.
    private var tasks: [Int: Task<Void, Never>] = [:]
    private var taskNumber = 0
    private var isHolding = false
    private var isStopping = false
    private var whenStopped: [@Sendable () -> Void] = []

    init(loop: EventLoop, handler: any WebHandler, limits: WebLimits, guardian: WebGuard) {
        self.loop = loop
        self.handler = handler
        context = HTTPConnection.Context(limits: limits, guardian: guardian) {
            handler.refuse($0, acceptLanguage: $1)
        }
    }

    /// Takes connections from a socket.
    func listen(_ socket: consuming Socket) {
        let listener = Listener(socket, loop: loop) { [self] socket, _ in accept(socket) }
        listeners.append(listener)
    }

    // MARK: - Connections

    private func accept(_ socket: consuming Socket) {
        guard !isStopping else { return }
        if connections.count >= context.limits.connectionsMax { makeRoom() }
        connectionNumber += 1
        let connection = WebConnection(id: connectionNumber, socket: socket, engine: self)
        connections[connectionNumber] = connection
        connection.start()
    }

    /// Closes the oldest connection that waits for nothing, or else the oldest whose request never
    /// becomes whole; otherwise the new one is one too many, and the last for now.
    private func makeRoom() {
        let oldest = connections.values.sorted { $0.id < $1.id }
        let place = oldest.first { $0.isIdle() } ?? oldest.first { $0.isReceiving }
        place?.cut()
    }

    /// Lets browsers wait outside while there is no room.
    func settled() {
        let isFull =
            connections.count >= context.limits.connectionsMax
            && !connections.values.contains(where: \.mayMakeRoom)
        guard isFull != isHolding, !isStopping else { return }
        isHolding = isFull
        for listener in listeners {
            if isFull { listener.hold() } else { listener.resume() }
        }
    }

    /// Whether one more event stream may be open.
    var mayStream: Bool {
        connections.values.count(where: \.isStreaming) < context.limits.streamsMax
    }

    /// A connection is over.
    func closed(_ connection: WebConnection) {
        connections[connection.id] = nil
        // Its descriptor is free: an exhausted listener may go on.
        if !isHolding { for listener in listeners { listener.resume() } }
        settled()
        checkStopped()
    }

    // MARK: - Tasks

    /// Runs what the handler does away from the loop.
    func run(_ body: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
        taskNumber += 1
        let (loop, bound, number) = (loop, LoopBound(self, on: loop), taskNumber)
        let task = Task {
            await body()
            loop.execute { bound.value.taskEnded(number) }
        }
        tasks[number] = task
        return task
    }

    private func taskEnded(_ number: Int) {
        tasks[number] = nil
        checkStopped()
    }

    // MARK: - Stopping

    /// Ends when the answers to what was sent are out, or after a while without them.
    func stop(_ done: @escaping @Sendable () -> Void) {
        whenStopped.append(done)
        guard !isStopping else { return checkStopped() }
        isStopping = true
        for listener in listeners { listener.stop() }
        listeners = []
        for connection in Array(connections.values) { connection.stop() }
        let due = loop.now + context.limits.stopMillisecondsMax
        _ = loop.schedule(at: due) { [self] in stopNow() }
        checkStopped()
    }

    /// Ends whatever is left.
    func stopNow() {
        isStopping = true
        for listener in listeners { listener.stop() }
        listeners = []
        for connection in Array(connections.values) { connection.cut() }
        for task in tasks.values { task.cancel() }
        // One that does not heed that is not waited for.
        tasks = [:]
        checkStopped()
    }

    private func checkStopped() {
        guard isStopping, connections.isEmpty, tasks.isEmpty else { return }
        let callbacks = whenStopped
        whenStopped = []
        for callback in callbacks { callback() }
    }
}
