import Testing
import WeData
import WeKeys
import WeLog

@testable import WeSync

/// Rounds over many blocks, forks and ranges (Protocol.md, "Reconciliation").
@Suite("Rounds, rule by rule")
struct RoundRuleTests {
    private func log(_ number: Int, count: Int = 3) throws -> LogSummary {
        let hash = Digest(hashing: [UInt8(number >> 8), UInt8(number & 255), UInt8(count)])
        return LogSummary(
            key: LogKey(logClass: .content, device: DeviceKey(hash.value), log: 1), count: count,
            sequenceMax: count - 1, fingerprint: try need(Fingerprint(hash.bytes.prefix(16))))
    }

    /// Anna's session, to which Ben's device has said that logs of these summaries differ.
    private func compared(_ anna: Laptop, _ ben: Laptop, _ logs: [LogSummary]) throws -> RawPeer {
        let wire = try RawPeer(ben, psk: ben.psk, to: anna)
        try wire.differ()
        wire.send(.ranges([LogRange(upper: nil, content: .answer(logs))]))
        #expect(wire.error == nil)
        return wire
    }

    @Test("who only lacks something has sent everything at once, without waiting for totals")
    func lacking() throws {
        let (anna, ben) = try pair(seed: 130, events: 3)
        let wire = try compared(anna, ben, [log(7)])
        #expect(wire.messages.contains { if case .sent = $0 { true } else { false } })
    }

    @Test("no more ranges come once the comparison is over")
    func lateRanges() throws {
        let (anna, ben) = try pair(seed: 131, events: 3)
        let wire = try compared(anna, ben, [log(7)])
        wire.send(.ranges([LogRange(upper: nil, content: .list([]))]))
        #expect(wire.error == .unexpectedMessage)
    }

    @Test("a block is 256 sequence numbers")
    func blocks() throws {
        let (anna, ben) = try pair(seed: 132, events: 300)
        let key = anna.contentLog
        let branch = LogSummary(
            key: key, count: 5, sequenceMax: 4,
            fingerprint: try need(Fingerprint([UInt8](repeating: 2, count: 16))))
        let wire = try compared(anna, ben, [branch])
        let first = try anna.store.ids(of: key, in: 0..<256)
        let second = try anna.store.ids(of: key, in: 256..<300)
        wire.send(
            .have(
                .init(
                    key: key, isQuestion: true, isContinued: false,
                    blocks: [
                        .init(index: 0, ids: first.dropLast()),
                        .init(index: 1, ids: second.dropLast()),
                    ])))
        #expect(wire.error == nil)
        #expect(wire.session.progress.eventsToSend == 2, "the last one of each block")
        let listed = wire.messages.compactMap { message in
            if case .have(let have) = message { have.blocks.map(\.ids) } else { nil }
        }
        #expect(listed == [[first, second]])
    }

    @Test(
        "blocks with more ids than one message holds are compared all the same, in one round",
        arguments: [2, 240])
    func manyForks(common: Int) throws {
        let (anna, ben) = try pair(seed: 133, events: common)
        // Ten copies of one laptop go on by themselves; six of them met both sides.
        var clones: [Laptop] = []
        for copies in 0..<10 {
            let clone = Laptop(restoring: anna, seed: 133 + UInt64(copies))
            clone.write(150)
            clones.append(clone)
        }
        for (number, clone) in clones.enumerated() {
            if number < 8 { copy(clone, to: anna) }
            if number < 6 || number > 7 { copy(clone, to: ben) }
        }
        let block = common < 100 ? 0..<256 : 256..<512
        #expect(try anna.store.ids(of: anna.contentLog, in: block).count > SyncLimit.idsListedMax)
        let meeting = try Meeting(anna, ben, seed: 133).start().run()
        #expect(isSame(anna, ben))
        for side in meeting.sides {
            let progress = side.session.progress
            #expect(side.error == nil && progress.rounds == 1)
            #expect(progress.eventsSent == 300, "nothing that the other had was sent")
        }
    }

    @Test("a list of many blocks goes on over several messages, each way")
    func manyBlocks() throws {
        let (anna, ben) = try pair(seed: 135, events: 2)
        let clone = Laptop(restoring: anna, seed: 135)
        for author in [anna, clone] { author.write(900) }
        copy(clone, to: ben)
        let meeting = try Meeting(anna, ben, seed: 135).start().run()
        #expect(isSame(anna, ben))
        for side in meeting.sides {
            let progress = side.session.progress
            #expect(side.error == nil && progress.rounds == 1)
            #expect(progress.eventsSent == 900, "nothing that the other had was sent")
        }
    }

    @Test("an answer of more than 64 ranges ends with one range over the rest")
    func fullAnswer() throws {
        let logs = try (0..<260).map { try log($0) }.sorted { $0.key < $1.key }
        // Three parts of 80 logs, of which the peer has others: 16 ranges each. Then lists of one.
        var ranges: [LogRange] = []
        for part in 1...3 {
            ranges.append(
                LogRange(
                    upper: logs[part * 80].key,
                    content: .fingerprint(SetSummary.empty.fingerprint, count: 1)))
        }
        for place in 241..<259 {
            ranges.append(LogRange(upper: logs[place].key, content: .list([])))
        }
        ranges.append(LogRange(upper: nil, content: .skip))
        let (reply, differences) = RangeComparison.answer(ranges, logs: logs)
        #expect(reply.count == SyncLimit.rangesMax)
        #expect(differences.map(\.own) == Array(logs[240..<255]))
        let rest = logs[255...]
        #expect(
            reply.last
                == LogRange(
                    upper: nil,
                    content: .fingerprint(LogSummary.fingerprint(of: rest), count: rest.count)))
        #expect(throws: Never.self) {
            try Message(decoding: Message.ranges(reply).encoded, team: nil)
        }
    }

    @Test("nothing is compared again while the store is behind")
    func recheck() throws {
        let (anna, ben) = try pair(seed: 134, events: 10)
        let meeting = try Meeting(anna, ben, seed: 134, isLive: true).start().run()
        // Ben learns that Anna holds something else, which she forgets to push.
        anna.write(3)
        meeting.initiator.session.livePosition = Int64(anna.store.events.count)
        meeting.grew(0)
        func isExpected() -> Bool { meeting.responder.session.recheckTime != nil }
        for _ in 0..<20 where !isExpected() { _ = meeting.step() }
        #expect(isExpected())
        meeting.responder.isStoreStuck = true
        anna.write(1)
        meeting.grew(0)
        meeting.run()
        #expect(!isExpected() && !meeting.responder.toStore.isEmpty)
        let before = meeting.responder.session.progress.rounds
        #expect(before == 0)
        meeting.release(1)
        meeting.run()
        #expect(isSame(anna, ben))
        let after = meeting.responder.session.progress.rounds
        #expect(after == 1)
    }
}
