import WeData
import WeKeys
import WeLog
import WeReplica
import WeSync

/// One session over one simulated connection: obeys the session as a socket's driver does.
final class SimulatedConnection: Wire {
    private enum Phase {
        /// The session runs.
        case open
        /// The session is over; its last words are on their way.
        case flushing
        /// All is sent; the other side's end is awaited.
        case lingering
        /// The connection is gone.
        case closed
    }

    let id: Int
    let role: SessionRole
    /// Which node is at the other end.
    let peer: SimulatedNode
    /// The lie about files that the other end is here for.
    var lie: StepKind?
    /// Whether the other end runs a real session of an honest node.
    let isPeerHonest: Bool
    private(set) var isEstablished = false
    private(set) var establishedAt: Milliseconds = 0
    let begunAt: Milliseconds
    private(set) var device: DeviceKey?
    private(set) var isSynced = false
    private var session: Session
    private var phase = Phase.open
    private unowned let node: SimulatedNode
    private unowned let simulation: Simulation
    /// Whether this end comes with an invitation.
    private let isJoining: Bool
    private let link: Link
    private let end: Int

    private var output: [[UInt8]] = []
    private var outputBytes = 0
    /// The session has said that it has nothing more, and has heard nothing since.
    private var isDry = false
    private var isInputOver = false
    private var ingests: [Ingest] = []
    private var ingestNumber = 0
    private var timerDue: Milliseconds?
    private let halfOpenUntil: Milliseconds
    private var closingUntil: Milliseconds = 0

    private struct Ingest {
        let number: Int
        var result: Result<IngestReport, StoreFault>?
    }

    private static let outputBytesMax = 256 << 10
    private static let halfOpenMilliseconds: Milliseconds = 15_000
    private static let closingMilliseconds: Milliseconds = 2_000

    init(
        id: Int, node: SimulatedNode, peer: SimulatedNode, isPeerHonest: Bool, isJoining: Bool,
        link: Link, end: Int, session: consuming Session
    ) {
        self.id = id
        self.node = node
        self.peer = peer
        self.isPeerHonest = isPeerHonest
        self.isJoining = isJoining
        self.link = link
        self.end = end
        self.session = session
        simulation = node.simulation
        role = end == 0 ? .initiator : .responder
        begunAt = node.simulation.now
        halfOpenUntil = node.simulation.now + SimulatedConnection.halfOpenMilliseconds
    }

    var isOpen: Bool { phase == .open }
    var isClosing: Bool { phase != .open }

    func start() {
        obey(session.start(now: simulation.now))
        settle()
    }

    // MARK: - Wire

    var isReadingPaused: Bool { phase == .open && session.isReadingPaused }

    func received(_ bytes: [UInt8]) {
        guard phase != .closed, !isInputOver else { return }
        if phase == .open { ask { $0.received(bytes, store: $1, now: $2) } }
        settle()
    }

    func inputEnded() {
        guard phase != .closed else { return }
        isInputOver = true
        settle()
    }

    func outputReady() {
        guard phase != .closed, !output.isEmpty || (phase == .open && !isDry) else { return }
        settle()
    }

    // MARK: - Events

    func ingested(_ number: Int, _ result: Result<IngestReport, StoreFault>) {
        guard let index = ingests.firstIndex(where: { $0.number == number }) else { return }
        ingests[index].result = result
        while let result = ingests.first?.result {
            ingests.removeFirst()
            take(result)
        }
        if phase == .open, !session.isReadingPaused { link.input(end).resume() }
        settle()
    }

    private func take(_ result: Result<IngestReport, StoreFault>) {
        switch result {
        case .success(let report):
            if phase == .open { ask { $0.ingested(report, store: $1, now: $2) } }
            node.stored(report, from: id)
        case .failure(let fault):
            if !node.isDiskTroubled {
                simulation.violate(.soundStore, "\(node.name): \(fault)")
            }
            if phase == .open { obey(session.ingestFailed(fault, now: simulation.now)) }
        }
    }

    func rosterChanged(_ team: Team) {
        guard phase == .open else { return }
        ask { $0.rosterChanged(team, store: $1, now: $2) }
        settle()
    }

    func storeGrew() {
        guard phase == .open else { return }
        obey(session.storeGrew(now: simulation.now))
        settle()
    }

    // MARK: - Files

    /// Says which further files are wanted.
    func seek(_ files: [FileID], isSettled: Bool) {
        guard phase == .open else { return }
        obey(session.seek(files, isSettled: isSettled, now: simulation.now))
        settle()
    }

    /// Asks for a segment of a file's leaves.
    func ask(segment: Int, of file: FileID) {
        guard phase == .open else { return }
        obey(session.ask(segment: segment, of: file, now: simulation.now))
        settle()
    }

    /// Asks for chunks of a file.
    func ask(chunks: Range<Int>, of file: FileID) {
        guard phase == .open else { return }
        obey(session.ask(chunks: chunks, of: file, now: simulation.now))
        settle()
    }

    /// A chunk that came over this connection is kept.
    func fileKept(byteCount: Int) {
        guard phase == .open else { return }
        obey(session.fileKept(byteCount: byteCount, now: simulation.now))
    }

    /// More of a file is here, or less.
    func fileChanged(_ file: FileID) {
        guard phase == .open else { return }
        obey(session.fileChanged(file, now: simulation.now))
        settle()
    }

    // MARK: - Joining

    func admitted(_ admission: EventID?, reason: String, roster: Team?) {
        guard phase == .open else { return }
        ask { $0.admitted(admission, reason: reason, roster: roster, store: $1, now: $2) }
        settle()
    }

    func finish() {
        guard phase == .open else { return }
        obey(session.finish(now: simulation.now))
        beginClosing()
        settle()
    }

