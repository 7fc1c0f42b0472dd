import Synchronization
import Weonomy

/// Decides who is answered: this laptop's person in a browser that entered, and no other page.
///
/// Whatever listens on loopback can be reached by every program of the laptop and by every page in
/// its browsers. So a request must name this server exactly (a foreign name that was bound to
/// 127.0.0.1 does not), come from a page of this server, carry the cookie that a one-time URL gave,
/// and, if it changes something, the token of that session.
final class WebGuard: Sendable {
    let port: UInt16
    let isReadOnly: Bool
    private let openPaths: Set<String>
    private let sessions: Mutex<WebSessions>

    init(port: UInt16, isReadOnly: Bool, openPaths: Set<String>, sessions: WebSessions) {
        self.port = port
        self.isReadOnly = isReadOnly
        self.openPaths = openPaths
        self.sessions = Mutex(sessions)
    }

    /// What is to be done with a request, by its head alone.
    enum Verdict {
        case refuse(WebRefusal)
        /// Is the same for everybody: needs no session.
        case open
        case session(WebSession)
        /// Came by a one-time URL: goes on to another page, with a cookie unless it has one.
        case enter(cookie: String?, path: String)
    }

    /// Makes a one-time URL.
    func newOneTimeURL(now: Milliseconds) -> String {
        let token = sessions.withLock { $0.invite(now: now) }
        return "http://127.0.0.1:\(port)\(WebGuard.entrance)\(token)"
    }

    private static let entrance = "/enter/"

    /// Judges a request before its body is read.
    func judge(_ head: HTTPHead, now: Milliseconds) -> Verdict {
        if let refusal = refusalByOrigin(of: head) { return .refuse(refusal) }
        let cookies = cookies(of: head)
        let session = sessions.withLock { $0.session(cookies) }
        if head.target.path.utf8.starts(with: WebGuard.entrance.utf8) {
            return enter(head, session, now: now)
        }
        if let session {
            return isReadOnly && head.method == .post ? .refuse(.readOnly) : .session(session)
        }
        let isOpen = head.method != .post && openPaths.contains(head.target.path)
        return isOpen ? .open : .refuse(.noSession)
    }

    /// Judges what was sent: `nil` when it comes from a form of this session.
    func judge(_ form: WebForm, _ session: WebSession) -> WebRefusal? {
        session.isToken(form["token"] ?? "") ? nil : .badToken
    }

    // MARK: - Where it comes from

    private func refusalByOrigin(of head: HTTPHead) -> WebRefusal? {
        // Bytes are compared: text that is equal by the rules of Unicode may have other ones.
        let isOwn = ["127.0.0.1", "[::1]", "localhost"].contains {
            "\($0):\(port)".utf8.elementsEqual(head.host.utf8)
        }
        guard isOwn else { return .foreignHost }
        if let authority = head.target.authority, !authority.utf8.elementsEqual(head.host.utf8) {
            return .foreignHost
        }
        let sites = head.fields.all("sec-fetch-site")
        let isPost = head.method == .post
        guard !isPost || sites.allSatisfy({ $0 == "same-origin" || $0 == "none" }) else {
            return .foreignOrigin
        }
        let own = "http://\(head.host)"
        let origins = head.fields.all("origin")
        // `Referrer-Policy: no-referrer` makes browsers send `null` with our own forms; that they
        // are ours is then what the browser says in `Sec-Fetch-Site`, which no page can forge.
        let mayBeNull = isPost && sites == ["same-origin"]
        for origin in origins where !origin.utf8.elementsEqual(own.utf8) {
            guard mayBeNull, origin == "null" else { return .foreignOrigin }
        }
        if isPost {
            for referer in head.fields.all("referer") {
                let isOwn = referer.utf8.elementsEqual(own.utf8)
                guard isOwn || referer.utf8.starts(with: "\(own)/".utf8) else {
                    return .foreignOrigin
                }
            }
        }
        return nil
    }

    // MARK: - Who it is

    private func enter(_ head: HTTPHead, _ session: WebSession?, now: Milliseconds) -> Verdict {
        // HEAD is what programs send to look at a link: it must not use the URL up.
        guard head.method == .get else { return .refuse(.methodNotAllowed) }
        let sites = head.fields.all("sec-fetch-site")
        guard sites.allSatisfy({ $0 == "same-origin" || $0 == "none" }) else {
            return .refuse(.foreignOrigin)
        }
        let to = head.target.query["to"] ?? "/"
        let path = HTTPTarget.isLocal(to) ? to : "/"
        let token = String(head.target.path.dropFirst(WebGuard.entrance.count))
        let cookie = sessions.withLock { $0.enter(token, now: now) }
        guard let cookie else {
            // Someone who goes back to the first page of today.
            return session == nil ? .refuse(.noSession) : .enter(cookie: nil, path: path)
        }
        return .enter(
            cookie: "\(cookieName)=\(cookie); HttpOnly; SameSite=Strict; Path=/", path: path)
    }

    /// Cookies ignore ports: the name tells two servers on one machine apart.
    private var cookieName: String { "weonomy-\(port)" }

    /// All values that the browser has under our name (RFC 6265, section 4.2.1).
    private func cookies(of head: HTTPHead) -> [String] {
        let start = Array("\(cookieName)=".utf8)
        return head.fields.all("cookie").flatMap { line in
            line.utf8.split(separator: UInt8(ascii: ";")).compactMap { pair in
                let pair = pair.drop { $0 == 0x20 }
                guard pair.starts(with: start) else { return nil }
                return String(pair.dropFirst(start.count))
            }
        }
    }
}
