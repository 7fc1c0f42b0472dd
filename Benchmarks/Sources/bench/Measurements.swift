import Foundation

/// What is measured, by name.
enum Measurements {
    static let all: [(String, @Sendable (Options) throws -> [Result])] = [
        ("cold", cold), ("search", search), ("brain", brain), ("page", page), ("start", start),
        ("carry", carry), ("files", FilesMeasurement.measure), ("text", text),
        ("text-peers", textPeers),
    ]

    /// A folder that goes when the measurement ends.
    static func withFolder<Value>(_ body: (String) throws -> Value) throws -> Value {
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

    static func made(
        _ folder: String, events: Int, texts: String? = nil, people: Int = 10
    ) throws -> (path: String, code: String) {
        let path = try subfolder(folder, "source")
        let maker = try Child.worker(
            "make", path, String(events), texts ?? "", String(people))
        guard let code = maker.line(), maker.wait() == 0 else {
            throw BenchError(description: "the source could not be made")
        }
        return (path, code)
    }

    // MARK: - Cold sync, nothing new, a hundred new

    static func cold(_ options: Options) throws -> [Result] {
        try withFolder { folder in
            let floor = try Floor(folder, events: options.events)
            let (source, code) = try made(folder, events: options.events, texts: floor?.texts)
            var runs: [[String: Double]] = []
            for round in 0..<options.rounds {
                let target = try subfolder(folder, "target-\(round)")
                // Floor and sync take turns, so that both see the same machine.
                let floorSeconds = try floor?.seconds()
                var figures = try joined(source, code: code, into: target)
                if let floorSeconds {
                    figures["floor"] = floorSeconds
                    figures["ratio"] = (figures["seconds"] ?? .nan) / floorSeconds
                }
                figures["disk"] = Usage.bytes(of: target)
                runs.append(figures)
                if round < options.rounds - 1 {
                    try FileManager.default.removeItem(atPath: target)
                }
            }
            func middle(_ key: String) -> Double { median(runs.compactMap { $0[key] }) }
            let count = Double(options.events)
            let bodyBytes = middle("bodies")
            var values: [(String, Double)] = [
                ("events", count), ("seconds", middle("seconds")),
                ("perSecond", (count / middle("seconds")).rounded()),
                ("receiverCPU", middle("cpu")), ("senderCPU", middle("serverCPU")),
                ("receiverMB", middle("memory")), ("senderMB", middle("serverMemory")),
                ("bodyBytesPerEvent", bodyBytes / count),
                ("wireBytesPerEvent", middle("in") / count),
                ("diskPerBody", middle("disk") / bodyBytes),
            ]
            if floor != nil {
                values += [("floorSeconds", middle("floor")), ("ratio", middle("ratio"))]
            }
            let target = folder + "/target-\(options.rounds - 1)"
            return [Result(name: "cold", values: values)]
                + (try deltas(options, source: source, target: target))
        }
    }

    /// One first sync of everything, from a process that serves to one that joins.
    private static func joined(
        _ source: String, code: String, into target: String
    ) throws -> [String: Double] {
        let server = try Child.worker("serve", source)
        defer { server.stop() }
        guard let address = server.line() else {
            throw BenchError(description: "the source does not listen")
        }
        let joiner = try Child.worker("join", target, code, address)
        var figures = try joiner.figures()
        guard joiner.wait() == 0 else { throw BenchError(description: "the join failed") }
        let usage = try server.usage()
        figures["serverCPU"] = usage["cpu"]
        figures["serverMemory"] = usage["memory"]
        return figures
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
            _ = try server.usage()
            let same = try Child.worker("again", target, address)
            var sameFigures = try same.figures()
            same.wait()
            sameFigures["serverCPU"] = try server.usage()["cpu"]
            nothing.append(sameFigures)
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

    static func carry(_ options: Options) throws -> [Result] {
        try withFolder { folder in
            let (source, code) = try made(folder, events: options.events)
            let result = try CarryMeasurement.measure(
                options, source: source, code: code, folder: folder
            ) {
                let target = try subfolder(folder, "cold")
                defer { try? FileManager.default.removeItem(atPath: target) }
                return try joined(source, code: code, into: target)["seconds"] ?? .nan
            }
            return [result]
        }
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

    /// The figures of a brain, and what its first page waits for.
    static func brain(_ options: Options) throws -> [Result] {
        try withFolder { folder in
            let (source, _) = try made(folder, events: options.events, people: options.people)
            let worker = try Child.worker("brain", source)
            let figures = try worker.figures()
            worker.wait()
            let names = [
                "coldMs", "changedMs", "keptMs", "todayMs", "todayChangedMs", "matchesMs",
            ]
            return [
                Result(
                    name: "brain",
                    values: [
                        ("shares", Double(options.events)), ("people", Double(options.people)),
                    ]
                        + names.map { ($0, figures[$0] ?? .nan) })
            ]
        }
    }

    /// `weonomy status` on a small replica, from start to end; WEONOMY_BINARY says which binary,
    /// else it is the release build of this repository, where there is one.
    static func start(_ options: Options) throws -> [Result] {
        guard let binary = Measurements.binary else { return [] }
        return try withFolder { folder in
            try Child(binary, ["--home", folder, "init", "--name", "Bench", "--team", "Bench"])
                .wait()
            try Child(binary, ["--home", folder, "share", "--title", "One", "-m", "Text"]).wait()
            var times: [Double] = []
            for _ in 0..<(options.isSmoke ? 3 : 31) {
                let words = ["--home", folder, "status", "--json"]
                times.append(try Child.secondsToRun(binary, words) * 1_000)
            }
            return [
                Result(
                    name: "start",
                    values: [("medianMs", median(times)), ("leastMs", times.min() ?? .nan)])
            ]
        }
    }
}

/// The composite floor of the shared scripts: a minimal C receiver that decrypts, hashes, verifies
/// once per 64 events, stores and indexes the same texts on one thread.
struct Floor {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "shared/peers/sync").path

    /// One text a line, about 500 bytes each.
    let texts: String
    private let binary: String
    private let database: String
    private let events: Int

    /// Builds it; `nil` where its source, a C compiler or Python is missing.
    init?(_ work: String, events: Int) throws {
        let source = Floor.folder + "/phys/floor.c"
        guard FileManager.default.fileExists(atPath: source) else { return nil }
        binary = work + "/floor"
        texts = work + "/texts"
        database = work + "/floor.sqlite"
        self.events = events
        let script = """
            import sys; sys.path.insert(0, sys.argv[1])
            import common
            with open(sys.argv[2], 'w') as out:
                for record in common.records(int(sys.argv[3])): print(record['text'], file=out)
            """
        let compiled = try Child(
            "/usr/bin/env", ["gcc", "-O2", "-o", binary, source, "-lsodium", "-lsqlite3"])
        let written = try Child(
            "/usr/bin/env", ["python3", "-c", script, Floor.folder, texts, String(events)])
        guard compiled.wait() == 0, written.wait() == 0 else { return nil }
    }

    func seconds() throws -> Double {
        let child = try Child(binary, [database, texts, String(events), "64", "fts"])
        let words = (child.line() ?? "").split(separator: " ").map(String.init)
        guard child.wait() == 0, let at = words.firstIndex(of: "s"), at > 0,
            let seconds = Double(words[at - 1])
        else { throw BenchError(description: "the floor could not be measured") }
        return seconds
    }
}

extension Child {
    /// What a serving worker has used since it was asked last.
    func usage() throws -> [String: Double] {
        interrupt(SIGUSR1)
        return try figures()
    }
}
