import Testing
import WeData
import WeKeys
import WeLog

@testable import WeSync

@Suite("Hostile and broken peers")
struct HostileTests {
    @Test("a frame of a wrong length in the handshake ends it", arguments: [0, 1])
    func handshakeLength(index: Int) throws {
        for bytes: [UInt8] in [[0, 47], [0xff, 0xff], [0, 0]] {
            let (anna, ben) = try pair(seed: 60)
            let meeting = try Meeting(anna, ben, seed: 60).start()
            meeting.tamper = { _, _ in bytes }
            let side = meeting.sides[index]
            let actions = side.session.received(bytes, store: side.laptop.store, now: 1)
            guard case .close(.badFrame) = try need(actions.last) else {
                Issue.record("\(actions)")
                return
            }
        }
    }

    @Test("random bytes instead of any flight end the session, never trap")
    func garbage() throws {
        let (anna, ben) = try smallPair
        for seed in 0..<2_000 as Range<UInt64> {
            var random = Seeded(seed)
            let meeting = try Meeting(anna, ben, seed: seed, isLive: true)
            let victimOf = random.below(2)
            var left = random.below(5)
            meeting.tamper = { from, bytes in
                guard from == victimOf else { return bytes }
                left -= 1
                return left == -1 ? random.bytes(1 + random.below(300)) : bytes
            }
            meeting.start().run(patience: 40_000, stepsMax: 400)
            if left < 0 {
                let victim = meeting.sides[1 - victimOf]
                #expect(victim.isClosed, "seed \(seed)")
            }
        }
    }

    @Test("a flipped bit on the wire ends the session, never changes an event")
    func flippedOnWire() throws {
        for seed in 0..<300 as Range<UInt64> {
            var random = Seeded(seed)
            let (anna, ben) = try pair(seed: 61, events: 3)
            anna.write(5)
            let all = anna.store.ids
            let meeting = try Meeting(anna, ben, seed: seed)
            var left = random.below(6)
            var isFlipped = false
            meeting.tamper = { _, bytes in
                left -= 1
                guard left == -1, !bytes.isEmpty else { return bytes }
                isFlipped = true
                var changed = bytes
                // Behind the length prefix, so that nobody waits for bytes that never come.
                changed[2 + random.below(bytes.count - 2)] ^= UInt8(1 << random.below(8))
                return changed
            }
            meeting.start().run(patience: 40_000)
            #expect(ben.store.ids.isSubset(of: all), "seed \(seed)")
            if isFlipped {
                let errors = [meeting.initiator.error, meeting.responder.error]
                #expect(errors.contains { $0 != nil }, "seed \(seed)")
            }
        }
    }

    private var smallPair: (Laptop, Laptop) { get throws { try pair(seed: 62, events: 4) } }

    /// One of each message that a member could send, well formed.
    private func samples(_ laptop: Laptop) throws -> [Message] {
        let event = try need(laptop.store.events.last)
        let log = try laptop.store.log(event.key)
        let summary = try laptop.store.summary()
        return [
            .totals(events: 3, bytes: 4), .sent, .ping, .introduce, .introduced,
            .synced(summary.fingerprint, count: summary.count),
            .ranges([LogRange(upper: nil, content: .list([log]))]),
            .ranges([
                LogRange(upper: event.key, content: .skip),
                LogRange(upper: nil, content: .fingerprint(log.fingerprint, count: 70)),
            ]),
            .ranges([LogRange(upper: nil, content: .answer([log]))]),
            .events([Run(key: event.key, events: [event])]),
            .have(
                .init(
                    key: event.key, isQuestion: true, isContinued: false,
                    blocks: [.init(index: 0, ids: [event.id])])),
            .blocks(event.key, [log.fingerprint]),
            .bye(code: 3, reason: "why"),
            .welcome(admission: event.id, secrets: [laptop.secret]),
            .invited(
                team: try need(laptop.store.teamID), invite: event.id, teamName: "x"),
            .join(
                invite: event.id,
                JoinRequest(
                    person: laptop.person, name: "n", devices: [laptop.device],
                    nonce: laptop.random.bytes(16), proof: event.signature)),
            .hello(
                .init(
                    device: laptop.key.publicKey, proof: event.signature,
                    fingerprint: summary.fingerprint, count: 3)),
            .news([
                ColleagueNews(
                    device: laptop.key.publicKey, met: -1, heldCount: 3,
                    ahead: [.init(key: event.key, eventCount: 2)], addresses: ["10.0.0.1:1"])
            ]),
        ]
    }

