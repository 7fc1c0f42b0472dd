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
    private let tally: Tally
    /// Topics of one word that somebody offers.
    private let offered: [UInt32: String]

    /// Asks what is counted; keeping a matcher makes the next change to that copy all of it.
    init(_ tally: Tally) {
        self.tally = tally
        offered = tally.offered ?? tally.offeredNow
    }

    /// Takes in profiles and what is counted of items.
    ///
    /// Status updates, needs and answers say nothing of expertise.
    ///
    /// - Parameter names: what members are called.
    package init(profiles: [Profile], facts: [Facts], names: [PersonID: String]) {
        var tally = Tally()
        for (number, one) in facts.enumerated() { tally.take(Int64(number), one) }
        for (number, profile) in profiles.enumerated() {
            tally.take(Int64(facts.count + number), ProfileFacts(profile))
        }
        let owners = profiles.map { ($0.person.id, $0.person.name) }
        tally.call(names.merging(owners) { name, _ in name })
        self.init(tally)
    }

    /// Who may help with a need, the best first; nobody once it is resolved or withdrawn.
    ///
    /// - Complexity: O(people who know of its topics, and titles with one of its words but for the
    ///   most frequent).
    public func matches(for need: Item, countMax: Int = .max) -> [Match] {
        guard let facts = Facts(need, changeCounts: [:]) else { return [] }
        let spelled = Matcher.spelled(need)
        return candidates(for: facts, countMax: countMax).map { match($0, need, spelled) }
    }

    /// The needs that a person may be able to help with, the best first.
    public func matches(for person: PersonID, among needs: [Item]) -> [Match] {
        let byID = Dictionary(needs.map { ($0.id, $0) }) { first, _ in first }
        let facts = needs.compactMap { Facts($0, changeCounts: [:]) }
        return candidates(for: person, among: facts).compactMap { candidate in
            byID[candidate.need.id].map { match(candidate, $0) }
        }
    }
}

// MARK: - Weighing

extension Matcher {
    fileprivate enum Reason {
        case told(MatchReason)
        case words([UInt32], share: ObjectID)
    }

    /// A match whose item has not been read yet.
    struct Candidate {
        let need: Facts
        let person: PersonID
        let score: Int
        fileprivate let reasons: [Reason]

        /// Higher scores first, then by need and person, so that the order is the same everywhere.
        fileprivate static func isBetter(_ left: Candidate, _ right: Candidate) -> Bool {
            if left.score != right.score { return left.score > right.score }
            if left.need.id != right.need.id { return left.need.id < right.need.id }
            return left.person < right.person
        }
    }

    /// A topic that a need is about, with what is counted of it.
    private typealias Known = (topic: String, gathered: Tally.Gathering)

    /// A share with the words of a question that are in its title.
    fileprivate struct Title {
        let share: ObjectID
        let words: [UInt32]

        init(_ share: ObjectID, _ words: [UInt32]) {
            self.share = share
            self.words = words
        }

        /// Stays when it has more words than the best so far; of equals always the same one does,
        /// in whatever order they came.
        func compete(_ best: inout Title?) {
            if let best, (best.words.count, share) > (words.count, best.share) { return }
            best = self
        }
    }

    /// The titles of one person's shares, by their words.
    private struct OwnTitles {
        private let shares: [Facts]
        private var places: [UInt32: [Int]] = [:]

        init(_ facts: [Facts]) {
            shares = facts.filter(\.isExpertise)
            for (place, share) in shares.enumerated() {
                for word in share.words { places[word, default: []].append(place) }
            }
        }

        /// The share whose title has most of some words, when it has two or more.
        func best(for words: [UInt32]) -> Title? {
            var counts: [Int: Int] = [:]
            let lists = words.compactMap { places[$0] }
            guard lists.count > 1 else { return nil }
            for list in lists { for place in list { counts[place, default: 0] += 1 } }
            var best: Title?
            for (place, count) in counts where count > max(1, (best?.words.count ?? 1) - 1) {
                Title(shares[place].id, shares[place].words.common(with: words)).compete(&best)
            }
            return best
        }
    }

