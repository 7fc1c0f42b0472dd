import WeData

/// What is nearest to some words, found by the rarest of them: what only a common one leads to is
/// hardly near, and ranking all of it takes as long as reading the whole index.
extension SearchIndex {
    /// How much is read at most, whatever the number of documents.
    struct NearestLimits: Sendable {
        /// Words that documents are ranked by.
        var wordsMax = 16
        /// Documents counted to tell how common a word is: of one word, and of all.
        var countedMax = 8_192
        var countedAllMax = 32_768
        /// Common words that documents are looked for by.
        var commonMax = 3
        /// What another one may be worth more than one that is looked for as well.
        var worthRatioMax = 10.0
        /// Documents ranked of those that rare words lead to; as many again that have a common word
        /// in the title, and that have two of them.
        var rankedMax = 2_048
    }

    private struct Word {
        let phrase: String
        /// The same in a title.
        let titled: String
        /// How many documents have it, or about how many.
        let count: Int
        let worth: Double
    }

    private struct Candidate {
        let document: Int64
        /// Lower for a better one.
        let rank: Double
    }

    /// The references of the nearest objects, the best first.
    ///
    /// The outcome is that of ranking everything as long as the words lead to no more than
    /// ``NearestLimits/rankedMax`` documents. Else the newest documents tell how common a word is,
    /// and what has none of the rare words is ranked only where common ones could outweigh a rare
    /// one (the bound of MaxScore; Turtle and Flood, "Query evaluation: strategies and
    /// optimizations", 1995): the newest that have one in the title, and that have two. Of the first
    /// five one in a hundred is then another.
    ///
    /// - Complexity: O(limits); the lists of common words are skipped through.
    func nearest(
        _ request: SearchRequest, limits: NearestLimits = NearestLimits()
    ) throws(ReplicaError) -> [Int64] {
        guard request.countMax > 0, let filter = request.filter else { return [] }
        let words = try words(request.anyOf, limits)
        // What more than half of very many have tells nothing, and to look for it in each takes long.
        let telling = words.prefix { $0.count <= limits.rankedMax || $0.worth > Relevance.worthMin }
        let ranked = telling.isEmpty ? words[...] : telling
        guard !words.isEmpty else { return [] }
        let wanted = request.offset.addingReportingOverflow(request.countMax)
        let countMax = wanted.overflow ? Int.max : wanted.partialValue

        var rareCount = 0
        var sum = 0
        while rareCount < ranked.count, sum + ranked[rareCount].count <= limits.rankedMax {
            sum += ranked[rareCount].count
            rareCount += 1
        }
        let (rare, common) = (ranked[..<rareCount], ranked[rareCount...])
        var found: [Int64: Candidate] = [:]
        func take(
            _ leading: String, by words: ArraySlice<Word>? = nil
        ) throws(ReplicaError) {
            for candidate in try candidates(leading, words ?? ranked, filter, limits.rankedMax) {
                found[candidate.document] = candidate
            }
        }
        func sorted() -> [Candidate] {
            found.values.sorted { ($0.rank, $0.document) < ($1.rank, $1.document) }
        }
        if !rare.isEmpty { try take(SearchIndex.any(rare)) }
        // The most that a document without a rare word can reach.
        let reach = common.reduce(0) { $0 + $1.worth } * Relevance.contributionMax
        func isBeaten() -> Bool {
            let best = sorted()
            return best.count >= countMax && -best[countMax - 1].rank >= reach
        }
        if let first = common.first, !isBeaten() {
            // What nearly every document has leads to none that is nearer than others.
            let leading = common.prefix(limits.commonMax).prefix {
                $0.worth >= first.worth / limits.worthRatioMax
            }
            try take(SearchIndex.titled(leading))
            if leading.count > 1, !isBeaten() { try take(SearchIndex.pairs(leading)) }
        }
        if rareCount < words.count, found.count < countMax {
            try take(SearchIndex.any(words[rareCount...]), by: words[...])
        }
        let best = sorted().dropFirst(request.offset).prefix(request.countMax)
        var objects: [Int64] = []
        for candidate in best {
            let object = try database.integer(
                "SELECT object FROM documents WHERE document = ?", .int(candidate.document))
            if let object { objects.append(object) }
        }
        return objects
    }

