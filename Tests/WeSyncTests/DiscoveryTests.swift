import Testing
import WeData
import WeKeys
import WeSync

@Suite("Discovery")
struct DiscoveryTests {
    private static func seeds(_ count: Int) -> [UInt64] {
        (0..<count).map { _ in RandomBytes.word() }
    }

    @Test("ten laptops find each other within three seconds, one session for each pair")
    func ten() {
        for seed in Self.seeds(5) {
            var lan = SimulatedLAN(seed: seed)
            for _ in 0..<10 { lan.add() }
            let took = lan.run(3_000) { $0.isFullMesh && $0.isAllFound }
            #expect(lan.isFullMesh && took < 3_000, "seed \(seed)")
            lan.run(60_000)
            let dials = lan.laptops.reduce(0) { $0 + $1.dialled.count }
            #expect(dials <= 50, "seed \(seed): \(dials) dials for 45 pairs")
        }
    }

    @Test("a third of all datagrams lost and as many repeated: still found, within ten seconds")
    func loss() {
        for seed in Self.seeds(5) {
            var lan = SimulatedLAN(seed: seed)
            (lan.lossPercent, lan.repeatPercent) = (33, 33)
            for _ in 0..<10 { lan.add() }
            lan.run(10_000) { $0.isFullMesh }
            #expect(lan.isFullMesh, "seed \(seed)")
        }
    }

    @Test("one that comes later is found at once")
    func later() {
        for seed in Self.seeds(5) {
            var lan = SimulatedLAN(seed: seed)
            for _ in 0..<5 { lan.add() }
            lan.run(60_000)
            lan.add()
            let took = lan.run(3_000) { $0.isFullMesh }
            #expect(took < 1_500, "seed \(seed): \(took) ms")
        }
    }

    @Test("fifty laptops: all heard in three seconds, every change three steps away, below 1 KB/s")
    func fifty() {
        let seed = RandomBytes.word()
        var lan = SimulatedLAN(seed: seed)
        for _ in 0..<50 { lan.add() }
        let took = lan.run(3_000) { $0.isAllFound }
        #expect(took < 3_000, "seed \(seed)")
        lan.run(10_000)
        let reach = lan.reach
        #expect(reach.count == 50 && reach.steps <= 4, "seed \(seed): \(reach)")
        let sessions = lan.laptops.map(\.sessions.count).max() ?? 0
        #expect(sessions <= 24, "seed \(seed): \(sessions) sessions")
        for index in lan.laptops.indices {
            (lan.laptops[index].sentBytes, lan.laptops[index].heardBytes) = (0, 0)
        }
        lan.run(60_000)
        let most = lan.laptops.map { $0.sentBytes + $0.heardBytes }.max() ?? 0
        // On a real link each beacon goes out twice: IPv4 and IPv6.
        #expect(2 * most / 60 < 1_000, "seed \(seed): \(2 * most / 60) B/s")
    }

    @Test("laptops that come one by one end with few sessions each, and one network of them all")
    func oneByOne() {
        let seed = RandomBytes.word()
        var lan = SimulatedLAN(seed: seed)
        for _ in 0..<30 {
            lan.add()
            lan.run(700)
        }
        lan.run(90_000)
        let sessions = lan.laptops.map(\.sessions.count).max() ?? 0
        #expect(sessions <= 16, "seed \(seed): \(sessions) sessions")
        let before = lan.laptops.reduce(0) { $0 + $1.dialled.count }
        lan.run(30_000)
        let dials = lan.laptops.reduce(0) { $0 + $1.dialled.count } - before
        #expect(lan.reach.count == 30 && dials == 0, "seed \(seed): \(dials) more dials")
    }

    @Test("remembered addresses bring no session that the mesh would only hang up again")
    func remembered() {
        let seed = RandomBytes.word()
        var lan = SimulatedLAN(seed: seed)
        for _ in 0..<30 { lan.add() }
        let known = lan.laptops.map { ($0.address, Optional($0.device)) }
        for index in lan.laptops.indices {
            let others = known.filter { $0.1 != lan.laptops[index].device }
            lan.laptops[index].machine.remember(others, now: lan.now)
        }
        lan.run(60_000)
        let before = lan.laptops.reduce(0) { $0 + $1.dialled.count }
        lan.run(120_000)
        let dials = lan.laptops.reduce(0) { $0 + $1.dialled.count } - before
        let sessions = lan.laptops.map(\.sessions.count).max() ?? 0
        #expect(lan.reach.count == 30 && sessions <= 16, "seed \(seed): \(sessions) sessions")
        #expect(dials == 0, "seed \(seed): \(dials) more dials")
    }

