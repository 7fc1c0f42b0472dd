import Foundation
import Testing

@testable import WeCLI

@Suite(.enabled(if: Laptop.program != nil)) struct CommandsFilesTests {
    @Test("a file goes with a share, is chosen, fetched, read, saved, checked and let go of")
    func files() async throws {
        let (anna, bram) = (Laptop(), Laptop())
        defer { for laptop in [anna, bram] { laptop.remove() } }
        try await anna.run("init", "--name", "Anna", "--team", "Noord")
        let code = try await anna.run("invite").text("code")
        let text = try anna.write("notes.txt", Array("One.\nTwo.\n".utf8))
        let binary = try anna.write("data.bin", [UInt8](repeating: 0xFF, count: 70_000))
        let share = try await anna.run(
            "share", "--title", "Both", "-m", "Read me", "-a", text, "-a", binary, "--licence",
            "CC-BY-4.0")
        let id = share.text("short")
        #expect(share.items("files").compactMap { $0["licence"] as? String }.count == 2)
        try await anna.run("share", "--title", "T", "-m", "x", "--licence", "CC0", code: 2)
        #expect(
            try await anna.run("files").items("files").map { $0["state"] as? String } == [
                "here", "here",
            ])

        let door = try await anna.listen()
        try await bram.run("join", door.address, "--name", "Bram", "--code-file", "-", input: code)
        #expect(
            try await bram.run("files").items("files").map { $0["state"] as? String } == [
                "here", "here",
            ])
        try await bram.run("files", "free", id)
        try await bram.run("files", "policy", "geopend")
        try await bram.run("files", "policy", "some", code: 2)
        #expect(try await bram.run("files", "policy").text("policy") == "opened")
        let notHere = try await bram.run("show", id, "--file", "2", "--to", bram.home, code: 5)
        #expect(notHere.errorCode == "not-found")
        try await bram.run("show", id, "--file", "other", "--to", bram.home, code: 5)
        try await bram.run("files", "get", id, "data")
        let status = try await bram.run("status")["files"] as? [String: Any]
        #expect(status?["wanted"] as? Int ?? 0 >= 1)
        try await bram.run("files", "keep", id)
        try await bram.run("sync", door.address)
        door.process.stop()
        _ = await door.process.ended()

        let listed = try await bram.run("files").items("files")
        #expect(listed.map { $0["state"] as? String } == ["here", "here"])
        #expect(listed.allSatisfy { $0["pinned"] as? Bool == true })
        let shown = try await bram.say("show", id, "--file", "NOTES.txt")
        #expect(shown.output == "One.\nTwo.\n" && shown.error.isEmpty)
        try await bram.run("show", id, "--file", "notes.txt", code: 2)
        try await bram.run("show", id, "--to", "x", code: 2)
        let saved = try await bram.run("show", id, "--file", "data.bin", "--to", bram.home)
        #expect(
            FileManager.default.contents(atPath: saved.text("path"))
                == Data(repeating: 0xFF, count: 70_000))
        let twice = try await bram.run(
            "show", id, "--file", "data.bin", "--to", bram.home, code: 1)
        #expect(twice.errorCode == "exists")

        let again = try await bram.run("share", "-k", "insight", "--reuses", id, "-m", "Mine")
        #expect(again.text("reuses") == share.text("id"))
        #expect(again.items("files").count == 2)
        let reused = try await bram.run("show", id)
        #expect(
            reused.items("used_again").map { $0["short"] as? String } == [
                again.text("short")
            ])
        #expect(reused.items("files").count == 2)
        let page = try await bram.say("show", id, language: "nl")
        #expect(page.output.contains("Opnieuw gebruikt in") && page.output.contains("notes.txt"))

        #expect(try await bram.run("files", "check").count("checked") == 2)
        let doctor = try await bram.run("doctor")["files"] as? [String: Any]
        #expect(doctor?["checked"] as? Int == 2)
        let more = try bram.write("more.txt", [0x41])
        let edited = try await bram.run("edit", again.text("short"), "--attach", more)
        #expect(edited.items("files").count == 3)
        try await bram.run("files", "free", again.text("short"), "more.txt", code: 4)
        try await bram.run("files", "free", again.text("short"), "more.txt", "--last")
        #expect(try await bram.say("files").output.contains("more.txt"))
    }

    @Test("a terminal gets plain text only, and hears how to save the rest")
    func terminal() async throws {
        let home = NSTemporaryDirectory() + "weonomy-terminal-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: home) }
        try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
        func tell(_ words: String...) async -> (code: ExitCode, output: String, error: String) {
            let screen = RecordedScreen(terminals: [.output])
            let code = await Program.run(
                words + ["--home", home, "--no-input"], environment: [:], screen: screen)
            return (code, screen.output, screen.error)
        }
        _ = await tell("init", "--name", "Anna", "--team", "Noord")
        let contents: [(String, [UInt8], Bool)] = [
            ("plain.txt", Array("Zó is het\n".utf8), true),
            ("escape.txt", Array("a\u{1B}[2J".utf8), false),
            ("turned.txt", Array("a\u{202E}b".utf8), false), ("binary.bin", [0xFF, 0x00], false),
        ]
        for (name, bytes, _) in contents {
            let path = home + "/" + name
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            _ = await tell("share", "--title", name, "-m", "x", "--attach", path)
        }
        for (name, bytes, isShown) in contents {
            let found = await tell("find", "\"\(name)\"", "--json").output
            let short = try #require(found.firstMatch(of: /"short":"([^"]+)"/)?.1)
            let shown = await tell("show", String(short), "--file", name)
            #expect(shown.output == (isShown ? String(decoding: bytes, as: UTF8.self) : ""))
            #expect(shown.code == (isShown ? .ok : .failure))
            #expect(isShown || shown.error.contains("--to FOLDER"))
        }
    }
}
