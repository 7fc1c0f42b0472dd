import Testing
import WeData
import WeKeys
import WeLog

@testable import WeSync

/// What was recorded, and what is not true.
@Suite("Replays and lies")
struct LiarTests {
    @Test("a recorded session that is played again gets one flight of the handshake, no more")
    func replayedSession() throws {
        let (anna, ben) = try pair(seed: 90, events: 3)
        let before = Laptop(restoring: anna, seed: 91)
        ben.write(5)
        var recorded: [[UInt8]] = []
        let meeting = try Meeting(ben, anna, seed: 90, splits: false)
        meeting.tamper = { from, bytes in
            if from == 0 { recorded.append(bytes) }
            return bytes
        }
        meeting.start().run()
        #expect(isSame(anna, ben) && recorded.count > 2)

        let side = try Side(before, before.configuration(.responder))
        var sentBytes = 0
        var end: SyncError?
        func obey(_ actions: [SessionAction]) {
            for action in actions {
                switch action {
                case .send(let bytes): sentBytes += bytes.count
                case .close(let error): end = error
                case .progress: break
                default: Issue.record("\(action)")
                }
            }
        }
        obey(side.session.start(now: 0))
        for bytes in recorded {
            obey(side.session.received(bytes, store: before.store, now: 1))
            while let bytes = side.session.nextOutput(store: before.store, now: 1) {
                sentBytes += bytes.count
            }
        }
        #expect(end == .notOneOfUs)
        #expect(sentBytes == 2 + 96, "its answer to the first flight, which says nothing")
    }

    @Test("who lies about what it has spoils its own session and no other", arguments: 0..<3)
    func lies(kind: Int) throws {
        let (anna, ben) = try pair(seed: 92, events: 5)
        let eve = try Laptop("Eve", seed: 92)
        try anna.admit(eve)
        copy(anna, to: eve)
        copy(anna, to: ben)
        ben.write(20)
        anna.write(2)
        let held = anna.store.ids
        let (hers, bens) = (try anna.store.summary(), try ben.store.summary())
        let wire = try RawPeer(eve, psk: eve.psk, to: anna)
        try wire.greet()
        // That it is the same, that it has what Ben has, that it has a million of millions.
        let claim = [hers.fingerprint, bens.fingerprint, bens.fingerprint][kind]
        let count = [hers.count, bens.count, 1 << 40][kind]
        wire.send(
            .hello(
                .init(
                    device: eve.key.publicKey,
                    proof: eve.key.sign(wire.channel.handshakeHash + [0], domain: .channel),
                    fingerprint: claim, count: count)))
        if kind > 0 {
            wire.send(
                .ranges([LogRange(upper: nil, content: .fingerprint(claim, count: count))]))
            wire.send(.sent)
            wire.send(.synced(claim, count: count))
        }
        #expect(wire.batches.isEmpty && anna.store.ids == held)
        // Its session is still open, or was closed: the next one goes well all the same.
        try Meeting(ben, anna, seed: 93).start().run()
        #expect(isSame(anna, ben))
        #expect(anna.store.ids.count == held.count + 20)
    }
}
