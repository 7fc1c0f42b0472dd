import Weonomy

/// `weonomy invite`: a code with which others join; which are open; the end of one.
enum InviteCommand: BrainCommand {
    static func run(_ context: Context, _ brain: Brain) async throws -> Reply {
        let arguments = context.arguments
        if let id = arguments.value("close") {
            try await brain.closeInvitation(id.trimmed)
            return try await list(brain, Page(.invitationClosed))
        }
        if arguments.has("list") { return try await list(brain, nil) }
        let uses = arguments.number("uses") ?? 1
        let note = arguments.value("for")?.trimmed ?? ""
        let expires = arguments.date("expires").map { Instant(milliseconds: $0) }
        let invitation = try await brain.invite(uses: uses, note: note, expires: expires)
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
        if let expires { page.say(.validUntil(expires.milliseconds), .faint) }
        return Reply(
            [
                "code": file == nil ? .string(invitation.code) : nil, "file": JSONValue(file),
                "uses": JSONValue(uses), "note": note.isEmpty ? nil : .string(note),
                "expires": JSONValue(expires), "team": .string(brain.teamName),
            ], page,
            next: try next(context))
    }

    /// How the newcomer gets in: this laptop must be up, and has these addresses.
    private static func next(_ context: Context) throws -> [Reply.Hint] {
        let state = UpFiles(try context.team()).running()
        let bound = BoundAddress(
            host: state?.host ?? "::",
            port: state.flatMap { UInt16(exactly: $0.port) } ?? PeerAddress.defaultPort)
        let places = bound.dialled.isEmpty ? ["HOST:PORT"] : bound.dialled.prefix(2)
        let up = Reply.Hint(command: "weonomy up", why: .hintListen)
        return (state == nil ? [up] : [])
            + places.map { Reply.Hint(command: "weonomy join \($0)", why: .hintTheyJoin) }
    }

    /// Those by which someone may still join.
    private static func list(_ brain: Brain, _ first: Page?) async throws -> Reply {
        let open = try await brain.openInvitations()
        var page = first ?? Page()
        if open.isEmpty, first == nil { page.say(.noInvitations) }
        var table = Table(flexible: 1, indent: 0)
        for invitation in first == nil ? open : [] {
            table.add(
                "\(String(invitation.id.prefix(8)), .id)", "\(invitation.note)",
                "\(invitation.by.name)",
                "\(Text.used(invitation.used, invitation.uses), .faint)",
                invitation.expires.map { "\(Text.validUntil($0.milliseconds), .faint)" } ?? "")
        }
        page.table(table)
        return Reply(
            [
                "open": .array(
                    open.map {
                        [
                            "id": .string($0.id), "by": JSONValue($0.by), "note": .string($0.note),
                            "uses": JSONValue($0.uses), "used": JSONValue($0.used),
                            "expires": JSONValue($0.expires),
                        ]
                    })
            ], page, schema: "invitations")
    }
}
