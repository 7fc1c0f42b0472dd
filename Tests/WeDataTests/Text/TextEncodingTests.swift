import Testing
import WeData

@Suite("Text: bytes")
struct TextEncodingTests {
    @Test("a document comes back as it was", arguments: 0..<60)
    func roundTrip(seed: Int) throws {
        let edits = TextDocumentTests.history(seed)
        var document = TextDocument()
        for edit in edits { _ = document.apply(edit) }
        for caches in [true, false] {
            for replays in [true, false] {
                let bytes = document.encoded(cachesText: caches)
                var copy = try TextDocument(encoded: bytes, replays: replays)
                #expect(copy.text == document.text)
                #expect(copy.version == document.version)
                #expect(copy.edits(since: []) == document.edits(since: []))
                if caches, !replays { #expect(copy.encoded() == bytes) }
                continueEditing(&copy, document, seed)
            }
        }
    }

    /// What is loaded merges on like what was made: with late and new edits.
    private func continueEditing(_ copy: inout TextDocument, _ document: TextDocument, _ seed: Int)
    {
        var document = document
        var chance = Chance(seed)
        for _ in 0..<4 {
            let all = document.edits(since: [])
            guard !all.isEmpty else { return }
            let parent = all[chance.below(all.count)]
            let hunk = TextHunk(
                position: chance.below(6), deleteCount: chance.below(3), insert: "new")
            let edit = try? TextEdit(
                agent: agent("late"), sequence: document.nextSequence(of: agent("late")),
                parents: [parent.last], hunks: [hunk])
            guard let edit else { return }
            #expect(copy.apply(edit) == document.apply(edit))
            #expect(copy.text == document.text)
        }
    }

    @Test("an edit comes back as it was, alone and in a session", arguments: 0..<60)
    func edits(seed: Int) throws {
        var encoder = TextEditEncoder()
        var decoder = TextEditDecoder()
        for edit in TextDocumentTests.history(seed) {
            #expect(try TextEdit(decoding: edit.encoded) == edit)
            #expect(try decoder.decode(encoder.encode(edit)) == edit)
        }
    }

    @Test("a keystroke in a session takes at most ten bytes")
    func keystroke() throws {
        var document = TextDocument()
        var encoder = TextEditEncoder()
        let me = agent(String(repeating: "k", count: 104))
        document.insert(String(repeating: "line of text\n", count: 9_000), at: 0, by: me)
        for edit in document.edits(since: []) { _ = encoder.encode(edit) }
        for key in ["a", "b", "é"] {
            for edit in document.edit(
                [TextHunk(position: 99_000, deleteCount: 0, insert: key)], by: me)
            {
                #expect(encoder.encode(edit).count <= 10)
            }
        }
    }

    @Test("a cut or changed document is refused, whatever is wrong with it")
    func damage() throws {
        var document = TextDocument()
        for edit in TextDocumentTests.history(11) { _ = document.apply(edit) }
        let bytes = document.encoded()
        for count in 0..<bytes.count {
            #expect(throws: DecodingError.self) {
                try TextDocument(encoded: Array(bytes.prefix(count)))
            }
        }
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 1 << UInt8(index % 8)
            #expect(throws: DecodingError.self) { try TextDocument(encoded: changed) }
        }
    }

    @Test("no forged document traps: what decodes can be used", arguments: 0..<8)
    func forged(part: Int) throws {
        for seed in stride(from: part, to: seeds(1_600), by: 8) {
            var chance = Chance(seed)
            var document = TextDocument()
            for edit in TextDocumentTests.history(seed % 40) { _ = document.apply(edit) }
            var bytes = Array(document.encoded().dropLast(4))
            for _ in 0...chance.below(4) {
                let index = 5 + chance.below(bytes.count - 5)
                bytes[index] =
                    chance.chance(50)
                    ? bytes[index] ^ 1 << UInt8(chance.below(8))
                    : UInt8(chance.below(256))
            }
            let checksum = crc32c(bytes)
            for shift in [24, 16, 8, 0] {
                bytes.append(UInt8(truncatingIfNeeded: checksum >> UInt32(shift)))
            }
            for replays in [false, true] { try use(bytes, replays) }
        }
    }

    private func use(_ bytes: [UInt8], _ replays: Bool) throws {
        guard var copy = try? TextDocument(encoded: bytes, replays: replays, bytesMax: 1 << 16)
        else { return }
        for edit in copy.edits(since: []).suffix(3) {
            let late = try? TextEdit(
                agent: agent("late"), sequence: copy.nextSequence(of: agent("late")),
                parents: edit.parents, hunks: [TextHunk(position: 2, deleteCount: 1, insert: "é")])
            if let late { _ = copy.apply(late) }
        }
        copy.insert("x", at: 1, by: agent("me"))
        _ = copy.text(at: copy.version.suffix(1))
        #expect(copy.blame.count <= copy.eventCount)
    }

    /// By its definition, bit by bit.
    private func crc32c(_ bytes: [UInt8]) -> UInt32 {
        var value: UInt32 = .max
        for byte in bytes {
            value ^= UInt32(byte)
            for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0x82f6_3b78 : value >> 1 }
        }
        return ~value
    }

    @Test("no damaged message traps", arguments: 0..<4)
    func messages(part: Int) {
        for seed in stride(from: part, to: seeds(400), by: 4) {
            var chance = Chance(seed)
            for edit in TextDocumentTests.history(seed % 40) {
                var bytes = edit.encoded
                for count in 0..<bytes.count {
                    #expect((try? TextEdit(decoding: Array(bytes.prefix(count)))) != edit)
                }
                bytes[chance.below(bytes.count)] ^= 1 << UInt8(chance.below(8))
                if let other = try? TextEdit(decoding: bytes) {
                    #expect((try? TextEdit(decoding: other.encoded)) == other)
                    var document = TextDocument()
                    _ = document.apply(other)
                }
            }
        }
    }

    @Test("large texts of every kind are packed and come back", arguments: 0..<6)
    func packed(kind: Int) throws {
        var chance = Chance(kind)
        var text = ""
        switch kind {
        case 0: text = String(repeating: "a", count: 200_000)
        case 1: text = String(repeating: "the same words again and again, ", count: 5_000)
        case 2:
            for _ in 0..<40_000 {
                text.append(Character(Unicode.Scalar(UInt8(32 + chance.below(95)))))
            }
        case 3: for _ in 0..<20_000 { text.append("€é😀a"[["€é😀a".startIndex][0]]) }
        case 4: for index in 0..<9_000 { text += "\(index) \(chance.below(1_000))\n" }
        default: text = "short"
        }
        var document = TextDocument()
        document.insert(text, at: 0, by: agent("a"))
        let bytes = document.encoded(cachesText: false)
        #expect(try TextDocument(encoded: bytes).text == text)
        if kind < 2 { #expect(bytes.count < 2_000) }
    }
}
