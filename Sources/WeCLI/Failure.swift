import Weonomy

/// Why a command could not do what was asked: what, and how to go on.
struct Failure: Error, Sendable {
    /// What the process exits with.
    let code: ExitCode
    /// A stable English word for programs, such as `no-such-id`.
    let name: String
    /// What went wrong and why.
    let message: Text
    /// What to do about it.
    let hint: Text?

    init(_ code: ExitCode, _ name: String, _ message: Text, hint: Text? = nil) {
        self.code = code
        self.name = name
        self.message = message
        self.hint = hint
    }

    /// The same, with a further way to go on.
    func asking(_ more: Text) -> Failure {
        let hint = hint.map {
            Text($0.english + " " + more.english, $0.dutch + " " + more.dutch)
        }
        return Failure(code, name, message, hint: hint ?? more)
    }

    /// The command was typed wrong.
    static func usage(_ name: String, _ message: Text, hint: Text? = nil) -> Failure {
        Failure(.usage, name, message, hint: hint)
    }
}
