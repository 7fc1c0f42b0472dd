package import WeData
package import WeKeys

/// What the shell is to do.
package enum DiscoveryAction: Hashable, Sendable {
    /// Send a datagram to all on every link.
    case announce([UInt8])
    /// Send a datagram to one host, at a UDP port.
    case send([UInt8], to: NetworkHost, port: UInt16)
    /// Dial, and say with ``Discovery/dialEnded(_:device:now:)`` what came of it.
    case dial(DialTarget, Place)
    /// End the session with a device that is at rest: others pass everything on.
    case hangUp(Beacon.DeviceTag)

    /// Who is dialled.
    package enum DialTarget: Hashable, Sendable {
        /// A run of somebody's program whose beacon was heard.
        case colleague(UInt64)
        /// An address that is remembered.
        case address(String)
    }

    /// Where.
    package enum Place: Hashable, Sendable {
        /// Where a beacon came from, and under which secret it was.
        case host(NetworkHost, port: UInt16, secret: Int)
        /// What a person typed, or where somebody was met, and under which secret.
        case address(String, secret: Int)
    }
}

/// To whom beacons go.
public enum Announcing: Sendable {
    /// To nobody, and those of others are not heeded: only remembered addresses are dialled.
    case off
    /// To all on every link.
    case broadcast
    /// Also to each address of the networks around, one by one: for networks that drop what is sent
    /// to all.
    case probe
}

