import Dispatch
import Synchronization
import WeTransport

/// A node with its engine.
struct Peer: Sendable {
    let node: MemoryNode
    let engine: SyncEngine
    let updates: AsyncStream<PeerUpdate>

    init(_ team: TestTeam, _ device: Int, policy: SyncPolicy = SyncPolicy()) throws {
        node = try MemoryNode(team, device: device)
        engine = try SyncEngine(node: node, policy: policy)
        updates = engine.updates
    }

    /// Waits until both sides hold the same.
    func synced(_ id: ConnectionID) async throws {
        try await updates.first { update -> Bool? in
            if case .synced(id, _) = update { return true }
            return nil
        }
    }
}

/// Runs ``relay(from:to:bytesMax:)`` beside the test.
struct RelayThread: Sendable {
    private let results: AsyncStream<(any Error)?>

    init(_ listener: consuming Socket, to port: UInt16, bytesMax: Int) {
        let (results, continuation) = AsyncStream<(any Error)?>.makeStream()
        self.results = results
        let box = SocketBox(listener)
        DispatchQueue.global().async {
            do {
                if let listener = box.take() {
                    try relay(from: listener, to: port, bytesMax: bytesMax)
                }
                continuation.yield(nil)
            } catch {
                continuation.yield(error)
            }
        }
    }

    /// Waits for its end.
    func finished() async throws {
        let result = try await results.first { [$0] }[0]
        if let result { throw result }
    }
}

/// Carries a socket to another thread.
final class SocketBox: Sendable {
    private let socket: Mutex<Socket?>
    init(_ socket: consuming Socket) { self.socket = Mutex(consume socket) }
    func take() -> Socket? { socket.withLock { $0.take() } }
}
