import WeData
import WeLog

// Which events each side lacks (Protocol.md, "Reconciliation" and "Rounds").
extension Session {
    /// Responder: compares all logs.
    mutating func beginRound(_ store: some LogIndex) throws(SyncError) {
        let logs = try enterRound(store)
        try send(.ranges(RangeComparison.question(logs)))
    }

    private mutating func enterRound(_ store: some LogIndex) throws(SyncError) -> [LogSummary] {
        progress.rounds += 1
        isRoundExpected = false
        recheckTime = nil
        isEqual = false
        let position = try asking { () throws(StoreFault) in try store.lastPosition() }
        // What is there already is compared; what comes later is pushed.
        livePosition = position
        round = Round(position: position)
        return try asking { () throws(StoreFault) in try store.logs() }
    }

    mutating func received(_ ranges: [LogRange], store: some LogIndex) throws(SyncError) {
        let isQuestion = ranges.contains { $0.isQuestion }
        let logs: [LogSummary]
        if round == nil {
            guard role == .initiator, isQuestion else { throw .unexpectedMessage }
            logs = try enterRound(store)
        } else {
            logs = try asking { () throws(StoreFault) in try store.logs() }
        }
        guard var current = round, current.isComparing else { throw .unexpectedMessage }
        current.rangesMessages += 1
        guard current.rangesMessages <= SyncLimit.rangesMessagesMax else {
            throw .tooMuch("ranges")
        }
        let (reply, differences) = RangeComparison.answer(ranges, logs: logs)
        for difference in differences {
            // A log that we lack needs no note: all we can do is take it.
            if difference.own.count == 0 {
                current.lacksNothing = false
            } else {
                current.differences[difference.own.key] = difference
            }
        }
        if isQuestion { try send(.ranges(reply)) }
        if !isQuestion || !reply.contains(where: { $0.isQuestion }) {
            try endComparison(&current, store)
        }
        round = current
    }

    /// Both sides know now which logs differ: each decides what to send.
    private mutating func endComparison(
        _ current: inout Round, _ store: some LogIndex
    ) throws(SyncError) {
        current.isComparing = false
        var events = 0
        var bytes = 0
        for (key, difference) in current.differences.sorted(by: { $0.key < $1.key }) {
            let from = try sequence(lackedBy: difference, store)
            if let from {
                let (log, volume) = try asking { () throws(StoreFault) in
                    (try store.log(key), try store.volume(of: key, from: from))
                }
                events += volume.events
                bytes += volume.bytes
                try asking { () throws(StoreFault) in
                    if key.logClass == .membership {
                        try current.membership.add(log, from: from, store: store)
                    } else {
                        try current.content.add(log, from: from, store: store)
                    }
                }
            } else {
                current.lacksNothing = false
                if isAsking(about: difference) {
                    let blocks = try asking { () throws(StoreFault) in try store.blocks(of: key) }
                    try send(
                        .blocks(key, blocks.prefix(SyncLimit.blocksMax).map(\.fingerprint)))
                    current.blocksSent.insert(key)
                } else {
                    current.blocksPossible.insert(key)
                }
            }
        }
        current.differences = [:]
        current.isWantPossible = wantsOfPeer > 0
        if ownWants > 0 {
            let wanted = try asking { () throws(StoreFault) in
                try store.wanted(countMax: SyncLimit.idsListedMax)
            }
            if !wanted.isEmpty {
                try send(.want(wanted))
                current.lacksNothing = false
            }
        }
        progress.eventsToSend += events
        progress.bytesToSend += bytes
        try send(.totals(events: events, bytes: bytes))
    }

    /// From where on the peer lacks our log; `nil` unless it holds a clean prefix of it.
    private func sequence(
        lackedBy difference: RangeComparison.Difference, _ store: some LogIndex
    ) throws(SyncError) -> Int? {
        let peer = difference.peer
        guard peer.count > 0 else { return 0 }
        guard peer.isPrefix, peer.sequenceMax < difference.own.sequenceMax else { return nil }
        let summary = try asking { () throws(StoreFault) in
            try store.summary(of: peer.key, below: peer.sequenceMax + 1)
        }
        return Outcome(summary) == Outcome(fingerprint: peer.fingerprint, count: peer.count)
            ? peer.sequenceMax + 1 : nil
    }

