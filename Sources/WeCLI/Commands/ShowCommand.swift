import Weonomy

/// `weonomy show`: an item, a person or a topic, whichever the word means.
enum ShowCommand: BrainCommand {
    static let isReading = true

    static func run(_ context: Context, _ brain: Brain) async throws -> Reply {
        let typed = context.arguments.required(0)
        if let name = context.arguments.value("file") {
            return try await ShowFile.run(name, context, brain)
        }
        guard !context.arguments.has("to") else {
            throw Failure.usage("needs-option", .toNeedsFile)
        }
        if let person = try? await brain.person(named: typed) {
            return try await show(person, context, brain)
        }
        if let topic = try await topic(typed, brain) {
            return try await show(topic, context, brain)
        }
        do {
            let id = try await brain.resolve(typed)
            if context.arguments.has("erased") {
                return context.reply(try await brain.erasure(of: id), brain)
            }
            do {
                return try await show(try await brain.item(id), context, brain)
            } catch let error as BrainError where error.code == .notFound {
                // Nothing is left of what was erased but that.
                guard let report = try? await brain.erasure(of: id) else { throw error }
                return context.reply(report, brain)
            }
        } catch let error as BrainError where error.reason != nil {
            throw error
        } catch let error as BrainError where error.code == .notFound {
            throw Failure(
                .notFound, "not-found", .nothingCalled(typed), hint: .tryFind(typed))
        } catch let error as BrainError where error.code == .ambiguous {
            throw Failure(
                .notFound, "ambiguous-id", .ambiguousID(typed), hint: .typeMore(error.hint))
        }
    }

    // MARK: - An item

    private static func show(
        _ item: Item, _ context: Context, _ brain: Brain
    ) async throws -> Reply {
        var page = context.page(item)
        let flags = brain.visibleFlags(of: item)
        for flag in flags { page.say(.flaggedBy(flag), .warn) }
        page.append(try await context.clockNotes([item], brain))
        if context.arguments.has("versions") { page.append(versions(item)) }
        if let behalf = Text.onBehalf(item) { page.say(behalf) }
        if item.isShadow { page.say(.wantsToShadow) }
        if let id = item.goal,
            let goal = try await brain.goals(isCounting: false).first(where: { $0.id == id })
        {
            page.line("\(Text.serves, .faint) \(Text.aim(goal)) (\(goal.shortID, .id))")
        }
        if let id = item.reuses, let reused = try? await brain.item(id) {
            page.line("\(Text.usesAgain, .faint) \(reused.title) (\(reused.shortID, .id))")
        }
        let files = try await brain.files(of: item)
        if !files.isEmpty {
            page.blank()
            page.say(.filesWord, .strong)
            page.table(context.table(files, ofOneItem: true))
        }
        let reuses = try await brain.reuses(of: item.id)
        if !reuses.isEmpty {
            page.blank()
            page.say(.usedAgainIn, .strong)
            page.table(context.table(reuses))
        }
        let answers = item.kind == .need ? try await brain.answers(to: item.id) : []
        for answer in answers {
            page.blank()
            page.line(
                "\(Text.kind(answer), .strong) \(answer.shortID, .id) · \(answer.writer) · "
                    + "\(when: answer.created.milliseconds)")
            page.prose(answer.body.trimmed, indent: 2)
        }
        let log = try await brain.log(of: item.id)
        if !log.isEmpty {
            page.blank()
            page.say(.workLog, .strong)
            page.table(timeline(log))
        }
        var data: JSONValue = [
            "item": JSONValue(item, now: context.now), "log": JSONValue(log, now: context.now),
            "answers": JSONValue(answers, now: context.now),
            "flags": .array(flags.map { JSONValue($0) }),
            "files": .array(files.map { JSONValue($0) }),
            "used_again": JSONValue(reuses, now: context.now),
        ]
        if context.arguments.has("history") {
            let history = try await brain.history(item.id)
            page.blank()
            page.say(.history, .strong)
            page.table(table(history))
            data = data.with("history", json(history))
        }
        if context.arguments.has("blame") {
            let blame = try await brain.blame(item.id)
            page.blank()
            page.say(.blame, .strong)
            page.table(BlamePage.table(blame))
            data = data.with("blame", BlamePage.json(blame))
        }
        return Reply(data, page)
    }

