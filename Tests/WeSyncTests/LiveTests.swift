import Testing
import WeData
import WeKeys
import WeLog

@testable import WeSync

@Suite("Live push and time")
struct LiveTests {
    @Test(
        "what is written while both reconcile arrives too", arguments: 1...12 as ClosedRange<UInt64>
    )
    func whileReconciling(seed: UInt64) throws {
        let (anna, ben) = try pair(seed: seed &+ 80, events: 10)
        anna.write(1_500)
        ben.write(700)
        let meeting = try Meeting(anna, ben, seed: seed, isLive: true).start()
        var random = Seeded(seed)
        for _ in 0..<40 {
            for _ in 0..<random.below(12) where meeting.step() {}
            let writer = random.below(2)
            [anna, ben][writer].write(1 + random.below(3))
            meeting.grew(writer)
        }
        meeting.run()
        #expect(isSame(anna, ben), "seed \(seed)")
        #expect(!meeting.initiator.isClosed && !meeting.responder.isClosed)
        for side in meeting.sides {
            let isEqual = side.session.isEqual
            #expect(isEqual, "seed \(seed)")
            #expect(side.synced > 0)
        }
        // Nobody sends back what came from the other.
        let sent = meeting.initiator.session.progress.eventsSent
        let stored = meeting.responder.session.progress.eventsStored
        #expect(sent == stored, "seed \(seed)")
    }

    @Test("a push is told once, and both sides say that they are the same again")
    func push() throws {
        let (anna, ben) = try pair(seed: 81, events: 10)
        let meeting = try Meeting(anna, ben, seed: 81, isLive: true).start().run()
        #expect(meeting.initiator.synced == 1 && meeting.responder.synced == 1)
        let before = meeting.initiator.sentBytes + meeting.responder.sentBytes
        ben.write(1)
        meeting.grew(1)
        meeting.run()
        #expect(isSame(anna, ben))
        #expect(meeting.initiator.synced == 2 && meeting.responder.synced == 2)
        let cost = meeting.initiator.sentBytes + meeting.responder.sentBytes - before
        #expect(cost < 500)
        let rounds = meeting.initiator.session.progress.rounds
        #expect(rounds == 0)
    }

    @Test("events that came some other way are found by comparing again")
    func recheck() throws {
        let (anna, ben) = try pair(seed: 82, events: 10)
        let meeting = try Meeting(anna, ben, seed: 82, isLive: true).start().run()
        let cara = try Laptop("Cara", seed: 82)
        try anna.admit(cara)
        copy(anna, to: ben)
        // Both hear of different things, and the shell of one forgets to say so.
        anna.write(3)
        meeting.initiator.session.livePosition = Int64(anna.store.events.count)
        meeting.grew(0)
        meeting.grew(1)
        meeting.run()
        #expect(isSame(anna, ben))
        let rounds = meeting.initiator.session.progress.rounds
        #expect(rounds == 1)
        #expect(meeting.initiator.session.livePosition > 0)
    }

    /// Gives both one more event, one of them without its body, and tells neither session.
    private func withhold(from ben: Laptop, of anna: Laptop, in meeting: Meeting) throws {
        anna.write(1)
        meeting.initiator.session.livePosition = Int64(anna.store.events.count)
        let whole = try need(anna.store.events.last)
        ben.store.force(Event(header: whole.header, signature: whole.signature, body: nil))
    }

    @Test("a body that another peer withheld is asked for while the session goes on")
    func body() throws {
        let (anna, ben) = try pair(seed: 86, events: 10)
        let meeting = try Meeting(anna, ben, seed: 86, isLive: true).start().run()
        for count in 1...3 {
            try withhold(from: ben, of: anna, in: meeting)
            meeting.grew(1)
            meeting.run(patience: 40_000, stepsMax: 100)
            #expect(ben.store.completed.count == count)
        }
        #expect(!meeting.initiator.isClosed && !meeting.responder.isClosed)
    }

