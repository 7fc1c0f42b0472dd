import Weonomy

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// `weonomy join FOLDER`: asks to be taken in by a stick, and comes in by it the next time.
enum JoinByStick {
    /// Whether an operand is a folder rather than a laptop's address.
    static func isFolder(_ operand: String) -> Bool {
        operand.contains("/")
            || (try? FileManager.default.contentsOfDirectory(atPath: operand)) != nil
    }

    static func run(
        _ context: Context, _ folder: String, code: String, name: String,
        in waiting: Paths.Team
    ) async throws -> Reply {
        let progress = context.progress(.receiving)
        defer { progress.finish() }
        let outcome = try await Brain.join(
            waiting.storage, as: name, device: Terminal.hostName, code: code, fromStick: folder,
            onProgress: { progress.update($0.done, of: $0.total) })
        progress.finish()
        switch outcome {
        case .asked(let team):
            var page = Page(.askedToJoin(team))
            page.say(.thenCarry)
            return Reply(
                ["state": "asked", "team": .string(team)], page,
                next: [
                    Reply.Hint(command: "weonomy join FOLDER", why: .hintJoinAgain)
                ], schema: "join-asked")
        case .joined(let brain, let report):
            let status = try await brain.status()
            await brain.close()
            let team = try context.settle(waiting, team: status.team.name)
            var reply = JoinCommand.reply(
                status, received: report.receivedCount, by: report.sources.first?.person, team,
                .person)
            for problem in report.problems { reply.page.say(.problem(problem), .warn) }
            reply.exit = report.isComplete ? .ok : .partly
            return reply
        }
    }
}
