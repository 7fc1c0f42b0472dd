import Synchronization

@testable import WeCLI

/// A terminal that remembers what it was shown and types what it was told.
final class RecordedScreen: Screen {
    private struct State {
        var written: [Stream: String] = [:]
        var typed: [String] = []
        var paged: [String] = []
        var ticks: Int64 = 0
    }

    private let state: Mutex<State>
    private let terminals: Set<Stream>
    let size: (columns: Int, rows: Int)?

    init(
        terminals: Set<Stream> = [], size: (columns: Int, rows: Int)? = nil, typed: [String] = []
    ) {
        state = Mutex(State(typed: typed))
        self.terminals = terminals
        self.size = size
    }

    var output: String { state.withLock { $0.written[.output] ?? "" } }
    var error: String { state.withLock { $0.written[.error] ?? "" } }
    var paged: [String] { state.withLock { $0.paged } }

    func write(_ text: String, to stream: WeCLI.Stream) {
        state.withLock { $0.written[stream, default: ""] += text }
    }

    func isTerminal(_ stream: WeCLI.Stream) -> Bool { terminals.contains(stream) }

    func readLine() -> String? {
        state.withLock { $0.typed.isEmpty ? nil : $0.typed.removeFirst() }
    }

    func readSecret() -> String? { readLine() }

    func readAll(bytesMax: Int) -> [UInt8]? { [] }

    func page(_ text: String, command: String, environment: [String: String]) -> Bool {
        state.withLock { $0.paged.append(command) }
        return true
    }

    func edit(_ path: String, command: String) -> Int32? { 0 }

    func ticks() -> Int64 { state.withLock { $0.ticks } }
    func pass(_ milliseconds: Int64) { state.withLock { $0.ticks += milliseconds } }
    func now() -> Int64 { 1_800_000_000_000 }
}

/// Runs a command line as the binary would.
func run(
    _ words: String..., environment: [String: String] = [:],
    screen: RecordedScreen = RecordedScreen()
) async -> (code: ExitCode, output: String, error: String) {
    let code = await Program.run(words, environment: environment, screen: screen)
    return (code, screen.output, screen.error)
}
