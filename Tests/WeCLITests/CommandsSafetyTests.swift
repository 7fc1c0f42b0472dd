import Foundation
import Testing

@testable import WeCLI

/// Act firmly and fairly, with the real program on several laptops (proof 7).
@Suite(.serialized, .enabled(if: Laptop.program != nil))
struct CommandsSafetyTests {
    @Test("address, repeat, exclude by two, adopt, restore")
    func proof() async throws {
        let crew = try await Crew(["Anna", "Bram", "Chris"], "--second-moderator")
        defer { crew.remove() }
        let (anna, chris) = (crew[0], crew[2])
        try await anna.run("team", "promote", "Bram")
        let spam = try await chris.run("share", "-m", "Buy now").text("short")
        try await crew.syncAll()
        try await flagAndAddress(crew, spam)
        try await chris.run("share", "-m", "Buy more")
        try await chris.run("sync", crew.address)
        try await one(crew)
        let early = try await chris.run("share", "-m", "Before I knew").text("short")
        try await two(crew)
        // What lies inside the cut stays on all laptops; what came later is nobody else's.
        #expect(try await anna.run("show", spam).text("x").isEmpty)
        #expect(try await anna.run("show", early, code: 5).errorCode == "not-found")
        try await anna.run("safety", "restore", "Chris")
        try await chris.run("sync", crew.address)
        let apart = try await anna.run("safety", "adopt", "Chris", "--dry-run")
        #expect(apart.items("items").map { $0["title"] as? String } == ["Before I knew"])
        #expect(apart.count("adopted") == 0)
        #expect(try await anna.run("show", early, code: 5).errorCode == "not-found")
        #expect(try await anna.run("safety", "adopt", "Chris", "--in", early).count("adopted") == 1)
        try await anna.run("show", early)
        try await chris.run("share", "-m", "Back in")
        try await crew.syncAll()
        #expect(try await crew.digests().count == 1)
    }

    private func flagAndAddress(_ crew: Crew, _ spam: String) async throws {
        let (anna, bram, chris) = (crew[0], crew[1], crew[2])
        try await bram.run("safety", "flag", spam, code: 2)
        try await bram.run("safety", "flag", spam, "--reason", "advertising")
        try await bram.run("sync", crew.address)
        #expect(notices(try await anna.run("status"))["flagged"] as? Int == 1)
        #expect(try await anna.run("show", spam).items("flags").count == 1)
        #expect(try await chris.run("safety", "flags").items("items").isEmpty)
        let early = ["safety", "exclude", "Chris", "--reason", "spam", "--confirm", "Chris"]
        let refused = try await anna.run(
            early[0], early[1], early[2], early[3], early[4], early[5], early[6], code: 4)
        #expect(refused.errorCode == "not-allowed")
        try await anna.run("safety", "address", "Chris", "--text", "Please stop", "--about", spam)
        try await chris.run("sync", crew.address)
        let today = try await chris.run("today")
        #expect((notices(today)["addressed"] as? [Any])?.count == 1)
        let told = try await chris.say("status")
        #expect(told.output.contains("Anna addressed you") && told.output.contains("Please stop"))
        #expect(try await !chris.say("today").output.contains("addressed you"))
        let dutch = try await chris.say("safety", language: "nl")
        #expect(dutch.output.contains("Anna sprak Chris aan: Please stop"))
    }

    private func one(_ crew: Crew) async throws {
        let anna = crew[0]
        let bare = try await anna.run(
            "safety", "exclude", "Chris", "--reason", "again", code: 2)
        #expect(bare.errorCode == "needs-confirm")
        let wrong = try await anna.run(
            "safety", "exclude", "Chris", "--reason", "again", "--confirm", "Bram", code: 2)
        #expect(wrong.errorCode == "not-confirmed")
        let alone = try await anna.run(
            "safety", "exclude", "Chris", "--reason", "again", "--confirm", "Chris", code: 3)
        #expect(alone["effective"] as? Bool == false)
        #expect(try await anna.run("team").items("members").count == 3)
        try await crew[2].run("sync", crew.address)
    }

