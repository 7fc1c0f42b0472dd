import WeData
import WeKeys
import WeLog
import WeSync

/// Drives one session over one socket: does what the session says and decides nothing itself.
///
/// Lives on the engine's loop. Every event ends in `settle()`, which writes what there is to
/// write and says what to wait for next.
final class PeerConnection<Node: SyncNode>: DescriptorHandler {
    private enum Phase {
        /// The session runs.
        case open
        /// The session is over; its last words are on their way.
        case flushing
        /// All is sent; the other side's end is awaited, since closing earlier could destroy what
        /// it has not read yet.
        case lingering
        /// The socket is closed.
        case closed
    }

    /// Which connection.
    let id: ConnectionID
    /// Whom the limits for strangers count it under; `nil` when this side dialled.
    let limitKey: [UInt8]?
    /// This side's device.
    let ownDevice: DeviceKey
    /// Whether the other side has shown that it belongs here.
    private(set) var isEstablished = false
    /// When that was.
    private(set) var establishedAt: Milliseconds = 0
    /// When it was connected.
    let begunAt: Milliseconds
    /// How it stands, as others may see it.
    private(set) var status: PeerStatus
    /// When the other side was last heard.
    private(set) var heardAt: Milliseconds
    /// Why it ended.
    private(set) var closeError: TransportError?

    private unowned let engine: Engine<Node>
    private var socket: Socket?
    private let descriptor: Int32
    private var session: Session
    private var phase = Phase.open
    private var output = SendBuffer()
    private var hasMoreOutput = false
    private var isInputOver = false
    private var inputError: TransportError?
    private var isOutputOver = false
    private var ingests: [Ingest] = []
    private var ingestNumber = 0
    private var timer: (id: TimerID, due: Milliseconds)?
    private let halfOpenUntil: Milliseconds
    private var closingUntil: Milliseconds = 0
    private var progressDue: Milliseconds = 0

    /// A batch at the store; results wait here until those before them have come.
    private struct Ingest {
        let number: Int
        var result: Result<IngestReport, StoreFault>?
    }

    init(
        status: PeerStatus, limitKey: [UInt8]?, socket: consuming Socket,
        configuration: SessionConfiguration, session: consuming Session, engine: Engine<Node>
    ) {
        id = status.id
        self.status = status
        self.limitKey = limitKey
        ownDevice = configuration.signingKey.publicKey
        descriptor = socket.descriptor
        self.socket = consume socket
        self.session = session
        self.engine = engine
        begunAt = engine.loop.now
        heardAt = engine.loop.now
        halfOpenUntil = engine.loop.now + engine.policy.halfOpenMillisecondsMax
    }

    /// Begins to talk.
    func start() {
        engine.loop.watch(descriptor, for: .reading, handler: self)
        obey(session.start(now: engine.loop.now))
        settle()
    }

    // MARK: - Events

    func ready(_ readiness: Readiness) {
        if readiness.contains(.reading) { read() }
        settle()
    }

    /// The store is done with a batch.
    func ingested(_ number: Int, _ result: Result<IngestReport, StoreFault>) {
        guard let index = ingests.firstIndex(where: { $0.number == number }) else { return }
        ingests[index].result = result
        while let result = ingests.first?.result {
            ingests.removeFirst()
            take(result)
        }
        settle()
    }

    private func take(_ result: Result<IngestReport, StoreFault>) {
        switch result {
        case .success(let report):
            if phase == .open {
                ask { $0.ingested(report, store: $1, now: engine.loop.now) }
            }
            engine.stored(report, from: id)
        case .failure(let fault):
            if phase == .open { obey(session.ingestFailed(fault, now: engine.loop.now)) }
        }
    }

    /// The team has changed.
    func rosterChanged(_ team: Team) {
        guard phase == .open else { return }
        ask { $0.rosterChanged(team, store: $1, now: engine.loop.now) }
        settle()
    }

    /// The store has more events than before.
    func storeGrew() {
        guard phase == .open else { return }
        obey(session.storeGrew(now: engine.loop.now))
        settle()
    }

    /// Says which further files are wanted.
    func seek(_ files: [FileID], isSettled: Bool) {
        guard phase == .open else { return }
        obey(session.seek(files, isSettled: isSettled, now: engine.loop.now))
        settle()
    }

    /// Asks for a segment of a file's leaves.
    func ask(segment: Int, of file: FileID) {
        guard phase == .open else { return }
        obey(session.ask(segment: segment, of: file, now: engine.loop.now))
        settle()
    }

    /// Asks for chunks of a file.
    func ask(chunks: Range<Int>, of file: FileID) {
        guard phase == .open else { return }
        obey(session.ask(chunks: chunks, of: file, now: engine.loop.now))
        settle()
    }

