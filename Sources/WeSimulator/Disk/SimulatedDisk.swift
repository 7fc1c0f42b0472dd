import Synchronization

/// A disk in memory that does what disks may do, decided by a seed and by explicit numbers.
///
/// Writes go to a cache and a sync makes them safe. A crash takes away any part of what was not
/// synced, torn at sectors and out of order; a failed sync may lose what it was to save; a file at
/// rest may rot. All connections that open a ``path(_:)`` with the VFS ``vfs`` share its files.
///
/// `@unchecked Sendable`: everything that changes is used under `lock` only.
package final class SimulatedDisk: @unchecked Sendable {
    /// What to do to the calls of some kinds.
    package struct Failure: Sendable {
        /// Which calls count.
        package let calls: Set<DiskCall>
        /// Which of them fails, from 1.
        package let number: Int
        /// Whether all after it fail as well.
        package let isLasting: Bool

        /// Joins the parts.
        package init(_ calls: Set<DiskCall>, number: Int, isLasting: Bool = false) {
            self.calls = calls
            self.number = number
            self.isLasting = isLasting
        }
    }

    let lock = Mutex(())
    let number: Int
    /// The least that is written whole.
    package let sectorBytes: Int

    // Under the lock.
    var files: [String: DiskFile] = [:]
    /// Files that were deleted, and no sync has made that safe yet.
    var deleted: [(name: String, file: DiskFile)] = []
    var counts_ = DiskCounts()
    var random: DiskRandom
    var order = 0
    private var crashNumber: Int?
    private var failure: (Failure, seen: Int)?
    private var bytesMax: Int?
    private var isReadOnly_ = false
    var isCrashed_ = false
    /// Files that may be changed only by whoever has the exclusive lock of another file.
    private var guards: [String: String] = [:]
    private var unguardedCount_ = 0

    /// A disk without files.
    ///
    /// - Parameters:
    ///   - seed: of all that is left to chance.
    ///   - sectorBytes: the least that is written whole: 512 or 4096 on disks that there are.
    package init(seed: UInt64, sectorBytes: Int = 512) {
        random = DiskRandom(seed: seed)
        self.sectorBytes = sectorBytes
        number = SimulatedDisk.register()
        SimulatedDisk.known.withLock { $0[number] = WeakDisk(disk: self) }
    }

    deinit { SimulatedDisk.known.withLock { $0[number] = nil } }

    // MARK: - Names

    private struct WeakDisk: Sendable {
        weak let disk: SimulatedDisk?
    }

    private static let known = Mutex<[Int: WeakDisk]>([:])
    private static let last = Mutex(0)

    private static func register() -> Int {
        last.withLock { last in
            last += 1
            return last
        }
    }

    private static let root = "/simulated-disk/"

    /// What SQLite calls a file of this disk.
    package func path(_ name: String) -> String { "\(SimulatedDisk.root)\(number)/\(name)" }

    /// The disk and the file that a path means.
    static func find(_ path: String) -> (disk: SimulatedDisk, name: String)? {
        guard path.hasPrefix(root) else { return nil }
        let parts = path.dropFirst(root.count).split(separator: "/", maxSplits: 1)
        guard parts.count == 2, let number = Int(parts[0]),
            let disk = known.withLock({ $0[number]?.disk })
        else { return nil }
        return (disk, String(parts[1]))
    }

    // MARK: - Faults

    /// Crashes at the n-th call from now that changes the disk, counted from 1.
    package func crash(atChange number: Int) {
        lock.withLock { _ in crashNumber = counts_.changes + number }
    }

    /// Lets calls fail.
    package func fail(_ failure: Failure) {
        lock.withLock { _ in self.failure = (failure, 0) }
    }

    /// Ends all failures, makes room, and lets the medium be written again.
    package func heal() {
        lock.withLock { _ in
            failure = nil
            bytesMax = nil
            isReadOnly_ = false
            crashNumber = nil
        }
    }

    /// How many bytes all files together may have; `nil` for any.
    package func limit(bytes: Int?) { lock.withLock { _ in bytesMax = bytes } }

    /// Whether the medium refuses every write.
    package func setReadOnly(_ isReadOnly: Bool) { lock.withLock { _ in isReadOnly_ = isReadOnly } }

    var isReadOnly: Bool { isReadOnly_ }

    /// Counts from now on the changes to a file while nobody has the exclusive lock of another.
    package func watch(_ name: String, guardedBy lockName: String) {
        lock.withLock { _ in guards[name] = lockName }
    }

    /// How many changes to watched files nobody was allowed to make.
    package var unguardedCount: Int { lock.withLock { _ in unguardedCount_ } }

    /// Notes a change of a file, under the lock.
    func noteChange(of name: String?) {
        guard let name, let guardian = guards[name] else { return }
        if files[guardian]?.exclusive == nil { unguardedCount_ += 1 }
    }

    /// Whether the power is gone: every call fails from then on.
    package var isCrashed: Bool { lock.withLock { _ in isCrashed_ } }

    /// What happened so far.
    package var counts: DiskCounts { lock.withLock { _ in counts_ } }

    func note(_ fault: DiskFault, _ count: Int = 1) {
        if count > 0 { counts_.faults[fault, default: 0] += count }
    }

    /// What becomes of a call, under the lock; `nil` when it is to be done.
    func enter(_ call: DiskCall) -> Int32? {
        counts_.calls[call, default: 0] += 1
        guard !isCrashed_ else { return call.failure }
        if DiskCall.changing.contains(call) {
            counts_.changes += 1
            if counts_.changes == crashNumber {
                isCrashed_ = true
                note(.crash)
                // The call was under way: what it was to do may have happened in part.
                return nil
            }
        }
        if isReadOnly_, DiskCall.changing.contains(call) {
            note(.refusedReadOnly)
            return 8
        }
        guard let (failure, seen) = failure, failure.calls.contains(call) else { return nil }
        self.failure = (failure, seen + 1)
        guard seen + 1 == failure.number || (failure.isLasting && seen + 1 > failure.number)
        else { return nil }
        note(DiskFault(failed: call))
        DiskVFS.lastError.withLock { $0 = call == .growth ? 28 : 5 }
        return call.failure
    }

    /// Whether a file may have so many bytes more.
    func hasRoom(for byteCount: Int) -> Bool {
        guard let bytesMax else { return true }
        let used = files.values.reduce(0) { $0 + $1.current.count }
        guard used + byteCount > bytesMax else { return true }
        note(.full)
        return false
    }

    // MARK: - Files at rest

    /// The names of all files, sorted.
    package var names: [String] { lock.withLock { _ in files.keys.sorted() } }

    /// The bytes of a file as a reader sees them.
    package func bytes(of name: String) -> [UInt8]? {
        lock.withLock { _ in files[name]?.current }
    }

    /// Puts a file there, safe at once.
    package func put(_ bytes: [UInt8], as name: String) {
        lock.withLock { _ in
            let file = DiskFile()
            file.current = bytes
            file.safe = bytes
            file.isNameSafe = true
            files[name] = file
        }
    }

    /// Takes a file away, safe at once.
    package func remove(_ name: String) { lock.withLock { _ in files[name] = nil } }

    /// Changes bits of one byte of a file; gives whether it has such a byte.
    @discardableResult
    package func rot(_ name: String, at offset: Int, mask: UInt8) -> Bool {
        lock.withLock { _ in
            guard let file = files[name], file.current.indices.contains(offset) else {
                return false
            }
            file.current[offset] ^= mask
            if file.safe.indices.contains(offset) { file.safe[offset] ^= mask }
            note(.bitFlipped)
            return true
        }
    }

    /// A disk with the same files, nothing of them pending, and no faults to come.
    package func copy(seed: UInt64) -> SimulatedDisk {
        let copy = SimulatedDisk(seed: seed, sectorBytes: sectorBytes)
        lock.withLock { _ in
            for (name, file) in files { copy.put(file.current, as: name) }
        }
        return copy
    }
}
