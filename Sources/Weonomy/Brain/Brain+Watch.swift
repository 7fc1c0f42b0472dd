import WeTransport

extension Brain {
    /// Notices what other processes write until the task is cancelled, within this many
    /// milliseconds.
    ///
    /// Where the system tells of writes nothing is looked at before there is one.
    public nonisolated func watchOthers(milliseconds: Int) async {
        await Brain.watch(storage, milliseconds: milliseconds) { [weak self] isSlow in
            // A busy disk is looked at again in a moment.
            try? await self?.noticeOthers()
            if isSlow { await self?.mergeWhenQuiet() }
            return self != nil
        }
    }

    /// Merges the search index a little, a few times after something was written, once nothing more
    /// comes for a second; on another thread, so that no page waits for it.
    private func mergeWhenQuiet() {
        guard let position = try? lastPosition() else { return }
        if position != quiet.position {
            quiet = (position, Brain.quietMerges)
        } else if quiet.mergesLeft > 0 {
            quiet.mergesLeft -= 1
            node.mergeSearch()
        }
    }

    /// So often after each write: what a write adds is merged several times over.
    private static let quietMerges = 8

    /// How long it takes at most from a write to a write-ahead log to its commit, which nobody
    /// tells of.
    private static let commitMilliseconds = 2_000
    /// How often is looked whatever is told.
    private static let slowMilliseconds = 1_000

    /// Calls `look` when something may have been written, and once a second with `true`, until it
    /// gives `false` or the task is cancelled.
    static func watch(
        _ storage: Storage?, milliseconds: Int,
        _ look: @escaping @Sendable (_ isSlow: Bool) async -> Bool
    ) async {
        let changes = storage.flatMap(changes)
        await withTaskGroup { group in
            group.addTask {
                let pause = changes == nil ? milliseconds : slowMilliseconds
                var waited = 0
                repeat {
                    let isSlow = waited >= slowMilliseconds
                    if isSlow { waited = 0 }
                    guard await look(isSlow) else { return }
                    waited += pause
                } while await wait(pause)
            }
            if let changes {
                group.addTask {
                    for await _ in changes {
                        for _ in 0...(commitMilliseconds / max(1, milliseconds)) {
                            guard await look(false), await wait(milliseconds) else { return }
                        }
                    }
                }
            }
            await group.next()
            group.cancelAll()
        }
    }

    /// Waits; `false` where the task was cancelled.
    private static func wait(_ milliseconds: Int) async -> Bool {
        (try? await Task.sleep(for: .milliseconds(milliseconds))) != nil
    }

    private static func changes(_ storage: Storage) -> AsyncStream<Void>? {
        let path = storage.replica
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let folder = String(path.dropLast(name.count))
        return FileWatch.changes(
            in: folder.isEmpty ? "." : folder, of: [name, name + "-wal"])
    }
}
