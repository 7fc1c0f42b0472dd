import Synchronization
import Testing

/// Something that a test waits for; each raise ends one wait.
final class Signal: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream() }

    func raise() { continuation.yield() }

    /// Waits for ten minutes at most: a test that hangs fails instead.
    func wait() async {
        await withTaskGroup(of: Bool.self) { [stream] group in
            group.addTask {
                for await _ in stream { return true }
                return false
            }
            group.addTask {
                try? await Task.sleep(for: .seconds(600))
                return false
            }
            let isRaised = await group.next() ?? false
            group.cancelAll()
            if !isRaised { Issue.record("nothing happened in ten minutes") }
        }
    }
}

/// Suspends until the task is cancelled, and says so.
func untilCancelled(_ signal: Signal) async {
    let (never, continuation) = AsyncStream<Void>.makeStream()
    for await _ in never {}
    withExtendedLifetime(continuation) {}
    if Task.isCancelled { signal.raise() }
}

/// Holds whoever passes until it is opened.
final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var held: [CheckedContinuation<Void, Never>] = []
        var awaited: (count: Int, continuation: CheckedContinuation<Void, Never>)?
    }

    private let state = Mutex(State())

    func pass() async {
        await withCheckedContinuation { continuation in
            state.withLock { state in
                guard !state.isOpen else { return continuation.resume() }
                state.held.append(continuation)
                if let awaited = state.awaited, state.held.count >= awaited.count {
                    state.awaited = nil
                    awaited.continuation.resume()
                }
            }
        }
    }

    /// Waits until so many are held.
    func waiting(_ count: Int) async {
        await withCheckedContinuation { continuation in
            state.withLock { state in
                guard state.held.count < count else { return continuation.resume() }
                state.awaited = (count, continuation)
            }
        }
    }

    func open() {
        state.withLock { state in
            state.isOpen = true
            for continuation in state.held { continuation.resume() }
            state.held = []
        }
    }
}

/// Many clients at once, each of which has said its text.
struct Crowd {
    private final class Member {
        let client: Client
        init(_ client: consuming Client) { self.client = client }
    }

    private var members: [Member] = []

    init(port: UInt16, sending texts: [String]) throws {
        for text in texts {
            let member = Member(try Client(port: port))
            try member.client.send(text)
            members.append(member)
        }
    }

    /// What each is answered.
    func bodies() throws -> [String] { try members.map { try $0.client.answer().body } }
}
