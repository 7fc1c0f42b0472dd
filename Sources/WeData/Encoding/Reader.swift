/// A cursor over canonical CBOR that refuses every other encoding (Protocol.md, "Encoding").
///
/// Nothing in the input can make it trap, recurse without bound or allocate more than the input
/// holds: each length is compared with the bytes left before anything is done with it.
public struct Reader: Sendable {
    /// The most containers inside one another.
    public static let depthMax = 16

    private let bytes: [UInt8]
    private let end: Int
    /// Distance from the start of the input, in bytes.
    public private(set) var offset: Int

    /// Reads all of `bytes`.
    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
        self.offset = 0
        self.end = bytes.count
    }

    /// Reads a part of `bytes`; the range is cut to what is there.
    public init(_ bytes: [UInt8], in range: Range<Int>) {
        self.bytes = bytes
        let whole = range.clamped(to: 0..<bytes.count)
        self.offset = whole.lowerBound
        self.end = whole.upperBound
    }

    /// Whether all has been read.
    public var isAtEnd: Bool { offset >= end }

    /// Refuses what follows the last item.
    public func finish() throws(DecodingError) {
        guard isAtEnd else { throw error(.trailingBytes) }
    }

    /// The type of the next item; `nil` at the end.
    public var next: Value.Kind? {
        guard offset < end else { return nil }
        switch bytes[offset] >> 5 {
        case 0, 1: return .int
        case 2: return .bytes
        case 3: return .text
        case 4: return .array
        case 5: return .map
        default:
            switch bytes[offset] {
            case 0xf4, 0xf5: return .bool
            case 0xf6: return .null
            default: return nil
            }
        }
    }

    /// Reads an integer.
    public mutating func int() throws(DecodingError) -> Int64 {
        let start = offset
        let (major, value) = try head()
        guard major <= 1 else { throw DecodingError(.unexpectedType, at: start) }
        guard let positive = Int64(exactly: value) else {
            throw DecodingError(.integerOutOfRange, at: start)
        }
        return major == 0 ? positive : ~positive
    }

    /// Reads an integer inside `range`.
    public mutating func int(in range: ClosedRange<Int>) throws(DecodingError) -> Int {
        let start = offset
        let value = try int()
        guard let narrow = Int(exactly: value), range.contains(narrow) else {
            throw DecodingError(.outOfBounds, at: start)
        }
        return narrow
    }

    /// Reads a byte string of at most `countMax` bytes.
    public mutating func bytes(countMax: Int = .max) throws(DecodingError) -> [UInt8] {
        Array(bytes[try bytesRange(countMax: countMax)])
    }

    /// Reads past a byte string and gives where in the input its bytes lie.
    public mutating func bytesRange(countMax: Int = .max) throws(DecodingError) -> Range<Int> {
        let start = offset
        let (major, value) = try head()
        guard major == 2 else { throw DecodingError(.unexpectedType, at: start) }
        return try span(value, countMax: countMax, start: start)
    }

    /// Reads a byte string of exactly 32 bytes.
    public mutating func bytes32() throws(DecodingError) -> Bytes32 {
        let start = offset
        let range = try bytesRange(countMax: 32)
        guard let value = Bytes32(bytes, at: range.lowerBound), range.count == 32 else {
            throw DecodingError(.outOfBounds, at: start)
        }
        return value
    }

    /// Reads an identifier.
    public mutating func id<ID: Identifier>(_: ID.Type = ID.self) throws(DecodingError) -> ID {
        ID(try bytes32())
    }

    /// Reads an identifier, or `nil` where the byte string is empty.
    public mutating func optionalID<ID: Identifier>(
        _: ID.Type = ID.self
    ) throws(DecodingError) -> ID? {
        guard offset < end, bytes[offset] == 0x40 else { return try id() }
        offset += 1
        return nil
    }

    /// Reads text of at most `countMax` bytes of UTF-8.
    public mutating func text(countMax: Int = .max) throws(DecodingError) -> String {
        let start = offset
        let (major, value) = try head()
        guard major == 3 else { throw DecodingError(.unexpectedType, at: start) }
        let range = try span(value, countMax: countMax, start: start)
        guard let text = String(validating: bytes[range], as: UTF8.self) else {
            throw DecodingError(.invalidText, at: start)
        }
        return text
    }

    /// Passes over text of at most `countMax` bytes.
    mutating func skipText(countMax: Int = .max) throws(DecodingError) {
        let start = offset
        let (major, value) = try head()
        guard major == 3 else { throw DecodingError(.unexpectedType, at: start) }
        let range = try span(value, countMax: countMax, start: start)
        guard UTF8Check.isValid(bytes, in: range) else {
            throw DecodingError(.invalidText, at: start)
        }
    }

    /// Reads the head of an array and gives its count.
    public mutating func array(countMax: Int = .max) throws(DecodingError) -> Int {
        try container(4, countMax: countMax)
    }

    /// Reads the head of an array of exactly `count` items.
    public mutating func array(count: Int) throws(DecodingError) {
        let start = offset
        guard try array() == count else { throw DecodingError(.outOfBounds, at: start) }
    }

    /// Reads the head of a map and gives how many pairs it has; the caller checks its keys.
    public mutating func map(countMax: Int = .max) throws(DecodingError) -> Int {
        try container(5, countMax: countMax)
    }

    /// Reads a map whose keys are small integers, in ascending order.
    ///
    /// `body` reads one value and says whether it knew the key; values of unknown keys are
    /// checked and passed over.
    public mutating func integerMap(
        _ body: (Int64, inout Reader) throws(DecodingError) -> Bool
    ) throws(DecodingError) {
        var previous: Int64 = -1
        for _ in 0..<(try map()) {
            let start = offset
            let key = try int()
            guard key > previous else { throw DecodingError(.keyOrder, at: start) }
            previous = key
            if try !body(key, &self) { try skip() }
        }
    }

    /// Reads `true` or `false`.
    public mutating func bool() throws(DecodingError) -> Bool {
        guard offset < end else { throw error(.truncated) }
        switch bytes[offset] {
        case 0xf4:
            offset += 1
            return false
        case 0xf5:
            offset += 1
            return true
        default:
            throw error(.unexpectedType)
        }
    }

    /// Reads `null` where it stands next, and says whether it did.
    public mutating func null() -> Bool {
        guard offset < end, bytes[offset] == 0xf6 else { return false }
        offset += 1
        return true
    }

    /// Reads any item that lies in `depth` containers.
    public mutating func value(in depth: Int = 0) throws(DecodingError) -> Value {
        try value(depth: depth)
    }

    /// Checks any item that lies in `depth` containers and passes over it.
    ///
    /// - Complexity: O(bytes of the item).
    public mutating func skip(in depth: Int = 0) throws(DecodingError) {
        try skip(depth: depth)
    }

    /// An error at the cursor, for callers with rules of their own.
    public func error(_ reason: DecodingError.Reason) -> DecodingError {
        DecodingError(reason, at: offset)
    }

    // MARK: - Heads

    private mutating func head() throws(DecodingError) -> (major: UInt8, value: UInt64) {
        guard offset < end else { throw error(.truncated) }
        let first = bytes[offset]
        let short = first & 31
        if short < 24 {
            guard first >> 5 < 6 else { throw error(.forbiddenType) }
            offset += 1
            return (first >> 5, UInt64(short))
        }
        guard first >> 5 < 6, short < 28 else { throw error(.forbiddenType) }
        let byteCount = 1 << Int(short - 24)
        guard byteCount <= end - offset - 1 else { throw error(.truncated) }
        var value: UInt64 = 0
        for index in 1...byteCount {
            value = value << 8 | UInt64(bytes[offset + index])
        }
        let least: UInt64 = byteCount == 1 ? 24 : 1 << (4 * UInt64(byteCount))
        guard value >= least else { throw error(.notShortest) }
        offset += 1 + byteCount
        return (first >> 5, value)
    }

    private mutating func span(
        _ value: UInt64, countMax: Int, start: Int
    ) throws(DecodingError) -> Range<Int> {
        guard value <= UInt64(end - offset) else { throw DecodingError(.truncated, at: start) }
        let count = Int(truncatingIfNeeded: value)
        guard count <= countMax else { throw DecodingError(.outOfBounds, at: start) }
        let range = offset..<(offset + count)
        offset = range.upperBound
        return range
    }

    private mutating func container(_ type: UInt8, countMax: Int) throws(DecodingError) -> Int {
        let start = offset
        let (major, value) = try head()
        guard major == type else { throw DecodingError(.unexpectedType, at: start) }
        // Every item takes a byte or more, so a count above the bytes left is a lie.
        let bytesLeft = UInt64(end - offset)
        guard value <= (type == 4 ? bytesLeft : bytesLeft / 2) else {
            throw DecodingError(.truncated, at: start)
        }
        let count = Int(truncatingIfNeeded: value)
        guard count <= countMax else { throw DecodingError(.outOfBounds, at: start) }
        return count
    }

    // MARK: - Any item

    private mutating func skip(depth: Int) throws(DecodingError) {
        let start = offset
        guard offset < end else { throw error(.truncated) }
        switch bytes[offset] {
        case 0xf4, 0xf5, 0xf6:
            offset += 1
            return
        default:
            break
        }
        let (major, value) = try head()
        switch major {
        case 0, 1:
            guard value <= UInt64(Int64.max) else {
                throw DecodingError(.integerOutOfRange, at: start)
            }
        case 2:
            _ = try span(value, countMax: .max, start: start)
        case 3:
            let range = try span(value, countMax: .max, start: start)
            guard UTF8Check.isValid(bytes, in: range) else {
                throw DecodingError(.invalidText, at: start)
            }
        case 4:
            guard depth < Reader.depthMax else { throw DecodingError(.tooDeep, at: start) }
            guard value <= UInt64(end - offset) else { throw DecodingError(.truncated, at: start) }
            for _ in 0..<value { try skip(depth: depth + 1) }
        default:
            guard depth < Reader.depthMax else { throw DecodingError(.tooDeep, at: start) }
            guard value <= UInt64(end - offset) else { throw DecodingError(.truncated, at: start) }
            var previous: Range<Int>?
            for _ in 0..<value {
                let key = try self.key(after: previous)
                previous = key
                try skip(depth: depth + 1)
            }
        }
    }

    /// Passes over a map key that ascends from the key before it, both compared as encoded bytes.
    private mutating func key(after previous: Range<Int>?) throws(DecodingError) -> Range<Int> {
        let start = offset
        guard let kind = next else {
            throw offset < end ? error(.forbiddenType) : error(.truncated)
        }
        guard kind == .int || kind == .text else { throw error(.keyOrder) }
        try skip(depth: 0)
        let range = start..<offset
        if let previous {
            guard bytes[previous].lexicographicallyPrecedes(bytes[range]) else {
                throw DecodingError(.keyOrder, at: start)
            }
        }
        return range
    }

    private mutating func value(depth: Int) throws(DecodingError) -> Value {
        guard let kind = next else {
            throw offset < end ? error(.forbiddenType) : error(.truncated)
        }
        switch kind {
        case .null:
            offset += 1
            return .null
        case .bool:
            return .bool(try bool())
        case .int:
            return .int(try int())
        case .bytes:
            return .bytes(try bytes())
        case .text:
            return .text(try text())
        case .array:
            guard depth < Reader.depthMax else { throw error(.tooDeep) }
            var items: [Value] = []
            for _ in 0..<(try array()) { items.append(try value(depth: depth + 1)) }
            return .array(items)
        case .map:
            guard depth < Reader.depthMax else { throw error(.tooDeep) }
            var pairs: [Value.Pair] = []
            var previous: Range<Int>?
            for _ in 0..<(try map()) {
                let range = try key(after: previous)
                previous = range
                var keyReader = Reader(bytes, in: range)
                let key = try keyReader.value(depth: 0)
                pairs.append(Value.Pair(key: key, value: try value(depth: depth + 1)))
            }
            return .map(pairs)
        }
    }
}

