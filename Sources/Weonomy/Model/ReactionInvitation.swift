import WeData

/// An author's question to a colleague: what they think of an item.
///
/// It passes by itself, and nothing counts who did not answer.
public struct ReactionInvitation: Sendable, Hashable {
    /// Who is asked.
    public let person: PersonRef
    /// Until when the question stands.
    public let until: Instant
    /// Whether the person has reacted, validated or changed the item.
    public let isAnswered: Bool

    /// Joins the parts.
    package init(person: PersonRef, until: Instant, isAnswered: Bool = false) {
        self.person = person
        self.until = until
        self.isAnswered = isAnswered
    }

    /// Whether it still stands.
    public func isOpen(at now: Instant) -> Bool { !isAnswered && now < until }

    /// How long a question stands.
    static let millisecondsMax: Int64 = 14 * 86_400_000
}

extension Item {
    /// Whether it is an entry in the work log of another item.
    public var isLogEntry: Bool { kind == .share && shareKind == .status && about != nil }

    /// Who invited others counts only where it is the author.
    static func invitations(
        _ record: Record, by author: PersonID, _ person: (PersonID) -> PersonRef
    ) -> [ReactionInvitation] {
        let asked = record.marks.filter { $0.field == Field.invited && $0.person == author }
        guard !asked.isEmpty else { return [] }
        let words = record.marks.filter {
            $0.field == Field.reaction || $0.field == Field.validation
        }
        let answered = Set(words.map(\.person)).union(record.changeCounts.keys)
        return asked.compactMap { mark in
            guard let invited = PersonID(element: mark.key), invited != author,
                let until = mark.value[Key.until]?.int
            else { return nil }
            return ReactionInvitation(
                person: person(invited), until: Instant(milliseconds: until),
                isAnswered: answered.contains(invited))
        }
    }
}
