import Foundation
import Testing

@testable import WeCLI

@Suite struct CommandsTextTests {
    @Test("two edit one how-to apart, one in an editor; both find their words and whose they are")
    func apart() async throws {
        var (anna, bram) = (Laptop(), Laptop())
        defer {
            anna.remove()
            bram.remove()
        }
        try await anna.run("init", "--name", "Anna", "--team", "Noord")
        let code = try await anna.run("invite").text("code")
        let id = try await anna.run(
            "share", "-k", "how-to", "--title", "Backups", "-m", "Stop it.\nCopy all.\nStart it."
        ).text("short")
        var door = try await anna.listen()
        try await bram.run("join", door.address, "--name", "Bram", "--code-file", "-", input: code)
        door.process.stop()
        _ = await door.process.ended()
        try await anna.run("edit", id, "-m", "Stop it and tell Dewi.\nCopy all.\nStart it.")
        bram.editor = "sed -i -e s/all/everything/ -e '$aCheck one file.'"
        try await bram.run("edit", id)
        bram.editor = "true"
        let unchanged = try await bram.run("show", id, "--history").items("history").count
        try await bram.run("edit", id)
        #expect(try await bram.run("show", id, "--history").items("history").count == unchanged)
        bram.editor = nil
        door = try await anna.listen()
        try await bram.run("sync", door.address)
        door.process.stop()
        _ = await door.process.ended()

        let shown = try await anna.run("show", id, "--blame", "--versions")
        let merged = "Stop it and tell Dewi.\nCopy everything.\nStart it.\nCheck one file."
        #expect((shown["item"] as? [String: Any])?["body"] as? String == merged)
        let blame = shown.items("blame")
        #expect(blame.compactMap { $0["text"] as? String }.joined() == merged)
        let writers = blame.compactMap { ($0["by"] as? [String: Any])?["name"] as? String }
        #expect(Set(writers) == ["Anna", "Bram"])
        let page = try await bram.say("show", id, "--blame", language: "nl")
        #expect(page.output.contains("Wie wat schreef"))
        #expect(page.output.contains("Bram  Check one file."))
        let digests = try await [anna.run("status"), bram.run("status")].map { $0.text("digest") }
        #expect(digests[0] == digests[1])
    }
}
