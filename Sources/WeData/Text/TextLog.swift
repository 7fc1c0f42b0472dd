/// All that is known of a text but the text itself: who, after what, which change.
struct TextLog: Sendable {
    var agents = TextAgents()
    var graph = TextGraph()
    var operations = TextOperations()
    private var walk = TextWalk()

    init() {}

    // MARK: - Names

    /// The local version of a name; `nil` where it is not here.
    func version(of id: TextID) -> Int? {
        guard let agent = agents.index(of: id.agent.bytes) else { return nil }
        return agents.version(agent: agent, sequence: id.sequence)
    }

    /// The name at a local version.
    func id(at version: Int) -> TextID? {
        let (agent, sequence) = agents.name(at: version)
        return agents.agent(agent).map { TextID(agent: $0, sequence: sequence) }
    }

    /// More events than this are not taken from elsewhere, so that versions never overflow.
    ///
    /// A text must be sent a hundred million edits that delete more than it has to get there.
    static let eventsMax = 1 << 58

    /// Whether an edit would make more events than can be counted.
    func isFull(for edit: TextEdit) -> Bool { edit.count > Self.eventsMax - graph.count }

    /// Those of an edit's parents that are not here.
    func missing(for edit: TextEdit) -> [TextID] {
        edit.parents.filter { version(of: $0) == nil }
    }

    /// Whether an edit's parents are here, and room for it.
    func canAppend(_ edit: TextEdit) -> Bool { !isFull(for: edit) && missing(for: edit).isEmpty }

    /// The local versions of names that are here, none before another, ascending.
    mutating func heads(of ids: [TextID]) -> [Int] {
        let versions = ids.compactMap { version(of: $0) }
        return heads(among: versions)
    }

    /// Those of some versions that are not before another, ascending.
    mutating func heads(among versions: [Int]) -> [Int] {
        versions.count > 1 ? walk.heads(of: versions, graph: graph) : versions
    }

    // MARK: - Growth

    /// Appends what is new of an edit whose parents are all here; gives whether anything is.
    mutating func append(_ edit: TextEdit) -> Bool {
        let agent = agents.intern(edit.agent.bytes)
        let end = edit.sequence + edit.count
        if edit.sequence >= agents.nextSequence(agent) {
            append(edit.hunks, names: 0..<edit.count, agent, edit.sequence, heads(of: edit.parents))
            return true
        }
        var isNew = false
        var sequence = edit.sequence
        while sequence < end {
            let (isHere, until) = agents.presence(agent: agent, sequence: sequence)
            let stop = min(until, end)
            if !isHere {
                var parents = heads(of: edit.parents)
                if sequence > edit.sequence {
                    parents =
                        agents.version(agent: agent, sequence: sequence - 1).map { [$0] } ?? []
                }
                let names = (sequence - edit.sequence)..<(stop - edit.sequence)
                append(edit.hunks, names: names, agent, sequence, parents)
                isNew = true
            }
            sequence = stop
        }
        return isNew
    }

    /// Appends the part of some hunks that consumes `names`, counted from the first hunk's.
    mutating func append(
        _ hunks: [TextHunk], names: Range<Int>, _ agent: Int, _ sequence: Int, _ parents: [Int]
    ) {
        var isNewRun = isNewRun(after: parents)
        var first = 0
        var sequence = sequence
        for hunk in hunks where first < names.upperBound {
            let position = min(hunk.position, TextEdit.deleteCountMax)
            let inserted = hunk.insert.unicodeScalars.count
            let deletion = (first..<(first + hunk.deleteCount)).clamped(to: names)
            let insertion = (first + hunk.deleteCount)..<(first + hunk.deleteCount + inserted)
            let kept = insertion.clamped(to: names)
            if !deletion.isEmpty {
                delete(deletion.count, at: position, agent, sequence, isNewRun)
                sequence += deletion.count
                isNewRun = false
            }
            if kept.count == inserted, inserted > 0 {
                insert(hunk.insert.utf8, inserted, at: position, agent, sequence, isNewRun)
            } else if !kept.isEmpty {
                let skipped = kept.lowerBound - insertion.lowerBound
                let part = hunk.insert.unicodeScalars.dropFirst(skipped).prefix(kept.count)
                insert(
                    String(part).utf8, kept.count, at: position + skipped, agent, sequence, isNewRun
                )
            }
            if !kept.isEmpty { isNewRun = false }
            sequence += kept.count
            first = insertion.upperBound
        }
        graph.append(operations.count - graph.count, parents: parents)
    }

    /// Whether events with these parents begin a run of their own.
    func isNewRun(after parents: [Int]) -> Bool {
        parents.count != 1 || parents[0] != graph.count - 1
    }

    private mutating func insert(
        _ utf8: some Collection<UInt8>, _ count: Int, at position: Int, _ agent: Int,
        _ sequence: Int, _ isNewRun: Bool
    ) {
        agents.append(agent: agent, sequence: sequence, count: count, version: operations.count)
        operations.insert(utf8, scalars: count, at: position, isNewRun: isNewRun)
    }

    private mutating func delete(
        _ count: Int, at position: Int, _ agent: Int, _ sequence: Int, _ isNewRun: Bool
    ) {
        agents.append(agent: agent, sequence: sequence, count: count, version: operations.count)
        operations.delete(count, at: position, isNewRun: isNewRun)
    }

    /// Appends one change of the newest version, by an agent that goes on from its last name;
    /// gives what it does to the text.
    mutating func appendNewest(
        deleting deleteCount: Int, at position: Int, inserting text: String, agent: Int
    ) -> TextEffect {
        let isNewRun = !graph.isLastHead
        if deleteCount > 0 {
            delete(deleteCount, at: position, agent, agents.nextSequence(agent), isNewRun)
        }
        let byte = operations.text.count
        let inserted = insertNewest(text, at: position, agent, isNewRun && deleteCount == 0)
        graph.appendFollowing(operations.count - graph.count)
        return TextEffect(
            position: position, deleteCount: deleteCount, inserted: byte..<operations.text.count,
            insertCount: inserted)
    }

    /// Appends an insertion by an agent that goes on from its last name; gives its scalars.
    private mutating func insertNewest(
        _ text: String, at position: Int, _ agent: Int, _ isNewRun: Bool
    ) -> Int {
        guard !text.isEmpty else { return 0 }
        let version = operations.count
        operations.insert(text, at: position, isNewRun: isNewRun)
        let count = operations.count - version
        agents.append(
            agent: agent, sequence: agents.nextSequence(agent), count: count, version: version)
        return count
    }
}
