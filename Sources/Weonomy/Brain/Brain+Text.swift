public import WeData
import WeLog
import WeReplica

/// A stretch of a text that one change wrote.
public struct Authorship: Sendable, Hashable {
    /// What was written, as far as it is still there.
    public let text: String
    /// Who wrote it.
    public let author: PersonRef
    /// When, by that person's clock.
    public let wall: Instant
    /// The event that wrote it.
    public let event: EventID

    /// Joins the parts.
    public init(text: String, author: PersonRef, wall: Instant, event: EventID) {
        self.text = text
        self.author = author
        self.wall = wall
        self.event = event
    }
}

extension Brain {
    /// Who wrote what of an item's text, from start to end.
    ///
    /// - Complexity: O(history of the item).
    public func blame(_ id: ObjectID) throws(BrainError) -> [Authorship] {
        try authorship(of: Field.body, in: id)
    }

    /// Who wrote what of a text field of any object.
    func authorship(
        of field: String, in object: ObjectID
    ) throws(BrainError) -> [Authorship] {
        let names = try names()
        let history = History(
            try translating { () throws(ReplicaError) in try replica.entries(of: object) })
        let text = history.text(of: field)
        var rest = text.text.unicodeScalars[...]
        return text.blame.map { run in
            let end = rest.index(rest.startIndex, offsetBy: run.scalars.count)
            defer { rest = rest[end...] }
            let entry = history.entries[run.event]
            return Authorship(
                text: String(rest[..<end]),
                author: PersonRef(id: entry.author, name: names[entry.author] ?? ""),
                wall: Instant(milliseconds: entry.wall), event: entry.id)
        }
    }
}
