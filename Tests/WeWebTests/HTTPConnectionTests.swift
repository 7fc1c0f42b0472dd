import Testing
import Weonomy

@testable import WeWeb

@Suite("HTTP connection")
struct HTTPConnectionTests {
    @Test("a connection without a request is closed after 15 s, without a word")
    func idle() {
        var one = Machine()
        #expect(one.machine.deadline == one.now + 15_000)
        one.pass(14_999)
        #expect(!one.isClosed)
        one.pass(1)
        #expect(one.isClosed && one.output.isEmpty)
    }

    @Test("headers have 10 s from their first byte on, however they trickle in")
    func slowHeaders() {
        var one = Machine()
        one.pass(9_000)
        for byte in "GET / HT" {
            one.receive(String(byte))
            one.pass(1_200)
        }
        #expect(one.output.isEmpty)
        one.pass(400)
        #expect(one.output.hasPrefix("HTTP/1.1 408 ") && one.hasFinishedWriting && !one.isClosed)
        one.pass(2_000)
        #expect(one.isClosed)
    }

    @Test("a body has 10 s, and the words that it was waited for")
    func slowBody() {
        var one = Machine()
        let cookie = one.enter()
        one.receive(
            "POST / HTTP/1.1\r\nHost: 127.0.0.1:7400\r\n\(cookie)Accept-Language: nl\r\n"
                + "\(Machine.formType)Content-Length: 9\r\n\r\na=")
        one.pass(9_999)
        #expect(one.output.isEmpty)
        one.pass(1)
        #expect(one.output.hasPrefix("HTTP/1.1 408 ") && one.output.hasSuffix("timedOut nl"))
    }

    @Test("a handler has 30 s; then nobody waits for it, and what it says then is lost")
    func slowHandler() {
        var one = Machine()
        one.receive(Machine.text("GET /", one.enter()))
        #expect(one.requests.count == 1)
        one.pass(29_999)
        #expect(one.cancelled == 0)
        one.pass(1)
        #expect(one.cancelled == 1 && one.output.hasPrefix("HTTP/1.1 503 "))
        one.answer(.html("late"))
        #expect(!one.output.contains("late") && one.hasFinishedWriting)
    }

    @Test("a browser that takes nothing for 15 s is cut")
    func slowReader() {
        var one = Machine()
        one.isReading = false
        one.receive(Machine.text("GET /", one.enter()))
        one.answer(.html("page"))
        one.pass(14_000)
        one.obey(one.machine.wrote(1, now: one.now))
        one.pass(14_999)
        #expect(!one.isClosed)
        one.pass(1)
        #expect(one.isClosed)
    }

    @Test("after an answer the next request is read, and has its own time")
    func keepAlive() {
        var one = Machine()
        let cookie = one.enter()
        for number in 1...3 {
            one.receive(Machine.text("GET /\(number)", cookie))
            one.answer(.html("<\(number)>"))
            #expect(one.machine.deadline == one.now + 15_000)
            one.pass(10_000)
        }
        #expect(one.requests.map(\.path) == ["/1", "/2", "/3"] && !one.isClosed)
        #expect(!one.output.contains("Connection: close"))
        #expect(one.output.split(separator: "Content-Length: 3\r\n").count == 4)
    }

    @Test("requests sent ahead wait for their turn, and are read up to a bound")
    func ahead() {
        var one = Machine()
        let cookie = one.enter()
        let second = Machine.text("GET /2", cookie)
        one.receive(Machine.text("GET /1", cookie) + second.dropLast(9))
        #expect(one.requests.count == 1 && one.machine.wantsInput)
        one.receive(String(second.suffix(9)))
        one.answer(.html("1"))
        #expect(one.requests.map(\.path) == ["/1", "/2"])
        one.receive(String(repeating: "x", count: 65_536))
        #expect(!one.machine.wantsInput)
    }

    @Test("the end of the connection is said where it is meant", arguments: ["1.0", "1.1"])
    func last(version: String) {
        var one = Machine()
        let headers = version == "1.1" ? "Connection: close\r\n" : ""
        one.receive(Machine.text("GET /", one.enter() + headers, version: version))
        one.answer(.html("page"))
        #expect(one.output.contains("\r\nConnection: close\r\n") && one.hasFinishedWriting)
        one.obey(one.machine.ended())
        #expect(one.isClosed)
    }