    /// What was done when, the newest last.
    private static func timeline(_ log: [Item]) -> Table {
        var table = Table(flexible: 2, wraps: true)
        for entry in log {
            let more = entry.body.trimmed
            table.add(
                "\(when: entry.created.milliseconds, .faint)", "\(entry.author.name)",
                "\(entry.title)\(more.isEmpty ? "" : ": " + more.oneLine)")
        }
        return table
    }

    private static func versions(_ item: Item) -> Page {
        var page = Page()
        if !item.isConflict {
            page.blank()
            page.say(.oneVersion, .faint)
        }
        for field in item.versions {
            for (index, version) in field.versions.enumerated() {
                page.blank()
                page.line(
                    "\(Text.version(index + 1, field.field), .strong) \(version.author.name) · "
                        + "\(when: version.wall.milliseconds)")
                page.prose(version.text, indent: 2)
            }
        }
        if item.isConflict {
            page.blank()
            page.say(.settleVersions(item.shortID), .faint)
        }
        return page
    }

    private static func table(_ history: [HistoryEntry]) -> Table {
        var table = Table(flexible: 2, wraps: true)
        for entry in history {
            table.add(
                "\(when: entry.wall.milliseconds, .faint)", "\(entry.author.name)",
                "\(Text.changes(entry.changes))")
        }
        return table
    }

    private static func json(_ history: [HistoryEntry]) -> JSONValue {
        .array(
            history.map { entry in
                [
                    "event": .string(entry.event.description), "by": JSONValue(entry.author),
                    "at": JSONValue(entry.wall), "changes": JSONValue(entry.changes.map(word)),
                ]
            })
    }

    /// What a change did, in the words of the protocol: `set title: WAL over NFS`.
    private static func word(_ change: ChangeSummary) -> String {
        let what = change.field.isEmpty ? change.verb : "\(change.verb) \(change.field)"
        return change.value.isEmpty ? what : "\(what): \(change.value)"
    }

    // MARK: - A person

    private static func show(
        _ person: PersonRef, _ context: Context, _ brain: Brain
    ) async throws -> Reply {
        var reply = try await context.profileReply(brain, of: person)
        let items = try await brain.find("by:\"\(person.name)\" is:share", countMax: 10).items
        if !items.isEmpty {
            reply.page.blank()
            reply.page.say(.shares, .strong)
            reply.page.table(context.table(items))
            reply.page.append(try await context.clockNotes(items, brain))
        }
        reply.data = ["profile": reply.data, "items": JSONValue(items, now: context.now)]
        reply.schema = "show"
        return reply
    }

    // MARK: - A topic

    private static func topic(_ typed: String, _ brain: Brain) async throws -> String? {
        guard !typed.contains("\"") else { return nil }
        let isKnown = try await !brain.find("topic:\"\(typed)\"", countMax: 1).items.isEmpty
        return isKnown ? typed.lowercased() : nil
    }

    private static func show(
        _ name: String, _ context: Context, _ brain: Brain
    ) async throws -> Reply {
        let topics = try await brain.topics()
        let exact = topics.first { $0.topic == name }
        guard let topic = exact ?? topics.first(where: { $0.topic.lowercased() == name }) else {
            throw Failure(.notFound, "not-found", .nothingCalled(name), hint: .tryFind(name))
        }
        let items = try await brain.find("topic:\"\(name)\"", countMax: 20).items
        var page = Page()
        page.line("\(topic.topic, .topic)")
        page.say(.topicCounts(topic.shareCount, topic.openNeedCount), .faint)
        if !topic.offering.isEmpty { page.say(.offeredBy(topic.offering.map(\.name))) }
        if !topic.holders.isEmpty { page.say(.heldBy(topic.holders.map(\.holder.name))) }
        if topic.busFactor == 1, let widest = topic.holders.first {
            page.say(.restsOn(widest.holder.name), .warn)
        }
        page.blank()
        page.table(context.table(items))
        page.append(try await context.clockNotes(items, brain))
        var next: [Reply.Hint] = []
        if topic.shareCount + topic.openNeedCount > items.count {
            next = [
                Reply.Hint(
                    command: "weonomy find -n 200 topic:\(name)", why: .hintMore)
            ]
        }
        return Reply(
            [
                "topic": JSONValue(topic),
                "items": JSONValue(items, now: context.now),
            ], page, next: next)
    }
}
