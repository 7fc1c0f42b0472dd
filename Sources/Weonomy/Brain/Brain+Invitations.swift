public import WeData
import WeLog
import WeReplica

extension Brain {
    /// Colleagues who may have something to say of an item, with the reasons, the best first: who
    /// offers, wrote on, validated or wants to learn its topics, and has not been asked or reacted.
    public func readers(of item: Item, countMax: Int = 3) throws(BrainError) -> [Match] {
        guard !item.topics.isEmpty else { return [] }
        var known = Set(item.invitations.map(\.person.id))
        known.formUnion(item.reactions.values.joined().map(\.id))
        known.formUnion(item.validations.map(\.person.id))
        let readers = Matcher(try tally(of: item.topics)).readers(of: item)
        return Array(readers.filter { !known.contains($0.person.id) }.prefix(countMax))
    }

    /// Asks colleagues what they think of an item, for fourteen days; only its author does.
    @discardableResult
    public func inviteReactions(
        to id: ObjectID, from people: [PersonID]
    ) throws(BrainError) -> Item {
        let item = try item(id)
        guard item.author.id == me.id else {
            throw BrainError(.notAllowed, .asksNot(author: item.author.name))
        }
        let members = memberIDs
        for person in people {
            guard person != me.id else { throw BrainError(.invalid, .oneself) }
            guard members.contains(person) else {
                throw BrainError(.notFound, .nobody)
            }
        }
        guard !people.isEmpty else { return item }
        let (until, overflow) = now().milliseconds.addingReportingOverflow(
            ReactionInvitation.millisecondsMax)
        let value = Value(map: [Key.until: .int(overflow ? .max : until)])
        _ = try write(
            people.map { .mark(field: Field.invited, key: $0.element, value: value) }, to: id)
        return try self.item(id)
    }

    /// Items on which their author waits for what this person thinks, newest first.
    func invitations(countMax: Int) throws(BrainError) -> [Item] {
        let now = now()
        return try items(
            SearchRequest(
                facets: [[Facet.invited(me.id)]], excludedFacets: [Facet.retracted], countMax: 200)
        ).filter { $0.asks(me.id, at: now) }.prefix(countMax).map { $0 }
    }

    /// The entries of the work log of an item, oldest first.
    public func log(of item: ObjectID) throws(BrainError) -> [Item] {
        try items(
            SearchRequest(
                facets: [[Facet.log], [Facet.about(item)]], excludedFacets: [Facet.retracted],
                countMax: 1_000)
        ).sorted { ($0.created, $0.id) < ($1.created, $1.id) }
    }
}

extension Item {
    /// Whether its author waits for what someone thinks of it.
    func asks(_ person: PersonID, at now: Instant) -> Bool {
        invitations.contains { $0.person.id == person && $0.isOpen(at: now) }
    }
}