    private func two(_ crew: Crew) async throws {
        let (anna, bram, chris) = (crew[0], crew[1], crew[2])
        try await bram.run("sync", crew.address)
        #expect((notices(try await bram.run("status"))["proposals"] as? [Any])?.count == 1)
        let both = try await bram.run(
            "safety", "exclude", "Chris", "--reason", "agreed", "--confirm", "chris")
        #expect(both["effective"] as? Bool == true)
        try await bram.run("sync", crew.address)
        for _ in 0..<2 {
            #expect(try await chris.run("sync", crew.address, code: 4).errorCode == "excluded")
        }
        let english = try await chris.say("sync", crew.address)
        #expect(english.code == 4)
        #expect(english.error.contains("Anna and Bram put you out of Team Anna: agreed."))
        let dutch = try await chris.say("sync", crew.address, language: "nl")
        #expect(dutch.error.contains("Anna en Bram hebben je uit Team Anna gezet: agreed."))
        #expect(try await chris.run("sync", "--listen", code: 4).errorCode == "excluded")
        #expect(try await chris.run("share", "-m", "Hello?", code: 4).errorCode == "excluded")
        #expect(try await chris.run("find", "buy").list.count == 2)
        let status = notices(try await chris.run("status"))["put_out"] as? [String: Any]
        #expect(status?["kind"] as? String == "exclude")
        let log = try await anna.run("safety").items("decisions")
        #expect(log.count { $0["kind"] as? String == "exclude" } == 2)
        #expect(log.allSatisfy { $0["effective"] as? Bool == true })
    }

    private func notices(_ answer: Laptop.Answer) -> [String: Any] {
        answer["notices"] as? [String: Any] ?? [:]
    }

    @Test("what an exclusion would do is said first, with who falls besides")
    func dryRun() async throws {
        let crew = try await Crew(["Anna", "Bram"])
        defer { crew.remove() }
        let said = try await crew[0].run(
            "safety", "exclude", "Bram", "--reason", "x", "--severe", "--since", "2020",
            "--dry-run")
        #expect(said["done"] as? Bool == false && said["effective"] as? Bool == true)
        #expect(try await crew[0].run("team").items("members").count == 2)
        let text = try await crew[0].say(
            "safety", "exclude", "Bram", "--reason", "x", "--severe", "--since", "2020-02",
            "--dry-run", language: "nl")
        #expect(text.output.contains("1 februari 2020"))
    }

    @Test("a code of conduct is shown to who joins")
    func conduct() async throws {
        let anna = Laptop()
        defer { anna.remove() }
        let file = try anna.write("conduct.md", Array("Be kind.\n".utf8))
        try await anna.run("init", "--name", "Anna", "--conduct", file)
        #expect(try await anna.run("team").text("conduct") == "Be kind.\n")
        let long = try anna.write("long.md", [UInt8](repeating: 0x61, count: 20_000))
        let other = Laptop()
        defer { other.remove() }
        #expect(
            try await other.run("init", "--name", "Bram", "--conduct", long, code: 1).errorCode
                == "invalid")
        let door = try await anna.listen()
        let code = try await anna.run("invite").text("code")
        let joined = try await other.run(
            "join", door.address, "--name", "Bram", "--code-file", "-", input: code)
        #expect(joined.text("conduct") == "Be kind.")
        door.process.stop()
        _ = await door.process.ended()
    }
}

/// Laptops of one team; the first listens.
struct Crew {
    private let laptops: [Laptop]
    private let door: (process: Subprocess, address: String)

    init(_ names: [String], _ options: String...) async throws {
        laptops = names.map { _ in Laptop() }
        _ = try await laptops[0].started(["init", "--name", names[0]] + options)
        door = try await laptops[0].listen()
        let code = try await laptops[0].run("invite", "--uses", "50").text("code")
        for (laptop, name) in zip(laptops, names).dropFirst() {
            try await laptop.run(
                "join", door.address, "--name", name, "--code-file", "-", input: code)
        }
        try await syncAll()
    }

    subscript(index: Int) -> Laptop { laptops[index] }
    var address: String { door.address }

    /// Everyone meets the first, twice.
    func syncAll() async throws {
        for _ in 0..<2 {
            for laptop in laptops.dropFirst() { try await laptop.run("sync", address) }
        }
    }

    func digests() async throws -> Set<String> {
        var digests: Set<String> = []
        for laptop in laptops { digests.insert(try await laptop.run("status").text("digest")) }
        return digests
    }

    func remove() {
        door.process.stop(true)
        for laptop in laptops { laptop.remove() }
    }
}

extension Laptop {
    fileprivate func started(_ words: [String]) async throws -> Answer {
        let answer = Answer(try await start(words + ["--json"]).ended())
        #expect(answer.code == 0, "\(words): \(answer.output)\(answer.error)")
        return answer
    }
}
