/// The properties at the top of a note: a small, strict subset of YAML.
///
/// It knows scalars, plain or quoted, and lists of them, in brackets or one a line. Whatever else
/// stands there is kept as it is and written back unchanged.
public struct FrontMatter: Hashable, Sendable {
    /// What a property holds.
    public enum Content: Hashable, Sendable {
        /// One value, without its quotes.
        case scalar(String)
        /// Several values.
        case list([String])
        /// A structure outside the subset; only its lines are known.
        case unknown
    }

    /// Some lines: a property, or a comment or blank line, which has no key.
    private struct Entry: Hashable {
        let key: String?
        let content: Content
        /// The lines as they are written, without line ends.
        let lines: [String]
    }

    private var entries: [Entry] = []

    /// The longest front matter, in lines.
    public static let linesMax = 1000

    /// No properties.
    public init() {}

    /// The keys, in order.
    public var keys: [String] { entries.compactMap(\.key) }

    /// What a property holds; where a key stands twice, the first counts.
    public subscript(key: String) -> Content? {
        entries.first { $0.key == key }?.content
    }

    /// Sets a property in its place, or at the end.
    public mutating func set(_ key: String, to content: Content) {
        let index = entries.firstIndex { $0.key == key }
        // Items that stand alone at the margin would join a list that is written above them.
        let isBeforeItems =
            index.map { index in
                entries[(index + 1)...].prefix { $0.key == nil }
                    .contains { $0.lines.contains { $0.hasPrefix("-") } }
            } ?? false
        let lines = Self.write(key, content, inBrackets: isBeforeItems)
        guard !lines.isEmpty else { return }
        let entry = Entry(key: key, content: content, lines: lines)
        if let index { entries[index] = entry } else { entries.append(entry) }
    }

    /// Sets a property to one value, or leaves it out when there is none.
    public mutating func set(_ key: String, _ value: String?) {
        if let value, !value.isEmpty { set(key, to: .scalar(value)) }
    }

    /// Sets a property to a list, or leaves it out when it is empty.
    public mutating func set(_ key: String, _ values: [String]) {
        if !values.isEmpty { set(key, to: .list(values)) }
    }

    /// All lines between two lines of `---`, each ended by a line feed.
    public var text: String {
        (["---"] + entries.flatMap(\.lines) + ["---", ""]).joined(separator: "\n")
    }

    // MARK: - Reading

    /// Reads the front matter at the start of `lines`; `nil` when there is none.
    ///
    /// - Returns: The properties and how many lines they take, with the two fences.
    static func read(_ lines: [String]) -> (frontMatter: FrontMatter, lineCount: Int)? {
        guard let first = lines.first, isFence(first), !first.hasPrefix("...") else { return nil }
        guard let end = lines.prefix(linesMax).dropFirst().firstIndex(where: isFence) else {
            return nil
        }
        let inner = lines[1..<end]
        // A rule at the top of an ordinary text is not the start of properties.
        if let line = inner.first(where: { !isBlank($0) }), key(of: line) == nil { return nil }
        var frontMatter = FrontMatter()
        frontMatter.entries = entries(Array(inner))
        return (frontMatter, end + 1)
    }

    private static func entries(_ lines: [String]) -> [Entry] {
        var entries: [Entry] = []
        var index = 0
        while index < lines.count {
            let start = index
            index += 1
            guard !isBlank(lines[start]), let (key, rest) = key(of: lines[start]) else {
                entries.append(Entry(key: nil, content: .unknown, lines: [lines[start]]))
                continue
            }
            // What is indented belongs to the key, and so does a list at the margin.
            while index < lines.count, continues(lines[index], after: rest) { index += 1 }
            // Blank lines and comments at the end stand on their own.
            while index > start + 1, isBlank(lines[index - 1]) { index -= 1 }
            let below = lines[(start + 1)..<index]
            entries.append(
                Entry(
                    key: key, content: content(rest, below),
                    lines: Array(lines[start..<index])))
        }
        return entries
    }

    private static func content(_ rest: String, _ below: ArraySlice<String>) -> Content {
        if below.isEmpty { return inline(rest) }
        guard isEmptyValue(rest) else { return .unknown }
        var items: [String] = []
        for line in below where !isBlank(line) {
            let item = line.trimmed
            guard item == "-" || item.hasPrefix("- "),
                let value = YAMLScalar.read(item.dropFirst().trimmed)
            else { return .unknown }
            items.append(value)
        }
        return .list(items)
    }

    private static func inline(_ rest: String) -> Content {
        if rest.hasPrefix("[") {
            return YAMLScalar.list(rest).map(Content.list) ?? .unknown
        }
        return YAMLScalar.read(rest).map(Content.scalar) ?? .unknown
    }

    /// Key and value of a line such as `title: "A title"`.
    private static func key(of line: String) -> (String, String)? {
        guard let first = line.unicodeScalars.first, !first.properties.isWhitespace else {
            return nil
        }
        if first == "\"" || first == "'" {
            guard let (key, rest) = YAMLScalar.quoted(line) else { return nil }
            let after = rest.trimmed
            guard after.hasPrefix(":") else { return nil }
            let value = after.dropFirst()
            guard value.isEmpty || value.first?.isWhitespace == true else { return nil }
            return (key, value.trimmed)
        }
        guard !"-?[]{}#&*!|>%@`,:".unicodeScalars.contains(first),
            let colon = YAMLScalar.colon(in: line)
        else { return nil }
        return (line[..<colon].trimmed, line[line.index(after: colon)...].trimmed)
    }

    private static func continues(_ line: String, after rest: String) -> Bool {
        guard let first = line.unicodeScalars.first else { return true }
        if first.properties.isWhitespace || isBlank(line) { return true }
        return isEmptyValue(rest) && (line == "-" || line.hasPrefix("- "))
    }

    private static func isEmptyValue(_ rest: String) -> Bool { rest.isEmpty || rest.hasPrefix("#") }

    private static func isBlank(_ line: String) -> Bool {
        let text = line.trimmed
        return text.isEmpty || text.hasPrefix("#")
    }

    private static func isFence(_ line: String) -> Bool {
        guard line.hasPrefix("---") || line.hasPrefix("...") else { return false }
        return line.dropFirst(3).allSatisfy(\.isWhitespace)
    }

    // MARK: - Writing

    private static func write(
        _ key: String, _ content: Content, inBrackets: Bool
    ) -> [String] {
        let name = YAMLScalar.write(key)
        return switch content {
        case .scalar(let value): ["\(name): \(YAMLScalar.write(value))"]
        case .list(let values) where values.isEmpty || inBrackets:
            ["\(name): [\(values.map(YAMLScalar.write).joined(separator: ", "))]"]
        case .list(let values): ["\(name):"] + values.map { "  - \(YAMLScalar.write($0))" }
        case .unknown: []
        }
    }
}
