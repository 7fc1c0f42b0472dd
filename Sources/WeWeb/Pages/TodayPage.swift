import Weonomy

/// `/`: what waits, what is new, and what the team knows.
enum TodayPage {
    /// What is shown of each list; the rest is one step away.
    private static let countMax = 4
    private static let sharesMax = 8
    private static let asksMe = "is:asks-me"
    private static let forMe = "is:for-me"
    private static let waiting = "is:mine is:open"
    private static let conflicts = "is:conflict"
    private static let shares = "is:share -is:status -is:mine"
    private static let statuses = "is:status -is:mine"

    static func show(_ visit: Visit) async throws -> PageContent {
        let brain = visit.brain
        let today = try await brain.today()
        let profile = try await brain.profile(of: nil)
        let topics = try await brain.figures().topics
        func count(_ shown: [Item], _ query: String) async throws -> Int {
            shown.count <= countMax ? shown.count : try await brain.count(query)
        }
        let answerCount = try await count(today.answers, forMe)
        let askedCount = try await count(today.invitations, asksMe)
        var main: HTML = """
            <h1>\(greeting(visit))</h1>
            <p class="lead">\(Text.todayInShort(helpable: today.canHelp.count, answers: answerCount, asked: askedCount))</p>
            """
        if visit.mayWrite {
            main += """
                <div class="actions"><a class="button" href="/new">\(Text.shareSomething)</a>\
                <a class="button" href="/ask">\(Text.askSomething)</a></div>
                """
        }
        main += try await notices(visit)
        if topics.isEmpty { main += firstDay(visit) + (await visit.askCoach()) }
        if let need = today.lessonToRecall { main += recall(need, visit) }
        if !today.invitations.isEmpty {
            main += visit.list(
                .asksYouTitle, today.invitations.prefix(countMax).map { asked($0, visit) },
                of: askedCount, at: Place.search(asksMe), empty: "", id: "asked")
        }
        main += "<div class=\"columns\">"
        main += visit.list(
            .youCanHelp, today.canHelp.map { help($0, visit) }, empty: nobodyAsks(profile),
            id: "help")
        let open = today.openNeeds.filter { $0.status == .open }
        let rest = [
            (answerCount, forMe, Text.answersWord),
            (try await count(today.conflicts, conflicts), conflicts, .competingVersions),
            (try await count(open, waiting), waiting, .openNeedsWord),
        ]
        main += visit.list(
            .forYou,
            today.answers.prefix(countMax).map { answered($0, visit) }
                + today.conflicts.prefix(countMax).map { visit.card($0) }
                + open.prefix(countMax).map { visit.card($0) },
            of: rest.reduce(0) { $0 + $1.0 },
            links: HTML(
                rest.filter { $0.0 > countMax }.map { visit.more(Place.search($0.1), $0.0, $0.2) }),
            empty: "\(Text.nothingForYou) <a href=\"/ask\">\(Text.askSomething)</a>.", id: "mine")
        main += "</div>"
        main += visit.list(
            .newShares,
            today.shares.prefix(sharesMax).map { visit.card($0, actions: thanks($0, visit)) },
            links: today.shares.isEmpty
                ? "" : "<p><a href=\"\(Place.search(shares))\">\(Text.moreOfIt)</a></p>",
            empty: "\(Text.nothingNew) <a href=\"/new\">\(Text.shareSomething)</a>.", id: "new")
        main += statuses(today, visit)
        if let topic = today.nudge, visit.mayWrite {
            main += nudge(topic, topics.first { $0.topic == topic }, visit)
        }
        main += gaps(profile, visit)
        if !topics.isEmpty {
            main += """
                <section aria-labelledby="brain"><h2 id="brain">\(Text.ourBrain)</h2>
                \(BrainPage.table(BrainPage.mostUrgent(topics), visit))
                <p><a href="/brain">\(Text.allTopics(topics.count))</a></p></section>
                """
        }
        return PageContent(Text("Today", "Vandaag"), in: .today, main)
    }

