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
    /// Accepted when there was no room; until there is, the others stay outside.
    private var waiting: Socket?
    /// Whether room is being looked for, which lets connections settle.
    private var isLooking = false
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
        guard hasRoom() else {
            waiting = consume socket
            for listener in listeners { listener.hold() }
            return
        }
        admit(socket)
    }

    private func admit(_ socket: consuming Socket) {
        connectionNumber += 1
        let connection = WebConnection(id: connectionNumber, socket: socket, engine: self)
        connections[connectionNumber] = connection
        connection.start()
    }

    /// Whether there is room for one more; where it can, it closes the oldest connection that waits
    /// for nothing, or else the oldest whose request never becomes whole.
    private func hasRoom() -> Bool {
        if connections.count < context.limits.connectionsMax { return true }
        let oldest = connections.values.sorted { $0.id < $1.id }
        let place = oldest.first { $0.isIdle() } ?? oldest.first { $0.isReceiving }
        place?.cut()
        // Looking may have found some that had gone.
        return connections.count < context.limits.connectionsMax
    }

    /// Something has changed at a connection: there may be room for the one that waits.
    func settled() {
        guard waiting != nil, !isLooking, !isStopping else { return }
        isLooking = true
        let hasRoom = hasRoom()
        isLooking = false
        guard hasRoom, let socket = waiting.take() else { return }
        admit(socket)
        for listener in listeners { listener.resume() }
    }

    /// Whether one more event stream may be open.
    var mayStream: Bool {
        connections.values.count(where: \.isStreaming) < context.limits.streamsMax
    }

    /// A connection is over.
    func closed(_ connection: WebConnection) {
        connections[connection.id] = nil
        // Its descriptor is free: an exhausted listener may go on.
        if waiting == nil { for listener in listeners { listener.resume() } }
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
        closeDoor()
        for connection in Array(connections.values) { connection.stop() }
        let due = loop.now + context.limits.stopMillisecondsMax
        _ = loop.schedule(at: due) { [self] in stopNow() }
        checkStopped()
    }

    /// Ends whatever is left.
    func stopNow() {
        isStopping = true
        closeDoor()
        for connection in Array(connections.values) { connection.cut() }
        for task in tasks.values { task.cancel() }
        // One that does not heed that is not waited for.
        tasks = [:]
        checkStopped()
    }

    private func closeDoor() {
        for listener in listeners { listener.stop() }
        listeners = []
        waiting = nil
    }

    private func checkStopped() {
        guard isStopping, connections.isEmpty, tasks.isEmpty else { return }
        let callbacks = whenStopped
        whenStopped = []
        for callback in callbacks { callback() }
    }
}
