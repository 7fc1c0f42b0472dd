import Foundation
import Testing
import WeData
import WeKeys
import WeLog
import WeReplica

/// What is stored and what is refused for good (Protocol.md section 7, "Storing").
@Suite("Storing")
struct StoringTests {
    /// A founder's replica, and events of that device in a log that its replica knows nothing of.
    private struct Bench {
        let anna: Laptop
        let team: TeamID
        var genesis: EventID { EventID(team.value) }

        init() throws {
            anna = try Laptop("Anna")
            try anna.found("Noord")
            team = try require2(anna.replica.currentTeam).id
        }

        func event(
            _ changes: [Change] = [.create(kind: "share")], log: UInt64 = 9,
            logClass: LogClass = .content, after last: Event? = nil, sequence: Int? = nil,
            object: ObjectID? = nil, parents: [EventID] = [], lamport: Int,
            body: [UInt8]? = nil
        ) -> Event {
            let salt = [UInt8](repeating: 1, count: 16)
            return anna.author.event(
                team: team,
                key: LogKey(logClass: logClass, device: anna.key.publicKey, log: log),
                sequence: sequence ?? last.map { $0.header.sequence + 1 } ?? 0,
                previous: last?.id, object: object, parents: parents, lamport: lamport, wall: 0,
                body: body ?? ContentBody(salt: salt, changes: changes).encoded)
        }

        func ingest(_ events: Event...) throws -> IngestReport {
            try anna.replica.ingest(events.map { Run(key: $0.key, events: [$0]) })
        }
    }

    @Test("lamport is one more than the greatest of prev and parents, no less and no more")
    func lamport() throws {
        let bench = try Bench()
        for wrong in [2, 3, 1 << 40, Int.max] {
            let event = bench.event(parents: [bench.genesis], lamport: wrong)
            #expect(try bench.ingest(event).refused == [.lamport], "\(wrong)")
        }
        let first = bench.event(parents: [bench.genesis], lamport: 1)
        #expect(try bench.ingest(first).storedCount == 1)
        let other = bench.event(log: 10, parents: [bench.genesis], lamport: 1)
        let edit = bench.event(
            [.set(field: "title", value: "x")], log: 10, after: other, object: first.object,
            parents: [first.id], lamport: 2)
        let late = bench.event(log: 10, after: edit, lamport: 2)
        #expect(try bench.ingest(other, edit).storedCount == 2)
        #expect(try bench.ingest(late).refused == [.lamport])
        let right = bench.event(log: 10, after: edit, lamport: 3)
        #expect(try bench.ingest(right).storedCount == 1)
    }

