import Foundation
import Testing

@testable import WeCLI

/// A file in which bits changed: found, repaired, and made whole by the next sync.
@Suite(.serialized, .enabled(if: Laptop.program != nil))
struct RepairTests {
    /// Changes bits of the one place in a file where a text stands.
    private func rot(_ path: String, at text: String) throws {
        var file = try Data(contentsOf: URL(fileURLWithPath: path))
        var places: [Int] = []
        var from = file.startIndex
        while let found = file.range(of: Data(text.utf8), in: from..<file.endIndex) {
            places.append(found.lowerBound)
            from = found.upperBound
        }
        #expect(!places.isEmpty)
        for place in places { file[place] ^= 0x15 }
        // In place, as a disk rots: the file stays the same one.
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try handle.write(contentsOf: file)
        try handle.close()
    }

    @Test("event 3 of 10 rots: found, repaired, and all ten are back after a sync, on both laptops")
    func salvaged() async throws {
        let anna = Laptop()
        let bram = Laptop()
        defer {
            anna.remove()
            bram.remove()
        }
        let folder = try await anna.run("init", "--name", "Anna", "--team", "Noord").text("folder")
        let door = try await anna.listen()
        try await anna.admit(bram, at: door.address)
        for number in 1...5 { try await anna.run("share", "-m", "Share number \(number)") }
        try await bram.run("sync", door.address)
        door.process.stop()
        _ = await door.process.ended()
        for number in 6...10 { try await anna.run("share", "-m", "Share number \(number)") }
        let (digest, events) = (
            try await anna.run("status").text("digest"), try await anna.events()
        )
        try await anna.run("doctor", "--rebuild")
        try rot(folder + "/brain.sqlite", at: "Share number 3")
        let found = Laptop.Answer(try await anna.start(["doctor", "--json"]).ended())
        #expect(found.code == 1 && found["healthy"] as? Bool == false, "\(found.output)")

        let repaired = try await anna.run("doctor", "--repair", code: 3)
        #expect(repaired.count("lost") == 1, "\(repaired.output)")
        #expect(repaired.count("waiting") == 7, "\(repaired.output)")
        #expect(repaired.text("damagedPath") == folder + "/brain.sqlite.damaged")
        #expect(try await anna.run("doctor")["healthy"] as? Bool == true)
        let said = try await anna.say("doctor", "--repair", language: "nl")
        #expect(said.output.contains("wachten in het beschadigde bestand"), "\(said.output)")

        let second = try await bram.listen()
        try await anna.run("sync", second.address)
        #expect(try await anna.events() == events)
        #expect(try await anna.run("status").text("digest") == digest)
        try await anna.run("sync", second.address)
        #expect(try await bram.run("status").text("digest") == digest)
        for laptop in [anna, bram] {
            #expect(try await laptop.run("doctor")["healthy"] as? Bool == true)
            #expect(try await laptop.run("find", "number", "-n", "20").list.count == 10)
        }
        // What is written after all this goes on in one log, and both see it.
        try await anna.run("share", "-m", "After the repair")
        #expect(try await anna.run("doctor", "--repair").count("waiting") == 0)
        second.process.stop()
        _ = await second.process.ended()
    }

    @Test("a sound replica is left as it is")
    func sound() async throws {
        let anna = Laptop()
        defer { anna.remove() }
        let folder = try await anna.run("init", "--name", "Anna").text("folder")
        try await anna.run("share", "-m", "One")
        let repaired = try await anna.run("doctor", "--repair")
        #expect(repaired["repaired"] as? Bool == false && repaired.count("events") == 2)
        #expect(
            !FileManager.default.fileExists(atPath: folder + "/brain.sqlite.damaged"))
    }

    @Test("what nothing can be read of is said to be so, and not touched")
    func hopeless() async throws {
        let anna = Laptop()
        defer { anna.remove() }
        let folder = try await anna.run("init", "--name", "Anna").text("folder")
        try await anna.run("doctor", "--rebuild")
        let file = URL(fileURLWithPath: folder + "/brain.sqlite")
        let noise = Data(repeating: 0x20, count: 60_000)
        let handle = try FileHandle(forWritingTo: file)
        try handle.write(contentsOf: noise)
        try handle.close()
        let answer = Laptop.Answer(try await anna.start(["doctor", "--repair", "--json"]).ended())
        #expect(answer.code == 1 && answer.errorCode == "corrupt", "\(answer.output)")
        #expect(try Data(contentsOf: file).prefix(60_000) == noise)
    }
}
