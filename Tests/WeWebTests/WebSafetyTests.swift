import Testing
import Weonomy

@testable import WeWeb

@Suite("Web safety")
struct WebSafetyTests {
    @Test("a name that was bound to this machine is no name of this server's")
    func foreignHost() async throws {
        let site = try await Site()
        let session = try await site.enter()
        let port = site.port
        let hosts = [
            "127.0.0.1.evil.com:\(port)", "evil.com", "evil.com:\(port)", "127.0.0.1",
            "127.0.0.1:\(port == 1 ? 2 : port - 1)", "127.0.0.1:\(port)0", "localhost",
            "localhost.:\(port)", "LOCALHOST:\(port)", "0.0.0.0:\(port)", "[::]:\(port)",
            "127.0.0.1:0\(port)", "user@127.0.0.1:\(port)", "", "127.0.0.1:\(port),evil.com",
            "loca\u{212a}host:\(port)",
        ]
        for host in hosts {
            let answer = try await site.ask(site.get("/", session.cookie, host: host))
            #expect(answer.status == 421 && answer.body == "foreignHost", "\(host)")
        }
        for host in ["127.0.0.1:\(port)", "localhost:\(port)", "[::1]:\(port)"] {
            let answer = try await site.ask(site.get("/", session.cookie, host: host))
            #expect(answer.status == 200, "\(host)")
        }
        // Neither by the way round of a whole URL.
        let whole = try await site.ask(site.get("http://evil.com/", session.cookie))
        #expect(whole.status == 421)
        let own = try await site.ask(site.get("http://127.0.0.1:\(port)/x", session.cookie))
        #expect(own.status == 200)
        #expect(site.handler.paths == ["/", "/", "/", "/x"])
        await site.server.stop()
    }

    @Test("a request that another site's page sent is refused, whatever it holds")
    func foreignOrigin() async throws {
        let site = try await Site()
        let (cookie, token) = try await site.enter()
        let own = "http://127.0.0.1:\(site.port)"
        let body = "token=\(token)"
        let foreign = [
            "Origin: http://evil.com\r\n", "Origin: null\r\n", "Origin: \r\n",
            "Origin: http://127.0.0.1:1\r\n", "Origin: https://127.0.0.1:\(site.port)\r\n",
            "Origin: http://localhost:\(site.port)\r\n", "Origin: \(own)/\r\n",
            "Origin: \(own)\r\nOrigin: http://evil.com\r\n", "Sec-Fetch-Site: cross-site\r\n",
            "Sec-Fetch-Site: same-site\r\n", "Origin: \(own)\r\nSec-Fetch-Site: cross-site\r\n",
            "Origin: null\r\nSec-Fetch-Site: cross-site\r\n",
            "Origin: null\r\nSec-Fetch-Site: none\r\n", "Referer: http://evil.com/\r\n",
            "Referer: \(own).evil.com/\r\n", "Referer: \(own)0/\r\n",
        ]
        for headers in foreign {
            let answer = try await site.ask(site.post("/save", cookie + headers, body))
            #expect(answer.status == 403 && answer.body == "foreignOrigin", "\(headers)")
        }
        for origin in ["http://evil.com", "null"] {
            let answer = try await site.ask(site.get("/events", "\(cookie)Origin: \(origin)\r\n"))
            #expect(answer.status == 403)
        }
        #expect(site.handler.paths.isEmpty)
        let good = [
            "", "Origin: \(own)\r\n", "Sec-Fetch-Site: same-origin\r\n",
            "Origin: \(own)\r\nSec-Fetch-Site: same-origin\r\nReferer: \(own)/new\r\n",
            // Our own forms, because of `Referrer-Policy: no-referrer`.
            "Origin: null\r\nSec-Fetch-Site: same-origin\r\n", "Referer: \(own)\r\n",
        ]
        for headers in good {
            let answer = try await site.ask(site.post("/save", cookie + headers, body))
            #expect(answer.status == 200, "\(headers)")
        }
        await site.server.stop()
    }

