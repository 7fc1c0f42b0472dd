public import WeData

/// Why somebody may be able to help.
public enum MatchReason: Hashable, Sendable {
    /// The person offers the topic at this level.
    case offers(topic: String, level: Level)
    /// The person wrote this many shares on the topic.
    case wrote(topic: String, count: Int)
    /// The person validated this many shares of others on the topic.
    case validated(topic: String, count: Int)
    /// The person wants to learn the topic.
    case learns(topic: String)
    /// A share of the person has these words of the question in its title.
    case titleWords([String], share: ObjectID)
}

/// A need with a person who may be able to help, or an item with one who may have a say of it.
public struct Match: Hashable, Sendable {
    /// What is asked, or what there is to read.
    public let need: Item
    /// Who may help.
    public let person: PersonRef
    /// Why, the strongest first; never empty.
    public let reasons: [MatchReason]
    /// How strong all reasons are together.
    public let score: Int
}

/// Finds who can help whom, from what the people say of themselves and what they wrote.
///
/// A pure function of its input, so every replica makes the same suggestions.
public struct Matcher: Sendable {
    private struct Writing {
        var wrote: [String: Int] = [:]
        var validated: [String: Int] = [:]
        var titles: [(share: ObjectID, words: Set<String>)] = []
    }

    private let people: [PersonID: PersonRef]
    private let offers: [PersonID: [Offer]]
    /// Folded as ``Facet/folded(_:)`` does.
    private let learning: [PersonID: Set<String>]
    private let offered: Set<String>
    private let writings: [PersonID: Writing]

    /// Takes in profiles and what is counted of items.
    ///
    /// Status updates, needs and answers say nothing of expertise.
    ///
    /// - Parameters:
    ///   - names: what members are called.
    ///   - words: of a share, the telling words of its title.
    /// - Complexity: O(profiles + facts).
    package init(
        profiles: [Profile], facts: [Facts], names: [PersonID: String],
        words: (Facts) -> Set<String> = { Words.telling($0.title) }
    ) {
        var people: [PersonID: PersonRef] = [:]
        var offers: [PersonID: [Offer]] = [:]
        var learning: [PersonID: Set<String>] = [:]
        var writings: [PersonID: Writing] = [:]
        for profile in profiles {
            people[profile.person.id] = profile.person
            offers[profile.person.id] = profile.offers
            learning[profile.person.id] = Set(profile.learning.map { Facet.folded($0) })
        }
        func note(_ person: PersonID) {
            if people[person] == nil {
                people[person] = PersonRef(id: person, name: names[person] ?? "")
            }
        }
        let telling = facts.filter { $0.kind == .share && $0.shareKind != .status }
        for share in telling {
            note(share.author)
            for topic in share.topics {
                writings[share.author, default: Writing()].wrote[topic, default: 0] += 1
            }
            writings[share.author, default: Writing()].titles.append((share.id, words(share)))
            for validator in share.validators.keys where validator != share.author {
                note(validator)
                for topic in share.topics {
                    writings[validator, default: Writing()].validated[topic, default: 0] += 1
                }
            }
        }
        self.people = people
        self.offers = offers
        self.learning = learning
        self.writings = writings
        offered = Set(offers.values.joined().map { Facet.folded($0.topic) })
    }

    /// Who may help with a need, the best first; nobody once it is resolved or withdrawn.
    ///
    /// - Complexity: O(people × shares of each).
    public func matches(for need: Item) -> [Match] {
        guard Self.isWaiting(need) else { return [] }
        let words = Words.telling(need.title)
        let topics = topics(of: need, words: words)
        return people.values.compactMap { match(need, $0, topics, words) }.sorted(by: Self.isBetter)
    }

    /// The needs that a person may be able to help with, the best first.
    public func matches(for person: PersonID, among needs: [Item]) -> [Match] {
        guard let person = people[person] else { return [] }
        return needs.compactMap { need in
            guard Self.isWaiting(need) else { return nil }
            let words = Words.telling(need.title)
            return match(need, person, topics(of: need, words: words), words)
        }.sorted(by: Self.isBetter)
    }

    /// Who knows an item's topics or wants to learn them, the best first; never its author.
    ///
    /// - Complexity: O(people × topics).
    func readers(of item: Item) -> [Match] {
        let topics = Set(item.topics.map { Facet.folded($0) }).sorted()
        return people.values.compactMap { match(item, $0, topics, [], countsLearning: true) }
            .sorted(by: Self.isBetter)
    }

    private static func isWaiting(_ need: Item) -> Bool {
        need.kind == .need && !need.isRetracted && (need.status ?? .open).isUnresolved
    }

