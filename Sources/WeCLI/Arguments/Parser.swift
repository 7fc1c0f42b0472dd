import Weonomy

/// Reads a command line as the table of commands says it should be.
struct Parser {
    let commands: [CommandSpec]

    /// What was typed, with the options that every command takes.
    struct Result: Sendable {
        var globals: Globals
        /// Nil when no command was named.
        var arguments: Arguments?
        /// What is wrong; the globals hold as far as they were read.
        var failure: Failure?
    }

    init(_ commands: [CommandSpec] = CommandTable.commands) {
        self.commands = commands
    }

    func parse(_ words: [String]) -> Result {
        var reading = Reading(commands: commands)
        do throws(Failure) {
            try reading.read(words)
            return Result(
                globals: Globals(reading.globals), arguments: try reading.finished())
        } catch {
            // So that even an error obeys --json and --lang, wherever they stand.
            let late = Parser.globals(anywhereIn: words, after: reading.globals)
            return Result(globals: Globals(late), arguments: nil, failure: error)
        }
    }

    /// Finds the two globals that shape an error message, without judging anything else.
    private static func globals(
        anywhereIn words: [String], after read: [String: [String]]
    ) -> [String: [String]] {
        var result = read
        for (index, word) in words.prefix(while: { $0 != "--" }).enumerated() {
            if word == "--json" { result["json"] = [""] }
            if word == "--json=lines" { result["json"] = ["lines"] }
            if word.hasPrefix("--lang=") { result["lang"] = [String(word.dropFirst(7))] }
            if word == "--lang", index + 1 < words.count { result["lang"] = [words[index + 1]] }
        }
        return result
    }
}

/// A command line, halfway.
private struct Reading {
    let commands: [CommandSpec]
    var path: [String] = []
    var spec: CommandSpec?
    var operands: [String] = []
    var given: [String: [String]] = [:]
    var globals: [String: [String]] = [:]

    init(commands: [CommandSpec]) {
        self.commands = commands
    }

    mutating func read(_ words: [String]) throws(Failure) {
        var rest = words[...]
        while let word = rest.popFirst() {
            if word == "--" {
                for operand in rest { try take(operand) }
                return
            }
            if word.hasPrefix("--") {
                try readLong(word.dropFirst(2), &rest)
            } else if word.hasPrefix("-"), word.count > 1, !isDashedOperand(word) {
                try readShort(word.dropFirst(), &rest)
            } else {
                try take(word)
            }
        }
    }

    private func isDashedOperand(_ word: String) -> Bool {
        guard let spec, spec.takesDashedWords else { return false }
        return word.count > 2
    }

    // MARK: - Options

