import Testing
import WeData
import WeKeys
import WeLog

@testable import WeSync

/// How sessions end, and what is said of it (Protocol.md, "Ends and errors").
@Suite("Ends")
struct EndTests {
    private static let reason = DecodingError(.trailingBytes, at: 7)
    /// By code, from 1 on.
    private static let errors: [(error: SyncError, isPeersFault: Bool)] = [
        (.notOneOfUs, false), (.unknownDevice, false), (.badProof, true), (.otherTeam, true),
        (.badFrame, true), (.messageTooLong, true), (.badMessage(reason), true),
        (.unexpectedMessage, true), (.badEvent(.lamport), true), (.handshakeTimeout, false),
        (.idleTimeout, false), (.joinRefused("full"), false), (.store(StoreFault("gone")), false),
        (.tooMuch("ranges"), true), (.notConverging, false), (.disconnected, false),
        (.keys, false), (.excluded, false),
    ]

    @Test("each end has the code of the protocol, words of its own, and a side at fault")
    func codes() {
        for (index, entry) in Self.errors.enumerated() {
            #expect(entry.error.code == index + 1, "\(entry.error)")
            #expect(entry.error.isPeersFault == entry.isPeersFault, "\(entry.error)")
        }
        #expect(Set(Self.errors.map(\.error.description)).count == Self.errors.count)
        #expect(SyncError.store(StoreFault("disk full")).description == "disk full")
        let told = SyncError.refused(code: 9, reason: "lamport")
        #expect(told.code == 9 && !told.isPeersFault)
        #expect(told.description == "the other side ended it (9) lamport")
    }

    @Test("a peer is told the code, and nothing about the store or the keys of this side")
    func reasons() {
        let reasons = Self.errors.map(\.error.reason).filter { !$0.isEmpty }
        #expect(reasons == ["trailingBytes at byte 7", "full", "ranges"])
        #expect(SyncError(code: 0, reason: "") == nil)
        #expect(SyncError(code: 12, reason: "full") == .joinRefused("full"))
        #expect(SyncError(code: 18, reason: "") == .excluded)
        #expect(SyncError(code: 3, reason: "x") == .refused(code: 3, reason: "x"))
    }

    @Test("a peer that hangs up when both are the same has ended in order")
    func hangUp() throws {
        for isSame in [true, false] {
            let (anna, ben) = try pair(seed: 120, events: 3)
            let meeting = try Meeting(anna, ben, seed: 120, isLive: true)
            if isSame { meeting.start().run() }
            meeting.obey(meeting.initiator.session.peerClosed(now: meeting.now), 0)
            #expect(meeting.initiator.closed == .some(isSame ? nil : .notOneOfUs))
        }
    }

    @Test("a store that fails while events go out ends the session")
    func outgoing() throws {
        let (anna, ben) = try pair(seed: 121, events: 3)
        let wire = try RawPeer(ben, psk: ben.psk, to: anna)
        try wire.hello()
        anna.write(1)
        wire.obey(wire.session.storeGrew(now: 1))
        anna.store.fault = StoreFault("disk full")
        #expect(wire.session.nextOutput(store: anna.store, now: 1) != nil, "it says so")
        let isDue = wire.session.deadline == .min
        #expect(isDue)
        wire.obey(wire.session.tick(store: anna.store, now: 1))
        #expect(wire.error == .store(StoreFault("disk full")))
        #expect(wire.session.nextOutput(store: anna.store, now: 2) == nil)
    }

    @Test("a first message with a key of low order ends the handshake")
    func lowOrder() throws {
        let (anna, ben) = try pair(seed: 122)
        let wire = try RawPeer(ben, psk: ben.psk, to: anna)
        // Noise tokens `psk, e` by hand, with a public key that makes every secret zero.
        var symmetric = try SymmetricState(protocolName: HandshakePattern.xxpsk0.protocolName)
        symmetric.mixHash(SyncLimit.prologue)
        try symmetric.mixKeyAndHash(SecretBytes(copying: ben.psk.bytes))
        let zeros = [UInt8](repeating: 0, count: 32)
        symmetric.mixHash(zeros)
        try symmetric.mixKey(zeros)
        let message = zeros + (try symmetric.encryptAndHash([]))
        wire.deliver([0, UInt8(message.count)] + message)
        #expect(wire.error == .badFrame)
        #expect(wire.messages.isEmpty)
    }
}
