import Weonomy

/// `/people`, `/p/x` and `/profile`: who knows, who wants to learn, and how to reach them.
enum PeoplePage {
    private static let pageMax = 100

    static func show(_ visit: Visit) async throws -> PageContent {
        let page = visit.page
        let people = try await visit.brain.people()
        let shown = people.dropFirst((page - 1) * pageMax).prefix(pageMax)
        let communities = try await visit.brain.communities()
        let cards = try await visit.brain.profiles(of: shown.map(\.id)).map {
            card($0, coached($0, communities, visit), visit)
        }
        return PageContent(
            .peopleTitle, in: .people,
            """
            <h1>\(Text.peopleTitle)</h1><p class="lead">\(Text.peopleLead)</p>
            <ul class="cards">\(cards)</ul>\
            \(visit.pages("/people?", page, isMore: people.count > page * pageMax))
            <p><a href="/sync#invite">\(Text.beginInvite)</a></p>
            """)
    }

    /// Where a person helps others on their way, and takes part.
    private static func coached(
        _ profile: Profile, _ communities: [Community], _ visit: Visit
    ) -> HTML {
        let id = profile.person.id
        let lists: [(Text, [Community])] = [
            (.coachWord, communities.filter { $0.isCoached(by: id) }),
            (.takesPartIn, communities.filter { $0.has(id) }),
        ]
        return HTML(
            lists.filter { !$0.1.isEmpty }.map { name, own -> HTML in
                """
                <p class="meta">\(name): \(BrainPage.joined(own.map { visit.link($0) }))</p>
                """
            })
    }

    private static func card(_ profile: Profile, _ coached: HTML, _ visit: Visit) -> HTML {
        let you: HTML = profile.isMe ? " <span class=\"tag\">\(Text.you)</span>" : ""
        let role: HTML = profile.role.isEmpty ? "" : "<p class=\"meta\">\(profile.role)</p>"
        let offers: HTML =
            profile.offers.isEmpty
            ? "" : "<p class=\"meta\">\(Text.offersWord): \(offersList(profile))</p>"
        let learns: HTML =
            profile.learning.isEmpty
            ? "" : "<p class=\"meta\">\(Text.learnsWord):\(visit.topics(profile.learning))</p>"
        return """
            <li class="card"><h2>\(visit.link(profile.person))\(you)</h2>\(role)\(coached)\(offers)\(learns)</li>
            """
    }

    private static func offersList(_ profile: Profile) -> HTML {
        HTML(
            profile.offers.map { offer -> HTML in
                " <a class=\"tag\" href=\"\(Place.topic(offer.topic))\">\(offer.topic)</a> \(Text.level(offer.level))"
            })
    }

