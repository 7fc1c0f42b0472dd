import Weonomy

/// The terminal as commands see it; tests put a recording in its place.
protocol Screen: Sendable {
    func write(_ text: String, to stream: Stream)
    /// Bytes as they are.
    func write(_ bytes: [UInt8], to stream: Stream)
    func isTerminal(_ stream: Stream) -> Bool
    /// Columns and rows, when there is a terminal that says so.
    var size: (columns: Int, rows: Int)? { get }
    /// One line that the person typed, without its end; nil at the end of the input.
    func readLine() -> String?
    /// Whether someone can be asked for a secret.
    var canReadSecret: Bool { get }
    /// What the person typed after a question, not shown and never in a `String`; nil at the end of
    /// the input or when it is longer than a passphrase may be.
    func readSecret(_ question: String) -> SecretBytes?
    /// Everything on standard input, up to a limit; nil when there is more.
    func readAll(bytesMax: Int) -> [UInt8]?
    /// Shows text in a pager; false when that could not be started.
    func page(_ text: String, command: String, environment: [String: String]) -> Bool
    /// Lets the person edit a file; nil when the editor could not be started.
    func edit(_ path: String, command: String) -> Int32?
    /// Milliseconds that only ever go on.
    func ticks() -> Int64
    /// Milliseconds since 1970.
    func now() -> Int64
}

/// One of the three streams that every process has.
enum Stream: Int32, Sendable {
    case input = 0
    case output = 1
    case error = 2
}
