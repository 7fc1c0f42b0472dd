import Testing
import WeData
import WeKeys
import WeSync

@testable import WeTransport

@Suite("Discovery's shell")
struct DiscoveryShellTests {
    @Test("a datagram arrives whole, from where it was sent; a longer one is cut")
    func datagrams() throws {
        let left = try DatagramSocket.bound(to: .loopback(port: 0))
        let right = try DatagramSocket.bound(to: .loopback(port: 0))
        let address = right.localAddress
        let source = left.localAddress
        let target = try #require(address)
        var buffer = [UInt8](repeating: 0, count: Beacon.datagramBytes + 1)
        let none = try right.receive(into: &buffer)
        #expect(none == nil)
        for count in [0, 1, Beacon.datagramBytes, 500] {
            try left.send([UInt8](repeating: 7, count: count), to: target)
            // Loopback delivers before `send` returns.
            let arrived = try right.receive(into: &buffer)
            let received = try #require(arrived)
            #expect(received.count == min(count, buffer.count))
            #expect(received.from == source)
        }
    }

    @Test("several programs of one laptop listen for beacons at one port")
    func shared() throws {
        let first = try DatagramSocket.bound(to: .loopback(port: 0))
        let address = first.localAddress
        let port = try #require(address).port
        let second = try DatagramSocket.bound(to: .loopback(port: port))
        let other = second.localAddress
        #expect(other?.port == port)
    }

    @Test("loopback is no link, and a broadcast address is the last of its network")
    func links() {
        #expect(!NetworkLinks.current().contains { $0.name == "lo" })
        func broadcast(_ octets: [UInt8], _ bits: Int) -> [UInt8]? {
            NetworkLink.Address(octets: octets, prefixBits: bits).broadcast
        }
        #expect(broadcast([192, 168, 9, 20], 24) == [192, 168, 9, 255])
        #expect(broadcast([10, 1, 2, 3], 8) == [10, 255, 255, 255])
        #expect(broadcast([172, 16, 130, 1], 20) == [172, 16, 143, 255])
        #expect(broadcast([10, 0, 0, 1], 31) == nil && broadcast([10, 0, 0, 1], 0) == nil)
        #expect(broadcast([UInt8](repeating: 1, count: 16), 64) == nil)
    }

    @Test("what colleagues type is each number of this machine, or the one that is listened on")
    func dialled() throws {
        #expect(BoundAddress(host: "10.0.0.7", port: 7431).dialled == ["10.0.0.7:7431"])
        #expect(BoundAddress(host: "2001:db8::1", port: 9).dialled == ["[2001:db8::1]:9"])
        for host in ["::", "0.0.0.0"] {
            for place in BoundAddress(host: host, port: 9).dialled {
                let address = try PeerAddress(place)
                #expect(address.isRoutable && address.port == 9)
            }
        }
    }

    @Test("an address of the local link is dialled with its interface, another without")
    func scopes() {
        let local = NetworkHost(
            octets: [0xfe, 0x80] + [UInt8](repeating: 0, count: 13) + [1], scope: 3)
        #expect(SocketAddress(local, port: 7431).dialled == "[fe80::1%3]:7431")
        #expect(SocketAddress(local, port: 7431).networkHost.host == local)
        let wide = NetworkHost(
            octets: [0x20, 1] + [UInt8](repeating: 0, count: 13) + [1], scope: 3)
        #expect(SocketAddress(wide, port: 1).networkHost.host.scope == 0)
    }

    @Test("an address that is remembered is dialled until it answers, and again when it goes")
    func remembered() async throws {
        let team = try TestTeam()
        let (left, right) = (try Peer(team, 0), try Peer(team, 1))
        right.node.write(3)
        let bound = try await right.engine.listen(host: "127.0.0.1", port: 0)
        left.engine.discover(
            DiscoveryPlan(
                device: left.node.signing.publicKey, port: 1, announcing: .off,
                addresses: [KnownAddress(address: bound.description)]))
        try await left.node.wait { $0.count == 4 }
        let first = try await left.updates.first { update -> ConnectionID? in
            if case .synced(let id, _) = update { return id }
            return nil
        }
        // The other side ends it; this side dials again by itself.
        let updates = left.engine.updates
        right.engine.disconnect(try #require(right.engine.connections.first?.id))
        try await updates.first { update -> Bool? in
            if case .synced(let id, _) = update, id != first { return true }
            return nil
        }
        let status = try #require(left.engine.discovery)
        #expect(status.sentCount == 0, "nothing was said on the network")
        left.engine.remember([])
        await left.engine.stop()
        await right.engine.stop()
    }

    @Test("two that dial each other at the same moment end with one session")
    func crossed() async throws {
        let team = try TestTeam()
        let (left, right) = (try Peer(team, 0), try Peer(team, 1))
        let leftBound = try await left.engine.listen(host: "127.0.0.1", port: 0)
        let rightBound = try await right.engine.listen(host: "127.0.0.1", port: 0)
        for (peer, other) in [(left, rightBound), (right, leftBound)] {
            peer.engine.discover(
                DiscoveryPlan(
                    device: peer.node.signing.publicKey, port: 1, announcing: .off,
                    addresses: [KnownAddress(address: other.description)]))
        }
        right.node.write(5)
        right.engine.storeGrew()
        try await left.node.wait { $0.count == 6 }
        try await within {
            func live(_ peer: Peer) -> Int {
                peer.engine.connections.count { $0.state == .live }
            }
            while live(left) != 1 || live(right) != 1 || left.engine.connections.count != 1 {
                try Task.checkCancellation()
                await Task.yield()
            }
        }
        await left.engine.stop()
        await right.engine.stop()
    }
}
