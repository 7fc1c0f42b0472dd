import WeData
import WeKeys
import WeLog

// Who is there: hello, joining by invitation, and introductions (Protocol.md, "Greeting").
extension Session {
    /// The channel is open: the initiator speaks first, except to a newcomer.
    mutating func opened(_ store: some LogIndex) throws(SyncError) {
        switch role {
        case .initiator where joining != nil:
            phase = .awaitingInvited
        case .initiator:
            try sendHello(store)
            phase = .awaitingHello
        case .responder:
            let used = channel.pskIndex
            if used < secrets.count, let person = secrets[used].pairing {
                return try offerPairing(to: person)
            }
            guard used < secrets.count, let invite = secrets[used].invite else {
                phase = .awaitingHello
                return
            }
            guard let team, let roster else { throw .joinRefused("this device has no team yet") }
            let name = roster.name.cut(toBytes: SyncLimit.teamNameBytesMax)
            try send(.invited(team: team, invite: invite, teamName: name))
            phase = .awaitingJoin
        }
    }

    /// Says which device this is and what it holds.
    mutating func sendHello(_ store: some LogIndex) throws(SyncError) {
        let summary = try asking { () throws(StoreFault) in try store.summary() }
        livePosition = try asking { () throws(StoreFault) in try store.lastPosition() }
        ownWants = try asking { () throws(StoreFault) in
            try store.wanted(countMax: SyncLimit.idsListedMax).count
        }
        let outcome = Outcome(summary)
        ownHello = outcome
        let proof = signingKey.sign(
            channel.handshakeHash + [role == .initiator ? 0 : 1], domain: .channel)
        try send(
            .hello(
                Message.Hello(
                    device: signingKey.publicKey, proof: proof, fingerprint: outcome.fingerprint,
                    count: outcome.count, wanted: ownWants,
                    files: files.ownCount)))
    }

    mutating func received(
        _ hello: Message.Hello, store: some LogIndex
    ) throws(SyncError) {
        let side: UInt8 = role == .initiator ? 1 : 0
        guard
            hello.proof.isValid(
                for: channel.handshakeHash + [side], domain: .channel, by: hello.device)
        else { throw .badProof }
        helloDeadline = nil
        peerHello = hello
        wantsOfPeer = hello.wanted
        files.peerCount = hello.files
        if ownHello == nil { try sendHello(store) }
        if let roster, roster.person(of: hello.device) != nil, !roster.isActive(hello.device) {
            throw try putOut(hello.device, roster, store)
        }
        if try isKnown(hello) {
            try becomeKnown(hello, store)
        } else {
            phase = .introducing
            try send(.introduce)
        }
    }

    /// Whether the team knows the peer's device; throws when another channel key belongs to it.
    func isKnown(_ hello: Message.Hello) throws(SyncError) -> Bool {
        guard let roster, roster.isActive(hello.device),
            let person = roster.person(of: hello.device)
        else { return false }
        let isOwnKey = person.devices.contains {
            $0.signing == hello.device && $0.channel == channel.remoteStatic
        }
        guard isOwnKey else { throw .badProof }
        return true
    }

    /// The peer is a member: reconciliation may begin.
    mutating func becomeKnown(
        _ hello: Message.Hello, _ store: some LogIndex
    ) throws(SyncError) {
        let wasIntroduced = phase == .introducing
        phase = .open
        rosterDeadline = nil
        if let person = roster?.person(of: hello.device) {
            actions.append(.recognised(device: hello.device, person: person.id))
        }
        let outcome = Outcome(fingerprint: hello.fingerprint, count: hello.count)
        peerOutcome = outcome
        ownOutcome = ownHello
        let isSame = outcome == ownHello && hello.wanted == 0 && ownWants == 0
        switch role {
        case .responder where isSame && !wasIntroduced, .initiator where isSame:
            try becomeEqual()
        case .responder:
            try beginRound(store)
        case .initiator:
            isRoundExpected = true
            guard let ranges = heldRanges else { return }
            heldRanges = nil
            try received(ranges, store: store)
        }
    }

    /// Ends with a device that was put out.
    ///
    /// It is told with the proof, the acts that did it and all that they rest on, and gets nothing
    /// else.
    mutating func putOut(
        _ device: DeviceKey, _ roster: Team, _ store: some LogIndex
    ) throws(SyncError) -> SyncError {
        var rest = ArraySlice(roster.exclusionProof(of: device))
        while !rest.isEmpty {
            let part = Array(rest.prefix(SyncLimit.proofEventsPerMessage))
            rest = rest.dropFirst(part.count)
            let events = try asking { () throws(StoreFault) in try store.events(part) }
            try send(.events(Run.grouping(events)))
        }
        return .excluded
    }

    // MARK: - Joining