    /// Whether it is for this side to compare a forked log by blocks: the one whose log goes on
    /// for longer, since only it can tell a fork from a prefix; at a tie the responder.
    private func isAsking(about difference: RangeComparison.Difference) -> Bool {
        let own = difference.own.sequenceMax
        let peer = difference.peer.sequenceMax
        return own > peer || (own == peer && role == .responder)
    }

    mutating func receivedTotals(events: Int, bytes: Int) throws(SyncError) {
        guard var current = round, !current.isComparing, !current.isPeerTotalled else {
            throw .unexpectedMessage
        }
        current.isPeerTotalled = true
        current.isWantPossible = false
        current.blocksPossible = []
        round = current
        progress.eventsToReceive &+= events
        progress.bytesToReceive &+= bytes
        actions.append(.progress(currentProgress))
    }

    /// The peer lacks bodies: those that are here go to it once more.
    mutating func received(wanted ids: [EventID], store: some LogIndex) throws(SyncError) {
        let isInRound = round.map { !$0.isComparing && $0.isWantPossible } ?? false
        // Who goes on while this side doesn't asks the next one.
        guard isInRound || isLive else { return }
        let held = try asking { () throws(StoreFault) in
            var held: [EventID] = []
            // A few at a time: a body may be long.
            for start in stride(from: 0, to: ids.count, by: 8) {
                held += try store.events(Array(ids[start..<min(start + 8, ids.count)]))
                    .filter { $0.event.body != nil }.map(\.event.id)
            }
            return held
        }
        guard isInRound, var current = round else {
            // At rest, or the peer was when it asked.
            var bodies = EventStream(positionMax: .max)
            try asking { () throws(StoreFault) in try bodies.add(held, store: store) }
            return bodiesToSend = bodies
        }
        current.isWantPossible = false
        try asking { () throws(StoreFault) in try current.content.add(held, store: store) }
        progress.eventsToSend += held.count
        round = current
    }

    // MARK: - Forked logs

    /// The peer found a fork: lists our ids of the blocks that differ and asks for the peer's.
    mutating func received(
        blocks peers: [Fingerprint], of key: LogKey, store: some LogIndex
    ) throws(SyncError) {
        guard var current = round, !current.isComparing, !current.isPeerTotalled,
            try asking({ () throws(StoreFault) in try store.log(key) }).count > 0,
            current.blocksReceived.insert(key).inserted
        else { throw .unexpectedMessage }
        current.blocksPossible.remove(key)
        current.lacksNothing = false
        let own = try asking { () throws(StoreFault) in try store.blocks(of: key) }
            .prefix(SyncLimit.blocksMax).map(\.fingerprint)
        let none = SetSummary.empty.fingerprint
        let differing = (0..<max(own.count, peers.count)).filter { index in
            (index < own.count ? own[index] : none) != (index < peers.count ? peers[index] : none)
        }
        current.idsSent.insert(key)
        current.idsToSend.append(
            Round.IDList(
                key: key, isQuestion: true, isContinued: false, blocks: ArraySlice(differing)))
        round = current
    }

    /// The peer lists its ids of some blocks: what it lacks of ours is sent.
    mutating func received(_ have: Message.Have, store: some LogIndex) throws(SyncError) {
        guard var current = round, !current.isComparing else { throw .unexpectedMessage }
        let isOpen =
            have.isQuestion
            ? current.blocksSent.contains(have.key) : current.idsSent.contains(have.key)
        guard isOpen else { throw .unexpectedMessage }
        let (complete, rest) = try Session.complete(
            have, after: current.idsReceived[have.key] ?? Round.IDsReceived())
        current.idsReceived[have.key] = rest
        let lacked = try idsLacked(of: have.key, complete, store)
        try asking { () throws(StoreFault) in
            if have.key.logClass == .membership {
                try current.membership.add(lacked, store: store)
            } else {
                try current.content.add(lacked, store: store)
            }
        }
        progress.eventsToSend += lacked.count
        if have.isQuestion {
            // Where the peer has nothing, it needs no list of what it is about to get.
            let blocks = complete.filter { !$0.ids.isEmpty }.map(\.index)
            if !blocks.isEmpty || !have.isContinued {
                current.idsToSend.append(
                    Round.IDList(
                        key: have.key, isQuestion: false, isContinued: have.isContinued,
                        blocks: ArraySlice(blocks)))
            }
            if !have.isContinued { current.blocksSent.remove(have.key) }
        } else if !have.isContinued {
            current.idsSent.remove(have.key)
        }
        round = current
    }

