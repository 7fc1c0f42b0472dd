/// Brings a text up to date with its log.
///
/// Between critical cuts that follow one another, nothing is concurrent and events apply as they
/// are. Between others a tracker turns positions at the events' own versions into positions in the
/// text. The tracker stays for the next event that is concurrent with what it holds, so a stream of
/// such events costs each event once.
struct TextMerge: Sendable {
    /// Beyond this many records the tracker is not kept from one merge to the next.
    static let keptRecordsMax = 1 << 20

    /// Events before here are in the text.
    var merged = 0
    var rope = Rope()
    /// Deletions without effect, by version: (first, one past the last, how many before).
    private(set) var losses: [(start: Int, end: Int, before: Int)] = []
    private var tracker: TextTracker?
    private var walk = TextWalk()
    /// The row and the run that were looked at last; the next are near.
    private var lastRow = 0
    private var lastRun = 0
    /// What the last events did, kept for its memory.
    private var own: [TextEffect] = []

    /// Applies all events of the log that are not in the text; `effects` gets what they do, when
    /// `isRecording`.
    mutating func advance(_ log: TextLog, effects: inout [TextEffect], isRecording: Bool) {
        while merged < log.graph.count {
            let next = log.graph.cuts(after: merged)
            if next.lowerBound == merged + 1, log.graph.isCut(merged) {
                apply(merged..<next.upperBound, log, &effects, isRecording)
                merged = next.upperBound
            } else {
                track(upTo: next.lowerBound, log, &effects, isRecording)
                merged = next.lowerBound
            }
            noteLosses(log)
        }
        if let tracker, tracker.recordCount > Self.keptRecordsMax { self.tracker = nil }
    }

    /// Gives back the memory that is kept for the next concurrent event.
    mutating func dropTracker() { tracker = nil }

    /// Applies a change of the newest version that has just been appended to the log.
    mutating func applyNewest(_ effect: TextEffect, text: [UInt8], count: Int) {
        if effect.deleteCount > 0 { rope.delete(effect.deleteCount, at: effect.position) }
        if effect.insertCount > 0 {
            rope.insert(text, effect.inserted, scalars: effect.insertCount, at: effect.position)
        }
        merged = count
    }

    // MARK: - Without concurrency

    private mutating func apply(
        _ range: Range<Int>, _ log: TextLog, _ effects: inout [TextEffect], _ isRecording: Bool
    ) {
        var row = log.operations.row(at: range.lowerBound, near: lastRow)
        var version = range.lowerBound
        while version < range.upperBound {
            let end = min(range.upperBound, log.operations.end(ofRow: row))
            let effect = straight(version..<end, row, log)
            perform(effect, log)
            if isRecording { effects.append(effect) }
            version = end
            row += 1
        }
        lastRow = row - 1
    }

    /// What the events of a range in one row do to a text at their parents' version.
    private mutating func straight(_ range: Range<Int>, _ row: Int, _ log: TextLog) -> TextEffect {
        let rows = log.operations.rows[row]
        let offset = range.lowerBound - rows.version
        let length = rope.total.scalars
        switch rows.kind {
        case .insert:
            return TextEffect(
                position: min(rows.position + offset, length), deleteCount: 0,
                inserted: log.operations.bytes(of: range, inRow: row), insertCount: range.count)
        case .delete:
            let kept = min(range.count, max(0, length - rows.position))
            if kept < range.count { lose((range.lowerBound + kept)..<range.upperBound) }
            return TextEffect(
                position: min(rows.position, length), deleteCount: kept, inserted: 0..<0,
                insertCount: 0)
        case .deleteBackward:
            let position = rows.position - offset
            let skipped = min(range.count, max(0, position - length + 1))
            if skipped > 0 { lose(range.lowerBound..<(range.lowerBound + skipped)) }
            let kept = range.count - skipped
            return TextEffect(
                position: min(length, position - skipped - kept + 1), deleteCount: kept,
                inserted: 0..<0, insertCount: 0)
        }
    }

    private mutating func perform(_ effect: TextEffect, _ log: TextLog) {
        if effect.deleteCount > 0 { rope.delete(effect.deleteCount, at: effect.position) }
        if effect.insertCount > 0 {
            rope.insert(
                log.operations.text, effect.inserted, scalars: effect.insertCount,
                at: effect.position)
        }
    }

    // MARK: - Lengths

    mutating func lose(_ range: Range<Int>) {
        let before = lossCount
        losses.append((range.lowerBound, range.upperBound, before))
    }

    private var lossCount: Int { losses.last.map { $0.before + $0.end - $0.start } ?? 0 }

    /// The length of the text after the first `count` events, all in the text.
    func length(after count: Int, _ log: TextLog) -> Int {
        let inserted = log.operations.inserted(before: count)
        var low = 0
        var high = losses.count
        while low < high {
            let middle = (low + high) / 2
            if losses[middle].start < count { low = middle + 1 } else { high = middle }
        }
        var lost = 0
        if low > 0 {
            let loss = losses[low - 1]
            lost = loss.before + min(count, loss.end) - loss.start
        }
        return inserted - (count - inserted) + lost
    }

    /// Writes down how many deletions among the events up to `merged` had no effect.
    private mutating func noteLosses(_ log: TextLog) {
        let missing = rope.total.scalars - length(after: merged, log)
        if missing > 0 { lose((merged - missing)..<merged) }
    }

    // MARK: - With concurrency

    private mutating func track(
        upTo end: Int, _ log: TextLog, _ effects: inout [TextEffect], _ isRecording: Bool
    ) {
        let base = log.graph.cut(atOrBefore: merged)
        // A kept tracker serves when feeding it what it lacks costs less than beginning anew.
        let isKept = tracker.map { $0.base <= base && $0.applied > base } ?? false
        if !isKept {
            let length = length(after: base, log)
            if tracker == nil {
                tracker = TextTracker(base: base, length: length)
            } else {
                tracker?.restart(base: base, length: length)
            }
        }
        let known = min(tracker?.applied ?? merged, merged)
        inOrder(known..<merged, log) { merge, part in
            merge.tracker?.apply(part, log, &merge.walk, &merge.own)
            merge.own.removeAll(keepingCapacity: true)
        }
        inOrder(merged..<end, log) { merge, part in
            merge.tracker?.apply(part, log, &merge.walk, &merge.own)
            for effect in merge.own { merge.perform(effect, log) }
            if isRecording { effects.append(contentsOf: merge.own) }
            if !merge.own.isEmpty { merge.own.removeAll(keepingCapacity: true) }
        }
    }

    /// Calls `body` for each stretch of a range, within a run: as they came where they are few,
    /// branch by branch where they are many.
    @inline(__always)
    private mutating func inOrder(
        _ range: Range<Int>, _ log: TextLog, _ body: (inout TextMerge, Range<Int>) -> Void
    ) {
        guard !range.isEmpty else { return }
        let first = log.graph.run(at: range.lowerBound, near: lastRun)
        let last = log.graph.run(at: range.upperBound - 1, near: first)
        lastRun = last
        if last - first >= TextPlan.runsMin {
            for part in TextPlan(range, log.graph).order { body(&self, part) }
            return
        }
        for run in first...last {
            let events = log.graph.starts[run]..<log.graph.end(ofRun: run)
            body(&self, events.clamped(to: range))
        }
    }
}