    private func candidates(for need: Facts, countMax: Int) -> [Candidate] {
        guard need.isOpenNeed else { return [] }
        let known = known(topics(of: need))
        var titles: [PersonID: Title] = [:]
        for slot in tally.titles.slots(withTwoOf: need.words) {
            guard tally.commonWordCount(slot, need.words) > 1, let share = tally.facts(slot),
                share.isExpertise
            else { continue }
            Title(share.id, share.words.common(with: need.words)).compete(&titles[share.author])
        }
        // Many know something, and few are shown: reasons are found for those alone.
        var scores = scores(of: known)
        for (person, title) in titles { scores[person, default: 0] += Matcher.weight(title) }
        scores[need.author] = nil
        return scores.filter { tally.isIn($0.key) }
            .sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(countMax)
            .compactMap { candidate(need, $0.key, known, titles[$0.key]) }
    }

    /// What everyone's offers, shares and validations on these topics weigh together.
    private func scores(of known: [Known]) -> [PersonID: Int] {
        var scores: [PersonID: Int] = [:]
        for (topic, gathered) in known {
            for person in gathered.offering {
                for offer in tally.offers[person] ?? [] where Facet.folded(offer.topic) == topic {
                    scores[person, default: 0] += Matcher.weight(offer.level)
                }
            }
            for (person, count) in gathered.wrote {
                scores[person, default: 0] += Matcher.weight(wrote: count)
            }
            for (person, count) in gathered.checked {
                scores[person, default: 0] += Matcher.weight(checked: count)
            }
        }
        return scores
    }

    /// The needs that a person may be able to help with, the best first.
    ///
    /// - Complexity: O(needs × shares of the person that have one of its words in their titles).
    func candidates(
        for person: PersonID, among needs: some Sequence<Facts>, countMax: Int = .max
    ) -> [Candidate] {
        let titles = OwnTitles((tally.written[person] ?? []).compactMap { tally.facts($0) })
        let candidates = needs.compactMap { need -> Candidate? in
            guard need.isOpenNeed else { return nil }
            return candidate(
                need, person, known(topics(of: need)), titles.best(for: need.words))
        }
        return candidates.inOrder(countMax: countMax)
    }

    /// Who knows an item's topics or wants to learn them, the best first; never its author.
    ///
    /// - Complexity: O(people who know of its topics).
    func readers(of item: Item) -> [Match] {
        guard let facts = Facts(item, changeCounts: [:]) else { return [] }
        let known = known(facts.topics)
        return knowers(of: known).union(known.flatMap(\.gathered.learning)).compactMap {
            candidate(facts, $0, known, nil, countsLearning: true)
        }
        .inOrder().map { match($0, item) }
    }

    /// Who offers, wrote on or validated something of these topics.
    private func knowers(of known: [Known]) -> Set<PersonID> {
        var people: Set<PersonID> = []
        for (_, gathered) in known {
            people.formUnion(gathered.offering)
            people.formUnion(gathered.wrote.keys)
            people.formUnion(gathered.checked.keys)
        }
        return people
    }

    /// The topics that the asker named, and those that somebody offers by a word of the question.
    private func topics(of need: Facts) -> [String] {
        Set(need.topics).union(need.words.compactMap { offered[$0] }).sorted()
    }

    private func known(_ topics: [String]) -> [Known] {
        topics.compactMap { topic in tally.topics[topic].map { (topic, $0) } }
    }

    private func candidate(
        _ need: Facts, _ person: PersonID, _ known: [Known], _ title: Title?,
        countsLearning: Bool = false
    ) -> Candidate? {
        guard person != need.author, tally.isIn(person) else { return nil }
        var weighed: [(weight: Int, reason: Reason)] = []
        func add(_ weight: Int, _ reason: MatchReason) { weighed.append((weight, .told(reason))) }
        if known.contains(where: { $0.gathered.offering.contains(person) }) {
            for offer in tally.offers[person] ?? [] {
                let topic = Facet.folded(offer.topic)
                guard known.contains(where: { $0.topic == topic }) else { continue }
                add(Matcher.weight(offer.level), .offers(topic: offer.topic, level: offer.level))
            }
        }
        for (topic, gathered) in known {
            if let count = gathered.wrote[person] {
                add(Matcher.weight(wrote: count), .wrote(topic: topic, count: count))
            }
            if let count = gathered.checked[person] {
                add(Matcher.weight(checked: count), .validated(topic: topic, count: count))
            }
        }
        if let title {
            weighed.append((Matcher.weight(title), .words(title.words, share: title.share)))
        }
        if countsLearning {
            for (topic, gathered) in known where gathered.learning.contains(person) {
                add(30, .learns(topic: topic))
            }
        }
        guard !weighed.isEmpty else { return nil }
        // A stable order: equal weights stay as they were found.
        let ordered = weighed.enumerated().sorted {
            ($1.element.weight, $0.offset) < ($0.element.weight, $1.offset)
        }
        return Candidate(
            need: need, person: person, score: weighed.reduce(0) { $0 + $1.weight },
            reasons: ordered.map(\.element.reason))
    }