    @Test("who is heard where nobody answers is dialled at a remembered address as well")
    func otherAddress() {
        let seed = RandomBytes.word()
        var lan = SimulatedLAN(seed: seed)
        for _ in 0..<2 { lan.add() }
        let far = NetworkHost(octets: [10, 0, 9, 9])
        // Nobody knows where to dial the first; the second is not where its beacons come from.
        lan.laptops[0].listensAt = NetworkHost(octets: [10, 0, 9, 8])
        lan.laptops[1].listensAt = far
        let known = (lan.laptops[1].address, Optional(lan.laptops[1].device))
        lan.laptops[0].machine.remember([known], now: lan.now)
        lan.run(30_000) { $0.isFullMesh }
        #expect(lan.isFullMesh, "seed \(seed)")
    }

    @Test("two networks that are joined are one within ten seconds, however long they were apart")
    func joined() {
        for seconds in [5, 20, 45, 300] as [Milliseconds] {
            let seed = RandomBytes.word()
            var lan = SimulatedLAN(seed: seed)
            for index in 0..<10 { lan.add(network: index % 2) }
            lan.run(5_000)
            #expect(lan.isFullMesh)
            lan.isJoined = false
            lan.run(seconds * 1_000)
            lan.isJoined = true
            let took = lan.run(10_000) { $0.reach.count == 10 }
            #expect(lan.reach.count == 10, "seed \(seed), \(seconds) s apart: \(took) ms")
        }
    }

