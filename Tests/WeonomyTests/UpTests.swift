import Foundation
import Testing
import WeData
import WeLog
import WeSync
import WeTransport

@testable import Weonomy

@Suite("Staying in touch")
struct UpTests {
    private static func device(_ number: Int) -> DeviceKey {
        DeviceKey(Bytes32([UInt8](repeating: UInt8(number), count: 32)) ?? .zero)
    }

    @Test("who was met by two sessions was met once, with what both brought")
    func twoSessions() {
        var progress = SyncProgress()
        (progress.eventsStored, progress.eventsSent, progress.wireBytesIn) = (3, 2, 100)
        let anna = Device.person(of: Self.device(1))
        func meeting(_ address: String, _ device: Int, isSynced: Bool = true) -> SyncMeeting {
            SyncMeeting(
                address: address, device: Self.device(device), person: anna,
                progress: isSynced ? progress : nil)
        }
        let meetings = [
            meeting("a:1", 1), meeting("a:2", 1), meeting("a:3", 2),
            meeting("a:4", 3, isSynced: false),
        ]
        let report = SyncReport(meetings, names: [anna: "Anna"])
        // Two laptops of one person are two.
        #expect(report.peers.map(\.address) == ["a:1", "a:3"])
        #expect(report.peers.map(\.progress.eventsStored) == [6, 3])
        #expect(report.receivedCount == 9 && report.sentCount == 6 && report.wireBytesIn == 300)
        #expect(report.peer == nil && SyncReport([], names: [:]).peers.isEmpty)
        #expect(SyncReport([meetings[0]], names: [anna: "Anna"]).peer?.name == "Anna")
    }

    @Test("the book of addresses comes back as it was, whatever stands in its file")
    func book() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/peers"
        var book = PeerBook()
        book.entries = [
            PeerBook.Entry(address: "10.0.0.7:7431", isTyped: true),
            PeerBook.Entry(
                address: "[::1]:7431", isTyped: false, device: Self.device(3), met: 1_700),
        ]
        #expect(book.save(path: path))
        #expect(PeerBook(path: path) == book)
        try folder.write(
            "a\tb\nhost:1\ttyped\tzz\tx\n:::\tmet\t\t\n\n"
                + String(repeating: "b:2\tmet\t\t1\n", count: 200), at: "peers")
        let read = PeerBook(path: path)
        #expect(read.entries.first == PeerBook.Entry(address: "host:1", isTyped: true))
        #expect(read.entries.count <= PeerBook.typedMax + PeerBook.metMax)
        try folder.write(String(repeating: "x", count: 70_000), at: "peers")
        #expect(PeerBook(path: path).entries.isEmpty)
    }

    @Test("where somebody was met is remembered, the latest few; what was typed always stays")
    func noted() {
        var book = PeerBook()
        book.entries = [PeerBook.Entry(address: "typed:1", isTyped: true)]
        for number in 0..<100 {
            book.note("10.0.0.\(number):1", device: Self.device(number), at: Int64(number))
        }
        #expect(book.entries.count == PeerBook.metMax + 1)
        #expect(book.addresses.first?.address == "typed:1")
        #expect(book.entries.contains { $0.address == "10.0.0.99:1" })
        #expect(!book.entries.contains { $0.address == "10.0.0.1:1" })
        book.note("typed:1", device: Self.device(5), at: 1_000)
        #expect(book.entries.first?.isTyped == true && book.entries.first?.met == 1_000)
    }

    @Test("what another process writes into the same file is told of")
    func watching() async throws {
        let folder = try TemporaryFolder()
        let storage = Brain.Storage(beside: folder.path + "/brain.sqlite")
        let one = try Brain.found(storage, as: "Anna", team: "Noord")
        let other = try await Brain.open(storage)
        let changes = one.changes
        let watching = Task { await one.watchOthers(milliseconds: 25) }
        try await other.share(.insight, title: "From elsewhere")
        let told = await changes.first { _ in true }
        #expect(told?.title == "From elsewhere")
        watching.cancel()
        await watching.value
        await other.close()
        await one.close()
    }

    @Test("a brain that is up finds a kept address, and what is written there arrives by itself")
    func up() async throws {
        let team = try await Meeting.team(["Anna", "Bram"])
        let (anna, bram) = (team[0], team[1])
        let bound = try await anna.up(host: "127.0.0.1", port: 0, announcing: .off)
        let kept = try await bram.addPeer(bound.description)
        #expect(kept.isNew)
        let again = try await bram.addPeer(bound.description)
        #expect(!again.isNew)
        let changes = bram.changes
        try await bram.up(host: "127.0.0.1", port: 0, announcing: .off)
        try await anna.share(.howto, title: "WAL over NFS", body: "What I did")
        for await change in changes where change.title == "WAL over NFS" {
            #expect(change.isRemote)
            break
        }
        #expect(await bram.connectedPeople == [anna.me.id])
        let removed = try await bram.removePeer(bound.description)
        #expect(removed == bound.description)
        await #expect(throws: BrainError.self) { try await bram.removePeer(bound.description) }
        await #expect(throws: BrainError.self) { try await bram.addPeer("no port:x") }
        await anna.close()
        await bram.close()
        #expect(await anna.boundAddress == nil)
    }

    @Test("a dial that fails says how far it came")
    func diagnosed() async throws {
        let team = try await Meeting.team(["Anna", "Bram"])
        let stranger = try await Meeting.team(["Eve"])[0]
        let (anna, bram) = (team[0], team[1])
        let bound = try await anna.listen(host: "127.0.0.1", port: 0)
        func step(_ brain: Brain, _ address: String) async throws -> NetworkReport.Step? {
            try await brain.diagnose(address, milliseconds: 1).attempts.first?.step
        }
        #expect(try await step(bram, bound.description) == .same)
        #expect(try await step(stranger, bound.description) == .handshake)
        #expect(try await step(bram, "no..such..name:1") == .name)
        await anna.close()
        #expect(try await step(bram, bound.description) == .reach)
    }
}
