import Testing

@testable import WeSimulator

/// A check that never complains proves nothing: each is shown a fault that it must find.
@Suite("Planted faults")
struct PlantedFaultTests {
    @Test(
        "a planted fault is found, by the promise that it breaks", arguments: PlantedFault.allCases)
    func isFound(_ fault: PlantedFault) {
        let needed: [PlantedFault: StepKind] = [
            .laterEffect: .excludeSince, .forgottenFile: .attach, .wrongByte: .attach,
            .keptFile: .eraseItem, .trustedLiar: .wrongChunk,
            .firstSize: .misnameFile,
        ]
        let plans = (1...6_000 as ClosedRange<UInt64>).lazy.map { SimulationPlan(seed: $0) }.filter
        {
            plan in
            needed[fault].map { kind in
                plan.nodeCount < 5 && plan.steps.contains { $0.kind == kind }
            } ?? true
        }
        for plan in plans.prefix(60) {
            let seed = plan.seed
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
        let seed = try #require(
            (1...60 as ClosedRange<UInt64>).first { seed in
                let plan = SimulationPlan(seed: seed)
                guard plan.nodeCount > 2, plan.steps.count < 40 else { return false }
                let simulation = Simulation(plan, planted: .blame)
                _ = simulation.run()
                return simulation.violations.first?.invariant == .noBlame
            })
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
