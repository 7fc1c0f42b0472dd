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
        public var knowers: [String] {
            let names = holders.map(\.holder.name)
            return names + offering.map(\.name).filter { !names.contains($0) }
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
    /// Unasked shares on a topic that someone asked about later.
    public let laterHits: Ratio
    /// Those shares, newest first.
    public let laterHitItems: [ObjectID]
    /// From a question to its first answer, the median, in milliseconds; `nil` without answers.
    public let answerMillisecondsMedian: Int64?
    /// Topics that someone asks about and someone can help with, of those that someone asks about.
    public let overlap: Ratio

    /// Whether a question counts as unmet.
    static func isUnmet(_ status: NeedStatus?, since asked: Instant, at now: Instant) -> Bool {
        let age = now.milliseconds.subtractingReportingOverflow(asked.milliseconds)
        return status == .open && !age.overflow && age.partialValue > unmetMilliseconds
    }

    /// How long a question may wait before it counts as unmet, in milliseconds.
    public static let unmetMilliseconds: Int64 = 48 * 3_600_000
}

// MARK: - Counting

extension BrainFigures {
    /// Who wrote something: a member, or a byline that a member brought in.
    private struct Hand: Hashable {
        let author: PersonID
        let byline: String?
    }

    fileprivate struct Gathering {
        var shares: [Set<Holder>] = []
        var validated = 0
        var validatable = 0
        var needs = 0
        var unmet = 0
        /// Askers of what is open.
        var askers: Set<PersonID> = []

        /// - Parameter isValid: `nil` for what need not be validated.
        mutating func take(_ holders: Set<Holder>, isValid: Bool?) {
            shares.append(holders)
            guard let isValid else { return }
            validatable += 1
            if isValid { validated += 1 }
        }
    }

    /// Counts all of it.
    ///
    /// A pure function: the same facts give the same figures on every laptop.
    ///
    /// - Complexity: O(items × topics of each).
    package init(
        _ items: [Facts], profiles: [Profile], names: [PersonID: String], at now: Instant
    ) {
        let members = Dictionary(names.map { ($0.value, $0.key) }) { min($0, $1) }
        func holder(_ person: PersonID) -> Holder {
            Holder(name: names[person] ?? "", person: person)
        }
        func writer(_ facts: Facts) -> Holder {
            guard let byline = facts.byline else { return holder(facts.author) }
            return Holder(name: byline, person: members[byline])
        }
        var topics: [String: Gathering] = [:]
        var firstAnswers: [ObjectID: Instant] = [:]
        var (shareCount, statusCount, openCount, unmetCount) = (0, 0, 0, 0)
        var (validated, validatable, lessons, answers) = (0, 0, 0, 0)
        var lastAsked: [String: Instant] = [:]
        for facts in items {
            switch facts.kind {
            case .answer:
                answers += 1
                if facts.isLesson { lessons += 1 }
                if let need = facts.about {
                    firstAnswers[need] = min(firstAnswers[need] ?? facts.created, facts.created)
                }
            case .need:
                for topic in facts.topics {
                    lastAsked[topic] = max(lastAsked[topic] ?? facts.created, facts.created)
                }
            case .share: break
            }
        }
        // Most shares are of one hand alone: each hand's set is made once.
        var alone: [Hand: Set<Holder>] = [:]
        func holders(of facts: Facts) -> Set<Holder> {
            let hand = Hand(author: facts.author, byline: facts.byline)
            if facts.isSolo, let known = alone[hand] { return known }
            let first = writer(facts)
            let found = BusFactor.holders(
                first: first, edits: facts.edits(first: first, holder),
                validators: facts.validators.keys.map(holder))
            if facts.isSolo { alone[hand] = found }
            return found
        }
        var hits: [(id: ObjectID, created: Instant)] = []
        for facts in items where facts.kind == .share {
            guard facts.shareKind != .status else {
                statusCount += 1
                continue
            }
            shareCount += 1
            let isValid = facts.validators.contains { $0.value.map { now < $0 } ?? true }
            let isToValidate = facts.shareKind != .file && facts.shareKind != .lesson
            if isToValidate {
                validatable += 1
                if isValid { validated += 1 }
            }
            if facts.topics.contains(where: { (lastAsked[$0] ?? facts.created) > facts.created }) {
                hits.append((facts.id, facts.created))
            }
            guard !facts.topics.isEmpty else { continue }
            let holding = holders(of: facts)
            for topic in facts.topics {
                topics[topic, default: Gathering()].take(
                    holding, isValid: isToValidate ? isValid : nil)
            }
        }
        var waits: [Int64] = []
        for facts in items where facts.kind == .need {
            let first = firstAnswers[facts.id]
            if let first {
                let wait = first.milliseconds.subtractingReportingOverflow(
                    facts.created.milliseconds)
                waits.append(wait.overflow ? 0 : max(0, wait.partialValue))
            }
            guard (facts.status ?? .open).isUnresolved else { continue }
            let isUnmet = BrainFigures.isUnmet(facts.status, since: facts.created, at: now)
            openCount += 1
            if isUnmet { unmetCount += 1 }
            for topic in facts.topics {
                topics[topic, default: Gathering()].needs += 1
                topics[topic, default: Gathering()].askers.insert(facts.author)
                if isUnmet { topics[topic, default: Gathering()].unmet += 1 }
            }
        }
        var offering: [String: [PersonRef]] = [:]
        var learning: [String: [PersonRef]] = [:]
        for profile in profiles {
            for offer in profile.offers {
                offering[Facet.folded(offer.topic), default: []].append(profile.person)
            }
            for topic in profile.learning {
                learning[Facet.folded(topic), default: []].append(profile.person)
            }
        }
        let all = Set(topics.keys).union(offering.keys).union(learning.keys)
        let counted = all.map { topic in
            Topic(
                topic, topics[topic] ?? Gathering(), offering: offering[topic] ?? [],
                learning: learning[topic] ?? [])
        }.sorted { ($1.shareCount, $0.topic) < ($0.shareCount, $1.topic) }
        let demanded = counted.filter { $0.overlap == .matched || $0.overlap == .unmet }
        self.init(
            topics: counted, shareCount: shareCount, statusCount: statusCount,
            openNeedCount: openCount, unmetNeedCount: unmetCount,
            validated: Ratio(count: validated, of: validatable),
            lessons: Ratio(count: lessons, of: answers),
            laterHits: Ratio(count: hits.count, of: shareCount),
            laterHitItems: hits.sorted { ($1.created, $0.id) < ($0.created, $1.id) }.map(\.id),
            answerMillisecondsMedian: waits.sorted().middle,
            overlap: Ratio(
                count: demanded.count { $0.overlap == .matched }, of: demanded.count))
    }
}

