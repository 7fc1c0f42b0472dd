import Foundation
import Testing
import WeData
import WeLog
import WeReplica

/// Several replicas of one file, as several processes have them.
@Suite("One file, several at a time")
struct TogetherTests {
    @Test("whoever writes and asks at the same time, nothing is lost and the view is right")
    func views() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "we-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "brain.sqlite").path
        let first = try Laptop("Anna", path: path)
        try first.found("Noord")
        let (key, team) = (first.author, try require2(first.replica.currentTeam))
        let sharesEach = 25
        let writers = try (0..<4).map { _ in
            try Replica(path: path, create: false, describe: Laptop.describe)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, replica) in writers.enumerated() {
                group.addTask {
                    for index in 0..<sharesEach {
                        let changes: [Change] = [
                            .create(kind: "share"),
                            .set(field: "title", value: .text("\(number) \(index)")),
                        ]
                        _ = try replica.append(
                            [.init(object: nil, changes: changes, wall: 0)], author: key)
                        _ = try replica.digest()
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(first.replica.currentTeam?.id == team.id)
        #expect(try first.replica.check().isSound)
        #expect(try first.replica.check().eventCount == 1 + writers.count * sharesEach)
        let digest = try first.replica.digest()
        for replica in writers { #expect(try replica.digest() == digest) }
        #expect(try first.replica.count(SearchRequest()) == writers.count * sharesEach)
        try first.replica.rebuild()
        #expect(try first.replica.digest() == digest)
    }
}
