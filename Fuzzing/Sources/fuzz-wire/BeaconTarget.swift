import FuzzDriver
import WeData
import WeKeys
import WeSync

/// What comes in by UDP: raw datagrams, and what a member may seal.
///
/// An input is a row of moves: a byte says what, one how long to wait, then the bytes of it.
enum BeaconTarget {
    private final class Source: RandomSource, @unchecked Sendable {
        private var random: Seeded
        init(_ seed: UInt64) { random = Seeded(seed) }
        func bytes(_ count: Int) -> [UInt8] { random.bytes(count) }
    }

    private static let secret = Bytes32([UInt8](repeating: 4, count: 32)) ?? .zero
    private static let wall: Int64 = 1_700_000_000_000

    static func run(_ bytes: [UInt8]) -> Int {
        var input = Input(bytes)
        var now: Milliseconds = 0
        var machine = Discovery(
            device: 7, port: 7431, secrets: [secret], random: Source(1), now: now)
        let own = NetworkLink.Address(octets: [10, 0, 0, 1], prefixBits: 16)
        machine.linksChanged([NetworkLink(index: 1, name: "a", addresses: [own])], now: now)
        var keyring = BeaconKeyring(secrets: [secret])
        var (dials, seconds, sum) = (0, Milliseconds(0), 0)
        var sources: Set<NetworkHost> = []
        while !input.isAtEnd {
            let move = UInt8(input.byte())
            now += Milliseconds(input.byte()) * 20
            let host = NetworkHost(octets: [10, 0, UInt8(input.byte() % 4), UInt8(input.byte())])
            sources.insert(host)
            var datagram =
                input.bool()
                ? input.chunk() : (0..<Beacon.datagramBytes).map { _ in UInt8(input.byte()) }
            if move & 1 == 1 {
                // A member: the fields as they come, sealed.
                var plain = datagram
                plain.append(
                    contentsOf: repeatElement(
                        0, count: max(0, BeaconKeyring.plainBytes - plain.count)))
                datagram = keyring.seal(
                    plain: Array(plain.prefix(BeaconKeyring.plainBytes)),
                    nonce: [UInt8](repeating: move, count: 24), wall: wall)
            }
            var actions = machine.received(datagram, from: host, port: 1, now: now, wall: wall)
            if move & 2 == 2 { machine.sessionsAre([UInt64(move): now], now: now) }
            actions += machine.tick(now: now, wall: wall)
            for action in actions {
                switch action {
                case .send(let bytes, let host, _):
                    expect(bytes.count == Beacon.datagramBytes, "one length")
                    expect(sources.contains(host), "only who spoke is answered")
                case .announce(let bytes): expect(bytes.count == Beacon.datagramBytes, "one length")
                case .hangUp: break
                case .dial(let target, let place):
                    dials += 1
                    if case .host(let host, let port, _) = place {
                        expect(sources.contains(host) && port > 0, "only who spoke is dialled")
                    }
                    machine.dialEnded(target, device: move & 4 == 4 ? 9 : nil, now: now)
                }
            }
            sum += actions.count
            seconds = now / 1_000
            expect(machine.sightings.count <= 256, "memory is bounded")
            expect(dials <= 30 + Int(seconds) + 1, "dials are bounded")
            expect(machine.deadline(now) > now, "time goes on")
        }
        return sum
    }
}