    /// The words that lead furthest, the rarest first.
    private func words(_ texts: [String], _ limits: NearestLimits) throws(ReplicaError) -> [Word] {
        let phrases = texts.compactMap(SearchRequest.words)
        let each = limits.countedAllMax / max(1, phrases.count)
        let countedMax = max(1, min(limits.countedMax, each))
        var words: [Word] = []
        for phrase in phrases {
            let anywhere = "{title body} : \(phrase)"
            let (count, worth) = try weigh(anywhere, countedMax: countedMax)
            guard count > 0 else { continue }
            words.append(
                Word(phrase: anywhere, titled: "title : \(phrase)", count: count, worth: worth))
        }
        // Of equals the first one given.
        let order = words.indices.sorted { (words[$0].count, $0) < (words[$1].count, $1) }
        return order.prefix(limits.wordsMax).map { words[$0] }
    }

    /// About how many documents a phrase is in, and what that makes it worth.
    ///
    /// - Complexity: O(countedMax).
    private func weigh(
        _ phrase: String, countedMax: Int
    ) throws(ReplicaError) -> (count: Int, worth: Double) {
        let last = try number("documents")
        let statement = try database.statement(
            "SELECT count(*), min(rowid) FROM (SELECT rowid FROM search"
                + " WHERE search MATCH ? ORDER BY rowid DESC LIMIT ?)")
        statement.bind(1, phrase)
        statement.bind(2, countedMax)
        guard try statement.step() else { return (0, 0) }
        defer { statement.reset() }
        var count = Double(statement.int(0))
        if Int(count) == countedMax {
            // As thick as among the newest.
            count *= Double(last) / Double(max(1, last - statement.int(1) + 1))
        }
        return (Int(count), Relevance.worth(count: count, of: Double(last)))
    }

    /// How what a request finds is ranked; of one phrase alone it does not matter what it is worth.
    func ranking(_ request: SearchRequest) throws(ReplicaError) -> String {
        let phrases = request.phrases
        guard phrases.count > 1 else { return Relevance.ranking(phrases.map { _ in 1 }) }
        let limits = NearestLimits()
        let countedMax = min(limits.countedMax, limits.countedAllMax / phrases.count)
        var worths: [Double] = []
        for phrase in phrases { worths.append(try weigh(phrase, countedMax: countedMax).worth) }
        return Relevance.ranking(worths)
    }

    /// The newest documents that fit, each ranked by all words.
    private func candidates(
        _ leading: String, _ words: ArraySlice<Word>, _ filter: SearchRequest.Filter,
        _ countMax: Int
    ) throws(ReplicaError) -> [Candidate] {
        // Phrases are counted by their place: first the words, with what each is worth.
        let expression = filter.applied(to: [SearchIndex.any(words), "(\(leading))"])
        let statement = try database.statement(
            "SELECT rowid, rank FROM search"
                + " WHERE search MATCH ? AND rank MATCH ? ORDER BY rowid DESC LIMIT ?")
        statement.bind(1, expression)
        statement.bind(2, Relevance.ranking(words.map(\.worth)))
        statement.bind(3, countMax)
        var found: [Candidate] = []
        while try statement.step() {
            found.append(Candidate(document: statement.int(0), rank: statement.double(1)))
        }
        return found
    }

    private static func any(_ words: ArraySlice<Word>) -> String {
        "(" + words.map(\.phrase).joined(separator: " OR ") + ")"
    }

    private static func titled(_ words: ArraySlice<Word>) -> String {
        words.map(\.titled).joined(separator: " OR ")
    }

    private static func pairs(_ words: ArraySlice<Word>) -> String {
        var pairs: [String] = []
        for (place, word) in words.enumerated() {
            for other in words.dropFirst(place + 1) {
                pairs.append("(\(word.phrase) AND \(other.phrase))")
            }
        }
        return pairs.joined(separator: " OR ")
    }
}
