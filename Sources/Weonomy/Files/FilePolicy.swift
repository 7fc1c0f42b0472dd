import WeData

/// Which files come to this laptop by themselves; what is pinned or was opened comes in any case.
public enum FilePolicy: Hashable, Sendable {
    /// All of them.
    case all
    /// Those of at most so many bytes.
    case upTo(Int)
    /// Only what somebody opened here.
    case opened

    /// What holds until somebody chooses: what a share needs mostly comes, a film does not.
    public static let usual = FilePolicy.upTo(50_000_000)

    /// Whether a file of that length comes by itself.
    func takes(byteCount: Int) -> Bool {
        switch self {
        case .all: true
        case .upTo(let bytes): byteCount <= bytes
        case .opened: false
        }
    }

    /// Reads what a person types, in English or Dutch: `all`, `opened`, or a length such as `50 MB`.
    public init?(parsing text: String) {
        let typed = text.lowercased().trimmed
        switch typed {
        case "all", "alle", "alles": self = .all
        case "opened", "geopend", "none", "geen": self = .opened
        default:
            guard let bytes = ByteCount.parse(typed) else { return nil }
            self = .upTo(bytes)
        }
    }

    /// The word that ``init(parsing:)`` reads.
    public var word: String {
        switch self {
        case .all: "all"
        case .opened: "opened"
        case .upTo(let bytes): "\(bytes)"
        }
    }
}

/// Lengths of files as people write them: decimal, as file managers count.
public enum ByteCount {
    private static let units: [(String, Int)] = [
        ("gb", 1_000_000_000), ("g", 1_000_000_000), ("mb", 1_000_000), ("m", 1_000_000),
        ("kb", 1_000), ("k", 1_000), ("b", 1), ("", 1),
    ]

    /// `50 MB`, `50m`, `1500`; `nil` for anything else.
    public static func parse(_ text: String) -> Int? {
        let typed = text.lowercased().filter { !$0.isWhitespace }
        let digits = typed.prefix { $0.isASCII && $0.isNumber }
        guard let count = Int(digits),
            let unit = units.first(where: { $0.0 == typed.dropFirst(digits.count) })
        else { return nil }
        let (bytes, isOverflow) = count.multipliedReportingOverflow(by: unit.1)
        return isOverflow ? nil : bytes
    }
}

/// What was chosen here about files.
struct FileChoices: Hashable, Sendable {
    var policy = FilePolicy.usual
    /// Files that come, and stay, whatever the policy says.
    var pinned: Set<FileID> = []
    /// Files that do not come, whatever the policy says.
    var freed: Set<FileID> = []

    func wants(_ file: FileInfo) -> Bool {
        pinned.contains(file.id)
            || (!freed.contains(file.id) && policy.takes(byteCount: file.byteCount))
    }
}
