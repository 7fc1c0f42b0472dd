import Testing
import WeSync
import WeTransport

@Suite("Failures to connect and listen")
struct FailureTests {
    @Test("nobody listens there")
    func refused() async throws {
        let peer = try Peer(try TestTeam(), 0)
        let any = try SocketAddress.resolve(PeerAddress(host: "127.0.0.1", port: 0))
        // A port that a connection goes out from: nobody listens there, and no other test can.
        let listening = try Socket.listening(on: any[0])
        let there = listening.localAddress
        let calling = try Socket.connecting(to: try #require(there))
        let from = calling.localAddress
        let free = try #require(from).description
        let id = peer.engine.connect(free)
        #expect(try await peer.updates.end(of: id) == .refused(free))
        close(listening, calling)
        #expect(peer.engine.connections.isEmpty)
        await peer.engine.stop()
    }

    private func close(_ one: consuming Socket, _ other: consuming Socket) {}

    @Test("a text that is no address, and a name that cannot exist")
    func badAddress() async throws {
        let peer = try Peer(try TestTeam(), 0)
        let first = peer.engine.connect("host:port")
        guard case .badAddress = try await peer.updates.end(of: first) else {
            Issue.record("bad address")
            return
        }
        let second = peer.engine.connect("no..such..name:1")
        guard case .cannotResolve = try await peer.updates.end(of: second) else {
            Issue.record("name")
            return
        }
        await peer.engine.stop()
    }

    @Test("the port is taken", arguments: ["127.0.0.1", nil])
    func inUse(host: String?) async throws {
        let (left, right) = (try Peer(try TestTeam(), 0), try Peer(try TestTeam(), 0))
        let bound = try await left.engine.listen(host: host, port: 0)
        let error = await #expect(throws: TransportError.self) {
            try await right.engine.listen(host: host, port: bound.port)
        }
        #expect(error == .addressInUse(bound.description))
        await left.engine.stop()
        await right.engine.stop()
    }

    @Test("one socket for all addresses takes IPv4 and IPv6")
    func dualStack() async throws {
        let team = try TestTeam()
        let (left, right) = (try Peer(team, 0), try Peer(team, 1))
        let bound = try await right.engine.listen(port: 0)
        let hosts = bound.host == "::" ? ["127.0.0.1", "[::1]"] : ["127.0.0.1"]
        for host in hosts {
            let id = left.engine.connect("\(host):\(bound.port)")
            try await left.synced(id)
        }
        await left.engine.stop()
        await right.engine.stop()
    }

    @Test("after stop nothing begins any more, and stopping again is allowed")
    func stopped() async throws {
        let peer = try Peer(try TestTeam(), 0)
        _ = try await peer.engine.listen(host: "127.0.0.1", port: 0)
        async let first: Void = peer.engine.stop()
        async let second: Void = peer.engine.stop()
        _ = await (first, second)
        await peer.engine.stop()
        await #expect(throws: TransportError.stopped) {
            try await peer.engine.listen(host: "127.0.0.1", port: 0)
        }
        peer.engine.connect("127.0.0.1:1")
        peer.engine.storeGrew()
        for await _ in peer.updates {}
        for await _ in peer.engine.updates {}
    }

    @Test("every error says what and why in a sentence")
    func descriptions() {
        let errors: [TransportError] = [
            .badAddress("x", reason: "y"), .cannotResolve("x", reason: "y"), .refused("x"),
            .unreachable("x", reason: "y"), .timedOut("x"), .addressInUse("x"),
            .permission("x"), .closedByPeer("x"), .turnedAway("x"), .replaced("x"),
            .session(.idleTimeout, address: "x"), .tooManyConnections("x"),
            .system("x", reason: "y"),
        ]
        for error in errors { #expect(error.description.contains("x")) }
    }
}
