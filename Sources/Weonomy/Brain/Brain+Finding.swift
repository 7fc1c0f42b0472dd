public import WeData
import WeKeys
import WeLog
import WeReplica

/// What a search found.
public struct SearchResults: Sendable {
    /// The items, the best or newest first.
    public let items: [Item]
    /// Whether there are more.
    public let isMore: Bool
    /// What of the query was not understood.
    public let hints: [Query.Hint]
}

/// One step in the life of an item.
public struct HistoryEntry: Sendable, Hashable {
    /// The event.
    public let event: EventID
    /// Who.
    public let author: PersonRef
    /// When, by the author's clock.
    public let wall: Instant
    /// What it did, field by field.
    public let changes: [ChangeSummary]
}

/// What one change did.
public struct ChangeSummary: Sendable, Hashable {
    /// The verb: `create`, `set`, `add`, `remove`, `count`, `text`, `mark`, `erase` or `unknown`.
    public let verb: String
    /// Which field.
    public let field: String
    /// The new value in brief.
    public let value: String
}

extension Brain {
    // MARK: - One item

    /// An item by id.
    public func item(_ id: ObjectID) throws(BrainError) -> Item {
        let record = try translating { () throws(ReplicaError) in try replica.record(id) }
        let names = try names()
        guard let record, let item = item(id, record, names) else {
            throw BrainError(.notFound, "there is no item \(shortID(id))")
        }
        return item
    }

    /// The object that a short id, its beginning or a full id in hexadecimal names.
    public func resolve(_ text: String) throws(BrainError) -> ObjectID {
        let typed = text.lowercased().trimmed
        if typed.utf8.count == 64, let bytes = Hex.decode(typed), let id = ObjectID(bytes) {
            return id
        }
        guard typed.count >= 2, let range = ShortID.range(typed) else {
            throw BrainError(
                .notFound, "\(text.oneLine) is no id", hint: "Copy an id from weonomy find")
        }
        let found = try translating { () throws(ReplicaError) in
            try replica.objects(from: range.lowerBound, through: range.upperBound, countMax: 4)
        }.filter { ShortID.of($0).hasPrefix(ShortID.normal(typed)) }
        guard let first = found.first else {
            throw BrainError(
                .notFound, "nothing here has the id \(text.oneLine)",
                hint: "See: weonomy find")
        }
        guard found.count == 1 else {
            throw BrainError(
                .ambiguous, "the id \(text.oneLine) fits more than one item",
                hint: "Type more of it: " + found.map { shortID($0) }.joined(separator: ", "))
        }
        return first
    }

    private func item(
        _ id: ObjectID, _ record: Record, _ names: [PersonID: String], shortID: String? = nil
    ) -> Item? {
        Item(id: id, record: record, shortID: shortID ?? self.shortID(id)) { names[$0] ?? "" }
    }

    /// What happened to an item, oldest first.
    public func history(_ id: ObjectID) throws(BrainError) -> [HistoryEntry] {
        let names = try names()
        let entries = try translating { () throws(ReplicaError) in try replica.entries(of: id) }
        return History(entries).entries.filter { !$0.isVoid && isToBeSeen($0) }.map { entry in
            HistoryEntry(
                event: entry.id,
                author: PersonRef(id: entry.author, name: names[entry.author] ?? ""),
                wall: Instant(milliseconds: entry.wall),
                changes: entry.changes.map(ChangeSummary.init))
        }
    }

    /// Flags are for their author and the moderators.
    private func isToBeSeen(_ entry: History.Entry) -> Bool {
        mayGovern || entry.author == me.id
            || !entry.changes.contains { change in
                if case .mark(Field.flag, _, _) = change { true } else { false }
            }
    }

    /// The answers to a need, oldest first.
    public func answers(to need: ObjectID) throws(BrainError) -> [Item] {
        try items(
            SearchRequest(
                facets: [[Facet.kind(ObjectKind.answer)], [Facet.about(need)]],
                excludedFacets: [Facet.retracted], countMax: 1_000)
        ).reversed()
    }

    // MARK: - Many items

