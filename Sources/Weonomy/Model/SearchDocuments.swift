package import WeData
import WeKeys

/// The exact properties by which items are found; who writes them and who asks share these.
package enum Facet {
    package static let retracted = "is:retracted"
    package static let conflict = "is:conflict"
    package static let flagged = "is:flagged"
    package static let hasFile = "has:file"
    package static let hasValidation = "has:validation"
    package static let validated = "validated:yes"

    package static let heard = "is:heard"
    package static let shadow = "is:shadow"
    package static let log = "is:log"
    package static let learnt = "is:learnt"

    package static func kind(_ kind: String) -> String { "kind:" + kind }
    package static func share(_ kind: ShareKind) -> String { "is:" + kind.rawValue }
    package static func topic(_ topic: String) -> String { "topic:" + folded(topic) }
    package static func author(_ person: PersonID) -> String { "by:\(person)" }
    package static func language(_ language: String) -> String { "lang:" + folded(language) }
    package static func status(_ status: NeedStatus) -> String { "status:" + status.rawValue }
    package static func reaction(_ reaction: Reaction) -> String { "has:" + reaction.rawValue }
    package static func about(_ need: ObjectID) -> String { "about:\(need)" }
    package static func goal(_ goal: ObjectID) -> String { "goal:\(goal)" }
    package static func reuses(_ item: ObjectID) -> String { "reuses:\(item)" }
    package static let hasReuse = "has:reuse"
    /// On an item whose author waits for what this person thinks of it.
    package static func invited(_ person: PersonID) -> String { "invited:\(person)" }
    package static func month(_ instant: Instant) -> String { "month:" + instant.monthText }
    package static func year(_ instant: Instant) -> String { "year:" + instant.yearText }

    /// By which an import finds what it took in before.
    package static func source(_ source: String) -> String {
        "source:\(Digest(Blake2b.hash(Array(source.utf8))))"
    }

    /// A topic or language as it is compared: lower case, one hyphen for any white space.
    package static func folded(_ text: some StringProtocol) -> String {
        text.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: "-")
    }
}

/// What an object is found by.
package struct Described: Hashable, Sendable {
    /// The words that weigh most.
    package let title: String
    /// All other words.
    package let body: String
    /// Exact properties, sorted.
    package let facets: [String]

    /// Joins the parts.
    package init(title: String, body: String, facets: [String]) {
        self.title = title
        self.body = body
        let sorted = facets.sorted()
        self.facets = sorted.indices.filter { $0 == 0 || sorted[$0] != sorted[$0 - 1] }
            .map { sorted[$0] }
    }
}

/// Says what each object is found by.
package enum SearchDocuments {
    /// Describes an item or a profile; `nil` for an object of another kind.
    package static func describe(_ id: ObjectID, _ record: Record) -> Described? {
        if record.kind == ObjectKind.profile {
            return describe(
                Profile(record: record, person: PersonRef(id: PersonID(id.value), name: "")))
        }
        guard let item = Item(id: id, record: record, names: { _ in "" }) else { return nil }
        return describe(item)
    }

    /// Describes an item; a retracted one has no words and says only what it was and whose.
    package static func describe(_ item: Item) -> Described {
        let kind = [Facet.kind(item.kind.rawValue), Facet.author(item.author.id)]
        if item.isRetracted {
            return Described(title: "", body: "", facets: kind + [Facet.retracted])
        }
        var facets = kind + item.topics.map(Facet.topic)
        facets += [Facet.month(item.created), Facet.year(item.created)]
        if let shareKind = item.shareKind { facets.append(Facet.share(shareKind)) }
        if let language = item.language { facets.append(Facet.language(language)) }
        if let status = item.status { facets.append(Facet.status(status)) }
        if let source = item.source { facets.append(Facet.source(source)) }
        if let about = item.about { facets.append(Facet.about(about)) }
        if item.isLesson { facets.append(Facet.share(.lesson)) }
        if item.isLogEntry { facets.append(Facet.log) }
        if item.isHeard { facets.append(Facet.heard) }
        if item.isShadow { facets.append(Facet.shadow) }
        if item.isLearnt { facets.append(Facet.learnt) }
        if let goal = item.goal { facets.append(Facet.goal(goal)) }
        if let reused = item.reuses { facets += [Facet.reuses(reused), Facet.hasReuse] }
        facets += item.invitations.filter { !$0.isAnswered }.map { Facet.invited($0.person.id) }
        if item.isConflict { facets.append(Facet.conflict) }
        if !item.flags.isEmpty { facets.append(Facet.flagged) }
        if !item.files.isEmpty { facets.append(Facet.hasFile) }
        if !item.validations.isEmpty { facets.append(Facet.hasValidation) }
        if item.validations.contains(where: \.isCurrent) { facets.append(Facet.validated) }
        // What an author thinks of it says nothing of what it was to others.
        facets += item.reactions.filter { $0.value.contains { $0.id != item.author.id } }.keys
            .map(Facet.reaction)
        let words = [item.body, item.tried, item.goodEnoughWhen, item.source, item.askedFor]
            .compactMap(\.self)
        return Described(
            title: item.title,
            body: (words + item.topics + item.files.map(\.name)).joined(separator: "\n"),
            facets: facets)
    }

    /// Describes a profile.
    static func describe(_ profile: Profile) -> Described {
        var words = [profile.role, profile.contact] + profile.learning
        words += profile.offers.map(\.topic)
        words += profile.responsibilities.flatMap { [$0.what, $0.result, $0.why] }
        return Described(
            title: profile.person.name, body: words.joined(separator: "\n"),
            facets: [Facet.kind(ObjectKind.profile), Facet.author(profile.person.id)]
                + profile.offers.map { Facet.topic($0.topic) }
                + profile.languages.map(Facet.language))
    }
}
