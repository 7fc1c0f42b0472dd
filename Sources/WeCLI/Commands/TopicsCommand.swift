import Weonomy

/// `weonomy brain`: topics with who knows and who asks, and what hangs on one person.
enum TopicsCommand: BrainCommand {
    static let isReading = true

    static func run(_ context: Context, _ brain: Brain) async throws -> Reply {
        let limit = context.arguments.number("limit") ?? 20
        let figures = try await brain.figures()
        let topics = figures.topics
        let status = try await brain.status()
        var page = Page()
        page.line("\(Text.summary(status))")
        if topics.isEmpty {
            page.say(.noTopics)
        } else {
            page.blank()
            page.table(table(topics.prefix(limit)))
        }
        let alone = topics.filter { $0.busFactor == 1 }
        if !alone.isEmpty {
            page.blank()
            page.say(.hangsOnOne(alone.count), .warn)
            page.table(holders(alone))
        }
        var next: [Reply.Hint] = []
        if topics.count > limit {
            next = [Reply.Hint(command: "weonomy brain -n \(topics.count)", why: .hintAllTopics)]
        }
        return Reply(
            [
                "topics": .array(topics.prefix(limit).map { JSONValue($0) }),
                "shares": JSONValue(status.shareCount),
                "open_needs": JSONValue(status.openNeedCount),
                "people": JSONValue(status.team.members.count),
                "unique": JSONValue(figures.unique),
                "first_answer_ms": JSONValue(figures.answerMillisecondsMedian),
                "asked_to_arrived_ms": JSONValue(figures.askedToArrivedMillisecondsMedian),
                "arrived_to_answered_ms": JSONValue(figures.arrivedToAnsweredMillisecondsMedian),
            ], page, next: next, schema: "brain")
    }

    private static func table(_ topics: some Sequence<BrainFigures.Topic>) -> Table {
        var table = Table(flexible: 3)
        for topic in topics {
            let needs: Line =
                topic.openNeedCount > 0 ? "\(Text.needs(topic.openNeedCount), .warn)" : ""
            table.add(
                "\(topic.topic, .topic)", "\(Text.sharesCount(topic.shareCount))", needs,
                "\(Text.someOf(topic.knowers), .faint)")
        }
        return table
    }

    /// Who alone knows which topics, the one with most topics first.
    private static func holders(_ topics: [BrainFigures.Topic]) -> Table {
        var byPerson: [String: [String]] = [:]
        for topic in topics {
            guard let holder = topic.holders.first?.holder else { continue }
            byPerson[holder.name, default: []].append(topic.topic)
        }
        var table = Table(flexible: 1)
        let people = byPerson.sorted {
            ($1.value.count, $0.key) < ($0.value.count, $1.key)
        }
        for person in people.prefix(8) {
            table.add("\(person.key)", "\(Text.someOf(person.value), .topic)")
        }
        return table
    }
}
