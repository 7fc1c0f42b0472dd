/// Finds what someone probably meant.
enum Suggestion {
    /// The word that is nearest and near enough: a third of its letters may differ.
    static func nearest(to typed: String, in words: [String]) -> String? {
        let lower = typed.lowercased()
        let near = words.map { (word: $0, distance: distance(lower, $0)) }
            .min { $0.distance < $1.distance }
        if let near, near.distance <= max(1, near.word.count / 3) { return near.word }
        // Half a word is a word that was not finished.
        let begun = words.filter { $0.hasPrefix(lower) }
        return lower.count >= 2 && begun.count == 1 ? begun.first : nil
    }

    /// Letters to add, drop, change or swap (optimal string alignment).
    static func distance(_ left: String, _ right: String) -> Int {
        let left = Array(left.prefix(64))
        let right = Array(right.prefix(64))
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for row in left.indices {
            var current = [row + 1]
            for column in right.indices {
                let change = last[column] + (left[row] == right[column] ? 0 : 1)
                var best = min(change, last[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, left[row] == right[column - 1],
                    left[row - 1] == right[column]
                {
                    best = min(best, beforeLast[column - 1] + 1)
                }
                current.append(best)
            }
            (beforeLast, last) = (last, current)
        }
        return last[right.count]
    }
}
