import WeData
import WeLog
import WeReplica

/// Whether a replica is right once all trouble is over.
enum DiskVerdict {
    /// Opens the replica where it is closed, and looks at all of it.
    static func judge(_ laptop: DiskLaptop, _ report: inout DiskReport) throws(HarnessError) {
        try HarnessError.translating { () throws(ReplicaError) in _ = try laptop.opened() }
        try isSound(laptop)
        try hasAll(laptop, &report)
        try isSearchRight(laptop)
        try goesOn(laptop)
        try isSound(laptop)
    }

    private static func isSound(_ laptop: DiskLaptop) throws(HarnessError) {
        let check = try HarnessError.translating { () throws(ReplicaError) in
            try laptop.opened().check()
        }
        guard check.isSound else {
            throw HarnessError(
                "damaged \(check.damagedCount), sums \(check.wrongSums), \(check.fileState)")
        }
    }

    private static func hasAll(
        _ laptop: DiskLaptop, _ report: inout DiskReport
    ) throws(HarnessError) {
        let stored = try HarnessError.translating { () throws(ReplicaError) in
            try DiskLaptop.events(of: try laptop.opened(), after: 0)
        }
        var events: [EventID: Event] = [:]
        for stored in stored { events[stored.event.id] = stored.event }
        report.acknowledgedCount += laptop.acknowledged.count
        let lost = laptop.acknowledged.values.filter { event in
            // A body may have come since; it never goes.
            guard let found = events[event.id] else { return true }
            return found.header != event.header || found.signature != event.signature
                || (event.body != nil && found.body != event.body)
        }
        report.lostCount += lost.count
        guard lost.isEmpty else { throw HarnessError("\(lost.count) acknowledged events lost") }
    }

    private static func isSearchRight(_ laptop: DiskLaptop) throws(HarnessError) {
        try HarnessError.translating { () throws(ReplicaError) in
            let replica = try laptop.opened()
            let digest = try replica.digest()
            let found = try replica.find(SearchRequest(terms: [.init("number")], countMax: 1_000))
            let count = try replica.count(SearchRequest())
            try replica.rebuild()
            let again = try replica.find(SearchRequest(terms: [.init("number")], countMax: 1_000))
            guard try replica.digest() == digest, Set(found.map(\.0)) == Set(again.map(\.0)),
                try replica.count(SearchRequest()) == count, again.count == count
            else {
                throw ReplicaError(
                    .corrupt,
                    "the search index was not that of the events: \(found.count) of "
                        + "\(again.count) objects")
            }
        }
    }

    /// Writes on, and shows all of it to the colleague: nothing that it had before is contradicted.
    private static func goesOn(_ laptop: DiskLaptop) throws(HarnessError) {
        try HarnessError.translating { () throws(ReplicaError) in
            try laptop.perform(.found)
            try laptop.perform(.append(count: 2, bytes: 40))
            try laptop.perform(.checkpoint)
        }
        let forks = try HarnessError.translating { () throws(ReplicaError) in
            try laptop.colleague.read { index in
                (try? index.logs())?.filter { !$0.isPrefix }.count ?? .max
            }
        }
        guard forks == 0 else { throw HarnessError("\(forks) logs are forked") }
    }
}
