import Foundation
import Testing
import WeLog
import WeReplica

@testable import Weonomy

/// A replica that was put back or copied is noticed before its first write.
@Suite("Restored and cloned replicas")
struct CopyTests {
    private struct Place {
        let folder: URL
        var path: String { folder.appending(path: "brain.sqlite").path }
        var storage: Brain.Storage { Brain.Storage(beside: path) }

        init() throws {
            folder = FileManager.default.temporaryDirectory.appending(path: "we-copy-\(UUID())")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        }

        func remove() { try? FileManager.default.removeItem(at: folder) }
    }

    private func ask(_ question: String, at storage: Brain.Storage) async throws -> Bool {
        let brain = try await Brain.open(storage)
        _ = try await brain.ask(question)
        let notice = try await brain.takeCopyNotice()
        await brain.close()
        return notice
    }

    private func logCount(at storage: Brain.Storage) async throws -> Int {
        let brain = try await Brain.open(storage)
        let logs = try brain.replica.read { index in (try? index.logs().map(\.isPrefix)) ?? [] }
        #expect(logs.allSatisfy { $0 }, "no log was forked")
        await brain.close()
        return logs.count
    }

    @Test("sessions that follow each other are no copy, and go on in the same log")
    func ordinary() async throws {
        let place = try Place()
        defer { place.remove() }
        await (try Brain.open(at: place.path, as: "Anna")).close()
        for number in 1...3 { #expect(try await !ask("Question \(number)?", at: place.storage)) }
        #expect(try await logCount(at: place.storage) == 2)
    }

    @Test("an older file that was put back goes on in a new log, and says so once")
    func restored() async throws {
        let place = try Place()
        defer { place.remove() }
        await (try Brain.open(at: place.path, as: "Anna")).close()
        #expect(try await !ask("First?", at: place.storage))
        let backup = try Data(contentsOf: URL(filePath: place.path))
        #expect(try await !ask("Second?", at: place.storage))
        // Into the same file, so that its number on the disk tells nothing.
        for suffix in ["-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: place.path + suffix)
        }
        let handle = try FileHandle(forWritingTo: URL(filePath: place.path))
        try handle.truncate(atOffset: 0)
        try handle.write(contentsOf: backup)
        try handle.close()
        #expect(try await ask("Third?", at: place.storage))
        #expect(try await !ask("Fourth?", at: place.storage))
        #expect(try await logCount(at: place.storage) == 3)
    }

    @Test("a folder that was copied whole goes on in a new log; the original in its own")
    func cloned() async throws {
        let place = try Place()
        defer { place.remove() }
        await (try Brain.open(at: place.path, as: "Anna")).close()
        #expect(try await !ask("First?", at: place.storage))
        let copy = place.folder.deletingLastPathComponent().appending(path: "we-clone-\(UUID())")
        try FileManager.default.copyItem(at: place.folder, to: copy)
        defer { try? FileManager.default.removeItem(at: copy) }
        let cloned = Brain.Storage(beside: copy.appending(path: "brain.sqlite").path)
        #expect(try await ask("In the copy?", at: cloned))
        #expect(try await !ask("In the original?", at: place.storage))
        let (left, right) = (try await Brain.open(place.storage), try await Brain.open(cloned))
        let both = try left.replica.read { (try? $0.events(after: 0, countMax: .max)) ?? [] }
        let runs = both.map { Run(key: $0.event.key, events: [$0.event]) }
        #expect(try right.replica.ingest(runs).refused.isEmpty)
        #expect(try right.replica.forks().isEmpty, "both went on, and nothing was written twice")
        #expect(try await !right.takeCopyNotice())
        await left.close()
        await right.close()
    }

    @Test("where nothing on the disk tells, a colleague does: own events that are not here")
    func toldByPeer() async throws {
        let brain = try await Brain.open(at: nil, as: "Anna")
        _ = try await brain.ask("Before?")
        let copy = try Replica(copying: brain.replica)
        _ = try await brain.ask("After?")
        let events = try brain.replica.read { (try? $0.events(after: 0, countMax: .max)) ?? [] }
        let runs = events.map { Run(key: $0.event.key, events: [$0.event]) }
        #expect(try copy.ingest(runs).storedCount == 1)
        #expect(try copy.takeCopyNotice())
        _ = try copy.append(
            [.init(object: nil, changes: [.create(kind: "need")], wall: 1)],
            author: brain.identity.author)
        #expect(try copy.forks().isEmpty)
        let logs = try copy.read { (try? $0.logs().count) ?? 0 }
        #expect(logs == 3)
    }
}
