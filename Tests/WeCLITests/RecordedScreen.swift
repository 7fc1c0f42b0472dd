import Synchronization
import Weonomy

@testable import WeCLI

/// A terminal that remembers what it was shown and types what it was told.
final class RecordedScreen: Screen {
    private struct State {
        var written: [Stream: String] = [:]
        var typed: [String] = []
        var secrets: [String] = []
        var paged: [String] = []
        var ticks: Int64 = 0
    }

    private let state: Mutex<State>
    let canReadSecret: Bool
    private let terminals: Set<Stream>
    let size: (columns: Int, rows: Int)?

    init(
        terminals: Set<Stream> = [], size: (columns: Int, rows: Int)? = nil, typed: [String] = [],
        secrets: [String]? = nil
    ) {
        state = Mutex(State(typed: typed, secrets: secrets ?? []))
        canReadSecret = secrets != nil
        self.terminals = terminals
        self.size = size
    }

    var output: String { state.withLock { $0.written[.output] ?? "" } }
    var error: String { state.withLock { $0.written[.error] ?? "" } }
    var paged: [String] { state.withLock { $0.paged } }

    func write(_ text: String, to stream: WeCLI.Stream) {
        state.withLock { $0.written[stream, default: ""] += text }
    }

    func write(_ bytes: [UInt8], to stream: WeCLI.Stream) {
        write(String(decoding: bytes, as: UTF8.self), to: stream)
    }

    func isTerminal(_ stream: WeCLI.Stream) -> Bool { terminals.contains(stream) }

    func readLine() -> String? {
        state.withLock { $0.typed.isEmpty ? nil : $0.typed.removeFirst() }
    }

    func readSecret(_ question: String) -> SecretBytes? {
        write(question, to: .error)
        let secret = state.withLock { $0.secrets.isEmpty ? nil : $0.secrets.removeFirst() }
        return secret.flatMap { try? SecretBytes(copying: $0.utf8) }
    }

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

extension ScriptedTerminal {
    func write(_ bytes: [UInt8], to stream: WeCLI.Stream) {}
    var canReadSecret: Bool { false }
    func readSecret(_ question: String) -> SecretBytes? { nil }
}

/// Runs a command line as the binary would.
func run(
    _ words: String..., environment: [String: String] = [:],
    screen: RecordedScreen = RecordedScreen()
) async -> (code: ExitCode, output: String, error: String) {
    let code = await Program.run(words, environment: environment, screen: screen)
    return (code, screen.output, screen.error)
}
