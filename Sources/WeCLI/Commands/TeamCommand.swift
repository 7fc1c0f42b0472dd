import Weonomy

/// `weonomy team`: who is in, and what the team agreed on.
enum TeamShowCommand: BrainCommand {
    static let isReading = true

    static func run(_ context: Context, _ brain: Brain) async throws -> Reply {
        try await context.teamReply(
            brain, try await context.page(try context.info(brain), brain))
    }
}

/// `weonomy team promote` and `demote`.
enum TeamRoleCommand: BrainCommand {
    static func run(_ context: Context, _ brain: Brain) async throws -> Reply {
        let person = try await context.person(brain, context.arguments.required(0))
        let isModerator = context.arguments.spec.name == "promote"
        try await brain.setModerator(person.id, isModerator)
        return try await context.teamReply(
            brain, Page(isModerator ? .nowModerator(person.name) : .nowMember(person.name)))
    }
}

/// `weonomy team leave`.
enum TeamLeaveCommand: BrainCommand {
    static func run(_ context: Context, _ brain: Brain) async throws -> Reply {
        let name = brain.teamName
        var page = Page(.wouldLeave(name))
        let status = try await brain.status()
        let pending = try await brain.pendingCount(brain.standings())
        if pending > 0, status.team.members.count > 1 { page.say(.syncFirst(pending), .warn) }
        try context.confirm(name, page)
        try await brain.leave()
        var reply = try await context.teamReply(brain, Page(.left(name)))
        reply.next = [Reply.Hint(command: "weonomy sync HOST:PORT", why: .hintLeaveSync)]
        return reply
    }
}

/// `weonomy team recovery`: shows how the founder can be replaced, or makes keys for it.
enum TeamRecoveryCommand: BrainCommand {
    static func run(_ context: Context, _ brain: Brain) async throws -> Reply {
        let arguments = context.arguments
        guard let count = arguments.number("keys") else {
            guard !arguments.has("agree"), !arguments.has("key-file") else {
                throw Failure.usage("needs-argument", .needsArgument("--keys N"))
            }
            var page = Page()
            context.say(brain.recovery, &page)
            return Reply(json(brain.recovery, []), page, next: hint(brain), schema: "recovery")
        }
        let threshold = arguments.number("agree") ?? count / 2 + 1
        let keys: [String]
        if let old = brain.recovery {
            let codes = try context.recoveryKeys(old)
            keys = try await brain.replaceRecoveryKeys(count, threshold: threshold, with: codes)
        } else {
            keys = try await brain.makeRecoveryKeys(count, threshold: threshold)
        }
        var page = Page()
        for (index, key) in keys.enumerated() {
            page.say(.recoveryKey(index + 1, count, brain.teamName), .faint)
            page.line("\(key, .strong)", indent: 2)
            page.blank()
        }
        page.say(.keptNowhere(count), .warn)
        page.say(.whatKeysDo(threshold, count))
        let people = try context.info(brain).members.count
        if people < 3 { page.say(.onlyRescue(people), .warn) }
        return Reply(json(brain.recovery, keys), page, schema: "recovery")
    }

    private static func hint(_ brain: Brain) -> [Reply.Hint] {
        brain.recovery == nil && brain.mayGovern
            ? [Reply.Hint(command: "weonomy team recovery --keys 1", why: .hintRecovery)] : []
    }

    private static func json(_ info: RecoveryInfo?, _ keys: [String]) -> JSONValue {
        ["recovery": info.map { JSONValue($0) } ?? nil, "keys": JSONValue(keys)]
    }
}

/// `weonomy team recover`: another founder, with enough recovery keys.
enum TeamRecoverCommand: BrainCommand {
    static func run(_ context: Context, _ brain: Brain) async throws -> Reply {
        let arguments = context.arguments
        guard let name = arguments.value("founder") else {
            throw Failure.usage("needs-argument", .needsArgument("--founder PERSON"))
        }
        let person = try await context.person(brain, name)
        let isReplacing = arguments.has("replace")
        guard let recovery = brain.recovery else {
            throw Failure(BrainError(.invalid, .noRecovery))
        }
        try await brain.recover(
            founder: person.id, isReplacing: isReplacing, since: context.since,
            with: try context.recoveryKeys(recovery))
        var reply = try await context.teamReply(brain, Page(.nowFounder(person.name, isReplacing)))
        let count = recovery.keyCount
        reply.next = [
            Reply.Hint(command: "weonomy team recovery --keys \(count)", why: .hintNewKeys)
        ]
        return reply
    }
}

