#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import Synchronization
import WeData
import WeKeys
import WeLog
import WeReplica
import WeTransport

/// A team's collective brain as this laptop holds it.
///
/// ```swift
/// let brain = try await Brain.open(at: "noord.sqlite", as: "Anna de Vries")
/// try await brain.profile.offer("sqlite", level: .expert)
/// let need = try await brain.ask("How do I spread Elixir knowledge?", topics: ["elixir"])
/// for match in try await brain.matches(for: need) { print(match.person.name) }
/// ```
///
/// Everything is on this laptop and works without a network; nothing listens until asked.
public actor Brain {
    /// Where a brain's files are.
    public struct Storage: Sendable, Hashable {
        /// The replica's SQLite file.
        public let replica: String
        /// The device's secret keys.
        public let key: String
        /// The team's secrets.
        public let secrets: String

        /// Names all three.
        public init(replica: String, key: String, secrets: String) {
            self.replica = replica
            self.key = key
            self.secrets = secrets
        }

        /// Puts the keys beside the replica.
        public init(beside replica: String) {
            self.init(replica: replica, key: replica + ".key", secrets: replica + ".secrets")
        }
    }

    nonisolated let replica: Replica
    nonisolated let identity: Identity
    nonisolated let node: BrainNode
    nonisolated let feed: ChangeFeed
    nonisolated let now: @Sendable () -> Instant
    /// Where the files are; `nil` in memory.
    public nonisolated let storage: Storage?
    var engine: SyncEngine?
    /// What was chosen about files when it was looked at last.
    var seenChoices = FileChoices()
    /// When the folder of files was changed last, as far as was noticed.
    var seenFilesChange: Int64?
    /// Up to where what other processes wrote has been noticed.
    var seenPosition: Int64 = 0
    /// What was there when it was last looked whether all is quiet, and how often the search index
    /// is merged a little before something else comes.
    var quiet: (position: Int64, mergesLeft: Int) = (0, 0)
    /// Names by person, with the state of the replica that they were read from.
    var nameCache: (position: Int64, names: [PersonID: String])?
    /// What is counted, as far as it was read.
    var counted = CountedReplica()
    /// Whether titles are being put where their words lead to them.
    var isSettlingTitles = false
    /// What was chosen here, where there is no file to keep it in.
    var localSettings = LocalSettings()
    var communitiesCache: (position: Int64, communities: [Community])?
    /// What goes on while this brain is up.
    var upkeep: Upkeep?
    /// Addresses of a brain in memory.
    var bookInMemory = PeerBook()

    init(
        replica: Replica, identity: Identity, secrets: [Bytes32], storage: Storage?,
        now: @escaping @Sendable () -> Instant
    ) {
        self.replica = replica
        self.identity = identity
        self.storage = storage
        self.now = now
        feed = ChangeFeed()
        node = BrainNode(
            replica: replica, identity: identity, secrets: secrets, feed: feed, now: now
        ) { secrets throws(BrainError) in
            guard let storage else { return }
            // Secrets that are there already are kept: an earlier attempt to join wrote them.
            guard !FileManager.default.fileExists(atPath: storage.secrets) else { return }
            try ofKeyFile(storage.secrets) { () throws(KeyError) in
                try TeamSecrets.save(secrets, path: storage.secrets)
            }
        }
    }

    /// The time by this laptop's clock.
    public static let systemClock: @Sendable () -> Instant = {
        Instant(milliseconds: Int64((Date().timeIntervalSince1970 * 1_000).rounded()))
    }

    // MARK: - Opening

    /// Opens the brain at a path, or founds a team there.
    ///
    /// - Parameters:
    ///   - path: of the replica; the keys are kept beside it. `nil` for one in memory.
    ///   - name: what the team calls you; used where there is nothing yet.
    ///   - team: what a new team is called.
    ///   - now: the clock.
    ///   - passphrase: asked only when the key file is sealed.
    public static func open(
        at path: String?, as name: String, team: String = "My team",
        now: @escaping @Sendable () -> Instant = Brain.systemClock,
        passphrase: PassphraseSource? = nil
    ) async throws(BrainError) -> Brain {
        guard let path else { return try found(nil, as: name, team: team, now: now) }
        let storage = Storage(beside: path)
        if FileManager.default.fileExists(atPath: path),
            FileManager.default.fileExists(atPath: storage.key)
        {
            return try await open(storage, now: now, passphrase: passphrase)
        }
        return try found(storage, as: name, team: team, now: now)
    }

    /// Opens a brain that is there.
    ///
    /// `passphrase` is asked only when the key file is sealed; without it a sealed one is an error
    /// of code ``BrainError/Code/passphraseNeeded``.
    public static func open(
        _ storage: Storage, isReadOnly: Bool = false,
        now: @escaping @Sendable () -> Instant = Brain.systemClock,
        passphrase: PassphraseSource? = nil
    ) async throws(BrainError) -> Brain {
        guard FileManager.default.fileExists(atPath: storage.replica) else {
            throw BrainError(
                .noReplica, "there is no brain at \(storage.replica)",
                hint: "Begin with: weonomy init, or weonomy join")
        }
        let identity = try Identity.read(path: storage.key, passphrase: passphrase).identity
        let secrets = try secrets(of: storage)
        let replica = try openReplica(storage.replica, create: false, isReadOnly: isReadOnly)
        return Brain(
            replica: replica, identity: identity, secrets: secrets, storage: storage, now: now)
    }

    /// The team's secrets, the newest first; none before a team took this laptop in.
    static func secrets(of storage: Storage) throws(BrainError) -> [Bytes32] {
        guard FileManager.default.fileExists(atPath: storage.secrets) else { return [] }
        return try ofKeyFile(storage.secrets) { () throws(KeyError) in
            try TeamSecrets.read(path: storage.secrets)
        }
    }

    /// Founds a team: makes keys, a secret and a replica.
    ///
    /// Nothing that exists is overwritten.
    ///
    /// - Parameters:
    ///   - storage: where its files go; `nil` for one in memory.
    ///   - name: what the team calls you.
    ///   - team: what the team is called.
    ///   - device: what this laptop is called among its owner's; the name for `nil`.
    ///   - needsSecondModerator: whether putting someone out takes two moderators.
    ///   - codeOfConduct: what who joins agrees to.
    ///   - now: the clock.
    public static func found(
        _ storage: Storage?, as name: String, team: String, device: String? = nil,
        needsSecondModerator: Bool = false, codeOfConduct: String = "",
        now: @escaping @Sendable () -> Instant = Brain.systemClock
    ) throws(BrainError) -> Brain {
        let name = try checked(name: name)
        guard codeOfConduct.utf8.count <= codeOfConductBytesMax else {
            throw BrainError(.invalid, .tooLong(bytesMax: codeOfConductBytesMax))
        }
        let (identity, replica) = try prepare(storage)
        guard replica.currentTeam == nil else {
            throw BrainError(.exists, "there is a team here already: \(storage?.replica ?? "")")
        }
        let secrets = [Bytes32.random()]
        let brain = Brain(
            replica: replica, identity: identity, secrets: secrets, storage: storage, now: now)
        if let storage {
            try ofKeyFile(storage.secrets) { () throws(KeyError) in
                try TeamSecrets.save(secrets, path: storage.secrets)
            }
        }
        try translating { () throws(ReplicaError) in
            _ = try replica.found(
                MembershipAct.Genesis(
                    teamName: team.oneLine.cut(toBytes: 256), founderName: name,
                    devices: [identity.device(label: device ?? name)],
                    needsSecondModerator: needsSecondModerator, codeOfConduct: codeOfConduct),
                author: identity.author, wall: now().milliseconds)
        }
        return brain
    }

    /// The longest code of conduct, in bytes of UTF-8.
    public static let codeOfConductBytesMax = 16_384

    /// Keys and an empty replica; what an earlier attempt left is taken up again.
    static func prepare(_ storage: Storage?) throws(BrainError) -> (Identity, Replica) {
        guard let storage else {
            let identity = try ofKeyFile("") { () throws(KeyError) in try Identity() }
            return (identity, try openReplica(nil, create: true, isReadOnly: false))
        }
        let identity: Identity
        if FileManager.default.fileExists(atPath: storage.key) {
            identity = try Identity.read(path: storage.key, passphrase: nil).identity
        } else {
            identity = try ofKeyFile(storage.key) { () throws(KeyError) in
                let identity = try Identity()
                try identity.save(path: storage.key)
                return identity
            }
        }
        return (identity, try openReplica(storage.replica, create: true, isReadOnly: false))
    }

    static func openReplica(
        _ path: String?, create: Bool, isReadOnly: Bool
    ) throws(BrainError) -> Replica {
        try translating { () throws(ReplicaError) in
            try Replica(path: path, create: create, isReadOnly: isReadOnly) { id, record in
                SearchDocument(id, record)
            }
        }
    }

    static func checked(name: String) throws(BrainError) -> String {
        let name = name.oneLine.cut(toBytes: JoinRequest.nameBytesMax)
        guard PersonName.isVisible(name) else {
            throw BrainError(.invalid, "a name is needed", hint: "Give --name \"Anna de Vries\"")
        }
        return name
    }

    // MARK: - Who and what

    /// Who this is.
    public nonisolated var me: PersonRef {
        PersonRef(
            id: node.person,
            name: replica.currentTeam?.persons[node.person].map {
                PersonName.shown($0.name, $0.id)
            } ?? "")
    }

    /// What the team is called; empty before it is known.
    public nonisolated var teamName: String { replica.currentTeam?.name ?? "" }

    /// The team with its members; `nil` before its first events have arrived.
    public nonisolated var team: TeamInfo? { replica.currentTeam.map(TeamInfo.init) }

    /// Who is in the team.
    public nonisolated var memberIDs: Set<PersonID> {
        Set((replica.currentTeam?.persons ?? [:]).values.filter { $0.role > .none }.map(\.id))
    }

    /// One hash over all that the team's brain shows: equal on two laptops when their brains are.
    ///
    /// - Complexity: O(events since the last time).
    public func digest() throws(BrainError) -> String {
        try translating { () throws(ReplicaError) in try replica.digest() }.description
    }

    /// What is written from now on, here or by a colleague.
    public nonisolated var changes: AsyncStream<BrainChange> { feed.stream(replica) }

    /// Ends all connections and leaves the file tidy.
    public func close() async {
        upkeep?.task.cancel()
        upkeep = nil
        if engine != nil { try? doDuties() }
        await engine?.stop()
        engine = nil
        node.keeper.save()
        node.colleagues.save()
        node.keeper.store.tidy()
        _ = try? replica.checkpoint()
    }

    /// Whether this brain was found to be a copy, or put back from a backup, since this was last
    /// asked: it goes on in logs of its own, and nothing is lost or refused.
    public func takeCopyNotice() throws(BrainError) -> Bool {
        try translating { () throws(ReplicaError) in try replica.takeCopyNotice() }
    }

    // MARK: - Writing

    /// Signs and stores changes, durable on return.
    @discardableResult
    func write(_ drafts: [Replica.Draft]) throws(BrainError) -> [ObjectID] {
        // Nobody would take it.
        try checkIsIn()
        let objects = try translating { () throws(ReplicaError) in
            try node.place.prepare()
            return try replica.append(drafts, author: identity.author)
        }
        feed.storeGrew(replica, isRemote: false)
        engine?.storeGrew()
        return objects
    }

    func write(
        _ changes: [WeData.Change], to object: ObjectID?, after parents: [EventID]? = nil
    ) throws(BrainError) -> ObjectID {
        let drafts = [
            Replica.Draft(
                object: object, changes: changes, wall: now().milliseconds, parents: parents)
        ]
        guard let object = try write(drafts).first else {
            throw BrainError(.failed, "nothing was written")
        }
        return object
    }
}

