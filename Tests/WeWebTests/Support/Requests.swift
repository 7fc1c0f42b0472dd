@testable import WeWeb

/// What became of bytes: requests in a form that can be compared, then perhaps a refusal.
struct Reading: Equatable {
    var messages: [String] = []
    var refusal: WebRefusal?

    /// Reads bytes in pieces of at most `size`.
    init(_ bytes: [UInt8], size: Int, limits: WebLimits = WebLimits()) {
        var reader = HTTPMessages(limits: limits)
        var rest = bytes[...]
        do {
            repeat {
                reader.append(rest.prefix(size))
                rest = rest.dropFirst(size)
                while let message = try reader.next() { messages.append(Self.text(of: message)) }
            } while !rest.isEmpty
        } catch {
            refusal = error
        }
    }

    private static func text(of message: HTTPMessages.Message) -> String {
        let headers = message.headers.map { "\($0.name)=\($0.value)" }
        let query = message.query.pairs.map { "\($0.name)=\($0.value)" }
        return """
            \(message.method) \(message.authority ?? "-") \(message.path) \(message.segments) \
            \(query) \(headers) \(String(decoding: message.body, as: UTF8.self)) \(message.isLast)
            """
    }
}

/// Requests that are fine, or nearly.
enum Requests {
    static let valid = [
        "GET / HTTP/1.1\r\nHost: 127.0.0.1:7400\r\n\r\n",
        "GET /topic/a%2Fb?q=%C3%A9+x&q=2&empty HTTP/1.1\r\nHost: a\r\nX-Y:  z \t\r\n\r\n",
        "HEAD /brain/ HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Close\r\n\r\n",
        "GET http://a:1/x?y HTTP/1.1\r\nHost: a:1\r\n\r\n",
        "GET / HTTP/1.0\r\nHost: a\r\n\r\n",
        "POST /new HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\n\r\ntitle=xGET / HTTP/1.1\r\n"
            + "Host: b\r\n\r\n",
        "POST /new HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 03\r\n\r\na=b",
        "GET / HTTP/1.1\r\nHost: a\r\nEmpty:\r\nCookie: a=b; weonomy-1=c\r\n\r\n",
    ]

    static let refused: [(String, WebRefusal)] = [
        ("get / HTTP/1.1\r\n", .badRequest), ("\r\nGET / HTTP/1.1\r\n", .badRequest),
        ("GET / HTTP/1.1\nHost: a\r\n\r\n", .badRequest), ("G(T / HTTP/1.1\r\n", .badRequest),
        ("GET  / HTTP/1.1\r\n", .badRequest), ("GET / HTTP/1.1 \r\n", .badRequest),
        ("GET /\r\n", .badRequest), ("GET / HTTP/1.1x\r\n", .badRequest),
        ("GET / http/1.1\r\n", .badRequest), ("GET / HTTP/2.0\r\n", .unsupportedVersion),
        ("PRI * HTTP/2.0\r\n", .unsupportedVersion), ("PUT / HTTP/1.1\r\n", .methodNotAllowed),
        ("CONNECT a:1 HTTP/1.1\r\n", .methodNotAllowed), ("\u{16}\u{3}\u{1}", .badRequest),
        ("GET * HTTP/1.1\r\n", .badRequest), ("GET a HTTP/1.1\r\n", .badRequest),
        ("GET https://a/ HTTP/1.1\r\n", .badRequest), ("GET http:/// HTTP/1.1\r\n", .badRequest),
        ("GET http://a\t/ HTTP/1.1\r\n", .badRequest), ("GET http://é/ HTTP/1.1\r\n", .badRequest),
        ("GET //a HTTP/1.1\r\n", .badRequest), ("GET /a//b HTTP/1.1\r\n", .badRequest),
        ("GET /a/../b HTTP/1.1\r\n", .badRequest), ("GET /%2e%2E/b HTTP/1.1\r\n", .badRequest),
        ("GET /a/.. HTTP/1.1\r\n", .badRequest), ("GET /./a HTTP/1.1\r\n", .badRequest),
        ("GET /a%2F..%2Fb HTTP/1.1\r\n", .badRequest), ("GET /%2Fa HTTP/1.1\r\n", .badRequest),
        ("GET /a\\b HTTP/1.1\r\n", .badRequest), ("GET /a%5Cb HTTP/1.1\r\n", .badRequest),
        ("GET /a%00 HTTP/1.1\r\n", .badRequest), ("GET /a%0A HTTP/1.1\r\n", .badRequest),
        ("GET /a%7f HTTP/1.1\r\n", .badRequest), ("GET /a#b HTTP/1.1\r\n", .badRequest),
        ("GET /%4 HTTP/1.1\r\n", .badRequest), ("GET /%zz HTTP/1.1\r\n", .badRequest),
        ("GET /%C3 HTTP/1.1\r\n", .badRequest), ("GET /é HTTP/1.1\r\n", .badRequest),
        ("GET /?a=%00 HTTP/1.1\r\n", .badRequest), ("GET /?a=%f HTTP/1.1\r\n", .badRequest),
        ("GET /?%ff HTTP/1.1\r\n", .badRequest), ("GET /?a#b HTTP/1.1\r\n", .badRequest),
        ("GET /\r HTTP/1.1\r\n", .badRequest),
    ]

