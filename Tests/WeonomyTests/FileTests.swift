import Foundation
import Testing
import WeData
import WeKeys
import WeLog
import WeSync

@testable import Weonomy

/// Files that go with shares, between real brains on real disks.
@Suite("Files")
struct FileTests {
    /// A folder that goes with the test.
    private final class Folder {
        let path: String
        init() throws {
            path =
                FileManager.default.temporaryDirectory
                .appending(path: "files-\(UInt64.random(in: 0 ... .max))").path
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        }
        deinit { try? FileManager.default.removeItem(atPath: path) }

        func write(_ name: String, _ bytes: [UInt8]) throws -> String {
            let file = path + "/" + name
            try Data(bytes).write(to: URL(filePath: file))
            return file
        }
    }

    /// Bytes of which each block of 64 KiB differs from the others.
    private static func bytes(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
        var random = Seeded(state: seed)
        let block = (0..<65_536).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + 65_536)
        while bytes.count < count {
            let number = UInt64(bytes.count)
            bytes += block
            bytes.replaceSubrange((bytes.count - 8)..., with: number.bigEndianBytes)
        }
        bytes.removeLast(bytes.count - count)
        return bytes
    }

    private static func content(_ brain: Brain, _ file: FileInfo) async throws -> [UInt8] {
        let reading = try await brain.read(file)
        var bytes: [UInt8] = []
        while case let next = try reading.bytes(from: bytes.count), !next.isEmpty { bytes += next }
        return bytes
    }

    @Test(
        "a file comes with the share that it goes with, whole, in the same meeting",
        arguments: [0, 1, 65_536, 65_537, 3_000_000, (1 << 26) + 65_537])
    func comes(byteCount: Int) async throws {
        let folder = try Folder()
        let team = try await Meeting.team(["Anna", "Bram"])
        try await team[1].setFilePolicy(.all)
        let bytes = Self.bytes(byteCount, seed: UInt64(byteCount))
        let file = try await team[0].attach(
            try folder.write("repro.sql", bytes), licence: "CC0-1.0")
        #expect(file.name == "repro.sql" && file.byteCount == byteCount)
        let share = try await team[0].share(.file, title: "Reproduction", files: [file])
        try await Meeting.meet(team[1], team[0])
        let got = try #require(try await team[1].item(share.id).files.first)
        #expect(got == file)
        // By their hashes: to compare so many bytes takes long in a debug build.
        #expect(Blake2b.hash(try await Self.content(team[1], got)) == Blake2b.hash(bytes))
        let seen = try #require(try await team[1].files().first)
        #expect(seen.state == .here && seen.uses.map(\.title) == ["Reproduction"])
    }

    @Test("whoever listens gets it as well as whoever dials")
    func eitherWay() async throws {
        let team = try await Meeting.team(["Anna", "Bram"])
        let file = try await team[0].attach(Self.bytes(200_000), name: "a.bin")
        _ = try await team[0].share(.file, title: "A", files: [file])
        try await Meeting.meet(team[0], team[1])
        #expect(try await team[1].files().map(\.state) == [.here])
        let holders = try await team[0].files().first?.holders
        #expect(holders?.map(\.person.name) == ["Bram"] || holders?.isEmpty == true)
    }

    @Test("what is too long by policy stays where it is, and comes once it was opened")
    func policy() async throws {
        let team = try await Meeting.team(["Anna", "Bram"])
        try await team[1].setFilePolicy(.upTo(100_000))
        let small = try await team[0].attach(Self.bytes(100_000), name: "small.bin")
        let large = try await team[0].attach(Self.bytes(100_001), name: "large.bin")
        let share = try await team[0].share(.file, title: "Two", files: [small, large])
        try await Meeting.meet(team[1], team[0])
        let states = try await team[1].files(of: team[1].item(share.id)).map(\.state)
        #expect(states == [.here, .left])
        await #expect(throws: BrainError.self) { _ = try await team[1].read(large) }
        #expect(
            try await team[1].files(of: team[1].item(share.id)).map(\.state) == [.here, .wanted])
        try await Meeting.meet(team[1], team[0])
        #expect(try await Self.content(team[1], large) == Self.bytes(100_001))
    }

    @Test(
        "a size that somebody names wrongly keeps no file away, on the network or on a stick",
        arguments: [0, 1, 700, 65_536, 65_537, 300_000], [false, true])
    func misnamed(byteCount: Int, isByStick: Bool) async throws {
        let team = try await Meeting.team(["Anna", "Bram", "Cas"])
        let bytes = Self.bytes(byteCount)
        let file = try await team[0].attach(bytes, name: "a.bin")
        _ = try await team[0].share(.file, title: "True", files: [file])
        // The last of them is the newest, and the only one that somebody takes back.
        for (place, size) in [byteCount + 1, 40_000_000, 150_000, 3].enumerated() {
            let wrong = FileInfo(name: "b.bin", byteCount: size, id: file.id)
            let item = try await team[2].share(.file, title: "False \(place)", files: [wrong])
            if size == 3 { try await team[2].retract(item.id) }
        }
        try await Meeting.meet(team[1], team[2])
        #expect(try await team[1].files().map(\.state) == [.wanted])
        if isByStick {
            let stick = MemoryStick()
            _ = try await team[0].carry(stick, filesMax: .max)
            #expect(try await team[1].carry(stick).filesReceived.count == 1)
        } else {
            try await Meeting.meet(team[1], team[0])
        }
        #expect(try await team[1].files().map(\.state) == [.here])
        #expect(try await Self.content(team[1], file) == bytes)
    }

    @Test("a connection that begins does not wait until it is known how many files are wanted")
    func counted() async throws {
        let team = try await Meeting.team(["Anna", "Bram"])
        let node = team[1].node
        func said() throws -> Int { try node.configuration(role: .responder).filesWanted }
        await node.countWanted()
        #expect(try said() == 0)
        // Something was written: it may name a file.
        _ = try await team[1].share(.insight, title: "No file")
        #expect(try said() == 1)
        await node.countWanted()
        #expect(try said() == 0)
        let files = try await [team[0].attach([1], name: "a"), team[0].attach([2], name: "b")]
        _ = try await team[0].share(.file, title: "Two", files: files)
        try await team[1].setFilePolicy(.opened)
        try await Meeting.meet(team[1], team[0])
        try await team[1].setFilePolicy(.all)
        await node.countWanted()
        #expect(try said() == 2)
        try await Meeting.meet(team[1], team[0])
        await node.countWanted()
        #expect(try said() == 0)
    }

    @Test("a size that somebody names wrongly brings no file that is too long by policy")
    func misnamedPolicy() async throws {
        let team = try await Meeting.team(["Anna", "Bram"])
        try await team[1].setFilePolicy(.upTo(100_000))
        let file = try await team[0].attach(Self.bytes(300_000), name: "a.bin")
        _ = try await team[0].share(.file, title: "True", files: [file])
        let wrong = FileInfo(name: "b.bin", byteCount: 10, id: file.id)
        _ = try await team[0].share(.file, title: "False", files: [wrong])
        let report = try await Meeting.meet(team[1], team[0])
        #expect(try await team[1].files().map(\.state) != [.here])
        #expect(report.wireBytesIn < 65_536, "\(report.wireBytesIn) bytes came")
    }

    @Test("of a file that changed in the middle only what changed travels")
    func changed() async throws {
        let team = try await Meeting.team(["Anna", "Bram"])
        try await team[1].setFilePolicy(.all)
        var bytes = Self.bytes(4_000_000)
        let first = try await team[0].attach(bytes, name: "data.bin")
        _ = try await team[0].share(.file, title: "First", files: [first])
        try await Meeting.meet(team[1], team[0])
        for index in 2_000_000..<2_050_000 { bytes[index] = 7 }
        let second = try await team[0].attach(bytes, name: "data.bin")
        _ = try await team[0].share(.file, title: "Second", files: [second])
        let report = try await Meeting.meet(team[1], team[0])
        #expect(report.wireBytesIn < 3 * 65_536, "\(report.wireBytesIn) bytes came")
        #expect(try await Self.content(team[1], second) == bytes)
    }

    @Test("a file goes with the item that is erased, here and there, unless another names it")
    func erased() async throws {
        let team = try await Meeting.team(["Anna", "Bram"])
        let both = try await team[0].attach(Self.bytes(1_000, seed: 2), name: "both.bin")
        let only = try await team[0].attach(Self.bytes(1_000, seed: 3), name: "only.bin")
        let first = try await team[0].share(.file, title: "One", files: [both, only])
        _ = try await team[0].share(.file, title: "Two", files: [both])
        try await Meeting.meet(team[1], team[0])
        for brain in team { #expect(try await brain.files().count == 2) }
        _ = try await team[0].erase(first.id)
        try await Meeting.meet(team[1], team[0])
        for brain in team {
            let files = try await brain.files()
            #expect(files.map(\.file.name) == ["both.bin"])
            #expect(brain.node.keeper.store.contains(both.id))
            #expect(!brain.node.keeper.store.holds(only.id))
        }
        // And who erased says so.
        let report = try await team[0].erasure(of: first.id)
        #expect(report.receipts.filter(\.hasErased).count >= 1)
    }

    @Test("a file of somebody who was put out stays: what is void may be taken back")
    func voided() async throws {
        let team = try await Meeting.team(["Anna", "Bram", "Chris"], moderators: 0)
        let file = try await team[2].attach(Self.bytes(5_000), name: "chris.bin")
        _ = try await team[2].share(.file, title: "By Chris", files: [file])
        try await Meeting.all(team)
        #expect(try await team[0].files().map(\.state) == [.here])
        _ = try await team[0].exclude(
            Exclusion(
                person: team[2].me.id, reason: "Harm", isSevere: true,
                since: Instant(milliseconds: 1)))
        #expect(try await team[0].files().isEmpty)
        #expect(try team[0].node.keeper.collectErased().isEmpty)
        #expect(team[0].node.keeper.store.contains(file.id))
    }

    @Test("the last copy is not let go of by accident")
    func freed() async throws {
        let team = try await Meeting.team(["Anna", "Bram"])
        let file = try await team[0].attach(Self.bytes(5_000), name: "a.bin")
        _ = try await team[0].share(.file, title: "A", files: [file])
        await #expect(throws: BrainError.self) { try await team[0].free(file) }
        try await Meeting.meet(team[0], team[1])
        try await Meeting.meet(team[0], team[1])
        #expect(try await team[0].files().first?.holders.map(\.person.name) == ["Bram"])
        try await team[0].free(file)
        #expect(try await team[0].files().first?.state == .left)
        try await Meeting.meet(team[0], team[1])
        #expect(try await team[0].files().first?.state == .left, "it does not come back by itself")
        try await team[0].want(file.id)
        try await Meeting.meet(team[0], team[1])
        #expect(try await team[0].files().first?.state == .here)
    }

    @Test("a file goes by stick where that is chosen, for who wants it, and is proved there too")
    func byStick() async throws {
        let team = try await Meeting.team(["Anna", "Bram"])
        let stick = MemoryStick()
        let file = try await team[0].attach(Self.bytes(300_000), name: "a.bin")
        _ = try await team[0].share(.file, title: "A", files: [file])
        let without = try await team[0].carry(stick)
        #expect(without.filesLeft.count == 0 && without.filesKept.count == 1)
        _ = try await team[1].carry(stick)
        #expect(try await team[1].files().map(\.state) == [.wanted])
        let short = try await team[0].carry(stick, filesMax: 299_999)
        #expect(short.filesLeft.count == 0 && short.filesKept.byteCount == 300_000)
        let with = try await team[0].carry(stick, filesMax: .max)
        #expect(with.filesLeft.count == 1 && with.filesLeft.byteCount == 300_000)
        let bundle = try #require(stick.names(ending: ".bundle").first)
        let whole = try #require(stick.files[bundle])
        // Pulled out in the middle: what came is kept, and the rest comes the next time.
        stick.files[bundle] = Array(whole.prefix(whole.count / 2))
        let cut = try await team[1].carry(stick)
        #expect(cut.filesReceived.count == 0 && !cut.isComplete)
        if case .coming(let bytes)? = try await team[1].files().first?.state {
            #expect(bytes > 0 && bytes < 300_000)
        } else {
            Issue.record("nothing of the half was kept")
        }
        stick.files[bundle] = whole
        let got = try await team[1].carry(stick)
        #expect(got.filesReceived.count == 1 && got.isComplete)
        #expect(try await Self.content(team[1], file) == Self.bytes(300_000))
        _ = try await team[0].carry(stick, filesMax: .max)
        #expect(stick.names(ending: ".bundle").isEmpty, "nobody wants anything any more")
    }

    @Test("a broken connection or a power cut costs what was not written, and nothing else")
    func resumes() async throws {
        let folder = try Folder()
        let store = FileStore(path: folder.path + "/files")
        let bytes = Self.bytes(1_000_000)
        let shape = try #require(FileShape(byteCount: bytes.count))
        var hasher = FileHasher(shape)
        hasher.update(bytes)
        let finished = hasher.finish()
        let tree = try #require(finished)
        let wish = FileWish(id: tree.id, shape: shape)
        func chunk(_ index: Int) -> [UInt8] { Array(bytes[shape.bytes(ofChunk: index)]) }
        let begun = try store.begin(wish)
        #expect(begun.held.count == 0 && begun.segments.count == 0)
        guard case .kept = try store.take(#require(tree.segment(0)), of: wish) else {
            Issue.record("the leaves were not taken")
            return
        }
        for index in [0, 1, 5, 9] { _ = try store.take(chunk(index), index: index, of: wish) }
        guard case .refused = try store.take(chunk(3), index: 2, of: wish) else {
            Issue.record("a chunk in another's place was taken")
            return
        }
        // Half of a chunk was written when the power went.
        let part = try FileFolder.open(folder.path + "/files", isCreating: false)
            .open(Base32.encode(tree.id.bytes) + ".part", for: .writing)
        try part.write(Array(chunk(7).prefix(30_000)), at: shape.bytes(ofChunk: 7).lowerBound)
        let again = FileStore(path: folder.path + "/files")
        let resumed = try again.begin(wish)
        #expect(resumed.segments.isComplete)
        #expect((0..<shape.chunkCount).filter { resumed.held.contains($0) } == [0, 1, 5, 9])
        for index in 0..<shape.chunkCount {
            _ = try again.take(chunk(index), index: index, of: wish)
        }
        #expect(again.contains(wish.id) && again.check(wish.id))
        #expect(again.chunk(3, of: wish.id) == chunk(3))
        #expect(again.segment(0, of: wish.id) == tree.segment(0))
    }

    @Test("a file that rots on the disk is found, and fetched again")
    func rot() async throws {
        let folder = try Folder()
        let clock = TestClock()
        let anna = try Brain.found(
            Brain.Storage(beside: folder.path + "/anna"), as: "Anna", team: "T", now: clock.read)
        let code = try await anna.invite().code
        let address = try await anna.listen(host: "127.0.0.1", port: 0).description
        let (bram, _) = try await Brain.join(
            Brain.Storage(beside: folder.path + "/bram"), as: "Bram", code: code, at: address,
            now: clock.read)
        await anna.close()
        let file = try await anna.attach(Self.bytes(300_000), name: "a.bin")
        _ = try await anna.share(.file, title: "A", files: [file])
        try await Meeting.meet(bram, anna)
        let path = folder.path + "/bram-files/" + Base32.encode(file.id.bytes)
        var bytes = Array(try Data(contentsOf: URL(filePath: path)))
        bytes[200_000] ^= 0xff
        try Data(bytes).write(to: URL(filePath: path))
        let check = await bram.checkFiles()
        #expect(check.checkedCount == 1 && check.damagedCount == 1)
        try await Meeting.meet(bram, anna)
        #expect(try await Self.content(bram, file) == Self.bytes(300_000))
    }
}
