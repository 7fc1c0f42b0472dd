import Weonomy

/// `weonomy today`.
enum TodayCommand: BrainCommand {
    static let isReading = true

    static func run(_ context: Context, _ brain: Brain) async throws -> Reply {
        let today = try await brain.today()
        let now = context.now
        var page = Page()
        if !today.answers.isEmpty {
            page.say(.answersForYou, .strong)
            page.table(context.table(today.answers))
            page.blank()
        }
        if !today.canHelp.isEmpty {
            page.say(.youMayHelp, .strong)
            page.table(table(today.canHelp, context))
            page.blank()
        }
        section(.waitingForAnswer, today.openNeeds, &page, context)
        section(.competingVersions, today.conflicts, &page, context)
        section(.newShares, today.shares, &page, context)
        if context.arguments.has("status") { section(.busyWith, today.statuses, &page, context) }
        if page.isEmpty { page.say(.nothingWaits) }
        return Reply(
            [
                "can_help": .array(today.canHelp.map { JSONValue($0, now: now) }),
                "for_me": JSONValue(today.answers, now: now),
                "new": JSONValue(today.shares, now: now),
                "statuses": JSONValue(today.statuses, now: now),
            ], page, next: next(today))
    }

    private static func section(
        _ title: Text, _ items: [Item], _ page: inout Page, _ context: Context
    ) {
        guard !items.isEmpty else { return }
        page.say(title, .strong)
        page.table(context.table(items))
        page.blank()
    }

    private static func table(_ matches: [Match], _ context: Context) -> Table {
        var table = Table(flexible: 1)
        for match in matches {
            table.add(
                "\(match.need.shortID, .id)", "\(match.need.title)",
                "\(context.short(match.need.author.name))",
                "\(Text.yourReason(match.reasons), .faint)")
        }
        return table
    }

    private static func next(_ today: Today) -> [Reply.Hint] {
        var next: [Reply.Hint] = []
        if let need = today.canHelp.first?.need {
            next.append(
                Reply.Hint(command: "weonomy answer \(need.shortID)", why: .hintAnswer))
        }
        if !today.profileGaps.isEmpty {
            next.append(Reply.Hint(command: "weonomy profile check", why: .hintGaps))
        }
        return next
    }
}