/// Finds colleagues on the networks around: beacons and what happens in, what to send and whom to
/// dial out (Protocol.md, "Finding each other").
///
/// It has no clock, no socket and no randomness of its own. Whatever is sent to it, it holds at
/// most 256 colleagues, opens at most 256 datagrams a second and dials at most once a second on
/// average; and a beacon makes it dial nothing but the address that the beacon came from.
package struct Discovery: Sendable {
    /// What has been going on, for whoever looks for a fault.
    package struct Counts: Sendable, Hashable {
        /// Beacons sent.
        package var sent = 0
        /// Own beacons that came back.
        package var heardOwn = 0
        /// Beacons of colleagues.
        package var heard = 0
        /// Datagrams of others, or of another hour.
        package var foreign = 0
        /// Beacons that were heard before.
        package var repeated = 0
        /// Datagrams that were not looked at: from another network, or too many.
        package var dropped = 0
        /// Dials.
        package var dials = 0
    }

    /// A colleague as others may see it.
    package struct Sighting: Sendable, Hashable {
        /// Whose device.
        package let device: Beacon.DeviceTag
        /// Which run of the program.
        package let instance: UInt64
        /// Where it was heard last.
        package let host: NetworkHost
        /// Where it listens.
        package let port: UInt16
        /// When it was heard last.
        package let heard: Milliseconds
    }

    let random: any RandomSource
    let instance: UInt64
    let device: Beacon.DeviceTag
    let port: UInt16
    let announcing: Announcing
    var keyring: BeaconKeyring
    var fingerprint: UInt64 = 0
    var links: [NetworkLink] = []
    /// When each device with a session was last heard on it.
    var sessions: [Beacon.DeviceTag: Milliseconds] = [:]
    var colleagues: [UInt64: Colleague] = [:]
    var book = AddressBook()
    var sequence: UInt64 = 0
    /// Announcements still to be made soon, in order.
    var burst: ArraySlice<Milliseconds> = []
    var announceDue: Milliseconds
    var lastAnnounced: Milliseconds?
    var probeDue: Milliseconds?
    /// The round of a probe of the networks around: what is still to be sent to, and when it goes on.
    var unprobed: ArraySlice<NetworkHost> = []
    var roundDue: Milliseconds
    var hangUpDue: Milliseconds?
    let startedAt: Milliseconds
    /// With whom a session is wanted in any case, and when that was found out.
    var neighbours: Set<UInt64> = []
    var meshAt: Milliseconds?
    var dials = TokenBucket(
        countMax: DiscoveryLimit.dialsAtOnceMax, perSecond: DiscoveryLimit.dialsPerMinuteMax / 60)
    var answers = TokenBucket(
        countMax: DiscoveryLimit.answersAtOnceMax, perSecond: DiscoveryLimit.answersPerSecondMax)
    var openings = TokenBucket(
        countMax: DiscoveryLimit.openedAtOnceMax, perSecond: DiscoveryLimit.openedPerSecondMax)
    /// What has been going on.
    package internal(set) var counts = Counts()

    /// Prepares a run that listens on `port` as `device`.
    package init(
        device: Beacon.DeviceTag, port: UInt16, secrets: [Bytes32],
        announcing: Announcing = .broadcast, random: any RandomSource, now: Milliseconds
    ) {
        self.random = random
        self.device = device
        self.port = port
        self.announcing = announcing
        keyring = BeaconKeyring(secrets: secrets)
        instance = Beacon.word(random.bytes(8)) ?? 0
        announceDue = now
        roundDue = now + DiscoveryLimit.probeWaitMilliseconds
        startedAt = now
        burst = DiscoveryLimit.burst[...]
    }

    /// Colleagues that were heard, by the order in which they dial.
    package var sightings: [Sighting] {
        colleagues.values.compactMap { colleague in
            guard let place = colleague.places.first else { return nil }
            return Sighting(
                device: colleague.device, instance: colleague.instance, host: place.host,
                port: colleague.port, heard: colleague.heard)
        }.sorted { ($0.device, $0.instance) < ($1.device, $1.instance) }
    }

    // MARK: - What happens

    /// The links are these now, also when the laptop woke up: announces at once.
    package mutating func linksChanged(_ links: [NetworkLink], now: Milliseconds) {
        self.links = links
        announceDue = now
        burst = DiscoveryLimit.burst[...]
        unprobed = []
        roundDue = now + DiscoveryLimit.probeWaitMilliseconds
        book.refresh(now)
        for key in colleagues.keys {
            colleagues[key]?.failures = 0
            if colleagues[key]?.dialDue != nil { colleagues[key]?.dialDue = now }
        }
    }

    /// The replica holds something else now.
    package mutating func replicaChanged(_ fingerprint: UInt64) { self.fingerprint = fingerprint }

    /// The team has other secrets, the newest first.
    package mutating func secretsChanged(_ secrets: [Bytes32]) {
        if keyring.secrets != secrets { keyring = BeaconKeyring(secrets: secrets) }
    }

    /// Addresses to try beside what beacons say.
    package mutating func remember(
        _ addresses: [(address: String, device: Beacon.DeviceTag?)], now: Milliseconds
    ) {
        book.replace(
            addresses, wait: isAnnouncing ? DiscoveryLimit.addressMilliseconds : 0, now: now)
    }

    /// The sessions that there are, each with the moment when its device was last heard.
    package mutating func sessionsAre(
        _ sessions: [Beacon.DeviceTag: Milliseconds], now: Milliseconds
    ) {
        let lost = self.sessions.keys.filter { sessions[$0] == nil }
        self.sessions = sessions
        for (key, colleague) in colleagues {
            if isConnected(colleague.device, now) {
                colleagues[key]?.dialDue = nil
            } else if lost.contains(colleague.device) {
                settle(key, now, hasLost: lost)
            }
        }
    }

    /// A datagram arrived, whoever sent it.
    package mutating func received(
        _ datagram: [UInt8], from host: NetworkHost, port udpPort: UInt16, now: Milliseconds,
        wall: Int64
    ) -> [DiscoveryAction] {
        guard isAnnouncing, datagram.count == Beacon.datagramBytes,
            links.contains(where: { $0.reaches(host) }), openings.take(now)
        else {
            counts.dropped += 1
            return []
        }
        guard let opened = keyring.open(datagram, wall: wall) else {
            counts.foreign += 1
            return []
        }
        // Another run on this very laptop, as a command beside the node that stays, is no colleague.
        let isOwn = opened.beacon.device == device && isOwnAddress(host)
        guard opened.beacon.instance != instance, !isOwn else {
            counts.heardOwn += 1
            return []
        }
        let place = Colleague.Place(host: host, udpPort: udpPort)
        var actions = take(opened.beacon, secret: opened.secret, place, now, wall)
        actions += act(now, wall)
        return actions
    }

    /// A dial is over; without a device it failed.
    package mutating func dialEnded(
        _ target: DiscoveryAction.DialTarget, device: Beacon.DeviceTag?, now: Milliseconds
    ) {
        switch target {
        case .address(let address):
            book.ended(address, device: device, now: now, spread: spread())
        case .colleague(let instance):
            guard var colleague = colleagues[instance], colleague.isDialling else { return }
            colleague.isDialling = false
            colleague.dialDue = nil
            if device == nil {
                let pause = min(
                    DiscoveryLimit.backoffMillisecondsMin
                        << Milliseconds(min(colleague.failures, 10)),
                    DiscoveryLimit.backoffMillisecondsMax)
                colleague.dialDue = now + pause * (750 + spread() / 2) / 1_000
            }
            colleague.failures = device == nil ? min(colleague.failures + 1, 20) : 0
            colleagues[instance] = colleague
        }
    }

    /// Does what is due.
    package mutating func tick(now: Milliseconds, wall: Int64) -> [DiscoveryAction] {
        act(now, wall)
    }

    /// Says goodbye, so that the others stop looking.
    package mutating func stop(wall: Int64) -> [DiscoveryAction] {
        guard isAnnouncing else { return [] }
        return sealed(isLeaving: true, wall: wall).map { [.announce($0)] } ?? []
    }

    /// When ``tick(now:wall:)`` is due.
    package func deadline(_ now: Milliseconds) -> Milliseconds {
        var due = now + DiscoveryLimit.intervalMillisecondsMax
        if isAnnouncing {
            due = min(due, announceDue)
            if let probeDue { due = min(due, probeDue) }
            if announcing == .probe { due = min(due, roundDue) }
            for colleague in colleagues.values where !colleague.isDialling {
                if let dial = colleague.dialDue { due = min(due, dial) }
            }
        }
        if let address = book.deadline(besides: reached(now)) { due = min(due, address) }
        // What waits for the budget of dials waits a little.
        return max(due, now + 50)
    }

    var isAnnouncing: Bool { announcing != .off }

    func isOwnAddress(_ host: NetworkHost) -> Bool {
        links.contains { $0.addresses.contains { $0.octets == host.octets } }
    }

    /// From 0 up to 1,000, not including it.
    func spread() -> Int64 {
        let bytes = random.bytes(2)
        let word = bytes.reduce(Int64(0)) { $0 << 8 | Int64($1) }
        return word * 1_000 >> 16
    }
}
