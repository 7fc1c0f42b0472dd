import Foundation

/// Pages of a large brain, as a browser gets them from `weonomy ui`.
extension Measurements {
    /// First bytes and sizes: of the first visit to each page, as things are, and after a change;
    /// WEONOMY_BINARY says which binary,
    /// else it is the release build of this repository, where there is one.
    static func page(_ options: Options) throws -> [Result] {
        guard let binary = Measurements.binary else { return [] }
        return try withFolder { folder in
            let (source, _) = try made(folder, events: options.events, people: options.people)
            for (name, kept) in [(".key", "identity.key"), (".secrets", "team.secrets")] {
                try FileManager.default.moveItem(
                    atPath: source + "/brain.sqlite" + name, toPath: source + "/" + kept)
            }
            func serve() throws -> (Child, Browser) {
                let server = try Child(
                    binary,
                    ["--home", folder, "--team", "source", "ui", "--no-open", "--json", "-q"])
                guard let line = server.line() else {
                    throw BenchError(description: "the page is not served")
                }
                return (server, try Browser(line))
            }
            let (first, looking) = try serve()
            let today = try looking.get("/").body
            let item = try Browser.part(of: today, from: "href=\"/s/", to: "\"")
            let asked = try looking.get("/needs").body
            let question = try Browser.part(of: asked, from: "href=\"/s/", to: "\"")
            first.stop()
            let paths = [
                ("today", "/"), ("brain", "/brain"), ("search", "/search?q=note+topic%3Atopic-3"),
                ("needs", "/needs"), ("people", "/people"), ("topic", "/topic/topic-3"),
                ("item", "/s/" + item), ("question", "/s/" + question), ("sync", "/sync"),
            ]
            let (server, browser) = try serve()
            defer { server.stop() }
            // It starts with the laptop, and has made its first pages long before anybody asks.
            Thread.sleep(forTimeInterval: 1.5)
            let cold = try paths.map { try browser.get($0.1).milliseconds }
            return try paths.enumerated().map { place, page in
                var kept: [Double] = []
                var anew: [Double] = []
                var bytes = 0
                for number in 0..<(options.isSmoke ? 3 : 11) {
                    kept.append(try browser.get(page.1).milliseconds)
                    try browser.share("\(page.0) \(number)", topic: "topic-3")
                    let answer = try browser.get(page.1)
                    anew.append(answer.milliseconds)
                    bytes = answer.body.utf8.count
                }
                return Result(
                    name: "page-" + page.0,
                    values: [
                        ("coldMs", cold[place]), ("medianMs", median(kept)),
                        ("changedMs", median(anew)), ("bytes", Double(bytes)),
                    ])
            }
        }
    }

    /// The program itself.
    static var binary: String? {
        let built = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: ".build/release/weonomy").path
        let binary = ProcessInfo.processInfo.environment["WEONOMY_BINARY"] ?? built
        return FileManager.default.isExecutableFile(atPath: binary) ? binary : nil
    }
}

/// As much of a browser as asks for pages: HTTP/1.1, a connection for each request.
struct Browser {
    struct Answer {
        let head: String
        let body: String
        /// From the request to the first byte.
        let milliseconds: Double
    }

    private let port: UInt16
    private var cookie = ""
    private var token = ""

    /// Enters by the address that `weonomy ui --json` prints.
    init(_ line: String) throws {
        let url = try Browser.part(of: line, from: "\"url\":\"", to: "\"")
            .replacing("\\/", with: "/")
        guard let number = URL(string: url)?.port.flatMap({ UInt16(exactly: $0) }) else {
            throw BenchError(description: "no address in \(line)")
        }
        port = number
        let path = try Browser.part(of: url + " ", from: ":\(port)", to: " ")
        let entered = try send("GET", path)
        cookie = try Browser.part(of: entered.head.lowercased(), from: "set-cookie: ", to: ";")
        if let found = try? Browser.part(of: entered.head, from: "Set-Cookie: ", to: ";") {
            cookie = found
        }
        token = try Browser.part(
            of: try get("/new").body, from: "name=\"token\" value=\"", to: "\"")
    }

    static func part(of text: String, from: String, to: String) throws -> String {
        guard let start = text.firstRange(of: from),
            let end = text[start.upperBound...].firstRange(of: to)
        else { throw BenchError(description: "no \(from) in \(text.prefix(300))") }
        return String(text[start.upperBound..<end.lowerBound])
    }

    func get(_ path: String) throws -> Answer {
        let answer = try send("GET", path)
        guard answer.head.hasPrefix("HTTP/1.1 200") else {
            throw BenchError(description: "\(path): \(answer.head.prefix(80))")
        }
        return answer
    }

    func share(_ title: String, topic: String) throws {
        let form = "token=\(token)&kind=insight&sure=1&title=\(title.replacing(" ", with: "+"))"
        let answer = try send("POST", "/new", form + "&body=New&topics=\(topic)")
        guard answer.head.hasPrefix("HTTP/1.1 303") else {
            throw BenchError(description: "not shared: \(answer.head.prefix(80))")
        }
    }

    private func send(_ method: String, _ path: String, _ form: String = "") throws -> Answer {
        let host = "127.0.0.1:\(port)"
        var request = "\(method) \(path) HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n"
        request += "Accept: text/html\r\nAccept-Language: en\r\n"
        if !cookie.isEmpty { request += "Cookie: \(cookie)\r\n" }
        if method == "POST" {
            request += "Origin: http://\(host)\r\nSec-Fetch-Site: same-origin\r\n"
            request += "Content-Type: application/x-www-form-urlencoded\r\n"
            request += "Content-Length: \(form.utf8.count)\r\n"
        }
        request += "\r\n" + form
        let socket = socket(AF_INET, Browser.stream, 0)
        guard socket >= 0 else { throw BenchError(description: "no socket") }
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isConnected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(socket, $0, size) } == 0
        }
        guard isConnected else { throw BenchError(description: "nobody at \(host)") }
        let start = Usage.seconds()
        let bytes = Array(request.utf8)
        guard Foundation.send(socket, bytes, bytes.count, 0) == bytes.count else {
            throw BenchError(description: "not sent")
        }
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        var first = 0.0
        while true {
            let count = recv(socket, &buffer, buffer.count, 0)
            if answer.isEmpty { first = Usage.seconds() }
            guard count > 0 else { break }
            answer += buffer[..<count]
        }
        let text = String(decoding: answer, as: UTF8.self)
        let end = text.firstRange(of: "\r\n\r\n")?.lowerBound ?? text.endIndex
        return Answer(
            head: String(text[..<end]), body: String(text[end...].dropFirst(2)),
            milliseconds: (first - start) * 1_000)
    }

    #if os(Linux)
        private static var stream: Int32 { Int32(SOCK_STREAM.rawValue) }
    #else
        private static var stream: Int32 { SOCK_STREAM }
    #endif
}
