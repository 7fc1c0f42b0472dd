package import Weonomy

/// What the server takes in and how long it waits.
package struct WebLimits: Sendable {
    /// RFC 9112, section 3, recommends to read at least 8000.
    package var requestLineBytesMax = 8 << 10
    package var headerBytesMax = 16 << 10
    package var headerCountMax = 100
    /// A form with a long text in it.
    package var bodyBytesMax = 1 << 20
    package var formFieldCountMax = 1_000
    /// A form with files in it, which are in memory until they are stored; longer ones are for
    /// `weonomy share --attach`.
    package var uploadBytesMax = 64 << 20

    /// Browsers open six; each tab may hold an event stream besides.
    package var connectionsMax = 100
    package var streamsMax = 20
    /// What waits for a browser that does not read its events.
    package var streamBytesMax = 256 << 10

    /// A connection without a request.
    package var idleMillisecondsMax: Milliseconds = 15_000
    /// From the first byte of a request to the end of its headers.
    package var headerMillisecondsMax: Milliseconds = 10_000
    /// From the end of the headers to the end of the body.
    package var bodyMillisecondsMax: Milliseconds = 10_000
    /// The same for a form with files.
    package var uploadMillisecondsMax: Milliseconds = 120_000
    /// Until the handler has answered.
    package var handlerMillisecondsMax: Milliseconds = 30_000
    /// Without a byte being taken of what is sent.
    package var writeMillisecondsMax: Milliseconds = 15_000
    /// How long the rest of what a refused browser sends is read, so that it sees the answer.
    package var lingerMillisecondsMax: Milliseconds = 2_000
    /// Between comments in an event stream, which show that it is alive.
    package var commentMilliseconds: Milliseconds = 15_000
    /// How long answers may take once the server is told to stop.
    package var stopMillisecondsMax: Milliseconds = 3_000
    /// How long a one-time URL is good.
    package var oneTimeMillisecondsMax: Milliseconds = 600_000

    /// The limits of a server for people.
    package init() {}
}
