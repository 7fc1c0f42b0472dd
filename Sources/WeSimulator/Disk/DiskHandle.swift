import Synchronization
import WeSQLite

/// A file of a simulated disk as one connection has it open.
///
/// Every method is one call of SQLite's (https://www.sqlite.org/c3ref/io_methods.html) and answers
/// with its result.
@safe
final class DiskHandle {
    let disk: SimulatedDisk
    /// `nil` for a file that only its connection knows.
    let name: String?
    let file: DiskFile
    private let deletesOnClose: Bool
    private var level = SQLITE_LOCK_NONE
    private var isMapped = false
    private var sharedPlaces: Set<Int> = []
    private var exclusivePlaces: Set<Int> = []

    init(disk: SimulatedDisk, name: String?, file: DiskFile, deletesOnClose: Bool) {
        self.disk = disk
        self.name = name
        self.file = file
        self.deletesOnClose = deletesOnClose
    }

    private func call(_ call: DiskCall, _ body: () -> Int32) -> Int32 {
        disk.lock.withLock { _ in
            if let failure = disk.enter(call) { return failure }
            let result = body()
            return disk.isCrashed_ ? call.failure : result
        }
    }

    func close() {
        unlock(to: SQLITE_LOCK_NONE)
        unmap(deletes: false)
        disk.lock.withLock { _ in
            if deletesOnClose, let name, disk.files[name] === file { disk.files[name] = nil }
        }
    }

    // MARK: - Bytes

    func read(_ target: UnsafeMutableRawBufferPointer, at offset: Int) -> Int32 {
        call(.read) {
            let end = min(file.current.count, offset + target.count)
            let count = max(0, end - offset)
            if count > 0 {
                unsafe file.current.withUnsafeBytes { source in
                    unsafe target.copyMemory(
                        from: UnsafeRawBufferPointer(rebasing: source[offset..<end]))
                }
            }
            guard count < target.count else { return SQLITE_OK }
            // SQLite wants the rest zeroed, and to know (SQLITE_IOERR_SHORT_READ).
            unsafe _ = UnsafeMutableRawBufferPointer(rebasing: target[count...])
                .initializeMemory(as: UInt8.self, repeating: 0)
            return 10 | 2 << 8
        }
    }

    func write(_ source: UnsafeRawBufferPointer, at offset: Int) -> Int32 {
        call(.write) {
            let growth = offset + source.count - file.current.count
            if growth > 0, !disk.isCrashed_ {
                if let failure = disk.enter(.growth) { return failure }
                guard disk.hasRoom(for: growth) else { return SQLITE_FULL }
            }
            disk.noteChange(of: name)
            disk.order += 1
            unsafe file.write(Array(source), at: offset, order: disk.order)
            return SQLITE_OK
        }
    }

    func truncate(to size: Int) -> Int32 {
        call(.truncate) {
            disk.noteChange(of: name)
            disk.order += 1
            file.truncate(to: size, order: disk.order)
            return SQLITE_OK
        }
    }

    func sync() -> Int32 {
        disk.lock.withLock { _ in
            if let failure = disk.enter(.sync) {
                if !disk.isCrashed_ { disk.forget(file) }
                return failure
            }
            guard !disk.isCrashed_ else { return DiskCall.sync.failure }
            disk.save(file)
            return SQLITE_OK
        }
    }

    func size(_ target: UnsafeMutablePointer<sqlite3_int64>) -> Int32 {
        call(.size) {
            unsafe target.pointee = sqlite3_int64(file.current.count)
            return SQLITE_OK
        }
    }

    /// Whether another file has this one's name now.
    var hasMoved: Bool {
        disk.lock.withLock { _ in name.map { disk.files[$0] !== file } ?? false }
    }

    // MARK: - File locks

    func lock(_ wanted: Int32) -> Int32 {
        call(.lock) {
            guard wanted > level else { return SQLITE_OK }
            switch wanted {
            case SQLITE_LOCK_SHARED:
                guard file.pendingLock == nil, file.exclusive == nil else { return SQLITE_BUSY }
                file.sharedCount += 1
            case SQLITE_LOCK_RESERVED:
                guard file.reserved == nil else { return SQLITE_BUSY }
                file.reserved = self
            default:
                return lockExclusively()
            }
            level = wanted
            return SQLITE_OK
        }
    }