    /// A chunk that came over this connection is kept.
    func fileKept(byteCount: Int) {
        guard phase == .open else { return }
        obey(session.fileKept(byteCount: byteCount, now: engine.loop.now))
    }

    /// More of a file is here, or less.
    func fileChanged(_ file: FileID) {
        guard phase == .open else { return }
        obey(session.fileChanged(file, now: engine.loop.now))
        settle()
    }

    /// More is known of third ones.
    func newsChanged() {
        tellNews()
        settle()
    }

    /// Tells the other side what is known of third ones.
    private func tellNews() {
        guard phase == .open else { return }
        obey(session.tell(engine.node.newsOfOthers(), now: engine.loop.now))
    }

    /// A request to join was decided.
    func admitted(_ admission: EventID?, reason: String, roster: Team?) {
        guard phase == .open else { return }
        ask {
            $0.admitted(
                admission, reason: reason, roster: roster, store: $1, now: engine.loop.now)
        }
        settle()
    }

    /// Where this side's end is.
    var localAddress: SocketAddress? { socket?.localAddress }

    /// Ends the session orderly.
    func finish(_ error: TransportError?) {
        guard phase == .open else { return }
        obey(session.finish(now: engine.loop.now))
        beginClosing(error)
        closeError = error
        settle()
    }

    /// Ends it at once, without a word.
    func cut(_ error: TransportError?) {
        end(error)
        ingests = []
        engine.closed(self)
    }

    // MARK: - Obeying

    private func ask(_ body: (inout Session, Node.Index) -> [SessionAction]) {
        do throws(StoreFault) {
            obey(try engine.node.withIndex { body(&session, $0) })
        } catch {
            obey(session.ingestFailed(error, now: engine.loop.now))
        }
    }

    private func obey(_ actions: [SessionAction]) {
        for action in actions {
            guard phase == .open else { return }
            switch action {
            case .send(let bytes):
                output.append(bytes)
            case .ingest(let runs):
                ingest(runs)
            case .join(let request, let invite):
                establish()
                engine.join(request, invite: invite, connection: self)
            case .enrol(let device):
                establish()
                engine.enrol(device, connection: self)
            case .invited(let team, let name):
                engine.board.post(.invited(id, team: team, teamName: name))
            case .welcomed(let team, let admission, let secrets):
                do throws(StoreFault) {
                    try engine.node.welcomed(team: team, admission: admission, secrets: secrets)
                } catch {
                    return obey(session.ingestFailed(error, now: engine.loop.now))
                }
                engine.board.post(.welcomed(id, team: team))
            case .recognised(let device, let person):
                recognise(device, person)
            case .holding(let holdings, let isAnswer):
                if let device = status.device { engine.node.heard(holdings, from: device) }
                engine.files.told(id, holdings, isAnswer: isAnswer)
            case .segment(let segment, let file):
                engine.files.received(segment, of: file, from: id)
            case .chunk(let chunk, let index, let file):
                engine.files.received(chunk, index: index, of: file, from: id)
            case .news(let news):
                if let device = status.device { engine.node.heard(news, from: device) }
            case .progress(let progress):
                report(progress)
            case .synced(let progress):
                status.progress = progress
                let isFirst = status.state != .live
                status.state = .live
                engine.board.post(.synced(id, progress))
                if let device = status.device { engine.node.synced(with: device) }
                if isFirst {
                    engine.files.rested(id)
                    tellNews()
                }
            case .close(let error):
                beginClosing(error.map(named))
            }
        }
    }

    /// The system's reason for a lost connection is better than the session's.
    private func named(_ error: SyncError) -> TransportError {
        if error == .disconnected, let inputError { return inputError }
        return .session(error, address: status.address)
    }

    private func ingest(_ runs: [Run]) {
        ingestNumber += 1
        let number = ingestNumber
        ingests.append(Ingest(number: number))
        let loop = engine.loop
        let bound = LoopBound(self, on: loop)
        engine.node.ingest(runs, from: status.device) { result in
            loop.execute { bound.value.ingested(number, result) }
        }
    }

    private func establish() {
        guard !isEstablished else { return }
        isEstablished = true
        establishedAt = engine.loop.now
        if status.state == .handshaking { status.state = .syncing }
        engine.established(self)
    }

    private func recognise(_ device: DeviceKey, _ person: PersonID) {
        establish()
        status.device = device
        status.person = person
        engine.node.recognised(device: device, person: person, connection: id)
        engine.board.post(.recognised(id, device: device, person: person))
        engine.recognised(self, device: device)
    }

    private func report(_ progress: SyncProgress) {
        status.progress = progress
        let now = engine.loop.now
        guard now >= progressDue else { return }
        progressDue = now + 100
        engine.board.post(.progress(id, progress))
    }

    // MARK: - Bytes

