import Weonomy
import Testing

@testable import WeCLI

@Suite("Reading the command line")
struct ParserTests {
    private func arguments(_ words: String...) throws -> Arguments {
        let result = Parser().parse(words)
        if let failure = result.failure { throw failure }
        return try #require(result.arguments)
    }

    private func failure(_ words: String...) -> Failure? {
        Parser().parse(words).failure
    }

    @Test("options stand before or after the arguments, with or without an equals sign")
    func orders() throws {
        for words in [
            ["share", "-k", "howto", "note.md", "--topic=git", "-t", "sqlite"],
            ["share", "note.md", "--topic", "git", "-tsqlite", "--kind=howto"],
            ["--json", "share", "-t=git", "--topic", "sqlite", "-khowto", "note.md"],
        ] {
            let arguments = try #require(Parser().parse(words).arguments)
            #expect(arguments.value("kind") == "howto")
            #expect(arguments.values("topic") == ["git", "sqlite"])
            #expect(arguments.operands == ["note.md"])
        }
    }

    @Test("after two dashes everything is an argument")
    func dashes() throws {
        #expect(try arguments("ask", "--", "--why?").operands == ["--why?"])
        #expect(try arguments("share", "-").operands == ["-"])
    }

    @Test("a search may hold words that start with a dash")
    func dashedWords() throws {
        let arguments = try arguments("find", "wal", "-is:status", "-nfs", "-n", "5")
        #expect(arguments.operands == ["wal", "-is:status", "-nfs"])
        #expect(arguments.number("limit") == 5)
    }

    @Test("Dutch words for kinds, levels and reactions mean the same")
    func dutchChoices() throws {
        #expect(try arguments("share", "-k", "ervaring").value("kind") == "experience")
        #expect(try arguments("react", "k3vq", "bedankt").operands == ["k3vq", "thanks"])
        let offer = try arguments("profile", "offer", "sqlite", "--level", "deskundige")
        #expect(offer.path == ["profile", "offer"])
        #expect(offer.value("level") == "expert")
    }

    @Test("a command with commands under it stands for the first")
    func defaultSubcommand() throws {
        #expect(try arguments("profile").path == ["profile", "show"])
        #expect(try arguments("profile", "show", "Anna").operands == ["Anna"])
    }

    @Test(
        "what is wrong is named, and ends in exit code 2",
        arguments: [
            (["shaer"], "unknown-command"), (["share", "--kid", "x"], "unknown-option"),
            (["share", "-z"], "unknown-option"), (["profile", "offr", "x"], "unknown-command"),
            (["share", "--kind"], "needs-value"), (["share", "--kind", "x"], "bad-choice"),
            (["share", "-k", "howto", "-k", "status"], "repeated-option"),
            (["init", "--name", "a", "--name=b"], "repeated-option"),
            (["validate"], "needs-argument"), (["validate", "a", "b"], "too-many-arguments"),
            (["validate", "a", "--until", "2027-13"], "bad-date"),
            (["find", "x", "--limit", "0"], "bad-number"),
            (["find", "x", "--limit", "ten"], "bad-number"),
            (["retract", "a", "--yes=1"], "no-value"), (["react", "a", "love"], "bad-choice"),
            (["--lang", "fr", "status"], "bad-choice"),
        ])
    func mistakes(words: [String], name: String) {
        let failure = Parser().parse(words).failure
        #expect(failure?.name == name)
        #expect(failure?.code == .usage)
    }

    @Test("a typing error gets a suggestion, a strange word does not")
    func suggestions() {
        #expect(failure("shaer")?.hint?.plain(.english) == "Did you mean weonomy share?")
        #expect(failure("exprot")?.hint?.plain(.dutch) == "Bedoelde je weonomy export?")
        #expect(failure("xyzzy")?.hint?.plain(.english) == "See: weonomy help")
        #expect(failure("share", "--topci", "a")?.hint?.plain(.english) == "Did you mean --topic?")
        #expect(Suggestion.nearest(to: "val", in: ["validate", "share"]) == "validate")
        #expect(Suggestion.distance("abcd", "abdc") == 1)
        #expect(Suggestion.distance("", "abc") == 3)
    }

    @Test("a mistake is still reported as JSON and in the language that was asked for")
    func lateGlobals() async {
        let json = await run("shaer", "--json")
        #expect(json.code == .usage)
        #expect(json.output.hasPrefix("{\"schema\":\"weonomy.error/1\",\"ok\":false"))
        #expect(json.error.isEmpty)
        let dutch = await run("shaer", "--lang", "nl")
        #expect(dutch.error.contains("bestaat niet"))
        #expect(dutch.output.isEmpty)
    }

    @Test("no option of a command hides one that every command takes")
    func clashes() {
        for (path, spec) in CommandTable.all {
            let names = (spec.options + Globals.options).map(\.name)
            #expect(Set(names).count == names.count, "\(path)")
            let letters = (spec.options + Globals.options).compactMap(\.short)
            #expect(Set(letters).count == letters.count, "\(path)")
            let required = spec.operands.map(\.isRequired)
            #expect(required == required.sorted { $0 && !$1 }, "\(path)")
        }
    }

    @Test("every example in the table can be typed")
    func examples() throws {
        for (path, spec) in CommandTable.all {
            for example in spec.examples {
                let line = example.words.prefix { $0 != ">" && $0 != "|" }
                let result = Parser().parse(try #require(words(String(line))))
                #expect(result.failure == nil, "\(path): \(example.words)")
                #expect(result.arguments?.path.first == path.first)
            }
        }
    }

    /// Splits as a shell would, for the quotes that examples use.
    private func words(_ line: String) -> [String]? {
        var words: [String] = []
        var word = ""
        var quote: Character?
        for character in line {
            if let open = quote {
                if character == open { quote = nil } else { word.append(character) }
            } else if character == "\"" || character == "'" {
                quote = character
            } else if character == " " {
                if !word.isEmpty { words.append(word) }
                word = ""
            } else {
                word.append(character)
            }
        }
        if !word.isEmpty { words.append(word) }
        return quote == nil ? words : nil
    }
}

extension CommandTable {
    /// Every command and every one under it.
    static var all: [([String], CommandSpec)] {
        commands.flatMap { command in
            [([command.name], command)]
                + command.subcommands.map { ([command.name, $0.name], $0) }
        }
    }
}
