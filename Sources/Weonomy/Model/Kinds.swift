/// A choice from a closed list that is stored by its raw value and typed by people in two languages.
public protocol Choice: RawRepresentable<String>, CaseIterable, Hashable, Sendable {
    /// Other words for the choices, in lower case: English variants and Dutch.
    static var aliases: [String: Self] { get }
}

extension Choice {
    /// Reads what a person typed, in English or Dutch; `nil` for any other word.
    public init?(parsing text: some StringProtocol) {
        let word = text.lowercased().trimmed
        guard let choice = Self(rawValue: word) ?? Self.aliases[word] else { return nil }
        self = choice
    }
}

/// What kind of share this is.
public enum ShareKind: String, Choice {
    /// What somebody is working on now.
    case status
    /// What somebody did and what came of it.
    case experience
    /// Steps that others can follow.
    case howto
    /// Specialist content.
    case insight
    /// How somebody learnt it, so that others can too.
    case lesson
    /// A file for reuse.
    case file

    /// Other words for the choices.
    public static let aliases: [String: ShareKind] = [
        "statusupdate": .status, "status-update": .status,
        "ervaring": .experience, "how-to": .howto, "handleiding": .howto, "inzicht": .insight,
        "vakinhoud": .insight, "les": .lesson, "bestand": .file,
    ]
}

/// How well somebody masters a topic.
public enum Level: String, Choice, Comparable {
    /// Has made a start.
    case beginner
    /// Can work with it.
    case average
    /// Can help others with it.
    case expert

    /// Other words for the choices.
    public static let aliases: [String: Level] = [
        "gemiddeld": .average, "gevorderd": .average, "deskundige": .expert, "deskundig": .expert,
    ]

    /// Orders by mastery.
    public static func < (left: Level, right: Level) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .beginner: 0
        case .average: 1
        case .expert: 2
        }
    }
}

/// What a reader leaves on an item; none of them counts against it.
public enum Reaction: String, Choice {
    /// It was worth reading.
    case thanks
    /// It was put to use.
    case used
    /// The reader did not know this.
    case new = "new-to-me"
    /// The reader does not understand it.
    case unclear
    /// It is no longer so.
    case outdated

    /// Other words for the choices.
    public static let aliases: [String: Reaction] = [
        "thank": .thanks, "dank": .thanks, "bedankt": .thanks, "gebruikt": .used, "new": .new,
        "nieuw": .new, "nieuw-voor-mij": .new, "onduidelijk": .unclear, "verouderd": .outdated,
    ]
}

/// How far a need has come.
public enum NeedStatus: String, Choice {
    /// Nobody has answered.
    case open
    /// Somebody has answered; the asker has not said whether it helps.
    case answered
    /// The asker is helped.
    case resolved
    /// The asker no longer asks.
    case withdrawn

    /// Other words for the choices.
    public static let aliases: [String: NeedStatus] = [
        "openstaand": .open, "beantwoord": .answered, "opgelost": .resolved,
        "ingetrokken": .withdrawn,
    ]

    /// Whether help is still welcome.
    public var isUnresolved: Bool { self == .open || self == .answered }
}

/// Whether an item gives, asks or answers.
public enum ItemKind: String, Choice {
    /// Something that somebody gives unasked.
    case share
    /// Something that somebody asks.
    case need
    /// What somebody says to a need.
    case answer

    /// Other words for the choices.
    public static let aliases: [String: ItemKind] = [
        "shares": .share, "bijdrage": .share, "question": .need, "vraag": .need,
        "behoefte": .need, "antwoord": .answer,
    ]
}

extension StringProtocol {
    /// The text without white space at its ends.
    package var trimmed: String {
        var rest = self[...]
        while let first = rest.first, first.isWhitespace { rest = rest.dropFirst() }
        while let last = rest.last, last.isWhitespace { rest = rest.dropLast() }
        return String(rest)
    }

    /// The text, or `nil` where there is none.
    package var nonEmpty: String? { isEmpty ? nil : String(self) }

    /// The text on one line: every run of white space becomes one space.
    package var oneLine: String {
        // Most titles are so already, which the bytes of ASCII tell without reading characters.
        var last = UInt8(ascii: " ")
        let isOneLine = utf8.allSatisfy { byte in
            defer { last = byte }
            return byte > 0x20 && byte < 0x7F || byte == 0x20 && last != 0x20
        }
        if isOneLine, last != UInt8(ascii: " ") { return String(self) }
        return split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
