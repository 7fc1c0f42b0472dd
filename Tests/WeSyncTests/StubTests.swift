import Testing
import WeData
import WeKeys
import WeLog

@testable import WeSync

/// Events without their bodies, and messages that are too large or contradict themselves.
@Suite("Stubs and forms of messages")
struct StubTests {
    @Test("an event whose body nobody has any more travels without it")
    func stubs() throws {
        let (anna, ben) = try pair(seed: 100, events: 6)
        let cara = try Laptop("Cara", seed: 100)
        try anna.admit(cara)
        copy(anna, to: ben)
        // Of Ben's copy the bodies are gone.
        let bare = MemoryStore()
        bare.teamID = ben.store.teamID
        for event in ben.store.events {
            let isKept = event.key.logClass == .membership
            bare.force(
                isKept
                    ? event : Event(header: event.header, signature: event.signature, body: nil))
        }
        bare.foldNow()
        ben.store = bare
        let meeting = try Meeting(cara, ben, seed: 100).start().run()
        #expect(meeting.initiator.error == nil && meeting.responder.error == nil)
        #expect(isSame(cara, anna))
        #expect(try cara.store.wanted(countMax: 9).count == 6)
        let later = try Meeting(cara, anna, seed: 101).start().run()
        #expect(later.initiator.error == nil)
        #expect(try cara.store.wanted(countMax: 9).isEmpty, "who has the bodies gives them")
    }

    @Test("what is pushed goes out in windows of bounded size")
    func pushedWindows() throws {
        let (anna, ben) = try pair(seed: 102, events: 3)
        let wire = try RawPeer(ben, psk: ben.psk, to: anna)
        try wire.hello()
        anna.write(3, bytes: 300_000)
        wire.obey(wire.session.storeGrew(now: 1))
        wire.deliver([])
        let counts = wire.messages.compactMap { message in
            if case .events(let runs) = message { runs.map(\.events.count) } else { nil }
        }
        #expect(counts == [[1], [1], [1]])
    }

    @Test("messages that contradict themselves are no messages")
    func forms() throws {
        let (anna, _) = try pair(seed: 103, events: 3)
        let event = try need(anna.store.events.first)
        let bare = Event(header: event.header, signature: event.signature, body: nil)
        func request(_ devices: [Device], nonce: Int) -> Message {
            .join(
                invite: event.id,
                JoinRequest(
                    person: anna.person, name: "Anna", devices: devices,
                    nonce: [UInt8](repeating: 1, count: nonce), proof: event.signature))
        }
        func have(_ blocks: [Int]) -> Message {
            .have(
                .init(
                    key: event.key, isQuestion: true, isContinued: false,
                    blocks: blocks.map { .init(index: $0, ids: [event.id]) }))
        }
        func events(_ event: Event) -> Message {
            .events([Run(key: event.key, events: [event])])
        }
        for (message, isGood) in [
            (request([anna.device], nonce: 16), true), (request([], nonce: 16), false),
            (request([anna.device], nonce: 15), false), (have([0, 1]), true),
            (have([1, 0]), false), (have([1, 1]), false), (events(event), true),
            (events(bare), false),
        ] {
            let bytes = message.encoded
            do throws(SyncError) {
                _ = try Message(decoding: bytes, team: anna.store.teamID)
                #expect(isGood, "\(message)")
            } catch {
                guard case .badMessage = error else {
                    Issue.record("\(error)")
                    return
                }
                #expect(!isGood, "\(message)")
            }
        }
    }
}
