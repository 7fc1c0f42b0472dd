import WeSQLite

/// The order of what a search finds: FTS5's own bm25, but for what it counts.
///
/// bm25 counts for each phrase of a query how many documents have it, those that weigh nothing
/// too; counting a facet that nearly every document has takes longer than all the rest of a
/// search. Here only words that weigh are counted; the ranks are bm25's
/// (https://www.sqlite.org/fts5.html#the_bm25_function). Arguments say what the first phrases are
/// worth; then none is counted, and those behind weigh nothing.
enum Relevance {
    /// What a query calls it by.
    static let name = "relevance"
    /// What one occurrence counts in title, body and facets.
    static let weights = [10.0, 1.0, 0.0]

    /// How soon more of the same word counts less, and how much long documents lose: bm25's own.
    private static let saturation = 1.2
    private static let lengthWeight = 0.75
    /// The least that a word is worth, one in more than half of all documents.
    static let worthMin = 1e-6
    /// The most that a phrase can add to a rank, times what it is worth.
    static let contributionMax = saturation + 1

    /// As a query says it, with what its first phrases are worth; FTS5 reads no exponents.
    static func ranking(_ worths: [Double]) -> String {
        let numbers = worths.map { worth in
            let billionths = Int64((worth * 1e9).rounded())
            let rest = String(billionths % 1_000_000_000)
            return "\(billionths / 1_000_000_000)."
                + String(repeating: "0", count: max(0, 9 - rest.count)) + rest
        }
        return "\(name)(\(numbers.joined(separator: ", ")))"
    }
    /// The same without.
    static let plain = "\(name)()"

    /// What holds for all documents of one query.
    private final class Query {
        let documentCount: Double
        let tokenCountMean: Double
        /// By phrase, once it was asked for.
        var worth: [Int32: Double] = [:]
        /// Whether what phrases are worth was told.
        let isGiven: Bool

        init(documentCount: Int64, tokenCount: Int64, worths: [Double]) {
            isGiven = !worths.isEmpty
            for (phrase, worth) in worths.enumerated() { self.worth[Int32(phrase)] = worth }
            self.documentCount = Double(documentCount)
            tokenCountMean = Double(tokenCount) / max(1, Double(documentCount))
        }
    }

    /// Makes it known to a connection.
    static func add(to database: Database) throws(ReplicaError) {
        try unsafe database.addSearchFunction(Relevance.name) {
            api, context, result, count, values in
            guard let api = unsafe api?.pointee, let context = unsafe context else { return }
            let worths = unsafe UnsafeBufferPointer(start: values, count: Int(count))
            if let rank = unsafe Relevance.rank(api, context, worths) {
                unsafe sqlite3_result_double(result, rank)
            } else {
                unsafe sqlite3_result_error_code(result, SQLITE_ERROR)
            }
        }
    }

    /// The rank of the current document, lower for a better one; `nil` when FTS5 fails.
    private static func rank(
        _ api: Fts5ExtensionApi, _ context: OpaquePointer,
        _ worths: UnsafeBufferPointer<OpaquePointer?>
    ) -> Double? {
        guard let query = unsafe query(api, context, worths) else { return nil }
        var rank = 0.0
        var length: Double?
        for phrase in 0..<(unsafe api.xPhraseCount(context)) {
            if query.isGiven, query.worth[phrase] == nil { break }
            guard let frequency = unsafe frequency(of: phrase, api, context) else { return nil }
            guard frequency > 0 else { continue }
            if length == nil {
                var tokenCount: Int32 = 0
                guard unsafe api.xColumnSize(context, -1, &tokenCount) == SQLITE_OK else {
                    return nil
                }
                length = Double(tokenCount)
            }
            guard let worth = unsafe worth(of: phrase, query, api, context) else { return nil }
            let stretch =
                1 - lengthWeight + lengthWeight * (length ?? 0) / query.tokenCountMean
            rank -= worth * frequency * (saturation + 1) / (frequency + saturation * stretch)
        }
        return rank
    }

    /// How often the document has a phrase, each occurrence as much as its column weighs.
    private static func frequency(
        of phrase: Int32, _ api: Fts5ExtensionApi, _ context: OpaquePointer
    ) -> Double? {
        var place = unsafe Fts5PhraseIter()
        var (column, offset): (Int32, Int32) = (0, 0)
        var frequency = 0.0
        guard unsafe api.xPhraseFirst(context, phrase, &place, &column, &offset) == SQLITE_OK
        else { return nil }
        while column >= 0 {
            if weights.indices.contains(Int(column)) { frequency += weights[Int(column)] }
            unsafe api.xPhraseNext(context, &place, &column, &offset)
        }
        return frequency
    }

    /// What a phrase is worth, the more the fewer documents have it; counted once a query.
    private static func worth(
        of phrase: Int32, _ query: Query, _ api: Fts5ExtensionApi, _ context: OpaquePointer
    ) -> Double? {
        if let known = query.worth[phrase] { return known }
        var count = 0
        let result = unsafe withUnsafeMutablePointer(to: &count) { pointer in
            unsafe api.xQueryPhrase(context, phrase, pointer) { _, _, pointer in
                unsafe pointer?.assumingMemoryBound(to: Int.self).pointee += 1
                return SQLITE_OK
            }
        }
        guard result == SQLITE_OK else { return nil }
        let worth = worth(count: Double(count), of: query.documentCount)
        query.worth[phrase] = worth
        return worth
    }

    /// What a phrase is worth that so many of all documents have.
    static func worth(count: Double, of documentCount: Double) -> Double {
        max(we_log((documentCount - count + 0.5) / (count + 0.5)), worthMin)
    }

    private static func query(
        _ api: Fts5ExtensionApi, _ context: OpaquePointer,
        _ worths: UnsafeBufferPointer<OpaquePointer?>
    ) -> Query? {
        if let known = unsafe api.xGetAuxdata(context, 0) {
            return unsafe Unmanaged<Query>.fromOpaque(known).takeUnretainedValue()
        }
        var (documentCount, tokenCount): (Int64, Int64) = (0, 0)
        guard unsafe api.xRowCount(context, &documentCount) == SQLITE_OK,
            unsafe api.xColumnTotalSize(context, -1, &tokenCount) == SQLITE_OK
        else { return nil }
        let query = unsafe Query(
            documentCount: documentCount, tokenCount: tokenCount,
            worths: worths.map { unsafe sqlite3_value_double($0) })
        // FTS5 calls the function that lets go also where it fails.
        let result = unsafe api.xSetAuxdata(context, Unmanaged.passRetained(query).toOpaque()) {
            if let query = unsafe $0 { unsafe Unmanaged<Query>.fromOpaque(query).release() }
        }
        return result == SQLITE_OK ? query : nil
    }
}
