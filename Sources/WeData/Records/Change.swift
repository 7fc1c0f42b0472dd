/// One change that an event makes to its object (Protocol.md, "Bodies of content events").
public enum Change: Hashable, Sendable {
    /// Says what the object is; only in the event that creates it.
    case create(kind: String)
    /// Writes a register; `null` clears it.
    case set(field: String, value: Value)
    /// Puts an element into a set.
    case add(field: String, element: Value)
    /// Takes away the adds of an element that the author had seen.
    case remove(field: String, element: Value)
    /// Adds to a counter.
    case count(field: String, delta: Int64)
    /// Edits a text, each hunk applied to the result of the ones before it.
    case text(field: String, hunks: [TextHunk])
    /// Leaves the author's own mark under a key; `null` takes it back.
    case mark(field: String, key: Value, value: Value)
    /// Asks every replica to drop the bodies of these events.
    case erase(events: [EventID])
    /// A change of a later version: kept and forwarded, not applied.
    case unknown(Value)
}

/// The changes of one event, with the salt that keeps its hash from being guessed.
public struct ContentBody: Hashable, Sendable {
    /// Random bytes.
    public let salt: [UInt8]
    /// What the event does, in order.
    public let changes: [Change]

    /// The bytes of salt in every body.
    public static let saltBytes = 16
    /// The most changes in one event.
    public static let changesMax = 4096
    /// The longest name of a field, in bytes of UTF-8.
    public static let fieldBytesMax = 64

    /// Joins salt and changes.
    public init(salt: [UInt8], changes: [Change]) {
        self.salt = salt
        self.changes = changes
    }

    /// The canonical bytes.
    public var encoded: [UInt8] {
        var writer = Writer()
        writer.array(2)
        writer.bytes(salt)
        writer.array(changes.count)
        for change in changes { change.write(to: &writer) }
        return writer.take()
    }

    /// Passes over the changes and refuses what no decoder of this version would take.
    ///
    /// The same bytes are refused here as by ``init(decoding:)``, without building values.
    package static func checkChanges(_ reader: inout Reader) throws(DecodingError) {
        for _ in 0..<(try reader.array(countMax: changesMax)) { try Change.check(&reader) }
    }

    /// Whether bytes hold what an `erase` begins with: `false` is certain, `true` is not.
    package static func mayErase(_ bytes: [UInt8]) -> Bool {
        for (head, code) in zip(bytes, bytes.dropFirst()) where head == 0x82 && code == 0x07 {
            return true
        }
        return false
    }

    /// Whether a body holds an `erase`.
    package static func erases(_ bytes: [UInt8]) -> Bool {
        guard mayErase(bytes), let body = try? ContentBody(decoding: bytes) else { return false }
        return body.changes.contains { if case .erase = $0 { true } else { false } }
    }

    /// Decodes a body and refuses any other form.
    public init(decoding bytes: [UInt8]) throws(DecodingError) {
        var reader = Reader(bytes)
        try reader.array(count: 2)
        salt = try reader.bytes(countMax: Self.saltBytes)
        guard salt.count == Self.saltBytes else { throw reader.error(.outOfBounds) }
        let count = try reader.array(countMax: Self.changesMax)
        var changes: [Change] = []
        for _ in 0..<count { changes.append(try Change(from: &reader)) }
        self.changes = changes
        try reader.finish()
    }
}

extension Change {
    private enum Code {
        static let create = 0
        static let set = 1
        static let add = 2
        static let remove = 3
        static let count = 4
        static let text = 5
        static let mark = 6
        static let erase = 7
    }

    /// Containers around a value of a change: the body, the changes, the change.
    private static let depth = 3

