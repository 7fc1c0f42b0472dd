import WeData

/// The text examples of Protocol.md, folded as events of one object.
enum TextExamples {
    private static func entry(
        _ id: UInt8, _ person: Character, lamport: Int, after parents: [UInt8],
        _ hunks: [TextHunk]
    ) -> History.Entry {
        let changes: [Change] = hunks.isEmpty ? [] : [.text(field: "body", hunks: hunks)]
        return History.Entry(
            id: name(id), parents: parents.map(name), lamport: lamport,
            author: PersonID(bytes(person.asciiValue ?? 0)), wall: 0,
            changes: changes)
    }

    private static func bytes(_ byte: UInt8) -> Bytes32 {
        Bytes32([UInt8](repeating: byte, count: 32)) ?? .zero
    }

    private static func name(_ id: UInt8) -> EventID { EventID(bytes(id)) }

    private static func hunk(_ at: Int, _ delete: Int, _ insert: String) -> [TextHunk] {
        [TextHunk(position: at, deleteCount: delete, insert: insert)]
    }

    static let order = [
        entry(0, "a", lamport: 0, after: [], []),
        entry(1, "a", lamport: 1, after: [0], hunk(0, 0, "A")),
        entry(2, "b", lamport: 1, after: [0], hunk(0, 0, "B")),
        entry(3, "c", lamport: 2, after: [1, 2], hunk(1, 0, "C")),
        entry(4, "d", lamport: 2, after: [1], hunk(1, 0, "D")),
    ]

    static let threeWays = [
        entry(1, "a", lamport: 1, after: [], hunk(0, 0, "The cat sat.")),
        entry(2, "b", lamport: 2, after: [1], hunk(4, 3, "dog")),
        entry(3, "c", lamport: 2, after: [1], hunk(4, 8, "dog ran.")),
        entry(4, "d", lamport: 2, after: [1], hunk(11, 0, " down")),
    ]

    /// The texts in UTF-8, by the examples' names.
    static var all: [String: String] {
        [
            "text-order": Record(order), "text-three-ways": Record(threeWays),
        ].mapValues { Hex.encode(Array(($0.text("body") ?? "").utf8)) }
    }
}
