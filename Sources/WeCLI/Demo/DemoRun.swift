import Weonomy

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The demo while it runs: three laptops, and what became of them.
struct DemoRun {
    /// What went over the wire between two laptops.
    struct Meeting: Sendable {
        let visitor: String
        let host: String
        let received: Int
        let sent: Int
        let bytes: Int
        let roundTrips: Int
        let milliseconds: Int
    }

    /// What someone did alone.
    struct Deeds: Sendable {
        var notes = 0
        var skipped = 0
        /// Who gave their notes along, and how many.
        var guests: [(name: String, count: Int)] = []
        var offers: [String] = []
        var questions = 0
        var answers = 0
        var reactions = 0
        var checks = 0
        var edits = 0
        /// What they know most about, with how many notes.
        var topic: (name: String, count: Int)?
    }

    let context: Context
    let team: DemoTeam
    let plan: DemoPlan
    let isEmbedded: Bool
    let laptops: [DemoLaptop]

    var meetings: [Meeting] = []
    /// The ids of what came with the program, by its slug.
    var ids: [String: String] = [:]

    private static let roundsMax = 4

    init(
        context: Context, team: DemoTeam, plan: DemoPlan, folder: String, isEmbedded: Bool
    ) throws(Failure) {
        self.context = context
        self.team = team
        self.plan = plan
        self.isEmbedded = isEmbedded
        let machine = try DemoMachine(environment: context.environment)
        laptops = team.people.prefix(3).map { person in
            let word = person.name.prefix { $0 != " " }.lowercased()
            return DemoLaptop(
                word: word, name: person.name, home: "\(folder)/\(word)", machine: machine)
        }
        guard laptops.count == 3 else { throw Failure(.failure, "not-built", .demoCannotStart) }
    }

    var anna: DemoLaptop { laptops[0] }

    /// Ends all processes.
    func end() { anna.machine.group.end() }

    // MARK: - Becoming a team

    /// One founds the team, the others join with an invitation.
    func found() async throws(Failure) {
        let progress = context.progress(.demoJoining)
        defer { progress.finish() }
        let words = ["init", "--name", anna.name, "--team", team.team]
        let _: DemoAnswer.Nothing = try await anna.run(words)
        let invitation = try await anna.run(
            ["invite", "--uses", "2"], as: DemoAnswer.Invitation.self)
        let door = try await anna.listen()
        for (done, laptop) in laptops.dropFirst().enumerated() {
            progress.update(done + 1, of: 3)
            let words = ["join", door.address, "--name", laptop.name, "--code-file", "-"]
            let _: DemoAnswer.Nothing = try await laptop.run(words, input: invitation.code ?? "")
        }
        await door.close()
    }

    // MARK: - Meeting

    /// All come to the first laptop until everyone has everything, and go again.
    mutating func meet() async throws(Failure) -> [Meeting] {
        let progress = context.progress(.demoMeeting)
        defer { progress.finish() }
        let door = try await anna.listen()
        let start = meetings.count
        var digests = ["", "", ""]
        rounds: for round in 0..<DemoRun.roundsMax {
            // The first visitor comes again for what the last one brought.
            for visitor in round % 2 == 0 ? [1, 2] : [1] {
                progress.update(meetings.count - start, of: 3)
                let started = context.screen.ticks()
                let sync = try await laptops[visitor].run(
                    ["sync", door.address], as: DemoAnswer.Sync.self)
                digests[visitor] = sync.digest
                let milliseconds = Int(context.screen.ticks() - started)
                for peer in sync.peers {
                    meetings.append(
                        Meeting(
                            visitor: laptops[visitor].firstName, host: anna.firstName,
                            received: peer.received, sent: peer.sent,
                            bytes: peer.bytes_received + peer.bytes_sent,
                            roundTrips: peer.round_trips, milliseconds: milliseconds))
                }
            }
            digests[0] = try await anna.run(["status"], as: DemoAnswer.Status.self).digest
            if Set(digests).count == 1 { break rounds }
        }
        await door.close()
        return Array(meetings[start...])
    }

    // MARK: - Many at once

    /// Does something on every laptop at the same time.
    func onEach<Result: Sendable>(
        _ work: @escaping @Sendable (Int, DemoLaptop) async throws(Failure) -> Result
    ) async throws(Failure) -> [Result] {
        let results = await withTaskGroup(of: (Int, Swift.Result<Result, Failure>).self) { group in
            for (index, laptop) in laptops.enumerated() {
                group.addTask {
                    do throws(Failure) {
                        return (index, .success(try await work(index, laptop)))
                    } catch {
                        return (index, .failure(error))
                    }
                }
            }
            var results: [(Int, Swift.Result<Result, Failure>)] = []
            for await result in group { results.append(result) }
            return results.sorted { $0.0 < $1.0 }
        }
        var values: [Result] = []
        for (_, result) in results { values.append(try result.get()) }
        return values
    }
}
