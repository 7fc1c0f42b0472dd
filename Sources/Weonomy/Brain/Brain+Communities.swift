public import WeData
import WeLog
import WeReplica

extension Brain {
    // MARK: - What there is

    /// The team's communities, by name.
    ///
    /// - Complexity: O(communities and their histories), once after each change.
    public func communities() throws(BrainError) -> [Community] {
        let last = try lastPosition()
        if let cached = communitiesCache, cached.position == last { return cached.communities }
        let persons = replica.currentTeam?.persons ?? [:]
        let members = memberIDs
        let names = try names().filter { members.contains($0.key) }
        let found = try translating { () throws(ReplicaError) in
            try replica.find(
                SearchRequest(facets: [[Facet.kind(ObjectKind.community)]], countMax: 1_000))
        }
        var communities: [Community] = []
        for (id, _) in found {
            let entries = try translating { () throws(ReplicaError) in try replica.entries(of: id) }
            let community = Community(
                id: id, history: History(entries), shortID: shortID(id), names: { names[$0] },
                governs: { persons[$0]?.role.canGovern ?? false })
            if let community { communities.append(community) }
        }
        communities.sort {
            let (left, right) = ($0.name.lowercased(), $1.name.lowercased())
            return (left, $0.id) < (right, $1.id)
        }
        communitiesCache = (last, communities)
        return communities
    }

    /// One community by id.
    public func community(_ id: ObjectID) throws(BrainError) -> Community {
        guard let community = try communities().first(where: { $0.id == id }) else {
            throw BrainError(.notFound, .noCommunity(shortID(id)))
        }
        return community
    }

    /// The community that a name, its beginning or a short id means.
    public func community(named text: String) throws(BrainError) -> Community {
        let wanted = text.oneLine.lowercased()
        let all = try communities()
        func fitting(_ fits: (String) -> Bool) -> [Community] {
            wanted.isEmpty ? [] : all.filter { fits($0.name.lowercased()) }
        }
        var found = fitting { $0 == wanted }
        if found.isEmpty { found = fitting { $0.hasPrefix(wanted) } }
        if found.isEmpty, let id = try? resolve(text) { found = all.filter { $0.id == id } }
        guard let first = found.first else {
            throw BrainError(.notFound, .noCommunity(text.oneLine))
        }
        guard found.count == 1 else {
            throw BrainError(.ambiguous, .severalCommunities(text.oneLine, found.map(\.shortID)))
        }
        return first
    }

    /// Communities that a person takes part in, by name; one's own for `nil`.
    public func communities(of person: PersonID?) throws(BrainError) -> [Community] {
        let person = person ?? me.id
        return try communities().filter { $0.has(person) }
    }

    /// Whom to ask when something doesn't work: a coach of one's own communities.
    public func coach() throws(BrainError) -> PersonRef? {
        try communities(of: nil).lazy.compactMap { community in
            community.coaches.first { $0.id != self.me.id }
        }.first
    }

    // MARK: - Making and taking part

    /// Makes a community, and takes part in it.
    ///
    /// - Parameters:
    ///   - name: one that no other here has.
    ///   - about: what it is for, in Markdown.
    ///   - topics: what it sees: items are its own by their topics.
    @discardableResult
    public func addCommunity(
        _ name: String, about: String = "", topics: [String] = []
    ) throws(BrainError) -> Community {
        let name = try Self.checked(title: name)
        let skeleton = PersonName.skeleton(name)
        if let same = try communities().first(where: { PersonName.skeleton($0.name) == skeleton }) {
            throw BrainError(.exists, .communityExists(same.name))
        }
        var changes: [WeData.Change] = [
            .create(kind: ObjectKind.community), .set(field: Field.name, value: .text(name)),
        ]
        changes += Self.folded(topics).map { .add(field: Field.topics, element: .text($0)) }
        let hunks = TextHunk.replacing("", with: about.trimmed)
        if !hunks.isEmpty { changes.append(.text(field: Field.body, hunks: hunks)) }
        changes.append(.mark(field: Field.member, key: "", value: true))
        return try community(try write(changes, to: nil))
    }

    /// Changes what a community is for or about; who takes part in it, or governs, may.
    @discardableResult
    public func editCommunity(
        _ id: ObjectID, about: String? = nil, topics: [String]? = nil
    ) throws(BrainError) -> Community {
        let old = try community(id)
        guard old.has(me.id) || old.maker.id == me.id || mayGovern else {
            throw BrainError(.notAllowed, .notOfCommunity(old.name))
        }
        var changes: [WeData.Change] = []
        if let about {
            let hunks = TextDiff.hunks(from: old.about, to: about.trimmed)
            if !hunks.isEmpty { changes.append(.text(field: Field.body, hunks: hunks)) }
        }
        if let topics {
            changes += Self.topicChanges(from: old.topics, to: topics)
        }
        guard !changes.isEmpty else { return old }
        _ = try write(changes, to: id)
        return try community(id)
    }

    /// Takes part in a community, or does so no more.
    @discardableResult
    public func setMember(_ id: ObjectID, _ isMember: Bool) throws(BrainError) -> Community {
        let old = try community(id)
        guard old.has(me.id) != isMember else { return old }
        let value: Value = isMember ? true : nil
        _ = try write([.mark(field: Field.member, key: "", value: value)], to: id)
        return try community(id)
    }

