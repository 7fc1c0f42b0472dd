import Testing
import WeData

@testable import Weonomy

@Suite("Query")
struct QueryTests {
    static let table: [(String, [Query.Filter])] = [
        ("is:experience", [.init(.share(.experience))]),
        ("is:ervaring", [.init(.share(.experience))]),
        ("IS:Handleiding", [.init(.share(.howto))]),
        ("is:inzicht", [.init(.share(.insight))]),
        ("is:les", [.init(.share(.lesson))]),
        ("is:vraag", [.init(.kind(.need))]),
        ("is:answer", [.init(.kind(.answer))]),
        ("is:opgelost", [.init(.status(.resolved))]),
        ("is:open", [.init(.status(.open))]),
        ("is:unresolved", [.init(.unresolved)]),
        ("is:unmet", [.init(.unmet)]), ("is:dubbel", [.init(.duplicate)]),
        ("is:onvervuld", [.init(.unmet)]),
        ("-is:status", [.init(.share(.status), isExcluded: true)]),
        ("is:retracted is:conflict is:mine", [.init(.retracted), .init(.conflict), .init(.mine)]),
        ("topic:\"Working Out Loud\"", [.init(.topic("working-out-loud"))]),
        ("onderwerp:#SQLite", [.init(.topic("sqlite"))]),
        ("by:\"Anna de Vries\"", [.init(.author("Anna de Vries"))]),
        (
            "door:bram -by:chris",
            [.init(.author("bram")), .init(.author("chris"), isExcluded: true)]
        ),
        ("has:file heeft:bestand", [.init(.has(.file)), .init(.has(.file))]),
        ("has:thanks has:answer", [.init(.has(.reaction(.thanks))), .init(.has(.answer))]),
        ("validated:no gevalideerd:ja", [.init(.validated(false)), .init(.validated(true))]),
        ("after:2026-06 na:2026-06-01", [.init(.after(june)), .init(.after(june))]),
        ("voor:2026-06", [.init(.before(june))]),
        ("taal:nl lang:Engels", [.init(.language("nl")), .init(.language("en"))]),
        ("near:AB12", [.init(.near("ab12"))]),
    ]

    @Test("keys and values in two languages", arguments: table)
    func filters(_ text: String, _ filters: [Query.Filter]) {
        let query = Query(text)
        #expect(query.filters == filters)
        #expect(query.terms.isEmpty && query.hints.isEmpty)
    }

    @Test("words, phrases and what must be absent")
    func terms() {
        let query = Query("sqlite \"write ahead\" -nfs -\"old log\" „lange zin” c++ 10:42 open\"")
        #expect(
            query.terms == [
                .init("sqlite"), .init("write ahead", isPhrase: true),
                .init("nfs", isExcluded: true), .init("old log", isPhrase: true, isExcluded: true),
                .init("lange zin", isPhrase: true), .init("c++"), .init("10:42"), .init("open\""),
            ])
        #expect(query.hints.isEmpty)
    }

    @Test("what is not understood becomes words and a hint")
    func hints() {
        let query = Query("foo:bar is:purple after:soon topic: https://example.org -")
        #expect(query.filters.isEmpty)
        #expect(
            query.terms.map(\.text) == [
                "foo:bar", "is:purple", "after:soon", "https://example.org",
            ])
        #expect(
            query.hints == [
                .unknownKey("foo"), .unknownValue(key: "is", value: "purple"),
                .unknownDate(key: "after", value: "soon"), .missingValue(key: "topic"),
            ])
        #expect(Query("").isEmpty && Query(" - \"\" ").isEmpty)
    }

    @Test("any text is a query", arguments: 0..<40 as Range<UInt64>)
    func total(_ seed: UInt64) {
        var random = Seeded(state: seed)
        let pieces = [
            "is:", "-", "\"", ":", " ", "\r\n", "é", "e\u{301}", "👩‍👩‍👧", "\0", "after:", "99999999999",
            "topic", "#", "\u{202E}", "na:2026-", "„", "\u{301}", "x",
        ]
        for _ in 0..<200 {
            let query = Query(random.text(pieces, count: Int.random(in: 0...40, using: &random)))
            #expect(query.terms.count <= Query.partsMax)
            #expect(query.filters.count <= Query.partsMax)
        }
    }

    @Test("a long query is cut, and says so")
    func long() {
        let words = Query(String(repeating: "word ", count: 10_000))
        #expect(words.terms.count == Query.partsMax && words.hints == [.tooLong])
        let word = Query(String(repeating: "w", count: 100_000))
        #expect(word.terms.first?.text.count == Query.wordLengthMax && word.hints == [.tooLong])
    }
}

