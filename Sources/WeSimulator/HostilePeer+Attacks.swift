import WeData
import WeKeys
import WeLog
import WeReplica
import WeSync

extension Simulation {
    /// Opens a connection on which one attack is made.
    func attack(
        _ kind: StepKind, by attackers: [SimulatedNode], _ random: inout SimulatedRandom
    ) -> Bool {
        hostilePeers.removeAll(where: \.isOver)
        guard let attacker = random.pick(attackers), !honest.isEmpty else { return false }
        var targets = [random.pick(honest)]
        // Bodies are missed only by someone who does not have them yet.
        if kind == .withholdBodies { targets = [honest.min { eventCount($0) < eventCount($1) }] }
        if kind == .fork { targets.append(random.pick(honest)) }
        var forged = ForgedEvents(attacker, random: SimulatedRandom(seed: random.next()))
        let branches = kind == .fork ? forged?.fork() : nil
        for (place, target) in targets.enumerated() {
            guard let target else { continue }
            let link = network.link(from: attacker.index, to: target.index, self)
            let peer = HostilePeer(
                kind, by: attacker, on: target, link: link,
                random: SimulatedRandom(seed: random.next()), simulation: self)
            if let branches { peer.runs = [place == 0 ? branches.0 : branches.1] }
            guard
                let end = target.open(
                    link, end: 1, peer: attacker, isPeerHonest: false, isLive: true)
            else { continue }
            // Who is not known yet says who they are first, and files before that end the session.
            let isKnown = target.team?.isActive(attacker.signing.publicKey) ?? false
            if kind.isFileLie, isKnown { end.lie = kind }
            peer.victim = end
            link.join(peer, end)
            hostilePeers.append(peer)
            end.start()
            peer.start()
        }
        return true
    }
}

extension Simulation {
    private func eventCount(_ node: SimulatedNode) -> Int {
        (try? node.replica.lend { try? $0.summary().count }) ?? 0
    }
}

extension HostilePeer {
    /// Says what this attack says, once the other side takes it for a member.
    func attack() {
        guard var forged = ForgedEvents(node, random: random) else { return }
        switch kind {
        case .garbage: for _ in 0..<3 { send(bytes: random.bytes(random.within(1...2_000))) }
        case .garbageMessage: for _ in 0..<random.within(1...6) { send(anyMessage(forged)) }
        case .withholdBodies: sendKnown(withBodies: false)
        case .replay: for _ in 0..<20 { sendKnown(withBodies: true) }
        case .flood:
            for _ in 0..<6 { send(.events([forged.chain(50)])) }
        case .fork: send(.events(runs))
        case .wrongSignature, .wrongLamport, .wrongPrevious, .wrongParents:
            send(.events([forged.wrong(kind)]))
        case .unknownChange:
            let change = Value.array([.int(77), .text("later"), .map([])])
            send(.events([forged.chain(1, [.create(kind: "share"), .unknown(change)])]))
        case .unknownAct: send(.events([forged.unknownAct()]))
        case .backdatedGrant:
            send(
                .events([
                    forged.acts([
                        .grant(
                            person: node.person, role: .moderator,
                            devices: [node.signing.publicKey], lifts: [])
                    ])
                ]))
        case .backdatedExclusion:
            let victim = random.pick(simulation.honest)?.person ?? node.person
            send(
                .events([
                    forged.acts([
                        .reduce(
                            person: victim, to: .none, cut: [], reason: "", isSevere: true,
                            address: nil)
                    ])
                ]))
        case .forgedAdmission:
            guard let stranger = simulation.strangers.first else { return }
            for run in forged.admission(of: stranger) { send(.events([run])) }
        case .strangersEvent:
            guard let stranger = simulation.strangers.first else { return }
            let introduction = forged.introduction
            send(
                .events([
                    forged.strangersRun(
                        stranger, after: introduction.id, lamport: introduction.lamport)
                ]))
        case .stallMidway: send(.totals(events: 3, bytes: 300))
        default: break
        }
    }

