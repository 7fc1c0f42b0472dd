public import WeData
import WeLog
import WeReplica

/// Changes one's own profile.
public struct ProfileEditor: Sendable {
    let brain: Brain

    /// What is in it now.
    public func current() async throws(BrainError) -> Profile { try await brain.profile(of: nil) }

    /// Offers help with a topic; a new level takes the place of the old one.
    public func offer(_ topic: String, level: Level) async throws(BrainError) {
        let topic = try Self.checked(topic: topic)
        let old = try await current().offers.filter { Facet.folded($0.topic) == topic }
        try await brain.writeProfile(
            old.map { .remove(field: Field.offers, element: $0.value) } + [
                .add(field: Field.offers, element: Offer(topic: topic, level: level).value)
            ])
    }

    /// Takes an offer back.
    public func withdrawOffer(_ topic: String) async throws(BrainError) {
        let topic = try Self.checked(topic: topic)
        try await brain.writeProfile(
            try await current().offers.filter { Facet.folded($0.topic) == topic }
                .map { .remove(field: Field.offers, element: $0.value) })
    }

    /// Says what one wants to learn, or no longer.
    public func learn(_ topic: String, isRemoved: Bool = false) async throws(BrainError) {
        let element = Value.text(try Self.checked(topic: topic))
        try await brain.writeProfile([change(Field.learning, element, isRemoved)])
    }

    /// Says which language one reads and writes, or no longer.
    public func language(_ code: String, isRemoved: Bool = false) async throws(BrainError) {
        let element = Value.text(try Self.checked(topic: code))
        try await brain.writeProfile([change(Field.languages, element, isRemoved)])
    }

    /// Says what one does in the team.
    public func role(_ text: String) async throws(BrainError) {
        try await brain.writeProfile([.set(field: Field.role, value: .text(text.oneLine))])
    }

    /// Says how one is reached.
    public func contact(_ text: String) async throws(BrainError) {
        try await brain.writeProfile([.set(field: Field.contact, value: .text(text.oneLine))])
    }

    /// Changes what the team calls one.
    public func name(_ text: String) async throws(BrainError) {
        try await brain.writeProfile([
            .set(field: Field.name, value: .text(try Brain.checked(name: text)))
        ])
    }

    /// Says what one answers for, with the result and why it matters; the same work replaces it.
    public func responsibility(
        _ what: String, result: String = "", why: String = "", isRemoved: Bool = false
    ) async throws(BrainError) {
        let new = Responsibility(what: what.oneLine, result: result.oneLine, why: why.oneLine)
        guard !new.what.isEmpty else { throw BrainError(.invalid, "say what you answer for") }
        let old = try await current().responsibilities.filter { $0.what == new.what }
        try await brain.writeProfile(
            old.map { .remove(field: Field.responsibilities, element: $0.value) }
                + (isRemoved ? [] : [.add(field: Field.responsibilities, element: new.value)]))
    }

    /// Says that all of it is still true.
    public func confirm() async throws(BrainError) {
        try await brain.writeProfile([
            .set(field: Field.confirmed, value: .int(brain.now().milliseconds))
        ])
    }

    private func change(_ field: String, _ element: Value, _ isRemoved: Bool) -> WeData.Change {
        isRemoved
            ? .remove(field: field, element: element) : .add(field: field, element: element)
    }

    private static func checked(topic: String) throws(BrainError) -> String {
        let topic = Facet.folded(topic)
        guard !topic.isEmpty else { throw BrainError(.invalid, "a topic is needed") }
        return topic
    }
}

extension Brain {
    /// One's own profile, to change.
    public nonisolated var profile: ProfileEditor { ProfileEditor(brain: self) }

    /// A person's profile; one's own for `nil`.
    public func profile(of person: PersonID?) throws(BrainError) -> Profile {
        let id = person ?? me.id
        let open = try translating { () throws(ReplicaError) in
            try replica.count(
                SearchRequest(
                    facets: [
                        [Facet.kind(ObjectKind.need)], [Facet.author(id)],
                        [Facet.status(.open), Facet.status(.answered)],
                    ]))
        }
        return try profile(of: id, openNeedCount: open)
    }

    private func profile(of id: PersonID, openNeedCount: Int) throws(BrainError) -> Profile {
        guard let name = try names()[id] else {
            throw BrainError(.notFound, "nobody here has this id")
        }
        let record = try translating { () throws(ReplicaError) in
            try replica.record(ObjectID(id.value))
        }
        return Profile(
            record: record ?? Record([]), person: PersonRef(id: id, name: name),
            isMe: id == me.id, openNeedCount: openNeedCount)
    }

