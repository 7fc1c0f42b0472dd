import Testing
import WeData
import WeKeys
import WeLog

@testable import WeSync

@Suite("Forked logs and bad signatures")
struct ForkTests {
    @Test(
        "both branches of a fork end everywhere, in one round",
        arguments: [(1, 1), (1, 5), (5, 1), (300, 300), (2, 700), (700, 2)], [0, 1])
    func fork(lengths: (Int, Int), swap: Int) throws {
        let (anna, ben) = try pair(seed: 20, events: 290)
        // Anna's laptop is restored on Ben's side, and both copies go on writing.
        let clone = Laptop(restoring: anna, seed: 20)
        anna.write(lengths.0)
        clone.write(lengths.1)
        copy(clone, to: ben)
        let meeting = try Meeting(
            swap == 0 ? anna : ben, swap == 0 ? ben : anna, seed: 20
        ).start().run()
        #expect(isSame(anna, ben))
        let rounds = meeting.initiator.session.progress.rounds
        #expect(rounds == 1)
        #expect(meeting.initiator.error == nil)
        #expect(meeting.initiator.synced == 1)
        #expect(meeting.responder.synced == 1)
        // Nothing that the other had was sent.
        let left = meeting.sides[swap].session.progress
        #expect(left.eventsSent == lengths.0)
        #expect(left.eventsStored == lengths.1)
        #expect(left.eventsReceived == left.eventsStored)
    }

    @Test("a log that holds a fork goes whole to who has none of it")
    func forkToEmpty() throws {
        let (anna, ben) = try pair(seed: 21)
        anna.write(10)
        let clone = Laptop(restoring: anna, seed: 21)
        anna.write(20)
        clone.write(30)
        copy(clone, to: anna)
        anna.write(5)
        _ = try Meeting(ben, anna, seed: 21).start().run()
        #expect(isSame(anna, ben))
    }

    @Test("a forked log of which one side holds one branch alone, clean or not")
    func forkSubset() throws {
        for count in [3, 12, 30, 49] {
            let (anna, ben) = try pair(seed: 22)
            anna.write(10)
            let clone = Laptop(restoring: anna, seed: 22)
            anna.write(20)
            clone.write(30)
            let all = anna.store.events.filter { !ben.store.contains($0.id) }
            for event in all.prefix(min(count, 30)) { ben.store.add(event) }
            copy(clone, to: anna)
            if count == 49 { copy(clone, to: ben) }
            let meeting = try Meeting(anna, ben, seed: 22).start().run()
            #expect(isSame(anna, ben), "\(count)")
            #expect(meeting.initiator.session.currentProgress.rounds <= 1)
        }
    }

    @Test("a fork that comes some other way while both compare is nobody's fault")
    func forkWhileComparing() throws {
        for steps in 0..<24 {
            let (anna, ben) = try pair(seed: 26, events: 20)
            let clone = Laptop(restoring: anna, seed: 26)
            anna.write(9)
            clone.write(4)
            copy(clone, to: anna)
            copy(clone, to: ben)
            let meeting = try Meeting(anna, ben, seed: 26, isLive: true).start()
            for _ in 0..<steps where meeting.step() {}
            copy(anna, to: ben)
            meeting.grew(1)
            meeting.run()
            #expect(isSame(anna, ben), "\(steps)")
            #expect(!meeting.initiator.isClosed && !meeting.responder.isClosed, "\(steps)")
        }
    }

    @Test("membership logs fork too, and still come first")
    func membershipFork() throws {
        let (anna, ben) = try pair(seed: 23)
        let clone = Laptop(restoring: anna, seed: 23)
        let cara = try Laptop("Cara", seed: 23)
        let dan = try Laptop("Dan", seed: 23)
        try anna.admit(cara)
        try clone.admit(dan)
        cara.write(30)
        dan.write(30)
        copy(cara, to: anna)
        copy(clone, to: ben)
        copy(dan, to: ben)
        let meeting = try Meeting(anna, ben, seed: 23).start().run()
        #expect(isSame(anna, ben))
        #expect(meeting.initiator.synced == 1)
        #expect(anna.store.team?.persons.count == 4)
    }

    /// A laptop whose log has a valid chain but garbage instead of some signatures.
    private func spoiled(
        _ author: Laptop, good: Int, bad: Int, after: Int
    ) throws -> [Event] {
        var events: [Event] = []
        author.write(good)
        var last = try need(author.store.last(of: author.contentLog))
        let key = author.contentLog
        for _ in 0..<bad {
            let body = ContentBody(
                salt: author.random.bytes(16), changes: [.create(kind: "share")]
            ).encoded
            let honest = author.event(body, in: key, after: last, object: nil, parents: [])
            let event = Event(
                header: honest.header,
                signature: try need(Signature(author.random.bytes(64))), body: body)
            author.store.force(event)
            events.append(event)
            last = event
        }
        author.write(after)
        return events
    }

