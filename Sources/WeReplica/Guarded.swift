import Synchronization

/// A class instance that one thread at a time may use.
///
/// `@unchecked Sendable`: the value is reachable only inside ``with(_:)``, under the lock. A
/// `Mutex` of the value itself would refuse to lend it to closures of its callers.
final class Guarded<Value>: @unchecked Sendable {
    private let lock = Mutex(())
    private let value: Value

    init(_ value: Value) { self.value = value }

    /// Lends the value; `body` must not keep it, nor ask for it again.
    func with<Result, Failure: Error>(
        _ body: (Value) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try lock.withLock { _ throws(Failure) in try body(value) }
    }
}
