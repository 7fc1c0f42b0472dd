import Testing
import WeData

@testable import Weonomy

private func note(_ text: String, path: String = "a/some-note.md") throws -> Note {
    try Note(path: path, bytes: Array(text.utf8))
}

@Suite("Notes")
struct NoteTests {
    @Test("a title comes from the properties, else the first heading, else the file's name")
    func titles() throws {
        #expect(try note("---\ntitle: \"A: b\"\n---\n# No\n").title == "A: b")
        #expect(try note("---\ntitel: 'It''s'\n---\n").title == "It's")
        #expect(try note("```\n# code\n```\n## Yes ##\n# No").title == "Yes")
        #expect(try note("# C#\n").title == "C#")
        #expect(try note("Set\r\n===\r\ntext").title == "Set")
        #expect(try note("#hash\n#\n# \ntext").title == "some note")
        #expect(try note("text", path: "x/a_b.html.md.erb").title == "a b")
        #expect(try note("text", path: ".md").title == ".md")
        #expect(try note("text", path: "").title == "?")
        #expect(try note("# " + String(repeating: "é", count: 9999)).title.count == 200)
    }

    @Test("properties are read under English and Dutch names")
    func properties() throws {
        let note = try note(
            """
            ---
            Soort: ervaring
            tags: [sqlite, "#Wal", sqlite]
            onderwerp: databases
            taal: NL
            datum: 2026-06-01
            auteur: "[[People/Anna|Anna de Vries]]"
            ---
            Tekst
            """)
        #expect(note.kind == .experience)
        #expect(note.tags == ["databases", "sqlite", "Wal"])
        #expect(note.language == "nl" && note.date == june && note.author == "Anna de Vries")
        #expect(note.body == "Tekst")
    }

    @Test("a property that is set stays itself, whatever stands below it")
    func setAboveItems() throws {
        let text = "---\ntitle: [open\n# why\n- b\nother: c\n---\nx"
        var properties = try #require(try note(text).frontMatter)
        properties.set("title", ["a: b", "c"])
        let after = try #require(try note(properties.text + "x").frontMatter)
        #expect(after["title"] == .list(["a: b", "c"]) && after["other"] == .scalar("c"))
        #expect(properties.text.contains("\n# why\n- b\n"))
    }

    @Test("properties are read as they were written, also where lines end in several CR")
    func carriageReturns() throws {
        let first = try #require(try note("---\ntitle: [\r\r\r\nother: c\r\r\n---\nx").frontMatter)
        let again = try #require(try note(first.text + "x").frontMatter)
        #expect(again == first && first["other"] == .scalar("c"))
    }

    @Test("the language is told by small words, outside code")
    func language() throws {
        #expect(try note("Dit is een tekst over het weer, en ook over de zee.").language == "nl")
        #expect(try note("This is a text about the weather and also the sea.").language == "en")
        #expect(try note("sqlite3 foo.db").language == nil)
        #expect(
            try note("Zo kun je het doen:\n```\nthe and this your with for\n```").language == "nl")
    }

    @Test("what is not UTF-8 is named with the byte where it starts")
    func notUTF8() {
        func fault(_ bytes: [UInt8]) -> NoteError? {
            do throws(NoteError) {
                _ = try Note(path: "a.md", bytes: bytes)
                return nil
            } catch {
                return error
            }
        }
        #expect(fault([0x61, 0xFF]) == .notUTF8(byteOffset: 1))
        #expect(fault([0xEF, 0xBB, 0xBF, 0x61, 0xC0, 0x80]) == .notUTF8(byteOffset: 4))
        #expect(fault([0x61, 0xE2, 0x82]) == .notUTF8(byteOffset: 1))
        #expect(fault([0xED, 0xA0, 0x80]) == .notUTF8(byteOffset: 0))
        #expect(fault([0xF4, 0x90, 0x80, 0x80]) == .notUTF8(byteOffset: 0))
        #expect(fault([]) == .empty && fault([0xEF, 0xBB, 0xBF, 0x0A]) == .empty)
        #expect(fault(Array(repeating: 97, count: 1 << 20)) == nil)
        #expect(fault(Array(repeating: 97, count: 1 << 20 | 1)) == .tooLong(byteCount: 1_048_577))
        #expect(fault([0xEF, 0xBB, 0xBF] + Array("---\r\ntitle: x\r\n---\r\ny\r\n".utf8)) == nil)
    }

    @Test("CR LF is understood in the properties, and the body keeps it")
    func lineEnds() throws {
        let note = try note("\u{FEFF}---\r\ntitle: X\r\n---\r\nline\r\nline\r\n")
        #expect(note.title == "X")
        #expect(Array(note.body.utf8) == Array("line\r\nline\r\n".utf8))
    }

    @Test("UTF-8 is judged as the standard library does", arguments: 0..<20 as Range<UInt64>)
    func utf8(_ seed: UInt64) {
        var random = Seeded(state: seed)
        let pool: [UInt8] = [
            0x61, 0x80, 0x9F, 0xA0, 0xBF, 0xC2, 0xE0, 0xE2, 0xED, 0xF0, 0xF4, 0xFF, 0x90,
        ]
        for _ in 0..<2000 {
            let count = Int.random(in: 0...6, using: &random)
            let bytes = (0..<count).map { _ in pool.randomElement(using: &random) ?? 0 }
            let isValid = String(validating: bytes, as: UTF8.self) != nil
            #expect((UTF8Check.firstInvalid(in: bytes[...]) == nil) == isValid, "\(bytes)")
        }
    }

    @Test("any bytes are a note or an error", arguments: 0..<40 as Range<UInt64>)
    func total(_ seed: UInt64) throws {
        var random = Seeded(state: seed)
        let pieces = [
            "---", "\n", "\r\n", "\r", "title:", " ", "\"", "'", "[", "]", ",", "- ", "#", "```",
            ":",
            "\\", "\\u", "\\x4", "é", "e\u{301}", "\u{301}", "{", "|", "tags", "\t", "===", "...",
            "👩‍👩‍👧", "\0", "id: ", "<!-- weonomy: answers, added by the export -->\n", "> [!answer] ",
        ]
        for _ in 0..<150 {
            let text = "---\n" + random.text(pieces, count: Int.random(in: 0...40, using: &random))
            guard let note = try? note(text) else { continue }
            #expect(!note.title.isEmpty)
            // Taken apart and put together again, nothing is lost.
            if let frontMatter = note.frontMatter, !text.utf8.contains(13), !text.contains("...") {
                let joined = frontMatter.text + note.body
                let isSame = joined == text || joined == text + "\n" || text.contains("--- ")
                #expect(isSame, "\(text.debugDescription)")
            }
            _ = ExportedBody(reading: text)
        }
    }
}

