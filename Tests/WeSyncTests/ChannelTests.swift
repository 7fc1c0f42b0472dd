import Testing
import WeData
import WeKeys

@testable import WeSync

@Suite("Channel")
struct ChannelTests {
    /// Two open ends; classes because a test hands them around.
    final class Ends {
        var initiator: Channel
        var responder: Channel

        init(psks: Int = 1, used: Int = 0) throws {
            var random = Seeded(90)
            let secrets = try (0..<psks).map { _ in try need(Bytes32(random.bytes(32))) }
            let own = try random.agreementKey()
            let other = try random.agreementKey()
            initiator = Channel(
                role: .initiator, psks: used < psks ? [secrets[used]] : [.zero],
                staticKey: own, ephemeral: try random.agreementKey())
            responder = Channel(
                role: .responder, psks: secrets, staticKey: other,
                ephemeral: try random.agreementKey())
        }

        func open() throws {
            var out: [UInt8] = []
            try initiator.start(into: &out)
            responder.received(out)
            out = []
            _ = try responder.next(into: &out)
            initiator.received(out)
            out = []
            _ = try initiator.next(into: &out)
            responder.received(out)
            out = []
            _ = try responder.next(into: &out)
        }

        func carry(_ message: [UInt8]) throws -> [UInt8]? {
            var out: [UInt8] = []
            try initiator.seal(message, into: &out)
            responder.received(out)
            out = []
            guard case .message(let bytes) = try responder.next(into: &out) else { return nil }
            return bytes
        }
    }

    @Test("the responder finds the secret among 36, and no more", arguments: [0, 17, 35, 36, 99])
    func secrets(used: Int) throws {
        let ends = try Ends(psks: 40, used: used)
        guard used < SyncLimit.secretsTriedMax else {
            #expect(throws: SyncError.notOneOfUs) { try ends.open() }
            return
        }
        try ends.open()
        #expect(ends.responder.pskIndex == used)
        #expect(ends.initiator.handshakeHash == ends.responder.handshakeHash)
        #expect(ends.initiator.handshakeHash.count == 64)
    }

    @Test(
        "messages of any length come through",
        arguments: [0, 1, 65_517, 65_518, 65_519, 131_036, 1_179_648])
    func lengths(count: Int) throws {
        let ends = try Ends()
        try ends.open()
        var random = Seeded(UInt64(count))
        let message = random.bytes(count)
        #expect(try ends.carry(message) == message)
    }

    @Test("both directions rekey every 65536 messages")
    func rekey() throws {
        let ends = try Ends()
        try ends.open()
        for count in 0..<(2 * 65_536 + 10) {
            let message = [UInt8(truncatingIfNeeded: count), UInt8(truncatingIfNeeded: count >> 8)]
            guard try ends.carry(message) == message else {
                Issue.record("message \(count)")
                return
            }
        }
    }

    @Test("bytes may come one by one")
    func singleBytes() throws {
        let ends = try Ends()
        try ends.open()
        var out: [UInt8] = []
        var wire: [UInt8] = []
        let messages: [[UInt8]] = [[1], [], [2, 3, 4], [UInt8](repeating: 7, count: 70_000)]
        for message in messages { try ends.initiator.seal(message, into: &wire) }
        var found: [[UInt8]] = []
        for byte in wire {
            ends.responder.received([byte])
            while case .message(let bytes)? = try ends.responder.next(into: &out) {
                found.append(bytes)
            }
        }
        #expect(found == messages)
    }

    @Test("the hot path carries frames of 64 KiB at the speed of the cipher")
    func speed() throws {
        let ends = try Ends()
        try ends.open()
        let message = [UInt8](repeating: 1, count: 65_518)
        let clock = ContinuousClock()
        var wire: [UInt8] = []
        let rounds = 400
        var opened = 0
        let sealing = try clock.measure {
            for _ in 0..<rounds { try ends.initiator.seal(message, into: &wire) }
        }
        let opening = try clock.measure {
            var out: [UInt8] = []
            for start in stride(from: 0, to: wire.count, by: 65_536) {
                ends.responder.received(Array(wire[start..<min(start + 65_536, wire.count)]))
                while case .message? = try ends.responder.next(into: &out) { opened += 1 }
            }
        }
        let bytes = Double(rounds * message.count)
        print("seal:", bytes / sealing.seconds / 1e9, "GB/s, open:", bytes / opening.seconds / 1e9)
        #expect(opened == rounds)
        // A debug build is slower, but nothing quadratic could reach this.
        #expect(opening.seconds < 5)
    }
}

extension Duration {
    var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}