    /// Searches shares, needs and answers: words, phrases and properties such as `topic:sqlite`.
    ///
    /// Retracted items are left out unless asked for. Words find whole words first; where that
    /// finds nothing, words that begin like them.
    public func find(
        _ text: String, countMax: Int = 20, offset: Int = 0
    ) throws(BrainError) -> SearchResults {
        let query = Query(text)
        let results = try find(query, isPrefix: false, countMax: countMax, offset: offset)
        guard results.items.isEmpty, offset == 0, query.terms.contains(where: { !$0.isPhrase })
        else { return results }
        return try find(query, isPrefix: true, countMax: countMax, offset: 0)
    }

    /// How many items a search finds whose words are whole.
    ///
    /// - Complexity: O(found); as long as reading all of them where the index does not know.
    public func count(_ text: String) throws(BrainError) -> Int {
        let (request, tests) = try request(for: Query(text), isPrefix: false)
        guard tests.isEmpty, request.numbers == nil, request.excludedNumbers.isEmpty else {
            return try page(request, countMax: .max, offset: 0) { item in
                tests.allSatisfy { $0(item) }
            }.count
        }
        return try translating { () throws(ReplicaError) in try replica.count(request) }
    }

    private func find(
        _ query: Query, isPrefix: Bool, countMax: Int, offset: Int
    ) throws(BrainError) -> SearchResults {
        let (request, tests) = try request(for: query, isPrefix: isPrefix)
        let found = try page(request, countMax: countMax + 1, offset: offset) { item in
            tests.allSatisfy { $0(item) }
        }
        return SearchResults(
            items: Array(found.prefix(countMax)), isMore: found.count > countMax,
            hints: query.hints)
    }

    /// What the index is asked, and what each item that it finds must pass.
    private func request(
        for query: Query, isPrefix: Bool
    ) throws(BrainError) -> (SearchRequest, [(Item) -> Bool]) {
        var request = SearchRequest(
            terms: query.terms.map {
                SearchRequest.Term(
                    $0.text, isPrefix: isPrefix && !$0.isPhrase, isExcluded: $0.isExcluded)
            },
            order: query.terms.contains { !$0.isExcluded } ? .relevance : .newest)
        var kinds = [ObjectKind.share, ObjectKind.need, ObjectKind.answer].map(Facet.kind)
        var isRetractedWanted = false
        var isNear = false
        var dates: [(Item) -> Bool] = []
        for filter in query.filters {
            switch filter.property {
            case .after(let moment): dates.append { ($0.created >= moment) != filter.isExcluded }
            case .before(let moment): dates.append { ($0.created < moment) != filter.isExcluded }
            case .near(let id):
                let near = try item(try resolve(id))
                request.anyOf = Words.leading(near.title + " " + near.body)
                dates.append { $0.id != near.id }
                isNear = true
            case .validated(let isValidated):
                let wanted = isValidated != filter.isExcluded
                let now = now()
                // The index knows what was confirmed, and not what has run out since.
                if wanted { request.facets.append([Facet.validated]) }
                dates.append { ($0.validity(at: now) == .yes) == wanted }
            case .duplicate:
                _ = try figures()
                let numbers = counted.tally.duplicateNumbers()
                if filter.isExcluded {
                    request.excludedNumbers += numbers
                } else {
                    request.numbers = numbers
                }
            case .asksMe:
                let (now, me) = (now(), me.id)
                if !filter.isExcluded { request.facets.append([Facet.invited(me)]) }
                dates.append { $0.asks(me, at: now) != filter.isExcluded }
            case .unmet:
                let now = now()
                if !filter.isExcluded { request.facets.append([Facet.status(.open)]) }
                dates.append {
                    BrainFigures.isUnmet($0.status, since: $0.created, at: now)
                        != filter.isExcluded
                }
            default:
                let facets = try facets(of: filter.property)
                if filter.property == .retracted, !filter.isExcluded { isRetractedWanted = true }
                if filter.property == .forMe, !filter.isExcluded {
                    kinds = [Facet.kind(ObjectKind.answer)]
                    request.excludedFacets.append(Facet.author(me.id))
                }
                if filter.isExcluded {
                    request.excludedFacets += facets
                } else if case .kind = filter.property {
                    kinds = facets
                } else {
                    request.facets.append(facets)
                }
            }
        }
        request.facets.append(kinds)
        if isNear {
            // With words to be found too, or numbers, everything that fits is ranked.
            let isAlone =
                request.order == .newest && request.numbers == nil
                && request.excludedNumbers.isEmpty
            request.order = isAlone ? .nearest : .relevance
            if !isAlone { request.anyOf = Array(request.anyOf.prefix(Words.rankedMax)) }
        }
        if !isRetractedWanted { request.excludedFacets.append(Facet.retracted) }
        return (request, dates)
    }

