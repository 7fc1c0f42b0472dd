import Testing
import WeData

@testable import Weonomy

/// Whether who may help is found by the words of titles as looking at all shares finds it.
@Suite("Who may help")
struct WhoMayHelpTests {
    private static let people = (0..<6).map { person($0 + 30, "P\($0)") }
    private static let topics = ["a", "b", "c", "sqlite"]
    private static let words = (0..<20).map { "word\($0)" } + ["the", "sqlite", "note", "note"]

    private static func title(_ random: inout Seeded) -> String {
        (0..<Int.random(in: 0...7, using: &random)).map { _ in
            words.randomElement(using: &random) ?? ""
        }.joined(separator: " ")
    }

    private static func item(_ id: Int, _ random: inout Seeded) -> Item {
        func anyone() -> PersonRef { people.randomElement(using: &random) ?? anna }
        let kind = ItemKind.allCases.randomElement(using: &random) ?? .share
        return Item(
            id: object(id), kind: kind,
            shareKind: kind == .share ? ShareKind.allCases.randomElement(using: &random) : nil,
            title: title(&random),
            topics: topics.filter { _ in Int.random(in: 0..<4, using: &random) == 0 },
            author: anyone(), created: june,
            byline: Int.random(in: 0..<6, using: &random) == 0 ? "Josh" : nil,
            isRetracted: Int.random(in: 0..<8, using: &random) == 0,
            status: kind == .need ? NeedStatus.allCases.randomElement(using: &random) : nil,
            validations: people.filter { _ in Int.random(in: 0..<6, using: &random) == 0 }.map {
                Validation(person: $0, note: "", until: nil, isCurrent: true, wall: june)
            })
    }

    @Test(
        "who, why and in which order, after any additions, edits and retractions",
        arguments: 0..<12 as Range<UInt64>)
    func plain(_ seed: UInt64) {
        var random = Seeded(state: seed)
        var tally = Tally()
        var items: [Int64: Item] = [:]
        var profiles: [Int64: Profile] = [:]
        let members = Set(Self.people.dropLast().map(\.id))
        tally.call(
            Dictionary(uniqueKeysWithValues: Self.people.map { ($0.id, $0.name) }),
            members: members)
        for step in 0..<400 {
            if Int.random(in: 0..<12, using: &random) == 0 {
                let person = Self.people.randomElement(using: &random) ?? anna
                let number = Int64(1_000 + (Self.people.firstIndex(of: person) ?? 0))
                let profile = Profile(
                    person: person,
                    offers: Self.topics.filter { _ in Bool.random(using: &random) }.map {
                        Offer(
                            topic: $0,
                            level: Level.allCases.randomElement(using: &random) ?? .expert)
                    })
                profiles[number] = profile
                tally.take(number, ProfileFacts(profile))
            } else {
                let number = Int64.random(in: 0..<80, using: &random)
                let item = Self.item(Int(number), &random)
                items[number] = item
                if let facts = Facts(item, changeCounts: [:]) {
                    tally.take(number, facts)
                } else {
                    items[number] = nil
                    tally.forget(number)
                }
            }
            // What was not put in yet is looked at too.
            if Int.random(in: 0..<3, using: &random) == 0 { tally.settleTitles() }
            guard step % 8 == 0 else { continue }
            let need = Item(
                id: object(900), kind: .need, title: Self.title(&random),
                topics: Self.topics.filter { _ in Int.random(in: 0..<3, using: &random) == 0 },
                author: Self.people.randomElement(using: &random) ?? anna, created: june)
            let found = Matcher(tally).matches(for: need)
            let expected = PlainMatcher(
                items: Array(items.values), profiles: Array(profiles.values), members: members
            ).matches(for: need)
            #expect(found == expected, "seed \(seed), step \(step)")
            #expect(
                Matcher(tally).matches(for: need, countMax: 2) == Array(expected.prefix(2)),
                "seed \(seed), step \(step)")
        }
    }

    @Test("a word that every title has leads to no share by itself, however often titles change")
    func bounded() {
        var tally = Tally()
        func share(_ number: Int, _ title: String) {
            let item = Item(
                id: object(number), kind: .share, shareKind: .insight, title: title, author: bram,
                created: june)
            if let facts = Facts(item, changeCounts: [:]) { tally.take(Int64(number), facts) }
        }
        for number in 0..<2_000 { share(number, "note number\(number)") }
        for round in 0..<20 {
            for number in 200..<400 { share(number, "note round\(round) other\(number)") }
            tally.settleTitles()
        }
        let words = FoldedWords.telling("Note number1500 round19")
        // Some at a time leads to the same.
        for number in 0..<200 { share(number, "note round20 other\(number)") }
        for left in [150, 100, 50, 0, 0] {
            tally.settleTitles(countMax: 50)
            #expect(tally.titles.waiting.count == left)
            #expect(
                tally.titles.slots(withTwoOf: FoldedWords.telling("round20 other7")).contains {
                    tally.facts($0)?.words == FoldedWords.telling("note round20 other7")
                })
        }
        let looked = tally.titles.slots(withTwoOf: words)
        // 1 and 200, and what an older title led to, or another word of the same bucket leads to.
        #expect(looked.count >= 201 && looked.count < 450)
        #expect(tally.titles.slots(withTwoOf: FoldedWords.telling("Note")).isEmpty)
    }
}

