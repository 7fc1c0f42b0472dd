/// How few people a body of knowledge hangs on (HANDBOOK.md, "Figures").
///
/// Degree of authorship and its thresholds: Avelino, Passos, Hora and Valente, "A novel approach
/// for estimating truck factors", ICPC 2016. Who validated a share holds it too: they showed that
/// they understand it.
package struct BusFactor<Person: Hashable & Comparable & Sendable>: Sendable {
    /// How many must go before more than half of the shares have nobody; 0 without shares.
    package let count: Int
    /// Everyone who holds a share, with how many, the widest first.
    package let holders: [(person: Person, shareCount: Int)]
    /// Shares that are looked at.
    package let shareCount: Int

    private static var authorshipMin: Double { 3.293 }
    private static var ofBestMin: Double { 0.75 }

    /// Who holds one share.
    ///
    /// - Parameter edits: how many changes each made, the creation among the first one's.
    package static func holders(
        first: Person, edits: [Person: Int], validators: some Sequence<Person>
    ) -> Set<Person> {
        let all = edits.values.reduce(0, +)
        var degrees: [Person: Double] = [:]
        for person in Set(edits.keys).union([first]) {
            let own = edits[person] ?? 0
            degrees[person] =
                authorshipMin + (person == first ? 1.098 : 0) + 0.164 * Double(own)
                - 0.321 * Logarithm.natural(Double(1 + all - own))
        }
        let best = degrees.values.max() ?? 0
        let holding = degrees.filter { $0.value >= authorshipMin && $0.value >= ofBestMin * best }
        return Set(holding.keys).union(validators)
    }

    /// - Parameter shares: who holds them, and how many are held by just these.
    /// - Complexity: O(holders × log holders + sizes of the groups).
    package init(_ shares: some Collection<(holders: some Collection<Person>, count: Int)>) {
        var held: [Person: Int] = [:]
        var all = 0
        for share in shares {
            all += share.count
            for person in share.holders { held[person, default: 0] += share.count }
        }
        shareCount = all
        holders = held.map { ($0.key, $0.value) }.sorted {
            ($1.shareCount, $0.person) < ($0.shareCount, $1.person)
        }
        // What others hold does not change when one goes, so the order is the same throughout:
        // a share is lost with the last of its holders in it.
        var order: [Person: Int] = [:]
        for (place, holder) in holders.enumerated() { order[holder.person] = place }
        var lost = 0
        var lostWith = [Int](repeating: 0, count: holders.count)
        for share in shares {
            if let last = share.holders.compactMap({ order[$0] }).max() {
                lostWith[last] += share.count
            } else {
                lost += share.count
            }
        }
        var removed = 0
        for count in lostWith where lost * 2 <= all {
            removed += 1
            lost += count
        }
        count = removed
    }

    /// - Parameter shares: of each share, who holds it.
    package init(_ shares: [Set<Person>]) { self.init(shares.map { (holders: $0, count: 1) }) }
}

/// The natural logarithm without a system's library: the same last bit on every system, since all
/// replicas count the same.
enum Logarithm {
    /// For 1 and above: halvings down to [1, 2), and there the series of `2 atanh((x-1)/(x+1))`.
    static func natural(_ value: Double) -> Double {
        guard value > 1, value.isFinite else { return 0 }
        let mantissa = value.significand
        let ratio = (mantissa - 1) / (mantissa + 1)
        let square = ratio * ratio
        var (sum, power, divisor) = (0.0, ratio, 1.0)
        while divisor < 40 {
            sum += power / divisor
            power *= square
            divisor += 2
        }
        return 2 * sum + Double(value.exponent) * 0.693_147_180_559_945_3
    }
}
