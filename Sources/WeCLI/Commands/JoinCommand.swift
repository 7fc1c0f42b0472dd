import Weonomy

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// `weonomy join`: becomes a member at a colleague's laptop.
enum JoinCommand: Command {
    static func run(_ context: Context) async throws(Failure) -> Reply {
        guard let address = context.arguments.operand(0) else {
            throw .usage("needs-argument", .needsArgument("HOST:PORT"), hint: .whereToJoin)
        }
        let code = try code(context)
        guard let kind = Brain.kind(ofCode: code) else {
            throw Failure(.trust, "bad-code", .badCode, hint: .copyAllOfCode)
        }
        let given = context.arguments.value("name")?.trimmed ?? ""
        // A further device of someone has a name of its own; the person has theirs.
        let device = kind == .device && !given.isEmpty ? given : Terminal.hostName
        let name = kind == .device ? device : try context.ownName()
        let paths = try context.paths()
        let waiting = paths.team(slug: hiddenSlug(code))
        try context.makeFolder(waiting.folder)
        if JoinByStick.isFolder(address) {
            return try await context.asking {
                defer { Terminal.remove(folder: waiting.folder, files: []) }
                return try await JoinByStick.run(
                    context, address, code: code, name: name, in: waiting)
            }
        }
        let progress = context.progress(.receiving)
        defer { progress.finish() }
        return try await context.asking {
            // What stays empty was of no use: a mistyped code leaves nothing behind.
            defer { Terminal.remove(folder: waiting.folder, files: []) }
            let (brain, report) = try await Brain.join(
                waiting.storage, as: name, device: device, code: code, at: address,
                onProgress: { tell($0, context, progress) })
            progress.finish()
            let status = try await brain.status()
            await brain.close()
            let team = try context.settle(waiting, team: status.team.name)
            return reply(
                status, received: report.receivedCount, by: report.peer, team, kind)
        }
    }

    static func reply(
        _ status: BrainStatus, received: Int, by peer: PersonRef?, _ team: Paths.Team,
        _ kind: Brain.CodeKind
    ) -> Reply {
        var page = Page()
        let conduct = status.team.codeOfConduct.trimmed
        switch kind {
        case .person:
            page.say(.joined(status.me.name, status.team.name, by: peer?.name))
        case .device: page.say(.joinedAsDevice(status.me.name, status.team.name))
        }
        page.say(.joinedWith(status.team.members.count, status.shareCount, status.openNeedCount))
        if kind == .person, !conduct.isEmpty {
            page.blank()
            page.say(.conductOf(status.team.name), .strong)
            page.prose(conduct, indent: 2)
            page.say(.conductElse, .faint)
        }
        return Reply(
            [
                "team": JSONValue(status.team), "me": JSONValue(status.me),
                "folder": .string(team.folder), "digest": .string(status.digest),
                "received": JSONValue(received),
                "device": .bool(kind == .device),
                "conduct": conduct.isEmpty ? nil : .string(conduct),
            ], page,
            next: kind == .device
                ? [Reply.Hint(command: "weonomy up", why: .hintStayInTouch)]
                : [
                    Reply.Hint(command: "weonomy up", why: .hintStayInTouch),
                    Reply.Hint(command: "weonomy today", why: .hintToday),
                    Reply.Hint(command: "weonomy profile edit", why: .hintProfile),
                ])
    }

    /// Never an argument: those stand in the shell's history and in every list of processes.
    private static func code(_ context: Context) throws(Failure) -> String {
        guard let path = context.arguments.value("code-file") else {
            return try context.prompt.line(.askCode, option: "--code-file")
        }
        let code = try context.text(from: path).trimmed
        guard !code.isEmpty else { throw Failure(.trust, "no-code", .emptyCode(path)) }
        return code
    }

    private static func tell(_ now: SyncProgress, _ context: Context, _ progress: Progress) {
        progress.update(now.eventsReceived, of: now.eventsToReceive)
        if context.output.format == .jsonLines {
            context.output.emit(SyncCommand.progressLine(now))
        }
    }

    /// The same for the same code, so that a second attempt goes on where the first one stopped;
    /// says nothing of the code itself.
    private static func hiddenSlug(_ code: String) -> String {
        var sum: UInt32 = 2_166_136_261
        for byte in code.utf8 { sum = (sum ^ UInt32(byte)) &* 16_777_619 }
        return ".joining-" + String(sum & 0xFFFF, radix: 16)
    }
}

extension Context {
    /// Gives a complete brain its folder, by the name of its team.
    func settle(_ waiting: Paths.Team, team name: String) throws -> Paths.Team {
        let paths = try paths()
        let slug = Paths.slug(globals.team ?? name)
        for number in 1...99 {
            let team = paths.team(slug: number == 1 ? slug : "\(slug)-\(number)")
            guard !FileManager.default.fileExists(atPath: team.folder) else { continue }
            do {
                try FileManager.default.moveItem(atPath: waiting.folder, toPath: team.folder)
                return team
            } catch {
                throw Failure(.failure, "cannot-write", .cannotWrite(team.folder))
            }
        }
        throw Failure(.failure, "exists", .teamExists(name), hint: .otherTeamName)
    }
}
