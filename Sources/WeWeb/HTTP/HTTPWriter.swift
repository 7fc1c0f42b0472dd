/// Writes the head of an answer, with the headers that every answer has.
enum HTTPWriter {
    /// How the end of a body is told (RFC 9112, section 6).
    enum Framing {
        case length(Int)
        case chunks
        /// Ends with the connection.
        case close
        /// Such an answer never has a body.
        case none
    }

    /// What keeps a page safe even if someone's words got into it as markup.
    private static let policy = """
        default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
        connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'
        """

    /// For every answer, errors and assets as well.
    private static let safety = """
        Content-Security-Policy: \(policy)\r
        X-Content-Type-Options: nosniff\r
        Referrer-Policy: no-referrer\r
        Cross-Origin-Opener-Policy: same-origin\r
        Cross-Origin-Resource-Policy: same-origin\r\n
        """

    /// What only this writer writes; a policy beside the one above makes it stricter only.
    private static let own: Set<String> = [
        "connection", "content-length", "content-type", "transfer-encoding", "keep-alive",
        "upgrade", "trailer", "x-content-type-options", "referrer-policy", "cache-control",
        "cross-origin-opener-policy", "cross-origin-resource-policy",
    ]

    /// The head of an answer, with the empty line after it.
    static func head(of response: WebResponse, framing: Framing, isLast: Bool) -> [UInt8] {
        var text = "HTTP/1.1 \(response.status) \(reason(response.status))\r\n"
        add("Content-Type", response.contentType, to: &text)
        text += safety
        let cache = response.isImmutable ? "max-age=31536000, immutable" : "no-store"
        add("Cache-Control", cache, to: &text)
        for (name, value) in response.headers where !own.contains(name.lowercased()) {
            add(name, value, to: &text)
        }
        switch framing {
        case .length(let count): add("Content-Length", String(count), to: &text)
        case .chunks: add("Transfer-Encoding", "chunked", to: &text)
        case .close, .none: break
        }
        if isLast { add("Connection", "close", to: &text) }
        return Array((text + "\r\n").utf8)
    }

    /// Adds a line, unless it could be read as more than one.
    private static func add(_ name: String, _ value: String, to text: inout String) {
        guard !name.isEmpty, name.utf8.allSatisfy(HTTPFields.isToken),
            value.utf8.allSatisfy(HTTPFields.isValue)
        else { return }
        text += "\(name): \(value)\r\n"
    }

    /// One part of a body whose length is not known beforehand (RFC 9112, section 7.1).
    static func chunk(_ bytes: [UInt8]) -> [UInt8] {
        Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + [0x0d, 0x0a]
    }

    /// The end of such a body.
    static let lastChunk = Array("0\r\n\r\n".utf8)

    /// Asks for the body that the browser keeps back.
    static let goOn = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)

    private static func reason(_ status: Int) -> String {
        switch status {
        case 200: "OK"
        case 204: "No Content"
        case 303: "See Other"
        case 304: "Not Modified"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 413: "Content Too Large"
        case 414: "URI Too Long"
        case 415: "Unsupported Media Type"
        case 417: "Expectation Failed"
        case 421: "Misdirected Request"
        case 422: "Unprocessable Content"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 503: "Service Unavailable"
        case 505: "HTTP Version Not Supported"
        // The phrase may be empty; only the number counts.
        default: ""
        }
    }
}
