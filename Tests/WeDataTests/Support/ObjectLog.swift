import WeData

/// Writes the events of one object in tests: lamports and walls follow from what they build on.
struct ObjectLog {
    private(set) var entries: [History.Entry] = []
    private var random: Seeded

    init(seed: UInt64 = 1) { random = Seeded(seed) }

    static let anna = PersonID(Bytes32([UInt8](repeating: 0xA1, count: 32)) ?? .zero)
    static let bram = PersonID(Bytes32([UInt8](repeating: 0xB2, count: 32)) ?? .zero)
    static let chris = PersonID(Bytes32([UInt8](repeating: 0xC3, count: 32)) ?? .zero)

    /// Adds an event after `parents`, which need not be heads.
    @discardableResult
    mutating func write(
        _ changes: Change..., by author: PersonID = anna, after parents: [EventID] = []
    ) -> EventID {
        append(changes, by: author, after: parents)
    }

    /// Adds an event that does not count and joins what is before and after it.
    @discardableResult
    mutating func void(after parents: [EventID]) -> EventID {
        let id = EventID(random.bytes32())
        entries.append(.void(id: id, parents: parents, lamport: lamport(after: parents)))
        return id
    }

    private mutating func append(
        _ changes: [Change], by author: PersonID, after parents: [EventID], ahead: Int = 0
    ) -> EventID {
        let id = EventID(random.bytes32())
        entries.append(
            History.Entry(
                id: id, parents: parents, lamport: lamport(after: parents) + ahead,
                author: author, wall: Int64(random.below(1_000)), changes: changes))
        return id
    }

    private func lamport(after parents: [EventID]) -> Int {
        let seen = entries.filter { parents.contains($0.id) }.map(\.lamport).max()
        return (seen ?? -1) + 1
    }

    var record: Record { Record(entries) }
}

// MARK: - Random histories

extension ObjectLog {
    /// How the events of a random history follow one another.
    enum Shape: CaseIterable {
        case line, branches, wild
    }

    static let object = ObjectID(Bytes32([UInt8](repeating: 7, count: 32)) ?? .zero)

    /// A history of `count` events by three persons, with void events and foreign parents in it.
    static func random(seed: UInt64, count: Int, texts: Bool = false) -> [History.Entry] {
        var log = ObjectLog(seed: seed)
        let shape = Shape.allCases[log.random.below(Shape.allCases.count)]
        for index in 0..<count {
            var parents = log.parents(in: shape)
            // Membership events are parents too, and are no part of the object.
            if log.random.below(6) == 0 { parents.append(EventID(log.random.bytes32())) }
            if index > 0, log.random.below(7) == 0 {
                log.void(after: parents)
                continue
            }
            var changes = index == 0 ? [Change.create(kind: "share")] : []
            for _ in 0..<log.random.below(4) { changes.append(log.change(texts: texts)) }
            let author = [anna, bram, chris][log.random.below(3)]
            // An author's own log may be ahead of the object.
            let ahead = log.random.below(4) == 0 ? log.random.below(3) : 0
            _ = log.append(changes, by: author, after: parents, ahead: ahead)
        }
        return log.entries
    }

    private mutating func parents(in shape: Shape) -> [EventID] {
        guard let last = entries.last else { return [] }
        switch shape {
        case .line: return [last.id]
        case .branches:
            let recent = entries.suffix(4).map(\.id)
            return Array(recent.shuffled(using: &random).prefix(1 + random.below(2)))
        case .wild:
            return Array(entries.map(\.id).shuffled(using: &random).prefix(random.below(4)))
        }
    }

    private mutating func change(texts: Bool) -> Change {
        let field = ["a", "b", "topics"][random.below(3)]
        let value: Value = [.null, "x", "y", .int(3), .bool(true)][random.below(5)]
        switch random.below(texts ? 8 : 7) {
        case 0, 1: return .set(field: field, value: value)
        case 2, 3: return .add(field: field, element: value)
        case 4: return .remove(field: field, element: value)
        case 5:
            let deltas: [Int64] = [1, -1, 40, .max, .min]
            return .count(field: field, delta: deltas[random.below(5)])
        case 6: return .mark(field: field, key: ["", "thanks"][random.below(2)], value: value)
        default:
            let at = random.below(6)
            let hunk = TextHunk(
                position: at, deleteCount: random.below(4), insert: ["", "ab", "é"][at % 3])
            return .text(field: field, hunks: [hunk])
        }
    }
}
