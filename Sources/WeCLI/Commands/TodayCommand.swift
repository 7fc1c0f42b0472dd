import Weonomy

/// `weonomy today`.
enum TodayCommand: BrainCommand {
    static let isReading = true

    static func run(_ context: Context, _ brain: Brain) async throws -> Reply {
        let today = try await brain.today()
        let now = context.now
        let notices = try await context.notices(brain)
        var page = notices.page()
        if !page.isEmpty { page.blank() }
        if !today.answers.isEmpty {
            page.say(.answersForYou, .strong)
            page.table(context.table(today.answers))
            page.blank()
        }
        if !today.invitations.isEmpty {
            page.say(.asksYouTitle, .strong)
            page.table(context.table(today.invitations))
            page.blank()
        }
        if let need = today.lessonToRecall {
            page.say(.canYouDoIt(need.title, need.shortID))
            page.blank()
        }
        if !today.canHelp.isEmpty {
            page.say(.youMayHelp, .strong)
            page.append(matches(today.canHelp, context))
            page.blank()
        }
        section(.waitingForAnswer, today.openNeeds, &page, context)
        section(.competingVersions, today.conflicts, &page, context)
        section(.newShares, today.shares, &page, context)
        if context.arguments.has("status") { section(.busyWith, today.statuses, &page, context) }
        if let topic = today.nudge {
            page.say(.nudged(topic))
            page.blank()
        }
        if isQuiet(today, context) {
            page.say(.nothingWaits)
            if let coach = try await brain.coach() { page.say(.askCoach(coach.name), .faint) }
        }
        return Reply(
            [
                "can_help": .array(today.canHelp.map { JSONValue($0, now: now) }),
                "for_me": JSONValue(today.answers, now: now),
                "new": JSONValue(today.shares, now: now),
                "statuses": JSONValue(today.statuses, now: now), "notices": notices.json,
                "asked_to_react": JSONValue(today.invitations, now: now),
                "nudge": JSONValue(today.nudge),
                "can_do_it_now": today.lessonToRecall.map { JSONValue($0, now: now) } ?? nil,
            ], page, next: next(today))
    }

    private static func isQuiet(_ today: Today, _ context: Context) -> Bool {
        let items = [
            today.answers, today.openNeeds, today.conflicts, today.shares, today.invitations,
        ]
        let statuses = context.arguments.has("status") ? today.statuses : []
        return today.canHelp.isEmpty && today.nudge == nil && today.lessonToRecall == nil
            && statuses.isEmpty && items.allSatisfy(\.isEmpty)
    }

    private static func section(
        _ title: Text, _ items: [Item], _ page: inout Page, _ context: Context
    ) {
        guard !items.isEmpty else { return }
        page.say(title, .strong)
        page.table(context.table(items))
        page.blank()
    }

    private static func matches(_ matches: [Match], _ context: Context) -> Page {
        var page = Page()
        var table = Table(flexible: 1)
        if context.isNarrow {
            for match in matches {
                page.line("\(match.need.shortID, .id)  \(match.need.title)", indent: 2, hanging: 8)
                page.line(
                    "\(context.short(match.need.author.name)) · "
                        + "\(Text.yourReason(match.reasons), .faint)", indent: 8)
            }
            return page
        }
        for match in matches {
            table.add(
                "\(match.need.shortID, .id)", "\(match.need.title)",
                "\(context.short(match.need.author.name))",
                "\(Text.yourReason(match.reasons), .faint)")
        }
        page.table(table)
        return page
    }

    private static func next(_ today: Today) -> [Reply.Hint] {
        var next: [Reply.Hint] = []
        if let need = today.canHelp.first?.need {
            next.append(
                Reply.Hint(command: "weonomy answer \(need.shortID)", why: .hintAnswer))
        }
        if let item = today.invitations.first {
            next.append(
                Reply.Hint(command: "weonomy react \(item.shortID) thanks", why: .hintReact))
        }
        if let topic = today.nudge {
            next.append(
                Reply.Hint(
                    command: "weonomy share -k experience -t \(topic)", why: .hintWriteDown))
            next.append(Reply.Hint(command: "weonomy config later", why: .hintLater))
        }
        if !today.profileGaps.isEmpty {
            next.append(Reply.Hint(command: "weonomy profile check", why: .hintGaps))
        }
        return next
    }
}
