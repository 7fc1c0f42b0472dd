public import WeData

/// What an author signs: everything about an event but its body (Protocol.md, "Events and logs").
public struct EventHeader: Hashable, Sendable {
    /// The team; `nil` in the genesis event, which names it.
    public let team: TeamID?
    /// The log.
    public let key: LogKey
    /// The place in the log, from 0.
    public let sequence: Int
    /// The event before it in the log.
    public let previous: EventID?
    /// The object it changes; `nil` when it creates one, and in membership.
    public let object: ObjectID?
    /// The events that its author saw as heads, ascending.
    public let parents: [EventID]
    /// One more than the greatest of previous and parents.
    public let lamport: Int
    /// The author's clock, in milliseconds since 1970; for display only.
    public let wall: Int64
    /// Bytes of the body.
    public let bodyByteCount: Int
    /// BLAKE2b-256 of the body.
    public let bodyHash: Digest

    /// The format that this version writes and reads.
    public static let format = 1

    /// Joins the parts; parents are put in order.
    public init(
        team: TeamID?, key: LogKey, sequence: Int, previous: EventID?, object: ObjectID?,
        parents: [EventID], lamport: Int, wall: Int64, bodyByteCount: Int, bodyHash: Digest
    ) {
        self.team = team
        self.key = key
        self.sequence = sequence
        self.previous = previous
        self.object = object
        self.parents = parents.count > 1 ? parents.sorted() : parents
        self.lamport = lamport
        self.wall = wall
        self.bodyByteCount = bodyByteCount
        self.bodyHash = bodyHash
    }

    /// The canonical bytes, which are what is signed.
    public var encoded: [UInt8] {
        var writer = Writer(capacity: 256)
        write(to: &writer)
        return writer.take()
    }

    /// Appends the canonical bytes.
    package func write(to writer: inout Writer) {
        writer.array(13)
        writer.int(EventHeader.format)
        writer.optionalID(team)
        writer.id(key.device)
        writer.bytes(key.log.bigEndianBytes)
        writer.int(Int(key.logClass.rawValue))
        writer.int(sequence)
        writer.optionalID(previous)
        writer.optionalID(object)
        writer.array(parents.count)
        for parent in parents { writer.id(parent) }
        writer.int(lamport)
        writer.int(wall)
        writer.int(bodyByteCount)
        writer.id(bodyHash)
    }

    /// Decodes a header and refuses what no correct author writes.
    public init(decoding bytes: [UInt8]) throws(LogError) {
        guard bytes.count <= EventLimit.headerBytesMax else { throw .headerTooLong }
        do throws(DecodingError) {
            var reader = Reader(bytes)
            try reader.array(count: 13)
            guard try reader.int() == Int64(EventHeader.format) else {
                throw reader.error(.outOfBounds)
            }
            team = try reader.optionalID()
            let device: DeviceKey = try reader.id()
            let log = try reader.logID()
            key = LogKey(logClass: try reader.logClass(), device: device, log: log)
            sequence = try reader.int(in: 0...Int.max)
            previous = try reader.optionalID()
            object = try reader.optionalID()
            parents = try EventHeader.parents(&reader)
            lamport = try reader.int(in: 0...Int.max)
            wall = try reader.int()
            bodyByteCount = try reader.int(in: 0...EventLimit.bodyBytesMax)
            bodyHash = try reader.id()
            try reader.finish()
        } catch {
            throw .encoding(error)
        }
        try checkForm()
    }

    /// Reads parents, strictly ascending and no more than allowed.
    package static func parents(_ reader: inout Reader) throws(DecodingError) -> [EventID] {
        let count = try reader.array(countMax: EventLimit.parentsMax)
        guard count > 0 else { return [] }
        var parents: [EventID] = []
        parents.reserveCapacity(count)
        for _ in 0..<count {
            let parent: EventID = try reader.id()
            if let last = parents.last, parent <= last { throw reader.error(.keyOrder) }
            parents.append(parent)
        }
        return parents
    }

    /// Refuses headers whose fields contradict one another.
    package func checkForm() throws(LogError) {
        guard (sequence == 0) == (previous == nil) else { throw .form("prev and seq disagree") }
        guard sequence <= EventLimit.sequenceMax else { throw .form("seq is too great") }
        guard key.logClass == .content || object == nil else {
            throw .form("a membership event names no object")
        }
        if team == nil {
            guard isGenesis else { throw .form("only a genesis event has no team") }
        } else if parents.isEmpty, previous == nil {
            throw .form("the first event of a log names what introduces its device")
        }
        guard lamport > 0 || isGenesis else { throw .form("lamport") }
    }

    /// Whether this has the form of a team's first event.
    public var isGenesis: Bool {
        team == nil && key.logClass == .membership && sequence == 0 && parents.isEmpty
            && lamport == 0 && previous == nil
    }
}

extension Writer {
    /// Appends an identifier, or an empty byte string for none.
    mutating func optionalID(_ id: (some Identifier)?) {
        if let id { self.id(id) } else { bytes([]) }
    }
}
