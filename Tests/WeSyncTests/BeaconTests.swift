import Testing
import WeData
import WeKeys

@testable import WeSync

@Suite("Beacons")
struct BeaconTests {
    private static let secret = Bytes32([UInt8](repeating: 4, count: 32)) ?? .zero
    private static let other = Bytes32([UInt8](repeating: 5, count: 32)) ?? .zero
    private static let hour: Int64 = 3_600_000

    private static func beacon(_ sequence: UInt64 = 1) -> Beacon {
        Beacon(
            instance: 0x0102_0304_0506_0708, sequence: sequence, device: 0x8a88_e3dd_7409_f195,
            port: 7431, fingerprint: 0x1122_3344_5566_7788)
    }

    private static func sealed(
        _ beacon: Beacon = beacon(), secrets: [Bytes32] = [secret], wall: Int64 = 100 * hour
    ) -> [UInt8] {
        var keyring = BeaconKeyring(secrets: secrets)
        return keyring.seal(beacon, nonce: RandomBytes.bytes(24), wall: wall) ?? []
    }

    @Test("a beacon comes back as it went, and is one length whatever it says")
    func roundTrip() {
        var keyring = BeaconKeyring(secrets: [Self.secret])
        for sequence in [0, 1, 255, 65_536, UInt64(Int64.max)] {
            for port in [1, 7431, 65_535] as [UInt16] {
                var beacon = Self.beacon(sequence)
                beacon.port = port
                beacon.isLeaving = sequence == 1
                beacon.isAnswer = sequence == 255
                let bytes = Self.sealed(beacon)
                #expect(bytes.count == Beacon.datagramBytes)
                #expect(keyring.open(bytes, wall: 100 * Self.hour)?.beacon == beacon)
            }
        }
    }

    @Test("two beacons have nothing in common: not the laptop, not the team, not a byte's place")
    func unlinkable() {
        let bytes = (0..<400).map { _ in Self.sealed() }
        for place in 0..<Beacon.datagramBytes {
            // Of 400 random bytes the commonest one shows up 10 times with a chance below 1e-4.
            let counts = Dictionary(grouping: bytes.map { $0[place] }) { $0 }.mapValues(\.count)
            #expect((counts.values.max() ?? 0) < 16, "byte \(place)")
        }
        #expect(Set(bytes).count == bytes.count)
    }

    @Test("clocks an hour apart understand each other, two hours do not")
    func hours() {
        for (offset, isHeard) in [(-2, false), (-1, true), (0, true), (1, true), (2, false)] {
            var keyring = BeaconKeyring(secrets: [Self.secret])
            let wall = Int64(100 + offset) * Self.hour
            #expect((keyring.open(Self.sealed(), wall: wall) != nil) == isHeard, "\(offset) h")
        }
        // Before 1970, and at both ends of time.
        for wall in [-1, Int64.min, Int64.max, 0] {
            var keyring = BeaconKeyring(secrets: [Self.secret])
            #expect(keyring.open(Self.sealed(wall: wall), wall: wall) != nil, "\(wall)")
        }
        #expect(BeaconKeyring.hour(of: -1) == -1)
    }

    @Test("an older secret of the last four is understood, and told apart from the newest")
    func secrets() {
        let old = (0..<5).map { Bytes32([UInt8](repeating: UInt8(20 + $0), count: 32)) ?? .zero }
        var keyring = BeaconKeyring(secrets: old)
        for (index, secret) in old.enumerated() {
            let opened = keyring.open(Self.sealed(secrets: [secret]), wall: 100 * Self.hour)
            #expect(opened?.secret == (index < 4 ? index : nil))
        }
        var stranger = BeaconKeyring(secrets: [Self.other])
        #expect(stranger.open(Self.sealed(), wall: 100 * Self.hour) == nil)
        var empty = BeaconKeyring(secrets: [])
        #expect(empty.open(Self.sealed(), wall: 100 * Self.hour) == nil)
        #expect(empty.seal(Self.beacon(), nonce: RandomBytes.bytes(24), wall: 0) == nil)
    }

    @Test("one bit changed anywhere, or another length, is no beacon")
    func damaged() {
        var keyring = BeaconKeyring(secrets: [Self.secret])
        let bytes = Self.sealed()
        for place in bytes.indices {
            var damaged = bytes
            damaged[place] ^= 1 << UInt8(place % 8)
            #expect(keyring.open(damaged, wall: 100 * Self.hour) == nil, "byte \(place)")
        }
        #expect(keyring.open(Array(bytes.dropLast()), wall: 100 * Self.hour) == nil)
        #expect(keyring.open(bytes + [0], wall: 100 * Self.hour) == nil)
        #expect(keyring.open([], wall: 100 * Self.hour) == nil)
    }

    @Test("what a member may seal is checked all the same")
    func forms() {
        let good = Self.beacon().plain
        #expect(Beacon(plain: good) == Self.beacon())
        var version = good
        version[1] = 2
        #expect(Beacon(plain: version) == nil)
        var noPort = Self.beacon()
        noPort.port = 0
        #expect(Beacon(plain: noPort.plain) == nil)
        var random = Seeded(1)
        for _ in 0..<20_000 {
            var plain = good
            for _ in 0..<random.below(4) + 1 {
                plain[random.below(40)] = UInt8(truncatingIfNeeded: random.next())
            }
            _ = Beacon(plain: plain)
        }
    }

    @Test("each number counts once, in any order, within the last 64")
    func sequences() {
        var colleague = Colleague(Self.beacon(10), secret: 0, now: 0)
        // 36 is too old to be known.
        let heard: [UInt64] = [10, 12, 11, 11, 100, 12, 37, 36, .max, .max, 100]
        let new = heard.map { colleague.isNew($0) }
        #expect(
            new == [false, true, true, false, true, false, true, false, true, false, false])
    }

    @Test("what is on a link, and what is elsewhere")
    func links() {
        let link = NetworkLink(
            index: 3, name: "wlan0",
            addresses: [
                NetworkLink.Address(octets: [192, 168, 9, 20], prefixBits: 22),
                NetworkLink.Address(
                    octets: [0xfd, 1] + [UInt8](repeating: 0, count: 13) + [7], prefixBits: 64),
            ])
        #expect(link.reaches(NetworkHost(octets: [192, 168, 11, 255])))
        #expect(!link.reaches(NetworkHost(octets: [192, 168, 12, 1])))
        #expect(link.reaches(NetworkHost(octets: [0xfd, 1] + [UInt8](repeating: 0, count: 14))))
        let local = [0xfe, 0x80] + [UInt8](repeating: 1, count: 14)
        #expect(link.reaches(NetworkHost(octets: local, scope: 3)))
        #expect(!link.reaches(NetworkHost(octets: local, scope: 4)))
        #expect(!link.reaches(NetworkHost(octets: [])))
    }
}
