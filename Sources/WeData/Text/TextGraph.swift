/// Which event follows which: runs of local versions, their parents, heads and critical cuts.
///
/// A local version numbers an event by its place in the order of arrival, so parents are smaller.
/// A run is a stretch in which each event has just the one before it as parent.
package struct TextGraph: Sendable {
    /// The first version of each run.
    private(set) var starts: [Int] = []
    /// Where each run's parents begin in `parentList`; one more entry than runs.
    private var parentStarts: [Int] = [0]
    private var parentList: [Int] = []
    /// How many events there are: the next local version.
    private(set) var count = 0
    /// The events that no other follows, ascending.
    package private(set) var heads: [Int] = []
    /// Critical cuts, ascending: `n` is one when every event from `n` on follows all before `n`.
    package private(set) var cuts: [ClosedRange<Int>] = [0...0]

    var runCount: Int { starts.count }

    /// The version after the last of a run.
    func end(ofRun run: Int) -> Int { run + 1 < starts.count ? starts[run + 1] : count }

    /// The run that holds a version.
    ///
    /// - Complexity: O(log runs).
    func run(at version: Int) -> Int {
        if let last = starts.last, version >= last { return starts.count - 1 }
        var low = 0
        var high = starts.count
        while low < high {
            let middle = (low + high) / 2
            if starts[middle] <= version { low = middle + 1 } else { high = middle }
        }
        return max(0, low - 1)
    }

    /// Where a run's parents lie in the list of all.
    func parentRange(ofRun run: Int) -> Range<Int> { parentStarts[run]..<parentStarts[run + 1] }

    /// One entry of the list of all parents.
    func parent(_ index: Int) -> Int { parentList[index] }

    /// The parents of the first event of a run, ascending.
    func parents(ofRun run: Int) -> [Int] { Array(parentList[parentRange(ofRun: run)]) }

    /// The parents of any event.
    func parents(of version: Int) -> [Int] {
        let run = run(at: version)
        return version > starts[run] ? [version - 1] : parents(ofRun: run)
    }

    /// Whether the last event follows all others.
    var isLastHead: Bool { heads.count == 1 && heads[0] == count - 1 }

    /// No events.
    package init() {}

    // MARK: - Growth

    /// Appends events that follow the current heads one after another.
    mutating func appendFollowing(_ eventCount: Int) {
        guard isLastHead else {
            return append(eventCount, parents: heads)
        }
        count += eventCount
        heads[0] = count - 1
        let last = cuts.count - 1
        cuts[last] = cuts[last].lowerBound...count
    }

    /// Appends a chain of events whose first has `parents`: ascending, none before another.
    package mutating func append(_ eventCount: Int, parents: [Int]) {
        let first = count
        let follows = parents == heads
        if !follows { dropCuts(parents: parents) }
        let isSplit = starts.isEmpty || parents != [first - 1]
        if isSplit {
            starts.append(first)
            parentList.append(contentsOf: parents)
            parentStarts.append(parentList.count)
        }
        count += eventCount
        if follows {
            addCuts(first: first)
            heads = [count - 1]
        } else {
            for parent in parents { removeHead(parent) }
            heads.append(count - 1)
            appendCut(count)
        }
    }

    private mutating func removeHead(_ version: Int) {
        var low = 0
        var high = heads.count
        while low < high {
            let middle = (low + high) / 2
            if heads[middle] < version { low = middle + 1 } else { high = middle }
        }
        if low < heads.count, heads[low] == version { heads.remove(at: low) }
    }

    // MARK: - Critical cuts

    /// The heads of all events before a cut.
    private func heads(ofCut cut: Int) -> [Int] { cut < count ? parents(of: cut) : heads }

    /// Every version of a chain that follows all before it is a cut.
    private mutating func addCuts(first: Int) {
        let last = cuts[cuts.count - 1]
        if last.upperBound == first {
            cuts[cuts.count - 1] = last.lowerBound...count
        } else {
            cuts.append(first...count)
        }
    }

    /// Takes away the cuts that an event with these parents, to come next, is not wholly after.
    private mutating func dropCuts(parents: [Int]) {
        let limit = parents.first ?? 0
        let exact = (parents.last ?? -1) + 1
        let keepsExact = exact > limit && isCut(exact) && heads(ofCut: exact) == parents
        while let last = cuts.last, last.upperBound > limit {
            cuts.removeLast()
            if last.lowerBound <= limit {
                cuts.append(last.lowerBound...limit)
                break
            }
        }
        if keepsExact { appendCut(exact) }
    }

    private mutating func appendCut(_ cut: Int) {
        if let last = cuts.last, last.upperBound >= cut - 1 {
            cuts[cuts.count - 1] = last.lowerBound...max(cut, last.upperBound)
        } else {
            cuts.append(cut...cut)
        }
    }

    /// The index of the first range of cuts that ends at `version` or later.
    private func cutIndex(_ version: Int) -> Int {
        var low = 0
        var high = cuts.count
        while low < high {
            let middle = (low + high) / 2
            if cuts[middle].upperBound < version { low = middle + 1 } else { high = middle }
        }
        return low
    }

    func isCut(_ version: Int) -> Bool {
        let index = cutIndex(version)
        return index < cuts.count && cuts[index].contains(version)
    }

    /// The greatest cut that is not after `version`.
    func cut(atOrBefore version: Int) -> Int {
        let index = cutIndex(version)
        if index < cuts.count, cuts[index].lowerBound <= version { return version }
        return index > 0 ? cuts[index - 1].upperBound : 0
    }

    /// The least cut after `version`, and the end of the stretch of cuts that it begins.
    func cuts(after version: Int) -> ClosedRange<Int> {
        let index = cutIndex(version + 1)
        guard index < cuts.count else { return count...count }
        return max(version + 1, cuts[index].lowerBound)...cuts[index].upperBound
    }
}
