import Weonomy

/// `/brain` and `/topic/x`: what the team knows, who knows it, and what hangs on one person.
enum BrainPage {
    /// Topics on one page.
    private static let topicsMax = 200

    static func show(_ visit: Visit) async throws -> PageContent {
        let topics = try await visit.brain.topics()
        let status = try await visit.brain.status()
        var main: HTML = """
            <h1>\(Text.ourBrain)</h1><p class="lead">\(Text.whatWeKnow)</p>
            <ul class="figures">
            <li><a href="\(Place.search("is:share"))"><strong>\(status.shareCount)</strong> \(Text.sharesWord)</a></li>
            <li><a href="\(Place.search("is:unresolved"))"><strong>\(status.openNeedCount)</strong> \(Text.openNeedsWord)</a></li>
            <li><a href="/people"><strong>\(status.team.members.count)</strong> \(Text.peopleWord)</a></li>
            </ul>
            """
        if topics.isEmpty {
            main += "<p class=\"empty\">\(Text.noTopicsYet) <a href=\"/new\">\(Text.shareSomething)</a>.</p>"
        } else {
            main += table(Array(topics.prefix(topicsMax)), visit)
            if topics.count > topicsMax { main += "<p class=\"meta\">\(Text.andMore(topics.count - topicsMax))</p>" }
        }
        return PageContent(.ourBrain, in: .brain, main)
    }

    /// Topics that need somebody first, then those with most in them.
    static func mostUrgent(_ topics: [TopicCount]) -> [TopicCount] {
        let rest = topics.prefix(4)
        let risky = topics.filter { risk($0) != .spread && $0.shareCount + $0.openNeedCount > 1 }
            .sorted { ($1.openNeedCount, $1.shareCount, $0.topic) < ($0.openNeedCount, $0.shareCount, $1.topic) }
        return Array((Array(rest) + risky.filter { !rest.contains($0) }).prefix(8))
    }

    enum Risk { case spread, keyPerson, nobody }

    static func risk(_ topic: TopicCount) -> Risk {
        switch topic.holders.count {
        case 0: .nobody
        case 1: .keyPerson
        default: .spread
        }
    }

    static func table(_ topics: [TopicCount], _ visit: Visit) -> HTML {
        visit.table(
            .whereItHangsOnOne,
            [
                (.topicWord, false), (.whoKnows, false), (.sharesWord, true),
                (.openNeedsWord, true), (.riskWord, false),
            ],
            topics.map { row($0) })
    }

    private static func row(_ topic: TopicCount) -> [HTML] {
        let who: Text =
            topic.holders.isEmpty
            ? .nobody : topic.holders.count == 1 ? .only(topic.holders[0]) : .someOf(topic.holders)
        let tag: HTML =
            switch risk(topic) {
            case .spread: "<span class=\"tag good\">✓ \(Text.spread)</span>"
            case .keyPerson: "<span class=\"tag warn\">! \(Text.keyPerson)</span>"
            case .nobody: "<span class=\"tag warn\">! \(Text.unmetNeed)</span>"
            }
        return [
            "<a href=\"\(Place.topic(topic.topic))\">\(topic.topic)</a>", "\(who)",
            "<a href=\"\(Place.all(of: topic.topic, "is:share"))\">\(topic.shareCount)</a>",
            topic.openNeedCount == 0
                ? "0"
                : "<a href=\"\(Place.all(of: topic.topic, "is:unresolved"))\">\(topic.openNeedCount)</a>",
            tag,
        ]
    }

    static func topic(_ name: String, _ visit: Visit) async throws -> PageContent? {
        let topics = try await visit.brain.topics()
        guard let topic = topics.first(where: { $0.topic == name })
            ?? topics.first(where: { $0.topic.lowercased() == name.lowercased() })
        else { return nil }
        let query = "topic:\"\(topic.topic.filter { $0 != "\"" })\""
        let needs = try await visit.brain.find(query + " is:unresolved", countMax: 20)
        let shares = try await visit.brain.find(query + " is:share -is:status", countMax: 30)
        var main: HTML = "<h1>\(topic.topic)</h1>"
        main += "<dl class=\"facts\">"
        main += "<dt>\(Text.whoKnows)</dt><dd>\(Text.someOf(topic.holders.isEmpty ? ["–"] : topic.holders))</dd>"
        if !topic.offering.isEmpty {
            let names = topic.offering.map { visit.link($0) }
            main += "<dt>\(Text.whoOffers)</dt><dd>\(joined(names))</dd>"
        }
        main += """
            <dt>\(Text.sharesWord)</dt><dd><a href="\(Place.search(query + " is:share"))">\(topic.shareCount)</a></dd>
            <dt>\(Text.openNeedsWord)</dt><dd><a href="\(Place.search(query + " is:unresolved"))">\(topic.openNeedCount)</a></dd></dl>
            """
        if topic.holders.count == 1, topic.shareCount > 0 {
            main += visit.notice("\(Text.restsOn(topic.holders[0]))", "warn")
        }
        if visit.mayWrite {
            main += """
                <div class="actions"><a class="button first" href="/ask?topics=\(Place.encoded(topic.topic))">\(Text.askAboutIt)</a>\
                <a class="button" href="/new?topics=\(Place.encoded(topic.topic))">\(Text.shareAboutIt)</a></div>
                """
        }
        main += visit.list(
            .openNeedsWord, needs.items.map { visit.card($0) }, empty: "\(Text.nobodyAsksThis)", id: "needs")
        main += visit.list(
            .sharesWord, shares.items.map { visit.card($0) }, empty: "\(Text.nobodyShared)", id: "shares")
        if shares.isMore {
            main += "<p><a href=\"\(Place.search(query + " is:share"))\">\(Text.moreOfIt)</a></p>"
        }
        return PageContent(Text(same: "\(topic.topic)"), in: .brain, main)
    }

    static func joined(_ parts: [HTML]) -> HTML {
        HTML(parts.enumerated().map { $0.offset == 0 ? $0.element : ", " + $0.element })
    }
}
