import Weonomy

/// `/brain` and `/topic/x`: what the team knows, who knows it, and what hangs on one person.
enum BrainPage {
    /// Topics, and shares, on one page.
    private static let countMax = 36

    static func show(_ visit: Visit) async throws -> PageContent {
        let figures = try await visit.brain.figures()
        let people = visit.brain.memberIDs.count
        var main: HTML = """
            <h1>\(Text.ourBrain)</h1><p class="lead">\(Text.whatWeKnow)</p>
            <ul class="figures">
            \(figure(figures.shareCount, .sharesWord, Place.search("is:share -is:status")))
            \(figure(figures.openNeedCount, .openNeedsWord, Place.search("is:unresolved")))
            \(figure(figures.unmetNeedCount, .unmetTwoDays, Place.search("is:unmet")))
            \(figure(people, .peopleWord, Place.people))
            \(ratio(figures.validated, .validatedShares, Place.search(validatable + " validated:yes")))
            \(ratio(figures.unique, .uniqueShares, Place.search("is:share -is:status -is:duplicate")))
            \(ratio(figures.overlap, .demandMet, "/brain#overlap"))
            \(ratio(figures.lessons, .answersThatTeach, Place.search("is:answer is:lesson")))
            \(ratio(figures.laterHits, .usefulLater, Place.laterHits))
            </ul>
            """
        if let wait = figures.answerMillisecondsMedian {
            var words: HTML = "\(Text.medianAnswer(hours: Int(wait / 3_600_000)))"
            if let toArrive = figures.askedToArrivedMillisecondsMedian,
                let toAnswer = figures.arrivedToAnsweredMillisecondsMedian
            {
                words += " \(Text.medianSpans(toArrive: toArrive, toAnswer: toAnswer))"
            }
            main += "<p class=\"meta\">\(words)</p>"
        }
        guard !figures.topics.isEmpty else {
            main += """
                <p class="empty">\(Text.noTopicsYet) <a href="/new">\(Text.shareSomething)</a>.</p>\(await visit.askCoach())
                """
            return PageContent(.ourBrain, in: .brain, main)
        }
        let name = visit.request.query["without"]?.trimmed ?? ""
        main += try await drill(name, figures, visit)
        let topics = visit.part(of: figures.topics, "topics", .topicsWord, countMax: countMax)
        main += "<h2 id=\"topics\">\(Text.topicsWord)</h2>"
        main += table(topics.shown, visit) + topics.links
        main += overlap(figures, visit)
        main += try await goals(visit)
        return PageContent(.ourBrain, in: .brain, main)
    }

    /// What can be validated, as ``BrainFigures`` counts it.
    private static let validatable = "is:share -is:status -is:lesson -is:file"

    /// The shares that met a later question.
    static func laterHits(_ visit: Visit) async throws -> PageContent {
        let figures = try await visit.brain.figures()
        let part = visit.part(
            of: figures.laterHits.count, "shares", .usefulLaterTitle, countMax: countMax)
        let items = try await visit.brain.laterHits(
            countMax: part.range.count, offset: part.range.lowerBound)
        let cards = items.map { visit.card($0, level: 2) }
        return PageContent(
            .usefulLaterTitle, in: .brain,
            """
            <h1>\(Text.usefulLaterTitle)</h1><p class="lead">\(Text.usefulLaterMeans)</p>
            <ul class="cards" id="shares">\(cards)</ul>\(part.links)
            """)
    }

    private static func figure(_ count: Int, _ name: Text, _ path: String) -> HTML {
        "<li><a href=\"\(path)\"><strong>\(count)</strong> \(name)</a></li>"
    }

    private static func ratio(_ ratio: Ratio, _ name: Text, _ path: String) -> HTML {
        guard let value = ratio.value else { return "" }
        return """
            <li><a href="\(path)"><strong>\(Int((value * 100).rounded()))%</strong> \(name)</a>
            <span class="hint">\(Text.partOf(ratio.count, ratio.of))</span></li>
            """
    }

