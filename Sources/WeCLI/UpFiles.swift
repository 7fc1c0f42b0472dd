import Weonomy

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What `up` tells the other commands of this laptop, in files of the team's folder.
///
/// One file is locked for as long as it runs; one says how things stand; one holds an address that
/// lets a browser in once: who takes it away finds a new one there a moment later.
struct UpFiles {
    private let team: Paths.Team

    init(_ team: Paths.Team) { self.team = team }

    /// How the node stands.
    struct State: Codable, Equatable {
        struct Peer: Codable, Equatable {
            /// The person's id; `nil` before it is known.
            var person: String?
            var address: String
            /// `connecting`, `syncing` or `live`.
            var state: String
            /// Milliseconds since 1970.
            var since: Int64
        }

        var process: Int32
        var since: Int64
        var host: String
        var port: Int
        var pagePort: Int?
        var isDiscovering: Bool
        var links: [String]
        var peers: [Peer]
        var found: Int

        /// The session with somebody.
        func peer(_ person: PersonID) -> Peer? {
            peers.first { $0.person == person.description && $0.state != "connecting" }
        }
    }

    /// Takes the lock; `nil` when another process has it.
    func lock() -> LockedFile? { LockedFile(team.upLock) }

    /// How the node stands that runs now; `nil` when none does.
    func running() -> State? {
        guard LockedFile.isLocked(team.upLock),
            let bytes = Terminal.contents(of: team.upState, bytesMax: 1 << 20)
        else { return nil }
        return try? JSONDecoder().decode(State.self, from: Data(bytes))
    }

    func write(_ state: State) {
        guard let bytes = try? JSONEncoder().encode(state) else { return }
        // Only news for other commands: one that can't be kept is no reason to stop.
        try? bytes.write(to: URL(filePath: team.upState), options: .atomic)
    }

    // MARK: - The page

    /// Whether an address waits to be taken.
    var hasURL: Bool { FileManager.default.fileExists(atPath: team.upURL) }

    /// Leaves an address for a command that wants to open the page.
    func leave(url: String) {
        let new = team.upURL + ".new"
        guard Terminal.writePrivate(url, to: new) else { return }
        try? FileManager.default.moveItem(atPath: new, toPath: team.upURL)
    }

    /// Takes the address away, so that nobody else does.
    func takeURL() -> String? {
        let taken = team.upURL + ".taken"
        try? FileManager.default.removeItem(atPath: taken)
        guard (try? FileManager.default.moveItem(atPath: team.upURL, toPath: taken)) != nil,
            let bytes = Terminal.contents(of: taken, bytesMax: 4_096)
        else { return nil }
        try? FileManager.default.removeItem(atPath: taken)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Removes what a node that has ended left behind.
    func clear() {
        for path in [team.upState, team.upURL, team.upURL + ".new"] {
            try? FileManager.default.removeItem(atPath: path)
        }
    }
}

extension Paths.Team {
    /// Locked while `up` runs.
    var upLock: String { folder + "/up.lock" }
    /// How the node stands.
    var upState: String { folder + "/up.json" }
    /// An address that lets a browser in once.
    var upURL: String { folder + "/up.url" }
}
