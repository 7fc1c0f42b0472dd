import FuzzDriver
import WeData
import WeKeys
import WeLog
import WeSync

/// What two laptops of a team really write and say, as inputs to begin with.
enum Seeds {
    static func inputs(_ target: String) throws -> [[UInt8]] {
        let world = SessionWorld.shared
        let events = world.ben.store.events
        let bodies = events.compactMap(\.body)
        switch target {
        case "value": return try values() + bodies.prefix(4)
        case "event": return events.prefix(6).map(\.header.encoded) + runs(events)
        case "body": return bodies + acts().map(\.encoded) + proposals() + [changes(), codeless()]
        case "record": return [records(), scripts(60)]
        case "text": return try [texts(), scripts(80), scripts(200)]
        case "document": return try documents()
        case "membership":
            return [1, 2, 3, 4, 5, 6].map { scripts(90, seed: $0) } + decoded(bodies)
        case "message": return traffic(world).flatMap { $0 }
        case "handshake":
            return [
                [0], [1, 0, 1, 0, 40, 9], [2, 1, 0, 90, 1], [3, 0, 2, 0, 9], [0x80, 0, 2, 0, 48],
            ]
        case "session": return sessions(world)
        case "bundle": return try BundleTarget.seeds(.bundle)
        case "frontier": return try BundleTarget.seeds(.frontier)
        case "beacon": return beacons()
        default: return []
        }
    }

    // MARK: - Beacons

    /// Somebody who speaks, is answered, comes back from elsewhere and goes.
    private static func beacons() -> [[UInt8]] {
        var script = Script()
        for (sequence, host) in [(1, 2), (2, 2), (2, 3), (3, 3)] {
            var writer = Writer()
            writer.array(7)
            writer.int(1)
            writer.bytes([UInt8](repeating: 9, count: 8))
            writer.int(sequence)
            writer.bytes([UInt8](repeating: 3, count: 8))
            writer.int(7_431)
            writer.bytes([UInt8](repeating: 5, count: 8))
            writer.int(sequence == 3 ? 1 : 0)
            for byte in [1, 60, 0, host, 1] { script.byte(byte) }
            script.chunk(writer.take())
        }
        return [script.bytes, [0, 9, 0, 7, 0] + [UInt8](repeating: 170, count: 128)]
    }

    // MARK: - Encodings

    private static func values() throws -> [[UInt8]] {
        [
            Value(map: ["a": 1, "bb": [nil, true, "é", -70_000], "c": .bytes([1, 2])]).encoded,
            Value.array([.int(.max), .int(.min), .map([.init(key: .int(3), value: "x")])]).encoded,
        ]
    }

    private static func runs(_ events: [Event]) -> [[UInt8]] {
        let logs = Dictionary(grouping: events, by: \.key)
        return logs.keys.sorted().map { key in
            var writer = Writer()
            let log = (logs[key] ?? []).sorted { $0.header.sequence < $1.header.sequence }
            var run = Run(key: key, events: Array(log.prefix(1)))
            for event in log.dropFirst() { _ = run.append(Run(key: key, events: [event])) }
            run.write(to: &writer)
            return writer.bytes
        }
    }

    private static func changes() -> [UInt8] {
        let person = EventID(.zero)
        return ContentBody(
            salt: [UInt8](repeating: 5, count: 16),
            changes: [
                .create(kind: "share"), .set(field: "title", value: "x"),
                .add(field: "tags", element: "a"), .remove(field: "tags", element: "a"),
                .count(field: "n", delta: -2),
                .text(field: "body", hunks: [TextHunk(position: 0, deleteCount: 1, insert: "é")]),
                .mark(field: "reaction", key: "useful", value: 1), .erase(events: [person]),
                .unknown(.array([9, "later"])),
            ]
        ).encoded
    }

    /// A change without its code, which took what stands behind the body for it.
    private static func codeless() -> [UInt8] {
        Value.array([.bytes([UInt8](repeating: 5, count: 16)), [[]]]).encoded + [9]
    }

    private static func acts() -> [MembershipBody] {
        var history = MembershipHistory(needsSecondModerator: true, council: 2)
        for seed in 0..<60 {
            var input = Input(scripts(40, seed: UInt64(seed)))
            history.write(&input)
        }
        let salt = [UInt8](repeating: 6, count: 16)
        return history.events.map { MembershipBody(salt: salt, act: $0.act) }
    }