    /// Topics that need somebody first, then those with most in them.
    static func mostUrgent(_ topics: [BrainFigures.Topic]) -> [BrainFigures.Topic] {
        let risky = topics.filter { risk($0) != .spread && $0.shareCount + $0.openNeedCount > 1 }
            .sorted {
                ($1.openNeedCount, $1.shareCount, $0.topic)
                    < ($0.openNeedCount, $0.shareCount, $1.topic)
            }
        var seen: Set<String> = []
        return Array(
            (Array(topics.prefix(4)) + risky).filter { seen.insert($0.topic).inserted }.prefix(8))
    }

    enum Risk { case spread, keyPerson, begun, nobody, onlyInHead }

    static func risk(_ topic: BrainFigures.Topic) -> Risk {
        if topic.knowers.isEmpty { return .nobody }
        if topic.isOnlyInHeads { return .onlyInHead }
        if topic.busFactor > 1 { return .spread }
        // One share that nobody asks about is a beginning, not yet a risk.
        return topic.shareCount == 1 && topic.openNeedCount == 0 ? .begun : .keyPerson
    }

    static func table(_ topics: [BrainFigures.Topic], _ visit: Visit) -> HTML {
        visit.table(
            .whereItHangsOnOne,
            [
                (.topicWord, false), (.whoKnows, false), (.sharesWord, true),
                (.validatedWord, true), (.openNeedsWord, true), (.riskWord, false),
            ],
            topics.map { row($0) })
    }

    private static func who(_ topic: BrainFigures.Topic) -> Text {
        switch topic.knowers.count {
        case 0: .nobody
        case 1: .only(topic.knowers[0])
        default: .someOf(topic.knowers)
        }
    }

    private static func row(_ topic: BrainFigures.Topic) -> [HTML] {
        let path = Place.topic(topic.topic)
        let tag: HTML =
            switch risk(topic) {
            case .spread: "<span class=\"tag good\">✓ \(Text.spread)</span>"
            case .begun: "<span class=\"tag\">\(Text.justBegun)</span>"
            case .keyPerson:
                "<span class=\"tag warn\">! \(Text.keyPerson)</span> <a href=\"\(path)#spread\">\(Text.spreadThis)<span class=\"hidden\"> \(topic.topic)</span></a>"
            case .nobody:
                "<span class=\"tag warn\">! \(topic.openNeedCount > 0 ? Text.unmetNeed : .nobodyLeft)</span>"
            case .onlyInHead: "<span class=\"tag warn\">! \(Text.onlyInHead)</span>"
            }
        let validated: HTML =
            topic.validated.value.map {
                "<a href=\"\(Place.all(of: topic.topic, validatable + " validated:yes"))\">\(Int(($0 * 100).rounded()))%</a>"
            } ?? "–"
        return [
            "<a href=\"\(path)\">\(topic.topic.shortened)</a>", "\(who(topic))",
            "<a href=\"\(Place.all(of: topic.topic, "is:share -is:status"))\">\(topic.shareCount)</a>",
            validated,
            topic.openNeedCount == 0
                ? "0"
                : "<a href=\"\(Place.all(of: topic.topic, "is:unresolved"))\">\(topic.openNeedCount)</a>",
            tag,
        ]
    }

    // MARK: - Without someone

    private static func drill(
        _ name: String, _ figures: BrainFigures, _ visit: Visit
    ) async throws -> HTML {
        var people: [String: Int] = [:]
        for topic in figures.topics where topic.busFactor == 1 {
            if let widest = topic.holders.first { people[widest.holder.name, default: 0] += 1 }
        }
        let ordered = people.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(20)
        let choices = ordered.map { ($0.key, Text(same: "\($0.key.shortened)")) }
        guard !choices.isEmpty else { return "" }
        var html: HTML = """
            <section aria-labelledby="drill"><h2 id="drill">\(Text.fireDrill)</h2>
            <p class="meta">\(Text.fireDrillMeans)</p>
            <form action="/brain#drill">\(visit.select("without", .whoIsAway, choices, chosen: name))
            <div class="actions"><button>\(Text.showIt)</button></div></form>
            """
        if !name.isEmpty {
            let drill = try await visit.brain.fireDrill(without: name)
            if drill.losses.isEmpty {
                html += visit.notice("\(Text.nothingLost(drill.name))")
            } else {
                let losses = visit.part(
                    of: drill.losses, "drill", .fireDrill, countMax: 20)
                html += visit.table(
                    .lostWithout(drill.name.shortened),
                    [(.topicWord, false), (.lostWord, true), (.whoCouldLearn, false)],
                    losses.shown.map { loss in
                        [
                            "<a href=\"\(Place.topic(loss.topic))\">\(loss.topic.shortened)</a>",
                            "\(Text.partOf(loss.lostCount, loss.shareCount))",
                            "\(loss.heirs.isEmpty ? Text.nobody : Text.someOf(loss.heirs))",
                        ]
                    })
                html += losses.links
            }
            if !drill.stranded.isEmpty {
                html += visit.notice("\(Text.strandedNeeds(drill.stranded.count))", "warn")
            }
        }
        return html + "</section>"
    }

