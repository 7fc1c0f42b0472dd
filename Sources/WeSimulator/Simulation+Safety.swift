import WeData
import WeKeys
import WeLog
import WeReplica

// What people decide about each other and their devices.
extension Simulation {
    /// Does one thing that changes who may do what.
    func performForSafety(_ kind: StepKind, _ random: inout SimulatedRandom) -> Bool {
        switch kind {
        case .address, .exclude, .excludeSince, .excludeAgain, .demote, .readmit, .adopt,
            .closeInvite, .revokeOther:
            return govern(kind, &random)
        case .grantHostile: return grant(&random, toHostile: true)
        case .addDevice: return addDevice(&random)
        case .revokeDevice: return revokeDevice(&random)
        case .leave: return leave(&random)
        default: return decideByCouncil(&random)
        }
    }

    /// Whether a node may govern, as far as it knows.
    func canGovern(_ node: SimulatedNode) -> Bool {
        guard let team = node.team, team.isFullyUnderstood, node.isIn else { return false }
        return team.persons[node.person]?.role.canGovern ?? false
    }

    func devices(of person: PersonID, in team: Team) -> [DeviceKey] {
        team.owners.filter { $0.value == person }.map(\.key).sorted()
    }

    private func govern(_ kind: StepKind, _ random: inout SimulatedRandom) -> Bool {
        guard let node = random.pick(honest.filter(canGovern)), let team = node.team else {
            return false
        }
        let juniors = team.persons.values.sorted { $0.id < $1.id }.filter {
            $0.id != node.person && team.isSenior(node.person, to: $0.id)
        }
        let those = { (isWanted: (Team.Person) -> Bool) in juniors.filter(isWanted) }
        switch kind {
        case .address:
            guard let person = random.pick(those { $0.role > .none }) else { return false }
            return node.act(.address(person: person.id, text: "please stop", about: nil)) != nil
        case .exclude, .excludeSince, .excludeAgain:
            // A second moderator agrees with the first, or says it again.
            let wanted = truth.reducers
            let isAgain = kind == .excludeAgain
            let candidates = those {
                $0.role > .none && (!isAgain || wanted[$0.id] != nil)
                    && mayLose($0.id, &random)
            }
            guard let person = random.pick(candidates) else { return false }
            return exclude(person, by: node, in: team, isBackdated: kind == .excludeSince, &random)
        case .demote:
            guard let person = random.pick(those { $0.role.canGovern }) else { return false }
            note(person.id, by: node)
            let cut = cut(person.id, by: node, in: team, since: nil)
            return node.act(
                .reduce(
                    person: person.id, to: random.chance(80) ? .member : .reader, cut: cut,
                    reason: "", isSevere: false, address: nil)) != nil
        case .readmit: return readmit(those { !team.reductions(of: $0.id).isEmpty }, node, &random)
        case .adopt:
            guard let person = random.pick(those { truth.reducers[$0.id] != nil }),
                let events = try? node.replica.quarantined(of: devices(of: person.id, in: team)),
                !events.isEmpty
            else { return false }
            return node.act(.adopt(events: events.map(\.id).filter { _ in random.chance(70) }))
                != nil
        case .closeInvite:
            guard let invite = random.pick(team.invites.filter(\.isLive)) else { return false }
            return node.act(.close(invite: invite.id)) != nil
        default:
            guard let person = random.pick(those { $0.devices.count > 1 }),
                let device = random.pick(person.devices)?.signing
            else { return false }
            truth.revoked.insert(device)
            let cut = (try? node.replica.cut(of: [device], since: nil)) ?? []
            return node.act(.revokeDevice(owner: person.id, device: device, cut: cut)) != nil
        }
    }

    /// Some are always left.
    private func mayLose(_ person: PersonID, _ random: inout SimulatedRandom) -> Bool {
        if truth.hostile.contains(person) { return true }
        let lost = Set(honest.map(\.person)).filter { truth.reducers[$0] != nil }
        return lost.count < max(1, Set(honest.map(\.person)).count / 3) && random.chance(60)
    }

