extension TextDocument {
    /// What became of an edit from elsewhere.
    public enum Outcome: Hashable, Sendable {
        /// It is in the text; the hunks turn the text before into the text now.
        case applied([TextHunk])
        /// All of it was here already.
        case known
        /// Nothing was done, for these parents are not here: keep it until they are.
        case missing([TextID])
        /// Nothing was done, for the history has as many events as can be counted: 2^58, which
        /// only edits that delete far more than there is can reach.
        case full
    }

    /// What became of several edits.
    public struct Outcomes: Hashable, Sendable {
        /// What turns the text before into the text now, in order.
        public let hunks: [TextHunk]
        /// The edits whose parents are neither here nor among the others; nothing of them is done.
        public let waiting: [TextEdit]
    }

    /// Merges an edit in.
    ///
    /// - Complexity: grows with what is concurrent to the edit, not with the history.
    public mutating func apply(_ edit: TextEdit) -> Outcome {
        let missing = log.missing(for: edit)
        guard missing.isEmpty else { return .missing(missing) }
        guard !log.isFull(for: edit) else { return .full }
        guard log.append(edit) else { return .known }
        return .applied(mergeRecording())
    }

    /// Merges edits in, in one pass; they may come in any order.
    public mutating func apply(contentsOf edits: [TextEdit]) -> Outcomes {
        let waiting = append(contentsOf: edits)
        return Outcomes(hunks: mergeRecording(), waiting: waiting)
    }

    private mutating func mergeRecording() -> [TextHunk] {
        var effects: [TextEffect] = []
        merge.advance(log, effects: &effects, isRecording: true)
        return TextEffect.hunks(effects, text: log.operations.text)
    }

    /// Appends the edits that have their parents, and gives the others.
    private mutating func append(contentsOf edits: [TextEdit]) -> [TextEdit] {
        var late: [TextEdit] = []
        for edit in edits {
            if log.canAppend(edit) { _ = log.append(edit) } else { late.append(edit) }
        }
        guard !late.isEmpty else { return [] }
        return appendLate(late)
    }

    /// Appends edits that came before their parents, each when its last parent is there.
    private mutating func appendLate(_ late: [TextEdit]) -> [TextEdit] {
        let names = EditNames(late)
        var awaited = [Int](repeating: 0, count: late.count)
        var children = [[Int]](repeating: [], count: late.count)
        for (index, edit) in late.enumerated() {
            for parent in log.missing(for: edit) {
                awaited[index] += 1
                for source in names.holders(of: parent) { children[source].append(index) }
            }
        }
        var isDone = [Bool](repeating: false, count: late.count)
        var ready = late.indices.filter { log.canAppend(late[$0]) }
        while let index = ready.popLast() {
            guard !isDone[index], log.canAppend(late[index]) else { continue }
            isDone[index] = true
            _ = log.append(late[index])
            ready.append(contentsOf: children[index])
        }
        return late.indices.filter { !isDone[$0] }.map { late[$0] }
    }
}

/// Which of some edits hold a name.
private struct EditNames {
    private let edits: [TextEdit]
    private let order: [Int]
    private var starts: [TextAgent: Range<Int>] = [:]

    init(_ edits: [TextEdit]) {
        self.edits = edits
        order = edits.indices.sorted {
            edits[$0].agent == edits[$1].agent
                ? edits[$0].sequence < edits[$1].sequence : edits[$0].agent < edits[$1].agent
        }
        var first = 0
        for place in order.indices {
            let agent = edits[order[place]].agent
            if place + 1 == order.count || edits[order[place + 1]].agent != agent {
                starts[agent] = first..<(place + 1)
                first = place + 1
            }
        }
    }

    /// The edits that hold a name; where edits overlap, the nearest few that begin before it.
    func holders(of id: TextID) -> [Int] {
        guard let range = starts[id.agent] else { return [] }
        var low = range.lowerBound
        var high = range.upperBound
        while low < high {
            let middle = (low + high) / 2
            if edits[order[middle]].sequence <= id.sequence {
                low = middle + 1
            } else {
                high = middle
            }
        }
        var holders: [Int] = []
        for place in (max(range.lowerBound, low - 8)..<max(range.lowerBound, low)).reversed() {
            let edit = edits[order[place]]
            if id.sequence < edit.sequence + edit.count { holders.append(order[place]) }
        }
        return holders
    }
}

extension TextEffect {
    /// Hunks that do what the effects do, neighbours joined.
    static func hunks(_ effects: [TextEffect], text: [UInt8]) -> [TextHunk] {
        var hunks: [TextHunk] = []
        var bytes: [UInt8] = []
        var position = 0
        var deleteCount = 0
        var insertCount = 0
        func flush() {
            guard deleteCount > 0 || insertCount > 0 else { return }
            hunks.append(
                TextHunk(
                    position: position, deleteCount: deleteCount,
                    insert: String(decoding: bytes, as: UTF8.self)))
        }
        for effect in effects where effect.deleteCount > 0 || effect.insertCount > 0 {
            let follows = effect.position == position + insertCount
            if follows, effect.deleteCount == 0 || insertCount == 0 {
                deleteCount += effect.deleteCount
            } else {
                flush()
                bytes.removeAll(keepingCapacity: true)
                (position, deleteCount, insertCount) = (effect.position, effect.deleteCount, 0)
            }
            bytes.append(contentsOf: text[effect.inserted])
            insertCount += effect.insertCount
        }
        flush()
        return hunks
    }
}
