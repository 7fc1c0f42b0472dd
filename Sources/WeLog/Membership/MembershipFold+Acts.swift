import WeData
import WeKeys

// What each act of a moderator, the founder or the council does.
extension MembershipFold {
    /// Applies one governing act, which its author was allowed.
    mutating func act(_ at: Int, by author: PersonID, as key: Seniority) {
        let event = graph.event(at)
        switch event.act {
        case .invite(let invite): self.invite(invite, by: author, at, as: key)
        case .close(let invite): close(invite, by: at, as: key)
        case .grant(let person, let role, let devices, let lifted) where role <= .moderator:
            grant(to: person, role, devices, lifting: lifted, by: at, as: key)
        case .reduce(let person, .none, _, let reason, let isSevere, let address):
            guard person != author, isFounded(at, of: person, isSevere, reason, address),
                let pair = agreed(Subject(person: person, device: nil), at, by: author)
            else { return }
            if reduce(person, by: pair.later, as: key) { effective.formUnion([at, pair.earlier]) }
        case .reduce(let person, let role, _, _, _, _) where role <= .moderator:
            if person != author { reduce(person, by: at, as: key) }
        case .revokeDevice(let owner, let device, _):
            guard owner != author, graph.person(of: device) == owner,
                key < rank[owner, default: .none],
                let pair = agreed(Subject(person: owner, device: device), at, by: author)
            else { return }
            revoke(by: pair.later, as: key)
            effective.formUnion([at, pair.earlier])
        case .readmit(let person, let lifted, _):
            count(at, as: key)
            lift(lifted, of: person, by: at, as: key)
            readmissions[person, default: []].append(Base(event: at, role: .member))
        case .adopt(let adopted):
            count(at, as: key)
            adoptions.append((at, adopted, key))
        case .secret(let epoch, let sealed):
            count(at, as: key)
            secrets.append((at, epoch, sealed))
        case .address: count(at, as: key)
        case .unknown: isFullyUnderstood = false
        case .genesis, .admit, .grant, .reduce, .addDevice, .council: return
        }
    }

    private mutating func count(_ at: Int, as key: Seniority) {
        effective.insert(at)
        seniority[at] = key
    }

    // MARK: - Invitations

    private mutating func invite(
        _ invite: MembershipAct.Invite, by author: PersonID, _ at: Int, as key: Seniority
    ) {
        guard invite.role <= .member else { return }
        count(at, as: key)
        let id = graph.event(at).id
        invites[id] = Invite(event: at, author: author, offer: invite, seniority: key)
        for early in earlyCloses[id, default: []] { end(id, by: early) }
    }

    private mutating func close(_ invite: EventID, by at: Int, as key: Seniority) {
        // Who has several grants comes by again; the first is the most senior.
        if seniority[at] == nil { seniority[at] = key }
        guard let known = invites[invite] else {
            earlyCloses[invite, default: []].append(at)
            return
        }
        if key <= known.seniority { end(invite, by: at) }
    }

    private mutating func end(_ invite: EventID, by close: Int) {
        effective.insert(close)
        closes[invite, default: []].append(close)
    }

    // MARK: - Raising

    /// A moderator's grant opens a stratum of its own; one of a lesser role is another admission.
    mutating func grant(
        to person: PersonID, _ role: Role, _ devices: [DeviceKey], lifting lifted: [EventID],
        by at: Int, as key: Seniority
    ) {
        guard role > .none else { return }
        effective.insert(at)
        lift(lifted, of: person, by: at, as: key)
        guard role >= .moderator else {
            seniority[at] = key
            readmissions[person, default: []].append(Base(event: at, role: role))
            return
        }
        let depth = role == .founder ? 0 : key.depth + 1
        let conferred = Seniority.grant(depth: depth, graph.event(at))
        seniority[at] = conferred
        strata.push(
            conferred,
            Stratum(person: person, base: Base(event: at, role: role), devices: devices))
    }

    /// Notes lifts of reductions that the act has seen; their rank is compared at use.
    private mutating func lift(
        _ lifted: [EventID], of person: PersonID, by at: Int, as key: Seniority
    ) {
        for id in lifted {
            guard let reduction = graph.index(of: id), isPast(reduction, of: at),
                reducedPerson(reduction) == person
            else { continue }
            lifts[carried[reduction] ?? reduction, default: []].append(
                Lift(event: at, seniority: key))
        }
    }

    /// Whom a reduction reduces, the council's included; `nil` for another act.
    func reducedPerson(_ at: Int) -> PersonID? {
        switch graph.event(at).act {
        case .reduce(let person, _, _, _, _, _): person
        case .council(let proposal, _, _):
            if case .reduce(let person, _, _, _) = CouncilProposal(decoding: proposal) {
                person
            } else {
                nil
            }
        default: nil
        }
    }

    // MARK: - Reducing

    /// Whether an exclusion follows an address of the same person, or says why it could not wait.
    private func isFounded(
        _ at: Int, of person: PersonID, _ isSevere: Bool, _ reason: String, _ address: EventID?
    ) -> Bool {
        if isSevere, !reason.isEmpty { return true }
        guard let address, let cited = graph.index(of: address), isPast(cited, of: at),
            case .address(let addressed, _, _) = graph.event(cited).act
        else { return false }
        return addressed == person
    }

