import Foundation

/// What is measured, by name.
enum Measurements {
    static let all: [(String, @Sendable (Options) throws -> [Result])] = [
        ("cold", cold), ("search", search), ("start", start), ("text", text),
    ]

    /// A folder that goes when the measurement ends.
    private static func withFolder<Value>(_ body: (String) throws -> Value) throws -> Value {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "weonomy-bench-\(UUID().uuidString)"
        ).path
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try body(folder)
    }

    private static func subfolder(_ folder: String, _ name: String) throws -> String {
        let path = folder + "/" + name
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }

    private static func made(_ folder: String, events: Int) throws -> (path: String, code: String) {
        let path = try subfolder(folder, "source")
        let maker = try Child.worker("make", path, String(events))
        guard let code = maker.line(), maker.wait() == 0 else {
            throw BenchError(description: "the source could not be made")
        }
        return (path, code)
    }

    // MARK: - Cold sync, nothing new, a hundred new

    static func cold(_ options: Options) throws -> [Result] {
        try withFolder { folder in
            let (source, code) = try made(folder, events: options.events)
            let floor = Floor.seconds(options)
            var runs: [[String: Double]] = []
            var serverMemory = 0.0
            for round in 0..<options.rounds {
                let server = try Child.worker("serve", source)
                guard let address = server.line() else {
                    throw BenchError(description: "the source does not listen")
                }
                let target = try subfolder(folder, "target-\(round)")
                let joiner = try Child.worker("join", target, code, address)
                var figures = try joiner.figures()
                guard joiner.wait() == 0 else {
                    throw BenchError(description: "the join failed")
                }
                figures["disk"] = Usage.bytes(of: target)
                runs.append(figures)
                let usage = try server.usage()
                serverMemory = max(serverMemory, usage["memory"] ?? 0)
                figures["serverCPU"] = usage["cpu"]
                server.stop()
                if round < options.rounds - 1 {
                    try FileManager.default.removeItem(atPath: target)
                }
            }
            func middle(_ key: String) -> Double { median(runs.compactMap { $0[key] }) }
            let count = Double(options.events)
            let body = 500.0
            var values: [(String, Double)] = [
                ("events", count), ("seconds", middle("seconds")),
                ("perSecond", (count / middle("seconds")).rounded()),
                ("receiverCPU", middle("cpu")), ("receiverMB", middle("memory")),
                ("senderMB", serverMemory),
                ("wireBytesPerEvent", middle("in") / count),
                ("diskPerBody", middle("disk") / (count * body)),
            ]
            if let floor {
                values += [("floorSeconds", floor), ("ratio", middle("seconds") / floor)]
            }
            let target = folder + "/target-\(options.rounds - 1)"
            return [Result(name: "cold", values: values)]
                + (try deltas(options, source: source, target: target))
        }
    }

    private static func deltas(
        _ options: Options, source: String, target: String
    ) throws -> [Result] {
        let server = try Child.worker("serve", source)
        defer { server.stop() }
        guard let address = server.line() else {
            throw BenchError(description: "the source does not listen")
        }
        var nothing: [[String: Double]] = []
        var hundred: [[String: Double]] = []
        for _ in 0..<options.rounds {
            let settled = try Child.worker("again", target, address)
            _ = try settled.figures()
            settled.wait()
            let same = try Child.worker("again", target, address)
            nothing.append(try same.figures())
            same.wait()
            let writer = try Child.worker("write", source, "100")
            _ = try writer.figures()
            writer.wait()
            _ = try server.usage()
            let again = try Child.worker("again", target, address)
            var figures = try again.figures()
            again.wait()
            figures["serverCPU"] = try server.usage()["cpu"]
            hundred.append(figures)
        }
        func result(_ name: String, _ runs: [[String: Double]]) -> Result {
            func middle(_ key: String) -> Double { median(runs.compactMap { $0[key] }) }
            return Result(
                name: name,
                values: [
                    ("received", middle("received")), ("roundTrips", middle("trips")),
                    ("bytes", middle("in") + middle("out")), ("seconds", middle("seconds")),
                    ("clientCPUms", middle("cpu") * 1_000),
                    ("serverCPUms", middle("serverCPU") * 1_000),
                ])
        }
        return [result("nothing-new", nothing), result("hundred-new", hundred)]
    }

    // MARK: - Search and start

    static func search(_ options: Options) throws -> [Result] {
        try withFolder { folder in
            let (source, _) = try made(folder, events: options.events)
            let worker = try Child.worker("search", source)
            let figures = try worker.figures()
            worker.wait()
            return [
                Result(
                    name: "search",
                    values: [("shares", Double(options.events))]
                        + ["median", "p95", "max", "found"].map { ($0, figures[$0] ?? .nan) })
            ]
        }
    }

    /// `weonomy status` on a small replica, from start to end, with the static release binary.
    static func start(_ options: Options) throws -> [Result] {
        guard let binary = ProcessInfo.processInfo.environment["WEONOMY_BINARY"] else {
            return []
        }
        return try withFolder { folder in
            try Child(binary, ["--home", folder, "init", "--name", "Bench", "--team", "Bench"])
                .wait()
            try Child(binary, ["--home", folder, "share", "--title", "One", "-m", "Text"]).wait()
            var times: [Double] = []
            for _ in 0..<(options.isSmoke ? 3 : 31) {
                let start = Usage.seconds()
                let child = try Child(binary, ["--home", folder, "status", "--json"])
                guard child.line() != nil, child.wait() == 0 else {
                    throw BenchError(description: "status failed")
                }
                times.append((Usage.seconds() - start) * 1_000)
            }
            return [
                Result(
                    name: "start",
                    values: [("medianMs", median(times)), ("leastMs", times.min() ?? .nan)])
            ]
        }
    }
}

/// The composite floor of the shared scripts: a minimal C receiver of a signed log.
enum Floor {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "shared/peers/sync/phys").path

    /// Seconds of `floor … 64 fts`, scaled to the events asked; `nil` where it can't run.
    static func seconds(_ options: Options) -> Double? {
        let script = folder + "/run.sh"
        guard !options.isSmoke, FileManager.default.fileExists(atPath: script),
            let child = try? Child("/bin/bash", [script, "floor"])
        else { return nil }
        var seconds: [Double] = []
        while let line = child.line() {
            let words = line.split(separator: " ").map(String.init)
            guard words.contains("sig/64"), words.contains("fts"),
                let at = words.firstIndex(of: "s"), at > 0, let value = Double(words[at - 1])
            else { continue }
            seconds.append(value)
        }
        guard child.wait() == 0, !seconds.isEmpty else { return nil }
        return median(seconds) * Double(options.events) / 100_000
    }
}

extension Child {
    /// What a serving worker has used since it was asked last.
    func usage() throws -> [String: Double] {
        interrupt(SIGUSR1)
        return try figures()
    }
}
