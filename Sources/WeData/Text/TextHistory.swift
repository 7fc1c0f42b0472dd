/// The text that a set of events makes, with their causality given as a graph: a pure function.
///
/// This is what a fold of signed events calls. Where each event follows the one before, hunks are
/// applied as they stand and no graph is made.
public struct TextHistory: Sendable {
    /// One event, which changes the text or not.
    public struct Event: Sendable {
        /// Places in the list of the events it follows; those not before it are left out.
        public let parents: [Int]
        /// Who typed, unique to the event; it orders concurrent insertions bytewise.
        public let agent: [UInt8]
        /// What it does to the text that its parents make together.
        public let hunks: [TextHunk]

        /// Joins the three.
        public init(parents: [Int], agent: [UInt8], hunks: [TextHunk]) {
            self.parents = parents
            self.agent = agent
            self.hunks = hunks
        }
    }

    /// A stretch of the text that one event inserted.
    public struct Authorship: Hashable, Sendable {
        /// Which scalars of the text.
        public let scalars: Range<Int>
        /// The event's place in the list.
        public let event: Int
    }

    /// All changes merged.
    public let text: String
    /// Whether each event follows the one before it.
    public let isLinear: Bool

    private let events: [Event]

    /// Merges events, each listed after its parents.
    ///
    /// - Complexity: O(hunks) and what is concurrent.
    public init(_ events: [Event]) {
        self.events = events
        isLinear = events.indices.allSatisfy { index in
            index == 0 || events[index].parents.contains(index - 1)
        }
        text =
            isLinear ? Self.text(of: events.lazy.map(\.hunks)) : Self.merged(EventLog(events).log)
    }

    /// The text that changes make of which each follows the one before: no agents are needed.
    ///
    /// - Complexity: O(hunks × log length) and what they insert.
    public static func text(of changes: some Collection<[TextHunk]>) -> String {
        let count = changes.reduce(0) { $0 + $1.count }
        guard count > 2 else { return changes.reduce("") { TextHunk.apply($1, to: $0) } }
        var rope = Rope()
        for hunks in changes {
            for hunk in hunks { rope.apply(hunk) }
        }
        return rope.string
    }

    /// The text that some events make with all before them.
    ///
    /// - Complexity: O(history).
    public func text(at heads: [Int]) -> String {
        let heads = heads.filter { events.indices.contains($0) }
        if isLinear {
            return Self.text(of: events.prefix((heads.max() ?? -1) + 1).lazy.map(\.hunks))
        }
        var log = EventLog(events)
        return log.log.text(at: log.versions(of: heads))
    }

    /// Who wrote what is there, from start to end.
    ///
    /// - Complexity: O(history).
    public var blame: [Authorship] {
        let all = EventLog(events)
        var result: [Authorship] = []
        var position = 0
        for range in all.log.visibleVersions() {
            var version = range.lowerBound
            while version < range.upperBound {
                let event = all.event(at: version)
                let end = min(range.upperBound, all.end(of: event))
                let next = position + end - version
                if let last = result.last, last.event == event {
                    result[result.count - 1] = Authorship(
                        scalars: last.scalars.lowerBound..<next, event: event)
                } else {
                    result.append(Authorship(scalars: position..<next, event: event))
                }
                position = next
                version = end
            }
        }
        return result
    }

    private static func merged(_ log: TextLog) -> String {
        var merge = TextMerge()
        var effects: [TextEffect] = []
        merge.advance(log, effects: &effects, isRecording: false)
        return merge.rope.string
    }
}

extension Rope {
    /// Applies a hunk, cut to what is there.
    mutating func apply(_ hunk: TextHunk) {
        let position = min(max(0, hunk.position), total.scalars)
        delete(min(max(0, hunk.deleteCount), total.scalars - position), at: position)
        let bytes = Array(hunk.insert.utf8)
        insert(bytes, 0..<bytes.count, scalars: hunk.insert.unicodeScalars.count, at: position)
    }
}

/// Events as a log, with the way back from local versions to events.
private struct EventLog {
    private(set) var log = TextLog()
    /// The heads that stand for each event: its own last change, or its parents' without one.
    private var tips: [[Int]] = []
    /// The first local version of each event that has one, and the event.
    private var starts: [(version: Int, event: Int)] = []

    init(_ events: [TextHistory.Event]) {
        tips.reserveCapacity(events.count)
        for (index, event) in events.enumerated() { append(event, at: index) }
    }

    private mutating func append(_ event: TextHistory.Event, at index: Int) {
        let parents = versions(of: event.parents.filter { $0 >= 0 && $0 < index })
        let hunks = (try? TextEdit.checked(event.hunks).0) ?? []
        guard !hunks.isEmpty else { return tips.append(parents) }
        let agent = log.agents.intern(event.agent)
        starts.append((log.graph.count, index))
        log.append(
            hunks, names: 0..<Int.max, agent, log.agents.nextSequence(agent), parents)
        tips.append([log.graph.count - 1])
    }

    /// The heads of some events together.
    mutating func versions(of events: [Int]) -> [Int] {
        if events.count == 1 { return tips[events[0]] }
        let all = events.flatMap { tips[$0] }
        return log.heads(among: Array(Set(all)))
    }

    private func index(at version: Int) -> Int {
        var low = 0
        var high = starts.count
        while low < high {
            let middle = (low + high) / 2
            if starts[middle].version <= version { low = middle + 1 } else { high = middle }
        }
        return max(0, low - 1)
    }

    func event(at version: Int) -> Int { starts[index(at: version)].event }

    /// The local version after an event's last.
    func end(of event: Int) -> Int {
        var low = 0
        var high = starts.count
        while low < high {
            let middle = (low + high) / 2
            if starts[middle].event <= event { low = middle + 1 } else { high = middle }
        }
        return low < starts.count ? starts[low].version : log.graph.count
    }
}
