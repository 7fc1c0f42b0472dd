import Testing
import WeData
import WeKeys
import WeLog
import WeReplica
import WeSimulator

/// Whether the simulated disk does what it says, and replicas on it work as on a real one.
@Suite("Simulated disk")
struct SimulatedDiskTests {
    private func replica(_ disk: SimulatedDisk, create: Bool = true) throws -> Replica {
        try Replica(
            path: disk.path("brain.sqlite"), create: create, vfs: DiskVFS.name,
            describe: Laptop.describe)
    }

    @Test("the same workload asks the same of the disk")
    func stableCounts() throws {
        for seed: UInt64 in 1...5 {
            var (one, two) = (
                DiskHarness(DiskWorkload(seed: seed)), DiskHarness(DiskWorkload(seed: seed))
            )
            #expect(one.measure() == two.measure(), "seed \(seed)")
            #expect(one.report.complaints == [], "seed \(seed)")
        }
    }

    @Test("each kind of loss happens, and a sync prevents each")
    func losses() throws {
        var counts = DiskCounts()
        for seed: UInt64 in 1...60 {
            let disk = SimulatedDisk(seed: seed)
            let anna = try Laptop("Anna", on: disk)
            try anna.found("Noord")
            let events = try anna.allEvents().map(\.id)
            disk.crash(atChange: 1 + Int(seed % 6))
            _ = try? anna.share("lost", String(repeating: "lost ", count: 900))
            #expect(disk.isCrashed)
            let found = disk.afterPowerLoss(seed: seed)
            counts.add(disk.counts)
            let again = try replica(found, create: false)
            let kept = try DiskLaptop.events(of: again, after: 0).map(\.event.id)
            #expect(kept.starts(with: events), "seed \(seed)")
            #expect(try again.check().isSound, "seed \(seed)")
        }
        for fault: DiskFault in [.crash, .writeLost, .writeTorn, .writeReordered, .garbage] {
            #expect(counts.faults[fault, default: 0] > 0, "\(fault)")
        }
    }

    @Test("a disk without room says so, keeps all, and goes on when there is room")
    func full() throws {
        let disk = SimulatedDisk(seed: 1)
        let anna = try Laptop("Anna", on: disk)
        try anna.found("Noord")
        disk.limit(bytes: disk.names.reduce(0) { $0 + (disk.bytes(of: $1)?.count ?? 0) } + 30_000)
        var storedCount = 1
        var codes: Set<ReplicaError.Code> = []
        for number in 0..<8 {
            do {
                _ = try anna.share("\(number)", String(repeating: "full ", count: 2_000))
                storedCount += 1
            } catch let error as ReplicaError {
                codes.insert(error.code)
            }
        }
        #expect(codes == [.diskFull])
        #expect(try anna.allEvents().count == storedCount)
        disk.limit(bytes: nil)
        _ = try anna.share("room", "again")
        #expect(try anna.replica.check().isSound)
        #expect(try anna.replica.count(SearchRequest()) == storedCount)
    }

    @Test("a medium that can't be written is read, and says so when it is to be written")
    func readOnlyMedium() throws {
        let disk = SimulatedDisk(seed: 1)
        let anna = try Laptop("Anna", on: disk)
        try anna.found("Noord")
        _ = try anna.share("One", "text")
        let digest = try anna.replica.digest()
        disk.setReadOnly(true)
        #expect(throws: ReplicaError.self) { _ = try anna.share("Two", "text") }
        #expect(try anna.replica.digest() == digest)
        let reader = try Replica(
            path: disk.path("brain.sqlite"), create: false, isReadOnly: true, vfs: DiskVFS.name,
            describe: Laptop.describe)
        #expect(try reader.digest() == digest)
        do {
            _ = try reader.append(
                [.init(object: nil, changes: [], wall: 0)], author: anna.author)
            Issue.record("written")
        } catch {
            #expect(error.code == .readOnly)
        }
        let empty = SimulatedDisk(seed: 2)
        empty.setReadOnly(true)
        do {
            _ = try replica(empty)
            Issue.record("opened")
        } catch let error as ReplicaError {
            #expect(error.code == .readOnly)
        }
    }

