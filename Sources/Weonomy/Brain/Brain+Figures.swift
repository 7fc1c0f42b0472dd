import WeData
import WeReplica

extension Brain {
    /// What the team knows, needs and depends on, counted.
    ///
    /// - Complexity: O(items), of which only those that changed since the last time are read.
    public func figures() throws(BrainError) -> BrainFigures {
        let (now, last) = (now(), try lastPosition())
        if let cached = figuresCache, cached.position == last,
            (0..<Brain.figuresMillisecondsMax).contains(
                now.milliseconds.subtractingReportingOverflow(cached.moment.milliseconds)
                    .partialValue)
        {
            return cached.figures
        }
        let figures = BrainFigures(
            try facts(), profiles: try profiles(), names: try names(), at: now)
        figuresCache = (last, now, figures)
        return figures
    }

    /// How long figures that depend on the time of day are shown without counting again.
    private static let figuresMillisecondsMax: Int64 = 60_000

    /// Where the last event stands: what was counted up to it holds until there is another.
    func lastPosition() throws(BrainError) -> Int64 {
        try translating { () throws(ReplicaError) in
            try replica.lend { try? $0.lastPosition() } ?? -1
        }
    }

    /// All topics, the one with most shares first.
    public func topics() throws(BrainError) -> [BrainFigures.Topic] { try figures().topics }

    /// What the team would lose without someone, by name: a member, or a byline.
    public func fireDrill(without name: String) throws(BrainError) -> FireDrill {
        let person = try? person(named: name)
        return FireDrill(
            without: person?.name ?? name.oneLine, try facts(), try figures(), names: try names())
    }

    /// How knowledge of a topic may come to more people.
    ///
    /// - Throws: `notFound` for a topic of which nothing is known.
    public func spreadPlan(for topic: String) throws(BrainError) -> SpreadPlan {
        let folded = Facet.folded(topic)
        guard let found = try topics().first(where: { $0.topic == folded }) else {
            throw BrainError(.notFound, .noTopic(topic.oneLine))
        }
        let members = Set((team?.members ?? []).map(\.person.id))
        return SpreadPlan(
            found, try facts(), members: try profiles().filter { members.contains($0.person.id) },
            names: try names())
    }

    func facts() throws(BrainError) -> [Facts] {
        try translating { () throws(ReplicaError) in
            try factsCache.refresh(replica)
            return factsCache.facts
        }
    }
}

/// The facts of all items, as far as this process has read them.
struct FactsCache {
    private var era: Int64?
    private var last: Int64 = 0
    /// By the number of the object; `nil` for one of which nothing is counted.
    private var byNumber: [Int64: Facts?] = [:]
    /// The telling words of titles, which cost more to find than all the rest.
    private var words: [ObjectID: Set<String>] = [:]

    /// What is counted now, in no particular order.
    var facts: [Facts] { byNumber.values.compactMap(\.self) }

    /// The telling words of a share's title.
    mutating func words(of facts: Facts) -> Set<String> {
        if let known = words[facts.id] { return known }
        let found = Words.telling(facts.title)
        words[facts.id] = found
        return found
    }

    /// Takes in what has changed since the last time.
    ///
    /// - Complexity: O(objects that changed); all of them where some no longer count.
    mutating func refresh(_ replica: Replica) throws(ReplicaError) {
        take(try replica.facts(after: last))
        guard !isWhole else { return }
        self = FactsCache()
        take(try replica.facts(after: 0))
    }

    private var isWhole = true

    private mutating func take(_ news: Replica.Facts) {
        let isSame = era == nil || era == news.era
        era = news.era
        for (object, bytes) in news.objects {
            let facts = Facts(decoding: bytes)
            byNumber.updateValue(facts, forKey: object)
            if let facts { words[facts.id] = nil }
        }
        last = news.last
        isWhole = isSame && byNumber.count == news.count
    }
}
