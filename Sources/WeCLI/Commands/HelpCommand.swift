import Weonomy

/// `weonomy help`: the list of commands, one command, or a subject.
enum HelpCommand: Command {
    static func run(_ context: Context) throws(Failure) -> Reply {
        let path = context.arguments.operands
        let page = try page(path)
        let text = page.rendered(context.voice, style: .plain, width: 80)
        return Reply(["subject": JSONValue(path), "text": .string(text)], page)
    }

    private static func page(_ path: [String]) throws(Failure) -> Page {
        guard let first = path.first else { return Help.overview() }
        if path.count == 1, let subject = Help.subject(first) { return subject }
        if path.count <= 2, let spec = CommandTable.spec(path), !spec.isHidden {
            return Help.page(path, spec)
        }
        let names = CommandTable.commands.filter { !$0.isHidden }.map(\.name) + Help.subjects
        let near = Suggestion.nearest(to: first, in: names)
        throw .usage(
            "unknown-subject", .unknownSubject(path.joined(separator: " ")),
            hint: near.map { .didYouMean("weonomy help " + $0) } ?? .seeHelp([]))
    }
}

/// `weonomy version`.
enum VersionCommand: Command {
    static func run(_ context: Context) throws(Failure) -> Reply {
        let version = Program.version
        return Reply(["version": .string(version)], Page(Text(same: "weonomy \(version)")))
    }
}
