// Text fields merge character by character (Protocol.md, "Data types").
extension History {
    /// What all events did to a text field, as a graph that merges them.
    ///
    /// Concurrent insertions at one place are ordered by (author, lamport, id) of their events.
    public func text(of field: String) -> TextHistory {
        text(
            entries.indices.compactMap { index in
                let hunks = entries[index].hunks(of: field)
                return hunks.isEmpty ? nil : TextWrite(entry: index, hunks: hunks)
            })
    }

    private func text(_ writes: [TextWrite]) -> TextHistory {
        var events = parents.map { TextHistory.Event(parents: $0, agent: [], hunks: []) }
        for write in writes {
            events[write.entry] = TextHistory.Event(
                parents: parents[write.entry], agent: entries[write.entry].agent,
                hunks: write.hunks)
        }
        return TextHistory(events)
    }

    /// The text after all writes to one field, without keeping how it came to be.
    func merged(_ writes: [TextWrite]) -> String {
        isLinear ? TextHistory.text(of: writes.lazy.map(\.hunks)) : text(writes).text
    }
}

/// All that one event does to one text field.
struct TextWrite {
    /// The event's place in its history.
    let entry: Int
    /// Its hunks, one after another.
    var hunks: [TextHunk]
}

extension History.Entry {
    /// All that the event does to one text field.
    fileprivate func hunks(of field: String) -> [TextHunk] {
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
