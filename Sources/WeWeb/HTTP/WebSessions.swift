import Weonomy

/// A browser that has entered.
struct WebSession: Sendable {
    /// What its cookie holds.
    fileprivate let cookie: Token
    /// What its forms hold.
    let csrfToken: String
    private let csrf: Token

    fileprivate init(random: any RandomSource) {
        cookie = Token(random: random)
        csrf = Token(random: random)
        csrfToken = csrf.text
    }

    /// Whether a form's token is this session's.
    func isToken(_ candidate: String) -> Bool { csrf.matches(candidate) }
}

/// 32 random bytes in hexadecimal, compared in a time that does not tell where two differ.
private struct Token: Sendable {
    private let digits: [UInt8]

    init(random: any RandomSource) {
        digits = Array(Hex.encode(random.bytes(32)).utf8)
    }

    var text: String { String(decoding: digits, as: UTF8.self) }

    func matches(_ candidate: String) -> Bool {
        let candidate = Array(candidate.utf8)
        return ConstantTime.equal(digits.span, candidate.span)
    }
}

/// Who may come in, and who has.
struct WebSessions: Sendable {
    /// What is shown once, to let one browser in.
    private struct Invitation {
        let token: Token
        let due: Milliseconds
    }

    private let random: any RandomSource
    private let limits: WebLimits
    private var invitations: [Invitation] = []
    private var sessions: [WebSession] = []

    /// URLs that wait to be opened; the oldest goes.
    private static let invitationsMax = 16
    /// Browsers, and how often each entered anew; the oldest goes.
    private static let sessionsMax = 64
    /// Cookies of our name that are looked at: another port's page may have set some too.
    private static let candidatesMax = 8

    init(limits: WebLimits, random: any RandomSource = SystemRandom()) {
        self.limits = limits
        self.random = random
    }

    /// Makes a token for the next one-time URL.
    mutating func invite(now: Milliseconds) -> String {
        let token = Token(random: random)
        invitations.append(Invitation(token: token, due: now + limits.oneTimeMillisecondsMax))
        if invitations.count > Self.invitationsMax { invitations.removeFirst() }
        return token.text
    }

    /// Uses a one-time token up, and gives the value of the new session's cookie; `nil` when the
    /// token is unknown, used or too old.
    mutating func enter(_ candidate: String, now: Milliseconds) -> String? {
        invitations.removeAll { $0.due <= now }
        // Each is compared, so that the time does not tell which one was meant.
        let places = invitations.indices.filter { invitations[$0].token.matches(candidate) }
        guard let place = places.first else { return nil }
        invitations.remove(at: place)
        let session = WebSession(random: random)
        sessions.append(session)
        if sessions.count > Self.sessionsMax { sessions.removeFirst() }
        return session.cookie.text
    }

    /// The session that one of the cookies is of.
    func session(_ cookies: [String]) -> WebSession? {
        var found: WebSession?
        for cookie in cookies.prefix(Self.candidatesMax) {
            for session in sessions where session.cookie.matches(cookie) { found = session }
        }
        return found
    }
}
