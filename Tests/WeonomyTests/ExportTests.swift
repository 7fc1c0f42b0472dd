import Foundation
import Testing
import WeData

@testable import Weonomy

@Suite("Vault export")
struct ExportTests {
    func share(
        _ number: Int, _ title: String, topics: [String] = ["sqlite"], body: String = "Text",
        author: PersonRef = anna, isRetracted: Bool = false
    ) -> Item {
        Item(
            id: object(number), kind: .share, shareKind: .howto, title: title, body: body,
            topics: topics, author: author,
            created: Instant(milliseconds: june.milliseconds + Int64(number)), language: "en",
            isRetracted: isRetracted, reactions: [.thanks: [bram, chris]],
            validations: [
                Validation(person: bram, note: "", until: nil, isCurrent: true, wall: june)
            ])
    }

    func text(_ file: ExportedFile?) -> String {
        String(decoding: file?.bytes ?? [], as: UTF8.self)
    }

    @Test("a share becomes a note that tools can read")
    func note() throws {
        let files = VaultExport.files(
            items: [
                share(
                    1, "WAL: over NFS?", topics: ["SQLite", "Working Out Loud", "2026"],
                    body: "See [[Other]]")
            ],
            profiles: [
                Profile(
                    person: anna, role: "Engineer", offers: [Offer(topic: "sqlite", level: .expert)]
                )
            ],
            teamName: "Team Noord")
        #expect(
            files.map(\.path) == [
                "Index.md", "People/Anna de Vries.md", "People/Bram.md",
                "sqlite/WAL- over NFS-.md",
            ])
        #expect(
            text(files.last) == """
                ---
                id: "\(object(1))"
                title: "WAL: over NFS?"
                aliases:
                  - "WAL: over NFS?"
                  - "04000000"
                tags:
                  - sqlite
                  - working-out-loud
                  - t2026
                topics:
                  - SQLite
                  - Working Out Loud
                  - "2026"
                author: "[[People/Anna de Vries|Anna de Vries]]"
                created: "2026-06-01T00:00:00.001Z"
                changed: "2026-06-01T00:00:00.001Z"
                kind: howto
                lang: en
                validated-by:
                  - "[[People/Bram|Bram]]"
                reactions:
                  - thanks 2
                ---
                See [[Other]]

                """)
        #expect(text(files[0]).contains("- [[sqlite/WAL- over NFS-|WAL: over NFS?]]"))
        #expect(text(files[1]).contains("- sqlite (expert)"))
    }

    @Test("a need holds its answers, and an import finds both again")
    func need() throws {
        let marker = ExportedBody.marker
        let need = Item(
            id: object(5), kind: .need, title: "How?", body: "Q\n\(marker)\n> [!answer] fake\n",
            author: anna, created: june, tried: "this: that")
        let answers = [
            Item(
                id: object(6), kind: .answer, title: "",
                body: "\u{301}So\n\n> quoted\n\(marker)\r\nend\n", author: bram, created: june,
                about: need.id, isLesson: true),
            Item(
                id: object(7), kind: .answer, title: "", body: "", author: chris, created: june,
                about: need.id),
        ]
        let orphan = Item(
            id: object(8), kind: .answer, title: "Lost", author: chris, created: june,
            about: object(99))
        let files = VaultExport.files(
            items: [need, orphan] + answers, profiles: [], teamName: "T")
        #expect(
            files.map(\.path).filter { $0.hasPrefix("Needs/") } == [
                "Needs/How-.md", "Needs/Lost.md",
            ])
        let plan = FolderImport.plan(
            collection: "v", files: files.map { ImportFile(path: $0.path, bytes: $0.bytes) })
        let note = try #require(plan.notes.first { $0.id == need.id })
        #expect(note.body == need.body)
        #expect(note.answers.map(\.id) == answers.map(\.id))
        #expect(note.answers.map { Array($0.body.utf8) } == answers.map { Array($0.body.utf8) })
        #expect(note.answers.map(\.isLesson) == [true, false])
        #expect(note.answers.map(\.author) == ["Bram", "Chris"])
        #expect(note.answers.first?.created == june)
        #expect(plan.skipped.map(\.reason) == Array(repeating: .generated, count: 4))
    }

    @Test("the same items give the same bytes, in any order, and retracted ones stay out")
    func deterministic() {
        let items = (0..<50).map { share($0, "Same", isRetracted: $0 % 5 == 0) }
        let files = VaultExport.files(items: items, profiles: [], teamName: "T")
        #expect(files == VaultExport.files(items: items.reversed(), profiles: [], teamName: "T"))
        #expect(files.count == 40 + 3 && files.map(\.path).contains("sqlite/Same.md"))
    }

    static let hostile = [
        "", ".", "..", "../../etc/passwd", "/etc/passwd", "C:\\x", "a\0b", "CON", "con.txt", "NUL",
        "COM¹", "lpt9.md", "x.", "x ", " x", ".hidden", "-rf", "a/b", "a|b#c^d[e]f", "\u{202E}gpj",
        "\u{200B}", "\u{200D}x", "é", "e\u{301}", "E\u{301}", "ß", "SS", "ss", "İ", "i\u{307}", "ﬁ",
        "fi", "x\ny", String(repeating: "é", count: 300), String(repeating: "é", count: 301),
        "z" + String(repeating: "\u{301}", count: 400), "Index", "index.md", "People", "~", "$HOME",
        "%00", "x?", "x*", "x:", "x<", "\u{FEFF}", "\u{10FFFF}", "👩‍👩‍👧",
    ]

    @Test("names are safe on every system, as titles, topics and people")
    func names() {
        var items: [Item] = []
        for (index, name) in Self.hostile.enumerated() {
            items.append(share(index, name, author: person(index, name)))
            items.append(share(index + 100, "t", topics: [name]))
            items.append(share(index + 200, name, topics: [name.uppercased()]))
        }
        let files = VaultExport.files(items: items, profiles: [], teamName: "../x")
        // A note each, a person each, Anna, Bram who validated, and the index.
        #expect(files.count == items.count + Self.hostile.count + 3)
        let isDistinct = Set(files.map { FileName.folded($0.path) }).count == files.count
        #expect(isDistinct)
        for file in files {
            let parts = file.path.split(separator: "/", omittingEmptySubsequences: false)
            #expect(parts.count <= 2)
            for part in parts {
                #expect(!part.isEmpty && part.utf8.count <= 200, "\(file.path.debugDescription)")
                #expect(!part.hasPrefix(".") && !part.hasSuffix(".") && !part.hasSuffix(" "))
                let bad = part.unicodeScalars.contains {
                    "[]#^|\\/:*?\"<>".unicodeScalars.contains($0) || $0.value < 32
                        || $0 == "\u{202E}"
                }
                #expect(!bad, "\(file.path.debugDescription)")
                let stem = part.prefix { $0 != "." }.lowercased()
                #expect(!["con", "nul", "com¹", "lpt9"].contains(stem), "\(part)")
            }
        }
    }

    @Test("a folder is written, written again, and cleared of what is gone")
    func write() throws {
        let folder = try TemporaryFolder()
        let first = VaultExport.files(
            items: [share(1, "A"), share(2, "B", topics: ["git"])], profiles: [], teamName: "T")
        try VaultExport.write(first, to: folder.path + "/new/vault")
        try VaultExport.write(first, to: folder.path + "/new/vault")
        #expect(folder.text("new/vault/git/B.md") != nil)
        let second = VaultExport.files(
            items: [share(1, "A", body: "New")], profiles: [], teamName: "T")
        try VaultExport.write(second, to: folder.path + "/new/vault")
        #expect(folder.text("new/vault/sqlite/A.md")?.hasSuffix("New\n") == true)
        #expect(folder.text("new/vault/git/B.md") == nil)
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/new/vault/git"))
        let plan = try FolderImport.plan(folder: folder.path + "/new/vault")
        #expect(plan.notes.map(\.id) == [object(1)])
    }

    @Test("nothing that people wrote is overwritten, and nothing outside is touched")
    func refusals() throws {
        let files = VaultExport.files(items: [share(1, "A")], profiles: [], teamName: "T")
        func fault(_ folder: TemporaryFolder, _ name: String = "") -> ExportError? {
            do throws(ExportError) {
                try VaultExport.write(files, to: folder.path + name)
                return nil
            } catch {
                return error
            }
        }
        let full = try TemporaryFolder()
        try full.write("mine", at: "mine.md")
        #expect(fault(full) == .notEmpty(full.path))
        #expect(fault(full, "/mine.md") == .notAFolder(full.path + "/mine.md"))

        let edited = try TemporaryFolder()
        #expect(fault(edited) == nil)
        try edited.write("my words", at: "sqlite/A.md")
        #expect(fault(edited) == .edited("sqlite/A.md"))
        #expect(edited.text("sqlite/A.md") == "my words")

        let outside = try TemporaryFolder()
        let linked = try TemporaryFolder()
        #expect(fault(linked) == nil)
        try FileManager.default.removeItem(atPath: linked.path + "/sqlite")
        try FileManager.default.createSymbolicLink(
            atPath: linked.path + "/sqlite", withDestinationPath: outside.path)
        #expect(fault(linked) == .link("sqlite"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: outside.path).isEmpty)

        let hostile = try TemporaryFolder()
        try outside.write("keep", at: "keep.md")
        let hash = VaultMarker.hash(Array("keep".utf8))
        let escape = "../" + URL(filePath: outside.path).lastPathComponent + "/keep.md"
        try hostile.write(
            "weonomy vault 1\n\(hash) \(escape)\n\(hash) /etc/x\njunk\n", at: ".weonomy-vault")
        #expect(fault(hostile) == nil)
        #expect(outside.text("keep.md") == "keep")
        let unsafe = [ExportedFile(path: "../x.md", text: "x")]
        #expect(throws: ExportError.unsafePath("../x.md")) {
            try VaultExport.write(unsafe, to: hostile.path)
        }
    }
}
