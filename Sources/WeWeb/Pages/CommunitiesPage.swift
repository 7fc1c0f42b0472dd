import Weonomy

/// `/communities` and `/community/x`: who cares for which topics, and where help is welcome.
enum CommunitiesPage {
    static func show(
        _ visit: Visit, name: String = "", problem: Text? = nil
    ) async throws -> PageContent {
        let communities = try await visit.brain.communities()
        let part = visit.part(of: communities, "list", .communitiesTitle, countMax: 20)
        let cards = part.shown.map { community -> HTML in
            let you: HTML =
                community.has(visit.me.id) ? "<span class=\"tag\">\(Text.youTakePart)</span> " : ""
            return """
                <li class="card"><h2>\(visit.link(community))</h2>
                <p class="meta">\(you)\(Text.members(community.members.count)) · \(coaches(community, visit))\
                \(visit.topics(community.topics.prefix(wordsMax)))</p></li>
                """
        }
        let form: HTML =
            visit.mayWrite
            ? """
            <h2 id="begin">\(Text.beginCommunity)</h2>
            \(visit.form("/communities", """
                \(visit.field("name", .nameWord, name, isRequired: true))
                \(visit.field("topics", .topicsWord, hint: .communityTopicsHint))
                \(visit.area("about", .communityAbout, rows: 3))
                \(visit.submit(.beginIt))
                """))
            """ : ""
        let list: HTML =
            cards.isEmpty
            ? "<p class=\"empty\">\(Text.noCommunities)</p>"
            : "<ul class=\"cards\" id=\"list\">\(cards)</ul>\(part.links)"
        return PageContent(
            .communitiesTitle, in: .communities,
            """
            <h1>\(Text.communitiesTitle)</h1><p class="lead">\(Text.communitiesLead)</p>
            \(problem.map { visit.notice("\($0)", "bad") })\(list)\(form)
            """)
    }

    static func show(_ community: Community, _ visit: Visit) async throws -> PageContent {
        let path = Place.community(community)
        let isMine = community.has(visit.me.id)
        let topics = visit.part(of: community.topics, "topics", .topicsWord, countMax: 24)
        var main: HTML = """
            <h1>\(community.name)</h1>
            <p class="meta">\(Text.membersOf(community.members.map(\.name))) · \
            \(coaches(community, visit))<span id="topics">\(visit.topics(topics.shown))</span></p>\(topics.links)
            """
        if !community.about.isEmpty {
            main += "<div class=\"prose\">\(Prose.plain(community.about))</div>"
        }
        if visit.mayWrite {
            main += """
                <div class="actions">\(
                    isMine
                        ? visit.button("\(path)/leave", .leaveIt)
                        : visit.button("\(path)/join", .takePart, look: "first"))\
                <a class="button" href="\(ask(community))">\(Text.askSomething)</a></div>
                """
        }
        main += try await listening(community, visit)
        let count = try await visit.brain.count(on: community.topics, .share)
        let part = visit.part(of: count, "shares", .sharesWord, countMax: 10)
        let shares = try await visit.brain.items(
            on: community.topics, .share, countMax: part.range.count,
            offset: part.range.lowerBound)
        main += visit.list(
            .sharesWord, shares.map { visit.card($0) }, of: count, links: part.links,
            empty: "\(Text.nobodyShared)", id: "shares")
        main += manage(community, isMine, visit)
        return PageContent(Text(same: "\(community.name)"), in: .communities, main)
    }

    /// Topics of one community among others, and names in one line.
    private static let wordsMax = 5

    private static func ask(_ community: Community) -> String {
        let topics = community.topics.prefix(1).joined()
        return topics.isEmpty ? Place.ask : "/ask?topics=" + Percent.segment(topics)
    }

    private static func coaches(_ community: Community, _ visit: Visit) -> HTML {
        guard !community.coaches.isEmpty else { return "\(Text.coachesOf([]))" }
        let shown = community.coaches.prefix(wordsMax).map { visit.link($0) }
        let rest = community.coaches.count - wordsMax
        let more: HTML = rest > 0 ? " \(Text.andMore(rest))" : ""
        return "\(Text.coachWord): \(BrainPage.joined(shown))\(more)"
    }

    // MARK: - Listening

