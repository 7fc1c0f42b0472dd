#if os(Linux)
    import Foundation
    import Testing

    @testable import WeTransport

    /// Whether a write is told of, and only one of the files that are meant.
    @Suite("Watching files")
    struct FileWatchTests {
        @Test("a file that is made, written or put in place is told of, another is not")
        func tells() async throws {
            let folder = FileManager.default.temporaryDirectory
                .appending(path: "weonomy-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            let watched = folder.appending(path: "brain")
            let changes = try #require(FileWatch.changes(in: folder.path, of: ["brain"]))
            let others = try #require(FileWatch.changes(in: folder.path, of: ["other"]))
            var told = changes.makeAsyncIterator()

            try Data("a".utf8).write(to: watched)
            #expect(await told.next() != nil)
            let handle = try FileHandle(forWritingTo: watched)
            // Of what was told already nothing may be left.
            try handle.write(contentsOf: Data("b".utf8))
            #expect(await told.next() != nil)
            try handle.close()
            try Data("c".utf8).write(to: folder.appending(path: "other"))
            var toldOfOther = others.makeAsyncIterator()
            #expect(await toldOfOther.next() != nil)
            let fresh = folder.appending(path: "fresh")
            try Data("d".utf8).write(to: fresh)
            try FileManager.default.removeItem(at: watched)
            try FileManager.default.moveItem(at: fresh, to: watched)
            #expect(await told.next() != nil)
        }

        @Test("of many events in a row those of other files say nothing, and lost ones may be any")
        func events() {
            func event(_ mask: UInt32, _ name: String, zeros: Int) -> [UInt8] {
                let text = Array(name.utf8) + [UInt8](repeating: 0, count: zeros)
                return [1, mask, 0, UInt32(text.count)].flatMap { number in
                    (0..<4).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
                } + text
            }
            let others = event(2, "brain-search", zeros: 4) + event(0x100, "brai", zeros: 12)
            #expect(!FileWatch.isAbout(["brain"], others[...]))
            #expect(FileWatch.isAbout(["brain"], (others + event(2, "brain", zeros: 11))[...]))
            #expect(FileWatch.isAbout(["brain"], (others + event(0x4000, "", zeros: 0))[...]))
            #expect(!FileWatch.isAbout(["brain"], (others + [1, 2, 3])[...]))
            #expect(
                !FileWatch.isAbout(["brain"], [1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 9, 9, 9, 9]))
        }

        @Test("a folder that is not there is not watched")
        func absent() {
            #expect(FileWatch.changes(in: "/nowhere/at/all", of: ["brain"]) == nil)
        }
    }
#endif
