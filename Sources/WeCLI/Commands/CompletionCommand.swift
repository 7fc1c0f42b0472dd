/// `weonomy completion`: a script for a shell, or the manual page.
enum CompletionCommand: Command {
    static func run(_ context: Context) throws(Failure) -> Reply {
        let shell = context.arguments.required(0)
        let text =
            CompletionScript.text(shell: shell)
            ?? ManPage.text(context.language, version: Program.version)
        // Not a page: a script must arrive byte for byte.
        if context.output.format == .text { context.screen.write(text, to: .output) }
        return Reply(["shell": .string(shell), "text": .string(text)], Page())
    }
}

/// The hidden command behind the completion scripts.
enum CompleteCommand: Command {
    static func run(_ context: Context) async throws(Failure) -> Reply {
        let completer = Completer(
            commands: CommandTable.commands, language: context.language,
            lookUp: { await context.lookUp($0, $1) })
        let candidates = await completer.candidates(context.arguments.operands)
        if context.output.format == .text {
            context.screen.write(Completer.lines(candidates), to: .output)
        }
        return Reply(
            ["candidates": JSONValue(candidates.map(\.word))], Page(), schema: "candidates")
    }
}
