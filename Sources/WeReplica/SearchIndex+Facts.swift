import WeData

extension SearchIndex {
    /// The facts of the objects that were described after a document, with where to go on.
    ///
    /// - Complexity: O(objects that are given).
    func facts(after document: Int64, countMax: Int) throws(ReplicaError) -> Replica.Facts {
        var found = Replica.Facts(era: try number("era"), last: document)
        found.documentCount = Int(try number("documents"))
        let rows = try database.statement(
            "SELECT document, object, facts FROM documents WHERE document > ? ORDER BY document"
                + " LIMIT ?")
        rows.bind(1, document)
        rows.bind(2, countMax)
        while try rows.step() {
            found.last = rows.int(0)
            found.objects.append((rows.int(1), rows.bytes(2)))
        }
        found.isMore = found.objects.count == countMax
        let gone = try database.statement(
            "SELECT document, object FROM removed WHERE document > ? AND document < ?"
                + " ORDER BY document")
        gone.bind(1, document)
        gone.bind(2, found.isMore ? found.last : .max)
        while try gone.step() {
            found.last = max(found.last, gone.int(0))
            // What came back after it was removed is described again, and was not seen before.
            if document > 0 { found.removed.append(gone.int(1)) }
        }
        return found
    }

    /// The facts of the objects that fit, in order.
    func facts(fitting request: SearchRequest) throws(ReplicaError) -> [Replica.Facts.Object] {
        var found: [Replica.Facts.Object] = []
        for object in try find(request) {
            let row = try database.statement("SELECT facts FROM documents WHERE object = ?")
            row.bind(1, object)
            // A statement among its rows would keep others from writing.
            defer { row.reset() }
            if try row.step() { found.append((object, row.bytes(0))) }
        }
        return found
    }

    /// The facts of the objects that have one of some keys, the newest first.
    func facts(sharing keys: [UInt32], countMax: Int) throws(ReplicaError) -> [Replica.Facts.Object]
    {
        guard !keys.isEmpty else { return [] }
        let rows = try database.statement(
            "SELECT object, facts FROM keys JOIN documents ON document = keys.rowid"
                + " WHERE keys MATCH ? ORDER BY keys.rowid DESC LIMIT ?")
        rows.bind(1, SearchIndex.terms(keys).joined(separator: " OR "))
        rows.bind(2, countMax)
        var found: [Replica.Facts.Object] = []
        while try rows.step() { found.append((rows.int(0), rows.bytes(1))) }
        return found
    }

    /// Keys as words, of 26 bits each: so few that those of 100,000 documents hardly meet by
    /// chance, and that most of a word is the beginning of the one before it in order.
    static func terms(_ keys: [UInt32]) -> [String] {
        keys.prefix(SearchRequest.termsMax).map { "k" + String($0 >> 6, radix: 36) }
    }
}
