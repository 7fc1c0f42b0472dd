import WeLog

/// Compares the logs of two sides by ranges (Protocol.md, "Reconciliation"): a pure function from
/// the peer's ranges and our logs to our ranges and the logs that differ.
struct RangeComparison {
    /// A log that both sides have differently; one of the two may be empty.
    struct Difference: Equatable {
        let own: LogSummary
        let peer: LogSummary
    }

    private let logs: [LogSummary]
    private var reply: [LogRange] = []
    private var differences: [Difference] = []
    private var answeredCount = 0
    /// Where the reply ended early because it is full: the rest is one range for the next time.
    private var isFull = false

    /// What a side says that begins: all of its logs, or fingerprints of parts of them.
    static func question(_ logs: [LogSummary]) -> [LogRange] {
        pieces(of: ArraySlice(logs), upper: nil)
    }

    /// What a side says to the peer's ranges, and which logs differ as far as these ranges tell.
    static func answer(
        _ ranges: [LogRange], logs: [LogSummary]
    ) -> (reply: [LogRange], differences: [Difference]) {
        var comparison = RangeComparison(logs: logs)
        var start = 0
        for (place, range) in ranges.enumerated() {
            let end = comparison.end(of: range, from: start)
            comparison.take(range, own: start..<end, isLast: place == ranges.count - 1)
            start = end
        }
        return (comparison.reply, comparison.differences)
    }

    private init(logs: [LogSummary]) { self.logs = logs }

    private func end(of range: LogRange, from start: Int) -> Int {
        range.upper.map { place(of: $0, in: start..<logs.count) } ?? logs.count
    }

    /// Where a key is, or would be, among some of our logs.
    private func place(of key: LogKey, in range: Range<Int>) -> Int {
        var low = range.lowerBound
        var high = range.upperBound
        while low < high {
            let middle = (low + high) / 2
            if logs[middle].key < key { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Up to so many logs are listed, more are split.
    private static func pieces(of own: ArraySlice<LogSummary>, upper: LogKey?) -> [LogRange] {
        guard own.count > SyncLimit.logsListedMax else {
            return [LogRange(upper: upper, content: .list(Array(own)))]
        }
        let size = (own.count + SyncLimit.rangeSplit - 1) / SyncLimit.rangeSplit
        return stride(from: own.startIndex, to: own.endIndex, by: size).map { from in
            let to = min(from + size, own.endIndex)
            return LogRange(
                upper: to < own.endIndex ? own[to].key : upper,
                content: .fingerprint(LogSummary.fingerprint(of: own[from..<to]), count: to - from))
        }
    }

    private mutating func take(_ range: LogRange, own: Range<Int>, isLast: Bool) {
        switch range.content {
        case .skip:
            add([LogRange(upper: range.upper, content: .skip)], own, isLast)
        case .fingerprint(let fingerprint, let count):
            let isEqual =
                count == own.count && fingerprint == LogSummary.fingerprint(of: logs[own])
            add(
                isEqual
                    ? [LogRange(upper: range.upper, content: .skip)]
                    : RangeComparison.pieces(of: logs[own], upper: range.upper), own, isLast)
        case .answer(let peers):
            for peer in peers {
                let at = place(of: peer.key, in: own)
                let isOurs = at < own.upperBound && logs[at].key == peer.key
                let mine = isOurs ? logs[at] : .empty(peer.key)
                if mine != peer { differences.append(Difference(own: mine, peer: peer)) }
            }
            add([LogRange(upper: range.upper, content: .skip)], own, isLast)
        case .list(let peers):
            answer(merged(own, peers), range, own, isLast)
        }
    }

    /// The logs of both sides that are not the same, by rising key.
    private func merged(_ own: Range<Int>, _ peers: [LogSummary]) -> [Difference] {
        var found: [Difference] = []
        var place = own.lowerBound
        for peer in peers {
            while place < own.upperBound, logs[place].key < peer.key {
                found.append(Difference(own: logs[place], peer: .empty(logs[place].key)))
                place += 1
            }
            var mine = LogSummary.empty(peer.key)
            if place < own.upperBound, logs[place].key == peer.key {
                mine = logs[place]
                place += 1
            }
            if mine != peer { found.append(Difference(own: mine, peer: peer)) }
        }
        for log in logs[place..<own.upperBound] {
            found.append(Difference(own: log, peer: .empty(log.key)))
        }
        return found
    }

    private mutating func answer(
        _ found: [Difference], _ range: LogRange, _ own: Range<Int>, _ isLast: Bool
    ) {
        guard !found.isEmpty else {
            add([LogRange(upper: range.upper, content: .skip)], own, isLast)
            return
        }
        guard !isFull else { return }
        let room = SyncLimit.logsAnsweredMax - answeredCount
        if found.count <= room {
            let answer = LogRange(upper: range.upper, content: .answer(found.map(\.own)))
            guard add([answer], own, isLast) else { return }
            answeredCount += found.count
            differences += found
        } else if answeredCount > 0 {
            close(from: own.lowerBound)
        } else {
            // One range alone is too long: answer its beginning, compare the rest again.
            let part = found.prefix(room)
            let bound = found[room].own.key
            reply.append(LogRange(upper: bound, content: .answer(part.map(\.own))))
            differences += part
            close(from: place(of: bound, in: own))
        }
    }

    @discardableResult
    private mutating func add(_ pieces: [LogRange], _ own: Range<Int>, _ isLast: Bool) -> Bool {
        guard !isFull else { return false }
        if let piece = pieces.first, piece.content == .skip, reply.last?.content == .skip {
            reply[reply.count - 1].upper = piece.upper
            return true
        }
        guard reply.count + pieces.count <= SyncLimit.rangesMax - (isLast ? 0 : 1) else {
            close(from: own.lowerBound)
            return false
        }
        reply += pieces
        return true
    }

    /// Ends the reply with one fingerprint over the rest, which the peer splits again.
    private mutating func close(from start: Int) {
        let rest = logs[start...]
        reply.append(
            LogRange(
                upper: nil,
                content: .fingerprint(LogSummary.fingerprint(of: rest), count: rest.count)))
        isFull = true
    }
}
