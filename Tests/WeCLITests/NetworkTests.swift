import Foundation
import Testing

@testable import WeCLI

/// Two laptops on two networks of their own, joined by one cable: no loopback that could help.
@Suite(.serialized, .enabled(if: Laptop.program != nil))
struct NetworkTests {
    @Test(
        "two network namespaces become one brain",
        .enabled("needs networks of one's own") { await Sandbox.canNetwork() })
    func twoNamespaces() async throws {
        let left = try #require(await Sandbox(.network, "ip link set lo up"))
        let right = try #require(await Sandbox(.network, "ip link set lo up"))
        let cable = "ip link add we0 type veth peer name we0 netns \"$1\""
        #expect(try await left.run(cable, "\(right.id)") == 0)
        let plug = "ip addr add \"$1\" dev we0; ip link set we0 up"
        #expect(try await left.run(plug, "10.83.0.1/24") == 0)
        #expect(try await right.run(plug, "10.83.0.2/24") == 0)
        let anna = Laptop(inside: left.words)
        let bram = Laptop(inside: right.words)
        defer { for laptop in [anna, bram] { laptop.remove() } }
        try await meet(anna, bram, cutting: right)
        await left.end()
        await right.end()
    }

    private func meet(_ anna: Laptop, _ bram: Laptop, cutting right: Sandbox) async throws {
        try await anna.run("init", "--name", "Anna", "--team", "Noord")
        try await anna.run("share", "-m", "From the left", "-t", "network")
        let door = try await anna.listen(host: "10.83.0.1")
        #expect(door.address.hasPrefix("10.83.0.1:"))
        try await anna.admit(bram, at: door.address)
        try await bram.run("share", "-m", "From the right", "-t", "network")
        let synced = try await bram.run("sync", door.address)
        #expect(synced.text("digest") == (try await anna.run("status").text("digest")))
        #expect(try await bram.run("find", "left").list.count == 1)
        #expect(try await anna.run("find", "right").list.count == 1)
        // The cable out: both work on, and say what is wrong.
        #expect(try await right.run("ip link set we0 down") == 0)
        #expect(try await bram.run("sync", door.address, code: 1).errorCode == "network")
        try await bram.run("share", "-m", "Without a cable")
        try await anna.run("share", "-m", "Without one too")
        #expect(try await right.run("ip link set we0 up") == 0)
        let again = try await bram.run("sync", door.address)
        #expect(again.text("digest") == (try await anna.run("status").text("digest")))
        #expect(try await bram.events() == 6 + 1)
        door.process.stop()
        #expect(await door.process.ended().code == 0)
    }
}