    @Test("what can't be opened is not said to be missing")
    func failingOpen() throws {
        let disk = SimulatedDisk(seed: 1)
        for (number, expected) in [(0, ReplicaError.Code.missing), (1, .inputOutput)] {
            if number > 0 { disk.fail(.init([.open], number: number)) }
            do {
                _ = try replica(disk, create: number > 0)
                Issue.record("opened")
            } catch let error as ReplicaError {
                #expect(error.code == expected)
            }
        }
    }

    /// A founder who is told that it failed, and then that there is a team, has nowhere to go; and
    /// whoever writes an act a second time because the first seemed to fail has written it twice.
    @Test("what is committed is done, whichever call after it fails")
    func failingAfterCommit() throws {
        var failedCount = 0
        for number in 1...80 {
            let disk = SimulatedDisk(seed: 1)
            let anna = try Laptop("Anna", on: disk)
            disk.fail(.init([.lock, .shareLock, .map, .size], number: number))
            for _ in 1...3 where anna.replica.currentTeam == nil {
                do { try anna.found("Noord") } catch { failedCount += 1 }
            }
            let team = try #require(anna.replica.currentTeam)
            let invitation = try #require(
                Invitation(team: team.id, seed: [UInt8](repeating: 1, count: 16)))
            let invite = MembershipAct.invite(
                .init(
                    key: try invitation.key().publicKey, psk: invitation.psk, role: .member,
                    uses: 1, expiry: nil, note: ""))
            for _ in 1...3 where anna.replica.currentTeam?.invites.isEmpty == true {
                do {
                    _ = try anna.replica.append(invite, author: anna.author, wall: 1)
                } catch { failedCount += 1 }
            }
            disk.heal()
            #expect(anna.replica.currentTeam?.id == team.id, "call \(number)")
            #expect(try anna.allEvents().count == 2, "call \(number)")
        }
        #expect(failedCount > 0)
    }

    /// SQLite before 3.51.3 can corrupt a file when a checkpoint of one process meets the reset of
    /// the write-ahead log by another (threat 35): so all of them take turns.
    @Test("nobody changes the file or its log without the writers' lock, by any path")
    func turnstile() throws {
        for seed: UInt64 in 1...8 {
            let disk = SimulatedDisk(seed: seed)
            let laptop = try DiskLaptop(disk: disk)
            try laptop.perform(.found)
            for suffix in ["", "-wal"] {
                disk.watch(
                    DiskLaptop.fileName + suffix, guardedBy: DiskLaptop.fileName + "-lock")
            }
            let steps: [DiskWorkload.Step] = [
                .appendElsewhere(count: 2), .checkpoint, .append(count: 3, bytes: 900), .reopen,
                .appendElsewhere(count: 1), .rebuild, .checkpoint,
            ]
            for step in DiskWorkload(seed: seed).steps + steps { try laptop.perform(step) }
            laptop.close()
            #expect(disk.unguardedCount == 0, "seed \(seed)")
            #expect(disk.counts.calls([.write]) > 50)
        }
    }

    @Test("threads that write, checkpoint and read one file take turns and lose nothing")
    func threads() async throws {
        let disk = SimulatedDisk(seed: 1)
        let anna = try Laptop("Anna", on: disk)
        try anna.found("Noord")
        disk.watch("brain.sqlite", guardedBy: "brain.sqlite-lock")
        disk.watch("brain.sqlite-wal", guardedBy: "brain.sqlite-lock")
        let author = anna.author
        let replicas = try (0..<4).map { _ in try replica(disk, create: false) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for replica in replicas {
                group.addTask {
                    for number in 0..<20 {
                        _ = try replica.append(
                            [.init(object: nil, changes: [.create(kind: "share")], wall: 0)],
                            author: author)
                        if number % 4 == 0 { try replica.checkpoint() }
                        if number % 7 == 0 { _ = try replica.digest() }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try anna.replica.check().eventCount == 81)
        #expect(try anna.replica.check().isSound)
        #expect(disk.unguardedCount == 0)
    }
}

/// Trouble at a sample of the points of a few workloads; `dev/crash` goes through all of them.
@Suite("Bad days of a disk")
struct DiskTroubleTests {
    @Test("whatever happens at whatever call, what was acknowledged is there", arguments: 1...4)
    func sample(seed: UInt64) {
        var harness = DiskHarness(DiskWorkload(seed: seed), stride: 149)
        for trouble in DiskHarness.troubles { harness.run(trouble) }
        #expect(harness.report.complaints == [])
        #expect(harness.report.lostCount == 0)
        #expect(harness.report.acknowledgedCount > 30)
    }

    /// The lock's file was written once, and a sync of it that failed made the replica unusable.
    @Test("the writers' lock needs nothing of the disk but its name, and survives any damage")
    func lockFile() throws {
        let disk = SimulatedDisk(seed: 1)
        let anna = try Laptop("Anna", on: disk)
        try anna.found("Noord")
        _ = try anna.share("One", "text")
        #expect(disk.bytes(of: "brain.sqlite-lock") == [])
        for content in [[UInt8](repeating: 0x41, count: 4_096), [1, 2, 3]] {
            let damaged = disk.copy(seed: 2)
            damaged.put(content, as: "brain.sqlite-lock")
            let again = try Laptop(anna, on: damaged, file: "brain.sqlite")
            _ = try again.share("Two", "text")
            try again.replica.checkpoint()
            #expect(try again.replica.check().isSound)
        }
        var harness = DiskHarness(DiskWorkload(seed: 1))
        for point in 1...9 { harness.run(.failure([.sync], isLasting: false), point: point) }
        #expect(harness.report.complaints == [])
    }

    /// With a journal that was truncated and not synced, three of nine objects could not be found.
    @Test("a search index whose journal lost its end is right or built again")
    func lostTruncation() {
        var harness = DiskHarness(DiskWorkload(seed: 12))
        for point in 240...240 { harness.run(.crash, point: point) }
        #expect(harness.report.complaints == [])
    }

    @Test("after a failed sync the file is opened again and looked at before the next write")
    func failedSync() throws {
        let disk = SimulatedDisk(seed: 5)
        let anna = try Laptop("Anna", on: disk)
        try anna.found("Noord")
        let opens = disk.counts.calls[.open, default: 0]
        disk.fail(.init([.sync], number: 1))
        do {
            _ = try anna.share("One", "text")
            Issue.record("a failed sync was taken for a good one")
        } catch let error as ReplicaError {
            #expect(error.code == .inputOutput)
        }
        let syncs = disk.counts.calls[.sync, default: 0]
        #expect(try anna.allEvents().count == 1)
        #expect(disk.counts.calls[.sync, default: 0] == syncs)
        _ = try anna.share("Two", "text")
        #expect(disk.counts.calls[.open, default: 0] > opens)
        let found = disk.afterPowerLoss(seed: 1, loss: .all)
        let again = try Replica(
            path: found.path("brain.sqlite"), create: false, vfs: DiskVFS.name,
            describe: Laptop.describe)
        #expect(try again.check().eventCount == 2)
    }

    @Test("what a session could have sent is there after a power loss, whichever call failed")
    func offered() throws {
        func opened(_ disk: SimulatedDisk) throws -> Replica {
            try Replica(
                path: disk.path("brain.sqlite"), create: false, vfs: DiskVFS.name,
                describe: Laptop.describe)
        }
        var failures = 0
        for number in 1...60 {
            let disk = SimulatedDisk(seed: UInt64(number))
            let anna = try Laptop("Anna", on: disk)
            try anna.found("Noord")
            _ = try anna.share("before", "text")
            let reader = try opened(disk)
            disk.fail(.init([.write, .sync, .truncate], number: number))
            do {
                _ = try anna.share("now", String(repeating: "text ", count: 2_000))
            } catch {
                failures += 1
            }
            disk.heal()
            // Sessions read what another process's sessions would.
            var offered: Set<EventID> = []
            for source in [anna.replica, reader] {
                offered.formUnion(try DiskLaptop.events(of: source, after: 0).map(\.event.id))
            }
            for loss in DiskLoss.allCases {
                let found = try opened(
                    disk.afterPowerLoss(seed: UInt64(number), loss: loss))
                let kept = try DiskLaptop.events(of: found, after: 0).map(\.event.id)
                #expect(offered.isSubset(of: kept), "\(number) \(loss)")
            }
        }
        #expect(failures > 3)
    }
}

extension Laptop {
    /// A laptop whose file is on a simulated disk.
    convenience init(_ name: String, on disk: SimulatedDisk) throws {
        try self.init(name, path: disk.path("brain.sqlite"), vfs: DiskVFS.name)
    }
}
