import WeData
import WeKeys
import WeSync

/// Repeatable randomness that many may hold.
final class SeededSource: RandomSource, @unchecked Sendable {
    // One test, one thread.
    private var random: Seeded
    init(_ seed: UInt64) { random = Seeded(seed) }
    func bytes(_ count: Int) -> [UInt8] { random.bytes(count) }
}

/// Laptops on networks that lose, repeat and delay, with a clock that goes when it is told to.
///
/// A session is a pair of devices that both sides know of at once; what the engine does about two
/// sessions of one pair is not rebuilt here.
struct SimulatedLAN {
    struct Laptop {
        var machine: Discovery
        var host: NetworkHost
        var network: Int
        var isUp = true
        var sessions: [Beacon.DeviceTag: Milliseconds] = [:]
        var device: Beacon.DeviceTag
        var nextTick: Milliseconds = 0
        var sentBytes = 0
        var heardBytes = 0
        var dialled: [NetworkHost] = []
        /// Where it can be dialled, if not where its beacons come from.
        var listensAt: NetworkHost?
        var door: NetworkHost { listensAt ?? host }
        /// How others remember it.
        var address: String { door.octets.map { "\($0)" }.joined(separator: ".") + ":7431" }
    }

    private struct Packet {
        let due: Milliseconds
        let bytes: [UInt8]
        let source: NetworkHost
        let target: Int
    }

    var laptops: [Laptop] = []
    var now: Milliseconds = 1_000_000
    var random: Seeded
    /// Of a hundred datagrams.
    var lossPercent = 0
    var repeatPercent = 0
    /// Whether two networks hear each other.
    var isJoined = true
    /// Whether what is sent to all is dropped.
    var isQuiet = false
    private var packets: [Packet] = []
    private var dials:
        [(due: Milliseconds, from: Int, target: DiscoveryAction.DialTarget, to: NetworkHost)] = []
    /// UDP and IPv4 headers and that of Ethernet.
    static let headerBytes = 42

    init(seed: UInt64) { random = Seeded(seed) }

    static let secret = Bytes32([UInt8](repeating: 4, count: 32)) ?? .zero

    mutating func add(
        network: Int = 0, secrets: [Bytes32] = [SimulatedLAN.secret], device: UInt64? = nil,
        host: NetworkHost? = nil, announcing: Announcing = .broadcast
    ) {
        let number = laptops.count
        let host =
            host ?? NetworkHost(octets: [10, 0, UInt8(number / 200), UInt8(number % 200 + 1)])
        let device = device ?? random.next()
        var machine = Discovery(
            device: device, port: 7431, secrets: secrets, announcing: announcing,
            random: SeededSource(random.next()), now: now)
        machine.linksChanged(links(host), now: now)
        laptops.append(Laptop(machine: machine, host: host, network: network, device: device))
    }

    func links(_ host: NetworkHost) -> [NetworkLink] {
        [
            NetworkLink(
                index: 1, name: "eth0",
                addresses: [NetworkLink.Address(octets: host.octets, prefixBits: 16)])
        ]
    }

    func hears(_ from: Int, _ to: Int) -> Bool {
        laptops[from].isUp && laptops[to].isUp && from != to
            && (isJoined || laptops[from].network == laptops[to].network)
    }

    private var wall: Int64 { 1_700_000_000_000 + now }

    /// Gives a laptop other links; the engine cuts what came from an address that is gone.
    mutating func change(_ index: Int, to links: [NetworkLink]) {
        laptops[index].sessions = [:]
        laptops[index].machine.sessionsAre([:], now: now)
        laptops[index].machine.linksChanged(links, now: now)
        laptops[index].nextTick = now
    }

    // MARK: - Time

    /// Goes on, a few milliseconds at a time; stops early once `isDone`.
    @discardableResult
    mutating func run(
        _ milliseconds: Milliseconds, until isDone: (SimulatedLAN) -> Bool = { _ in false }
    ) -> Milliseconds {
        let start = now
        while now < start + milliseconds {
            if isDone(self) { break }
            now += 5
            deliver()
            finishDials()
            for index in laptops.indices where laptops[index].nextTick <= now { tick(index) }
        }
        return now - start
    }

    private mutating func tick(_ index: Int) {
        for (peer, _) in laptops[index].sessions {
            guard let other = laptops.firstIndex(where: { $0.device == peer }) else { continue }
            // A ping every ten seconds, simplified: heard while the way is open.
            if hears(index, other) {
                laptops[index].sessions[peer] = now
            } else if now - (laptops[index].sessions[peer] ?? now) > 30_000 {
                laptops[index].sessions[peer] = nil
            }
        }
        laptops[index].machine.sessionsAre(laptops[index].sessions, now: now)
        let actions = laptops[index].machine.tick(now: now, wall: wall)
        obey(actions, index)
        laptops[index].nextTick = min(now + 1_000, laptops[index].machine.deadline(now))
    }