    /// Everything that the attacker knows, window by window.
    private func sendKnown(withBodies: Bool) {
        let known = try? node.replica.lend { try? $0.events(after: 0, countMax: 300) }
        for stored in known ?? [] {
            let event = stored.event
            guard event.key.logClass == .content || withBodies else { continue }
            let sent =
                withBodies
                ? event : Event(header: event.header, signature: event.signature, body: nil)
            send(.events([Run(key: event.key, events: [sent])]))
        }
    }

    /// Answers what the other side compares, not always with the truth.
    func answer(_ ranges: [LogRange]) {
        guard ranges.contains(where: \.isQuestion) else { return }
        let logs = ranges.flatMap { range in
            if case .list(let logs) = range.content { logs } else { [LogSummary]() }
        }
        let claimed: [LogSummary] =
            switch kind {
            case .lieHeads, .endlessBlocks, .endlessHave, .lieCounts:
                logs.map {
                    LogSummary(
                        key: $0.key, count: random.within(1...($0.count + 3)),
                        sequenceMax: $0.sequenceMax + (kind == .lieCounts ? 1_000_000 : 0),
                        fingerprint: anyFingerprint())
                }
            case .withhold: logs.map { LogSummary.empty($0.key) }
            default: []
            }
        send(.ranges([LogRange(upper: nil, content: claimed.isEmpty ? .skip : .answer(claimed))]))
        if kind == .lieCounts {
            send(.totals(events: Int.max / 8, bytes: Int.max / 8))
        } else {
            if kind == .endlessBlocks { sendBlocks(logs) }
            send(.totals(events: 1_000, bytes: 100_000))
        }
        if kind == .endlessHave { sendLists(logs) }
        guard kind != .stallMidway else { return }
        send(.sent)
        send(.synced(anyFingerprint(), count: random.below(1_000)))
    }

    private func sendBlocks(_ logs: [LogSummary]) {
        for _ in 0..<50 {
            guard let log = random.pick(logs) else { return }
            send(
                .blocks(log.key, (0..<random.within(1...2_000)).map { _ in anyFingerprint() }))
        }
    }

    private func sendLists(_ logs: [LogSummary]) {
        for index in 0..<100 {
            guard let log = random.pick(logs) else { return }
            let ids = (0..<random.within(1...20)).map { _ in EventID(random.bytes32()) }
            send(
                .have(
                    Message.Have(
                        key: log.key, isQuestion: random.chance(50), isContinued: true,
                        blocks: [Message.Have.Block(index: index / 3, ids: ids)])))
        }
    }

    private func anyMessage(_ forged: ForgedEvents) -> Message {
        let id = EventID(random.bytes32())
        let key = LogKey(
            logClass: random.chance(50) ? .content : .membership, device: node.signing.publicKey,
            log: random.next())
        switch random.below(12) {
        case 0: return .totals(events: random.below(1 << 40), bytes: random.below(1 << 50))
        case 1: return .sent
        case 2: return .introduce
        case 3: return .introduced
        case 4: return .synced(anyFingerprint(), count: random.below(1 << 40))
        case 5: return .ranges([LogRange(upper: nil, content: .skip)])
        case 6:
            return .ranges([
                LogRange(upper: key, content: .fingerprint(anyFingerprint(), count: 70)),
                LogRange(upper: nil, content: .list([])),
            ])
        case 7: return .blocks(key, [anyFingerprint()])
        case 8:
            return .have(
                Message.Have(
                    key: key, isQuestion: true, isContinued: true,
                    blocks: [Message.Have.Block(index: 0, ids: [id])]))
        case 9: return .welcome(admission: id, secrets: [random.bytes32()])
        case 10: return .bye(code: random.below(40), reason: "why not")
        default: return .invited(team: forged.team, invite: id, teamName: "another")
        }
    }
}
