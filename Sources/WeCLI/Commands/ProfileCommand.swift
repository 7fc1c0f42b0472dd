import Weonomy

/// `weonomy profile show`.
enum ProfileShowCommand: BrainCommand {
    static let isReading = true

    static func run(_ context: Context, _ brain: Brain) async throws -> Reply {
        guard let typed = context.arguments.operand(0) else {
            return try await context.profileReply(brain, of: brain.me)
        }
        return try await context.profileReply(brain, of: try await context.person(brain, typed))
    }
}

/// `weonomy profile check`: exit 1 while something is missing.
enum ProfileCheckCommand: BrainCommand {
    static let isReading = true

    static func run(_ context: Context, _ brain: Brain) async throws -> Reply {
        var reply = try await context.profileReply(brain, of: brain.me)
        let gaps = try await brain.profile(of: nil).gaps
        reply.exit = gaps.isEmpty ? .ok : .failure
        reply.page = gaps.isEmpty ? Page(.profileComplete) : Page(.stillMissing)
        for gap in gaps { reply.page.line("- \(Text.gap(gap))", indent: 2, hanging: 4) }
        return reply
    }
}

/// The small changes: `profile offer`, `learn`, `role`, `responsibility`, `language`, `contact`.
enum ProfileChangeCommand: BrainCommand {
    static func run(_ context: Context, _ brain: Brain) async throws -> Reply {
        let arguments = context.arguments
        let editor = brain.profile
        let isRemoved = arguments.has("remove")
        func text() throws(Failure) -> String {
            if isRemoved { return "" }
            guard let text = arguments.operand(0)?.trimmed, !text.isEmpty else {
                throw .usage("needs-argument", .needsArgument("TEXT"))
            }
            return text
        }
        switch arguments.spec.name {
        case "offer":
            if isRemoved {
                try await editor.withdrawOffer(arguments.required(0))
            } else {
                let level = arguments.value("level").flatMap { Level(parsing: $0) } ?? .average
                try await editor.offer(arguments.required(0), level: level)
            }
        case "learn": try await editor.learn(arguments.required(0), isRemoved: isRemoved)
        case "language": try await editor.language(arguments.required(0), isRemoved: isRemoved)
        case "responsibility":
            try await editor.responsibility(
                arguments.required(0), result: arguments.value("result") ?? "",
                why: arguments.value("why") ?? "", isRemoved: isRemoved)
        case "role": try await editor.role(try text())
        default: try await editor.contact(try text())
        }
        return try await context.profileReply(brain, of: brain.me, listsGaps: false)
    }
}

extension Context {
    /// A profile, and what is still missing when it is one's own.
    func profileReply(
        _ brain: Brain, of person: PersonRef, listsGaps: Bool = true
    ) async throws -> Reply {
        let profile = try await brain.profile(of: person.id)
        let needs = try await openNeeds(brain, of: profile.person)
        var page = page(profile)
        let coached = try await brain.communities().filter { $0.isCoached(by: person.id) }
        if !coached.isEmpty { page.say(.coachOf(coached.map(\.name))) }
        if !needs.isEmpty {
            page.blank()
            page.say(.openNeeds, .strong)
            page.table(table(needs))
        }
        let portfolio = try await brain.portfolio(of: person.id, countMax: 5)
        if !portfolio.isEmpty {
            page.blank()
            page.say(.portfolioWord, .strong)
            page.table(table(portfolio))
        }
        let own = profile.isMe ? try await brain.ownFigures() : nil
        if let own, listsGaps { page.append(ownFigures(own)) }
        var next: [Reply.Hint] = []
        if profile.isMe, !profile.gaps.isEmpty {
            if listsGaps {
                page.blank()
                page.say(.stillMissing, .faint)
                for gap in profile.gaps { page.line("- \(Text.gap(gap))", indent: 2, hanging: 4) }
            }
            next = [Reply.Hint(command: "weonomy profile edit", why: .hintProfileEdit)]
        }
        return Reply(
            JSONValue(profile, needs: needs, portfolio: portfolio, own: own, now: now), page,
            next: next, schema: "profile")
    }

    /// What came of one's own sharing, in a line that only this person sees.
    private func ownFigures(_ figures: OwnFigures) -> Page {
        guard figures.shareCount + figures.answerCount > 0 else { return Page() }
        var page = Page()
        page.blank()
        page.say(.ownFigures, .strong)
        var table = Table(flexible: 1)
        for (figure, name) in zip(figures.counts, Text.ownCounts) {
            table.add("\(figure.count)", "\(name)")
        }
        page.table(table)
        page.say(.ownFiguresMean, .faint)
        return page
    }

    /// What a person still needs.
    func openNeeds(_ brain: Brain, of person: PersonRef) async throws -> [Item] {
        try await brain.needs(of: person.id)
    }

    /// A profile in lines.
    func page(_ profile: Profile) -> Page {
        var page = Page()
        page.line("\(profile.person.name, .strong)")
        if !profile.role.isEmpty { page.line("\(profile.role)") }
        page.blank()
        var table = Table(flexible: 1, wraps: true)
        for offer in profile.offers {
            let title: Line = offer == profile.offers.first ? "\(Text.offers, .faint)" : ""
            table.add(title, "\(offer.topic, .topic) (\(Text.level(offer.level)))")
        }
        if !profile.learning.isEmpty {
            table.add(
                "\(Text.learns, .faint)", "\(profile.learning.joined(separator: ", "), .topic)")
        }
        if !profile.languages.isEmpty {
            table.add("\(Text.languages, .faint)", "\(profile.languages.joined(separator: ", "))")
        }
        if !profile.contact.isEmpty { table.add("\(Text.contact, .faint)", "\(profile.contact)") }
        if let confirmed = profile.confirmed {
            table.add("\(Text.confirmed, .faint)", "\(when: confirmed.milliseconds)")
        }
        page.table(table)
        if !profile.responsibilities.isEmpty {
            page.blank()
            page.say(.responsibleFor, .strong)
        }
        for work in profile.responsibilities {
            page.line("\(work.what)", indent: 2)
            if !work.result.isEmpty {
                page.line("\(Text.result, .faint) \(work.result)", indent: 4)
            }
            if !work.why.isEmpty { page.line("\(Text.why, .faint) \(work.why)", indent: 4) }
        }
        return page
    }
}
