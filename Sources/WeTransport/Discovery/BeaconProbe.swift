public import WeData
import WeKeys
import WeSync

/// What can be heard on the networks around, without saying anything to the team.
///
/// What it sends is sealed under a key that is thrown away: it comes back to this program, and is
/// noise to everybody else, so that nobody dials.
public enum BeaconProbe {
    /// What was heard.
    public struct Report: Sendable {
        /// The interfaces that beacons go to.
        public internal(set) var links: [String] = []
        /// Why nothing can be heard, where that is so.
        public internal(set) var failure: TransportError?
        /// Whether what this program sent came back.
        public internal(set) var isOwnHeard = false
        /// Colleagues, each at the address that it was heard at last.
        public internal(set) var sightings: [DiscoveryStatus.Sighting] = []
        /// Datagrams that are no beacons of this team and hour.
        public internal(set) var foreignCount = 0
    }

    /// Listens for so many milliseconds; `secrets` are the team's, the newest first.
    public static func run(
        device: UInt64, secrets: [Bytes32], milliseconds: Int
    ) async throws(TransportError) -> Report {
        let loop: EventLoop
        do throws(SystemError) {
            loop = try EventLoop(name: "weonomy-probe")
        } catch {
            throw .system("probe", reason: error.description)
        }
        let report = await withCheckedContinuation { continuation in
            loop.execute {
                let run = ProbeRun(device: device, secrets: secrets, loop: loop)
                run.start(until: loop.now + Milliseconds(milliseconds)) {
                    continuation.resume(returning: $0)
                }
            }
        }
        await loop.stop()
        return report
    }
}

/// One probe, on its loop.
private final class ProbeRun {
    private let loop: EventLoop
    private var own: Discovery
    private var team: Discovery
    private var sockets: BeaconSockets?
    private var report = BeaconProbe.Report()

    /// How often it sends.
    private static let pauseMilliseconds: Milliseconds = 500

    init(device: UInt64, secrets: [Bytes32], loop: EventLoop) {
        self.loop = loop
        own = Discovery(
            device: device, port: 1, secrets: [Bytes32.random()], random: SystemRandom(),
            now: loop.now)
        team = Discovery(
            device: device, port: 1, secrets: secrets, random: SystemRandom(), now: loop.now)
    }

    func start(until end: Milliseconds, done: @escaping (BeaconProbe.Report) -> Void) {
        let links = NetworkLinks.current()
        report.links = links.map(\.name)
        own.linksChanged(links, now: loop.now)
        team.linksChanged(links, now: loop.now)
        let sockets = BeaconSockets(loop: loop, port: DiscoveryLimit.port) { [self] in take($0, $1)
        }
        sockets.use(links)
        report.failure = sockets.failure
        self.sockets = sockets
        send(until: end)
        _ = loop.schedule(at: end) { [self] in
            sockets.stop()
            self.sockets = nil
            report.isOwnHeard = own.counts.heardOwn > 0
            report.foreignCount = max(0, team.counts.foreign - own.counts.heardOwn)
            report.sightings = team.sightings.map { DiscoveryStatus.Sighting($0) }
            done(report)
        }
    }

    private func send(until end: Milliseconds) {
        guard loop.now < end, let sockets else { return }
        own.linksChanged(NetworkLinks.current(), now: loop.now)
        for case .announce(let bytes) in own.tick(now: loop.now, wall: SystemClock.wall()) {
            sockets.announce(bytes)
        }
        _ = loop.schedule(at: loop.now + ProbeRun.pauseMilliseconds) { [weak self] in
            self?.send(until: end)
        }
    }

    /// Heeds a datagram under both keys, and does nothing about it.
    private func take(_ bytes: [UInt8], _ source: SocketAddress) {
        let source = source.networkHost
        let wall = SystemClock.wall()
        _ = own.received(
            bytes, from: source.host, port: source.port, now: loop.now, wall: wall)
        _ = team.received(
            bytes, from: source.host, port: source.port, now: loop.now, wall: wall)
    }
}
