import Synchronization
public import WeData
public import WeLog

/// One laptop's copy of a team: a set of events in one SQLite file, and the views over it.
///
/// Any number of threads may use one replica and any number of processes one file. What
/// ``append(_:author:)`` and ``ingest(_:)`` return from is durable.
public final class Replica: Sendable {
    /// Where the file is; `nil` in memory.
    public let path: String?
    private let writer: Mutex<Store>
    /// Reads while a write goes on; `nil` in memory, where there is one connection only.
    private let reader: Mutex<Database>?
    /// Reads for the search index, which another thread may be filling.
    private let scanner: Mutex<Database>?
    private let search: Mutex<SearchIndex>
    private let team = Mutex<Team?>(nil)

    /// Opens a replica, or makes one.
    ///
    /// - Parameters:
    ///   - path: of the SQLite file; `nil` for one in memory.
    ///   - create: whether to make it where it is missing.
    ///   - isReadOnly: never write, not even views.
    ///   - describe: what a person searches an object by; it must depend on its arguments alone.
    /// - Throws: `ReplicaError`; a file of a newer version is refused untouched.
    public init(
        path: String?, create: Bool, isReadOnly: Bool = false,
        describe: @escaping @Sendable (ObjectID, Record) -> SearchDocument?
    ) throws(ReplicaError) {
        self.path = path
        let store = try Store(path: path, create: create, isReadOnly: isReadOnly)
        let current = try store.team()
        writer = Mutex(store)
        if let path {
            reader = Mutex(try Database(path: path, mode: .readOnly))
            scanner = Mutex(try Database(path: path, mode: .readOnly))
        } else {
            reader = nil
            scanner = nil
        }
        search = Mutex(
            try SearchIndex(
                path: path.map { $0 + "-search" }, isReadOnly: isReadOnly, describe: describe))
        team.withLock { $0 = current }
    }

    /// The team as this replica knows it; `nil` before it has a genesis.
    public var currentTeam: Team? { team.withLock { $0 } }

    // MARK: - Reading

    /// Answers questions about logs and events on one snapshot.
    public func read<Result: Sendable, Failure: Error>(
        _ body: (ReplicaIndex) throws(Failure) -> Result
    ) throws(ReplicaError) -> Swift.Result<Result, Failure> {
        try snapshot(reader) { index throws(ReplicaError) in
            do throws(Failure) { return .success(try body(index)) } catch { return .failure(error) }
        }
    }

    private func snapshot<Result: Sendable>(
        _ connection: borrowing Mutex<Database>?,
        _ body: (ReplicaIndex) throws(ReplicaError) -> Result
    ) throws(ReplicaError) -> Result {
        switch connection {
        case .some(let mutex):
            return try mutex.withLock { database throws(ReplicaError) in
                try database.execute("BEGIN")
                defer { try? database.execute("COMMIT") }
                return try body(ReplicaIndex(database))
            }
        case .none:
            return try writer.withLock { store throws(ReplicaError) in
                try body(ReplicaIndex(store.database))
            }
        }
    }
}
