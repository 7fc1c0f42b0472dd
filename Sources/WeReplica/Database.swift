import WeData
import WeSQLite

/// One connection to one SQLite file, with its prepared statements.
///
/// Not Sendable: whoever has it, has it alone (a `Mutex` in ``Replica``).
@safe
final class Database {
    private let handle: OpaquePointer
    private var statements: [SQL: Statement] = [:]

    /// A statement's text, told apart by length first: most lookups are by the same literal, which
    /// is equal at one look, and hashing all of it would cost more than many a statement.
    private struct SQL: Hashable {
        let text: String

        func hash(into hasher: inout Hasher) { hasher.combine(text.utf8.count) }
    }

    /// How a file is opened.
    enum Mode {
        /// Make it where it is missing.
        case create
        /// It must be there.
        case readWrite
        /// Never write.
        case readOnly
    }

    /// - Parameter vfs: through which SQLite reaches the file; `nil` for the system's.
    init(path: String, mode: Mode, vfs: String? = nil) throws(ReplicaError) {
        var handle: OpaquePointer?
        let flags =
            switch mode {
            case .create: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
            case .readWrite: SQLITE_OPEN_READWRITE
            case .readOnly: SQLITE_OPEN_READONLY
            }
        let result = unsafe sqlite3_open_v2(
            path, &handle, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, vfs)
        guard let opened = unsafe handle, result == SQLITE_OK else {
            let message = unsafe handle.map { unsafe String(cString: sqlite3_errmsg($0)) }
            let systemError = unsafe handle.map { unsafe sqlite3_system_errno($0) } ?? 0
            unsafe sqlite3_close_v2(handle)
            throw ReplicaError(
                result: result, message: message ?? "out of memory", systemError: systemError)
        }
        unsafe self.handle = opened
        unsafe sqlite3_busy_timeout(opened, Database.busyMilliseconds)
        // Nobody's file may run code in us or trick us through its schema.
        unsafe _ = we_sqlite_db_config_int(opened, SQLITE_DBCONFIG_DEFENSIVE, 1)
        unsafe _ = we_sqlite_db_config_int(opened, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
        // Only the holder of the writers' lock checkpoints; see Replica.checkpoint.
        unsafe _ = we_sqlite_db_config_int(opened, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
    }

    /// Opens or makes a file beside one that is there: what can't be made can't be written.
    convenience init(
        beside path: String, suffix: String, vfs: String? = nil
    ) throws(ReplicaError) {
        do throws(ReplicaError) {
            try self.init(path: path + suffix, mode: .create, vfs: vfs)
        } catch {
            throw error.code == .missing ? ReplicaError(.readOnly, error.message) : error
        }
    }

    deinit {
        statements = [:]
        unsafe sqlite3_close_v2(handle)
    }

    /// Makes this database what another one is now (https://www.sqlite.org/c3ref/backup_finish.html).
    func copy(from other: Database) throws(ReplicaError) {
        statements = [:]
        guard let backup = unsafe sqlite3_backup_init(handle, "main", other.handle, "main") else {
            throw unsafe error(sqlite3_errcode(handle))
        }
        unsafe _ = sqlite3_backup_step(backup, -1)
        let result = unsafe sqlite3_backup_finish(backup)
        guard result == SQLITE_OK else { throw error(result) }
    }

    /// How long another process is waited for.
    private static let busyMilliseconds: Int32 = 10_000

    /// Runs SQL that gives no rows.
    func execute(_ sql: String) throws(ReplicaError) {
        let result = unsafe sqlite3_exec(handle, sql, nil, nil, nil)
        guard result == SQLITE_OK else { throw error(result) }
    }

    /// Makes the file an empty database, whatever it held and however damaged it is.
    func reset() throws(ReplicaError) {
        statements = [:]
        unsafe _ = we_sqlite_db_config_int(handle, SQLITE_DBCONFIG_DEFENSIVE, 0)
        unsafe _ = we_sqlite_db_config_int(handle, SQLITE_DBCONFIG_RESET_DATABASE, 1)
        defer {
            unsafe _ = we_sqlite_db_config_int(handle, SQLITE_DBCONFIG_RESET_DATABASE, 0)
            unsafe _ = we_sqlite_db_config_int(handle, SQLITE_DBCONFIG_DEFENSIVE, 1)
        }
        try execute("VACUUM")
    }

    /// A statement of this SQL, prepared once, without bindings.
    func statement(_ sql: String) throws(ReplicaError) -> Statement {
        let key = SQL(text: sql)
        if let known = statements[key] {
            known.reset()
            return known
        }
        var handle: OpaquePointer?
        let result = unsafe sqlite3_prepare_v3(
            self.handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, nil)
        guard let prepared = unsafe handle, result == SQLITE_OK else { throw error(result) }
        let statement = unsafe Statement(prepared, database: self.handle)
        statements[key] = statement
        return statement
    }

    /// Ends every statement that is in the middle of its rows: one alone would keep the snapshot
    /// of its transaction for ever.
    func resetAll() {
        for statement in statements.values { statement.reset() }
    }

    /// Runs one statement with its values and gives no rows.
    func run(_ sql: String, _ values: SQLValue...) throws(ReplicaError) {
        let statement = try statement(sql)
        statement.bind(values)
        while try statement.step() {}
    }

    /// The first column of the first row, as an integer.
    func integer(_ sql: String, _ values: SQLValue...) throws(ReplicaError) -> Int64? {
        let statement = try statement(sql)
        defer { statement.reset() }
        statement.bind(values)
        guard try statement.step(), !statement.isNull(0) else { return nil }
        return statement.int(0)
    }

    /// The first column of the first row, as text.
    func text(_ sql: String, _ values: SQLValue...) throws(ReplicaError) -> String? {
        let statement = try statement(sql)
        defer { statement.reset() }
        statement.bind(values)
        guard try statement.step(), !statement.isNull(0) else { return nil }
        return statement.text(0)
    }

    /// The row that the last INSERT made.
    var lastInsertedRow: Int64 { unsafe sqlite3_last_insert_rowid(handle) }

    /// How many rows the last INSERT, UPDATE or DELETE touched.
    var changedRowCount: Int { Int(unsafe sqlite3_changes(handle)) }

    /// Whether another file has the name that this one was opened by.
    func hasMoved() throws(ReplicaError) -> Bool {
        var answer: Int32 = 0
        let result = unsafe sqlite3_file_control(
            handle, "main", SQLITE_FCNTL_HAS_MOVED, &answer)
        guard result == SQLITE_OK || result == SQLITE_NOTFOUND else { throw error(result) }
        return answer != 0
    }

    /// What changes with each change of the file, whoever makes it.
    struct Version: Hashable {
        /// Changes of other connections (https://www.sqlite.org/pragma.html#pragma_data_version).
        let others: Int64
        /// Rows that this connection changed.
        let own: Int64
    }

    /// The version of the snapshot that is open.
    func version() throws(ReplicaError) -> Version {
        Version(
            others: try integer("PRAGMA data_version") ?? 0,
            own: Int64(unsafe sqlite3_total_changes(handle)))
    }

    /// How many pages were looked at so far, in memory or in the file: what work is measured by.
    var pageCount: Int {
        [SQLITE_DBSTATUS_CACHE_HIT, SQLITE_DBSTATUS_CACHE_MISS].reduce(0) { sum, kind in
            var (count, highest): (Int32, Int32) = (0, 0)
            unsafe _ = sqlite3_db_status(handle, kind, &count, &highest, 0)
            return sum + Int(count)
        }
    }

    /// Adds a function that FTS5 calls for what a query finds.
    func addSearchFunction(
        _ name: String, _ function: @escaping fts5_extension_function
    ) throws(ReplicaError) {
        guard let api = unsafe we_sqlite_fts5_api(handle) else {
            throw ReplicaError(.database, "this SQLite has no FTS5")
        }
        let result = unsafe api.pointee.xCreateFunction(api, name, nil, function, nil)
        guard result == SQLITE_OK else { throw error(result) }
    }

    /// Whether a transaction is open.
    var isInTransaction: Bool { unsafe sqlite3_get_autocommit(handle) == 0 }

    private func error(_ result: Int32) -> ReplicaError {
        unsafe ReplicaError(
            result: result, message: String(cString: sqlite3_errmsg(handle)),
            systemError: sqlite3_system_errno(handle))
    }
}

/// A value for a parameter.
enum SQLValue {
    case int(Int64)
    case text(String)
    case bytes([UInt8])
    case null
}

/// A prepared statement; columns and parameters as SQLite numbers them.
@safe
final class Statement {
    private let handle: OpaquePointer
    private let database: OpaquePointer

    init(_ handle: OpaquePointer, database: OpaquePointer) {
        unsafe self.handle = handle
        unsafe self.database = database
    }

    deinit { unsafe sqlite3_finalize(handle) }

    func reset() {
        unsafe sqlite3_reset(handle)
        unsafe sqlite3_clear_bindings(handle)
    }

    /// Goes to the next row; at the end resets and gives `false`.
    func step() throws(ReplicaError) -> Bool {
        let result = unsafe sqlite3_step(handle)
        if result == SQLITE_ROW { return true }
        let message =
            result == SQLITE_DONE ? "" : unsafe String(cString: sqlite3_errmsg(database))
        unsafe sqlite3_reset(handle)
        guard result == SQLITE_DONE else {
            throw ReplicaError(
                result: result, message: message,
                systemError: unsafe sqlite3_system_errno(database))
        }
        return false
    }

    // MARK: - Parameters, from 1

    func bind(_ values: [SQLValue]) {
        for (index, value) in values.enumerated() {
            let index = Int32(index + 1)
            switch value {
            case .int(let value): bind(index, value)
            case .text(let value): bind(index, value)
            case .bytes(let value): bind(index, value)
            case .null: bindNull(index)
            }
        }
    }

    func bind(_ index: Int32, _ value: Int64) { unsafe sqlite3_bind_int64(handle, index, value) }
    func bind(_ index: Int32, _ value: Int) { bind(index, Int64(value)) }
    func bindNull(_ index: Int32) { unsafe sqlite3_bind_null(handle, index) }

    func bind(_ index: Int32, _ value: String) {
        var value = value
        value.withUTF8 { text in
            unsafe _ = sqlite3_bind_text64(
                handle, index, text.baseAddress, UInt64(text.count), we_sqlite_transient(),
                UInt8(SQLITE_UTF8))
        }
    }

    func bind(_ index: Int32, _ value: [UInt8]) {
        unsafe value.withUnsafeBytes { buffer in unsafe bind(index, buffer) }
    }

    func bind(_ index: Int32, _ value: Bytes32) {
        unsafe value.withBytes { buffer in unsafe bind(index, buffer) }
    }

    private func bind(_ index: Int32, _ bytes: UnsafeRawBufferPointer) {
        // A null pointer would bind NULL instead of an empty blob.
        guard let base = bytes.baseAddress, unsafe !bytes.isEmpty else {
            unsafe sqlite3_bind_zeroblob(handle, index, 0)
            return
        }
        unsafe sqlite3_bind_blob64(
            handle, index, base, UInt64(bytes.count), we_sqlite_transient())
    }

    // MARK: - Columns, from 0

    func isNull(_ column: Int32) -> Bool {
        unsafe sqlite3_column_type(handle, column) == SQLITE_NULL
    }

    func int(_ column: Int32) -> Int64 { unsafe sqlite3_column_int64(handle, column) }
    func double(_ column: Int32) -> Double { unsafe sqlite3_column_double(handle, column) }

    func bytes(_ column: Int32) -> [UInt8] {
        guard let base = unsafe sqlite3_column_blob(handle, column) else { return [] }
        let count = Int(unsafe sqlite3_column_bytes(handle, column))
        return unsafe [UInt8](UnsafeRawBufferPointer(start: base, count: count))
    }

    /// Lends the bytes of a column, without a copy.
    private func lend<Result>(
        _ column: Int32, _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        let base = unsafe sqlite3_column_blob(handle, column)
        let count = Int(unsafe sqlite3_column_bytes(handle, column))
        return unsafe body(UnsafeRawBufferPointer(start: base, count: base == nil ? 0 : count))
    }

    func bytes32(_ column: Int32) throws(ReplicaError) -> Bytes32 {
        guard let value = unsafe lend(column, { unsafe Bytes32($0) }) else {
            throw ReplicaError(.corrupt, "a stored hash has the wrong length")
        }
        return value
    }

    /// A number that is stored as its eight bytes, the most significant first.
    func uint64(_ column: Int32) -> UInt64? {
        unsafe lend(column) { bytes in
            guard bytes.count == 8 else { return nil }
            return unsafe UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self))
        }
    }

    /// An id from its two columns: the first eight bytes as an integer, and the other 24.
    func eventID(_ column: Int32) throws(ReplicaError) -> EventID {
        let prefix = UInt64(bitPattern: int(column))
        let value = unsafe lend(column + 1) { rest -> Bytes32? in
            guard rest.count == 24 else { return nil }
            func word(_ at: Int) -> UInt64 {
                unsafe UInt64(bigEndian: rest.loadUnaligned(fromByteOffset: at, as: UInt64.self))
            }
            return Bytes32(word0: prefix, word1: word(0), word2: word(8), word3: word(16))
        }
        guard let value else {
            throw ReplicaError(.corrupt, "a stored event id has the wrong length")
        }
        return EventID(value)
    }

    func text(_ column: Int32) -> String {
        String(decoding: bytes(column), as: UTF8.self)
    }
}
