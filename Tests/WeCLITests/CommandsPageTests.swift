import Foundation
import Testing
import WeTransport
import Weonomy

@testable import WeCLI

/// The page and the figures, as the real program serves and prints them.
@Suite("Page and figures", .serialized)
struct CommandsPageTests {
    /// Asks once and reads to the end.
    private func ask(_ port: UInt16, _ path: String, cookie: String = "") throws -> String {
        let address = try SocketAddress.resolve(PeerAddress(host: "127.0.0.1", port: port))[0]
        let socket = try Socket.connecting(to: address)
        func wait(_ events: Int32) -> Bool {
            var entry = pollfd(fd: socket.descriptor, events: Int16(events), revents: 0)
            return poll(&entry, 1, 20_000) > 0
        }
        let request = Array(
            ("GET \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nCookie: \(cookie)\r\n"
                + "Accept-Language: nl\r\nConnection: close\r\n\r\n").utf8)
        guard wait(POLLOUT), try socket.write(request, from: 0) == request.count else { return "" }
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while wait(POLLIN) {
            switch try socket.read(into: &buffer) {
            case .bytes(let count): answer += buffer[..<count]
            case .nothing: continue
            case .end: return String(decoding: answer, as: UTF8.self)
            }
        }
        return String(decoding: answer, as: UTF8.self)
    }

    @Test("ui serves the brain to who has its address, once, and to nobody else")
    func ui() async throws {
        let laptop = Laptop()
        defer { laptop.remove() }
        try await laptop.run("init", "--name", "Anna de Vries", "--team", "Team Noord")
        try await laptop.run("share", "--title", "WAL over NFS", "-t", "sqlite", "-m", "Text")
        let process = try laptop.start(["ui", "--port", "0", "--no-open", "--json=lines"])
        var lines = process.lines.makeAsyncIterator()
        let line = try #require(await lines.next())
        #expect(try Schema.faults(in: line, schema: "ui") == [])
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        let data = try #require(object?["data"] as? [String: Any])
        let url = try #require(data["url"] as? String)
        let port = try #require((data["port"] as? Int).flatMap { UInt16(exactly: $0) })
        let path = try #require(url.firstRange(of: "/enter/").map { String(url[$0.lowerBound...]) })
        #expect(try ask(port, "/").hasPrefix("HTTP/1.1 401 "))
        let entered = try ask(port, path)
        #expect(entered.hasPrefix("HTTP/1.1 303 "))
        let start = try #require(entered.lowercased().firstRange(of: "set-cookie: "))
        let cookie = String(
            entered.dropFirst(
                entered.distance(from: entered.startIndex, to: start.upperBound)
            )
            .prefix { $0 != ";" })
        #expect(try ask(port, path).hasPrefix("HTTP/1.1 401 "))
        let page = try ask(port, "/brain", cookie: cookie)
        #expect(page.hasPrefix("HTTP/1.1 200 ") && page.contains("<html lang=\"nl\">"))
        #expect(
            page.contains("sqlite") && page.contains("Content-Security-Policy: default-src 'none'"))
        process.stop()
        let ending = await process.ended()
        #expect(ending.code == 0)
        let last = String(decoding: ending.output, as: UTF8.self).split(separator: "\n").last
        #expect(try Schema.faults(in: String(last ?? ""), schema: "ui-stopped") == [])
    }

    @Test("what hangs on one person, what would be lost, where needs and offers meet")
    func figures() async throws {
        let laptop = Laptop()
        defer { laptop.remove() }
        try await laptop.run("init", "--name", "Anna", "--team", "Noord")
        try await laptop.run("share", "--title", "Supervisors", "-t", "elixir", "-m", "Text")
        try await laptop.run("ask", "Who knows Fortran?", "-t", "fortran", "--yes")
        let risk = try await laptop.run("brain", "risk")
        #expect(risk.items("topics").map { $0["bus_factor"] as? Int } == [1])
        let drill = try await laptop.run("brain", "risk", "--without", "Anna")
        #expect(drill.items("lost").map { $0["topic"] as? String } == ["elixir"])
        let overlap = try await laptop.run("brain", "overlap")
        #expect(overlap["unmet"] as? [String] == ["fortran"])
        #expect(overlap["unused"] as? [String] == ["elixir"])
        let topics = try await laptop.run("brain")
        #expect(topics.schema == "brain" && topics.items("topics").count == 2)
        #expect((topics["unique"] as? [String: Any])?["count"] as? Int == 1)
        #expect(topics["first_answer_ms"] is NSNull)
        let need = try #require(
            try await laptop.run("find", "Fortran").list.first?["short"] as? String)
        try await laptop.run("answer", need, "-m", "Ask the library")
        let answered = try await laptop.run("brain")
        #expect(answered["asked_to_arrived_ms"] as? Int == 0)
        #expect(answered["arrived_to_answered_ms"] as? Int == answered["first_answer_ms"] as? Int)
        let again = try await laptop.say("share", "--title", "supervisors", "-m", "text!")
        #expect(again.code == 0 && again.error.contains("Nearly the same is here already"))
        try await laptop.run(
            "brain", "goals", "--metric", "bus-factor", "--min", "2", "--topic", "elixir")
        let goals = try await laptop.run("brain", "goals").items("goals")
        #expect(goals.map { $0["value"] as? Int } == [1])
        try await laptop.run("brain", "goals", "--metric", "shares", code: 2)
        try await laptop.run("brain", "goals", "--drop", goals.first?["short"] as? String ?? "")
        #expect(try await laptop.run("brain", "goals").items("goals").isEmpty)
        let said = try await laptop.say("brain", "risk", "--without", "Anna", language: "nl")
        #expect(said.output.contains("Wat niemand weet zonder Anna"))
    }
}
