import Foundation
import Testing

@testable import WeCLI

/// A laptop for tests: a home of its own in which the real program runs.
struct Laptop {
    let home: String
    /// What its command lines begin with, to run in a sandbox.
    var inside: [String]
    /// The editor that a command may open; without one it may ask nothing.
    var editor: String?

    init(home: String? = nil, inside: [String] = []) {
        self.home = home ?? NSTemporaryDirectory() + "weonomy-laptop-\(UUID().uuidString)"
        self.inside = inside
    }

    /// The program as it was built beside these tests.
    static let program: String? = {
        let build = Bundle.main.bundleURL.deletingLastPathComponent().path
        let own = URL(fileURLWithPath: CommandLine.arguments.first ?? "")
            .deletingLastPathComponent().path
        return [own, build, Bundle.main.bundlePath].map { $0 + "/weonomy" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }()

    /// What a command answered.
    struct Answer {
        let code: Int32
        let output: String
        let error: String
        private let object: [String: Any]

        init(_ ending: Subprocess.Ending) {
            code = ending.code
            output = String(decoding: ending.output, as: UTF8.self)
            error = String(decoding: ending.error, as: UTF8.self)
            let last = output.split(separator: "\n").last.map { Data($0.utf8) } ?? Data()
            object = (try? JSONSerialization.jsonObject(with: last)) as? [String: Any] ?? [:]
        }

        /// What is under `data`, by key.
        subscript(key: String) -> Any? { (object["data"] as? [String: Any])?[key] }
        func text(_ key: String) -> String { self[key] as? String ?? "" }
        func count(_ key: String) -> Int { self[key] as? Int ?? -1 }
        func items(_ key: String) -> [[String: Any]] { self[key] as? [[String: Any]] ?? [] }
        var list: [[String: Any]] { object["data"] as? [[String: Any]] ?? [] }
        var errorCode: String {
            (object["error"] as? [String: Any])?["code"] as? String ?? ""
        }
        var schema: String {
            (object["schema"] as? String ?? "").split(separator: ".").last.map {
                String($0.prefix { $0 != "/" })
            } ?? ""
        }
    }

    /// Runs a command with `--json`, and holds its answer against its schema.
    @discardableResult
    func run(
        _ words: String..., input: String = "", code: Int32 = 0,
        at location: SourceLocation = #_sourceLocation
    ) async throws -> Answer {
        let answer = try await ended(words + ["--json"], input: input)
        #expect(
            answer.code == code, "\(words): \(answer.output)\(answer.error)",
            sourceLocation: location)
        #expect(
            try Schema.faults(in: answer.output, schema: answer.schema) == [], "\(words)",
            sourceLocation: location)
        return answer
    }

    /// Runs a command as a person would read it.
    func say(_ words: String..., input: String = "", language: String = "en") async throws
        -> Answer
    {
        try await ended(words + ["--lang", language], input: input)
    }

    private func ended(_ words: [String], input: String) async throws -> Answer {
        Answer(try await start(words, input: input).ended())
    }

    func start(_ words: [String], input: String = "") throws -> Subprocess {
        let program = try #require(Laptop.program)
        var environment = ["PATH": "/usr/bin:/bin", "HOME": home, "TZ": "UTC"]
        environment["EDITOR"] = editor
        return try #require(
            Subprocess(
                inside + [program] + words + ["--home", home]
                    + (editor == nil ? ["--no-input"] : []),
                environment: environment, input: Array(input.utf8)))
    }

    /// Listens for others; gives the address.
    func listen(host: String = "127.0.0.1") async throws -> (process: Subprocess, address: String) {
        let process = try start(
            ["sync", "--listen", "--host", host, "--port", "0", "--json=lines"])
        for await line in process.lines {
            #expect(try Schema.faults(in: line, schema: "listening") == [])
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            let data = object?["data"] as? [String: Any]
            return (process, try #require(data?["address"] as? String))
        }
        throw Missing()
    }

    struct Missing: Error {}

    /// Writes a file in a folder beside the home.
    func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        let url = URL(fileURLWithPath: home + "-files/" + name)
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: url)
        return url.path
    }

    var files: String { home + "-files" }

    func remove() {
        for path in [home, files] { try? FileManager.default.removeItem(atPath: path) }
    }
}
