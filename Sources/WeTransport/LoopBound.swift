/// A value that only its loop's thread may touch, on its way through other threads.
///
/// `@unchecked` because the value need not be `Sendable`: each use checks the thread instead.
package struct LoopBound<Value>: @unchecked Sendable {
    private let loop: EventLoop
    private let bound: Value

    /// Gives the value to the loop; whoever had it lets go of it.
    package init(_ value: Value, on loop: EventLoop) {
        self.loop = loop
        bound = value
    }

    /// The value, on the loop's thread.
    package var value: Value {
        loop.preconditionInLoop()
        return bound
    }
}
