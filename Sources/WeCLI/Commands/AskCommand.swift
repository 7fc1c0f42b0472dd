import Weonomy

/// `weonomy ask`: shows what may answer it already, then posts the need.
enum AskCommand: BrainCommand {
    static func run(_ context: Context, _ brain: Brain) async throws -> Reply {
        let arguments = context.arguments
        let question = arguments.required(0)
        let similar = arguments.has("yes") ? [] : try await brain.nearest(to: question)
        if !similar.isEmpty {
            var page = Page(.mayAnswer(similar.count))
            page.table(context.table(similar))
            guard context.prompt.isAllowed else {
                page.say(.notAsked)
                return reply(context, nil, similar, [], page, exit: .partly)
            }
            context.output.aside(page)
            guard try context.prompt.confirm(.stillAsk, option: "--yes") else {
                return reply(context, nil, similar, [], Page(.notPosted))
            }
        }
        let need = try await brain.ask(
            question, body: arguments.value("message") ?? "", topics: arguments.values("topic"),
            tried: arguments.value("tried"), goodEnoughWhen: arguments.value("good-enough-when"),
            askedFor: arguments.value("for"), isHeard: arguments.has("heard"),
            isShadow: arguments.has("shadow"))
        let matches = try await brain.matches(for: need)
        var page = Page(.needIsOpen(need.shortID))
        if matches.isEmpty {
            page.say(.nobodyYet)
        } else {
            page.say(.mayHelpYou)
            page.table(table(matches.prefix(5)))
        }
        return reply(context, need, similar, matches, page)
    }

    private static func table(_ matches: some Sequence<Match>) -> Table {
        var table = Table(flexible: 1)
        for match in matches {
            table.add("\(match.person.name)", "\(Text.reasons(match.reasons), .faint)")
        }
        return table
    }

    private static func reply(
        _ context: Context, _ need: Item?, _ similar: [Item], _ matches: [Match], _ page: Page,
        exit: ExitCode = .ok
    ) -> Reply {
        let now = context.now
        return Reply(
            [
                "need": need.map { JSONValue($0, now: now) } ?? nil,
                "similar": JSONValue(similar, now: now),
                "matches": .array(matches.map { JSONValue($0, now: now) }),
            ], page, exit: exit)
    }
}

/// `weonomy answer`.
enum AnswerCommand: BrainCommand {
    static func run(_ context: Context, _ brain: Brain) async throws -> Reply {
        let arguments = context.arguments
        let need = try await context.item(brain, arguments.required(0))
        guard need.kind == .need else {
            throw Failure(
                .failure, "no-need", .noQuestion(need.shortID), hint: .reactInstead(need.shortID))
        }
        if let can = arguments.value("can") {
            let canDoIt = ["yes", "ja"].contains(can)
            let item = try await brain.recall(need.id, canDoIt: canDoIt)
            let topic = item.topics.first
            return Reply(
                JSONValue(item, now: context.now), Page(canDoIt ? .wellLearnt : .askedAgain),
                next: canDoIt && topic != nil
                    ? [
                        Reply.Hint(
                            command: "weonomy profile offer \(topic ?? "") --level beginner",
                            why: .hintOffer)
                    ] : [])
        }
        let isLesson = arguments.has("teach")
        let text: String
        if let message = arguments.value("message") {
            text = message
        } else {
            let help = Text.answerHelp(need.title, isLesson: isLesson).plain(context.language)
            guard
                let written = try context.editor.edit(
                    isLesson ? Prompts.text(Prompts.lesson, context.language) : "", help: help)
            else {
                throw Failure(.failure, "no-text", .nothingWritten)
            }
            text = Prompts.withoutEmpty(written)
        }
        guard !text.trimmed.isEmpty else {
            throw Failure(.failure, "no-text", .nothingWritten)
        }
        if arguments.has("resolve"), need.author.id != brain.me.id {
            throw Failure(.trust, "not-allowed", .onlyAskerResolves(need.author.name))
        }
        let answer = try await brain.answer(need.id, text, isLesson: isLesson)
        if arguments.has("resolve") { try await brain.settle(need.id, as: .resolved) }
        return Reply(
            JSONValue(answer, now: context.now),
            Page(.answered(answer.shortID, need.author.name)))
    }
}
