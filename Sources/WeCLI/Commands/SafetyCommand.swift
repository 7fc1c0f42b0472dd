import Weonomy

/// `weonomy safety log`: everything that was decided about people.
enum SafetyLogCommand: BrainCommand {
    static let isReading = true

    static func run(_ context: Context, _ brain: Brain) async throws -> Reply {
        let decisions = try await brain.safetyLog()
        let forks = brain.mayGovern ? try await brain.forks() : []
        var page = Page()
        if decisions.isEmpty { page.say(.emptyLog) }
        for decision in decisions {
            var line: Line =
                "\(when: decision.time.milliseconds, .faint)  \(Text.decision(decision), .strong)"
            if !decision.text.isEmpty { line = line + ": \(decision.text)" }
            page.line(line, hanging: 4)
            if let id = decision.item, let item = try? await brain.item(id) {
                page.say(.itIsAbout(item.title, item.shortID), indent: 4)
            }
            let isDone = decision.isEffective && decision.isSettled
            page.say(.state(decision), isDone ? .faint : .warn, indent: 4)
        }
        if !decisions.isEmpty {
            page.blank()
            page.say(.openLog, .faint)
        }
        if !forks.isEmpty {
            page.blank()
            page.say(.forksTitle, .warn)
            for fork in forks { page.line("\(Text.fork(fork))", indent: 2, hanging: 4) }
        }
        return Reply(
            [
                "decisions": .array(decisions.map { JSONValue($0) }),
                "forks": .array(
                    forks.map {
                        [
                            "person": JSONValue($0.person), "log": .string($0.log),
                            "place": JSONValue($0.sequence), "events": JSONValue($0.events),
                        ]
                    }),
            ], page, schema: "safety")
    }
}

// MARK: - Flags

/// `weonomy safety flag`.
enum SafetyFlagCommand: BrainCommand {
    static func run(_ context: Context, _ brain: Brain) async throws -> Reply {
        let item = try await context.item(brain, context.arguments.required(0))
        let isRemoved = context.arguments.has("remove")
        let reason = isRemoved ? "" : try context.words("reason", .askReason)
        try await brain.flag(item.id, reason: reason)
        let flagged = try await brain.item(item.id)
        return Reply(
            SafetyFlagsCommand.json([flagged], brain, context),
            Page(isRemoved ? .unflagged(item.title) : .flagged(item.title)), schema: "flags")
    }
}

/// `weonomy safety flags`: all for moderators, one's own for others.
enum SafetyFlagsCommand: BrainCommand {
    static let isReading = true

    static func run(_ context: Context, _ brain: Brain) async throws -> Reply {
        let items = try await brain.flagged()
        var page = Page()
        if items.isEmpty { page.say(brain.mayGovern ? .noFlags : .noFlagsOfYours) }
        for item in items {
            page.line("\(item.shortID, .id)  \(item.title) · \(item.author.name)", hanging: 4)
            for flag in brain.visibleFlags(of: item) {
                page.line(
                    "\(Text.flag(flag)) (\(when: flag.wall.milliseconds))", indent: 4, hanging: 6)
            }
        }
        var next: [Reply.Hint] = []
        if brain.mayGovern, let item = items.first(where: { $0.author.id != brain.me.id }) {
            let command =
                "weonomy safety address \"\(item.author.name)\" --about \(item.shortID) --text \"…\""
            next = [Reply.Hint(command: command, why: .hintAddress)]
        }
        return Reply(json(items, brain, context), page, next: next, schema: "flags")
    }

    static func json(_ items: [Item], _ brain: Brain, _ context: Context) -> JSONValue {
        [
            "items": .array(
                items.map { item in
                    [
                        "item": JSONValue(item, now: context.now),
                        "flags": .array(brain.visibleFlags(of: item).map { JSONValue($0) }),
                    ]
                })
        ]
    }
}

extension JSONValue {
    init(_ flag: Flag) {
        self = [
            "by": JSONValue(flag.person), "reason": .string(flag.reason),
            "at": JSONValue(flag.wall),
        ]
    }
}

// MARK: - Address, exclude, restore

/// `weonomy safety address`.
enum SafetyAddressCommand: BrainCommand {
    static func run(_ context: Context, _ brain: Brain) async throws -> Reply {
        let arguments = context.arguments
        let person = try await context.person(brain, arguments.required(0))
        var about: Item?
        if let id = arguments.value("about") { about = try await context.item(brain, id) }
        let text = try context.words("text", .askAddress)
        let decision = try await brain.address(person.id, text: text, about: about?.id)
        let command = "weonomy safety exclude \"\(person.name)\" --reason \"…\""
        return Reply(
            context.decided(decision), Page(.addressed(person.name)),
            next: [Reply.Hint(command: command, why: .hintExclude)], schema: "decision")
    }
}