    /// Facets of which an item must have one.
    private func facets(of property: Query.Property) throws(BrainError) -> [String] {
        switch property {
        case .kind(let kind): [Facet.kind(kind.rawValue)]
        case .share(let kind): [Facet.share(kind)]
        case .status(let status): [Facet.status(status)]
        case .unresolved: [Facet.status(.open), Facet.status(.answered)]
        case .heard: [Facet.heard]
        case .shadow: [Facet.shadow]
        case .log: [Facet.log]
        case .retracted: [Facet.retracted]
        case .conflict: [Facet.conflict]
        case .mine: [Facet.author(me.id)]
        case .forMe: try answeredNeeds().map { Facet.about($0) }
        case .topic(let topic): [Facet.topic(topic)]
        case .author(let name): [Facet.author(try person(named: name).id)]
        case .has(.file): [Facet.hasFile]
        case .has(.answer): [Facet.status(.answered), Facet.status(.resolved)]
        case .has(.validation): [Facet.hasValidation]
        case .has(.reaction(let reaction)): [Facet.reaction(reaction)]
        case .goal(let id): [Facet.goal(try resolve(id))]
        case .reuses(let id): [Facet.reuses(try resolve(id))]
        case .language(let language): [Facet.language(language)]
        case .validated, .unmet, .duplicate, .asksMe, .after, .before, .near: []
        }
    }

    /// A page of items that also pass a test which the index can't make.
    private func page(
        _ request: SearchRequest, countMax: Int, offset: Int, _ isWanted: (Item) -> Bool
    ) throws(BrainError) -> [Item] {
        var request = request
        var found: [Item] = []
        var skipped = 0
        request.countMax = min(max(countMax, 1), 1_000)
        while found.count < countMax {
            let batch = try items(request)
            for item in batch where isWanted(item) {
                if skipped < offset { skipped += 1 } else { found.append(item) }
            }
            guard batch.count == request.countMax else { break }
            request.offset += request.countMax
            request.countMax = min(request.countMax * 2, 1_000)
        }
        return Array(found.prefix(countMax))
    }

    func items(_ request: SearchRequest) throws(BrainError) -> [Item] {
        let names = try names()
        let found = try translating { () throws(ReplicaError) in try replica.find(request) }
        let shortIDs = shortIDs(found.map(\.0))
        return found.compactMap { id, record in
            item(id, record, names, shortID: shortIDs[id])
        }
    }

    /// All items that are not retracted, oldest first.
    public func allItems() throws(BrainError) -> [Item] {
        try items(
            SearchRequest(
                facets: [
                    [ObjectKind.share, ObjectKind.need, ObjectKind.answer].map(Facet.kind)
                ], excludedFacets: [Facet.retracted], countMax: .max)
        ).reversed()
    }

    /// The items nearest to a text, to show before it is posted once more.
    ///
    /// - Complexity: bounded, whatever the number of items.
    public func nearest(to text: String, countMax: Int = 3) throws(BrainError) -> [Item] {
        try items(
            SearchRequest(
                anyOf: Words.leading(text),
                facets: [[Facet.kind(ObjectKind.share), Facet.kind(ObjectKind.need)]],
                excludedFacets: [Facet.retracted], order: .nearest, countMax: countMax))
    }

    // MARK: - The whole

