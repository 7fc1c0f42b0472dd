import Weonomy

/// Something that is wrong with a replica, or worth a warning.
struct Finding {
    let name: String
    let message: Text

    var json: JSONValue {
        ["name": .string(name), "message": .string(message.plain(.english))]
    }

    static let memoryNotLocked = Finding(name: "memory-not-locked", message: .memoryNotLocked)
}

extension DoctorReport {
    /// What is wrong, the worst first.
    var findings: [Finding] {
        var findings: [Finding] = []
        if damagedCount > 0 {
            findings.append(Finding(name: "damaged-events", message: .damaged(damagedCount)))
        }
        if fileState != "ok" {
            findings.append(Finding(name: "damaged-file", message: .fileState(fileState)))
        }
        if wrongSumCount > 0 {
            findings.append(Finding(name: "wrong-sums", message: .wrongSums(wrongSumCount)))
        }
        if digestBefore != digestAfter {
            findings.append(Finding(name: "stale-views", message: .viewsWereStale))
        }
        return findings
    }
}

/// `weonomy doctor`.
enum DoctorCommand: Command {
    static func run(_ context: Context) async throws(Failure) -> Reply {
        if context.arguments.has("network") || context.arguments.operand(0) != nil {
            return try await NetworkCommand.run(context)
        }
        // A repair opens the file itself: it may be one that can't be opened.
        return context.arguments.has("repair")
            ? try await repair(context) : try await CheckCommand.run(context)
    }

    private static func repair(_ context: Context) async throws(Failure) -> Reply {
        try await context.asking {
            let storage = try context.team().storage
            return reply(try await Brain.repair(storage), storage)
        }
    }

    /// Exit 3 when something of the file did not come along.
    private static func reply(_ report: RepairReport, _ storage: Brain.Storage) -> Reply {
        var page = Page()
        if let path = report.damagedPath {
            page.say(.repaired(report.eventCount), .good)
            page.say(.damagedKept(path))
        } else if report.wasRebuilt {
            page.say(.rebuiltTheSame, .good)
        } else {
            page.say(.allSound(report.eventCount), .good)
        }
        if report.takenBackCount > 0 { page.say(.takenBack(report.takenBackCount), .good) }
        if report.lostCount > 0 { page.say(.lost(report.lostCount), .bad) }
        if report.waitingCount > 0 { page.say(.awaiting(report.waitingCount)) }
        let isWhole = report.lostCount == 0 && report.waitingCount == 0
        return Reply(
            [
                "repaired": .bool(report.damagedPath != nil || report.wasRebuilt),
                "events": JSONValue(report.eventCount),
                "damagedPath": report.damagedPath.map { .string($0) } ?? nil,
                "takenBack": JSONValue(report.takenBackCount),
                "waiting": JSONValue(report.waitingCount), "lost": JSONValue(report.lostCount),
            ], page,
            next: isWhole ? [] : [Reply.Hint(command: "weonomy sync HOST", why: .hintFetchLost)],
            exit: isWhole ? .ok : .partly, schema: "doctor-repair")
    }
}

/// `weonomy doctor` without `--repair`: exit 1 when something is wrong.
enum CheckCommand: BrainCommand {
    static let needsTeam = false

    static func run(_ context: Context, _ brain: Brain) async throws -> Reply {
        let isRebuilding = context.arguments.has("rebuild")
        let report = try await brain.doctor(isRebuilding: isRebuilding)
        let findings = report.findings
        var page = Page()
        for finding in findings { page.say(finding.message, .bad) }
        if findings.isEmpty { page.say(.allSound(report.eventCount), .good) }
        let warnings = ProcessHardening.canLockMemory ? [] : [Finding.memoryNotLocked]
        for warning in warnings { page.say(warning.message, .warn) }
        if isRebuilding, report.digestBefore == report.digestAfter {
            page.say(.rebuiltTheSame)
        }
        let files = await brain.checkFiles()
        if files.checkedCount > 0 { page.append(context.page(files)) }
        page.line("\(Text.fingerprint, .faint) \(String(report.digestAfter.prefix(12)), .faint)")
        var next: [Reply.Hint] = []
        if !findings.isEmpty, !isRebuilding {
            next =
                report.damagedCount > 0 || report.fileState != "ok"
                ? [Reply.Hint(command: "weonomy doctor --repair", why: .hintRepair)]
                : [Reply.Hint(command: "weonomy doctor --rebuild", why: .hintRebuild)]
        }
        return Reply(
            [
                "healthy": .bool(report.isSound), "events": JSONValue(report.eventCount),
                "digest": .string(report.digestAfter),
                "findings": .array(findings.map(\.json)),
                "warnings": .array(warnings.map(\.json)),
                "files": [
                    "checked": JSONValue(files.checkedCount),
                    "damaged": JSONValue(files.damagedCount),
                ],
                "rebuilt": isRebuilding
                    ? .bool(report.digestBefore == report.digestAfter) : nil,
            ], page, next: next, exit: report.isSound ? .ok : .failure)
    }
}
