import WeData

/// Protocol.md section 9 as it is written, with every causal past spelled out as a set.
///
/// It knows nothing of how `Record` works and is far too slow for anything else. Texts are left
/// out.
struct ReferenceFold {
    private let events: [History.Entry]
    private let pasts: [EventID: Set<EventID>]

    init(_ entries: [History.Entry]) {
        var known: [EventID: History.Entry] = [:]
        for entry in entries { known[entry.id] = entry }
        var pasts = known.mapValues { entry in Set(entry.parents.filter { known[$0] != nil }) }
        var isGrowing = true
        while isGrowing {
            isGrowing = false
            for (id, past) in pasts {
                let more = past.reduce(into: past) { $0.formUnion(pasts[$1] ?? []) }
                if more.count > past.count { isGrowing = true }
                pasts[id] = more
            }
        }
        self.pasts = pasts
        events = known.values.filter { !$0.isVoid }.sorted {
            ($0.lamport, $0.id) < ($1.lamport, $1.id)
        }
    }

    private func precedes(_ first: History.Entry, _ second: History.Entry) -> Bool {
        pasts[second.id]?.contains(first.id) ?? false
    }

    /// The events that none of the others follows, the greatest by (lamport, id) first.
    private func last(_ writers: [History.Entry]) -> [History.Entry] {
        writers.filter { writer in !writers.contains { precedes(writer, $0) } }.reversed()
    }

    // MARK: - Fields

    private var changes: [(event: History.Entry, change: Change)] {
        events.flatMap { event in event.changes.map { (event, $0) } }
    }

    private var kind: String {
        for (_, change) in changes { if case .create(let kind) = change { return kind } }
        return ""
    }

    private var registers: [String: Value] {
        var fields: [String: [(event: History.Entry, value: Value)]] = [:]
        for (event, change) in changes {
            if case .set(let field, let value) = change {
                fields[field, default: []].append((event, value))
            }
        }
        return fields.mapValues { writes in
            let values = last(events.filter { event in writes.contains { $0.event == event } })
                .compactMap { event in writes.last { $0.event == event }?.value }
            return .array(values)
        }
    }

    private var sets: [String: Value] {
        var adds: [String: [Value: [History.Entry]]] = [:]
        var removes: [String: [Value: [History.Entry]]] = [:]
        for (event, change) in changes {
            switch change {
            case .add(let field, let element):
                adds[field, default: [:]][element, default: []].append(event)
            case .remove(let field, let element):
                removes[field, default: [:]][element, default: []].append(event)
            default: break
            }
        }
        var sets: [String: Value] = [:]
        for (field, elements) in adds {
            let members = elements.filter { element, adds in
                adds.contains { add in
                    !(removes[field]?[element] ?? []).contains { precedes(add, $0) }
                }
            }
            guard !members.isEmpty else { continue }
            sets[field] = .array(
                members.keys.sorted { $0.encoded.lexicographicallyPrecedes($1.encoded) })
        }
        return sets
    }

    private var counters: [String: Value] {
        var sums: [String: Int64] = [:]
        for case (_, .count(let field, let delta)) in changes {
            let sum = Int128(sums[field] ?? 0) + Int128(delta)
            sums[field] = Int64(clamping: sum)
        }
        return sums.mapValues { .int($0) }
    }

    // MARK: - Marks

    private struct Slot: Hashable {
        let field: String
        let key: Value
        let person: PersonID
    }

    private var marks: Value {
        var slots: [Slot: [(event: History.Entry, value: Value)]] = [:]
        for (event, change) in changes {
            if case .mark(let field, let key, let value) = change {
                let slot = Slot(field: field, key: key, person: event.author)
                slots[slot, default: []].append((event, value))
            }
        }
        let shown = slots.compactMap { slot, writes -> (order: [UInt8], mark: Value)? in
            let competing = last(events.filter { event in writes.contains { $0.event == event } })
            guard let winner = competing.first,
                let value = writes.last(where: { $0.event == winner })?.value, value != .null
            else { return nil }
            let parts: [Value] = [.text(slot.field), slot.key, .bytes(slot.person.bytes)]
            return (
                Value.array(parts).encoded, .array(parts + [value, .bool(isCurrent(winner))])
            )
        }
        return .array(
            shown.sorted { $0.order.lexicographicallyPrecedes($1.order) }.map(\.mark))
    }

    /// Whether every write that still stands lies in what the author of the mark had seen.
    private func isCurrent(_ mark: History.Entry) -> Bool {
        func field(_ change: Change) -> String? {
            switch change {
            case .set(let field, _), .add(let field, _), .remove(let field, _): field
            default: nil
            }
        }
        return changes.allSatisfy { event, change in
            guard let written = field(change) else { return true }
            let isFollowed = changes.contains {
                field($0.change) == written && precedes(event, $0.event)
            }
            return isFollowed || event == mark || precedes(event, mark)
        }
    }

    // MARK: - The state

    /// Protocol.md section 9.1, of an object without texts.
    func encoded(object: ObjectID) -> [UInt8] {
        Value.array([
            .bytes(object.bytes), .text(kind),
            events.first.map { .bytes($0.author.bytes) } ?? .null,
            .int(events.first?.wall ?? 0), Value(map: registers), .map([]), Value(map: sets),
            Value(map: counters), marks,
        ]).encoded
    }

    /// The events that count and that no other one that counts follows.
    var heads: Set<EventID> { Set(last(events).map(\.id)) }
}
