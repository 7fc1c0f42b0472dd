import Testing
import WeData
import WeKeys
import WeLog

/// Protocol.md's worked examples: every one is computed here from its inputs and compared with
/// the text, so neither can drift.
@Suite("Protocol.md's examples")
struct ProtocolExampleTests {
    @Test("each example follows from its inputs")
    func examples() throws {
        let written = try ExampleText.all()
        let computed = try World().computed.merging(World().more) { one, _ in one }
            .merging(TextExamples.all) { one, _ in one }
            .merging(World().carried) { one, _ in one }
            .merging(World().beacon) { one, _ in one }
            .merging(World().files) { one, _ in one }
            .merging(World().news) { one, _ in one }
        for (name, value) in computed.sorted(by: { $0.key < $1.key }) {
            #expect(written[name] == value.filter { !$0.isWhitespace }, "\(name): \(value)")
        }
        #expect(Set(written.keys).isSubset(of: Set(computed.keys)))
    }

    @Test("the events of the examples verify, and the run gives them back")
    func verify() throws {
        let world = World()
        for event in [world.genesis, world.invite, world.share, world.edit] {
            #expect(event.isSignatureValid)
            try event.checkBody()
            #expect(try EventHeader(decoding: event.header.encoded) == event.header)
        }
        var reader = Reader(world.run)
        let run = try Run(from: &reader, team: world.team)
        #expect(run.events.map(\.id) == [world.share.id, world.edit.id])
        #expect(run.authenticCount() == 2)
        #expect(Invitation(code: world.invitation.code.uppercased())?.seed == world.invitation.seed)
    }
}
