import Synchronization
import WeSQLite

/// The simulated disks as SQLite sees them (https://www.sqlite.org/vfs.html).
///
/// One VFS serves all disks, by the number in a path, and is never taken away: so no connection
/// can outlive it.
package enum DiskVFS {
    /// What to call it when a database is opened; registers it at the first use.
    package static var name: String {
        _ = isRegistered
        return "weonomy-simulated-disk"
    }

    private static let isRegistered: Bool = unsafe sqlite3_vfs_register(make(), 0) == SQLITE_OK

    /// `errno` of the last call that failed on any of the disks.
    static let lastError = Mutex<Int32>(0)

    private static func make() -> UnsafeMutablePointer<sqlite3_vfs> {
        let vfs = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
        let text = Array("weonomy-simulated-disk".utf8CString)
        let name = UnsafeMutablePointer<CChar>.allocate(capacity: text.count)
        unsafe name.initialize(from: text, count: text.count)
        unsafe vfs.initialize(to: sqlite3_vfs())
        unsafe vfs.pointee.iVersion = 2
        unsafe vfs.pointee.szOsFile = Int32(DiskFileSlot.byteCount)
        unsafe vfs.pointee.mxPathname = 512
        unsafe vfs.pointee.zName = UnsafePointer(name)
        unsafe vfs.pointee.xOpen = { unsafe DiskVFS.open($1, $2, $3, $4) }
        unsafe vfs.pointee.xDelete = { _, path, syncs in
            unsafe DiskVFS.delete(path, syncs: syncs != 0)
        }
        unsafe vfs.pointee.xAccess = { _, path, _, answer in unsafe DiskVFS.access(path, answer) }
        unsafe vfs.pointee.xFullPathname = { unsafe DiskVFS.fullPath($1, byteCount: $2, $3) }
        unsafe vfs.pointee.xRandomness = { _, count, target in
            unsafe sqlite3_randomness(count, target)
            return count
        }
        unsafe vfs.pointee.xSleep = { _, microseconds in
            sqlite3_sleep(max(1, microseconds / 1_000)) * 1_000
        }
        unsafe vfs.pointee.xGetLastError = { _, _, _ in DiskVFS.lastError.withLock { $0 } }
        // The middle of 2026, always: nothing here asks SQLite for the time.
        unsafe vfs.pointee.xCurrentTime = { _, time in
            unsafe time?.pointee = 2_461_223
            return SQLITE_OK
        }
        unsafe vfs.pointee.xCurrentTimeInt64 = { _, time in
            unsafe time?.pointee = 2_461_223 * 86_400_000
            return SQLITE_OK
        }
        return unsafe vfs
    }

    private static func open(
        _ path: UnsafePointer<CChar>?, _ slot: UnsafeMutablePointer<sqlite3_file>?,
        _ flags: Int32, _ answer: UnsafeMutablePointer<Int32>?
    ) -> Int32 {
        guard let slot = unsafe slot else { return SQLITE_MISUSE }
        unsafe slot.pointee.pMethods = nil
        guard let path = unsafe path else {
            // A temporary file: of a disk of its own, since nobody else ever sees it.
            let disk = SimulatedDisk(seed: 0)
            let handle = DiskHandle(
                disk: disk, name: nil, file: DiskFile(), deletesOnClose: false)
            unsafe DiskFileSlot.fill(slot, with: handle)
            return SQLITE_OK
        }
        guard let (disk, name) = SimulatedDisk.find(unsafe String(cString: path)) else {
            return SQLITE_CANTOPEN
        }
        let (result, file, isReadOnly) = disk.open(name, flags: flags)
        guard let file else { return result }
        unsafe DiskFileSlot.fill(
            slot,
            with: DiskHandle(
                disk: disk, name: name, file: file,
                deletesOnClose: flags & SQLITE_OPEN_DELETEONCLOSE != 0))
        unsafe answer?.pointee =
            isReadOnly
            ? flags & ~(SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) | SQLITE_OPEN_READONLY : flags
        return SQLITE_OK
    }

    private static func delete(_ path: UnsafePointer<CChar>?, syncs: Bool) -> Int32 {
        guard let path = unsafe path,
            let (disk, name) = SimulatedDisk.find(unsafe String(cString: path))
        else { return DiskCall.delete.failure }
        return disk.delete(name, syncs: syncs)
    }

    private static func access(
        _ path: UnsafePointer<CChar>?, _ answer: UnsafeMutablePointer<Int32>?
    ) -> Int32 {
        guard let path = unsafe path, let answer = unsafe answer,
            let (disk, name) = SimulatedDisk.find(unsafe String(cString: path))
        else { return DiskCall.access.failure }
        return disk.lock.withLock { _ in
            if let failure = disk.enter(.access) { return failure }
            // As on Linux: SQLite takes an empty write-ahead log or journal for none.
            unsafe answer.pointee = disk.files[name] == nil ? 0 : 1
            return SQLITE_OK
        }
    }

    private static func fullPath(
        _ path: UnsafePointer<CChar>?, byteCount: Int32, _ target: UnsafeMutablePointer<CChar>?
    ) -> Int32 {
        guard let path = unsafe path, let target = unsafe target else { return SQLITE_CANTOPEN }
        let bytes = Array(unsafe String(cString: path).utf8CString)
        guard bytes.count <= Int(byteCount) else { return SQLITE_CANTOPEN }
        unsafe target.update(from: bytes, count: bytes.count)
        return SQLITE_OK
    }
}

extension SimulatedDisk {
    func open(_ name: String, flags: Int32) -> (result: Int32, file: DiskFile?, isReadOnly: Bool) {
        lock.withLock { _ in
            if let failure = enter(.open) { return (failure, nil, false) }
            if let file = files[name] { return (SQLITE_OK, file, isReadOnly) }
            guard flags & SQLITE_OPEN_CREATE != 0 else {
                DiskVFS.lastError.withLock { $0 = 2 }
                return (SQLITE_CANTOPEN, nil, false)
            }
            guard !isReadOnly else {
                note(.refusedReadOnly)
                DiskVFS.lastError.withLock { $0 = 30 }
                return (SQLITE_CANTOPEN, nil, false)
            }
            let file = DiskFile()
            files[name] = file
            return (SQLITE_OK, file, false)
        }
    }

    func delete(_ name: String, syncs: Bool) -> Int32 {
        lock.withLock { _ in
            if let failure = enter(.delete) { return failure }
            // SQLITE_IOERR_DELETE_NOENT
            guard let file = files[name] else { return 10 | 23 << 8 }
            files[name] = nil
            if file.isNameSafe, !syncs || isCrashed_ {
                deleted.append((name, file))
            } else if syncs {
                deleted = []
            }
            return isCrashed_ ? DiskCall.delete.failure : SQLITE_OK
        }
    }
}
