import WeLog

extension SearchRequest {
    /// What an object must have and must not have besides the words it is ranked by.
    struct Filter {
        fileprivate(set) var wanted: [String] = []
        fileprivate(set) var unwanted: [String] = []

        /// The whole expression, that of the words first.
        func applied(to words: [String]) -> String {
            var all = words + wanted
            if all.isEmpty { all.append("facets : \(DocumentSource.everything)") }
            let positive = all.joined(separator: " AND ")
            guard !unwanted.isEmpty else { return positive }
            return "(\(positive)) NOT (\(unwanted.joined(separator: " OR ")))"
        }
    }

    /// The request in FTS5's language, every word of it quoted; `nil` when it can't fit anything.
    var expression: String? {
        let count = terms.count + facets.count + anyOf.count
        guard count <= SearchRequest.termsMax, let filter else { return nil }
        var words = wantedPhrases
        let alternatives = alternativePhrases
        if !alternatives.isEmpty {
            words.append("(" + alternatives.joined(separator: " OR ") + ")")
        }
        return filter.applied(to: words)
    }

    /// The words to be found, in the order in which they stand in ``expression``.
    var phrases: [String] { wantedPhrases + alternativePhrases }

    private var wantedPhrases: [String] {
        terms.filter { !$0.isExcluded }.compactMap {
            SearchRequest.quoted($0.text, isPrefix: $0.isPrefix)
        }
    }

    private var alternativePhrases: [String] {
        anyOf.compactMap { SearchRequest.quoted($0, isPrefix: false) }
    }

    /// All but the words to be found; `nil` when nothing can pass.
    var filter: Filter? {
        guard terms.count + facets.count <= SearchRequest.termsMax else { return nil }
        var filter = Filter()
        for term in terms where term.isExcluded {
            if let quoted = SearchRequest.quoted(term.text, isPrefix: term.isPrefix) {
                filter.unwanted.append(quoted)
            }
        }
        for group in facets {
            guard !group.isEmpty else { return nil }
            filter.wanted.append(
                "(" + group.map { "facets : \(DocumentSource.token($0))" }.joined(separator: " OR ")
                    + ")")
        }
        filter.unwanted += excludedFacets.map { "facets : \(DocumentSource.token($0))" }
        return filter
    }

    /// Words as a phrase in title or body; `nil` where there are none.
    private static func quoted(_ text: String, isPrefix: Bool) -> String? {
        words(text).map { "{title body} : \($0)" + (isPrefix ? " *" : "") }
    }

    /// Words as a phrase anywhere; `nil` where there are none.
    static func words(_ text: String) -> String? {
        let words = text.split { !$0.isLetter && !$0.isNumber }
            .joined(separator: " ").cut(toBytes: SearchRequest.textBytesMax)
        return words.isEmpty ? nil : "\"\(words)\""
    }
}
