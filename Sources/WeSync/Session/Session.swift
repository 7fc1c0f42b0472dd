public import WeData
public import WeKeys
public import WeLog

/// One conversation between two devices: bytes and reports in, actions out.
///
/// It does no I/O and has no clock; the shell obeys its actions in their order and asks for more
/// output whenever the socket can take some (Protocol.md, "Session").
public struct Session: ~Copyable {
    /// What is awaited.
    enum Phase {
        /// The three messages of the handshake.
        case handshake
        /// Newcomer: which team this is.
        case awaitingInvited
        /// Newcomer: to be taken in.
        case awaitingWelcome
        /// Responder to a newcomer: its request.
        case awaitingJoin
        /// Responder to a further device of its own person.
        case awaitingEnrol
        /// Responder to a newcomer: what the shell decides.
        case awaitingAdmission
        /// The peer's hello.
        case awaitingHello
        /// The membership events that make the peer known.
        case introducing
        /// Anything that belongs to reconciliation and live push.
        case open
        /// Nothing any more.
        case closed
    }

    let role: SessionRole
    let isLive: Bool
    let signingKey: SigningKey
    let channelKey: ChannelKey
    let secrets: [ChannelSecret]
    let teamSecrets: [Bytes32]
    let joining: Joining?
    var team: TeamID?
    var roster: Team?

    var channel: Channel
    var phase = Phase.handshake
    var incoming: Incoming
    var round: Round?
    /// All membership logs, for a peer that does not know us.
    var introduction: EventStream?
    var introductions = 0

    var peerHello: Message.Hello?
    var ownHello: Outcome?
    /// Bodies that each side lacks.
    var ownWants = 0
    var wantsOfPeer = 0
    /// Live: the bodies that this side asked for last, and how long it waits before it does again.
    var lastWanted: [EventID] = []
    var wantPause: Milliseconds = 0
    /// Live: events whose bodies the peer asked for at rest.
    var bodiesToSend = EventStream(positionMax: .max)
    /// Initiator: the peer's ranges that came before the peer was known.
    var heldRanges: [LogRange]?
    var isIntroduced = false
    var isMembershipChanged = false
    /// The peer's person left in the round that goes on, and hands over first what it has.
    var isPeerLeaving = false
    /// Initiator: whether the peer is going to start a round.
    var isRoundExpected = false

    /// Everything that arrived up to here has been sent or is the peer's own.
    var livePosition: Int64 = 0
    var mayHaveGrown = false
    /// What both sides said last.
    var ownOutcome: Outcome?
    /// Live: up to where the store went when it was looked at last.
    var outcomePosition: Int64?
    var peerOutcome: Outcome?
    var isEqual = false
    var lastVerdict: [Outcome] = []
    var roundsWithoutProgress = 0

    /// What is asked and told of files.
    var files: FileExchange

    /// How far the session is.
    public internal(set) var progress = SyncProgress()
    var isAnswerAwaited = false
    var actions: [SessionAction] = []
    var output: [UInt8] = []

    var now: Milliseconds
    var lastReceived: Milliseconds
    var lastSent: Milliseconds
    var helloDeadline: Milliseconds?
    var rosterDeadline: Milliseconds?
    var recheckTime: Milliseconds?
    /// Live: when to look which bodies are lacking.
    var wantTime: Milliseconds?

    /// Prepares a side; the ephemeral key must be a new one for each session.
    public init(
        _ configuration: SessionConfiguration, ephemeral: AgreementKey, now: Milliseconds
    ) {
        role = configuration.role
        isLive = configuration.isLive
        signingKey = configuration.signingKey
        channelKey = configuration.channelKey.publicKey
        // Who has no team yet answers nobody but those it can tell so.
        let isAnswering = configuration.role == .initiator || configuration.team != nil
        secrets = configuration.secrets.filter {
            isAnswering || $0.invite != nil || $0.pairing != nil
        }
        teamSecrets = configuration.teamSecrets
        joining = configuration.role == .initiator ? configuration.joining : nil
        team = configuration.team
        roster = configuration.roster
        channel = Channel(
            role: configuration.role, psks: secrets.map(\.psk),
            staticKey: configuration.channelKey, ephemeral: ephemeral)
        incoming = Incoming(remembers: configuration.isLive)
        files = FileExchange(source: configuration.files)
        files.ownCount = configuration.filesWanted
        self.now = now
        lastReceived = now
        lastSent = now
        helloDeadline = now + Milliseconds(SyncLimit.handshakeSecondsMax) * 1_000
    }

