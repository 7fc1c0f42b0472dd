public import WeData

/// What deciding on a content log asks of it: its branches and the membership events that its own
/// events name (Protocol.md, "What content counts").
public struct ContentLog: Sendable {
    /// A stretch of the log without forks.
    public struct Branch: Sendable {
        /// The branch that it leaves, and after which sequence number; `nil` for the first.
        public let parent: (branch: Int, sequence: Int)?
        /// The sequence number of its first event.
        public let first: Int
        /// The membership events that its events name, by rising sequence number.
        public let citations: [(sequence: Int, event: EventID)]

        /// Joins the parts.
        public init(
            parent: (branch: Int, sequence: Int)?, first: Int,
            citations: [(sequence: Int, event: EventID)]
        ) {
            self.parent = parent
            self.first = first
            self.citations = citations
        }
    }

    /// The log.
    public let key: LogKey
    /// Its branches; one comes before those that leave it.
    public let branches: [Branch]
    /// Where those of its events are that a cut names (``Team/cutHeads(of:)``).
    public let heads: [EventID: (branch: Int, sequence: Int)]

    /// Joins the parts.
    public init(
        key: LogKey, branches: [Branch], heads: [EventID: (branch: Int, sequence: Int)] = [:]
    ) {
        self.key = key
        self.branches = branches
        self.heads = heads
    }
}

/// Which events of a content log count, and which of them are by someone who moderated.
public struct LogStanding: Hashable, Sendable {
    /// Whose the log is.
    public let person: PersonID
    fileprivate let branches: [[Segment]]
    fileprivate let adopted: [Set<EventID>]

    /// Events from a sequence number on, up to the next segment.
    fileprivate struct Segment: Hashable, Sendable {
        let first: Int
        let hasStanding: Bool
        /// The limits that these events lie beyond.
        let beyond: [Int]
        let isModerator: Bool
    }

    /// Whether an event counts.
    ///
    /// - Complexity: O(segments of the branch), of which a log rarely has more than two.
    public func counts(_ sequence: Int, in branch: Int = 0, id: @autoclosure () -> EventID)
        -> Bool
    {
        guard let segment = segment(sequence, branch), segment.hasStanding else { return false }
        return segment.beyond.allSatisfy { adopted[$0].contains(id()) }
    }

    /// Whether an event was kept from counting by a reduction or a revocation alone.
    public func isQuarantined(
        _ sequence: Int, in branch: Int = 0, id: @autoclosure () -> EventID
    ) -> Bool {
        segment(sequence, branch)?.hasStanding == true
            && !counts(sequence, in: branch, id: id())
    }

    /// Whether the event's author moderated the team when writing it.
    public func isModerator(_ sequence: Int, in branch: Int = 0) -> Bool {
        segment(sequence, branch)?.isModerator ?? false
    }

    private func segment(_ sequence: Int, _ branch: Int) -> Segment? {
        guard branch < branches.count else { return nil }
        return branches[branch].last { $0.first <= sequence }
    }

    /// Appends what distinguishes this standing from another.
    public func write(to writer: inout Writer) {
        writer.array(3)
        writer.id(person)
        writer.array(branches.count)
        for segments in branches {
            writer.array(segments.count)
            for segment in segments {
                writer.array(4)
                writer.int(segment.first)
                writer.bool(segment.hasStanding)
                writer.array(segment.beyond.count)
                for limit in segment.beyond { writer.int(limit) }
                writer.bool(segment.isModerator)
            }
        }
        writer.array(adopted.count)
        for events in adopted {
            writer.array(events.count)
            for event in events.sorted() { writer.id(event) }
        }
    }
}

extension Team {
    /// The events that cuts of the log's owner and device name in a log.
    public func cutHeads(of key: LogKey) -> [EventID] {
        fold.limits(on: key.device).flatMap { limit in
            limit.cut.filter { $0.device == key.device && $0.log == key.log }.flatMap(\.heads)
        }
    }

    /// Which events of a content log count; `nil` for one of a stranger's device.
    ///
    /// - Complexity: O((citations + branches) × (standings + limits) of the person).
    public func standing(of log: ContentLog) -> LogStanding? {
        LogStanding(log, fold)
    }
}

extension MembershipFold {
    /// What can keep events of a device from counting.
    func limits(on device: DeviceKey) -> [Limit] {
        guard let person = graph.person(of: device) else { return [] }
        return revocations[device, default: []] + reductions[person, default: []]
    }
}

