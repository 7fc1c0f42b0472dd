import Testing
import WeData
import WeKeys
import WeLog

@testable import WeSync

/// Sticks are pulled out, rot and are changed by strangers: what came before stays good, and
/// nothing else is taken.
@Suite("Damaged bundles")
struct BundleDamageTests {
    @Test("each refusal says why, in words of its own, and which of them only lost the end")
    func descriptions() {
        let errors: [BundleError] = [
            .notABundle, .newerVersion(9), .unknownSecret, .damaged, .truncated,
            .badMessage(DecodingError(.outOfBounds, at: 3)), .unexpectedMessage, .badProof,
            .otherTeam, .tooMuch("events"), .keys,
        ]
        #expect(Set(errors.map(\.description)).count == errors.count)
        #expect(BundleError.newerVersion(9).description.contains("9"))
        #expect(BundleError.tooMuch("events").description.contains("events"))
        #expect(errors.filter(\.isLossOfTail) == [.damaged, .truncated])
    }

    private func world(_ seed: UInt64) throws -> (Laptop, records: [[UInt8]]) {
        let (anna, _) = try pair(seed: seed)
        // Bodies so large that there are several windows.
        anna.write(9, bytes: 120_000)
        return (anna, try Sticks.bundle(by: anna))
    }

    private func small(_ seed: UInt64) throws -> (Laptop, bytes: [UInt8]) {
        let (anna, _) = try pair(seed: seed, events: 2)
        return (anna, try Sticks.bundle(by: anna).flatMap(\.self))
    }

    @Test("cut at every length: what came before is given, and the cut is said")
    func cut() throws {
        let (anna, bytes) = try small(21)
        let all = Set(anna.store.ids)
        for length in 0..<bytes.count {
            let cas = try Sticks.empty("Cas", like: anna)
            let reading = Sticks.read(Array(bytes.prefix(length)), into: cas)
            // An empty file, or one that ends in its heading, was never begun.
            #expect(reading.fault == .truncated || reading.fault == .notABundle, "\(length)")
            #expect(all.isSuperset(of: reading.eventIDs), "\(length)")
        }
    }

    @Test("each record that is whole is taken, whatever happened to the ones behind it")
    func records() throws {
        let (anna, records) = try world(22)
        #expect(records.count >= 6)
        var before = 0
        for count in 2..<records.count {
            for tail in [[], [UInt8](repeating: 0, count: 9_000)] {
                let cas = try Sticks.empty("Cas", like: anna)
                let reading = Sticks.read(records[..<count].flatMap(\.self) + tail, into: cas)
                #expect(reading.fault == (tail.isEmpty ? .truncated : .damaged))
                #expect(reading.eventIDs.count >= before)
                #expect(reading.eventIDs.count == cas.store.events.count)
                before = reading.eventIDs.count
            }
        }
        #expect(before == anna.store.events.count)
    }

    @Test("every flipped bit is seen, and nothing that was not written is taken")
    func flipped() throws {
        let (anna, bytes) = try small(23)
        for place in bytes.indices {
            var spoilt = bytes
            spoilt[place] ^= 1 << UInt8(place % 8)
            let cas = try Sticks.empty("Cas", like: anna)
            let reading = Sticks.read(spoilt, into: cas)
            #expect(reading.fault != nil, "byte \(place)")
            #expect(anna.store.ids.isSuperset(of: reading.eventIDs), "byte \(place)")
            #expect(reading.refused.isEmpty, "byte \(place)")
        }
    }

    @Test("records moved, dropped, repeated or put in from another file end the reading there")
    func spliced() throws {
        let (anna, records) = try world(24)
        let other = try Sticks.bundle(by: anna)
        var seed = Seeded(24)
        for round in 0..<40 {
            var spliced = records
            let place = 1 + Int(seed.below(records.count - 2))
            switch round % 4 {
            case 0: spliced.swapAt(place, place + 1)
            case 1: spliced.remove(at: place)
            case 2: spliced.insert(spliced[place], at: place)
            default: spliced[place] = other[place]
            }
            let cas = try Sticks.empty("Cas", like: anna)
            let reading = Sticks.read(spliced.flatMap(\.self), into: cas)
            #expect(reading.fault == .damaged, "round \(round), record \(place)")
            #expect(anna.store.ids.isSuperset(of: reading.eventIDs))
        }
    }

