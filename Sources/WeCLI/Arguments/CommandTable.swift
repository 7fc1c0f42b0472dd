import Weonomy

/// Every command there is.
///
/// What is written here is all that help, completion, the parser and the man page know.
enum CommandTable {
    static let commands: [CommandSpec] =
        begin + share + find + together + lan + carry + tool

    /// The command at a path of names.
    static func spec(_ path: [String]) -> CommandSpec? {
        guard let first = path.first, let command = commands.first(where: { $0.name == first })
        else { return nil }
        guard path.count > 1 else { return command }
        return command.subcommands.first { $0.name == path[1] }
    }

    static let kinds = [
        Choice(word: "experience", dutch: "ervaring"),
        Choice(word: "howto", dutch: "handleiding", also: "how-to"),
        Choice(word: "insight", dutch: "inzicht"), Choice(word: "lesson", dutch: "les"),
        Choice(word: "status"), Choice(word: "file", dutch: "bestand"),
        Choice(word: log, dutch: "logboek", also: "werklog"),
    ]

    /// An entry of a work log, which is a status on something.
    static let log = "log"

    static let levels = [
        Choice(word: "beginner"), Choice(word: "average", dutch: "gemiddeld"),
        Choice(word: "expert", dutch: "deskundige"),
    ]

    static let reactions = [
        Choice(word: "thanks", dutch: "bedankt"), Choice(word: "used", dutch: "gebruikt"),
        Choice(word: "new", dutch: "nieuw"), Choice(word: "unclear", dutch: "onduidelijk"),
        Choice(word: "outdated", dutch: "verouderd"),
    ]

    // MARK: - Parts that several commands share

    static let id = Operand(name: "ID", completes: .id)

    static let message = OptionSpec(
        name: "message", short: "m", value: ValueSpec(name: "TEXT"),
        summary: Text("the text itself", "de tekst zelf"))

    static let topics = OptionSpec(
        name: "topic", short: "t", value: ValueSpec(name: "TOPIC", completes: .topic),
        isList: true,
        summary: Text("a topic; repeat for more", "een onderwerp; herhaal voor meer"))

    static let invited = OptionSpec(
        name: "invite", value: ValueSpec(name: "PERSON", completes: .person), isList: true,
        summary: Text("ask what they think of it", "vraag wat die ervan vindt"))

    static let writtenIn = OptionSpec(
        name: "language", value: ValueSpec(name: "LANG"),
        summary: Text("the language it is written in", "de taal waarin het geschreven is"))

    static let limit = OptionSpec(
        name: "limit", short: "n", value: ValueSpec(name: "N", kind: .number(1...10_000)),
        summary: Text("at most so many (20)", "hoogstens zoveel (20)"))

    static let remove = OptionSpec(
        name: "remove", summary: Text("take it back", "haal het weg"))
}
