/// What a person looks for: words, and properties such as `is:howto topic:sqlite -by:bram`.
///
/// Keys and values may be English or Dutch. Any text is a query: what is not understood counts
/// as words, and ``hints`` says so.
public struct Query: Hashable, Sendable {
    /// One word or phrase.
    public struct Term: Hashable, Sendable {
        /// The text, as typed.
        public let text: String
        /// Whether the words must stand together.
        public let isPhrase: Bool
        /// Whether it must be absent.
        public let isExcluded: Bool

        /// Joins the parts.
        public init(_ text: String, isPhrase: Bool = false, isExcluded: Bool = false) {
            self.text = text
            self.isPhrase = isPhrase
            self.isExcluded = isExcluded
        }
    }

    /// What an item may have with it.
    public enum Content: Hashable, Sendable {
        /// Each case is what its name says.
        case file, answer, validation
        /// A reaction of anyone.
        case reaction(Reaction)
    }

    /// What must be true of an item.
    public enum Property: Hashable, Sendable {
        /// It gives, asks or answers.
        case kind(ItemKind)
        /// It is a share of this kind.
        case share(ShareKind)
        /// It is a need that has come this far.
        case status(NeedStatus)
        /// It is a need that is open or answered.
        case unresolved
        /// It is a need that nobody has answered in two days.
        case unmet
        /// It is a share that is nearly the same as an earlier one.
        case duplicate
        /// It is a need that was heard outside.
        case heard
        /// It is a need whose asker wants to look over a shoulder.
        case shadow
        /// It is an entry of a work log.
        case log
        /// Its author took it back.
        case retracted
        /// It has competing versions.
        case conflict
        /// It is the asking person's own.
        case mine
        /// It answers a question of the asking person that is not settled.
        case forMe
        /// Its author asks what the asking person thinks of it.
        case asksMe
        /// It has this topic.
        case topic(String)
        /// A person of this name made it; the caller knows the names, and what `me` is.
        case author(String)
        /// It has this with it.
        case has(Content)
        /// A validation of it is current, or none is.
        case validated(Bool)
        /// It was made at this moment or later.
        case after(Instant)
        /// It was made before this moment.
        case before(Instant)
        /// It is in this language.
        case language(String)
        /// It serves the goal with this id, or id's beginning.
        case goal(String)
        /// It uses the item with this id, or id's beginning, again.
        case reuses(String)
        /// It resembles the item with this id, or id's beginning.
        case near(String)
    }

    /// A property that must hold, or must not.
    public struct Filter: Hashable, Sendable {
        /// What is asked of an item.
        public let property: Property
        /// Whether it must not hold.
        public let isExcluded: Bool

        /// Joins the parts.
        public init(_ property: Property, isExcluded: Bool = false) {
            self.property = property
            self.isExcluded = isExcluded
        }
    }

    /// What was not understood.
    public enum Hint: Hashable, Sendable {
        /// No key of this name; taken as words.
        case unknownKey(String)
        /// The key has no such value; taken as words.
        case unknownValue(key: String, value: String)
        /// Not a date such as 2026, 2026-06 or 2026-06-30; taken as words.
        case unknownDate(key: String, value: String)
        /// A key without a value, left out.
        case missingValue(key: String)
        /// More words or properties than are looked at; the rest is left out.
        case tooLong
    }

    /// Words and phrases, in order.
    public var terms: [Term]
    /// Properties, in order.
    public var filters: [Filter]
    /// What was not understood.
    public var hints: [Hint]

    /// The most words, and the most properties, that are looked at.
    public static let partsMax = 32
    /// The longest word or value, in characters of Unicode (scalars).
    public static let wordLengthMax = 256

    /// Joins the parts.
    public init(terms: [Term] = [], filters: [Filter] = [], hints: [Hint] = []) {
        self.terms = terms
        self.filters = filters
        self.hints = hints
    }

    /// Reads what a person typed; never fails.
    public init(_ text: String) {
        self.init()
        var tokens = QueryTokens(text)
        while let token = tokens.next() {
            guard terms.count < Self.partsMax, filters.count < Self.partsMax else {
                hints.append(.tooLong)
                return
            }
            take(token)
        }
        if tokens.isCut { hints.append(.tooLong) }
    }

    /// Whether nothing was asked for.
    public var isEmpty: Bool { terms.isEmpty && filters.isEmpty }

    private mutating func take(_ token: QueryTokens.Token) {
        guard let key = token.key else {
            add(words: token.text, isPhrase: token.isQuoted, isExcluded: token.isExcluded)
            return
        }
        guard let meaning = Key(parsing: key) else {
            // An address such as https://… is no property.
            if !token.text.hasPrefix("//") { hints.append(.unknownKey(key)) }
            add(words: "\(key):\(token.text)", isPhrase: true, isExcluded: token.isExcluded)
            return
        }
        guard !token.text.isEmpty else {
            hints.append(.missingValue(key: key))
            return
        }
        guard let property = meaning.property(token.text) else {
            hints.append(
                meaning.isDate
                    ? .unknownDate(key: key, value: token.text)
                    : .unknownValue(key: key, value: token.text))
            add(words: "\(key):\(token.text)", isPhrase: true, isExcluded: token.isExcluded)
            return
        }
        filters.append(Filter(property, isExcluded: token.isExcluded))
    }

