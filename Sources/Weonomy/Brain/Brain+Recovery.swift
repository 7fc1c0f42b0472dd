public import WeData
import WeKeys
import WeLog
import WeReplica

/// The keys that can replace the founder, for showing.
public struct RecoveryInfo: Sendable, Hashable {
    /// How many there are.
    public let keyCount: Int
    /// How many a decision takes.
    public let threshold: Int
    /// Whether two decisions followed the same one: some key was used twice, by whoever had it.
    public let isForked: Bool
}

extension Brain {
    /// Who can replace the founder; `nil` where nobody can yet.
    public nonisolated var recovery: RecoveryInfo? {
        guard let council = replica.currentTeam?.council, !council.keys.isEmpty else { return nil }
        return RecoveryInfo(
            keyCount: council.keys.count, threshold: council.threshold,
            isForked: council.isForked)
    }

    /// Makes recovery keys: codes to print, one for each keeper.
    ///
    /// They are kept nowhere else. One key of one is a printed key; more make a council, of which more than half must agree.
    /// Only the founder does this, at a laptop that founded the team, and only once: from then on
    /// the keys themselves decide (``replaceRecoveryKeys(_:threshold:with:)``).
    public func makeRecoveryKeys(_ count: Int, threshold: Int) throws(BrainError) -> [String] {
        let team = try governed()
        guard team.council.keys.isEmpty else {
            throw BrainError(.exists, .hasRecovery)
        }
        let (codes, keys) = try recoveryKeys(count, threshold: threshold, team.id)
        try decide(
            .council(
                proposal: CouncilProposal.keys(keys, threshold: threshold).encoded,
                previous: nil, signatures: []))
        guard replica.currentTeam?.council.keys == keys else {
            throw BrainError(.notAllowed, .foundersLaptop)
        }
        return codes
    }

    /// Replaces the recovery keys, with enough of the old ones.
    public func replaceRecoveryKeys(
        _ count: Int, threshold: Int, with codes: [String]
    ) throws(BrainError) -> [String] {
        guard let team = replica.currentTeam else {
            throw BrainError(.noReplica, "there is no team here yet")
        }
        let (new, keys) = try recoveryKeys(count, threshold: threshold, team.id)
        try decide(.keys(keys, threshold: threshold), with: try signers(codes))
        return new
    }

    /// Makes someone founder, with enough recovery keys; with `isReplacing`, founders until now
    /// are put out, with all that they wrote from `since` on.
    public func recover(
        founder person: PersonID, isReplacing: Bool, since: Instant? = nil, with codes: [String]
    ) throws(BrainError) {
        guard let team = replica.currentTeam else {
            throw BrainError(.noReplica, "there is no team here yet")
        }
        guard let next = team.persons[person] else {
            throw BrainError(.notFound, .nobody)
        }
        let signers = try signers(codes)
        if isReplacing {
            for old in team.persons.values.sorted(by: { $0.id < $1.id })
            where old.role == .founder && old.id != person {
                let cut = try cut(of: team.allDevices(of: old.id), since: since)
                try decide(
                    .reduce(person: old.id, to: .none, cut: cut, reason: "recovery"),
                    with: signers)
            }
        }
        try decide(
            .founder(
                person: person, devices: next.devices.map(\.signing),
                lifts: team.reductions(of: person)),
            with: signers)
        if me.id == person { try replaceSecret() }
    }

    private func recoveryKeys(
        _ count: Int, threshold: Int, _ team: TeamID
    ) throws(BrainError) -> (codes: [String], keys: [DeviceKey]) {
        var codes: [String] = []
        var keys: [DeviceKey] = []
        guard Council.isValid(keyCount: count, threshold: threshold) else {
            throw BrainError(.invalid, .recoveryCount(max: EventLimit.recoveryKeysMax))
        }
        for _ in 0..<count {
            guard
                let code = Invitation(
                    team: team, seed: RandomBytes.bytes(Invitation.seedBytes),
                    purpose: .recovery)
            else { throw BrainError(.failed, "no key could be made") }
            do throws(KeyError) { keys.append(try code.key().publicKey) } catch {
                throw BrainError(error)
            }
            codes.append(code.code)
        }
        return (codes, keys)
    }

    /// The keys of the codes that are the council's, each once.
    private func signers(_ codes: [String]) throws(BrainError) -> [SigningKey] {
        guard let team = replica.currentTeam, !team.council.keys.isEmpty else {
            throw BrainError(.invalid, .noRecovery)
        }
        var keys: [DeviceKey: SigningKey] = [:]
        for code in codes {
            guard let read = Invitation(code: code), read.purpose == .recovery else {
                throw BrainError(.trust, .noRecoveryKey)
            }
            let key: SigningKey
            do throws(KeyError) { key = try read.key() } catch { throw BrainError(error) }
            guard team.council.keys.contains(key.publicKey) else {
                throw BrainError(.trust, .otherRecoveryKey)
            }
            keys[key.publicKey] = key
        }
        guard keys.count >= team.council.threshold else {
            throw BrainError(
                .trust, .recoveryLacks(needed: team.council.threshold, given: keys.count))
        }
        return keys.values.sorted { $0.publicKey < $1.publicKey }
    }

    private func decide(
        _ proposal: CouncilProposal, with keys: [SigningKey]
    ) throws(BrainError) {
        guard let team = replica.currentTeam else { return }
        let bytes = proposal.encoded
        let statement = CouncilDecision.statement(
            team: team.id, previous: team.council.last, proposal: bytes)
        let signatures = keys.map {
            MembershipAct.CouncilSignature(
                key: $0.publicKey, signature: $0.sign(statement, domain: .council))
        }
        let event = try decide(
            .council(proposal: bytes, previous: team.council.last, signatures: signatures))
        guard replica.currentTeam?.effective.contains(event) == true else {
            throw BrainError(.failed, "the decision does not count")
        }
    }
}