    @Test("a body that nobody has is asked for ever less often")
    func nobodysBody() throws {
        let (anna, ben) = try pair(seed: 87, events: 10)
        let meeting = try Meeting(anna, ben, seed: 87, isLive: true).start().run()
        try withhold(from: ben, of: anna, in: meeting)
        let cara = try Laptop("Cara", seed: 87)
        cara.store.teamID = anna.store.teamID
        for event in ben.store.events { cara.store.force(event) }
        cara.store.foldNow()
        meeting.initiator.laptop.store = cara.store
        meeting.grew(1)
        var times: [Milliseconds] = []
        var last: Milliseconds = 0
        while meeting.now < 3_600_000, meeting.step(patience: 60_000) {
            guard let due = meeting.responder.session.wantTime, due != last else { continue }
            last = due
            times.append(due)
        }
        let pauses = zip(times.dropFirst(), times).map { ($0 - $1) / 1_000 }
        #expect(pauses == [30, 60, 120, 240, 480, 600, 600, 600, 600, 600])
        #expect(!meeting.initiator.isClosed && !meeting.responder.isClosed)
    }

    @Test("the handshake has five seconds", arguments: [0, 1])
    func handshakeDeadline(stage: Int) throws {
        let (anna, ben) = try pair(seed: 83)
        let meeting = try Meeting(anna, ben, seed: 83)
        var left = stage
        meeting.tamper = { from, bytes in
            left -= from == 0 ? 1 : 0
            return left < 0 ? [] : bytes
        }
        meeting.start().run(patience: 4_000)
        #expect(!meeting.responder.isClosed)
        meeting.run(patience: 6_000)
        #expect(meeting.responder.error == .handshakeTimeout)
        #expect(meeting.now >= 5_000 && meeting.now < 6_000)
    }

    @Test("silence is broken by a ping after 10 seconds, and a mute peer is left after 30")
    func idle() throws {
        let (anna, ben) = try pair(seed: 84)
        let meeting = try Meeting(anna, ben, seed: 84, isLive: true).start().run()
        let before = meeting.initiator.sentBytes
        for _ in 0..<60 { _ = meeting.step(patience: 11_000) }
        #expect(meeting.now > 60_000)
        #expect(!meeting.initiator.isClosed && !meeting.responder.isClosed)
        #expect(meeting.initiator.sentBytes > before)
        meeting.tamper = { from, bytes in from == 0 ? [] : bytes }
        let start = meeting.now
        for _ in 0..<60 where !meeting.responder.isClosed { _ = meeting.step(patience: 31_000) }
        #expect(meeting.responder.error == .idleTimeout)
        #expect(meeting.now - start <= 31_000)
        #expect(meeting.now - start >= 19_000)
    }

    @Test("an orderly end is one on both sides")
    func finish() throws {
        let (anna, ben) = try pair(seed: 85)
        let meeting = try Meeting(anna, ben, seed: 85, isLive: true).start().run()
        meeting.obey(meeting.initiator.session.finish(now: meeting.now), 0)
        meeting.run()
        #expect(meeting.initiator.closed == .some(nil))
        #expect(meeting.responder.closed == .some(nil))
        let later = meeting.initiator.session.received(
            [1, 2, 3], store: anna.store, now: meeting.now)
        #expect(later.isEmpty)
        #expect(meeting.initiator.session.nextOutput(store: anna.store, now: 0) == nil)
    }

    @Test("a connection that breaks in the middle is called that")
    func broken() throws {
        let (anna, ben) = try pair(seed: 86)
        anna.write(5_000)
        let meeting = try Meeting(anna, ben, seed: 86).start()
        while ben.store.events.count < 500, meeting.step() {}
        let actions = meeting.responder.session.peerClosed(now: meeting.now)
        guard case .close(.disconnected) = try need(actions.last) else {
            Issue.record("\(actions)")
            return
        }
        // What had come is there, and the next session goes on from it.
        let half = ben.store.events.count
        _ = try Meeting(anna, ben, seed: 87).start().run()
        #expect(half > 500 && half < 5_000)
        #expect(isSame(anna, ben))
    }
}
