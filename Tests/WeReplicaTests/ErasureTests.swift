import Foundation
import Testing
import WeData
import WeKeys
import WeLog
import WeReplica
import WeSimulator

/// An erased body is gone from every file, and stays gone (Protocol.md, "Erasure").
@Suite("Erasure")
struct ErasureTests {
    private static let secret = "zeer-geheime-zinsnede-die-weg-moet"

    private func folder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "weonomy-erasure-\(RandomBytes.word())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    private func filesHold(_ text: String, _ folder: URL) throws -> [String] {
        let needle = Data(text.utf8)
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).filter {
            try Data(contentsOf: folder.appending(path: $0)).range(of: needle) != nil
        }
    }

    private func events(of object: ObjectID, at laptop: Laptop) throws -> [EventID] {
        try laptop.replica.erasable(in: object, by: nil)
    }

    @Test(
        "the raw bytes of database, log and search index hold nothing of it, whatever its size",
        arguments: [0, 300, 9_000, 200_000])
    func rawBytes(padding: Int) throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let anna = try Laptop("Anna", path: folder.appending(path: "brain.sqlite").path)
        try anna.found("Noord")
        // Neighbours before and after, so that pages split and cells move.
        for index in 0..<60 { _ = try anna.share("n\(index)", String(repeating: "x", count: 400)) }
        let filler = String(repeating: "y", count: padding)
        let object = try anna.share("weg ermee", filler + Self.secret + filler)
        for index in 0..<60 { _ = try anna.share("m\(index)", String(repeating: "z", count: 700)) }
        try anna.change(
            object, .text(field: "body", hunks: TextHunk.replacing("", with: "nog ")))
        _ = try anna.replica.digest()
        #expect(
            try !filesHold(Self.secret, folder).isEmpty, "the search finds it while it is there")
        try anna.change(object, .erase(events: try events(of: object, at: anna)))
        #expect(try filesHold(Self.secret, folder) == [])
        #expect(try filesHold("geheime", folder) == [], "nor do the words of the search index")
        #expect(try anna.replica.record(object)?.kind == nil)
        let found = try anna.replica.find(
            SearchRequest(terms: [.init("geheime")], facets: [], countMax: 9))
        #expect(found.isEmpty)
        #expect(try anna.replica.check().isSound)
        let again = try Laptop(
            reopening: anna, path: folder.appending(path: "brain.sqlite").path)
        #expect(try again.replica.digest() == anna.replica.digest())
    }

    @Test("an old copy brings nothing back, and the stub stays for ever")
    func refused() throws {
        let anna = try Laptop("Anna")
        let bram = try Laptop("Bram")
        try anna.found("Noord")
        try anna.admit(bram)
        let object = try anna.share("weg", Self.secret)
        try bram.take(from: anna)
        let old = try bram.allEvents()
        try anna.change(object, .erase(events: try events(of: object, at: anna)))
        let digest = try anna.replica.digest()
        let report = try anna.ingest(old)
        #expect(report.storedCount == 0)
        #expect(try anna.allEvents().first { $0.id.value == object.value }?.body == nil)
        #expect(try anna.replica.digest() == digest)
        try bram.take(from: anna)
        #expect(try bram.replica.digest() == digest)
        #expect(try bram.allEvents().first { $0.id.value == object.value }?.body == nil)
        #expect(try bram.replica.read { try? $0.wanted(countMax: 9) } == [])
    }

    @Test("what is erased before it arrives loses its body on arrival", arguments: [false, true])
    func early(isInOneBatch: Bool) throws {
        let anna = try Laptop("Anna")
        let bram = try Laptop("Bram")
        let chris = try Laptop("Chris")
        try anna.found("Noord")
        try anna.admit(bram)
        try anna.admit(chris)
        try bram.take(from: anna)
        let object = try anna.share("titel", "blijft")
        try bram.take(from: anna)
        try chris.take(from: anna)
        try bram.change(
            object, .text(field: "body", hunks: TextHunk.replacing("", with: Self.secret)))
        let mine = try bram.replica.erasable(in: object, by: bram.person)
        #expect(mine.count == 1)
        let late = try bram.allEvents().filter { mine.contains($0.id) }
        // The founder's log holds the erasure and not the edit, so it may come first.
        try anna.change(object, .erase(events: mine))
        if isInOneBatch {
            try chris.ingest(try anna.allEvents() + late)
        } else {
            try chris.take(from: anna)
            try chris.ingest(late)
        }
        try bram.take(from: anna)
        #expect(try chris.allEvents().first { $0.id == mine[0] }?.body == nil)
        #expect(try chris.replica.digest() == bram.replica.digest())
        #expect(try chris.replica.record(object)?.text("body") == "blijft")
    }

    @Test("only its author or a moderator erases; another member's erasure does nothing")
    func rights() throws {
        let anna = try Laptop("Anna")
        let bram = try Laptop("Bram")
        let chris = try Laptop("Chris")
        try anna.found("Noord")
        try anna.admit(bram)
        try anna.admit(chris)
        try bram.take(from: anna)
        let object = try bram.share("van Bram", "inhoud")
        try chris.take(from: bram)
        let all = try chris.replica.erasable(in: object, by: nil)
        try chris.change(object, .erase(events: all))
        #expect(try chris.replica.record(object)?.text("body") == "inhoud")
        try anna.take(from: chris)
        #expect(try anna.replica.record(object)?.text("body") == "inhoud")
        // The founder moderates, and may.
        try anna.change(object, .erase(events: try events(of: object, at: anna)))
        for laptop in [bram, chris] { try laptop.take(from: anna) }
        #expect(try bram.replica.record(object)?.text("body") ?? "" == "")
        let digests = try Set([anna, bram, chris].map { try $0.replica.digest() })
        #expect(digests.count == 1)
    }

    @Test("an erasure that a cut voids lets the body come back from who has it")
    func voided() throws {
        let anna = try Laptop("Anna")
        let bram = try Laptop("Bram")
        try anna.found("Noord")
        try anna.admit(bram)
        let grant = MembershipAct.grant(
            person: bram.person, role: .moderator, devices: [bram.key.publicKey], lifts: [])
        _ = try anna.replica.append(grant, author: anna.author, wall: 1)
        let object = try anna.share("blijf", "de inhoud")
        try bram.take(from: anna)
        let copy = try anna.allEvents()
        try bram.change(object, .erase(events: try events(of: object, at: bram)))
        try anna.take(from: bram)
        #expect(try anna.replica.record(object)?.text("body") ?? "" == "")
        _ = try anna.replica.append(
            .reduce(
                person: bram.person, to: .none, cut: [], reason: "wiste alles", isSevere: true,
                address: nil),
            author: anna.author, wall: 2)
        #expect(try anna.replica.read { try? $0.wanted(countMax: 9) }?.count == 1)
        #expect(try anna.ingest(copy).storedCount == 1)
        #expect(try anna.replica.record(object)?.text("body") == "de inhoud")
        #expect(try anna.replica.read { try? $0.wanted(countMax: 9) } == [])
    }

    @Test("a file of the first version is brought up to date, and knows what it was told to erase")
    func migration() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "brain.sqlite").path
        do {
            let anna = try Laptop("Anna", path: path)
            try anna.found("Noord")
            let object = try anna.share("oud", Self.secret)
            try anna.change(object, .erase(events: [EventID(object.value)]))
            try anna.replica.checkpoint()
        }
        try makeOld(path)
        let replica = try Replica(path: path, create: false, describe: Laptop.describe)
        #expect(try replica.check().isSound)
        #expect(try replica.read { try? $0.wanted(countMax: 9) } == [])
    }

    @Test("a power loss at any moment of that leaves the old file or the new one, and it is done")
    func interruptedMigration() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "brain.sqlite").path
        let events: [EventID]
        do {
            let anna = try Laptop("Anna", path: path)
            try anna.found("Noord")
            let object = try anna.share("oud", Self.secret)
            try anna.change(object, .erase(events: [EventID(object.value)]))
            events = try anna.allEvents().map(\.id)
            try anna.replica.checkpoint()
        }
        try makeOld(path)
        let old = try Data(contentsOf: URL(filePath: path))
        func opened(_ disk: SimulatedDisk) throws -> Replica {
            try Replica(
                path: disk.path("brain.sqlite"), create: false, vfs: DiskVFS.name,
                describe: Laptop.describe)
        }
        var number = 0
        while true {
            number += 1
            let disk = SimulatedDisk(seed: UInt64(number))
            disk.put(Array(old), as: "brain.sqlite")
            disk.crash(atChange: number)
            _ = try? opened(disk)
            guard disk.isCrashed else { break }
            for loss in DiskLoss.allCases {
                let replica = try opened(disk.afterPowerLoss(seed: UInt64(number), loss: loss))
                let kept = try DiskLaptop.events(of: replica, after: 0).map(\.event.id)
                #expect(kept == events, "\(number) \(loss)")
                #expect(try replica.check().isSound, "\(number) \(loss)")
                #expect(try replica.read { try? $0.wanted(countMax: 9) } == [])
            }
        }
        #expect(number > 5)
    }

    /// Makes a file what the first version wrote, which knew nothing of erasures.
    private func makeOld(_ path: String) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "python3", "-c",
            """
            import sqlite3,sys
            d=sqlite3.connect(sys.argv[1])
            for t in ('erasures','erased','arrivals'): d.execute('DROP TABLE '+t)
            d.execute('DROP INDEX events_stub'); d.execute('PRAGMA user_version=1'); d.commit()
            """, path,
        ]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }
}
