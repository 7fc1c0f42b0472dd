import WeData
import WeKeys
import WeLog
import WeSync

/// What the shell of discovery asks of the connections.
protocol DiscoveryHost: AnyObject {
    /// When each device with a session was last heard.
    func heardSessions() -> [Beacon.DeviceTag: Milliseconds]
    /// Dials, and says what becomes of it to ``DiscoveryShell/recognised(_:_:)`` and
    /// ``DiscoveryShell/ended(_:)``.
    func dial(_ place: DiscoveryAction.Place) -> ConnectionID
    /// Ends the sessions with a device that are at rest.
    func hangUp(_ device: Beacon.DeviceTag)
    /// Cuts what came from an address that this machine has no more.
    func cutConnections(besides addresses: Set<[UInt8]>)
    /// What the replica holds, and the team's secrets, the newest first.
    func replicaFacts() -> (fingerprint: UInt64, secrets: [Bytes32])
}

/// Obeys ``Discovery``: its sockets, its clock and the news of the network.
///
/// Lives on the engine's loop.
final class DiscoveryShell {
    private let loop: EventLoop
    /// Holds the only reference to this shell, and so outlives it.
    private unowned let host: any DiscoveryHost
    private let board: StatusBoard
    private var machine: Discovery
    private var beacons: BeaconSockets?
    private var watch: LinkWatch?
    private var links: [NetworkLink] = []
    private var dials: [ConnectionID: DiscoveryAction.DialTarget] = [:]
    private var recognisedDials: Set<ConnectionID> = []
    private var timer: TimerID?
    private var isLooking = false
    private var lookedAt: Milliseconds
    private var asleep = SystemClock.asleep()
    private var isChanged = true
    private var isStopped = false
    private var failure: TransportError?

    /// How often sessions and sleep are looked at.
    private static let beatMilliseconds: Milliseconds = 1_000
    /// News of a change comes in crowds.
    private static let settleMilliseconds: Milliseconds = 50
    /// How often interfaces are looked at without news.
    private static let lookMilliseconds: Milliseconds = 10_000
    private static let lookUntoldMilliseconds: Milliseconds = 2_000
    /// A sleep after which the others have given up: they hear nothing for 30 seconds at most.
    private static let sleepMilliseconds: Milliseconds = 20_000

    init(_ plan: DiscoveryPlan, loop: EventLoop, host: any DiscoveryHost, board: StatusBoard) {
        self.loop = loop
        self.host = host
        self.board = board
        let now = loop.now
        lookedAt = now
        machine = Discovery(
            device: plan.device.tag, port: plan.port, secrets: host.replicaFacts().secrets,
            announcing: plan.announcing, random: SystemRandom(), now: now)
        machine.remember(plan.addresses.map { ($0.address, $0.device?.tag) }, now: now)
        if plan.announcing != .off { openSockets(plan.udpPort) }
        watch = LinkWatch(loop: loop) { [weak self] in self?.lookSoon() }
        look()
        beat()
    }

    private func openSockets(_ port: UInt16) {
        let sockets = BeaconSockets(loop: loop, port: port) { [weak self] bytes, source in
            self?.received(bytes, from: source)
        }
        beacons = sockets
        failure = sockets.failure
    }

    // MARK: - News

    private func received(_ bytes: [UInt8], from source: SocketAddress) {
        guard !isStopped else { return }
        let source = source.networkHost
        obey(
            machine.received(
                bytes, from: source.host, port: source.port, now: loop.now,
                wall: SystemClock.wall()))
        schedule()
    }

    /// The other side of a dial is who it says.
    func recognised(_ id: ConnectionID, _ device: DeviceKey) {
        if let target = dials[id] {
            recognisedDials.insert(id)
            machine.dialEnded(target, device: device.tag, now: loop.now)
        }
        update()
    }

    /// A connection is over.
    func ended(_ id: ConnectionID) {
        if let target = dials.removeValue(forKey: id), recognisedDials.remove(id) == nil {
            machine.dialEnded(target, device: nil, now: loop.now)
        }
        update()
    }

    /// The replica or the team changed.
    func storeChanged() { isChanged = true }

    func remember(_ addresses: [KnownAddress]) {
        machine.remember(addresses.map { ($0.address, $0.device?.tag) }, now: loop.now)
        update()
    }

    /// Looks at the interfaces after a moment, once for all news that comes meanwhile.
    private func lookSoon() {
        guard !isLooking, !isStopped else { return }
        isLooking = true
        _ = loop.schedule(at: loop.now + DiscoveryShell.settleMilliseconds) { [weak self] in
            self?.isLooking = false
            self?.look()
        }
    }

    private func look(isWaking: Bool = false) {
        guard !isStopped else { return }
        lookedAt = loop.now
        let found = NetworkLinks.current()
        guard found != links || isWaking else { return }
        links = found
        beacons?.use(found)
        host.cutConnections(
            besides: isWaking ? [] : Set(found.flatMap { $0.addresses.map(\.octets) }))
        machine.linksChanged(found, now: loop.now)
        update()
    }

    // MARK: - Time

    private func beat() {
        guard !isStopped else { return }
        let now = loop.now
        let slept = SystemClock.asleep() - asleep
        if slept >= DiscoveryShell.sleepMilliseconds || slept < 0 {
            look(isWaking: true)
        }
        asleep += slept
        let pause =
            watch == nil ? DiscoveryShell.lookUntoldMilliseconds : DiscoveryShell.lookMilliseconds
        if now - lookedAt >= pause { look() }
        update()
        _ = loop.schedule(at: now + DiscoveryShell.beatMilliseconds) { [weak self] in
            self?.beat()
        }
    }

    /// Tells the machine how things stand and does what is due.
    private func update() {
        guard !isStopped else { return }
        if isChanged {
            isChanged = false
            let facts = host.replicaFacts()
            machine.replicaChanged(facts.fingerprint)
            machine.secretsChanged(facts.secrets)
        }
        machine.sessionsAre(host.heardSessions(), now: loop.now)
        act()
    }

    private func act() {
        guard !isStopped else { return }
        obey(machine.tick(now: loop.now, wall: SystemClock.wall()))
        schedule()
    }

    private func schedule() {
        if let timer { loop.cancel(timer) }
        timer = loop.schedule(at: machine.deadline(loop.now)) { [weak self] in
            self?.timer = nil
            self?.act()
        }
        publish()
    }

    private func publish() {
        board.publish(
            DiscoveryStatus(
                counts: machine.counts,
                sightings: machine.sightings.map { DiscoveryStatus.Sighting($0) },
                links: links, failure: failure))
    }

    private func obey(_ actions: [DiscoveryAction]) {
        for action in actions {
            switch action {
            case .announce(let bytes): beacons?.announce(bytes)
            case .send(let bytes, let host, let port):
                beacons?.send(bytes, to: SocketAddress(host, port: port))
            case .dial(let target, let place):
                let id = host.dial(place)
                dials[id] = target
            case .hangUp(let device): host.hangUp(device)
            }
        }
    }

    /// Says goodbye and lets go of the sockets.
    func stop() {
        guard !isStopped else { return }
        obey(machine.stop(wall: SystemClock.wall()))
        isStopped = true
        if let timer { loop.cancel(timer) }
        timer = nil
        watch?.stop()
        watch = nil
        beacons?.stop()
        beacons = nil
    }
}
