import Foundation
import Testing
import Weonomy

@testable import WeCLI

/// A laptop's key through the real program: passphrase, backup, and a bad day.
@Suite("Keys through the commands", .serialized, .enabled(if: Laptop.program != nil))
struct CommandsKeyTests {
    private static let own = "correct horse battery"
    private static let backups = "a stick in a drawer"

    /// A file with a passphrase that nobody else may read.
    private func keep(_ passphrase: String, _ name: String, of laptop: Laptop) throws -> String {
        let path = try laptop.write(name, Array((passphrase + "\n").utf8))
        chmod(path, 0o600)
        return path
    }

    @Test("a lost laptop: the backup and one sync bring everything back")
    func lostLaptop() async throws {
        let (anna, bram, fresh) = (Laptop(), Laptop(), Laptop())
        defer { for laptop in [anna, bram, fresh] { laptop.remove() } }
        try await anna.run("init", "--name", "Anna", "--team", "Team Noord")
        let share = try await anna.run("share", "-m", "Before the bad day").text("short")
        let door = try await anna.listen()
        let code = try await anna.run("invite").text("code")
        try await bram.run("join", door.address, "--name", "Bram", "--code-file", "-", input: code)
        try await bram.run("share", "-m", "From Bram")
        try await bram.run("sync", door.address)
        door.process.stop()
        _ = await door.process.ended()

        let passphrase = try keep(Self.backups, "pass", of: anna)
        let file = anna.files + "/anna.key"
        let device = try await anna.run("key").text("device")
        let made = try await anna.run("key", "backup", file, "--new-passphrase-file", passphrase)
        #expect(made.text("device") == device && made.text("file") == file)
        #expect(
            try await anna.run("key", "backup", file, "--new-passphrase-file", passphrase, code: 1)
                .errorCode == "exists")
        let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions]
        #expect(mode as? Int == 0o600)
        #expect(
            try await anna.run("key", "restore", file, "--passphrase-file", passphrase, code: 1)
                .errorCode == "exists", "keys are here already")

        // The laptop is gone; its file is not.
        try FileManager.default.removeItem(atPath: anna.home)
        let back = try await fresh.run("key", "restore", file, "--passphrase-file", passphrase)
        #expect(back.text("device") == device && back.text("team") == "Team Noord")
        #expect(back.text("folder").hasSuffix("/team-noord"))
        for words in [["status"], ["find", "x"], ["share", "-m"], ["profile", "show"]] {
            let answer = try await fresh.run(
                words[0], words.count > 1 ? words[1] : "-v", words == ["share", "-m"] ? "x" : "-v",
                code: 10)
            #expect(answer.errorCode == "not-synced", "\(words)")
        }
        try await fresh.run("doctor")
        let other = try await bram.listen()
        let synced = try await fresh.run("sync", other.address)
        #expect(synced.text("digest") == (try await bram.run("status").text("digest")))
        let here = try await fresh.run("status")
        #expect((here["me"] as? [String: Any])?["name"] as? String == "Anna")
        #expect(try await fresh.run("find", "bad").list.first?["short"] as? String == share)

        // She is herself: what she writes counts, and is heard.
        try await fresh.run("edit", share, "-m", "After the bad day")
        try await fresh.run("share", "-m", "Still Anna")
        try await fresh.run("sync", other.address)
        other.process.stop()
        _ = await other.process.ended()
        let heard = try await bram.run("find", "still").list
        #expect((heard.first?["author"] as? [String: Any])?["name"] as? String == "Anna")
        let digests = try await [fresh, bram].asyncMap { try await $0.run("status").text("digest") }
        #expect(digests[0] == digests[1])
        try await fresh.run("doctor", "--rebuild")
        // Whoever lets others in can do so again.
        #expect(try await fresh.run("invite").text("code").hasPrefix("we"))
    }

    @Test("a sealed key opens with its passphrase, in every command, and not without")
    func sealed() async throws {
        let laptop = Laptop()
        defer { laptop.remove() }
        let folder = try await laptop.run("init", "--name", "Anna").text("folder")
        let first = try keep(Self.own, "first", of: laptop)
        let second = try keep(Self.backups, "second", of: laptop)
        let key = folder + "/identity.key"
        let plain = try Data(contentsOf: URL(filePath: key))
        let shown = try await laptop.run("key")
        #expect(shown["sealed"] as? Bool == false && shown.text("mode") == "600")
        #expect(shown.text("path") == key)
        let set = try await laptop.run("key", "passphrase", "--new-passphrase-file", first)
        #expect(set["sealed"] as? Bool == true && set.text("device") == shown.text("device"))
        let sealed = try Data(contentsOf: URL(filePath: key))
        #expect(sealed.range(of: plain.prefix(16)) == nil)
        #expect(sealed.range(of: plain.suffix(16)) == nil)
        for words in [["status"], ["today"], ["doctor"], ["brain"], ["invite"]] {
            let refused = try await laptop.run(words[0], code: 2)
            #expect(refused.errorCode == "needs-passphrase", "\(words)")
        }
        #expect(try await laptop.run("key")["sealed"] as? Bool == true)
        try await laptop.run("status", "--passphrase-file", first)
        try await laptop.run("share", "-m", "x", "--passphrase-file", "-", input: Self.own)
        let wrong = try await laptop.run("status", "--passphrase-file", second, code: 4)
        #expect(wrong.errorCode == "wrong-passphrase")
        // Changed, with the old one asked for first; then taken off.
        #expect(
            try await laptop.run(
                "key", "passphrase", "--passphrase-file", second, "--new-passphrase-file", second,
                code: 4
            ).errorCode == "wrong-passphrase")
        try await laptop.run(
            "key", "passphrase", "--passphrase-file", first, "--new-passphrase-file", second)
        try await laptop.run("status", "--passphrase-file", second)
        let bare = try await laptop.run(
            "key", "passphrase", "--remove", "--passphrase-file", second)
        #expect(bare["sealed"] as? Bool == false)
        #expect(try Data(contentsOf: URL(filePath: key)) == plain)
        #expect(
            try await laptop.run("key", "passphrase", "--remove", code: 1).errorCode
                == "not-sealed")
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder).sorted().contains {
                $0.hasSuffix(".new")
            } == false)
    }

    @Test("a sealed key stays sealed when it comes back from a backup")
    func sealedBackup() async throws {
        let (anna, fresh) = (Laptop(), Laptop())
        defer { for laptop in [anna, fresh] { laptop.remove() } }
        try await anna.run("init", "--name", "Anna", "--team", "Noord")
        let own = try keep(Self.own, "own", of: anna)
        let backups = try keep(Self.backups, "backups", of: anna)
        try await anna.run("key", "passphrase", "--new-passphrase-file", own)
        let file = anna.files + "/anna.key"
        let needs = try await anna.run("key", "backup", file, "--passphrase-file", own, code: 2)
        #expect(needs.errorCode == "needs-passphrase")
        try await anna.run(
            "key", "backup", file, "--passphrase-file", own, "--new-passphrase-file", backups)
        #expect(
            try await fresh.run("key", "restore", file, "--passphrase-file", own, code: 4)
                .errorCode == "wrong-passphrase")
        #expect(!FileManager.default.fileExists(atPath: fresh.home), "nothing is left behind")
        let back = try await fresh.run("key", "restore", file, "--passphrase-file", backups)
        #expect(back["sealed"] as? Bool == true)
        #expect(try await fresh.run("doctor", code: 2).errorCode == "needs-passphrase")
        try await fresh.run("doctor", "--passphrase-file", backups)
    }

    @Test("a passphrase file that is missing, empty, or others may read is refused")
    func passphraseFiles() async throws {
        let laptop = Laptop()
        defer { laptop.remove() }
        try await laptop.run("init", "--name", "Anna")
        let empty = try keep("", "empty", of: laptop)
        let short = try keep("seven77", "short", of: laptop)
        let long = try keep(String(repeating: "x", count: 1025), "long", of: laptop)
        let open = try keep(Self.own, "open", of: laptop)
        chmod(open, 0o640)
        for (path, name) in [
            (empty, "no-passphrase"), (short, "invalid"), (open, "too-open"), (long, "cannot-read"),
            (laptop.files + "/none", "cannot-read"),
        ] {
            let answer = try await laptop.run(
                "key", "passphrase", "--new-passphrase-file", path, code: 1)
            #expect(answer.errorCode == name, "\(path)")
        }
        #expect(try await laptop.run("key")["sealed"] as? Bool == false)
        #expect(try await laptop.run("key", "passphrase", code: 2).errorCode == "needs-passphrase")
    }

    @Test("both languages say what to do, and no output holds a secret")
    func words() async throws {
        let laptop = Laptop()
        defer { laptop.remove() }
        let folder = try await laptop.run("init", "--name", "Anna", "--team", "Noord").text(
            "folder")
        let plain = try Data(contentsOf: URL(filePath: folder + "/identity.key"))
        let team = try Data(contentsOf: URL(filePath: folder + "/team.secrets"))
        let own = try keep(Self.own, "own", of: laptop)
        let file = laptop.files + "/anna.key"
        var said = ""
        for language in ["en", "nl"] {
            let answers = [
                try await laptop.say("key", language: language),
                try await laptop.say(
                    "key", "passphrase", "--new-passphrase-file", own, language: language),
                try await laptop.say("status", language: language),
                try await laptop.say(
                    "key", "backup", file, "--passphrase-file", own, "--new-passphrase-file", own,
                    language: language),
                try await laptop.say(
                    "key", "passphrase", "--remove", "--passphrase-file", own, language: language),
            ]
            #expect(answers.map(\.code) == [0, 0, 2, 0, 0], "\(answers.map(\.error))")
            #expect(answers[2].error.contains("--passphrase-file"))
            let fresh = Laptop()
            let back = try await fresh.say(
                "key", "restore", file, "--passphrase-file", own, language: language)
            fresh.remove()
            #expect(back.code == 0)
            #expect(back.output.contains("weonomy device revoke"))
            #expect((back.output + back.error).contains("weonomy sync"))
            #expect(back.output.contains(language == "nl" ? "nog leeg" : "still empty"))
            try FileManager.default.removeItem(atPath: file)
            said += (answers + [back]).map { $0.output + $0.error }.joined()
        }
        said += try await laptop.run("key").output
        let hex = { (data: Data) in
            data.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        }
        for secret in [Self.own, hex(plain.prefix(32)), hex(plain.suffix(32)), hex(team)] {
            #expect(!said.contains(secret))
        }
        #expect(!said.contains(plain.base64EncodedString().prefix(40)))
    }

    @Test("a code is typed or read from a file: no command takes one as an argument")
    func codes() async throws {
        let anna = Laptop()
        let bram = Laptop()
        defer {
            anna.remove()
            bram.remove()
        }
        try await anna.run("init", "--name", "Anna")
        let code = try await anna.run("invite").text("code")
        let wrong = [
            ["join", "127.0.0.1:9", code], ["join", "127.0.0.1:9", "--code", code],
            ["device", "add", code], ["team", "recover", code],
        ]
        for words in wrong {
            #expect(await Laptop.Answer(try bram.start(words).ended()).code == 2, "\(words)")
        }
        for (_, command) in CommandTable.all {
            for operand in command.operands {
                let name = operand.name.lowercased()
                #expect(!["code", "key", "secret"].contains { name.contains($0) }, "\(operand)")
            }
        }
    }

    @Test("no option of any command takes a passphrase itself, so none is ever in argv")
    func argv() {
        let options = CommandTable.all.flatMap(\.1.options) + Globals.options
        let secret = options.filter { $0.name.contains("pass") || $0.name.contains("code") }
        #expect(secret.count >= 3)
        for option in secret { #expect(option.name.hasSuffix("-file"), "\(option.name)") }
        for entry in Text.environment { #expect(!entry.name.contains("PASS")) }
    }

    #if os(Linux)
        @Test("the program starts with core dumps off, and nobody looks into its memory")
        func hardened() async throws {
            var laptop = Laptop()
            defer { laptop.remove() }
            // What may not be dumped belongs to root, which shows where the program is another's.
            let setpriv = "/usr/bin/setpriv"
            let isRoot = geteuid() == 0
            let isOther = isRoot && FileManager.default.isExecutableFile(atPath: setpriv)
            let identity = "\(setpriv) --reuid=65534 --regid=65534 --clear-groups "
            laptop.inside = [
                "/bin/sh", "-c",
                "ulimit -c unlimited 2>/dev/null; exec \(isOther ? identity : "")\"$@\"", "sh",
            ]
            if isOther {
                try FileManager.default.createDirectory(
                    atPath: laptop.home, withIntermediateDirectories: true)
                try #require(chown(laptop.home, 65534, 65534) == 0)
                // The other user may not be let near the program, in a private folder.
                guard try await laptop.say("version").code == 0 else { return }
            }
            try await laptop.run("init", "--name", "Anna")
            let door = try await laptop.listen()
            defer { door.process.stop() }
            let process = "/proc/\(door.process.id)"
            let limits = try String(contentsOfFile: process + "/limits", encoding: .utf8)
            let core = try #require(
                limits.split(separator: "\n").first {
                    $0.hasPrefix("Max core file size")
                })
            #expect(core.split(separator: " ").dropFirst(4).prefix(2) == ["0", "0"])
            if !isRoot || isOther {
                let owner = try FileManager.default.attributesOfItem(atPath: process + "/mem")
                #expect((owner[.ownerAccountID] as? NSNumber)?.intValue == 0)
            }
        }
    #endif

    @Test("a reader that goes away ends the program quietly")
    func brokenPipe() async throws {
        let program = try #require(Laptop.program)
        let script = "\"$0\" completion man | head -c 1 >/dev/null; echo ${PIPESTATUS[0]}"
        let shell = try #require(
            Subprocess(
                ["/bin/bash", "-c", script, program], environment: ["PATH": "/usr/bin:/bin"]))
        #expect(String(decoding: await shell.ended().output, as: UTF8.self) == "0\n")
    }

    // MARK: - Typing

    private func prompt(_ secrets: [String]?, noInput: Bool = false) -> (Prompt, RecordedScreen) {
        let screen = RecordedScreen(secrets: secrets)
        let output = Output(
            screen: screen, voice: Voice(language: .english), globals: Globals(), environment: [:])
        return (Prompt(output: output, noInput: noInput), screen)
    }

    @Test("a new passphrase is typed twice, is long enough, and is not shown")
    func typed() throws {
        let (asking, screen) = prompt([
            "short", "long enough", "long enougH", "long enough", "long enough",
        ])
        let secret = try asking.newSecret(.askNewPassphrase)
        #expect(ConstantTime.equal(secret, try SecretBytes(copying: "long enough".utf8)))
        #expect(screen.error.contains("at least 8 characters"))
        #expect(screen.error.contains("not the same"))
        #expect(!(screen.error + screen.output).contains("long enou"))
        #expect(throws: Failure.self) { try prompt([]).0.newSecret(.askNewPassphrase) }
        #expect(throws: Failure.self) { try prompt(nil).0.secret(.askPassphrase) }
        #expect(throws: Failure.self) { try prompt(["x"], noInput: true).0.secret(.askPassphrase) }
    }

    @Test("a line is edited as a terminal would, straight in guarded memory")
    func line() throws {
        func read(_ bytes: [UInt8], isTerminal: Bool = true) throws -> SecretLine.Ending {
            let pipe = Pipe()
            try pipe.fileHandleForWriting.write(contentsOf: bytes)
            try pipe.fileHandleForWriting.close()
            return SecretLine.read(
                from: pipe.fileHandleForReading.fileDescriptor, isTerminal: isTerminal)
        }
        func text(_ ending: SecretLine.Ending) -> String? {
            guard case .line(let secret) = ending else { return nil }
            return secret.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        }
        #expect(text(try read(Array("hunter2\nrest".utf8))) == "hunter2")
        #expect(text(try read(Array("caf\u{E9}\u{7F}e\r".utf8))) == "cafe")
        #expect(text(try read(Array("wrong\u{15}right\n".utf8))) == "right")
        #expect(text(try read(Array("\u{8}\u{7F}a\n".utf8))) == "a")
        #expect(text(try read(Array("a\u{4}b\n".utf8))) == "ab")
        for bytes in [[0x04], [], Array("half".utf8)] as [[UInt8]] {
            guard case .ended = try read(bytes) else {
                Issue.record("\(bytes)")
                continue
            }
        }
        guard case .interrupted = try read(Array("secret\u{3}".utf8)) else {
            Issue.record("Ctrl-C")
            return
        }
        #expect(text(try read(Array("of a file\r\n".utf8), isTerminal: false)) == "of a file")
        #expect(text(try read(Array("no end".utf8), isTerminal: false)) == "no end")
        #expect(text(try read(Array("a\u{7F}b\n".utf8), isTerminal: false)) == "a\u{7F}b")
        let most = [UInt8](repeating: 0x61, count: 1024)
        #expect(text(try read(most + [0x0A]))?.count == 1024)
        #expect(text(try read(most + [0x61, 0x0A])) == nil)
        #expect(text(try read(most + most)) == nil)
    }
}

extension Array {
    fileprivate func asyncMap<Result>(
        _ body: (Element) async throws -> Result
    ) async rethrows -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await body(element)) }
        return results
    }
}
