import Foundation
import Testing

@testable import WeCLI

/// Communities, invitations to react, work logs, questions of others and learning, as commands.
@Suite("Community commands", .serialized)
struct CommandsCommunityTests {
    /// Anna, whose laptop listens, and Bram, who joined her.
    private func team() async throws -> (
        anna: Laptop, bram: Laptop, listener: (process: Subprocess, address: String)
    ) {
        let (anna, bram) = (Laptop(), Laptop())
        try await anna.run("init", "--name", "Anna", "--team", "Noord")
        let code = try await anna.run("invite").text("code")
        let listener = try await anna.listen()
        try await bram.run(
            "join", listener.address, "--name", "Bram", "--code-file", "-", input: code)
        return (anna, bram, listener)
    }

    @Test("a community is made, joined, coached, listened to and left")
    func community() async throws {
        let (anna, bram, listener) = try await team()
        defer { for laptop in [anna, bram] { laptop.remove() } }
        defer { listener.process.stop() }
        #expect(try await anna.run("community").items("communities").isEmpty)
        let made = try await anna.run(
            "community", "add", "Databases", "-t", "sqlite", "--about", "All that stores")
        #expect(made.schema == "community")
        #expect(
            try await anna.run("community", "add", "databases", code: 1).errorCode == "exists")
        try await bram.run("sync", listener.address)
        try await bram.run("community", "join", "data")
        let refused = try await bram.run("community", "coach", "add", "Bram", code: 4)
        #expect(refused.errorCode == "not-allowed")
        try await bram.run("sync", listener.address)
        try await anna.run("community", "coach", "erbij", "Bram")
        try await bram.run("profile", "offer", "sqlite")
        try await bram.run("sync", listener.address)
        let shown = try await bram.run("community", "show", "Databases")
        let community = try #require(shown["community"] as? [String: Any])
        let people = try ["coaches", "members"].map { key in
            try #require(community[key] as? [[String: Any]]).map { $0["name"] as? String }
        }
        #expect(people == [["Bram"], ["Anna", "Bram"]])
        let profile = try await anna.say("show", "Bram", language: "nl")
        #expect(profile.output.contains("Coach van Databases"))
        try await anna.run(
            "ask", "Who moves a piano?", "-t", "sqlite", "--for", "Ria", "--heard", "--shadow",
            "--yes")
        try await anna.run("ask", "What waits?", "-t", "sqlite", "--yes")
        let heard = try await anna.run("community", "listen", "Databases")
        #expect(heard.items("heard").map { $0["for"] as? String } == ["Ria"])
        #expect(heard.items("needs").map { $0["title"] as? String } == ["What waits?"])
        #expect(heard.items("only_in_heads").map { $0["topic"] as? String } == ["sqlite"])
        let said = try await anna.say("community", "listen", language: "nl")
        #expect(said.output.contains("Buiten gehoord") && said.output.contains("sqlite"))
        #expect(said.output.contains("buiten gehoord van Ria door Anna"))
        #expect(said.error.contains("weonomy answer"))
        try await anna.run("community", "coach", "remove", "Bram", "--in", "Databases")
        try await anna.run("community", "edit", "Databases", "-t", "git")
        let left = try await anna.run("community", "leave", "Databases").items("communities")
        #expect(left.first?["is_member"] as? Bool == false)
        #expect(left.first?["topics"] as? [String] == ["git"])
        try await anna.run("community", "coach", "add", "Bram", code: 2)
        #expect(try await anna.run("community", "show", "x", code: 5).errorCode == "not-found")
    }

    @Test("errors and empty answers name one's coach")
    func coach() async throws {
        let (anna, bram, listener) = try await team()
        defer { for laptop in [anna, bram] { laptop.remove() } }
        defer { listener.process.stop() }
        #expect(try await !anna.say("show", "zzzz").error.contains("Bram"))
        try await anna.run("community", "add", "Databases")
        try await anna.run("community", "coach", "add", "Bram")
        for (words, language, asks) in [
            ("show", "en", "Ask Bram: your coach."), ("show", "nl", "Vraag het Bram, je coach."),
        ] {
            let said = try await anna.say(words, "zzzz", language: language)
            #expect(said.error.contains(asks), "\(said.error)")
        }
        #expect(try await anna.say("find", "zzzz").output.contains("Ask Bram"))
        #expect(try await anna.say("today").output.contains("Ask Bram"))
        #expect(try await !anna.say("share").error.contains("Ask Bram"), "typed wrong")
    }

    @Test("a share suggests who may react, and who is asked answers on Today")
    func inviting() async throws {
        let (anna, bram, listener) = try await team()
        defer { for laptop in [anna, bram] { laptop.remove() } }
        defer { listener.process.stop() }
        try await bram.run("profile", "offer", "sqlite", "--level", "expert")
        try await bram.run("sync", listener.address)
        let share = try await anna.run("share", "-t", "sqlite", "-m", "WAL over NFS")
        let suggested = share.items("suggested")
        #expect(suggested.map { ($0["person"] as? [String: Any])?["name"] as? String } == ["Bram"])
        #expect(suggested.first?["reasons"] as? [String] == ["offers sqlite (expert)"])
        let asked = try await anna.run("edit", share.text("short"), "--invite", "Bram")
        #expect(asked.items("invited").count == 1)
        let other = try await anna.run("share", "-m", "Another", "--invite", "Bram")
        #expect(other.items("invited").count == 1 && other.items("suggested").isEmpty)
        try await anna.run("share", "-m", "No", "--invite", "Nobody", code: 5)
        try await bram.run("sync", listener.address)
        let today = try await bram.run("today").items("asked_to_react")
        #expect(Set(today.map { $0["title"] as? String }) == ["WAL over NFS", "Another"])
        let said = try await bram.say("today", language: "nl")
        #expect(said.output.contains("Ze vragen wat je ervan vindt"))
        try await bram.run("react", share.text("short"), "used")
        try await bram.run("validate", other.text("short"))
        #expect(try await bram.run("today").items("asked_to_react").isEmpty)
        #expect(
            try await bram.run("edit", share.text("short"), "--invite", "Anna", code: 4).errorCode
                == "not-allowed")
    }

    @Test("a work log, a goal that is served, and what is left out")
    func log() async throws {
        let laptop = Laptop()
        defer { laptop.remove() }
        try await laptop.run("init", "--name", "Anna", "--team", "Noord")
        let goal =
            try await laptop.run(
                "brain", "goals", "--metric", "shares", "--min", "2"
            ).items("goals").first?["short"] as? String ?? ""
        let task = try await laptop.run(
            "share", "-t", "files", "-m", "Move the files", "--goal", goal
        ).text("short")
        try await laptop.run("share", "-m", "x", "--goal", task, code: 5)
        #expect(try await laptop.run("brain", "goals").items("goals").first?["shares"] as? Int == 1)
        try await laptop.run("share", "-k", "log", "--on", task, "-m", "Half moved")
        try await laptop.run("share", "-k", "logboek", "--on", task, "-m", "All moved\n\nAt last.")
        try await laptop.run("share", "-k", "log", "-m", "On nothing", code: 2)
        try await laptop.run("share", "-k", "howto", "--on", task, "-m", "x", code: 2)
        let log = try await laptop.run("show", task).items("log")
        #expect(log.map { $0["title"] as? String } == ["Half moved", "All moved"])
        let said = try await laptop.say("show", task, language: "nl")
        #expect(said.output.contains("Werklog") && said.output.contains("All moved: At last."))
        #expect(said.output.contains("Dient:"))
        let muted = try await laptop.run("config", "mute", "Pay roll")
        #expect(muted["muted_topics"] as? [String] == ["pay-roll"])
        #expect(try await laptop.run("config")["muted_topics"] as? [String] == ["pay-roll"])
        try await laptop.run("profile", "offer", "git")
        #expect(try await laptop.run("today").text("nudge") == "git")
        try await laptop.run("config", "later")
        #expect(try await laptop.run("today")["nudge"] is NSNull)
        let none = try await laptop.run("config", "unmute", "pay roll")
        #expect(none["muted_topics"] as? [String] == [])
    }

    @Test("the editor begins with prompts, and those left empty are not posted")
    func prompts() async throws {
        var laptop = Laptop()
        defer { laptop.remove() }
        try await laptop.run("init", "--name", "Anna", "--team", "Noord")
        // Writes below one heading, and leaves the title empty.
        let script = "sed -i 's/^## Wat ik deed$/&\\n\\nAlles verhuisd./' \"$1\"\n"
        let path = try laptop.write("edit.sh", Array(script.utf8))
        // Read by the shell: a file that some other child still holds open can't be run.
        laptop.editor = "/bin/sh \(path)"
        let share = try await laptop.run("share", "-t", "files", "--lang", "nl")
        #expect(share.text("title") == "Alles verhuisd.")
        #expect(share.text("body") == "## Wat ik deed\n\nAlles verhuisd.")
        let howto = try await laptop.run("share", "-k", "howto", "-t", "files", "--lang", "nl")
        #expect(howto.text("body") == "## Wat ik deed\n\nAlles verhuisd.")
        let asked = try await laptop.run("ask", "Hoe?", "--yes")["need"] as? [String: Any]
        let need = try #require(asked?["short"] as? String)
        let lesson = "sed -i 's/^## Probeer het zelf$/&\\n\\nProbeer./' \"$1\"\n"
        _ = try laptop.write("edit.sh", Array(lesson.utf8))
        let answer = try await laptop.run("answer", need, "--teach", "--lang", "nl")
        #expect(answer.text("body") == "## Probeer het zelf\n\nProbeer.")
        #expect(try await laptop.run("answer", need, "--can", "yes").text("short") == need)
        #expect(
            try await laptop.run("answer", need, "--can", "nee")["status"] as? String == "answered")
    }
}
