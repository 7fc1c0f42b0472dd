import Foundation
import WeKeys
import WeSimulator

/// Runs simulations and prints what came of them.
@main
enum Simulate {
    static func main() {
        guard let options = Options(CommandLine.arguments.dropFirst()) else {
            print(Options.usage)
            exit(64)
        }
        if !options.additions.isEmpty { return add(options.additions) }
        Rehearsal.begin()
        exit(run(options) == 0 ? 0 : 1)
    }

    /// Gives how many seeds broke a promise.
    private static func run(_ options: Options) -> Int {
        let clock = ContinuousClock()
        let start = clock.now
        var board = Scoreboard()
        var failures = 0
        var seed = options.seed
        for _ in 0..<options.seeds {
            guard clock.now - start < .seconds(60 * options.minutes) else { break }
            let simulation = Simulation(SimulationPlan(seed: seed, limits: options.limits))
            if options.isTelling { simulation.tell = { print($0) } }
            let hash = simulation.run()
            board += simulation.score
            if options.isVerbose { print("seed \(seed)  trace \(hash)") }
            if let violation = simulation.violations.first {
                failures += 1
                report(violation, seed, options)
            }
            seed += options.stride
        }
        print(options.isForAdding ? "numbers \(board.numbers)" : board.text)
        return failures
    }

    private static func report(_ violation: Violation, _ seed: UInt64, _ options: Options) {
        print("seed \(seed)  \(violation)")
        var limits = options.limits
        if options.isMinimising {
            var minimiser = Minimiser(seed: seed)
            if let least = minimiser.minimise(limits) { limits = least.limits }
        }
        print("  replay: dev/sim \((["--seed", "\(seed)"] + limits.words).joined(separator: " "))")
        // Whoever stops a long run still sees what it found.
        fflush(nil)
    }

    /// Adds the numbers of several processes up.
    private static func add(_ paths: [String]) {
        var board = Scoreboard()
        for path in paths {
            let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
            for line in text.split(separator: "\n") where line.hasPrefix("numbers ") {
                board += Scoreboard(numbers: String(line.dropFirst(8)))
            }
        }
        print(board.text)
    }
}
