import Dispatch
import Testing
import Weonomy

@testable import WeWeb

@Suite("Web server")
struct WebServerTests {
    @Test("one connection carries many requests, one after the other or at once")
    func keepAlive() async throws {
        let site = try await Site { .html($0.path) }
        let (cookie, _) = try await site.enter()
        let texts = (0..<20).map { site.get("/\($0)", cookie) }
        let expected = (0..<20).map { "/\($0)" }
        let inTurn = try await site.visit { client in
            try texts.map { text in
                try client.send(text)
                return try client.answer().body
            }
        }
        #expect(inTurn == expected)
        let atOnce = try await site.visit { client in
            try client.send(texts.joined())
            return try texts.map { _ in try client.answer().body }
        }
        #expect(atOnce == expected)
        await site.server.stop()
    }

    @Test("HEAD is answered without a body, and the connection goes on")
    func head() async throws {
        let site = try await Site { .html($0.path) }
        let (cookie, _) = try await site.enter()
        let head = site.get("/page", cookie).replacing("GET", with: "HEAD")
        let next = site.get("/next", cookie)
        let answers = try await site.visit { client in
            try client.send(head + next)
            return [try client.answer(hasBody: false), try client.answer()]
        }
        #expect(answers[0]["content-length"] == "5" && answers[1].body == "/next")
        await site.server.stop()
    }

    @Test("a large page comes whole")
    func large() async throws {
        let page = String(repeating: "0123456789abcdef", count: 1 << 18)
        let site = try await Site { _ in .html(page) }
        let (cookie, _) = try await site.enter()
        #expect(try await site.ask(site.get("/", cookie)).body == page)
        await site.server.stop()
    }

    @Test("10 MB of headers or of body are refused, and the answer gets through")
    func tooLarge() async throws {
        let site = try await Site()
        let (cookie, _) = try await site.enter()
        let ten = [UInt8](repeating: 0x61, count: 10_000_000)
        let start = Array(site.get("/", cookie).dropLast().utf8) + Array("X: ".utf8)
        let form = site.post("/", cookie, "").replacing(
            "Content-Length: 0", with: "Content-Length: 10000000")
        for (head, status) in [
            (start, 431), (Array("GET /".utf8), 414), (Array(form.utf8), 413),
        ] {
            let answer = try await site.visit { client in
                try client.send(head + ten)
                return try client.answer()
            }
            #expect(answer.status == status && answer["connection"] == "close")
        }
        #expect(site.handler.paths.isEmpty)
        await site.server.stop()
    }

    @Test("a body is not read for someone who may not send one")
    func unreadBody() async throws {
        let site = try await Site()
        let text = site.post("/", "", "").replacing(
            "Content-Length: 0", with: "Content-Length: 1000")
        #expect(try await site.ask(text).status == 401)
        await site.server.stop()
    }

    @Test("a slow client gets 408, a silent one the end", arguments: [false, true])
    func slow(isSilent: Bool) async throws {
        var limits = WebLimits()
        limits.headerMillisecondsMax = 20
        limits.idleMillisecondsMax = 40
        let site = try await Site(limits: limits)
        let text = try await site.visit { client in
            if !isSilent { try client.send("GET / HTTP/1.1\r\nHost: ") }
            do {
                return try client.read { _ in false }
            } catch ClientError.end(let text) {
                return text
            }
        }
        #expect(isSilent ? text.isEmpty : text.hasPrefix("HTTP/1.1 408 "))
        await site.server.stop()
    }

    @Test("a handler that does not answer is cancelled, and the browser told")
    func overdue() async throws {
        var limits = WebLimits()
        limits.handlerMillisecondsMax = 20
        let cancelled = Signal()
        let site = try await Site(limits: limits) { request in
            if request.path != "/token" { await untilCancelled(cancelled) }
            return .html("late")
        }
        let (cookie, _) = try await site.enter()
        let answer = try await site.ask(site.get("/", cookie))
        #expect(answer.status == 503 && answer.body == "overdue")
        await cancelled.wait()
        await site.server.stop()
    }

    @Test("a browser that goes away takes its question along")
    func gone() async throws {
        let (asked, cancelled) = (DispatchSemaphore(value: 0), Signal())
        let site = try await Site { request in
            if request.path != "/token" {
                asked.signal()
                await untilCancelled(cancelled)
            }
            return .html("")
        }
        let (cookie, _) = try await site.enter()
        let text = site.get("/", cookie)
        try await site.visit { client in
            try client.send(text)
            asked.wait()
        }
        await cancelled.wait()
        await site.server.stop()
    }

