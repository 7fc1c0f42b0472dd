/// How often something may be done: so many at once, and so many a second.
struct TokenBucket: Sendable {
    private let countMax: Int64
    private let perSecond: Int64
    /// Thousandths of a token.
    private var level: Int64
    private var filled: Milliseconds?

    init(countMax: Int64, perSecond: Int64) {
        self.countMax = countMax
        self.perSecond = perSecond
        level = countMax * 1_000
    }

    /// Takes one; `false` when there is none.
    mutating func take(_ now: Milliseconds) -> Bool {
        fill(now)
        guard level >= 1_000 else { return false }
        level -= 1_000
        return true
    }

    /// When there is one again.
    mutating func next(_ now: Milliseconds) -> Milliseconds {
        fill(now)
        return level >= 1_000 ? now : now + (1_000 - level + perSecond - 1) / perSecond
    }

    private mutating func fill(_ now: Milliseconds) {
        // A long sleep fills it, and never more than that.
        let passed = min(max(0, now - (filled ?? now)), 3_600_000)
        filled = max(now, filled ?? now)
        level = min(countMax * 1_000, level + passed * perSecond)
    }
}
