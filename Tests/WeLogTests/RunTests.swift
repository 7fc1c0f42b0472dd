import Testing
import WeData
import WeKeys
import WeLog

/// One signature for a run (Protocol.md, "Verify once per run" and "Runs").
@Suite("Run")
struct RunTests {
    private struct World {
        var random: Seeded
        let key: SigningKey
        let team: TeamID
        let log: LogKey

        init(seed: UInt64) throws {
            random = Seeded(seed)
            key = try random.signingKey()
            team = TeamID(random.bytes32())
            log = LogKey(logClass: .content, device: key.publicKey, log: random.next())
        }

        /// Successive events; those at `garbled` are signed by nobody.
        mutating func run(_ count: Int, garbled: Set<Int> = [], erased: Set<Int> = []) -> Run {
            var events: [Event] = []
            let introduction = EventID(random.bytes32())
            for index in 0..<count {
                let body = ContentBody(
                    salt: random.bytes(16),
                    changes: [.set(field: "title", value: .bytes(random.bytes(random.below(40))))]
                ).encoded
                let last = events.last
                let made = EventAuthor(key: key).event(
                    team: team, key: log, sequence: index, previous: last?.id, object: nil,
                    parents: [introduction], lamport: 1 + index, wall: Int64(random.below(99)),
                    body: body)
                let signature = Signature(random.bytes(64)) ?? made.signature
                events.append(
                    Event(
                        header: made.header,
                        signature: garbled.contains(index) ? signature : made.signature,
                        body: erased.contains(index) ? nil : body))
            }
            return Run(key: log, events: events)
        }

        func wire(_ run: Run) -> [UInt8] {
            var writer = Writer()
            run.write(to: &writer)
            return writer.take()
        }

        func read(_ bytes: [UInt8]) throws -> Run {
            var reader = Reader(bytes)
            let run = try Run(from: &reader, team: team)
            try reader.finish()
            return run
        }
    }

    @Test(
        "the wire form gives back events, erased bodies and ids", arguments: 0..<8 as Range<UInt64>)
    func roundTrip(seed: UInt64) throws {
        var world = try World(seed: seed)
        let run = world.run(1 + Int(seed), erased: [Int(seed) / 2])
        let read = try world.read(world.wire(run))
        #expect(read.events == run.events)
        #expect(read.authenticCount() == run.events.count)
    }

    @Test("garbage in the middle is committed up to the last valid signature")
    func garbage() throws {
        for (garbled, authentic) in [
            ([2], 5), ([0, 1, 2, 3], 5), ([4], 4), ([3, 4], 3), ([0, 4], 4), ([0, 1, 2, 3, 4], 0),
            ([1, 2, 3, 4], 1), ([], 5),
        ] as [(Set<Int>, Int)] {
            var world = try World(seed: 1)
            let run = world.run(5, garbled: garbled)
            #expect(run.authenticCount() == authentic, "\(garbled.sorted())")
            #expect(try world.read(world.wire(run)).authenticCount() == authentic)
        }
    }

    @Test("no changed byte is taken for the author's", arguments: 0..<4 as Range<UInt64>)
    func changedByte(seed: UInt64) throws {
        var world = try World(seed: seed)
        let run = world.run(3, erased: seed == 1 ? [1] : [])
        let wire = world.wire(run)
        let ids = run.events.map(\.id)
        var readable = 0
        for place in wire.indices {
            var changed = wire
            changed[place] ^= 1 << UInt8(world.random.below(8))
            guard let read = try? world.read(changed) else { continue }
            readable += 1
            let authentic = read.authenticCount()
            let kept = Array(read.events.prefix(authentic).map(\.id))
            #expect(authentic < 3 && kept == Array(ids.prefix(authentic)), "byte \(place)")
        }
        #expect(readable > 100)
    }

    @Test("another order, a gap, another team or another device is found")
    func rearranged() throws {
        var world = try World(seed: 5)
        let events = world.run(4).events
        func authentic(_ order: [Int], device: DeviceKey? = nil) throws -> Int {
            let key = LogKey(
                logClass: .content, device: device ?? world.key.publicKey, log: world.log.log)
            let run = Run(key: key, events: order.map { events[$0] })
            return try world.read(world.wire(run)).authenticCount()
        }
        #expect(try authentic([0, 1, 2, 3]) == 4)
        #expect(try authentic([1, 2, 3]) == 3)
        #expect(try authentic([0, 2, 1, 3]) == 1)
        #expect(try authentic([0, 1, 3]) == 2)
        #expect(try authentic([0, 0, 1]) == 1)
        let other = try world.random.signingKey().publicKey
        #expect(try authentic([0, 1, 2, 3], device: other) == 0)
        var reader = Reader(world.wire(Run(key: world.log, events: events)))
        #expect(
            try Run(from: &reader, team: TeamID(world.random.bytes32())).authenticCount() == 0)
    }

    @Test("the first signature that fails does not hide a later one that holds")
    func tail() throws {
        var world = try World(seed: 6)
        let run = world.run(6, garbled: [2, 5])
        let (head, tail) = run.split(at: run.authenticCount())
        #expect(head.events.count == 5 && tail.events.count == 1)
        var joined = head
        let isJoined = joined.append(tail)
        #expect(isJoined)
        #expect(joined.events.map(\.id) == run.events.map(\.id))
        let isRepeated = joined.append(head)
        #expect(!isRepeated)
        var apart = Run(key: run.key, events: [])
        let isBegun = apart.append(run)
        #expect(!isBegun)
    }

    @Test("runs of no event and of more than 1024 are refused")
    func counts() throws {
        var world = try World(seed: 7)
        let limit = EventLimit.runEventsMax
        #expect(try world.read(world.wire(world.run(limit))).events.count == limit)
        for count in [0, limit + 1] {
            let wire = world.wire(world.run(count))
            #expect(throws: LogError.self, "\(count)") { try world.read(wire) }
        }
    }
}
