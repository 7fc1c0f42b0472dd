import WeData
import WeLog

/// Events that the peer lacks, in order of arrival, a window at a time.
///
/// Arrival puts parents before children, so walking all logs together by position does so as
/// well; inside a window the events of a log stand together, as one run with one signature to
/// verify. The state is a few integers for each log.
struct EventStream {
    private struct Cursor {
        let key: LogKey
        /// The first sequence not sent yet.
        var sequence: Int
        /// Where it lies.
        var position: Int64
    }

    private var cursors: [Cursor] = []
    /// Single events of forked logs, by falling position.
    private var singles: [(position: Int64, id: EventID)] = []
    /// Nothing after it is sent: it came later.
    private let positionMax: Int64
    /// How many positions a window spans; follows how densely the wanted events lie.
    private var width = Int64(SyncLimit.windowEvents)

    private static let fetchCount = 32

    /// Starts with nothing to send, for events up to a position.
    init(positionMax: Int64) { self.positionMax = positionMax }

    /// Whether everything has been sent.
    var isEmpty: Bool { cursors.isEmpty && singles.isEmpty }

    /// Adds a log from a sequence on.
    mutating func add(
        _ log: LogSummary, from sequence: Int, store: some LogIndex
    ) throws(StoreFault) {
        guard log.isPrefix else {
            // By rising sequence is not by rising position in a forked log, so its events are
            // sent one by one.
            let end = max(sequence, log.sequenceMax + 1)
            return try add(store.ids(of: log.key, in: sequence..<end), store: store)
        }
        if let position = try store.position(of: log.key, from: sequence), position <= positionMax {
            cursors.append(Cursor(key: log.key, sequence: sequence, position: position))
        }
    }

    /// Adds single events; unknown ones are left out.
    mutating func add(_ ids: [EventID], store: some LogIndex) throws(StoreFault) {
        var start = 0
        while start < ids.count {
            let end = min(start + EventStream.fetchCount, ids.count)
            for found in try store.events(Array(ids[start..<end])) {
                singles.append((found.position, found.event.id))
            }
            start = end
        }
        singles.sort { $0.position > $1.position }
    }

    // MARK: - Windows

    /// The events of the next window by rising position; empty at the end.
    mutating func next(store: some LogIndex) throws(StoreFault) -> [StoredEvent] {
        while let first = firstPosition {
            let last = min(positionMax, first.addingReportingOverflow(width - 1).partialValue)
            guard let found = try gather(through: max(first, last), store: store) else {
                width = max(1, width / 8)
                continue
            }
            let window = EventStream.cut(found)
            guard let end = window.last else {
                // What the cursors promised is not there any more.
                cursors.removeAll { $0.position <= last }
                while let single = singles.last, single.position <= last { singles.removeLast() }
                continue
            }
            try move(past: window, to: end.position, store: store)
            if window.count < SyncLimit.windowEvents / 4, width < 1 << 40 { width *= 4 }
            return window
        }
        return []
    }

    private var firstPosition: Int64? {
        let first = cursors.min { $0.position < $1.position }?.position
        guard let single = singles.last?.position else { return first }
        return min(single, first ?? single)
    }

    /// All wanted events through a position, or `nil` when they are far more than a window.
    private func gather(
        through last: Int64, store: some LogIndex
    ) throws(StoreFault) -> [StoredEvent]? {
        var last = last
        var found: [StoredEvent] = []
        var bytes = 0
        for cursor in cursors where cursor.position <= last {
            var sequence = cursor.sequence
            var ownBytes = 0
            var ownCount = 0
            while true {
                let part = try store.events(
                    of: cursor.key, from: sequence, positionMax: last,
                    countMax: EventStream.fetchCount)
                found += part
                for stored in part { ownBytes += Run.byteCount(of: stored.event) }
                ownCount += part.count
                guard part.count >= EventStream.fetchCount, let end = part.last else { break }
                sequence = end.event.header.sequence + 1
                if ownBytes > SyncLimit.windowBytes || ownCount >= SyncLimit.windowEvents {
                    // The window is full with this log alone: it ends here.
                    last = min(last, end.position)
                    break
                }
            }
            bytes += ownBytes
            if bytes > 8 * SyncLimit.windowBytes, width > 1 { return nil }
        }
        var ids: [EventID] = []
        for single in singles.reversed() {
            guard single.position <= last, ids.count < EventStream.fetchCount else {
                if single.position <= last { last = single.position - 1 }
                break
            }
            ids.append(single.id)
        }
        if !ids.isEmpty { found += try store.events(ids) }
        found.removeAll { $0.position > last }
        return found.sorted { $0.position < $1.position }
    }

    /// The beginning that fits a window; one event always does.
    private static func cut(_ found: [StoredEvent]) -> [StoredEvent] {
        var bytes = 0
        var count = 0
        for stored in found {
            bytes += Run.byteCount(of: stored.event)
            guard count == 0 || bytes <= SyncLimit.windowBytes, count < SyncLimit.windowEvents
            else { break }
            count += 1
        }
        return Array(found.prefix(count))
    }

    private mutating func move(
        past window: [StoredEvent], to end: Int64, store: some LogIndex
    ) throws(StoreFault) {
        while let single = singles.last, single.position <= end { singles.removeLast() }
        var sequences: [LogKey: Int] = [:]
        for stored in window { sequences[stored.event.key] = stored.event.header.sequence + 1 }
        var left: [Cursor] = []
        for var cursor in cursors {
            if cursor.position <= end {
                cursor.sequence = max(cursor.sequence, sequences[cursor.key] ?? cursor.sequence)
                guard let next = try store.position(of: cursor.key, from: cursor.sequence),
                    next <= positionMax
                else { continue }
                cursor.position = next
            }
            left.append(cursor)
        }
        cursors = left
    }
}

extension Run {
    /// Groups events into runs, each event behind the one it names as `prev`.
    static func grouping(_ window: [StoredEvent]) -> [Run] {
        var groups: [[Event]] = []
        var ends: [EventID: Int] = [:]
        for stored in window {
            let event = stored.event
            if let previous = event.header.previous, let group = ends[previous],
                groups[group].last?.id == previous
            {
                groups[group].append(event)
                ends[event.id] = group
                ends[previous] = nil
            } else {
                ends[event.id] = groups.count
                groups.append([event])
            }
        }
        return groups.compactMap { events in
            events.first.map { Run(key: $0.key, events: events) }
        }
    }
}
