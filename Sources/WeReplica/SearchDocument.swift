/// What a person finds an object by.
public struct SearchDocument: Hashable, Sendable {
    /// The words that weigh most.
    public let title: String
    /// All other words.
    public let body: String
    /// Exact properties, such as `topic:sqlite`.
    public let facets: [String]
    /// What is counted of it over all objects, in a form of the app's own; see ``Replica/facts(after:countMax:)``.
    public let facts: [UInt8]
    /// Numbers that it has in common with what is like it; see ``Replica/facts(sharing:countMax:)``.
    public let keys: [UInt32]

    /// Joins the parts.
    public init(
        title: String, body: String, facets: [String], facts: [UInt8] = [], keys: [UInt32] = []
    ) {
        self.title = title
        self.body = body
        self.facets = facets
        self.facts = facts
        self.keys = keys
    }
}

/// What to look for: every part must fit.
public struct SearchRequest: Hashable, Sendable {
    /// One word or phrase.
    public struct Term: Hashable, Sendable {
        /// The text; several words are a phrase.
        public let text: String
        /// Whether the last word may go on.
        public let isPrefix: Bool
        /// Whether it must be absent.
        public let isExcluded: Bool

        /// Joins the parts.
        public init(_ text: String, isPrefix: Bool = false, isExcluded: Bool = false) {
            self.text = text
            self.isPrefix = isPrefix
            self.isExcluded = isExcluded
        }
    }

    /// In what order results come.
    public enum Order: Hashable, Sendable {
        /// The best first (BM25, title words weigh ten times).
        case relevance
        /// What reached this replica last comes first.
        case newest
        /// The best first by the words of ``anyOf``, among what the rarest of them lead to.
        ///
        /// Terms to be found say nothing here, nor numbers.
        case nearest
    }

    /// Words and phrases.
    public var terms: [Term]
    /// Words of which at least one must be there, where any are given.
    public var anyOf: [String]
    /// Each group must have a facet of the object.
    public var facets: [[String]]
    /// None of these may be a facet of the object.
    public var excludedFacets: [String]
    /// The object must be one of these, where any are given; see ``Replica/Facts``.
    public var numbers: [Int64]?
    /// The object must be none of these.
    public var excludedNumbers: [Int64] = []
    /// In what order.
    public var order: Order
    /// How many are left out before the first.
    public var offset: Int
    /// How many at most.
    public var countMax: Int

    /// The longest text and the most terms of one request.
    public static let textBytesMax = 512
    /// The most terms of one request.
    public static let termsMax = 32

    /// Joins the parts.
    public init(
        terms: [Term] = [], anyOf: [String] = [], facets: [[String]] = [],
        excludedFacets: [String] = [], order: Order = .newest, offset: Int = 0, countMax: Int = 20
    ) {
        self.terms = terms
        self.anyOf = anyOf
        self.facets = facets
        self.excludedFacets = excludedFacets
        self.order = order
        self.offset = offset
        self.countMax = countMax
    }
}