    /// Makes someone a coach, or takes that back; the maker, a coach or a moderator may.
    @discardableResult
    public func setCoach(
        _ person: PersonID, _ isCoach: Bool, in id: ObjectID
    ) throws(BrainError) -> Community {
        let old = try community(id)
        guard mayCoach(old) else {
            let ask = ([old.maker] + old.coaches).map(\.name)
            throw BrainError(.notAllowed, .coachesNot(old.name, ask: ask))
        }
        guard memberIDs.contains(person) else {
            throw BrainError(.notFound, .nobody)
        }
        let change: WeData.Change =
            isCoach
            ? .add(field: Field.coaches, element: person.element)
            : .remove(field: Field.coaches, element: person.element)
        guard old.isCoached(by: person) != isCoach else { return old }
        _ = try write([change], to: id)
        return try community(id)
    }

    /// Whether this person may say who coaches in a community.
    public nonisolated func mayCoach(_ community: Community) -> Bool {
        community.maker.id == me.id || community.isCoached(by: me.id) || mayGovern
    }

    // MARK: - Listening

    /// Where help is welcome on some topics; in the whole team for `nil`.
    public func listening(
        to topics: [String]?, countMax: Int = 20
    ) throws(BrainError) -> Listening {
        Listening(
            topics: topics.map { Set($0.map { Facet.folded($0) }).sorted() } ?? [],
            needs: try waitingNeeds(on: topics, countMax: countMax),
            heard: try heardNeeds(on: topics, countMax: countMax),
            heads: Array(try topicsInHeads(topics).prefix(countMax)))
    }

    /// Needs of colleagues that nobody answered, the oldest first.
    package func waitingNeeds(
        on topics: [String]?, countMax: Int, offset: Int = 0
    ) throws(BrainError) -> [Item] {
        guard let request = Self.waiting(topics) else { return [] }
        // The index gives the newest first.
        let count = max(0, try waitingCount(on: topics) - offset)
        return try items(request, countMax: min(countMax, count), offset: count - countMax)
            .reversed()
    }

    package func waitingCount(on topics: [String]?) throws(BrainError) -> Int {
        try count(Self.waiting(topics))
    }

    /// Needs heard outside that are not solved, the newest first.
    package func heardNeeds(
        on topics: [String]?, countMax: Int, offset: Int = 0
    ) throws(BrainError) -> [Item] {
        guard let request = Self.heard(topics) else { return [] }
        return try items(request, countMax: countMax, offset: offset)
    }

    package func heardCount(on topics: [String]?) throws(BrainError) -> Int {
        try count(Self.heard(topics))
    }

    /// Topics that people know of and nobody wrote on.
    package func topicsInHeads(_ topics: [String]?) throws(BrainError) -> [BrainFigures.Topic] {
        let wanted = topics.map { Set($0.map { Facet.folded($0) }) }
        return try figures().topics.filter {
            $0.isOnlyInHeads && wanted?.contains($0.topic) != false
        }
    }

    private static func waiting(_ topics: [String]?) -> SearchRequest? {
        needs([Facet.status(.open)], on: topics, without: [Facet.heard])
    }

    private static func heard(_ topics: [String]?) -> SearchRequest? {
        var request = needs([Facet.status(.open), Facet.status(.answered)], on: topics)
        request?.facets.append([Facet.heard])
        return request
    }

    private static func needs(
        _ statuses: [String], on topics: [String]?, without excluded: [String] = []
    ) -> SearchRequest? {
        guard topics?.isEmpty != true else { return nil }
        let onTopics = topics.map { [Set($0.map(Facet.topic)).sorted()] } ?? []
        return SearchRequest(
            facets: [[Facet.kind(ObjectKind.need)], statuses] + onTopics,
            excludedFacets: excluded + [Facet.retracted])
    }

    private func count(_ request: SearchRequest?) throws(BrainError) -> Int {
        guard let request else { return 0 }
        return try translating { () throws(ReplicaError) in try replica.count(request) }
    }

    private func items(
        _ request: SearchRequest, countMax: Int, offset: Int
    ) throws(BrainError) -> [Item] {
        var request = request
        request.countMax = countMax
        request.offset = max(0, offset)
        return countMax > 0 ? try items(request) : []
    }

    /// What is on one of some topics, newest first: unresolved needs, or answers, or shares that
    /// are not status.
    public func items(
        on topics: [String], _ kind: ItemKind, countMax: Int = 20, offset: Int = 0
    ) throws(BrainError) -> [Item] {
        guard let request = Self.all(kind, on: topics) else { return [] }
        return try items(request, countMax: countMax, offset: offset)
    }

    package func count(on topics: [String], _ kind: ItemKind) throws(BrainError) -> Int {
        try count(Self.all(kind, on: topics))
    }

    private static func all(_ kind: ItemKind, on topics: [String]) -> SearchRequest? {
        guard !topics.isEmpty else { return nil }
        var facets = [[Facet.kind(kind.rawValue)], topics.map(Facet.topic)]
        if kind == .need { facets.append([Facet.status(.open), Facet.status(.answered)]) }
        return SearchRequest(
            facets: facets, excludedFacets: [Facet.retracted, Facet.share(.status)])
    }
}