    private static func listening(_ community: Community, _ visit: Visit) async throws -> HTML {
        let (brain, topics) = (visit.brain, community.topics)
        let waiting = visit.part(
            of: try await brain.waitingCount(on: topics), "waiting", .needsWait, countMax: 5)
        let outside = visit.part(
            of: try await brain.heardCount(on: topics), "heard", .heardOutside, countMax: 5)
        let heads = visit.part(
            of: try await brain.topicsInHeads(topics), "heads", .onlyInHeads, countMax: 10)
        var html: HTML = """
            <section aria-labelledby="listen"><h2 id="listen">\(Text.whereIsNeed)</h2>
            """
        if waiting.range.isEmpty, outside.range.isEmpty, heads.shown.isEmpty {
            html += "<p class=\"empty\">\(Text.nothingLacks)</p>"
        }
        html += needs(
            try await brain.waitingNeeds(
                on: topics, countMax: waiting.range.count, offset: waiting.range.lowerBound),
            .needsWait, waiting, "waiting", visit)
        html += needs(
            try await brain.heardNeeds(
                on: topics, countMax: outside.range.count, offset: outside.range.lowerBound),
            .heardOutside, outside, "heard", visit)
        if !heads.shown.isEmpty {
            let rows = heads.shown.map { topic -> HTML in
                let rest = topic.offering.count - wordsMax
                let more: HTML = rest > 0 ? " \(Text.andMore(rest))" : ""
                return """
                    <li><a href="\(Place.topic(topic.topic))">\(topic.topic)</a>: \
                    \(BrainPage.joined(topic.offering.prefix(wordsMax).map { visit.link($0) }))\(more) \
                    <a class="button" href="/new?kind=experience&amp;prompts=1&amp;topics=\(Percent.segment(topic.topic))">\
                    \(Text.writeItDown)<span class="hidden"> \(topic.topic)</span></a></li>
                    """
            }
            html += """
                <h3 id="heads">\(Text.onlyInHeads)</h3><ul class="rows">\(rows)</ul>\(heads.links)
                """
        }
        if visit.mayWrite {
            html += """
                <p><a class="button" href="/ask?heard=1&amp;topics=\(Percent.segment(community.topics.prefix(1).joined()))">\
                \(Text.passOn)</a></p>
                """
        }
        return html + "</section>"
    }

    private static func needs(
        _ items: [Item], _ heading: Text, _ part: Part, _ id: String, _ visit: Visit
    ) -> HTML {
        guard !items.isEmpty else { return "" }
        let cards = items.map { item -> HTML in
            let answer: HTML =
                visit.mayWrite
                ? """
                <a class="button" href="\(Place.item(item))#answer">\(Text.answerIt)\
                <span class="hidden"> \(item.title.shortened)</span></a>
                """ : ""
            let behalf: HTML = Text.onBehalf(item).map { "<br>\($0)" } ?? ""
            let shadow: HTML = item.isShadow ? "<br>\(Text.wantsToShadow)" : ""
            return visit.card(item, behalf + shadow, actions: answer, level: 4)
        }
        return "<h3 id=\"\(id)\">\(heading)</h3><ul class=\"cards\">\(cards)</ul>\(part.links)"
    }

    // MARK: - Changing

    private static func manage(_ community: Community, _ isMine: Bool, _ visit: Visit) -> HTML {
        guard visit.mayWrite else { return "" }
        let path = Place.community(community)
        var html = HTML()
        if visit.brain.mayCoach(community) {
            let part = visit.part(
                of: community.coaches, "coaches", .coachWord, countMax: 10)
            let coaches = part.shown.map { coach -> HTML in
                "<li>\(coach.name.shortened) \(visit.button("\(path)/coach", .remove, ["person": "\(coach.id)", "remove": "1"], about: coach.name))</li>"
            }
            let others = (visit.brain.team?.members ?? []).map(\.person).filter {
                !community.isCoached(by: $0.id)
            }
            html += """
                <details><summary>\(Text.coachWord)</summary><p class="hint">\(Text.coachMeans)</p>
                \(coaches.isEmpty ? "" : "<ul class=\"rows\" id=\"coaches\">\(coaches)</ul>\(part.links)" as HTML)
                \(visit.form("\(path)/coach", """
                    \(visit.choice(.personWord, of: others))
                    \(visit.submit(.addIt))
                    """))</details>
                """
        }
        if isMine || visit.brain.mayGovern {
            html += """
                <details><summary>\(Text.editIt)</summary>
                \(visit.form("\(path)/edit", """
                    \(visit.field("topics", .topicsWord, community.topics.joined(separator: ", "), hint: .communityTopicsHint))
                    \(visit.area("about", .communityAbout, community.about, rows: 5))
                    \(visit.submit(.keepIt))
                    """))</details>
                """
        }
        return html
    }

    // MARK: - What forms do

    static func perform(_ steps: [String], _ visit: Visit) async throws -> Outcome {
        let (brain, form) = (visit.brain, visit.request.form)
        let topics = ComposePages.Draft(form).topicList
        let about = form["about"]?.lineEndsUnified ?? ""
        if steps == ["communities"] {
            let name = form["name"] ?? ""
            guard !name.trimmed.isEmpty else {
                return .page(try await show(visit, name: name, problem: .nameNeeded))
            }
            let made = try await brain.addCommunity(name, about: about, topics: topics)
            return .done(Place.community(made))
        }
        guard steps.count == 3 else { return .notFound }
        let id = try await brain.resolve(steps[1])
        switch steps[2] {
        case "join": try await brain.setMember(id, true)
        case "leave": try await brain.setMember(id, false)
        case "edit": try await brain.editCommunity(id, about: about, topics: topics)
        case "coach":
            guard let person = try await visit.person(chosen: form["person"] ?? "") else {
                return .notFound
            }
            try await brain.setCoach(person, form["remove"] == nil, in: id)
        default: return .notFound
        }
        return .done(Place.community(try await brain.community(id)))
    }
}

extension Visit {
    func link(_ community: Community) -> HTML {
        "<a href=\"\(Place.community(community))\">\(community.name.shortened)</a>"
    }

    /// Whom to ask where something is empty or does not work.
    func askCoach() async -> HTML {
        guard let coach = try? await brain.coach() else { return "" }
        return """
            <p class="coach"><a href="\(Place.person(coach))">\(Text.askCoach(coach.name))</a></p>
            """
    }
}
