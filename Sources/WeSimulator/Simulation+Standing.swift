import WeData
import WeKeys
import WeLog
import WeReplica

// Whether nobody had an effect that they were not given, and what was erased or put out is so.
extension Simulation {
    /// Compares a node's team with that of all events together, and both with what is true.
    func checkTeam(of node: SimulatedNode) {
        guard let team = node.team, let united else { return }
        // Where those who were put out have events that nobody takes from them, it is another team.
        if team.eventCount == united.eventCount,
            let difference = Simulation.difference(team, united)
        {
            violate(
                .equalDigests,
                "\(node.name) has another team than all events make: \(difference)")
        }
        if random.chance(20) {
            var events = (try? node.replica.lend { try? $0.membershipEvents() }) ?? nil
            events?.shuffle(using: &random)
            let again = events.flatMap { Team(id: team.id, events: $0) }
            if let difference = again.flatMap({ Simulation.difference(team, $0) }) {
                violate(
                    .viewsFollowEvents, "\(node.name) folds to another team at once: \(difference)")
            }
        }
        for person in team.persons.values.sorted(by: { $0.id < $1.id }) { check(person) }
        guard let founder = nodes.first, truth.reducers[founder.person] == nil,
            !truth.revoked.contains(founder.signing.publicKey), !plan.needsSecondModerator
        else { return }
        // Nobody is senior to the founder: what the founder decided holds.
        for (event, person) in truth.exclusions.sorted(by: { $0.key < $1.key })
        where !truth.restored.contains(person) {
            let isStored = (try? node.replica.lend { try? $0.events([event]) })??.isEmpty == false
            let role = team.persons[person]?.role ?? Role.none
            if isStored, role != .none {
                violate(.noUnauthorisedEffect, "whom the founder excluded is a \(role)")
            }
        }
    }

    private static func difference(_ one: Team, _ other: Team) -> String? {
        if one.persons != other.persons { return "persons" }
        if one.owners != other.owners { return "owners" }
        if one.channels != other.channels { return "channels" }
        if one.invites != other.invites { return "invites" }
        if one.effective != other.effective { return "what counts" }
        if one.council != other.council { return "council" }
        return one.isFullyUnderstood == other.isFullyUnderstood ? nil : "what is understood"
    }

    private func check(_ person: Team.Person) {
        if truth.strangers.contains(person.id) {
            violate(.noUnauthorisedEffect, "a stranger is a \(person.role)")
        }
        let reducers = truth.reducers[person.id, default: []]
        if !truth.hostile.contains(person.id), !person.role.canWrite, reducers.isEmpty {
            violate(.noUnauthorisedEffect, "\(person.name) is a \(person.role) by nobody")
        }
        let isOwn = reducers.contains(person.id)
        if plan.needsSecondModerator, person.role == .none, reducers.count < 2, !isOwn {
            violate(.noUnauthorisedEffect, "\(person.name) was excluded by one alone")
        }
        let isFounder = person.id == nodes.first?.person
        if person.role == .founder, !isFounder, !truth.founders.contains(person.id) {
            violate(.noUnauthorisedEffect, "\(person.name) is a founder by nobody")
        }
        if person.role == .moderator, !isFounder, !truth.moderators.contains(person.id),
            !truth.founders.contains(person.id)
        {
            violate(.noUnauthorisedEffect, "\(person.name) is a moderator by nobody")
        }
    }

    /// Whether all that counts is by people of the team.
    func checkObjects(of node: SimulatedNode) {
        guard let team = node.team else { return }
        for object in node.objects(countMax: 100_000) {
            guard let entries = try? node.replica.entries(of: object) else { continue }
            for entry in entries where !entry.isVoid && team.persons[entry.author] == nil {
                return violate(
                    .noUnauthorisedEffect, "\(entry.id) is by someone who is not in the team")
            }
        }
    }

    /// Whether what was erased by someone who is in good standing is gone everywhere, also from the
    /// bytes on disks.
    func checkErased() {
        guard let team = united else { return }
        let erasures = truth.erasures.filter { erasure in
            truth.reducers[erasure.person] == nil && !truth.revoked.contains(erasure.device)
                && team.isActive(erasure.device)
                && (erasure.isOwn || team.persons[erasure.person]?.role.canGovern == true)
        }
        for node in expected {
            let events = erasures.map(\.event)
            let stored = (try? node.replica.lend { try? $0.events(events) }) ?? nil
            let known = Set((stored ?? []).map(\.event.id))
            for erasure in erasures
            where known.contains(erasure.event) && !isVoid(erasure.event, on: node) {
                let found = (try? node.replica.lend { try? $0.events([erasure.target]) }) ?? nil
                if found?.first?.event.body != nil {
                    return violate(.noErasedBody, "\(node.name) has the body of \(erasure.target)")
                }
                guard let disk = node.disk, !erasure.salt.isEmpty else { continue }
                for name in disk.names where disk.bytes(of: name)?.holds(erasure.salt) == true {
                    return violate(
                        .noErasedBody, "\(name) of \(node.name) holds \(erasure.target)")
                }
            }
        }
    }

