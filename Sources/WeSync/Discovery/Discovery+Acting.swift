import WeKeys

// What a beacon means, and what time brings about.
extension Discovery {
    /// Takes a beacon of the team in.
    mutating func take(
        _ beacon: Beacon, secret: Int, _ place: Colleague.Place, _ now: Milliseconds, _ wall: Int64
    ) -> [DiscoveryAction] {
        refreshMesh(now)
        var colleague: Colleague
        let isKnown: Bool
        let wasLost: Bool
        if let known = colleagues[beacon.instance] {
            guard known.device == beacon.device else { return [] }
            colleague = known
            guard colleague.isNew(beacon.sequence) else {
                counts.repeated += 1
                return []
            }
            isKnown = true
            wasLost = isLost(known, now)
        } else {
            guard !beacon.isLeaving, makeRoom(for: place.host) else { return [] }
            colleague = Colleague(beacon, secret: secret, now: now)
            (isKnown, wasLost) = (false, false)
        }
        counts.heard += 1
        if beacon.isLeaving {
            colleagues[beacon.instance] = nil
            return []
        }
        let isMoved = colleague.heard(at: place) && isKnown
        colleague.heard = now
        colleague.port = beacon.port
        colleague.secret = secret
        colleague.fingerprint = beacon.fingerprint
        colleague.differences =
            beacon.fingerprint == fingerprint ? 0 : min(colleague.differences + 1, 1_000)
        colleagues[beacon.instance] = colleague
        if !isKnown { refreshMesh(now, isForced: true) }
        settle(beacon.instance, now, hasSpoken: true)
        if wasLost { soon(now) }
        guard !isKnown || isMoved || wasLost, !beacon.isAnswer else { return [] }
        return answer(beacon.instance, now, wall)
    }

    /// Somebody is back: others may be who do not hear this side yet.
    private mutating func soon(_ now: Milliseconds) {
        guard now - (lastAnnounced ?? .min / 2) > DiscoveryLimit.answerMilliseconds else { return }
        announceDue = min(announceDue, now)
    }

    private mutating func answer(
        _ instance: UInt64, _ now: Milliseconds, _ wall: Int64
    ) -> [DiscoveryAction] {
        guard let colleague = colleagues[instance], let place = colleague.places.first,
            colleague.answered.map({ now - $0 >= DiscoveryLimit.answerMilliseconds }) ?? true,
            answers.take(now), let bytes = sealed(isAnswer: true, wall: wall)
        else { return [] }
        colleagues[instance]?.answered = now
        return [.send(bytes, to: place.host, port: place.udpPort)]
    }

    /// Makes room for one more; `false` where its address has too many already.
    private mutating func makeRoom(for host: NetworkHost) -> Bool {
        let same = colleagues.values.filter { $0.places.first?.host == host }
        let isCrowded = same.count >= DiscoveryLimit.colleaguesPerHostMax
        guard isCrowded || colleagues.count >= DiscoveryLimit.colleaguesMax else { return true }
        let candidates = (isCrowded ? same : Array(colleagues.values)).filter {
            sessions[$0.device] == nil && !$0.isDialling
        }
        guard let oldest = candidates.min(by: { $0.heard < $1.heard }) else { return false }
        colleagues[oldest.instance] = nil
        return true
    }

    // MARK: - Whom to dial

    /// Whether a session with a device says something.
    func isConnected(_ device: Beacon.DeviceTag, _ now: Milliseconds) -> Bool {
        sessions[device].map { now - $0 < DiscoveryLimit.silenceMilliseconds } ?? false
    }

    /// Whether somebody has fallen silent: a neighbour soon, others when they miss two beacons.
    func isLost(_ colleague: Colleague, _ now: Milliseconds) -> Bool {
        guard !isConnected(colleague.device, now) else { return false }
        let patience =
            neighbours.contains(colleague.instance)
            ? DiscoveryLimit.lostMilliseconds : interval * 5 / 2
        return now - colleague.heard >= patience
    }

    /// Decides anew when a colleague is dialled.
    mutating func settle(
        _ instance: UInt64, _ now: Milliseconds, hasSpoken: Bool = false,
        hasLost lost: [Beacon.DeviceTag] = []
    ) {
        guard var colleague = colleagues[instance] else { return }
        defer { colleagues[instance] = colleague }
        guard !isConnected(colleague.device, now), wants(colleague) else {
            colleague.dialDue = nil
            return
        }
        guard !colleague.isDialling else { return }
        if hasSpoken, colleague.dialDue != nil, colleague.failures > 0 {
            // It lives, so what failed may not fail again.
            let next = (colleague.lastDial ?? now) + DiscoveryLimit.redialMilliseconds
            colleague.dialDue = min(colleague.dialDue ?? next, max(now, next))
            return
        }
        guard colleague.dialDue == nil else { return }
        // Only who was heard just now, or was connected until now, is worth a dial.
        let wasConnected = lost.contains(colleague.device)
        guard hasSpoken || wasConnected else { return }
        let isSilent = sessions[colleague.device] != nil
        // It may know an older secret only, and then cannot dial.
        let isFirst =
            (device, self.instance) < colleague.order || colleague.secret > 0 || isSilent
        let wait = isFirst ? 0 : DiscoveryLimit.deferralMilliseconds + spread() / 4
        // Just after the start nobody knows how many there are.
        let start = startedAt + DiscoveryLimit.listeningMilliseconds
        colleague.dialDue = max(now + wait, start, (colleague.lastDial ?? .min / 2) + 1_000)
    }

