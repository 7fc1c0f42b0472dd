import Foundation
import Testing
import WeData
import WeKeys

@testable import WeLog

/// Random adversarial histories of the model: what must hold whatever people write
/// (SECURITY research, properties 1 to 4 of the executable model).
@Suite("Membership, against people with a grudge")
struct MembershipModelTests {
    /// Which histories: `WEONOMY_HISTORIES` asks for more than 60, `WEONOMY_HISTORY` for those from
    /// a seed on.
    static let seeds: Range<UInt64> = {
        let environment = ProcessInfo.processInfo.environment
        let first = environment["WEONOMY_HISTORY"].flatMap { UInt64($0) } ?? 0
        return first..<(first + (environment["WEONOMY_HISTORIES"].flatMap { UInt64($0) } ?? 60))
    }()

    /// Histories in which something was found once, besides.
    static let found: [UInt64] = [2_276]

    private struct Verdict: Equatable {
        let effective: Set<String>
        let persons: [PersonID: Team.Person]
    }

    private func verdict(
        _ translation: ModelTranslation, _ events: [MembershipEvent]
    ) throws -> Verdict {
        let team = try need(Team(id: translation.team, events: events))
        return Verdict(effective: try translation.effective(team), persons: team.persons)
    }

    @Test("neither order of arrival nor one event at a time matters")
    func order() throws {
        for seed in Self.seeds {
            let history = ModelHistory(seed: seed)
            let translation = try ModelTranslation(history.ops)
            let expected = try verdict(translation, translation.events)
            var random = Seeded(seed)
            var graph = MembershipGraph(team: translation.team)
            var rest = translation.events.shuffled(using: &random)
            while !rest.isEmpty {
                let before = graph.count
                rest.removeAll { event in
                    graph.insert(event)
                    return graph.contains(event.id)
                }
                guard graph.count > before else { break }
            }
            #expect(rest.isEmpty, "seed \(seed)")
            let team = try need(Team(graph))
            #expect(team.persons == expected.persons, "seed \(seed)")
            #expect(try translation.effective(team) == expected.effective, "seed \(seed)")
        }
    }

    @Test("what is void and that nobody built on changes nothing when it is gone")
    func void() throws {
        for seed in Self.seeds {
            let history = ModelHistory(seed: seed &+ 1_000_000)
            let translation = try ModelTranslation(history.ops)
            let expected = try verdict(translation, translation.events)
            var ops = history.ops
            while true {
                let cited = ops.reduce(into: Set<String>()) { $0.formUnion($1.deps) }
                // A device's own word on whose it is stands, whoever passed it on.
                let slim = ops.filter {
                    expected.effective.contains($0.id) || cited.contains($0.id)
                        || ["admit", "adddev"].contains($0.kind)
                        || $0.person == ModelHistory.council
                }
                if slim.count == ops.count { break }
                ops = slim
            }
            let smaller = try ModelTranslation(ops)
            let team = try need(Team(id: smaller.team, events: smaller.events))
            #expect(try smaller.effective(team) == expected.effective, "seed \(seed)")
        }
    }

    @Test(
        "who is out and was not taken back changes nothing by anything they write, backdated or not"
    )
    func excluded() throws {
        var tried = 0
        for seed in Self.seeds {
            let base = ModelHistory(seed: seed &+ 2_000_000)
            let translation = try ModelTranslation(base.ops)
            let team = try need(Team(id: translation.team, events: translation.events))
            let expected = try translation.effective(team)
            for name in base.persons {
                guard let person = team.persons[translation.person(name)], person.role == .none,
                    team.reductions(of: person.id).count > 0
                else { continue }
                var history = base
                var random = Seeded(seed)
                history.writeAfterExclusion(name, &random)
                let after = try ModelTranslation(history.ops)
                let then = try need(Team(id: after.team, events: after.events))
                let added = Set(history.ops.map(\.id)).subtracting(base.ops.map(\.id))
                let counted = try after.effective(then)
                // Inside the cut they may still have a say, as in the model; outside never.
                #expect(counted.intersection(added).isEmpty, "seed \(seed), \(name)")
                #expect(counted == expected, "seed \(seed), \(name)")
                tried += 1
            }
        }
        #expect(tried > Self.seeds.count / 4)
    }

    @Test("nobody changes what seniors decided: without a junior's acts theirs count all the same")
    func seniors() throws {
        for seed in Array(Self.seeds) + Self.found {
            let history = ModelHistory(seed: seed &+ 3_000_000)
            let translation = try ModelTranslation(history.ops)
            let full = MembershipGraph(team: translation.team, events: translation.events)
            var fold = MembershipFold(full)
            fold.run()
            for name in history.persons where name != "F" {
                let person = translation.person(name)
                guard let rank = fold.rank[person] else { continue }
                // The same ids and edges, but what the person wrote says nothing. What a device says
                // of itself stands, whoever passes it on: here a stranger.
                let inert = try translation.events.flatMap { event -> [MembershipEvent] in
                    guard full.person(of: event.device) == person else { return [event] }
                    let silent = MembershipEvent(
                        id: event.id, device: event.device, log: event.log,
                        previous: event.previous, parents: event.parents, lamport: event.lamport,
                        act: .address(person: person, text: "", about: nil))
                    guard !event.act.introduces.isEmpty else { return [silent] }
                    let passedOn = MembershipEvent(
                        id: EventID(Digest(hashing: event.id.bytes).value),
                        device: try ModelTranslation.Keys().key("stranger").publicKey, log: 1,
                        previous: nil, parents: event.parents, lamport: event.lamport,
                        act: event.act)
                    return [silent, passedOn]
                }
                var without = MembershipFold(
                    MembershipGraph(team: translation.team, events: inert))
                without.run()
                for (at, its) in fold.seniority where its < rank {
                    let id = full.event(at).id
                    let there = without.graph.index(of: id).flatMap { without.seniority[$0] }
                    #expect(there == its, "seed \(seed), \(name)")
                }
            }
        }
    }
}

extension ModelHistory {
    /// Writes acts of every kind by an excluded person's devices, each past the last it wrote, or
    /// on a branch that the cut does not name.
    mutating func writeAfterExclusion(_ person: String, _ random: inout Seeded) {
        let devices = devices(of: person)
        guard !devices.isEmpty else { return }
        let invite = ops.first { $0.kind == "invite" }?.id
        let kinds =
            ["grant", "reduce", "invite", "content", "readmit"] + (invite == nil ? [] : ["close"])
        for _ in 0..<6 {
            guard let device = devices.randomElement(using: &random) else { return }
            var op = ModelOp(
                id: "", person: "", device: "", previous: nil, deps: [], lamport: 0,
                kind: kinds[random.below(kinds.count)])
            op.subject = persons[random.below(persons.count)]
            op.lifts = ops.filter { $0.kind == "reduce" }.map(\.id)
            op.devices = [device]
            op.invite = invite ?? ""
            let isBackdated = random.below(2) == 0
            let old = ops.filter { $0.device == device }
            let at = isBackdated ? old.randomElement(using: &random) : nil
            emit(device, op, deps: at.map { [$0.id] }, previous: at.map { .some($0.id) })
        }
    }
}
