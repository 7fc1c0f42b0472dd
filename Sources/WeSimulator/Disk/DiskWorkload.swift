/// A day of a laptop on a simulated disk, decided by a seed: what it does to its replica, in order.
package struct DiskWorkload: Sendable {
    /// One thing that is done.
    package enum Step: Sendable, Equatable {
        /// Opens the replica, and founds the team where there is none yet.
        case found
        /// Takes a colleague in.
        case admit
        /// Makes another invitation: a membership event.
        case invite
        /// Writes new objects in one transaction, with so many bytes of text each.
        case append(count: Int, bytes: Int)
        /// Changes objects that are there, in one transaction.
        case edit(count: Int)
        /// Takes in what the colleague wrote meanwhile, in batches.
        case ingest(count: Int, batch: Int)
        /// Takes in headers of the colleague's events without their bodies.
        case ingestBare(count: Int)
        /// Takes in the bodies that were missing: rows are updated.
        case complete
        /// Brings the search index up to date and asks it.
        case find
        /// Merges the search index.
        case merge
        /// Moves the write-ahead log into the file.
        case checkpoint
        /// Closes all connections and opens the file again.
        case reopen
        /// Writes through connections of its own, as another process does.
        case appendElsewhere(count: Int)
        /// Drops all views and builds them again.
        case rebuild
    }

    /// What decides it.
    package let seed: UInt64
    /// What is done.
    package let steps: [Step]

    /// The workload of a seed.
    package init(seed: UInt64) {
        self.seed = seed
        var random = DiskRandom(seed: seed &* 0x9E37_79B9 &+ 1)
        var steps: [Step] = [.found, .append(count: 1 + random.below(3), bytes: 200), .admit]
        for _ in 0..<(4 + random.below(4)) { steps.append(DiskWorkload.step(&random)) }
        // Whatever else: the write-ahead log is moved, and something is written after.
        steps += [.checkpoint, .append(count: 1, bytes: 100), .find]
        self.steps = steps
    }

    private static func step(_ random: inout DiskRandom) -> Step {
        switch random.below(15) {
        case 0, 1: .append(count: 1 + random.below(5), bytes: 50 + random.below(800))
        // A body that does not fit a page.
        case 2: .append(count: 1, bytes: 9_000 + random.below(9_000))
        case 3: .edit(count: 1 + random.below(3))
        case 4, 5: .ingest(count: 2 + random.below(8), batch: 1 + random.below(6))
        case 6: .ingestBare(count: 1 + random.below(3))
        case 7: .complete
        case 8: .find
        case 9: .merge
        case 10: .checkpoint
        case 11: .reopen
        case 12: .appendElsewhere(count: 1 + random.below(3))
        case 13: .rebuild
        default: .invite
        }
    }
}