/// A team and its members, for showing.
public struct TeamInfo: Sendable {
    /// A member.
    public struct Member: Sendable, Hashable {
        /// Who.
        public let person: PersonRef
        /// `founder`, `moderator`, `member` or `reader`; `none` for who is out.
        public let role: String
        /// How many devices.
        public let deviceCount: Int
    }

    /// The team's id in hexadecimal.
    public let id: String
    /// Its name.
    public let name: String
    /// By name; who left or was put out is not among them.
    public let members: [Member]
    /// Who was a member, by name.
    public let former: [Member]
    /// Whether putting someone out takes two moderators.
    public let needsSecondModerator: Bool
    /// What who joins agrees to; empty where nobody wrote anything.
    public let codeOfConduct: String
    /// Whether this version understands everything that the team decided.
    public let isFullyUnderstood: Bool

    init(_ team: Team) {
        id = team.id.description
        name = team.name
        isFullyUnderstood = team.isFullyUnderstood
        needsSecondModerator = team.needsSecondModerator
        codeOfConduct = team.codeOfConduct
        func list(_ persons: [Team.Person]) -> [Member] {
            persons.map {
                Member(
                    person: PersonRef(id: $0.id, name: PersonName.shown($0.name, $0.id)),
                    role: "\($0.role)",
                    deviceCount: $0.devices.count)
            }.sorted { ($0.person.name, $0.person.id) < ($1.person.name, $1.person.id) }
        }
        members = list(team.persons.values.filter { $0.role > .none })
        former = list(team.persons.values.filter { $0.role == .none })
    }
}
