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

/// `weonomy doctor`: exit 1 when something is wrong.
enum DoctorCommand: BrainCommand {
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
        page.line("\(Text.fingerprint, .faint) \(String(report.digestAfter.prefix(12)), .faint)")
        var next: [Reply.Hint] = []
        if !findings.isEmpty, !isRebuilding {
            next = [Reply.Hint(command: "weonomy doctor --rebuild", why: .hintRebuild)]
        }
        return Reply(
            [
                "healthy": .bool(report.isSound), "events": JSONValue(report.eventCount),
                "digest": .string(report.digestAfter),
                "findings": .array(findings.map(\.json)),
                "warnings": .array(warnings.map(\.json)),
                "rebuilt": isRebuilding
                    ? .bool(report.digestBefore == report.digestAfter) : nil,
            ], page, next: next, exit: report.isSound ? .ok : .failure)
    }
}