    /// Who is in the team, by name.
    public func people() throws(BrainError) -> [PersonRef] {
        let names = try names()
        return memberIDs.map { PersonRef(id: $0, name: names[$0] ?? "") }.sorted()
    }

    /// All members' profiles, by name.
    public func profiles() throws(BrainError) -> [Profile] {
        let names = try names().sorted { ($0.value, $0.key) < ($1.value, $1.key) }
        return try profiles(of: names.map(\.key))
    }

    /// The profiles of some, in order.
    public func profiles(of people: [PersonID]) throws(BrainError) -> [Profile] {
        try count()
        var open: [PersonID: Int] = [:]
        for slot in counted.tally.openNeeds {
            if let need = counted.tally.facts(slot) { open[need.author, default: 0] += 1 }
        }
        var profiles: [Profile] = []
        for id in people { profiles.append(try profile(of: id, openNeedCount: open[id] ?? 0)) }
        return profiles
    }

    /// A person by name, or the beginning of one that fits nobody else.
    public func person(named text: String) throws(BrainError) -> PersonRef {
        let wanted = text.oneLine.lowercased()
        let names = try names()
        if wanted == "me" || wanted == "ik" { return me }
        let exact = names.filter { $0.value.lowercased() == wanted }
        let found =
            exact.isEmpty
            ? names.filter { person in
                person.value.lowercased().hasPrefix(wanted)
                    || person.value.lowercased().split(separator: " ").contains { $0 == wanted }
            } : exact
        guard let first = found.first, !wanted.isEmpty else {
            throw BrainError(.notFound, "nobody here is called \(text)")
        }
        guard found.count == 1 else {
            throw BrainError(
                .ambiguous, "\(text) fits \(found.count) people",
                hint: found.values.sorted().joined(separator: ", "))
        }
        return PersonRef(id: first.key, name: first.value)
    }

    func writeProfile(_ changes: [WeData.Change]) throws(BrainError) {
        guard !changes.isEmpty else { return }
        let object = ObjectID(node.person.value)
        let record = try translating { () throws(ReplicaError) in try replica.record(object) }
        // A profile's object is named by its person, so its first change says what it is.
        let first: [WeData.Change] = record?.kind == nil ? [.create(kind: ObjectKind.profile)] : []
        _ = try write(first + changes, to: object)
    }

    /// What everyone is called: by their profile, else as they were admitted.
    ///
    /// - Complexity: O(people) after a change of theirs.
    func names() throws(BrainError) -> [PersonID: String] {
        let last = try lastPosition()
        if let cached = nameCache, cached.position == last { return cached.names }
        let names: [PersonID: String]
        if counted.isLoaded {
            try count()
            names = counted.tally.hands.names
        } else {
            let profiles = try translating { () throws(ReplicaError) in
                try replica.facts(
                    fitting: SearchRequest(
                        facets: [[Facet.kind(ObjectKind.profile)]], countMax: .max))
            }
            names = Brain.names(
                replica.currentTeam,
                profiles.compactMap { ProfileFacts(decoding: $0.facts) }
                    .map { ($0.person, $0.name) })
        }
        nameCache = (last, names)
        return names
    }

    static func names(
        _ team: Team?, _ chosen: [(person: PersonID, name: String)]
    ) -> [PersonID: String] {
        var names = (team?.persons ?? [:]).mapValues { PersonName.shown($0.name, $0.id) }
        for (person, name) in chosen where PersonName.isVisible(name) { names[person] = name }
        return names
    }

    /// Members whose names look the same: different people, told apart by their ids.
    ///
    /// - Complexity: O(members).
    public func lookAlikes() throws(BrainError) -> [[PersonRef]] {
        let names = try names()
        var groups: [String: [PersonRef]] = [:]
        for person in (replica.currentTeam?.persons ?? [:]).values where person.role > .none {
            let name = names[person.id] ?? PersonName.shown(person.name, person.id)
            groups[PersonName.skeleton(name), default: []].append(
                PersonRef(id: person.id, name: name))
        }
        return groups.filter { $0.value.count > 1 }.sorted { $0.key < $1.key }
            .map { $0.value.sorted { $0.id < $1.id } }
    }
}
