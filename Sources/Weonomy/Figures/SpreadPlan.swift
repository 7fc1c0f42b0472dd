public import WeData

/// How knowledge of one topic may come to more people.
///
/// Suggestions from what people said and did, so every replica makes the same. HANDBOOK.md,
/// "Figures", says in which order.
public struct SpreadPlan: Sendable, Hashable {
    /// Why somebody may be the one to learn it, the strongest first.
    public enum Reason: Hashable, Sendable {
        /// Wants to learn the topic.
        case wantsToLearn
        /// Asked this many questions about it.
        case asked(count: Int)
        /// Holds this many of its shares already.
        case holds(shareCount: Int)
        /// Offers help with it at this level, without holding a share of it.
        case offers(level: Level)
        /// Holds this many shares of a topic that goes together with it.
        case knows(topic: String, shareCount: Int)

        /// The word for it that does not depend on a language.
        public var name: String {
            switch self {
            case .wantsToLearn: "wants-to-learn"
            case .asked: "asked"
            case .holds: "holds"
            case .offers: "offers"
            case .knows: "knows"
            }
        }

        fileprivate var weight: (Int, Int) {
            switch self {
            case .wantsToLearn: (0, 0)
            case .asked(let count): (1, -count)
            case .holds(let count): (2, -count)
            case .offers(.beginner): (3, 2)
            case .offers(.average): (3, 1)
            case .offers(.expert): (3, 0)
            case .knows(_, let count): (4, -count)
            }
        }
    }

    /// Someone who may learn it.
    public struct Learner: Sendable, Hashable {
        /// Who it is.
        public let person: PersonRef
        /// Why this person.
        public let reason: Reason
    }

    /// What is to be spread.
    public let topic: String
    /// How many people must go before it is lost.
    public let busFactor: Int
    /// Who holds most of it, and so can teach it; `nil` when nobody does.
    public let teacher: Holder?
    /// Who may learn it, the best first, three at most.
    public let learners: [Learner]
    /// Where to begin: shares of the teacher, those that colleagues confirmed first, newest first,
    /// three at most.
    public let readings: [ObjectID]

    private static let learnersMax = 3
    private static let readingsMax = 3
}

extension SpreadPlan {
    /// Makes a plan.
    ///
    /// - Complexity: O(what there is on the topic and on those beside it, and offers).
    init(_ topic: BrainFigures.Topic, _ tally: Tally) {
        let teacher = topic.holders.first?.holder
        var reasons: [PersonID: Reason] = [:]
        func suggest(_ person: PersonID, _ reason: Reason) {
            guard let known = reasons[person], known.weight <= reason.weight else {
                reasons[person] = reason
                return
            }
        }
        let gathered = tally.topics[topic.topic] ?? Tally.Gathering()
        let shares = gathered.shares.all.compactMap { tally.facts($0) }
        for neighbour in Set(shares.flatMap(\.topics)) where neighbour != topic.topic {
            for (person, count) in tally.topics[neighbour]?.wrote ?? [:] {
                suggest(person, .knows(topic: neighbour, shareCount: count))
            }
        }
        for profile in tally.profiles.values {
            for offer in profile.offers where Facet.folded(offer.topic) == topic.topic {
                suggest(profile.person, .offers(level: offer.level))
            }
        }
        for holder in topic.holders {
            guard let person = holder.holder.person else { continue }
            suggest(person, .holds(shareCount: holder.shareCount))
        }
        var askers: [PersonID: Int] = [:]
        for need in gathered.questions.all.compactMap({ tally.facts($0) }) {
            askers[need.author, default: 0] += 1
        }
        for (person, count) in askers { suggest(person, .asked(count: count)) }
        for person in topic.learning { suggest(person.id, .wantsToLearn) }
        self.topic = topic.topic
        busFactor = topic.busFactor
        self.teacher = teacher
        learners = Array(
            tally.people(reasons.keys.filter(tally.isIn)).compactMap { member in
                guard member.id != teacher?.person, member.name != teacher?.name,
                    let reason = reasons[member.id]
                else { return nil }
                return Learner(person: member, reason: reason)
            }.sorted {
                $0.reason.weight != $1.reason.weight
                    ? $0.reason.weight < $1.reason.weight : $0.person < $1.person
            }.prefix(SpreadPlan.learnersMax))
        readings = shares.filter {
            teacher == nil || ($0.byline ?? tally.hands.names[$0.author]) == teacher?.name
        }.sorted {
            let (one, other) = ($0.validators.count, $1.validators.count)
            if one != other { return one > other }
            return ($1.created, $0.id) < ($0.created, $1.id)
        }.prefix(SpreadPlan.readingsMax).map(\.id)
    }
}