    // MARK: - Events

    /// Begins: an initiator dials.
    public mutating func start(now: Milliseconds) -> [SessionAction] {
        perform(now) { session throws(SyncError) in
            try session.channel.start(into: &session.output)
        }
    }

    /// Takes bytes from the peer, in any pieces; never traps, whatever they are.
    public mutating func received(
        _ bytes: [UInt8], store: some LogIndex, now: Milliseconds
    ) -> [SessionAction] {
        received(bytes[...], store: store, now: now)
    }

    /// Takes bytes from the peer, in any pieces; never traps, whatever they are.
    public mutating func received(
        _ bytes: ArraySlice<UInt8>, store: some LogIndex, now: Milliseconds
    ) -> [SessionAction] {
        perform(now) { session throws(SyncError) in
            session.channel.received(bytes)
            while session.phase != .closed,
                let step = try session.channel.next(into: &session.output)
            {
                session.lastReceived = now
                switch step {
                case .opened: try session.opened(store)
                case .message(let bytes):
                    if session.isAnswerAwaited {
                        session.isAnswerAwaited = false
                        session.progress.roundTrips += 1
                    }
                    let message = try Message(decoding: bytes, team: session.team)
                    try session.received(message, store: store)
                    // The next message may belong to the next round already.
                    try session.settleRound(store)
                }
            }
            try session.settle(store)
        }
    }

    /// Takes the store's answer to a batch handed out by `.ingest`, in the same order.
    public mutating func ingested(
        _ report: IngestReport, store: some LogIndex, now: Milliseconds
    ) -> [SessionAction] {
        perform(now) { session throws(SyncError) in
            guard session.incoming.ingested(report) else { return }
            session.progress.eventsStored += report.storedCount
            if report.isMembershipChanged { session.isMembershipChanged = true }
            if let reason = report.refused.first { throw .badEvent(reason) }
            // Nothing else lies between: what was stored is the peer's own and need not go back.
            let before = report.lastPosition.subtractingReportingOverflow(
                Int64(report.storedCount)
            ).partialValue
            if before == session.livePosition { session.livePosition = report.lastPosition }
            session.mayHaveGrown = true
            session.postponeRecheck()
            session.actions.append(.progress(session.currentProgress))
            try session.settle(store)
        }
    }

    /// Closes because the store could not take a batch.
    public mutating func ingestFailed(_ fault: StoreFault, now: Milliseconds) -> [SessionAction] {
        perform(now) { _ throws(SyncError) in throw .store(fault) }
    }

    /// The team changed, after membership events arrived or locally.
    public mutating func rosterChanged(
        _ team: Team, store: some LogIndex, now: Milliseconds
    ) -> [SessionAction] {
        perform(now) { session throws(SyncError) in
            guard session.team == nil || session.team == team.id else { throw .otherTeam }
            session.roster = team
            if session.phase == .open, let hello = session.peerHello, !team.isActive(hello.device) {
                let hasLeft = team.person(of: hello.device).map { team.hasLeft($0.id) } ?? false
                guard hasLeft, session.round != nil, !team.isRevoked(hello.device) else {
                    throw try session.putOut(hello.device, team, store)
                }
                session.isPeerLeaving = true
            }
            if let hello = session.peerHello, session.phase == .introducing {
                if try session.isKnown(hello) {
                    try session.becomeKnown(hello, store)
                } else if session.rosterDeadline != nil {
                    throw .unknownDevice
                }
            }
            try session.settle(store)
        }
    }

    /// Answers `.join`: the admission is stored, or there is none, for a reason.
    public mutating func admitted(
        _ admission: EventID?, reason: String, roster: Team?, store: some LogIndex,
        now: Milliseconds
    ) -> [SessionAction] {
        perform(now) { session throws(SyncError) in
            guard session.phase == .awaitingAdmission else { return }
            guard let admission else { throw .joinRefused(reason) }
            if let roster { session.roster = roster }
            try session.welcome(admission, store)
        }
    }

