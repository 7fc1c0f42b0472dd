import Testing
import WeData
import WeKeys
import WeLog

@testable import WeSync

/// Carried files: what was written comes back, and what was changed is seen.
@Suite("Bundles")
struct BundleTests {
    @Test(
        "a full bundle makes an empty store the same, in pieces of any size",
        arguments: [1, 7, 4096])
    func full(piece: Int) throws {
        let (anna, _) = try pair(seed: 1, events: 30)
        let bytes = try Sticks.bundle(by: anna).flatMap(\.self)
        let cas = try Sticks.empty("Cas", like: anna)
        let reading = Sticks.read(bytes, into: cas, piece: piece)
        #expect(reading.fault == nil)
        #expect(reading.about == (try Sticks.about(anna)))
        #expect(try cas.store.summary() == anna.store.summary())
        #expect(cas.store.team?.persons.count == 2)
    }

    @Test("a delta holds what one lacks and not one event more")
    func delta() throws {
        let (anna, ben) = try pair(seed: 2, events: 20)
        let lacked = Set(anna.write(5))
        let bytes = try Sticks.bundle(by: anna, for: [Sticks.frontier(ben)]).flatMap(\.self)
        let reading = Sticks.read(bytes, into: ben)
        #expect(Set(reading.eventIDs) == lacked && reading.eventIDs.count == 5)
        #expect(try ben.store.summary() == anna.store.summary())
        let plan = try BundlePlan(for: [Sticks.frontier(ben)], store: anna.store)
        #expect(plan.isEmpty && plan.lackedCounts == [0])
    }

    @Test("of several who lack different things, each gets all of it, relayed work included")
    func several() throws {
        let (anna, ben) = try pair(seed: 3, events: 4)
        let cas = try Sticks.empty("Cas", like: anna)
        anna.write(3)
        for event in ben.write(2).compactMap({ ben.store[$0] }) { anna.store.add(event) }
        let frontiers = [try Sticks.frontier(ben), nil]
        let plan = try BundlePlan(for: frontiers, store: anna.store)
        #expect(plan.lackedCounts == [3, anna.store.events.count])
        let bytes = try Sticks.bundle(by: anna, for: frontiers).flatMap(\.self)
        for laptop in [ben, cas] {
            #expect(Sticks.read(bytes, into: laptop).fault == nil)
            #expect(try laptop.store.summary() == anna.store.summary())
        }
    }

    @Test("membership goes before content")
    func membershipFirst() throws {
        let (anna, _) = try pair(seed: 4, events: 3)
        _ = try anna.invite()
        let cas = try Sticks.empty("Cas", like: anna)
        let ids = Sticks.read(try Sticks.bundle(by: anna).flatMap(\.self), into: cas).eventIDs
        let classes = ids.compactMap { anna.store[$0]?.key.logClass.rawValue }
        #expect(classes == classes.sorted(by: >))
    }

    @Test("a forked log goes whole, to and fro, until both hold both branches")
    func fork() throws {
        let (anna, ben) = try pair(seed: 5, events: 6)
        let restored = Laptop(restoring: anna, seed: 5)
        restored.write(4)
        for event in restored.store.events where !ben.store.contains(event.id) {
            ben.store.add(event)
        }
        anna.write(2)
        for _ in 0..<2 {
            let there = try Sticks.bundle(by: anna, for: [Sticks.frontier(ben)]).flatMap(\.self)
            let back = try Sticks.bundle(by: ben, for: [Sticks.frontier(anna)]).flatMap(\.self)
            Sticks.read(there, into: ben)
            Sticks.read(back, into: anna)
        }
        #expect(try anna.store.summary() == ben.store.summary())
        #expect(try BundlePlan(for: [Sticks.frontier(ben)], store: anna.store).isEmpty)
    }

    @Test("bodies that one lacks come again")
    func wanted() throws {
        let (anna, ben) = try pair(seed: 6)
        let id = try #require(anna.write().first)
        let whole = try #require(anna.store[id])
        ben.store.add(Event(header: whole.header, signature: whole.signature, body: nil))
        let frontier = try Sticks.frontier(ben)
        #expect(frontier.wanted == [id])
        let bytes = try Sticks.bundle(by: anna, for: [frontier]).flatMap(\.self)
        #expect(Sticks.read(bytes, into: ben).eventIDs == [id])
        #expect(ben.store.completed == [id])
    }

