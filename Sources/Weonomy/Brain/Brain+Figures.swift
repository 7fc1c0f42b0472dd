import WeData
import WeLog
import WeReplica

extension Brain {
    /// What the team knows, needs and depends on, counted.
    ///
    /// - Complexity: O(items) the first time; after that O(what changed since and topics).
    public func figures() throws(BrainError) -> BrainFigures {
        try count()
        return counted.tally.figures(at: now())
    }

    /// All topics, the one with most shares first.
    public func topics() throws(BrainError) -> [BrainFigures.Topic] { try figures().topics }

    /// Shares that met a later question, the newest first.
    public func laterHits(countMax: Int = 100) throws(BrainError) -> [Item] {
        _ = try figures()
        var items: [Item] = []
        for id in counted.tally.laterHits(countMax: countMax) { items.append(try item(id)) }
        return items
    }

    /// Shares whose text is nearly the same, the nearest first: to show before one more is posted.
    public func nearDuplicates(
        title: String, body: String, countMax: Int = 3
    ) throws(BrainError) -> [Item] {
        try count()
        let near = counted.tally.near(TextSignature(title: title, body: body))
        var items: [Item] = []
        for id in near.prefix(countMax) { items.append(try item(id)) }
        return items
    }

    /// What the team would lose without someone, by name: a member, or a byline.
    public func fireDrill(without name: String) throws(BrainError) -> FireDrill {
        let person = try? person(named: name)
        let figures = try figures()
        return counted.tally.fireDrill(without: person?.name ?? name.oneLine, figures)
    }

    /// How knowledge of a topic may come to more people.
    ///
    /// - Throws: `notFound` for a topic of which nothing is known.
    public func spreadPlan(for topic: String) throws(BrainError) -> SpreadPlan {
        let folded = Facet.folded(topic)
        guard let found = try topics().first(where: { $0.topic == folded }) else {
            throw BrainError(.notFound, .noTopic(topic.oneLine))
        }
        return SpreadPlan(found, counted.tally)
    }

    /// Takes in what has changed since the last time.
    func count() throws(BrainError) {
        try translating { () throws(ReplicaError) in
            try counted.refresh(replica, at: now())
        }
    }

    /// Where the last event stands: what was read up to it holds until there is another.
    package func lastPosition() throws(BrainError) -> Int64 {
        try translating { () throws(ReplicaError) in
            try replica.lend { try? $0.lastPosition() } ?? -1
        }
    }
}

/// The tally of a replica, as far as this process has read it.
struct CountedReplica {
    var tally = Tally()
    private var era: Int64?
    private var last: Int64 = 0
    /// What the names were made of.
    private var named: (membershipCount: Int, profilesVersion: Int)?

    /// Whether anything was read.
    var isLoaded: Bool { era != nil }

    /// Takes in what has changed since the last time.
    ///
    /// - Complexity: O(objects that changed); all of them where the view was built again.
    mutating func refresh(_ replica: Replica, at now: Instant) throws(ReplicaError) {
        var news = try replica.facts(after: last)
        if era != news.era {
            if last > 0 { news = try replica.facts(after: 0) }
            tally = Tally()
            tally.advance(to: now)
            tally.reserve(news.objects.count)
            era = news.era
        }
        last = news.last
        // Profiles first: they say whose a byline is.
        for (object, bytes) in news.objects {
            if let profile = ProfileFacts(decoding: bytes) { tally.take(object, profile) }
        }
        name(replica.currentTeam)
        for (object, bytes) in news.objects where !ProfileFacts.isForm(of: bytes) {
            if let facts = Facts(decoding: bytes) {
                tally.take(object, facts)
            } else {
                tally.forget(object)
            }
        }
    }

    private mutating func name(_ team: Team?) {
        let made = (team?.eventCount ?? 0, tally.profilesVersion)
        if let named, named == made { return }
        named = made
        let members = (team?.persons ?? [:]).values.filter { $0.role > .none }.map(\.id)
        tally.call(
            Brain.names(team, tally.profiles.values.map { ($0.person, $0.name) }),
            members: Set(members))
    }
}
