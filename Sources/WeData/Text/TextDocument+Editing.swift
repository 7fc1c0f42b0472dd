extension TextDocument {
    /// Puts `text` in before the scalar at `position`, which is cut to the length.
    ///
    /// What to send is what ``edits(since:)`` gives for the version before.
    ///
    /// - Complexity: O(log length) and what is inserted.
    public mutating func insert(_ text: String, at position: Int, by agent: TextAgent) {
        let position = min(max(0, position), scalarCount)
        put(text, at: position, replacing: 0, by: agent)
    }

    /// Takes out a range of scalars, which is cut to what is there.
    public mutating func delete(_ range: Range<Int>, by agent: TextAgent) {
        let kept = range.clamped(to: 0..<scalarCount)
        put("", at: kept.lowerBound, replacing: kept.count, by: agent)
    }

    /// Applies hunks to the text as it is and gives the edits to send, in order.
    ///
    /// That is one edit; none when the hunks do nothing; more only where there are more heads than
    /// one edit may name, which edits without effect then join.
    public mutating func edit(_ hunks: [TextHunk], by agent: TextAgent) -> [TextEdit] {
        let isEmpty = hunks.allSatisfy { $0.deleteCount <= 0 && $0.insert.isEmpty }
        guard !isEmpty else { return [] }
        var edits = joinHeads(by: agent)
        let parents = version
        let sequence = nextSequence(of: agent)
        var kept: [TextHunk] = []
        for hunk in hunks {
            let done = replace(
                hunk.deleteCount, at: hunk.position, with: hunk.insert, by: agent)
            if done.deleteCount > 0 || !done.insert.isEmpty { kept.append(done) }
        }
        let count = nextSequence(of: agent) - sequence
        guard count > 0 else { return edits }
        edits.append(
            TextEdit(
                trusted: agent, sequence: sequence, parents: parents, hunks: kept, count: count))
        return edits
    }

    /// Applies one hunk, cut to what is there; gives it as it was applied.
    private mutating func replace(
        _ deleteCount: Int, at position: Int, with text: String, by agent: TextAgent
    ) -> TextHunk {
        let length = scalarCount
        let position = min(max(0, position), length)
        let deleteCount = min(max(0, deleteCount), length - position)
        put(text, at: position, replacing: deleteCount, by: agent)
        return TextHunk(position: position, deleteCount: deleteCount, insert: text)
    }

    /// Applies a change whose scalars are all there.
    private mutating func put(
        _ text: String, at position: Int, replacing deleteCount: Int, by agent: TextAgent
    ) {
        guard deleteCount > 0 || !text.isEmpty else { return }
        let index = index(of: agent)
        let effect = log.appendNewest(
            deleting: deleteCount, at: position, inserting: text, agent: index)
        merge.applyNewest(effect, text: log.operations.text, count: log.graph.count)
    }

    /// Joins heads by edits that delete past the end until one edit may name all that are left.
    private mutating func joinHeads(by agent: TextAgent) -> [TextEdit] {
        var edits: [TextEdit] = []
        while log.graph.heads.count > TextEdit.parentsMax {
            let heads = log.graph.heads.prefix(TextEdit.parentsMax).compactMap { log.id(at: $0) }
            let nothing = TextHunk(
                position: TextEdit.deleteCountMax, deleteCount: 1, insert: "")
            let edit = TextEdit(
                trusted: agent, sequence: nextSequence(of: agent), parents: heads.sorted(),
                hunks: [nothing], count: 1)
            _ = apply(edit)
            edits.append(edit)
        }
        return edits
    }
}
