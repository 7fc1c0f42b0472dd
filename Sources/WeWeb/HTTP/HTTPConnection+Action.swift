extension HTTPConnection {
    /// What the shell must do.
    enum Action {
        /// Send these bytes after all others, and tell ``wrote(_:now:)``.
        case send([UInt8])
        /// Ask the handler, and tell ``answered(_:now:)``.
        case ask(WebRequest)
        /// Read the next piece from a place on, and give it to ``came(_:now:)``.
        case read(WebPieces, from: Int)
        /// Hand on each event to ``happened(_:now:)`` and the end to ``streamEnded(now:)``.
        case follow(AsyncStream<WebEvent>)
        /// Nobody waits any more for the handler's answer, or for its events.
        case cancel
        /// Say that no more will be sent; go on reading.
        case finishWriting
        /// Close the socket; nothing will be asked of it any more.
        case close
    }

    /// What all connections of a server have in common.
    struct Context {
        let limits: WebLimits
        let guardian: WebGuard
        /// The page that says what was refused.
        let refuse: (WebRefusal, String) -> WebResponse
    }
}
