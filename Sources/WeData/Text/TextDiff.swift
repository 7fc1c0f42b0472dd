/// What turns one text into another: lines that differ first, then what differs inside them.
///
/// Between two versions of a text it finds few small hunks; where the texts have little in common
/// or time would run out, greater ones. The result always turns the one into the other.
public enum TextDiff {
    /// The most steps of search in all, which bounds the time whatever the input.
    static let stepsMax = 4_000_000
    /// The most differences looked for in one place.
    static let differencesMax = 1_024
    /// Hunks nearer than this become one.
    private static let gapMin = 3

    /// The hunks that turn `old` into `new`; none when they are the same scalars.
    ///
    /// - Complexity: O(scalars + differences²), the latter bounded.
    public static func hunks(from old: String, to new: String) -> [TextHunk] {
        let before = old.unicodeScalars.map(\.value)
        let after = new.unicodeScalars.map(\.value)
        var steps = stepsMax
        var changes: [TextDifference.Change] = []
        for block in lineChanges(before, after, &steps) {
            if block.old.isEmpty || block.new.isEmpty {
                changes.append(block)
                continue
            }
            var search = TextDifference(before, after, steps: steps)
            search.find(in: block)
            steps = search.steps
            changes.append(contentsOf: search.changes)
        }
        return hunks(placed(joined(changes), before, after), after)
    }

    /// Which ranges of scalars differ when whole lines are compared.
    private static func lineChanges(
        _ before: [UInt32], _ after: [UInt32], _ steps: inout Int
    ) -> [TextDifference.Change] {
        var numbers: [ArraySlice<UInt32>: UInt32] = [:]
        let (oldLines, oldStarts) = lines(before, &numbers)
        let (newLines, newStarts) = lines(after, &numbers)
        var search = TextDifference(oldLines, newLines, steps: steps)
        search.find(in: TextDifference.Change(old: 0..<oldLines.count, new: 0..<newLines.count))
        steps = search.steps
        return search.changes.map { change in
            TextDifference.Change(
                old: oldStarts[change.old.lowerBound]..<oldStarts[change.old.upperBound],
                new: newStarts[change.new.lowerBound]..<newStarts[change.new.upperBound])
        }
    }

    /// A number for each line, the same for the same scalars, and where each line starts.
    private static func lines(
        _ scalars: [UInt32], _ numbers: inout [ArraySlice<UInt32>: UInt32]
    ) -> (numbers: [UInt32], starts: [Int]) {
        var result: [UInt32] = []
        var starts = [0]
        for index in scalars.indices where scalars[index] == 10 || index == scalars.count - 1 {
            let line = scalars[starts[starts.count - 1]...index]
            let number = numbers[line] ?? UInt32(truncatingIfNeeded: numbers.count)
            numbers[line] = number
            result.append(number)
            starts.append(index + 1)
        }
        return (result, starts)
    }

    /// Joins changes with next to nothing between them.
    private static func joined(_ changes: [TextDifference.Change]) -> [TextDifference.Change] {
        var result: [TextDifference.Change] = []
        for change in changes {
            if let last = result.last, change.old.lowerBound - last.old.upperBound < gapMin {
                result[result.count - 1] = TextDifference.Change(
                    old: last.old.lowerBound..<change.old.upperBound,
                    new: last.new.lowerBound..<change.new.upperBound)
            } else {
                result.append(change)
            }
        }
        return result
    }

    /// Each change at the place it has once those before it are made: that is where it is in the
    /// new text.
    private static func hunks(
        _ changes: [TextDifference.Change], _ after: [UInt32]
    ) -> [TextHunk] {
        changes.map { change in
            var insert = String.UnicodeScalarView()
            for value in after[change.new] {
                if let scalar = Unicode.Scalar(value) { insert.append(scalar) }
            }
            return TextHunk(
                position: change.new.lowerBound, deleteCount: change.old.count,
                insert: String(insert))
        }
    }
}
