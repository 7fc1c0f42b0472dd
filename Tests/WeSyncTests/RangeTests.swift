import Testing
import WeData
import WeKeys
import WeLog

@testable import WeSync

@Suite("Range reconciliation")
struct RangeTests {
    private func logs(_ count: Int, _ random: inout Seeded) throws -> [LogSummary] {
        try (0..<count).map { _ in try log(&random) }.sorted { $0.key < $1.key }
    }

    private func log(_ random: inout Seeded) throws -> LogSummary {
        LogSummary(
            key: LogKey(
                logClass: random.below(9) == 0 ? .membership : .content,
                device: DeviceKey(try need(Bytes32(random.bytes(32)))), log: random.next()),
            count: 3, sequenceMax: 2, fingerprint: try need(Fingerprint(random.bytes(16))))
    }

    @Test(
        "both sides end with the same differences, whatever the sets",
        arguments: [
            (0, 0, 5), (3, 1, 1), (64, 0, 0), (65, 1, 0), (400, 30, 9), (5_000, 4, 4),
            (3_000, 3_000, 2_000), (0, 9_000, 0), (20, 30_000, 3),
        ])
    func converge(common: Int, firstOnly: Int, secondOnly: Int) throws {
        for seed in 0..<3 as Range<UInt64> {
            var random = Seeded(seed)
            let shared = try logs(common, &random)
            let changed = try shared.prefix(common / 10).map { old in
                LogSummary(
                    key: old.key, count: 9, sequenceMax: 8,
                    fingerprint: try need(Fingerprint(random.bytes(16))))
            }
            let first = (shared + (try logs(firstOnly, &random))).sorted { $0.key < $1.key }
            let second = (changed + shared.dropFirst(common / 10) + (try logs(secondOnly, &random)))
                .sorted { $0.key < $1.key }
            var found: [Set<LogKey>] = [[], []]
            var message = RangeComparison.question(first)
            var turn = 1
            var count = 1
            while message.contains(where: { $0.isQuestion }) {
                // As it would travel.
                guard
                    case .ranges(let ranges) = try Message(
                        decoding: Message.ranges(message).encoded, team: nil)
                else { throw Missing() }
                #expect(ranges == message)
                let (reply, differences) = RangeComparison.answer(
                    ranges, logs: turn == 0 ? first : second)
                found[turn].formUnion(differences.map(\.own.key))
                message = reply
                turn = 1 - turn
                count += 1
                guard count < SyncLimit.rangesMessagesMax else {
                    Issue.record("no end")
                    return
                }
            }
            let (_, differences) = RangeComparison.answer(message, logs: turn == 0 ? first : second)
            found[turn].formUnion(differences.map(\.own.key))
            var mine: [LogKey: LogSummary] = [:]
            for log in first { mine[log.key] = log }
            var expected = Set<LogKey>()
            for log in second where mine.removeValue(forKey: log.key) != log {
                expected.insert(log.key)
            }
            expected.formUnion(mine.keys)
            #expect(found[0] == expected, "seed \(seed)")
            #expect(found[1] == expected, "seed \(seed)")
        }
    }

    @Test("ranges out of order, or logs outside of theirs, are refused")
    func form() throws {
        var random = Seeded(5)
        let logs = try logs(4, &random)
        let bad: [[LogRange]] = [
            [],
            [LogRange(upper: logs[1].key, content: .skip)],
            [LogRange(upper: nil, content: .skip), LogRange(upper: nil, content: .skip)],
            [
                LogRange(upper: logs[2].key, content: .skip),
                LogRange(upper: logs[1].key, content: .skip),
                LogRange(upper: nil, content: .skip),
            ],
            [
                LogRange(upper: logs[1].key, content: .list([logs[1]])),
                LogRange(upper: nil, content: .skip),
            ],
            [
                LogRange(upper: logs[2].key, content: .skip),
                LogRange(upper: nil, content: .answer([logs[1]])),
            ],
            [LogRange(upper: nil, content: .list([logs[1], logs[0]]))],
            [LogRange(upper: nil, content: .list([logs[1], logs[1]]))],
            (0...64).map { _ in LogRange(upper: nil, content: .skip) },
        ]
        for ranges in bad {
            #expect(throws: SyncError.self) {
                _ = try Message(decoding: Message.ranges(ranges).encoded, team: nil)
            }
        }
    }
}

@Suite("Random histories")
struct RandomHistoryTests {
    @Test("converge, whoever meets whom", arguments: 1...40 as ClosedRange<UInt64>)
    func converge(seed: UInt64) throws {
        var random = Seeded(seed)
        let founder = try Laptop("L0", seed: seed)
        founder.found()
        var laptops = [founder]
        for index in 1..<(2 + random.below(4)) {
            let laptop = try Laptop("L\(index)", seed: seed)
            try founder.admit(laptop)
            laptops.append(laptop)
        }
        if random.below(3) == 0 {
            laptops.append(Laptop(restoring: laptops[random.below(laptops.count)], seed: seed))
        }
        for _ in 0..<25 {
            let laptop = laptops[random.below(laptops.count)]
            switch random.below(5) {
            case 0: laptop.write(1 + random.below(60), bytes: random.below(300))
            case 1, 2:
                let objects = laptop.store.objectIDs
                if !objects.isEmpty {
                    for _ in 0...random.below(6) {
                        laptop.write(to: objects[random.below(objects.count)])
                    }
                }
            default:
                let other = laptops[random.below(laptops.count)]
                guard other !== laptop else { continue }
                let meeting = try Meeting(
                    laptop, other, seed: random.next(), isLive: random.below(2) == 0)
                meeting.start()
                // Some are cut off in the middle.
                if random.below(3) == 0 {
                    for _ in 0..<random.below(40) where meeting.step() {}
                } else {
                    meeting.run()
                    #expect(isSame(laptop, other), "seed \(seed)")
                }
                for side in meeting.sides {
                    if let error = side.error {
                        #expect(!error.isPeersFault, "seed \(seed) \(error)")
                    }
                }
            }
        }
        for round in 0..<2 {
            for laptop in laptops.dropFirst() {
                let meeting = try Meeting(laptop, founder, seed: seed &+ UInt64(round)).start()
                    .run()
                #expect(meeting.initiator.error == nil, "seed \(seed)")
                #expect(meeting.responder.synced == 1, "seed \(seed)")
            }
        }
        for laptop in laptops { #expect(isSame(laptop, founder), "seed \(seed)") }
    }
}