    private static func overlap(_ figures: BrainFigures, _ visit: Visit) -> HTML {
        let kinds: [(BrainFigures.Overlap, String, Text)] = [
            (.unmet, "unmet", .overlapUnmet), (.matched, "matched", .overlapMatched),
            (.unused, "unused", .overlapUnused),
        ]
        let lists = kinds.map { kind, id, name -> HTML in
            let topics = figures.topics.filter { $0.overlap == kind }
            let part = visit.part(of: topics, id, name, countMax: 20)
            let shown = visit.topics(part.shown.map(\.topic))
            return """
                <div class="card" id="\(id)"><h3>\(name) <span class="count">\(topics.count)</span></h3>
                <p class="meta">\(topics.isEmpty ? "\(Text.noneOfThem)" : shown)</p>\(part.links)</div>
                """
        }
        return """
            <section aria-labelledby="overlap"><h2 id="overlap">\(Text.overlapTitle)</h2>
            <p class="meta">\(Text.overlapMeans)</p><div class="side">\(lists)</div></section>
            """
    }

    // MARK: - Goals

    private static func goals(_ visit: Visit) async throws -> HTML {
        let goals = try await visit.brain.goals()
        let part = visit.part(of: goals, "goals", .goalsTitle, countMax: 8)
        let cards = part.shown.map { goal -> HTML in
            let state = Text.goalState(goal, at: visit.now)
            let look = goal.isReached ? "good" : state == .overdue ? "warn" : ""
            let mark = goal.isReached ? "✓ " : state == .overdue ? "! " : ""
            let by: HTML = goal.by.map { " · \(Text.untilWord) \(date: $0)" } ?? ""
            let isMine = goal.owner.id == visit.me.id || visit.brain.mayGovern
            let aim = Text.goal(goal).plain(visit.voice.language).shortened
            let drop: HTML =
                isMine
                ? visit.button("/brain/goal/drop", .dropGoal, ["id": goal.shortID], about: aim)
                : ""
            let acts: HTML =
                visit.mayWrite
                ? """
                <div class="actions"><a class="button" href="/new?goal=\(goal.shortID)">\(Text.shareSomething)\
                <span class="hidden"> (\(aim))</span></a>\(drop)</div>
                """ : ""
            return """
                <li class="card"><h3>\(Text.goal(goal))</h3>
                <p class="meta"><progress max="100" value="\(Int(goal.progress * 100))" aria-label="\(Text.goal(goal))"></progress>
                <span class="tag \(look)">\(mark)\(state)</span> \(visit.link(goal.owner))\(by)\(serving(goal))</p>\(acts)</li>
                """
        }
        let form: HTML =
            visit.mayWrite
            ? """
            <details><summary>\(Text.setGoal)</summary>
            \(visit.form("/brain/goal", """
                \(visit.select("metric", .whichFigure, GoalMetric.allCases.map { ($0.rawValue, Text.metric($0)) }, chosen: ""))
                \(visit.field("topic", .goalTopic, hint: .goalTopicHint))
                \(visit.field("min", .goalMin, "2", isRequired: true, type: "number"))
                \(visit.field("by", .untilHead, type: "date"))
                \(visit.submit(.setGoal))
                """))</details>
            """ : ""
        return visit.list(
            .goalsTitle, cards, of: goals.count, links: part.links, empty: "\(Text.noGoals)",
            id: "goals") + form
    }

