import Weonomy

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// `weonomy status`: who has what, and what competes.
enum StatusCommand: BrainCommand {
    static let isReading = true

    static func run(_ context: Context, _ brain: Brain) async throws -> Reply {
        let status = try await brain.status()
        let team = try context.team()
        let standings = try await brain.standings()
        let up = UpFiles(team).running()
        let isChecked = context.arguments.has("check")
        let problems = isChecked ? try await brain.doctor().findings : []
        var page = Page()
        page.line("\(Text.summary(status))")
        let notices = try await context.notices(brain)
        page.append(notices.page())
        let isIn = notices.verdict == nil
        if isIn { page.table(table(status, standings, up)) }
        page.blank()
        page.say(up.map { .upRuns($0) } ?? .upRunsNot, .faint)
        let files = try await brain.files()
        let fileBytes = await brain.fileBytes()
        if !files.isEmpty { page.say(.filesHere(files, bytes: fileBytes)) }
        page.blank()
        let pending = isIn ? try await brain.pendingCount(standings) : 0
        if pending > 0, status.team.members.count > 1 { page.say(.pending(pending)) }
        if status.conflictCount > 0 { page.say(.conflicts(status.conflictCount), .warn) }
        for problem in problems { page.say(problem.message, .bad) }
        if isChecked, problems.isEmpty { page.say(.allSound(status.eventCount), .good) }
        page.line("\(Text.fingerprint, .faint) \(String(status.digest.prefix(12)), .faint)")
        return Reply(
            json(status, team, standings, up, pending, problems).with("notices", notices.json)
                .with("files", json(files, fileBytes)), page,
            next: next(status, problems), exit: problems.isEmpty ? .ok : .failure)
    }

    private static func next(_ status: BrainStatus, _ problems: [Finding]) -> [Reply.Hint] {
        if !problems.isEmpty {
            return [Reply.Hint(command: "weonomy doctor --rebuild", why: .hintRebuild)]
        }
        if status.conflictCount > 0 {
            return [Reply.Hint(command: "weonomy find is:conflict", why: .hintConflicts)]
        }
        guard status.team.members.count > 1 else {
            return [Reply.Hint(command: "weonomy invite", why: .hintInvite)]
        }
        return []
    }

    private static func others(_ status: BrainStatus) -> [PersonRef] {
        status.team.members.map(\.person).filter { $0.id != status.me.id }
    }

    private static func table(
        _ status: BrainStatus, _ standings: [PersonID: ColleagueStanding],
        _ up: UpFiles.State?
    ) -> Table {
        var table = Table(flexible: 0)
        for person in others(status) {
            guard let standing = standings[person.id] else {
                table.add("\(person.name)", "\(Text.neverMet, .faint)")
                continue
            }
            let state: Line = "\(Text.standing(standing), standing.isSame ? .good : .warn)"
            let way: Line = standing.isByStick ? ", \(Text.byStick, .faint)" : ""
            let met: Line =
                standing.met.map { "\(when: $0.milliseconds, .faint)" + way }
                ?? "\(Text.neverMet, .faint)"
            let last = up?.peer(person.id) != nil ? "\(Text.connectedNow, .good)" : met
            table.add("\(person.name)", state, last)
        }
        return table
    }

    private static func json(
        _ status: BrainStatus, _ team: Paths.Team,
        _ standings: [PersonID: ColleagueStanding], _ up: UpFiles.State?, _ pending: Int,
        _ problems: [Finding]
    ) -> JSONValue {
        let peers = others(status).map { person -> JSONValue in
            let standing = standings[person.id]
            return [
                "person": JSONValue(person), "state": .string(state(standing)),
                "last_met": JSONValue(moment: standing?.met?.milliseconds),
                "by_stick": .bool(standing?.isByStick ?? false),
                "they_lack": standing.map { JSONValue($0.lackedCount) } ?? nil,
                "i_lack": standing.map { JSONValue($0.aheadCount) } ?? nil,
                "told_by": standing?.toldBy.map { JSONValue($0) } ?? nil,
                "connected": .bool(up?.peer(person.id) != nil),
                "address": JSONValue(up?.peer(person.id)?.address),
            ]
        }
        return [
            "team": JSONValue(status.team), "me": JSONValue(status.me),
            "digest": .string(status.digest), "events": JSONValue(status.eventCount),
            "people": JSONValue(status.team.members.count),
            "shares": JSONValue(status.shareCount),
            "open_needs": JSONValue(status.openNeedCount),
            "conflicts": JSONValue(status.conflictCount), "pending": JSONValue(pending),
            "peers": .array(peers), "replica": .string(team.replica),
            "bytes": JSONValue(bytes(team)),
            "problems": JSONValue(problems.map { $0.message.plain(.english) }),
            "up": up.map { json($0) } ?? nil,
        ]
    }

    private static func state(_ standing: ColleagueStanding?) -> String {
        guard let standing else { return "unknown" }
        if standing.aheadCount > 0 { return "ahead" }
        return standing.lackedCount > 0 ? "behind" : "same"
    }

    private static func json(_ files: [TeamFile], _ bytes: Int) -> JSONValue {
        [
            "here": JSONValue(files.count { $0.state == .here }), "bytes": JSONValue(bytes),
            "coming": JSONValue(files.count { if case .coming = $0.state { true } else { false } }),
            "wanted": JSONValue(files.count { $0.state == .wanted }),
            "left": JSONValue(files.count { $0.state == .left }),
        ]
    }

    private static func json(_ up: UpFiles.State) -> JSONValue {
        [
            "process": JSONValue(Int(up.process)), "since": JSONValue(moment: up.since),
            "port": JSONValue(up.port), "page_port": up.pagePort.map { JSONValue($0) } ?? nil,
            "discovering": .bool(up.isDiscovering), "links": JSONValue(up.links),
            "found": JSONValue(up.found),
            "connected": JSONValue(Set(up.peers.compactMap(\.person)).count),
        ]
    }

    private static func bytes(_ team: Paths.Team) -> Int {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: team.folder)) ?? []
        return names.reduce(0) { sum, name in
            let path = team.folder + "/" + name
            let facts = try? FileManager.default.attributesOfItem(atPath: path)
            return sum + Int(clamping: facts?[.size] as? UInt64 ?? 0)
        }
    }
}