    /// Whether a session with a colleague is wanted at all.
    private func wants(_ colleague: Colleague) -> Bool {
        if neighbours.contains(colleague.instance) { return true }
        return colleague.differences >= DiscoveryLimit.differencesMax
            && sessions.count < DiscoveryLimit.sessionsMax
    }

    /// Finds out anew who the neighbours are: with few laptops everybody; with many those at the
    /// distances 1, 2, 4, 8 and so on around the ring of all, either way.
    ///
    /// So every change is everywhere after a few steps, and each is sent a few times and not once
    /// for each pair.
    mutating func refreshMesh(_ now: Milliseconds, isForced: Bool = false) {
        let age = now - (meshAt ?? .min / 2)
        guard isForced || age >= DiscoveryLimit.meshMilliseconds else { return }
        meshAt = now
        let present = colleagues.values.filter {
            sessions[$0.device] != nil || now - $0.heard < 4 * interval
        }
        guard present.count >= DiscoveryLimit.fullMeshMax else {
            neighbours = Set(colleagues.keys)
            return
        }
        let own = (device, instance)
        let ring = (present.map(\.order) + [own]).sorted { $0 < $1 }
        guard let place = ring.firstIndex(where: { $0 == own }) else { return }
        neighbours = []
        var distance = 1
        while distance < ring.count {
            neighbours.insert(ring[(place + distance) % ring.count].1)
            neighbours.insert(ring[(place + ring.count - distance) % ring.count].1)
            distance *= 2
        }
    }

    // MARK: - Time

    /// Between two announcements, by how many are heard.
    var interval: Milliseconds {
        let each = DiscoveryLimit.intervalMillisecondsEach * Milliseconds(colleagues.count + 1)
        return min(
            max(each, DiscoveryLimit.intervalMillisecondsMin),
            DiscoveryLimit.intervalMillisecondsMax)
    }

    mutating func act(_ now: Milliseconds, _ wall: Int64) -> [DiscoveryAction] {
        var actions: [DiscoveryAction] = []
        if isAnnouncing {
            forget(now)
            refreshMesh(now)
            announce(now, wall, &actions)
            probe(now, wall, &actions)
            if announcing == .probe { probeNetworks(now, wall, &actions) }
            dialColleagues(now, &actions)
            hangUp(now, &actions)
        }
        dialAddresses(now, &actions)
        return actions
    }

    private mutating func forget(_ now: Milliseconds) {
        for (instance, colleague) in colleagues
        where sessions[colleague.device] == nil && !colleague.isDialling
            && now - colleague.heard > DiscoveryLimit.forgetMilliseconds
        {
            colleagues[instance] = nil
        }
    }

    private mutating func announce(
        _ now: Milliseconds, _ wall: Int64, _ actions: inout [DiscoveryAction]
    ) {
        guard now >= announceDue else { return }
        // Without a team there is nobody to speak to, yet.
        if let bytes = sealed(wall: wall) { actions.append(.announce(bytes)) }
        lastAnnounced = now
        if let next = burst.popFirst() {
            announceDue = now + next / 2 + next * spread() / 1_000
        } else {
            announceDue = now + interval * (750 + spread() / 2) / 1_000
        }
    }

    /// Says to those who fell silent where this side is, so that both notice when the network
    /// between them is whole again.
    private mutating func probe(
        _ now: Milliseconds, _ wall: Int64, _ actions: inout [DiscoveryAction]
    ) {
        if let probeDue, now < probeDue { return }
        let lost = colleagues.values.filter { neighbours.contains($0.instance) && isLost($0, now) }
        guard let next = lost.min(by: { ($0.probed ?? .min) < ($1.probed ?? .min) }) else {
            // A session falls silent without a word.
            probeDue = colleagues.isEmpty ? nil : now + DiscoveryLimit.probeMilliseconds
            return
        }
        let isRecent = lost.contains { now - $0.heard < 60_000 }
        probeDue =
            now
            + (isRecent
                ? DiscoveryLimit.probeMilliseconds : DiscoveryLimit.probeSlowMilliseconds)
        guard let place = next.places.first, let bytes = sealed(wall: wall) else { return }
        colleagues[next.instance]?.probed = now
        actions.append(.send(bytes, to: place.host, port: place.udpPort))
    }