    @Test("what follows the end is no part of it")
    func trailing() throws {
        let (anna, bytes) = try small(25)
        let cas = try Sticks.empty("Cas", like: anna)
        let reading = Sticks.read(bytes + [0], into: cas)
        #expect(reading.fault == .damaged)
        #expect(try cas.store.summary() == anna.store.summary())
    }

    @Test("a heading that is another's, too long or newer is refused before anything is read")
    func headings() throws {
        let (anna, bytes) = try small(26)
        let cas = try Sticks.empty("Cas", like: anna)
        func fault(_ change: (inout [UInt8]) -> Void) -> BundleError? {
            var changed = bytes
            change(&changed)
            return Sticks.read(changed, into: cas).fault
        }
        #expect(fault { $0[7] = 2 } == .newerVersion(2))
        #expect(fault { $0[8] = 0xFF } == .tooMuch("heading"))
        #expect(fault { $0[0] = 0 } == .notABundle)
        #expect(Sticks.read(bytes, .frontier, into: cas).fault == .notABundle)
        #expect(Sticks.read(Array("Dear diary".utf8), into: cas).fault == .notABundle)
        #expect(cas.store.events.isEmpty)
    }

    @Test("a member who writes what has no place in a file is refused")
    func places() throws {
        let (anna, ben) = try pair(seed: 27, events: 1)
        let team = try #require(anna.store.teamID)
        func file(_ kind: BundleKind, _ messages: [Message]) throws -> [UInt8] {
            try Forgery.file(kind, by: anna, messages)
        }
        let totals = Message.totals(events: 1, bytes: 1)
        let logs = Message.ranges([LogRange(upper: nil, content: .answer(try anna.store.logs()))])
        let wrong: [(BundleKind, [Message])] = [
            (.bundle, [.sent]), (.bundle, [.ping, .sent]), (.bundle, [totals, totals, .sent]),
            (.bundle, [.events([]), .sent]), (.bundle, [totals, logs, .sent]),
            (.bundle, [totals, .introduced]), (.frontier, [totals, .sent]),
            (.frontier, [logs, logs, .sent]), (.frontier, [.want([]), logs, .sent]),
            (.frontier, [.ranges([LogRange(upper: nil, content: .skip)]), .sent]),
            (.frontier, [.invited(team: team, invite: EventID(.zero), teamName: ""), .sent]),
        ]
        for (kind, messages) in wrong {
            let reading = Sticks.read(try file(kind, messages), kind, into: ben)
            #expect(reading.fault == .unexpectedMessage, "\(kind) \(messages.count)")
        }
        let good = Sticks.read(try file(.frontier, [logs, .sent]), .frontier, into: ben)
        #expect(good.fault == nil)
    }

    @Test("nobody writes in a colleague's name, nor puts their record behind another heading")
    func names() throws {
        let (anna, ben) = try pair(seed: 28)
        var writer = try BundleWriter(
            .frontier, secret: anna.secret, salt: anna.random.bytes(16))
        let forged = try writer.begin(Sticks.about(ben), by: anna.key)
        #expect(Sticks.read(forged, .frontier, into: ben).fault == .badProof)
    }

    @Test("events of another team, and bytes that are no events, end the reading")
    func otherTeam() throws {
        let (anna, ben) = try pair(seed: 29)
        let stranger = try Laptop("Stranger", seed: 30)
        stranger.found()
        let runs = Run.grouping(try stranger.store.events(after: 0, countMax: 9))
        let file = try Forgery.file(
            .bundle, by: anna, [.totals(events: 1, bytes: 1), .events(runs), .sent])
        #expect(Sticks.read(file, into: ben).fault == .otherTeam)
    }
}

/// Files that no correct writer writes.
enum Forgery {
    static func file(
        _ kind: BundleKind, by laptop: Laptop, _ messages: [Message]
    ) throws -> [UInt8] {
        let salt = laptop.random.bytes(16)
        var writer = try BundleWriter(kind, secret: laptop.secret, salt: salt)
        var bytes = try writer.begin(Sticks.about(laptop), by: laptop.key)
        for (place, message) in messages.enumerated() {
            bytes += try writer.seal(
                message.encoded, isLast: place == messages.count - 1)
        }
        return bytes
    }
}