    @Test("prev is of the same log with a sequence one less")
    func previous() throws {
        let bench = try Bench()
        let first = bench.event(parents: [bench.genesis], lamport: 1)
        let elsewhere = bench.event(log: 10, parents: [bench.genesis], lamport: 1)
        #expect(try bench.ingest(first, elsewhere).storedCount == 2)
        let foreign = bench.event(after: elsewhere, lamport: 2)
        let gap = bench.event(after: first, sequence: 2, lamport: 2)
        for event in [foreign, gap] {
            #expect(
                try bench.ingest(event).refused == [.form("prev is not the event before")])
        }
    }

    @Test("parents are of the event's object, or membership")
    func parents() throws {
        let bench = try Bench()
        let one = bench.event(parents: [bench.genesis], lamport: 1)
        let two = bench.event([.create(kind: "need")], after: one, lamport: 2)
        #expect(try bench.ingest(one, two).storedCount == 2)
        let another = LogError.form("a parent belongs to another object")
        let mixed = bench.event(
            after: two, object: one.object, parents: [one.id, two.id], lamport: 3)
        let named = bench.event(after: two, object: one.object, parents: [two.id], lamport: 3)
        for event in [mixed, named] { #expect(try bench.ingest(event).refused == [another]) }
        let creating = bench.event(after: two, parents: [one.id], lamport: 3)
        #expect(
            try bench.ingest(creating).refused == [
                .form("an event that creates an object has no past in it")
            ])
        let act = MembershipBody(
            salt: [UInt8](repeating: 2, count: 16), act: .close(invite: one.id))
        let membership = bench.event(
            log: 11, logClass: .membership, parents: [one.id, bench.genesis].sorted(), lamport: 2,
            body: act.encoded)
        #expect(
            try bench.ingest(membership).refused == [.form("a membership event names content")])
    }

    @Test("a membership event has its body; a content event may have lost it")
    func bodies() throws {
        let bench = try Bench()
        func without(_ event: Event) -> Event {
            Event(header: event.header, signature: event.signature, body: nil)
        }
        let act = MembershipBody(
            salt: [UInt8](repeating: 2, count: 16), act: .close(invite: bench.genesis))
        let membership = bench.event(
            log: 11, logClass: .membership, parents: [bench.genesis], lamport: 1,
            body: act.encoded)
        #expect(
            try bench.ingest(without(membership)).refused == [
                .form("a membership event without its body")
            ])
        let erased = without(bench.event(parents: [bench.genesis], lamport: 1))
        #expect(try bench.ingest(erased).storedCount == 1)
        let edit = bench.event(
            [.set(field: "title", value: "kept")], after: erased, object: erased.object,
            parents: [erased.id], lamport: 2)
        #expect(try bench.ingest(edit).storedCount == 1)
        #expect(try bench.anna.replica.record(erased.object)?["title"] == "kept")
        #expect(try bench.anna.replica.check().isSound)
    }

    @Test("a log begins with what introduces its device")
    func introduction() throws {
        let bench = try Bench()
        let chris = try Laptop("Chris")
        let bram = try Laptop("Bram")
        try bench.anna.admit(bram)
        let events = try bench.anna.allEvents()
        let admission = try require2(events.last { $0.key.logClass == .membership })
        func first(_ laptop: Laptop, naming parent: Event) -> Event {
            laptop.author.event(
                team: bench.team,
                key: LogKey(logClass: .content, device: laptop.key.publicKey, log: 5),
                sequence: 0, previous: nil, object: nil, parents: [parent.id],
                lamport: parent.header.lamport + 1, wall: 0,
                body: ContentBody(salt: [UInt8](repeating: 1, count: 16), changes: []).encoded)
        }
        #expect(
            try bench.ingest(first(chris, naming: admission)).refused == [.notIntroduced])
        #expect(try bench.ingest(first(bram, naming: events[0])).refused == [.notIntroduced])
        #expect(try bench.ingest(first(bram, naming: admission)).storedCount == 1)
    }

    @Test("what lacks its past waits, and is stored when that comes; the rest goes on")
    func waiting() throws {
        let bench = try Bench()
        let one = bench.event(parents: [bench.genesis], lamport: 1)
        let two = bench.event(after: one, lamport: 2)
        let edit = bench.event(
            [.set(field: "title", value: "x")], log: 10, object: one.object,
            parents: [bench.genesis, one.id].sorted(), lamport: 2)
        let other = bench.event(log: 12, parents: [bench.genesis], lamport: 1)
        let report = try bench.ingest(two, edit, other)
        #expect(report.storedCount == 1 && report.refused.isEmpty)
        #expect(Set(report.waiting.flatMap(\.events).map(\.id)) == [two.id, edit.id])
        let last = try bench.anna.replica.ingest(
            report.waiting + [Run(key: one.key, events: [one])])
        #expect(last.storedCount == 3 && last.waiting.isEmpty)
        #expect(try bench.ingest(one, two, edit).knownCount == 3)
    }

    @Test("an event that can't be valid ends its run, and hinders no other")
    func refusedRun() throws {
        let bench = try Bench()
        let good = bench.event(parents: [bench.genesis], lamport: 1)
        let wrong = bench.event(after: good, lamport: 7)
        let after = bench.event(after: wrong, lamport: 8)
        let other = bench.event(log: 10, parents: [bench.genesis], lamport: 1)
        let report = try bench.anna.replica.ingest([
            Run(key: good.key, events: [good, wrong, after]), Run(key: other.key, events: [other]),
        ])
        #expect(report.storedCount == 2)
        #expect(report.refused == [.lamport] && report.waiting.isEmpty)
    }

    @Test("both branches of a fork are stored and count")
    func fork() throws {
        let bench = try Bench()
        let one = bench.event(parents: [bench.genesis], lamport: 1)
        let two = bench.event([.create(kind: "need")], parents: [bench.genesis], lamport: 1)
        let after = bench.event(after: one, lamport: 2)
        let beside = bench.event([.create(kind: "need")], after: two, lamport: 2)
        #expect(try bench.ingest(one, two, beside, after).storedCount == 4)
        for event in [one, two, after, beside] {
            #expect(try bench.anna.replica.record(event.object) != nil)
        }
        #expect(try bench.anna.replica.check().isSound)
        let digest = try bench.anna.replica.digest()
        try bench.anna.replica.rebuild()
        #expect(try bench.anna.replica.digest() == digest)
    }

    /// Both branches hold an event that only its successor vouches for.
    @Test("a signature that a later event makes up for is no damage, on a fork either")
    func forkWithGarbage() throws {
        let bench = try Bench()
        func garbled(_ event: Event) -> Event {
            Event(
                header: event.header,
                signature: Signature([UInt8](repeating: 3, count: 64)) ?? event.signature,
                body: event.body)
        }
        let one = garbled(bench.event(parents: [bench.genesis], lamport: 1))
        let two = garbled(
            bench.event([.create(kind: "need")], parents: [bench.genesis], lamport: 1))
        let after = bench.event(after: one, lamport: 2)
        let beside = bench.event([.create(kind: "need")], after: two, lamport: 2)
        #expect(try bench.ingest(one, two, after, beside).storedCount == 4)
        #expect(try bench.anna.replica.check().damagedCount == 0)
        let open = garbled(bench.event(after: after, lamport: 3))
        #expect(try bench.ingest(open).storedCount == 1)
        #expect(try bench.anna.replica.check().damagedCount == 1)
    }

    @Test("clocks ten years off, and jumping: nothing is refused, and causality alone orders")
    func clocks() throws {
        let decade: Int64 = 315_576_000_000
        for ahead in [decade, -decade] {
            let (anna, bram) = (try Laptop("Anna"), try Laptop("Bram"))
            anna.wall += ahead
            bram.wall -= ahead
            try anna.found("Noord")
            try anna.admit(bram)
            let share = try anna.share("first", "text")
            func title(_ laptop: Laptop) throws -> String? {
                try laptop.replica.record(share)?["title"]?.text
            }
            #expect(try bram.ingest(anna.allEvents()).refused.isEmpty)
            try bram.change(share, .set(field: "title", value: "second"))
            #expect(try anna.ingest(bram.allEvents()).refused.isEmpty)
            #expect(try title(anna) == "second", "what it wrote over is older")
            anna.wall -= 2 * ahead
            try anna.change(share, .set(field: "title", value: "third"))
            bram.wall += 3 * ahead
            for word in ["fourth", "fifth"] {
                try bram.change(share, .set(field: "title", value: .text(word)))
            }
            for (one, other) in [(anna, bram), (bram, anna)] {
                #expect(try one.ingest(other.allEvents()).refused.isEmpty)
            }
            // Two steps against one, neither of which saw the other: the longer way counts.
            for laptop in [anna, bram] { #expect(try title(laptop) == "fifth") }
            #expect(try anna.replica.digest() == bram.replica.digest())
        }
    }
}