    /// The words of a title by their numbers.
    private static func spelled(_ item: Item) -> [UInt32: String] {
        var spelled: [UInt32: String] = [:]
        for word in Words.all(item.title) {
            if let number = FoldedWords.number(of: word) { spelled[number] = word }
        }
        return spelled
    }

    /// Puts a candidate into words; `need` is the item that it is of.
    func match(_ candidate: Candidate, _ need: Item) -> Match {
        match(candidate, need, Matcher.spelled(need))
    }

    private func match(
        _ candidate: Candidate, _ need: Item, _ spelled: [UInt32: String]
    ) -> Match {
        let reasons = candidate.reasons.map { reason -> MatchReason in
            switch reason {
            case .told(let told): told
            case .words(let words, let share):
                .titleWords(words.compactMap { spelled[$0] }.sorted(), share: share)
            }
        }
        let name = tally.hands.names[candidate.person] ?? ""
        return Match(
            need: need, person: PersonRef(id: candidate.person, name: name), reasons: reasons,
            score: candidate.score)
    }

    private static func weight(wrote count: Int) -> Int { 4 * min(count, 5) }

    private static func weight(checked count: Int) -> Int { 5 * min(count, 4) }

    private static func weight(_ title: Title) -> Int { 3 * min(title.words.count, 4) }

    private static func weight(_ level: Level) -> Int {
        switch level {
        case .beginner: 20
        case .average: 40
        case .expert: 60
        }
    }

}

extension [Matcher.Candidate] {
    /// The best first.
    fileprivate func inOrder(countMax: Int = .max) -> [Matcher.Candidate] {
        // Candidates are large: their places are sorted.
        let order = indices.sorted { Matcher.Candidate.isBetter(self[$0], self[$1]) }
        return order.prefix(countMax).map { self[$0] }
    }
}

extension Tally {
    /// How many words a title has in common with others, all in order.
    fileprivate func commonWordCount(_ slot: Int, _ words: [UInt32]) -> Int {
        guard let own = entries[slot]?.facts.words else { return 0 }
        var count = 0
        own.eachCommon(with: words) { _ in count += 1 }
        return count
    }
}

extension [UInt32] {
    /// What two sorted lists have in common.
    fileprivate func common(with other: [UInt32]) -> [UInt32] {
        var common: [UInt32] = []
        eachCommon(with: other) { common.append($0) }
        return common
    }

    fileprivate func eachCommon(with other: [UInt32], _ body: (UInt32) -> Void) {
        var (mine, theirs) = (startIndex, other.startIndex)
        while mine < endIndex, theirs < other.endIndex {
            let (left, right) = (self[mine], other[theirs])
            if left == right { body(left) }
            if left <= right { mine += 1 }
            if right <= left { theirs += 1 }
        }
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
    static func telling(_ text: String) -> Set<String> { Set(all(text).filter(isTelling)) }

    /// The first telling words, each once: by the rarest of them near texts are looked for.
    static func leading(_ text: String) -> [String] {
        var known: Set<String> = []
        var leading: [String] = []
        for word in all(text) where isTelling(word) && known.insert(word).inserted {
            leading.append(word)
            if leading.count == leadingMax { break }
        }
        return leading
    }

    private static let leadingMax = 64
    /// As many may be looked for besides other words.
    static let rankedMax = 16

    private static func isTelling(_ word: String) -> Bool {
        word.count > 1 && !dutch.contains(word) && !english.contains(word)
    }
}