    /// The acts that count, of which the later takes effect: this one alone, or, in a team that asks
    /// for two moderators, this one and another's that has seen it or was seen by it; `nil` while
    /// there is none.
    private mutating func agreed(
        _ subject: Subject, _ at: Int, by author: PersonID
    ) -> (earlier: Int, later: Int)? {
        guard genesis?.needsSecondModerator == true else { return (at, at) }
        let others = consents[subject, default: []].filter { $0.author != author }
        consents[subject, default: []].append(Consent(event: at, author: author))
        if let seen = others.first(where: { isPast($0.event, of: at) }) { return (seen.event, at) }
        return others.first { isPast(at, of: $0.event) }.map { (at, $0.event) }
    }

    /// Reduces a junior, by grants that are not causally after it; gives whether it took effect.
    @discardableResult
    private mutating func reduce(_ person: PersonID, by at: Int, as key: Seniority) -> Bool {
        guard case .reduce(_, let role, let cut, _, _, _) = graph.event(at).act,
            key < standing(of: person, notAfter: at)
        else { return false }
        reduce(person, to: role, cut: cut, by: at, as: key)
        return true
    }

    /// Notes a reduction that takes effect.
    mutating func reduce(
        _ person: PersonID, to role: Role, cut: [MembershipAct.Cut], by at: Int,
        as key: Seniority
    ) {
        guard seniority[at] == nil else { return }
        count(at, as: key)
        reductions[person, default: []].append(limit(at, role, cut, as: key))
    }

    private mutating func revoke(by at: Int, as key: Seniority) {
        guard case .revokeDevice(_, let device, let cut) = graph.event(at).act,
            seniority[at] == nil
        else { return }
        count(at, as: key)
        revocations[device, default: []].append(limit(at, .none, cut, as: key))
    }

    func limit(
        _ at: Int, _ role: Role, _ cut: [MembershipAct.Cut], as key: Seniority
    ) -> Limit {
        Limit(
            event: at, role: role, seniority: key, cut: cut,
            accepted: graph.accepted(cut))
    }

    // MARK: - The council

    /// Follows the chain of the council's decisions from the genesis on.
    ///
    /// On a fork of the chain the lesser hash goes on, and an alarm is raised: some key signed
    /// twice. Where the genesis names no keys, the founder's first such event does.
    mutating func decideCouncil(_ found: MembershipAct.Genesis) {
        var decisions: [Int] = []
        for at in 0..<graph.count {
            if case .council = graph.event(at).act { decisions.append(at) }
        }
        decisions.sort {
            let (left, right) = (graph.event($0), graph.event($1))
            return (left.lamport, left.id) < (right.lamport, right.id)
        }
        if Council.isValid(keys: found.recoveryKeys, threshold: found.recoveryThreshold) {
            council.keys = found.recoveryKeys
            council.threshold = found.recoveryThreshold
        } else {
            let own = Set(found.devices.map(\.signing))
            for at in decisions where own.contains(graph.event(at).device) {
                guard case .council(let proposal, nil, let signatures) = graph.event(at).act,
                    signatures.isEmpty,
                    case .keys(let keys, let threshold) = CouncilProposal(decoding: proposal)
                else { continue }
                effective.insert(at)
                council.keys = keys
                council.threshold = threshold
                break
            }
        }
        guard !council.keys.isEmpty else { return }
        while let next = following(among: decisions), decide(next) {}
    }

    /// A decision and the events that carry it: it counts wherever it is said again.
    private struct Decided {
        let proposal: CouncilProposal?
        let digest: Digest
        var carriers: [Int]
    }

    /// The decision that follows the last one, by enough keys.
    private mutating func following(among decisions: [Int]) -> Decided? {
        var found: Decided?
        for at in decisions {
            guard case .council(let bytes, let previous, _) = graph.event(at).act,
                previous == council.last,
                graph.nodes[at].signers.intersection(council.keys).count >= council.threshold
            else { continue }
            let digest = CouncilDecision.digest(previous: previous, proposal: bytes)
            if let other = found {
                if digest == other.digest { found?.carriers.append(at) }
                guard digest != other.digest else { continue }
                council.isForked = true
                guard digest < other.digest else { continue }
            }
            found = Decided(
                proposal: CouncilProposal(decoding: bytes), digest: digest, carriers: [at])
        }
        return found
    }

    /// Applies a decision; `false` for one of another form, which ends the chain.
    private mutating func decide(_ next: Decided) -> Bool {
        guard let first = next.carriers.first, let proposal = next.proposal else {
            isFullyUnderstood = false
            return false
        }
        council.last = next.digest
        for carrier in next.carriers {
            effective.insert(carrier)
            carried[carrier] = first
        }
        switch proposal {
        case .founder(let person, let devices, let lifted):
            for id in lifted {
                guard let reduction = graph.index(of: id), reducedPerson(reduction) == person else {
                    continue
                }
                lifts[carried[reduction] ?? reduction, default: []] += next.carriers.map {
                    Lift(event: $0, seniority: .council)
                }
            }
            for carrier in next.carriers {
                grant(to: person, .founder, devices, lifting: [], by: carrier, as: .council)
            }
        case .reduce(let person, let role, let cut, _):
            reduce(person, to: role, cut: cut, by: first, as: .council)
        case .keys(let keys, let threshold):
            council.keys = keys
            council.threshold = threshold
        }
        return true
    }
}
