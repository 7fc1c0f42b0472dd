import Weonomy

/// `weonomy` alone: how things stand and what one does most; without a brain, or with a key that
/// wants a passphrase, the help.
enum StartCommand: Command {
    static func run(_ context: Context) async throws(Failure) -> Reply {
        let help = try HelpCommand.run(context)
        guard context.output.format == .text, let team = try? context.team(),
            (try? Brain.keyStatus(team.storage))?.isSealed != true,
            let brain = try? await context.open(isReading: true),
            let status = try? await brain.status(), let today = try? await brain.today()
        else { return help }
        var page = Page()
        page.line("\(Text.summary(status))")
        page.say(.waitingCounts(today.canHelp.count, today.answers.count))
        page.say(.conflictCount(status.conflictCount), status.conflictCount > 0 ? .warn : .faint)
        page.blank()
        var table = Table(flexible: 1)
        for name in ["today", "find", "share", "ask", "sync"] {
            guard let spec = CommandTable.spec([name]) else { continue }
            table.add("\("weonomy \(name)", .command)", "\(spec.summary)")
        }
        page.table(table)
        page.blank()
        page.say(.allCommands, .faint)
        return Reply(help.data, page, schema: "help")
    }
}

extension Text {
    static func waitingCounts(_ needs: Int, _ answers: Int) -> Text {
        Text(
            "You may help with \(needs, "need", "needs"); "
                + "\(answers, "answer waits", "answers wait") for you.",
            "Je kunt misschien met \(needs, "vraag", "vragen") helpen; "
                + "\(answers, "antwoord wacht", "antwoorden wachten") op je.")
    }

    static func conflictCount(_ count: Int) -> Text {
        count == 0 ? Text("Nothing competes.", "Er botst niets.") : .conflicts(count)
    }

    static let allCommands = Text(
        "All commands: \("weonomy help", .command)", "Alle commando's: \("weonomy help", .command)")
}
