import WeSQLite

/// The memory that SQLite gives for an open file: its methods, then our handle.
@safe
enum DiskFileSlot {
    private static let handleOffset = unsafe MemoryLayout<sqlite3_file>.stride
    static let byteCount = handleOffset + MemoryLayout<UInt>.stride

    static func fill(_ slot: UnsafeMutablePointer<sqlite3_file>, with handle: DiskHandle) {
        let pointer = unsafe Unmanaged.passRetained(handle).toOpaque()
        unsafe UnsafeMutableRawPointer(slot).storeBytes(
            of: pointer, toByteOffset: handleOffset, as: UnsafeMutableRawPointer.self)
        unsafe slot.pointee.pMethods = UnsafePointer(methods)
    }

    private static func pointer(
        _ slot: UnsafeMutablePointer<sqlite3_file>?
    ) -> UnsafeMutableRawPointer? {
        unsafe slot.map {
            unsafe UnsafeMutableRawPointer($0).load(
                fromByteOffset: handleOffset, as: UnsafeMutableRawPointer.self)
        }
    }

    /// Lends the handle of a slot; SQLite never calls for one that it has closed.
    private static func with(
        _ slot: UnsafeMutablePointer<sqlite3_file>?, _ body: (DiskHandle) -> Int32
    ) -> Int32 {
        guard let pointer = unsafe pointer(slot) else { return SQLITE_MISUSE }
        return body(unsafe Unmanaged<DiskHandle>.fromOpaque(pointer).takeUnretainedValue())
    }

    private static func close(_ slot: UnsafeMutablePointer<sqlite3_file>?) -> Int32 {
        guard let pointer = unsafe pointer(slot) else { return SQLITE_MISUSE }
        unsafe Unmanaged<DiskHandle>.fromOpaque(pointer).takeRetainedValue().close()
        return SQLITE_OK
    }

    /// Set once, before anyone can see it, and never changed.
    private nonisolated(unsafe) static let methods: UnsafeMutablePointer<sqlite3_io_methods> = {
        let methods = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
        unsafe methods.initialize(to: sqlite3_io_methods())
        unsafe methods.pointee.iVersion = 2
        unsafe methods.pointee.xClose = { unsafe DiskFileSlot.close($0) }
        unsafe methods.pointee.xRead = { slot, target, count, offset in
            unsafe DiskFileSlot.with(slot) { handle in
                unsafe handle.read(
                    UnsafeMutableRawBufferPointer(start: target, count: Int(count)),
                    at: Int(offset))
            }
        }
        unsafe methods.pointee.xWrite = { slot, source, count, offset in
            unsafe DiskFileSlot.with(slot) { handle in
                unsafe handle.write(
                    UnsafeRawBufferPointer(start: source, count: Int(count)), at: Int(offset))
            }
        }
        unsafe methods.pointee.xTruncate = { slot, size in
            unsafe DiskFileSlot.with(slot) { $0.truncate(to: Int(size)) }
        }
        unsafe methods.pointee.xSync = { slot, _ in unsafe DiskFileSlot.with(slot) { $0.sync() } }
        unsafe methods.pointee.xFileSize = { slot, target in
            unsafe DiskFileSlot.with(slot) { handle in
                unsafe target.map { unsafe handle.size($0) } ?? SQLITE_MISUSE
            }
        }
        unsafe methods.pointee.xLock = { slot, level in
            unsafe DiskFileSlot.with(slot) { $0.lock(level) }
        }
        unsafe methods.pointee.xUnlock = { slot, level in
            unsafe DiskFileSlot.with(slot) { $0.unlock(to: level) }
        }
        unsafe methods.pointee.xCheckReservedLock = { slot, target in
            unsafe DiskFileSlot.with(slot) { handle in
                unsafe target.map { unsafe handle.checkReserved($0) } ?? SQLITE_MISUSE
            }
        }
        unsafe methods.pointee.xFileControl = { slot, operation, argument in
            unsafe DiskFileSlot.with(slot) { handle in
                guard operation == SQLITE_FCNTL_HAS_MOVED, let argument = unsafe argument else {
                    return SQLITE_NOTFOUND
                }
                unsafe argument.storeBytes(of: handle.hasMoved ? 1 : 0, as: Int32.self)
                return SQLITE_OK
            }
        }
        unsafe methods.pointee.xSectorSize = { _ in 4_096 }
        // As the system's disks say: a write leaves the bytes beside it alone.
        unsafe methods.pointee.xDeviceCharacteristics = { _ in SQLITE_IOCAP_POWERSAFE_OVERWRITE }
        unsafe fillShared(methods)
        return unsafe methods
    }()

    private static func fillShared(_ methods: UnsafeMutablePointer<sqlite3_io_methods>) {
        unsafe methods.pointee.xShmMap = { slot, index, count, extends, target in
            unsafe DiskFileSlot.with(slot) { handle in
                guard let target = unsafe target else { return SQLITE_MISUSE }
                // Volatile pointers come as raw ones.
                let pointer = unsafe UnsafeMutableRawPointer(target).assumingMemoryBound(
                    to: UnsafeMutableRawPointer?.self)
                return unsafe handle.map(
                    Int(index), byteCount: Int(count), extends: extends != 0, pointer)
            }
        }
        unsafe methods.pointee.xShmLock = { slot, offset, count, flags in
            unsafe DiskFileSlot.with(slot) { handle in
                let places = Int(offset)..<Int(offset) + Int(count)
                return flags & SQLITE_SHM_UNLOCK != 0
                    ? handle.unlockShared(places)
                    : handle.lockShared(places, isExclusive: flags & SQLITE_SHM_EXCLUSIVE != 0)
            }
        }
        unsafe methods.pointee.xShmBarrier = { slot in
            _ = unsafe DiskFileSlot.with(slot) { handle in
                handle.barrier()
                return SQLITE_OK
            }
        }
        unsafe methods.pointee.xShmUnmap = { slot, deletes in
            unsafe DiskFileSlot.with(slot) { handle in
                handle.unmap(deletes: deletes != 0)
                return SQLITE_OK
            }
        }
    }
}