@Suite("Front matter")
struct FrontMatterTests {
    func read(_ text: String) throws -> FrontMatter {
        try #require(try note("---\n\(text)\n---\nx").frontMatter)
    }

    @Test(
        "scalars and lists",
        arguments: [
            ("a: plain text", FrontMatter.Content.scalar("plain text")),
            ("a: plain # comment", .scalar("plain")), ("a: C#", .scalar("C#")),
            ("a: http://x.y/z", .scalar("http://x.y/z")), ("a:", .scalar("")),
            ("a: null", .scalar("")),
            ("a: \"q \\\" \\u00e9 \\n\"", .scalar("q \" é \n")),
            ("a: 'it''s' # c", .scalar("it's")),
            ("a: [x, \"y, z\", 'w']", .list(["x", "y, z", "w"])), ("a: []", .list([])),
            ("a: [x, y,]", .list(["x", "y"])), ("a:\n  - x\n  - \"y: z\"", .list(["x", "y: z"])),
            ("a:\n- x\n- y", .list(["x", "y"])), ("\"a\": b", .scalar("b")),
            ("a: b: c", .unknown), ("a: {b: c}", .unknown), ("a: |\n  text\n  more", .unknown),
            ("a: &x y", .unknown), ("a: [x, [y]]", .unknown), ("a: \"open", .unknown),
            ("a:\n  b: c", .unknown), ("a: \"x\" y", .unknown), ("a: \"\\q\"", .unknown),
            ("a: [x", .unknown), ("a: plain\n  goes on", .unknown),
        ])
    func values(_ text: String, _ content: FrontMatter.Content) throws {
        let frontMatter = try read(text)
        #expect(frontMatter["a"] == content)
        #expect(frontMatter.text == "---\n\(text)\n---\n")
    }

    @Test("unknown structures, comments and blank lines survive a change of another key")
    func roundTrip() throws {
        let kept = "# top\nx: {y: [1, 2]}\n\ntext: |\n  a\n\n  b\n# end"
        var frontMatter = try read("title: Old\n" + kept)
        frontMatter.set("title", "New: better")
        frontMatter.set("tags", ["a", "b c"])
        #expect(
            frontMatter.text
                == "---\ntitle: \"New: better\"\n\(kept)\ntags:\n  - a\n  - b c\n---\n")
        #expect(frontMatter.keys == ["title", "x", "text", "tags"])
    }

    @Test("a rule at the top of a text is no front matter")
    func rule() throws {
        for text in [
            "---\nJust text.\n---\nMore", "---\ntitle: x\nnever closed", "----\na: b\n---\n",
        ] {
            let note = try note(text)
            #expect(note.frontMatter == nil && note.body == text)
        }
    }

    @Test(
        "what is written is read back as the same",
        arguments: [
            "", " ", "a", "yes", "NO", "null", "~", "1", "1.5e3", "2026-06-01", "- a", "#tag",
            "a #b",
            "a: b", "a:", ":a", "[[Link|to]]", "{x}", "\"q\"", "it's", "\\", "é", "e\u{301}", "日本",
            "line\nline", "\t", "\u{0}", "\u{202E}", "\u{FEFF}x", "👩‍👩‍👧", "@x", "`x`", "%x", "!x",
            "&x",
            "*x", "|", ">", "? x", "---", "...", "\u{85}", "\u{2028}", "x ", " x", "\u{E000}",
            "\u{10FFFF}",
        ])
    func written(_ text: String) throws {
        var frontMatter = FrontMatter()
        frontMatter.set("key", to: .scalar(text))
        frontMatter.set("list", to: .list([text, text]))
        let read = try #require(try note(frontMatter.text + "x").frontMatter)
        #expect(read["key"] == .scalar(text))
        #expect(read["list"] == .list([text, text]))
    }
}
