#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import WeData
import WeLog
import WeReplica
import WeTransport

/// What a brain can be written as.
public enum ExportFormat: String, CaseIterable, Sendable {
    /// A folder of Markdown that Obsidian and any editor opens.
    case vault
    /// One file with every signed event, which can be taken in again.
    case jsonl
}

/// What an export wrote.
public struct ExportReport: Sendable, Hashable {
    /// Files written.
    public let fileCount: Int
    /// Shares, needs and answers in them, or events in a brain file.
    public let itemCount: Int
}

extension Brain {
    /// Writes the merged brain to a folder (`vault`) or a file (`jsonl`).
    ///
    /// The same brain gives the same bytes; a vault also has the files that are on this laptop.
    @discardableResult
    public func export(_ format: ExportFormat, to path: String) throws(BrainError) -> ExportReport {
        switch format {
        case .vault:
            let items = try allItems()
            let store = node.keeper.store
            let attached = VaultFiles(items) { store.contains($0) }
            let files = VaultExport.files(
                items: items, profiles: try profiles(), teamName: teamName, with: attached)
            let copies = attached.list.map { path, file in
                VaultCopy(path: path, file: file) { () throws(FileFault) in
                    try store.reader(of: file.id).file
                }
            }
            do throws(ExportError) { try VaultExport.write(files, copies, to: path) } catch {
                throw BrainError(error)
            }
            return ExportReport(
                fileCount: files.count + copies.count, itemCount: items.count)
        case .jsonl:
            let lines = try brainFile()
            do {
                try Data(lines.joined(separator: "\n").utf8 + [10])
                    .write(to: URL(filePath: path), options: .atomic)
            } catch {
                throw BrainError(
                    .file, "\(path) can't be written", hint: "Check the folder and its permissions")
            }
            return ExportReport(fileCount: 1, itemCount: lines.count - 1)
        }
    }

    /// The lines of a brain file: a heading, then one event each, membership first and in causal
    /// order.
    func brainFile() throws(BrainError) -> [String] {
        guard let team = replica.currentTeam else {
            throw BrainError(.noReplica, "there is no team here yet")
        }
        let stored = try translating { () throws(ReplicaError) in
            try replica.read { try? $0.events(after: 0, countMax: .max) }
        }
        guard let stored else { throw BrainError(.corrupt, "the events can't be read") }
        let events = stored.map(\.event).sorted { left, right in
            if left.key.logClass != right.key.logClass {
                return left.key.logClass > right.key.logClass
            }
            return (left.header.lamport, left.id) < (right.header.lamport, right.id)
        }
        return ["{\"schema\":\"\(BrainFile.schema)\",\"team\":\"\(team.id)\"}"]
            + events.map(BrainFile.line)
    }

    /// Takes in a brain file of this team; every signature is verified.
    public func importBrainFile(_ path: String) throws(BrainError) -> ImportReport {
        let (team, events) = try BrainFile.read(path)
        guard team == replica.currentTeam?.id else {
            throw BrainError(.trust, "\(path) is the brain of another team")
        }
        return try take(events)
    }

    /// Makes a replica of the team of a brain file, to read it; its laptop is no member.
    public static func restore(
        _ path: String, to storage: Storage?,
        now: @escaping @Sendable () -> Instant = Brain.systemClock
    ) async throws(BrainError) -> (brain: Brain, report: ImportReport) {
        let (team, events) = try BrainFile.read(path)
        let (identity, replica) = try prepare(storage)
        try translating { () throws(ReplicaError) in try replica.adopt(team: team) }
        let brain = Brain(
            replica: replica, identity: identity, secrets: [], storage: storage, now: now)
        return (brain, try await brain.take(events))
    }

    private func take(_ events: [Event]) throws(BrainError) -> ImportReport {
        guard BrainFile.areAuthentic(events) else {
            throw BrainError(
                .trust, "the file holds an event whose signature does not verify",
                hint: "Export it again; nothing of it was taken in")
        }
        var report = ImportReport()
        var waiting: [Run] = []
        for start in stride(from: 0, to: events.count, by: 1_000) {
            let runs =
                waiting
                + events[start..<min(start + 1_000, events.count)].map {
                    Run(key: $0.key, events: [$0])
                }
            let taken = try translating { () throws(ReplicaError) in try replica.ingest(runs) }
            report.eventCount += taken.storedCount
            report.unchangedCount += taken.knownCount
            waiting = taken.waiting
            guard taken.refused.isEmpty else {
                throw BrainError(.invalid, "the file holds an event that can't be valid")
            }
        }
        guard waiting.isEmpty else {
            throw BrainError(
                .invalid, "the file is not complete: \(waiting.count) events lack their past",
                hint: "What is complete was taken in; export again for the rest")
        }
        feed.storeGrew(replica, isRemote: true)
        engine?.storeGrew()
        return report
    }
}

