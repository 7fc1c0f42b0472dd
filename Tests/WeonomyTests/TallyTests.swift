import Testing
import WeData

@testable import Weonomy

/// Whether what is counted item by item is what counting everything plainly gives.
@Suite("Tally")
struct TallyTests {
    private static let people = (0..<6).map { person($0 + 30, "P\($0)") }
    private static let topics = ["a", "b", "c", "d"]
    private static let texts = [
        "one two three four five six seven eight nine ten",
        "one two three four five six seven eight nine ten eleven", "short", "short too",
        "nothing of this is in any of the others at all, whatever one does",
    ]

    /// Facts of any kind, close together in time so that much is equal, late or nonsense.
    private static func facts(_ id: Int, _ random: inout Seeded) -> Facts? {
        func time() -> Instant { Instant(milliseconds: .random(in: 0...10, using: &random) * day) }
        func anyone() -> PersonRef { people.randomElement(using: &random) ?? anna }
        let kind = ItemKind.allCases.randomElement(using: &random) ?? .share
        let text = texts.randomElement(using: &random) ?? ""
        let item = Item(
            id: object(id), kind: kind,
            shareKind: kind == .share ? ShareKind.allCases.randomElement(using: &random) : nil,
            title: "t", body: text,
            topics: topics.filter { _ in Int.random(in: 0..<3, using: &random) == 0 },
            author: anyone(), created: time(),
            byline: Int.random(in: 0..<4, using: &random) == 0
                ? ["P1", "Josh"].randomElement(using: &random) : nil,
            isRetracted: Int.random(in: 0..<8, using: &random) == 0,
            status: kind == .need ? NeedStatus.allCases.randomElement(using: &random) : nil,
            about: kind == .answer ? object(.random(in: 0..<40, using: &random)) : nil,
            isLesson: kind == .answer && Bool.random(using: &random),
            arrived: kind == .answer && Bool.random(using: &random) ? time() : nil,
            validations: people.filter { _ in Int.random(in: 0..<6, using: &random) == 0 }.map {
                Validation(
                    person: $0, note: "", until: Bool.random(using: &random) ? time() : nil,
                    isCurrent: true, wall: june)
            })
        var counts: [PersonID: Int] = [:]
        if Bool.random(using: &random) {
            counts[item.author.id] = 1
            counts[anyone().id, default: 0] += .random(in: 1...9, using: &random)
        }
        return Facts(item, changeCounts: counts)
    }

    private static let day: Int64 = 86_400_000

    @Test(
        "after any additions, edits, retractions, renamings and times of day",
        arguments: 0..<12 as Range<UInt64>)
    func incremental(_ seed: UInt64) {
        var random = Seeded(state: seed)
        var tally = Tally()
        var known: [Int64: Facts] = [:]
        var profiles: [Int64: ProfileFacts] = [:]
        var names = Dictionary(uniqueKeysWithValues: Self.people.map { ($0.id, $0.name) })
        tally.call(names)
        for step in 0..<120 {
            switch Int.random(in: 0..<12, using: &random) {
            case 0:
                let number = Int64.random(in: 100..<106, using: &random)
                let profile = ProfileFacts(
                    person: Self.people[Int(number) - 100].id,
                    offers: Self.topics.filter { _ in Bool.random(using: &random) }.map {
                        Offer(topic: $0, level: .expert)
                    }, learning: Self.topics.filter { _ in Bool.random(using: &random) })
                profiles[number] = profile
                tally.take(number, profile)
            case 1:
                if let one = Self.people.randomElement(using: &random) {
                    names[one.id] = ["P1", "Josh", one.name].randomElement(using: &random)
                }
                tally.call(names)
            case 2: tally.advance(to: Instant(milliseconds: .random(in: 0...15, using: &random)))
            default:
                let number = Int64.random(in: 0..<40, using: &random)
                known[number] = Self.facts(Int(number), &random)
                if let facts = known[number] {
                    tally.take(number, facts)
                } else {
                    tally.forget(number)
                }
            }
            guard step % 5 == 0 else { continue }
            let now = Instant(
                milliseconds: .random(in: 0...15, using: &random) * Self.day
                    + .random(in: -1...1, using: &random))
            let expected = PlainFigures(
                Array(known.values), Array(profiles.values), names, at: now)
            let shown = PlainFigures.shown(tally.figures(at: now))
            #expect(shown == expected.shown, "seed \(seed), step \(step)")
            let duplicates = tally.duplicateNumbers().sorted()
            #expect(
                duplicates
                    == known.filter { expected.duplicates.contains($0.value.id) }.keys
                    .sorted(), "seed \(seed), step \(step)")
            for name in ["P1", "Josh"] {
                let drill = tally.fireDrill(without: name, tally.figures(at: now))
                #expect(
                    drill.losses.map { "\($0.topic) \($0.lostCount)" } == expected.losses(name),
                    "seed \(seed), step \(step)")
            }
        }
    }

    @Test("later hits, the newest first")
    func laterHits() {
        var tally = Tally()
        for (number, day) in [3, 1, 2].enumerated() {
            let item = Item(
                id: object(number), kind: .share, shareKind: .insight, title: "t", topics: ["a"],
                author: anna, created: Instant(milliseconds: Int64(day)))
            Facts(item, changeCounts: [:]).map { tally.take(Int64(number), $0) }
        }
        let need = Item(
            id: object(9), kind: .need, title: "?", topics: ["a"], author: bram,
            created: Instant(milliseconds: 3))
        Facts(need, changeCounts: [:]).map { tally.take(9, $0) }
        #expect(tally.figures(at: june).laterHits == Ratio(count: 2, of: 3))
        #expect(tally.laterHits(countMax: 5) == [object(2), object(1)])
        #expect(tally.laterHits(countMax: 1) == [object(2)])
    }
}