    /// Events were added to the store, own ones or another peer's: live push.
    public mutating func storeGrew(now: Milliseconds) -> [SessionAction] {
        perform(now) { session throws(SyncError) in session.mayHaveGrown = true }
    }

    /// Ends in order.
    public mutating func finish(now: Milliseconds) -> [SessionAction] {
        perform(now) { session throws(SyncError) in try session.end(saying: true) }
    }

    /// The peer closed its side of the connection.
    public mutating func peerClosed(now: Milliseconds) -> [SessionAction] {
        perform(now) { session throws(SyncError) in
            switch session.phase {
            case .handshake where session.role == .initiator: throw .notOneOfUs
            case .open where session.isEqual: try session.end(saying: false)
            default: throw .disconnected
            }
        }
    }

    /// Whether so many batches are on their way to the store that the shell should stop reading.
    public var isReadingPaused: Bool {
        incoming.batchesInFlight >= SyncLimit.batchesInFlightMax
    }

    /// Bytes of events that wait for their past.
    package var pendingBytes: Int { incoming.pendingBytes }

    // MARK: - Actions

    /// Runs `body`; what it throws ends the session with a `bye`.
    mutating func perform(
        _ now: Milliseconds, _ body: (inout Session) throws(SyncError) -> Void
    ) -> [SessionAction] {
        self.now = max(now, self.now)
        if phase != .closed {
            do throws(SyncError) { try body(&self) } catch { fail(error) }
        }
        var result: [SessionAction] = []
        let bytes = takeOutput()
        if !bytes.isEmpty { result.append(.send(bytes)) }
        result += actions
        actions = []
        return result
    }

    mutating func takeOutput() -> [UInt8] {
        var bytes: [UInt8] = []
        swap(&bytes, &output)
        return bytes
    }

    /// Seals a message; it goes out with the other output of this call.
    mutating func send(_ message: Message) throws(SyncError) {
        try channel.seal(message.encoded, into: &output)
        lastSent = now
        if isAnswered(message) { isAnswerAwaited = true }
    }

    /// Whether the peer goes on only when it has this; what streams meanwhile is no answer.
    private func isAnswered(_ message: Message) -> Bool {
        switch message {
        case .hello, .join, .ranges, .blocks, .introduce: true
        case .have(let have): have.isQuestion
        case .sent: progress.eventsToSend > 0
        case .enrol, .askSegment, .askChunks: true
        case .seek(let files, _): !files.isEmpty
        case .welcome, .totals, .events, .synced, .ping, .bye, .invited, .introduced, .want,
            .pairing, .holding, .segment, .chunk, .news:
            false
        }
    }

    mutating func fail(_ error: SyncError) {
        guard phase != .closed else { return }
        phase = .closed
        if channel.isOpen, error != .disconnected {
            let reason = error.reason.cut(toBytes: SyncLimit.reasonBytesMax)
            let bye = Message.bye(code: error.code, reason: reason)
            // A channel that cannot seal any more says nothing.
            try? channel.seal(bye.encoded, into: &output)
        }
        round = nil
        introduction = nil
        actions.append(.close(error))
    }

    /// Closes without a fault on any side, after a `bye` unless the peer knows.
    mutating func end(saying isSaid: Bool) throws(SyncError) {
        if isSaid, channel.isOpen { try send(.bye(code: 0, reason: "")) }
        phase = .closed
        round = nil
        introduction = nil
        actions.append(.close(nil))
    }

    /// How far the session is, with the channel's own counts.
    var currentProgress: SyncProgress {
        var progress = progress
        progress.wireBytesIn = channel.bytesIn
        progress.wireBytesOut = channel.bytesOut
        return progress
    }

    /// Asks the store, whose failure ends the session.
    func asking<Answer>(
        _ question: () throws(StoreFault) -> Answer
    ) throws(SyncError) -> Answer {
        do throws(StoreFault) { return try question() } catch { throw .store(error) }
    }

    mutating func postponeRecheck() {
        if recheckTime != nil { recheckTime = now + SyncLimit.recheckMilliseconds }
    }
}