extension LogStanding {
    init?(_ log: ContentLog, _ fold: MembershipFold) {
        guard let person = fold.graph.person(of: log.key.device),
            fold.devices[person]?[log.key.device] != nil
        else { return nil }
        let bases =
            fold.grants[person, default: []] + fold.readmissions[person, default: []]
            + fold.admissions[person, default: []]
        let limits = fold.limits(on: log.key.device).filter { $0.role < .moderator }
        let evaluation = Evaluation(
            fold: fold, log: log, bases: bases.filter { $0.role.canWrite }.map(\.event),
            grants: fold.grants[person, default: []].map(\.event), limits: limits,
            accepted: limits.map { Evaluation.accepted($0, in: log) })
        self.person = person
        var states: [[(first: Int, state: Evaluation.State)]] = []
        var branches: [[Segment]] = []
        for (number, branch) in log.branches.enumerated() {
            var state = Evaluation.State(limits.count)
            if let parent = branch.parent, parent.branch < states.count,
                let left = states[parent.branch].last(where: { $0.first <= parent.sequence })
            {
                state = left.state
            }
            let (segments, own) = evaluation.segments(of: branch, number, from: state)
            branches.append(segments)
            states.append(own)
        }
        self.branches = branches
        adopted = limits.map(\.adopted)
    }

    /// One log under the limits of its owner.
    private struct Evaluation {
        /// What events up to some place have in their membership past.
        struct State {
            var hasBase = false
            var hasGrant = false
            var isLifted: [Bool]

            init(_ limits: Int) { isLifted = [Bool](repeating: false, count: limits) }
        }

        let fold: MembershipFold
        let log: ContentLog
        let bases: [Int]
        let grants: [Int]
        let limits: [MembershipFold.Limit]
        /// Of each limit and branch, up to which sequence number events lie within the cut.
        let accepted: [[Int: Int]]

        static func accepted(
            _ limit: MembershipFold.Limit, in log: ContentLog
        ) -> [Int: Int] {
            var accepted: [Int: Int] = [:]
            for cut in limit.cut where cut.device == log.key.device && cut.log == log.key.log {
                for head in cut.heads {
                    guard var (branch, sequence) = log.heads[head] else { continue }
                    while accepted[branch, default: -1] < sequence {
                        accepted[branch] = sequence
                        guard branch < log.branches.count, let parent = log.branches[branch].parent
                        else { break }
                        (branch, sequence) = parent
                    }
                }
            }
            return accepted
        }

        func segments(
            of branch: ContentLog.Branch, _ number: Int, from start: State
        ) -> ([Segment], [(first: Int, state: State)]) {
            var starts = Set([branch.first])
            for citation in branch.citations { starts.insert(max(citation.sequence, branch.first)) }
            for accepted in accepted {
                if let last = accepted[number], last + 1 > branch.first { starts.insert(last + 1) }
            }
            var state = start
            var cited = ArraySlice(branch.citations)
            var segments: [Segment] = []
            var states: [(first: Int, state: State)] = []
            for first in starts.sorted() {
                while let next = cited.first, next.sequence <= first {
                    see(next.event, &state)
                    cited.removeFirst()
                }
                states.append((first, state))
                let segment = segment(from: first, number, state)
                if let last = segments.last, last.isLike(segment) { continue }
                segments.append(segment)
            }
            return (segments, states)
        }

        private func segment(from first: Int, _ branch: Int, _ state: State) -> Segment {
            var beyond: [Int] = []
            var isReduced = false
            for (number, limit) in limits.enumerated() {
                let isWithin = first <= accepted[number][branch, default: -1]
                guard !isWithin, !state.isLifted[number] else { continue }
                isReduced = true
                if limit.role < .member { beyond.append(number) }
            }
            return Segment(
                first: first, hasStanding: state.hasBase, beyond: beyond,
                isModerator: state.hasGrant && !isReduced)
        }

        private func see(_ event: EventID, _ state: inout State) {
            guard let at = fold.graph.index(of: event) else { return }
            func isSeen(_ other: Int) -> Bool { other == at || fold.isPast(other, of: at) }
            state.hasBase = state.hasBase || bases.contains(where: isSeen)
            state.hasGrant = state.hasGrant || grants.contains(where: isSeen)
            for (number, limit) in limits.enumerated() where !state.isLifted[number] {
                state.isLifted[number] = limit.lifts.contains(where: isSeen)
            }
        }
    }
}

extension LogStanding.Segment {
    fileprivate func isLike(_ other: LogStanding.Segment) -> Bool {
        hasStanding == other.hasStanding && beyond == other.beyond
            && isModerator == other.isModerator
    }
}