@Suite("Matcher")
struct MatcherTests {
    let need = Item(
        id: object(1), kind: .need, title: "How do I put SQLite safely on a network share?",
        topics: ["sqlite"], author: anna, created: june)

    func share(_ number: Int, _ author: PersonRef, _ title: String, checkedBy: [PersonRef] = [])
        -> Item
    {
        Item(
            id: object(number), kind: .share, shareKind: .howto, title: title, topics: ["SQLite"],
            author: author, created: june,
            validations: checkedBy.map {
                Validation(person: $0, note: "", until: nil, isCurrent: true, wall: june)
            })
    }

    @Test("reasons are told, the strongest first, and the asker is never matched")
    func reasons() {
        let matcher = Matcher(
            profiles: [
                Profile(person: anna, offers: [Offer(topic: "sqlite", level: .expert)]),
                Profile(person: bram, offers: [Offer(topic: "SQLite", level: .expert)]),
            ],
            shares: [
                share(2, bram, "SQLite on a network disk", checkedBy: [chris]),
                share(3, bram, "Backups"), share(4, anna, "Mine"),
            ])
        let matches = matcher.matches(for: need)
        #expect(matches.map(\.person) == [bram, chris])
        #expect(
            matches.first?.reasons == [
                .offers(topic: "SQLite", level: .expert), .wrote(topic: "sqlite", count: 2),
                .titleWords(["network", "sqlite"], share: object(2)),
            ])
        #expect(matches.last?.reasons == [.validated(topic: "sqlite", count: 1)])
        #expect(matcher.matches(for: bram.id, among: [need]).map(\.score) == [60 + 8 + 6])
        #expect(matcher.matches(for: anna.id, among: [need]).isEmpty)
        #expect(matcher.matches(for: person(9, "?").id, among: [need]).isEmpty)
    }

    @Test("an offer is found by a word of the question when the asker named no topic")
    func words() {
        let plain = Item(
            id: object(5), kind: .need, title: "Hoe verspreid ik Elixir?", author: anna,
            created: june)
        let matcher = Matcher(
            profiles: [Profile(person: chris, offers: [Offer(topic: "elixir", level: .average)])],
            shares: [])
        #expect(
            matcher.matches(for: plain).map(\.reasons) == [
                [.offers(topic: "elixir", level: .average)]
            ])
    }

    @Test("what is resolved, retracted or only a status matches nobody")
    func none() {
        func need(_ status: NeedStatus, isRetracted: Bool = false) -> Item {
            Item(
                id: object(6), kind: .need, title: "x", topics: ["sqlite"], author: anna,
                created: june, isRetracted: isRetracted, status: status)
        }
        let matcher = Matcher(profiles: [], shares: [share(2, bram, "x")])
        #expect(matcher.matches(for: need(.answered)).count == 1)
        #expect(matcher.matches(for: need(.resolved)).isEmpty)
        #expect(matcher.matches(for: need(.withdrawn)).isEmpty)
        #expect(matcher.matches(for: need(.open, isRetracted: true)).isEmpty)
        let status = Item(
            id: object(7), kind: .share, shareKind: .status, title: "x", topics: ["sqlite"],
            author: bram, created: june)
        #expect(Matcher(profiles: [], shares: [status]).matches(for: need(.open)).isEmpty)
    }

    @Test("the order of what goes in does not matter", arguments: 0..<10 as Range<UInt64>)
    func stable(_ seed: UInt64) {
        var random = Seeded(state: seed)
        let people = (0..<8).map { person($0 + 20, "P\($0)") }
        let profiles = people.map {
            Profile(person: $0, offers: [Offer(topic: "sqlite", level: .expert)])
        }
        let shares = (0..<30).map {
            share($0 + 40, people[$0 % 8], "Title \($0 % 3) sqlite network")
        }
        let expected = Matcher(profiles: profiles, shares: shares).matches(for: need)
        let shuffled = Matcher(
            profiles: profiles.shuffled(using: &random), shares: shares.shuffled(using: &random))
        #expect(shuffled.matches(for: need) == expected)
    }
}

extension Matcher {
    /// From items as they are shown.
    fileprivate init(profiles: [Profile], shares: [Item]) {
        let people = shares.flatMap { [$0.author] + $0.validations.map(\.person) }
        self.init(
            profiles: profiles, facts: shares.compactMap { Facts($0, changeCounts: [:]) },
            names: Dictionary(people.map { ($0.id, $0.name) }) { first, _ in first })
    }
}