extension BrainFigures.Topic {
    fileprivate init(
        _ topic: String, _ gathered: BrainFigures.Gathering, offering: [PersonRef],
        learning: [PersonRef]
    ) {
        let factor = BusFactor(gathered.shares)
        let people = Set(factor.holders.compactMap(\.person.person)).union(offering.map(\.id))
        let wanting = gathered.askers.union(learning.map(\.id))
        // Nobody is their own help.
        let isSupplied =
            wanting.isEmpty
            ? !people.isEmpty || !factor.holders.isEmpty
            : wanting.contains { asker in people.contains { $0 != asker } }
                || factor.holders.contains { $0.person.person == nil }
        let overlap: BrainFigures.Overlap =
            switch (wanting.isEmpty, isSupplied) {
            case (false, true): .matched
            case (false, false): .unmet
            case (true, true): .unused
            case (true, false): .quiet
            }
        self.init(
            topic: topic, shareCount: gathered.shares.count,
            validated: Ratio(count: gathered.validated, of: gathered.validatable),
            openNeedCount: gathered.needs, unmetNeedCount: gathered.unmet,
            holders: factor.holders.map { (holder: $0.person, shareCount: $0.shareCount) },
            offering: offering, learning: learning, busFactor: factor.count, overlap: overlap)
    }
}

extension [Int64] {
    /// The median of what is sorted: the lower of two in the middle.
    fileprivate var middle: Int64? { isEmpty ? nil : self[(count - 1) / 2] }
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

extension FireDrill {
    /// Counts what nobody else holds.
    package init(
        without name: String, _ items: [Facts], _ figures: BrainFigures, names: [PersonID: String]
    ) {
        func isGone(_ holder: String) -> Bool { holder == name }
        var lost: [String: Int] = [:]
        for facts in items where facts.kind == .share && facts.shareKind != .status {
            let writer = facts.byline ?? names[facts.author] ?? ""
            let holders = BusFactor.holders(
                first: writer, edits: facts.edits(first: writer) { names[$0] ?? "" },
                validators: facts.validators.keys.map { names[$0] ?? "" })
            guard holders.allSatisfy(isGone) else { continue }
            for topic in facts.topics { lost[topic, default: 0] += 1 }
        }
        self.name = name
        losses = figures.topics.compactMap { topic in
            let count = lost[topic.topic] ?? 0
            guard count * 2 > topic.shareCount else { return nil }
            let heirs = topic.learning.map(\.name) + topic.knowers
            var seen: Set<String> = [name]
            return Loss(
                topic: topic.topic, lostCount: count, shareCount: topic.shareCount,
                heirs: heirs.filter { seen.insert($0).inserted })
        }.sorted { ($1.lostCount, $0.topic) < ($0.lostCount, $1.topic) }
        let knowers = Dictionary(figures.topics.map { ($0.topic, $0.knowers) }) { first, _ in first
        }
        stranded = items.filter { facts in
            guard facts.kind == .need, (facts.status ?? .open).isUnresolved else { return false }
            let known = facts.topics.flatMap { knowers[$0] ?? [] }
            return known.contains(name) && known.allSatisfy(isGone)
        }.map(\.id).sorted()
    }
}