    private static func greeting(_ visit: Visit) -> Text {
        let clock = visit.voice.clock(visit.voice.now)
        let hour = Int(clock.prefix(2)) ?? 12
        let name = String(visit.me.name.prefix { $0 != " " })
        switch hour {
        case 5..<12: return Text("Good morning, \(name)", "Goedemorgen, \(name)")
        case 12..<18: return Text("Good afternoon, \(name)", "Goedemiddag, \(name)")
        default: return Text("Good evening, \(name)", "Goedenavond, \(name)")
        }
    }

    /// What must not be missed: put out, addressed, clocks, flags.
    static func notices(_ visit: Visit) async throws -> HTML {
        var html = HTML()
        if let verdict = try await visit.brain.verdict() {
            html += visit.notice(
                "\(Text.putOut(verdict, visit.brain.teamName)) \(Text.putOutMeans)", "bad")
        }
        let addresses = try await visit.brain.addresses()
        for address in addresses.suffix(noticesMax) {
            html += visit.notice(
                "\(Text.addressedYou(address)) <a href=\"/safety\">\(Text.safety)</a>", "warn")
        }
        if addresses.count > noticesMax {
            html += visit.more("/safety#log", addresses.count, .openLogTitle)
        }
        let clocks = try await visit.brain.clocks()
        for clock in clocks.prefix(noticesMax) {
            html += visit.notice("\(Text.clock(clock))", "warn")
        }
        if clocks.count > noticesMax {
            html += "<p>\(Text.andMore(clocks.count - noticesMax))</p>"
        }
        if visit.brain.mayGovern {
            let flagged = try await visit.brain.flagged()
            if !flagged.isEmpty {
                html += visit.notice(
                    "<a href=\"/safety#flags\">\(Text.flagCount(flagged.count))</a>", "warn")
            }
        }
        return html
    }

    /// Notices of one kind.
    private static let noticesMax = 3

    private static func firstDay(_ visit: Visit) -> HTML {
        """
        <section aria-labelledby="begin"><h2 id="begin">\(Text.beginHere3)</h2>
        <ul class="cards">
        <li class="card"><h3><a href="/profile">\(Text.beginProfile)</a></h3><p class="meta">\(Text.beginProfileWhy)</p></li>
        <li class="card"><h3><a href="/new">\(Text.beginShare)</a></h3><p class="meta">\(Text.beginShareWhy)</p></li>
        <li class="card"><h3><a href="/sync">\(Text.beginInvite)</a></h3><p class="meta">\(Text.beginInviteWhy)</p></li>
        <li class="card"><h3>\(Text.beginImport)</h3><p class="meta">\(Text.beginImportWhy) <code>\(Text.importFolder)</code></p></li>
        </ul></section>
        """
    }

    private static func nobodyAsks(_ profile: Profile) -> HTML {
        profile.offers.isEmpty
            ? "\(Text.sayWhatYouOffer) <a href=\"/profile\">\(Text.myProfile)</a>."
            : "\(Text.nobodyAsksYou)"
    }

    private static func help(_ match: Match, _ visit: Visit) -> HTML {
        let item = Place.item(match.need)
        let actions: HTML =
            visit.mayWrite
            ? """
            <a class="button first" href="\(item)#answer">\(Text.answerIt)\
            <span class="hidden"> \(match.need.title.shortened)</span></a>\
            <a class="button" href="\(item)?lesson=1#answer">\(Text.showThemHow)\
            <span class="hidden"> \(match.need.title.shortened)</span></a>
            """ : ""
        return """
            <li class="card"><h3>\(visit.link(match.need))</h3>
            <p class="meta">\(visit.link(match.need.author)) · \(when: match.need.created) · \
            <strong>\(Text.whyYou)</strong> \(Text.yourReason(match.reasons))</p>
            <div class="actions">\(actions)</div></li>
            """
    }

    private static func answered(_ answer: Item, _ visit: Visit) -> HTML {
        guard let need = answer.about else { return visit.card(answer) }
        let path = Place.item(need, visit.brain)
        let actions: HTML =
            visit.mayWrite
            ? """
            \(visit.button("\(path)/settle", .thisHelped, ["status": "resolved", "to": "/"], look: "first", about: answer.title))\
            <a class="button" href="\(path)">\(Text.notSolvedYet)<span class="hidden"> \(answer.title.shortened)</span></a>
            """ : ""
        return """
            <li class="card"><h3><a href="\(Place.answer(answer, to: path))"\(visit.language(answer))>\(answer.title.shortened)</a></h3>
            <p class="meta">\(Text.answeredYou(answer.writer)) · \(when: answer.created) \(visit.badges(answer))</p>
            <div class="actions">\(actions)</div></li>
            """
    }

