/// The agents of a document, and which of their names stand at which local versions.
///
/// Thousands of agents with one short edit each cost a row of two tables; an agent with many
/// stretches of names gets a list of its own.
struct TextAgents: Sendable {
    /// A stretch of names at successive local versions.
    struct Span: Sendable {
        let version: Int
        let agent: Int
        let sequence: Int
        var count: Int
    }

    private struct Agent: Sendable {
        let byteStart: Int
        let byteCount: Int
        var firstSpan: Int
        /// Index into `lists`; -1 with one span or none.
        var list: Int
        var nextSequence: Int
        /// Where the stretch that was appended last ends.
        var lastEnd: Int
    }

    private(set) var spans: [Span] = []
    private var agents: [Agent] = []
    private var lists: [[Int]] = []
    private var bytes: [UInt8] = []
    /// Open addressing; each slot an agent's index plus one.
    private var slots: [UInt32] = []

    var count: Int { agents.count }

    func agent(_ index: Int) -> TextAgent? {
        TextAgent(Array(bytes[byteRange(index)]))
    }

    func byteRange(_ index: Int) -> Range<Int> {
        let agent = agents[index]
        return agent.byteStart..<(agent.byteStart + agent.byteCount)
    }

    func nextSequence(_ index: Int) -> Int { agents[index].nextSequence }

    func lastEnd(_ index: Int) -> Int { agents[index].lastEnd }

    /// Whether none of an agent's names in a range is here.
    func isFree(agent index: Int, _ range: Range<Int>) -> Bool {
        if range.lowerBound >= agents[index].nextSequence { return true }
        let (isHere, until) = presence(agent: index, sequence: range.lowerBound)
        return !isHere && until >= range.upperBound
    }

    // MARK: - By bytes

    private func hash(_ name: [UInt8]) -> Int {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in name { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        hash ^= hash >> 32
        return Int(truncatingIfNeeded: hash & 0x7fff_ffff)
    }

    private func isAgent(_ index: Int, named name: [UInt8]) -> Bool {
        let range = byteRange(index)
        guard range.count == name.count else { return false }
        return bytes[range].elementsEqual(name)
    }

    /// The index of the agent with these bytes; `nil` when it has done nothing here.
    func index(of name: [UInt8]) -> Int? {
        guard !slots.isEmpty else { return nil }
        let mask = slots.count - 1
        var slot = hash(name) & mask
        while slots[slot] != 0 {
            let index = Int(slots[slot]) - 1
            if isAgent(index, named: name) { return index }
            slot = (slot + 1) & mask
        }
        return nil
    }

    /// The index of the agent with these bytes, made where there is none.
    mutating func intern(_ name: [UInt8]) -> Int {
        if let index = index(of: name) { return index }
        if (agents.count + 1) * 2 > slots.count { grow() }
        agents.append(
            Agent(
                byteStart: bytes.count, byteCount: name.count, firstSpan: -1, list: -1,
                nextSequence: 0, lastEnd: 0))
        bytes.append(contentsOf: name)
        place(agents.count - 1, name)
        return agents.count - 1
    }

    private mutating func place(_ index: Int, _ name: [UInt8]) {
        let mask = slots.count - 1
        var slot = hash(name) & mask
        while slots[slot] != 0 { slot = (slot + 1) & mask }
        slots[slot] = UInt32(truncatingIfNeeded: index + 1)
    }

    private mutating func grow() {
        slots = [UInt32](repeating: 0, count: max(16, slots.count * 2))
        for index in agents.indices { place(index, Array(bytes[byteRange(index)])) }
    }

    /// Whether the first agent comes before the second, bytewise.
    func precedes(_ left: Int, _ right: Int) -> Bool {
        bytes[byteRange(left)].lexicographicallyPrecedes(bytes[byteRange(right)])
    }

    // MARK: - Names and versions

    /// Gives names to `count` local versions from `version`.
    mutating func append(agent index: Int, sequence: Int, count: Int, version: Int) {
        let end = sequence + count
        if agents[index].nextSequence < end { agents[index].nextSequence = end }
        agents[index].lastEnd = end
        if let last = spans.last, last.agent == index, last.sequence + last.count == sequence,
            last.version + last.count == version
        {
            spans[spans.count - 1].count += count
            return
        }
        spans.append(Span(version: version, agent: index, sequence: sequence, count: count))
        enlist(spans.count - 1, of: index)
    }

    private mutating func enlist(_ span: Int, of index: Int) {
        if agents[index].firstSpan < 0 {
            agents[index].firstSpan = span
            return
        }
        if agents[index].list < 0 {
            agents[index].list = lists.count
            lists.append([agents[index].firstSpan])
        }
        let list = agents[index].list
        let sequence = spans[span].sequence
        var place = lists[list].count
        while place > 0, spans[lists[list][place - 1]].sequence > sequence { place -= 1 }
        lists[list].insert(span, at: place)
    }

    /// The span at or before a name of an agent, by sequence; and the one after it.
    private func around(_ index: Int, _ sequence: Int) -> (at: Int?, after: Int?) {
        let agent = agents[index]
        guard agent.firstSpan >= 0 else { return (nil, nil) }
        guard agent.list >= 0 else {
            return spans[agent.firstSpan].sequence <= sequence
                ? (agent.firstSpan, nil) : (nil, agent.firstSpan)
        }
        let list = lists[agent.list]
        var low = 0
        var high = list.count
        while low < high {
            let middle = (low + high) / 2
            if spans[list[middle]].sequence <= sequence { low = middle + 1 } else { high = middle }
        }
        return (low > 0 ? list[low - 1] : nil, low < list.count ? list[low] : nil)
    }

    /// The local version of a name; `nil` where it is not here.
    func version(agent index: Int, sequence: Int) -> Int? {
        guard let at = around(index, sequence).at else { return nil }
        let span = spans[at]
        let offset = sequence - span.sequence
        return offset < span.count ? span.version + offset : nil
    }

    /// Whether a name is here, and the sequence number at which that changes.
    func presence(agent index: Int, sequence: Int) -> (isHere: Bool, until: Int) {
        let (at, after) = around(index, sequence)
        if let at {
            let end = spans[at].sequence + spans[at].count
            if sequence < end { return (true, end) }
        }
        return (false, after.map { spans[$0].sequence } ?? .max)
    }

    /// The span that holds a local version.
    ///
    /// - Complexity: O(log spans).
    func span(at version: Int) -> Int {
        var low = 0
        var high = spans.count
        while low < high {
            let middle = (low + high) / 2
            if spans[middle].version <= version { low = middle + 1 } else { high = middle }
        }
        return max(0, low - 1)
    }

    /// The agent and sequence number at a local version.
    func name(at version: Int) -> (agent: Int, sequence: Int) {
        let span = spans[span(at: version)]
        return (span.agent, span.sequence + (version - span.version))
    }

    /// Whether the name at one local version comes before the name at another.
    func namePrecedes(_ left: Int, _ right: Int) -> Bool {
        let (leftAgent, leftSequence) = name(at: left)
        let (rightAgent, rightSequence) = name(at: right)
        if leftAgent == rightAgent { return leftSequence < rightSequence }
        return precedes(leftAgent, rightAgent)
    }
}
