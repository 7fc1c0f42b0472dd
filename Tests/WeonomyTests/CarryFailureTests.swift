import Foundation
import Testing
import WeData
import WeLog
import WeReplica
import WeSync

@testable import Weonomy

/// Sticks that are pulled out, full, read only, or hold other people's things.
@Suite("Failing sticks")
struct CarryFailureTests {
    /// A stick on which Bram has something for Anna, and she for him.
    private func world() async throws -> (anna: Brain, bram: Brain, stick: MemoryStick) {
        let team = try await Meeting.team(["Anna", "Bram"])
        let stick = MemoryStick(["note.txt": Array("mine".utf8)])
        for brain in team { _ = try await brain.carry(stick) }
        _ = try await team[1].share(.insight, title: "By Bram", body: "One")
        _ = try await team[1].carry(stick)
        _ = try await team[0].share(.insight, title: "By Anna", body: "Two")
        return (team[0], team[1], stick)
    }

    @Test("pulled out, full or locked at any write: nothing is lost, and the next visit mends it")
    func everyWrite() async throws {
        let (anna, bram, stick) = try await world()
        let whole = stick.copy()
        _ = try await anna.carry(whole)
        let count = whole.writes
        #expect(count > 6)
        let secret = try #require(bram.node.secrets.first)
        let bundle = BundleName.file(
            .bundle, of: bram.identity.signing.publicKey, secret: secret)
        #expect(stick.files[bundle] != nil)
        for fault in [StickFault.failed(5), .full, .readOnly, .denied] {
            for place in 0..<count {
                let failing = stick.copy(writes: place, fault: fault)
                let report = try await anna.carry(failing)
                #expect(!report.problems.isEmpty, "write \(place)")
                // Bram's own files are as he left them, and no file of hers is half of one.
                #expect(failing.files[bundle] == stick.files[bundle])
                for (name, bytes) in failing.files where !name.hasSuffix(".part") {
                    #expect(isWhole(name, bytes, anna), "write \(place): \(name)")
                }
                #expect(failing.files["note.txt"] == Array("mine".utf8))
                let mended = failing.copy()
                #expect(try await anna.carry(mended).isComplete)
                #expect(mended.names(ending: ".part").isEmpty)
            }
        }
        #expect(try await bram.carry(whole).receivedCount == 1)
        #expect(try await anna.digest() == bram.digest())
    }

    private func isWhole(_ name: String, _ bytes: [UInt8], _ brain: Brain) -> Bool {
        guard let kind = BundleName.kind(of: name) else { return true }
        var reading = CarryReading(kind, team: brain.replica.currentTeam?.id)
        do {
            _ = try reading.open(MemoryStick([name: bytes]), name, brain.node.secrets, nil)
            while try reading.next() != nil {}
            return true
        } catch {
            return false
        }
    }

    @Test("pulled out at any read: what was read is kept, and it is said")
    func everyRead() async throws {
        let (anna, _, stick) = try await world()
        let whole = stick.copy()
        _ = try await anna.carry(whole, isDryRun: true)
        for place in 0..<whole.reads {
            let report = try await anna.carry(stick.copy(reads: place), isDryRun: true)
            #expect(report.problems.contains(.unread), "read \(place): \(report.problems)")
        }
    }

