import Weonomy

/// `weonomy brain goals`: what the team wants to reach; also sets a goal, or gives one up.
enum BrainGoalsCommand: BrainCommand {
    static func run(_ context: Context, _ brain: Brain) async throws -> Reply {
        let arguments = context.arguments
        if let typed = arguments.value("drop") {
            try await brain.dropGoal(try await context.object(brain, typed))
        } else if let metric = arguments.value("metric").flatMap({ GoalMetric(parsing: $0) }) {
            guard let min = arguments.number("min") else {
                throw Failure.usage("needs-option", .needsOption("--min"))
            }
            try await brain.addGoal(
                metric, topic: arguments.value("topic"), min: min,
                by: arguments.date("by").map { Instant(milliseconds: $0) })
        }
        let goals = try await brain.goals()
        var page = Page()
        if goals.isEmpty { page.say(.noGoals) }
        var table = Table(flexible: 1)
        for goal in goals {
            let state = Text.goalState(goal, at: context.now)
            let by: Line = goal.by.map { "\(date: $0.milliseconds, .faint)" } ?? ""
            table.add(
                "\(goal.shortID, .id)", "\(Text.goal(goal))",
                "\(state, goal.isReached ? .good : .plain)", by,
                "\(context.short(goal.owner.name), .faint)",
                "\(goal.shareCount == 0 ? Text(same: "") : .sharesCount(goal.shareCount), .faint)")
        }
        page.table(table)
        return Reply(
            ["goals": .array(goals.map { JSONValue($0) })], page,
            next: goals.isEmpty
                ? [
                    Reply.Hint(
                        command: "weonomy brain goals --metric validated --min 50", why: .hintGoal)
                ] : [], schema: "brain-goals")
    }
}

extension JSONValue {
    fileprivate init(_ goal: Goal) {
        self = [
            "id": .string(goal.id.description), "short": .string(goal.shortID),
            "metric": .string(goal.metric.rawValue), "topic": JSONValue(goal.topic),
            "min": JSONValue(goal.min), "value": goal.value.map { JSONValue($0) } ?? nil,
            "by": JSONValue(moment: goal.by?.milliseconds), "owner": JSONValue(goal.owner),
            "reached": .bool(goal.isReached), "shares": JSONValue(goal.shareCount),
        ]
    }
}