    /// Whether a content event does not count, as when its author fell along with someone and wrote
    /// it before they knew.
    func isVoid(_ id: EventID, on node: SimulatedNode) -> Bool {
        let stored = (try? node.replica.lend { try? $0.events([id]) })??.first
        guard let event = stored?.event else { return true }
        let object = event.header.object ?? ObjectID(event.id.value)
        return (try? node.replica.entries(of: object))?.first { $0.id == id }?.isVoid ?? true
    }

    /// Whether what someone wrote after they were put out changes nothing: a replica that never got
    /// it shows the same.
    func checkPutOut(of node: SimulatedNode) {
        guard let team = node.team,
            team.owners.keys.contains(where: { !team.isActive($0) }),
            let stored = (try? node.replica.lend { try? $0.events(after: 0, countMax: .max) })
                ?? nil
        else { return }
        let events = stored.map(\.event)
        let without = Simulation.withoutLater(events, team)
        guard without.count < events.count else { return }
        score.eventsWithoutEffect += events.count - without.count
        do {
            let other = try Simulation.replica()
            defer { Simulation.takeBack(other) }
            try other.adopt(team: team.id)
            let runs = without.map { Run(key: $0.key, events: [$0]) }
            let report = try other.ingest(runs)
            guard report.waiting.isEmpty, report.refused.isEmpty else {
                return violate(.soundStore, "events of \(node.name) are refused elsewhere")
            }
            if try other.digest() != node.replica.digest() || planted == .laterEffect {
                violate(
                    .noUnauthorisedEffect,
                    "what was written by someone who was put out changes \(node.name)")
            }
        } catch {
            violate(.soundStore, "\(error)")
        }
    }

    private static func cut(of act: MembershipAct) -> [MembershipAct.Cut] {
        switch act {
        case .reduce(_, _, let cut, _, _, _), .revokeDevice(_, _, let cut): return cut
        case .council(let proposal, _, _):
            guard case .reduce(_, _, let cut, _) = CouncilProposal(decoding: proposal) else {
                return []
            }
            return cut
        default: return []
        }
    }

    /// Events without those that a reduction or revocation cut off, as far as nothing else that is
    /// kept names them.
    private static func withoutLater(_ events: [Event], _ team: Team) -> [Event] {
        var byID: [EventID: Event] = [:]
        for event in events { byID[event.id] = event }
        var acts: [(act: MembershipAct, id: EventID)] = []
        var adopted: Set<EventID> = []
        for event in events where event.key.logClass == .membership {
            guard let membership = MembershipEvent(event) else { continue }
            if case .adopt(let events) = membership.act { adopted.formUnion(events) }
            if team.effective.contains(event.id) { acts.append((membership.act, event.id)) }
        }
        var cutOff: Set<EventID> = []
        var causes: Set<EventID> = []
        for act in acts {
            let (devices, cut): ([DeviceKey], [MembershipAct.Cut])
            switch act.act {
            case .reduce(let person, .none, let own, _, _, _)
            where team.persons[person]?.role == Role.none
                && team.reductions(of: person) == [act.id]:
                devices = team.owners.filter { $0.value == person }.map(\.key)
                cut = own
            case .revokeDevice(_, let device, let own):
                devices = [device]
                cut = own
            default: continue
            }
            // Who leaves does so beyond the cut.
            causes.insert(act.id)
            var kept: Set<EventID> = []
            for entry in cut {
                for head in entry.heads {
                    var next = byID[head].flatMap {
                        $0.key.device == entry.device && $0.key.log == entry.log ? $0 : nil
                    }
                    while let event = next, kept.insert(event.id).inserted {
                        next = event.header.previous.flatMap { byID[$0] }
                    }
                }
            }
            let all = Set(devices)
            for event in events where all.contains(event.key.device) && !kept.contains(event.id) {
                cutOff.insert(event.id)
            }
        }
        cutOff.subtract(adopted)
        cutOff.subtract(causes)
        // A head that a cut names and that is not there accepts nothing: two who put out the same
        // person keep what either names.
        var isNeeded = Set(acts.flatMap { cut(of: $0.act) }.flatMap(\.heads))
        var kept: [Event] = []
        for event in events.reversed() {
            // A council's decision counts whoever carries it.
            var isCarrier = false
            if case .council = MembershipEvent(event)?.act { isCarrier = true }
            guard !cutOff.contains(event.id) || isNeeded.contains(event.id) || isCarrier else {
                continue
            }
            kept.append(event)
            isNeeded.formUnion(event.header.parents)
            if let previous = event.header.previous { isNeeded.insert(previous) }
        }
        return kept.reversed()
    }
}

extension [UInt8] {
    /// Whether these bytes lie in here side by side.
    fileprivate func holds(_ part: [UInt8]) -> Bool {
        guard let first = part.first, count >= part.count else { return false }
        var start = 0
        while let place = self[start...].firstIndex(of: first), place + part.count <= count {
            if self[place..<(place + part.count)].elementsEqual(part) { return true }
            start = place + 1
        }
        return false
    }
}
