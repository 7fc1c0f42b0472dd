public import WeData
import WeKeys

/// A file to take in, by its path below the collection's folder.
public struct ImportFile: Hashable, Sendable {
    /// The path, with `/` between its parts.
    public let path: String
    /// What the file holds.
    public let bytes: [UInt8]

    /// Joins path and bytes.
    public init(path: String, bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
    }
}

/// A note to take in, with all that its folder tells of it.
public struct ImportedNote: Hashable, Sendable {
    /// The path below the collection's folder.
    public let path: String
    /// What the file says.
    public let note: Note
    /// The folder's topic and the note's own.
    public let topics: [String]
    /// Who wrote it first, by the note or else by the history.
    public let author: String?
    /// When it was first written, by the note or else by the history.
    public let created: Instant?
    /// When it was last changed, by the history.
    public let changed: Instant?
    /// What names the file in this and any later import.
    public let source: String
    /// The hash of the file, by which a later import sees whether it changed.
    public let hash: Digest
    /// The answers that an export wrote into a need's note.
    public let answers: [ExportedAnswer]

    /// The text without what an export added below it.
    public let body: String
    /// The object that an export made the file from.
    public var id: ObjectID? { note.id }
}

/// Why a file was not taken in.
public enum SkipReason: Hashable, Sendable {
    /// Not Markdown by its name.
    case notMarkdown
    /// A licence or attribution.
    case licence
    /// A name that starts with an underscore or a dot.
    case hidden
    /// Made by an export from other objects, such as its index.
    case generated
    /// A link, which is never followed.
    case link
    /// Neither a file nor a folder.
    case special
    /// Could not be read.
    case unreadable
    /// Too many folders inside one another, or too many files.
    case tooMany
    /// Not a note, as the error says.
    case note(NoteError)
}

/// A file that was not taken in.
public struct SkippedFile: Hashable, Sendable {
    /// The path below the collection's folder.
    public let path: String
    /// Why.
    public let reason: SkipReason
}

/// What an import would do.
public struct ImportPlan: Hashable, Sendable {
    /// What the collection is called.
    public let collection: String
    /// What is taken in, by path.
    public let notes: [ImportedNote]
    /// What is not, by path.
    public let skipped: [SkippedFile]
}

/// Reads folders of notes: what other tools keep, and what ``VaultExport`` wrote.
public enum FolderImport {
    /// The file that holds who changed what when.
    static let historyName = "_history.tsv"

    /// Says what files would become; looks at nothing else.
    public static func plan(
        collection: String, files: [ImportFile], skipped: [SkippedFile] = []
    ) -> ImportPlan {
        let history = FileHistory(files.first { $0.path == historyName }?.bytes ?? [])
        var notes: [ImportedNote] = []
        var skipped = skipped
        for file in files.sorted(by: { isBefore($0.path, $1.path) })
        where file.path != historyName && file.path != VaultMarker.name {
            switch note(file, in: collection, history) {
            case .success(let note): notes.append(note)
            case .failure(let reason):
                skipped.append(SkippedFile(path: file.path, reason: reason.reason))
            }
        }
        skipped.sort { isBefore($0.path, $1.path) }
        return ImportPlan(collection: collection, notes: notes, skipped: skipped)
    }

    /// Whether a file of this name is taken in; `nil` when it is.
    static func reasonToSkip(_ path: String) -> SkipReason? {
        let parts = path.split(separator: "/")
        guard let name = parts.last?.lowercased() else { return .hidden }
        // Two dots hide nothing: `..md` is a page on the command `.`.
        let isHidden = parts.contains { $0.hasPrefix(".") && !$0.hasPrefix("..") }
        if isHidden || name.hasPrefix("_") { return .hidden }
        let isMarkdown = [".md", ".markdown", ".md.erb"].contains { name.hasSuffix($0) }
        // Deeper down, `license.md` in lower case is a note on some command of that name.
        let stem = (parts.last ?? "").prefix { $0 != "." }
        if parts.count == 1 || stem.allSatisfy(\.isUppercase),
            ["license", "licence", "attribution", "licentie"].contains(stem.lowercased())
        {
            return .licence
        }
        return isMarkdown ? nil : .notMarkdown
    }

    /// Orders paths by their bytes, as every file system and language can.
    static func isBefore(_ left: String, _ right: String) -> Bool {
        left.utf8.lexicographicallyPrecedes(right.utf8)
    }

    private struct Skip: Error {
        let reason: SkipReason
    }

    private static func note(
        _ file: ImportFile, in collection: String, _ history: FileHistory
    ) -> Result<ImportedNote, Skip> {
        if let reason = reasonToSkip(file.path) { return .failure(Skip(reason: reason)) }
        let note: Note
        do throws(NoteError) {
            note = try Note(path: file.path, bytes: file.bytes)
        } catch {
            return .failure(Skip(reason: .note(error)))
        }
        if note.frontMatter?[VaultKey.generated] != nil {
            return .failure(Skip(reason: .generated))
        }
        let past = history[file.path]
        let exported = note.id.map { _ in ExportedBody(reading: note.body) }
        return .success(
            ImportedNote(
                path: file.path, note: note,
                topics: note.id == nil ? topics(of: file.path, note) : note.tags,
                author: note.author ?? past?.author,
                created: note.date ?? past?.first,
                changed: past?.last,
                source: "\(collection)/\(file.path)",
                hash: Digest(Blake2b.hash(file.bytes)),
                answers: exported?.answers ?? [], body: exported?.body ?? note.body))
    }

    /// The first folder, then what the note says.
    private static func topics(of path: String, _ note: Note) -> [String] {
        let parts = path.split(separator: "/")
        guard parts.count > 1, let first = parts.first else { return note.tags }
        let topic = String(first).oneLine
        return [topic] + note.tags.filter { Facet.folded($0) != Facet.folded(topic) }
    }
}

/// Who wrote each file first and when it was changed, from lines of tab-separated values.
private struct FileHistory {
    struct Past {
        let author: String?
        var first: Instant?
        var last: Instant?
    }

    private var pasts: [String: Past] = [:]

    /// Reads lines of date, author, operation and path; others are passed over.
    init(_ bytes: [UInt8]) {
        for line in bytes.split(separator: 10) {
            let text = line.last == 13 ? line.dropLast() : line
            let fields = text.split(separator: 9, omittingEmptySubsequences: false)
            guard fields.count >= 4 else { continue }
            let values = fields.map { String(decoding: $0, as: UTF8.self) }
            guard let date = Instant(iso8601: values[0]), values[2] != "D" else { continue }
            let author = values[1].oneLine
            var past =
                pasts[values[3]]
                ?? Past(author: author.isEmpty ? nil : author, first: date, last: date)
            past.last = max(past.last ?? date, date)
            pasts[values[3]] = past
        }
    }

    subscript(path: String) -> Past? { pasts[path] }
}