    /// The blocks that a list completes, each once, and the one that the next list may go on with.
    private static func complete(
        _ have: Message.Have, after received: Round.IDsReceived
    ) throws(SyncError) -> (blocks: [(index: Int, ids: Set<EventID>)], rest: Round.IDsReceived?) {
        // Every list but the last makes progress, so there is an end of them.
        guard !have.isContinued || !have.blocks.isEmpty else { throw .unexpectedMessage }
        var rest = received
        var complete: [(index: Int, ids: Set<EventID>)] = []
        for block in have.blocks {
            if block.index == rest.block, !block.ids.isEmpty {
                rest.ids.formUnion(block.ids)
                rest.listed += block.ids.count
            } else {
                guard block.index > rest.block else { throw .unexpectedMessage }
                if rest.block >= 0 { complete.append((rest.block, rest.ids)) }
                rest = Round.IDsReceived(
                    block: block.index, ids: Set(block.ids), listed: block.ids.count)
            }
            guard rest.listed <= SyncLimit.idsPerBlockMax else { throw .tooMuch("have") }
        }
        if have.isContinued { return (complete, rest) }
        if rest.block >= 0 { complete.append((rest.block, rest.ids)) }
        return (complete, nil)
    }

    private func idsLacked(
        of key: LogKey, _ blocks: [(index: Int, ids: Set<EventID>)], _ store: some LogIndex
    ) throws(SyncError) -> [EventID] {
        var lacked: [EventID] = []
        for block in blocks {
            let ids = try self.ids(of: key, block: block.index, store)
            lacked += ids.filter { !block.ids.contains($0) }
        }
        return lacked
    }

    private func ids(
        of key: LogKey, block: Int, _ store: some LogIndex
    ) throws(SyncError) -> [EventID] {
        let first = block * EventLimit.blockEvents
        return try asking { () throws(StoreFault) in
            try store.ids(of: key, in: first..<(first + EventLimit.blockEvents))
        }
    }

    /// Writes the next `have` message of the round; gives whether there was one.
    mutating func sendIDs(_ store: some LogIndex) throws(SyncError) -> Bool {
        guard var current = round, var list = current.idsToSend.first else { return false }
        var blocks: [Message.Have.Block] = []
        var count = 0
        while let index = list.blocks.first, count < SyncLimit.idsListedMax / 2,
            blocks.count < SyncLimit.idsListedMax
        {
            var ids = try self.ids(of: list.key, block: index, store)
            if count + ids.count > SyncLimit.idsListedMax {
                guard blocks.isEmpty else { break }
                // A block with very many forks takes several messages of its own.
                while ids.count > SyncLimit.idsListedMax {
                    try sendBlock(
                        list, index, Array(ids.prefix(SyncLimit.idsListedMax)))
                    ids.removeFirst(SyncLimit.idsListedMax)
                }
            }
            list.blocks = list.blocks.dropFirst()
            count += ids.count
            blocks.append(Message.Have.Block(index: index, ids: ids))
        }
        try send(
            .have(
                Message.Have(
                    key: list.key, isQuestion: list.isQuestion,
                    isContinued: list.isContinued || !list.blocks.isEmpty, blocks: blocks)))
        if list.blocks.isEmpty {
            current.idsToSend.removeFirst()
        } else {
            current.idsToSend[0] = list
        }
        round = current
        return true
    }

    private mutating func sendBlock(
        _ list: Round.IDList, _ index: Int, _ ids: [EventID]
    ) throws(SyncError) {
        try send(
            .have(
                Message.Have(
                    key: list.key, isQuestion: list.isQuestion, isContinued: true,
                    blocks: [Message.Have.Block(index: index, ids: ids)])))
    }
}