    private static func proposals() -> [[UInt8]] {
        let keys = MembershipHistory.actors.map(\.key.publicKey)
        let person = MembershipHistory.actors[1].person
        return [
            CouncilProposal.founder(person: person, devices: keys, lifts: [EventID(.zero)]).encoded,
            CouncilProposal.reduce(person: person, to: .none, cut: [], reason: "why").encoded,
            CouncilProposal.keys(keys, threshold: 4).encoded,
        ]
    }

    // MARK: - Scripts

    /// Decisions without a plan.
    private static func scripts(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
        var random = Seeded(seed)
        return random.bytes(count * 4)
    }

    private static func decoded(_ bodies: [[UInt8]]) -> [[UInt8]] {
        bodies.prefix(3).map { body in
            var script = Script()
            // Seed, rules, council, who, after what, an act of any form, its bytes.
            for byte in [1, 0, 1, 0, 0, 15, 0] { script.byte(byte) }
            script.chunk(body)
            return script.bytes
        }
    }

    private static func records() -> [UInt8] {
        var script = Script()
        script.byte(1)
        for number in 0..<6 {
            // One parent, an author, not void, decoded changes.
            for byte in [1, number, number, 0, 1] { script.byte(byte) }
            let body = ContentBody(
                salt: [],
                changes: [
                    .text(
                        field: "a",
                        hunks: [TextHunk(position: number, deleteCount: 0, insert: "xyz")]),
                    .set(field: "b", value: .int(Int64(number))),
                ]
            ).encoded
            script.chunk(Array(body.dropFirst(2)))
        }
        return script.bytes
    }

    private static func texts() throws -> [UInt8] {
        var script = Script()
        script.byte(1)
        var encoder = TextEditEncoder()
        for edit in document().edits(since: []) {
            script.byte(1)
            script.chunk(encoder.encode(edit))
        }
        return script.bytes
    }

    private static func document() -> TextDocument {
        var one = TextDocument()
        one.insert("The quick brown fox", at: 0, by: TextAgent(named: "a"))
        var other = one
        other.delete(4..<9, by: TextAgent(named: "b"))
        other.insert("é𝄞 ", at: 4, by: TextAgent(named: "b"))
        one.insert(" jumps", at: 19, by: TextAgent(named: "a"))
        one.insert("very ", at: 4, by: TextAgent(named: "a"))
        _ = one.apply(contentsOf: other.edits(since: []))
        one.insert("!", at: one.scalarCount, by: TextAgent(named: "b"))
        return one
    }

    private static func documents() throws -> [[UInt8]] {
        var long = document()
        for number in 0..<40 {
            long.insert("line \(number)\n", at: number * 3, by: TextAgent(named: "c"))
        }
        return [document().encoded(), document().encoded(cachesText: false), long.encoded()]
    }

    // MARK: - Traffic

    /// What each attacking side says to the attacked one when it is a correct program.
    private static func traffic(_ world: SessionWorld) -> [[[UInt8]]] {
        (0..<SessionWorld.situations).map { situation in
            let (first, second) = world.sides(situation)
            var host = SessionHost(first)
            var peer = SessionHost(second)
            // The host's half of the channel, which opens what the peer seals.
            var ear = first.channel()
            var ignored: [UInt8] = []
            try? ear.start(into: &ignored)
            host.start()
            peer.start()
            var said: [[UInt8]] = []
            for _ in 0..<200 {
                let (toPeer, toHost) = (host.takeOutput(), peer.takeOutput())
                ear.received(toHost)
                while let step = try? ear.next(into: &ignored) {
                    if case .message(let bytes) = step { said.append(bytes) }
                }
                if !host.isClosed { host.take(toHost) }
                if !peer.isClosed { peer.take(toPeer) }
                host.ingest()
                peer.ingest()
                host.answerJoin(true)
                peer.answerJoin(true)
                if !host.isClosed { host.tick(after: 50) }
                if !peer.isClosed { peer.tick(after: 50) }
            }
            return said
        }
    }

    private static func sessions(_ world: SessionWorld) -> [[UInt8]] {
        traffic(world).enumerated().map { situation, said in
            var script = Script()
            script.byte(situation)
            for message in said {
                script.byte(SessionTarget.Op.message.rawValue)
                script.chunk(message)
                script.byte(SessionTarget.Op.ingest.rawValue)
                script.byte(SessionTarget.Op.join.rawValue)
                script.byte(1)
            }
            script.byte(SessionTarget.Op.tick.rawValue)
            script.byte(120)
            return script.bytes
        }
    }
}