    @Test("a frontier says what its laptop holds")
    func frontier() throws {
        let (anna, ben) = try pair(seed: 7, events: 9)
        let reading = Sticks.read(
            try Sticks.frontierFile(by: anna), .frontier, into: ben, piece: 5)
        #expect(reading.fault == nil)
        #expect(reading.logs == (try anna.store.logs()))
        #expect(reading.about == (try Sticks.about(anna)))
        #expect(try Sticks.frontier(anna).isCovered(by: ben.store))
        anna.write()
        #expect(try !Sticks.frontier(anna).isCovered(by: ben.store))
    }

    // MARK: - Secrets

    @Test("who holds no secret reads nothing; a box of one's own opens it; others' don't")
    func boxes() throws {
        let (anna, ben) = try pair(seed: 8, events: 2)
        let cas = try Sticks.empty("Cas", like: anna)
        cas.secret = try #require(Bytes32([UInt8](repeating: 9, count: 32)))
        let bytes = try Sticks.bundle(by: anna, boxes: [cas.channel.publicKey]).flatMap(\.self)
        #expect(Sticks.read(bytes, into: cas).fault == .unknownSecret)
        var reader = BundleReader(.bundle, team: nil)
        reader.received(bytes)
        #expect(try reader.readHeading())
        #expect(reader.secret(for: ben.channel) == nil)
        #expect(reader.secret(for: cas.channel) == anna.secret)
    }

    @Test("of several secrets known here the one that fits is found")
    func olderSecrets() throws {
        let (anna, ben) = try pair(seed: 9, events: 2)
        let newer = try #require(Bytes32([UInt8](repeating: 8, count: 32)))
        let bytes = try Sticks.bundle(by: anna).flatMap(\.self)
        #expect(Sticks.read(bytes, into: ben, secrets: [newer, anna.secret]).fault == nil)
    }

    @Test("an invitation's holder finds the team and the invitation; nobody else does")
    func notes() throws {
        let (anna, _) = try pair(seed: 10)
        let (invitation, invite) = try anna.invite()
        let (other, _) = try anna.invite()
        let team = try #require(anna.store.teamID)
        var writer = try BundleWriter(
            .frontier, secret: anna.secret, salt: anna.random.bytes(16),
            open: [BundleWriter.Open(psk: invitation.psk, invite: invite)],
            of: (id: team, name: "Lab"))
        var reader = BundleReader(.frontier, team: nil)
        reader.received(try writer.begin(Sticks.about(anna), by: anna.key))
        #expect(try reader.readHeading())
        let found = reader.invited(psk: invitation.psk)
        #expect(found?.team == team && found?.invite == invite && found?.teamName == "Lab")
        #expect(reader.invited(psk: other.psk) == nil)
    }

    @Test("nothing of an event, a name or a key stands in the clear")
    func clear() throws {
        let (anna, ben) = try pair(seed: 11, events: 3)
        let bytes =
            try Sticks.bundle(by: anna, boxes: [ben.channel.publicKey]).flatMap(\.self)
            + Sticks.frontierFile(by: anna)
        let secrets = [
            anna.key.publicKey.bytes, anna.channel.publicKey.bytes, ben.channel.publicKey.bytes,
            anna.secret.bytes, anna.store.teamID?.bytes ?? [], Array("Anna".utf8),
            Array("Lab".utf8),
        ]
        for secret in secrets { #expect(!bytes.containsRun(secret)) }
        // Two files of one state have nothing in common but magic and lengths.
        let again = try Sticks.frontierFile(by: anna)
        let same = zip(try Sticks.frontierFile(by: anna), again).filter { $0 == $1 }.count
        #expect(same < again.count / 8)
    }
}

extension [UInt8] {
    func containsRun(_ other: [UInt8]) -> Bool {
        guard let first = other.first, count >= other.count else { return false }
        for start in 0...(count - other.count) where self[start] == first {
            if self[start..<(start + other.count)].elementsEqual(other) { return true }
        }
        return false
    }
}
