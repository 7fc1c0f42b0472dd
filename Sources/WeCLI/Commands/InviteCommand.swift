import Weonomy

/// `weonomy invite`: a code with which others join.
enum InviteCommand: BrainCommand {
    static func run(_ context: Context, _ brain: Brain) async throws -> Reply {
        let arguments = context.arguments
        let uses = arguments.number("uses") ?? 1
        let note = arguments.value("note")?.trimmed ?? ""
        let invitation = try await brain.invite(uses: uses, note: note)
        let file = arguments.value("out")
        var page = Page()
        if let file {
            guard Terminal.create(file, bytes: Array((invitation.code + "\n").utf8)) else {
                throw Failure(
                    .failure, "cannot-write", .cannotCreate(file), hint: .invitationStands)
            }
            page.say(.invitationIn(file, uses))
        } else {
            page.line("\(invitation.code, .strong)")
            page.blank()
            page.say(.invitationFor(uses), .faint)
        }
        return Reply(
            [
                "code": file == nil ? .string(invitation.code) : nil, "file": JSONValue(file),
                "uses": JSONValue(uses), "note": note.isEmpty ? nil : .string(note),
                "team": .string(brain.teamName),
            ], page,
            next: [
                Reply.Hint(command: "weonomy sync --listen", why: .hintListen),
                Reply.Hint(command: "weonomy join HOST:PORT", why: .hintTheyJoin),
            ])
    }
}