/// The figures, counted as HANDBOOK.md says and no faster.
private struct PlainFigures {
    let shown: [String]
    let duplicates: Set<ObjectID>
    private let holdersByTopic: [String: [Set<Holder>]]

    static func shown(_ figures: BrainFigures) -> [String] {
        let whole = [
            "\(figures.shareCount) \(figures.statusCount) \(figures.openNeedCount)",
            "\(figures.unmetNeedCount) \(figures.validated) \(figures.lessons)",
            "\(figures.unique) \(figures.laterHits) \(figures.overlap)",
            "\(figures.answerMillisecondsMedian ?? -1)",
            "\(figures.askedToArrivedMillisecondsMedian ?? -1)",
            "\(figures.arrivedToAnsweredMillisecondsMedian ?? -1)",
        ]
        return whole
            + figures.topics.map { topic in
                "\(topic.topic) \(topic.shareCount) \(topic.validated) \(topic.openNeedCount) "
                    + "\(topic.unmetNeedCount) \(topic.busFactor) \(topic.overlap) "
                    + topic.holders.map { "\($0.holder) \($0.shareCount)" }.joined(separator: ",")
                    + topic.offering.map(\.name).joined(separator: ",")
                    + topic.learning.map(\.name).joined(separator: ",")
            }
    }