    private mutating func deliver() {
        let due = packets.filter { $0.due <= now }
        packets.removeAll { $0.due <= now }
        for packet in due {
            laptops[packet.target].heardBytes += packet.bytes.count + SimulatedLAN.headerBytes
            let actions = laptops[packet.target].machine.received(
                packet.bytes, from: packet.source, port: 7431, now: now, wall: wall)
            obey(actions, packet.target)
            laptops[packet.target].nextTick = min(
                laptops[packet.target].nextTick, laptops[packet.target].machine.deadline(now))
        }
    }

    private mutating func finishDials() {
        let due = dials.filter { $0.due <= now }
        dials.removeAll { $0.due <= now }
        for dial in due {
            let other = laptops.firstIndex { $0.door == dial.to }
            var device: Beacon.DeviceTag?
            if let other, hears(dial.from, other) {
                device = laptops[other].device
                laptops[dial.from].sessions[laptops[other].device] = now
                laptops[other].sessions[laptops[dial.from].device] = now
                laptops[other].machine.sessionsAre(laptops[other].sessions, now: now)
                laptops[dial.from].machine.sessionsAre(laptops[dial.from].sessions, now: now)
            }
            laptops[dial.from].machine.dialEnded(dial.target, device: device, now: now)
        }
    }

    // MARK: - Packets

    private mutating func obey(_ actions: [DiscoveryAction], _ index: Int) {
        for action in actions {
            switch action {
            case .announce(let bytes):
                laptops[index].sentBytes += bytes.count + SimulatedLAN.headerBytes
                guard !isQuiet else { break }
                for other in laptops.indices { send(bytes, index, other) }
            case .send(let bytes, let host, _):
                laptops[index].sentBytes += bytes.count + SimulatedLAN.headerBytes
                if let other = laptops.firstIndex(where: { $0.host == host }) {
                    send(bytes, index, other)
                }
            case .dial(let target, .host(let host, _, _)):
                laptops[index].dialled.append(host)
                let isOpen =
                    laptops.firstIndex { $0.door == host }.map { hears(index, $0) } ?? false
                dials.append((now + (isOpen ? 20 : 3_000), index, target, host))
            case .dial(let target, .address(let address, _)):
                guard let other = laptops.first(where: { $0.address == address }) else { break }
                laptops[index].dialled.append(other.door)
                dials.append((now + 20, index, target, other.door))
            case .hangUp(let device):
                laptops[index].sessions[device] = nil
                if let other = laptops.firstIndex(where: { $0.device == device }) {
                    laptops[other].sessions[laptops[index].device] = nil
                }
            }
        }
    }

    private mutating func send(_ bytes: [UInt8], _ index: Int, _ other: Int) {
        guard hears(index, other), random.below(100) >= lossPercent else { return }
        let copies = random.below(100) < repeatPercent ? 3 : 1
        for _ in 0..<copies {
            packets.append(
                Packet(
                    due: now + 1 + Milliseconds(random.below(20)), bytes: bytes,
                    source: laptops[index].host, target: other))
        }
    }

    /// Throws a datagram at a laptop; `false` when it led to nothing.
    mutating func inject(_ bytes: [UInt8], from host: NetworkHost, to index: Int) -> Bool {
        let actions = laptops[index].machine.received(
            bytes, from: host, port: 7431, now: now, wall: wall)
        obey(actions, index)
        return !actions.isEmpty
    }

    // MARK: - Questions

    /// Whether each has a session with each.
    var isFullMesh: Bool { laptops.allSatisfy { $0.sessions.count == laptops.count - 1 } }

    /// Whether each has heard of each.
    var isAllFound: Bool {
        laptops.allSatisfy { $0.machine.sightings.count == laptops.count - 1 }
    }

    /// How many are reached from the first by living sessions, and in how many steps.
    var reach: (count: Int, steps: Int) {
        var seen: Set<Int> = [0]
        var front = [0]
        var steps = 0
        while !front.isEmpty {
            var next: [Int] = []
            for index in front {
                for peer in laptops[index].sessions.keys {
                    guard let other = laptops.firstIndex(where: { $0.device == peer }),
                        hears(index, other), seen.insert(other).inserted
                    else { continue }
                    next.append(other)
                }
            }
            front = next
            if !front.isEmpty { steps += 1 }
        }
        return (seen.count, steps)
    }
}