    /// Newcomer: this is the team; asks to be taken in when it is the one of the invitation.
    mutating func received(
        team: TeamID, invite: EventID, teamName: String
    ) throws(SyncError) {
        guard let joining, joining.invitation.purpose == .newcomer else { throw .unexpectedMessage }
        guard team.bytes.starts(with: joining.invitation.teamPrefix) else { throw .otherTeam }
        let key: SigningKey
        do { key = try joining.invitation.key() } catch { throw .keys }
        self.team = team
        actions.append(.invited(team: team, teamName: teamName))
        let request = JoinRequest(
            team: team, invite: invite, inviteKey: key, person: joining.person,
            name: joining.name, devices: joining.devices, nonce: joining.nonce)
        try send(.join(invite: invite, request))
        // How long the other side takes to decide is bounded by silence alone.
        helloDeadline = nil
        phase = .awaitingWelcome
    }

    /// Responder: whose device this is, to who may become a further one.
    private mutating func offerPairing(to person: PersonID) throws(SyncError) {
        guard let team, let roster else { throw .joinRefused("this device has no team yet") }
        let name = roster.name.cut(toBytes: SyncLimit.teamNameBytesMax)
        try send(.pairing(team: team, person: person, teamName: name))
        phase = .awaitingEnrol
    }

    /// Newcomer: becomes a further device of this person.
    mutating func received(
        team: TeamID, person: PersonID, teamName: String
    ) throws(SyncError) {
        guard let joining, joining.invitation.purpose == .device else { throw .unexpectedMessage }
        guard team.bytes.starts(with: joining.invitation.teamPrefix) else { throw .otherTeam }
        self.team = team
        actions.append(.invited(team: team, teamName: teamName))
        try send(
            .enrol(
                Device(person: person, key: signingKey, channel: channelKey, label: joining.name)))
        helloDeadline = nil
        phase = .awaitingWelcome
    }

    /// Responder: the further device of its own person.
    mutating func received(_ device: Device) throws(SyncError) {
        guard channel.pskIndex < secrets.count, let person = secrets[channel.pskIndex].pairing,
            device.isValid(for: person), device.channel == channel.remoteStatic
        else { throw .badProof }
        helloDeadline = nil
        phase = .awaitingAdmission
        actions.append(.enrol(device))
    }

    /// Responder: someone who holds an invitation asks to be taken in.
    mutating func received(invite: EventID, _ request: JoinRequest) throws(SyncError) {
        guard let team, let roster, channel.pskIndex < secrets.count,
            secrets[channel.pskIndex].invite == invite,
            let open = roster.invites.first(where: { $0.id == invite })
        else { throw .joinRefused("the invitation is not open") }
        // A request that was overheard or handed on is worth nothing with other keys.
        guard request.isValid(team: team, invite: invite, key: open.invite.key),
            request.devices.contains(where: { $0.channel == channel.remoteStatic })
        else { throw .badProof }
        helloDeadline = nil
        phase = .awaitingAdmission
        actions.append(.join(request, invite: invite))
    }

    /// Responder: the newcomer is a member now.
    mutating func welcome(_ admission: EventID, _ store: some LogIndex) throws(SyncError) {
        let secrets = Array(teamSecrets.prefix(SyncLimit.secretsWelcomeMax))
        guard !secrets.isEmpty else { throw .joinRefused("this device has no team secret") }
        try send(.welcome(admission: admission, secrets: secrets))
        try sendHello(store)
        phase = .awaitingHello
        expectHello()
    }

    /// Newcomer: taken in, from here on a member that holds nothing yet.
    mutating func received(
        admission: EventID, secrets: [Bytes32], store: some LogIndex
    ) throws(SyncError) {
        guard let team else { throw .unexpectedMessage }
        actions.append(.welcomed(team: team, admission: admission, secrets: secrets))
        try sendHello(store)
        phase = .awaitingHello
        expectHello()
    }

    private mutating func expectHello() {
        helloDeadline = now + Milliseconds(SyncLimit.handshakeSecondsMax) * 1_000
    }

    // MARK: - Introductions

    /// The peer does not know this device: it gets all membership events, since we know it.
    mutating func introduce(_ store: some LogIndex) throws(SyncError) {
        introductions += 1
        guard introductions <= 1 else { throw .unexpectedMessage }
        if role == .initiator, round == nil { isRoundExpected = true }
        introduction = try asking { () throws(StoreFault) in
            var stream = EventStream(positionMax: try store.lastPosition())
            for log in try store.logs() where log.key.logClass == .membership {
                try stream.add(log, from: 0, store: store)
            }
            return stream
        }
    }

    /// Whether the peer stays unknown after all its membership events; says so when it does.
    mutating func settleIntroduction() throws(SyncError) {
        guard phase == .introducing, isIntroduced, incoming.isDrained else { return }
        guard isMembershipChanged else { throw .unknownDevice }
        // The shell may still be about to tell how the team changed.
        if rosterDeadline == nil { rosterDeadline = now + SyncLimit.rosterMilliseconds }
    }
}
