import Weonomy

/// `weonomy files`: where each file is, and who has it.
enum FilesListCommand: BrainCommand {
    static let isReading = true

    static func run(_ context: Context, _ brain: Brain) async throws -> Reply {
        let files = try await brain.files()
        var page = Page()
        page.table(context.table(files))
        if files.isEmpty { page.say(.noFiles, .faint) }
        if !files.isEmpty { page.blank() }
        page.say(.filesHere(files, bytes: await brain.fileBytes()))
        page.say(.filePolicy(await brain.filePolicy()), .faint)
        return try await context.reply(files, page, brain)
    }
}

/// `weonomy files get`, `keep` and `free`: which files are to be here.
enum FilesChoiceCommand: BrainCommand {
    static func run(_ context: Context, _ brain: Brain) async throws -> Reply {
        let arguments = context.arguments
        let item = try await context.item(brain, arguments.required(0))
        var files = item.files
        if let name = arguments.operand(1) {
            files = [try await brain.file(of: item, named: name)]
        }
        guard !files.isEmpty else {
            throw Failure(.notFound, "no-file", .hasNoFiles(item.title))
        }
        let verb = arguments.path.last
        for file in files {
            if verb == "free" {
                try await brain.free(file, isLast: arguments.has("last"))
            } else {
                try await brain.want(file.id)
            }
        }
        let after = try await brain.files(of: item).filter { files.contains($0.file) }
        var page = Page()
        for file in after {
            if verb == "free" {
                page.say(.fileIsFreed(file.file.name))
            } else if file.state == .here {
                page.say(verb == "keep" ? .fileIsKept(file.file.name) : .fileIsHere(file.file.name))
            } else {
                page.say(.fileIsWanted(file))
            }
        }
        let isWaiting = verb != "free" && after.contains { $0.state != .here }
        return try await context.reply(
            after, page, brain,
            next: isWaiting ? [Reply.Hint(command: "weonomy sync", why: .hintFetchFiles)] : [])
    }
}

/// `weonomy files policy`: which files come by themselves.
enum FilesPolicyCommand: BrainCommand {
    static func run(_ context: Context, _ brain: Brain) async throws -> Reply {
        if let typed = context.arguments.operand(0) {
            guard let policy = FilePolicy(parsing: typed) else {
                throw Failure.usage("bad-value", .noPolicy(typed), hint: .policies)
            }
            try await brain.setFilePolicy(policy)
        }
        let policy = await brain.filePolicy()
        return Reply(["policy": .string(policy.word)], Page(.filePolicy(policy)))
    }
}

/// `weonomy files check`: whether every file is what it should be.
enum FilesCheckCommand: BrainCommand {
    static func run(_ context: Context, _ brain: Brain) async throws -> Reply {
        let check = await brain.checkFiles()
        return Reply(
            ["checked": JSONValue(check.checkedCount), "damaged": JSONValue(check.damagedCount)],
            context.page(check), exit: check.damagedCount == 0 ? .ok : .partly)
    }
}

extension Context {
    /// Files in a table: name, length, where it is, who has it, and which item it goes with.
    func table(_ files: [TeamFile], ofOneItem isOne: Bool = false) -> Table {
        var table = Table(flexible: isNarrow ? 0 : 3)
        for file in files {
            let item: Line = isOne ? "" : file.uses.first.map { "\($0.shortID, .id)" } ?? ""
            let state: Line = "\(Text.state(of: file), tone(of: file))"
            if isNarrow {
                table.add("\(file.file.name)", "\(size: file.file.byteCount)", state, item)
            } else {
                table.add(
                    "\(file.file.name)", "\(size: file.file.byteCount)", state,
                    "\(Text.holders(of: file), .faint)", item)
            }
        }
        return table
    }

    private func tone(of file: TeamFile) -> Line.Tone {
        switch file.state {
        case .here: .good
        case .coming, .wanted: .warn
        case .left: .faint
        }
    }

    fileprivate func reply(
        _ files: [TeamFile], _ page: Page, _ brain: Brain, next: [Reply.Hint] = []
    ) async throws -> Reply {
        Reply(
            [
                "files": .array(files.map { JSONValue($0) }),
                "bytes": JSONValue(await brain.fileBytes()),
                "policy": .string(await brain.filePolicy().word),
            ], page, next: next, schema: "files")
    }

    /// What a check of all files found.
    func page(_ check: (checkedCount: Int, damagedCount: Int)) -> Page {
        var page = Page()
        page.say(.filesChecked(check.checkedCount), check.damagedCount == 0 ? .good : .plain)
        if check.damagedCount > 0 { page.say(.filesDamaged(check.damagedCount), .warn) }
        return page
    }
}

extension JSONValue {
    init(_ file: TeamFile) {
        let state =
            switch file.state {
            case .here: "here"
            case .coming: "coming"
            case .wanted: "wanted"
            case .left: "left"
            }
        self = JSONValue.file(file.file)
            .with("state", .string(state)).with("here_bytes", JSONValue(file.hereBytes))
            .with("pinned", .bool(file.isPinned))
            .with(
                "items",
                .array(
                    file.uses.map {
                        [
                            "id": .string($0.item.description), "short": .string($0.shortID),
                            "title": .string($0.title),
                        ]
                    })
            )
            .with(
                "holders",
                .array(
                    file.holders.map {
                        [
                            "person": JSONValue($0.person), "device": .string($0.device),
                            "whole": .bool($0.isWhole), "told": JSONValue($0.told),
                        ]
                    }))
    }
}
