// Where an insertion or a deletion could stand at several places with the same result, it is put
// where a person would say that it was made: around whole lines, else around whole words.
extension TextDiff {
    /// How far a change is moved at most, either way.
    private static let slideMax = 1_000

    /// Moves changes that only insert or only delete to the place that reads best.
    ///
    /// - Complexity: O(changes × ``slideMax``).
    static func placed(
        _ changes: [TextDifference.Change], _ before: [UInt32], _ after: [UInt32]
    ) -> [TextDifference.Change] {
        var result: [TextDifference.Change] = []
        for (index, change) in changes.enumerated() {
            let from = result.last?.old.upperBound ?? 0
            let next =
                index + 1 < changes.count ? changes[index + 1].old.lowerBound - 1 : before.count
            // A neighbour that is touched would become one change with this one.
            let first = from + (result.isEmpty ? 0 : 1)
            let room = first...max(first, next)
            if change.old.isEmpty {
                let slide = slide(
                    change.new, in: after,
                    back: change.old.lowerBound - room.lowerBound,
                    forth: room.upperBound - change.old.lowerBound)
                result.append(change.moved(by: slide))
            } else if change.new.isEmpty {
                let slide = slide(
                    change.old, in: before,
                    back: change.old.lowerBound - room.lowerBound,
                    forth: room.upperBound - change.old.upperBound)
                result.append(change.moved(by: slide))
            } else {
                result.append(change)
            }
        }
        return result
    }

    /// By how much a stretch of a text is best moved; what stands beside it must repeat it.
    private static func slide(
        _ stretch: Range<Int>, in text: [UInt32], back: Int, forth: Int
    ) -> Int {
        var best = (slide: 0, score: score(stretch, in: text))
        var range = stretch
        for _ in 0..<min(max(0, back), slideMax) {
            guard range.lowerBound > 0,
                text[range.lowerBound - 1] == text[range.upperBound - 1]
            else { break }
            range = (range.lowerBound - 1)..<(range.upperBound - 1)
            let score = score(range, in: text)
            if score > best.score { best = (range.lowerBound - stretch.lowerBound, score) }
        }
        range = stretch
        for _ in 0..<min(max(0, forth), slideMax) {
            guard range.upperBound < text.count,
                text[range.lowerBound] == text[range.upperBound]
            else { break }
            range = (range.lowerBound + 1)..<(range.upperBound + 1)
            let score = score(range, in: text)
            if score >= best.score { best = (range.lowerBound - stretch.lowerBound, score) }
        }
        return best.slide
    }

    private static func score(_ stretch: Range<Int>, in text: [UInt32]) -> Int {
        let (start, end) = (stretch.lowerBound, stretch.upperBound)
        guard start < end else { return 0 }
        let line: UInt32 = 10
        let isAfterLine = start == 0 || text[start - 1] == line
        if isAfterLine, text[end - 1] == line || end == text.count { return 4 }
        if text[start] == line, end == text.count || text[end] == line { return 3 }
        let startsWord = start == 0 || !isWord(text[start - 1]) || !isWord(text[start])
        let endsWord = end == text.count || !isWord(text[end - 1]) || !isWord(text[end])
        return startsWord && endsWord ? 2 : startsWord || endsWord ? 1 : 0
    }

    /// Whether a scalar belongs to a word: a letter or digit of ASCII, or anything beyond it.
    private static func isWord(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 48...57, 65...90, 97...122: true
        default: scalar >= 128
        }
    }
}

extension TextDifference.Change {
    /// The same change made elsewhere.
    fileprivate func moved(by slide: Int) -> TextDifference.Change {
        TextDifference.Change(
            old: (old.lowerBound + slide)..<(old.upperBound + slide),
            new: (new.lowerBound + slide)..<(new.upperBound + slide))
    }
}
