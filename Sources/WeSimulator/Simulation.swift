import Synchronization
package import WeData
import WeKeys
import WeLog
import WeReplica
import WeSync

/// A team that lives through what one seed gives, in one thread and in simulated time.
///
/// First anything may fail; then faults stop, and honest nodes that are connected must become the
/// same. Nothing depends on the system's clock, randomness or hash tables: the same plan gives the
/// same trace.
package final class Simulation {
    package let plan: SimulationPlan
    /// What it did.
    package internal(set) var score = Scoreboard()
    /// The promises that were broken, the first one first.
    package private(set) var violations: [Violation] = []
    /// Receives what the run came to, in words; `nil` when nobody asks.
    package var tell: ((String) -> Void)?
    /// A fault of the product that a test plants, to see that the checks find it.
    let planted: PlantedFault?

    private(set) var now: Milliseconds = 0
    private var queue = EventQueue()
    let network: SimulatedNetwork
    private var trace = Blake2bHasher(label: "weonomy simulation trace")
    private var lastID = 0
    private var happened = 0

    /// All nodes but strangers, those of clones at the end.
    var nodes: [SimulatedNode] = [] {
        didSet { findings = nil }
    }
    var strangers: [SimulatedNode] = []
    var hostilePeers: [HostilePeer] = []
    /// What diallers said at the beginning of connections that a stranger overheard.
    var overheard: [[UInt8]] = []
    var truth = Truth()
    /// Objects that ever named files, and what the last attached to each was.
    var fileItems: [ObjectID] = []
    var attached: [ObjectID: FileID] = [:]
    /// What every file really holds.
    var contents: [FileID: FileContent] = [:]
    /// What all honest nodes make of the team, and those of them that are in it.
    var unitedAll = UnitedTeam()
    var unitedInside = UnitedTeam()
    /// What was found out about all nodes together; whatever changes one of them takes it away.
    var findings: Findings?
    /// Who is being kept connected.
    var connected: [Int] = []
    var random: SimulatedRandom
    private(set) var isSafe = false
    private var isDone = false
    private var livenessStart: Milliseconds = 0
    /// Bytes that honest nodes exchanged, to see that they fall silent.
    private var quietBytes: Int?

    /// Things that happen in one run at most: more means that something goes round in circles.
    private static let happeningsMax = 4_000_000
    /// An empty replica in memory; copying it costs less than making its tables again.
    private static let template = Result {
        try Replica(path: nil, create: true, describe: describe)
    }

    /// Prepares a run.
    package init(_ plan: SimulationPlan, planted: PlantedFault? = nil) {
        self.plan = plan
        self.planted = planted
        network = SimulatedNetwork(SimulatedRandom(seed: plan.seed, stream: 1))
        random = SimulatedRandom(seed: plan.seed, stream: 2)
    }

    @Sendable static func describe(_ object: ObjectID, _ record: Record) -> SearchDocument? {
        SearchDocument(title: record["title"]?.text ?? "", body: "", facets: [])
    }

    /// Replicas in memory of what has ended, to begin with again.
    private static let spare = Mutex<[Replica]>([])
    private static let spareMax = 64

    static func replica() throws -> Replica {
        if let old = spare.withLock({ $0.popLast() }) { return try Replica(emptying: old) }
        return try Replica(copying: template.get())
    }

    /// Takes a replica in memory that nobody uses any more.
    static func takeBack(_ replica: Replica) {
        spare.withLock { if $0.count < spareMax { $0.append(replica) } }
    }

    // MARK: - Running

    /// Runs all of it; gives the hash of everything that was delivered, done and found.
    package func run() -> Digest {
        score.seeds = 1
        do { try found() } catch { violate(.soundStore, "no team could be founded: \(error)") }
        for step in plan.steps {
            schedule(at: Simulation.foundingMilliseconds + step.time) { [self] in
                var random = SimulatedRandom(
                    seed: plan.seed, stream: 0x10_0000 + UInt64(step.index))
                perform(step.kind, &random)
            }
        }
        schedule(at: Simulation.foundingMilliseconds + plan.safetyMilliseconds) { [self] in
            beginLiveness()
        }
        while !isDone, let next = queue.next() {
            now = max(now, next.time)
            happened += 1
            next.action()
            if happened > Simulation.happeningsMax {
                violate(.noSpinning, "more than \(Simulation.happeningsMax) things happened")
                break
            }
        }
        queue.removeAll()
        tell?(story())
        score.simulatedMilliseconds = now
        score.nodes = nodes.count + strangers.count
        // Nodes and connections know each other, so none would ever go away by itself.
        for node in nodes + strangers {
            if let disk = node.disk { addFaults(of: disk) }
            node.restart()
            if node.disk == nil { Simulation.takeBack(node.replica) }
        }
        (nodes, strangers, hostilePeers) = ([], [], [])
        queue.removeAll()
        return finishedTrace()
    }

    func schedule(at time: Milliseconds, _ action: @escaping () -> Void) {
        queue.schedule(at: max(time, now), action)
    }

    func nextID() -> Int {
        lastID += 1
        return lastID
    }

    // MARK: - Trace

    func traced(pipe: Int, _ bytes: [UInt8], isEnd: Bool) {
        traced([1, now, Int64(pipe), isEnd ? 1 : 0, Int64(bytes.count)])
        trace.update(bytes)
        score.bytes += bytes.count
        if overheard.count < 64, pipe.isMultiple(of: 2), bytes.count < 2_048 {
            overheard.append(bytes)
        }
    }

    private func traced(_ numbers: [Int64]) {
        var writer = Writer(capacity: 48)
        for number in numbers { writer.int(number) }
        trace.update(writer.take())
    }

    /// A step had its effect.
    func fired(_ kind: StepKind) {
        score.fired[kind, default: 0] += 1
        traced([2, now])
        trace.update(Array(kind.rawValue.utf8))
    }

    private func finishedTrace() -> Digest {
        var whole = Blake2bHasher(label: "")
        swap(&whole, &trace)
        return Digest(whole.finish())
    }

    // MARK: - Promises

    func violate(_ invariant: Violation.Invariant, _ detail: String) {
        let violation = Violation(invariant, detail)
        traced([3, now])
        trace.update(Array(violation.description.utf8))
        if violations.count < 20 { violations.append(violation) }
    }

    func checkMemory(of node: SimulatedNode, pendingBytes: Int, outputBytes: Int) {
        guard !node.isHostile else { return }
        if pendingBytes > SyncLimit.pendingBytesMax {
            violate(.boundedMemory, "\(node.name) holds \(pendingBytes) bytes that wait")
        }
        if outputBytes > 3 * SyncLimit.messageBytesMax {
            violate(.boundedMemory, "\(node.name) holds \(outputBytes) bytes to send")
        }
    }

    func sessionEnded(
        _ error: SyncError?, of node: SimulatedNode, with peer: SimulatedNode, isHonest: Bool,
        isJoining: Bool, lie: StepKind? = nil
    ) {
        guard !node.isHostile else { return }
        if case .store = error, node.disk != nil, node.isDiskTroubled {
            return node.recoverSoon()
        }
        if let error, let lie, error.isPeersFault {
            violate(.noBlame, "\(node.name) ended a session for \(lie): \(error)")
        }
        let name = error.map { String("\($0)".prefix { $0 != "(" }) } ?? "in order"
        score.ends[name, default: 0] += 1
        node.heard(error, withCode: isJoining)
        traced([4, now, Int64(error?.code ?? 0), Int64(node.index), Int64(peer.index)])
        guard isHonest, let error, Simulation.isBlame(error) else { return }
        // A peer whose disk fails says so.
        if case .refused(13, _) = error, peer.disk != nil { return }
        violate(.noBlame, "\(node.name) ended a session with \(peer.name): \(error)")
    }

    private static func isBlame(_ error: SyncError) -> Bool {
        switch error {
        case .refused(let code, _): (3...9).contains(code) || (13...15).contains(code)
        case .store, .keys, .notConverging: true
        default: error.isPeersFault
        }
    }

    // MARK: - Liveness

    /// Faults stop; from here on the honest must become the same.
    private func beginLiveness() {
        isSafe = true
        livenessStart = now
        network.heal()
        for link in network.openLinks { link.cut(telling: [0, 1]) }
        for node in nodes {
            node.slowness = 0
            node.healDisk()
        }
        healFiles()
        for (place, kind) in plan.lateAttacks.enumerated() {
            schedule(at: now + Milliseconds(1_500 * place)) { [self] in
                var random = SimulatedRandom(seed: plan.seed, stream: 0x20_0000 + UInt64(place))
                perform(kind, &random)
            }
        }
        plantAtLiveness()
        keepConnected()
        schedule(at: now + 1_000) { [self] in checkLiveness() }
    }

    private func checkLiveness() {
        if let quiet = quietBytes { return finish(quietBytes: quiet) }
        let eventDifference = difference()
        let difference = eventDifference ?? fileLacking()
        if expected.map(\.index) != connected { keepConnected() }
        // Those who stand side by side may hold each other for put out, and meet someone else.
        if eventDifference != nil, now - livenessStart > 30_000, let one = random.pick(expected),
            let other = random.pick(expected)
        {
            dial(from: one, to: other, isLive: true)
        }
        guard let difference else {
            score.convergenceMillisecondsMax = now - livenessStart
            // Whoever never gets through a handshake, or in, goes on dialling, and who was put out
            // is told so each time (Protocol.md 11.2), hostile or not.
            let team = united
            let isQuiet =
                !truth.hasClones && plan.lateAttacks.isEmpty && plan.delay.upperBound <= 500
                && nodes.allSatisfy {
                    $0.isIn && team?.isActive($0.signing.publicKey) ?? false
                }
            guard isQuiet, random.chance(25) || planted == .chatter else {
                return finish(quietBytes: nil)
            }
            // Words that are on their way still arrive, and dials that are.
            schedule(at: now + 90_000) { [self] in
                quietBytes = score.bytes
                plantAtRest()
                schedule(at: now + 20_000) { [self] in checkLiveness() }
            }
            return
        }
        guard now - livenessStart < plan.livenessMilliseconds else {
            violate(difference.invariant, difference.detail)
            return finish(quietBytes: nil)
        }
        let pause = now - livenessStart > 30_000 ? 5_000 : 500 as Milliseconds
        schedule(at: now + pause) { [self] in checkLiveness() }
    }

    private func finish(quietBytes: Int?) {
        isDone = true
        if let quietBytes {
            // Each end says that it is still there every ten seconds.
            let connections = nodes.reduce(0) { $0 + $1.connections.count }
            let allowed = connections * 3 * 64
            if score.bytes - quietBytes > allowed {
                violate(
                    .noSpinning,
                    "\(score.bytes - quietBytes) bytes in 20 s of rest on \(connections) ends")
            }
        }
        // Whatever may have changed unnoticed.
        findings = nil
        checkOutcome()
        traced(outcome: honest)
    }

    private func traced(outcome nodes: [SimulatedNode]) {
        for node in nodes {
            if let digest = try? node.replica.digest() { trace.update(digest.bytes) }
        }
    }
}
