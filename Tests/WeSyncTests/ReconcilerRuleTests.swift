import Testing
import WeData
import WeKeys
import WeLog

@testable import WeSync

/// What a peer may ask and list in a round, rule by rule (Protocol.md, "Rounds").
@Suite("The reconciler, rule by rule")
struct ReconcilerRuleTests {
    /// A round whose comparison is over: the peer has said that it holds another branch of the
    /// host's log, so the host has sent its blocks.
    private struct Scene {
        let host: Laptop
        let wire: RawPeer
        var key: LogKey { host.contentLog }

        init(
            seed: UInt64, isLive: Bool = true, wanted: Int = 0, missing: [Event] = [],
            lacked: [LogSummary] = []
        ) throws {
            let (anna, ben) = try pair(seed: seed, events: 20)
            for event in missing { anna.store.force(event) }
            host = anna
            wire = try RawPeer(ben, psk: ben.psk, to: anna, isLive: isLive)
            try wire.greet()
            wire.send(
                .hello(
                    .init(
                        device: ben.key.publicKey,
                        proof: ben.key.sign(wire.channel.handshakeHash + [0], domain: .channel),
                        fingerprint: try need(Fingerprint([UInt8](repeating: 1, count: 16))),
                        count: 9, wanted: wanted)))
            let other = LogSummary(
                key: anna.contentLog, count: 5, sequenceMax: 4,
                fingerprint: try need(Fingerprint([UInt8](repeating: 2, count: 16))))
            let logs = ([other] + lacked).sorted { $0.key < $1.key }
            wire.send(.ranges([LogRange(upper: nil, content: .answer(logs))]))
            #expect(wire.error == nil)
            #expect(
                wire.messages.contains { if case .blocks = $0 { true } else { false } },
                "a fork is compared by blocks")
        }

        func have(
            _ index: Int, _ ids: [EventID], isContinued: Bool = true, of key: LogKey? = nil
        ) -> Message {
            .have(
                .init(
                    key: key ?? self.key, isQuestion: true, isContinued: isContinued,
                    blocks: [.init(index: index, ids: ids)]))
        }

