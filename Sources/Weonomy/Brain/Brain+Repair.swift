#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import WeReplica

/// What a repair did.
public struct RepairReport: Sendable, Hashable {
    /// Where the damaged file was put; `nil` where it was mended in its place or was sound.
    public internal(set) var damagedPath: String?
    /// Whether views that were wrong were built again, and that was enough.
    public internal(set) var wasRebuilt = false
    /// Changes that are in the brain now.
    public internal(set) var eventCount = 0
    /// Changes that were taken back from damaged files that had been put aside before.
    public internal(set) var takenBackCount = 0
    /// Changes that are safe in a damaged file until those that they build on come back.
    public internal(set) var waitingCount = 0
    /// Changes that the file had and that can't be read any more.
    public internal(set) var lostCount = 0
}

extension Brain {
    /// Mends a damaged replica with what can be read of it.
    ///
    /// Everything that verifies goes into a new file, which takes the old one's place; the damaged
    /// file stays beside it. What was lost comes back with the next sync, and with it what built
    /// on it. Nothing is done to a replica that is sound, but for taking in what damaged files
    /// beside it still hold.
    ///
    /// - Throws: `BrainError`; `corrupt` when nothing can be read, and nothing was changed then.
    public static func repair(
        _ storage: Storage, now: @escaping @Sendable () -> Instant = Brain.systemClock
    ) async throws(BrainError) -> RepairReport {
        guard FileManager.default.fileExists(atPath: storage.replica) else {
            throw BrainError(
                .noReplica, "there is no brain at \(storage.replica)",
                hint: "Begin with: weonomy init, or weonomy join")
        }
        var report = RepairReport()
        if try await !isSound(storage, now, &report) {
            let (salvaged, kept) = try replaced(storage)
            report.damagedPath = kept
            report.waitingCount = salvaged.waitingCount
            report.lostCount = salvaged.lostCount
        }
        let brain = try await Brain.open(storage, now: now)
        let back = try await brain.takeBack()
        if report.damagedPath == nil || back.storedCount > 0 {
            report.takenBackCount = back.storedCount
            report.waitingCount = back.waitingCount
        }
        report.eventCount = try translating { () throws(ReplicaError) in
            try brain.replica.check().eventCount
        }
        await brain.close()
        return report
    }

    /// Whether the file is right, if need be after its views were built again.
    private static func isSound(
        _ storage: Storage, _ now: @escaping @Sendable () -> Instant, _ report: inout RepairReport
    ) async throws(BrainError) -> Bool {
        do throws(BrainError) {
            let brain = try await Brain.open(storage, now: now)
            let check = try translating { () throws(ReplicaError) in try brain.replica.check() }
            guard check.damagedCount == 0, check.fileState == "ok" else { return false }
            guard check.wrongSums > 0 else { return true }
            try translating { () throws(ReplicaError) in try brain.replica.rebuild() }
            report.wasRebuilt = true
            return try translating { () throws(ReplicaError) in try brain.replica.check() }.isSound
        } catch {
            guard error.code == .corrupt || error.code == .file else { throw error }
            return false
        }
    }

    // MARK: - Another file in its place

    private static func replaced(
        _ storage: Storage
    ) throws(BrainError) -> (report: SalvageReport, keptAt: String) {
        let path = storage.replica
        let result = try translating { () throws(ReplicaError) in
            try Replica.holding(path) { () throws(BrainError) in
                let report = try salvaged(path)
                return (report, try putAside(path))
            }
        }
        return try result.get()
    }

    private static let newSuffix = "-repair"

    /// Makes the new file, whole and durable.
    private static func salvaged(_ path: String) throws(BrainError) -> SalvageReport {
        let new = path + newSuffix
        remove(new)
        defer { removeBeside(new) }
        return try translating { () throws(ReplicaError) in
            let replica = try Replica(path: new, create: true) { id, record in
                SearchDocument(id, record)
            }
            let report = try replica.salvage(from: path)
            try replica.setAwaited(report.waitingCount)
            try replica.checkpoint()
            return report
        }
    }

    /// Keeps the damaged file under another name, and gives its own to the new one.
    private static func putAside(_ path: String) throws(BrainError) -> String {
        let files = FileManager.default
        var kept = path + ".damaged"
        var number = 1
        while files.fileExists(atPath: kept) {
            number += 1
            kept = path + ".damaged\(number)"
        }
        for suffix in ["", "-wal"] where files.fileExists(atPath: path + suffix) {
            guard !FileSwap.link(path + suffix, as: kept + suffix) else { continue }
            do {
                try files.copyItem(atPath: path + suffix, toPath: kept + suffix)
            } catch {
                throw BrainError(.file, "the damaged file could not be kept at \(kept)")
            }
        }
        // The new file has positions of its own: the old views and log are not its views and log.
        for suffix in ["-search", "-search-journal", "-wal", "-shm"] {
            try? files.removeItem(atPath: path + suffix)
        }
        try FileSwap.replace(path, with: path + newSuffix)
        return kept
    }

    private static func remove(_ path: String) {
        try? FileManager.default.removeItem(atPath: path)
        removeBeside(path)
    }

    private static func removeBeside(_ path: String) {
        for suffix in ["-wal", "-shm", "-lock", "-search", "-search-journal"] {
            try? FileManager.default.removeItem(atPath: path + suffix)
        }
    }

    // MARK: - What comes back

    /// Takes in what now fits from all damaged files that were put aside.
    func takeBack() throws(BrainError) -> (storedCount: Int, waitingCount: Int) {
        guard let path = storage?.replica else { return (0, 0) }
        var (stored, waiting) = (0, 0)
        for kept in Brain.damagedFiles(of: path) {
            do throws(ReplicaError) {
                let report = try replica.salvage(from: kept)
                stored += report.storedCount
                waiting += report.waitingCount
            } catch {
                // It stays as it is: another version of the program may read more of it.
                guard error.code == .corrupt || error.code == .inputOutput else {
                    throw BrainError(error)
                }
            }
        }
        try translating { () throws(ReplicaError) in
            if try replica.awaitedCount() != waiting { try replica.setAwaited(waiting) }
        }
        if stored > 0 {
            feed.storeGrew(replica, isRemote: false)
            engine?.storeGrew()
        }
        return (stored, waiting)
    }

    /// The same after a sync, where anything waits at all.
    func takeBackWhatWaits() {
        guard let count = try? replica.awaitedCount(), count > 0 else { return }
        _ = try? takeBack()
    }

    /// Deletes damaged files of which nothing waits any more: they hold what was erased since.
    ///
    /// - Returns: whether none is left.
    func dropDamagedFiles() throws(BrainError) -> Bool {
        guard let path = storage?.replica, !Brain.damagedFiles(of: path).isEmpty else {
            return true
        }
        guard try takeBack().waitingCount == 0 else { return false }
        for kept in Brain.damagedFiles(of: path) { Brain.remove(kept) }
        return Brain.damagedFiles(of: path).isEmpty
    }

    private static func damagedFiles(of path: String) -> [String] {
        let files = FileManager.default
        var kept: [String] = []
        for number in 1... {
            let name = path + ".damaged" + (number == 1 ? "" : "\(number)")
            guard files.fileExists(atPath: name) else { break }
            kept.append(name)
        }
        return kept
    }
}
