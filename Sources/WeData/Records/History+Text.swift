// Text fields merge character by character (Protocol.md, "Data types").
extension History {
    /// What all events did to a text field, as a graph that merges them.
    ///
    /// Concurrent insertions at one place are ordered by (author, lamport, id) of their events.
    public func text(of field: String) -> TextHistory {
        TextHistory(
            entries.indices.map { index in
                let entry = entries[index]
                let hunks = entry.hunks(of: field)
                return TextHistory.Event(
                    parents: parents[index], agent: hunks.isEmpty ? [] : entry.agent, hunks: hunks)
            })
    }

    /// The text field after all events, without keeping how it came to be.
    func merged(_ field: String) -> String {
        isLinear
            ? TextHistory.text(of: entries.lazy.map { $0.hunks(of: field) })
            : text(of: field).text
    }
}

extension History.Entry {
    /// All that the event does to one text field.
    func hunks(of field: String) -> [TextHunk] {
        var hunks: [TextHunk] = []
        for case .text(field, let more) in changes { hunks += more }
        return hunks
    }

    /// Orders what this event inserts among insertions of others at the same place.
    fileprivate var agent: [UInt8] {
        let number = UInt64(bitPattern: Int64(lamport))
        return author.bytes + (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) }
            + id.bytes
    }
}