    @Test("a form counts only with the token of its session")
    func tokens() async throws {
        let site = try await Site()
        let (cookie, token) = try await site.enter()
        let other = try await site.enter()
        #expect(token.utf8.count == 64 && token != other.token)
        let wrong = [
            "", "a=b", "token=", "token=\(token.dropLast())", "token=\(token)0",
            "token=\(other.token)", "token=\(String(token.reversed()))", "Token=\(token)",
            "token=x&token=\(token)",
            "token=\(cookie.dropFirst(8).split(separator: "=").last ?? "")",
        ]
        for body in wrong {
            let answer = try await site.ask(site.post("/save", cookie, body))
            #expect(answer.status == 403 && answer.body == "badToken", "\(body)")
        }
        // In the address it would be kept in histories, and a link could carry it.
        let inQuery = try await site.ask(site.post("/save?token=\(token)", cookie, "a=b"))
        #expect(inQuery.status == 403)
        #expect(site.handler.paths.isEmpty)
        let right = try await site.ask(site.post("/save", cookie, "token=\(token)&a=%C3%A9"))
        #expect(right.status == 200 && site.handler.requests.last?.form["a"] == "é")
        await site.server.stop()
    }

    @Test("only a browser that entered is answered; another server's cookie does not do")
    func cookies() async throws {
        let site = try await Site()
        let other = try await Site()
        let session = try await site.enter()
        // CR LF is one character.
        let value = session.cookie.dropFirst("Cookie: weonomy-\(site.port)=".count).dropLast()
        #expect(value.count == 64)
        let wrong = [
            "", "Cookie: \r\n", "Cookie: weonomy-\(site.port)=\r\n",
            "Cookie: weonomy-\(site.port)=\(value.dropLast())\r\n",
            "Cookie: weonomy-\(other.port)=\(value)\r\n", "Cookie: weonomy=\(value)\r\n",
            "Cookie: xweonomy-\(site.port)=\(value)\r\n", try await other.enter().cookie,
        ]
        for cookie in wrong {
            for text in [site.get("/", cookie), site.post("/", cookie, "token=\(session.token)")] {
                let answer = try await site.ask(text)
                #expect(answer.status == 401 && answer.body == "noSession", "\(cookie)")
            }
        }
        #expect(site.handler.paths.isEmpty)
        // Another port's page may have set cookies of any name: ours is found among them.
        let crowd = "Cookie: a=b; weonomy-\(site.port)=00; \(session.cookie.dropFirst(8))"
        #expect(try await site.ask(site.get("/", crowd)).status == 200)
        // What is the same for everybody, and only that, and only to look at.
        #expect(try await site.ask(site.get("/style.css")).status == 200)
        #expect(try await site.ask(site.get("/style.css/")).status == 401)
        #expect(try await site.ask(site.post("/style.css", "", "")).status == 401)
        await site.server.stop()
        await other.server.stop()
    }

    @Test("a one-time URL lets one browser in, once")
    func oneTimeURL() async throws {
        let site = try await Site()
        let url = site.server.newOneTimeURL()
        #expect(url.hasPrefix("http://127.0.0.1:\(site.port)/enter/"))
        let path = Site.path(of: url)
        // Programs that only look, and other sites' links, don't use it up.
        let looked = try await site.visit { client in
            try client.send("HEAD \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(site.port)\r\n\r\n")
            return try client.answer(hasBody: false)
        }
        #expect(looked.status == 405 && looked["set-cookie"] == nil)
        for kind in ["cross-site", "same-site"] {
            let linked = try await site.ask(site.get(path, "Sec-Fetch-Site: \(kind)\r\n"))
            #expect(linked.status == 403 && linked["set-cookie"] == nil)
        }
        let first = try await site.ask(site.get(path, "Sec-Fetch-Site: none\r\n"))
        #expect(first.status == 303 && first["location"] == "/")
        let cookie = try #require(first["set-cookie"])
        let parts = cookie.split(separator: "; ").map(String.init)
        #expect(parts[0].hasPrefix("weonomy-\(site.port)=") && parts[0].utf8.count > 72)
        #expect(Set(parts.dropFirst()) == ["HttpOnly", "SameSite=Strict", "Path=/"])
        let second = try await site.ask(site.get(path))
        #expect(second.status == 401 && second["set-cookie"] == nil)
        // Who is in already only goes back to the start.
        let again = try await site.ask(site.get(path, "Cookie: \(parts[0])\r\n"))
        #expect(again.status == 303 && again["set-cookie"] == nil)
        for path in ["/enter/", "/enter/\(String(repeating: "0", count: 64))", "/enter/x/y"] {
            #expect(try await site.ask(site.get(path)).status == 401)
        }
        #expect(site.handler.requests.isEmpty)
        await site.server.stop()
    }

