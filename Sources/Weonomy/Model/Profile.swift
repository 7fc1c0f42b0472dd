public import WeData

/// A person by id, with the name to show.
public struct PersonRef: Hashable, Comparable, Sendable {
    /// Who it is.
    public let id: PersonID
    /// What the team calls this person.
    public let name: String

    /// Joins id and name.
    package init(id: PersonID, name: String) {
        self.id = id
        self.name = name
    }

    /// Orders by name.
    public static func < (left: PersonRef, right: PersonRef) -> Bool {
        (left.name, left.id) < (right.name, right.id)
    }
}

/// A topic that a person can help with.
public struct Offer: Hashable, Sendable {
    /// The topic.
    public let topic: String
    /// How well the person masters it.
    public let level: Level

    /// Joins topic and level.
    package init(topic: String, level: Level) {
        self.topic = topic
        self.level = level
    }
}

/// What a person answers for.
public struct Responsibility: Hashable, Sendable {
    /// The work.
    public let what: String
    /// What should come of it.
    public let result: String
    /// What it is good for.
    public let why: String

    /// Joins the parts.
    package init(what: String, result: String, why: String) {
        self.what = what
        self.result = result
        self.why = why
    }
}

/// Something that a profile in order would have.
public enum ProfileGap: String, CaseIterable, Sendable {
    /// No role.
    case role
    /// No responsibility, or one without a result or a why.
    case responsibilities
    /// No offer.
    case offers
    /// Neither an open need nor a learning goal.
    case needs
    /// No language.
    case languages
    /// No way to reach the person.
    case contact
}

/// What a person does, offers and wants to learn.
public struct Profile: Sendable, Hashable {
    /// Whose it is.
    public let person: PersonRef
    /// Whether it is one's own.
    public let isMe: Bool
    /// What the person does in the team.
    public let role: String
    /// What the person answers for.
    public let responsibilities: [Responsibility]
    /// What the person can help with, the best first.
    public let offers: [Offer]
    /// What the person wants to learn.
    public let learning: [String]
    /// The languages that the person reads and writes.
    public let languages: [String]
    /// How to reach the person.
    public let contact: String
    /// When the person last said that all this is still true.
    public let confirmed: Instant?
    /// How many open needs the person has.
    public let openNeedCount: Int

    /// Joins the parts.
    package init(
        person: PersonRef, isMe: Bool = false, role: String = "",
        responsibilities: [Responsibility] = [], offers: [Offer] = [], learning: [String] = [],
        languages: [String] = [], contact: String = "", confirmed: Instant? = nil,
        openNeedCount: Int = 0
    ) {
        self.person = person
        self.isMe = isMe
        self.role = role
        self.responsibilities = responsibilities
        self.offers = offers
        self.learning = learning
        self.languages = languages
        self.contact = contact
        self.confirmed = confirmed
        self.openNeedCount = openNeedCount
    }

    /// Reads a profile's record; an element that is not of the expected form is left out.
    ///
    /// A record without a `name` that can be seen takes the name of `person`.
    package init(
        record: Record, person: PersonRef, isMe: Bool = false, openNeedCount: Int = 0
    ) {
        let name = record[Field.name]?.text?.oneLine ?? ""
        self.init(
            person: PersonRef(id: person.id, name: PersonName.isVisible(name) ? name : person.name),
            isMe: isMe,
            role: record[Field.role]?.text ?? "",
            responsibilities: record.set(Field.responsibilities).compactMap(Responsibility.init),
            offers: Self.best(record.set(Field.offers).compactMap(Offer.init)),
            learning: record.set(Field.learning).compactMap(\.text),
            languages: record.set(Field.languages).compactMap(\.text),
            contact: record[Field.contact]?.text ?? "",
            confirmed: record[Field.confirmed]?.int.map(Instant.init(milliseconds:)),
            openNeedCount: openNeedCount)
    }

    /// What is missing, in the order in which a profile shows it.
    public var gaps: [ProfileGap] {
        ProfileGap.allCases.filter { gap in
            switch gap {
            case .role: role.trimmed.isEmpty
            case .responsibilities:
                responsibilities.isEmpty
                    || responsibilities.contains { $0.result.isEmpty || $0.why.isEmpty }
            case .offers: offers.isEmpty
            case .needs: openNeedCount == 0 && learning.isEmpty
            case .languages: languages.isEmpty
            case .contact: contact.trimmed.isEmpty
            }
        }
    }

    /// One offer per topic, at its highest level: two devices may have set different ones.
    private static func best(_ offers: [Offer]) -> [Offer] {
        var highest: [String: Offer] = [:]
        for offer in offers {
            let key = Facet.folded(offer.topic)
            if let known = highest[key], known.level >= offer.level { continue }
            highest[key] = offer
        }
        return highest.values.sorted {
            $0.level != $1.level ? $0.level > $1.level : $0.topic < $1.topic
        }
    }
}

// MARK: - Stored forms

extension Offer {
    /// Reads an element of `offers`; `nil` for any other form.
    init?(_ value: Value) {
        guard let topic = value[Key.topic]?.text, !topic.trimmed.isEmpty,
            let level = value[Key.level]?.text.flatMap(Level.init(rawValue:))
        else { return nil }
        self.init(topic: topic, level: level)
    }

    /// The element of `offers`.
    package var value: Value {
        Value(map: [Key.topic: .text(topic), Key.level: .text(level.rawValue)])
    }
}

extension Responsibility {
    /// Reads an element of `responsibilities`; `nil` for any other form.
    init?(_ value: Value) {
        guard let what = value[Key.what]?.text, !what.trimmed.isEmpty else { return nil }
        self.init(
            what: what, result: value[Key.result]?.text ?? "", why: value[Key.why]?.text ?? "")
    }

    /// The element of `responsibilities`.
    package var value: Value {
        Value(map: [Key.what: .text(what), Key.result: .text(result), Key.why: .text(why)])
    }
}