    private func note(_ person: PersonID, by node: SimulatedNode) {
        truth.reducers[person, default: []].insert(node.person)
    }

    private func cut(
        _ person: PersonID, by node: SimulatedNode, in team: Team, since: Int64?
    ) -> [MembershipAct.Cut] {
        (try? node.replica.cut(of: devices(of: person, in: team), since: since)) ?? []
    }

    private func exclude(
        _ person: Team.Person, by node: SimulatedNode, in team: Team, isBackdated: Bool,
        _ random: inout SimulatedRandom
    ) -> Bool {
        note(person.id, by: node)
        let since = isBackdated ? node.wall - Int64(random.within(0...60_000)) : nil
        let cut = cut(person.id, by: node, in: team, since: since)
        let address = team.address(of: person.id)
        let isSevere = address == nil || random.chance(50)
        guard
            let event = node.act(
                .reduce(
                    person: person.id, to: .none, cut: cut, reason: "spam", isSevere: isSevere,
                    address: isSevere ? nil : address))
        else { return false }
        if node.index == 0 { truth.exclusions[event] = person.id }
        return true
    }

    private func readmit(
        _ people: [Team.Person], _ node: SimulatedNode, _ random: inout SimulatedRandom
    ) -> Bool {
        guard let person = random.pick(people), let team = node.team else { return false }
        truth.restored.insert(person.id)
        let lifts = team.reductions(of: person.id)
        if random.chance(60) {
            return node.act(.readmit(person: person.id, lifts: lifts, devices: person.devices))
                != nil
        }
        return node.act(
            .grant(
                person: person.id, role: .member, devices: person.devices.map(\.signing),
                lifts: lifts)) != nil
    }

    /// Someone becomes a moderator; what hostile ones may do then, they do.
    func grant(_ random: inout SimulatedRandom, toHostile isHostile: Bool = false) -> Bool {
        guard let node = random.pick(honest.filter(canGovern)), let team = node.team else {
            return false
        }
        let candidates = team.persons.values.sorted { $0.id < $1.id }.filter {
            $0.role == .member && truth.hostile.contains($0.id) == isHostile
        }
        guard let person = random.pick(candidates) else { return false }
        truth.moderators.insert(person.id)
        return node.act(
            .grant(
                person: person.id, role: .moderator, devices: person.devices.map(\.signing),
                lifts: [])) != nil
    }

    // MARK: - Devices

    /// A person takes a second laptop.
    private func addDevice(_ random: inout SimulatedRandom) -> Bool {
        let owners = honest.filter { node in
            node.isMember && honest.count { $0.person == node.person } == 1
        }
        guard nodes.count < Simulation.nodesMax, let owner = random.pick(owners),
            let team = owner.team, let node = try? newNode(isHostile: false, person: owner.person),
            (try? node.replica.adopt(team: team.id)) != nil
        else { return false }
        node.secrets = owner.secrets
        nodes.append(node)
        dialNext(node, soon: true)
        return owner.act(.addDevice(person: owner.person, device: node.device)) != nil
    }

    /// A person takes away a device of their own, with what it wrote up to now.
    private func revokeDevice(_ random: inout SimulatedRandom) -> Bool {
        let owners = honest.filter { node in
            node.isMember && (node.team?.persons[node.person]?.devices.count ?? 0) > 1
        }
        guard let node = random.pick(owners), let person = node.team?.persons[node.person],
            person.devices.first?.signing == node.signing.publicKey,
            let device = person.devices.last?.signing,
            let cut = try? node.replica.cut(of: [device], since: nil)
        else { return false }
        truth.revoked.insert(device)
        return node.act(.revokeDevice(owner: node.person, device: device, cut: cut)) != nil
    }

    private func leave(_ random: inout SimulatedRandom) -> Bool {
        let founder = nodes.first?.person
        guard let node = random.pick(honest.filter { $0.isMember && $0.person != founder }),
            let team = node.team, !truth.founders.contains(node.person),
            mayLose(node.person, &random)
        else { return false }
        note(node.person, by: node)
        let cut = cut(node.person, by: node, in: team, since: nil)
        return node.act(
            .reduce(
                person: node.person, to: .none, cut: cut, reason: "", isSevere: false,
                address: nil)) != nil
    }

