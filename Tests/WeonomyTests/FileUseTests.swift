import Foundation
import Testing
import WeData
import WeLog

@testable import Weonomy

/// What people do with files: use them again, add some, save them, and take them along.
@Suite("Use of files")
struct FileUseTests {
    @Test("a share that uses another again has its files, says so, and counts for its author")
    func reuse() async throws {
        let team = try await Meeting.team(["Anna", "Bram"])
        let file = try await team[0].attach(Array("data".utf8), name: "a.csv", licence: "CC0-1.0")
        let first = try await team[0].share(.file, title: "Figures", files: [file])
        #expect(try await team[0].portfolio(of: team[0].me.id).isEmpty)
        try await Meeting.meet(team[1], team[0])
        let again = try await team[1].share(.insight, title: "What they mean", reuses: first.id)
        #expect(again.reuses == first.id && again.files == [file])
        try await Meeting.meet(team[1], team[0])
        #expect(try await team[0].reuses(of: first.id).map(\.id) == [again.id])
        #expect(
            try await team[0].find("reuses:\(first.shortID)").items.map(\.id) == [again.id])
        #expect(
            try await team[0].find("hergebruikt:\(first.shortID)").items.map(\.id) == [again.id])
        #expect(try await team[0].portfolio(of: team[0].me.id).map(\.id) == [first.id])
        // One's own reuse is no praise, and what was taken back is none.
        _ = try await team[1].share(.insight, title: "Once more", reuses: again.id)
        #expect(try await team[1].portfolio(of: team[1].me.id).isEmpty)
        try await team[1].retract(again.id)
        #expect(try await team[1].reuses(of: first.id).isEmpty)
        await #expect(throws: BrainError.self) {
            _ = try await team[0].share(
                .insight, title: "Nothing", reuses: ObjectID(team[0].me.id.value))
        }
    }

    @Test("a file that is added stands beside those that are there, of all versions")
    func added() async throws {
        let team = try await Meeting.team(["Anna", "Bram"])
        let one = try await team[0].attach([1], name: "one")
        let share = try await team[0].share(.file, title: "Files", files: [one])
        try await Meeting.meet(team[1], team[0])
        // Both add one without knowing of the other.
        let two = try await team[0].attach([2], name: "two")
        let three = try await team[1].attach([3], name: "three")
        let before = try await team[0].edit(share.id, title: "More", adding: [two])
        #expect(before.files == [one, two] && before.title == "More")
        try await team[1].edit(share.id, adding: [three])
        try await Meeting.meet(team[1], team[0])
        let four = try await team[0].attach([4], name: "four")
        let after = try await team[0].edit(share.id, adding: [four, one])
        #expect(Set(after.files) == [one, two, three, four] && after.files.count == 4)
        #expect(!after.isConflict)
    }

    @Test("a saved file gets a safe name in a folder, and never takes another's place")
    func saved() async throws {
        let folder = try TemporaryFolder()
        let brain = try Brain.found(nil, as: "Anna", team: "T")
        let bytes = [UInt8](repeating: 7, count: 2_500_000)
        let made = try await brain.attach(bytes, name: "a.bin")
        let file = FileInfo(
            name: "../../\u{202E}x.bin", byteCount: made.byteCount, id: made.id)
        _ = try await brain.share(.file, title: "A", files: [file])
        let path = try await brain.save(file, to: folder.path + "/")
        #expect(path == folder.path + "/x.bin")
        #expect(FileManager.default.contents(atPath: path) == Data(bytes))
        #expect(await Meeting.failure { try await brain.save(file, to: path) }?.code == .exists)
        let link = folder.path + "/link"
        try FileManager.default.createSymbolicLink(
            atPath: link, withDestinationPath: folder.path + "/nowhere")
        #expect(await Meeting.failure { try await brain.save(file, to: link) }?.code == .exists)
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/nowhere"))
    }

    @Test("an export has the files that are here, linked from the notes; others it only names")
    func exported() async throws {
        let folder = try TemporaryFolder()
        let brain = try Brain.found(nil, as: "Anna", team: "T")
        let bytes = [UInt8](repeating: 7, count: 200_000)
        let here = try await brain.attach(bytes, name: "my [plan].md")
        let gone = try await brain.attach([1], name: "gone.bin")
        let share = try await brain.share(
            .howto, title: "Plan", body: "Text", topics: ["git"], files: [here, gone])
        try await brain.free(gone, isLast: true)
        let vault = folder.path + "/vault"
        for _ in 0..<2 {
            let report = try await brain.export(.vault, to: vault)
            #expect(report.fileCount == 4)
        }
        let note = try #require(folder.text("vault/git/Plan.md"))
        #expect(note.contains("[my -plan-.md](../files/my%20-plan-.md)"), "\(note)")
        #expect(note.contains("> - gone.bin (not on this laptop)"))
        #expect(
            FileManager.default.contents(atPath: vault + "/files/my -plan-.md") == Data(bytes))
        // Taken in again it is the same note, and a file is no note even where it is called so.
        let plan = try FolderImport.plan(folder: vault)
        #expect(plan.notes.map(\.id) == [share.id] && plan.notes.first?.body == "Text")
        // A file that somebody worked on there is not overwritten.
        try folder.write("mine", at: "vault/files/my -plan-.md")
        let error = await Meeting.failure { try await brain.export(.vault, to: vault) }
        #expect(error?.code == .file)
        #expect(folder.text("vault/files/my -plan-.md") == "mine")
        // What is no longer part of it goes.
        try FileManager.default.removeItem(atPath: vault + "/files/my -plan-.md")
        _ = try await brain.export(.vault, to: vault)
        try await brain.free(here, isLast: true)
        _ = try await brain.export(.vault, to: vault)
        #expect(!FileManager.default.fileExists(atPath: vault + "/files"))
    }

    @Test("neither an export nor a saved file goes through a link")
    func links() async throws {
        let (folder, outside) = (try TemporaryFolder(), try TemporaryFolder())
        let brain = try Brain.found(nil, as: "Anna", team: "T")
        let file = try await brain.attach(Array("new".utf8), name: "a.txt")
        _ = try await brain.share(.file, title: "A", files: [file])
        let vault = folder.path + "/vault"
        _ = try await brain.export(.vault, to: vault)
        try outside.write("keep", at: "a.txt")
        let manager = FileManager.default
        try manager.removeItem(atPath: vault + "/files")
        try manager.createSymbolicLink(
            atPath: vault + "/files", withDestinationPath: outside.path)
        #expect(await Meeting.failure { try await brain.export(.vault, to: vault) }?.code == .file)
        try manager.removeItem(atPath: vault + "/files")
        try manager.createDirectory(atPath: vault + "/files", withIntermediateDirectories: true)
        try manager.createSymbolicLink(
            atPath: vault + "/files/a.txt", withDestinationPath: outside.path + "/a.txt")
        #expect(await Meeting.failure { try await brain.export(.vault, to: vault) }?.code == .file)
        let error = await Meeting.failure { try await brain.save(file, to: vault + "/files") }
        #expect(error?.code == .exists)
        #expect(outside.text("a.txt") == "keep")
    }

    @Test("what another process chose about files is noticed")
    func chosenElsewhere() async throws {
        let folder = try TemporaryFolder()
        let storage = Brain.Storage(beside: folder.path + "/anna")
        let one = try Brain.found(storage, as: "Anna", team: "T")
        let other = try await Brain.open(storage)
        let file = try await one.attach([1], name: "a")
        try await one.noticeOthers()
        try await other.want(file.id)
        try await one.noticeOthers()
        #expect(await one.seenChoices.pinned == [file.id])
    }
}
