import Dispatch
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
    public func laterHits(
        countMax: Int = 100, offset: Int = 0
    ) throws(BrainError) -> [Item] {
        _ = try figures()
        var items: [Item] = []
        for id in counted.tally.laterHits(countMax: countMax, offset: offset) {
            items.append(try item(id))
        }
        return items
    }

    /// Shares whose text is nearly the same, the nearest first: to show before one more is posted.
    ///
    /// - Complexity: O(shares that have a part of it in common).
    public func nearDuplicates(
        title: String, body: String, countMax: Int = 3
    ) throws(BrainError) -> [Item] {
        let signature = TextSignature(title: title, body: body)
        let like = try translating { () throws(ReplicaError) in
            try replica.facts(sharing: signature.keys, countMax: Brain.comparedMax)
        }
        let near = like.compactMap { Facts(decoding: $0.facts) }.compactMap { facts in
            let equalCount = facts.signature?.equalCount(signature) ?? 0
            return equalCount < TextSignature.equalMin ? nil : (facts, equalCount)
        }.sorted { left, right in
            (right.1, left.0.created, left.0.id) < (left.1, right.0.created, right.0.id)
        }
        var items: [Item] = []
        for (facts, _) in near.prefix(countMax) { items.append(try item(facts.id)) }
        return items
    }

    /// Texts that one is compared with at most, the newest of those with a part in common.
    private static let comparedMax = 1_000

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

    /// What is counted, of these topics at least: who asks once reads no more than that.
    func tally(of topics: [String]) throws(BrainError) -> Tally {
        guard !counted.isLoaded else {
            try count()
            return counted.tally
        }
        let requests = [[ObjectKind.profile].map(Facet.kind), topics.map(Facet.topic)].map {
            SearchRequest(facets: [$0], countMax: .max)
        }
        return try translating { () throws(ReplicaError) in
            var part = CountedReplica()
            try part.take(replica, requests, at: now())
            return part.tally
        }
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
    /// What is read next is decoded on another core meanwhile.
    ///
    /// - Complexity: O(objects that changed); all of them where the view was built again.
    mutating func refresh(_ replica: Replica, at now: Instant) throws(ReplicaError) {
        var batch = try Batch(replica, after: last)
        if era != batch.era {
            if last > 0 { batch = try Batch(replica, after: 0) }
            tally = Tally()
            named = nil
            tally.advance(to: now)
            tally.reserve(min(batch.documentCount, CountedReplica.reservedMax))
            era = batch.era
        }
        // Profiles first: they say whose a byline is.
        take(batch.profiles)
        name(replica.currentTeam)
        while true {
            last = batch.last
            let start = batch.last
            let promise =
                batch.isMore
                ? Promise(on: CountedReplica.reading) { () throws(ReplicaError) in
                    try Batch(replica, after: start)
                } : nil
            for object in batch.removed { tally.forget(object) }
            for item in batch.items {
                if let facts = item.facts {
                    tally.take(item.object, facts)
                } else {
                    tally.forget(item.object)
                }
            }
            guard let promise else { break }
            batch = try promise.value()
            // Made anew meanwhile.
            guard batch.era == era else { return try refresh(replica, at: now) }
            take(batch.profiles)
        }
        name(replica.currentTeam)
    }

    /// Takes in what fits, profiles first.
    mutating func take(
        _ replica: Replica, _ requests: [SearchRequest], at now: Instant
    ) throws(ReplicaError) {
        tally.advance(to: now)
        for request in requests {
            let batch = Batch(try replica.facts(fitting: request))
            take(batch.profiles)
            name(replica.currentTeam)
            for item in batch.items {
                if let facts = item.facts { tally.take(item.object, facts) }
            }
        }
    }

    private mutating func take(_ profiles: [(Int64, ProfileFacts)]) {
        for (object, profile) in profiles { tally.take(object, profile) }
    }

    /// Room for as many items is made at once.
    private static let reservedMax = 200_000
    private static let reading = DispatchQueue(label: "weonomy-facts", qos: .userInitiated)

    /// Some of what is kept of objects, decoded.
    private struct Batch: Sendable {
        private(set) var era: Int64 = 0
        private(set) var last: Int64 = 0
        private(set) var documentCount = 0
        private(set) var isMore = false
        private(set) var removed: [Int64] = []
        private(set) var profiles: [(Int64, ProfileFacts)] = []
        /// Objects; nothing is counted of one without facts.
        private(set) var items: [(object: Int64, facts: Facts?)] = []
        private static let countMax = 4_096

        init(_ replica: Replica, after document: Int64) throws(ReplicaError) {
            let found = try replica.facts(after: document, countMax: Batch.countMax)
            self.init(found.objects)
            era = found.era
            last = found.last
            documentCount = found.documentCount
            isMore = found.isMore
            removed = found.removed
        }

        init(_ objects: [Replica.Facts.Object]) {
            items.reserveCapacity(objects.count)
            for (object, bytes) in objects {
                if let profile = ProfileFacts(decoding: bytes) {
                    profiles.append((object, profile))
                } else {
                    items.append((object, Facts(decoding: bytes)))
                }
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
