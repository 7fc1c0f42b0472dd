import Weonomy

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// `weonomy demo`: three laptops, as three real processes, become one brain.
enum DemoCommand: Command {
    static func run(_ context: Context) async throws(Failure) -> Reply {
        let started = context.screen.ticks()
        guard let team = DemoTeam.embedded() else {
            throw Failure(.failure, "not-built", .demoCannotStart)
        }
        let folders = context.arguments.operands
        let plan = folders.isEmpty ? nil : try DemoPlan.dealt(folders)
        let folder = try place(context)
        let loaded = if let plan { plan } else { try DemoPlan.embedded(team, in: folder) }
        context.output.note(.demoWorking(in: folder), .faint)
        if !loaded.leftOut.isEmpty { context.output.note(.demoLeftOut(loaded.leftOut)) }
        var run = try DemoRun(
            context: context, team: team, plan: loaded, folder: folder, isEmbedded: plan == nil)
        defer { run.end() }
        return try await tell(&run, folder, started)
    }

    /// The story, each part shown as soon as it has happened.
    private static func tell(
        _ run: inout DemoRun, _ folder: String, _ started: Int64
    ) async throws(Failure) -> Reply {
        let context = run.context
        let laptops = run.laptops
        var isFirst = true
        func show(_ page: Page) {
            guard context.output.format == .text, !page.isEmpty else { return }
            if !isFirst { context.screen.write("\n", to: .output) }
            isFirst = false
            context.output.show(page)
        }
        try await run.found()
        show(DemoPages.founded(laptops, team: run.team.team))
        show(DemoPages.apart(try await run.prepare(), laptops))
        show(DemoPages.meetings(try await run.meet(), isFirst: true))
        let questions = try await run.questions()
        show(DemoPages.questions(questions))
        let (deeds, edited) = try await run.respond()
        show(DemoPages.responses(deeds, laptops))
        show(DemoPages.meetings(try await run.meet(), isFirst: false))
        let notes = try await run.edited(edited)
        show(DemoPages.versions(notes, run))
        let items = notes.map(\.item)
        let risks = try await run.risks()
        show(DemoPages.risks(risks))
        let statuses = try await run.statuses()
        let isEqual = Set(statuses.map(\.digest)).count == 1
        show(DemoPages.same(statuses, laptops, isEqual: isEqual))
        let exported = try await run.export(to: folder)
        show(DemoPages.exported(exported, of: statuses.first?.shares ?? 0))
        let milliseconds = Int(context.screen.ticks() - started)
        show(DemoPages.kept(folder, milliseconds: milliseconds, laptops))
        let report = DemoReport(
            folder: folder, laptops: laptops, statuses: statuses, isEqual: isEqual,
            exported: exported, meetings: run.meetings, versions: items, questions: questions,
            risks: risks, milliseconds: milliseconds)
        return Reply(
            report.json, Page(), next: hints(run, items, risks),
            exit: isEqual && exported.notes == statuses.first?.shares ? .ok : .failure)
    }

    /// Three commands that work as they are shown.
    private static func hints(
        _ run: DemoRun, _ items: [DemoAnswer.Item], _ risks: [DemoRun.Risk]
    ) -> [Reply.Hint] {
        let typed = CommandLine.arguments.first ?? ""
        let program = typed.contains("/") ? quoted(typed) : "weonomy"
        let start = "\(program) --home \(quoted(run.anna.home))"
        let word = run.isEmbedded ? "pomp" : quoted(risks.first?.topic ?? "git")
        var hints = [
            Reply.Hint(command: "\(start) today", why: .demoNextToday),
            Reply.Hint(command: "\(start) find \(word)", why: .demoNextFind),
        ]
        if let item = items.first(where: { !$0.versions.isEmpty }) {
            hints.append(
                Reply.Hint(command: "\(start) show \(item.short)", why: .demoNextShow))
        }
        return hints
    }

    private static func quoted(_ word: String) -> String {
        let plain = word.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."),
                UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        if plain, !word.isEmpty { return word }
        return "'"
            + word.split(separator: "'", omittingEmptySubsequences: false)
            .joined(separator: "'\\''") + "'"
    }

    /// The folder that everything happens in: new, or else empty.
    private static func place(_ context: Context) throws(Failure) -> String {
        guard let kept = context.arguments.value("keep") else {
            let parent = context.environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
            let trimmed =
                parent.count > 1 && parent.hasSuffix("/") ? String(parent.dropLast()) : parent
            guard let folder = Terminal.makePrivateFolder(in: trimmed) else {
                throw Failure(
                    .failure, "cannot-write", .demoCannotWrite(parent), hint: .demoChooseFolder)
            }
            return folder
        }
        let files = FileManager.default
        let path = kept.hasPrefix("/") ? kept : "\(files.currentDirectoryPath)/\(kept)"
        do {
            try files.createDirectory(atPath: path, withIntermediateDirectories: true)
            guard try files.contentsOfDirectory(atPath: path).isEmpty else {
                throw Failure(
                    .failure, "not-empty", .demoNotEmpty(kept), hint: .demoChooseFolder)
            }
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(.failure, "cannot-write", .demoCannotWrite(kept))
        }
        return path
    }
}
