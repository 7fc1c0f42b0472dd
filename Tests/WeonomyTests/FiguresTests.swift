import Foundation
import Testing
import WeData
import WeReplica

@testable import Weonomy

/// Whether the figures are what HANDBOOK.md says, on made-up teams and on real histories.
@Suite("Figures")
struct FiguresTests {
    @Test("the logarithm is the system's to the last digits")
    func logarithm() {
        for value in [1, 1.5, 2, 2.718281828, 3, 10, 99, 1e6, 1e15] as [Double] {
            let (own, libc) = (Logarithm.natural(value), log(value))
            #expect(abs(own - libc) <= 4e-16 * max(1, abs(libc)), "\(value): \(own), \(libc)")
        }
        #expect(Logarithm.natural(0.5) == 0)
    }

    @Test("who makes a share holds it; who edits much joins, who only touched it doesn't")
    func holders() {
        #expect(BusFactor.holders(first: "a", edits: ["a": 1], validators: []) == ["a"])
        #expect(BusFactor.holders(first: "a", edits: ["a": 1, "b": 1], validators: []) == ["a"])
        #expect(
            BusFactor.holders(first: "a", edits: ["a": 1, "b": 9], validators: []) == ["a", "b"])
        #expect(BusFactor.holders(first: "a", edits: ["a": 1], validators: ["c"]) == ["a", "c"])
    }

    @Test("a topic of one person has factor 1; of two who each hold half, 2; of nobody, 0")
    func factor() {
        #expect(BusFactor<String>([]).count == 0)
        #expect(BusFactor([["a"], ["a"], ["a"]]).count == 1)
        #expect(BusFactor([["a"], ["b"]]).count == 2)
        #expect(BusFactor([["a", "b"], ["a", "b"], ["a", "b"]]).count == 2)
        #expect(BusFactor([["a"], ["a"], ["b"]]).count == 1)
        let wide = BusFactor([["a", "b"], ["a"], ["b", "c"]])
        #expect(wide.holders.map(\.person) == ["a", "b", "c"])
        #expect(wide.holders.map(\.shareCount) == [2, 2, 1])
    }

    /// One file's changes in a real history.
    private struct Written {
        var first = ""
        var edits: [String: Int] = [:]
    }

    @Test(
        "the known truths of five real collections come out", .enabled(if: Corpora.arePresent),
        arguments: [
            ("gds-way", 9), ("thoughtbot-til", 4), ("tldr-nl", 1), ("jbranchaud-til", 1),
            ("bhupesh-til", 1),
        ])
    func realHistories(name: String, expected: Int) throws {
        let lines = try String(
            contentsOfFile: Corpora.path(name) + "/_history.tsv", encoding: .utf8)
        var files: [Substring: Written] = [:]
        for line in lines.split(separator: "\n").dropFirst() {
            let parts = line.split(separator: "\t", omittingEmptySubsequences: false)
            guard parts.count == 5, parts[3].hasSuffix(".md") || parts[3].hasSuffix(".md.erb")
            else { continue }
            guard parts[2] != "D" else {
                files[parts[3]] = nil
                continue
            }
            var file = files[parts[3]] ?? Written(first: String(parts[1]))
            file.edits[String(parts[1]), default: 0] += 1
            files[parts[3]] = file
        }
        let shares = files.values.map {
            BusFactor.holders(first: $0.first, edits: $0.edits, validators: [])
        }
        #expect(BusFactor(shares).count == expected, "\(name), \(shares.count) files")
    }

    @Test("a plan pairs who holds a topic with who comes nearest to it, and says why")
    func spreading() async throws {
        let team = try await Meeting.team(["Anna", "Bram", "Chris", "Dora", "Eef"])
        let (anna, bram, chris, dora) = (team[0], team[1], team[2], team[3])
        _ = try await anna.share(.howto, title: "Supervisors", topics: ["elixir", "beam"])
        let checked = try await anna.share(.insight, title: "Processes", topics: ["elixir"])
        _ = try await anna.share(.howto, title: "Hot reload", topics: ["elixir"])
        _ = try await anna.share(.howto, title: "Releases", topics: ["elixir"])
        try await bram.profile.offer("elixir", level: .beginner)
        try await chris.profile.learn("Elixir")
        _ = try await dora.ask("What is a supervisor?", topics: ["elixir"])
        _ = try await team[4].share(.howto, title: "Erlang's machine", topics: ["beam"])
        try await Meeting.all(team)
        try await chris.validate(checked.id)
        try await Meeting.all(team)
        for brain in team {
            let plan = try await brain.spreadPlan(for: "Elixir")
            #expect(plan.teacher?.name == "Anna" && plan.busFactor == 1)
            #expect(plan.learners.map(\.person.name) == ["Chris", "Dora", "Bram"])
            #expect(
                plan.learners.map(\.reason)
                    == [.wantsToLearn, .asked(count: 1), .offers(level: .beginner)])
            #expect(plan.readings.count == 3 && plan.readings.first == checked.id)
        }
        let beam = try await dora.spreadPlan(for: "beam")
        #expect(beam.teacher?.name == "Anna")
        #expect(beam.learners.first?.reason == .holds(shareCount: 1))
        await #expect(throws: BrainError.self) { try await dora.spreadPlan(for: "fortran") }
    }

    @Test(
        "one's own figures lead to exactly what they count, and a portfolio holds what others found"
    )
    func own() async throws {
        let team = try await Meeting.team(["Anna", "Bram"])
        let (anna, bram) = (team[0], team[1])
        let checked = try await anna.share(.howto, title: "Backups", topics: ["sqlite"])
        let used = try await anna.share(.experience, title: "WAL", topics: ["sqlite"])
        let praised = try await anna.share(.insight, title: "Locks", topics: ["sqlite"])
        _ = try await anna.share(.insight, title: "Nobody saw it", topics: ["sqlite"])
        _ = try await anna.share(.status, title: "Busy")
        let need = try await bram.ask("How?", topics: ["sqlite"])
        try await Meeting.all(team)
        try await bram.validate(checked.id)
        try await bram.react(used.id, .used)
        try await bram.react(used.id, .thanks)
        try await bram.react(praised.id, .new)
        try await anna.react(praised.id, .thanks)
        _ = try await anna.answer(need.id, "So")
        try await Meeting.all(team)
        let figures = try await anna.ownFigures()
        #expect(figures.counts.map(\.count) == [4, 1, 1, 1, 1, 1])
        for (count, query) in figures.counts {
            #expect(try await anna.find(query, countMax: 100).items.count == count, "\(query)")
        }
        #expect(try await bram.ownFigures().shareCount == 0)
        for brain in team {
            let portfolio = try await brain.portfolio(of: anna.me.id)
            #expect(portfolio.map(\.id) == [checked.id, used.id], "thanks to oneself are none")
        }
    }

    @Test("facts are read as they were written, and none from anything else")
    func storedForm() throws {
        let item = Item(
            id: object(1), kind: .answer, title: "t", topics: ["SQL Lite", "a"], author: anna,
            created: june, byline: "Josh", about: object(2), isLesson: true, arrived: june,
            reactions: [.used: [bram], .new: [chris, anna]],
            validations: [
                Validation(person: bram, note: "", until: june, isCurrent: true, wall: june),
                Validation(person: chris, note: "", until: nil, isCurrent: true, wall: june),
                Validation(person: anna, note: "", until: nil, isCurrent: false, wall: june),
            ])
        let facts = try #require(Facts(item, changeCounts: [anna.id: 3, bram.id: 1]))
        #expect(facts.topics == ["a", "sql-lite"])
        #expect(Set(facts.validators.keys) == [bram.id, chris.id])
        #expect(Facts(decoding: facts.encoded) == facts)
        let bare = try #require(
            Facts(
                Item(id: object(3), kind: .share, title: "t", author: anna, created: june),
                changeCounts: [:]))
        #expect(Facts(decoding: bare.encoded) == bare)
        for cut in 0..<facts.encoded.count {
            #expect(Facts(decoding: Array(facts.encoded.prefix(cut))) == nil)
        }
        var random = Seeded(state: 7)
        for _ in 0..<2_000 {
            var bytes = facts.encoded
            bytes[Int.random(in: bytes.indices, using: &random)] = .random(
                in: 0...255, using: &random)
            _ = Facts(decoding: bytes)
        }
        let profile = ProfileFacts(
            person: anna.id, name: "Anna", offers: [Offer(topic: "sqlite", level: .expert)],
            learning: ["elixir"])
        #expect(ProfileFacts(decoding: profile.encoded) == profile)
        for cut in 0..<profile.encoded.count {
            #expect(ProfileFacts(decoding: Array(profile.encoded.prefix(cut))) == nil)
        }
        #expect(ProfileFacts(decoding: facts.encoded) == nil)
        #expect(Facts(decoding: profile.encoded) == nil)
        let share = Item(
            id: object(4), kind: .share, shareKind: .insight, title: "WAL over the NFS",
            author: anna,
            created: june)
        let counted = try #require(Facts(share, changeCounts: [:]))
        #expect(counted.signature != nil && counted.words == FoldedWords.telling("nfs wal"))
        #expect(Facts(decoding: counted.encoded) == counted)
        let gone = Item(
            id: object(1), kind: .share, title: "t", author: anna, created: june, isRetracted: true)
        #expect(Facts(gone, changeCounts: [:]) == nil)
    }

    // MARK: - In a brain

    @Test("what is asked, offered, written, checked and taught is counted as the handbook says")
    func counted() async throws {
        let team = try await Meeting.team(["Anna", "Bram"])
        let (anna, bram) = (team[0], team[1])
        try await bram.profile.offer("vlan", level: .expert)
        try await anna.profile.learn("elixir")
        let wal = try await anna.share(.howto, title: "WAL over NFS", topics: ["sqlite"])
        _ = try await anna.share(.experience, title: "Backups", topics: ["sqlite"])
        _ = try await anna.share(.status, title: "Busy", topics: ["sqlite"])
        _ = try await bram.share(.insight, title: "Supervisors", topics: ["elixir"])
        try await Meeting.all(team)
        try await bram.validate(wal.id)
        let need = try await bram.ask("Which journal mode?", topics: ["sqlite"])
        _ = try await anna.ask("Who knows Fortran?", topics: ["fortran"])
        try await Meeting.all(team)
        _ = try await anna.answer(need.id, "WAL", isLesson: true)
        try await Meeting.all(team)
        for brain in team {
            let figures = try await brain.figures()
            #expect(figures.shareCount == 3 && figures.statusCount == 1)
            #expect(figures.validated == Ratio(count: 1, of: 3))
            #expect(figures.lessons == Ratio(count: 1, of: 1))
            #expect(figures.laterHits.count == 2 && figures.laterHits.of == 3)
            #expect(figures.openNeedCount == 2 && figures.unmetNeedCount == 0)
            #expect(figures.answerMillisecondsMedian != nil)
            let topics = Dictionary(figures.topics.map { ($0.topic, $0) }) { first, _ in first }
            let sqlite = try #require(topics["sqlite"])
            #expect(sqlite.shareCount == 2 && sqlite.busFactor == 2 && sqlite.openNeedCount == 1)
            #expect(sqlite.holders.map(\.holder.name) == ["Anna", "Bram"])
            #expect(sqlite.overlap == .matched && sqlite.validated == Ratio(count: 1, of: 2))
            #expect(topics["elixir"]?.overlap == .matched)
            #expect(topics["vlan"]?.overlap == .unused && topics["vlan"]?.isOnlyInHeads == true)
            #expect(topics["fortran"]?.overlap == .unmet)
            #expect(figures.overlap == Ratio(count: 2, of: 3))
            let drill = try await brain.fireDrill(without: "bram")
            #expect(drill.losses.map(\.topic) == ["elixir"])
            #expect(drill.losses.first?.heirs == ["Anna"])
            // Everyone answers on the laptop that the question was written on, or that it reached.
            #expect(figures.askedToArrivedMillisecondsMedian != nil)
            #expect(figures.arrivedToAnsweredMillisecondsMedian != nil)
            #expect(figures.unique == Ratio(count: 3, of: 3))
            let other = try await brain.fireDrill(without: "Anna")
            #expect(other.losses.map(\.topic) == [])
            #expect(other.stranded == [])
        }
    }

    @Test("an answer says when its question had arrived, by the clock of who answers")
    func arrived() async throws {
        let team = try await Meeting.team(["Anna", "Bram"])
        let (anna, bram) = (team[0], team[1])
        let need = try await anna.ask("Which journal mode?")
        let before = Brain.systemClock()
        try await Meeting.all(team)
        let after = Brain.systemClock()
        let answer = try await bram.answer(need.id, "WAL")
        let arrived = try #require(answer.arrived)
        #expect(before <= arrived && arrived <= after)
        #expect(try await anna.answer(need.id, "Or none").arrived == need.created)
    }

    @Test("what is asked before and after sharing reads a few facts, and tells what all would")
    func beforeSharing() async throws {
        let team = try await Meeting.team(["Anna", "Bram", "Chris"])
        let (anna, bram, chris) = (team[0], team[1], team[2])
        try await chris.profile.learn("WAL")
        try await bram.profile.offer("wal", level: .expert)
        let text = "Put the journal in WAL mode, keep the file local, copy it with VACUUM INTO."
        for number in 0..<3 {
            try await bram.share(.insight, title: "On \(number)", body: text, topics: ["wal", "b"])
            try await chris.share(.insight, title: "Of \(number)", body: "Other", topics: ["c"])
        }
        try await Meeting.all(team)
        let item = try await anna.share(.howto, title: "On WAL", body: "Short", topics: ["WAL"])
        let near = try await anna.nearDuplicates(title: "On 1", body: text, countMax: 2)
        let readers = try await anna.readers(of: item)
        #expect(await !anna.counted.isLoaded)
        #expect(near.first?.title == "On 1" && near.count == 2)
        #expect(readers.map(\.person.name) == ["Bram", "Chris"])
        _ = try await anna.figures()
        #expect(await anna.counted.isLoaded)
        #expect(try await anna.readers(of: item) == readers)
    }

    @Test("a share that is nearly the same as an earlier one is found, told of, and not counted")
    func duplicates() async throws {
        let brain = try await Meeting.team(["Anna"])[0]
        let text = "Put the journal in WAL mode, keep the file local, copy it with VACUUM INTO."
        let first = try await brain.share(.howto, title: "WAL over NFS", body: text)
        _ = try await brain.share(.insight, title: "Something else", body: "Of no more words.")
        #expect(
            try await brain.nearDuplicates(title: "WAL over NFS", body: text.uppercased()).map(\.id)
                == [first.id])
        #expect(try await brain.nearDuplicates(title: "Backups", body: "Daily").isEmpty)
        let second = try await brain.share(.insight, title: "wal over nfs", body: text + "!")
        _ = try await brain.share(.status, title: "wal over nfs", body: text)
        #expect(try await brain.figures().unique == Ratio(count: 2, of: 3))
        #expect(try await brain.find("is:duplicate").items.map(\.id) == [second.id])
        #expect(try await brain.find("is:share is:dubbel").items.map(\.id) == [second.id])
        #expect(try await brain.find("is:share -is:status -is:duplicate").items.count == 2)
        try await brain.retract(first.id)
        #expect(try await brain.find("is:duplicate").items.isEmpty)
        #expect(try await brain.figures().unique == Ratio(count: 2, of: 2))
    }

    @Test("figures that are kept up to date are those that are counted anew")
    func incremental() async throws {
        let team = try await Meeting.team(["Anna", "Bram"])
        let (anna, bram) = (team[0], team[1])
        var random = Seeded(state: 3)
        var items: [ObjectID] = []
        for round in 0..<12 {
            let writer = Bool.random(using: &random) ? anna : bram
            switch Int.random(in: 0..<5, using: &random) {
            case 0, 1:
                items.append(
                    try await writer.share(
                        .insight, title: "\(round)", topics: ["t\(round % 3)"]
                    ).id)
            case 2:
                if let id = items.randomElement(using: &random) {
                    _ = try? await writer.edit(id, body: "changed \(round)")
                }
            case 3:
                if let id = items.randomElement(using: &random) { try? await writer.retract(id) }
            default:
                if let id = items.randomElement(using: &random) { _ = try? await writer.erase(id) }
            }
            if round % 3 == 2 { try await Meeting.meet(anna, bram) }
            let kept = try await anna.figures()
            let anew = try await anna.figuresAnew()
            #expect(shown(kept) == shown(anew), "round \(round)")
        }
    }

    private func shown(_ figures: BrainFigures) -> [String] {
        ["\(figures.shareCount) \(figures.validated) \(figures.laterHits)"]
            + figures.topics.map { "\($0.topic) \($0.shareCount) \($0.busFactor) \($0.knowers)" }
    }
}

extension Brain {
    /// The figures without anything that was read before.
    func figuresAnew() throws(BrainError) -> BrainFigures {
        counted = CountedReplica()
        return try figures()
    }
}
