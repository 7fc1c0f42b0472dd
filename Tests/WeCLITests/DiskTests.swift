import Foundation
import Testing

@testable import WeCLI

/// Disks that are full, read-only or damaged: an error with a name, and nothing stored is lost.
@Suite(.serialized, .enabled(if: Laptop.program != nil))
struct DiskTests {
    private static let isMountable: Task<Bool, Never> = Task { await Sandbox.canMount() }

    @Test(
        "a full disk: 'disk-full', nothing lost, and on it goes when there is room",
        .enabled("needs mounts of one's own") { await isMountable.value })
    func full() async throws {
        let disk = NSTemporaryDirectory() + "weonomy-disk-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: disk, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: disk) }
        let sandbox = try #require(
            await Sandbox(.mounts, "mount -t tmpfs -o size=4m tmpfs \"$1\"", disk))
        let anna = Laptop(home: disk + "/home", inside: sandbox.words)
        try await anna.run("init", "--name", "Anna")
        #expect(try await sandbox.run("head -c 2000000 /dev/zero > \"$1\"/filler", disk) == 0)
        let text = String(repeating: "Long enough to fill a disk soon. ", count: 3_000)
        var (stored, refused) = (0, 0)
        // A file that was written into another one leaves room once more: until nothing helps.
        for number in 0..<80 where refused < 3 {
            let words = ["share", "-m", "Number \(number)\n\n\(text)", "--json"]
            let answer = Laptop.Answer(try await anna.start(words).ended())
            stored += answer.code == 0 ? 1 : 0
            refused = answer.code == 0 ? 0 : refused + 1
            guard answer.code != 0 else { continue }
            #expect(answer.code == 1 && answer.errorCode == "disk-full", "\(answer.output)")
        }
        #expect(refused == 3 && stored > 5)
        let said = try await anna.say("share", "-m", "Number x\n\n\(text)")
        #expect(said.code == 1 && said.error.contains("nothing was lost"), "\(said.error)")
        // Reading goes on, though what is found may lag behind.
        #expect(try await anna.run("status").count("events") == stored + 1)
        #expect(try await anna.run("find", "Number", "-n", "100").list.count > 0)
        #expect(try await sandbox.run("rm \"$1\"/filler", disk) == 0)
        try await anna.run("share", "-m", "Room again")
        #expect(try await anna.run("status").count("events") == stored + 2)
        #expect(try await anna.run("find", "Number", "-n", "100").list.count == stored)
        #expect(try await anna.run("doctor")["healthy"] as? Bool == true)
        #expect(try await anna.run("doctor", "--rebuild")["healthy"] as? Bool == true)
        await sandbox.end()
    }

    @Test(
        "a listener whose disk is full says so and takes the rest when there is room",
        .enabled("needs mounts of one's own") { await isMountable.value })
    func fullListener() async throws {
        let disk = NSTemporaryDirectory() + "weonomy-disk-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: disk, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: disk) }
        let sandbox = try #require(
            await Sandbox(.mounts, "mount -t tmpfs -o size=3m tmpfs \"$1\"", disk))
        let anna = Laptop(home: disk + "/home", inside: sandbox.words)
        let bram = Laptop()
        defer { bram.remove() }
        try await anna.run("init", "--name", "Anna", "--team", "Noord")
        let door = try await anna.listen()
        try await anna.admit(bram, at: door.address)
        let text = Array(String(repeating: "Long enough for a small disk. ", count: 2_000).utf8)
        for number in 0..<60 {
            _ = try bram.write("notes/\(number).md", Array("# Note \(number)\n\n".utf8) + text)
        }
        try await bram.run("import", bram.files + "/notes")
        let refused = try await bram.run("sync", door.address, code: 1)
        #expect(refused.errorCode == "network", "\(refused.output)")
        try await anna.run("find", "Note")
        #expect(try await anna.events() < (try await bram.events()))
        #expect(try await sandbox.run("mount -o remount,size=64m \"$1\"", disk) == 0)
        let synced = try await bram.run("sync", door.address)
        #expect(synced.text("digest") == (try await anna.run("status").text("digest")))
        #expect(try await anna.run("doctor")["healthy"] as? Bool == true)
        door.process.stop()
        #expect(await door.process.ended().code == 0)
        await sandbox.end()
    }

    @Test(
        "a folder on a disk that is read-only: 'read-only', and reading goes on",
        .enabled("needs mounts of one's own") { await isMountable.value })
    func readOnly() async throws {
        var anna = Laptop()
        defer { anna.remove() }
        let folder = try await anna.run("init", "--name", "Anna").text("folder")
        let id = try await anna.run("share", "-m", "Before").text("short")
        let digest = try await anna.run("status").text("digest")
        let sandbox = try #require(
            await Sandbox(
                .mounts, "mount --bind \"$1\" \"$1\"; mount -o remount,ro,bind \"$1\"", anna.home))
        anna.inside = sandbox.words
        #expect(try await anna.run("status").text("digest") == digest)
        #expect(try await anna.title(id) == "Before")
        for words in [
            ["share", "-m", "After"], ["retract", id, "--yes"], ["invite", "--for", "x"],
        ] {
            let answer = Laptop.Answer(try await anna.start(words + ["--json"]).ended())
            #expect(
                answer.code == 1 && answer.errorCode == "read-only", "\(words) \(answer.output)")
        }
        await sandbox.end()
        anna.inside = []
        try await withoutView(&anna, in: folder, digest)
        try await anna.run("share", "-m", "After")
        #expect(try await anna.events() == 3)
        #expect(try await anna.run("doctor")["healthy"] as? Bool == true)
    }

    /// A copy of a brain need not have its search index, nor room for one.
    private func withoutView(
        _ anna: inout Laptop, in folder: String, _ digest: String
    ) async throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: folder)
        where name.contains("-search") {
            try FileManager.default.removeItem(atPath: folder + "/" + name)
        }
        let sandbox = try #require(
            await Sandbox(
                .mounts, "mount --bind \"$1\" \"$1\"; mount -o remount,ro,bind \"$1\"", anna.home))
        anna.inside = sandbox.words
        #expect(try await anna.run("status").text("digest") == digest)
        #expect(try await anna.run("find", "Before").list.count == 1)
        #expect(try await anna.run("share", "-m", "x", code: 1).errorCode == "read-only")
        await sandbox.end()
        anna.inside = []
    }

    @Test("a replica that is damaged says so, and its copy still holds everything")
    func damaged() async throws {
        let anna = Laptop()
        defer { anna.remove() }
        let folder = try await anna.run("init", "--name", "Anna").text("folder")
        try await anna.importNotes(40)
        let digest = try await anna.run("status").text("digest")
        let file = folder + "/brain.sqlite"
        // All of it into the one file, as after an orderly end.
        try await anna.run("doctor", "--rebuild")
        let whole = try anna.contents(of: folder)
        let size = whole[file]?.count ?? 0
        #expect(size > 40_000)
        for (what, damage) in [
            ("no database", [UInt8](repeating: 0x20, count: 5_000)),
            ("half", Array(whole[file, default: []].prefix(size / 2 / 8_192 * 8_192))),
            ("zeroes", zeroed(whole[file, default: []])),
        ] {
            for name in whole.keys { try? FileManager.default.removeItem(atPath: name) }
            for (name, bytes) in whole where !name.hasSuffix("-wal") && !name.hasSuffix("-shm") {
                try Data(name == file ? damage : bytes).write(to: URL(fileURLWithPath: name))
            }
            chmod(folder + "/identity.key", 0o600)
            chmod(folder + "/team.secrets", 0o600)
            let doctor = Laptop.Answer(try await anna.start(["doctor", "--json"]).ended())
            #expect(doctor.code == 1, "\(what): \(doctor.output)")
            #expect(
                doctor.errorCode == "corrupt" || doctor["healthy"] as? Bool == false,
                "\(what): \(doctor.output)")
        }
        for name in whole.keys { try? FileManager.default.removeItem(atPath: name) }
        for (name, bytes) in whole {
            try Data(bytes).write(to: URL(fileURLWithPath: name))
            chmod(name, 0o600)
        }
        #expect(try await anna.run("status").text("digest") == digest)
        #expect(try await anna.run("doctor")["healthy"] as? Bool == true)
    }

    private func zeroed(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for place in bytes.indices.dropFirst(16_384).prefix(8_192) { bytes[place] = 0 }
        return bytes
    }

    @Test("a search index that is lost or damaged is built again")
    func damagedView() async throws {
        let anna = Laptop()
        defer { anna.remove() }
        let folder = try await anna.run("init", "--name", "Anna").text("folder")
        try await anna.importNotes(40)
        let digest = try await anna.run("status").text("digest")
        let view = folder + "/brain.sqlite-search"
        let whole = Array(try Data(contentsOf: URL(fileURLWithPath: view)))
        let damages: [[UInt8]?] = [
            nil, [], [UInt8](repeating: 0x41, count: 9_000), zeroed(whole),
            Array(whole.prefix(whole.count / 8_192 * 4_096)),
        ]
        for damage in damages {
            try FileManager.default.removeItem(atPath: view)
            if let damage { try Data(damage).write(to: URL(fileURLWithPath: view)) }
            let status = try await anna.run("status")
            #expect(status.text("digest") == digest, "\(damage?.count ?? -1)")
            #expect(try await anna.run("find", "Note", "-n", "100").list.count == 40)
        }
        #expect(try await anna.run("doctor")["healthy"] as? Bool == true)
    }

    @Test("a note that isn't UTF-8 is named and left out; the rest is taken in")
    func notUTF8() async throws {
        let anna = Laptop()
        defer { anna.remove() }
        try await anna.run("init", "--name", "Anna")
        try anna.writeNote(1)
        for (name, bytes) in [
            ("latin1", [0x23, 0x20, 0xE9, 0x0A]), ("cut", [0x23, 0x20, 0xE2, 0x82]),
            ("surrogate", [0x23, 0x20, 0xED, 0xA0, 0x80]), ("utf16", [0xFF, 0xFE, 0x23, 0x00]),
        ] as [(String, [UInt8])] {
            let path = try anna.write("notes/\(name).md", bytes)
            let refused = try await anna.run("share", path, code: 1)
            #expect(refused.errorCode == "not-utf8", "\(name)")
        }
        let taken = try await anna.run("import", anna.files + "/notes", code: 3)
        #expect(taken.count("added") == 1)
        let names = taken.items("skipped").compactMap { $0["path"] as? String }
        #expect(names.sorted() == ["cut.md", "latin1.md", "surrogate.md", "utf16.md"])
        #expect(taken.items("skipped").allSatisfy { "\($0["reason"] ?? "")".contains("UTF-8") })
        let said = try await anna.say("import", anna.files + "/notes")
        #expect(said.code == 3 && said.output.contains("latin1.md"))
        #expect(try await anna.events() == 2)
        #expect(try await anna.run("doctor")["healthy"] as? Bool == true)
    }
}

extension Laptop {
    /// All files of a folder.
    func contents(of folder: String) throws -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            let path = folder + "/" + name
            files[path] = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        }
        return files
    }
}
