import Testing
import WeData

@testable import WeReplica
@testable import Weonomy

/// Whether what is nearest is found by few words as it is by ranking everything.
@Suite("Nearest")
struct NearestTests {
    /// A search index of texts, without the events that they would come from.
    private func index(_ texts: [(title: String, body: String)]) throws -> SearchIndex {
        let index = try SearchIndex(path: nil, isReadOnly: false) { _, _ in nil }
        try index.transaction { () throws(ReplicaError) in
            for (place, text) in texts.enumerated() {
                let row = Int64(place + 1)
                try index.database.run(
                    "INSERT INTO search(rowid, title, body, facets) VALUES(?, ?, ?, ?)",
                    .int(row), .text(text.title), .text(text.body),
                    .text(
                        DocumentSource.everything + " "
                            + DocumentSource.token(place % 10 == 9 ? "kind:answer" : "kind:share")))
                try index.database.run(
                    "INSERT INTO documents(document, object, state, facts)"
                        + " VALUES(?1, ?1, x'', x'')", .int(row))
            }
            try index.database.run(
                "INSERT OR REPLACE INTO meta VALUES('documents', ?)", .int(Int64(texts.count)))
        }
        return index
    }

    private func request(_ text: String, _ order: SearchRequest.Order) -> SearchRequest {
        SearchRequest(
            anyOf: Array(Words.leading(text).prefix(16)), facets: [["kind:share"]], order: order,
            countMax: 5)
    }

    @Test(
        "for each title of the real notes few words find what all of them do",
        .enabled(if: Corpora.arePresent))
    func corpora() throws {
        var texts: [(title: String, body: String)] = []
        for name in Corpora.names {
            let plan = try FolderImport.plan(folder: Corpora.path(name))
            texts += plan.notes.map { ($0.note.title, $0.body) }
        }
        let index = try index(texts)
        // As much less as these notes are fewer than 100,000.
        var few = SearchIndex.NearestLimits()
        few.countedMax = few.countedMax * texts.count / 100_000
        few.rankedMax = few.rankedMax * texts.count / 100_000
        var (asked, otherOfAll, otherFirst, lost) = (0, 0, 0, 0)
        for (place, text) in texts.enumerated() where place.isMultiple(of: 3) {
            guard !Words.leading(text.title).isEmpty else { continue }
            let all = try index.find(request(text.title, .relevance))
            let near = try index.nearest(request(text.title, .nearest))
            #expect(Set(near) == Set(all), "\(text.title)")
            let bounded = try index.nearest(request(text.title, .nearest), limits: few)
            guard !all.isEmpty else { continue }
            asked += 1
            if Set(bounded) != Set(all) { otherOfAll += 1 }
            if bounded.first != all.first { otherFirst += 1 }
            lost += Set(all).subtracting(bounded).count
        }
        #expect(asked > 1_200)
        #expect(otherOfAll * 20 < asked, "\(otherOfAll) of \(asked)")
        #expect(otherFirst * 200 < asked, "\(otherFirst) of \(asked)")
        #expect(lost * 50 < asked * 5, "\(lost) of \(asked * 5)")
    }

    @Test("ten times as many texts are as much work, and what is nearest comes first")
    func work() throws {
        var random = Seeded(state: 5)
        // As in real texts few words are common: the word of rank n is there once in n texts.
        func text(_ count: Int) -> String {
            (0..<count).map { _ in
                let rank = Int(Double.random(in: 0...11, using: &random) * 10)
                return "w\(rank)x\(rank < 60 ? 0 : Int.random(in: 0..<rank, using: &random))"
            }.joined(separator: " ")
        }
        var limits = SearchIndex.NearestLimits()
        limits.countedMax = 64
        limits.rankedMax = 128
        var pages: [Int] = []
        var allPages = 0
        for count in [4_000, 40_000] {
            var texts = (0..<count).map { (title: "Note \($0) " + text(2), body: text(20)) }
            texts[7] = ("Gemaal at the dike, a note", "w3x0")
            let index = try index(texts)
            let asked = request("A note of w3x0 and w9x0: the gemaal", .nearest)
            let before = index.database.pageCount
            let near = try index.nearest(asked, limits: limits)
            pages.append(index.database.pageCount - before)
            #expect(near.first == 8)
            #expect(near.count == 5)
            let start = index.database.pageCount
            var all = asked
            all.order = .relevance
            #expect(try index.find(all).first == 8)
            allPages = index.database.pageCount - start
        }
        #expect(pages[1] < pages[0] * 2)
        #expect(pages[1] * 10 < allPages)
    }

    @Test("where all words are common the newest that have two of them come")
    func common() throws {
        var limits = SearchIndex.NearestLimits()
        limits.countedMax = 8
        limits.rankedMax = 16
        var texts = (0..<400).map { number in
            (title: number % 2 == 0 ? "pump" : "dike", body: "water")
        }
        texts[200] = ("dike and pump", "water")
        texts[300] = ("pump", "the dike")
        let index = try index(texts)
        #expect(
            try index.nearest(request("pump dike", .nearest), limits: limits).prefix(2)
                == [201, 301])
        #expect(try index.nearest(request("water", .nearest), limits: limits).count == 5)
        #expect(try index.nearest(request("absent", .nearest), limits: limits) == [])
        #expect(try index.nearest(request("", .nearest), limits: limits) == [])
        var asked = request("pump dike water", .nearest)
        asked.offset = 2
        asked.countMax = .max
        let rest = try index.nearest(asked, limits: limits)
        #expect(!rest.contains(201) && !rest.contains(301) && rest.count > 5)
        asked.facets = [["kind:answer"]]
        asked.offset = 0
        #expect(try index.nearest(asked, limits: limits).allSatisfy { $0 % 10 == 0 })
    }
}
