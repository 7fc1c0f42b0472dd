import Synchronization
import Testing
import WeTransport

@testable import WeWeb
@testable import Weonomy

/// A brain and the pages that are made of it, without sockets.
struct Desk {
    let brain: Brain
    let site: WeWeb.Site

    init(_ brain: Brain) {
        self.brain = brain
        site = WeWeb.Site(
            brain, language: .english, clock: { brain.now() }, offset: { _ in 0 })
    }

    func get(_ address: String, language: String = "en", isReadOnly: Bool = false) async throws
        -> (status: Int, html: String)
    {
        let parts = address.split(separator: "?", maxSplits: 1)
        let query = try WebForm(
            decoding: parts.count > 1 ? Array(parts[1].utf8) : [], countMax: 100)
        let path = try #require(parts.first).replacing("%22", with: "\"")
        let response = await site.respond(
            to: WebRequest(
                path: String(path), query: query, headers: [("Accept-Language", language)],
                csrfToken: "t", isReadOnly: isReadOnly))
        guard case .bytes(let bytes) = response.body else { return (response.status, "") }
        return (response.status, String(decoding: bytes, as: UTF8.self))
    }

    /// Sends a form; gives where the browser is sent, or the page that came.
    func post(_ path: String, _ fields: [String: String]) async -> (
        status: Int, location: String?, html: String
    ) {
        let response = await site.respond(
            to: WebRequest(
                method: .post, path: path,
                form: WebForm(fields.map { (name: $0.key, value: $0.value) })))
        guard case .bytes(let bytes) = response.body else { return (response.status, nil, "") }
        return (
            response.status, response.headers.first { $0.name == "Location" }?.value,
            String(decoding: bytes, as: UTF8.self)
        )
    }

    /// Anna, who founded a team, and Bram.
    static func team() async throws -> [Desk] {
        let anna = try Brain.found(nil, as: "Anna", team: "Noord")
        let code = try await anna.invite().code
        let address = try await anna.listen(host: "127.0.0.1", port: 0).description
        let (bram, _) = try await Brain.join(nil, as: "Bram", code: code, at: address)
        await anna.close()
        return [Desk(anna), Desk(bram)]
    }

    static func meet(_ listener: Desk, _ dialler: Desk) async throws {
        let address = try await listener.brain.listen(host: "127.0.0.1", port: 0).description
        _ = try await dialler.brain.sync(with: .tcp(address))
        await listener.brain.close()
    }
}

/// A clock that a test moves.
final class MovedClock: Sendable {
    private let moment = Mutex(Brain.systemClock())

    func pass(days: Int64) {
        moment.withLock { $0 = Instant(milliseconds: $0.milliseconds + days * 86_400_000) }
    }

    var read: @Sendable () -> Instant { { self.moment.withLock { $0 } } }
}