    @Test("a bundle without its end gives what it has, and the rest comes another day")
    func tail() async throws {
        let (anna, bram, stick) = try await world()
        for number in 0..<40 {
            _ = try await bram.share(
                .insight, title: "Long \(number)",
                body: String(repeating: "x\(number)", count: 20_000))
        }
        _ = try await bram.carry(stick)
        let name = try #require(
            stick.names(ending: ".bundle").max { stick.files[$0]!.count < stick.files[$1]!.count })
        let bytes = try #require(stick.files[name])
        #expect(bytes.count > 1_000_000)
        for spoil in [
            { Array($0.prefix($0.count * 2 / 3)) },
            { $0.prefix($0.count * 2 / 3) + [UInt8](repeating: 0, count: $0.count / 3) },
        ] as [([UInt8]) -> [UInt8]] {
            let spoilt = stick.copy()
            spoilt.files[name] = spoil(bytes)
            let report = try await anna.carry(spoilt)
            #expect(report.problems == [.tailLost("Bram")])
        }
        let before = try await anna.status().eventCount
        #expect(before < (try await bram.status().eventCount))
        #expect(try await anna.carry(stick).isComplete)
        #expect(try await anna.status().shareCount == 42)
    }

    @Test("other files are left alone, whatever they are called or hold")
    func strangers() async throws {
        let (anna, _, stick) = try await world()
        stick.files["garbage.bundle"] = [UInt8](repeating: 7, count: 5_000)
        stick.files["empty.frontier"] = []
        stick.files["x.request"] = Array("wecarry".utf8)
        stick.files["newer.bundle"] = Array("wecarry".utf8) + [9, 0, 0, 0, 0]
        stick.files["someone.bundle.part"] = [1]
        let before = stick.files
        let report = try await anna.carry(stick)
        #expect(report.receivedCount == 1)
        #expect(report.problems.contains(.newer(1)))
        for (name, bytes) in before where !name.hasPrefix("garbage") || bytes.isEmpty {
            if BundleName.kind(of: name) == nil || bytes.count < 100 {
                #expect(stick.files[name] == bytes, "\(name)")
            }
        }
    }

    // MARK: - Real folders

    @Test("on a real folder nothing but the team's own is touched, and links are not followed")
    func realFolder() async throws {
        let (anna, bram, _) = try await world()
        let folder = try TemporaryFolder()
        try folder.write("mine", at: "letter.txt")
        _ = try await anna.carry(folder.path)
        let report = try await bram.carry(folder.path)
        #expect(report.receivedCount == 1 && report.isComplete, "\(report)")
        #expect(folder.text("letter.txt") == "mine")
        let top = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(top == ["Weonomy", "letter.txt"])
        let parent = folder.path + "/Weonomy"
        let team = try #require(FileManager.default.contentsOfDirectory(atPath: parent).first)
        let names = try FileManager.default.contentsOfDirectory(atPath: parent + "/" + team)
        #expect(names.allSatisfy { $0.count < 40 && $0 == $0.lowercased() })
        // A link in place of a bundle leads nowhere.
        try folder.write("elsewhere", at: "target")
        let link = parent + "/\(team)/link.bundle"
        try FileManager.default.createSymbolicLink(
            atPath: link, withDestinationPath: folder.path + "/target")
        _ = try await anna.carry(folder.path)
        #expect(folder.text("target") == "elsewhere")
    }

    @Test("a link in place of the folder is refused, and so is what is no folder")
    func linked() async throws {
        let anna = try Brain.found(nil, as: "Anna", team: "Noord")
        let folder = try TemporaryFolder()
        let elsewhere = try TemporaryFolder()
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/Weonomy", withDestinationPath: elsewhere.path)
        #expect(await Meeting.failure { _ = try await anna.carry(folder.path) }?.code == .file)
        #expect(try FileManager.default.contentsOfDirectory(atPath: elsewhere.path).isEmpty)
        let missing = await Meeting.failure {
            _ = try await anna.carry(folder.path + "/nothing")
        }
        #expect(missing?.code == .file)
        try folder.write("x", at: "file")
        #expect(
            await Meeting.failure { _ = try await anna.carry(folder.path + "/file") }?.code
                == .file)
    }

    @Test("a dry run makes no folder")
    func noFolder() async throws {
        let anna = try Brain.found(nil, as: "Anna", team: "Noord")
        let folder = try TemporaryFolder()
        let report = try await anna.carry(folder.path, isDryRun: true)
        #expect(report.isFull && report.leftCount == 1)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }
}