    @Test("150 connections at once are all answered")
    func crowd() async throws {
        let site = try await Site { .html($0.path) }
        let (cookie, _) = try await site.enter()
        let texts = (0..<150).map { site.get("/\($0)", cookie) }
        // Silent ones first: they give way.
        let bodies = try await blocking { [port = site.port] in
            let silent = try Crowd(port: port, sending: [String](repeating: "", count: 150))
            let asking = try Crowd(port: port, sending: texts)
            return try withExtendedLifetime(silent) { try asking.bodies() }
        }
        #expect(bodies == (0..<150).map { "/\($0)" })
        await site.server.stop()
    }

    @Test("while all connections are answered, the next ones wait outside until there is room")
    func full() async throws {
        var limits = WebLimits()
        limits.connectionsMax = 4
        let open = Gate()
        let site = try await Site(limits: limits) { request in
            if request.path != "/token" { await open.pass() }
            return .html(request.path)
        }
        let (cookie, _) = try await site.enter()
        let texts = (0..<12).map { site.get("/\($0)", cookie) }
        async let bodies = blocking { [port = site.port] in
            try Crowd(port: port, sending: texts).bodies()
        }
        await open.waiting(4)
        #expect(site.handler.paths.count == 4)
        open.open()
        #expect(try await bodies == (0..<12).map { "/\($0)" })
        await site.server.stop()
    }

    @Test("a browser that has just gone makes room for the next one")
    func roomOfTheGone() async throws {
        var limits = WebLimits()
        limits.connectionsMax = 1
        limits.idleMillisecondsMax = 600_000
        let site = try await Site(limits: limits) { .html($0.path) }
        let (cookie, _) = try await site.enter()
        let text = site.get("/", cookie)
        let bodies = try await blocking { [port = site.port] in
            try (0..<200).map { _ in
                let client = try Client(port: port)
                try client.send(text)
                return try client.answer().body
            }
        }
        #expect(bodies == [String](repeating: "/", count: 200))
        await site.server.stop()
    }

    @Test("stopping answers what was sent, cuts what only asks, and leaves nobody at work")
    func stop() async throws {
        let open = Gate()
        let (asked, cancelled) = (Signal(), Signal())
        // What was sent is answered however busy the machine is.
        var limits = WebLimits()
        limits.stopMillisecondsMax = 600_000
        limits.handlerMillisecondsMax = 600_000
        let site = try await Site(limits: limits) { request in
            switch (request.method, request.path) {
            case (_, "/token"): return .html("token=\(request.csrfToken)")
            case (.post, _):
                asked.raise()
                await open.pass()
                return .seeOther("/saved")
            default:
                asked.raise()
                await untilCancelled(cancelled)
                return .html("")
            }
        }
        let (cookie, token) = try await site.enter()
        let post = site.post("/save", cookie, "token=\(token)")
        async let saved = site.ask(post)
        await asked.wait()
        let get = site.get("/", cookie)
        let cut = Task { try await site.ask(get) }
        await asked.wait()
        async let stopped: Void = site.server.stop()
        await cancelled.wait()
        open.open()
        #expect(try await saved["location"] == "/saved")
        await #expect(throws: (any Error).self) { try await cut.value }
        await stopped
        #expect(throws: (any Error).self) { _ = try Client(port: site.port) }
        await #expect(throws: WebError.stopped) { try await site.server.start() }
        await site.server.stop()
    }

    @Test("a handler that heeds nothing is not waited for")
    func stubborn() async throws {
        var limits = WebLimits()
        limits.stopMillisecondsMax = 20
        let (open, asked) = (Gate(), Signal())
        let site = try await Site(limits: limits) { request in
            if request.path != "/token" {
                asked.raise()
                await open.pass()
            }
            return .html("")
        }
        let (cookie, _) = try await site.enter()
        let text = site.get("/", cookie)
        let cut = Task { try await site.ask(text) }
        await asked.wait()
        await site.server.stop()
        await #expect(throws: (any Error).self) { try await cut.value }
        open.open()
    }

    @Test("a port that is taken, by IPv4 or IPv6, or is none, is said so")
    func ports() async throws {
        let site = try await Site()
        let second = try WebServer(port: Int(site.port), handler: site.handler)
        await #expect(
            throws: WebError.cannotListen(.addressInUse("127.0.0.1:\(site.port)"))
        ) { try await second.start() }
        await second.stop()
        for port in [-1, 65_536] {
            #expect(throws: WebError.badPort(port)) {
                _ = try WebServer(port: port, handler: site.handler)
            }
        }
        await #expect(throws: WebError.started) { try await site.server.start() }
        await site.server.stop()
        let third = try WebServer(port: Int(site.port), handler: site.handler)
        #expect(third.newOneTimeURL().isEmpty)
        #expect(try await third.start().port == site.port)
        await third.stop()
    }

    @Test("a server that nobody keeps ends by itself")
    func dropped() async throws {
        var site: Site? = try await Site()
        let port = try #require(site?.port)
        site = nil
        let isGone = try await blocking {
            guard let client = try? Client(port: port) else { return true }
            return client.isEnded()
        }
        #expect(isGone)
    }
}
