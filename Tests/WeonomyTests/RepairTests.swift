import Foundation
import Testing
import Weonomy

/// A repair puts another file in the place of a damaged one.
@Suite("Repair")
struct RepairTests {
    private func rot(_ path: String, at text: String) throws {
        let url = URL(fileURLWithPath: path)
        let file = try Data(contentsOf: url)
        let place = try #require(file.range(of: Data(text.utf8))).lowerBound
        let handle = try FileHandle(forUpdating: url)
        try handle.seek(toOffset: UInt64(place))
        try handle.write(contentsOf: [file[place] ^ 0x15])
        try handle.close()
    }

    @Test("whoever has the old file open is told so and writes nothing; each repair keeps its own")
    func moved() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "we-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "brain.sqlite").path
        let storage = Brain.Storage(beside: path)
        let first = try await Brain.open(at: path, as: "Anna")
        for number in 1...3 { _ = try await first.ask("Question number \(number)?") }
        await first.close()
        try rot(path, at: "Question number 3")
        let report = try await Brain.repair(storage)
        #expect(report.damagedPath == path + ".damaged")
        #expect(report.lostCount == 1 && report.waitingCount == 0 && report.eventCount == 3)
        do throws(BrainError) {
            _ = try await first.ask("Into a file that nobody opens?")
            Issue.record("written")
        } catch {
            #expect(error.code == .failed && error.message.contains("start again"))
        }

        let second = try await Brain.open(storage)
        _ = try await second.ask("Question number 4?")
        #expect(try await second.doctor(isRebuilding: true).isSound)
        await second.close()
        try rot(path, at: "Question number 1")
        let again = try await Brain.repair(storage)
        #expect(again.damagedPath == path + ".damaged2" && again.lostCount == 1)
        // It is lost in both files: nobody else had it.
        let third = try await Brain.open(storage)
        #expect(try await third.doctor().isSound)
    }

    @Test("what is erased goes from the file that a repair put aside, too")
    func erased() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "we-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "brain.sqlite").path
        let storage = Brain.Storage(beside: path)
        let first = try await Brain.open(at: path, as: "Anna")
        let kept = try await first.ask("Please forget the aubergine?")
        _ = try await first.ask("The last question?")
        await first.close()
        try rot(path, at: "The last question")
        #expect(try await Brain.repair(storage).lostCount == 1)
        let second = try await Brain.open(storage)
        let report = try await second.erase(kept.id)
        let hasErased = report.receipts.map(\.hasErased)
        #expect(hasErased == [true])
        await second.close()
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
            let content = try Data(contentsOf: folder.appending(path: name))
            #expect(content.range(of: Data("aubergine".utf8)) == nil, "\(name)")
        }
    }
}
