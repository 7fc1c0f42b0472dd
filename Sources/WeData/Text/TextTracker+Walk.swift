extension TextTracker {
    /// Applies events that come next, in the order of their versions; `effects` gets what each
    /// does to a text that has all events applied before.
    mutating func apply(
        _ range: Range<Int>, _ log: TextLog, _ walk: inout TextWalk, _ effects: inout [TextEffect]
    ) {
        var version = range.lowerBound
        var run = log.graph.run(at: version, near: lastRun)
        while version < range.upperBound {
            let end = min(range.upperBound, log.graph.end(ofRun: run))
            let slot = prepare(for: version, run: run, log, &walk)
            applyRun(version..<end, slot: slot, log, &effects)
            slots[slot] = end - 1
            version = end
            run += 1
        }
        lastRun = run - 1
        applied = max(applied, range.upperBound)
    }

    private mutating func applyRun(
        _ range: Range<Int>, slot: Int, _ log: TextLog, _ effects: inout [TextEffect]
    ) {
        var row = log.operations.row(at: range.lowerBound, near: lastRow)
        var version = range.lowerBound
        while version < range.upperBound {
            let end = min(range.upperBound, log.operations.end(ofRow: row))
            apply(version..<end, row: row, slot: slot, log, &effects)
            version = end
            row += 1
        }
        lastRow = row - 1
    }

    private mutating func apply(
        _ part: Range<Int>, row: Int, slot: Int, _ log: TextLog, _ effects: inout [TextEffect]
    ) {
        let rule = log.operations.rows[row]
        let offset = part.lowerBound - rule.version
        switch rule.kind {
        case .insert:
            let position = insert(part, at: rule.position + offset, slot: slot, agents: log.agents)
            effects.append(
                TextEffect(
                    position: position, deleteCount: 0,
                    inserted: log.operations.bytes(of: part, inRow: row), insertCount: part.count))
        case .delete:
            delete(part, at: rule.position, isBackward: false, slot: slot, effects: &effects)
        case .deleteBackward:
            delete(
                part, at: rule.position - offset, isBackward: true, slot: slot, effects: &effects)
        }
    }

    // MARK: - Slots

    /// Brings some slot to the parents of an event and gives its number.
    private mutating func prepare(
        for version: Int, run: Int, _ log: TextLog, _ walk: inout TextWalk
    ) -> Int {
        uses += 1
        let isInside = version > log.graph.starts[run]
        if isInside, let slot = slot(at: version - 1) { return slot }
        if !walk.target.isEmpty { walk.target.removeAll(keepingCapacity: true) }
        if isInside {
            walk.target.append(version - 1)
        } else {
            for index in log.graph.parentRange(ofRun: run) {
                let parent = log.graph.parent(index)
                if parent >= base { walk.target.append(parent) }
            }
            if walk.target.count < 2, let slot = slot(at: walk.target.first ?? -1) { return slot }
        }
        let nearest = slotAmongParents(log, &walk) ?? nearestSlot(log, &walk)
        let slot = walk.left.isEmpty ? nearest : spare(for: nearest)
        for range in walk.left {
            toggle(range, slot: slot, isAdded: false, operations: log.operations)
        }
        for range in walk.right {
            toggle(range, slot: slot, isAdded: true, operations: log.operations)
        }
        lastUses[slot] = uses
        return slot
    }

    /// The slot that stands at an event, or at the cut for -1.
    private mutating func slot(at version: Int) -> Int? {
        for slot in 0..<Self.slotCount
        where slots[slot] == version || (version < 0 && slots[slot] < base) {
            lastUses[slot] = uses
            return slot
        }
        return nil
    }

    /// A slot that stands at one of several parents and is not far from the rest.
    ///
    /// Such a slot need not go back. Leaves the difference in `walk`.
    private func slotAmongParents(_ log: TextLog, _ walk: inout TextWalk) -> Int? {
        for stepsMax in [4, 32] {
            for slot in 0..<Self.slotCount where walk.target.contains(slots[slot]) {
                let steps = walk.difference(
                    from: slots[slot], base: base, graph: log.graph, stepsMax: stepsMax)
                if steps != nil { return slot }
            }
        }
        return nil
    }

    /// The slot that is fewest steps from the target; leaves the difference in `walk`.
    private func nearestSlot(_ log: TextLog, _ walk: inout TextWalk) -> Int {
        var stepsMax = 8
        while true {
            var best = -1
            var bestSteps = stepsMax
            for slot in 0..<Self.slotCount {
                let steps = walk.difference(
                    from: slots[slot], base: base, graph: log.graph, stepsMax: bestSteps)
                if let steps, best < 0 || steps < bestSteps {
                    best = slot
                    bestSteps = steps
                }
            }
            if best >= 0 {
                _ = walk.difference(from: slots[best], base: base, graph: log.graph)
                return best
            }
            stepsMax = stepsMax > Int.max / 8 ? .max : stepsMax * 4
        }
    }

    /// The slot to move from where `nearest` is, which going back would lose: a copy in the one
    /// used longest ago, when as much was toggled since the last copy as a copy costs.
    private mutating func spare(for nearest: Int) -> Int {
        guard toggles * 8 >= recordCount else { return nearest }
        var oldest = nearest
        for slot in 0..<Self.slotCount
        where slot != nearest && (oldest == nearest || lastUses[slot] < lastUses[oldest]) {
            oldest = slot
        }
        copySlot(nearest, to: oldest)
        return oldest
    }
}
