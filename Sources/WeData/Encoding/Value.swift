/// Any value that the canonical encoding can hold.
public indirect enum Value: Hashable, Sendable {
    /// Nothing; a register set to it is cleared.
    case null
    /// A truth value.
    case bool(Bool)
    /// A signed 64-bit integer.
    case int(Int64)
    /// A byte string.
    case bytes([UInt8])
    /// Text, kept byte for byte: never normalised, since Unicode's tables change.
    case text(String)
    /// An ordered list.
    case array([Value])
    /// Pairs in ascending order of the encoded key. Build one with ``init(map:)``.
    case map([Pair])

    /// One key of a map with its value.
    public struct Pair: Hashable, Sendable {
        /// An integer or text.
        public let key: Value
        /// Anything.
        public let value: Value

        /// Joins a key and a value.
        public init(key: Value, value: Value) {
            self.key = key
            self.value = value
        }
    }

    /// The type of a value.
    public enum Kind: Sendable {
        /// Each case is the value's of the same name.
        case null, bool, int, bytes, text, array, map
    }

    /// A map with text keys, in canonical order.
    public init(map: [String: Value]) {
        let pairs = map.map { Pair(key: .text($0.key), value: $0.value) }
        self = .map(
            pairs.map { ($0.key.encoded, $0) }
                .sorted { $0.0.lexicographicallyPrecedes($1.0) }.map(\.1))
    }

    /// The canonical encoding.
    public var encoded: [UInt8] {
        var writer = Writer()
        write(to: &writer)
        return writer.take()
    }

    /// Decodes exactly one value.
    public init(decoding bytes: [UInt8]) throws(DecodingError) {
        var reader = Reader(bytes)
        self = try reader.value()
        try reader.finish()
    }

    /// Appends the canonical encoding.
    public func write(to writer: inout Writer) {
        switch self {
        case .null: writer.null()
        case .bool(let value): writer.bool(value)
        case .int(let value): writer.int(value)
        case .bytes(let value): writer.bytes(value)
        case .text(let value): writer.text(value)
        case .array(let items):
            writer.array(items.count)
            for item in items { item.write(to: &writer) }
        case .map(let pairs):
            writer.map(pairs.count)
            for pair in pairs {
                pair.key.write(to: &writer)
                pair.value.write(to: &writer)
            }
        }
    }

    /// The text, where this is text.
    public var text: String? { if case .text(let value) = self { value } else { nil } }
    /// The integer, where this is one.
    public var int: Int64? { if case .int(let value) = self { value } else { nil } }
    /// The truth value, where this is one.
    public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    /// The bytes, where this is a byte string.
    public var bytes: [UInt8]? { if case .bytes(let value) = self { value } else { nil } }
    /// The items, where this is an array.
    public var array: [Value]? { if case .array(let items) = self { items } else { nil } }

    /// The value of a text key, where this is a map that has it.
    public subscript(key: String) -> Value? {
        guard case .map(let pairs) = self else { return nil }
        return pairs.first { $0.key == .text(key) }?.value
    }
}

extension Value: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByNilLiteral, ExpressibleByArrayLiteral
{
    /// Wraps the value.
    public init(stringLiteral value: String) { self = .text(value) }
    /// Wraps the value.
    public init(integerLiteral value: Int64) { self = .int(value) }
    /// Wraps the value.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// Wraps the value.
    public init(nilLiteral: ()) { self = .null }
    /// Wraps the value.
    public init(arrayLiteral items: Value...) { self = .array(items) }
}
