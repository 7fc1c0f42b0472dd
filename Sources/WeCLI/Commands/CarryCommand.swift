import Weonomy

/// `weonomy carry`: exchanges with colleagues by a stick.
enum CarryCommand: BrainCommand {
    static func run(_ context: Context, _ brain: Brain) async throws -> Reply {
        guard let folder = context.arguments.operand(0) else {
            throw Failure.usage("needs-argument", .needsArgument("FOLDER"), hint: .carryHow)
        }
        let filesMax = try filesMax(context)
        let progress = context.progress(.carrying)
        defer { progress.finish() }
        let format = context.output.format
        let report = try await brain.carry(
            folder, isFull: context.arguments.has("full"),
            isDryRun: context.arguments.has("dry-run"), filesMax: filesMax
        ) { now in
            progress.update(
                now.done, of: now.total,
                files: (now.fileBytes, { now.fileBytesTotal - now.fileBytes }))
            if format == .jsonLines { context.output.emit(progressLine(now)) }
        }
        progress.finish()
        let status = try await brain.status()
        return reply(report, status)
    }

    /// Bytes of files that may go along: none unless it is asked for.
    private static func filesMax(_ context: Context) throws(Failure) -> Int {
        guard let typed = context.arguments.value("files") else { return 0 }
        switch FilePolicy(parsing: typed) {
        case .all: return .max
        case .upTo(let bytes): return bytes
        case .opened, nil: throw Failure.usage("bad-value", .noFilesMax(typed))
        }
    }

    private static func reply(_ report: CarryReport, _ status: BrainStatus) -> Reply {
        Reply(
            json(report, digest: status.digest), page(report),
            next: report.receivedCount > 0 && !report.isDryRun
                ? [Reply.Hint(command: "weonomy today", why: .hintWhatIsNew)] : [],
            exit: report.isComplete ? .ok : .partly)
    }

    static func page(_ report: CarryReport) -> Page {
        var page = Page()
        for line in Text.carried(report) { page.say(line) }
        for problem in report.problems { page.say(.problem(problem), .warn) }
        page.say(report.isDryRun ? .onlyLooked : .nothingElseTouched, .faint)
        return page
    }

    static func json(_ report: CarryReport, digest: String) -> JSONValue {
        [
            "dry_run": .bool(report.isDryRun),
            "seen": .array(
                report.visitors.map {
                    [
                        "person": $0.person.map { JSONValue($0) } ?? nil,
                        "at": JSONValue($0.time), "lacked": JSONValue($0.lackedCount),
                    ]
                }),
            "received": JSONValue(report.receivedCount),
            "from": .array(
                report.sources.map {
                    [
                        "person": $0.person.map { JSONValue($0) } ?? nil,
                        "received": JSONValue($0.count),
                    ]
                }),
            "would": report.tally.map { json($0) } ?? nil,
            "waiting": JSONValue(report.waitingCount),
            "left": JSONValue(report.leftCount), "left_bytes": JSONValue(report.leftBytes),
            "left_for": .array(report.leftFor.map { JSONValue($0) }),
            "full": .bool(report.isFull),
            "files": [
                "received": json(report.filesReceived), "left": json(report.filesLeft),
                "kept": json(report.filesKept),
            ],
            "admitted": .array(report.admitted.map { JSONValue($0) }),
            "problems": .array(
                report.problems.map {
                    [
                        "code": .string($0.word),
                        "message": .string(Text.problem($0).plain(.english)),
                    ]
                }),
            "digest": .string(digest),
        ]
    }

    private static func json(_ files: CarryReport.Files) -> JSONValue {
        ["count": JSONValue(files.count), "bytes": JSONValue(files.byteCount)]
    }

    private static func json(_ tally: CarryReport.Tally) -> JSONValue {
        [
            "shares": JSONValue(tally.shares), "needs": JSONValue(tally.needs),
            "answers": JSONValue(tally.answers), "erasures": JSONValue(tally.erasures),
            "removals": JSONValue(tally.removals), "others": JSONValue(tally.others),
        ]
    }

    private static func progressLine(_ now: CarryProgress) -> JSONValue {
        let (done, total) = (JSONValue(now.done), JSONValue(now.total))
        return Envelope.success(
            "progress",
            [
                "received": now.isLeaving ? 0 : done, "to_receive": now.isLeaving ? 0 : total,
                "sent": now.isLeaving ? done : 0, "to_send": now.isLeaving ? total : 0,
                "file_bytes_received": JSONValue(now.isLeaving ? 0 : now.fileBytes),
                "file_bytes_sent": JSONValue(now.isLeaving ? now.fileBytes : 0),
            ])
    }
}