    /// Headers after `POST / HTTP/1.1`, and what is wrong with them.
    static let refusedHeaders: [(String, WebRefusal)] = [
        ("\r\n", .badRequest), ("Host: a\r\nHost: a\r\n\r\n", .badRequest),
        ("Host : a\r\n\r\n", .badRequest), ("Host: a\r\n b\r\n\r\n", .badRequest),
        (" Host: a\r\n\r\n", .badRequest), ("Host: a\r\nX\r\n\r\n", .badRequest),
        ("Host: a\r\n: b\r\n\r\n", .badRequest), ("Host: a\r\nX: b\rc\r\n\r\n", .badRequest),
        ("Host: a\nX: b\r\n\r\n", .badRequest), ("Host: a\r\nX: \0\r\n\r\n", .badRequest),
        ("Host: a\r\nX: \u{7f}\r\n\r\n", .badRequest), ("Host: a\r\nX\"y: b\r\n\r\n", .badRequest),
        ("Host: a\r\nX: b\r\r\n\r\n", .badRequest), ("Host: a\r\n\n", .badRequest),
        ("Host: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n", .badRequest),
        ("Host: a\r\nContent-Length: 1, 1\r\n\r\n", .badRequest),
        ("Host: a\r\nContent-Length: +1\r\n\r\n", .badRequest),
        ("Host: a\r\nContent-Length: -1\r\n\r\n", .badRequest),
        ("Host: a\r\nContent-Length: 0x1\r\n\r\n", .badRequest),
        ("Host: a\r\nContent-Length: 1 1\r\n\r\n", .badRequest),
        ("Host: a\r\nContent-Length: \u{0661}\r\n\r\n", .badRequest),
        ("Host: a\r\nContent-Length:\r\n\r\n", .badRequest),
        ("Host: a\r\nContent-Length: 1048577\r\n\r\n", .tooLarge),
        ("Host: a\r\nContent-Length: 99999999999999999999999\r\n\r\n", .tooLarge),
        ("Host: a\r\nTransfer-Encoding: chunked\r\n\r\n", .notImplemented),
        ("Host: a\r\nTransfer-Encoding: identity\r\n\r\n", .notImplemented),
        ("Host: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n", .badRequest),
        ("Host: a\r\ncontent-length: 1\r\ntransfer-encoding:\tchunked\r\n\r\n", .badRequest),
        ("Host: a\r\nExpect: 200-ok\r\n\r\n", .expectation),
    ]
}
