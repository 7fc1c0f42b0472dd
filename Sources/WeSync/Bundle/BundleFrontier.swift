public import WeData
public import WeLog

/// What a laptop held and lacked when it last saw the stick.
public struct BundleFrontier: Sendable {
    /// Whose it is, and when.
    public let about: BundleAbout
    /// Its logs, by rising key.
    public let logs: [LogSummary]
    /// Events of which it lacked the body.
    public let wanted: [EventID]
    /// Files that it wanted.
    public let files: [FileID]

    /// Joins the parts.
    public init(
        about: BundleAbout, logs: [LogSummary], wanted: [EventID], files: [FileID] = []
    ) {
        self.about = about
        self.logs = logs
        self.wanted = wanted
        self.files = files
    }

    /// Whether a store holds everything that this laptop held.
    public func isCovered(by store: some LogIndex) throws(StoreFault) -> Bool {
        for log in logs {
            let own = try store.log(log.key)
            if own == log { continue }
            guard log.isPrefix, own.sequenceMax >= log.sequenceMax else { return false }
            let summary = try store.summary(of: log.key, below: log.sequenceMax + 1)
            guard summary.count == log.count, summary.fingerprint == log.fingerprint else {
                return false
            }
        }
        return true
    }
}

/// What of a store others lack, and in which order it goes: membership first, then by arrival.
public struct BundlePlan: Sendable {
    /// Events that go.
    public private(set) var eventCount = 0
    /// Their bodies, in bytes.
    public private(set) var byteCount = 0
    /// How many of them each one lacks, in the order in which they were given; a log that went on
    /// in two ways counts as far as it is longer here.
    public private(set) var lackedCounts: [Int] = []
    private var membership: EventStream
    private var content: EventStream

    /// Whether nothing goes.
    public var isEmpty: Bool { eventCount == 0 }

    /// Plans for laptops with these frontiers, `nil` being one that holds nothing.
    ///
    /// - Complexity: O(logs × frontiers), and what fingerprints of beginnings cost.
    public init(
        for frontiers: [BundleFrontier?], store: some LogIndex
    ) throws(StoreFault) {
        let position = try store.lastPosition()
        membership = EventStream(positionMax: position)
        content = EventStream(positionMax: position)
        var peers: [[LogKey: LogSummary]] = []
        for frontier in frontiers {
            peers.append(
                Dictionary((frontier?.logs ?? []).map { ($0.key, $0) }) { one, _ in one })
        }
        lackedCounts = frontiers.map { _ in 0 }
        for log in try store.logs() {
            var first: Int?
            for (index, logs) in peers.enumerated() {
                guard let from = try BundlePlan.sequence(of: log, lackedBy: logs[log.key], store)
                else { continue }
                first = min(first ?? from, from)
                let held = logs[log.key]?.count ?? 0
                lackedCounts[index] += max(1, log.count - held)
            }
            guard let first else { continue }
            let volume = try store.volume(of: log.key, from: first)
            eventCount += volume.events
            byteCount += volume.bytes
            if log.key.logClass == .membership {
                try membership.add(log, from: first, store: store)
            } else {
                try content.add(log, from: first, store: store)
            }
        }
        try addWanted(frontiers, store)
    }

    /// From where on a laptop lacks a log; `nil` where it lacks nothing of it.
    private static func sequence(
        of own: LogSummary, lackedBy peer: LogSummary?, _ store: some LogIndex
    ) throws(StoreFault) -> Int? {
        guard let peer, peer.count > 0 else { return 0 }
        guard peer.fingerprint != own.fingerprint || peer.count != own.count else { return nil }
        // As far as can be seen from here it is ahead; where it is not, it sees that, and leaves
        // what makes the fork show here.
        if own.isPrefix, peer.isPrefix, peer.sequenceMax > own.sequenceMax { return nil }
        guard peer.isPrefix, peer.sequenceMax < own.sequenceMax else { return 0 }
        let summary = try store.summary(of: own.key, below: peer.sequenceMax + 1)
        let isPrefix = summary.count == peer.count && summary.fingerprint == peer.fingerprint
        return isPrefix ? peer.sequenceMax + 1 : 0
    }

    private mutating func addWanted(
        _ frontiers: [BundleFrontier?], _ store: some LogIndex
    ) throws(StoreFault) {
        var seen: Set<EventID> = []
        for (index, frontier) in frontiers.enumerated() {
            let ids = frontier?.wanted ?? []
            // A few at a time: a body may be long.
            for start in stride(from: 0, to: ids.count, by: 8) {
                let part = Array(ids[start..<min(start + 8, ids.count)])
                for event in try store.events(part).map(\.event) where event.body != nil {
                    lackedCounts[index] += 1
                    guard seen.insert(event.id).inserted else { continue }
                    try content.add([event.id], store: store)
                    eventCount += 1
                    byteCount += event.header.bodyByteCount
                }
            }
        }
    }

    /// The next window of events; empty at the end.
    public mutating func next(store: some LogIndex) throws(StoreFault) -> [StoredEvent] {
        let first = try membership.next(store: store)
        return first.isEmpty ? try content.next(store: store) : first
    }
}