/// Who may help, as it is defined and no faster: every share is looked at for everybody.
private struct PlainMatcher {
    let items: [Item]
    let profiles: [Profile]
    let members: Set<PersonID>

    func matches(for need: Item) -> [Match] {
        let asked = Words.telling(need.title)
        let offered = Set(profiles.flatMap(\.offers).map { Facet.folded($0.topic) })
        let topics = Set(need.topics).union(asked.intersection(offered)).sorted()
        let people = Set(items.map(\.author) + items.flatMap { $0.validations.map(\.person) })
            .union(profiles.map(\.person))
        let matches = people.filter { $0.id != need.author.id && members.contains($0.id) }
            .compactMap { match($0, need, asked, topics) }
        return matches.sorted { ($1.score, $0.person.id) < ($0.score, $1.person.id) }
    }

    private func match(
        _ person: PersonRef, _ need: Item, _ asked: Set<String>, _ topics: [String]
    ) -> Match? {
        var reasons: [(weight: Int, reason: MatchReason)] = []
        for offer in profiles.first(where: { $0.person == person })?.offers ?? []
        where topics.contains(offer.topic) {
            let weight = [Level.beginner: 20, .average: 40, .expert: 60][offer.level] ?? 0
            reasons.append((weight, .offers(topic: offer.topic, level: offer.level)))
        }
        let shares = items.filter { $0.kind == .share && $0.shareKind != .status }
        let own = shares.filter { $0.author == person && $0.byline == nil }
        for topic in topics {
            let wrote = own.count { $0.topics.contains(topic) }
            if wrote > 0 {
                reasons.append((4 * min(wrote, 5), .wrote(topic: topic, count: wrote)))
            }
            let validated = shares.count { share in
                share.topics.contains(topic) && share.author != person
                    && share.validations.contains { $0.person == person }
            }
            if validated > 0 {
                reasons.append((5 * min(validated, 4), .validated(topic: topic, count: validated)))
            }
        }
        let titled = own.map { ($0.id, Words.telling($0.title).intersection(asked)) }
            .filter { $0.1.count > 1 }
            .max { ($0.1.count, $1.0) < ($1.1.count, $0.0) }
        if let (share, words) = titled {
            reasons.append((3 * min(words.count, 4), .titleWords(words.sorted(), share: share)))
        }
        guard !reasons.isEmpty else { return nil }
        let ordered = reasons.enumerated().sorted {
            ($1.element.weight, $0.offset) < ($0.element.weight, $1.offset)
        }
        return Match(
            need: need, person: person, reasons: ordered.map(\.element.reason),
            score: reasons.reduce(0) { $0 + $1.weight })
    }
}
