import Foundation
import WeData
import WeKeys
import WeSync
import Weonomy

/// A long file from laptop to laptop over loopback, beside what one thread that decrypts and hashes
/// can take in, and beside rsync and syncthing where they are installed.
enum FilesMeasurement {
    static func measure(_ options: Options) throws -> [Result] {
        try Measurements.withFolder { folder in
            let byteCount = options.isSmoke ? 8 << 20 : 1 << 30
            let path = folder + "/data.bin"
            try fill(path, byteCount)
            var results = [
                try cold(options, folder, path, byteCount), try resumed(folder, path, byteCount),
            ]
            if !options.isSmoke { results += try peers(megabytes: byteCount >> 20) }
            return results
        }
    }

    /// A team of two in `folder`; the file is shared, and nobody but its author has it.
    private static func team(
        _ folder: String, _ name: String, path: String
    ) throws -> (source: String, target: String) {
        let (source, target) = ("\(folder)/\(name)-source", "\(folder)/\(name)-target")
        for each in [source, target] {
            try FileManager.default.createDirectory(
                atPath: each, withIntermediateDirectories: true)
        }
        _ = try worker("file-team", source, target)
        _ = try worker("file-share", source, path)
        return (source, target)
    }

    private static func cold(
        _ options: Options, _ folder: String, _ path: String, _ byteCount: Int
    ) throws -> Result {
        var runs: [[String: Double]] = []
        for round in 0..<options.rounds {
            let limit = try worker("file-limit", "\(min(byteCount, 1 << 29))")
            let (source, target) = try team(folder, "cold\(round)", path: path)
            let server = try Child.worker("serve", source)
            guard let address = server.line() else { throw BenchError(description: "no server") }
            var figures = try worker("file-sync", target, address)
            server.interrupt(SIGUSR1)
            let served = try server.figures()
            server.stop()
            figures["serverMB"] = served["memory"]
            figures["limit"] = limit["bytesPerSecond"]
            try change(path, byteCount)
            let shared = try worker("file-share", source, path)
            let again = try Child.worker("serve", source)
            guard let address = again.line() else { throw BenchError(description: "no server") }
            let second = try worker("file-sync", target, address)
            again.stop()
            figures["attach"] = shared["seconds"]
            figures["changedSeconds"] = second["seconds"]
            figures["changedBytes"] = second["in"]
            runs.append(figures)
            for each in [source, target] { try FileManager.default.removeItem(atPath: each) }
        }
        func middle(_ key: String) -> Double { median(runs.compactMap { $0[key] }) }
        let speeds = runs.map { Double(byteCount) / ($0["seconds"] ?? .nan) }
        return Result(
            name: "files",
            values: [
                ("MB", Double(byteCount) / 1e6), ("seconds", middle("seconds")),
                ("MBPerSecond", median(speeds) / 1e6),
                (
                    "perOneThread",
                    median(zip(speeds, runs).map { $0 / ($1["limit"] ?? .nan) })
                ),
                ("limitMBPerSecond", middle("limit") / 1e6),
                ("attachSeconds", middle("attach")), ("memoryMB", middle("memory")),
                ("serverMemoryMB", middle("serverMB")),
                ("changedSeconds", middle("changedSeconds")),
                ("changedMB", middle("changedBytes") / 1e6),
            ])
    }

    /// Killed in the middle and begun again: what came twice.
    private static func resumed(
        _ folder: String, _ path: String, _ byteCount: Int
    ) throws -> Result {
        let (source, target) = try team(folder, "resumed", path: path)
        let server = try Child.worker("serve", source)
        guard let address = server.line() else { throw BenchError(description: "no server") }
        defer { server.stop() }
        let first = try Child.worker("file-sync", target, address, "told")
        var before = 0.0
        while let line = first.line() {
            before = Double(line) ?? before
            if before > Double(byteCount) * 0.4 { break }
        }
        first.interrupt(SIGKILL)
        while let line = first.line() { before = max(before, Double(line) ?? 0) }
        first.wait()
        let second = try worker("file-sync", target, address)
        let came = second["file"] ?? .nan
        return Result(
            name: "files-resumed",
            values: [
                ("beforeMB", before / 1e6), ("afterMB", came / 1e6),
                ("twiceMB", max(0, before + came - Double(byteCount)) / 1e6),
            ])
    }

