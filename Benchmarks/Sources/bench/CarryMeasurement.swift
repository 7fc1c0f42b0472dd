import Foundation
import WeLog
import WeReplica
import Weonomy

/// A stick beside a cable: everything written for a newcomer, and read by them, against the first
/// sync of the same run.
enum CarryMeasurement {
    static func measure(
        _ options: Options, source: String, code: String, folder: String,
        cold: () throws -> Double
    ) throws -> Result {
        var runs: [[String: Double]] = []
        for round in 0..<options.rounds {
            let stick = folder + "/stick-\(round)"
            let target = folder + "/by-stick-\(round)"
            for path in [stick, target] {
                try FileManager.default.createDirectory(
                    atPath: path, withIntermediateDirectories: true)
            }
            // Cable and stick take turns, so that both see the same machine.
            var figures = ["cold": try cold()]
            _ = try worker("carry", source, stick)
            _ = try worker("stick-join", target, code, stick)
            let written = try worker("carry", source, stick)
            let read = try worker("stick-join", target, code, stick)
            figures["write"] = written["seconds"]
            figures["read"] = read["seconds"]
            figures["size"] = (written["bytes"] ?? .nan) / (written["eventBytes"] ?? .nan)
            figures["writeMB"] = written["memory"]
            figures["readMB"] = read["memory"]
            figures["received"] = read["received"]
            runs.append(figures)
            for path in [stick, target] { try FileManager.default.removeItem(atPath: path) }
        }
        func middle(_ key: String) -> Double { median(runs.compactMap { $0[key] }) }
        func ratio(_ key: String) -> Double {
            median(runs.map { ($0[key] ?? .nan) / ($0["cold"] ?? .nan) })
        }
        return Result(
            name: "carry",
            values: [
                ("events", middle("received")), ("coldSeconds", middle("cold")),
                ("writeSeconds", middle("write")), ("readSeconds", middle("read")),
                ("writePerCold", ratio("write")), ("readPerCold", ratio("read")),
                ("sizePerEventBytes", middle("size")), ("writeMB", middle("writeMB")),
                ("readMB", middle("readMB")),
            ])
    }

    private static func worker(_ words: String...) throws -> [String: Double] {
        let child = try Child(CommandLine.arguments[0], ["worker"] + words)
        let figures = try child.figures()
        guard child.wait() == 0 else {
            throw BenchError(description: "\(words[0]) failed")
        }
        return figures
    }
}

extension Worker {
    /// Leaves everything on a stick.
    static func carry(_ folder: String, stick: String) async throws {
        let brain = try await Brain.open(storage(folder))
        _ = try await brain.digest()
        let start = Usage.seconds()
        let report = try await brain.carry(stick)
        let seconds = Usage.seconds() - start
        guard report.isComplete else { throw BenchError(description: "\(report.problems)") }
        await brain.close()
        try show([
            "seconds": seconds, "bytes": Double(report.leftBytes),
            "eventBytes": try eventBytes(storage(folder).replica), "memory": Usage.memoryMB(),
        ])
    }

    /// Asks to join by a stick, or comes in by it.
    static func stickJoin(_ folder: String, code: String, stick: String) async throws {
        let start = Usage.seconds()
        let outcome = try await Brain.join(
            storage(folder), as: "Newcomer", code: code, fromStick: stick)
        let seconds = Usage.seconds() - start
        var received = 0
        if case .joined(let brain, let report) = outcome {
            received = report.receivedCount
            await brain.close()
        }
        try show([
            "seconds": seconds, "received": Double(received), "memory": Usage.memoryMB(),
        ])
    }

    /// Headers, signatures and bodies of all events, as they were signed.
    private static func eventBytes(_ path: String) throws -> Double {
        let replica = try Replica(path: path, create: false, isReadOnly: true) { _, _ in nil }
        var position: Int64 = 0
        var bytes = 0
        while true {
            let after = position
            let events = try replica.read { (try? $0.events(after: after, countMax: 500)) ?? [] }
            guard let last = events.last else { return Double(bytes) }
            position = last.position
            for event in events.map(\.event) {
                bytes += event.header.encoded.count + 64 + event.header.bodyByteCount
            }
        }
    }
}
