import FuzzDriver
import WeData

/// The text engine: whatever edits say, whoever has the same ones has the same text.
enum TextTargets {
    private static let editsMax = 40
    /// Enough for every path, and little enough that an input can't take all memory.
    private static let bytesMax = 1 << 20

    static func edits(_ bytes: [UInt8]) -> Int {
        var input = Input(bytes)
        let seed = input.byte()
        var edits: [TextEdit] = []
        var decoder = TextEditDecoder()
        var encoder = TextEditEncoder()
        while !input.isAtEnd, edits.count < editsMax {
            if input.bool() {
                guard let edit = try? decoder.decode(input.chunk()) else { continue }
                expect(
                    (try? TextEdit(decoding: edit.encoded)) == edit, "an edit is read as written")
                edits.append(edit)
            } else if let edit = edit(&input, after: edits) {
                edits.append(edit)
            }
        }
        let agents = Set(edits.map(\.agent))
        var session = TextEditDecoder()
        for edit in edits {
            expect(
                (try? session.decode(encoder.encode(edit))) == edit, "a session is read as written")
        }
        var first = TextDocument()
        var text = ""
        for edit in edits {
            if case .applied(let hunks) = first.apply(edit) {
                text = TextHunk.apply(hunks, to: text)
            }
        }
        expect(text == first.text, "the hunks make the text")
        // Edits of one agent that overlap contradict one another: only then is order something.
        guard areConsistent(edits) else { return first.scalarCount + agents.count }
        var second = TextDocument()
        var order = Array(edits.indices)
        var random = Seeded(UInt64(seed))
        order.shuffle(using: &random)
        _ = second.apply(contentsOf: order.map { edits[$0] })
        var third = TextDocument()
        _ = third.apply(contentsOf: edits)
        expect(second.text == third.text && second.version == third.version, "order is nothing")
        check(second)
        return second.scalarCount + agents.count
    }

    /// What a document says of itself holds together.
    private static func check(_ document: TextDocument) {
        let bytes = document.encoded()
        let again = try? TextDocument(encoded: bytes, replays: true)
        expect(again?.text == document.text, "a document is read as it was written")
        expect(again?.version == document.version, "with its version")
        expect(document.text(at: document.version) == document.text, "now is a version")
        var copy = TextDocument()
        _ = copy.apply(contentsOf: document.edits(since: []))
        expect(copy.text == document.text, "all edits make the document")
        let blamed = document.blame.reduce(0) { $0 + $1.scalars.count }
        expect(blamed == document.scalarCount, "blame covers the text")
    }

    private static func areConsistent(_ edits: [TextEdit]) -> Bool {
        var names: [TextAgent: [(Range<Int>, TextEdit)]] = [:]
        for edit in edits {
            let own = edit.sequence..<(edit.sequence + edit.count)
            if names[edit.agent, default: []].contains(where: { $0.0.overlaps(own) && $0.1 != edit }
            ) {
                return false
            }
            names[edit.agent, default: []].append((own, edit))
        }
        return true
    }

    private static func edit(_ input: inout Input, after edits: [TextEdit]) -> TextEdit? {
        let agent = TextAgent(named: ["a", "b", "c"][input.below(3)])
        var parents: [TextID] = []
        for _ in 0..<input.below(3) {
            guard let edit = input.pick(edits) else { break }
            parents.append(
                TextID(agent: edit.agent, sequence: edit.sequence + input.below(edit.count)))
        }
        let next = edits.filter { $0.agent == agent }.map { $0.sequence + $0.count }.max() ?? 0
        let hunks = (0..<(1 + input.below(2))).map { _ in
            TextHunk(
                position: input.below(20), deleteCount: input.below(6),
                insert: ["", "x", "yz", "é𝄞"][input.below(4)])
        }
        return try? TextEdit(agent: agent, sequence: next, parents: parents, hunks: hunks)
    }

    static func document(_ bytes: [UInt8]) -> Int {
        // A checksum keeps a fuzzer out and not an attacker.
        let sealed = TextDocument.sealed(bytes)
        guard let document = try? TextDocument(encoded: sealed, replays: true, bytesMax: bytesMax)
        else {
            return 0
        }
        _ = try? TextDocument(encoded: sealed, bytesMax: bytesMax)
        check(document)
        return document.scalarCount + document.eventCount
    }
}

extension TextDocument {
    /// Bytes with the checksum that belongs behind them in the place of the last four.
    static func sealed(_ bytes: [UInt8]) -> [UInt8] {
        let content = bytes.dropLast(4)
        // CRC-32C (Castagnoli), bit by bit.
        var crc: UInt32 = .max
        for byte in content {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0x82F6_3B78 : crc >> 1 }
        }
        crc = ~crc
        return content + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: crc >> $0) }
    }
}