    @Test("HEAD gets what GET gets, but for the body; for events as well")
    func head() {
        var one = Machine()
        let cookie = one.enter()
        one.receive(Machine.text("HEAD /", cookie))
        #expect(one.requests.first?.method == .head)
        one.answer(.html("four"))
        #expect(one.output.contains("Content-Length: 4\r\n") && one.output.hasSuffix("\r\n\r\n"))
        one.receive(Machine.text("HEAD /events", cookie))
        one.answer(.events(AsyncStream { _ in }))
        #expect(one.followed.isEmpty && one.hasFinishedWriting)
        #expect(one.output.hasSuffix("Connection: close\r\n\r\n"))
    }

    @Test("someone who expects a word before the body gets it, once the request may be sent")
    func expect() {
        var one = Machine()
        let cookie = one.enter()
        let head = "\(Machine.formType)Expect: 100-continue\r\nContent-Length: 3\r\n\r\n"
        one.receive("POST / HTTP/1.1\r\nHost: 127.0.0.1:7400\r\n\(cookie)\(head)")
        #expect(one.output == "HTTP/1.1 100 Continue\r\n\r\n")
        var other = Machine()
        other.receive("POST / HTTP/1.1\r\nHost: 127.0.0.1:7400\r\n\(head)")
        #expect(other.output.hasPrefix("HTTP/1.1 401 "))
    }

    @Test("events are sent as they come, with a sign of life every 15 s")
    func events() {
        var one = Machine()
        one.receive(Machine.text("GET /events", one.enter()))
        one.answer(.events(AsyncStream { _ in }))
        #expect(one.followed.count == 1 && one.output.contains("Transfer-Encoding: chunked\r\n"))
        one.output = ""
        one.obey(one.machine.happened(WebEvent(id: "7", name: "n", data: "a\nb"), now: one.now))
        #expect(one.output == "20\r\nid: 7\nevent: n\ndata: a\ndata: b\n\n\r\n")
        one.output = ""
        one.pass(14_999)
        #expect(one.output.isEmpty)
        one.pass(1)
        #expect(one.output == "3\r\n:\n\n\r\n")
        one.obey(one.machine.streamEnded(now: one.now))
        #expect(one.output.hasSuffix("0\r\n\r\n") && one.hasFinishedWriting)
    }