    /// Says to one address after another where this side is, but for those that are heard; whoever
    /// is there answers as it would answer an announcement.
    private mutating func probeNetworks(
        _ now: Milliseconds, _ wall: Int64, _ actions: inout [DiscoveryAction]
    ) {
        guard now >= roundDue else { return }
        if unprobed.isEmpty {
            // A cable and a network without wires may have the same addresses.
            var taken = Set(colleagues.values.flatMap { $0.places.map(\.host) })
            unprobed = links.flatMap(\.neighbours).filter {
                !isOwnAddress($0) && taken.insert($0).inserted
            }.prefix(DiscoveryLimit.probedMax)
        }
        let portion = unprobed.prefix(DiscoveryLimit.probedAtOnceMax)
        unprobed = unprobed.dropFirst(portion.count)
        roundDue =
            now
            + (unprobed.isEmpty
                ? DiscoveryLimit.roundMilliseconds : DiscoveryLimit.probedMilliseconds)
        guard !portion.isEmpty, let bytes = sealed(wall: wall) else { return }
        actions += portion.map { .send(bytes, to: $0, port: DiscoveryLimit.port) }
    }

    private mutating func dialColleagues(_ now: Milliseconds, _ actions: inout [DiscoveryAction]) {
        let due = colleagues.values.filter { colleague in
            !colleague.isDialling && colleague.dialDue.map { $0 <= now } ?? false
        }.sorted { $0.order < $1.order }
        for colleague in due {
            guard !isConnected(colleague.device, now), wants(colleague) else {
                colleagues[colleague.instance]?.dialDue = nil
                continue
            }
            // Between two networks dials would only be spent; a change of the links brings it back.
            let places = colleague.places.filter { place in
                links.contains { $0.reaches(place.host) }
            }
            guard !places.isEmpty else {
                colleagues[colleague.instance]?.dialDue =
                    now + DiscoveryLimit.backoffMillisecondsMax
                continue
            }
            guard dials.take(now) else { return }
            // One that failed is tried at its other places in turn.
            let place = places[colleague.failures % places.count]
            counts.dials += 1
            colleagues[colleague.instance]?.isDialling = true
            colleagues[colleague.instance]?.dialDue = nil
            colleagues[colleague.instance]?.lastDial = now
            actions.append(
                .dial(
                    .colleague(colleague.instance),
                    .host(place.host, port: colleague.port, secret: colleague.secret)))
        }
    }

    /// Ends a session that the mesh needs no more, since others came; one at a time.
    ///
    /// Both sides find the same neighbours, so the other side dials no more either.
    private mutating func hangUp(_ now: Milliseconds, _ actions: inout [DiscoveryAction]) {
        let wait = DiscoveryLimit.hangUpMilliseconds
        guard now >= hangUpDue ?? now + 1 else {
            if hangUpDue == nil { hangUpDue = now + 10 * wait }
            return
        }
        hangUpDue = now + wait * (750 + spread() / 2) / 1_000
        guard colleagues.count >= DiscoveryLimit.fullMeshMax else { return }
        let spare = colleagues.values.filter {
            !neighbours.contains($0.instance) && isConnected($0.device, now) && !$0.isDialling
                && $0.differences < DiscoveryLimit.differencesMax
        }
        guard let farthest = spare.max(by: { $0.order < $1.order }) else { return }
        actions.append(.hangUp(farthest.device))
    }

    /// Devices whose remembered addresses need no dial: who is connected, and whose beacons are
    /// heard, unless the places where they are heard do not answer.
    ///
    /// In a team that is too many for a session of each with each, they would be dialled only for
    /// the mesh to hang up again.
    func reached(_ now: Milliseconds) -> Set<Beacon.DeviceTag> {
        let heard = colleagues.values.filter {
            now - $0.heard < 4 * interval
                && (!neighbours.contains($0.instance)
                    || $0.failures < DiscoveryLimit.failuresHeardMax)
        }
        return Set(sessions.keys.filter { isConnected($0, now) }).union(heard.map(\.device))
    }

    private mutating func dialAddresses(_ now: Milliseconds, _ actions: inout [DiscoveryAction]) {
        let met = reached(now)
        while let due = book.deadline(besides: met), due <= now, dials.take(now),
            let entry = book.popDue(now, besides: met)
        {
            counts.dials += 1
            // Who missed a change of the secret knows an older one only: each is tried in turn.
            let secret = entry.failures % max(1, keyring.secrets.count)
            actions.append(
                .dial(.address(entry.address), .address(entry.address, secret: secret)))
        }
    }

    /// The next beacon, sealed.
    mutating func sealed(
        isLeaving: Bool = false, isAnswer: Bool = false, wall: Int64
    ) -> [UInt8]? {
        sequence += 1
        let beacon = Beacon(
            instance: instance, sequence: sequence, device: device, port: port,
            fingerprint: fingerprint, isLeaving: isLeaving, isAnswer: isAnswer)
        let nonce = random.bytes(XChaCha20Poly1305.nonceBytes)
        guard let bytes = keyring.seal(beacon, nonce: nonce, wall: wall) else { return nil }
        counts.sent += 1
        return bytes
    }
}
