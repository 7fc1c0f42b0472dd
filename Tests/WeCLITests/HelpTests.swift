import Weonomy
import FoundationEssentials
import Testing

@testable import WeCLI

@Suite("Help, man page and completion")
struct HelpTests {
    @Test("help on a command fits a small screen, in both languages", arguments: Language.allCases)
    func fits(language: Language) {
        for (path, spec) in CommandTable.all where !spec.isHidden {
            let text = Help.page(path, spec).rendered(
                Voice(language: language), style: .plain, width: 80)
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            #expect(lines.count <= 24, "\(path)")
            #expect(
                lines.allSatisfy { String($0).displayWidth <= 80 }, "\(path)")
        }
    }

    @Test("the list of commands fits a screen of 30 lines", arguments: Language.allCases)
    func overviewFits(language: Language) {
        let text = Help.overview().rendered(
            Voice(language: language), style: .plain, width: 100)
        #expect(text.count { $0 == "\n" } < 30)
        for command in CommandTable.commands where !command.isHidden {
            #expect(text.contains(command.name))
        }
        #expect(!text.contains("__complete"))
    }

    @Test("help is found from anywhere")
    func ways() async {
        let expected = await run("help", "share").output
        #expect(expected.contains("--topic TOPIC"))
        #expect(await run("share", "--help").output == expected)
        #expect(await run("share", "-h", "note.md").output == expected)
        #expect(await run("-h", "share").output == expected)
        #expect(await run().output == run("help").output)
        #expect(await run("help", "profile", "offer").output.contains("--level LEVEL"))
        #expect(await run("help", "exit-codes").output.contains("130  stopped with Ctrl-C"))
        let unknown = await run("help", "shaer")
        #expect(unknown.code == .usage)
        #expect(unknown.error.contains("weonomy help share"))
    }

    @Test("the man page names every command and option", arguments: Language.allCases)
    func manPage(language: Language) {
        let page = ManPage.text(language, version: "1")
        for (path, spec) in CommandTable.all where !spec.isHidden {
            #expect(page.contains(path.map { "\\&" + $0 }.joined(separator: " ")), "\(path)")
            for option in spec.options {
                let name = option.name.split(separator: "-").joined(separator: "\\-")
                #expect(page.contains("\\-\\-" + name), "\(path) \(name)")
            }
        }
    }

    // MARK: - Completion

    private func complete(_ words: String...) async -> [String] {
        let completer = Completer(commands: CommandTable.commands, language: .english) {
            completion, prefix in
            let known: [Completion: [String]] = [
                .topic: ["sqlite", "git"], .person: ["Anna"], .id: ["k3vq", "p8mz"],
            ]
            return (known[completion] ?? []).filter { $0.hasPrefix(prefix) }
                .map { Completer.Candidate(word: $0) }
        }
        return await completer.candidates(words).map(\.word)
    }

    @Test("commands, options, values, ids, topics and people are completed")
    func candidates() async {
        #expect(await complete("sh") == ["share", "show"])
        #expect(await complete("share", "--so") == ["--source"])
        #expect(await complete("share", "-k", "l") == ["lesson", "log"])
        #expect(await complete("share", "--kind=le") == ["--kind=lesson"])
        #expect(await complete("share", "-t", "") == ["sqlite", "git"])
        #expect(await complete("share", "") == ["<files>"])
        #expect(await complete("demo", "a", "") == ["<folders>"])
        #expect(await complete("edit", "k") == ["k3vq"])
        #expect(await complete("edit", "k3vq", "").isEmpty)
        #expect(await complete("react", "k3vq", "th") == ["thanks"])
        #expect(await complete("profile", "of") == ["offer"])
        #expect(await complete("profile", "show", "A") == ["Anna"])
        #expect(await complete("find", "topic:g") == ["topic:git"])
        #expect(await complete("find", "door:") == ["door:Anna"])
        #expect(await complete("find", "is:exp") == ["is:experience"])
        #expect(await complete("--lang", "n") == ["nl"])
        #expect(await complete("help", "ex") == ["export", "exit-codes"])
        #expect(await complete("__").isEmpty)
        #expect(await complete("nonsense", "").isEmpty)
    }

    @Test("each script is one that its shell can read", arguments: ["bash", "zsh", "fish"])
    func scripts(shell: String) throws {
        let script = try #require(CompletionScript.text(shell: shell))
        #expect(script.contains("weonomy __complete"))
        let found = ["/bin", "/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"]
            .map { "\($0)/\(shell)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
        guard let found else { return }
        let path = TemporaryPath.file("weonomy-completion.\(shell)")
        try script.write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(Terminal().edit(path, command: "\(found) -n") == 0)
    }
}

/// Names for files that are gone after the test.
enum TemporaryPath {
    static func file(_ name: String) -> String {
        let folder = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
        return "\(folder)/\(UInt64.random(in: 0...(.max)))-\(name)"
    }
}
