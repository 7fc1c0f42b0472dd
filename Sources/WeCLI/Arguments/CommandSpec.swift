import Weonomy

/// What can be typed: a command, its arguments and options, and what is said about them.
///
/// The parser, the help, the completion and the man page are all made from these values, so
/// that they can't tell different stories.
struct CommandSpec: Sendable {
    let name: String
    var group: Group = .tool
    /// What it does, in a few words.
    let summary: Text
    var operands: [Operand] = []
    var options: [OptionSpec] = []
    var examples: [Example] = []
    /// Commands under this one; the first is meant when none is named.
    var subcommands: [CommandSpec] = []
    /// A sentence or two that the options can't say.
    var note: Text?
    /// Not in the lists: for scripts.
    var isHidden = false
    /// Words of three or more characters that start with a dash are operands (`-is:status`).
    var takesDashedWords = false

    /// The headings of the list of commands.
    enum Group: CaseIterable, Sendable {
        case begin, share, find, together, carry, tool

        var title: Text {
            switch self {
            case .begin: Text("Begin", "Begin")
            case .share: Text("Share", "Deel")
            case .find: Text("Find", "Vind")
            case .together: Text("Together", "Samen")
            case .carry: Text("Carry", "Vervoer")
            case .tool: Text("Tool", "Beheer")
            }
        }
    }

    /// A command line worth copying.
    struct Example: Sendable {
        let words: String
        let why: Text
    }
}

/// A word that a command takes in a certain place.
struct Operand: Sendable {
    let name: String
    var isRequired = true
    var isRepeated = false
    var kind: ValueSpec.Kind = .text
    var completes: Completion = .nothing

    /// `ID`, `[FILE]`, `QUERY…`.
    var usage: String {
        let word = isRepeated ? name + "..." : name
        return isRequired ? word : "[\(word)]"
    }
}

/// A switch or a setting: `--kind KIND`, `-k KIND`.
struct OptionSpec: Sendable {
    let name: String
    var short: Character?
    var value: ValueSpec?
    var isList = false
    let summary: Text

    /// `-k, --kind KIND`.
    var usage: String {
        let long = "--\(name)"
        let both = short.map { "-\($0), \(long)" } ?? "    \(long)"
        guard let value else { return both }
        if value.isOptional { return "\(both)[=\(value.name)]" }
        return "\(both) \(value.name)"
    }
}

/// What may follow an option.
struct ValueSpec: Sendable {
    let name: String
    var kind: Kind = .text
    var completes: Completion = .nothing
    /// May be left out; then it only counts when written with `=`.
    var isOptional = false

    /// Which values are right.
    enum Kind: Sendable {
        case text
        case number(ClosedRange<Int>)
        case date
        case choice([Choice])
    }

    static func choice(_ name: String, _ choices: [Choice]) -> ValueSpec {
        ValueSpec(
            name: name, kind: .choice(choices), completes: .words(choices.map(\.word)))
    }
}

/// A word out of a fixed few, with the Dutch word that means the same.
struct Choice: Sendable {
    let word: String
    var dutch: String?
    /// How people write it too.
    var also: String?

    func isMeant(by typed: String) -> Bool { [word, dutch, also].contains(typed) }
}

/// What the shell can fill in.
enum Completion: Sendable, Hashable {
    case nothing, id, topic, person, query, file, folder, command
    case words([String])
}
