import Foundation
import Testing

@testable import WeCLI

/// People who hand a stick round, with the real program.
@Suite(.serialized, .enabled(if: Laptop.program != nil))
struct CarryCommandTests {
    @Test("a team that lives by a stick alone: invite, ask, take in, exchange, and who was seen")
    func byStickAlone() async throws {
        let (anna, bram) = (Laptop(), Laptop())
        defer { for laptop in [anna, bram] { laptop.remove() } }
        let stick = anna.files + "/usb"
        try FileManager.default.createDirectory(
            atPath: stick, withIntermediateDirectories: true)
        try await anna.run("init", "--name", "Anna", "--team", "Noord")
        let need = try await anna.run("ask", "Does WAL work over NFS?", "--yes")
        let code = try await anna.run("invite").text("code") + "\n"
        #expect(try await anna.run("carry", stick)["full"] as? Bool == true)
        let join = ["join", stick, "--name", "Bram", "--code-file", "-"]
        let asked = try await bram.run(
            join[0], stick, join[2], join[3], join[4], join[5], input: code)
        #expect(asked.text("state") == "asked")
        let admitting = try await anna.run("carry", stick)
        #expect(admitting.items("admitted").first?["name"] as? String == "Bram")
        let joined = try await bram.run(
            join[0], stick, join[2], join[3], join[4], join[5], input: code)
        #expect(joined.text("folder").hasSuffix("/noord"))
        let short = (need["need"] as? [String: Any])?["short"] as? String ?? ""
        try await bram.run("answer", short, "-m", "No.")
        let left = try await bram.run("carry", stick)
        #expect(left.items("left_for").first?["name"] as? String == "Anna")
        let dry = try await anna.run("carry", stick, "--dry-run")
        #expect((dry["would"] as? [String: Any])?["answers"] as? Int == 1)
        let taken = try await anna.run("carry", stick)
        #expect(taken.count("received") == dry.count("received"))
        #expect(try await anna.run("show", short).items("answers").count == 1)
        let peer = try await anna.run("status").items("peers").first
        #expect(peer?["by_stick"] as? Bool == true)
        #expect(try await anna.say("status").output.contains("stick"))
    }

    @Test("what a person reads, in both languages, and what is said where it can't be done")
    func words() async throws {
        let anna = Laptop()
        defer { anna.remove() }
        let stick = anna.files + "/usb"
        try FileManager.default.createDirectory(
            atPath: stick, withIntermediateDirectories: true)
        try await anna.run("init", "--name", "Anna", "--team", "Noord")
        let english = try await anna.say("carry", stick).output
        #expect(english.contains("Left all"))
        #expect(english.contains("Nothing else on the stick was touched."))
        let dutch = try await anna.say("carry", stick, "--dry-run", language: "nl").output
        #expect(dutch.contains("Er is nergens iets geschreven."))
        #expect(try await anna.run("carry", code: 2).errorCode == "needs-argument")
        #expect(try await anna.run("carry", stick + "/none", code: 1).errorCode == "file")
        #expect(try await Laptop().run("carry", stick, code: 10).errorCode == "no-replica")
        let stranger = Laptop()
        defer { stranger.remove() }
        let nothing = try await stranger.run(
            "join", stick + "/", "--name", "X", "--code-file", "-",
            input: "we0c1g-60r30c-1g60r3-0c1g60-r30evx-q3w2a3-cv7kjk-fsfg\n", code: 5)
        #expect(nothing.errorCode == "not-found")
        #expect((try? FileManager.default.contentsOfDirectory(atPath: stranger.home)) ?? [] == [])
    }

    @Test("a bundle that was cut is taken in as far as it goes: exit 3, and the next one is whole")
    func cut() async throws {
        let (anna, bram) = (Laptop(), Laptop())
        defer { for laptop in [anna, bram] { laptop.remove() } }
        try await anna.run("init", "--name", "Anna", "--team", "Noord")
        let door = try await anna.listen()
        let code = try await anna.run("invite").text("code")
        try await bram.run(
            "join", door.address, "--name", "Bram", "--code-file", "-", input: code + "\n")
        door.process.stop()
        _ = await door.process.ended()
        let stick = anna.files + "/usb"
        try FileManager.default.createDirectory(
            atPath: stick, withIntermediateDirectories: true)
        try await bram.run("carry", stick)
        try await anna.run("share", "-m", "Worth carrying")
        try await anna.run("carry", stick)
        let folder = stick + "/Weonomy"
        let team = try #require(FileManager.default.contentsOfDirectory(atPath: folder).first)
        let bundles = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(team)")
            .filter { $0.hasSuffix(".bundle") }.map { "\(folder)/\(team)/\($0)" }
        for path in bundles {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
            try bytes.dropLast(30).write(to: URL(fileURLWithPath: path))
        }
        let partly = try await bram.run("carry", stick, code: 3)
        #expect(partly.items("problems").first?["code"] as? String == "tail-lost")
        try await anna.run("carry", stick)
        try await bram.run("carry", stick)
        #expect(
            try await bram.run("status").text("digest") == anna.run("status").text("digest"))
    }
}
