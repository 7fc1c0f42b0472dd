import Foundation
import Synchronization
import Weonomy

@testable import WeWeb

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A server on loopback whose pages are made by a closure.
final class Site: Sendable {
    let server: WebServer
    let port: UInt16
    let handler: TestHandler
    private let url: String

    init(
        isReadOnly: Bool = false, limits: WebLimits = WebLimits(),
        answer: @escaping @Sendable (WebRequest) async -> WebResponse = { request in
            .html("token=\(request.csrfToken)")
        }
    ) async throws {
        handler = TestHandler(answer: answer)
        server = try WebServer(
            isReadOnly: isReadOnly, openPaths: ["/style.css"], handler: handler, limits: limits)
        let address = try await server.start()
        port = address.port
        url = address.oneTimeURL
    }

    /// A browser's exchange with it, away from Swift's own threads.
    func visit<Result: Sendable>(
        host: String = "127.0.0.1", _ body: @escaping @Sendable (borrowing Client) throws -> Result
    ) async throws -> Result {
        try await blocking { [port] in try body(Client(port: port, host: host)) }
    }

    /// The answer to one request.
    func ask(_ text: String) async throws -> Answer {
        try await visit { client in
            try client.send(text)
            return try client.answer()
        }
    }

    /// Where a one-time URL leads.
    static func path(of url: String) -> String {
        "/" + url.split(separator: "/").dropFirst(2).joined(separator: "/")
    }

    /// A session of the site: the header of its cookie, and what its forms hold.
    func enter() async throws -> (cookie: String, token: String) {
        let path = Site.path(of: server.newOneTimeURL())
        let answer = try await ask(get(path))
        let cookie = "Cookie: \(answer["set-cookie"]?.prefix { $0 != ";" } ?? "")\r\n"
        let token = try await ask(get("/token", cookie)).body.dropFirst(6)
        return (cookie, String(token))
    }

    func get(_ path: String, _ headers: String = "", host: String? = nil) -> String {
        "GET \(path) HTTP/1.1\r\nHost: \(host ?? "127.0.0.1:\(port)")\r\n\(headers)\r\n"
    }

    func post(_ path: String, _ headers: String, _ body: String) -> String {
        "POST \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n\(headers)\(Machine.formType)"
            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }
}

/// Remembers what it was asked.
final class TestHandler: WebHandler {
    private let answer: @Sendable (WebRequest) async -> WebResponse
    private let asked = Mutex<[WebRequest]>([])

    init(answer: @escaping @Sendable (WebRequest) async -> WebResponse) { self.answer = answer }

    var requests: [WebRequest] { asked.withLock { $0 } }
    /// But for the one that reads the token of a session.
    var paths: [String] { requests.map(\.path).filter { $0 != "/token" } }

    func respond(to request: WebRequest) async -> WebResponse {
        asked.withLock { $0.append(request) }
        return await answer(request)
    }

    func refuse(_ refusal: WebRefusal, acceptLanguage: String) -> WebResponse {
        .html("\(refusal)")
    }
}

/// What a server said.
struct Answer: Sendable {
    var status = 0
    var headers: [(name: String, value: String)] = []
    var body = ""

    subscript(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}

enum ClientError: Error {
    case deadline
    case end(String)
}

/// A client that speaks as little HTTP as there is; its calls block, for at most ten minutes.
struct Client: ~Copyable {
    let socket: Socket

    init(port: UInt16, host: String = "127.0.0.1") throws {
        let addresses = try SocketAddress.resolve(PeerAddress(host: host, port: port))
        let socket = try Socket.connecting(to: addresses[0])
        var entry = pollfd(fd: socket.descriptor, events: Int16(POLLOUT), revents: 0)
        guard poll(&entry, 1, 600_000) == 1 else { throw ClientError.deadline }
        if let error = socket.pendingError() { throw error }
        self.socket = socket
    }

    func wait(for events: Int32, milliseconds: Int32 = 600_000) -> Bool {
        var entry = pollfd(fd: socket.descriptor, events: Int16(events), revents: 0)
        return poll(&entry, 1, milliseconds) == 1
    }

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) throws {
        var offset = 0
        while offset < bytes.count {
            guard wait(for: POLLOUT) else { throw ClientError.deadline }
            offset += try socket.write(bytes, from: offset)
        }
    }

    /// Reads until `isDone` says so of all that came; with more than that, it came at once.
    func read(until isDone: (String) -> Bool) throws -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let text = String(decoding: bytes, as: UTF8.self)
            if isDone(text) { return text }
            guard wait(for: POLLIN) else { throw ClientError.deadline }
            switch try socket.read(into: &buffer) {
            case .bytes(let count): bytes += buffer[..<count]
            case .nothing: continue
            case .end: throw ClientError.end(text)
            }
        }
    }

    /// Reads one byte at a time, so that nothing of a next answer is taken.
    private func line() throws -> String {
        var bytes: [UInt8] = []
        while !bytes.suffix(2).elementsEqual([13, 10]) { bytes += try take(1) }
        return String(decoding: bytes.dropLast(2), as: UTF8.self)
    }

    func take(_ count: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            var buffer = [UInt8](repeating: 0, count: count - bytes.count)
            guard wait(for: POLLIN) else { throw ClientError.deadline }
            switch try socket.read(into: &buffer) {
            case .bytes(let count): bytes += buffer[..<count]
            case .nothing: continue
            case .end: throw ClientError.end(String(decoding: bytes, as: UTF8.self))
            }
        }
        return bytes
    }

    /// The head of the next answer.
    func head() throws -> Answer {
        var answer = Answer()
        let words = try line().split(separator: " ")
        answer.status = words.count > 1 ? Int(words[1]) ?? 0 : 0
        while case let line = try line(), !line.isEmpty {
            let name = line.prefix { $0 != ":" }
            answer.headers.append((name.lowercased(), String(line.dropFirst(name.count + 2))))
        }
        return answer
    }

    /// The next answer with its body.
    func answer(hasBody: Bool = true) throws -> Answer {
        var answer = try head()
        let count = answer["content-length"].flatMap { Int($0) } ?? 0
        if hasBody { answer.body = String(decoding: try take(count), as: UTF8.self) }
        return answer
    }

    /// The next piece of a body in chunks.
    func chunk() throws -> String {
        let count = Int(try line(), radix: 16) ?? 0
        return String(decoding: try take(count + 2).dropLast(2), as: UTF8.self)
    }

    /// The next event; comments are passed over, which come in between on a busy machine.
    func event() throws -> String {
        var next = try chunk()
        while next == ":\n\n" { next = try chunk() }
        return next
    }

    /// Waits for the end of the connection.
    func isEnded() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while wait(for: POLLIN) {
            guard let result = try? socket.read(into: &buffer) else { return true }
            if result == .end { return true }
        }
        return false
    }
}

/// Runs blocking calls away from Swift's own threads.
func blocking<Result: Sendable>(
    _ body: @escaping @Sendable () throws -> Result
) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        // A queue adds threads only one by one while others block.
        Thread.detachNewThread {
            continuation.resume(with: Swift.Result { try body() })
        }
    }
}