    // MARK: - The council

    static func councilKeys() throws -> [SigningKey] {
        try (0..<3).map { try NodeKeys.of(1_000 + $0).signing }
    }

    /// The council makes another founder, or puts someone out, the founder too.
    private func decideByCouncil(_ random: inout SimulatedRandom) -> Bool {
        guard plan.hasCouncil, !truth.hasCouncilDecided,
            let node = random.pick(honest.filter(\.isMember)), let team = node.team,
            let keys = try? Simulation.councilKeys()
        else { return false }
        let people = team.persons.values.sorted { $0.id < $1.id }
        guard
            let person = random.pick(
                people.filter {
                    $0.role > .none && !truth.hostile.contains($0.id) && $0.id != node.person
                })
        else { return false }
        truth.hasCouncilDecided = true
        let proposal: CouncilProposal
        if random.chance(60) {
            truth.founders.insert(person.id)
            truth.restored.insert(person.id)
            proposal = .founder(
                person: person.id, devices: person.devices.map(\.signing),
                lifts: team.reductions(of: person.id))
        } else {
            note(person.id, by: node)
            // The council is more than one, whoever carries what it decided.
            let council = [1, 2].map {
                PersonID(Bytes32(word0: $0, word1: 0, word2: 0, word3: 0))
            }
            truth.reducers[person.id, default: []].formUnion(council)
            proposal = .reduce(
                person: person.id, to: .none,
                cut: cut(person.id, by: node, in: team, since: nil), reason: "gone")
        }
        let statement = CouncilDecision.statement(
            team: team.id, previous: team.council.last, proposal: proposal.encoded)
        let signatures = keys.prefix(2).map {
            MembershipAct.CouncilSignature(
                key: $0.publicKey, signature: $0.sign(statement, domain: .council))
        }
        return node.act(
            .council(
                proposal: proposal.encoded, previous: team.council.last,
                signatures: Array(signatures))) != nil
    }
}

// What hostile moderators do, and hostile members who are none.
extension Simulation {
    func performByRogue(_ kind: StepKind, _ random: inout SimulatedRandom) -> Bool {
        guard let node = random.pick(nodes.filter { $0.isHostile && ($0.isIn || $0.isOut) }),
            let team = node.team
        else { return false }
        let others = team.persons.values.sorted { $0.id < $1.id }.filter { $0.id != node.person }
        switch kind {
        case .excludeEveryone:
            for person in others {
                noteRogue(person.id, node)
                // Nothing that they ever wrote is to count.
                node.act(
                    .reduce(
                        person: person.id, to: .none, cut: [], reason: "mine", isSevere: true,
                        address: nil))
            }
        case .demoteEveryone:
            for person in others where person.role.canGovern {
                noteRogue(person.id, node)
                node.act(
                    .reduce(
                        person: person.id, to: .reader, cut: [], reason: "", isSevere: false,
                        address: nil))
            }
        case .promoteFriends:
            for person in others where truth.hostile.contains(person.id) {
                if truth.moderators.contains(node.person) {
                    truth.moderators.insert(person.id)
                    truth.restored.insert(person.id)
                }
                node.act(
                    .grant(
                        person: person.id, role: .moderator,
                        devices: person.devices.map(\.signing),
                        lifts: team.reductions(of: person.id)))
            }
        default:
            for object in node.objects(countMax: 6) {
                guard let events = try? node.replica.erasable(in: object, by: nil),
                    !events.isEmpty
                else { continue }
                if truth.moderators.contains(node.person) { truth.mayBeErased.formUnion(events) }
                _ = node.write([.erase(events: events)], to: object)
            }
        }
        return true
    }

    /// A hostile moderator's reductions may count; those of others never do.
    private func noteRogue(_ person: PersonID, _ node: SimulatedNode) {
        guard truth.moderators.contains(node.person) else { return }
        truth.reducers[person, default: []].insert(node.person)
    }
}
