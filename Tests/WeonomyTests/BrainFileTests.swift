import Foundation
import Testing
import WeData
import WeKeys
import WeLog

@testable import Weonomy

/// Brain files of events that somebody else made (Protocol.md, "Brain files").
@Suite("Brain files")
struct BrainFileTests {
    /// A team whose founder also writes what no correct author writes.
    private struct Bench {
        let key: SigningKey
        let genesis: Event

        init() throws {
            key = try SigningKey(seed: SecretBytes(copying: [UInt8](repeating: 1, count: 32)))
            let channel = ChannelKey(Bytes32([UInt8](repeating: 2, count: 32)) ?? .zero)
            let device = Device(
                person: Device.person(of: key.publicKey), key: key, channel: channel,
                label: "laptop")
            let act = MembershipAct.genesis(
                .init(teamName: "Noord", founderName: "Anna", devices: [device]))
            genesis = EventAuthor(key: key).event(
                team: nil, key: LogKey(logClass: .membership, device: key.publicKey, log: 1),
                sequence: 0, previous: nil, object: nil, parents: [], lamport: 0, wall: 0,
                body: MembershipBody(salt: [UInt8](repeating: 0, count: 16), act: act).encoded)
        }

        func share(_ title: String, by signer: SigningKey? = nil, after last: Event? = nil) -> Event
        {
            let log = LogKey(logClass: .content, device: key.publicKey, log: 2)
            let body = ContentBody(
                salt: [UInt8](repeating: 0, count: 16),
                changes: [.create(kind: "share"), .set(field: "title", value: .text(title))])
            return EventAuthor(key: signer ?? key).event(
                team: TeamID(genesis.id.value), key: log,
                sequence: last.map { $0.header.sequence + 1 } ?? 0, previous: last?.id,
                object: nil, parents: last == nil ? [genesis.id] : [],
                lamport: (last?.header.lamport ?? 0) + 1, wall: 0, body: body.encoded)
        }

        func restore(_ events: [Event]) async throws -> Int {
            let path = FileManager.default.temporaryDirectory.appending(path: "we-\(UUID()).jsonl")
            defer { try? FileManager.default.removeItem(at: path) }
            let heading = "{\"schema\":\"\(BrainFile.schema)\",\"team\":\"\(genesis.id)\"}"
            let lines = [heading] + ([genesis] + events).map(BrainFile.line)
            try lines.joined(separator: "\n").write(to: path, atomically: true, encoding: .utf8)
            let (brain, report) = try await Brain.restore(path.path, to: nil)
            #expect(brain.teamName == "Noord")
            return report.eventCount
        }
    }

    /// Peers store such events, so a copy of what they have must be readable.
    @Test("an event that a later one of its log vouches for is taken in")
    func vouched() async throws {
        let bench = try Bench()
        let stranger = try SigningKey.generate()
        let garbled = bench.share("Garbled", by: stranger)
        #expect(!garbled.isSignatureValid)
        #expect(try await bench.restore([garbled, bench.share("Good", after: garbled)]) == 3)
    }

    @Test("an event that nobody of its log vouches for is refused, and all of the file")
    func forged() async throws {
        let bench = try Bench()
        let stranger = try SigningKey.generate()
        let forged = bench.share("Forged", by: stranger)
        let good = bench.share("Good")
        let elsewhere = EventAuthor(key: stranger).event(
            team: TeamID(bench.genesis.id.value),
            key: LogKey(logClass: .content, device: stranger.publicKey, log: 2), sequence: 1,
            previous: forged.id, object: nil, parents: [], lamport: 2, wall: 0,
            body: forged.body ?? [])
        #expect(elsewhere.isSignatureValid)
        for events in [
            [forged], [good, bench.share("Forged", by: stranger, after: good)],
            [forged, elsewhere], [forged, bench.share("Both", by: stranger, after: forged)],
        ] {
            let error = await #expect(throws: BrainError.self) { try await bench.restore(events) }
            #expect(error?.code == .trust)
        }
    }
}
