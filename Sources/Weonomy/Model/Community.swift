public import WeData

/// People who care for some topics.
///
/// Nothing is put into a community: it sees what is on its topics.
public struct Community: Sendable, Hashable, Identifiable {
    /// The object.
    public let id: ObjectID
    /// What a person types for ``id``.
    public let shortID: String
    /// What it is called, on one line; two made apart may be called the same.
    public let name: String
    /// What it is for, in Markdown.
    public let about: String
    /// What it is about, sorted.
    public let topics: [String]
    /// Who made it.
    public let maker: PersonRef
    /// Who helps others on their way in it, by name.
    public let coaches: [PersonRef]
    /// Who takes part, by name.
    public let members: [PersonRef]

    /// Topics that are looked at; a member could write any number.
    static let topicsMax = 200

    /// Whether somebody takes part.
    public func has(_ person: PersonID) -> Bool { members.contains { $0.id == person } }

    /// Whether somebody coaches in it.
    public func isCoached(by person: PersonID) -> Bool { coaches.contains { $0.id == person } }
}

extension Community {
    /// Reads a community's history; `nil` when it is none, or was taken back.
    ///
    /// - Parameters:
    ///   - names: what members of the team are called; `nil` for who is in it no more.
    ///   - governs: whether a person is founder or moderator.
    init?(
        id: ObjectID, history: History, shortID: String, names: (PersonID) -> String?,
        governs: (PersonID) -> Bool
    ) {
        let record = Record(history)
        guard record.kind == ObjectKind.community, record[Field.retracted]?.bool != true,
            let maker = record.creator, let name = record[Field.name]?.text?.oneLine, !name.isEmpty
        else { return nil }
        func people(_ ids: Set<PersonID>) -> [PersonRef] {
            ids.compactMap { id in names(id).map { PersonRef(id: id, name: $0) } }.sorted()
        }
        let members = record.marks.filter { $0.field == Field.member && $0.value == true }
        self.init(
            id: id, shortID: shortID, name: name, about: record.text(Field.body) ?? "",
            topics: Array(
                record.set(Field.topics).compactMap(\.text).sorted().prefix(Self.topicsMax)),
            maker: PersonRef(id: maker, name: names(maker) ?? ""),
            coaches: people(Self.coaches(history, maker: maker, governs: governs)),
            members: people(Set(members.map(\.person))))
    }

    /// Who coaches, of what counts: the maker, those who coached by then, and who governs the team
    /// now make someone a coach or take that back; what anyone else wrote about it is passed over.
    ///
    /// The order is that of the history, so every replica comes to the same people.
    static func coaches(
        _ history: History, maker: PersonID, governs: (PersonID) -> Bool
    ) -> Set<PersonID> {
        var coaches: Set<PersonID> = []
        for entry in history.entries where !entry.isVoid {
            let mayChange =
                entry.author == maker || coaches.contains(entry.author) || governs(entry.author)
            guard mayChange else { continue }
            for change in entry.changes {
                switch change {
                case .add(Field.coaches, let element):
                    if let person = PersonID(element: element) { coaches.insert(person) }
                case .remove(Field.coaches, let element):
                    if let person = PersonID(element: element) { coaches.remove(person) }
                default: continue
                }
            }
        }
        return coaches
    }
}

/// What a community's topics lack: where help, or writing down, is welcome.
public struct Listening: Sendable {
    /// What is listened to, sorted; empty where it is all that the team knows.
    public let topics: [String]
    /// Questions that wait for an answer, the ones that have waited longest first.
    public let needs: [Item]
    /// What was heard outside, from people who ask through a colleague, newest first.
    public let heard: [Item]
    /// Topics that somebody offers and nobody has written down.
    public let heads: [BrainFigures.Topic]

    /// Whether nothing is lacking.
    public var isQuiet: Bool { needs.isEmpty && heard.isEmpty && heads.isEmpty }
}

extension PersonID {
    /// Reads an element of a set, or the key of a mark; `nil` for any other form.
    init?(element: Value) {
        guard let id = element.bytes.flatMap({ PersonID($0) }) else { return nil }
        self = id
    }

    /// The element that stands for the person.
    var element: Value { .bytes(bytes) }
}
