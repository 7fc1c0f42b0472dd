import Weonomy

/// `weonomy share`.
enum ShareCommand: BrainCommand {
    static func run(_ context: Context, _ brain: Brain) async throws -> Reply {
        let arguments = context.arguments
        var files: [FileInfo] = []
        for path in arguments.values("attach") { files.append(try await brain.describeFile(path)) }
        let isFile = !files.isEmpty
        let kind = arguments.value("kind").flatMap { ShareKind(parsing: $0) }
        let written = try text(context, mayBeEmpty: isFile)
        let note = try WrittenNote(
            written, path: arguments.operand(0), title: arguments.value("title"),
            fallback: files.first?.name)
        let chosen = kind ?? note.kind ?? (isFile ? .file : .experience)
        if chosen != .status {
            let near = try await brain.nearDuplicates(title: note.title, body: note.body)
            for item in near { context.output.warn(.nearlyThere(item.shortID, item.title)) }
        }
        let item = try await brain.share(
            chosen, title: note.title, body: note.body,
            topics: arguments.values("topic") + note.topics, files: files,
            source: arguments.value("source"), language: arguments.value("language"))
        return Reply(
            JSONValue(item, now: context.now),
            Page(.shared(item.shortID, item.title, Text.kind(item))),
            next: item.topics.isEmpty
                ? [Reply.Hint(command: "weonomy edit \(item.shortID) -t TOPIC", why: .hintTopic)]
                : [])
    }

    private static func text(_ context: Context, mayBeEmpty: Bool) throws(Failure) -> String {
        if let message = context.arguments.value("message") { return message }
        if let path = context.arguments.operand(0) { return try context.text(from: path) }
        if mayBeEmpty { return "" }
        let help = Text.shareHelp.plain(context.language)
        guard let text = try context.editor.edit("# ", help: help) else {
            throw Failure(.failure, "no-text", .nothingWritten)
        }
        return text
    }
}

/// A text with what it says of itself: a title, and properties on top when it is a note.
struct WrittenNote {
    let title: String
    let body: String
    var topics: [String] = []
    var kind: ShareKind?

    /// - Parameters:
    ///   - path: of the file it came from, if any.
    ///   - title: the person's own title; else the first heading or line.
    init(_ text: String, path: String?, title: String?, fallback: String? = nil) throws(Failure) {
        let lines = text.trimmed.split(separator: "\n", maxSplits: 1)
        let first = lines.first.map { $0.drop { $0 == "#" }.trimmed } ?? ""
        if let path, path != "-", let note = try? Note(path: path, bytes: Array(text.utf8)) {
            self.title = title ?? note.title
            body = note.body.trimmed
            topics = note.tags
            kind = note.kind
            return
        }
        guard let chosen = title ?? (first.isEmpty ? fallback : first), !chosen.trimmed.isEmpty
        else { throw Failure(.failure, "no-text", .nothingWritten) }
        self.title = chosen
        // With a title of its own the text stays whole.
        body = title != nil ? text.trimmed : (lines.count > 1 ? lines[1].trimmed : "")
    }
}
