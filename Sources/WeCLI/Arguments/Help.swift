import Weonomy

/// Makes help out of the table of commands.
enum Help {
    /// The list of all commands.
    static func overview() -> Page {
        var page = Page()
        page.line("\("weonomy", .strong): \(Text.tagline)")
        let small = [
            "retract", "erase", "device", "peer", "key", "completion", "config", "demo", "doctor",
            "version",
        ]
        var table = Table(flexible: 2, indent: 0, wraps: true)
        for group in CommandSpec.Group.allCases {
            let members = CommandTable.commands.filter {
                $0.group == group && !$0.isHidden && !small.contains($0.name)
            }
            for (index, command) in members.enumerated() {
                let title: Line = index == 0 ? "\(group.title, .strong)" : ""
                let also: Line = command.name == "help" ? "; \(list: small, .command)" : ""
                table.add(title, "\(command.name, .command)", "\(command.summary)\(also)")
            }
        }
        page.table(table)
        page.say(.moreHelp)
        return page
    }

    /// One command: examples first, for that is what people look for.
    static func page(_ path: [String], _ spec: CommandSpec) -> Page {
        var page = Page()
        page.line("\("weonomy " + path.joined(separator: " "), .strong): \(spec.summary)")
        if !spec.examples.isEmpty {
            page.blank()
            page.table(examples(spec))
        }
        if let note = spec.note {
            page.blank()
            page.say(note)
        }
        page.blank()
        page.line("\(Text.usage, .strong): \(usage(path, spec))", hanging: 4)
        if !spec.subcommands.isEmpty { page.table(subcommands(spec)) }
        if !spec.options.isEmpty { page.table(options(spec.options)) }
        page.say(.globalOptions, .faint)
        return page
    }

    /// `weonomy share [OPTIONS] [FILE|-]`.
    static func usage(_ path: [String], _ spec: CommandSpec) -> Line {
        let command = (["weonomy"] + path).joined(separator: " ")
        let operands = spec.operands.map { " " + $0.usage }.joined()
        let hasOptions = !spec.options.isEmpty
        return hasOptions
            ? "\(command) \(Text.optionsWord)\(operands)" : "\(command)\(operands)"
    }

    private static func examples(_ spec: CommandSpec) -> Table {
        var table = Table(flexible: 1, wraps: true)
        for example in spec.examples {
            table.add("\("weonomy " + example.words, .command)", "\(example.why, .faint)")
        }
        return table
    }

    private static func subcommands(_ spec: CommandSpec) -> Table {
        var table = Table(flexible: 1, wraps: true)
        for command in spec.subcommands {
            let words = [command.name] + command.operands.map(\.usage)
            table.add("\(words.joined(separator: " "), .command)", "\(command.summary)")
        }
        return table
    }

    private static func options(_ options: [OptionSpec]) -> Table {
        var table = Table(flexible: 1, wraps: true)
        for option in options { table.add(Line([.plain(option.usage)]), "\(option.summary)") }
        return table
    }
}

extension Line.Piece {
    /// Our own words, with the spaces that line them up.
    fileprivate static func plain(_ text: String) -> Line.Piece {
        Line.Piece(content: .text(text), tone: .plain)
    }
}

// MARK: - Subjects

extension Help {
    /// Subjects that are not commands.
    static let subjects = ["exit-codes", "search", "environment", "options"]

    static func subject(_ name: String) -> Page? {
        switch name {
        case "exit-codes": exitCodes
        case "search": search
        case "environment": environment
        case "options": globalOptions
        default: nil
        }
    }

    private static var exitCodes: Page {
        var page = titled(.exitCodesTitle)
        var table = Table(flexible: 1, wraps: true)
        for code in ExitCode.allCases { table.add("\(Int(code.rawValue))", "\(code.meaning)") }
        page.table(table)
        return page
    }

    private static var search: Page {
        var page = titled(.searchTitle)
        var table = Table(flexible: 1, wraps: true)
        for word in Text.searchWords { table.add("\(word.words, .command)", "\(word.meaning)") }
        page.table(table)
        page.blank()
        page.say(.searchNote)
        return page
    }

    private static var environment: Page {
        var page = titled(.environmentTitle)
        var table = Table(flexible: 1, wraps: true)
        for entry in Text.environment { table.add("\(entry.name, .command)", "\(entry.meaning)") }
        page.table(table)
        return page
    }

    private static var globalOptions: Page {
        var page = titled(.optionsTitle)
        page.table(options(Globals.options))
        page.blank()
        page.say(.optionsNote)
        return page
    }

    private static func titled(_ title: Text) -> Page {
        var page = Page()
        page.say(title, .strong)
        page.blank()
        return page
    }
}
