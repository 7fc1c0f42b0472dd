extension TextTracker {
    /// Applies events that come next, in the order of their versions; `effects` gets what each
    /// does to a text that has all events applied before.
    mutating func apply(
        _ range: Range<Int>, _ log: TextLog, _ walk: inout TextWalk, _ effects: inout [TextEffect]
    ) {
        var version = range.lowerBound
        while version < range.upperBound {
            let run = log.graph.run(at: version)
            let end = min(range.upperBound, log.graph.end(ofRun: run))
            let slot = prepare(for: version, run: run, log, &walk)
            applyRun(version..<end, slot: slot, log, &effects)
            slots[slot] = end - 1
            version = end
        }
        applied = max(applied, range.upperBound)
    }

    private mutating func applyRun(
        _ range: Range<Int>, slot: Int, _ log: TextLog, _ effects: inout [TextEffect]
    ) {
        var row = log.operations.row(at: range.lowerBound)
        var version = range.lowerBound
        while version < range.upperBound {
            let end = min(range.upperBound, log.operations.end(ofRow: row))
            let part = version..<end
            let rule = log.operations.rows[row]
            let offset = version - rule.version
            switch rule.kind {
            case .insert:
                let position = insert(
                    part, at: rule.position + offset, slot: slot, agents: log.agents)
                effects.append(
                    TextEffect(
                        position: position, deleteCount: 0,
                        inserted: log.operations.bytes(of: part, inRow: row),
                        insertCount: part.count))
            case .delete:
                delete(part, at: rule.position, isBackward: false, slot: slot, effects: &effects)
            case .deleteBackward:
                delete(
                    part, at: rule.position - offset, isBackward: true, slot: slot,
                    effects: &effects)
            }
            version = end
            row += 1
        }
    }

    // MARK: - Slots

    /// Brings some slot to the parents of an event and gives its number.
    private mutating func prepare(
        for version: Int, run: Int, _ log: TextLog, _ walk: inout TextWalk
    ) -> Int {
        uses += 1
        var parents: [Int]
        if version > log.graph.starts[run] {
            parents = [version - 1]
        } else {
            parents = log.graph.parents(ofRun: run)
        }
        parents.removeAll { $0 < base }
        let wanted = parents.isEmpty ? -1 : parents[0]
        if parents.count <= 1 {
            for slot in 0..<Self.slotCount
            where slots[slot] == wanted || (wanted < 0 && slots[slot] < base) {
                lastUses[slot] = uses
                return slot
            }
        }
        let nearest = nearestSlot(to: parents, log, &walk)
        let slot = spare(for: nearest, goesBack: !walk.left.isEmpty)
        for range in walk.left { toggle(range, slot: slot, isAdded: false, operations: log.operations) }
        for range in walk.right { toggle(range, slot: slot, isAdded: true, operations: log.operations) }
        lastUses[slot] = uses
        return slot
    }

    /// The slot that is fewest steps from a version; leaves the difference in `walk`.
    private func nearestSlot(to parents: [Int], _ log: TextLog, _ walk: inout TextWalk) -> Int {
        var stepsMax = 4
        while true {
            var best = -1
            var bestSteps = stepsMax
            for slot in 0..<Self.slotCount {
                let steps = walk.difference(
                    [slots[slot]], parents, base: base, graph: log.graph, stepsMax: bestSteps)
                if let steps, best < 0 || steps < bestSteps {
                    best = slot
                    bestSteps = steps
                }
            }
            if best >= 0 {
                _ = walk.difference([slots[best]], parents, base: base, graph: log.graph)
                return best
            }
            stepsMax = stepsMax > Int.max / 8 ? .max : stepsMax * 4
        }
    }

    /// The slot to move from where `nearest` is: a copy in the one used longest ago when going
    /// back would lose a version and as much was toggled since the last copy as a copy costs.
    private mutating func spare(for nearest: Int, goesBack: Bool) -> Int {
        guard goesBack, toggles * 8 >= recordCount else { return nearest }
        var oldest = nearest
        for slot in 0..<Self.slotCount
        where slot != nearest && (oldest == nearest || lastUses[slot] < lastUses[oldest]) {
            oldest = slot
        }
        copySlot(nearest, to: oldest)
        return oldest
    }
}