/// Whether bytes are UTF-8 (RFC 3629): no overlong form, no surrogate, nothing above U+10FFFF.
enum UTF8Check {
    /// - Complexity: O(bytes), without an allocation.
    static func isValid(_ bytes: [UInt8], in range: Range<Int>) -> Bool {
        var index = range.lowerBound
        let end = range.upperBound
        while index < end {
            let lead = bytes[index]
            if lead < 0x80 {
                index = asciiEnd(bytes, index + 1, end)
                continue
            }
            let following: Int
            let second: ClosedRange<UInt8>
            switch lead {
            case 0xc2...0xdf: (following, second) = (1, 0x80...0xbf)
            case 0xe0: (following, second) = (2, 0xa0...0xbf)
            case 0xe1...0xec, 0xee...0xef: (following, second) = (2, 0x80...0xbf)
            case 0xed: (following, second) = (2, 0x80...0x9f)
            case 0xf0: (following, second) = (3, 0x90...0xbf)
            case 0xf1...0xf3: (following, second) = (3, 0x80...0xbf)
            case 0xf4: (following, second) = (3, 0x80...0x8f)
            default: return false
            }
            guard following < end - index, second.contains(bytes[index + 1]) else { return false }
            for later in (index + 2)..<max(index + 2, index + 1 + following)
            where bytes[later] & 0xc0 != 0x80 {
                return false
            }
            index += 1 + following
        }
        return true
    }

    /// Passes over ASCII, eight bytes at a time.
    private static func asciiEnd(_ bytes: [UInt8], _ start: Int, _ end: Int) -> Int {
        let end = min(end, bytes.count)
        var index = max(start, 0)
        unsafe bytes.withUnsafeBytes { buffer in
            // Eight bytes are read only where `end`, which lies in the buffer, leaves as many.
            while index <= end - 8,
                unsafe buffer.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                    & 0x8080_8080_8080_8080 == 0
            {
                index += 8
            }
        }
        return index
    }
}
