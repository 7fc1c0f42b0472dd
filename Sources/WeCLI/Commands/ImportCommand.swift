import Weonomy

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// `weonomy import`: folders of notes, or a brain file.
enum ImportCommand: Command {
    static func run(_ context: Context) async throws(Failure) -> Reply {
        let paths = context.arguments.operands
        for path in paths where !FileManager.default.fileExists(atPath: path) {
            throw Failure(.failure, "cannot-read", .cannotRead(path))
        }
        return try await context.asking {
            if paths.count == 1, isBrainFile(paths[0]), try context.isWithoutBrain() {
                return try await restore(context, paths[0])
            }
            let brain = try await context.open(isReading: false)
            let reply = try await take(paths, context, brain)
            await brain.close()
            return reply
        }
    }

    private static func isBrainFile(_ path: String) -> Bool { path.hasSuffix(".jsonl") }

    private static func take(
        _ paths: [String], _ context: Context, _ brain: Brain
    ) async throws -> Reply {
        let isDryRun = context.arguments.has("dry-run")
        let progress = context.progress(.takingIn)
        defer { progress.finish() }
        var sum = ImportSum()
        for (index, path) in paths.enumerated() {
            progress.update(index, of: paths.count)
            if isBrainFile(path) {
                guard !isDryRun else {
                    throw Failure.usage("no-dry-run", .noDryRun(path))
                }
                sum.add(try await brain.importBrainFile(path))
            } else {
                sum.add(
                    try await brain.importFolder(
                        path, author: context.arguments.value("author"), isDryRun: isDryRun))
            }
        }
        progress.finish()
        return try await sum.reply(context, brain, isDryRun: isDryRun)
    }

    /// Without a team here a brain file can still be read: this laptop is no member of it.
    private static func restore(_ context: Context, _ path: String) async throws -> Reply {
        let waiting = try context.paths().team(slug: ".restoring")
        try context.makeFolder(waiting.folder)
        defer { Terminal.remove(folder: waiting.folder, files: []) }
        let (brain, report) = try await Brain.restore(path, to: waiting.storage)
        var sum = ImportSum()
        sum.add(report)
        var reply = try await sum.reply(context, brain, isDryRun: false)
        let name = brain.teamName
        await brain.close()
        _ = try context.settle(waiting, team: name)
        reply.page.say(.restoredToRead(name), .faint)
        return reply
    }
}

extension Context {
    /// Whether the team that is meant has no brain here yet.
    func isWithoutBrain() throws(Failure) -> Bool {
        let slugs = try paths().slugs()
        return globals.team.map { !slugs.contains(Paths.slug($0)) } ?? slugs.isEmpty
    }
}

/// What several imports did together.
private struct ImportSum {
    private var added = 0
    private var changed = 0
    private var unchanged = 0
    private var events = 0
    private var skipped: [SkippedFile] = []
    private var topics: Set<String> = []

    mutating func add(_ report: ImportReport) {
        added += report.addedCount
        changed += report.updatedCount
        unchanged += report.unchangedCount
        events += report.eventCount
        skipped += report.skipped
        topics.formUnion(report.topics)
    }

    func reply(_ context: Context, _ brain: Brain, isDryRun: Bool) async throws -> Reply {
        let refused = skipped.filter(\.reason.isRefusal)
        let page = page(isDryRun: isDryRun, refused, tellsAll: context.output.isVerbose)
        let next =
            added > 0 && !isDryRun
            ? [Reply.Hint(command: "weonomy brain", why: .hintBrain)] : []
        return Reply(
            [
                "added": JSONValue(added), "changed": JSONValue(changed),
                "unchanged": JSONValue(unchanged), "events": JSONValue(events),
                "skipped": .array(
                    skipped.map {
                        [
                            "path": .string($0.path),
                            "reason": .string(Text.skipped($0.reason).plain(.english)),
                        ]
                    }),
                "dry_run": .bool(isDryRun), "digest": .string(try await brain.digest()),
            ], page, next: next, exit: refused.isEmpty ? .ok : .partly)
    }

    private func page(isDryRun: Bool, _ refused: [SkippedFile], tellsAll: Bool) -> Page {
        var page = Page()
        if events > 0 { page.say(.tookInEvents(events)) }
        if isDryRun {
            page.say(.wouldTakeIn(added, changed, unchanged))
        } else if events == 0 || added + changed > 0 {
            page.say(.tookIn(added, changed, unchanged))
        }
        if !topics.isEmpty {
            let names = Text.someOf(topics.sorted())
            page.line("\(Text.topicsAre, .faint) \(names, .topic)")
        }
        if !refused.isEmpty {
            page.blank()
            page.say(.refused(refused.count), .warn)
            page.table(table(refused.prefix(20)))
        }
        let others = skipped.filter { !$0.reason.isRefusal }
        guard !others.isEmpty else { return page }
        page.blank()
        page.say(.leftOut(others.count), .faint)
        if tellsAll { page.table(table(others)) } else { page.table(counts(others)) }
        return page
    }

    private func table(_ files: some Sequence<SkippedFile>) -> Table {
        var table = Table(flexible: 0)
        for file in files { table.add("\(file.path)", "\(Text.skipped(file.reason), .faint)") }
        return table
    }

    private func counts(_ files: [SkippedFile]) -> Table {
        var counts: [SkipReason: Int] = [:]
        for file in files { counts[file.reason, default: 0] += 1 }
        var table = Table(flexible: 1)
        for (reason, count) in counts.sorted(by: { $0.value > $1.value }) {
            table.add("\(count)", "\(Text.skipped(reason), .faint)")
        }
        return table
    }
}

extension SkipReason {
    /// Whether somebody would miss what was left out.
    fileprivate var isRefusal: Bool {
        switch self {
        case .unreadable, .tooMany, .note(.notUTF8), .note(.tooLong): true
        case .notMarkdown, .licence, .hidden, .generated, .link, .special, .note(.empty): false
        }
    }
}
