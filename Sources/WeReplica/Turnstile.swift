/// A second, empty file whose exclusive lock all writers and checkpoints of all processes take.
///
/// SQLite before 3.51.3 can corrupt a file when a checkpoint races a WAL reset in another process
/// (https://www.sqlite.org/wal.html); under one lock they cannot race. Nothing is ever written to
/// the file: a lock must not depend on a disk that has room and keeps what it is given.
final class Turnstile {
    private let database: Database

    init(beside path: String, vfs: String? = nil) throws(ReplicaError) {
        database = try Database(beside: path, suffix: Turnstile.suffix, vfs: vfs)
        try? database.execute("PRAGMA journal_mode=MEMORY")
    }

    private static let suffix = "-lock"

    /// Runs `body` while no other process writes.
    func hold<Result>(
        _ body: () throws(ReplicaError) -> Result
    ) throws(ReplicaError) -> Result {
        try lock()
        // COMMIT would write the first page of an empty file, and keep the lock where it can't.
        defer { try? database.execute("ROLLBACK") }
        return try body()
    }

    private func lock() throws(ReplicaError) {
        do throws(ReplicaError) {
            try database.execute("BEGIN EXCLUSIVE")
        } catch {
            guard error.code == .corrupt else { throw error }
            // What older versions wrote there, or anything else, is of no use.
            try database.reset()
            try database.execute("BEGIN EXCLUSIVE")
        }
    }
}
