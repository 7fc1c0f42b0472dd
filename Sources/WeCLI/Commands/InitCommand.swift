import Weonomy

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// `weonomy init`: an identity and a team on this laptop.
enum InitCommand: Command {
    static func run(_ context: Context) async throws(Failure) -> Reply {
        let name = try context.ownName()
        var conduct = ""
        if let file = context.arguments.value("conduct") { conduct = try context.text(from: file) }
        let teamName = context.globals.team ?? "Team \(name.prefix { $0 != " " })"
        let team = try context.paths().team(slug: Paths.slug(teamName))
        try context.makeFolder(team.folder)
        return try await context.asking {
            let brain = try found(team, name, teamName, conduct, context)
            guard let info = brain.team else {
                throw Failure(.failure, "internal", .internalFault("team"))
            }
            let me = brain.me
            await brain.close()
            return Reply(
                ["team": JSONValue(info), "me": JSONValue(me), "folder": .string(team.folder)],
                Page(.madeTeam(me.name, info.name)),
                next: [
                    Reply.Hint(command: "weonomy profile edit", why: .hintProfile),
                    Reply.Hint(command: "weonomy import FOLDER", why: .hintImport),
                    Reply.Hint(command: "weonomy invite", why: .hintInvite),
                    Reply.Hint(command: "weonomy ui", why: .hintPage),
                ])
        }
    }

    private static func found(
        _ team: Paths.Team, _ name: String, _ teamName: String, _ conduct: String,
        _ context: Context
    ) throws(Failure) -> Brain {
        do throws(BrainError) {
            return try Brain.found(
                team.storage, as: name, team: teamName, device: Terminal.hostName,
                needsSecondModerator: context.arguments.has("second-moderator"),
                codeOfConduct: conduct)
        } catch {
            guard error.code == .exists else { throw Failure(error) }
            throw Failure(.failure, "exists", .teamExists(teamName), hint: .otherTeamName)
        }
    }
}

extension Context {
    /// What colleagues call this person: as an option, or asked.
    func ownName() throws(Failure) -> String {
        if let name = arguments.value("name")?.trimmed, !name.isEmpty { return name }
        return try prompt.line(.askName, option: "--name")
    }

    /// Makes a folder for a team that only its owner may open.
    func makeFolder(_ path: String) throws(Failure) {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
            // An older folder keeps what it has; the owner alone may open this one.
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o700], ofItemAtPath: path)
        } catch {
            throw Failure(.failure, "cannot-write", .cannotWrite(path), hint: .useHome)
        }
    }
}
