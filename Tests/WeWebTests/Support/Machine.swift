import Weonomy

@testable import WeWeb

/// A connection without a socket, on a clock that the test sets.
struct Machine {
    static let port: UInt16 = 7_400
    var machine: HTTPConnection
    let guardian: WebGuard
    var now: Milliseconds = 1_000
    /// What would have gone to the browser.
    var output = ""
    var requests: [WebRequest] = []
    var cancelled = 0
    /// Pieces that the machine waits for.
    var reads: [(pieces: WebPieces, place: Int)] = []
    var followed: [AsyncStream<WebEvent>] = []
    /// Whether the browser takes what it is sent.
    var isReading = true
    var hasFinishedWriting = false
    var isClosed = false

    init(isReadOnly: Bool = false, limits: WebLimits = WebLimits()) {
        guardian = WebGuard(
            port: Machine.port, isReadOnly: isReadOnly, openPaths: ["/style.css"],
            sessions: WebSessions(limits: limits))
        machine = HTTPConnection(
            HTTPConnection.Context(limits: limits, guardian: guardian) { refusal, language in
                .html("\(refusal) \(language)")
            }, now: now)
    }

    /// Does what the machine says, as its shell does.
    mutating func obey(_ actions: [HTTPConnection.Action]) {
        for action in actions {
            switch action {
            case .send(let bytes):
                output += String(decoding: bytes, as: UTF8.self)
                if isReading { obey(machine.wrote(bytes.count, now: now)) }
            case .ask(let request): requests.append(request)
            case .read(let pieces, let place): reads.append((pieces, place))
            case .follow(let events): followed.append(events)
            case .cancel: cancelled += 1
            case .finishWriting: hasFinishedWriting = true
            case .close: isClosed = true
            }
        }
    }

    mutating func receive(_ text: String) { obey(machine.received(text.utf8, now: now)) }

    mutating func receive(_ bytes: [UInt8]) { obey(machine.received(bytes, now: now)) }

    /// Gives the machine the piece that it waits for.
    mutating func bring(_ bytes: [UInt8]) {
        reads.removeFirst()
        obey(machine.came(bytes, now: now))
    }

    mutating func answer(_ response: WebResponse) { obey(machine.answered(response, now: now)) }

    /// Lets time pass.
    mutating func pass(_ milliseconds: Milliseconds) {
        now += milliseconds
        obey(machine.tick(now: now))
    }

    /// A session's cookie, as a header.
    mutating func enter() -> String {
        let url = guardian.newOneTimeURL(now: now)
        let token = url.split(separator: "/").last ?? ""
        var other = Machine(sharing: guardian, now: now)
        other.receive("GET /enter/\(token) HTTP/1.1\r\nHost: \(Machine.host)\r\n\r\n")
        let line = other.output.split(separator: "\r\n").first { $0.hasPrefix("Set-Cookie: ") }
        let pair = line?.dropFirst(12).prefix { $0 != ";" } ?? ""
        return "Cookie: \(pair)\r\n"
    }

    private init(sharing guardian: WebGuard, now: Milliseconds) {
        self.guardian = guardian
        self.now = now
        machine = HTTPConnection(
            HTTPConnection.Context(limits: WebLimits(), guardian: guardian) { _, _ in .html("") },
            now: now)
    }

    static let host = "127.0.0.1:7400"

    /// A request from a browser that entered.
    static func text(
        _ line: String, _ headers: String, body: String? = nil, version: String = "1.1"
    ) -> String {
        let length = body.map { "Content-Length: \($0.utf8.count)\r\n" } ?? ""
        return "\(line) HTTP/\(version)\r\nHost: \(host)\r\n\(headers)\(length)\r\n\(body ?? "")"
    }
}
