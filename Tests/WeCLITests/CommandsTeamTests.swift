import Foundation
import Testing
import Weonomy

@testable import WeCLI

/// Devices, recovery, leaving, invitations, erasure and clocks, with the real program.
@Suite(.serialized, .enabled(if: Laptop.program != nil))
struct CommandsTeamTests {
    @Test("a further laptop comes by a code, and is taken away again")
    func devices() async throws {
        let crew = try await Crew(["Anna", "Bram"])
        let second = Laptop()
        defer {
            crew.remove()
            second.remove()
        }
        let bram = crew[1]
        let waiting = try bram.start(
            ["device", "add", "--host", "127.0.0.1", "--port", "0", "--json=lines"])
        let first = try await line(of: waiting)
        #expect(try Schema.faults(in: first, schema: "pairing") == [])
        let door = try JSONSerialization.jsonObject(with: Data(first.utf8)) as? [String: Any]
        let data = try #require(door?["data"] as? [String: Any])
        let code = try #require(data["code"] as? String)
        let joined = try await second.run(
            "join", try #require(data["address"] as? String), "--name", "Bram's desktop",
            "--code-file", "-", input: code)
        #expect(joined["device"] as? Bool == true)
        #expect((joined["me"] as? [String: Any])?["name"] as? String == "Bram")
        let ending = Laptop.Answer(await waiting.ended())
        #expect(ending.code == 0 && ending.items("devices").count == 2)
        let id =
            ending.items("devices").compactMap { device in
                device["this_laptop"] as? Bool == false ? device["id"] as? String : nil
            }.first ?? ""
        try await second.run("share", "-m", "From the desktop")
        try await second.run("sync", crew.address)
        try await bram.run("sync", crew.address)
        let own =
            try await bram.run("device").items("devices")
            .first { $0["this_laptop"] as? Bool == true }?["id"] as? String ?? ""
        #expect(
            try await second.run("device", "revoke", own, "--confirm", "x", code: 2).errorCode
                == "not-confirmed")
        #expect(try await bram.run("device", "revoke", own, code: 1).errorCode == "invalid")
        try await bram.run("device", "revoke", id, code: 2)
        try await bram.run(
            "device", "revoke", String(id.prefix(8)), "--confirm", "Bram's desktop")
        try await bram.run("sync", crew.address)
        #expect(try await second.run("sync", crew.address, code: 4).errorCode == "excluded")
        let dutch = try await second.say("status", language: "nl")
        #expect(dutch.output.contains("Bram heeft deze laptop uit Team Anna gehaald."))
        #expect(try await second.run("find", "desktop").list.count == 1)
        #expect(try await crew[0].run("find", "desktop").list.count == 1)
    }

    private func line(of process: Subprocess) async throws -> String {
        for await line in process.lines { return line }
        throw Laptop.Missing()
    }

    @Test("a printed key replaces the founder; typed, it is not shown")
    func recovery() async throws {
        let crew = try await Crew(["Anna", "Bram"])
        defer { crew.remove() }
        let (anna, bram) = (crew[0], crew[1])
        #expect(try await anna.run("team", "recovery")["recovery"] is NSNull)
        #expect(try await bram.run("team", "recovery", "--keys", "1", code: 4).code == 4)
        let keys = try await anna.run("team", "recovery", "--keys", "1", "--agree", "1")["keys"]
        let key = try #require((keys as? [String])?.first)
        try await bram.run("sync", crew.address)
        try await bram.run("team", "recover", "--founder", "Bram", "--replace", code: 2)
        let wrong = try await bram.run(
            "team", "recover", "--founder", "Bram", "--key-file", "-", input: "wr-nonsense",
            code: 4)
        #expect(wrong.errorCode == "not-trusted")
        let screen = RecordedScreen(terminals: [.input, .output, .error], secrets: [key])
        let code = await Program.run(
            ["team", "recover", "--founder", "Bram", "--replace", "--home", bram.home],
            environment: [:], screen: screen)
        #expect(code == .ok)
        #expect(!screen.output.contains(key) && !screen.error.contains(key))
        #expect(screen.output.contains("Bram is founder now"))
        let team = try await bram.run("team")
        #expect(team.items("members").map { $0["role"] as? String } == ["founder"])
        let door = try await bram.listen()
        #expect(try await anna.run("sync", door.address, code: 4).errorCode == "excluded")
        door.process.stop()
        _ = await door.process.ended()
    }

    @Test("few people with one key are told that it is the only rescue")
    func onlyRescue() async throws {
        let laptop = Laptop()
        defer { laptop.remove() }
        try await laptop.run("init", "--name", "Anna")
        let said = try await laptop.say("team", "recovery", "--keys", "1")
        #expect(said.output.contains("the only rescue") && said.output.contains("kept nowhere"))
        let dutch = try await laptop.say(
            "team", "recovery", "--keys", "1", "--key-file", "-",
            input: said.output.split(separator: "\n")[1].trimmed, language: "nl")
        #expect(dutch.code == 0 && dutch.output.contains("enige redding"))
    }

    @Test("leaving: once told, the others know; the laptop goes on reading")
    func leave() async throws {
        let crew = try await Crew(["Anna", "Bram"])
        defer { crew.remove() }
        let (anna, bram) = (crew[0], crew[1])
        try await bram.run("share", "-m", "Stays here")
        let warned = try await bram.say("team", "leave")
        #expect(warned.code == 2 && warned.error.contains("sync first"))
        try await bram.run("sync", crew.address)
        #expect(try await anna.run("team", "leave", "--confirm", "Team Anna", code: 4).code == 4)
        try await bram.run("team", "leave", "--confirm", "Team Anna")
        try await bram.run("sync", crew.address)
        #expect(try await anna.run("team").items("former").count == 1)
        #expect(try await anna.run("find", "stays").list.count == 1)
        #expect(try await bram.run("find", "stays").list.count == 1)
        #expect(try await bram.run("sync", crew.address, code: 4).errorCode == "excluded")
        #expect(try await bram.run("share", "-m", "x", code: 4).errorCode == "excluded")
    }

    @Test("invitations are listed and closed")
    func invitations() async throws {
        let crew = try await Crew(["Anna"])
        let eve = Laptop()
        defer {
            crew.remove()
            eve.remove()
        }
        let anna = crew[0]
        let made = try await anna.run("invite", "--for", "Eve", "--expires", "2099-05")
        #expect(made.text("expires") == "2099-05-31T23:59:59.999Z")
        let open = try await anna.run("invite", "--list").items("open")
        #expect(open.map { $0["note"] as? String } == ["", "Eve"])
        let id = try #require(open.last?["id"] as? String)
        try await anna.run("invite", "--close", String(id.prefix(8)))
        #expect(try await anna.run("invite", "--list").items("open").count == 1)
        try await eve.run(
            "join", crew.address, "--name", "Eve", "--code-file", "-", input: made.text("code"),
            code: 4)
        #expect(try await anna.run("invite", "--close", id, code: 5).errorCode == "not-found")
        #expect(try await anna.run("invite", "--expires", "2020", code: 1).errorCode == "invalid")
    }

    @Test("what was erased is gone, and each laptop says so")
    func erase() async throws {
        let crew = try await Crew(["Anna", "Bram", "Chris"])
        defer { crew.remove() }
        let (anna, bram, chris) = (crew[0], crew[1], crew[2])
        let id = try await bram.run("share", "-m", "The password\n\nis hunter2").text("short")
        try await crew.syncAll()
        #expect(try await chris.run("erase", id, "--confirm", "The password", code: 4).code == 4)
        #expect(try await bram.run("erase", id, code: 2).errorCode == "needs-confirm")
        #expect(try await bram.run("show", id, "--erased", code: 5).errorCode == "not-found")
        try await bram.run("erase", id, "--confirm", "the password")
        try await bram.run("sync", crew.address)
        try await waitForReceipt(bram, id, crew, count: 2)
        #expect(try await chris.run("show", id).schema == "show")
        #expect(try await anna.run("show", id).schema == "erase")
        let said = try await anna.say("show", id, "--erased", language: "nl")
        #expect(said.output.contains("houdt zijn kopie"))
        try await chris.run("sync", crew.address)
        try await chris.run("sync", crew.address)
        try await waitForReceipt(bram, id, crew, count: 3)
        for laptop in [anna, bram, chris] {
            let files = try #require(
                FileManager.default.enumerator(atPath: laptop.home)?.allObjects as? [String])
            for file in files {
                let bytes = FileManager.default.contents(atPath: laptop.home + "/" + file) ?? Data()
                #expect(bytes.firstRange(of: Data("hunter2".utf8)) == nil, "\(file)")
            }
        }
    }

    /// Who listens says what it erased once a second.
    private func waitForReceipt(
        _ laptop: Laptop, _ id: String, _ crew: Crew, count: Int
    ) async throws {
        for _ in 0..<100 {
            try await laptop.run("sync", crew.address)
            let receipts = try await laptop.run("show", id, "--erased").items("receipts")
            if receipts.count(where: { $0["erased"] as? Bool == true }) == count { return }
        }
        Issue.record("no receipt")
    }

    @Test("a colleague's clock ten years ahead is named wherever its times are shown")
    func clock() async throws {
        let crew = try await Crew(["Anna", "Bram"])
        defer { crew.remove() }
        let folder = crew[1].home + "/team-anna"
        let bram = try await Brain.open(
            Brain.Storage(
                replica: folder + "/brain.sqlite", key: folder + "/identity.key",
                secrets: folder + "/team.secrets"),
            now: { Instant(milliseconds: Brain.systemClock().milliseconds + 3_653 * 86_400_000) })
        let item = try await bram.share(.insight, title: "From the future")
        await bram.close()
        try await crew[1].run("sync", crew.address)
        let anna = crew[0]
        for words in [["status"], ["today"], ["find", "future"], ["show", item.shortID]] {
            let said = try await anna.say(words[0], words.count > 1 ? words[1] : "-v")
            #expect(said.output.contains("Bram's clock runs 10 years ahead"), "\(words)")
            let dutch = try await anna.say(
                words[0], words.count > 1 ? words[1] : "-v", language: "nl")
            #expect(dutch.output.contains("De klok van Bram loopt 10 jaar voor"), "\(words)")
        }
        let clocks = (try await anna.run("status")["notices"] as? [String: Any])?["clocks"]
        #expect((clocks as? [[String: Any]])?.count == 1)
        // Bram's own laptop, set right again, finds that it wrote in its own future.
        let own = try await crew[1].say("status")
        #expect(own.output.contains("This laptop's clock runs 10 years behind"))
    }

    @Test("a name that looks like a colleague's is told, with what tells them apart")
    func lookAlike() async throws {
        let crew = try await Crew(["Anna", "\u{410}nna", "Bram"])
        defer { crew.remove() }
        let answer = try await crew[0].run("team")
        let alike = try #require((answer["look_alikes"] as? [[[String: Any]]])?.first)
        let ids = alike.compactMap { $0["id"] as? String }
        #expect(ids.count == 2)
        for language in ["en", "nl"] {
            let page = try await crew[2].say("team", language: language).output
            for id in ids { #expect(page.contains("(\(id.prefix(8)))"), "\(language)") }
        }
    }
}
