import Foundation
import Testing
import WeData
import WeKeys
import WeLog
import WeReplica

@Suite("Replica")
struct ReplicaTests {
    @Test("a replica knows its team before the genesis has come, and a copy goes on like it")
    func teamBeforeGenesis() throws {
        let (anna, ben) = (try Laptop("Anna"), try Laptop("Ben"))
        try anna.found("Lab")
        let team = try #require(anna.replica.currentTeam?.id)
        #expect(ben.replica.teamID == nil)
        try ben.replica.adopt(team: team)
        #expect(ben.replica.currentTeam == nil)
        #expect(ben.replica.teamID == team)
        let copy = try Replica(copying: anna.replica)
        #expect(copy.teamID == team)
        #expect(try copy.digest() == anna.replica.digest())
        _ = try anna.share("one", "text")
        #expect(try copy.digest() != anna.replica.digest())
    }

    @Test("two replicas with the same events show the same brain")
    func converge() throws {
        let anna = try Laptop("Anna")
        let bram = try Laptop("Bram")
        try anna.found("Noord")
        try anna.admit(bram)
        let share = try anna.share("WAL over NFS", "Does not work.", topics: ["sqlite"])
        _ = try bram.share("Backups", "VACUUM INTO", topics: ["sqlite"])
        try bram.take(from: anna)
        try bram.change(share, .set(field: "title", value: "WAL over NFS fails"))
        try anna.change(share, .set(field: "title", value: "No WAL over NFS"))
        #expect(try anna.replica.digest() != bram.replica.digest())
        try anna.take(from: bram)
        try bram.take(from: anna)
        #expect(try anna.replica.digest() == bram.replica.digest())
        let record = try #require(try anna.replica.record(share))
        #expect(record.registers["title"]?.count == 2)
        #expect(record.conflicts == ["title"])
        #expect(anna.replica.currentTeam?.persons.count == 2)
    }

    @Test("a later write over both versions settles a conflict everywhere")
    func settle() throws {
        let anna = try Laptop("Anna")
        let bram = try Laptop("Bram")
        try anna.found("Noord")
        try anna.admit(bram)
        let share = try anna.share("One", "Body")
        try bram.take(from: anna)
        try bram.change(share, .set(field: "title", value: "Two"))
        try anna.change(share, .set(field: "title", value: "Three"))
        try anna.take(from: bram)
        try anna.change(share, .set(field: "title", value: "Four"))
        try bram.take(from: anna)
        #expect(try bram.replica.record(share)?.conflicts == [])
        #expect(try bram.replica.record(share)?["title"] == "Four")
    }

