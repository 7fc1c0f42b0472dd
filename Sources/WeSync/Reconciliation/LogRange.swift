import WeData
import WeKeys
package import WeLog

/// What one side says about the logs between two keys (Protocol.md, "Reconciliation").
package struct LogRange: Equatable {
    /// The first key that is not in the range any more; `nil` for the end.
    package var upper: LogKey?
    package var content: Content

    package init(upper: LogKey?, content: Content) {
        self.upper = upper
        self.content = content
    }

    package enum Content: Equatable {
        /// Nothing to say.
        case skip
        /// A fingerprint over the summaries of the logs, and how many logs.
        case fingerprint(Fingerprint, count: Int)
        /// All logs of the range.
        case list([LogSummary])
        /// The logs that differ from the list that this answers.
        case answer([LogSummary])
    }

    /// Whether the other side has to answer.
    package var isQuestion: Bool {
        switch content {
        case .skip, .answer: false
        case .fingerprint, .list: true
        }
    }
}

extension LogRange {
    func write(to writer: inout Writer) {
        let mode: (number: Int, items: Int) =
            switch content {
            case .skip: (0, 2)
            case .fingerprint: (1, 4)
            case .list: (2, 3)
            case .answer: (3, 3)
            }
        writer.array(mode.items)
        writer.int(mode.number)
        writer.bytes(upper?.bytes ?? [])
        switch content {
        case .skip: break
        case .fingerprint(let fingerprint, let count):
            writer.bytes(fingerprint.bytes)
            writer.int(count)
        case .list(let logs), .answer(let logs):
            writer.array(logs.count)
            for log in logs { log.write(to: &writer) }
        }
    }

    init(from reader: inout Reader) throws(DecodingError) {
        let items = try reader.array(countMax: 4)
        let mode = try reader.int(in: 0...3)
        guard items == [2, 4, 3, 3][mode] else { throw reader.error(.outOfBounds) }
        let bound = try reader.bytes(countMax: LogKey.byteCount)
        if bound.isEmpty {
            upper = nil
        } else {
            guard let key = LogKey(bound) else { throw reader.error(.outOfBounds) }
            upper = key
        }
        switch mode {
        case 0: content = .skip
        case 1:
            let fingerprint = try Fingerprint(from: &reader)
            content = .fingerprint(fingerprint, count: try reader.int(in: 0...Int.max))
        case 2:
            content = .list(
                try LogSummary.list(from: &reader, countMax: SyncLimit.logsListedMax))
        default:
            content = .answer(
                try LogSummary.list(from: &reader, countMax: SyncLimit.logsAnsweredMax))
        }
    }

    /// Reads ranges that together cover all keys, in order, each log inside its range.
    static func list(from reader: inout Reader) throws(DecodingError) -> [LogRange] {
        var ranges: [LogRange] = []
        var lower: LogKey?
        let count = try reader.array(countMax: SyncLimit.rangesMax)
        for place in 0..<count {
            let range = try LogRange(from: &reader)
            guard (range.upper == nil) == (place == count - 1) else {
                throw reader.error(.keyOrder)
            }
            if let lower, let upper = range.upper, upper <= lower {
                throw reader.error(.keyOrder)
            }
            switch range.content {
            case .skip, .fingerprint: break
            case .list(let logs), .answer(let logs):
                if let lower, let first = logs.first, first.key < lower {
                    throw reader.error(.keyOrder)
                }
                if let upper = range.upper, let last = logs.last, last.key >= upper {
                    throw reader.error(.keyOrder)
                }
            }
            lower = range.upper
            ranges.append(range)
        }
        guard !ranges.isEmpty else { throw reader.error(.outOfBounds) }
        return ranges
    }
}

extension LogSummary {
    func write(to writer: inout Writer) {
        writer.array(4)
        writer.bytes(key.bytes)
        writer.int(count)
        writer.int(sequenceMax)
        writer.bytes(fingerprint.bytes)
    }

    init(from reader: inout Reader) throws(DecodingError) {
        try reader.array(count: 4)
        let key = try LogKey(from: &reader)
        // Room is left so that nothing computed from the numbers can overflow.
        let count = try reader.int(in: 0...(Int.max / 4))
        let sequenceMax = try reader.int(in: -1...(Int.max / 4))
        guard (count == 0) == (sequenceMax == -1) else { throw reader.error(.outOfBounds) }
        self.init(
            key: key, count: count, sequenceMax: sequenceMax,
            fingerprint: try Fingerprint(from: &reader))
    }

    /// Reads summaries by rising key.
    static func list(
        from reader: inout Reader, countMax: Int
    ) throws(DecodingError) -> [LogSummary] {
        var logs: [LogSummary] = []
        for _ in 0..<(try reader.array(countMax: countMax)) {
            let log = try LogSummary(from: &reader)
            if let last = logs.last, log.key <= last.key { throw reader.error(.keyOrder) }
            logs.append(log)
        }
        return logs
    }

    /// Stands for the log in the fingerprint of a range.
    private var member: EventID {
        var writer = Writer(capacity: 96)
        write(to: &writer)
        return EventID(Blake2b.hash(writer.take()))
    }

    /// The fingerprint of a range that holds these logs.
    static func fingerprint(of logs: ArraySlice<LogSummary>) -> Fingerprint {
        var sum = SetSummary.empty
        for log in logs { sum.insert(log.member) }
        return sum.fingerprint
    }
}

extension LogKey {
    init(from reader: inout Reader) throws(DecodingError) {
        guard let key = LogKey(try reader.bytes(countMax: LogKey.byteCount)) else {
            throw reader.error(.outOfBounds)
        }
        self = key
    }
}

extension Fingerprint {
    init(from reader: inout Reader) throws(DecodingError) {
        guard let fingerprint = Fingerprint(try reader.bytes(countMax: Fingerprint.byteCount))
        else { throw reader.error(.outOfBounds) }
        self = fingerprint
    }
}
