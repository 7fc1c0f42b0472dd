import Foundation
import Testing
import WeLog
import WeReplica

@testable import Weonomy

/// Nobody writes on in a log whose end it has forgotten.
@Suite("A replica that was put back")
struct CopiedTests {
    private let folder: TemporaryFolder
    private let storage: Brain.Storage

    init() throws {
        folder = try TemporaryFolder()
        storage = Brain.Storage(beside: folder.path + "/anna")
    }

    /// How many logs of content Anna's device has.
    private func logCount(_ brain: Brain) throws -> Int {
        try brain.replica.read { (try? $0.logs()) ?? [] }.count {
            $0.key.logClass == .content && $0.key.device == brain.identity.signing.publicKey
        }
    }

    private func titles(_ brain: Brain) async throws -> Set<String> {
        Set(try await brain.find("", countMax: 10).items.map(\.title))
    }

    /// Files of the replica by what follows its name; the key stays out.
    private func files() throws -> [String: Data] {
        var files: [String: Data] = [:]
        for suffix in ["", "-wal", "-shm", "-search", "-place"] {
            files[suffix] = FileManager.default.contents(atPath: storage.replica + suffix)
        }
        return files
    }

    /// Puts files back; `inPlace` under the numbers that they have on the disk.
    private func putBack(_ files: [String: Data], inPlace: Bool) throws {
        for (suffix, data) in files {
            let url = URL(filePath: storage.replica + suffix)
            if !inPlace { try? FileManager.default.removeItem(at: url) }
            guard inPlace, FileManager.default.fileExists(atPath: url.path) else {
                try data.write(to: url)
                continue
            }
            let file = try FileHandle(forWritingTo: url)
            try file.truncate(atOffset: 0)
            try file.write(contentsOf: data)
            try file.close()
        }
        for suffix in ["", "-wal", "-shm", "-search"] where files[suffix] == nil {
            try? FileManager.default.removeItem(atPath: storage.replica + suffix)
        }
    }

    /// A team of which Bram has what Anna's replica has forgotten: "Two".
    private func forgetful(inPlace: Bool) async throws -> Brain {
        let old: [String: Data]
        let code: String
        do {
            let anna = try Brain.found(storage, as: "Anna", team: "Noord")
            _ = try await anna.share(.insight, title: "One")
            code = try await anna.invite().code
            await anna.close()
        }
        old = try files()
        let anna = try await Brain.open(storage)
        let address = try await anna.listen(host: "127.0.0.1", port: 0).description
        let (bram, _) = try await Brain.join(nil, as: "Bram", code: code, at: address)
        await anna.close()
        _ = try await anna.share(.insight, title: "Two")
        try await Meeting.meet(bram, anna)
        #expect(try await titles(bram) == ["One", "Two"])
        await anna.close()
        try putBack(old, inPlace: inPlace)
        return bram
    }

    @Test("it is noticed before the first write, which begins a new log; nothing forks")
    func beforeWriting() async throws {
        let bram = try await forgetful(inPlace: false)
        // Without its note beside it the file can't be told from a copy.
        try? FileManager.default.removeItem(atPath: storage.replica + "-place")
        let anna = try await Brain.open(storage)
        _ = try await anna.share(.insight, title: "Three")
        #expect(try await anna.takeCopyNotice())
        #expect(try await !anna.takeCopyNotice())
        #expect(try logCount(anna) == 2)
        try await check(anna, bram)
    }

    @Test("where nothing here tells, a colleague who brings one's own events does")
    func broughtBack() async throws {
        let bram = try await forgetful(inPlace: true)
        let anna = try await Brain.open(storage)
        try await Meeting.meet(bram, anna)
        #expect(try await anna.takeCopyNotice())
        _ = try await anna.share(.insight, title: "Three")
        #expect(try await !anna.takeCopyNotice())
        try await check(anna, bram)
    }

    private func check(_ anna: Brain, _ bram: Brain) async throws {
        for _ in 0..<2 { try await Meeting.meet(bram, anna) }
        for brain in [anna, bram] {
            #expect(try await titles(brain) == ["One", "Two", "Three"])
            #expect(try await brain.forks().isEmpty)
        }
        #expect(try logCount(anna) == 2)
        #expect(try await anna.digest() == bram.digest())
        await anna.close()
    }
}
