import Foundation
import Testing
import WeData
import WeKeys
import WeLog
import WeReplica
import WeSimulator

/// Bits that change in a file at rest: found, or of no consequence; and mended.
@Suite("Bit rot")
struct RotTests {
    /// The one file of a replica with a few events of two people, and what it holds.
    private struct Rest {
        let disk = SimulatedDisk(seed: 1)
        let anna: Laptop
        let bram: Laptop
        let events: [Event]
        let logs: [LogSummary]?

        /// - Parameter unsentCount: events of Anna's that Bram lacks.
        init(sentCount: Int = 4, unsentCount: Int = 4) throws {
            var anna = try Laptop("Anna", on: disk)
            bram = try Laptop("Bram")
            try anna.found("Noord")
            try anna.admit(bram)
            for number in 0..<sentCount {
                _ = try anna.share("Number \(number)", "A text of some length, \(number).")
            }
            try bram.take(from: anna)
            _ = try bram.share("Of Bram", "text")
            try anna.take(from: bram)
            for number in 0..<unsentCount { _ = try anna.share("Late \(number)", "not sent") }
            try anna.replica.checkpoint()
            events = try anna.allEvents()
            logs = try anna.replica.read { try? $0.logs() }
            // Closes it: what lies there now is all there is.
            anna = try Laptop(anna, on: SimulatedDisk(seed: 2), file: "elsewhere.sqlite")
            self.anna = anna
        }

        func open(_ disk: SimulatedDisk) throws -> Replica {
            try Replica(
                path: disk.path("brain.sqlite"), create: false, vfs: DiskVFS.name,
                describe: Laptop.describe)
        }

        /// Whether a disk shows the same events, or says that it doesn't.
        func isFoundOrHarmless(_ disk: SimulatedDisk) -> Bool {
            guard let replica = try? open(disk), let check = try? replica.check(), check.isSound
            else { return true }
            let logs = try? replica.read { try? $0.logs() }
            return (try? DiskLaptop.events(of: replica, after: 0).map(\.event)) == events
                && logs == self.logs
        }

        /// Where the bytes lie in the file.
        func place(of bytes: [UInt8]) -> Int? {
            let file = Data(disk.bytes(of: "brain.sqlite") ?? [])
            return file.range(of: Data(bytes))?.lowerBound
        }
    }

    @Test("any byte of the event rows that changes is found, and any other does no harm")
    func everyByte() throws {
        let rest = try Rest()
        let file = try #require(rest.disk.bytes(of: "brain.sqlite"))
        let body = try #require(rest.events.last?.body)
        let row = try #require(rest.place(of: body))
        // Of the last row every third byte, and of everything else a sample.
        let offsets =
            Array(stride(from: row - 220, to: row + body.count, by: 3))
            + stride(from: 3, to: file.count, by: 1_009)
        for (number, offset) in offsets.enumerated() {
            let disk = rest.disk.copy(seed: 1)
            disk.rot("brain.sqlite", at: offset, mask: 1 << UInt8(number % 8))
            #expect(rest.isFoundOrHarmless(disk), "byte \(offset) of \(file.count)")
        }
        for offset in stride(from: row, to: row + body.count, by: 7) {
            let disk = rest.disk.copy(seed: 1)
            disk.rot("brain.sqlite", at: offset, mask: 0x10)
            let replica = try rest.open(disk)
            #expect(try replica.check().damagedCount > 0, "byte \(offset)")
        }
    }

    /// Event 3 of 10 rots on the only laptop that has events 6 to 10.
    @Test("what only the damaged file has is kept, and is back when its past is")
    func salvage() throws {
        let rest = try Rest(sentCount: 5, unsentCount: 5)
        let own = rest.events.filter {
            $0.key.device == rest.anna.key.publicKey && $0.key.logClass == .content
        }
        #expect(own.count == 10)
        let third = try #require(own[2].body)
        let place = try #require(rest.place(of: third))
        rest.disk.rot("brain.sqlite", at: place + 20, mask: 4)
        #expect(try rest.open(rest.disk).check().damagedCount == 1)

        let repaired = try Laptop(rest.anna, on: rest.disk, file: "repaired.sqlite")
        let report = try repaired.replica.salvage(
            from: rest.disk.path("brain.sqlite"), vfs: DiskVFS.name)
        #expect(report.lostCount == 1 && report.waitingCount == 7)
        #expect(report.storedCount == rest.events.count - 8)
        #expect(try repaired.replica.check().isSound)
        // What is written now contradicts nothing that the colleague has.
        _ = try repaired.share("After", "the repair")

        try repaired.take(from: rest.bram)
        let more = try repaired.replica.salvage(
            from: rest.disk.path("brain.sqlite"), vfs: DiskVFS.name)
        #expect(more.storedCount == 5 && more.waitingCount == 0)
        try rest.bram.take(from: repaired)
        for laptop in [repaired, rest.bram] {
            let stored = Set(try laptop.allEvents().map(\.id))
            #expect(rest.events.allSatisfy { stored.contains($0.id) })
            #expect(try laptop.replica.check().isSound)
            let forked = try laptop.replica.read { (try? $0.logs())?.filter { !$0.isPrefix } }
            #expect(forked?.count == 0)
        }
        #expect(try repaired.replica.digest() == rest.bram.replica.digest())
    }