    private static func thanks(_ item: Item, _ visit: Visit) -> HTML {
        guard visit.mayWrite else { return "" }
        let isThanked = item.reactions[.thanks]?.contains { $0.id == visit.me.id } ?? false
        return isThanked
            ? ""
            : visit.button(
                "\(Place.item(item))/react", Text.reaction(.thanks),
                ["reaction": Reaction.thanks.rawValue, "to": "/"], about: item.title)
    }

    /// Status has a lane of its own, folded: it is not knowledge.
    private static func statuses(_ today: Today, _ visit: Visit) -> HTML {
        guard !today.statuses.isEmpty else { return "" }
        return """
            <details><summary>\(Text.busyWith)</summary>
            \(visit.cards(Array(today.statuses.prefix(countMax))))
            <p><a href="\(Place.search(statuses))">\(Text.moreOfIt)</a></p></details>
            """
    }

    /// What is obvious to one is not to another: what somebody can help with, and nobody wrote down.
    private static func nudge(
        _ name: String, _ topic: BrainFigures.Topic?, _ visit: Visit
    ) -> HTML {
        let asked: HTML =
            topic.map { $0.openNeedCount == 0 ? "" : " \(Text.nudgeAsked($0.openNeedCount))" } ?? ""
        let heading =
            topic.map(\.isOnlyInHeads) ?? true ? Text.onlyInYourHead(name) : .notYetFromYou(name)
        return """
            <section class="notice" aria-labelledby="nudge"><h2 id="nudge">\(heading)</h2>
            <p>\(Text.nudgeMeans)\(asked)</p>
            <div class="actions"><a class="button" href="/new?prompts=1&amp;topics=\(Percent.segment(name))">\(Text.writeItDown)</a>\
            \(visit.button("/nudge", .notThisWeek))</div></section>
            """
    }

    /// A colleague asks for a word on something: three of them are one button away.
    private static func asked(_ item: Item, _ visit: Visit) -> HTML {
        let acts = [Reaction.thanks, .used, .unclear].map { reaction -> HTML in
            visit.button(
                "\(Place.item(item))/react", Text.reaction(reaction),
                ["reaction": reaction.rawValue, "to": "/"], about: item.title)
        }
        return """
            <li class="card"><h3>\(visit.link(item))</h3>
            <p class="meta">\(Text.asksYou(item.author.name)) · \(when: item.created)\(visit.topics(item.topics.prefix(4)))</p>
            <div class="actions">\(visit.mayWrite ? HTML(acts) : "")</div></li>
            """
    }

    /// What was taught is asked after once: who can't do it yet asks again.
    private static func recall(_ need: Item, _ visit: Visit) -> HTML {
        let path = Place.item(need) + "/recall"
        var acts = HTML()
        if visit.mayWrite {
            acts += visit.button(path, .yesICan, ["can": "yes", "to": "/"], look: "first")
            if let topic = need.topics.first {
                acts += visit.button(
                    path, .yesAndOffer(topic), ["can": "yes", "offer": "1", "to": "/"])
            }
            acts += visit.button(path, .notYet, ["can": "no", "to": Place.item(need)])
        }
        return """
            <section class="notice" aria-labelledby="recall"><h2 id="recall">\(Text.canYouNow)</h2>
            <p>\(Text.lessonHelped) \(visit.link(need))</p><div class="actions">\(acts)</div></section>
            """
    }

    private static func gaps(_ profile: Profile, _ visit: Visit) -> HTML {
        guard !profile.gaps.isEmpty else { return "" }
        let missing = profile.gaps.map { gap -> HTML in "<li>\(Text.gap(gap))</li>" }
        return """
            <section aria-labelledby="gaps"><h2 id="gaps">\(Text.profileInOrder)</h2>
            <p>\(Text.profileLacks)</p><ul>\(missing)</ul>
            <p><a class="button" href="/profile">\(Text.fillItIn)</a></p></section>
            """
    }
}
