/// Looks for the least of a seed that still breaks the same promise.
package struct Minimiser {
    /// How many runs it may cost.
    package let runsMax: Int
    private let seed: UInt64
    private let planted: PlantedFault?
    private var runs = 0

    /// Prepares to minimise a seed.
    package init(seed: UInt64, runsMax: Int = 200, planted: PlantedFault? = nil) {
        self.seed = seed
        self.runsMax = runsMax
        self.planted = planted
    }

    /// Limits under which the seed breaks the promise that it breaks under `limits`, and how; `nil`
    /// when it breaks none.
    package mutating func minimise(
        _ limits: SimulationLimits
    ) -> (limits: SimulationLimits, violation: Violation)? {
        guard var found = violation(limits) else { return nil }
        let invariant = found.invariant
        var least = limits
        func isWorth(_ violation: Violation?) -> Bool { violation?.invariant == invariant }
        /// Keeps a change that still fails.
        func attempt(_ change: (inout SimulationLimits) -> Void) -> Bool {
            guard runs < runsMax else { return false }
            var next = least
            change(&next)
            guard next != least, let violation = violation(next), isWorth(violation) else {
                return false
            }
            least = next
            found = violation
            return true
        }
        // The end of the steps first, by halves; then nodes, then kinds, then single steps.
        let plan = SimulationPlan(seed: seed, limits: limits)
        var low = 0
        var high = (plan.steps.map(\.index).max() ?? 0) + 1
        while low < high {
            let middle = (low + high) / 2
            if attempt({ $0.stepsMax = middle }) { high = middle } else { low = middle + 1 }
        }
        for count in 2..<max(2, plan.nodeCount) {
            if attempt({ $0.nodesMax = count }) { break }
        }
        for kind in Set(SimulationPlan(seed: seed, limits: least).steps.map(\.kind)).sorted() {
            _ = attempt { $0.withoutKinds.insert(kind) }
        }
        for step in SimulationPlan(seed: seed, limits: least).steps.reversed() {
            _ = attempt { $0.withoutSteps.insert(step.index) }
        }
        return (least, found)
    }

    private mutating func violation(_ limits: SimulationLimits) -> Violation? {
        runs += 1
        let simulation = Simulation(
            SimulationPlan(seed: seed, limits: limits), planted: planted)
        _ = simulation.run()
        return simulation.violations.first
    }
}
