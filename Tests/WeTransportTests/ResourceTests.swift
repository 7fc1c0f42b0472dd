import Synchronization
import Testing
import WeSync

@testable import WeTransport

#if canImport(Glibc)
    import Glibc

    /// What a process holds, as the system sees it; each test has a process of its own.
    @Suite("Descriptors and threads")
    struct ResourceTests {
        @Test("stop() in the middle of a transfer leaves no descriptor and no thread behind")
        func stopLeavesNothing() async {
            await #expect(processExitsWith: .success) {
                let team = try TestTeam()
                let source = try MemoryNode(team, device: 0)
                source.write(6_000, bytes: 300)
                // Dispatch opens some of its own when it first needs them, and keeps them: what is
                // left behind by stop() grows with each round, that doesn't.
                var before = -1
                for round in 0..<8 {
                    let left = try SyncEngine(node: source)
                    let right = try Peer(team, 1)
                    let bound = try await right.engine.listen(port: 0)
                    left.connect("127.0.0.1:\(bound.port)")
                    try await right.node.wait { $0.count > 500 }
                    try #require(loopThreads() == 2)
                    async let first: Void = left.stop()
                    async let second: Void = right.engine.stop()
                    _ = await (first, second)
                    try #require(loopThreads() == 0, "round \(round)")
                    let after = openDescriptors()
                    if after == before { return }
                    before = after
                }
                Issue.record("each round leaves descriptors behind")
            }
        }

        @Test("an engine that is dropped without stop() takes its thread and descriptors along")
        func droppedEngine() async {
            await #expect(processExitsWith: .success) {
                let team = try TestTeam()
                let before = openSockets()
                try await connectAndForget(team)
                try await within {
                    while loopThreads() > 0 || openSockets() > before {
                        try Task.checkCancellation()
                        await Task.yield()
                    }
                }
            }
        }

        @Test("a store that never answers does not keep stop() from ending")
        func silentStore() async {
            await #expect(processExitsWith: .success) {
                let team = try TestTeam()
                var policy = SyncPolicy()
                policy.closingMillisecondsMax = 100
                let left = try Peer(team, 0)
                let right = try Peer(team, 1, policy: policy)
                right.node.isHoldingBack.withLock { $0 = true }
                left.node.write(1_000)
                let bound = try await right.engine.listen(host: "127.0.0.1", port: 0)
                let id = left.engine.connect(bound.description)
                try await right.updates.first { update -> Bool? in
                    if case .progress = update { return true }
                    return nil
                }
                await right.engine.stop()
                _ = try await left.updates.end(of: id)
                await left.engine.stop()
            }
        }

        @Test("without descriptors accepting pauses, and goes on when there are some")
        func exhaustion() async {
            await #expect(processExitsWith: .success) {
                var limit = rlimit(rlim_cur: 64, rlim_max: 64)
                try #require(setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
                let loop = try EventLoop(name: "test")
                let any = try SocketAddress.resolve(PeerAddress(host: "127.0.0.1", port: 0))
                let socket = try Socket.listening(on: any[0])
                let local = socket.localAddress
                // The kernel answers for who does not accept yet. There are several, since another
                // thread may give back a descriptor at any moment, which then goes to one of them.
                let port = try #require(local).port
                let clients = try (0..<8).map { _ in try Caller(port: port) }
                var filling: [Int32] = []
                while case let next = dup(0), next >= 0 { filling.append(next) }
                let listening = Listening(socket, loop: loop)
                // Dispatch needs descriptors for its timers, so no deadline guards this part.
                // The status that the process ends with says which promise was broken.
                guard filling.count > 8 else { exit(10) }
                guard await listening.wait(isPaused: true) else { exit(11) }
                // Paused, not spinning, which would take all of a core.
                let (before, start) = (clock(), loop.now)
                await loop.pause(milliseconds: 500)
                let used = Int64(clock() - before) * 1_000 / Int64(CLOCKS_PER_SEC)
                guard used < (loop.now - start) / 2 else { exit(12) }
                guard await listening.wait(isPaused: true) else { exit(13) }
                for descriptor in filling { close(descriptor) }
                guard await listening.wait(isPaused: false, accepted: clients.count) else {
                    exit(14)
                }
                await loop.stop()
                withExtendedLifetime(clients) {}
            }
        }
    }

    /// A client that an array can hold.
    private final class Caller {
        let client: RawClient
        init(port: UInt16) throws { client = try RawClient(port: port) }
    }

    /// A listener that counts, for looking at from outside its loop.
    private final class Listening: Sendable {
        private let loop: EventLoop
        private let accepted = Mutex(0)
        private let listener = Mutex<LoopBound<Listener>?>(nil)

        init(_ socket: consuming Socket, loop: EventLoop) {
            self.loop = loop
            let box = SocketBox(socket)
            loop.execute { [self] in
                guard let socket = box.take() else { return }
                let made = Listener(socket, loop: loop) { [self] _, _ in
                    accepted.withLock { $0 += 1 }
                }
                listener.withLock { $0 = LoopBound(made, on: loop) }
            }
        }

        /// Waits until it is paused or not, with so many accepted; gives up after 20 seconds.
        func wait(isPaused: Bool, accepted count: Int? = nil) async -> Bool {
            for _ in 0..<4_000 {
                let state = await withCheckedContinuation { continuation in
                    loop.execute { [self] in
                        let bound = listener.withLock { $0 }
                        continuation.resume(returning: bound?.value.isPaused)
                    }
                }
                let isCounted = count.map { $0 == accepted.withLock { $0 } } ?? true
                if state == isPaused, isCounted { return true }
                await loop.pause(milliseconds: 5)
            }
            return false
        }
    }

    extension EventLoop {
        /// Waits by the loop's own timer.
        fileprivate func pause(milliseconds: Milliseconds) async {
            await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
                execute { [self] in
                    _ = schedule(at: now + milliseconds) { done.resume() }
                }
            }
        }
    }

    private func connectAndForget(_ team: TestTeam) async throws {
        let (left, right) = (try Peer(team, 0), try Peer(team, 1))
        left.node.write(10)
        let bound = try await right.engine.listen(host: "127.0.0.1", port: 0)
        left.engine.connect(bound.description)
        try await right.node.wait { $0.count == 11 }
    }

    private func entries(of path: String) -> [String] {
        guard let directory = opendir(path) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names
    }

    private func openDescriptors() -> Int { entries(of: "/proc/self/fd").count }

    private func openSockets() -> Int {
        (0..<Int32(1_024)).count { descriptor in
            var status = stat()
            return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK
        }
    }

    private func loopThreads() -> Int {
        entries(of: "/proc/self/task").count { id in
            let file = open("/proc/self/task/\(id)/comm", O_RDONLY)
            guard file >= 0 else { return false }
            defer { close(file) }
            var name = [UInt8](repeating: 0, count: 32)
            let count = read(file, &name, name.count)
            return name.prefix(max(count, 0)).starts(with: Array("weonomy-sync".utf8))
        }
    }
#endif
