package import WeSync

/// One thing that is to happen.
package struct Step: Sendable {
    /// Its place among the steps that the seed gives, whatever else is left out.
    package let index: Int
    /// When, in simulated milliseconds.
    package let time: Milliseconds
    /// What.
    package let kind: StepKind
}

/// What a run leaves out of what its seed gives, to find the least that still fails.
package struct SimulationLimits: Hashable, Sendable {
    /// The most nodes.
    package var nodesMax: Int?
    /// The number of steps that are looked at.
    package var stepsMax: Int?
    /// Kinds that never happen.
    package var withoutKinds: Set<StepKind> = []
    /// Steps that do not happen.
    package var withoutSteps: Set<Int> = []

    /// Leaves nothing out.
    package init() {}
}

/// What a seed means: a team, its network and everything that happens to it.
package struct SimulationPlan: Sendable {
    package let seed: UInt64
    /// Members, honest and hostile; the first is the founder.
    package let nodeCount: Int
    /// Of them, so many at the end are hostile.
    package let hostileCount: Int
    /// Those who never get an invitation.
    package let strangerCount: Int
    /// Whether attacks go on while the honest must converge.
    package let isHostileToTheEnd: Bool
    /// The attacks that then go on.
    package let lateAttacks: [StepKind]
    /// How long anything may fail.
    package let safetyMilliseconds: Milliseconds
    /// How long honest nodes may then take to become the same.
    package let livenessMilliseconds: Milliseconds
    /// The steps, in order of time.
    package internal(set) var steps: [Step]
    /// Delay of a link one way, in milliseconds.
    package let delay: ClosedRange<Int>
    /// Bytes a millisecond on a link.
    package let rate: ClosedRange<Int>
    /// How often of a hundred times bytes are cut into pieces.
    package let cutPercent: Int
    /// How long a store takes for a batch, in milliseconds.
    package let storeDelay: ClosedRange<Int>
    /// Between two dials of a node while anything may fail, in milliseconds.
    package let dialInterval: ClosedRange<Int>
    /// Whether some of the honest have their replica on a disk that fails.
    package let hasDisks: Bool
    /// Whether an exclusion takes two moderators.
    package let needsSecondModerator: Bool
    /// Whether a recovery council was named.
    package let hasCouncil: Bool
    /// Whether people decide about each other.
    package let hasSafety: Bool
    /// Whether clocks are off.
    package let areClocksWrong: Bool
    /// Whether people attach files.
    package let hasFiles: Bool

    /// Derives everything from a seed.
    package init(seed: UInt64, limits: SimulationLimits = SimulationLimits()) {
        var random = SimulatedRandom(seed: seed)
        self.seed = seed
        let size = random.below(1_000)
        let planned =
            switch size {
            case ..<820: random.within(2...4)
            case ..<980: random.within(5...8)
            case ..<999: random.within(9...16)
            default: random.within(17...50)
            }
        nodeCount = max(2, min(planned, limits.nodesMax ?? planned))
        let hostile = random.chance(55) ? 1 + random.below(max(1, planned / 2)) : 0
        hostileCount = max(0, min(hostile, nodeCount - 2))
        strangerCount = random.chance(30) ? 1 : 0
        isHostileToTheEnd = random.chance(50)
        let kinds = StepKind.weighted(.member)
        let lateCount = isHostileToTheEnd && hostileCount > 0 ? random.below(8) : 0
        // A stream of its own: what else a seed means does not depend on files.
        var fileRandom = SimulatedRandom(seed: seed, stream: 3)
        hasFiles = fileRandom.chance(10)
        let fileKinds = StepKind.weighted(.fileMember)
        let fileCount = hasFiles && lateCount > 0 ? fileRandom.below(4) : 0
        lateAttacks =
            ((0..<lateCount).compactMap { _ in random.pick(kinds) }
            + (0..<fileCount).compactMap { _ in fileRandom.pick(fileKinds) })
            .filter { !limits.withoutKinds.contains($0) }
        safetyMilliseconds = Milliseconds(random.within(20_000...180_000))
        livenessMilliseconds = 600_000
        delay = random.chance(80) ? 0...random.within(1...40) : 20...random.within(100...3_000)
        rate = random.chance(80) ? 5_000...50_000 : 2...random.within(20...400)
        cutPercent = random.chance(50) ? 10 : random.below(100)
        storeDelay = random.chance(80) ? 0...10 : 0...random.within(50...4_000)
        let interval = random.within(8_000...40_000)
        dialInterval = (interval / 2)...(interval * 2)
        areClocksWrong = random.chance(40)
        hasDisks = random.chance(15)
        needsSecondModerator = random.chance(15)
        hasCouncil = random.chance(25)
        hasSafety = random.chance(60)
        var sources: [StepKind.Source: Int] = [.people: 52, .network: 14, .node: 8]
        sources[.member] = hostileCount > 0 ? 10 : 0
        sources[.stranger] = strangerCount > 0 ? 4 : 0
        sources[.disk] = hasDisks ? 8 : 0
        sources[.safety] = hasSafety ? 20 : 0
        sources[.rogue] = hasSafety && hostileCount > 0 ? 3 : 0
        if random.chance(15) { sources = sources.filter { $0.key != .network && $0.key != .node } }
        let count = random.within(8...36) + (random.chance(8) ? random.below(140) : 0)
        let span = Int(safetyMilliseconds)
        var all = SimulationPlan.steps(0..<count, span: span, sources, &random)
        if hasFiles {
            let first = SimulationPlan.firstFileStep
            let count = first + fileRandom.within(4...16)
            let sources: [StepKind.Source: Int] = [
                .files: 60, .fileNode: 12, .fileMember: hostileCount > 0 ? 25 : 0,
            ]
            all += SimulationPlan.steps(first..<count, span: span, sources, &fileRandom)
        }
        all.removeAll {
            limits.withoutKinds.contains($0.kind) || limits.withoutSteps.contains($0.index)
                || $0.index >= limits.stepsMax ?? .max
        }
        steps = all.sorted { ($0.time, $0.index) < ($1.time, $1.index) }
    }

    /// Steps with files come after all others, whose places stay what they are without.
    private static let firstFileStep = 1_000

    private static func steps(
        _ indices: Range<Int>, span: Int, _ sources: [StepKind.Source: Int],
        _ random: inout SimulatedRandom
    ) -> [Step] {
        let shares = StepKind.Source.allCases.map { ($0, sources[$0, default: 0]) }
        let total = shares.reduce(0) { $0 + $1.1 }
        var steps: [Step] = []
        for index in indices {
            let time = Milliseconds(random.below(span))
            var roll = random.below(total)
            let choice = random.next()
            var source = StepKind.Source.people
            for (one, share) in shares {
                source = one
                roll -= share
                if roll < 0 { break }
            }
            let all = StepKind.weighted(source)
            guard !all.isEmpty else { continue }
            steps.append(
                Step(index: index, time: time, kind: all[Int(choice % UInt64(all.count))]))
        }
        return steps
    }
}