    @Test("a laptop with another address is met again within five seconds")
    func moved() {
        let seed = RandomBytes.word()
        var lan = SimulatedLAN(seed: seed)
        for _ in 0..<5 { lan.add() }
        lan.run(5_000)
        let host = NetworkHost(octets: [10, 0, 9, 9])
        let device = lan.laptops[2].device
        lan.laptops[2].host = host
        lan.change(2, to: lan.links(host))
        let took = lan.run(5_000) { $0.laptops[2].sessions.count == 4 }
        #expect(lan.laptops[2].sessions.count == 4, "seed \(seed): \(took) ms")
        #expect(
            lan.laptops[0].machine.sightings.contains { $0.device == device && $0.host == host })
    }

    @Test("between two networks no dials are spent, so that all are there on the next one")
    func between() {
        let seed = RandomBytes.word()
        var lan = SimulatedLAN(seed: seed)
        for _ in 0..<16 { lan.add() }
        lan.run(60_000)
        let dialled = lan.laptops[2].dialled.count
        lan.laptops[2].isUp = false
        // A cable and a network without wires that come and go.
        for _ in 0..<4 {
            lan.change(2, to: [])
            lan.run(300)
            lan.change(2, to: [NetworkLink(index: 1, name: "eth0", addresses: [])])
            lan.run(300)
        }
        #expect(lan.laptops[2].dialled.count == dialled, "seed \(seed)")
        lan.laptops[2].isUp = true
        let host = NetworkHost(octets: [10, 0, 9, 9])
        lan.laptops[2].host = host
        lan.change(2, to: lan.links(host))
        let took = lan.run(5_000) { $0.laptops[2].sessions.count == 15 }
        #expect(lan.laptops[2].sessions.count == 15 && took < 2_500, "seed \(seed): \(took) ms")
    }

    @Test("where what is sent to all is dropped, one that probes finds all of its 254 neighbours")
    func probe() {
        let seed = RandomBytes.word()
        var lan = SimulatedLAN(seed: seed)
        lan.isQuiet = true
        for last in [254, 7, 1, 129] as [UInt8] {
            lan.add(host: NetworkHost(octets: [10, 0, 7, last]))
        }
        lan.run(60_000)
        #expect(lan.laptops.allSatisfy { $0.sessions.isEmpty }, "seed \(seed)")
        lan.add(host: NetworkHost(octets: [10, 0, 7, 40]), announcing: .probe)
        let took = lan.run(5_000) { $0.laptops[4].sessions.count == 4 }
        #expect(lan.laptops[4].sessions.count == 4 && took < 4_000, "seed \(seed): \(took) ms")
        // Whoever comes later is asked in the next round, and nobody is asked in between.
        let sent = lan.laptops[4].sentBytes
        lan.add(host: NetworkHost(octets: [10, 0, 7, 77]))
        lan.run(10_000)
        #expect(lan.laptops[5].sessions.isEmpty, "seed \(seed)")
        #expect(lan.laptops[4].sentBytes - sent < 1_000, "seed \(seed)")
        lan.run(300_000) { $0.laptops[5].sessions.count == 1 }
        #expect(lan.laptops[5].sessions.count == 1, "seed \(seed)")
    }

    @Test("a probe sends at most 16 at once and 1,024 a round, to no address twice")
    func probeLimits() {
        var machine = Discovery(
            device: 1, port: 7431, secrets: [SimulatedLAN.secret], announcing: .probe,
            random: SeededSource(1), now: 0)
        // Two interfaces of each network, and more networks than a round takes.
        let own = (1...10).map { (number: UInt8) -> [UInt8] in [10, 0, number / 2, number] }
        let links = own.enumerated().map { index, octets in
            let address = NetworkLink.Address(octets: octets, prefixBits: 24)
            return NetworkLink(index: UInt32(index + 1), name: "eth", addresses: [address])
        }
        machine.linksChanged(links, now: 0)
        var asked: [NetworkHost] = []
        for now in stride(from: 0, to: 30_000, by: 10) as StrideTo<Milliseconds> {
            let targets = machine.tick(now: now, wall: 0).compactMap { action -> NetworkHost? in
                if case .send(_, let host, let port) = action, port == 7431 { host } else { nil }
            }
            #expect(targets.count <= 16)
            asked += targets
        }
        #expect(asked.count == 1_024 && Set(asked).count == asked.count)
        #expect(!asked.contains { own.contains($0.octets) })
    }

    @Test("who may be a neighbour: of IPv4 alone, at most 254, and never the network or everybody")
    func neighbours() {
        func last(_ octets: [UInt8], _ bits: Int) -> [UInt8] {
            let address = NetworkLink.Address(octets: octets, prefixBits: bits)
            let link = NetworkLink(index: 1, name: "eth0", addresses: [address])
            #expect(link.neighbours.allSatisfy { link.reaches($0) })
            return link.neighbours.map { $0.octets[3] }
        }
        #expect(last([192, 168, 1, 20], 24) == (1...254).filter { $0 != 20 })
        #expect(last([172, 16, 3, 255], 16) == Array(1...254))
        #expect(last([192, 168, 1, 20], 29) == [17, 18, 19, 21, 22])
        #expect(last([192, 168, 1, 254], 30) == [253])
        for bits in [31, 32] { #expect(last([192, 168, 1, 20], bits) == []) }
        #expect(last([169, 254, 1, 20], 16) == [])
        #expect(last([0x20, 1] + [UInt8](repeating: 0, count: 14), 64) == [])
    }

    /// The first beacon of a run that says what it likes.
    private func beacon(
        _ device: UInt64, seed: UInt64, secret: Bytes32 = SimulatedLAN.secret, _ lan: SimulatedLAN,
        isLeaving: Bool = false
    ) throws -> [UInt8] {
        var other = Discovery(
            device: device, port: 7431, secrets: [secret], random: SeededSource(seed),
            now: lan.now)
        let wall = 1_700_000_000_000 + lan.now
        let actions =
            isLeaving ? other.stop(wall: wall) : other.tick(now: lan.now, wall: wall)
        guard case .announce(let bytes)? = actions.first else {
            throw BeaconError.nothingAnnounced
        }
        return bytes
    }

    private enum BeaconError: Error { case nothingAnnounced }

    @Test("another run on this very laptop, a run of two devices, and a goodbye of nobody")
    func noColleagues() throws {
        var lan = SimulatedLAN(seed: 3)
        lan.add()
        lan.run(5_000)
        let own = lan.laptops[0]
        _ = lan.inject(try beacon(own.device, seed: 1, lan), from: own.host, to: 0)
        #expect(lan.laptops[0].machine.sightings.isEmpty)
        let host = NetworkHost(octets: [10, 0, 5, 5])
        _ = lan.inject(try beacon(77, seed: 2, lan, isLeaving: true), from: host, to: 0)
        #expect(lan.laptops[0].machine.sightings.isEmpty)
        // From elsewhere the same device is one: a copied replica.
        _ = lan.inject(try beacon(own.device, seed: 1, lan), from: host, to: 0)
        #expect(lan.laptops[0].machine.sightings.map(\.device) == [own.device])
        // Whose number of a run is somebody else's is not believed to be that one.
        let heard = lan.laptops[0].machine.counts.heard
        _ = lan.inject(try beacon(78, seed: 1, lan), from: host, to: 0)
        #expect(lan.laptops[0].machine.sightings.map(\.device) == [own.device])
        #expect(lan.laptops[0].machine.counts.heard == heard)
    }

    @Test("after a change of the secret both are heard, and the older one no more when it is gone")
    func secrets() throws {
        var lan = SimulatedLAN(seed: 4)
        lan.add()
        lan.run(5_000)
        let newer = Bytes32([UInt8](repeating: 9, count: 32)) ?? .zero
        let host = NetworkHost(octets: [10, 0, 5, 5])
        func count(_ device: UInt64, _ secret: Bytes32) throws -> Int {
            _ = lan.inject(
                try beacon(device, seed: device, secret: secret, lan), from: host, to: 0)
            return lan.laptops[0].machine.sightings.count
        }
        #expect(try count(1, newer) == 0)
        lan.laptops[0].machine.secretsChanged([newer, SimulatedLAN.secret])
        #expect(try count(2, newer) == 1)
        #expect(try count(3, SimulatedLAN.secret) == 2)
        lan.laptops[0].machine.secretsChanged([newer])
        #expect(try count(4, SimulatedLAN.secret) == 2)
        #expect(try count(5, newer) == 3)
    }

    @Test("who says goodbye is forgotten at once")
    func leaving() {
        var lan = SimulatedLAN(seed: 1)
        for _ in 0..<3 { lan.add() }
        lan.run(5_000)
        let host = lan.laptops[0].host
        let wall = 1_700_000_000_000 + lan.now
        guard case .announce(let bytes)? = lan.laptops[0].machine.stop(wall: wall).first else {
            Issue.record("no goodbye")
            return
        }
        _ = lan.inject(bytes, from: host, to: 1)
        #expect(lan.laptops[1].machine.sightings.count == 1)
    }

    @Test("another team on the same network is noise, and is dialled by nobody")
    func teams() {
        var lan = SimulatedLAN(seed: 2)
        for _ in 0..<3 { lan.add() }
        for _ in 0..<3 { lan.add(secrets: [Bytes32([UInt8](repeating: 5, count: 32)) ?? .zero]) }
        lan.run(10_000)
        #expect(lan.laptops.allSatisfy { $0.sessions.count == 2 })
        #expect(lan.laptops[0].machine.counts.foreign > 0)
    }

    @Test("who missed a change of the secret is dialled by those who did not, under the old one")
    func rotation() {
        let new = Bytes32([UInt8](repeating: 9, count: 32)) ?? .zero
        var lan = SimulatedLAN(seed: 3)
        // The greater key, which would wait for the other's dial.
        lan.add(secrets: [new, SimulatedLAN.secret], device: 9)
        lan.add(secrets: [SimulatedLAN.secret], device: 1)
        lan.run(3_000)
        #expect(lan.laptops[0].sessions.count == 1)
        #expect(lan.laptops[0].dialled == [lan.laptops[1].host])
        #expect(lan.laptops[1].dialled.isEmpty)
    }

    // MARK: - Attacks

    /// What one laptop says, as somebody else on the network records it.
    private func recorded(_ lan: inout SimulatedLAN, _ index: Int) -> [UInt8] {
        let wall = 1_700_000_000_000 + lan.now
        lan.laptops[index].machine.linksChanged(lan.links(lan.laptops[index].host), now: lan.now)
        for action in lan.laptops[index].machine.tick(now: lan.now, wall: wall) {
            if case .announce(let bytes) = action { return bytes }
        }
        return []
    }

    @Test("a flood of anything costs no dial, no answer and no memory")
    func flood() {
        let seed = RandomBytes.word()
        var random = Seeded(seed)
        var lan = SimulatedLAN(seed: seed)
        for _ in 0..<2 { lan.add() }
        lan.run(5_000)
        let before = lan.laptops[0].dialled.count
        let counts = lan.laptops[0].machine.counts
        for number in 0..<20_000 {
            let length = number % 3 == 0 ? random.below(300) : Beacon.datagramBytes
            let host = NetworkHost(octets: [10, 0, UInt8(random.below(256)), UInt8(number % 250)])
            let isHeeded = lan.inject(random.bytes(length), from: host, to: 0)
            #expect(!isHeeded, "seed \(seed)")
        }
        #expect(lan.laptops[0].dialled.count == before)
        #expect(lan.laptops[0].machine.sightings.count == 1)
        // At one moment no more are opened than the bucket holds.
        #expect(lan.laptops[0].machine.counts.foreign - counts.foreign <= 512)
    }

    @Test("a beacon that is played back leads to nothing: neither a dial nor an answer")
    func replay() {
        var lan = SimulatedLAN(seed: 4)
        for _ in 0..<2 { lan.add() }
        lan.run(5_000)
        let bytes = recorded(&lan, 0)
        #expect(bytes.count == Beacon.datagramBytes)
        _ = lan.inject(bytes, from: lan.laptops[0].host, to: 1)
        // As if the session had ended, so that it would be worth a dial.
        lan.laptops[1].sessions = [:]
        lan.laptops[1].machine.sessionsAre([:], now: lan.now)
        let before = lan.laptops[1].dialled.count
        let victim = NetworkHost(octets: [10, 0, 7, 7])
        let heeded = (0..<100).count { _ in lan.inject(bytes, from: victim, to: 1) }
        #expect(heeded == 0)
        #expect(lan.laptops[1].machine.counts.repeated == 100)
        #expect(lan.laptops[1].dialled.dropFirst(before).allSatisfy { $0 != victim })
    }

    @Test(
        "a stolen beacon sent to a newcomer from elsewhere makes it dial that address alone, seldom"
    )
    func reflection() {
        var lan = SimulatedLAN(seed: 5)
        lan.add()
        let bytes = recorded(&lan, 0)
        lan.add()
        lan.laptops[0].isUp = false
        let victim = NetworkHost(octets: [10, 0, 7, 7])
        _ = lan.inject(bytes, from: victim, to: 1)
        lan.run(60_000)
        #expect(lan.laptops[1].dialled.allSatisfy { $0 == victim })
        #expect(lan.laptops[1].dialled.count <= 8, "\(lan.laptops[1].dialled.count)")
    }

    @Test(
        "a beacon from another network is not looked at, and an answer is no longer than what was asked"
    )
    func offLink() {
        var lan = SimulatedLAN(seed: 6)
        lan.add()
        let bytes = recorded(&lan, 0)
        lan.add()
        let dropped = lan.laptops[1].machine.counts.dropped
        for octets in [[8, 8, 8, 8], [UInt8](repeating: 1, count: 16)] {
            let isHeeded = lan.inject(bytes, from: NetworkHost(octets: octets), to: 1)
            #expect(!isHeeded)
        }
        #expect(lan.laptops[1].machine.counts.dropped == dropped + 2)
        let wall = 1_700_000_000_000 + lan.now
        let actions = lan.laptops[1].machine.received(
            bytes, from: lan.laptops[0].host, port: 7431, now: lan.now, wall: wall)
        let answers = actions.compactMap { action -> (Int, NetworkHost)? in
            if case .send(let bytes, let host, _) = action { (bytes.count, host) } else { nil }
        }
        #expect(answers.count == 1)
        #expect(answers.first?.0 == bytes.count && answers.first?.1 == lan.laptops[0].host)
    }

    @Test("a member who invents laptops fills neither memory nor the network with dials")
    func inventions() throws {
        var lan = SimulatedLAN(seed: 7)
        lan.add()
        lan.run(2_000)
        let wall = 1_700_000_000_000 + lan.now
        var random = Seeded(8)
        for number in 0..<2_000 {
            var other = Discovery(
                device: random.next(), port: 7431, secrets: [SimulatedLAN.secret],
                random: SeededSource(random.next()), now: lan.now)
            other.linksChanged([], now: lan.now)
            guard case .announce(let bytes)? = other.tick(now: lan.now, wall: wall).first else {
                Issue.record("nothing was announced")
                return
            }
            let host = NetworkHost(octets: [10, 0, UInt8(100 + number % 100), UInt8(number % 250)])
            _ = lan.inject(bytes, from: host, to: 0)
            lan.run(5)
        }
        #expect(lan.laptops[0].machine.sightings.count <= 256)
        // Ten seconds: thirty at once, then one a second.
        #expect(lan.laptops[0].dialled.count <= 45, "\(lan.laptops[0].dialled.count)")
    }
}
