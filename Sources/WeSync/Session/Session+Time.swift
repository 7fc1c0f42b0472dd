public import WeLog

// What time alone brings about.
extension Session {
    private static let second: Milliseconds = 1_000

    /// When ``tick(store:now:)`` is due; in the past while actions wait.
    public var deadline: Milliseconds {
        guard actions.isEmpty else { return .min }
        guard phase != .closed else { return .max }
        var due = lastReceived + Milliseconds(SyncLimit.idleSecondsMax) * Session.second
        if channel.isOpen {
            due = min(due, lastSent + Milliseconds(SyncLimit.pingSeconds) * Session.second)
        }
        for other in [helloDeadline, rosterDeadline, recheckTime, wantTime, files.updateTime] {
            if let other { due = min(due, other) }
        }
        return due
    }

    /// Does what is due by now.
    public mutating func tick(store: some LogIndex, now: Milliseconds) -> [SessionAction] {
        perform(now) { session throws(SyncError) in
            if let due = session.helloDeadline, now >= due { throw .handshakeTimeout }
            if let due = session.rosterDeadline, now >= due { throw .unknownDevice }
            // While the store is behind, the peer is not read, so its silence means nothing.
            if session.isReadingPaused { session.lastReceived = now }
            let idle = Milliseconds(SyncLimit.idleSecondsMax) * Session.second
            if now - session.lastReceived >= idle { throw .idleTimeout }
            if let due = session.recheckTime, now >= due { try session.recheck(store) }
            if let due = session.wantTime, now >= due { try session.askForBodies(store) }
            if let due = session.files.updateTime, now >= due, session.phase == .open {
                try session.tellGrown()
            }
            let ping = Milliseconds(SyncLimit.pingSeconds) * Session.second
            if session.channel.isOpen, now - session.lastSent >= ping {
                try session.send(.ping)
            }
        }
    }

    /// Live: asks for bodies that came in without, from another peer, since the last round.
    private mutating func askForBodies(_ store: some LogIndex) throws(SyncError) {
        guard isResting, incoming.isDrained else {
            wantTime = now + SyncLimit.wantMilliseconds
            return
        }
        let wanted = try asking { () throws(StoreFault) in
            try store.wanted(countMax: SyncLimit.idsListedMax)
        }
        // Where nobody has them the question comes ever less often.
        let first = Milliseconds(SyncLimit.wantSeconds) * Session.second
        let longest = Milliseconds(SyncLimit.wantSecondsMax) * Session.second
        wantPause = wanted == lastWanted ? min(max(first, 2 * wantPause), longest) : first
        lastWanted = wanted
        wantTime = wanted.isEmpty ? nil : now + wantPause
        if !wanted.isEmpty { try send(.want(wanted)) }
    }

    /// Responder: both sides have been at rest and different for a while, so compare again.
    private mutating func recheck(_ store: some LogIndex) throws(SyncError) {
        recheckTime = nil
        guard round == nil, incoming.isDrained, peerOutcome != ownOutcome else { return }
        try beginRound(store)
    }
}
