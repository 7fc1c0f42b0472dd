import WeData
import WeLog

// Which message may come when (Protocol.md, "Order of messages").
extension Session {
    mutating func received(_ message: Message, store: some LogIndex) throws(SyncError) {
        switch message {
        case .ping: return
        case .bye(let code, let reason): return received(code: code, reason: reason)
        default: break
        }
        switch (phase, message) {
        case (.awaitingInvited, .invited(let team, let invite, let name)):
            try received(team: team, invite: invite, teamName: name)
        case (.awaitingWelcome, .welcome(let admission, let secrets)):
            try received(admission: admission, secrets: secrets, store: store)
        case (.awaitingJoin, .join(let invite, let request)):
            try received(invite: invite, request)
        case (.awaitingInvited, .pairing(let team, let person, let name)):
            try received(team: team, person: person, teamName: name)
        case (.awaitingEnrol, .enrol(let device)):
            try received(device)
        case (.awaitingHello, .hello(let hello)):
            try received(hello, store: store)
        case (.introducing, _):
            try receivedIntroducing(message)
        case (.open, _):
            try receivedOpen(message, store: store)
        case (.handshake, _), (.awaitingInvited, _), (.awaitingWelcome, _), (.awaitingJoin, _),
            (.awaitingEnrol, _), (.awaitingAdmission, _), (.awaitingHello, _), (.closed, _):
            throw .unexpectedMessage
        }
    }

    /// A `bye` needs no answer.
    private mutating func received(code: Int, reason: String) {
        phase = .closed
        round = nil
        introduction = nil
        actions.append(.close(SyncError(code: code, reason: reason)))
    }

    /// Nothing but membership is taken from a peer that isn't known yet.
    private mutating func receivedIntroducing(_ message: Message) throws(SyncError) {
        switch message {
        case .events(let runs):
            guard runs.allSatisfy({ $0.key.logClass == .membership }) else {
                throw .unexpectedMessage
            }
            try received(runs)
        case .introduced where !isIntroduced:
            isIntroduced = true
        case .introduce:
            // Neither knows the other: nobody may begin.
            throw .unknownDevice
        case .ranges(let ranges) where role == .initiator && heldRanges == nil:
            heldRanges = ranges
        case .hello, .join, .welcome, .ranges, .totals, .have, .sent, .synced, .ping, .bye,
            .invited, .blocks, .introduced, .want, .pairing, .enrol, .seek, .holding, .askSegment,
            .segment, .askChunks, .chunk, .news:
            throw .unexpectedMessage
        }
    }

    private mutating func receivedOpen(
        _ message: Message, store: some LogIndex
    ) throws(SyncError) {
        switch message {
        case .events(let runs): try received(runs)
        case .ranges(let ranges): try received(ranges, store: store)
        case .totals(let events, let bytes): try receivedTotals(events: events, bytes: bytes)
        case .blocks(let key, let fingerprints):
            try received(blocks: fingerprints, of: key, store: store)
        case .have(let have): try received(have, store: store)
        case .sent:
            guard var current = round, !current.isComparing, !current.isPeerSent else {
                throw .unexpectedMessage
            }
            current.isPeerSent = true
            round = current
        case .synced(let fingerprint, let count):
            receivedOutcome(Outcome(fingerprint: fingerprint, count: count))
        case .want(let ids): try received(wanted: ids, store: store)
        case .introduce: try introduce(store)
        case .introduced where !isIntroduced: isIntroduced = true
        case .seek, .holding, .askSegment, .segment, .askChunks, .chunk:
            try receivedFile(message)
        case .news(let news): actions.append(.news(news))
        case .hello, .join, .welcome, .ping, .bye, .invited, .introduced, .pairing, .enrol:
            throw .unexpectedMessage
        }
    }

    /// Events go to the store as far as they are authentic.
    private mutating func received(_ runs: [Run]) throws(SyncError) {
        for run in runs {
            for event in run.events {
                if event.header.team == nil, event.id.value != team?.value { throw .otherTeam }
                progress.bytesReceived &+= event.header.bodyByteCount
            }
            progress.eventsReceived += run.events.count
        }
        postponeRecheck()
        let batch = incoming.received(runs)
        if !batch.isEmpty { actions.append(.ingest(batch)) }
    }
}
