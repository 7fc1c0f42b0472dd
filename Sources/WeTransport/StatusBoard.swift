import Synchronization
import WeSync

/// What other threads may see of the connections.
final class StatusBoard: Sendable {
    private struct State {
        var statuses: [ConnectionID: PeerStatus] = [:]
        var listeners: [UInt64: AsyncStream<PeerUpdate>.Continuation] = [:]
        var number: UInt64 = 0
        var isOver = false
        var discovery: DiscoveryStatus?
        var files = FileTransfer()
    }

    private let state = Mutex(State())

    /// Updates kept for a listener that is slow; then the oldest are dropped.
    private static let updatesMax = 1_024

    /// All connections, the oldest first.
    var statuses: [PeerStatus] {
        state.withLock { $0.statuses.values.sorted { $0.id < $1.id } }
    }

    func publish(_ status: PeerStatus) {
        state.withLock { $0.statuses[status.id] = status }
    }

    /// How discovery stands; `nil` while there is none.
    var discovery: DiscoveryStatus? { state.withLock { $0.discovery } }

    func publish(_ discovery: DiscoveryStatus) { state.withLock { $0.discovery = discovery } }

    /// What is still to come of files.
    var files: FileTransfer { state.withLock { $0.files } }

    func publish(_ files: FileTransfer) { state.withLock { $0.files = files } }

    func remove(_ id: ConnectionID) {
        state.withLock { _ = $0.statuses.removeValue(forKey: id) }
    }

    func post(_ update: PeerUpdate) {
        let listeners = state.withLock { Array($0.listeners.values) }
        for listener in listeners { listener.yield(update) }
    }

    /// A stream of what happens from now on.
    func updates() -> AsyncStream<PeerUpdate> {
        let (stream, continuation) = AsyncStream<PeerUpdate>.makeStream(
            bufferingPolicy: .bufferingNewest(StatusBoard.updatesMax))
        let number: UInt64? = state.withLock { state in
            guard !state.isOver else { return nil }
            state.number += 1
            state.listeners[state.number] = continuation
            return state.number
        }
        guard let number else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { _ = $0.listeners.removeValue(forKey: number) }
        }
        return stream
    }

    /// Ends all streams.
    func finish() {
        let listeners = state.withLock { state in
            state.isOver = true
            state.statuses = [:]
            return Array(state.listeners.values)
        }
        for listener in listeners { listener.finish() }
    }
}
