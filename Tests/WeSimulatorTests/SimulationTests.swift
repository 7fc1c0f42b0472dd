import Foundation
import Testing
import WeData

@testable import WeSimulator

@Suite("Simulations")
struct SimulationTests {
    @Test("the same seed gives the same trace, another seed another one")
    func sameTrace() {
        for seed in 1...8 as ClosedRange<UInt64> {
            let plan = SimulationPlan(seed: seed)
            let first = Simulation(plan).run()
            #expect(Simulation(plan).run() == first, "seed \(seed)")
            #expect(Simulation(SimulationPlan(seed: seed + 1_000)).run() != first, "seed \(seed)")
        }
    }

    /// Swift seeds its hash tables anew in each process, so only another process shows whether
    /// their order leaks into what is sent.
    @Test("another process gives the same traces")
    func sameTraceInAnotherProcess() throws {
        let folder = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        let candidates = [folder, Bundle.main.bundleURL, folder.deletingLastPathComponent()]
        let program = try #require(
            candidates.map { $0.appending(path: "simulate") }.first {
                FileManager.default.isExecutableFile(atPath: $0.path)
            })
        let seeds = 12
        let ours = (1...UInt64(seeds)).map { seed in
            "seed \(seed)  trace \(Simulation(SimulationPlan(seed: seed)).run())"
        }
        let process = Process()
        process.executableURL = program
        process.arguments = ["--seed", "1", "--seeds", "\(seeds)", "--print", "trace"]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = String(
            decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let theirs = output.split(separator: "\n").map(String.init).filter { $0.contains("trace") }
        #expect(theirs == ours)
    }

    /// Failing disks have tests and a harness of their own; together with everything else they are
    /// for the long runs of `dev/sim`.
    @Test("some dozens of seeds keep every promise", arguments: 0..<4 as Range<UInt64>)
    func smoke(part: UInt64) {
        var board = Scoreboard()
        var limits = SimulationLimits()
        limits.withoutKinds = Set(StepKind.allCases.filter { $0.source == .disk })
        for seed in (part * 12)..<((part + 1) * 12) {
            let simulation = Simulation(SimulationPlan(seed: 5_000 + seed, limits: limits))
            _ = simulation.run()
            board += simulation.score
            #expect(simulation.violations.isEmpty, "seed \(5_000 + seed)")
        }
        #expect(board.syncedSessions > 100)
        #expect(board.events > 100)
    }

    @Test("every kind of step has its effect somewhere")
    func everyKindFires() {
        var missing = Set(StepKind.allCases.filter { $0.source != .safety })
        let plans = (20_000..<40_000 as Range<UInt64>).lazy.map { SimulationPlan(seed: $0) }
            .filter { $0.nodeCount < 6 && $0.steps.count < 50 }
        for plan in plans {
            // Only what may show something new is run.
            guard Set(plan.steps.map(\.kind)).intersection(missing).count > missing.count / 8 else {
                continue
            }
            let simulation = Simulation(plan)
            _ = simulation.run()
            #expect(simulation.violations.isEmpty, "seed \(plan.seed)")
            missing.subtract(simulation.score.fired.keys)
            if missing.isEmpty { return }
        }
        Issue.record("without effect: \(missing.sorted())")
    }

    @Test("what people decide about each other has its effect")
    func everyDecisionFires() {
        let kinds = StepKind.allCases.filter { $0.source == .safety } + [.grant, .create]
        // Who leaves is rarely one whom the plan still needs: the commands' tests have it.
        var missing = Set(kinds).subtracting([.leave])
        let plans = (50_000..<60_000 as Range<UInt64>).lazy.map { SimulationPlan(seed: $0) }
            .filter {
                (5...7).contains($0.nodeCount) && $0.hostileCount > 0 && $0.hasCouncil
                    && $0.safetyMilliseconds > 95_000
            }
        for var plan in plans.prefix(16) {
            var random = SimulatedRandom(seed: plan.seed)
            let order = (0..<4).flatMap { _ in
                kinds.filter { $0 != .leave && $0 != .council }.shuffled(using: &random)
            }
            plan.steps = (order + [.council, .leave, .leave]).enumerated().map { index, kind in
                Step(index: index, time: 4_000 + Int64(index) * 1_500, kind: kind)
            }
            let simulation = Simulation(plan)
            _ = simulation.run()
            #expect(simulation.violations.isEmpty, "seed \(plan.seed)")
            missing.subtract(simulation.score.fired.keys)
            if missing.isEmpty { return }
        }
        Issue.record("without effect: \(missing.sorted())")
    }

    @Test("seeds that failed once are kept and do not fail again")
    func regressions() throws {
        let file = try #require(Bundle.module.url(forResource: "regressions", withExtension: nil))
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        #expect(lines.first?.hasPrefix("#") == true)
        for line in lines where !line.hasPrefix("#") {
            var words = line.split(separator: "#")[0].split(separator: " ").map(String.init)[...]
            var seed: UInt64?
            var limits = SimulationLimits()
            while let option = words.popFirst(), let value = words.popFirst() {
                if option == "--seed" {
                    seed = UInt64(value)
                } else {
                    let isKnown = limits.take(option, value)
                    #expect(isKnown, "\(line)")
                }
            }
            let simulation = Simulation(
                SimulationPlan(seed: try #require(seed), limits: limits))
            _ = simulation.run()
            #expect(simulation.violations.isEmpty, "\(line)")
        }
    }

    @Test("limits come back from their words")
    func limitsAsWords() {
        var limits = SimulationLimits()
        limits.nodesMax = 3
        limits.stepsMax = 17
        limits.withoutKinds = [.cut, .clone]
        limits.withoutSteps = [4, 9]
        var back = SimulationLimits()
        let words = limits.words
        for place in stride(from: 0, to: words.count, by: 2) {
            let isKnown = back.take(words[place], words[place + 1])
            #expect(isKnown)
        }
        #expect(back == limits)
        let isTaken = back.take("--without", "nothing")
        #expect(!isTaken)
    }

    @Test("the scoreboard comes back from its numbers")
    func scoreboardAsNumbers() {
        let simulation = Simulation(SimulationPlan(seed: 3))
        _ = simulation.run()
        let board = simulation.score
        #expect(Scoreboard(numbers: board.numbers).text == board.text)
        #expect(board.text.contains("seeds      1"))
    }
}