    private func read() {
        guard !isInputOver, socket != nil else { return }
        do throws(SystemError) {
            switch try socket?.read(into: &engine.readBuffer) ?? .end {
            case .nothing: return
            case .end: inputEnded(.closedByPeer(status.address))
            case .bytes(let count):
                status.bytesIn += count
                heardAt = engine.loop.now
                // After the end of the session the rest is read only to be thrown away.
                if phase == .open { receive(count) }
            }
        } catch {
            inputEnded(error.named(status.address))
        }
    }

    private func receive(_ count: Int) {
        let buffer = engine.readBuffer
        ask { $0.received(buffer[..<count], store: $1, now: engine.loop.now) }
    }

    private func inputEnded(_ error: TransportError) {
        isInputOver = true
        // Batches on their way to the store count; `settle()` waits for them.
        inputError =
            error == .closedByPeer(status.address) && !isEstablished
            ? .turnedAway(status.address) : error
    }

    /// Takes from the session what the kernel has room for.
    private func pump() {
        hasMoreOutput = false
        for _ in 0..<Engine<Node>.pumpRoundsMax {
            let isDry = fill()
            guard !output.isEmpty, !isOutputOver else { return }
            do throws(SystemError) {
                status.bytesOut += try output.write(to: socket)
            } catch {
                // What the other side sent before it went may still be there to be read.
                isOutputOver = true
                output.removeAll()
            }
            if isDry || !output.isEmpty { return }
        }
        hasMoreOutput = true
    }

    /// Fills the buffer from the session; `true` when the session has nothing more now.
    private func fill() -> Bool {
        while phase == .open, !isOutputOver, output.count < Engine<Node>.outputBytesMax {
            let now = engine.loop.now
            do throws(StoreFault) {
                let next = try engine.node.withIndex { session.nextOutput(store: $0, now: now) }
                guard let next else { return true }
                output.append(next)
            } catch {
                obey(session.ingestFailed(error, now: now))
            }
        }
        return phase != .open
    }

    // MARK: - Settling

    /// Brings socket, timer and listing in line with what just happened.
    private func settle() {
        guard phase != .closed else {
            if ingests.isEmpty { engine.closed(self) }
            return
        }
        pump()
        if phase == .flushing, output.isEmpty { linger() }
        if isInputOver, phase == .open, ingests.isEmpty {
            obey(session.peerClosed(now: engine.loop.now))
            beginClosing(inputError)
        }
        if isInputOver, phase != .open { end(closeError) }
        if isOutputOver, phase != .open { end(closeError) }
        guard phase != .closed else {
            if ingests.isEmpty { engine.closed(self) }
            return
        }
        engine.loop.setInterest(of: descriptor, to: interest)
        arm()
        engine.board.publish(status)
    }

    private var interest: Readiness {
        var interest: Readiness = []
        let isPaused = phase == .open && session.isReadingPaused
        if !isInputOver, !isPaused { interest.insert(.reading) }
        if !isOutputOver, hasMoreOutput || !output.isEmpty { interest.insert(.writing) }
        return interest
    }

    private func beginClosing(_ error: TransportError?) {
        guard phase == .open else { return }
        closeError = error
        phase = .flushing
        status.state = .closing
        closingUntil = engine.loop.now + engine.policy.closingMillisecondsMax
    }

    private func linger() {
        socket?.finishWriting()
        phase = .lingering
        // Someone to whom nothing was ever said has nothing to lose.
        if status.bytesOut == 0 { end(closeError) }
    }

    /// Closes the socket; the engine hears of it when no batch is at the store any more.
    private func end(_ error: TransportError?) {
        guard phase != .closed else { return }
        phase = .closed
        closeError = error
        if let timer { engine.loop.cancel(timer.id) }
        timer = nil
        engine.loop.unwatch(descriptor)
        socket = nil
        output.removeAll()
        engine.freedDescriptor()
    }

    // MARK: - Time

    private func arm() {
        var due = phase == .open ? session.deadline : closingUntil
        if phase == .open, !isEstablished, limitKey != nil { due = min(due, halfOpenUntil) }
        // One that goes off earlier looks again: deadlines move with every frame.
        if let timer, timer.due <= due { return }
        if let timer { engine.loop.cancel(timer.id) }
        due = max(due, engine.loop.now + 1)
        let id = engine.loop.schedule(at: due) { [weak self] in self?.timerFired() }
        timer = (id, due)
    }

    private func timerFired() {
        timer = nil
        let now = engine.loop.now
        if phase != .open {
            if now >= closingUntil { end(closeError) }
        } else if !isEstablished, limitKey != nil, now >= halfOpenUntil {
            end(.session(.handshakeTimeout, address: status.address))
        } else if now >= session.deadline {
            ask { $0.tick(store: $1, now: now) }
        }
        settle()
    }
}
