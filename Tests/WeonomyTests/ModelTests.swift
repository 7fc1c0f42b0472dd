import Testing
import WeData

@testable import Weonomy

@Suite("Model")
struct ModelTests {
    @Test("a share's record becomes an item and its facets")
    func share() throws {
        let hash = FileID(bytes32(7))
        let file = FileInfo(name: "repro.sql", byteCount: 12, id: hash, licence: "CC0")
        let record = record([
            (
                anna,
                [
                    .create(kind: "share"), .set(field: "title", value: "WAL  over\nNFS"),
                    .set(field: "kind", value: "experience"), .set(field: "lang", value: "nl"),
                    .add(field: "topics", element: "SQLite"), .add(field: "topics", element: 3),
                    .add(field: "topics", element: "Working Out Loud"),
                    .set(field: "files", value: .array([file.value, "junk", 9])),
                    .set(field: "source", value: "til/wal.md"),
                    .text(
                        field: "body",
                        hunks: [TextHunk(position: 0, deleteCount: 0, insert: "Don't.")]),
                ]
            ),
            (bram, [.mark(field: "reaction", key: "thanks", value: true)]),
            (bram, [.mark(field: "reaction", key: "unheard-of", value: true)]),
            (
                chris,
                [
                    .mark(
                        field: "validation", key: "",
                        value: Value(map: ["note": "tried", "until": 1_900_000_000_000]))
                ]
            ),
        ])
        let item = try #require(Item(id: object(1), record: record, names: name(of:)))
        #expect(item.title == "WAL over NFS")
        #expect(item.shareKind == .experience)
        #expect(item.body == "Don't.")
        #expect(item.topics == ["SQLite", "Working Out Loud"])
        #expect(item.author == anna)
        #expect(item.files == [file])
        #expect(item.reactions == [.thanks: [bram]])
        #expect(item.validations.map(\.person) == [chris])
        #expect(item.validations.first?.isValid(at: june) == true)
        #expect(item.validations.first?.isValid(at: Instant(milliseconds: .max)) == false)
        #expect(item.status == nil)
        let described = try #require(SearchDocuments.describe(object(1), record))
        #expect(described.title == "WAL over NFS")
        for facet in [
            "kind:share", "is:experience", "topic:sqlite", "topic:working-out-loud", "lang:nl",
            "by:\(anna.id)", "has:file", "has:validation", "validated:yes", "has:thanks",
            "month:2026-06", "year:2026", Facet.source("til/wal.md"),
        ] {
            #expect(described.facets.contains(facet), "\(facet)")
        }
        #expect(!described.facets.contains("is:retracted"))
    }

    @Test("an edit after a validation leaves it standing but no longer current")
    func staleValidation() throws {
        let record = record([
            (anna, [.create(kind: "share"), .set(field: "title", value: "One")]),
            (chris, [.mark(field: "validation", key: "", value: Value(map: [:]))]),
            (anna, [.set(field: "title", value: "Two")]),
        ])
        let item = try #require(Item(id: object(1), record: record, names: name(of:)))
        #expect(item.validations.map(\.isCurrent) == [false])
        let facets = SearchDocuments.describe(item).facets
        #expect(facets.contains("has:validation") && !facets.contains("validated:yes"))
    }

    @Test("a retracted item keeps no words")
    func retracted() throws {
        let record = record([
            (
                anna,
                [
                    .create(kind: "share"), .set(field: "title", value: "Secret"),
                    .add(field: "topics", element: "hidden"),
                ]
            ),
            (anna, [.set(field: "retracted", value: true)]),
        ])
        let described = try #require(SearchDocuments.describe(object(1), record))
        #expect(described.title.isEmpty && described.body.isEmpty)
        #expect(described.facets == ["by:\(anna.id)", "is:retracted", "kind:share"])
    }

    @Test("concurrent titles are both visible, and a need starts open")
    func versions() throws {
        func entry(_ number: Int, _ parents: [Int], _ lamport: Int, _ changes: [Change])
            -> History.Entry
        {
            History.Entry(
                id: EventID(bytes32(number)), parents: parents.map { EventID(bytes32($0)) },
                lamport: lamport, author: number == 2 ? bram.id : anna.id, wall: 0,
                changes: changes)
        }
        let record = Record([
            entry(1, [], 1, [.create(kind: "need"), .set(field: "title", value: "a")]),
            entry(2, [1], 2, [.set(field: "title", value: "b")]),
            entry(3, [1], 2, [.set(field: "title", value: "c")]),
        ])
        let item = try #require(Item(id: object(1), record: record, names: name(of:)))
        #expect(item.status == .open)
        #expect(item.versions.map(\.field) == ["title"])
        #expect(item.versions.first?.versions.map(\.text) == ["c", "b"])
        let facets = SearchDocuments.describe(item).facets
        #expect(facets.contains("is:conflict") && facets.contains("status:open"))
    }

