import Foundation
import Testing
import WeData
import WeKeys
import WeLog

@testable import WeReplica

/// What is remembered between questions must not outlive what it was made of.
@Suite("What is remembered")
struct RememberedTests {
    private func titles(_ replica: Replica) throws -> Set<String> {
        let found = try replica.find(SearchRequest(facets: [["kind:share"]]))
        return Set(found.compactMap { $0.1["title"]?.text })
    }

    /// Asks twice, so that the second answer comes of what is remembered.
    private func expect(
        _ replica: Replica, shows titles: Set<String>, _ location: SourceLocation = #_sourceLocation
    ) throws {
        for _ in 0..<2 {
            #expect(try self.titles(replica) == titles, sourceLocation: location)
        }
    }

    @Test("writes, exclusions and erasures of another process are seen", arguments: [true, false])
    func others(isInFile: Bool) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "we-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = isInFile ? folder.appending(path: "brain.sqlite").path : nil
        let anna = try Laptop("Anna", path: path)
        let bram = try Laptop("Bram")
        try anna.found("Noord")
        try anna.admit(bram)
        let other =
            try path.map { try Replica(path: $0, create: false, describe: Laptop.describe) }
            ?? anna.replica
        try expect(other, shows: [])
        _ = try anna.share("one", "text")
        try expect(other, shows: ["one"])
        _ = try bram.share("two", "text")
        try anna.take(from: bram)
        try expect(other, shows: ["one", "two"])
        let before = try other.refresh(since: 0)
        let head = try #require(bram.allEvents().last { $0.key.logClass == .content })
        _ = try bram.share("three", "text")
        try anna.take(from: bram)
        try expect(other, shows: ["one", "two", "three"])
        // Put out from before the third.
        _ = try anna.replica.append(
            .reduce(
                person: bram.person, to: .none,
                cut: [.init(device: head.key.device, log: head.key.log, heads: [head.id])],
                reason: "spam", isSevere: true, address: nil), author: anna.author, wall: anna.wall)
        _ = try other.refresh(since: before)
        try expect(other, shows: ["one", "two"])
        let own = try #require(
            anna.allEvents().first {
                $0.key.device == anna.device.signing && $0.body != nil
                    && $0.key.logClass == .content
            })
        try anna.change(ObjectID(own.id.value), .erase(events: [own.id]))
        try expect(other, shows: ["two"])
        #expect(try other.record(ObjectID(own.id.value))?["title"] == nil)
    }

    @Test("a replica that was emptied is like a new one")
    func emptied() throws {
        let (anna, ben) = (try Laptop("Anna"), try Laptop("Ben"))
        try anna.found("Noord")
        try anna.admit(ben)
        _ = try anna.share("one", "text")
        let old = try Replica(copying: anna.replica)
        _ = try titles(old)
        let empty = try Replica(emptying: old)
        let new = try Replica(path: nil, create: true, describe: Laptop.describe)
        #expect(empty.teamID == nil && empty.currentTeam == nil)
        #expect(try empty.digest() == new.digest())
        #expect(try empty.check().eventCount == 0)
        let events = try anna.allEvents()
        for replica in [empty, new] {
            try replica.adopt(team: try #require(anna.replica.teamID))
            for event in events {
                #expect(try replica.ingest([Run(key: event.key, events: [event])]).storedCount == 1)
            }
            #expect(try replica.digest() == anna.replica.digest())
            #expect(try titles(replica) == ["one"])
            #expect(try replica.check().isSound)
        }
    }
}
