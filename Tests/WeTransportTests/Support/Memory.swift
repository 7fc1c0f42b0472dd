import WeData
import WeLog

/// A store of events in memory, by the rules that every store follows.
struct Memory: LogIndex, Sendable {
    private(set) var arrival: [Event] = []
    private(set) var places: [EventID: Int] = [:]
    private var keys: [LogKey: [Int]] = [:]
    private var total = SetSummary.empty

    var count: Int { arrival.count }
    var membership: [MembershipEvent] { arrival.compactMap(MembershipEvent.init) }

    /// Stores an event whose past is there; `nil` when it waits for that, `false` when known.
    mutating func insert(_ event: Event) -> Bool? {
        guard places[event.id] == nil else { return false }
        let past = event.header.parents + (event.header.previous.map { [$0] } ?? [])
        guard past.allSatisfy({ places[$0] != nil }) else { return nil }
        let place = arrival.count
        places[event.id] = place
        arrival.append(event)
        total.insert(event.id)
        var log = keys[event.key] ?? []
        keys[event.key] = nil
        var at = log.count
        while at > 0, order(arrival[log[at - 1]]) > order(event) { at -= 1 }
        log.insert(place, at: at)
        keys[event.key] = log
        return true
    }

    private func order(_ event: Event) -> (Int, EventID) { (event.header.sequence, event.id) }

    /// The places of a log's events from a sequence on.
    private func log(_ key: LogKey, from sequence: Int) -> ArraySlice<Int> {
        let log = keys[key] ?? []
        var low = 0
        var high = log.count
        while low < high {
            let middle = (low + high) / 2
            if arrival[log[middle]].header.sequence < sequence {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return log[low...]
    }

    private func summary(_ places: some Sequence<Int>) -> SetSummary {
        var summary = SetSummary.empty
        for place in places { summary.insert(arrival[place].id) }
        return summary
    }

    private func stored(_ place: Int) -> StoredEvent {
        StoredEvent(position: Int64(place + 1), event: arrival[place])
    }

    // MARK: - LogIndex

    func summary() -> SetSummary { total }

    func logs() -> [LogSummary] { keys.keys.sorted().map(log) }

    func log(_ key: LogKey) -> LogSummary {
        guard let log = keys[key], let last = log.last else { return .empty(key) }
        return LogSummary(
            key: key, count: log.count, sequenceMax: arrival[last].header.sequence,
            fingerprint: summary(log).fingerprint)
    }

    func summary(of key: LogKey, below sequence: Int) -> SetSummary {
        let log = keys[key] ?? []
        return summary(log.prefix(log.count - self.log(key, from: sequence).count))
    }

    func blocks(of key: LogKey) -> [SetSummary] {
        let size = EventLimit.blockEvents
        return stride(from: 0, through: log(key).sequenceMax, by: size).map { first in
            summary(
                log(key, from: first).prefix { arrival[$0].header.sequence < first + size })
        }
    }

    func volume(of key: LogKey, from sequence: Int) -> (events: Int, bytes: Int) {
        let log = log(key, from: sequence)
        return (log.count, log.reduce(0) { $0 + arrival[$1].header.bodyByteCount })
    }

    func ids(of key: LogKey, in sequences: Range<Int>) -> [EventID] {
        log(key, from: sequences.lowerBound)
            .prefix { arrival[$0].header.sequence < sequences.upperBound }
            .map { arrival[$0].id }
    }

    func events(
        of key: LogKey, from sequence: Int, positionMax: Int64, countMax: Int
    ) -> [StoredEvent] {
        log(key, from: sequence).lazy.filter { Int64($0 + 1) <= positionMax }
            .prefix(countMax).map(stored)
    }

    func position(of key: LogKey, from sequence: Int) -> Int64? {
        log(key, from: sequence).first.map { Int64($0 + 1) }
    }

    func events(_ ids: [EventID]) -> [StoredEvent] {
        ids.compactMap { places[$0] }.sorted().map(stored)
    }

    func events(after position: Int64, countMax: Int) -> [StoredEvent] {
        let first = Int(min(max(position, 0), Int64(arrival.count)))
        return (first..<min(arrival.count, first + max(countMax, 0))).map(stored)
    }

    func wanted(countMax: Int) -> [EventID] { [] }

    func lastPosition() -> Int64 { Int64(arrival.count) }
}