    private mutating func add(words: String, isPhrase: Bool, isExcluded: Bool) {
        guard words.contains(where: { $0.isLetter || $0.isNumber || $0.isSymbol }) else { return }
        terms.append(Term(words, isPhrase: isPhrase, isExcluded: isExcluded))
    }
}

// MARK: - Keys and values

extension Query {
    private enum Key: String, Choice {
        case `is`, topic, by, has, validated, after, before, lang, near, goal, reuses

        static let aliases: [String: Key] = [
            "onderwerp": .topic, "tag": .topic, "door": .by, "van": .by, "author": .by,
            "auteur": .by, "heeft": .has, "met": .has, "gevalideerd": .validated, "na": .after,
            "sinds": .after, "since": .after, "voor": .before, "vóór": .before, "taal": .lang,
            "language": .lang, "bij": .near, "lijkt-op": .near,
            "doel": .goal, "hergebruikt": .reuses,
        ]

        var isDate: Bool { self == .after || self == .before }

        func property(_ value: String) -> Property? {
            switch self {
            case .is: Query.state(value)
            case .topic: .topic(Facet.folded(value.hasPrefix("#") ? value.dropFirst() : value[...]))
            case .by: .author(value.trimmed)
            case .has: Query.content(value).map(Property.has)
            case .validated: Query.isYes(value).map(Property.validated)
            case .after: Instant(date: value).map(Property.after)
            case .before: Instant(date: value).map(Property.before)
            case .lang: .language(Query.language(value))
            case .near: .near(value.lowercased())
            case .goal: .goal(value.lowercased())
            case .reuses: .reuses(value.lowercased())
            }
        }
    }

    private static func state(_ value: String) -> Property? {
        if let kind = ShareKind(parsing: value) { return .share(kind) }
        if let kind = ItemKind(parsing: value) { return .kind(kind) }
        if let status = NeedStatus(parsing: value) { return .status(status) }
        return switch value.lowercased() {
        case "unresolved", "onopgelost": .unresolved
        case "unmet", "onvervuld": .unmet
        case "duplicate", "dubbel": .duplicate
        case "heard", "gehoord": .heard
        case "shadow", "meekijken": .shadow
        case "log", "logboek", "werklog": .log
        case "retracted", "teruggetrokken": .retracted
        case "conflict", "versions", "versies": .conflict
        case "mine", "mijn", "eigen": .mine
        case "for-me", "voor-mij": .forMe
        case "asks-me", "vraagt-mij": .asksMe
        case "validated", "gevalideerd": .validated(true)
        default: nil
        }
    }

    private static func content(_ value: String) -> Content? {
        switch value.lowercased() {
        case "file", "files", "bestand", "bijlage": .file
        case "answer", "answers", "antwoord", "antwoorden": .answer
        case "validation", "validatie": .validation
        default: Reaction(parsing: value).map(Content.reaction)
        }
    }

    private static func isYes(_ value: String) -> Bool? {
        switch value.lowercased() {
        case "yes", "ja", "true", "waar": true
        case "no", "nee", "false", "onwaar": false
        default: nil
        }
    }

    /// The code of a language that people call by its name.
    private static func language(_ value: String) -> String {
        switch value.lowercased() {
        case "dutch", "nederlands", "ned": "nl"
        case "english", "engels": "en"
        default: Facet.folded(value)
        }
    }
}

// MARK: - Tokens

/// Splits a query at white space outside quotes.
private struct QueryTokens {
    struct Token {
        var key: String?
        var text: String
        var isQuoted: Bool
        var isExcluded: Bool
    }

    private var rest: Substring.UnicodeScalarView
    /// Whether a word was longer than is looked at.
    private(set) var isCut = false

    init(_ text: String) { rest = text.unicodeScalars[...] }

    mutating func next() -> Token? {
        rest = rest.drop { $0.properties.isWhitespace }
        guard !rest.isEmpty else { return nil }
        var token = Token(key: nil, text: "", isQuoted: false, isExcluded: false)
        if rest.first == "-", let second = rest.dropFirst().first,
            !second.properties.isWhitespace
        {
            token.isExcluded = true
            rest.removeFirst()
        }
        token.key = key()
        if let first = rest.first, Self.isQuote(first) {
            rest.removeFirst()
            token.isQuoted = true
            token.text = take { !Self.isQuote($0) }
            rest = rest.dropFirst()
        } else {
            token.text = take { !$0.properties.isWhitespace }
        }
        return token
    }

    /// Letters before a colon, with hyphens between them.
    private mutating func key() -> String? {
        let name = rest.prefix { $0.properties.isAlphabetic || $0 == "-" }
        guard !name.isEmpty, name.first != "-", name.endIndex < rest.endIndex,
            rest[name.endIndex] == ":"
        else { return nil }
        rest = rest[rest.index(after: name.endIndex)...]
        if name.count > Query.wordLengthMax { isCut = true }
        return String(Substring(name.prefix(Query.wordLengthMax)))
    }

    private mutating func take(while condition: (Unicode.Scalar) -> Bool) -> String {
        let run = rest.prefix(while: condition)
        rest = rest[run.endIndex...]
        if run.count > Query.wordLengthMax { isCut = true }
        return String(Substring(run.prefix(Query.wordLengthMax)))
    }

    private static func isQuote(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\"", "“", "”", "„", "«", "»": true
        default: false
        }
    }
}
