import Foundation
import WeData

/// Recorded sessions and made histories that the text engine is measured on.
///
/// "editing traces by Joseph Gentle and others, https://github.com/josephg/editing-traces;
/// automerge-paper by Martin Kleppmann; json-crdt-* by JSON Joy (Vadim Dalecky)", CC BY 4.0.
enum TextTraces {
    static let folder: URL = {
        if let path = ProcessInfo.processInfo.environment["WEONOMY_TRACES"] {
            return URL(filePath: path)
        }
        return URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "shared/traces")
    }()

    static func names(_ kind: String) -> [String] {
        let path = folder.appending(path: kind).path
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return names.filter { $0.hasSuffix(".json.gz") }.sorted()
    }

    private static func json(_ path: String) throws -> [String: Any] {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["gzip", "-dc", folder.appending(path: path).path]
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
    }

    private static func hunks(_ patches: Any?) -> [TextHunk] {
        (patches as? [[Any]] ?? []).map { patch in
            var text = patch[2] as? String ?? ""
            text.makeContiguousUTF8()
            return TextHunk(
                position: patch[0] as? Int ?? 0, deleteCount: patch[1] as? Int ?? 0, insert: text)
        }
    }

    static func agent(_ name: String) throws -> TextAgent {
        guard let agent = TextAgent(Array(name.utf8)) else {
            throw BenchError(description: "an agent's name is too long")
        }
        return agent
    }

    /// What one person typed, patch after patch.
    static func sequential(_ name: String) throws -> (patches: [TextHunk], end: String) {
        let trace = try json("sequential/" + name)
        let turns = trace["txns"] as? [[String: Any]] ?? []
        return (turns.flatMap { hunks($0["patches"]) }, trace["endContent"] as? String ?? "")
    }

    /// Turns whose parents are numbers of turns; a turn without changes stands for its parents.
    static func concurrent(_ name: String) throws -> (edits: [TextEdit], end: String) {
        let trace = try json("concurrent/" + name)
        var edits: [TextEdit] = []
        var tips: [[TextID]] = []
        var next: [Int: Int] = [:]
        for turn in trace["txns"] as? [[String: Any]] ?? [] {
            let writer = turn["agent"] as? Int ?? 0
            let parents = Array(Set((turn["parents"] as? [Int] ?? []).flatMap { tips[$0] }))
            let hunks = hunks(turn["patches"])
            guard hunks.contains(where: { $0.deleteCount > 0 || !$0.insert.isEmpty }) else {
                tips.append(parents)
                continue
            }
            let edit = try TextEdit(
                agent: agent("\(writer)"), sequence: next[writer, default: 0], parents: parents,
                hunks: hunks)
            next[writer] = edit.sequence + edit.count
            tips.append([edit.last])
            edits.append(edit)
        }
        return (edits, trace["endContent"] as? String ?? "")
    }

    /// Turns whose parents are numbers of events.
    static func raw(_ name: String) throws -> (edits: [TextEdit], end: String) {
        let trace = try json("raw/" + name)
        var edits: [TextEdit] = []
        var starts: [Int] = []
        func id(_ event: Int) -> TextID {
            var low = 0
            var high = starts.count
            while low < high {
                let middle = (low + high) / 2
                if starts[middle] <= event { low = middle + 1 } else { high = middle }
            }
            let edit = edits[low - 1]
            return TextID(agent: edit.agent, sequence: edit.sequence + event - starts[low - 1])
        }
        for turn in trace["txns"] as? [[String: Any]] ?? [] {
            let edit = try TextEdit(
                agent: agent(turn["agent"] as? String ?? ""),
                sequence: turn["seqStart"] as? Int ?? 0,
                parents: (turn["parents"] as? [Int] ?? []).map(id), hunks: hunks(turn["ops"]))
            starts.append((turn["span"] as? [Int] ?? [0])[0])
            edits.append(edit)
        }
        return (edits, trace["endContent"] as? String ?? "")
    }

    // MARK: - Made histories

    /// Two who write in halves of one text: `turns` one after the other, `pingpong` both at once
    /// and then both hear, `oneway` one never hears the other.
    static func shape(_ kind: String, rounds: Int) throws -> [TextEdit] {
        var state: UInt64 = 7
        func below(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(bound))
        }
        let writers = [try agent("0"), try agent("1")]
        let start = String(repeating: "x", count: 1_000) + String(repeating: "y", count: 1_000)
        var edits = [
            try TextEdit(
                agent: writers[0], sequence: 0, parents: [],
                hunks: [TextHunk(position: 0, deleteCount: 0, insert: start)])
        ]
        var sequences = [edits[0].count, 0]
        var tips = [edits[0].last, edits[0].last]
        func write(_ writer: Int, _ parents: Set<TextID>, _ position: Int) throws {
            let word = String((0..<5).map { _ in Character(Unicode.Scalar(UInt8(97 + below(8)))) })
            let edit = try TextEdit(
                agent: writers[writer], sequence: sequences[writer], parents: Array(parents),
                hunks: [TextHunk(position: position, deleteCount: 0, insert: word)])
            sequences[writer] += 5
            tips[writer] = edit.last
            edits.append(edit)
        }
        for round in 0..<rounds {
            let length = 1_000 + 5 * round
            let first = 1 + below(length - 1)
            let second = 1 + below(length - 1)
            switch kind {
            case "pingpong":
                let heads = Set(tips)
                try write(0, heads, first)
                try write(1, heads, length + second)
            case "oneway":
                try write(1, [tips[1]], 1_000 + second)
                try write(0, Set(tips), first)
            default:
                try write(0, [edits[edits.count - 1].last], first)
                try write(1, [tips[0]], length + 5 + second)
            }
        }
        return edits
    }
}
