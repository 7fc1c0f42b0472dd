import Synchronization
import Testing

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
                source.write(20_000, bytes: 300)
                var before = 0
                for round in 0..<4 {
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
                    // Dispatch opens some of its own the first time, and keeps them.
                    if round == 0 { before = openDescriptors() }
                    try #require(openDescriptors() == before, "round \(round)")
                }
            }
        }

        @Test("an engine that is dropped without stop() takes its thread and descriptors along")
        func droppedEngine() async {
            await #expect(processExitsWith: .success) {
                let team = try TestTeam()
                try await connectAndForget(team)
                try await within(seconds: 10) {
                    while loopThreads() > 0 || openSockets() > 0 {
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
                let team = try TestTeam()
                let (left, right) = (try Peer(team, 0), try Peer(team, 1))
                let bound = try await right.engine.listen(host: "127.0.0.1", port: 0)
                left.node.write(10)
                // One descriptor is left: the dialling side takes it, the other has none.
                var filling: [Int32] = []
                while case let next = dup(0), next >= 0 { filling.append(next) }
                try #require(errno == EMFILE)
                close(filling.removeLast())
                let before = threadTime()
                left.engine.connect(bound.description)
                try await left.wait { $0.contains { $0.state == .handshaking } }
                // Paused, not spinning: the loop costs next to nothing meanwhile.
                try await Task.sleep(for: .milliseconds(300))
                try #require(threadTime() - before < 150)
                try #require(right.engine.connections.isEmpty)
                for descriptor in filling { close(descriptor) }
                try await right.node.wait { $0.count == 11 }
                await left.engine.stop()
                await right.engine.stop()
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

    /// Milliseconds of processor time that the process has used.
    private func threadTime() -> Int { Int(clock()) / (Int(CLOCKS_PER_SEC) / 1_000) }
#endif
