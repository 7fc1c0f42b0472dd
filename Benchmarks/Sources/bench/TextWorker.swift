import Foundation
import WeData

/// One measurement of the text engine.
enum TextWorker {
    static func run(_ words: [String]) throws {
        let runs = Int(words[0]) ?? 1
        switch words[1] {
        case "local": try Worker.show(local(words[2], runs))
        case "file": try Worker.show(file(words[2], words[3], times: Int(words[4]) ?? 1, runs))
        case "open": try Worker.show(open(words[2]))
        case "live": try Worker.show(live(words[2], words[3]))
        case "curve": try Worker.show(curve(Int(words[2]) ?? 0, runs))
        default: throw BenchError(description: "no such measurement")
        }
    }

    /// Median milliseconds of several runs.
    private static func measure(_ runs: Int, _ body: () throws -> Void) rethrows -> Double {
        var times: [Double] = []
        for _ in 0..<runs {
            let start = Usage.cpuSeconds()
            try body()
            times.append((Usage.cpuSeconds() - start) * 1_000)
        }
        return median(times)
    }

    /// How many MB opening a file makes the peak grow, in a process that has done nothing else.
    private static func open(_ path: String) throws -> [String: Double] {
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        let memory = peakMB()
        let document = try TextDocument(encoded: bytes)
        guard document.eventCount > 0 else { throw BenchError(description: "nothing was read") }
        return ["growthMB": peakMB() - memory]
    }

    /// The most memory of this program; the system's other figure keeps what its parent had.
    private static func peakMB() -> Double {
        let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status?.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        let words = line?.split(whereSeparator: { !$0.isNumber }) ?? []
        return words.first.flatMap { Double($0) }.map { $0 / 1_000 } ?? Usage.memoryMB()
    }

    private static func growth(opening bytes: [UInt8]) throws -> Double {
        let file = FileManager.default.temporaryDirectory.appending(
            path: "weonomy-text-\(UUID().uuidString)")
        try Data(bytes).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let worker = try Child.worker("text", "1", "open", file.path)
        let growth = try worker.figures()["growthMB"]
        worker.wait()
        return growth ?? .nan
    }

    private static func check(_ document: TextDocument, _ end: String) throws {
        guard end.isEmpty || document.text == end else {
            throw BenchError(description: "the text is not the recorded one")
        }
    }

    private static func typed(_ patches: [TextHunk], times: Int) throws -> TextDocument {
        let writer = try TextTraces.agent("writer")
        var document = TextDocument()
        for _ in 0..<times {
            for patch in patches {
                if patch.deleteCount > 0 {
                    document.delete(
                        patch.position..<(patch.position + patch.deleteCount), by: writer)
                }
                document.insert(patch.insert, at: patch.position, by: writer)
            }
        }
        return document
    }

    private static func edits(_ kind: String, _ name: String) throws -> ([TextEdit], String) {
        switch kind {
        case "concurrent": try TextTraces.concurrent(name)
        case "raw": try TextTraces.raw(name)
        default: (try TextTraces.shape(kind, rounds: Int(name) ?? 0), "")
        }
    }

    // MARK: - Measurements

    /// Typing alone, patch after patch.
    private static func local(_ name: String, _ runs: Int) throws -> [String: Double] {
        let (patches, end) = try TextTraces.sequential(name)
        let ms = try measure(runs) { _ = try typed(patches, times: 1) }
        try check(try typed(patches, times: 1), end)
        return ["patches": Double(patches.count), "ms": ms]
    }

    /// Bytes to text with and without the kept text, the first edit after it, and sizes.
    private static func file(
        _ kind: String, _ name: String, times: Int, _ runs: Int
    ) throws -> [String: Double] {
        var document = TextDocument()
        var end = ""
        if kind == "sequential" {
            let patches: [TextHunk]
            (patches, end) = try TextTraces.sequential(name)
            document = try typed(patches, times: times)
        } else {
            let edits: [TextEdit]
            (edits, end) = try Self.edits(kind, name)
            _ = document.apply(contentsOf: edits)
        }
        if times == 1 { try check(document, end) }
        let kept = document.encoded()
        let bare = document.encoded(cachesText: false)
        let count = document.scalarCount
        let events = document.eventCount
        document = TextDocument()
        let writer = try TextTraces.agent("writer")
        let open = try measure(runs) {
            var copy = try TextDocument(encoded: kept)
            copy.insert("x", at: count / 2, by: writer)
        }
        let replay = try measure(runs) {
            let copy = try TextDocument(encoded: bare)
            guard copy.scalarCount == count else {
                throw BenchError(description: "the text came back with another length")
            }
        }
        return [
            "events": Double(events), "bytesWithText": Double(kept.count),
            "bytes": Double(bare.count), "openAndEditMs": open,
            "openGrowthMB": try growth(opening: kept),
            "replayMs": replay, "replayGrowthMB": try growth(opening: bare),
        ]
    }

    /// A late joiner: one message after another, decoded and merged, the text current after each.
    private static func live(_ kind: String, _ name: String) throws -> [String: Double] {
        let (edits, end) = try edits(kind, name)
        var encoder = TextEditEncoder()
        let messages = edits.map { encoder.encode($0) }
        var decoder = TextEditDecoder()
        var document = TextDocument()
        var times: [Double] = []
        times.reserveCapacity(messages.count)
        let cpu = Usage.cpuSeconds()
        for message in messages {
            let start = Usage.seconds()
            _ = document.apply(try decoder.decode(message))
            times.append((Usage.seconds() - start) * 1e6)
        }
        let total = Usage.cpuSeconds() - cpu
        try check(document, end)
        times.sort()
        let bytes = messages.reduce(0) { $0 + $1.count }
        return [
            "messages": Double(messages.count), "totalMs": total * 1_000,
            "meanUs": total * 1e6 / Double(messages.count), "p99Us": times[times.count * 99 / 100],
            "maxUs": times.last ?? 0, "bytesPerMessage": Double(bytes) / Double(messages.count),
        ]
    }

    /// How the cost of typing, of one late edit and of opening grows with the history.
    private static func curve(_ count: Int, _ runs: Int) throws -> [String: Double] {
        let writer = try TextTraces.agent("writer")
        var state: UInt64 = 7
        func below(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(bound))
        }
        var document = TextDocument()
        let start = Usage.cpuSeconds()
        var position = 0
        for number in 0..<count {
            if number % 12 == 0 { position = below(document.scalarCount + 1) }
            document.insert("e", at: position, by: writer)
            position += 1
        }
        let typing = Usage.cpuSeconds() - start
        let heads = document.version
        document.insert("!", at: 0, by: writer)
        let late = try TextEdit(
            agent: TextTraces.agent("late"), sequence: 0, parents: heads,
            hunks: [TextHunk(position: count / 2, deleteCount: 1, insert: "late")])
        let merging = measure(runs) {
            var copy = document
            _ = copy.apply(late)
        }
        let bytes = document.encoded()
        let opening = try measure(runs) { _ = try TextDocument(encoded: bytes) }
        return [
            "edits": Double(count), "typingNsEach": typing * 1e9 / Double(count),
            "copyAndMergeMs": merging, "openMs": opening, "bytes": Double(bytes.count),
        ]
    }
}
