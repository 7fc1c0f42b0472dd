import Weonomy

/// Makes the manual page (mdoc) out of the table of commands.
enum ManPage {
    static func text(_ language: Language, version: String) -> String {
        var lines = [
            ".Dd $Mdocdate$", ".Dt WEONOMY 1", ".Os Weonomy \(version)",
            ".Sh NAME", ".Nm weonomy", ".Nd \(escaped(Text.tagline.plain(language)))",
            ".Sh SYNOPSIS", ".Nm weonomy", ".Ar command", ".Op Ar options", ".Op Ar arguments",
            ".Sh DESCRIPTION", escaped(Text.manDescription.plain(language)),
            ".Sh \(escaped(Text.commands.plain(language).uppercased()))",
        ]
        for group in CommandSpec.Group.allCases {
            let members = CommandTable.commands.filter { $0.group == group && !$0.isHidden }
            guard !members.isEmpty else { continue }
            lines.append(".Ss \(escaped(group.title.plain(language)))")
            for command in members { lines += entry([command.name], command, language) }
        }
        lines += optionSection(language) + searchSection(language)
        lines += environmentSection(language) + fileSection(language) + exitSection(language)
        return lines.joined(separator: "\n") + "\n"
    }

    private static func entry(
        _ path: [String], _ spec: CommandSpec, _ language: Language
    ) -> [String] {
        let usage = Help.usage(path, spec).plain(Voice(language: language))
        var lines = [".Pp", ".Ic \(macro(usage))", ".Bd -ragged -offset indent -compact"]
        lines.append(escaped(spec.summary.plain(language)) + ".")
        if let note = spec.note { lines.append(escaped(note.plain(language))) }
        if !spec.options.isEmpty { lines += list(spec.options, language) }
        for example in spec.examples {
            lines += [
                ".Pp", ".Dl \(macro("weonomy " + example.words))",
                escaped(example.why.plain(language)) + ".",
            ]
        }
        lines.append(".Ed")
        for command in spec.subcommands { lines += entry(path + [command.name], command, language) }
        return lines
    }

    private static func list(_ options: [OptionSpec], _ language: Language) -> [String] {
        let items = options.flatMap { option in
            [".It \(macro(option.usage.trimmed))", escaped(option.summary.plain(language))]
        }
        return [".Bl -tag -width Ds -compact"] + items + [".El"]
    }

    private static func optionSection(_ language: Language) -> [String] {
        [".Sh \(escaped(Text.options.plain(language).uppercased()))"]
            + list(Globals.options, language)
            + [".Pp", escaped(Text.optionsNote.plain(language))]
    }

    private static func searchSection(_ language: Language) -> [String] {
        let items = Text.searchWords.flatMap {
            [".It \(macro($0.words.plain(language)))", escaped($0.meaning.plain(language))]
        }
        return [".Sh SEARCH", ".Bl -tag -width Ds -compact"] + items
            + [".El", ".Pp", escaped(Text.searchNote.plain(language))]
    }

    private static func environmentSection(_ language: Language) -> [String] {
        let items = Text.environment.flatMap {
            [".It \(macro($0.name))", escaped($0.meaning.plain(language))]
        }
        return [".Sh ENVIRONMENT", ".Bl -tag -width Ds -compact"] + items + [".El"]
    }

    private static func fileSection(_ language: Language) -> [String] {
        [
            ".Sh FILES", ".Bl -tag -width Ds -compact",
            ".It Pa ~/.local/share/weonomy/TEAM/brain.sqlite , identity.key",
            escaped(Text.manFiles.plain(language)),
            ".It Pa ~/Library/Application Support/weonomy/TEAM/ No (macOS)", ".El",
        ]
    }

    private static func exitSection(_ language: Language) -> [String] {
        let items = ExitCode.allCases.flatMap {
            [".It \($0.rawValue)", escaped($0.meaning.plain(language))]
        }
        return [".Sh EXIT STATUS", ".Bl -tag -width Ds -compact"] + items + [".El"]
    }

    /// Text on a line of its own.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "\\": result += "\\e"
            case "-": result += "\\-"
            default: result.append(character)
            }
        }
        return result.hasPrefix(".") || result.hasPrefix("'") ? "\\&" + result : result
    }

    /// Words behind a macro, none of which is itself called as one.
    private static func macro(_ text: String) -> String {
        text.split(separator: " ").map { word in
            let safe = escaped(String(word))
                .split(separator: "\"", omittingEmptySubsequences: false)
                .joined(separator: "\\(dq")
            return "\\&" + safe
        }.joined(separator: " ")
    }
}
