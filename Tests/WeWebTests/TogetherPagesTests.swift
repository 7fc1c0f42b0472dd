import Testing

@testable import WeWeb
@testable import Weonomy

/// Communities, invitations to react, work logs and learning, as pages and forms.
@Suite("Pages for working together")
struct TogetherPagesTests {
    private static func desk() throws -> Desk {
        Desk(try Brain.found(nil, as: "Anna <i>de</i> Vries", team: "Team \"Noord\""))
    }

    @Test("a community is begun, joined, left, changed and coached by forms")
    func community() async throws {
        let team = try await Desk.team()
        let (anna, bram) = (team[0], team[1])
        #expect(try await anna.get("/communities").html.contains("There are no communities yet."))
        #expect(await anna.post("/communities", ["name": " "]).html.contains("Give it a name."))
        let made = await anna.post(
            "/communities",
            ["name": "Data <b>bases</b>", "topics": "SQLite, git", "about": "All *that* stores."])
        let path = try #require(made.location)
        #expect(made.status == 303 && path.hasPrefix("/community/"))
        #expect(await anna.post("/communities", ["name": "data <b>bases</b>"]).status == 422)
        try await Desk.meet(anna, bram)
        #expect(await bram.post(path + "/join", [:]).location == path)
        let refused = await bram.post(path + "/coach", ["person": "\(bram.brain.me.id)"])
        #expect(refused.status == 403)
        try await Desk.meet(anna, bram)
        _ = await anna.post(path + "/coach", ["person": "\(bram.brain.me.id)"])
        for language in ["en", "nl"] {
            let page = try await anna.get(path, language: language).html
            #expect(page.contains("Data &lt;b&gt;bases&lt;/b&gt;") && !page.contains("<b>bases"))
            #expect(page.contains("<em>that</em>") && page.contains("Coach: <a href=\"/p/"))
        }
        #expect(try await anna.get("/people").html.contains("Coach: <a href=\"\(path)\">"))
        #expect(
            try await anna.get("/p/\(bram.brain.me.id)").html.contains(
                "Coach: <a href=\"\(path)\">"))
        _ = await anna.post(path + "/edit", ["topics": "sqlite", "about": "All."])
        #expect(try await anna.brain.communities().first?.topics == ["sqlite"])
        _ = await anna.post(path + "/coach", ["person": "\(bram.brain.me.id)", "remove": "1"])
        #expect(try await anna.brain.communities().first?.coaches.isEmpty == true)
        _ = await anna.post(path + "/leave", [:])
        #expect(try await anna.brain.communities(of: nil).isEmpty)
        #expect(await anna.post(path + "/nonsense", [:]).status == 404)
        #expect(try await anna.get("/community/zzzz").status == 404)
    }

    @Test("errors and empty pages name one's coach, and nobody where there is none")
    func coach() async throws {
        let team = try await Desk.team()
        let (anna, bram) = (team[0], team[1])
        let pages = ["/search?q=nothing+at+all", "/brain", "/", "/nowhere", "/s/zzzz"]
        for page in pages {
            #expect(try await !anna.get(page).html.contains("your coach"), "\(page)")
        }
        let made = try await anna.brain.addCommunity("Databases")
        try await anna.brain.setCoach(bram.brain.me.id, true, in: made.id)
        for page in pages {
            let html = try await anna.get(page).html
            #expect(html.contains("Ask <strong>Bram</strong>: your coach."), "\(page)")
            #expect(
                try await anna.get(page, language: "nl").html
                    .contains("Vraag het <strong>Bram</strong>, je coach."), "\(page)")
        }
        #expect(
            try await anna.get("/settings").html.contains("Bram") == false,
            "a page with something on it does not")
    }

    @Test("listening shows what waits, what was heard and what is only in a head, with what to do")
    func listening() async throws {
        let desk = try Self.desk()
        try await desk.brain.profile.offer("sqlite", level: .expert)
        let made = try await desk.brain.addCommunity("Databases", topics: ["sqlite"])
        let path = "/community/\(made.shortID)"
        let need = try await desk.brain.ask("How to move it?", topics: ["sqlite"])
        let asked = await desk.post(
            "/ask",
            [
                "title": "Who has a piano?", "topics": "sqlite", "for": "Ria", "heard": "1",
                "shadow": "1", "sure": "1",
            ])
        let heard = try #require(asked.location)
        let page = try await desk.get(path).html
        #expect(page.contains("/s/\(need.shortID)#answer") && page.contains("\(heard)#answer"))
        #expect(page.contains("Heard outside") && page.contains("Only in a head"))
        #expect(page.contains("/new?kind=experience&amp;prompts=1&amp;topics=sqlite"))
        let item = try await desk.get(heard).html
        #expect(item.contains("heard outside from Ria by Anna"))
        #expect(item.contains("wants to look over your shoulder"))
        let dutch = try await desk.get(heard, language: "nl").html
        #expect(dutch.contains("buiten gehoord van Ria door Anna"))
        #expect(try await desk.get(path, language: "nl").html.contains("Waar is behoefte aan?"))
        #expect(
            try await desk.get("/ask?heard=1").html.contains("name=\"heard\" value=\"1\" checked"))
    }

    @Test("colleagues are asked from the item's page, and answer on Today with one button")
    func inviting() async throws {
        let team = try await Desk.team()
        let (anna, bram) = (team[0], team[1])
        try await bram.brain.profile.offer("sqlite", level: .expert)
        try await Desk.meet(anna, bram)
        let item = try await anna.brain.share(.insight, title: "WAL & NFS", topics: ["sqlite"])
        let path = "/s/\(item.shortID)"
        let before = try await anna.get(path).html
        #expect(before.contains("name=\"person\" value=\"\(bram.brain.me.id)\"> Bram"))
        #expect(before.contains("offers sqlite"))
        let done = await anna.post(path + "/invite", ["person": "\(bram.brain.me.id)"])
        #expect(done.location == path + "#invite")
        #expect(try await anna.get(path).html.contains("until"))
        try await Desk.meet(anna, bram)
        let today = try await bram.get("/").html
        #expect(today.contains("Anna asks what you think of it"))
        for reaction in ["thanks", "used", "unclear"] {
            #expect(today.contains("name=\"reaction\" value=\"\(reaction)\""))
        }
        #expect(
            try await bram.get("/", language: "nl").html.contains("Anna vraagt wat je ervan vindt"))
        #expect(try await !bram.get(path).html.contains("id=\"invite\""))
        #expect(await bram.post(path + "/invite", ["person": "\(anna.brain.me.id)"]).status == 403)
        _ = await bram.post(path + "/react", ["reaction": "used", "to": "/"])
        #expect(try await !bram.get("/").html.contains("asks what you think of it"))
    }

    @Test("a work log grows on the item's page")
    func log() async throws {
        let desk = try Self.desk()
        let item = try await desk.brain.share(.howto, title: "Move the files")
        let path = "/s/\(item.shortID)"
        #expect(try await desk.get(path).html.contains("<details id=\"log\">"))
        let done = await desk.post(
            path + "/log", ["entry": "Half <b>moved</b>.\r\n\r\nThe rest *later*."])
        #expect(done.location == path + "#log")
        _ = await desk.post(path + "/log", ["entry": "All moved."])
        _ = await desk.post(path + "/log", ["entry": "  "])
        let page = try await desk.get(path, language: "nl").html
        let first = try #require(page.firstRange(of: "Half &lt;b&gt;moved&lt;/b&gt;."))
        let last = try #require(page.firstRange(of: "All moved."))
        #expect(first.lowerBound < last.lowerBound && page.contains("<em>later</em>"))
        #expect(page.contains(">Werklog</h2>"))
        let log = try await desk.brain.log(of: item.id)
        #expect(log.count == 2)
        #expect(try await desk.get("/s/\(log[0].shortID)").html.contains("Work log of"))
    }

    @Test("each kind begins with its own prompts; those left empty are not posted")
    func prompts() async throws {
        let desk = try Self.desk()
        let experience = try await desk.get("/new?kind=experience&prompts=1").html
        #expect(experience.contains("## What happened") && experience.contains("## Next time"))
        let howto = try await desk.get("/new?kind=howto&prompts=1", language: "nl").html
        #expect(howto.contains("## Het doel") && howto.contains("value=\"howto\" checked"))
        #expect(try await !desk.get("/new?kind=status&prompts=1").html.contains("## "))
        let goal = try await desk.brain.addGoal(.shares, min: 2)
        #expect(try await desk.get("/new").html.contains("<option value=\"\(goal.shortID)\">"))
        let body = "## How it was\r\n\r\nBusy.\r\n\r\n## What I did\r\n\r\n\r\n## Next time\r\n\r\n"
        let done = await desk.post(
            "/new",
            [
                "kind": "experience", "title": "Moved", "body": body, "goal": goal.shortID,
                "topics": "files",
            ])
        let item = try #require(try await desk.brain.find("Moved").items.first)
        #expect(item.body == "## How it was\n\nBusy." && item.goal == goal.id)
        let page = try await desk.get(done.location ?? "").html
        #expect(page.contains("href=\"/brain#goals\"") && page.contains("<h2>How it was</h2>"))
        let counted = try await desk.get("/brain").html
        #expect(counted.contains("goal%3A\(goal.shortID)") && counted.contains("1 share"))
    }

    @Test("a nudge is put off; what was taught is asked after; what is left out is listed")
    func today() async throws {
        let clock = MovedClock()
        let brain = try Brain.found(nil, as: "Anna", team: "Noord", now: clock.read)
        let desk = Desk(brain)
        try await brain.profile.offer("sqlite", level: .expert)
        #expect(try await desk.get("/").html.contains("action=\"/nudge\""))
        #expect(await desk.post("/nudge", [:]).location == "/")
        #expect(try await !desk.get("/").html.contains("action=\"/nudge\""))
        let need = try await brain.ask("How?", topics: ["git"])
        _ = try await brain.answer(need.id, "So.", isLesson: true)
        try await brain.settle(need.id, as: .resolved)
        clock.pass(days: 15)
        #expect(try await desk.get("/").html.contains("Can you do it yourself now?"))
        #expect(try await desk.get("/", language: "nl").html.contains("Kun je het nu zelf?"))
        let path = "/s/\(need.shortID)/recall"
        _ = await desk.post(path, ["can": "yes", "offer": "1", "to": "/"])
        #expect(try await !desk.get("/").html.contains("Can you do it yourself now?"))
        let offers = try await brain.profile(of: nil).offers
        #expect(offers.contains(Offer(topic: "git", level: .beginner)))
        #expect(offers.contains(Offer(topic: "sqlite", level: .expert)))
        #expect(await desk.post("/settings/mute", ["what": "Git"]).location == "/settings#muted")
        #expect(try await desk.get("/settings").html.contains("name=\"what\" value=\"git\""))
        _ = await desk.post("/settings/unmute", ["what": "git"])
        #expect(await brain.settings().mutedTopics.isEmpty)
        #expect(await desk.post("/settings/mute", ["what": " "]).status == 404)
    }

    @Test("a wall screen shows communities and has no forms that write")
    func readOnly() async throws {
        let desk = try Self.desk()
        let made = try await desk.brain.addCommunity("Databases", topics: ["sqlite"])
        let item = try await desk.brain.share(.howto, title: "T", topics: ["sqlite"])
        try await desk.brain.addLog(to: item.id, "Begun.")
        for page in [
            "/communities", "/community/\(made.shortID)", "/s/\(item.shortID)", "/settings",
        ] {
            let html = try await desk.get(page, isReadOnly: true).html
            #expect(!html.contains("method=\"post\"") || page == "/settings", "\(page)")
        }
    }
}