    static func person(_ profile: Profile, _ visit: Visit) async throws -> PageContent {
        let items = try await visit.brain.find(
            "by:\"\(profile.person.name)\" is:share -is:status", countMax: 20)
        let needs = try await visit.brain.needs(of: profile.person.id)
        let you: HTML = profile.isMe ? " <span class=\"tag\">\(Text.you)</span>" : ""
        var main: HTML = "<h1>\(profile.person.name)\(you)</h1>"
        main += coached(profile, try await visit.brain.communities(), visit)
        main += meonomy(profile, visit)
        if profile.isMe { main += try await ownFigures(visit) }
        if profile.isMe, visit.mayWrite {
            main += "<p><a class=\"button first\" href=\"/profile\">\(Text.fillItIn)</a></p>"
        }
        main += visit.list(
            .needsWord, needs.map { visit.card($0) }, empty: "\(Text.nothingHere)", id: "needs")
        let portfolio = try await visit.brain.portfolio(of: profile.person.id)
        if !portfolio.isEmpty {
            main += visit.list(
                .portfolioWord, portfolio.map { visit.card($0) }, empty: "", id: "portfolio")
        }
        main += visit.list(
            .sharesWord, items.items.map { visit.card($0) }, empty: "\(Text.nothingHere)",
            id: "shares")
        if items.isMore {
            main +=
                "<p><a href=\"\(Place.search("by:\"\(profile.person.name)\" is:share"))\">\(Text.moreOfIt)</a></p>"
        }
        return PageContent(Text(same: "\(profile.person.name)"), in: .people, main)
    }

    /// Needs, expertise and objectives of one person on one page.
    private static func meonomy(_ profile: Profile, _ visit: Visit) -> HTML {
        var facts = HTML()
        func add(_ name: Text, _ value: HTML, _ isThere: Bool) {
            if isThere { facts += "<dt>\(name)</dt><dd>\(value)</dd>" }
        }
        add(.roleWord, "\(profile.role)", !profile.role.isEmpty)
        let duties = profile.responsibilities.map { duty -> HTML in
            let result: HTML = duty.result.isEmpty ? "" : "<br>\(Text.resultWord): \(duty.result)"
            let why: HTML = duty.why.isEmpty ? "" : "<br>\(Text.whyWord): \(duty.why)"
            return "<li>\(duty.what)\(result)\(why)</li>"
        }
        add(.answersFor, "<ul>\(duties)</ul>", !duties.isEmpty)
        add(.offersWord, offersList(profile), !profile.offers.isEmpty)
        add(.learnsWord, visit.topics(profile.learning), !profile.learning.isEmpty)
        add(
            .languagesWord, "\(profile.languages.joined(separator: ", "))",
            !profile.languages.isEmpty)
        add(.contactWord, "\(profile.contact)", !profile.contact.isEmpty)
        if let confirmed = profile.confirmed { add(.confirmedWord, "\(when: confirmed)", true) }
        let lacks: HTML =
            profile.isMe && !profile.gaps.isEmpty
            ? "<p>\(Text.profileLacks)</p><ul>\(profile.gaps.map { "<li>\(Text.gap($0))</li>" as HTML })</ul>"
            : ""
        return facts.isEmpty && lacks.isEmpty
            ? "<p class=\"empty\">\(Text.emptyProfile)</p>"
            : "<dl class=\"facts\">\(facts)</dl>\(lacks)"
    }

    // MARK: - One's own

    /// What came of one's own sharing; nobody else sees it.
    private static func ownFigures(_ visit: Visit) async throws -> HTML {
        let figures = try await visit.brain.ownFigures()
        guard figures.shareCount + figures.answerCount > 0 else { return "" }
        let shown = zip(figures.counts, Text.ownCounts).map { figure, name -> HTML in
            "<li><a href=\"\(Place.search(figure.query))\"><strong>\(figure.count)</strong> \(name)</a></li>"
        }
        return """
            <section aria-labelledby="own"><h2 id="own">\(Text.ownFigures)</h2>
            <p class="hint">\(Text.ownFiguresMean)</p><ul class="figures">\(shown)</ul></section>
            """
    }

    static func editor(_ visit: Visit) async throws -> PageContent {
        let profile = try await visit.brain.profile(of: nil)
        let levels = Level.allCases.map { ($0.rawValue, Text.level($0)) }
        let lacks: HTML =
            profile.gaps.isEmpty
            ? "<p>✓ \(Text.profileIsComplete)</p>"
            : "<p>\(Text.profileLacks)</p><ul>\(profile.gaps.map { "<li>\(Text.gap($0))</li>" as HTML })</ul>"
        func removable(_ kind: String, _ words: [(String, HTML)]) -> HTML {
            let list = words.map { value, shown -> HTML in
                "<li>\(shown) \(visit.button("/profile/remove", .remove, ["kind": kind, "value": value], about: value))</li>"
            }
            return list.isEmpty ? "" : "<ul class=\"rows\">\(list)</ul>"
        }
        let offers = profile.offers.map {
            ($0.topic, "\($0.topic), \(Text.level($0.level))" as HTML)
        }
        let learning = profile.learning.map { ($0, "\($0)" as HTML) }
        let languages = profile.languages.map { ($0, "\($0)" as HTML) }
        let duties = profile.responsibilities.map { duty -> (String, HTML) in
            (
                duty.what,
                "\(duty.what); \(Text.resultWord): \(duty.result); \(Text.whyWord): \(duty.why)"
            )
        }
        return PageContent(
            .myProfile,
            """
            <h1>\(Text.myProfile)</h1>\(lacks)
            \(visit.form("/profile", """
                \(visit.field("name", .nameWord, profile.person.name, isRequired: true, complete: "name"))
                \(visit.field("role", .roleWord, profile.role, hint: .roleHint))
                \(visit.field("contact", .contactWord, profile.contact, hint: .contactHint))
                \(visit.submit(.keepIt))
                """))
            <h2>\(Text.offersWord)</h2>\(removable("offer", offers))
            \(visit.form("/profile/offer", """
                \(visit.field("topic", .topicWord, hint: .offerHint, isRequired: true))
                \(visit.select("level", .levelWord, levels, chosen: "average"))
                \(visit.submit(.addIt))
                """))
            <h2>\(Text.learnsWord)</h2>\(removable("learn", learning))
            \(visit.form("/profile/learn", """
                \(visit.field("learn", .topicWord, isRequired: true))\(visit.submit(.addIt))
                """))
            <h2>\(Text.answersFor)</h2>\(removable("duty", duties))
            \(visit.form("/profile/duty", """
                \(visit.field("what", .dutyWhat, hint: .dutyHint, isRequired: true))
                \(visit.field("result", .resultWord))\(visit.field("why", .whyWord))
                \(visit.submit(.addIt))
                """))
            <h2>\(Text.languagesWord)</h2>\(removable("language", languages))
            \(visit.form("/profile/language", """
                \(visit.field("language", .languageCode, hint: .languageHint, isRequired: true))
                \(visit.submit(.addIt))
                """))
            <h2>\(Text.stillTrue)</h2><p>\(Text.stillTrueMeans)</p>
            <div class="actions">\(visit.button("/profile/confirm", .allStillTrue, look: "first"))</div>
            """)
    }
}
