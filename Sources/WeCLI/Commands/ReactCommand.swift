import Weonomy

/// `weonomy react`.
enum ReactCommand: BrainCommand {
    static func run(_ context: Context, _ brain: Brain) async throws -> Reply {
        let arguments = context.arguments
        let old = try await context.item(brain, arguments.required(0))
        guard let reaction = Reaction(parsing: arguments.required(1)) else {
            throw Failure.usage("bad-choice", .internalFault(arguments.required(1)))
        }
        let isRemoved = arguments.has("remove")
        let item = try await brain.react(old.id, reaction, isRemoved: isRemoved)
        let name = old.author.name
        return Reply(
            JSONValue(item, now: context.now),
            Page(isRemoved ? .unreacted(old.shortID) : .reacted(reaction, old.title, name)))
    }
}

/// `weonomy validate`.
enum ValidateCommand: BrainCommand {
    static func run(_ context: Context, _ brain: Brain) async throws -> Reply {
        let arguments = context.arguments
        let old = try await context.item(brain, arguments.required(0))
        let until = arguments.date("until")
        let item = try await brain.validate(
            old.id, note: arguments.value("note") ?? "",
            until: until.map { Instant(milliseconds: $0) })
        var page = Page(.validated(item.title, until))
        let offers = try await brain.profile(of: nil).offers
        let offer = offers.first { offer in item.topics.contains(offer.topic) }
        if let offer {
            page.say(.yourLevel(offer.topic, offer.level), .faint)
        } else if let topic = item.topics.first {
            page.say(.noLevel(topic), .faint)
        }
        return Reply(JSONValue(item, now: context.now), page)
    }
}