    /// Needs that a person may be able to help with, the best first; one's own for `nil`.
    public func matches(
        forPerson person: PersonID? = nil, countMax: Int = 1_000
    ) throws(BrainError) -> [Match] {
        try matches(forPerson: person, countMax: countMax) { _ in true }
    }

    func matches(
        forPerson person: PersonID? = nil, countMax: Int, where isWanted: (Facts) -> Bool
    ) throws(BrainError) -> [Match] {
        try count()
        let needs = counted.tally.openNeeds.compactMap { counted.tally.facts($0) }
            .filter(isWanted)
        counted.tally.settleOffers()
        let matcher = Matcher(counted.tally)
        var matches: [Match] = []
        for candidate in matcher.candidates(
            for: person ?? me.id, among: needs, countMax: countMax)
        {
            matches.append(matcher.match(candidate, try item(candidate.need.id)))
        }
        return matches
    }

    /// Who may be able to help with a need, with the reasons, the best first.
    ///
    /// - Complexity: O(people who know of its topics, and titles with one of its words but for the
    ///   most frequent).
    public func matches(for need: Item, countMax: Int = .max) throws(BrainError) -> [Match] {
        try count()
        // Once all titles wait: looking at them takes less time than putting them in, and who asks
        // only once has no use for it.
        if counted.tally.titles.waiting.count < Brain.waitingTitlesMax {
            counted.tally.settleTitles()
        } else {
            settleTitlesLater()
        }
        counted.tally.settleOffers()
        return Matcher(counted.tally).matches(for: need, countMax: countMax)
    }

    /// Turn by turn, so that whoever asks for something meanwhile waits for one turn at most.
    private func settleTitlesLater() {
        guard !isSettlingTitles else { return }
        isSettlingTitles = true
        Task { [weak self] in
            while await self?.settleSomeTitles() == true {}
        }
    }

    /// Gives whether more wait.
    private func settleSomeTitles() -> Bool {
        counted.tally.settleTitles(countMax: Brain.settledTitlesMax)
        isSettlingTitles = !counted.tally.titles.waiting.isEmpty
        return isSettlingTitles
    }

    private static let waitingTitlesMax = 1_000
    /// About two milliseconds.
    private static let settledTitlesMax = 4_096
}

extension ChangeSummary {
    init(_ change: WeData.Change) {
        switch change {
        case .create(let kind): self.init(verb: "create", field: "", value: kind)
        case .set(let field, let value):
            self.init(verb: "set", field: field, value: ChangeSummary.brief(value))
        case .add(let field, let element):
            self.init(verb: "add", field: field, value: ChangeSummary.brief(element))
        case .remove(let field, let element):
            self.init(verb: "remove", field: field, value: ChangeSummary.brief(element))
        case .count(let field, let delta):
            self.init(verb: "count", field: field, value: String(delta))
        case .text(let field, let hunks):
            let added = hunks.reduce(0) { $0 + $1.insert.unicodeScalars.count }
            let removed = hunks.reduce(into: 0) { sum, hunk in
                sum = sum.addingReportingOverflow(hunk.deleteCount).partialValue
            }
            self.init(verb: "text", field: field, value: "+\(added) −\(removed)")
        case .mark(let field, let key, let value):
            self.init(
                verb: "mark", field: field,
                value: value == .null
                    ? "−" + ChangeSummary.brief(key) : ChangeSummary.brief(key == "" ? value : key))
        case .erase(let events):
            self.init(verb: "erase", field: "", value: String(events.count))
        case .unknown: self.init(verb: "unknown", field: "", value: "")
        }
    }

    private static func brief(_ value: Value) -> String {
        switch value {
        case .text(let text): String(text.oneLine.prefix(80))
        case .int(let number): String(number)
        case .bool(let flag): String(flag)
        case .bytes(let bytes): String(Hex.encode(bytes).prefix(16))
        case .map(let pairs): brief(pairs.map(\.value))
        case .array(let items): brief(items)
        case .null: ""
        }
    }

    private static func brief(_ values: some Sequence<Value>) -> String {
        let parts = values.lazy.map(brief).filter { !$0.isEmpty }
        return String(parts.prefix(8).joined(separator: ", ").prefix(80))
    }
}
