import Testing
import WeKeys
import WeLog
import WeSync
import WeTransport

@Suite("Sync engine")
struct SyncEngineTests {
    @Test("two replicas exchange what they have, both ways, and end equal")
    func bothWays() async throws {
        let team = try TestTeam()
        let (left, right) = (try Peer(team, 0), try Peer(team, 1))
        left.node.write(3_000)
        right.node.write(2_000)
        let bound = try await right.engine.listen(host: "127.0.0.1", port: 0)
        let id = left.engine.connect(bound.description)
        try await left.node.wait { $0.count == 5_001 }
        try await right.node.wait { $0.count == 5_001 }
        let progress = try await left.updates.first { update -> SyncProgress? in
            if case .synced(id, let progress) = update { return progress }
            return nil
        }
        #expect(progress.eventsReceived == 2_000)
        #expect(left.node.summary == right.node.summary)
        // What is told comes first; what is shown follows within the same turn of the loop.
        try await within {
            while left.engine.connections.first?.state != .live {
                try Task.checkCancellation()
                await Task.yield()
            }
        }
        let status = try #require(left.engine.connections.first)
        #expect(status.device == team.keys[1].signing.publicKey)
        #expect(status.bytesIn > 200_000)
        await left.engine.stop()
        await right.engine.stop()
        #expect(right.engine.connections.isEmpty)
    }

    @Test("what is written while connected arrives at once, also through a third peer")
    func livePush() async throws {
        let team = try TestTeam()
        let (left, middle, right) = (try Peer(team, 0), try Peer(team, 1), try Peer(team, 2))
        let bound = try await middle.engine.listen(host: "127.0.0.1", port: 0)
        for peer in [left, right] {
            let id = peer.engine.connect(bound.description)
            try await peer.synced(id)
        }
        for round in 1...20 {
            left.node.write(1)
            left.engine.storeGrew()
            try await right.node.wait { $0.count == 2 * round }
            right.node.write(1)
            right.engine.storeGrew()
            try await left.node.wait { $0.count == 2 * round + 1 }
        }
        #expect(left.node.summary == right.node.summary)
        for peer in [left, middle, right] { await peer.engine.stop() }
    }

    @Test("a connection that is cut in the middle loses nothing, and the rest comes the next time")
    func cut() async throws {
        let team = try TestTeam()
        let (left, right) = (try Peer(team, 0), try Peer(team, 1))
        right.node.write(5_000, bytes: 500)
        let bound = try await right.engine.listen(host: "127.0.0.1", port: 0)
        let any = try SocketAddress.resolve(PeerAddress(host: "127.0.0.1", port: 0))
        let door = try Socket.listening(on: any[0])
        let local = door.localAddress
        let address = try #require(local)
        let relay = RelayThread(door, to: bound.port, bytesMax: 1_500_000)
        let first = left.engine.connect(address.description)
        let error = try await left.updates.end(of: first)
        try await relay.finished()
        guard case .closedByPeer = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        let kept = left.node.count
        #expect(kept > 100 && kept < 5_001)
        left.engine.connect(bound.description)
        try await left.node.wait { $0.count == 5_001 }
        #expect(left.node.summary == right.node.summary)
        await left.engine.stop()
        await right.engine.stop()
    }

    @Test("of two connections to the same device the newest stays")
    func sameDeviceTwice() async throws {
        let team = try TestTeam()
        let (left, right) = (try Peer(team, 0), try Peer(team, 1))
        let bound = try await right.engine.listen(host: "127.0.0.1", port: 0)
        let older = left.engine.connect(bound.description)
        try await left.synced(older)
        let newer = left.engine.connect(bound.description)
        _ = try await left.updates.end(of: older)
        left.node.write(10)
        left.engine.storeGrew()
        try await right.node.wait { $0.count == 11 }
        #expect(left.engine.connections.map(\.id) == [newer])
        await left.engine.stop()
        await right.engine.stop()
    }

    @Test("when both dial at once, both keep the same connection")
    func crossed() async throws {
        let team = try TestTeam()
        let (left, right) = (try Peer(team, 0), try Peer(team, 1))
        let boundLeft = try await left.engine.listen(host: "127.0.0.1", port: 0)
        let boundRight = try await right.engine.listen(host: "127.0.0.1", port: 0)
        let watching = (left.engine.updates, right.engine.updates)
        left.engine.connect(boundRight.description)
        right.engine.connect(boundLeft.description)
        for updates in [watching.0, watching.1] {
            try await updates.first { update -> Bool? in
                if case .closed = update { return true }
                return nil
            }
        }
        left.node.write(5)
        left.engine.storeGrew()
        try await right.node.wait { $0.count == 6 }
        #expect(left.engine.connections.count == 1)
        #expect(right.engine.connections.count == 1)
        await left.engine.stop()
        await right.engine.stop()
    }

    @Test("disconnecting says goodbye: neither side has an error")
    func disconnect() async throws {
        let team = try TestTeam()
        let (left, right) = (try Peer(team, 0), try Peer(team, 1))
        let bound = try await right.engine.listen(host: "127.0.0.1", port: 0)
        let id = left.engine.connect(bound.description)
        try await left.synced(id)
        let there = try #require(right.engine.connections.first).id
        left.engine.disconnect(id)
        #expect(try await left.updates.end(of: id) == nil)
        #expect(try await right.updates.end(of: there) == nil)
        await left.engine.stop()
        await right.engine.stop()
    }

    @Test("one of another team is turned away")
    func otherTeam() async throws {
        let (left, right) = (try Peer(try TestTeam(), 0), try Peer(try TestTeam(), 0))
        let bound = try await right.engine.listen(host: "127.0.0.1", port: 0)
        let id = left.engine.connect(bound.description)
        let error = try await left.updates.end(of: id)
        guard case .session = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        await left.engine.stop()
        await right.engine.stop()
    }
}
