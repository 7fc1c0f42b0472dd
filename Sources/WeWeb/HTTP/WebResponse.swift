/// What a browser is answered; the headers that keep it safe are added on the way.
package struct WebResponse: Sendable {
    /// What comes after the headers.
    package enum Body: Sendable {
        case bytes([UInt8])
        /// Read piece by piece, each when the one before has gone.
        case pieces(WebPieces)
        /// Sent one by one until the stream ends, the browser goes, or the server stops.
        case events(AsyncStream<WebEvent>)
    }

    package var status: Int
    package var contentType: String
    /// Beside those that the server writes itself; one that it writes, or that could forge another,
    /// is left out.
    package var headers: [(name: String, value: String)]
    package var body: Body
    /// Whether the browser may keep it for good: its address changes whenever its bytes do.
    package var isImmutable: Bool

    /// Puts an answer together.
    package init(
        status: Int = 200, contentType: String, headers: [(name: String, value: String)] = [],
        body: Body, isImmutable: Bool = false
    ) {
        self.status = status
        self.contentType = contentType
        self.headers = headers
        self.body = body
        self.isImmutable = isImmutable
    }

    /// A page.
    package static func html(_ text: String, status: Int = 200) -> WebResponse {
        WebResponse(
            status: status, contentType: "text/html; charset=utf-8", body: .bytes(Array(text.utf8)))
    }

    /// Sends the browser to another page of this server with GET; to `/` when `path` is not one.
    package static func seeOther(_ path: String) -> WebResponse {
        let path = HTTPTarget.isLocal(path) ? path : "/"
        return WebResponse(
            status: 303, contentType: "text/plain; charset=utf-8", headers: [("Location", path)],
            body: .bytes([]))
    }

    /// A style sheet, script or picture of the program's own.
    package static func asset(
        _ bytes: [UInt8], type: String, isImmutable: Bool
    ) -> WebResponse {
        WebResponse(contentType: type, body: .bytes(bytes), isImmutable: isImmutable)
    }

    /// A file of a person, only ever to be saved: whatever it holds is not shown or run here.
    package static func attachment(_ bytes: [UInt8], name: String) -> WebResponse {
        let headers = [
            ("Content-Disposition", "attachment; filename*=UTF-8''\(Percent.segment(name))"),
            // Policies add up: this one counts beside the server's own.
            ("Content-Security-Policy", "sandbox"),
        ]
        return WebResponse(
            contentType: "application/octet-stream", headers: headers, body: .bytes(bytes))
    }

    /// The same, of any length.
    package static func attachment(_ pieces: WebPieces, name: String) -> WebResponse {
        var response = attachment([], name: name)
        response.body = .pieces(pieces)
        return response
    }

    /// What happens from now on.
    package static func events(_ events: AsyncStream<WebEvent>) -> WebResponse {
        WebResponse(contentType: "text/event-stream; charset=utf-8", body: .events(events))
    }
}

/// A long body of known length.
package struct WebPieces: Sendable {
    package let byteCount: Int
    /// The bytes from a place on: some at least, and few enough to hold in memory; none where they
    /// can't be read, which cuts the connection.
    package let read: @Sendable (Int) async -> [UInt8]

    package init(byteCount: Int, read: @escaping @Sendable (Int) async -> [UInt8]) {
        self.byteCount = byteCount
        self.read = read
    }
}

/// One event of a stream, as the HTML standard's section on server-sent events has it.
package struct WebEvent: Sendable, Equatable {
    /// What the browser names when it asks for the rest after a cut.
    package let id: String?
    /// Which listeners are told; those of `message` when there is none.
    package let name: String?
    package let data: String

    /// Puts an event together.
    package init(id: String? = nil, name: String? = nil, data: String) {
        self.id = id
        self.name = name
        self.data = data
    }

    /// As it is sent.
    var encoded: [UInt8] {
        var text = ""
        if let id { text += "id: \(WebEvent.line(id))\n" }
        if let name { text += "event: \(WebEvent.line(name))\n" }
        for line in data.split(omittingEmptySubsequences: false, whereSeparator: \.isEventBreak) {
            text += "data: \(line)\n"
        }
        return Array((text + "\n").utf8)
    }

    /// Keeps what could end the line, and the NUL that voids an id, out of a field.
    private static func line(_ text: String) -> String {
        String(text.filter { !$0.isEventBreak && $0 != "\0" })
    }
}

extension Character {
    /// Whether an event stream's line ends here; CR LF is one character.
    fileprivate var isEventBreak: Bool { self == "\n" || self == "\r" || self == "\r\n" }
}
