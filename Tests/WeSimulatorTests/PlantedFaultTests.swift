import Testing

@testable import WeSimulator

/// A check that never complains proves nothing: each is shown a fault that it must find.
@Suite("Planted faults")
struct PlantedFaultTests {
    @Test(
        "a planted fault is found, by the promise that it breaks", arguments: PlantedFault.allCases)
    func isFound(_ fault: PlantedFault) {
        for seed in 1...60 as ClosedRange<UInt64> {
            let plan = SimulationPlan(seed: seed)
            let simulation = Simulation(plan, planted: fault)
            _ = simulation.run()
            let broken = simulation.violations.map(\.invariant)
            guard broken.contains(fault.invariant) else { continue }
            let sound = Simulation(plan)
            _ = sound.run()
            #expect(sound.violations.isEmpty, "seed \(seed)")
            return
        }
        Issue.record("\(fault) was never found")
    }

    @Test("a failing seed is made smaller and still breaks the same promise")
    func minimised() throws {
        let seed: UInt64 = 8
        var minimiser = Minimiser(seed: seed, runsMax: 60, planted: .blame)
        let found = minimiser.minimise(SimulationLimits())
        let least = try #require(found)
        #expect(least.violation.invariant == .noBlame)
        let before = SimulationPlan(seed: seed)
        let after = SimulationPlan(seed: seed, limits: least.limits)
        #expect(after.nodeCount == 2)
        #expect(after.steps.count < before.steps.count)
    }

    @Test("a seed that breaks no promise has nothing to minimise")
    func nothingToMinimise() {
        var minimiser = Minimiser(seed: 1)
        let found = minimiser.minimise(SimulationLimits())
        #expect(found == nil)
    }
}
