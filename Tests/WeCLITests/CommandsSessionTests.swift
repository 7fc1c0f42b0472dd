import Foundation
import Testing

@testable import WeCLI

/// Two people, two laptops and the real program: what README promises, command by command.
@Suite(.serialized, .enabled(if: Laptop.program != nil))
struct CommandsSessionTests {
    @Test("from an empty folder to one brain on three laptops")
    func session() async throws {
        let (anna, bram, chris) = (Laptop(), Laptop(), Laptop())
        defer { for laptop in [anna, bram, chris] { laptop.remove() } }
        try await begin(anna)
        let share = try await fill(anna)
        let door = try await anna.listen()
        try await join(bram, anna, at: door.address)
        try await talk(anna, bram, about: share, at: door.address)
        door.process.stop()
        let ending = await door.process.ended()
        #expect(ending.code == 0)
        for line in String(decoding: ending.output, as: UTF8.self).split(separator: "\n") {
            let answer = Laptop.Answer(
                Subprocess.Ending(code: 0, output: Array(line.utf8), error: []))
            #expect(try Schema.faults(in: String(line), schema: answer.schema) == [])
        }
        try await carry(anna, to: chris)
    }

    private func begin(_ anna: Laptop) async throws {
        let made = try await anna.run("init", "--name", "Anna de Vries", "--team", "Team Noord")
        let mode = try FileManager.default.attributesOfItem(atPath: made.text("folder"))
        #expect(mode[.posixPermissions] as? Int == 0o700)
        #expect(
            try await anna.run("init", "--name", "Anna", "--team", "Team Noord", code: 1)
                .errorCode == "exists")
        try await anna.run("profile", "role", "Developer")
        try await anna.run("profile", "learn", "elixir")
        try await anna.run("profile", "language", "nl")
        try await anna.run("profile", "contact", "room 2")
        try await anna.run(
            "profile", "responsibility", "Backups", "--result", "tested monthly", "--why",
            "nothing is lost")
        let profile = try await anna.run("profile", "offer", "sqlite", "--level", "deskundige")
        #expect(profile["gaps"] as? [String] == [])
        try await anna.run("profile", "check")
        #expect(try await anna.run("profile").text("role") == "Developer")
    }

    private func fill(_ anna: Laptop) async throws -> String {
        let file = try anna.write("team.md", Array("# Backups\n\nUse VACUUM INTO.\n".utf8))
        let attached = try await anna.run(
            "share", "-k", "howto", "-t", "sqlite", file, "--attach", file)
        #expect(attached.text("title") == "Backups")
        #expect(attached.items("files").first?["name"] as? String == "team.md")
        let share = try await anna.run(
            "share", "-k", "ervaring", "-t", "sqlite", "-m",
            "WAL does not work over NFS\n\nWe lost a day.")
        #expect(share.text("body") == "We lost a day.")
        let id = share.text("short")
        let edited = try await anna.run("edit", id, "--title", "WAL never works over NFS")
        #expect(edited.text("title") == "WAL never works over NFS")
        for (name, text) in [("notes/git/rebase.md", "# Rebase daily\n"), ("notes/x.md", "Hi\n")] {
            _ = try anna.write(name, Array(text.utf8))
        }
        _ = try anna.write("notes/git/broken.md", [0x23, 0x20, 0xFF, 0xFE])
        let folder = anna.files + "/notes"
        #expect(try await anna.run("import", folder, "--dry-run", code: 3).count("added") == 2)
        let taken = try await anna.run("import", folder, "--author", "Josh", code: 3)
        #expect(taken.count("added") == 2)
        #expect(taken.items("skipped").count == 1)
        #expect(try await anna.run("import", folder, code: 3).count("unchanged") == 2)
        #expect(try await anna.run("find", "rebase").list.first?["byline"] as? String == "Josh")
        #expect(try await anna.run("find", "by:anna", "-is:howto", "nfs").list.count == 1)
        let topic = try await anna.run("show", "git")
        #expect((topic["topic"] as? [String: Any])?["bus_factor"] as? Int == 1)
        #expect(try await anna.run("show", "Anna").items("items").count >= 2)
        #expect(try await anna.run("show", id, "--history").items("history").count == 2)
        try await anna.run("brain")
        return id
    }

    private func join(_ bram: Laptop, _ anna: Laptop, at address: String) async throws {
        let code = try await anna.run("invite", "--for", "for Bram").text("code")
        #expect(code.hasPrefix("we"))
        let joined = try await bram.run(
            "join", address, "--name", "Bram", "--code-file", "-", input: code + "\n")
        #expect(joined.text("folder").hasSuffix("/team-noord"))
        #expect(joined.text("digest") == (try await anna.run("status").text("digest")))
        #expect(try FileManager.default.contentsOfDirectory(atPath: bram.home) == ["team-noord"])
    }

    private func talk(
        _ anna: Laptop, _ bram: Laptop, about share: String, at address: String
    ) async throws {
        let shown = try await bram.run("ask", "Does WAL work over NFS?", "-t", "sqlite", code: 3)
        #expect(shown["need"] is NSNull)
        #expect(!shown.items("similar").isEmpty)
        let asked = try await bram.run(
            "ask", "Does WAL work over NFS?", "-t", "sqlite", "--yes", "--tried", "NFS 4")
        let need = (asked["need"] as? [String: Any])?["short"] as? String ?? ""
        let match = asked.items("matches").first
        #expect((match?["person"] as? [String: Any])?["name"] as? String == "Anna de Vries")
        try await bram.run("sync", address)
        #expect(try await anna.run("today").items("can_help").count == 1)
        let answer = try await anna.run("answer", need, "-m", "No: see the docs.", "--teach")
        #expect(answer["lesson"] as? Bool == true)
        #expect(try await anna.run("answer", need, "-m", "x", "--resolve", code: 4).code == 4)
        try await bram.run("sync", address)
        #expect(try await bram.run("today").items("for_me").count == 1)
        #expect(try await bram.run("show", need).items("answers").count == 1)
        try await bram.run("react", share, "gebruikt")
        let valid = try await bram.run("validate", share, "--until", "2099-05", "--note", "tried")
        #expect(valid.text("validated") == "yes")
        #expect(try await anna.run("validate", share, code: 4).errorCode == "not-allowed")
        let mine = try await bram.run("share", "-m", "Oops").text("short")
        try await bram.run("retract", mine, code: 2)
        #expect(try await bram.run("retract", mine, "--yes")["retracted"] as? Bool == true)
        let synced = try await bram.run("sync", address)
        let here = try await anna.run("status", "--check")
        #expect(here.text("digest") == synced.text("digest"))
        // Who listens writes down within a second whom it met.
        var state = here.items("peers").first?["state"] as? String
        for _ in 0..<100 where state != "same" {
            try await Task.sleep(for: .milliseconds(50))
            state = try await anna.run("status").items("peers").first?["state"] as? String
        }
        #expect(state == "same")
        #expect(try await anna.run("edit", share, "-m", "A week.").text("validated") == "changed")
    }

    private func carry(_ anna: Laptop, to chris: Laptop) async throws {
        let vault = try await anna.run("export", "--to", anna.files + "/vault")
        #expect(vault.count("items") >= 5)
        let file = anna.files + "/brain.jsonl"
        let written = try await anna.run("export", "--to", file)
        #expect(written.text("format") == "jsonl")
        let poured = try await anna.say("export", "--to", "-")
        #expect(poured.output == (try String(contentsOfFile: file, encoding: .utf8)))
        let doctor = try await anna.run("doctor", "--rebuild")
        #expect(doctor["rebuilt"] as? Bool == true)
        #expect(doctor.text("digest") == written.text("digest"))
        let read = try await chris.run("import", file)
        #expect(read.text("digest") == written.text("digest"))
        #expect(try await chris.run("share", "-m", "x", code: 4).errorCode == "not-allowed")
        let ids = try await anna.run("__complete", "profile", "show", "Ann")
        #expect(ids["candidates"] as? [String] == ["Anna de Vries"])
    }
}
