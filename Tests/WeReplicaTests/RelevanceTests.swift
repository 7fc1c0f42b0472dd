import Testing
import WeData
import WeLog

@testable import WeReplica

@Suite("Relevance")
struct RelevanceTests {
    /// A full-text table of random documents, of which nearly all have one facet.
    private func documents(_ random: inout SeededGenerator) throws -> Database {
        let database = try Database(path: ":memory:", mode: .create)
        try Relevance.add(to: database)
        try database.execute("CREATE VIRTUAL TABLE t USING fts5(title, body, facets, content = '')")
        let words = (0..<40).map { "w\($0)" }
        for row in 1...400 {
            func text(_ count: Int) -> String {
                (0..<count).map { _ in
                    words[
                        Int.random(in: 0...Int.random(in: 0..<40, using: &random), using: &random)]
                }.joined(separator: " ")
            }
            let facets = row.isMultiple(of: 50) ? "xrare" : "xall xtopic\(row % 7)"
            try database.run(
                "INSERT INTO t(rowid, title, body, facets) VALUES(?, ?, ?, ?)", .int(Int64(row)),
                .text(text(.random(in: 0...5, using: &random))),
                .text(text(.random(in: 0...60, using: &random))), .text(facets))
        }
        return database
    }

    private func ranks(_ function: String, _ query: String, _ database: Database) throws
        -> [(row: Int64, rank: Double)]
    {
        let rows = try database.statement(
            "SELECT rowid, rank FROM t WHERE t MATCH ? AND rank MATCH '\(function)' ORDER BY rank")
        rows.bind(1, query)
        var ranks: [(row: Int64, rank: Double)] = []
        while try rows.step() { ranks.append((rows.int(0), rows.double(1))) }
        return ranks
    }

    @Test("ranks are bm25's, to the last bit but one, whatever the query is made of")
    func ranks() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        let database = try documents(&random)
        for query in [
            "w1", "w1 w2", "{title body} : \"w3\"", "\"w1 w2\"", "w1*", "w1 OR w2 OR w7",
            "({title body} : \"w1\" AND (facets : xall OR facets : xrare)) NOT (facets : xtopic3)",
            "{title body} : \"w1\" * AND facets : xall", "facets : xall", "w39 NOT w1",
            "(w1 AND w2) OR (w3 AND facets : xtopic1)", "title : w5",
        ] {
            let ours = try ranks("\(Relevance.name)()", query, database)
            let theirs = try ranks("bm25(10.0, 1.0, 0.0)", query, database)
            #expect(ours.count == theirs.count, "\(query), seed \(seed)")
            let expected = Dictionary(theirs.map { ($0.row, $0.rank) }) { first, _ in first }
            for (row, rank) in ours {
                let distance = abs(rank - (expected[row] ?? .infinity))
                #expect(distance <= 1e-12 * abs(rank), "\(query), row \(row), seed \(seed)")
            }
        }
    }

    @Test("the better of two documents comes first, words of the title most of all")
    func order() throws {
        let anna = try Laptop("Anna")
        try anna.found("Noord")
        let twice = try anna.share("Pumps", "The gemaal and once more: gemaal")
        let titled = try anna.share("Gemaal", "Other words, and more of them, and again some")
        for number in 0..<20 { _ = try anna.share("Note \(number)", "nothing") }
        let once = try anna.share("Dikes", "The gemaal, once, among so many other words in it")
        let found = try anna.replica.find(
            SearchRequest(
                terms: [.init("gemaal")], facets: [["kind:share"]], order: .relevance))
        #expect(found.map(\.0) == [titled, twice, once])
    }
}

/// SplitMix64.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
