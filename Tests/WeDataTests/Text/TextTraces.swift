import Foundation
import Testing
import WeData

/// Recorded editing sessions, read from a folder beside the repository or `WEONOMY_TRACES`.
///
/// "editing traces by Joseph Gentle and others, https://github.com/josephg/editing-traces;
/// automerge-paper by Martin Kleppmann; json-crdt-* by JSON Joy (Vadim Dalecky)", CC BY 4.0.
enum Traces {
    static let folder: URL = {
        if let path = ProcessInfo.processInfo.environment["WEONOMY_TRACES"] {
            return URL(filePath: path)
        }
        return URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "shared/traces")
    }()

    /// Files of more bytes than this are read only where `WEONOMY_TRACES_ALL` is set: a debug build
    /// takes minutes for them.
    private static let bytesMax =
        ProcessInfo.processInfo.environment["WEONOMY_TRACES_ALL"] == nil ? 400_000 : Int.max

    static func names(in kind: String) -> [String] {
        let path = folder.appending(path: kind)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path.path)) ?? []
        return names.filter { name in
            let file = path.appending(path: name).path
            let size = (try? FileManager.default.attributesOfItem(atPath: file))?[.size] as? Int
            return name.hasSuffix(".json.gz") && (size ?? 0) <= bytesMax
        }.sorted()
    }

    static func data(_ path: String) throws -> Data {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["gzip", "-dc", folder.appending(path: path).path]
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return data
    }

    static func json(_ path: String) throws -> [String: Any] {
        try JSONSerialization.jsonObject(with: data(path)) as? [String: Any] ?? [:]
    }

    // MARK: - As edits

    static func hunks(_ patches: Any?) -> [TextHunk] {
        (patches as? [[Any]] ?? []).map {
            TextHunk(
                position: $0[0] as? Int ?? 0, deleteCount: $0[1] as? Int ?? 0,
                insert: $0[2] as? String ?? "")
        }
    }

    static func sequential(_ trace: [String: Any]) -> (patches: [TextHunk], end: String) {
        let turns = trace["txns"] as? [[String: Any]] ?? []
        return (turns.flatMap { hunks($0["patches"]) }, trace["endContent"] as? String ?? "")
    }

    /// Turns whose parents are numbers of turns; a turn without changes stands for its parents.
    static func concurrent(_ trace: [String: Any]) throws -> (edits: [TextEdit], end: String) {
        var edits: [TextEdit] = []
        var tips: [[TextID]] = []
        var next: [Int: Int] = [:]
        for turn in trace["txns"] as? [[String: Any]] ?? [] {
            let writer = turn["agent"] as? Int ?? 0
            let parents = Set((turn["parents"] as? [Int] ?? []).flatMap { tips[$0] })
            let hunks = hunks(turn["patches"])
            guard hunks.contains(where: { $0.deleteCount > 0 || !$0.insert.isEmpty }) else {
                tips.append(Array(parents))
                continue
            }
            let edit = try TextEdit(
                agent: agent("\(writer)"), sequence: next[writer, default: 0],
                parents: Array(parents), hunks: hunks)
            next[writer] = edit.sequence + edit.count
            tips.append([edit.last])
            edits.append(edit)
        }
        return (edits, trace["endContent"] as? String ?? "")
    }

    /// Turns whose parents are numbers of events.
    static func raw(_ trace: [String: Any]) throws -> (edits: [TextEdit], end: String) {
        var edits: [TextEdit] = []
        var starts: [Int] = []
        func name(_ event: Int) -> TextID {
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
                parents: (turn["parents"] as? [Int] ?? []).map(name), hunks: hunks(turn["ops"]))
            starts.append((turn["span"] as? [Int] ?? [0])[0])
            edits.append(edit)
        }
        return (edits, trace["endContent"] as? String ?? "")
    }
}

@Suite("Text: recorded sessions")
struct TextTraceTests {
    @Test("one who types alone", arguments: Traces.names(in: "sequential"))
    func sequential(name: String) throws {
        let (patches, end) = Traces.sequential(try Traces.json("sequential/" + name))
        var document = TextDocument()
        for patch in patches {
            if patch.deleteCount > 0 {
                document.delete(
                    patch.position..<(patch.position + patch.deleteCount), by: agent("me"))
            }
            document.insert(patch.insert, at: patch.position, by: agent("me"))
        }
        #expect(document.text == end)
    }

    @Test(
        "several who type at once, all together and one by one", .serialized,
        arguments: Traces.names(in: "concurrent"))
    func concurrent(name: String) throws {
        let (edits, end) = try Traces.concurrent(try Traces.json("concurrent/" + name))
        var document = TextDocument()
        #expect(document.apply(contentsOf: edits).waiting.isEmpty)
        #expect(document.text == end)
        var live = TextDocument()
        for edit in edits {
            guard case .applied = live.apply(edit) else {
                Issue.record("an edit was not applied")
                return
            }
        }
        #expect(live.text == end)
    }

    /// The recorded texts follow an order that takes the plain right neighbour for the right one;
    /// that differs from ours in one history of a thousand and not in these.
    @Test(
        "a history with real conflicts ends alike in any order of arrival", .serialized,
        arguments: Traces.names(in: "raw"))
    func raw(name: String) throws {
        let (edits, end) = try Traces.raw(try Traces.json("raw/" + name))
        var document = TextDocument()
        #expect(document.apply(contentsOf: edits).waiting.isEmpty)
        var reverse = TextDocument()
        #expect(reverse.apply(contentsOf: edits.reversed()).waiting.isEmpty)
        #expect(document.text == reverse.text)
        #expect(document.version == reverse.version)
        #expect(document.text == end)
    }

    @Test(
        "published random histories end in the published texts",
        arguments: Traces.names(in: "conformance"))
    func conformance(name: String) throws {
        let all = try JSONSerialization.jsonObject(with: Traces.data("conformance/" + name))
        let histories = try #require(all as? [[String: Any]])
        for (number, history) in histories.enumerated() {
            let (edits, end) = try Traces.raw(history)
            var document = TextDocument()
            #expect(document.apply(contentsOf: edits).waiting.isEmpty)
            #expect(document.text == end, "history \(number)")
        }
    }
}
