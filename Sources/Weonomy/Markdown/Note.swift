public import WeData

/// Why a file is not a note.
public enum NoteError: Error, Hashable, Sendable {
    /// The file is longer than a note may be.
    case tooLong(byteCount: Int)
    /// The file is not text in UTF-8, at this byte for the first time.
    case notUTF8(byteOffset: Int)
    /// The file has nothing to read.
    case empty
}

/// What a note that asks says of itself.
public struct NoteNeed: Hashable, Sendable {
    /// How far it has come.
    public let status: NeedStatus
    /// What the asker tried.
    public let tried: String?
    /// When the asker is content.
    public let goodEnoughWhen: String?
}

/// A Markdown file as people write it, with or without properties at its top.
public struct Note: Hashable, Sendable {
    /// What it is called: by its properties, else its first heading, else its file; never empty.
    public let title: String
    /// The text below the properties, as it stands in the file.
    public let body: String
    /// The properties.
    public let frontMatter: FrontMatter?
    /// The kind of share that it says it is.
    public let kind: ShareKind?
    /// What it says of itself as a need; `nil` for a note that gives rather than asks.
    public let need: NoteNeed?
    /// The topics that it names.
    public let tags: [String]
    /// The language, as it says or else as its words suggest.
    public let language: String?
    /// The date that it gives.
    public let date: Instant?
    /// Who wrote it, as it says.
    public let author: String?
    /// The object that it is a copy of, when an export made it.
    public let id: ObjectID?

    /// The longest note, in bytes.
    public static let bytesMax = 1 << 20
    /// The longest title, in characters; a longer one is cut.
    public static let titleLengthMax = 200

    /// Reads a file.
    ///
    /// The path gives the note its name where it has no title.
    public init(path: String, bytes: [UInt8]) throws(NoteError) {
        guard bytes.count <= Self.bytesMax else { throw .tooLong(byteCount: bytes.count) }
        var bytes = bytes[...]
        var offset = 0
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            bytes = bytes.dropFirst(3)
            offset = 3
        }
        if let invalid = UTF8Check.firstInvalid(in: bytes) {
            throw .notUTF8(byteOffset: invalid + offset)
        }
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.contains(where: { !$0.isWhitespace }) else { throw .empty }
        let (frontMatter, body) = Self.split(text)
        let properties = NoteProperties(frontMatter)
        self.frontMatter = frontMatter
        self.body = body
        let found = properties.text("title", "titel") ?? MarkdownScan.heading(in: body)
        title = Self.cut(found?.oneLine ?? "", else: Self.name(of: path))
        kind = properties.text("kind", "soort", "type").flatMap { ShareKind(parsing: $0) }
        need =
            properties.text("kind", "soort", "type").flatMap { ItemKind(parsing: $0) } == .need
            ? NoteNeed(
                status: properties.text("status").flatMap { NeedStatus(parsing: $0) } ?? .open,
                tried: properties.text("tried", "geprobeerd"),
                goodEnoughWhen: properties.text("good-enough-when", "goed-genoeg-als"))
            : nil
        tags = properties.tags
        language =
            properties.text("lang", "language", "taal").map { Facet.folded($0) }
            ?? MarkdownScan.language(of: title + "\n" + body)
        date = properties.text("created", "date", "aangemaakt", "datum", "last_reviewed_on")
            .flatMap { Instant(iso8601: $0) }
        author = properties.text("author", "auteur", "by", "door").map(Self.linked)
        id = properties.text("id").flatMap { Hex.decode($0) }.flatMap { ObjectID($0) }
    }

    /// Separates the properties from the text below them.
    private static func split(_ text: String) -> (FrontMatter?, String) {
        guard text.hasPrefix("---") else { return (nil, text) }
        // A line may end with CR LF, which is one character: so look at scalars.
        var lines: [String] = []
        var starts: [String.Index] = []
        let scalars = text.unicodeScalars
        var start = scalars.startIndex
        while start < scalars.endIndex, lines.count < FrontMatter.linesMax {
            let end = scalars[start...].firstIndex(of: "\n") ?? scalars.endIndex
            var line = scalars[start..<end]
            // More than one belongs to the end too: one left would be gone at the next reading.
            while line.last == "\r" { line = line.dropLast() }
            lines.append(String(Substring(line)))
            start = end < scalars.endIndex ? scalars.index(after: end) : end
            starts.append(start)
        }
        guard let (frontMatter, count) = FrontMatter.read(lines) else { return (nil, text) }
        return (frontMatter, String(Substring(scalars[starts[count - 1]...])))
    }

    private static func cut(_ title: String, else name: String) -> String {
        let title = title.isEmpty ? name : title
        return title.count > titleLengthMax ? title.prefix(titleLengthMax - 1) + "…" : title
    }

    private static let endings = ["md", "markdown", "erb", "html", "txt"]

    /// A file's name as words: `pages/some-thing.html.md.erb` is `some thing`.
    private static func name(of path: String) -> String {
        let file = path.split(separator: "/").last.map(String.init) ?? ""
        var name = file[...]
        while let dot = name.lastIndex(of: "."), dot > name.startIndex,
            endings.contains(name[name.index(after: dot)...].lowercased())
        {
            name = name[..<dot]
        }
        let words = String(name.map { $0 == "-" || $0 == "_" ? " " : $0 }).oneLine
        return words.isEmpty ? (file.isEmpty ? "?" : file) : words
    }

    /// The name that a link such as `[[People/Anna|Anna]]` shows.
    private static func linked(_ text: String) -> String {
        guard text.hasPrefix("[["), text.hasSuffix("]]") else { return text.oneLine }
        let inner = text.dropFirst(2).dropLast(2)
        let shown = inner.split(separator: "|").last ?? inner
        return String(shown.split(separator: "/").last ?? shown).oneLine
    }
}

/// Reads properties under the names that people give them; case does not matter.
private struct NoteProperties {
    private var contents: [String: FrontMatter.Content] = [:]

    init(_ frontMatter: FrontMatter?) {
        guard let frontMatter else { return }
        for key in frontMatter.keys where contents[key.lowercased()] == nil {
            contents[key.lowercased()] = frontMatter[key]
        }
    }

    /// The first of `keys` that has a value.
    func text(_ keys: String...) -> String? {
        for key in keys {
            switch contents[key] {
            case .scalar(let value) where !value.trimmed.isEmpty: return value.trimmed
            case .list(let values):
                if let value = values.first(where: { !$0.trimmed.isEmpty }) { return value.trimmed }
            default: continue
            }
        }
        return nil
    }

    /// Topics: verbatim where an export wrote them, else tags without their `#`.
    var tags: [String] {
        var tags: [String] = []
        for key in [
            "topics", "topic", "onderwerpen", "onderwerp", "tags", "tag", "labels",
            "trefwoorden", "categories", "category",
        ] {
            switch contents[key] {
            case .scalar(let value):
                tags += value.split { $0 == "," || $0.isWhitespace }.map(String.init)
            case .list(let values): tags += values
            default: continue
            }
            if key == "topics" { break }
        }
        var seen = Set<String>()
        return tags.map { ($0.hasPrefix("#") ? $0.dropFirst() : $0[...]).oneLine }
            .filter { !$0.isEmpty && seen.insert(Facet.folded($0)).inserted }
    }
}
