import Foundation
import WeSimulator

/// Runs simulations and prints the scoreboard.
@main
enum Simulate {
    static func main() {
        guard let options = Options(CommandLine.arguments.dropFirst()) else {
            print(Options.usage)
            exit(64)
        }
        let clock = ContinuousClock()
        let start = clock.now
        var board = Scoreboard()
        var failures: [UInt64] = []
        var seed = options.seed
        for _ in 0..<options.seeds {
            guard clock.now - start < .seconds(60 * options.minutes) else { break }
            let simulation = Simulation(SimulationPlan(seed: seed, limits: options.limits))
            let hash = simulation.run()
            board += simulation.score
            if options.isVerbose { print("seed \(seed)  trace \(hash)") }
            if let violation = simulation.violations.first {
                failures.append(seed)
                print("seed \(seed)  \(violation)")
                print("  replay: dev/sim --replay \((options.words(seed)).joined(separator: " "))")
            }
            seed += options.stride
        }
        print(board, clock.now - start, failures.count)
        exit(failures.isEmpty ? 0 : 1)
    }
}
