/// What SQLite asks of a disk.
package enum DiskCall: String, CaseIterable, Sendable {
    case open, read, write, sync, truncate, delete, access, size, lock
    /// Mapping a piece of the shared memory of a write-ahead log.
    case map
    /// Locking a place of that shared memory.
    case shareLock
    /// A write that makes a file longer; it is also counted as a write.
    case growth

    /// Calls that change what is on the disk: a crash happens at one of these.
    package static let changing: Set<DiskCall> = [.write, .sync, .truncate, .delete]

    /// The SQLite result of one that failed (https://www.sqlite.org/rescode.html).
    var failure: Int32 {
        switch self {
        case .open: 14
        case .read: ioError(1)
        case .write: ioError(3)
        case .sync: ioError(4)
        case .truncate: ioError(6)
        case .size: ioError(7)
        case .delete: ioError(10)
        case .access: ioError(13)
        case .lock: ioError(15)
        case .shareLock: ioError(20)
        case .map: ioError(21)
        case .growth: 13
        }
    }

    /// SQLITE_IOERR with its detail; Swift does not import the macros.
    private func ioError(_ detail: Int32) -> Int32 { 10 | detail << 8 }
}

/// What a simulated disk did to its users.
package enum DiskFault: String, CaseIterable, Sendable {
    /// The power went while a call was under way.
    case crash
    /// A write that had not been synced did not survive the crash.
    case writeLost
    /// A write survived in part.
    case writeTorn
    /// A write survived although an older one did not.
    case writeReordered
    /// A file was longer after the crash than what had been written: what is between is garbage.
    case garbage
    /// A file that was made and never synced is gone.
    case fileLost
    /// A file that was deleted is there again.
    case fileBack
    /// A truncation that had not been synced did not survive.
    case truncationLost
    case openFailed, readFailed, writeFailed, syncFailed, truncateFailed, deleteFailed
    case accessFailed, sizeFailed, lockFailed, mapFailed, shareLockFailed
    /// No room.
    case full
    /// After a failed sync the disk forgot what it had been given (https://lwn.net/Articles/752063).
    case cacheDropped
    /// A bit of a file at rest changed.
    case bitFlipped
    /// A write to a medium that can't be written.
    case refusedReadOnly

    init(failed call: DiskCall) {
        self =
            switch call {
            case .open: .openFailed
            case .read: .readFailed
            case .write: .writeFailed
            case .sync: .syncFailed
            case .truncate: .truncateFailed
            case .delete: .deleteFailed
            case .access: .accessFailed
            case .size: .sizeFailed
            case .lock: .lockFailed
            case .map: .mapFailed
            case .shareLock: .shareLockFailed
            case .growth: .full
            }
    }
}

/// What happened on a simulated disk so far.
package struct DiskCounts: Sendable, Equatable {
    /// Calls by kind.
    package internal(set) var calls: [DiskCall: Int] = [:]
    /// Faults that fired.
    package internal(set) var faults: [DiskFault: Int] = [:]
    /// Calls that change the disk.
    package internal(set) var changes = 0

    /// Nothing yet.
    package init() {}

    /// How many calls of some kinds.
    package func calls(_ kinds: Set<DiskCall>) -> Int {
        kinds.reduce(0) { $0 + calls[$1, default: 0] }
    }

    /// Adds what happened elsewhere.
    package mutating func add(_ other: DiskCounts) {
        calls.merge(other.calls, uniquingKeysWith: +)
        faults.merge(other.faults, uniquingKeysWith: +)
        changes += other.changes
    }
}
