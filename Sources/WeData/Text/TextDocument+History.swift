extension TextDocument {
    /// The text as it was at a version: when these scalars and all before them had been applied.
    ///
    /// Names that are not here are left out of account.
    ///
    /// - Complexity: O(history up to the version).
    public func text(at version: [TextID]) -> String {
        var log = log
        let heads = log.heads(of: version)
        if heads == log.graph.heads { return text }
        return log.text(at: heads)
    }

    /// The edits that are here and not before `version`, each after its parents.
    ///
    /// Names that are not here are left out of account. Edits that followed one another come as
    /// one, so they need not be the ones that were applied.
    ///
    /// - Complexity: O(what is given) and the graph since then.
    public func edits(since version: [TextID]) -> [TextEdit] {
        var log = log
        let heads = log.heads(of: version)
        var walk = TextWalk()
        walk.difference(log.graph.heads, heads, graph: log.graph)
        return walk.left.reversed().flatMap { log.edits(in: $0) }
    }
}

extension TextLog {
    /// The edits that made a range of events, one for each stretch of one agent in one run.
    func edits(in range: Range<Int>) -> [TextEdit] {
        var edits: [TextEdit] = []
        var version = range.lowerBound
        while version < range.upperBound {
            let span = agents.span(at: version)
            let next = span + 1 < agents.spans.count ? agents.spans[span + 1].version : Int.max
            let run = graph.run(at: version)
            let end = min(range.upperBound, next, graph.end(ofRun: run))
            if let edit = edit(version..<end, span: agents.spans[span]) { edits.append(edit) }
            version = end
        }
        return edits
    }

    private func edit(_ range: Range<Int>, span: TextAgents.Span) -> TextEdit? {
        guard let agent = agents.agent(span.agent) else { return nil }
        let parents = graph.parents(of: range.lowerBound).compactMap { id(at: $0) }
        return TextEdit(
            trusted: agent, sequence: span.sequence + range.lowerBound - span.version,
            parents: parents.sorted(), hunks: hunks(in: range), count: range.count)
    }

    /// What a range of events did, as hunks.
    func hunks(in range: Range<Int>) -> [TextHunk] {
        var hunks: [TextHunk] = []
        var row = operations.row(at: range.lowerBound)
        var version = range.lowerBound
        while version < range.upperBound {
            let end = min(range.upperBound, operations.end(ofRow: row))
            append(version..<end, row, to: &hunks)
            version = end
            row += 1
        }
        return hunks
    }

    private func append(_ range: Range<Int>, _ row: Int, to hunks: inout [TextHunk]) {
        let rule = operations.rows[row]
        let offset = range.lowerBound - rule.version
        switch rule.kind {
        case .insert:
            let text = String(
                decoding: operations.text[operations.bytes(of: range, inRow: row)], as: UTF8.self)
            if let last = hunks.last, last.insert.isEmpty, last.position == rule.position + offset {
                hunks[hunks.count - 1] = TextHunk(
                    position: last.position, deleteCount: last.deleteCount, insert: text)
            } else {
                hunks.append(
                    TextHunk(position: rule.position + offset, deleteCount: 0, insert: text))
            }
        case .delete:
            hunks.append(TextHunk(position: rule.position, deleteCount: range.count, insert: ""))
        case .deleteBackward:
            for index in 0..<range.count {
                hunks.append(
                    TextHunk(position: rule.position - offset - index, deleteCount: 1, insert: ""))
            }
        }
    }

    /// The text at a version, by replay of what is before it.
    func text(at heads: [Int]) -> String {
        var walk = TextWalk()
        walk.difference(heads, [], graph: graph)
        var part = TextLog()
        var moves: [(from: Int, to: Int)] = []
        for range in walk.left.reversed() {
            moves.append((range.lowerBound, part.graph.count))
            part.append(range, of: self, moves: moves)
        }
        var merge = TextMerge()
        var effects: [TextEffect] = []
        merge.advance(part, effects: &effects, isRecording: false)
        return merge.rope.string
    }

    /// Appends a range of another log's events whose parents have been appended before.
    private mutating func append(
        _ range: Range<Int>, of other: TextLog, moves: [(from: Int, to: Int)]
    ) {
        func moved(_ version: Int) -> Int {
            var low = 0
            var high = moves.count
            while low < high {
                let middle = (low + high) / 2
                if moves[middle].from <= version { low = middle + 1 } else { high = middle }
            }
            return low > 0 ? moves[low - 1].to + version - moves[low - 1].from : version
        }
        var version = range.lowerBound
        while version < range.upperBound {
            let end = min(range.upperBound, other.graph.end(ofRun: other.graph.run(at: version)))
            let parents = other.graph.parents(of: version).map(moved)
            copyNames(version..<end, of: other)
            copyOperations(version..<end, of: other, isNewRun: isNewRun(after: parents))
            graph.append(end - version, parents: parents)
            version = end
        }
    }

    private mutating func copyNames(_ range: Range<Int>, of other: TextLog) {
        var version = range.lowerBound
        var index = other.agents.span(at: version)
        while version < range.upperBound {
            let span = other.agents.spans[index]
            let next =
                index + 1 < other.agents.spans.count
                ? other.agents.spans[index + 1].version : other.graph.count
            let end = min(range.upperBound, next)
            let agent = agents.intern(other.agents.agent(span.agent)?.bytes ?? [])
            agents.append(
                agent: agent, sequence: span.sequence + version - span.version,
                count: end - version, version: graph.count + version - range.lowerBound)
            version = end
            index += 1
        }
    }

    private mutating func copyOperations(
        _ range: Range<Int>, of other: TextLog, isNewRun: Bool
    ) {
        var version = range.lowerBound
        var row = other.operations.row(at: version)
        while version < range.upperBound {
            let end = min(range.upperBound, other.operations.end(ofRow: row))
            let rule = other.operations.rows[row]
            let offset = version - rule.version
            let isNew = isNewRun && version == range.lowerBound
            switch rule.kind {
            case .insert:
                let bytes = other.operations.bytes(of: version..<end, inRow: row)
                operations.insert(
                    other.operations.text[bytes], scalars: end - version,
                    at: rule.position + offset, isNewRun: isNew)
            case .delete:
                operations.delete(end - version, at: rule.position, isNewRun: isNew)
            case .deleteBackward:
                operations.delete(
                    end - version, at: rule.position - offset, isBackward: true, isNewRun: isNew)
            }
            version = end
            row += 1
        }
    }
}
