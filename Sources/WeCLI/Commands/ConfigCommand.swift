import Weonomy

/// `weonomy config`: what this laptop leaves out of Today; nobody else hears of it.
enum ConfigCommand: BrainCommand {
    static func run(_ context: Context, _ brain: Brain) async throws -> Reply {
        let arguments = context.arguments
        if arguments.spec.name == "later" {
            try await brain.putOffNudge()
        } else if arguments.spec.name != "show" {
            try await brain.setMuted(arguments.required(0), arguments.spec.name == "mute")
        }
        let settings = await brain.settings()
        let people = try await brain.mutedPeople()
        let topics = settings.mutedTopics.sorted()
        var page = Page()
        if topics.isEmpty, people.isEmpty { page.say(.nothingMuted) }
        if !topics.isEmpty { page.say(.mutedTopics(topics)) }
        if !people.isEmpty { page.say(.mutedPeople(people.map(\.name))) }
        return Reply(
            [
                "muted_topics": JSONValue(topics),
                "muted_people": .array(people.map { JSONValue($0) }),
            ], page, schema: "config")
    }
}
