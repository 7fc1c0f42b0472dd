import Testing
import WeData
import WeKeys
import WeLog
import WeReplica

/// What shows of someone who was put out, on every replica the same.
@Suite("Work beyond a cut")
struct CutOffTests {
    private struct Team {
        let anna: Laptop
        let bram: Laptop
        let chris: Laptop

        init() throws {
            anna = try Laptop("Anna")
            bram = try Laptop("Bram")
            chris = try Laptop("Chris")
            try anna.found("Noord")
            try anna.admit(bram)
            try anna.admit(chris)
            try bram.take(from: anna)
        }

        func exclude(_ laptop: Laptop, since: Int64? = nil) throws {
            let cut = try anna.replica.cut(of: [laptop.key.publicKey], since: since)
            _ = try anna.replica.append(
                .reduce(
                    person: laptop.person, to: .none, cut: cut, reason: "reden", isSevere: true,
                    address: nil),
                author: anna.author, wall: anna.wall)
        }
    }

    @Test("what the excluder had seen stays, what comes later is kept and does not show")
    func cut() throws {
        let team = try Team()
        let early = try team.chris.share("vroeg", "telt")
        try team.anna.take(from: team.chris)
        try team.exclude(team.chris)
        let late = try team.chris.share("laat", "telt niet")
        try team.chris.change(early, .set(field: "title", value: "kapot"))
        for laptop in [team.anna, team.bram] { try laptop.take(from: team.chris) }
        try team.bram.take(from: team.anna)
        for laptop in [team.anna, team.bram] {
            #expect(try laptop.replica.record(early)?["title"] == "vroeg")
            #expect(try laptop.replica.record(late) == nil)
            #expect(
                try laptop.replica.count(SearchRequest(terms: [], facets: [], countMax: 9)) == 1)
        }
        let quarantined = try team.anna.replica.quarantined(of: [team.chris.key.publicKey])
        #expect(quarantined.map(\.object) == [late, early])
        _ = try team.anna.replica.append(
            .adopt(events: quarantined.map(\.id)), author: team.anna.author, wall: 9)
        try team.bram.take(from: team.anna)
        for laptop in [team.anna, team.bram] {
            #expect(try laptop.replica.record(early)?["title"] == "kapot")
            #expect(try laptop.replica.record(late)?["title"] == "laat")
            #expect(
                try laptop.replica.count(SearchRequest(terms: [], facets: [], countMax: 9)) == 2)
        }
        #expect(try team.anna.replica.digest() == team.bram.replica.digest())
    }

    @Test("a cut since some time takes out what was written from then on")
    func since() throws {
        let team = try Team()
        let first = try team.chris.share("eerst", "")
        let time = team.chris.wall + 1
        let second = try team.chris.share("daarna", "")
        try team.anna.take(from: team.chris)
        try team.exclude(team.chris, since: time)
        #expect(try team.anna.replica.record(first) != nil)
        #expect(try team.anna.replica.record(second) == nil)
    }

    @Test("order of arrival does not matter: the cut first or the work first")
    func order() throws {
        let team = try Team()
        _ = try team.chris.share("een", "")
        try team.anna.take(from: team.chris)
        try team.exclude(team.chris)
        _ = try team.chris.share("twee", "")
        let dora = try Laptop("Dora")
        try dora.replica.adopt(team: try require2(team.anna.replica.currentTeam).id)
        let events =
            try team.anna.allEvents()
            + team.chris.allEvents().filter {
                $0.key.logClass == .content
            }
        try dora.ingest(events.filter { $0.key.logClass == .membership })
        try dora.ingest(events.filter { $0.key.logClass == .content })
        try team.bram.ingest(try team.chris.allEvents())
        try team.bram.take(from: team.anna)
        #expect(try dora.replica.digest() == team.bram.replica.digest())
        #expect(try dora.replica.count(SearchRequest(terms: [], facets: [], countMax: 9)) == 1)
        let rebuilt = try team.bram.replica.digest()
        try team.bram.replica.rebuild()
        #expect(try team.bram.replica.digest() == rebuilt)
    }

    @Test("both branches of a fork count, and a cut chooses one of them")
    func fork() throws {
        let team = try Team()
        let shared = try team.chris.share("stam", "")
        // The same keys and log in a second replica: a copied laptop.
        let copy = try Replica(copying: team.chris.replica)
        let left = try team.chris.share("links", "")
        let right = try copy.append(
            [
                .init(
                    object: nil,
                    changes: [.create(kind: "share"), .set(field: "title", value: "rechts")],
                    wall: 5)
            ],
            author: team.chris.author)[0]
        try team.anna.take(from: team.chris)
        let other = try copy.read { (try? $0.events(after: 0, countMax: .max))?.map(\.event) ?? [] }
        try team.anna.ingest(other)
        #expect(try team.anna.replica.record(left) != nil)
        #expect(try team.anna.replica.record(right) != nil)
        let forks = try team.anna.replica.forks()
        #expect(forks.count == 1 && forks[0].events.count == 2 && forks[0].sequence == 1)
        #expect(forks[0].key.device == team.chris.key.publicKey)
        let cut = MembershipAct.Cut(
            device: team.chris.key.publicKey, log: forks[0].key.log, heads: [EventID(right.value)])
        _ = try team.anna.replica.append(
            .reduce(
                person: team.chris.person, to: .none, cut: [cut], reason: "kopie",
                isSevere: true, address: nil),
            author: team.anna.author, wall: 1)
        #expect(try team.anna.replica.record(shared) != nil)
        #expect(try team.anna.replica.record(right) != nil)
        #expect(try team.anna.replica.record(left) == nil)
        // What the copy writes on goes into a log of its own, and nothing is refused anywhere.
        try team.bram.take(from: team.anna)
        #expect(try team.bram.replica.digest() == team.anna.replica.digest())
    }

    @Test("a revoked device's later work does not count, the person goes on with another")
    func revoked() throws {
        let team = try Team()
        let second = try Laptop("Chris's second")
        let device = Device(
            person: team.chris.person, key: second.key, channel: second.channel.publicKey,
            label: "tweede")
        _ = try team.chris.replica.append(
            .addDevice(person: team.chris.person, device: device), author: team.chris.author,
            wall: 1)
        try second.replica.adopt(team: try require2(team.anna.replica.currentTeam).id)
        try second.take(from: team.chris)
        let ok = try second.share("van de tweede", "")
        try team.chris.take(from: second)
        let cut = try team.chris.replica.cut(of: [second.key.publicKey], since: nil)
        _ = try team.chris.replica.append(
            .revokeDevice(owner: team.chris.person, device: second.key.publicKey, cut: cut),
            author: team.chris.author, wall: 2)
        let late = try second.share("gestolen", "")
        try team.anna.take(from: team.chris)
        try team.anna.take(from: second)
        #expect(try team.anna.replica.record(ok) != nil)
        #expect(try team.anna.replica.record(late) == nil)
        let after = try team.chris.share("gaat door", "")
        try team.anna.take(from: team.chris)
        #expect(try team.anna.replica.record(after) != nil)
        let names = try require2(team.anna.replica.currentTeam)
        #expect(!names.isActive(second.key.publicKey) && names.isActive(team.chris.key.publicKey))
    }
}