    /// Appends the canonical form.
    func write(to writer: inout Writer) {
        switch self {
        case .create(let kind):
            writer.array(2)
            writer.int(Code.create)
            writer.text(kind)
        case .set(let field, let value):
            Self.write(Code.set, field, value, to: &writer)
        case .add(let field, let element):
            Self.write(Code.add, field, element, to: &writer)
        case .remove(let field, let element):
            Self.write(Code.remove, field, element, to: &writer)
        case .count(let field, let delta):
            Self.write(Code.count, field, .int(delta), to: &writer)
        case .text(let field, let hunks):
            writer.array(3)
            writer.int(Code.text)
            writer.text(field)
            writer.array(hunks.count)
            for hunk in hunks { hunk.write(to: &writer) }
        case .mark(let field, let key, let value):
            writer.array(4)
            writer.int(Code.mark)
            writer.text(field)
            key.write(to: &writer)
            value.write(to: &writer)
        case .erase(let events):
            writer.array(2)
            writer.int(Code.erase)
            writer.array(events.count)
            for event in events { writer.id(event) }
        case .unknown(let value):
            value.write(to: &writer)
        }
    }

    private static func write(
        _ code: Int, _ field: String, _ value: Value, to writer: inout Writer
    ) {
        writer.array(3)
        writer.int(code)
        writer.text(field)
        value.write(to: &writer)
    }

    /// Reads one change; a code that this version does not know is kept as it is.
    init(from reader: inout Reader) throws(DecodingError) {
        let start = reader
        let count = try reader.array()
        guard count > 0 else { throw start.error(.unexpectedType) }
        let code = try reader.int()
        switch (code, count) {
        case (0, 2):
            self = .create(kind: try reader.text(countMax: ContentBody.fieldBytesMax))
        case (1, 3):
            self = .set(field: try Self.field(&reader), value: try reader.value(in: Change.depth))
        case (2, 3):
            self = .add(field: try Self.field(&reader), element: try reader.value(in: Change.depth))
        case (3, 3):
            self = .remove(
                field: try Self.field(&reader), element: try reader.value(in: Change.depth))
        case (4, 3):
            self = .count(field: try Self.field(&reader), delta: try reader.int())
        case (5, 3):
            let field = try Self.field(&reader)
            var hunks: [TextHunk] = []
            for _ in 0..<(try reader.array()) { hunks.append(try TextHunk(from: &reader)) }
            self = .text(field: field, hunks: hunks)
        case (6, 4):
            self = .mark(
                field: try Self.field(&reader), key: try reader.value(in: Change.depth),
                value: try reader.value(in: Change.depth))
        case (7, 2):
            var events: [EventID] = []
            for _ in 0..<(try reader.array()) { events.append(try reader.id()) }
            self = .erase(events: events)
        case (0...7, _):
            throw start.error(.unexpectedType)
        default:
            guard code >= 0 else { throw start.error(.outOfBounds) }
            reader = start
            self = .unknown(try reader.value(in: Change.depth - 1))
        }
    }

    /// Passes over one change of valid form.
    static func check(_ reader: inout Reader) throws(DecodingError) {
        let start = reader.offset
        let count = try reader.array()
        guard count > 0 else { throw DecodingError(.unexpectedType, at: start) }
        let code = try reader.int()
        switch (code, count) {
        case (0, 2):
            try reader.skipText(countMax: ContentBody.fieldBytesMax)
        case (1, 3), (2, 3), (3, 3):
            try reader.skipText(countMax: ContentBody.fieldBytesMax)
            try reader.skip(in: Change.depth)
        case (4, 3):
            try reader.skipText(countMax: ContentBody.fieldBytesMax)
            _ = try reader.int()
        case (5, 3):
            try reader.skipText(countMax: ContentBody.fieldBytesMax)
            for _ in 0..<(try reader.array()) { try TextHunk.check(&reader) }
        case (6, 4):
            try reader.skipText(countMax: ContentBody.fieldBytesMax)
            try reader.skip(in: Change.depth)
            try reader.skip(in: Change.depth)
        case (7, 2):
            for _ in 0..<(try reader.array()) { _ = try reader.bytes32() }
        case (0...7, _):
            throw DecodingError(.unexpectedType, at: start)
        default:
            guard code >= 0 else { throw DecodingError(.outOfBounds, at: start) }
            for _ in 1..<count { try reader.skip(in: Change.depth) }
        }
    }

    private static func field(_ reader: inout Reader) throws(DecodingError) -> String {
        try reader.text(countMax: ContentBody.fieldBytesMax)
    }
}