        var ids: [EventID] { host.store.events.filter { $0.key == key }.map(\.id) }
    }

    @Test("totals come once")
    func totals() throws {
        let scene = try Scene(seed: 80)
        scene.wire.send(.totals(events: 1, bytes: 1))
        #expect(scene.wire.error == nil)
        scene.wire.send(.totals(events: 1, bytes: 1))
        #expect(scene.wire.error == .unexpectedMessage)
    }

    @Test("blocks come of a log once")
    func blocks() throws {
        let twice = try Scene(seed: 81)
        twice.wire.send(.blocks(twice.key, []))
        #expect(twice.wire.error == nil)
        twice.wire.send(.blocks(twice.key, []))
        #expect(twice.wire.error == .unexpectedMessage)
    }

    @Test("a log that is lacked is taken whole, without a comparison of blocks")
    func lackedLog() throws {
        let lacked = try log(204)
        let scene = try Scene(seed: 87, lacked: [lacked])
        scene.wire.send(.blocks(lacked.key, []))
        #expect(scene.wire.error == .unexpectedMessage)
    }

    @Test("only the blocks that differ are listed")
    func equalBlocks() throws {
        for isEqual in [true, false] {
            let scene = try Scene(seed: 88)
            var blocks = try scene.host.store.blocks(of: scene.key).map(\.fingerprint)
            if !isEqual { blocks[0] = SetSummary.empty.fingerprint }
            scene.wire.send(.blocks(scene.key, blocks))
            let listed = scene.wire.messages.compactMap { message in
                if case .have(let have) = message { have.blocks.map(\.index) } else { nil }
            }
            #expect(listed == [isEqual ? [] : [0]])
        }
    }

    @Test("what the peer lists is not sent to it, what it leaves out is")
    func sentIDs() throws {
        for leftOut in 0...2 {
            let scene = try Scene(seed: 89)
            scene.wire.send(
                scene.have(0, Array(scene.ids.dropLast(leftOut)), isContinued: false))
            #expect(scene.wire.session.progress.eventsToSend == leftOut)
        }
    }

    @Test("ids are listed of a log whose blocks were sent, until the list is over")
    func listed() throws {
        let other = try Scene(seed: 82)
        let membership = try need(other.host.store.logs().last?.key)
        other.wire.send(other.have(0, [], of: membership))
        #expect(other.wire.error == .unexpectedMessage)
        let again = try Scene(seed: 82)
        again.wire.send(again.have(0, again.ids, isContinued: false))
        #expect(again.wire.error == nil)
        again.wire.send(again.have(0, again.ids, isContinued: false))
        #expect(again.wire.error == .unexpectedMessage)
    }

    @Test("a list that goes on says more each time")
    func progress() throws {
        let empty = try Scene(seed: 83)
        empty.wire.send(
            .have(.init(key: empty.key, isQuestion: true, isContinued: true, blocks: [])))
        #expect(empty.wire.error == .unexpectedMessage)
        let same = try Scene(seed: 83)
        same.wire.send(same.have(0, [same.ids[0]]))
        #expect(same.wire.error == nil)
        same.wire.send(same.have(0, [same.ids[1]]))
        #expect(same.wire.error == nil)
        same.wire.send(same.have(0, []))
        #expect(same.wire.error == .unexpectedMessage)
    }

    @Test("of one block so many ids are taken, all its messages together")
    func longBlock() throws {
        let scene = try Scene(seed: 84)
        var count = 0
        while !scene.wire.isClosed, count < 100 {
            let ids = (0..<SyncLimit.idsListedMax).map { number in
                EventID(
                    Digest(hashing: [UInt8(count), UInt8(number >> 8), UInt8(number & 255)]).value)
            }
            scene.wire.send(scene.have(0, ids))
            count += 1
        }
        #expect(scene.wire.error == .tooMuch("have"))
        #expect(count == SyncLimit.idsPerBlockMax / SyncLimit.idsListedMax + 1)
    }

    @Test("who asks for bodies gets those that are here, and no stub")
    func wanted() throws {
        let (anna, _) = try pair(seed: 85, events: 20)
        let whole = try need(anna.store.events.last)
        let stub = Event(
            header: anna.event(
                whole.body ?? [], in: anna.contentLog, after: whole, object: nil, parents: []
            ).header, signature: whole.signature, body: nil)
        for isLive in [true, false] {
            let scene = try Scene(seed: 85, isLive: isLive, wanted: 2, missing: [stub])
            scene.wire.send(.want([whole.id, stub.id]))
            #expect(scene.wire.error == nil)
            #expect(scene.wire.session.progress.eventsToSend == 1)
            scene.wire.send(.want([whole.id]))
            // One that was at rest may ask any time; who does not go on does not answer.
            #expect(scene.wire.error == nil)
            #expect(scene.wire.session.bodiesToSend.isEmpty == !isLive)
        }
    }

    @Test("summaries that contradict themselves, and two ranges with one end, are refused")
    func form() throws {
        let (anna, _) = try pair(seed: 86, events: 3)
        let key = anna.contentLog
        let fingerprint = SetSummary.empty.fingerprint
        for (count, sequenceMax) in [(0, 3), (2, -1)] {
            let log = LogSummary(
                key: key, count: count, sequenceMax: sequenceMax, fingerprint: fingerprint)
            let ranges = [LogRange(upper: nil, content: .list([log]))]
            #expect(throws: SyncError.self) {
                try Message(decoding: Message.ranges(ranges).encoded, team: nil)
            }
        }
        let twice = [
            LogRange(upper: key, content: .skip), LogRange(upper: key, content: .skip),
            LogRange(upper: nil, content: .skip),
        ]
        #expect(throws: SyncError.self) {
            try Message(decoding: Message.ranges(twice).encoded, team: nil)
        }
    }

    // MARK: - Ranges

    private func log(_ number: Int, count: Int = 3) throws -> LogSummary {
        let hash = Digest(hashing: [UInt8(number), UInt8(count)])
        return LogSummary(
            key: LogKey(
                logClass: .content, device: DeviceKey(Digest(hashing: [UInt8(number)]).value),
                log: 1), count: count, sequenceMax: count - 1,
            fingerprint: try need(Fingerprint(hash.bytes.prefix(16))))
    }

    @Test(
        "both sides find what differs and nothing else, listed or by fingerprints",
        arguments: [3, 40, 64, 65, 150])
    func differences(common: Int) throws {
        var logs = [try (0..<common).map { try log($0) }, try (0..<common).map { try log($0) }]
        logs[0].append(try log(201))
        logs[1] += [try log(202), try log(203)]
        logs[1][0] = try log(0, count: 4)
        let sorted = logs.map { $0.sorted { $0.key < $1.key } }
        let keys = try [0, 201, 202, 203].map { try log($0).key }
        var found: [[LogKey]] = [[], []]
        var message = RangeComparison.question(sorted[0])
        var turn = 1
        for _ in 0..<20 {
            let (reply, differences) = RangeComparison.answer(message, logs: sorted[turn])
            found[turn] += differences.map(\.own.key)
            for difference in differences { #expect(difference.own.key == difference.peer.key) }
            if !message.contains(where: \.isQuestion) { break }
            message = reply
            turn = 1 - turn
        }
        #expect(found[0].sorted() == keys.sorted())
        #expect(found[1].sorted() == keys.sorted())
    }

    @Test("an answer that names an equal log finds no difference")
    func equalAnswer() throws {
        let logs = try [log(1), log(2)].sorted { $0.key < $1.key }
        let ranges = [LogRange(upper: nil, content: .answer(logs))]
        #expect(RangeComparison.answer(ranges, logs: logs).differences.isEmpty)
    }
}