extension Context {
    /// Recovery keys from files, or typed without being shown.
    ///
    /// Never arguments: those stand in the shell's history and in every list of processes.
    fileprivate func recoveryKeys(_ info: RecoveryInfo) throws(Failure) -> [String] {
        let files = arguments.values("key-file")
        guard files.isEmpty else {
            var keys: [String] = []
            for file in files {
                keys += try text(from: file).split(separator: "\n").map(\.trimmed)
                    .filter { !$0.isEmpty }
            }
            return keys
        }
        var keys: [String] = []
        for number in 1...max(1, info.threshold) {
            keys.append(
                try prompt.secret(.askKey(number, info.threshold), option: "--key-file"))
        }
        return keys
    }

    fileprivate func info(_ brain: Brain) throws -> TeamInfo {
        guard let info = brain.team else {
            throw BrainError(.noReplica, "the team has not arrived here yet")
        }
        return info
    }

    fileprivate func say(_ recovery: RecoveryInfo?, _ page: inout Page) {
        page.say(recovery.map { .hasRecovery($0) } ?? .noRecoveryYet)
        if recovery?.isForked == true { page.say(.recoveryForked, .bad) }
    }

    fileprivate func page(_ info: TeamInfo, _ brain: Brain) async throws -> Page {
        var page = Page()
        page.line("\(info.name, .strong)")
        var table = Table(flexible: 0)
        for member in info.members {
            let isMe = member.person.id == brain.me.id
            table.add(
                "\(member.person.name)", "\(Text.role(member.role))",
                "\(Text.devices(member.deviceCount), .faint)", isMe ? "\(Text.you, .faint)" : "")
        }
        page.table(table)
        for people in try await brain.lookAlikes() { page.say(.lookAlike(people), .warn) }
        if !info.former.isEmpty { page.say(.formerly(info.former.map(\.person.name)), .faint) }
        page.blank()
        if info.needsSecondModerator {
            page.say(.takesTwo)
            let count = info.members.count { $0.role == "founder" || $0.role == "moderator" }
            if count < 2 { page.say(.oneModerator, .warn) }
        }
        say(brain.recovery, &page)
        if !info.codeOfConduct.isEmpty {
            page.blank()
            page.say(.conduct, .strong)
            page.prose(info.codeOfConduct.trimmed, indent: 2)
        }
        return page
    }

    /// The team as it is now.
    fileprivate func teamReply(_ brain: Brain, _ page: Page) async throws -> Reply {
        let info = try info(brain)
        func list(_ members: [TeamInfo.Member]) -> JSONValue {
            .array(
                members.map {
                    [
                        "person": JSONValue($0.person), "role": .string($0.role),
                        "devices": JSONValue($0.deviceCount),
                        "is_me": .bool($0.person.id == brain.me.id),
                    ]
                })
        }
        return Reply(
            [
                "team": JSONValue(info), "members": list(info.members),
                "former": list(info.former),
                "look_alikes": .array(
                    try await brain.lookAlikes().map { .array($0.map { JSONValue($0) }) }),
                "second_moderator": .bool(info.needsSecondModerator),
                "conduct": info.codeOfConduct.isEmpty ? nil : .string(info.codeOfConduct),
                "recovery": brain.recovery.map { JSONValue($0) } ?? nil,
            ], page, schema: "team")
    }
}

extension JSONValue {
    init(_ info: RecoveryInfo) {
        self = [
            "keys": JSONValue(info.keyCount), "agree": JSONValue(info.threshold),
            "forked": .bool(info.isForked),
        ]
    }
}