    @Test("no field of an event can begin another one, and line ends are line ends")
    func eventFields() {
        func text(_ event: WebEvent) -> String { String(decoding: event.encoded, as: UTF8.self) }
        let event = WebEvent(id: "1\r\ndata: x\0", name: "a\nb\rc", data: "p\r\nq\rr\n\ns")
        #expect(
            text(event)
                == "id: 1data: x\nevent: abc\ndata: p\ndata: q\ndata: r\ndata: \ndata: s\n\n")
        #expect(text(WebEvent(data: "")) == "data: \n\n")
    }

    @Test("HTTP/1.0 gets events without chunks")
    func oldEvents() {
        var one = Machine()
        one.receive(Machine.text("GET /events", one.enter(), version: "1.0"))
        one.answer(.events(AsyncStream { _ in }))
        one.output = ""
        one.obey(one.machine.happened(WebEvent(data: "a"), now: one.now))
        #expect(one.output == "data: a\n\n")
        one.obey(one.machine.streamEnded(now: one.now))
        #expect(one.hasFinishedWriting)
    }

    @Test("a browser that does not read its events is cut at 256 KiB")
    func unreadEvents() {
        var one = Machine()
        one.receive(Machine.text("GET /events", one.enter()))
        one.answer(.events(AsyncStream { _ in }))
        one.isReading = false
        let event = WebEvent(data: String(repeating: "x", count: 1_000))
        for _ in 0..<200 { one.obey(one.machine.happened(event, now: one.now)) }
        #expect(!one.isClosed)
        for _ in 0..<100 { one.obey(one.machine.happened(event, now: one.now)) }
        #expect(one.isClosed && one.cancelled == 1)
        #expect(one.output.utf8.count < 300_000)
    }

    @Test("a browser that goes takes its question along, but not what a person has sent")
    func gone() {
        var one = Machine()
        let cookie = one.enter()
        one.receive(Machine.text("GET /", cookie))
        one.obey(one.machine.ended())
        #expect(one.isClosed && one.cancelled == 1)
        var other = Machine()
        let token = other.form()
        other.receive(token)
        #expect(other.requests.count == 1)
        other.obey(other.machine.failed())
        #expect(other.isClosed && other.cancelled == 0)
        var stream = Machine()
        stream.receive(Machine.text("GET /events", stream.enter()))
        stream.answer(.events(AsyncStream { _ in }))
        stream.obey(stream.machine.ended())
        #expect(stream.isClosed && stream.cancelled == 1)
    }

    @Test("told to stop, it answers what was sent, ends streams, and cuts what only asks")
    func stop() {
        var asking = Machine()
        asking.receive(Machine.text("GET /", asking.enter()))
        asking.obey(asking.machine.stop(now: asking.now))
        #expect(asking.isClosed && asking.cancelled == 1)
        var sending = Machine()
        let form = sending.form()
        sending.receive(form)
        sending.obey(sending.machine.stop(now: sending.now))
        #expect(!sending.isClosed)
        sending.answer(.seeOther("/done"))
        #expect(sending.output.contains("Location: /done\r\n") && sending.hasFinishedWriting)
        #expect(sending.output.contains("Connection: close\r\n"))
        var stream = Machine()
        stream.receive(Machine.text("GET /events", stream.enter()))
        stream.answer(.events(AsyncStream { _ in }))
        stream.obey(stream.machine.stop(now: stream.now))
        #expect(stream.output.hasSuffix("0\r\n\r\n") && stream.cancelled == 1)
        var idle = Machine()
        idle.obey(idle.machine.stop(now: idle.now))
        #expect(idle.isClosed)
    }

    @Test("a handler's answer cannot forge headers, nor undo those that keep the page safe")
    func headers() {
        var one = Machine()
        one.receive(Machine.text("GET /", one.enter()))
        one.answer(
            WebResponse(
                contentType: "text/plain",
                headers: [
                    ("X-Fine", "a"), ("X-Bad", "a\r\nSet-Cookie: b=c"), ("X Bad", "d"),
                    ("content-length", "0"), ("Cache-Control", "public"),
                    ("Content-Security-Policy", "sandbox"), ("X-Content-Type-Options", "e"),
                ], body: .bytes([0x61])))
        #expect(one.output.contains("X-Fine: a\r\n") && !one.output.contains("b=c"))
        #expect(!one.output.contains("Bad") && !one.output.contains("public"))
        #expect(one.output.contains("Content-Length: 1\r\n"))
        #expect(one.output.split(separator: "Content-Security-Policy: ").count == 3)
        #expect(one.output.split(separator: "nosniff").count == 2)
        one.receive(Machine.text("GET /", one.enter()))
        one.answer(WebResponse(status: 99, contentType: "text/plain", body: .bytes([])))
        #expect(one.output.contains("HTTP/1.1 500 "))
    }

    @Test("only addresses of this server are led to")
    func locations() {
        let elsewhere = [
            "//evil", "/\\evil", "http://evil/", "", "evil", "/a\r\nX: y", "/a b", "/é", "/a/../b",
            "/%", "javascript:alert(1)",
        ]
        for path in elsewhere {
            #expect(WebResponse.seeOther(path).headers.first?.value == "/", "\(path)")
        }
        for path in ["/", "/s/1?x=%2F%2Fa#c-2", "/topic/a%20b/"] {
            #expect(WebResponse.seeOther(path).headers.first?.value == path)
        }
    }
}

extension Machine {
    static let formType = "Content-Type: application/x-www-form-urlencoded\r\n"

    /// A form that was sent by this session's page.
    mutating func form(_ fields: String = "&a=b") -> String {
        let cookie = enter()
        receive(Machine.text("GET /form", cookie))
        let token = requests.removeLast().csrfToken
        answer(.html(""))
        output = ""
        return Machine.text(
            "POST /form", cookie + Machine.formType, body: "token=\(token)\(fields)")
    }
}