    private mutating func readLong(
        _ text: Substring, _ rest: inout ArraySlice<String>
    ) throws(Failure) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        guard let option = options.first(where: { $0.name == name }) else {
            let near = Suggestion.nearest(to: name, in: options.map(\.name))
            throw .usage(
                "unknown-option", .unknownOption("--" + name),
                hint: near.map { .didYouMean("--" + $0) } ?? .seeHelp(helpPath))
        }
        let value = parts.count > 1 ? String(parts[1]) : nil
        try store(option, typed: "--" + name, value, &rest)
    }

    private mutating func readShort(
        _ text: Substring, _ rest: inout ArraySlice<String>
    ) throws(Failure) {
        var letters = text
        while let letter = letters.popFirst() {
            guard let option = options.first(where: { $0.short == letter }) else {
                throw .usage(
                    "unknown-option", .unknownOption("-\(letter)"), hint: .seeHelp(helpPath))
            }
            guard option.value != nil, !letters.isEmpty else {
                try store(option, typed: "-\(letter)", nil, &rest)
                continue
            }
            let value = letters.first == "=" ? letters.dropFirst() : letters
            try store(option, typed: "-\(letter)", String(value), &rest)
            return
        }
    }

    private mutating func store(
        _ option: OptionSpec, typed: String, _ inline: String?, _ rest: inout ArraySlice<String>
    ) throws(Failure) {
        let value: String
        if let spec = option.value {
            if let inline {
                value = inline
            } else if spec.isOptional {
                value = ""
            } else if let next = rest.popFirst() {
                value = next
            } else {
                throw .usage("needs-value", .needsValue(typed, spec.name))
            }
            let known = try check(value, spec, typed: typed)
            try keep(option, typed: typed, known)
        } else {
            guard inline == nil else { throw .usage("no-value", .takesNoValue(typed)) }
            try keep(option, typed: typed, "")
        }
    }

    private mutating func keep(
        _ option: OptionSpec, typed: String, _ value: String
    ) throws(Failure) {
        let isGlobal = Globals.options.contains { $0.name == option.name }
        let before = isGlobal ? globals[option.name] : given[option.name]
        // A switch that is repeated says nothing new; a setting contradicts itself.
        guard before == nil || option.isList || option.value == nil else {
            throw .usage("repeated-option", .repeatedOption(typed))
        }
        if isGlobal {
            globals[option.name] = [value]
        } else {
            given[option.name, default: []].append(value)
        }
    }

    private func check(
        _ value: String, _ spec: ValueSpec, typed: String
    ) throws(Failure) -> String {
        if value.isEmpty, spec.isOptional { return value }
        return try check(value, spec.kind, typed: typed)
    }

    private func check(
        _ value: String, _ kind: ValueSpec.Kind, typed: String
    ) throws(Failure) -> String {
        switch kind {
        case .text:
            return value
        case .number(let range):
            guard let number = Int(value), range.contains(number) else {
                throw .usage("bad-number", .badNumber(typed, value, range))
            }
            return String(number)
        case .date:
            guard CalendarDate(lastDayOf: value) != nil else {
                throw .usage("bad-date", .badDate(typed, value))
            }
            return value
        case .choice(let choices):
            return try choice(value, among: choices, typed: typed)
        }
    }

    private func choice(
        _ value: String, among choices: [Choice], typed: String
    ) throws(Failure) -> String {
        let lower = value.lowercased()
        if let choice = choices.first(where: { $0.isMeant(by: lower) }) {
            return choice.word
        }
        let near = Suggestion.nearest(to: lower, in: choices.map(\.word))
        throw .usage(
            "bad-choice", .badChoice(typed, value, choices.map(\.word)),
            hint: near.map { .didYouMean($0) })
    }

    // MARK: - Operands

    private mutating func take(_ word: String) throws(Failure) {
        guard let spec else {
            self.spec = try find(word, in: commands, hint: .seeHelp([]))
            path = [word]
            return
        }
        if path.count == 1, operands.isEmpty,
            let subcommand = spec.subcommands.first(where: { $0.name == word })
        {
            self.spec = subcommand
            path.append(word)
            return
        }
        if path.count == 1, operands.isEmpty, !spec.subcommands.isEmpty {
            _ = try find(word, in: spec.subcommands, hint: .seeHelp(path))
        }
        operands.append(word)
    }

    /// Never runs the guess: a guess that is wrong could share or retract something.
    private func find(
        _ word: String, in commands: [CommandSpec], hint: Text
    ) throws(Failure) -> CommandSpec {
        if let command = commands.first(where: { $0.name == word }) { return command }
        let names = commands.filter { !$0.isHidden }.map(\.name)
        let near = Suggestion.nearest(to: word, in: names)
        let typed = (path + [word]).joined(separator: " ")
        throw .usage(
            "unknown-command", .unknownCommand(typed),
            hint: near.map { .didYouMean((["weonomy"] + path + [$0]).joined(separator: " ")) }
                ?? hint)
    }

    mutating func finished() throws(Failure) -> Arguments? {
        guard var spec else { return nil }
        if globals["help"] != nil {
            return Arguments(path: path, spec: spec, operands: operands, given: given)
        }
        if path.count == 1, let first = spec.subcommands.first {
            spec = first
            path.append(first.name)
        }
        if let missing = spec.operands.enumerated().first(where: {
            $0.element.isRequired && $0.offset >= operands.count
        }) {
            throw .usage(
                "needs-argument", .needsArgument(missing.element.name), hint: .seeHelp(path))
        }
        let takesMany = spec.operands.contains { $0.isRepeated }
        if !takesMany, operands.count > spec.operands.count {
            throw .usage(
                "too-many-arguments", .tooManyArguments(operands[spec.operands.count]),
                hint: .seeHelp(path))
        }
        for (index, operand) in spec.operands.enumerated() where index < operands.count {
            operands[index] = try check(operands[index], operand.kind, typed: operand.name)
        }
        return Arguments(path: path, spec: spec, operands: operands, given: given)
    }

    private var options: [OptionSpec] {
        // A command that has subcommands stands for its first until another is named.
        let own = spec.map { $0.options + ($0.subcommands.first?.options ?? []) } ?? []
        return own + Globals.options
    }

    private var helpPath: [String] { path }
}
