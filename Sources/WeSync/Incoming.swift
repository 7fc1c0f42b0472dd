import WeData
package import WeLog

/// Events from the peer on their way to the store: verified, and held back where something lacks.
///
/// All that is held is bounded by ``SyncLimit/pendingBytesMax``.
package struct Incoming {
    /// A run and what it weighs.
    private struct Held {
        var run: Run
        var byteCount: Int

        init(_ run: Run) {
            self.run = run
            byteCount = run.events.reduce(0) { $0 + Run.byteCount(of: $1) }
        }
    }

    /// What followed the last valid signature of a run, until its continuation arrives.
    private var tails: [Held] = []
    /// What the store could not place yet.
    private var waiting: [Held] = []
    private var heldBytes = 0

    /// Ids of each batch that the store has not answered.
    private var inFlight: [[EventID]] = []
    private var storedSinceRetry = 0
    /// Events that came from this peer and may lie after the position of live push.
    private(set) var known: Set<EventID> = []
    /// Only a live session pushes, and so has to know.
    private let remembers: Bool

    /// Batches that the store has not answered.
    var batchesInFlight: Int { inFlight.count }
    /// Whether the store has answered everything, and nothing is worth another try.
    var isDrained: Bool { inFlight.isEmpty && (storedSinceRetry == 0 || waiting.isEmpty) }
    /// What is held back, in bytes.
    package var pendingBytes: Int { heldBytes }

    /// How many events are held back.
    package var pendingCount: Int {
        (waiting + tails).reduce(0) { $0 + $1.run.events.count }
    }

    package init(remembers: Bool) { self.remembers = remembers }

    // MARK: - From the peer

    /// Verifies runs and gives what can go to the store.
    ///
    /// - Complexity: one signature for each run of a correct author.
    package mutating func received(_ runs: [Run]) -> [Run] {
        var batch: [Run] = []
        for run in runs {
            let authentic = run.authenticCount()
            var joined = run
            var before = 0
            if let place = tails.firstIndex(where: { $0.run.isFollowed(by: run) }) {
                let tail = tails.remove(at: place)
                heldBytes -= tail.byteCount
                joined = tail.run
                before = tail.run.events.count
                _ = joined.append(run)
            }
            // A signature inside the tail was tried before; only one behind it can make it good.
            let count = authentic == 0 ? 0 : before + authentic
            guard count < joined.events.count else {
                batch.append(joined)
                continue
            }
            let (head, tail) = joined.split(at: count)
            if !head.events.isEmpty { batch.append(head) }
            hold(Held(tail), in: \.tails)
        }
        if !batch.isEmpty { flying(batch) }
        return batch
    }

    private mutating func flying(_ batch: [Run]) {
        let ids = batch.flatMap { run in run.events.map(\.id) }
        inFlight.append(ids)
        if remembers { known.formUnion(ids) }
    }

    private mutating func hold(_ held: Held, in pool: WritableKeyPath<Incoming, [Held]>) {
        self[keyPath: pool].append(held)
        heldBytes += held.byteCount
        // The oldest goes first; it is asked for again in the next session.
        while heldBytes > SyncLimit.pendingBytesMax, let oldest = waiting.first ?? tails.first {
            heldBytes -= oldest.byteCount
            if waiting.isEmpty { tails.removeFirst() } else { waiting.removeFirst() }
        }
    }

    // MARK: - From the store

    /// Takes the answer to the oldest batch; gives whether one was open.
    package mutating func ingested(_ report: IngestReport) -> Bool {
        guard !inFlight.isEmpty else { return false }
        inFlight.removeFirst()
        storedSinceRetry += report.storedCount
        for run in report.waiting where !run.events.isEmpty { hold(Held(run), in: \.waiting) }
        return true
    }

    /// What is worth another try now that more was stored; empty when nothing is.
    ///
    /// - Parameter isEnd: whether nothing more is on its way, so that there is no better moment.
    package mutating func retry(isEnd: Bool) -> [Run] {
        guard inFlight.isEmpty, storedSinceRetry > 0 else { return [] }
        guard !waiting.isEmpty else {
            storedSinceRetry = 0
            return []
        }
        // Trying a large pool again for each event that comes would be quadratic.
        let events = waiting.reduce(0) { $0 + $1.run.events.count }
        guard isEnd || storedSinceRetry >= events / 8 else { return [] }
        storedSinceRetry = 0
        let batch = waiting.map(\.run)
        for held in waiting { heldBytes -= held.byteCount }
        waiting = []
        flying(batch)
        return batch
    }

    /// Forgets which events came from the peer: live push has passed them all.
    mutating func passed() {
        known.removeAll(keepingCapacity: false)
    }
}
