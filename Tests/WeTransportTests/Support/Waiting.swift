import Dispatch
import WeTransport

/// Why a wait was given up.
enum WaitingError: Error {
    case deadline
    case streamEnded
}

/// Runs `body`, for at most so many seconds: a test that hangs fails instead.
///
/// Long enough for a sanitizer on a busy machine, where a task may wait minutes for its turn.
func within<Result: Sendable>(
    seconds: Int = 600, _ body: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    try await withThrowingTaskGroup(of: Result.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await Task.sleep(for: .seconds(seconds))
            throw WaitingError.deadline
        }
        defer { group.cancelAll() }
        guard let result = try await group.next() else { throw WaitingError.streamEnded }
        return result
    }
}

extension AsyncStream where Element: Sendable {
    /// Waits for the first element for which `match` gives something.
    @discardableResult
    func first<Found: Sendable>(
        _ match: @escaping @Sendable (Element) -> Found?
    ) async throws -> Found {
        try await within { [self] in
            for await element in self {
                if let found = match(element) { return found }
            }
            throw WaitingError.streamEnded
        }
    }
}

extension AsyncStream<PeerUpdate> {
    /// Waits for the end of a connection, and gives the reason.
    func end(of id: ConnectionID) async throws -> TransportError? {
        try await first { update in
            if case .closed(id, let error) = update { return [error] }
            return nil
        }[0]
    }
}

extension MemoryNode {
    /// Waits until the store is as `condition` says.
    func wait(until condition: @escaping @Sendable (Memory) -> Bool) async throws {
        try await within { [self] in
            if read(condition) { return }
            for await _ in changes where read(condition) { return }
            throw WaitingError.streamEnded
        }
    }
}

/// Runs blocking calls away from Swift's own threads.
func blocking<Result: Sendable>(
    _ body: @escaping @Sendable () throws -> Result
) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global().async {
            continuation.resume(with: Swift.Result { try body() })
        }
    }
}
