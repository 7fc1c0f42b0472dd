public import WeSync

/// Limits that keep strangers from using up this machine (Protocol.md, "Constants and limits").
public struct SyncPolicy: Sendable {
    /// Accepted connections that have not shown who they are.
    public var halfOpenMax = SyncLimit.halfOpenMax
    /// The same from one address, or from one network of IPv6.
    public var halfOpenPerAddressMax = SyncLimit.halfOpenPerAddressMax
    /// How long an accepted connection may take until the other side is known, whatever it sends.
    public var halfOpenMillisecondsMax: Milliseconds = 15_000
    /// Connections in all, either way.
    public var connectionsMax = 512
    /// How long to dial all addresses of a peer.
    public var dialMillisecondsMax: Milliseconds = 10_000
    /// Failed handshakes of one address that cost it nothing: a Wi-Fi that breaks is no attack.
    public var failuresFree = 8
    /// How long an address other than loopback is turned away after the first failure that is not free; doubles with
    /// each one more.
    public var backoffMillisecondsMin: Milliseconds = 500
    /// The longest that an address is turned away.
    public var backoffMillisecondsMax: Milliseconds = 60_000
    /// Addresses whose failures are remembered.
    public var addressesMax = 1_024
    /// How long the end of a connection may take: sending what is left, hearing the other's end.
    public var closingMillisecondsMax: Milliseconds = 2_000

    /// The limits of the protocol.
    public init() {}
}

/// Decides whether a caller may come in, and remembers whose handshakes failed.
struct DoorKeeper {
    /// Why a caller is turned away.
    enum Refusal: Equatable {
        /// Too many have not finished their handshakes.
        case crowded
        /// Too many of this address have not.
        case crowdedFromAddress
        /// This address failed too often lately.
        case backoff
    }

    private struct Failures {
        var count: Int
        var until: Milliseconds
    }

    private let policy: SyncPolicy
    private var halfOpen: [[UInt8]: Int] = [:]
    private var failures: [[UInt8]: Failures] = [:]
    /// Callers who are in and have not shown who they are.
    private(set) var halfOpenCount = 0

    /// Addresses whose failures are remembered.
    var rememberedCount: Int { failures.count }

    init(_ policy: SyncPolicy) { self.policy = policy }

    /// Lets a caller in, or says why not.
    mutating func admit(_ key: [UInt8], now: Milliseconds) -> Refusal? {
        if let failures = failures[key], now < failures.until { return .backoff }
        guard halfOpenCount < policy.halfOpenMax else { return .crowded }
        guard halfOpen[key, default: 0] < policy.halfOpenPerAddressMax else {
            return .crowdedFromAddress
        }
        halfOpen[key, default: 0] += 1
        halfOpenCount += 1
        return nil
    }

    /// A caller has shown who it is.
    mutating func succeeded(_ key: [UInt8]) {
        leave(key)
        failures[key] = nil
    }

    /// A caller is gone without having shown who it is.
    mutating func failed(_ key: [UInt8], now: Milliseconds) {
        leave(key)
        // Whoever is on this very machine has simpler ways to use it up.
        guard !SocketAddress.isLoopback(limitKey: key) else { return }
        makeRoom(now: now)
        var record = failures[key] ?? Failures(count: 0, until: now)
        record.count += 1
        let excess = record.count - policy.failuresFree
        if excess > 0 {
            let doubled = policy.backoffMillisecondsMin << Milliseconds(min(excess - 1, 20))
            record.until = now + min(doubled, policy.backoffMillisecondsMax)
        }
        failures[key] = record
    }

    /// A caller is gone through no fault of its own.
    mutating func leave(_ key: [UInt8]) {
        guard let count = halfOpen[key] else { return }
        halfOpen[key] = count > 1 ? count - 1 : nil
        halfOpenCount -= 1
    }

    /// Forgets who has behaved for a while, then anyone: memory stays bounded.
    private mutating func makeRoom(now: Milliseconds) {
        guard failures.count >= policy.addressesMax else { return }
        let forgotten = now - policy.backoffMillisecondsMax
        failures = failures.filter { $0.value.until > forgotten }
        while failures.count >= policy.addressesMax, let any = failures.keys.first {
            failures[any] = nil
        }
    }
}