    /// The process is gone: nothing more is said.
    func drop() {
        phase = .closed
        ingests = []
        output = []
    }

    // MARK: - Obeying

    private func ask(_ body: (inout Session, ReplicaIndex, Milliseconds) -> [SessionAction]) {
        let now = simulation.now
        do throws(ReplicaError) {
            obey(try node.replica.lend { body(&session, $0, now) })
        } catch {
            obey(session.ingestFailed(StoreFault(error.message), now: now))
        }
    }

    private func obey(_ actions: [SessionAction]) {
        isDry = false
        for action in actions {
            guard phase == .open else { return }
            switch action {
            case .send(let bytes): append(bytes)
            case .ingest(let runs): ingest(runs)
            case .join(let request, let invite):
                establish()
                node.join(request, invite: invite, connection: self)
            case .invited, .enrol: break
            case .welcomed(let team, _, let secrets):
                do throws(StoreFault) {
                    try node.welcomed(team: team, secrets: secrets)
                } catch {
                    return obey(session.ingestFailed(error, now: simulation.now))
                }
            case .recognised(let device, _):
                establish()
                self.device = device
                node.recognised(self, device: device)
            // Nobody here tells of others.
            case .progress, .news: break
            case .holding(let holdings, let isAnswer):
                node.files?.told(id, holdings, isAnswer: isAnswer)
            case .segment(let segment, let file):
                node.files?.received(segment, of: file, from: id)
            case .chunk(let chunk, let index, let file):
                node.files?.received(chunk, index: index, of: file, from: id)
            case .synced:
                let isFirst = !isSynced
                isSynced = true
                if isFirst {
                    simulation.score.syncedSessions += 1
                    node.files?.rested(id)
                }
                if simulation.isPlanted(.blame, in: node) {
                    simulation.sessionEnded(
                        .unexpectedMessage, of: node, with: peer, isHonest: isPeerHonest,
                        isJoining: false)
                }
            case .close(let error):
                simulation.sessionEnded(
                    error, of: node, with: peer, isHonest: isPeerHonest, isJoining: isJoining,
                    lie: lie)
                beginClosing()
            }
        }
    }

    private func ingest(_ runs: [Run]) {
        ingestNumber += 1
        let number = ingestNumber
        ingests.append(Ingest(number: number))
        node.ingest(runs) { [self] result in ingested(number, result) }
    }

    private func establish() {
        guard !isEstablished else { return }
        isEstablished = true
        establishedAt = simulation.now
    }

    // MARK: - Bytes

    private func append(_ bytes: [UInt8]) {
        output.append(bytes)
        outputBytes += bytes.count
    }

    private func pump() {
        let pipe = link.output(end)
        while true {
            isDry = fill()
            while let bytes = output.first, pipe.room > 0 || pipe.isDead {
                let count = pipe.isDead ? bytes.count : min(bytes.count, pipe.room)
                if count == bytes.count {
                    output.removeFirst()
                    pipe.write(bytes)
                } else {
                    pipe.write(Array(bytes[..<count]))
                    output[0] = Array(bytes[count...])
                }
                outputBytes -= count
            }
            if isDry || !output.isEmpty { return }
        }
    }

    /// Fills the buffer from the session; `true` when the session has nothing more now.
    private func fill() -> Bool {
        let now = simulation.now
        while phase == .open, outputBytes < SimulatedConnection.outputBytesMax {
            do throws(ReplicaError) {
                let next = try node.replica.lend { session.nextOutput(store: $0, now: now) }
                guard let next else { return true }
                append(next)
            } catch {
                obey(session.ingestFailed(StoreFault(error.message), now: now))
            }
        }
        return phase != .open
    }

    // MARK: - Settling

    private func settle() {
        guard phase != .closed else { return }
        pump()
        if phase == .flushing, output.isEmpty { linger() }
        if isInputOver, phase == .open, ingests.isEmpty {
            obey(session.peerClosed(now: simulation.now))
            beginClosing()
        }
        if isInputOver, phase != .open { close() }
        guard phase != .closed else { return }
        let hoarded = simulation.isPlanted(.hoarding, in: node) ? SyncLimit.pendingBytesMax + 1 : 0
        simulation.checkMemory(
            of: node, pendingBytes: session.pendingBytes + hoarded, outputBytes: outputBytes)
        arm()
    }

    private func beginClosing() {
        guard phase == .open else { return }
        phase = .flushing
        closingUntil = simulation.now + SimulatedConnection.closingMilliseconds
    }

    private func linger() {
        link.output(end).finish()
        phase = .lingering
    }

    private func close() {
        guard phase != .closed else { return }
        phase = .closed
        if !output.isEmpty || !link.output(end).isDead { link.output(end).finish() }
        output = []
        outputBytes = 0
        link.left()
        node.closed(self)
    }

    // MARK: - Time

    private func arm() {
        var due = phase == .open ? session.deadline : closingUntil
        if phase == .open, !isEstablished, role == .responder { due = min(due, halfOpenUntil) }
        if let timerDue, timerDue <= due { return }
        due = max(due, simulation.now + 1)
        timerDue = due
        simulation.schedule(at: due) { [weak self] in self?.timerFired(due) }
    }

    private func timerFired(_ due: Milliseconds) {
        // One that was armed again for an earlier time is stale.
        guard timerDue == due, phase != .closed else { return }
        timerDue = nil
        let now = simulation.now
        if phase != .open {
            if now >= closingUntil { close() }
        } else if !isEstablished, role == .responder, now >= halfOpenUntil {
            close()
        } else if now >= session.deadline {
            ask { $0.tick(store: $1, now: $2) }
        }
        settle()
    }
}
