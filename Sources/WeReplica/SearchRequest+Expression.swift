import WeLog

extension SearchRequest {
    /// The request in FTS5's language, every word of it quoted; `nil` when it can't fit anything.
    var expression: String? {
        let count = terms.count + facets.count + anyOf.count
        guard count <= SearchRequest.termsMax else { return nil }
        var wanted: [String] = []
        var unwanted: [String] = []
        for term in terms {
            guard let quoted = SearchRequest.quoted(term.text, isPrefix: term.isPrefix) else {
                continue
            }
            if term.isExcluded { unwanted.append(quoted) } else { wanted.append(quoted) }
        }
        let alternatives = anyOf.compactMap { SearchRequest.quoted($0, isPrefix: false) }
        if !alternatives.isEmpty {
            wanted.append("(" + alternatives.joined(separator: " OR ") + ")")
        }
        for group in facets {
            guard !group.isEmpty else { return nil }
            wanted.append(
                "(" + group.map { "facets : \(DocumentSource.token($0))" }.joined(separator: " OR ")
                    + ")")
        }
        unwanted += excludedFacets.map { "facets : \(DocumentSource.token($0))" }
        if wanted.isEmpty { wanted.append("facets : \(DocumentSource.everything)") }
        let positive = wanted.joined(separator: " AND ")
        guard !unwanted.isEmpty else { return positive }
        return "(\(positive)) NOT (\(unwanted.joined(separator: " OR ")))"
    }

    /// Words as a phrase in title or body; `nil` where there are none.
    private static func quoted(_ text: String, isPrefix: Bool) -> String? {
        let words = text.split { !$0.isLetter && !$0.isNumber }
            .joined(separator: " ").cut(toBytes: SearchRequest.textBytesMax)
        return words.isEmpty ? nil : "{title body} : \"\(words)\"" + (isPrefix ? " *" : "")
    }
}
