public import WeData
import WeReplica

/// What came of what one person shared; a figure of a person is only ever shown to that person.
public struct OwnFigures: Hashable, Sendable {
    /// Shares, without status updates.
    public let shareCount: Int
    /// Those of them that a colleague confirmed as they are now.
    public let validatedCount: Int
    /// Those that a colleague put to use.
    public let usedCount: Int
    /// Those that a colleague gave thanks for.
    public let thankedCount: Int
    /// Those that were new to a colleague.
    public let newCount: Int
    /// Answers to colleagues.
    public let answerCount: Int

    /// Each count, with the query that finds exactly what it counts.
    public var counts: [(count: Int, query: String)] {
        let shares = "is:mine is:share -is:status"
        return [
            (shareCount, shares), (validatedCount, shares + " validated:yes"),
            (usedCount, shares + " has:used"), (thankedCount, shares + " has:thanks"),
            (newCount, shares + " has:new-to-me"), (answerCount, "is:mine is:answer"),
        ]
    }
}

extension Brain {
    /// What came of what the person of this laptop shared.
    ///
    /// - Complexity: O(own shares that were confirmed).
    public func ownFigures() throws(BrainError) -> OwnFigures {
        func count(
            _ kind: ItemKind, _ facets: [String] = [], without excluded: [String] = []
        ) throws(BrainError) -> Int {
            try translating { () throws(ReplicaError) in
                try replica.count(
                    SearchRequest(
                        facets: [[Facet.kind(kind.rawValue)], [Facet.author(me.id)]]
                            + facets.map { [$0] },
                        excludedFacets: excluded + [Facet.retracted]))
            }
        }
        func shares(_ reaction: Reaction? = nil) throws(BrainError) -> Int {
            try count(
                .share, reaction.map { [Facet.reaction($0)] } ?? [],
                without: [Facet.share(.status)])
        }
        let now = now()
        let validated = try items(
            SearchRequest(
                facets: [[Facet.kind(ObjectKind.share)], [Facet.author(me.id)], [Facet.validated]],
                excludedFacets: [Facet.retracted, Facet.share(.status)], countMax: .max)
        ).filter { $0.validity(at: now) == .yes }
        return OwnFigures(
            shareCount: try shares(), validatedCount: validated.count, usedCount: try shares(.used),
            thankedCount: try shares(.thanks), newCount: try shares(.new),
            answerCount: try count(.answer))
    }

    /// What a person is good at, as colleagues found it: shares that they confirmed, put to use, used
    /// again or gave thanks for, the confirmed first, then the newest.
    ///
    /// - Complexity: O(those shares, and all that use another again).
    public func portfolio(of person: PersonID, countMax: Int = 12) throws(BrainError) -> [Item] {
        let found = try items(
            SearchRequest(
                facets: [
                    [Facet.kind(ObjectKind.share)], [Facet.author(person)],
                    [Facet.validated, Facet.reaction(.used), Facet.reaction(.thanks)],
                ], excludedFacets: [Facet.retracted, Facet.share(.status)], countMax: 1_000))
        let now = now()
        let reused = try reusedItems(of: person)
        let known = Set(found.map(\.id))
        return Array(
            (found + reused.values.filter { !known.contains($0.id) }).filter { item in
                item.byline == nil
                    && (item.validity(at: now) == .yes || reused[item.id] != nil
                        || [.used, .thanks].contains { reaction in
                            item.reactions[reaction]?.contains { $0.id != person } == true
                        })
            }.sorted {
                let (one, other) = ($0.validity(at: now) == .yes, $1.validity(at: now) == .yes)
                if one != other { return one }
                return ($1.created, $0.id) < ($0.created, $1.id)
            }.prefix(countMax))
    }

    // MARK: - Using again

    /// Shares that use an item again, the newest first.
    public func reuses(of item: ObjectID, countMax: Int = 100) throws(BrainError) -> [Item] {
        try items(
            SearchRequest(
                facets: [[Facet.reuses(item)]], excludedFacets: [Facet.retracted],
                countMax: countMax))
    }

    /// Shares of a person that somebody else uses again.
    private func reusedItems(of person: PersonID) throws(BrainError) -> [ObjectID: Item] {
        let reusing = try items(
            SearchRequest(
                facets: [[Facet.hasReuse]],
                excludedFacets: [Facet.retracted, Facet.author(person)], countMax: 10_000))
        var reused: [ObjectID: Item] = [:]
        for id in Set(reusing.compactMap(\.reuses)) {
            // What it reuses may be erased, or not here yet.
            guard let item = try? item(id), item.author.id == person, item.kind == .share,
                item.shareKind != .status, !item.isRetracted
            else { continue }
            reused[id] = item
        }
        return reused
    }
}
