import Foundation
import Testing
import WeTransport

@testable import WeCLI

/// A connection that breaks in the middle: an error with a name, and the next sync does the rest.
@Suite(.serialized, .enabled(if: Laptop.program != nil))
struct CutTests {
    /// In the handshake, in the hellos, and at several places of the transfer.
    @Test("a cut connection loses nothing", arguments: [60, 300, 6_000, 40_000, 90_000])
    func cut(bytesMax: Int) async throws {
        let (anna, bram) = (Laptop(), Laptop())
        defer { for laptop in [anna, bram] { laptop.remove() } }
        try await anna.run("init", "--name", "Anna", "--team", "Noord")
        let door = try await anna.listen()
        try await anna.admit(bram, at: door.address)
        try await anna.importNotes(120)
        try await bram.importNotes(120)
        let before = (try await anna.events(), try await bram.events())
        let port = try PeerAddress(door.address).port
        let relay = try CuttingRelay(to: port, bytesMax: bytesMax)
        let cut = try await bram.run("sync", relay.address, code: bytesMax < 1_000 ? 4 : 1)
        #expect(cut.errorCode == (bytesMax < 1_000 ? "not-trusted" : "network"), "\(cut.output)")
        for (laptop, events) in [(anna, before.0), (bram, before.1)] {
            #expect(try await laptop.run("doctor")["healthy"] as? Bool == true)
            #expect(try await laptop.events() >= events)
        }
        let synced = try await bram.run("sync", door.address)
        #expect(synced.text("digest") == (try await anna.run("status").text("digest")))
        #expect(try await bram.events() == before.0 + before.1 - 3)
        door.process.stop()
        #expect(await door.process.ended().code == 0)
    }
}

extension Laptop {
    /// Invites another and lets it join at an address.
    func admit(_ other: Laptop, at address: String, name: String = "Bram") async throws {
        let code = try await run("invite").text("code")
        try await other.run(
            "join", address, "--name", name, "--code-file", "-", input: code + "\n")
    }

    /// Takes in notes that no other laptop has.
    func importNotes(_ count: Int, in folder: String = "notes") async throws {
        for number in 0..<count { try writeNote(number, in: folder) }
        try await run("import", files + "/" + folder)
    }

    func writeNote(_ number: Int, in folder: String = "notes") throws {
        let text = "# Note \(number)\n\n" + String(repeating: "What \(number) says. ", count: 20)
        _ = try write("\(folder)/\(number).md", Array(text.utf8))
    }

    /// The title of an item.
    func title(_ id: String) async throws -> String {
        (try await run("show", id)["item"] as? [String: Any])?["title"] as? String ?? ""
    }

    func events() async throws -> Int { try await run("status").count("events") }
}
