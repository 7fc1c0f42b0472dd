import Weonomy

/// `weonomy find`.
enum FindCommand: BrainCommand {
    static let isReading = true

    static func run(_ context: Context, _ brain: Brain) async throws -> Reply {
        let query = context.arguments.operands.joined(separator: " ")
        let limit = context.arguments.number("limit") ?? 20
        let found = try await brain.find(query, countMax: limit)
        for hint in found.hints { context.output.note(.queryHint(hint), .warn) }
        var page = Page()
        if found.items.isEmpty {
            page.say(.nothingFound(query))
            if let coach = try await brain.coach() { page.say(.askCoach(coach.name), .faint) }
        } else {
            page.table(context.table(found.items, indent: 0))
            page.append(try await context.clockNotes(found.items, brain))
        }
        var next: [Reply.Hint] = []
        if found.isMore {
            let more = min(limit * 5, 10_000)
            next.append(
                Reply.Hint(command: "weonomy find -n \(more) \(query)", why: .hintMore))
        } else if found.items.isEmpty {
            next.append(Reply.Hint(command: "weonomy ask \"…\"", why: .hintAsk))
        }
        return Reply(JSONValue(found.items, now: context.now), page, next: next)
    }
}