    init(
        _ items: [Facts], _ profiles: [ProfileFacts], _ names: [PersonID: String], at now: Instant
    ) {
        let members = Dictionary(names.map { ($0.value, $0.key) }) { min($0, $1) }
        func holder(_ person: PersonID) -> Holder {
            Holder(name: names[person] ?? "", person: person)
        }
        func holders(_ facts: Facts) -> Set<Holder> {
            let first =
                facts.byline.map { Holder(name: $0, person: members[$0]) } ?? holder(facts.author)
            var edits: [Holder: Int] = [:]
            for (person, count) in facts.changeCounts {
                edits[person == facts.author ? first : holder(person), default: 0] += count
            }
            return BusFactor.holders(
                first: first, edits: edits.isEmpty ? [first: 1] : edits,
                validators: facts.validators.keys.map(holder))
        }
        func isValid(_ facts: Facts) -> Bool {
            facts.validators.contains { $0.value.map { now < $0 } ?? true }
        }
        let shares = items.filter { $0.kind == .share && $0.shareKind != .status }
        let needs = items.filter { $0.kind == .need }
        let answers = items.filter { $0.kind == .answer }
        let open = needs.filter { ($0.status ?? .open).isUnresolved }
        func isUnmet(_ need: Facts) -> Bool {
            need.status == .open
                && now.milliseconds - need.created.milliseconds > 48 * 3_600_000
        }
        let toValidate = shares.filter { $0.shareKind != .file && $0.shareKind != .lesson }
        let hits = shares.filter { share in
            needs.contains {
                $0.created > share.created && !Set($0.topics).isDisjoint(with: share.topics)
            }
        }
        var waits: [Int64] = []
        var (toArrive, toAnswer): ([Int64], [Int64]) = ([], [])
        for need in needs {
            let first = answers.filter { $0.about == need.id }
                .min { ($0.created, $0.id) < ($1.created, $1.id) }
            guard let first else { continue }
            waits.append(max(0, first.created.milliseconds - need.created.milliseconds))
            if let arrived = first.arrived, need.created <= arrived, arrived <= first.created {
                toArrive.append(arrived.milliseconds - need.created.milliseconds)
                toAnswer.append(first.created.milliseconds - arrived.milliseconds)
            }
        }
        func middle(_ values: [Int64]) -> Int64? {
            values.isEmpty ? nil : values.sorted()[(values.count - 1) / 2]
        }
        let near = shares.filter { share in
            (0..<TextSignature.bandCount).contains { band in
                let met = shares.filter {
                    $0.signature?.band(band) == share.signature?.band(band)
                }
                guard let first = met.min(by: { ($0.created, $0.id) < ($1.created, $1.id) }),
                    first.id != share.id, let one = first.signature, let other = share.signature
                else { return false }
                return one.isNear(other)
            }
        }
        var byTopic: [String: [Set<Holder>]] = [:]
        for share in shares {
            for topic in share.topics { byTopic[topic, default: []].append(holders(share)) }
        }
        var topics: [BrainFigures.Topic] = []
        for topic in Set(
            shares.flatMap(\.topics) + open.flatMap(\.topics)
                + profiles.flatMap { $0.offers.map(\.topic) + $0.learning })
        {
            let factor = BusFactor(byTopic[topic] ?? [])
            func people(_ all: [ProfileFacts]) -> [PersonRef] {
                all.map { PersonRef(id: $0.person, name: names[$0.person] ?? "") }
                    .sorted { ($0.name, $0.id) < ($1.name, $1.id) }
            }
            let offering = people(profiles.filter { $0.offers.contains { $0.topic == topic } })
            let learning = people(profiles.filter { $0.learning.contains(topic) })
            let asked = open.filter { $0.topics.contains(topic) }
            let wanting = Set(asked.map(\.author) + learning.map(\.id))
            let able = Set(factor.holders.compactMap(\.person.person) + offering.map(\.id))
            let isKnown = !able.isEmpty || !factor.holders.isEmpty
            let isSupplied =
                factor.holders.contains { $0.person.person == nil }
                || wanting.contains { one in able.contains { $0 != one } }
            topics.append(
                BrainFigures.Topic(
                    topic: topic, shareCount: byTopic[topic]?.count ?? 0,
                    validated: Ratio(
                        count: toValidate.count { $0.topics.contains(topic) && isValid($0) },
                        of: toValidate.count { $0.topics.contains(topic) }),
                    openNeedCount: asked.count, unmetNeedCount: asked.count(where: isUnmet),
                    holders: factor.holders.map { ($0.person, $0.shareCount) },
                    offering: offering, learning: learning, busFactor: factor.count,
                    overlap: wanting.isEmpty
                        ? (isKnown ? .unused : .quiet) : (isSupplied ? .matched : .unmet)))
        }
        topics.sort { ($1.shareCount, $0.topic) < ($0.shareCount, $1.topic) }
        let demanded = topics.filter { $0.overlap == .matched || $0.overlap == .unmet }
        shown = PlainFigures.shown(
            BrainFigures(
                topics: topics, shareCount: shares.count,
                statusCount: items.count { $0.kind == .share } - shares.count,
                openNeedCount: open.count, unmetNeedCount: open.count(where: isUnmet),
                validated: Ratio(count: toValidate.count(where: isValid), of: toValidate.count),
                lessons: Ratio(count: answers.count(where: \.isLesson), of: answers.count),
                unique: Ratio(count: shares.count - near.count, of: shares.count),
                laterHits: Ratio(count: hits.count, of: shares.count),
                answerMillisecondsMedian: middle(waits),
                askedToArrivedMillisecondsMedian: middle(toArrive),
                arrivedToAnsweredMillisecondsMedian: middle(toAnswer),
                overlap: Ratio(
                    count: demanded.count { $0.overlap == .matched }, of: demanded.count)))
        duplicates = Set(near.map(\.id))
        holdersByTopic = byTopic
    }

    func losses(_ name: String) -> [String] {
        holdersByTopic.compactMap { topic, shares -> (String, Int)? in
            let lost = shares.count { $0.allSatisfy { $0.name == name } }
            return lost * 2 > shares.count ? (topic, lost) : nil
        }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }.map { "\($0.0) \($0.1)" }
    }
}
