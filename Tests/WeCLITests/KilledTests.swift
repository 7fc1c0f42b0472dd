import Foundation
import Testing
import WeTransport

@testable import WeCLI

/// `kill -9` at seeded moments: what a command reported, or a peer was told, is there afterwards.
@Suite(.serialized, .enabled(if: Laptop.program != nil))
struct KilledTests {
    /// Waits until a file has grown so far, or its writer has ended, or for some seconds at most.
    private func wait(for path: String, bytes: Int, from start: Int, _ process: Subprocess) async {
        for _ in 0..<5_000 {
            guard kill(process.id, 0) == 0, Laptop.size(of: path) < start + bytes else { return }
            try? await Task.sleep(for: .milliseconds(1))
        }
    }

    @Test("an import that is killed can be done again", arguments: 0..<4)
    func killedImport(seed: Int) async throws {
        let anna = Laptop()
        defer { anna.remove() }
        let folder = try await anna.run("init", "--name", "Anna").text("folder")
        let kept = try await anna.run("share", "-m", "Reported as stored").text("short")
        for number in 0..<700 { try anna.writeNote(number) }
        let log = folder + "/brain.sqlite-wal"
        let start = Laptop.size(of: log)
        let importing = try anna.start(["import", anna.files + "/notes", "--json"])
        // Before the first batch, in one, between two, and near the end.
        await wait(for: log, bytes: [1, 150_000, 500_000, 900_000][seed], from: start, importing)
        importing.stop(true)
        let ending = await importing.ended()
        #expect(ending.code == 128 + SIGKILL || ending.code == 0)
        #expect(try await anna.run("doctor")["healthy"] as? Bool == true)
        #expect(try await anna.title(kept) == "Reported as stored")
        let stored = try await anna.events() - 2
        if ending.code == 0 { #expect(stored == 700) }
        let again = try await anna.run("import", anna.files + "/notes")
        #expect(again.count("unchanged") == stored, "what was stored is known again")
        #expect(again.count("added") == 700 - stored)
        #expect(try await anna.events() == 702)
        let rebuilt = try await anna.run("doctor", "--rebuild")
        #expect(rebuilt["healthy"] as? Bool == true)
    }

    @Test("a listener that is killed while it takes in keeps what it had", arguments: 0..<3)
    func killedListener(seed: Int) async throws {
        let (anna, bram) = (Laptop(), Laptop())
        defer { for laptop in [anna, bram] { laptop.remove() } }
        let folder = try await anna.run("init", "--name", "Anna", "--team", "Noord").text("folder")
        let door = try await anna.listen()
        try await anna.admit(bram, at: door.address)
        // A sync that ended well told Bram that this is there.
        let told = try await bram.run("share", "-m", "Told as stored").text("short")
        try await bram.run("sync", door.address)
        try await bram.importNotes(300)
        let before = try await anna.events()
        let log = folder + "/brain.sqlite-wal"
        let start = Laptop.size(of: log)
        let syncing = try bram.start(["sync", door.address, "--json"])
        await wait(for: log, bytes: [1, 100_000, 250_000][seed], from: start, syncing)
        door.process.stop(true)
        #expect(await door.process.ended().code == 128 + SIGKILL)
        let answer = Laptop.Answer(await syncing.ended())
        #expect(answer.code == 0 || answer.errorCode == "network", "\(answer.output)")
        #expect(try await anna.run("doctor")["healthy"] as? Bool == true)
        #expect(try await anna.title(told) == "Told as stored")
        let events = try await anna.events()
        #expect(events >= before)
        if answer.code == 0 { #expect(events == (try await bram.events())) }
        let again = try await anna.listen()
        let synced = try await bram.run("sync", again.address)
        #expect(synced.text("digest") == (try await anna.run("status").text("digest")))
        again.process.stop()
        #expect(await again.process.ended().code == 0)
    }

    @Test("a carry that is killed spoils neither the stick nor the brain", arguments: 0..<5)
    func killedCarry(seed: Int) async throws {
        let (anna, bram) = (Laptop(), Laptop())
        defer { for laptop in [anna, bram] { laptop.remove() } }
        try await anna.run("init", "--name", "Anna", "--team", "Noord")
        let door = try await anna.listen()
        let code = try await anna.run("invite").text("code")
        let folder = try await bram.run(
            "join", door.address, "--name", "Bram", "--code-file", "-", input: code + "\n"
        ).text("folder")
        door.process.stop()
        _ = await door.process.ended()
        try await anna.importNotes(500)
        let stick = anna.files + "/usb"
        try FileManager.default.createDirectory(
            atPath: stick, withIntermediateDirectories: true)
        let isLeaving = seed < 3
        if !isLeaving { try await anna.run("carry", stick) }
        // What is written: the team's files on the stick, or the log of who takes them in.
        let log = folder + "/brain.sqlite-wal"
        let written = {
            isLeaving
                ? Laptop.files(below: stick).reduce(0) { $0 + Laptop.size(of: $1) }
                : Laptop.size(of: log)
        }
        let start = written()
        let killed = isLeaving ? anna : bram
        let carrying = try killed.start(["carry", stick, "--json"])
        for _ in 0..<5_000 {
            let enough = start + [1, 60_000, 200_000, 1, 200_000][seed]
            guard kill(carrying.id, 0) == 0, written() < enough else { break }
            try? await Task.sleep(for: .milliseconds(1))
        }
        carrying.stop(true)
        let ending = await carrying.ended()
        #expect(ending.code == 128 + SIGKILL || ending.code == 0)
        for laptop in [anna, bram] {
            #expect(try await laptop.run("doctor")["healthy"] as? Bool == true)
        }
        for laptop in [anna, bram] { try await laptop.run("carry", stick) }
        #expect(
            try await bram.run("status").text("digest")
                == (try await anna.run("status").text("digest")))
        try await anna.run("carry", stick)
        let left = Laptop.files(below: stick).filter { $0.hasSuffix(".part") }
        #expect(left.isEmpty, "\(left)")
    }

    @Test("what a sync told a peer is there when the listener is killed right after")
    func killedAfterSync() async throws {
        let (anna, bram) = (Laptop(), Laptop())
        defer { for laptop in [anna, bram] { laptop.remove() } }
        try await anna.run("init", "--name", "Anna", "--team", "Noord")
        var door = try await anna.listen()
        try await anna.admit(bram, at: door.address)
        for round in 0..<3 {
            let id = try await bram.run("share", "-m", "Round \(round)").text("short")
            let told = try await bram.run("sync", door.address).text("digest")
            door.process.stop(true)
            _ = await door.process.ended()
            #expect(try await anna.run("status").text("digest") == told)
            #expect(try await anna.title(id) == "Round \(round)")
            door = try await anna.listen()
        }
        door.process.stop()
        _ = await door.process.ended()
        #expect(try await anna.run("doctor")["healthy"] as? Bool == true)
    }

    @Test("twenty who share at the same time are all heard")
    func together() async throws {
        let anna = Laptop()
        defer { anna.remove() }
        try await anna.run("init", "--name", "Anna")
        let ids = try await withThrowingTaskGroup(of: String.self) { group in
            for number in 0..<20 {
                group.addTask {
                    try await anna.run("share", "-m", "At once \(number)", "-t", "together")
                        .text("id")
                }
            }
            for _ in 0..<5 {
                group.addTask {
                    _ = try await anna.run("find", "once")
                    return ""
                }
            }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(ids.count == 21, "twenty ids, and none of the searches")
        #expect(try await anna.events() == 21)
        let found = try await anna.run("find", "is:share", "-n", "100").list
        #expect(found.count == 20)
        let before = try await anna.run("doctor")
        #expect(before["healthy"] as? Bool == true)
        let after = try await anna.run("doctor", "--rebuild")
        #expect(after["rebuilt"] as? Bool == true)
        #expect(after.text("digest") == before.text("digest"))
    }
}

extension Laptop {
    /// The paths of all files in a folder and those in it.
    fileprivate static func files(below path: String) -> [String] {
        let names = FileManager.default.enumerator(atPath: path)?.allObjects ?? []
        return names.compactMap { ($0 as? String).map { path + "/" + $0 } }.filter {
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: $0, isDirectory: &isFolder)
                && !isFolder.boolValue
        }
    }

    static func size(of path: String) -> Int {
        let facts = try? FileManager.default.attributesOfItem(atPath: path)
        return (facts?[.size] as? NSNumber)?.intValue ?? 0
    }
}
