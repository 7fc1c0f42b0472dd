import Foundation
import Testing

@testable import WeCLI

/// What goes wrong has a name, a reason, a hint and an exit code; and nothing is lost.
@Suite(.serialized, .enabled(if: Laptop.program != nil))
struct CommandsFailureTests {
    @Test("no brain here: 10, and how to begin")
    func noReplica() async throws {
        let laptop = Laptop()
        defer { laptop.remove() }
        for words in [["status"], ["find", "x"], ["today"], ["invite"], ["doctor"]] {
            let answer = try await laptop.run(words[0], words.count > 1 ? words[1] : "-v", code: 10)
            #expect(answer.errorCode == "no-replica")
        }
        let said = try await laptop.say("status", language: "nl")
        #expect(said.code == 10)
        #expect(said.error.contains("nog geen brein op deze laptop"))
        #expect(said.error.contains("weonomy init"))
        #expect(!FileManager.default.fileExists(atPath: laptop.home))
    }

    @Test("ids that nobody has, or several")
    func ids() async throws {
        let laptop = Laptop()
        defer { laptop.remove() }
        try await laptop.run("init", "--name", "Anna")
        #expect(try await laptop.run("edit", "zzzz", "-m", "x", code: 5).errorCode == "no-such-id")
        #expect(try await laptop.run("show", "zzzz", code: 5).errorCode == "not-found")
        for number in 0..<300 {
            _ = try laptop.write("notes/\(number).md", Array("# Note \(number)\n".utf8))
        }
        try await laptop.run("import", laptop.files + "/notes")
        let ids = try await laptop.run("find", "is:share", "-n", "300").list
            .compactMap { $0["short"] as? String }
        let beginnings = Dictionary(grouping: ids) { String($0.prefix(2)) }
        let several = try #require(beginnings.first { $0.value.count > 1 }?.key)
        let answer = try await laptop.run("edit", several, "-m", "x", code: 5)
        #expect(answer.errorCode == "ambiguous-id")
    }

    @Test("a wrong code and another team are not let in: 4")
    func strangers() async throws {
        let (anna, eve, new) = (Laptop(), Laptop(), Laptop())
        defer { for laptop in [anna, eve, new] { laptop.remove() } }
        try await anna.run("init", "--name", "Anna")
        try await eve.run("init", "--name", "Eve")
        let door = try await anna.listen()
        let foreign = try await eve.run("invite").text("code")
        let join = ["join", door.address, "--name", "Mallory", "--code-file", "-"]
        for code in [foreign, "we1-nonsense", ""] {
            let refused = try await new.run(
                join[0], join[1], join[2], join[3], join[4], join[5], input: code, code: 4)
            #expect(!refused.errorCode.isEmpty)
        }
        #expect(try await eve.run("sync", door.address, code: 4).errorCode == "not-trusted")
        let both = try await eve.run("sync", "--listen", door.address, code: 2)
        #expect(both.errorCode == "too-many-arguments")
        let one = try await eve.run("sync", "--probe", door.address, code: 2)
        #expect(one.errorCode == "probe-for-all")
        // Somebody who talks nonsense does not get in the way of a colleague.
        let port = door.address.split(separator: ":").last ?? ""
        let script = "exec 3<>/dev/tcp/127.0.0.1/\(port); head -c 4000 /dev/urandom >&3; cat <&3"
        let garbage = try #require(
            Subprocess(["/bin/bash", "-c", script], environment: ["PATH": "/usr/bin:/bin"]))
        _ = await garbage.ended()
        let good = try await anna.run("invite").text("code")
        try await new.run(join[0], join[1], join[2], join[3], join[4], join[5], input: good)
        door.process.stop()
        #expect(await door.process.ended().code == 0)
        let nobody = try await new.run("sync", door.address, code: 1)
        #expect(nobody.errorCode == "network")
    }

    @Test("a folder that may not be written", .enabled(if: getuid() != 0))
    func readOnly() async throws {
        let laptop = Laptop()
        defer { laptop.remove() }
        let folder = try await laptop.run("init", "--name", "Anna").text("folder")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder)
            .filter { $0.hasPrefix("brain") }.map { folder + "/" + $0 }
        // Files that are there can be written whatever the folder says.
        for file in files { chmod(file, 0o400) }
        chmod(folder, 0o500)
        defer { chmod(folder, 0o700) }
        try await laptop.run("status")
        let answer = try await laptop.run("share", "-m", "x", code: 1)
        #expect(answer.errorCode == "read-only")
    }

    @Test("a brain of a newer version is left alone")
    func newer() async throws {
        let laptop = Laptop()
        defer { laptop.remove() }
        let folder = try await laptop.run("init", "--name", "Anna").text("folder")
        let script =
            "import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); "
            + "c.execute('PRAGMA user_version=9999'); c.commit()"
        let words = ["/usr/bin/env", "python3", "-c", script, folder + "/brain.sqlite"]
        let python = try #require(
            Subprocess(words, environment: ProcessInfo.processInfo.environment))
        guard await python.ended().code == 0 else { return }
        #expect(try await laptop.run("status", code: 1).errorCode == "newer-version")
    }

    @Test("what a colleague writes can't steer the terminal")
    func escapes() async throws {
        let laptop = Laptop()
        defer { laptop.remove() }
        try await laptop.run("init", "--name", "Anna\u{1B}[31m")
        let id = try await laptop.run("share", "-m", "Red \u{1B}[2J title\n\n\u{1B}]0;x\u{07}text")
            .text("short")
        for words in [["find", "title"], ["show", id], ["today", "-v"], ["brain", "-v"]] {
            let answer = try await laptop.say(words[0], words[1])
            #expect(!answer.output.contains("\u{1B}"), "\(words)")
            #expect(!answer.error.contains("\u{1B}"), "\(words)")
        }
    }
}
