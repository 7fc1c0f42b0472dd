import Dispatch
import Synchronization
public import WeData

/// Connects a replica with its peers over TCP: listens, dials, and keeps what is connected in
/// sync.
///
/// ```swift
/// let engine = try SyncEngine(node: replica)
/// let bound = try await engine.listen(port: 0)
/// let colleague = engine.connect("192.168.1.7:7431")
/// for await update in engine.updates {
///     if case .synced(colleague, let progress) = update { print(progress) }
/// }
/// ```
///
/// All work is done on one thread of its own; only names are looked up elsewhere.
public final class SyncEngine: Sendable {
    private let loop: EventLoop
    private let board = StatusBoard()
    private let driver: LoopBound<any EngineDriver>
    private let numbers: Numbers
    private let isGrowthPending = Atomic<Bool>(false)

    /// Gives out connection ids.
    private final class Numbers: Sendable {
        private let last = Atomic<UInt64>(0)
        func next() -> ConnectionID {
            ConnectionID(last.wrappingAdd(1, ordering: .relaxed).newValue)
        }
    }

    /// Starts the thread; nothing is connected yet.
    public init(
        node: some SyncNode, policy: SyncPolicy = SyncPolicy()
    ) throws(TransportError) {
        let numbers = Numbers()
        do throws(SystemError) {
            loop = try EventLoop(name: "weonomy-sync")
        } catch {
            throw .system("sync", reason: error.description)
        }
        self.numbers = numbers
        driver = LoopBound(
            Engine(node: node, policy: policy, loop: loop, board: board) { numbers.next() },
            on: loop)
    }

    deinit {
        // Whoever forgot `stop()` gets no goodbyes, but loses no thread or descriptor.
        loop.execute { [driver] in driver.value.stopNow() }
        loop.askToStop()
        board.finish()
    }

    // MARK: - Connecting

    /// Listens for peers on one address of this machine, or, without a host, on all of them.
    ///
    /// Port 0 lets the system choose; the answer says which. Can be called more than once.
    public func listen(
        host: String? = nil, port: UInt16 = PeerAddress.defaultPort
    ) async throws(TransportError) -> BoundAddress {
        let candidates = try await candidates(host: host, port: port)
        let result: Result<BoundAddress, TransportError> = await withCheckedContinuation {
            (continuation: CheckedContinuation<Result<BoundAddress, TransportError>, Never>) in
            let isRunning = loop.execute { [driver] in
                continuation.resume(returning: driver.value.listen(candidates))
            }
            if !isRunning { continuation.resume(returning: .failure(.stopped)) }
        }
        return try result.get()
    }

    private func candidates(
        host: String?, port: UInt16
    ) async throws(TransportError) -> [SocketAddress] {
        guard let host else { return [.all(port: port), .allIPv4(port: port)] }
        let result: Result<[SocketAddress], TransportError> = await withCheckedContinuation {
            (continuation: CheckedContinuation<Result<[SocketAddress], TransportError>, Never>) in
            DispatchQueue.global(qos: .utility).async {
                continuation.resume(
                    returning: Result { () throws(TransportError) in
                        try SocketAddress.resolve(PeerAddress(host: host, port: port))
                    })
            }
        }
        return try result.get()
    }

    /// Dials a peer: `host:port`, `[::1]:port`, or `host` at the usual port.
    ///
    /// Returns at once. What becomes of it, a wrong address included, comes in ``updates``; nobody
    /// dials again when it fails.
    @discardableResult
    public func connect(_ address: String) -> ConnectionID {
        let id = numbers.next()
        let isRunning = loop.execute { [driver] in driver.value.connect(id, to: address, secret: 0)
        }
        if !isRunning { board.post(.closed(id, .stopped)) }
        return id
    }

    /// Finds peers on the networks around, and keeps a session with each that is wanted, until
    /// ``stop()``.
    public func discover(_ plan: DiscoveryPlan) {
        loop.execute { [driver] in driver.value.discover(plan) }
    }

    /// Changes the addresses that are dialled beside what beacons say.
    public func remember(_ addresses: [KnownAddress]) {
        loop.execute { [driver] in driver.value.remember(addresses) }
    }

    /// How discovery stands; `nil` before ``discover(_:)``.
    public var discovery: DiscoveryStatus? { board.discovery }

    /// Ends a connection orderly; nothing happens when it has ended.
    public func disconnect(_ connection: ConnectionID) {
        loop.execute { [driver] in driver.value.disconnect(connection) }
    }

    // MARK: - News

    /// Says that this side added events to the store: they are pushed to all that are connected.
    ///
    /// Cheap to call for each event. What connections of this engine bring is passed on anyway.
    public func storeGrew() {
        guard !isGrowthPending.exchange(true, ordering: .acquiringAndReleasing) else { return }
        loop.execute { [weak self, driver] in
            self?.isGrowthPending.store(false, ordering: .releasing)
            driver.value.storeGrew(from: nil)
        }
    }

    /// Says that the team was changed by this side.
    public func rosterChanged() {
        loop.execute { [driver] in driver.value.rosterChanged() }
    }

    /// What happens from now on; each call gives a stream of its own.
    ///
    /// A listener that is more than a thousand updates behind misses the oldest: ``connections``
    /// always tells how things stand. The streams end with ``stop()``.
    public var updates: AsyncStream<PeerUpdate> { board.updates() }

    /// All connections as they stand, the oldest first.
    public var connections: [PeerStatus] { board.statuses }

    /// Says that other files are wanted than before.
    public func wantedFilesChanged() {
        loop.execute { [driver] in driver.value.wantedFilesChanged() }
    }

    /// Says that more is known of other laptops than when those that are connected were met.
    public func newsChanged() {
        loop.execute { [driver] in driver.value.newsChanged() }
    }

    /// Says that a file came here by another way, or went.
    public func fileChanged(_ file: FileID) {
        loop.execute { [driver] in driver.value.fileChanged(file) }
    }

    /// What is still to come of files.
    public var files: FileTransfer { board.files }

    // MARK: - Stopping

    /// Ends everything orderly.
    ///
    /// Says goodbye to all peers, waits for events on their way to the store, closes what is open
    /// and ends the thread. Calling it again waits for the same end.
    public func stop() async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let isRunning = loop.execute { [driver] in
                driver.value.stop { continuation.resume() }
            }
            if !isRunning { continuation.resume() }
        }
        await loop.stop()
        board.finish()
    }
}