    @Test(
        "garbage in the middle of a run is made good by what follows",
        arguments: [1, 3, 2_500])
    func garbageInTheMiddle(bad: Int) throws {
        let (anna, ben) = try pair(seed: 24)
        let garbage = try spoiled(anna, good: 5, bad: bad, after: 7)
        let meeting = try Meeting(anna, ben, seed: 24).start().run()
        #expect(isSame(anna, ben))
        #expect(ben.store.contains(garbage[0].id))
        #expect(meeting.initiator.error == nil)
        #expect(meeting.responder.session.incoming.pendingBytes == 0)
    }

    @Test("a garbage tail is neither stored nor blamed, and what is good goes through")
    func garbageTail() throws {
        let (anna, ben) = try pair(seed: 25)
        let garbage = try spoiled(anna, good: 5, bad: 3, after: 0)
        ben.write(4)
        let live = try Meeting(anna, ben, seed: 25, isLive: true).start()
        live.run()
        #expect(!live.initiator.isClosed && !live.responder.isClosed)
        for event in garbage { #expect(!ben.store.contains(event.id)) }
        #expect(anna.store.ids.subtracting(garbage.map(\.id)) == ben.store.ids)
        // The author goes on, and everything comes together.
        anna.write(1)
        live.grew(0)
        live.run()
        #expect(isSame(anna, ben))
        let isEqual = live.initiator.session.isEqual
        #expect(isEqual)
    }

    @Test("a session that cannot converge says so after three rounds")
    func notConverging() throws {
        let (anna, ben) = try pair(seed: 26)
        _ = try spoiled(anna, good: 5, bad: 3, after: 0)
        let meeting = try Meeting(anna, ben, seed: 26).start().run()
        #expect(meeting.responder.error == .notConverging)
        let ends: [SyncError?] = [.notConverging, .refused(code: 15, reason: "")]
        #expect(ends.contains(meeting.initiator.error))
        let rounds = meeting.responder.session.progress.rounds
        #expect(rounds == 3)
    }

    @Test("an event that waits for its parent is tried again when more has come")
    func waiting() throws {
        let (anna, ben) = try pair(seed: 27, events: 3)
        let known = ben.store.events.count
        anna.write(5)
        var incoming = Incoming(remembers: true)
        let late = anna.store.events.suffix(2)
        let early = anna.store.events.dropFirst(known).dropLast(2)
        let key = anna.contentLog
        let first = incoming.received([Run(key: key, events: Array(late))])
        #expect(first.count == 1)
        _ = incoming.ingested(ben.store.ingest(first))
        #expect(incoming.pendingBytes > 0)
        #expect(incoming.retry(isEnd: true).isEmpty)
        let second = incoming.received([Run(key: key, events: Array(early))])
        _ = incoming.ingested(ben.store.ingest(second))
        let again = incoming.retry(isEnd: true)
        #expect(again.count == 1)
        _ = incoming.ingested(ben.store.ingest(again))
        #expect(incoming.pendingBytes == 0)
        #expect(incoming.isDrained == false || incoming.retry(isEnd: true).isEmpty)
        #expect(isSame(anna, ben))
    }

    @Test("what is held back never passes its limit; the oldest goes first")
    func pendingBound() throws {
        let (anna, _) = try pair(seed: 28)
        var incoming = Incoming(remembers: false)
        let body = ContentBody(
            salt: anna.random.bytes(16),
            changes: [
                .create(kind: "x"), .set(field: "f", value: .bytes(anna.random.bytes(999_000))),
            ]
        ).encoded
        for sequence in 0..<12 {
            let honest = anna.event(
                body, in: anna.contentLog, after: nil, object: nil,
                parents: [
                    try need(anna.store.introduction(of: anna.key.publicKey))
                ])
            let garbage = Event(
                header: honest.header, signature: try need(Signature(anna.random.bytes(64))),
                body: body)
            #expect(incoming.received([Run(key: garbage.key, events: [garbage])]).isEmpty)
            let bytes = incoming.pendingBytes
            #expect(bytes <= SyncLimit.pendingBytesMax)
            #expect(bytes >= min(sequence + 1, 8) * 999_000)
        }
    }
}