    @Test("what is found, and what is not after an edit")
    func search() throws {
        let anna = try Laptop("Anna")
        try anna.found("Noord")
        let share = try anna.share("Één gemaal", "De pomp slaat af", topics: ["gemaal"])
        _ = try anna.share("Other", "nothing here")
        func find(_ word: String) throws -> [ObjectID] {
            try anna.replica.find(SearchRequest(terms: [.init(word)])).map(\.0)
        }
        #expect(try find("een gemaal") == [share])
        #expect(try find("pomp") == [share])
        #expect(try find("pom") == [])
        #expect(
            try anna.replica.find(SearchRequest(terms: [.init("pom", isPrefix: true)])).count == 1)
        #expect(
            try anna.replica.find(SearchRequest(facets: [["topic:gemaal"]])).map(\.0) == [share])
        #expect(try anna.replica.find(SearchRequest()).count == 2)
        #expect(try anna.replica.find(SearchRequest(excludedFacets: ["topic:gemaal"])).count == 1)
        try anna.change(
            share,
            .text(
                field: "body", hunks: TextHunk.replacing("De pomp slaat af", with: "De klep klemt"))
        )
        #expect(try find("pomp") == [])
        #expect(try find("klep") == [share])
        for hostile in ["\"", "NEAR(", "a AND", "*", "(", "title:", "'; DROP TABLE search"] {
            _ = try find(hostile)
        }
    }

    @Test("rebuilding the views changes nothing that is seen")
    func rebuild() throws {
        let anna = try Laptop("Anna")
        let bram = try Laptop("Bram")
        try anna.found("Noord")
        try anna.admit(bram)
        for index in 0..<300 { _ = try anna.share("Note \(index)", "Body \(index)") }
        try bram.take(from: anna, batch: 100)
        let before = try bram.replica.digest()
        let logs = try bram.replica.read { try? $0.logs() }
        try bram.replica.rebuild()
        #expect(try bram.replica.digest() == before)
        #expect(try bram.replica.read { try? $0.logs() } == logs)
        #expect(try bram.replica.check().isSound)
        #expect(try bram.replica.check().eventCount == 303)
    }

    @Test("events in any order and any batches give one state", arguments: 0..<6)
    func order(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        let anna = try Laptop("Anna")
        let bram = try Laptop("Bram")
        let chris = try Laptop("Chris")
        try anna.found("Noord")
        try anna.admit(bram)
        var shares: [ObjectID] = []
        for index in 0..<40 {
            let who = generator.next() % 2 == 0 ? anna : bram
            if shares.isEmpty || generator.next() % 3 == 0 {
                shares.append(try who.share("Note \(index)", "Text \(index)"))
            } else {
                let object = shares[Int(generator.next() % UInt64(shares.count))]
                guard try who.replica.record(object) != nil else { continue }
                try who.change(
                    object, .set(field: "title", value: .int(Int64(index))),
                    .mark(field: "reaction", key: "thanks", value: true))
            }
            if generator.next() % 5 == 0 { try (who.name == "Anna" ? bram : anna).take(from: who) }
        }
        try anna.take(from: bram)
        try bram.take(from: anna)
        let team = try #require(anna.replica.currentTeam)
        try chris.replica.adopt(team: team.id)
        var events = try anna.allEvents()
        events.shuffle(using: &generator)
        for _ in 0..<200 {
            guard try chris.allEvents().count < events.count else { break }
            try chris.ingest(events, batch: 1 + Int(generator.next() % 9))
        }
        #expect(try chris.allEvents().count == events.count, "seed \(seed)")
        #expect(try chris.replica.digest() == anna.replica.digest(), "seed \(seed)")
        #expect(try bram.replica.digest() == anna.replica.digest(), "seed \(seed)")
    }

    @Test("a replica in a file keeps what it has, and two processes may write it")
    func file() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "we-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "brain.sqlite").path
        let first = try Laptop("Anna", path: path)
        try first.found("Noord")
        let second = try Laptop(reopening: first, path: path)
        let one = try first.share("One", "first")
        let two = try second.share("Two", "second")
        let three = try first.share("Three", "third")
        #expect(try first.replica.find(SearchRequest()).map(\.0) == [three, two, one])
        #expect(try second.replica.digest() == first.replica.digest())
        #expect(try second.replica.check().isSound)
    }

    @Test("a stranger's log is refused, and a genesis of another team too")
    func strangers() throws {
        let anna = try Laptop("Anna")
        let eve = try Laptop("Eve")
        let bram = try Laptop("Bram")
        try anna.found("Noord")
        try anna.admit(bram)
        try eve.found("Elsewhere")
        let report = try anna.ingest(try eve.allEvents())
        #expect(report.storedCount == 0)
        #expect(report.refused == [.otherTeam])
        let genesis = try #require(anna.replica.currentTeam).id
        let forged = eve.author.event(
            team: genesis, key: LogKey(logClass: .content, device: eve.key.publicKey, log: 1),
            sequence: 0, previous: nil, object: nil, parents: [EventID(genesis.value)], lamport: 1,
            wall: 0, body: ContentBody(salt: [UInt8](repeating: 0, count: 16), changes: []).encoded)
        #expect(try anna.ingest([forged]).refused == [.notIntroduced])
    }
}

/// The one generator of tests: a seed gives the same numbers everywhere (Steele et al., 2014).
struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

@Suite("Replica in a file")
struct ReplicaFileTests {
    @Test("what was asked of an empty replica does not hide what comes later")
    func freshSnapshots() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "we-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let anna = try Laptop("Anna", path: folder.appending(path: "brain.sqlite").path)
        #expect(try anna.replica.read { try? $0.lastPosition() } == 0)
        try anna.found("Noord")
        _ = try anna.share("One", "first")
        #expect(try anna.replica.read { try? $0.summary().count } == 2)
        #expect(try anna.replica.read { try? $0.lastPosition() } == 2)
    }
}
