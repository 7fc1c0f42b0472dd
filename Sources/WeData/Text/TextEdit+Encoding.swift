/// The bytes of edits that travel one after another, as in one session: an agent is written out
/// when it is first named and is a number from then on, so a keystroke takes some seven bytes.
///
/// An encoder and a decoder that have seen the same edits in the same order understand each other.
/// One edit by itself goes through a new one (``TextEdit/encoded``).
///
/// A form begins with a byte of flags: 1, the agent is the one of the last edit; 2, the sequence
/// follows the agent's last; 4, the one parent is the last scalar of the agent's last edit; 8, it
/// is the last scalar of the last edit. Then come the agent, the sequence, the parents, as far as
/// the flags do not say them, and the hunks.
public struct TextEditEncoder: Sendable {
    private var indices: [TextAgent: Int] = [:]
    private var state = TextEditSession()

    /// Begins a session.
    public init() {}

    /// The bytes of the next edit.
    public mutating func encode(_ edit: TextEdit) -> [UInt8] {
        var bytes: [UInt8] = [0]
        let isSame = edit.agent == state.lastAgent
        if !isSame { append(edit.agent, to: &bytes) }
        let index = indices[edit.agent] ?? 0
        let expected = isSame ? state.nexts[index] : expected(edit.agent)
        let isNext = edit.sequence == expected
        if !isNext { PackedBytes.append(signed: edit.sequence - expected, to: &bytes) }
        let followsOwn = edit.parents == [TextID(agent: edit.agent, sequence: expected - 1)]
        let followsLast = !followsOwn && edit.parents == state.last.map { [$0] }
        if !followsOwn && !followsLast {
            PackedBytes.append(edit.parents.count, to: &bytes)
            for parent in edit.parents {
                append(parent.agent, to: &bytes)
                PackedBytes.append(
                    signed: self.expected(parent.agent) - parent.sequence, to: &bytes)
            }
        }
        Self.append(edit.hunks, to: &bytes)
        bytes[0] =
            (isSame ? 1 : 0) | (isNext ? 2 : 0) | (followsOwn ? 4 : 0) | (followsLast ? 8 : 0)
        state.note(edit, index: indices[edit.agent] ?? index)
        return bytes
    }

    private func expected(_ agent: TextAgent) -> Int { indices[agent].map { state.nexts[$0] } ?? 0 }

    private mutating func append(_ agent: TextAgent, to bytes: inout [UInt8]) {
        if let index = indices[agent] { return PackedBytes.append(index + 1, to: &bytes) }
        bytes.append(0)
        PackedBytes.append(counted: agent.bytes, to: &bytes)
        indices[agent] = state.nexts.count
        state.nexts.append(0)
    }

    private static func append(_ hunks: [TextHunk], to bytes: inout [UInt8]) {
        PackedBytes.append(hunks.count, to: &bytes)
        for hunk in hunks {
            PackedBytes.append(hunk.position, to: &bytes)
            PackedBytes.append(hunk.deleteCount << 1 | (hunk.insert.isEmpty ? 0 : 1), to: &bytes)
            if !hunk.insert.isEmpty { PackedBytes.append(counted: hunk.insert.utf8, to: &bytes) }
        }
    }
}

/// What both ends of a session know.
private struct TextEditSession: Sendable {
    /// The sequence number that is expected of each agent.
    var nexts: [Int] = []
    var lastAgent: TextAgent?
    var last: TextID?

    mutating func note(_ edit: TextEdit, index: Int) {
        nexts[index] = edit.sequence + edit.count
        lastAgent = edit.agent
        last = edit.last
    }
}

/// Reads what a ``TextEditEncoder`` wrote, in the same order.
public struct TextEditDecoder: Sendable {
    private var agents: [TextAgent] = []
    private var indices: [TextAgent: Int] = [:]
    private var state = TextEditSession()

    /// Begins a session.
    public init() {}