/// `weonomy safety exclude`: exit 3 while a second moderator has to agree.
enum SafetyExcludeCommand: BrainCommand {
    static func run(_ context: Context, _ brain: Brain) async throws -> Reply {
        let arguments = context.arguments
        let person = try await context.person(brain, arguments.required(0))
        let exclusion = Exclusion(
            person: person.id, reason: try context.words("reason", .askReason),
            isSevere: arguments.has("severe"), since: context.since)
        let preview = try await brain.previewExclusion(exclusion)
        var page = Page(.wouldExclude(preview, exclusion.since?.milliseconds))
        if !preview.alsoOut.isEmpty {
            page.say(.alsoOut(preview.alsoOut.map(\.name), isDone: false), .warn)
        }
        if arguments.has("dry-run") {
            return Reply(json(preview, isDone: false), page, schema: "exclusion")
        }
        try context.confirm(person.name, page)
        let report = try await brain.exclude(exclusion)
        guard report.isEffective else {
            let command = "weonomy safety exclude \"\(person.name)\" --reason \"…\""
            return Reply(
                json(report, isDone: true), Page(.waitsForSecond(person.name)),
                next: [Reply.Hint(command: command, why: .hintSecond)], exit: .partly,
                schema: "exclusion")
        }
        page = Page(.excluded(person.name))
        if !report.alsoOut.isEmpty {
            page.say(.alsoOut(report.alsoOut.map(\.name), isDone: true), .warn)
        }
        let command = "weonomy safety restore \"\(person.name)\""
        return Reply(
            json(report, isDone: true), page,
            next: [Reply.Hint(command: command, why: .hintRestore)], schema: "exclusion")
    }

    private static func json(_ report: ExclusionReport, isDone: Bool) -> JSONValue {
        [
            "person": JSONValue(report.person), "done": .bool(isDone),
            "effective": .bool(report.isEffective),
            "also_out": .array(report.alsoOut.map { JSONValue($0) }),
        ]
    }
}

/// `weonomy safety restore`.
enum SafetyRestoreCommand: BrainCommand {
    static func run(_ context: Context, _ brain: Brain) async throws -> Reply {
        let person = try await context.person(brain, context.arguments.required(0))
        let decision = try await brain.restore(person.id)
        let isMore = try await !brain.quarantined(person.id).isEmpty
        let command = "weonomy safety adopt \"\(person.name)\" --dry-run"
        return Reply(
            context.decided(decision), Page(.restored(person.name)),
            next: isMore ? [Reply.Hint(command: command, why: .hintAdopt)] : [],
            schema: "decision")
    }
}

/// `weonomy safety adopt`: what lies beyond a cut counts after all.
enum SafetyAdoptCommand: BrainCommand {
    static func run(_ context: Context, _ brain: Brain) async throws -> Reply {
        let arguments = context.arguments
        let isDryRun = arguments.has("dry-run")
        let person = try await context.person(brain, arguments.required(0))
        var only: ObjectID?
        if let id = arguments.value("in") { only = try await context.object(brain, id) }
        let items = try await brain.quarantined(person.id).filter { only == nil || $0.id == only }
        let count =
            isDryRun || items.isEmpty ? 0 : try await brain.adopt(workOf: person.id, in: only)
        var page = Page()
        if items.isEmpty {
            page.say(.nothingSetApart(person.name))
        } else {
            page.say(isDryRun ? .setApart(person.name) : .adopted(count, person.name))
        }
        var table = Table(flexible: 1)
        for item in items {
            let title: Line = item.title.isEmpty ? "\(Text.aProfile, .faint)" : "\(item.title)"
            table.add(
                "\(item.shortID, .id)", title, "\(Text.changeCount(item.changeCount), .faint)",
                "\(when: item.time.milliseconds, .faint)")
        }
        page.table(table)
        let command = "weonomy safety adopt \"\(person.name)\""
        return Reply(
            [
                "person": JSONValue(person), "adopted": JSONValue(count),
                "dry_run": .bool(isDryRun),
                "items": .array(
                    items.map {
                        [
                            "id": .string($0.id.description), "short": .string($0.shortID),
                            "title": .string($0.title), "changes": JSONValue($0.changeCount),
                            "at": JSONValue($0.time),
                        ]
                    }),
            ], page,
            next: isDryRun && !items.isEmpty
                ? [Reply.Hint(command: command, why: .hintAdoptAll)] : [], schema: "adoption")
    }
}

extension Context {
    func decided(_ decision: SafetyDecision) -> JSONValue { ["decision": JSONValue(decision)] }

    /// An option's words, or asked for where it was left out.
    func words(_ option: String, _ question: Text) throws(Failure) -> String {
        if let words = arguments.value(option)?.trimmed, !words.isEmpty { return words }
        return try prompt.line(question, option: "--\(option)")
    }

    /// The beginning of the day that `--since` names.
    var since: Instant? {
        guard let day = arguments.firstDay("since") else { return nil }
        let start = day * 86_400_000
        return Instant(milliseconds: start - Int64(voice.offset(start)) * 1000)
    }

    /// Makes sure that a grave act is meant: its name is typed once more.
    func confirm(_ name: String, _ what: Page) throws(Failure) {
        let typed: String
        if let given = arguments.value("confirm") {
            typed = given
        } else {
            output.aside(what)
            guard prompt.isAllowed else {
                throw .usage("needs-confirm", .needsOption("--confirm"), hint: .confirmWith(name))
            }
            typed = try prompt.line(.typeToConfirm(name), option: "--confirm")
        }
        guard typed.trimmed.lowercased() == name.trimmed.lowercased() else {
            throw .usage("not-confirmed", .notConfirmed(typed, name), hint: .confirmWith(name))
        }
    }
}