// MARK: - As words

extension SimulationLimits {
    /// The words that give these limits to `simulate`.
    package var words: [String] {
        var words: [String] = []
        if let nodesMax { words += ["--nodes", "\(nodesMax)"] }
        if let stepsMax { words += ["--steps", "\(stepsMax)"] }
        if !withoutKinds.isEmpty {
            words += [
                "--without", withoutKinds.sorted().map(\.rawValue).joined(separator: ","),
            ]
        }
        if !withoutSteps.isEmpty {
            words += [
                "--skip", withoutSteps.sorted().map(String.init).joined(separator: ","),
            ]
        }
        return words
    }

    /// Reads a pair of words into these limits; `false` when it is none of theirs.
    package mutating func take(_ option: String, _ value: String) -> Bool {
        switch option {
        case "--nodes":
            guard let count = Int(value) else { return false }
            nodesMax = count
        case "--steps":
            guard let count = Int(value) else { return false }
            stepsMax = count
        case "--without":
            let kinds = value.split(separator: ",").map { StepKind(rawValue: String($0)) }
            guard !kinds.contains(nil) else { return false }
            withoutKinds = Set(kinds.compactMap { $0 })
        case "--skip":
            let steps = value.split(separator: ",").map { Int($0) }
            guard !steps.contains(nil) else { return false }
            withoutSteps = Set(steps.compactMap { $0 })
        default:
            return false
        }
        return true
    }
}
