import Testing
import WeSync
import WeTransport

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite("Strangers")
struct AttackTests {
    @Test(
        "garbage ends its own connection and nothing else",
        arguments: [
            [UInt8](repeating: 0xff, count: 100_000), Array("GET / HTTP/1.1\r\n\r\n".utf8),
            [0, 48] + [UInt8](repeating: 7, count: 48), [0, 0, 0, 0],
        ])
    func garbage(bytes: [UInt8]) async throws {
        let team = try TestTeam()
        let (left, right) = (try Peer(team, 0), try Peer(team, 1))
        let bound = try await right.engine.listen(host: "127.0.0.1", port: 0)
        let isEnded = try await blocking {
            let client = try RawClient(port: bound.port)
            try? client.send(bytes)
            return client.isEnded(milliseconds: 600_000)
        }
        #expect(isEnded)
        left.node.write(10)
        left.engine.connect(bound.description)
        try await right.node.wait { $0.count == 11 }
        await left.engine.stop()
        await right.engine.stop()
    }

    @Test("who says nothing is turned out when the time is over")
    func silence() async throws {
        var policy = SyncPolicy()
        policy.halfOpenMillisecondsMax = 50
        let peer = try Peer(try TestTeam(), 0, policy: policy)
        let bound = try await peer.engine.listen(host: "127.0.0.1", port: 0)
        let isEnded = try await blocking {
            let client = try RawClient(port: bound.port)
            return client.isEnded(milliseconds: 600_000)
        }
        #expect(isEnded)
        let error = try await peer.updates.first { update -> TransportError? in
            if case .closed(_, let error) = update { return error }
            return nil
        }
        guard case .session(.handshakeTimeout, _) = error else {
            Issue.record("\(error)")
            return
        }
        await peer.engine.stop()
    }

    @Test("of a hundred silent connections from one address four are kept")
    func halfOpen() async throws {
        let team = try TestTeam()
        let (left, right) = (try Peer(team, 0), try Peer(team, 1))
        let bound = try await right.engine.listen(port: 0)
        let openCount = try await blocking {
            var count = 0
            try withClients(100, port: bound.port) { client in
                if !client.isEnded(milliseconds: count < 4 ? 20 : 10_000) { count += 1 }
            }
            return count
        }
        #expect(openCount == 4)
        // All hung up, which counts as failed handshakes: the address waits outside for a while.
        try await right.wait { $0.isEmpty }
        left.node.write(3)
        var isDone = false
        while !isDone {
            let id = left.engine.connect("127.0.0.1:\(bound.port)")
            isDone = try await left.updates.first { update -> Bool? in
                switch update {
                case .synced(id, _): true
                case .closed(id, _): false
                default: nil
                }
            }
        }
        #expect(right.node.count == 4)
        await left.engine.stop()
        await right.engine.stop()
    }
}

/// Opens connections one by one, all kept until the end, and looks at each.
private func withClients(
    _ count: Int, port: UInt16, _ body: (borrowing RawClient) throws -> Void
) throws {
    guard count > 0 else { return }
    guard let client = try? RawClient(port: port) else { throw WaitingError.streamEnded }
    try body(client)
    try withClients(count - 1, port: port, body)
}

extension Peer {
    /// Waits until the connections are as `condition` says; looks again at each update.
    func wait(until condition: @escaping @Sendable ([PeerStatus]) -> Bool) async throws {
        let engine = engine
        if condition(engine.connections) { return }
        try await updates.first { _ in condition(engine.connections) ? true : nil }
    }
}