    @Test("it leads to a page of this server, and nowhere else")
    func leading() async throws {
        let site = try await Site()
        for (to, location) in [
            ("/s/1%3Fx=y", "/s/1?x=y"), ("//evil.com", "/"), ("http://evil.com", "/"),
            ("/%5Cevil.com", "/"), ("/a%0D%0AX:y", "/"),
        ] {
            let path = Site.path(of: site.server.newOneTimeURL())
            let answer = try await site.ask(site.get("\(path)?to=\(to)"))
            #expect(answer.status == 303 && answer["location"] == location, "\(to)")
        }
        await site.server.stop()
    }

    @Test("a one-time URL is too old after ten minutes; of too many the oldest goes")
    func oldURL() {
        var sessions = WebSessions(limits: WebLimits())
        let first = sessions.invite(now: 0)
        #expect(sessions.enter(first, now: 600_000) == nil)
        let second = sessions.invite(now: 0)
        let third = sessions.invite(now: 1)
        #expect(sessions.enter(third, now: 599_999) != nil)
        #expect(sessions.enter(second, now: 599_999) != nil)
        let tokens = (0..<17).map { _ in sessions.invite(now: 0) }
        #expect(sessions.enter(tokens[0], now: 0) == nil)
        let cookies = tokens.dropFirst().compactMap { sessions.enter($0, now: 0) }
        #expect(Set(cookies).count == 16)
        for _ in 0..<64 { _ = sessions.enter(sessions.invite(now: 0), now: 0) }
        #expect(sessions.session([cookies[0]]) == nil)
    }

    @Test("read-only shows everything and takes nothing")
    func readOnly() async throws {
        let site = try await Site(isReadOnly: true)
        let (cookie, token) = try await site.enter()
        let answer = try await site.ask(site.post("/save", cookie, "token=\(token)"))
        #expect(answer.status == 405 && answer.body == "readOnly" && answer["allow"] == "GET, HEAD")
        #expect(try await site.ask(site.get("/", cookie)).status == 200)
        #expect(site.handler.paths == ["/"])
        #expect(site.handler.requests.allSatisfy { $0.isReadOnly })
        await site.server.stop()
    }

    @Test("every answer keeps the page safe, errors, assets and events as well")
    func headers() async throws {
        let site = try await Site { request in
            switch request.path {
            case "/events": .events(AsyncStream { $0.finish() })
            case "/style.css": .asset([0x61], type: "text/css", isImmutable: true)
            case "/file": .attachment([0x3c], name: "a\"\r\n é.svg")
            default: .html("page")
            }
        }
        let (cookie, _) = try await site.enter()
        let expected = [
            "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
                + "img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; "
                + "frame-ancestors 'none'",
            "x-content-type-options": "nosniff", "referrer-policy": "no-referrer",
            "cross-origin-opener-policy": "same-origin",
            "cross-origin-resource-policy": "same-origin",
        ]
        let texts = [
            site.get("/", cookie), site.get("/"), site.get("/", host: "x"), "nonsense\r\n",
            site.get("/enter/x"), site.get("/style.css"), site.get("/file", cookie),
            site.get(Site.path(of: site.server.newOneTimeURL())), site.get("/events", cookie),
        ]
        for text in texts {
            let answer = try await site.visit { client in
                try client.send(text)
                return try client.head()
            }
            for (name, value) in expected { #expect(answer[name] == value, "\(text)") }
            let isAsset = answer["content-type"] == "text/css"
            #expect(
                answer["cache-control"] == (isAsset ? "max-age=31536000, immutable" : "no-store"))
            #expect(answer["server"] == nil)
        }
        let file = try await site.ask(site.get("/file", cookie))
        #expect(file["content-type"] == "application/octet-stream")
        #expect(
            file["content-disposition"]
                == "attachment; filename*=UTF-8''a%22%0D%0A%20%C3%A9.svg")
        #expect(
            file.headers.filter { $0.name == "content-security-policy" }.map(\.value).last
                == "sandbox")
        await site.server.stop()
    }

    @Test("it is reached by this machine's own addresses alone, in both kinds on one port")
    func loopback() async throws {
        let site = try await Site()
        let (cookie, _) = try await site.enter()
        for host in ["127.0.0.1", "::1"] {
            guard host == "127.0.0.1" || Self.hasIPv6 else { continue }
            let text = site.get("/", cookie)
            let status = try await site.visit(host: host) { client in
                try client.send(text)
                return try client.answer().status
            }
            #expect(status == 200)
        }
        // Loopback has more addresses than one: a server of all addresses would be there too.
        await #expect(throws: (any Error).self) {
            try await site.visit(host: "127.0.0.2") { _ in }
        }
        await site.server.stop()
    }

    private static var hasIPv6: Bool {
        (try? Socket.listening(on: .loopbackIPv6(port: 0))) != nil
    }
}