    @Test("records of other kinds and fields of other types are never an item")
    func hostile() {
        let foreign = record([(anna, [.create(kind: "chess game")])])
        #expect(Item(id: object(1), record: foreign, names: name(of:)) == nil)
        #expect(SearchDocuments.describe(object(1), foreign) == nil)
        let odd = record(
            [
                (
                    anna,
                    [
                        .create(kind: "answer"), .set(field: "title", value: 5),
                        .set(field: "about", value: .bytes([1])), .set(field: "files", value: "x"),
                        .set(field: "status", value: [1]), .set(field: "lesson", value: "yes"),
                        .mark(field: "validation", key: "", value: true),
                    ]
                )
            ], at: .max - 10)
        let item = Item(id: object(1), record: odd, names: name(of:))
        #expect(item?.title == "" && item?.about == nil && item?.isLesson == false)
        #expect(item?.validations.isEmpty == true)
        #expect(item?.created.iso8601.hasSuffix("Z") == true)
    }

    @Test("a profile lists what is missing and takes the best of two levels")
    func profile() {
        let empty = Profile(record: record([]), person: anna)
        #expect(empty.gaps == ProfileGap.allCases)
        let full = Profile(
            record: record([
                (
                    anna,
                    [
                        .create(kind: "profile"), .set(field: "name", value: "Anna"),
                        .set(field: "role", value: "Engineer"),
                        .set(field: "contact", value: "anna@example.org"),
                        .add(field: "languages", element: "nl"),
                        .add(field: "learning", element: "elixir"),
                        .add(
                            field: "offers", element: Offer(topic: "sqlite", level: .beginner).value
                        ),
                        .add(
                            field: "offers", element: Offer(topic: "SQLite", level: .expert).value),
                        .add(field: "offers", element: "junk"),
                        .add(
                            field: "responsibilities",
                            element: Responsibility(what: "w", result: "r", why: "y").value),
                    ]
                )
            ]), person: anna)
        #expect(full.gaps.isEmpty)
        #expect(full.person.name == "Anna")
        #expect(full.offers == [Offer(topic: "SQLite", level: .expert)])
    }

    @Test(
        "dates come out as they went in",
        arguments: [
            ("1970-01-01", 0), ("2000-02-29", 951_782_400_000), ("1969-12-31", -86_400_000),
            ("0000-03-01", -62_162_035_200_000), ("9999-12-31", 253_402_214_400_000),
        ])
    func dates(_ text: String, _ milliseconds: Int64) {
        #expect(Instant(date: text)?.milliseconds == milliseconds)
        #expect(Instant(milliseconds: milliseconds).dateText == text)
    }

    @Test("every day of 800 years follows the one before")
    func calendar() {
        var day = Instant(date: "1600-01-01")?.milliseconds ?? 0
        for year in 1600..<2400 {
            for month in 1...12 {
                for date in 1...31 {
                    guard let instant = Instant(year: year, month: month, day: date) else {
                        continue
                    }
                    #expect(instant.milliseconds == day)
                    #expect(instant.date == (year, month, date))
                    day += 86_400_000
                }
            }
        }
    }

    @Test("ISO 8601 is read with offsets and fractions, and nothing else")
    func iso() {
        #expect(Instant(iso8601: "2019-06-18T11:39:23+05:30")?.iso8601 == "2019-06-18T06:09:23Z")
        #expect(Instant(iso8601: "2019-06-18 11:39Z")?.iso8601 == "2019-06-18T11:39:00Z")
        #expect(
            Instant(iso8601: "2019-06-18T11:39:23.5-01:00")?.iso8601 == "2019-06-18T12:39:23.500Z")
        for text in [
            "", "T", "2019-02-29", "2019-13-01", "2019-06-18T25:00Z", "2019-06-18T1", "٢٠١٩",
            "2019-06-18T11:39:23+", "2019-06-18T11:39:23.", "-2019-06-18",
        ] {
            #expect(Instant(iso8601: text) == nil, "\(text)")
        }
        for value in [Int64.min, .max, -1, 1] {
            #expect(!Instant(milliseconds: value).iso8601.isEmpty)
        }
    }

    @Test("choices are read in English and Dutch")
    func choices() {
        #expect(ShareKind(parsing: " Ervaring ") == .experience)
        #expect(ShareKind(parsing: "how-to") == .howto)
        #expect(Reaction(parsing: "nieuw") == .new)
        #expect(Level(parsing: "gemiddeld") == .average)
        #expect(NeedStatus(parsing: "opgelost") == .resolved)
        #expect(ItemKind(parsing: "vraag") == .need)
        #expect(ShareKind(parsing: "") == nil)
        #expect(Level.beginner < .average && Level.average < .expert)
    }
}