    /// How many shares say that they serve it.
    private static func serving(_ goal: Goal) -> HTML {
        goal.shareCount == 0
            ? ""
            : """
             · <a href="\(Place.search("goal:\(goal.shortID)"))">\(Text.sharesCount(goal.shareCount))</a>
            """
    }

    // MARK: - One topic

    static func topic(_ name: String, _ visit: Visit) async throws -> PageContent? {
        let topics = try await visit.brain.figures().topics
        guard
            let topic = topics.first(where: { $0.topic == name })
                ?? topics.first(where: { $0.topic == Facet.folded(name) })
        else { return nil }
        let query = Place.query(topic.topic)
        var main: HTML = "<h1>\(topic.topic)</h1>"
        main += "<dl class=\"facts\">"
        main += "<dt>\(Text.whoKnows)</dt><dd>\(who(topic))</dd>"
        if !topic.offering.isEmpty {
            main +=
                "<dt>\(Text.whoOffers)</dt><dd>\(people(topic.offering, "offer", .whoOffers, visit))</dd>"
        }
        main += """
            <dt>\(Text.sharesWord)</dt><dd><a href="\(Place.search(query + " is:share -is:status"))">\(topic.shareCount)</a></dd>
            <dt>\(Text.openNeedsWord)</dt><dd><a href="\(Place.search(query + " is:unresolved"))">\(topic.openNeedCount)</a></dd></dl>
            """
        if !topic.learning.isEmpty {
            main +=
                "<div>\(Text.learnsWord): \(people(topic.learning, "learn", .learnsWord, visit))</div>"
        }
        main += try await spreading(topic, visit)
        if visit.mayWrite {
            main += """
                <div class="actions"><a class="button first" href="/ask?topics=\(Percent.segment(topic.topic))">\(Text.askAboutIt)</a>\
                <a class="button" href="/new?topics=\(Percent.segment(topic.topic))">\(Text.shareAboutIt)</a></div>
                """
        }
        main += try await visit.list(
            .openNeedsWord, query + " is:unresolved", countMax: 8,
            empty: "\(Text.nobodyAsksThis)", id: "needs")
        main += try await visit.list(
            .sharesWord, query + " is:share -is:status", countMax: 16,
            empty: "\(Text.nobodyShared)", id: "shares")
        return PageContent(Text(same: "\(topic.topic)"), in: .brain, main)
    }

    private static func people(
        _ people: [PersonRef], _ id: String, _ heading: Text, _ visit: Visit
    ) -> HTML {
        let part = visit.part(of: people, id, heading, countMax: 20)
        return "<span id=\"\(id)\">\(joined(part.shown.map { visit.link($0) }))</span>\(part.links)"
    }

    /// Who could learn what one person knows, and where to begin.
    private static func spreading(
        _ topic: BrainFigures.Topic, _ visit: Visit
    ) async throws -> HTML {
        guard risk(topic) == .keyPerson, let holder = topic.holders.first?.holder else { return "" }
        let plan = try await visit.brain.spreadPlan(for: topic.topic)
        var readings: [HTML] = []
        for id in plan.readings {
            guard let item = try? await visit.brain.item(id) else { continue }
            readings.append("<li>\(visit.link(item))</li>")
        }
        let learners = plan.learners.map { learner -> HTML in
            "<li>\(visit.link(learner.person)): \(Text.why(learner.reason))</li>"
        }
        let begin: HTML =
            readings.isEmpty || learners.isEmpty
            ? "" : "<p>\(Text.beginReading)</p><ul>\(HTML(readings))</ul>"
        let who: HTML =
            learners.isEmpty
            ? "<p>\(Text.noLearners)</p>"
            : "<p>\(Text.teaches(holder.name))</p><ul>\(HTML(learners))</ul>"
        return """
            <section class="notice warn" aria-labelledby="spread"><h2 id="spread">\(Text.restsOn(holder.name))</h2>
            \(who)\(begin)</section>
            """
    }

    static func joined(_ parts: [HTML]) -> HTML {
        HTML(parts.enumerated().map { $0.offset == 0 ? $0.element : ", " + $0.element })
    }
}