    /// The scripts that run what a user would pick instead, in a network of their own.
    private static func peers(megabytes: Int) throws -> [Result] {
        let script = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "shared/peers/sync/bench_blob.py").path
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "weonomy-bench-blob"
        ).path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        guard FileManager.default.fileExists(atPath: script) else { return [] }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", script, "1", "rsync", "syncthing"]
        process.environment = ProcessInfo.processInfo.environment.merging([
            "SYNCBENCH_DIR": folder, "SIZE_MB": "\(megabytes)",
        ]) { $1 }
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        let lines = (try? String(contentsOfFile: folder + "/results/blob.jsonl", encoding: .utf8))
        var results: [Result] = []
        for line in (lines ?? "").split(separator: "\n") {
            guard
                let found = try? JSONSerialization.jsonObject(with: Data(line.utf8))
                    as? [String: Any],
                let tool = found["tool"] as? String, let test = found["test"] as? String,
                let seconds = found["secs"] as? Double
            else { continue }
            results.append(
                Result(
                    name: "\(tool) \(test)",
                    values: [
                        ("seconds", seconds),
                        ("MBPerSecond", Double(megabytes << 20) / seconds / 1e6),
                    ]))
        }
        if results.isEmpty {
            FileHandle.standardError.write(
                Data("files: rsync and syncthing skipped: install both\n".utf8))
        }
        return results
    }

    private static func worker(_ words: String...) throws -> [String: Double] {
        let child = try Child(CommandLine.arguments[0], ["worker"] + words)
        let figures = try child.figures()
        guard child.wait() == 0 else { throw BenchError(description: "\(words[0]) failed") }
        return figures
    }

    private static func fill(_ path: String, _ byteCount: Int) throws {
        _ = FileManager.default.createFile(atPath: path, contents: nil)
        let file = try FileHandle(forWritingTo: URL(filePath: path))
        for _ in 0..<(byteCount >> 20) { try file.write(contentsOf: random(1 << 20)) }
        try file.close()
    }

    private static func random(_ count: Int) -> Data {
        var generator = SystemRandomNumberGenerator()
        var data = Data(capacity: count)
        while data.count < count {
            withUnsafeBytes(of: generator.next()) { data.append(contentsOf: $0) }
        }
        return data
    }

    /// Other bytes for a mebibyte in the middle, across the boundary of two chunks.
    private static func change(_ path: String, _ byteCount: Int) throws {
        let file = try FileHandle(forWritingTo: URL(filePath: path))
        try file.seek(toOffset: UInt64(byteCount / 2 - 536_633))
        try file.write(contentsOf: random(1 << 20))
        try file.close()
    }
}

extension Worker {
    /// Founds a team in one folder and joins it in the other.
    static func fileTeam(_ source: String, _ target: String) async throws {
        let brain = try Brain.found(storage(source), as: "Anna", team: "Bench")
        let code = try await brain.invite().code
        let address = try await brain.listen(host: "127.0.0.1", port: 0).description
        let (other, _) = try await Brain.join(storage(target), as: "Bram", code: code, at: address)
        try await other.setFilePolicy(.all)
        await other.close()
        await brain.close()
        try show(["seconds": 0])
    }

    /// Attaches a file to a share.
    static func fileShare(_ folder: String, path: String) async throws {
        let brain = try await Brain.open(storage(folder))
        let start = Usage.seconds()
        let file = try await brain.attach(path)
        _ = try await brain.share(.file, title: "A long file", files: [file])
        let seconds = Usage.seconds() - start
        await brain.close()
        try show(["seconds": seconds, "memory": Usage.memoryMB()])
    }

    /// Takes in everything, files as well; says how far it is where that is asked.
    static func fileSync(_ folder: String, address: String, isTelling: Bool) async throws {
        let brain = try await Brain.open(storage(folder))
        let start = Usage.seconds()
        let report = try await brain.sync(with: .tcp(address)) { progress in
            guard isTelling else { return }
            FileHandle.standardOutput.write(Data("\(progress.fileBytesReceived)\n".utf8))
        }
        let seconds = Usage.seconds() - start
        let files = try await brain.files()
        guard files.allSatisfy({ $0.state == .here }) else {
            throw BenchError(description: "a file did not come")
        }
        await brain.close()
        try show([
            "seconds": seconds, "memory": Usage.memoryMB(), "in": Double(report.wireBytesIn),
            "file": Double(report.peers.first?.progress.fileBytesReceived ?? 0),
        ])
    }

    /// What one thread can take in that decrypts frames and hashes chunks, one after the other:
    /// libsodium alone, without anything of ours.
    static func fileLimit(_ byteCount: Int) throws {
        typealias Seal =
            @convention(c) (
                UnsafeMutablePointer<UInt8>, UnsafeMutablePointer<UInt64>?, UnsafePointer<UInt8>,
                UInt64, UnsafePointer<UInt8>?, UInt64, UnsafePointer<UInt8>?, UnsafePointer<UInt8>,
                UnsafePointer<UInt8>
            ) -> Int32
        typealias Open =
            @convention(c) (
                UnsafeMutablePointer<UInt8>, UnsafeMutablePointer<UInt64>?,
                UnsafeMutablePointer<UInt8>?, UnsafePointer<UInt8>, UInt64, UnsafePointer<UInt8>?,
                UInt64, UnsafePointer<UInt8>, UnsafePointer<UInt8>
            ) -> Int32
        typealias Ready = @convention(c) () -> Int32
        let name = "crypto_aead_chacha20poly1305_ietf_"
        guard let ready = dlsym(nil, "sodium_init"), let seal = dlsym(nil, name + "encrypt"),
            let open = dlsym(nil, name + "decrypt")
        else { throw BenchError(description: "no libsodium") }
        _ = unsafeBitCast(ready, to: Ready.self)()
        let key = [UInt8](repeating: 3, count: 32)
        let nonce = [UInt8](repeating: 0, count: 12)
        var plain = [UInt8](repeating: 7, count: 65_518)
        var frame = [UInt8](repeating: 0, count: 65_534)
        _ = unsafeBitCast(seal, to: Seal.self)(
            &frame, nil, plain, UInt64(plain.count), nil, 0, nil, nonce, key)
        let opening = unsafeBitCast(open, to: Open.self)
        let chunk = [UInt8](repeating: 9, count: 1 << 20)
        let start = Usage.seconds()
        var sum = 0
        for _ in 0..<(byteCount >> 20) {
            for _ in 0..<16 {
                guard
                    opening(&plain, nil, nil, frame, UInt64(frame.count), nil, 0, nonce, key) == 0
                else { throw BenchError(description: "the frame did not open") }
            }
            sum += Int(Blake2b.hash(chunk).bytes[0])
        }
        let seconds = Usage.seconds() - start
        try show(["bytesPerSecond": Double(byteCount) / seconds, "check": Double(sum % 2)])
    }
}