    @Test("pages that can't be read cost what is on them and no more", arguments: 0..<12)
    func pages(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        let rest = try Rest(sentCount: 30, unsentCount: 0)
        let size = try #require(rest.disk.bytes(of: "brain.sqlite")).count
        let page = 1 + Int(generator.next() % UInt64(size / 8_192 - 1))
        for offset in 0..<8_192 {
            rest.disk.rot(
                "brain.sqlite", at: page * 8_192 + offset,
                mask: UInt8(truncatingIfNeeded: generator.next()))
        }
        let repaired = try Laptop(rest.anna, on: rest.disk, file: "repaired.sqlite")
        let report: SalvageReport
        do throws(ReplicaError) {
            report = try repaired.replica.salvage(
                from: rest.disk.path("brain.sqlite"), vfs: DiskVFS.name)
        } catch {
            #expect(error.code == .corrupt, "page \(page)")
            return
        }
        #expect(try repaired.replica.check().isSound, "page \(page)")
        #expect(report.storedCount > 0 || report.lostCount > 0, "page \(page)")
        if let team = repaired.replica.currentTeam {
            #expect(team.id == rest.bram.replica.currentTeam?.id)
        }
        try repaired.take(from: rest.bram)
        #expect(
            Set(try repaired.allEvents().map(\.id)).isSuperset(of: rest.events.map(\.id)),
            "page \(page)")
    }

    @Test("a sound file is taken over whole, and its own logs go on")
    func whole() throws {
        let rest = try Rest()
        let repaired = try Laptop(rest.anna, on: rest.disk, file: "repaired.sqlite")
        let report = try repaired.replica.salvage(
            from: rest.disk.path("brain.sqlite"), vfs: DiskVFS.name)
        #expect(report.isWhole && report.storedCount == rest.events.count)
        _ = try repaired.share("After", "text")
        let logs = try repaired.replica.read { try? $0.logs() }
        #expect(logs?.count == rest.logs?.count)
    }
}

/// Files of other versions, and files that were never finished (threats 41 and 42).
@Suite("Versions of a file")
struct VersionTests {
    @Test("a file of a newer version is refused, and not a byte of it changes")
    func newer() throws {
        let disk = SimulatedDisk(seed: 1)
        do {
            let anna = try Laptop("Anna", on: disk)
            try anna.found("Noord")
            try anna.replica.checkpoint()
        }
        // user_version, big-endian (https://www.sqlite.org/fileformat2.html).
        disk.rot("brain.sqlite", at: 63, mask: 0x40)
        let before = disk.names.map { disk.bytes(of: $0) }
        for (create, isReadOnly) in [(false, false), (true, false), (false, true)] {
            do throws(ReplicaError) {
                _ = try Replica(
                    path: disk.path("brain.sqlite"), create: create, isReadOnly: isReadOnly,
                    vfs: DiskVFS.name, describe: Laptop.describe)
                Issue.record("opened")
            } catch {
                #expect(error.code == .newerVersion)
            }
            #expect(disk.names.map { disk.bytes(of: $0) } == before)
        }
    }

    @Test("a file whose making was cut short is made by the next who opens it")
    func interrupted() throws {
        var number = 0
        while true {
            number += 1
            let disk = SimulatedDisk(seed: UInt64(number))
            disk.crash(atChange: number)
            _ = try? Laptop("Anna", on: disk)
            guard disk.isCrashed else { break }
            for loss in DiskLoss.allCases {
                let found = disk.afterPowerLoss(seed: UInt64(number), loss: loss)
                let anna = try Laptop("Anna", on: found)
                try anna.found("Noord")
                #expect(try anna.replica.check().isSound, "\(number) \(loss)")
            }
        }
        #expect(number > 10)
    }
}
