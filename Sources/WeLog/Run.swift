public import WeData
import WeKeys

/// Successive events of one log, as they travel (Protocol.md, "Runs").
///
/// On the wire a run leaves out what its place implies. Headers have one encoding only, so the
/// receiver rebuilds the bytes that were signed and hashes them.
public struct Run: Sendable {
    /// The log.
    public let key: LogKey
    /// The events, each the next one's `prev`.
    public private(set) var events: [Event]

    /// Joins successive events of one log.
    public init(key: LogKey, events: [Event]) {
        self.key = key
        self.events = events
    }

    // MARK: - Wire form

    /// Appends the wire form.
    public func write(to writer: inout Writer) {
        writer.array(6)
        writer.int(Int(key.logClass.rawValue))
        writer.id(key.device)
        writer.bytes(key.log.bigEndianBytes)
        writer.int(events.first?.header.sequence ?? 0)
        writer.optionalID(events.first?.header.previous)
        writer.array(events.count)
        var wall: Int64 = 0
        for event in events {
            Run.write(event, after: wall, to: &writer)
            wall = event.header.wall
        }
    }

    private static func write(_ event: Event, after wall: Int64, to writer: inout Writer) {
        let header = event.header
        writer.array(6)
        writer.optionalID(header.object)
        writer.array(header.parents.count)
        for parent in header.parents { writer.id(parent) }
        writer.int(header.lamport)
        // The difference wraps: any two clocks have one, and adding it wraps back.
        writer.int(header.wall &- wall)
        writer.bytes(event.signature.bytes)
        if let body = event.body {
            writer.bytes(body)
        } else {
            writer.array(2)
            writer.int(header.bodyByteCount)
            writer.id(header.bodyHash)
        }
    }

    /// About how many bytes the wire form of an event takes.
    package static func byteCount(of event: Event) -> Int {
        (event.body?.count ?? 40) + 33 * event.header.parents.count + 120
    }

    /// Reads a run and rebuilds headers and ids; signatures are not verified yet.
    ///
    /// - Complexity: one BLAKE2b of each body and of each header.
    public init(from reader: inout Reader, team: TeamID?) throws(LogError) {
        do throws(DecodingError) {
            try reader.array(count: 6)
            let logClass = try reader.logClass()
            key = LogKey(logClass: logClass, device: try reader.id(), log: try reader.logID())
        } catch {
            throw .encoding(error)
        }
        events = try Run.items(&reader, key: key, team: team)
    }

    private static func items(
        _ reader: inout Reader, key: LogKey, team: TeamID?
    ) throws(LogError) -> [Event] {
        var sequence: Int
        var previous: EventID?
        let count: Int
        do throws(DecodingError) {
            sequence = try reader.int(in: 0...(Int.max - EventLimit.runEventsMax))
            previous = try reader.optionalID()
            count = try reader.array(countMax: EventLimit.runEventsMax)
            guard count > 0 else { throw reader.error(.outOfBounds) }
        } catch {
            throw .encoding(error)
        }
        var events: [Event] = []
        events.reserveCapacity(count)
        var wall: Int64 = 0
        var writer = Writer(capacity: 512)
        for _ in 0..<count {
            var item: Item
            do throws(DecodingError) {
                item = try Item(from: &reader)
            } catch {
                throw .encoding(error)
            }
            wall = wall &+ item.wall
            let isGenesis = sequence == 0 && key.logClass == .membership && item.lamport == 0
            let header = EventHeader(
                team: isGenesis ? nil : team, key: key, sequence: sequence, previous: previous,
                object: item.object, parents: item.parents, lamport: item.lamport, wall: wall,
                bodyByteCount: item.bodyByteCount, bodyHash: item.bodyHash)
            try header.checkForm()
            guard item.body != nil || key.logClass == .content else {
                throw .form("a membership event without its body")
            }
            if let body = item.body { try Event.checkForm(of: body, in: key.logClass) }
            header.write(to: &writer)
            let event = Event(
                header: header, headerBytes: writer.take(), signature: item.signature,
                body: item.body)
            events.append(event)
            previous = event.id
            sequence += 1
        }
        return events
    }

    private struct Item {
        let object: ObjectID?
        let parents: [EventID]
        let lamport: Int
        let wall: Int64
        let signature: Signature
        let body: [UInt8]?
        let bodyByteCount: Int
        let bodyHash: Digest

        init(from reader: inout Reader) throws(DecodingError) {
            try reader.array(count: 6)
            object = try reader.optionalID()
            parents = try EventHeader.parents(&reader)
            lamport = try reader.int(in: 0...Int.max)
            wall = try reader.int()
            guard let signature = Signature(try reader.bytes(countMax: 64)) else {
                throw reader.error(.outOfBounds)
            }
            self.signature = signature
            if reader.next == .array {
                try reader.array(count: 2)
                body = nil
                bodyByteCount = try reader.int(in: 0...EventLimit.bodyBytesMax)
                bodyHash = try reader.id()
            } else {
                let bytes = try reader.bytes(countMax: EventLimit.bodyBytesMax)
                body = bytes
                bodyByteCount = bytes.count
                bodyHash = Digest(Blake2b.hash(bytes))
            }
        }
    }

    // MARK: - Verification

    /// How many of the events are authentic: all up to the last whose signature verifies, since
    /// each commits to the ones before it (Protocol.md, "Verify once per run").
    ///
    /// - Complexity: one Ed25519 verification for a run of a correct author.
    public func authenticCount() -> Int {
        var count = events.count
        while count > 0, !events[count - 1].isSignatureValid { count -= 1 }
        return count
    }

    /// Splits at `count`: what is before it and what follows.
    package func split(at count: Int) -> (head: Run, tail: Run) {
        (
            Run(key: key, events: Array(events.prefix(count))),
            Run(key: key, events: Array(events.dropFirst(count)))
        )
    }

    /// Whether `next` goes on where this run ends.
    package func isFollowed(by next: Run) -> Bool {
        guard next.key == key, let last = events.last, let first = next.events.first else {
            return false
        }
        return first.header.previous == last.id
            && first.header.sequence == last.header.sequence + 1
    }

    /// Appends a run that goes on where this one ends; `false` when it does not.
    package mutating func append(_ next: Run) -> Bool {
        guard isFollowed(by: next) else { return false }
        events.append(contentsOf: next.events)
        return true
    }
}
