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

    @Test("a few hundred seeds keep every promise", arguments: 0..<4 as Range<UInt64>)
    func smoke(part: UInt64) {
        var board = Scoreboard()
        for seed in (part * 15)..<((part + 1) * 15) {
            let simulation = Simulation(SimulationPlan(seed: 5_000 + seed))
            _ = simulation.run()
            board += simulation.score
            #expect(simulation.violations.isEmpty, "seed \(5_000 + seed)")
        }
        #expect(board.syncedSessions > 100)
        #expect(board.events > 100)
    }

    @Test("every kind of step has its effect somewhere")
    func everyKindFires() {
        let kinds = StepKind.allCases.filter { $0.weight > 0 }
        var board = Scoreboard()
        for seed in 20_000..<20_250 as Range<UInt64> {
            let simulation = Simulation(SimulationPlan(seed: seed))
            _ = simulation.run()
            board += simulation.score
            if kinds.allSatisfy({ board.fired[$0, default: 0] > 0 }) { return }
        }
        for kind in kinds { #expect(board.fired[kind, default: 0] > 0, "\(kind)") }
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