/// The lossless form of a brain: one JSON object a line (Protocol.md, "Brain files").
enum BrainFile {
    static let schema = "weonomy.brain-file/1"

    private struct Heading: Codable {
        let schema: String
        let team: String
    }

    private struct Line: Codable {
        let header: String
        let signature: String
        let body: String?
    }

    static func line(_ event: Event) -> String {
        func base64(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }
        let body = event.body.map { "\"\(base64($0))\"" } ?? "null"
        return "{\"id\":\"\(event.id)\",\"header\":\"\(base64(event.header.encoded))\","
            + "\"signature\":\"\(base64(event.signatureBytes))\",\"body\":\(body)}"
    }

    static func read(_ path: String) throws(BrainError) -> (team: TeamID, events: [Event]) {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw BrainError(.file, "\(path) can't be read", hint: "Check the path")
        }
        let lines = data.split(separator: 10)
        let decoder = JSONDecoder()
        guard let first = lines.first,
            let heading = try? decoder.decode(Heading.self, from: Data(first)),
            heading.schema == schema, let team = Hex.decode(heading.team).flatMap({ TeamID($0) })
        else {
            throw BrainError(
                .invalid, "\(path) is no brain file of a version that is known here",
                hint: "It should come from: weonomy export --format jsonl")
        }
        var events: [Event] = []
        for (number, line) in lines.dropFirst().enumerated() {
            guard let event = event(line, decoder) else {
                throw BrainError(
                    .invalid, "line \(number + 2) of \(path) is no valid event",
                    hint: "The file was cut or changed; export it again")
            }
            events.append(event)
        }
        return (team, events)
    }

    private struct Link: Hashable {
        let key: LogKey
        let event: EventID
    }

    /// Whether each event's signature verifies, or a later one of its log vouches for it
    /// (Protocol.md section 7, rule 7).
    ///
    /// - Complexity: one Ed25519 verification for each end of a log.
    static func areAuthentic(_ events: [Event]) -> Bool {
        var vouched: Set<Link> = []
        for event in events {
            if let previous = event.header.previous {
                vouched.insert(Link(key: event.key, event: previous))
            }
        }
        return events.allSatisfy {
            vouched.contains(Link(key: $0.key, event: $0.id)) || $0.isSignatureValid
        }
    }

    private static func event(_ line: Data, _ decoder: JSONDecoder) -> Event? {
        guard let line = try? decoder.decode(Line.self, from: Data(line)),
            let headerBytes = Data(base64Encoded: line.header),
            let signature = Data(base64Encoded: line.signature),
            let header = try? EventHeader(decoding: Array(headerBytes))
        else { return nil }
        var body: [UInt8]?
        if let text = line.body {
            guard let bytes = Data(base64Encoded: text) else { return nil }
            body = Array(bytes)
        }
        guard let event = Event(header: header, signatureBytes: Array(signature), body: body),
            (try? event.checkBody()) != nil
        else { return nil }
        return event
    }
}

extension BrainError {
    init(_ error: ExportError) {
        switch error {
        case .notAFolder(let path):
            self.init(.file, "\(path) is no folder", hint: "Choose another with --to")
        case .notEmpty(let path):
            self.init(
                .file, "\(path) holds files that no export wrote",
                hint: "Choose an empty folder with --to")
        case .edited(let path):
            self.init(
                .file, "\(path) was changed since the last export",
                hint: "Take it in with weonomy import, or choose another folder with --to")
        case .link(let path):
            self.init(.file, "\(path) is a link; exports never write through links")
        case .unsafePath(let path): self.init(.file, "\(path) would lie outside the folder")
        case .unwritable(let path):
            self.init(.file, "\(path) can't be written", hint: "Check permissions and disk space")
        case .damaged(let name):
            self.init(
                .file, "\(name) is damaged on this laptop",
                hint: "Take it away and fetch it again: weonomy files check")
        }
    }
}
