import Foundation

extension Measurements {
    /// The same texts by Yrs and Loro, through the shared scripts, in this run.
    ///
    /// Needs Python with pycrdt and loro: WEONOMY_PEERS_PYTHON names it. Times are process CPU.
    static func textPeers(_ options: Options) throws -> [Result] {
        guard !options.isSmoke, let peers = try TextPeers() else { return [] }
        var results: [Result] = []
        for library in ["yrs", "loro"] {
            for trace in ["automerge-paper", "friendsforever", "oneway1000"] {
                results += try peers.measure(library, trace)
            }
        }
        return results
    }
}

/// The scripts that measure what a user would pick instead.
struct TextPeers {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "shared/peers/text").path

    private let python: String
    private let work: String

    /// Prepares the traces; `nil` where the scripts or the libraries are missing.
    init?() throws {
        let environment = ProcessInfo.processInfo.environment
        python = environment["WEONOMY_PEERS_PYTHON"] ?? "python3"
        work = FileManager.default.temporaryDirectory.appending(path: "weonomy-bench-peers").path
        guard FileManager.default.fileExists(atPath: TextPeers.folder),
            try run(["-c", "import pycrdt, loro"]).status == 0
        else {
            let line = "text-peers: skipped: pip install pycrdt loro, and WEONOMY_PEERS_PYTHON\n"
            FileHandle.standardError.write(Data(line.utf8))
            return nil
        }
        setenv("PEERS_DIR", work, 1)
        setenv("BENCH_CLOCK", "cpu", 1)
        for script in ["prepare.py", "make_shapes.py"] {
            guard try run([TextPeers.folder + "/" + script]).status == 0 else {
                throw BenchError(description: "\(script) failed")
            }
        }
    }

    private func run(_ words: [String]) throws -> (lines: [String], status: Int32) {
        let child = try Child("/usr/bin/env", [python] + words)
        var lines: [String] = []
        while let line = child.line() { lines.append(line) }
        return (lines, child.wait())
    }

    private func one(_ job: [String: Any]) throws -> [String: Any] {
        let data = try JSONSerialization.data(withJSONObject: job)
        let words = [
            TextPeers.folder + "/harness.py", "one", String(decoding: data, as: UTF8.self),
        ]
        let answer = try run(words).lines.last.flatMap {
            try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
        }
        return answer ?? [:]
    }

    /// Typing, file and opening of a sequential trace; a concurrent one message by message.
    func measure(_ library: String, _ trace: String) throws -> [Result] {
        func number(_ answer: [String: Any], _ key: String) -> Double {
            (answer[key] as? NSNumber)?.doubleValue ?? .nan
        }
        let isSequential = trace == "automerge-paper"
        let made = try one([
            "m": isSequential ? "local" : "peers", "lib": library, "trace": trace, "per_txn": true,
        ])
        let kind = library == "loro" ? "snapshot" : "update"
        let opened = try one([
            "m": "load", "lib": library, "trace": trace, "kind": kind, "edit": true,
            "file": "\(work)/enc/\(trace).\(library).\(kind)",
        ])
        var values = [
            ("bytes", number(made, "size_\(kind)")), ("zlibBytes", number(made, "zsize_\(kind)")),
            ("openAndEditMs", (number(opened, "warm_s") + number(opened, "first_edit_s")) * 1_000),
        ]
        if isSequential {
            values.append(("ms", number(made, "sec") * 1_000))
        } else {
            let late = try one(["m": "inc", "lib": library, "trace": trace])
            values += [
                ("meanUs", number(late, "per_us")), ("p99Us", number(late, "p99_us")),
                ("totalMs", number(late, "sec") * 1_000),
                ("bytesPerMessage", number(late, "wire") / number(late, "n")),
            ]
        }
        return [Result(name: "peer-\(library)-\(trace)", values: values)]
    }
}
