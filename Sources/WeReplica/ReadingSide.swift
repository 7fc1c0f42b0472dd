/// The reading connections of a replica in a file.
final class ReadingSide: Sendable {
    /// Reads while a write goes on.
    let reader: Guarded<Reader>
    /// Reads for the search index, which another thread may be filling.
    let scanner: Guarded<Reader>

    init(path: String, _ vfs: String?) throws(ReplicaError) {
        reader = Guarded(Reader(try Database(path: path, mode: .readOnly, vfs: vfs)))
        scanner = Guarded(Reader(try Database(path: path, mode: .readOnly, vfs: vfs)))
    }
}

/// A reading connection, and what it remembers between snapshots.
final class Reader {
    let database: Database
    let standings = StandingsCache()
    let names = LogNames()

    init(_ database: Database) { self.database = database }
}