    /// Reads the next edit; an error leaves the session as it was.
    public mutating func decode(_ bytes: [UInt8]) throws(DecodingError) -> TextEdit {
        let known = agents.count
        do throws(DecodingError) {
            return try read(bytes)
        } catch {
            for agent in agents[known...] { indices[agent] = nil }
            agents.removeLast(agents.count - known)
            state.nexts.removeLast(state.nexts.count - known)
            throw error
        }
    }

    private mutating func read(_ bytes: [UInt8]) throws(DecodingError) -> TextEdit {
        var reader = PackedReader(bytes)
        let flags = try reader.byte()
        guard flags < 16, flags & 12 != 12 else { throw reader.error(.outOfBounds) }
        let index = try flags & 1 == 0 ? agent(&reader) : lastIndex(reader)
        let expected = state.nexts[index]
        let sequence = flags & 2 != 0 ? expected : expected + (try reader.signed())
        let parents = try parents(flags, index, expected, &reader)
        let hunks = try Self.hunks(&reader)
        guard reader.isAtEnd else { throw reader.error(.trailingBytes) }
        guard
            let edit = try? TextEdit(
                agent: agents[index], sequence: sequence, parents: parents, hunks: hunks)
        else { throw reader.error(.outOfBounds) }
        state.note(edit, index: index)
        return edit
    }

    private func lastIndex(_ reader: PackedReader) throws(DecodingError) -> Int {
        guard let last = state.lastAgent, let known = indices[last] else {
            throw reader.error(.outOfBounds)
        }
        return known
    }

    private mutating func parents(
        _ flags: UInt8, _ index: Int, _ expected: Int, _ reader: inout PackedReader
    ) throws(DecodingError) -> [TextID] {
        if flags & 4 != 0 { return [TextID(agent: agents[index], sequence: expected - 1)] }
        if flags & 8 != 0 {
            guard let last = state.last else { throw reader.error(.outOfBounds) }
            return [last]
        }
        let count = try reader.number(max: TextEdit.parentsMax)
        var parents: [TextID] = []
        for _ in 0..<count {
            let parent = try agent(&reader)
            let sequence = state.nexts[parent] - (try reader.signed())
            parents.append(TextID(agent: agents[parent], sequence: sequence))
        }
        return parents
    }

    private mutating func agent(_ reader: inout PackedReader) throws(DecodingError) -> Int {
        let number = try reader.number()
        guard number == 0 else {
            guard number <= agents.count else { throw reader.error(.outOfBounds) }
            return number - 1
        }
        let range = try reader.range(try reader.number(max: TextAgent.bytesMax))
        guard let agent = TextAgent(Array(reader.bytes[range])), indices[agent] == nil else {
            throw reader.error(.keyOrder)
        }
        indices[agent] = agents.count
        agents.append(agent)
        state.nexts.append(0)
        return agents.count - 1
    }

    private static func hunks(_ reader: inout PackedReader) throws(DecodingError) -> [TextHunk] {
        var hunks: [TextHunk] = []
        for _ in 0..<(try reader.count()) {
            let position = try reader.number()
            let head = try reader.number()
            var insert = ""
            if head & 1 == 1 {
                let range = try reader.range(try reader.count())
                guard let text = String(validating: reader.bytes[range], as: UTF8.self) else {
                    throw reader.error(.invalidText)
                }
                insert = text
            }
            hunks.append(TextHunk(position: position, deleteCount: head >> 1, insert: insert))
        }
        return hunks
    }
}

extension TextEdit {
    /// The bytes of this edit by itself, its agents written out.
    public var encoded: [UInt8] {
        var encoder = TextEditEncoder()
        return encoder.encode(self)
    }

    /// Reads an edit that stands by itself.
    public init(decoding bytes: [UInt8]) throws(DecodingError) {
        var decoder = TextEditDecoder()
        self = try decoder.decode(bytes)
    }
}
