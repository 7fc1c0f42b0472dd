import Foundation
import Testing
import WeData
import WeLog

@testable import WeReplica

/// Whether the search index stays in few pieces when little is written at a time.
@Suite("Segments of the search index")
struct SegmentTests {
    /// The pieces that searches read: what FTS5 numbers in the upper bits of its rows.
    private func segmentCount(_ path: String) throws -> Int64 {
        let database = try Database(path: path + "-search", mode: .readOnly)
        return try database.integer(
            "SELECT count(DISTINCT id >> 37) FROM search_data WHERE id >= 1 << 37") ?? 0
    }

    @Test("a little merging after each write keeps few of them, and all is found as before")
    func merging() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "we-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var found: [[ObjectID]] = []
        for isMerging in [false, true] {
            let path = folder.appending(path: "\(isMerging).sqlite").path
            let anna = try Laptop("Anna", path: path)
            try anna.found("Noord")
            for number in 0..<48 {
                _ = try anna.share("Note \(number)", number % 3 == 0 ? "pump" : "dike")
                try anna.replica.catchUp()
                if isMerging { try anna.replica.mergeSearch(pagesMax: 64) }
            }
            let count = try segmentCount(path)
            #expect(isMerging ? count <= 12 : count >= 40, "\(count) segments")
            let items = try anna.replica.find(
                SearchRequest(terms: [.init("pump")], countMax: 100))
            #expect(items.count == 16)
            found.append(items.map(\.0))
        }
        #expect(found.count == 2)
    }
}
