import Weonomy

/// `weonomy brain risk`: what hangs on one person, and what would be lost without one.
enum BrainRiskCommand: BrainCommand {
    static let isReading = true

    static func run(_ context: Context, _ brain: Brain) async throws -> Reply {
        let limit = context.arguments.number("limit") ?? 20
        let risky = try await brain.topics().filter { $0.shareCount > 0 }
            .sorted {
                ($0.busFactor, $1.shareCount, $0.topic) < ($1.busFactor, $0.shareCount, $1.topic)
            }
        var page = Page()
        var drill: FireDrill?
        var plan: SpreadPlan?
        if let name = context.arguments.value("without") {
            let found = try await brain.fireDrill(without: name)
            drill = found
            page.append(show(found, limit))
        } else if let topic = context.arguments.value("plan") {
            let found = try await brain.spreadPlan(for: topic)
            plan = found
            page.append(try await show(found, brain))
        } else {
            page.say(.hangsOnOne(risky.count { $0.busFactor == 1 }), .strong)
            var table = Table(flexible: 2)
            for topic in risky.prefix(limit) {
                table.add(
                    "\(topic.topic, .topic)", "\(Text.factor(topic.busFactor))",
                    "\(Text.someOf(topic.holders.map(\.holder.name)), .faint)",
                    "\(Text.sharesCount(topic.shareCount))")
            }
            page.table(table)
        }
        return Reply(
            json(drill, plan, risky, limit), page, next: next(drill, plan, risky),
            schema: "brain-risk")
    }

    private static func show(_ drill: FireDrill, _ limit: Int) -> Page {
        guard !drill.losses.isEmpty else { return Page(.nothingLost(drill.name)) }
        var page = Page(.lostWithout(drill.name))
        var table = Table(flexible: 2)
        for loss in drill.losses.prefix(limit) {
            table.add(
                "\(loss.topic, .topic)", "\(Text.partOf(loss.lostCount, loss.shareCount))",
                loss.heirs.isEmpty
                    ? "\(Text.nobodyElse, .warn)" : "\(Text.someOf(loss.heirs), .faint)")
        }
        page.table(table)
        if !drill.stranded.isEmpty { page.say(.strandedNeeds(drill.stranded.count), .warn) }
        return page
    }

    /// Who teaches whom, and where to begin.
    private static func show(_ plan: SpreadPlan, _ brain: Brain) async throws -> Page {
        var page = Page(.spreadOf(plan.topic, plan.busFactor))
        if let teacher = plan.teacher { page.say(.teaches(teacher.name)) }
        if plan.learners.isEmpty { page.say(.noLearners, .warn) }
        var table = Table(flexible: 1)
        for learner in plan.learners {
            table.add("\(learner.person.name, .strong)", "\(Text.why(learner.reason), .faint)")
        }
        page.table(table)
        guard !plan.readings.isEmpty else { return page }
        page.blank()
        page.say(.beginReading)
        var readings = Table(flexible: 1)
        for id in plan.readings {
            guard let item = try? await brain.item(id) else { continue }
            readings.add("\(item.shortID, .id)", "\(item.title)")
        }
        page.table(readings)
        return page
    }

    private static func next(
        _ drill: FireDrill?, _ plan: SpreadPlan?, _ risky: [BrainFigures.Topic]
    ) -> [Reply.Hint] {
        if let topic = drill?.losses.first?.topic {
            return [
                Reply.Hint(command: "weonomy brain risk --plan \(topic)", why: .hintSpreadPlan)
            ]
        }
        guard drill == nil, plan == nil, let name = risky.first?.holders.first?.holder.name
        else { return [] }
        let quoted = name.contains(" ") ? "\"\(name)\"" : name
        return [Reply.Hint(command: "weonomy brain risk --without \(quoted)", why: .hintDrill)]
    }

    private static func json(
        _ drill: FireDrill?, _ plan: SpreadPlan?, _ risky: [BrainFigures.Topic], _ limit: Int
    ) -> JSONValue {
        [
            "plan": plan.map { plan in
                [
                    "topic": .string(plan.topic), "bus_factor": JSONValue(plan.busFactor),
                    "teacher": JSONValue(plan.teacher?.name),
                    "learners": .array(
                        plan.learners.map {
                            [
                                "person": JSONValue($0.person),
                                "reason": .string($0.reason.name),
                            ]
                        }),
                    "readings": JSONValue(plan.readings.map(\.description)),
                ]
            } ?? .null,
            "without": JSONValue(drill?.name),
            "lost": .array(
                (drill?.losses ?? []).prefix(limit).map {
                    [
                        "topic": .string($0.topic), "lost": JSONValue($0.lostCount),
                        "shares": JSONValue($0.shareCount), "heirs": JSONValue($0.heirs),
                    ]
                }),
            "stranded": JSONValue(drill?.stranded.count ?? 0),
            "topics": .array(
                risky.prefix(limit).map {
                    [
                        "topic": .string($0.topic), "bus_factor": JSONValue($0.busFactor),
                        "shares": JSONValue($0.shareCount),
                        "holders": JSONValue($0.holders.map(\.holder.name)),
                    ]
                }),
        ]
    }
}

/// `weonomy brain overlap`: where needs and supply meet.
enum BrainOverlapCommand: BrainCommand {
    static let isReading = true

    static func run(_ context: Context, _ brain: Brain) async throws -> Reply {
        let limit = context.arguments.number("limit") ?? 20
        let figures = try await brain.figures()
        func topics(_ overlap: BrainFigures.Overlap) -> [String] {
            figures.topics.filter { $0.overlap == overlap }.map(\.topic)
        }
        var page = Page()
        let kinds: [(Text, BrainFigures.Overlap)] = [
            (.overlapUnmet, .unmet), (.overlapMatched, .matched), (.overlapUnused, .unused),
        ]
        for (title, overlap) in kinds {
            let found = topics(overlap)
            page.line("\(title, .strong): \(found.count)")
            if !found.isEmpty {
                page.line("\(Text.listed(found, limit), .topic)", indent: 2)
            }
        }
        page.blank()
        page.say(.figuresInShort(figures))
        return Reply(
            [
                "matched": JSONValue(topics(.matched)), "unmet": JSONValue(topics(.unmet)),
                "unused": JSONValue(topics(.unused)), "overlap": JSONValue(figures.overlap),
                "validated": JSONValue(figures.validated), "lessons": JSONValue(figures.lessons),
                "later_hits": JSONValue(figures.laterHits),
            ], page, schema: "brain-overlap")
    }
}
