import Weonomy

/// `/people`, `/p/x` and `/profile`: who knows, who wants to learn, and how to reach them.
enum PeoplePage {
    private static let pageMax = 15
    /// Topics, and communities, of one person among others.
    private static let wordsMax = 4

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
                <p class="meta">\(name): \(BrainPage.joined(own.prefix(wordsMax).map { visit.link($0) }))\(rest(own.count))</p>
                """
            })
    }

    /// That there is more than is shown, which the person's own page has.
    private static func rest(_ count: Int) -> HTML {
        count > wordsMax ? " \(Text.andMore(count - wordsMax))" : ""
    }

    private static func card(_ profile: Profile, _ coached: HTML, _ visit: Visit) -> HTML {
        let you: HTML = profile.isMe ? " <span class=\"tag\">\(Text.you)</span>" : ""
        let role: HTML =
            profile.role.isEmpty ? "" : "<p class=\"meta\">\(profile.role.shortened)</p>"
        let offers: HTML =
            profile.offers.isEmpty
            ? ""
            : "<p class=\"meta\">\(Text.offersWord): \(offersList(profile.offers.prefix(wordsMax), visit))\(rest(profile.offers.count))</p>"
        let learns: HTML =
            profile.learning.isEmpty
            ? ""
            : "<p class=\"meta\">\(Text.learnsWord):\(visit.topics(profile.learning.prefix(wordsMax)))\(rest(profile.learning.count))</p>"
        return """
            <li class="card"><h2>\(visit.link(profile.person))\(you)</h2>\(role)\(coached)\(offers)\(learns)</li>
            """
    }

    private static func offersList(_ offers: some Sequence<Offer>, _ visit: Visit) -> HTML {
        HTML(
            offers.map { offer -> HTML in
                " \(visit.tag(offer.topic)) \(Text.level(offer.level))"
            })
    }

    static func person(_ profile: Profile, _ visit: Visit) async throws -> PageContent {
        let by = "by:\"\(profile.person.name)\""
        let you: HTML = profile.isMe ? " <span class=\"tag\">\(Text.you)</span>" : ""
        var main: HTML = "<h1>\(profile.person.name)\(you)</h1>"
        main += coachedAll(profile, try await visit.brain.communities(), visit)
        main += meonomy(profile, visit)
        if profile.isMe { main += try await ownFigures(visit) }
        if profile.isMe, visit.mayWrite {
            main += "<p><a class=\"button first\" href=\"/profile\">\(Text.fillItIn)</a></p>"
        }
        main += try await visit.list(
            .needsWord, by + " is:unresolved", countMax: 5, empty: "\(Text.nothingHere)",
            id: "needs")
        let portfolio = try await visit.brain.portfolio(of: profile.person.id, countMax: .max)
        if !portfolio.isEmpty {
            let part = visit.part(of: portfolio, "portfolio", .portfolioWord, countMax: 5)
            main += visit.list(
                .portfolioWord, part.shown.map { visit.card($0) }, of: portfolio.count,
                links: part.links, empty: "", id: "portfolio")
        }
        main += try await visit.list(
            .sharesWord, by + " is:share -is:status", countMax: 8,
            empty: "\(Text.nothingHere)", id: "shares")
        return PageContent(Text(same: "\(profile.person.name)"), in: .people, main)
    }

    /// What is shown of a line that a person wrote of themselves.
    private static let lineBytesMax = 1_000

    /// The communities of a person, in parts.
    private static func coachedAll(
        _ profile: Profile, _ communities: [Community], _ visit: Visit
    ) -> HTML {
        let id = profile.person.id
        let own = communities.filter { $0.isCoached(by: id) || $0.has(id) }
        let part = visit.part(of: own, "communities", .takesPartIn, countMax: wordsMax)
        let lists = coached(profile, part.shown, visit)
        return own.isEmpty ? "" : "<div id=\"communities\">\(lists)</div>\(part.links)"
    }

    /// Needs, expertise and objectives of one person on one page.
    private static func meonomy(_ profile: Profile, _ visit: Visit) -> HTML {
        var facts = HTML()
        func add(_ name: Text, _ value: HTML, _ isThere: Bool) {
            if isThere { facts += "<dt>\(name)</dt><dd>\(value)</dd>" }
        }
        /// One list of the profile, in parts.
        func add<Element>(
            _ name: Text, _ id: String, _ all: [Element], bytes: (Element) -> Int,
            _ shown: ([Element]) -> HTML
        ) {
            let part = visit.part(of: all, id, name, countMax: 20, bytes: bytes)
            add(name, "<div id=\"\(id)\">\(shown(part.shown))</div>\(part.links)", !all.isEmpty)
        }
        add(.roleWord, "\(profile.role.begun(bytesMax: lineBytesMax))", !profile.role.isEmpty)
        add(.answersFor, "duties", profile.responsibilities) {
            [$0.what, $0.result, $0.why].reduce(0) { $0 + min($1.utf8.count, lineBytesMax) }
        } _: { duties in
            let lines = duties.map { duty -> HTML in
                let parts = [
                    (Text?.none, duty.what), (.resultWord, duty.result), (.whyWord, duty.why),
                ]
                .filter { !$0.1.isEmpty }.map { name, text -> HTML in
                    let text: HTML = "\(text.begun(bytesMax: lineBytesMax))"
                    return name.map { "<br>\($0): \(text)" } ?? text
                }
                return "<li>\(parts)</li>"
            }
            return "<ul>\(lines)</ul>"
        }
        add(.offersWord, "offers", profile.offers) { _ in
            0
        } _: {
            offersList($0, visit)
        }
        add(.learnsWord, "learning", profile.learning) { _ in
            0
        } _: {
            visit.topics($0)
        }
        add(.languagesWord, "languages", profile.languages) { _ in
            0
        } _: {
            "\($0.map(\.shortened).joined(separator: ", "))"
        }
        add(
            .contactWord, "\(profile.contact.begun(bytesMax: lineBytesMax))",
            !profile.contact.isEmpty)
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
        func removable(_ kind: String, _ heading: Text, _ words: [(String, HTML)]) -> HTML {
            let id = kind + "s"
            let part = visit.part(of: words, id, heading, countMax: 10) { $0.0.utf8.count }
            let list = part.shown.map { value, shown -> HTML in
                "<li>\(shown) \(visit.button("/profile/remove", .remove, ["kind": kind, "value": value], about: value))</li>"
            }
            return list.isEmpty
                ? "" : "<ul class=\"rows\" id=\"\(id)\">\(list)</ul>\(part.links)"
        }
        let offers = profile.offers.map {
            ($0.topic, "\($0.topic.shortened), \(Text.level($0.level))" as HTML)
        }
        let learning = profile.learning.map { ($0, "\($0.shortened)" as HTML) }
        let languages = profile.languages.map { ($0, "\($0.shortened)" as HTML) }
        let duties = profile.responsibilities.map { duty -> (String, HTML) in
            (
                duty.what,
                "\(duty.what.shortened); \(Text.resultWord): \(duty.result.shortened); \(Text.whyWord): \(duty.why.shortened)"
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
            <h2>\(Text.offersWord)</h2>\(removable("offer", .offersWord, offers))
            \(visit.form("/profile/offer", """
                \(visit.field("topic", .topicWord, hint: .offerHint, isRequired: true))
                \(visit.select("level", .levelWord, levels, chosen: "average"))
                \(visit.submit(.addIt))
                """))
            <h2>\(Text.learnsWord)</h2>\(removable("learn", .learnsWord, learning))
            \(visit.form("/profile/learn", """
                \(visit.field("learn", .topicWord, isRequired: true))\(visit.submit(.addIt))
                """))
            <h2>\(Text.answersFor)</h2>\(removable("duty", .answersFor, duties))
            \(visit.form("/profile/duty", """
                \(visit.field("what", .dutyWhat, hint: .dutyHint, isRequired: true))
                \(visit.field("result", .resultWord))\(visit.field("why", .whyWord))
                \(visit.submit(.addIt))
                """))
            <h2>\(Text.languagesWord)</h2>\(removable("language", .languagesWord, languages))
            \(visit.form("/profile/language", """
                \(visit.field("language", .languageCode, hint: .languageHint, isRequired: true))
                \(visit.submit(.addIt))
                """))
            <h2>\(Text.stillTrue)</h2><p>\(Text.stillTrueMeans)</p>
            <div class="actions">\(visit.button("/profile/confirm", .allStillTrue, look: "first"))</div>
            """)
    }
}