    @Test("every message comes back as it was, and no truncated or changed one traps")
    func codec() throws {
        let (anna, _) = try smallPair
        let team = anna.store.teamID
        var random = Seeded(63)
        for message in try samples(anna) {
            let bytes = message.encoded
            let back = try Message(decoding: bytes, team: team)
            #expect(back.encoded == bytes)
            #expect(throws: SyncError.self) {
                _ = try Message(decoding: bytes + [0], team: team)
            }
            for count in 0..<bytes.count {
                #expect(throws: SyncError.self) {
                    _ = try Message(decoding: Array(bytes.prefix(count)), team: team)
                }
            }
            for _ in 0..<2_000 {
                var changed = bytes
                for _ in 0...random.below(3) {
                    changed[random.below(changed.count)] = UInt8(random.below(256))
                }
                // What still decodes has one encoding only.
                if let other = try? Message(decoding: changed, team: team) {
                    #expect(other.encoded == changed)
                }
            }
        }
        for code in [15, 16, 23] {
            #expect(throws: SyncError.self) {
                _ = try Message(decoding: [0x81, UInt8(code)], team: team)
            }
        }
    }

    @Test("changed messages inside valid frames close or are taken, never trap")
    func changedInside() throws {
        let (anna, ben) = try smallPair
        let messages = try samples(ben)
        for seed in 0..<1_500 as Range<UInt64> {
            var random = Seeded(seed)
            let wire = try RawPeer(ben, psk: ben.psk, to: anna)
            if random.below(4) == 0 { try wire.greet() } else { try wire.hello() }
            for _ in 0..<6 where !wire.isClosed {
                var bytes = messages[random.below(messages.count)].encoded
                for _ in 0..<random.below(3) {
                    bytes[random.below(bytes.count)] ^= UInt8(1 << random.below(8))
                }
                if random.below(8) == 0 { bytes = Array(bytes.prefix(random.below(bytes.count))) }
                wire.send(bytes: bytes)
            }
        }
    }

    @Test("a message that has no place in a state ends the session")
    func unexpected() throws {
        let (anna, ben) = try smallPair
        let (invitation, invite) = try anna.invite()
        let names = { (message: Message) in "\(message)".prefix { $0 != "(" } }
        /// What is legal in a state, besides ping and bye.
        func check(_ state: String, legal: Set<String>, _ make: () throws -> RawPeer) throws {
            for message in try samples(ben) {
                let wire = try make()
                #expect(!wire.isClosed, "\(state)")
                wire.send(message)
                let name = String(names(message))
                if legal.union(["ping", "bye"]).contains(name) {
                    #expect(wire.error != .unexpectedMessage, "\(name) in \(state)")
                } else {
                    #expect(wire.error == .unexpectedMessage, "\(name) in \(state)")
                }
            }
        }
        try check("awaitingHello", legal: ["hello"]) {
            let wire = try RawPeer(ben, psk: ben.psk, to: anna)
            try wire.greet()
            return wire
        }
        try check("awaitingJoin", legal: ["join"]) {
            let wire = try RawPeer(ben, psk: invitation.psk, to: anna)
            try wire.greet()
            return wire
        }
        let cara = try Laptop("Cara", seed: 64)
        let request = JoinRequest(
            team: try need(anna.store.teamID), invite: invite, inviteKey: try invitation.key(),
            person: cara.person, name: "Cara", devices: [cara.device],
            nonce: cara.random.bytes(16))
        try check("awaitingAdmission", legal: []) {
            let wire = try RawPeer(cara, psk: invitation.psk, to: anna)
            try wire.greet()
            wire.send(.join(invite: invite, request))
            return wire
        }
        // Anna has written, so a round is open and compares.
        anna.write(1)
        try check(
            "comparing",
            legal: ["events", "ranges", "synced", "introduce", "introduced", "news"]
        ) {
            let wire = try RawPeer(ben, psk: ben.psk, to: anna)
            try wire.hello()
            return wire
        }
        copy(anna, to: ben)
        // Nothing differs: at rest only the responder begins a round.
        try check("live", legal: ["events", "synced", "introduce", "introduced", "want", "news"]) {
            let wire = try RawPeer(ben, psk: ben.psk, to: anna)
            try wire.hello()
            return wire
        }
        let eve = try Laptop("Eve", seed: 64)
        // Content is not taken from someone unknown, nor anything but an introduction.
        try check("introducing", legal: ["introduce", "introduced"]) {
            let wire = try RawPeer(eve, psk: ben.psk, to: anna)
            try wire.hello()
            return wire
        }
    }

    @Test("a message may not be longer than allowed, whatever its parts")
    func longMessage() throws {
        let (anna, ben) = try smallPair
        let wire = try RawPeer(ben, psk: ben.psk, to: anna)
        try wire.hello()
        var output: [UInt8] = []
        #expect(throws: SyncError.messageTooLong) {
            try wire.channel.seal(
                [UInt8](repeating: 0, count: SyncLimit.messageBytesMax + 1), into: &output)
        }
        #expect(output.isEmpty)
        for _ in 0..<20 where !wire.isClosed {
            try wire.channel.sealPart([1] + [UInt8](repeating: 0, count: 65_518), into: &output)
            wire.deliver(output)
            output = []
        }
        #expect(wire.error == .messageTooLong)
    }

    @Test("frames without a flag, with another flag, or empty before the last are refused")
    func badParts() throws {
        let (anna, ben) = try smallPair
        for part: [UInt8] in [[], [2, 0x81, 9], [1]] {
            let wire = try RawPeer(ben, psk: ben.psk, to: anna)
            try wire.hello()
            var output: [UInt8] = []
            try wire.channel.sealPart(part, into: &output)
            wire.deliver(output)
            #expect(wire.error == .badFrame)
        }
    }

    @Test("a peer that goes on listing is stopped")
    func loops() throws {
        let (anna, ben) = try pair(seed: 65)
        anna.write(1)
        let wire = try RawPeer(ben, psk: ben.psk, to: anna)
        try wire.hello()
        let none = SetSummary(count: 1, sum: .zero).fingerprint
        var count = 0
        while !wire.isClosed, count < 3_000 {
            wire.send(
                .ranges([LogRange(upper: nil, content: .fingerprint(none, count: 999))]))
            count += 1
        }
        #expect(wire.error == .tooMuch("ranges"))
        #expect(count == SyncLimit.rangesMessagesMax + 1)
    }

    @Test("an event that breaks a rule is the peer's fault")
    func badEvent() throws {
        let (anna, ben) = try pair(seed: 66)
        ben.write(2)
        let last = try need(ben.store.last(of: ben.contentLog))
        let body = ContentBody(
            salt: ben.random.bytes(16), changes: [.create(kind: "share")]
        ).encoded
        let wrong = EventAuthor(key: ben.key).event(
            team: ben.store.teamID, key: ben.contentLog, sequence: last.header.sequence + 1,
            previous: last.id, object: nil, parents: [], lamport: 99, wall: 0, body: body)
        ben.store.force(wrong)
        let meeting = try Meeting(ben, anna, seed: 66).start().run()
        #expect(meeting.responder.error == .badEvent(.lamport))
        #expect(meeting.initiator.error == .refused(code: 9, reason: ""))
        #expect(!anna.store.contains(wrong.id))
    }
}

extension Channel {
    /// Seals one frame whose plaintext, flag included, is given.
    mutating func sealPart(_ plain: [UInt8], into output: inout [UInt8]) throws {
        var frame = plain
        try sealRaw(&frame)
        output.append(UInt8(frame.count >> 8))
        output.append(UInt8(frame.count & 255))
        output += frame
    }
}
