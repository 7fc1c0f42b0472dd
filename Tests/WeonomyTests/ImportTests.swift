import Foundation
import Testing
import WeData
import WeKeys

@testable import Weonomy

@Suite("Import")
struct ImportTests {
    func file(_ path: String, _ text: String) -> ImportFile {
        ImportFile(path: path, bytes: Array(text.utf8))
    }

    @Test("folders, history and skipped files")
    func plan() throws {
        let history = """
            date\tauthor\top\tpath\tcommit
            2020-01-02T00:00:00Z\tauthor-0002\tA\tgit/b.md\tx
            2021-01-02T00:00:00+01:00\tauthor-0003\tM\tgit/b.md\ty
            junk
            """
        let plan = FolderImport.plan(
            collection: "til",
            files: [
                file("git/b.md", "---\ntags: [Git, undo]\n---\n# B"), file("a.markdown", "# A"),
                file("README.md", "# R"), file("_history.tsv", history), file("x/LICENSE.md", "l"),
                file("ATTRIBUTION.md", "l"), file("_draft.md", "d"), file(".git/x.md", "g"),
                file("pic.png", "p"), file("empty.md", "\n"), file("z/e.html.md.erb", "# E"),
            ])
        #expect(
            plan.notes.map(\.path) == ["README.md", "a.markdown", "git/b.md", "z/e.html.md.erb"])
        let note = plan.notes[2]
        #expect(note.topics == ["git", "undo"] && note.author == "author-0002")
        #expect(note.created?.dateText == "2020-01-02" && note.changed?.dateText == "2021-01-01")
        #expect(note.source == "til/git/b.md")
        #expect(note.hash.value == Blake2b.hash(Array("---\ntags: [Git, undo]\n---\n# B".utf8)))
        #expect(
            plan.skipped.map(\.reason) == [
                .hidden, .licence, .hidden, .note(.empty), .notMarkdown, .licence,
            ])
    }

    @Test("a walk follows no link and reports what it leaves out")
    func walk() throws {
        let outside = try TemporaryFolder()
        try outside.write("# Secret", at: "secret.md")
        let folder = try TemporaryFolder()
        try folder.write("# A", at: "t/a.md")
        try folder.write(String(repeating: "x", count: 1 << 20 | 1), at: "big.md")
        let manager = FileManager.default
        try manager.createSymbolicLink(
            atPath: folder.path + "/link.md", withDestinationPath: outside.path + "/secret.md")
        try manager.createSymbolicLink(
            atPath: folder.path + "/out", withDestinationPath: outside.path)
        try manager.createSymbolicLink(
            atPath: folder.path + "/loop", withDestinationPath: folder.path)
        let plan = try FolderImport.plan(folder: folder.path + "/", collection: "c")
        #expect(plan.notes.map(\.source) == ["c/t/a.md"])
        #expect(
            plan.skipped == [
                SkippedFile(path: "big.md", reason: .note(.tooLong(byteCount: 1_048_577))),
                SkippedFile(path: "link.md", reason: .link),
                SkippedFile(path: "loop", reason: .link), SkippedFile(path: "out", reason: .link),
            ])
        #expect(throws: ImportError.self) { try FolderImport.plan(folder: folder.path + "/nope") }
    }

    @Test("every note of the real collections comes in", .enabled(if: Corpora.arePresent))
    func corpora() throws {
        var count = 0
        var authors: [String: Int] = [:]
        for name in Corpora.names {
            let plan = try FolderImport.plan(folder: Corpora.path(name))
            count += plan.notes.count
            #expect(plan.notes.allSatisfy { !$0.note.title.isEmpty })
            for skipped in plan.skipped {
                #expect([.licence, .hidden, .notMarkdown].contains(skipped.reason), "\(skipped)")
                let isNote = skipped.path.hasSuffix(".md") && skipped.path.contains("/")
                #expect(!isNote, "\(skipped)")
            }
            let language = name == "tldr-nl" ? "nl" : "en"
            let wrong = plan.notes.filter {
                $0.note.language != nil && $0.note.language != language
            }
            let told = plan.notes.count { $0.note.language == language }
            #expect(wrong.count * 50 <= plan.notes.count, "\(name): \(wrong.map(\.path).prefix(9))")
            #expect(told * 10 >= plan.notes.count * 9, "\(name): \(told) of \(plan.notes.count)")
            authors[name] = Set(plan.notes.compactMap(\.author)).count
            if name == "jbranchaud-til" {
                #expect(plan.notes.count { $0.topics.first == "elixir" } == 52)
                #expect(plan.notes.count { $0.topics.first == "unix" } == 186)
            }
            // Through the exporter and back, every text is what it was.
            let items = plan.notes.enumerated().map { index, note in
                Item(
                    id: object(index), kind: .share, title: note.note.title, body: note.body,
                    topics: note.topics, author: anna, created: note.created ?? june)
            }
            let vault = VaultExport.files(items: items, profiles: [], teamName: name)
            #expect(Set(vault.map { FileName.folded($0.path) }).count == items.count + 2)
            let back = FolderImport.plan(
                collection: "v", files: vault.map { ImportFile(path: $0.path, bytes: $0.bytes) })
            let bodies = Dictionary(back.notes.map { ($0.id, $0) }) { first, _ in first }
            #expect(bodies.count == items.count)
            for item in items {
                let note = bodies[item.id]
                let isSame =
                    note?.body.utf8.elementsEqual(item.body.utf8) == true
                    && note?.note.title == item.title && note?.topics == item.topics
                #expect(isSame, "\(name): \(item.title)")
            }
        }
        #expect(count == 3707)
        #expect(authors.values.allSatisfy { $0 > 0 }, "\(authors)")
    }
}
