import WeData
public import WeLog

// What goes out when the socket can take more, and how a round and a session come to rest.
extension Session {
    /// The next bytes to write, about one window of events, or `nil` when there is nothing now.
    ///
    /// Ask whenever little is left to write, so that memory stays bounded by one answer. Where
    /// this leads to actions, ``deadline`` lies in the past and ``tick(store:now:)`` gives them.
    public mutating func nextOutput(store: some LogIndex, now: Milliseconds) -> [UInt8]? {
        self.now = max(now, self.now)
        if phase == .open {
            do throws(SyncError) {
                try writeNext(store)
                if output.isEmpty { try writeFiles() }
                try settle(store)
            } catch {
                fail(error)
            }
        }
        let bytes = takeOutput()
        return bytes.isEmpty ? nil : bytes
    }

    private mutating func writeNext(_ store: some LogIndex) throws(SyncError) {
        if var stream = introduction {
            let window = try asking { () throws(StoreFault) in try stream.next(store: store) }
            introduction = window.isEmpty ? nil : stream
            return try window.isEmpty ? send(.introduced) : send(window)
        }
        if try sendIDs(store) { return }
        guard var current = round else { return try push(store) }
        guard current.isStreaming, !current.isSent else { return }
        let window = try asking { () throws(StoreFault) in
            let first = try current.membership.next(store: store)
            return first.isEmpty ? try current.content.next(store: store) : first
        }
        round = current
        if !window.isEmpty { try send(window) }
    }

    private mutating func send(_ window: [StoredEvent]) throws(SyncError) {
        try send(.events(Run.grouping(window)))
        progress.eventsSent += window.count
        for stored in window { progress.bytesSent += stored.event.header.bodyByteCount }
    }

    // MARK: - Live

    /// Whether neither side has anything else to do than to push what is new.
    var isResting: Bool { phase == .open && round == nil && !isRoundExpected }

    /// Sends what arrived here since, unless this peer sent it.
    private mutating func push(_ store: some LogIndex) throws(SyncError) {
        guard isLive, isResting else { return }
        var bodies = bodiesToSend
        let asked = try asking { () throws(StoreFault) in try bodies.next(store: store) }
        bodiesToSend = bodies
        guard asked.isEmpty else { return try send(asked) }
        guard mayHaveGrown else { return }
        var window: [StoredEvent] = []
        var bytes = 0
        while window.count < SyncLimit.windowEvents, bytes < SyncLimit.windowBytes {
            let position = livePosition
            let found = try asking { () throws(StoreFault) in
                try store.events(after: position, countMax: 64)
            }
            guard let last = found.last else { break }
            var isFull = false
            for stored in found {
                guard !incoming.known.contains(stored.event.id) else {
                    livePosition = stored.position
                    continue
                }
                let size = Run.byteCount(of: stored.event)
                guard window.isEmpty || bytes + size <= SyncLimit.windowBytes else {
                    isFull = true
                    break
                }
                window.append(stored)
                bytes += size
                livePosition = stored.position
            }
            if isFull || found.count < 64 || last.position > livePosition { break }
        }
        if !window.isEmpty { try send(window) }
    }

    /// Compares, when nothing is on its way here any more, and tells the peer what came of it.
    private mutating func settleLive(_ store: some LogIndex) throws(SyncError) {
        guard isLive, isResting, incoming.isDrained, introduction == nil else { return }
        guard mayHaveGrown || !isEqual else { return }
        // The position costs less to ask than the sums, and rules most cases out.
        let position = try asking { () throws(StoreFault) in try store.lastPosition() }
        guard position <= livePosition else { return }
        let isKnown = !mayHaveGrown && position == outcomePosition
        let known = isKnown ? ownOutcome : nil
        let outcome =
            if let known {
                known
            } else {
                Outcome(try asking { () throws(StoreFault) in try store.summary() })
            }
        outcomePosition = position
        mayHaveGrown = false
        if wantTime == nil { wantTime = now + SyncLimit.wantMilliseconds }
        incoming.passed()
        if outcome != ownOutcome {
            ownOutcome = outcome
            isEqual = false
            roundsWithoutProgress = 0
            try send(.synced(outcome.fingerprint, count: outcome.count))
        }
        if outcome == peerOutcome {
            try becomeEqual()
        } else {
            isEqual = false
            if role == .responder, recheckTime == nil,
                roundsWithoutProgress < SyncLimit.roundsWithoutProgressMax
            {
                recheckTime = now + SyncLimit.recheckMilliseconds
            }
        }
    }

    // MARK: - Coming to rest

    /// Does what has become due: another try of what waited, `sent`, `synced`, the verdict.
    mutating func settle(_ store: some LogIndex) throws(SyncError) {
        guard phase == .open || phase == .introducing else { return }
        let isEnd = round.map(\.isPeerSent) ?? true
        let again = incoming.retry(isEnd: isEnd)
        if !again.isEmpty { actions.append(.ingest(again)) }
        try settleIntroduction()
        try settleRound(store)
        try settleLive(store)
    }

    mutating func settleRound(_ store: some LogIndex) throws(SyncError) {
        guard phase == .open, var current = round else { return }
        if !current.isSent, current.isSpent, introduction == nil {
            try send(.sent)
            current.isSent = true
            round = current
        }
        if current.ownOutcome == nil, current.isSent, current.isReceived, incoming.isDrained {
            let summary = try asking { () throws(StoreFault) in try store.summary() }
            let outcome = Outcome(summary)
            try send(.synced(outcome.fingerprint, count: outcome.count))
            current.ownOutcome = outcome
            round = current
        }
        if let own = current.ownOutcome, let peer = current.peerOutcome {
            try conclude(own: own, peer: peer, store)
        }
    }

    /// Both sides see the same two outcomes, so both come to the same verdict.
    private mutating func conclude(
        own: Outcome, peer: Outcome, _ store: some LogIndex
    ) throws(SyncError) {
        round = nil
        ownOutcome = own
        peerOutcome = peer
        mayHaveGrown = true
        if isPeerLeaving, let hello = peerHello, let roster {
            throw try putOut(hello.device, roster, store)
        }
        guard own != peer else {
            roundsWithoutProgress = 0
            lastVerdict = []
            return try becomeEqual()
        }
        roundsWithoutProgress = lastVerdict == [own, peer] ? roundsWithoutProgress + 1 : 1
        lastVerdict = [own, peer]
        guard !isLive else {
            if role == .responder,
                roundsWithoutProgress < SyncLimit.roundsWithoutProgressMax
            {
                recheckTime = now + SyncLimit.recheckMilliseconds
            }
            return
        }
        guard roundsWithoutProgress < SyncLimit.roundsWithoutProgressMax,
            progress.rounds < SyncLimit.roundsMax
        else { throw .notConverging }
        switch role {
        case .responder: try beginRound(store)
        case .initiator: isRoundExpected = true
        }
    }

    mutating func receivedOutcome(_ outcome: Outcome) {
        guard var current = round else {
            if outcome != peerOutcome {
                isEqual = false
                roundsWithoutProgress = 0
            }
            peerOutcome = outcome
            return
        }
        // One that was said before the round's `sent` is about the time before the round.
        guard current.isPeerSent, current.peerOutcome == nil else { return }
        current.peerOutcome = outcome
        round = current
    }

    /// Both sides hold the same; where nothing is to be pushed later, that is the end.
    mutating func becomeEqual() throws(SyncError) {
        recheckTime = nil
        guard !isEqual else { return }
        isEqual = true
        actions.append(.progress(currentProgress))
        actions.append(.synced(currentProgress))
        try settleFiles()
    }
}