    /// Keeps new readers out, and waits for the ones that are there.
    private func lockExclusively() -> Int32 {
        guard file.reserved == nil || file.reserved === self,
            file.pendingLock == nil || file.pendingLock === self
        else { return SQLITE_BUSY }
        file.pendingLock = self
        level = max(level, SQLITE_LOCK_PENDING)
        guard file.sharedCount <= 1 else { return SQLITE_BUSY }
        file.exclusive = self
        level = SQLITE_LOCK_EXCLUSIVE
        return SQLITE_OK
    }

    @discardableResult
    func unlock(to wanted: Int32) -> Int32 {
        disk.lock.withLock { _ in
            guard wanted < level else { return SQLITE_OK }
            if file.exclusive === self { file.exclusive = nil }
            if file.pendingLock === self { file.pendingLock = nil }
            if file.reserved === self { file.reserved = nil }
            if wanted == SQLITE_LOCK_NONE { file.sharedCount -= 1 }
            level = wanted
            return SQLITE_OK
        }
    }

    func checkReserved(_ target: UnsafeMutablePointer<Int32>) -> Int32 {
        call(.lock) {
            unsafe target.pointee = file.reserved == nil && file.exclusive == nil ? 0 : 1
            return SQLITE_OK
        }
    }

    // MARK: - Shared memory

    func map(
        _ index: Int, byteCount: Int, extends: Bool,
        _ target: UnsafeMutablePointer<UnsafeMutableRawPointer?>
    ) -> Int32 {
        call(.map) {
            let memory = file.memory ?? SharedMemory()
            file.memory = memory
            if !isMapped {
                isMapped = true
                memory.userCount += 1
            }
            unsafe target.pointee = unsafe memory.piece(
                index, byteCount: byteCount, extends: extends)
            return SQLITE_OK
        }
    }

    func lockShared(_ places: Range<Int>, isExclusive: Bool) -> Int32 {
        call(.shareLock) {
            guard let memory = file.memory, places.upperBound <= SharedMemory.placeCount else {
                return DiskCall.shareLock.failure
            }
            for place in places {
                let others = memory.sharedCounts[place] - (sharedPlaces.contains(place) ? 1 : 0)
                let isTaken = memory.isExclusive[place] && !exclusivePlaces.contains(place)
                guard !isTaken, !isExclusive || others == 0 else { return SQLITE_BUSY }
            }
            for place in places {
                if isExclusive {
                    memory.isExclusive[place] = true
                    exclusivePlaces.insert(place)
                } else if sharedPlaces.insert(place).inserted {
                    memory.sharedCounts[place] += 1
                }
            }
            return SQLITE_OK
        }
    }

    func unlockShared(_ places: Range<Int>) -> Int32 {
        disk.lock.withLock { _ in
            guard let memory = file.memory else { return SQLITE_OK }
            for place in places {
                if sharedPlaces.remove(place) != nil { memory.sharedCounts[place] -= 1 }
                if exclusivePlaces.remove(place) != nil { memory.isExclusive[place] = false }
            }
            return SQLITE_OK
        }
    }

    /// What one thread wrote to the memory before, another sees after.
    func barrier() { disk.lock.withLock { _ in } }

    func unmap(deletes: Bool) {
        _ = unlockShared(0..<SharedMemory.placeCount)
        disk.lock.withLock { _ in
            guard isMapped, let memory = file.memory else { return }
            isMapped = false
            memory.userCount -= 1
            if memory.userCount == 0 { file.memory = nil }
        }
    }
}

extension SimulatedDisk {
    /// Makes a file safe, and with the first sync of a new one its folder too.
    func save(_ file: DiskFile) {
        let isNew = !file.isNameSafe
        file.sync()
        guard isNew else { return }
        deleted = []
        for file in files.values { file.isNameSafe = true }
    }

    /// What a failed sync may do: the pages count as written, and may not even be in the cache.
    func forget(_ file: DiskFile) {
        guard !file.pending.isEmpty else { return }
        file.pending = []
        note(.cacheDropped)
        if random.chance(1, in: 2) { file.current = file.safe }
    }
}
