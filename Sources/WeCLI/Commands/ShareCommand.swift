import Weonomy

/// `weonomy share`.
enum ShareCommand: BrainCommand {
    static func run(_ context: Context, _ brain: Brain) async throws -> Reply {
        let arguments = context.arguments
        if arguments.has("on") || arguments.value("kind").map(isLog) == true {
            return try await log(context, brain)
        }
        var invited: [PersonRef] = []
        for name in arguments.values("invite") {
            invited.append(try await context.person(brain, name))
        }
        var goal: ObjectID?
        if let typed = arguments.value("goal") {
            let id = try await context.object(brain, typed)
            guard try await brain.goals(isCounting: false).contains(where: { $0.id == id }) else {
                throw Failure(.notFound, "no-such-id", .noGoal(typed), hint: .seeGoals)
            }
            goal = id
        }
        var reused: Item?
        if let typed = arguments.value("reuses") { reused = try await context.item(brain, typed) }
        let files = try await context.attach(brain)
        let isFile = !files.isEmpty || reused?.files.isEmpty == false
        let kind = arguments.value("kind").flatMap { ShareKind(parsing: $0) }
        let written = try text(context, kind ?? .experience, mayBeEmpty: isFile || reused != nil)
        let note = try WrittenNote(
            written, path: arguments.operand(0), title: arguments.value("title"),
            fallback: files.first?.name ?? reused?.title)
        let chosen = kind ?? note.kind ?? (isFile ? .file : .experience)
        if chosen != .status {
            let near = try await brain.nearDuplicates(title: note.title, body: note.body)
            for item in near { context.output.warn(.nearlyThere(item.shortID, item.title)) }
        }
        var item = try await brain.share(
            chosen, title: note.title, body: note.body,
            topics: arguments.values("topic") + note.topics, files: files,
            source: arguments.value("source"), language: arguments.value("language"),
            goal: goal, reuses: reused?.id)
        item = try await brain.inviteReactions(to: item.id, from: invited.map(\.id))
        var page = Page(.shared(item.shortID, item.title, Text.kind(item)))
        if !invited.isEmpty { page.say(.invitedPeople(invited.map(\.name))) }
        let readers = item.shareKind == .status ? [] : try await brain.readers(of: item)
        page.append(suggesting(readers))
        var next: [Reply.Hint] = []
        if item.topics.isEmpty {
            next.append(
                Reply.Hint(command: "weonomy edit \(item.shortID) -t TOPIC", why: .hintTopic))
        } else if let reader = readers.first {
            next.append(
                Reply.Hint(
                    command: "weonomy edit \(item.shortID) --invite \"\(reader.person.name)\"",
                    why: .hintAskReader))
        }
        return Reply(
            JSONValue(item, now: context.now)
                .with("suggested", .array(readers.map { JSONValue(suggestion: $0) })),
            page, next: next)
    }

    /// Who may have something to say of it, and why.
    private static func suggesting(_ readers: [Match]) -> Page {
        var page = Page()
        guard !readers.isEmpty else { return page }
        page.say(.mayReact)
        var table = Table(flexible: 1)
        for reader in readers {
            table.add("\(reader.person.name)", "\(Text.reasons(reader.reasons), .faint)")
        }
        page.table(table)
        return page
    }

    // MARK: - Work log

    private static func isLog(_ kind: String) -> Bool {
        CommandTable.kinds.contains { $0.word == CommandTable.log && $0.isMeant(by: kind) }
    }

    private static func log(_ context: Context, _ brain: Brain) async throws -> Reply {
        let arguments = context.arguments
        guard let typed = arguments.value("on") else {
            throw Failure.usage("needs-option", .needsOption("--on"))
        }
        guard arguments.value("kind").map(isLog) ?? true else {
            throw Failure.usage("bad-value", .onlyLogOn)
        }
        let about = try await context.item(brain, typed)
        let entry = try await brain.addLog(
            to: about.id, try text(context, .status, mayBeEmpty: false),
            language: arguments.value("language"))
        return Reply(
            JSONValue(entry, now: context.now), Page(.logged(entry.shortID, about.title)),
            next: [Reply.Hint(command: "weonomy show \(about.shortID)", why: .hintLog)])
    }

    private static func text(
        _ context: Context, _ kind: ShareKind, mayBeEmpty: Bool
    ) throws(Failure) -> String {
        if let message = context.arguments.value("message") { return message }
        if let path = context.arguments.operand(0) { return try context.text(from: path) }
        if mayBeEmpty { return "" }
        let help = Text.shareHelp.plain(context.language)
        let prompts = Prompts.text(Prompts.of(kind), context.language)
        guard let text = try context.editor.edit("# \n\n" + prompts, help: help) else {
            throw Failure(.failure, "no-text", .nothingWritten)
        }
        return Prompts.withoutEmpty(text)
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
        let isPrompt = lines.first.map(Prompts.contains) ?? false
        let rest = isPrompt ? text.trimmed : lines.count > 1 ? lines[1].trimmed : ""
        // Who wrote and left the heading empty is not sent away: the first words are the title.
        let told = rest.split(separator: "\n").first {
            !$0.trimmed.isEmpty && !Prompts.contains($0)
        }
        guard
            let chosen = title
                ?? (first.isEmpty || isPrompt
                    ? fallback ?? told?.drop { $0 == "#" }.trimmed : first),
            !chosen.trimmed.isEmpty
        else { throw Failure(.failure, "no-text", .nothingWritten) }
        self.title = chosen
        // With a title of its own the text stays whole.
        body = title != nil ? text.trimmed : rest
    }
}

extension Context {
    /// Takes in the files that are named.
    func attach(_ brain: Brain) async throws -> [FileInfo] {
        let licence = arguments.value("licence")
        let paths = arguments.values("attach")
        guard licence == nil || !paths.isEmpty else {
            throw Failure.usage("needs-option", .needsOption("--attach"))
        }
        var files: [FileInfo] = []
        for path in paths { files.append(try await brain.attach(path, licence: licence)) }
        return files
    }
}