    /// The topics that the asker named, and those that somebody offers by a word of the question.
    private func topics(of need: Item, words: Set<String>) -> [String] {
        Set(need.topics.map { Facet.folded($0) }).union(words.intersection(offered)).sorted()
    }

    private func match(
        _ need: Item, _ person: PersonRef, _ topics: [String], _ words: Set<String>,
        countsLearning: Bool = false
    ) -> Match? {
        guard person.id != need.author.id else { return nil }
        var weighed: [(weight: Int, reason: MatchReason)] = []
        for offer in offers[person.id] ?? [] where topics.contains(Facet.folded(offer.topic)) {
            let reason = MatchReason.offers(topic: offer.topic, level: offer.level)
            weighed.append((Self.weight(offer.level), reason))
        }
        if let writing = writings[person.id] {
            for topic in topics {
                if let count = writing.wrote[topic] {
                    weighed.append((4 * min(count, 5), .wrote(topic: topic, count: count)))
                }
                if let count = writing.validated[topic] {
                    weighed.append((5 * min(count, 4), .validated(topic: topic, count: count)))
                }
            }
            if let title = Self.nearest(writing, to: words) { weighed.append(title) }
        }
        if countsLearning, let learning = learning[person.id] {
            weighed += topics.filter(learning.contains).map { (30, .learns(topic: $0)) }
        }
        guard !weighed.isEmpty else { return nil }
        // A stable order: equal weights stay as they were found.
        let ordered = weighed.enumerated().sorted {
            ($1.element.weight, $0.offset) < ($0.element.weight, $1.offset)
        }
        return Match(
            need: need, person: person, reasons: ordered.map(\.element.reason),
            score: weighed.reduce(0) { $0 + $1.weight })
    }

    private static func weight(_ level: Level) -> Int {
        switch level {
        case .beginner: 20
        case .average: 40
        case .expert: 60
        }
    }

    /// The share whose title has most words of the question, when it has two or more.
    private static func nearest(
        _ writing: Writing, to words: Set<String>
    ) -> (weight: Int, reason: MatchReason)? {
        var best: (share: ObjectID, words: Set<String>)?
        for title in writing.titles {
            guard !title.words.isDisjoint(with: words) else { continue }
            let common = title.words.intersection(words)
            guard common.count > 1 else { continue }
            // Of equals always the same one, in whatever order they came.
            if let best, (best.words.count, title.share) > (common.count, best.share) { continue }
            best = (title.share, common)
        }
        guard let best else { return nil }
        return (3 * min(best.words.count, 4), .titleWords(best.words.sorted(), share: best.share))
    }

    /// Higher scores first, then by need and person, so that the order is the same everywhere.
    private static func isBetter(_ left: Match, _ right: Match) -> Bool {
        if left.score != right.score { return left.score > right.score }
        if left.need.id != right.need.id { return left.need.id < right.need.id }
        return left.person.id < right.person.id
    }
}

/// The words of short texts.
enum Words {
    /// Dutch words that say nothing of the subject.
    static let dutch: Set<String> = [
        "de", "het", "een", "en", "van", "ik", "te", "dat", "die", "in", "op", "voor", "met",
        "zijn", "niet", "aan", "er", "om", "ook", "als", "dan", "maar", "bij", "uit", "naar",
        "door", "wordt", "worden", "deze", "dit", "je", "jij", "we", "wij", "hoe", "wat", "wie",
        "kan", "kun", "geen", "nog", "wel", "of", "tot", "over", "meer", "moet", "heeft",
        "hebben", "werd", "was", "is", "zo", "hun", "onze", "mijn", "waar", "alle", "weergeven",
    ]
    /// English words that say nothing of the subject.
    static let english: Set<String> = [
        "the", "a", "an", "and", "of", "i", "to", "that", "in", "on", "for", "with", "are",
        "not", "at", "there", "also", "as", "than", "but", "by", "out", "from", "this", "these",
        "you", "your", "we", "how", "what", "who", "can", "no", "or", "over", "more", "must",
        "has", "have", "was", "is", "so", "their", "our", "my", "where", "all", "it", "be",
        "will", "which", "when", "if", "do", "does", "get", "use", "using", "into", "its",
    ]

    /// Words in lower case, split at all but letters and digits.
    static func all(_ text: some StringProtocol) -> [String] {
        text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
    }

    /// The words that say something, without those of one letter.
    static func telling(_ text: String) -> Set<String> {
        Set(all(text).filter { $0.count > 1 && !dutch.contains($0) && !english.contains($0) })
    }
}
