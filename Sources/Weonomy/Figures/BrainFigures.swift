public import WeData

/// Someone who holds knowledge: a member, or whoever wrote what a member brought in.
public struct Holder: Hashable, Comparable, Sendable {
    /// What to call them.
    public let name: String
    /// The member; `nil` for who is known by a byline only.
    public let person: PersonID?

    /// Orders by name.
    public static func < (left: Holder, right: Holder) -> Bool {
        if left.name != right.name { return left.name < right.name }
        guard let one = left.person else { return right.person != nil }
        return right.person.map { one < $0 } ?? false
    }
}

/// So many of so many.
public struct Ratio: Hashable, Sendable {
    /// Those that fit.
    public let count: Int
    /// All that were looked at.
    public let of: Int

    /// The share that fits, from 0 to 1; `nil` of none.
    public var value: Double? { of == 0 ? nil : Double(count) / Double(of) }
}

/// What a team knows, needs and depends on, counted.
///
/// HANDBOOK.md, "Figures", has each definition. Nothing here ranks people: what is counted of
/// persons is only who holds and who wants to learn a topic.
public struct BrainFigures: Sendable {
    /// How need and supply of a topic meet.
    public enum Overlap: String, CaseIterable, Sendable {
        /// Someone asks, and someone else can help.
        case matched
        /// Someone asks, and nobody can help.
        case unmet
        /// Someone can help, and nobody asks.
        case unused
        /// Neither.
        case quiet
    }

    /// One topic.
    public struct Topic: Sendable {
        /// What it is called.
        public let topic: String
        /// Shares on it, without status.
        public let shareCount: Int
        /// How-tos, insights and experiences on it that hold a valid validation.
        public let validated: Ratio
        /// Questions on it that nobody has solved.
        public let openNeedCount: Int
        /// Of those, the ones without an answer two days after they were asked.
        public let unmetNeedCount: Int
        /// Who holds its shares, with how many, the widest first.
        public let holders: [(holder: Holder, shareCount: Int)]
        /// Who offers help with it.
        public let offering: [PersonRef]
        /// Who wants to learn it.
        public let learning: [PersonRef]
        /// How many holders must go before more than half of its shares have nobody.
        public let busFactor: Int
        /// How need and supply meet.
        public let overlap: Overlap
        /// Whether someone offers it, and nothing is written down.
        public var isOnlyInHeads: Bool { shareCount == 0 && !offering.isEmpty }
        /// Everyone who can help: holders, then who else offers it.
        public let knowers: [String]

        init(
            topic: String, shareCount: Int, validated: Ratio, openNeedCount: Int,
            unmetNeedCount: Int, holders: [(holder: Holder, shareCount: Int)],
            offering: [PersonRef], learning: [PersonRef], busFactor: Int, overlap: Overlap
        ) {
            self.topic = topic
            self.shareCount = shareCount
            self.validated = validated
            self.openNeedCount = openNeedCount
            self.unmetNeedCount = unmetNeedCount
            self.holders = holders
            self.offering = offering
            self.learning = learning
            self.busFactor = busFactor
            self.overlap = overlap
            let names = holders.map(\.holder.name)
            let known = Set(names)
            knowers = names + offering.map(\.name).filter { !known.contains($0) }
        }
    }

    /// Every topic, the one with most shares first.
    public let topics: [Topic]
    /// Shares that are not status.
    public let shareCount: Int
    /// Status updates.
    public let statusCount: Int
    /// Questions that nobody has solved.
    public let openNeedCount: Int
    /// Of those, the ones without an answer two days after they were asked.
    public let unmetNeedCount: Int
    /// How-tos, insights and experiences that hold a valid validation.
    public let validated: Ratio
    /// Answers that teach.
    public let lessons: Ratio
    /// Shares that are nearly the same as no earlier one.
    public let unique: Ratio
    /// Unasked shares on a topic that someone asked about later.
    public let laterHits: Ratio
    /// From a question to its first answer, the median, in milliseconds; `nil` without answers.
    public let answerMillisecondsMedian: Int64?
    /// From a question to its arrival at who answered it first, the median, in milliseconds.
    public let askedToArrivedMillisecondsMedian: Int64?
    /// From that arrival to the answer, the median, in milliseconds.
    public let arrivedToAnsweredMillisecondsMedian: Int64?
    /// Topics that someone asks about and someone can help with, of those that someone asks about.
    public let overlap: Ratio

    /// From when on a question that nobody answers counts as unmet; `nil` for one of which no clock
    /// will ever say so.
    static func unmetFrom(_ status: NeedStatus?, since asked: Instant) -> Int64? {
        let moment = asked.milliseconds.addingReportingOverflow(unmetMilliseconds + 1)
        return status == .open && !moment.overflow ? moment.partialValue : nil
    }

    /// Whether a question counts as unmet.
    static func isUnmet(_ status: NeedStatus?, since asked: Instant, at now: Instant) -> Bool {
        unmetFrom(status, since: asked).map { now.milliseconds >= $0 } ?? false
    }

    /// How long a question may wait before it counts as unmet, in milliseconds.
    public static let unmetMilliseconds: Int64 = 48 * 3_600_000
}

// MARK: - Without a person

/// What a team would lose without one person, and who could take it over.
public struct FireDrill: Sendable {
    /// One topic that hangs on the person.
    public struct Loss: Sendable {
        /// The topic.
        public let topic: String
        /// Its shares that nobody else holds.
        public let lostCount: Int
        /// All its shares.
        public let shareCount: Int
        /// Who wants to learn it, or holds some of it: to learn the rest first.
        public let heirs: [String]
    }

    /// Who goes.
    public let name: String
    /// Topics that lose more than half of their shares, the greatest loss first.
    public let losses: [Loss]
    /// Open questions that nobody else could answer.
    public let stranded: [ObjectID]
}
