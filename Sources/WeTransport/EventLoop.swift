import Dispatch
import Synchronization
package import WeSync

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// One thread that waits for descriptors and timers, and runs what other threads hand to it.
///
/// Everything but ``execute(_:)``, ``stop()`` and ``isInLoop`` is for the loop's own thread. It
/// knows nothing of sessions: an HTTP server can use it as well.
package final class EventLoop: Sendable {
    private struct Inbox {
        var tasks: [@Sendable () -> Void] = []
        var isWoken = false
        var isStopping = false
        var isStopped = false
        var thread: UInt?
    }

    private let name: String
    private let inbox = Mutex(Inbox())
    private let identity = Atomic<UInt>(0)
    private let wakeReader: Int32
    private let wakeWriter: Int32
    private let joining = DispatchQueue(label: "weonomy.loop.join")
    // Only the loop's thread gets at these: each use checks it.
    private nonisolated(unsafe) var poller = Poller()
    private nonisolated(unsafe) var timers = Timers()

    /// Starts the thread; `name` is cut to 15 bytes.
    package init(name: String) throws(SystemError) {
        self.name = String(name.prefix(15))
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { throw .last("pipe") }
        wakeReader = ends[0]
        wakeWriter = ends[1]
        do throws(SystemError) {
            try Descriptor.prepare(wakeReader)
            try Descriptor.prepare(wakeWriter)
            let thread = try SystemThread.start { [self] in run() }
            inbox.withLock { $0.thread = thread }
        } catch {
            _ = close(ends[0])
            _ = close(ends[1])
            throw error
        }
    }

    // MARK: - From any thread

    /// Whether the caller is on the loop's thread.
    package var isInLoop: Bool {
        identity.load(ordering: .relaxed) == SystemThread.current
    }

    /// Stops the program when our own code calls from another thread.
    package func preconditionInLoop() {
        precondition(isInLoop, "called outside the thread of loop \(name)")
    }

    /// Runs `task` on the loop's thread, after all that was handed in before; `false`, and never,
    /// when the loop has stopped.
    @discardableResult
    package func execute(_ task: @escaping @Sendable () -> Void) -> Bool {
        let isOutside = !isInLoop
        return inbox.withLock { inbox in
            guard !inbox.isStopped else { return false }
            inbox.tasks.append(task)
            if isOutside { wake(&inbox) }
            return true
        }
    }

    /// One byte in the pipe wakes the thread; more would only fill it.
    private func wake(_ inbox: inout Inbox) {
        guard !inbox.isWoken else { return }
        inbox.isWoken = true
        var byte: UInt8 = 1
        _ = unsafe write(wakeWriter, &byte, 1)
    }

    /// Ends the thread after what was handed in so far, and waits until it is gone.
    package func stop() async {
        askToStop()
        await withCheckedContinuation { continuation in
            // Serial: who comes second waits for the first one's join.
            joining.async {
                self.join()
                continuation.resume()
            }
        }
    }

    /// Ends the thread some time soon.
    package func askToStop() {
        inbox.withLock { inbox in
            guard !inbox.isStopped else { return }
            inbox.isStopping = true
            wake(&inbox)
        }
    }

    private func join() {
        let thread = inbox.withLock { inbox in
            let thread = inbox.thread
            inbox.thread = nil
            return thread
        }
        if let thread { SystemThread.join(thread) }
    }

    deinit {
        // The thread holds the loop, so it is at its end; nobody waited for it.
        if let thread = inbox.withLock({ $0.thread }) { SystemThread.detach(thread) }
    }

    // MARK: - On the loop's thread

    /// The time that deadlines are measured by.
    package var now: Milliseconds { SystemClock.monotonic() }

    /// Tells `handler` when `descriptor` is ready; whoever closes it calls ``unwatch(_:)`` first.
    package func watch(
        _ descriptor: Int32, for interest: Readiness, handler: any DescriptorHandler
    ) {
        preconditionInLoop()
        unsafe poller.watch(descriptor, for: interest, handler: handler)
    }

    /// Changes what a watched descriptor waits for; nothing at all is allowed.
    package func setInterest(of descriptor: Int32, to interest: Readiness) {
        preconditionInLoop()
        unsafe poller.setInterest(of: descriptor, to: interest)
    }

    /// Forgets a descriptor and lets go of its handler.
    package func unwatch(_ descriptor: Int32) {
        preconditionInLoop()
        unsafe poller.remove(descriptor)
    }

    /// Runs `action` once it is `due` on the clock of ``now``.
    package func schedule(at due: Milliseconds, _ action: @escaping () -> Void) -> TimerID {
        preconditionInLoop()
        return unsafe timers.add(due: due, action)
    }

    /// Takes a timer back; does nothing when it has gone off.
    package func cancel(_ timer: TimerID) {
        preconditionInLoop()
        unsafe timers.remove(timer)
    }

    // MARK: - The thread

    private func run() {
        identity.store(SystemThread.current, ordering: .relaxed)
        SystemThread.nameCurrent(name)
        let waker = Waker(descriptor: wakeReader)
        watch(wakeReader, for: .reading, handler: waker)
        while true {
            for ready in unsafe poller.wait(milliseconds: timeout()) {
                if let handler = unsafe poller.handler(ready) { handler.ready(ready.readiness) }
            }
            let now = now
            while let action = unsafe timers.popDue(now) { action() }
            if runTasks() { break }
        }
        unsafe poller.removeAll()
        unsafe timers = Timers()
        identity.store(0, ordering: .relaxed)
    }

    private func timeout() -> Int32 {
        if inbox.withLock({ !$0.tasks.isEmpty || $0.isStopping }) { return 0 }
        guard let due = unsafe timers.next else { return -1 }
        return Int32(clamping: max(0, due - now))
    }

    /// Runs what was handed in; `true` when the loop is over and takes no more.
    private func runTasks() -> Bool {
        let (tasks, isStopping) = inbox.withLock { inbox in
            let tasks = inbox.tasks
            inbox.tasks = []
            inbox.isWoken = false
            return (tasks, inbox.isStopping)
        }
        for task in tasks { task() }
        guard isStopping else { return false }
        return inbox.withLock { inbox in
            guard inbox.tasks.isEmpty else { return false }
            inbox.isStopped = true
            // Under the lock: who wants to wake the thread sees that it is too late.
            _ = close(wakeReader)
            _ = close(wakeWriter)
            return true
        }
    }
}

/// Empties the pipe that wakes the loop.
private final class Waker: DescriptorHandler {
    private let descriptor: Int32
    private var buffer = [UInt8](repeating: 0, count: 64)

    init(descriptor: Int32) { self.descriptor = descriptor }

    func ready(_ readiness: Readiness) {
        _ = unsafe read(descriptor, &buffer, buffer.count)
    }
}
