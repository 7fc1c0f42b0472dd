import Foundation
import Testing

@testable import WeCLI

/// The node that stays, as the real program runs it; on loopback, so that nothing is announced.
@Suite("up, peer, status", .serialized, .enabled(if: Laptop.program != nil))
struct UpCommandTests {
    /// Starts `up` and gives its first line.
    private func up(
        _ laptop: Laptop, _ more: String...
    ) async throws -> (process: Subprocess, data: [String: Any]) {
        let words = ["up", "--host", "127.0.0.1", "--port", "0", "--no-discovery", "--json=lines"]
        let process = try laptop.start(words + more)
        var lines = process.lines.makeAsyncIterator()
        let line = try #require(await lines.next())
        #expect(try Schema.faults(in: line, schema: "up") == [])
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        return (process, try #require(object?["data"] as? [String: Any]))
    }

    /// Asks until something is so.
    private func wait(_ isSo: () async throws -> Bool) async throws {
        let end = Date() + 60
        while try await !isSo() {
            guard Date() < end else { throw CocoaError(.userCancelled) }
        }
    }

    @Test("one node a team: a second says who runs, status shows it, ui opens its page")
    func once() async throws {
        let laptop = Laptop()
        defer { laptop.remove() }
        try await laptop.run("init", "--name", "Anna", "--team", "Noord")
        #expect(try await laptop.run("status")["up"] is NSNull)
        #expect(try await laptop.say("invite").error.contains("weonomy up"))
        let (process, data) = try await up(laptop, "--page-port", "0")
        let port = try #require(data["port"] as? Int)
        let pagePort = try #require(data["page_port"] as? Int)
        try await wait { try await laptop.run("status")["up"] is [String: Any] }
        let state = try #require(try await laptop.run("status")["up"] as? [String: Any])
        #expect(state["port"] as? Int == port && state["process"] as? Int == Int(process.id))
        let invited = try await laptop.say("invite").error
        #expect(invited.contains("weonomy join 127.0.0.1:\(port)"))
        #expect(!invited.contains("weonomy up"))
        let silent = try await laptop.run("up", "--probe", "--no-discovery", code: 2)
        #expect(silent.errorCode == "probe-silently")
        let second = try await laptop.run("up", code: 11)
        #expect(second.errorCode == "up-already" && second.output.contains(String(port)))
        #expect(try await laptop.run("sync", code: 11).errorCode == "up-runs")
        var urls: Set<String> = []
        // Each gets an address of its own, from the running node.
        while urls.count < 2 {
            try await wait {
                FileManager.default.fileExists(atPath: laptop.home + "/noord/up.url")
            }
            let page = try await laptop.run("ui", "--no-open")
            #expect(page.count("port") == pagePort)
            urls.insert(page.text("url"))
        }
        process.stop()
        #expect(await process.ended().code == 0)
        #expect(try await laptop.run("status")["up"] is NSNull)
        #expect(!FileManager.default.fileExists(atPath: laptop.home + "/noord/up.url"))
    }

    @Test("a killed node holds nothing: the next one starts")
    func killed() async throws {
        let laptop = Laptop()
        defer { laptop.remove() }
        try await laptop.run("init", "--name", "Anna", "--team", "Noord")
        let (first, _) = try await up(laptop, "--no-page")
        first.stop(true)
        _ = await first.ended()
        #expect(try await laptop.run("status")["up"] is NSNull)
        let (second, _) = try await up(laptop, "--no-page")
        second.stop()
        #expect(await second.ended().code == 0)
    }

    @Test("two nodes by an address: what one writes, the other has; status says who is connected")
    func together() async throws {
        let (anna, bram) = (Laptop(), Laptop())
        defer { for laptop in [anna, bram] { laptop.remove() } }
        try await anna.run("init", "--name", "Anna", "--team", "Noord")
        let (node, data) = try await up(anna, "--no-page")
        let address = "127.0.0.1:\(data["port"] as? Int ?? 0)"
        let code = try await anna.run("invite").text("code")
        try await bram.run(
            "join", address, "--name", "Bram", "--code-file", "-", input: code)
        #expect(try await bram.run("peer", "add", address)["added"] as? Bool == true)
        #expect(try await bram.run("peer", "add", address)["added"] as? Bool == false)
        let (other, _) = try await up(bram, "--no-page")
        try await anna.run("share", "-m", "Written by another process")
        try await wait { try await bram.run("find", "another").list.count == 1 }
        try await wait {
            let peers = try await bram.run("status").items("peers")
            return peers.first?["connected"] as? Bool == true
        }
        // A node that heard of somebody writes down where: the address now has a name.
        try await wait {
            let peers = try await bram.run("peer", "list").items("peers")
            return (peers.first?["person"] as? [String: Any])?["name"] as? String == "Anna"
        }
        for process in [node, other] {
            process.stop()
            #expect(await process.ended().code == 0)
        }
        // A node that is up would write down again where it meets Anna.
        try await bram.run("peer", "remove", address)
        try await bram.run("peer", "remove", address, code: 5)
    }

    @Test("doctor --network names the step and the likely cause")
    func doctor() async throws {
        let laptop = Laptop()
        defer { laptop.remove() }
        try await laptop.run("init", "--name", "Anna", "--team", "Noord")
        let answer = try await laptop.run("doctor", "--network", "127.0.0.1:1", code: 1)
        #expect(answer.items("attempts").first?["step"] as? String == "reach")
        let causes = answer.items("causes").compactMap { $0["name"] as? String }
        #expect(causes.contains("not-listening"))
    }

    @Test("what starts it is written for this user, whatever the names hold")
    func service() throws {
        let unit = UpService.Plan.unit(["/opt/a b/weonomy", "up", "--home", "/x/100%$\"\\"])
        #expect(
            unit.contains(
                #"ExecStart="/opt/a b/weonomy" "up" "--home" "/x/100%%$$\"\\""# + "\n"))
        let agent = UpService.Plan.agent(label: "nl.weonomy.a&b", ["/x", "<y>"])
        #expect(agent.contains("<string>&lt;y&gt;</string>") && agent.contains("a&amp;b"))
    }
}
