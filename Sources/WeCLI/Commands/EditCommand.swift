import Weonomy

/// `weonomy edit`: with options, or in an editor.
enum EditCommand: BrainCommand {
    static func run(_ context: Context, _ brain: Brain) async throws -> Reply {
        let arguments = context.arguments
        let old = try await context.item(brain, arguments.required(0))
        var title = arguments.value("title")
        var body = arguments.value("message")
        if let path = arguments.value("body-file") { body = try context.text(from: path) }
        let topics = arguments.values("topic")
        var invited: [PersonRef] = []
        for name in arguments.values("invite") {
            invited.append(try await context.person(brain, name))
        }
        let files = try await context.attach(brain)
        if !invited.isEmpty, title == nil, body == nil, topics.isEmpty, files.isEmpty {
            let item = try await brain.inviteReactions(to: old.id, from: invited.map(\.id))
            return Reply(
                JSONValue(item, now: context.now), Page(.invitedPeople(invited.map(\.name))))
        }
        if title == nil, body == nil, topics.isEmpty, files.isEmpty {
            let help = Text.editHelp.plain(context.language)
            let text = "# \(old.title)\n\n\(old.body)"
            guard let written = try context.editor.edit(text, help: help) else {
                return Reply(JSONValue(old, now: context.now), Page(.nothingChanged))
            }
            let note = try WrittenNote(written, path: nil, title: nil)
            (title, body) = (note.title, note.body)
            // An editor's last line break is none of the text's.
            if note.body.trimmed == old.body.trimmed { body = nil }
        }
        var item = try await brain.edit(
            old.id, title: title == old.title ? nil : title, body: body,
            topics: topics.isEmpty ? nil : topics, adding: files, saw: old)
        var page = Page(item == old ? .nothingChanged : .edited(item.shortID, item.title))
        if item.validity(at: context.now) == .changed, old.validity(at: context.now) == .yes {
            page.say(.noLongerValidated, .faint)
        }
        if !invited.isEmpty {
            item = try await brain.inviteReactions(to: item.id, from: invited.map(\.id))
            page.say(.invitedPeople(invited.map(\.name)))
        }
        return Reply(JSONValue(item, now: context.now), page)
    }
}

/// `weonomy retract`.
enum RetractCommand: BrainCommand {
    static func run(_ context: Context, _ brain: Brain) async throws -> Reply {
        let old = try await context.item(brain, context.arguments.required(0))
        if !context.arguments.has("yes") {
            let isSure = try context.prompt.confirm(.askRetract(old.title), option: "--yes")
            guard isSure else {
                return Reply(JSONValue(old, now: context.now), Page(.nothingChanged))
            }
        }
        try await brain.retract(old.id)
        let item = try await brain.item(old.id)
        return Reply(JSONValue(item, now: context.now), Page(.retracted(item.shortID, item.title)))
    }
}
