import Testing
import WeData
import WeKeys
import WeLog

@testable import WeSync

func isSame(_ laptops: Laptop...) -> Bool {
    laptops.allSatisfy { $0.store.ids == laptops[0].store.ids }
}

@Suite("Session")
struct SessionTests {
    @Test("nothing new costs one round trip and less than 300 bytes")
    func nothingNew() throws {
        let (anna, ben) = try pair(seed: 1, events: 50)
        for isLive in [true, false] {
            let meeting = try Meeting(anna, ben, seed: 1, isLive: isLive, splits: false)
            meeting.latency = 100
            meeting.start().run()
            let progress = meeting.initiator.session.currentProgress
            let bytes = progress.wireBytesIn + progress.wireBytesOut
            print("nothing new:", bytes, "bytes")
            #expect(meeting.initiator.synced == 1)
            #expect(meeting.responder.synced == 1)
            #expect(bytes < 300)
            // Message 1 and 2, then hello and hello.
            #expect(meeting.initiator.syncedAt == 400)
            // What the handshake takes: 48 + 96 + 64 and three prefixes.
            #expect(
                meeting.initiator.sentBytes + meeting.responder.sentBytes == bytes + 214)
            #expect(meeting.initiator.isClosed == !isLive)
            #expect(meeting.initiator.error == nil)
            #expect(meeting.initiator.recognised == ben.key.publicKey)
            #expect(meeting.responder.recognised == anna.key.publicKey)
        }
    }

    @Test("100 new events take two round trips at most", arguments: [0, 1])
    func hundredNew(writer: Int) throws {
        let (anna, ben) = try pair(seed: 2, events: 50)
        [anna, ben][writer].write(100)
        let meeting = try Meeting(anna, ben, seed: 2, splits: false)
        meeting.latency = 100
        meeting.start().run()
        #expect(isSame(anna, ben))
        let progress = meeting.initiator.session.currentProgress
        print("100 new:", progress.wireBytesIn + progress.wireBytesOut, "bytes", progress)
        #expect(meeting.initiator.synced == 1)
        #expect(meeting.responder.synced == 1)
        #expect(try need(meeting.initiator.syncedAt) <= 200 + 400)
        #expect(progress.roundTrips <= 2)
        let receiver = meeting.sides[1 - writer].session.currentProgress
        #expect(receiver.eventsToReceive == 100)
        #expect(receiver.eventsStored == 100)
        #expect(receiver.bytesReceived == receiver.bytesToReceive)
        #expect(meeting.sides[writer].session.currentProgress.eventsSent == 100)
    }

    @Test("both sides get what the other wrote", arguments: 1...8 as ClosedRange<UInt64>)
    func bothDirections(seed: UInt64) throws {
        let (anna, ben) = try pair(seed: seed, events: 20)
        anna.write(300)
        ben.write(2_100, bytes: 60)
        let meeting = try Meeting(anna, ben, seed: seed).start().run()
        #expect(isSame(anna, ben), "seed \(seed)")
        #expect(meeting.initiator.synced == 1)
        #expect(meeting.initiator.error == nil)
        #expect(meeting.responder.error == nil)
        #expect(meeting.initiator.isClosed && meeting.responder.isClosed)
        let rounds = meeting.initiator.session.currentProgress.rounds
        #expect(rounds == 1)
    }

    @Test("news travel along a chain of three live laptops")
    func chain() throws {
        let (anna, ben) = try pair(seed: 3, events: 5)
        let cara = try Laptop("Cara", seed: 3)
        try anna.admit(cara)
        copy(anna, to: ben)
        copy(anna, to: cara)
        let left = try Meeting(anna, ben, seed: 3, isLive: true)
        let right = try Meeting(ben, cara, seed: 4, isLive: true)
        left.start().run()
        right.start().run()
        anna.write(40)
        cara.write(30)
        left.grew(0)
        right.grew(1)
        for _ in 0..<4 {
            left.run()
            right.grew(0)
            right.run()
            left.grew(1)
        }
        #expect(isSame(anna, ben, cara))
        // Nobody got back what it had sent.
        #expect(left.initiator.storedFrom.count == 30)
        #expect(right.responder.storedFrom.count == 40)
        let isEqual = left.initiator.session.isEqual && right.responder.session.isEqual
        #expect(isEqual)
    }

    @Test("200 logs are compared by ranges, and only what differs is listed")
    func manyLogs() throws {
        let (anna, ben) = try pair(seed: 5)
        for _ in 0..<200 {
            anna.contentLog = LogKey(
                logClass: .content, device: anna.key.publicKey, log: anna.random.next())
            anna.write(2)
        }
        copy(anna, to: ben)
        anna.write(3)
        ben.write(4)
        let meeting = try Meeting(anna, ben, seed: 5).start().run()
        #expect(isSame(anna, ben))
        #expect(meeting.initiator.synced == 1)
        let progress = meeting.initiator.session.currentProgress
        #expect(progress.wireBytesIn + progress.wireBytesOut < 9_000)
    }

    @Test("a newcomer without anything gets 200 logs")
    func manyLogsToEmpty() throws {
        let (anna, ben) = try pair(seed: 6)
        for _ in 0..<200 {
            anna.contentLog = LogKey(
                logClass: .content, device: anna.key.publicKey, log: anna.random.next())
            anna.write(7)
        }
        for (first, second) in [(anna, ben), (ben, anna)] {
            let meeting = try Meeting(first, second, seed: 6).start().run()
            #expect(isSame(anna, ben))
            #expect(meeting.initiator.synced == 1)
            ben.store = MemoryStore()
            try anna.admit(ben)
        }
    }

    @Test("windows keep order of arrival across logs, so nothing has to wait")
    func interleaved() throws {
        let (anna, ben) = try pair(seed: 7)
        let cara = try Laptop("Cara", seed: 7)
        try anna.admit(cara)
        copy(anna, to: ben)
        // Two devices answer one another, so parents cross logs all the way.
        let object = ObjectID(try need(anna.write().first).value)
        copy(anna, to: ben)
        for turn in 0..<1_500 {
            let (author, other) = turn.isMultiple(of: 2) ? (anna, ben) : (ben, anna)
            let id = try need(author.write(to: object).first)
            other.store.add(try need(author.store[id]))
        }
        let meeting = try Meeting(anna, cara, seed: 7)
        meeting.start().run()
        #expect(isSame(anna, cara))
        #expect(meeting.responder.session.incoming.pendingBytes == 0)
        #expect(meeting.responder.batchesMax <= 5)
        let stored = meeting.responder.session.progress.eventsStored
        let received = meeting.responder.session.progress.eventsReceived
        #expect(stored == received)
    }

    @Test("all membership comes before any content, though it was written later")
    func membershipFirst() throws {
        let (anna, ben) = try pair(seed: 11)
        anna.write(20)
        try anna.admit(try Laptop("Cara", seed: 11))
        anna.write(20)
        let meeting = try Meeting(anna, ben, seed: 11).start().run()
        #expect(isSame(anna, ben))
        let content = try need(meeting.responder.classes.firstIndex(of: .content))
        #expect(meeting.responder.classes.prefix(content).contains(.membership))
        #expect(!meeting.responder.classes.dropFirst(content).contains(.membership))
    }

    @Test("an event of the greatest size goes through, alone in its window")
    func largest() throws {
        let (anna, ben) = try pair(seed: 8)
        anna.write(2, bytes: 1_048_000)
        anna.write(3)
        let meeting = try Meeting(anna, ben, seed: 8).start().run()
        #expect(isSame(anna, ben))
        #expect(meeting.initiator.error == nil)
    }

    @Test("a stuck store pauses reading, and silence then does not end the session")
    func pause() throws {
        let (anna, ben) = try pair(seed: 9)
        anna.write(6_000)
        let meeting = try Meeting(anna, ben, seed: 9, splits: false)
        meeting.responder.isStoreStuck = true
        meeting.start()
        for _ in 0..<200 where meeting.step() {}
        let isPaused = meeting.responder.session.isReadingPaused
        #expect(isPaused)
        for _ in 0..<60 { _ = meeting.step(patience: 20_000) }
        #expect(!meeting.responder.isClosed)
        meeting.release(1)
        meeting.run()
        #expect(isSame(anna, ben))
    }

    @Test("a store that fails ends the session on both sides with its name")
    func storeFault() throws {
        let (anna, ben) = try pair(seed: 10)
        anna.write(10)
        let meeting = try Meeting(anna, ben, seed: 10).start()
        ben.store.fault = StoreFault("disk full")
        meeting.run()
        #expect(meeting.responder.error == .store(StoreFault("disk full")))
        #expect(meeting.initiator.error == .refused(code: 13, reason: ""))

        let second = try Meeting(anna, ben, seed: 10)
        ben.store.fault = nil
        second.responder.isStoreStuck = true
        second.start().run()
        second.obey(
            second.responder.session.ingestFailed(StoreFault("gone"), now: second.now), 1)
        second.run()
        #expect(second.responder.error == .store(StoreFault("gone")))
        #expect(second.initiator.error == .refused(code: 13, reason: ""))
    }
}
