import Weonomy

/// Everything that a command may use.
struct Context: Sendable {
    let arguments: Arguments
    let globals: Globals
    let output: Output
    let environment: [String: String]
    /// The passphrase of this laptop's key file, once it is known.
    let passphrase = HeldPassphrase()

    var screen: any Screen { output.screen }
    var voice: Voice { output.voice }
    var language: Language { output.voice.language }
    var prompt: Prompt { Prompt(output: output, noInput: globals.noInput) }
    var editor: Editor {
        Editor(screen: screen, environment: environment, isAllowed: !globals.noInput)
    }

    /// Where teams are kept.
    func paths() throws(Failure) -> Paths {
        try Paths(option: globals.home, environment: environment, isDarwin: Paths.isDarwin)
    }

    /// The files of the team that is meant.
    func team() throws(Failure) -> Paths.Team {
        try paths().existing(team: globals.team)
    }

    func progress(_ title: Text) -> Progress {
        Progress(title, output: output)
    }

    /// The longest text that is read from a file or standard input.
    static let textBytesMax = 16 << 20

    /// A text from a file, or from standard input for `-`.
    func text(from path: String) throws(Failure) -> String {
        let bytes =
            path == "-"
            ? screen.readAll(bytesMax: Context.textBytesMax)
            : Terminal.contents(of: path, bytesMax: Context.textBytesMax)
        guard let bytes else { throw Failure(.failure, "cannot-read", .cannotRead(path)) }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Failure(.failure, "not-utf8", .notUTF8(path))
        }
        return text
    }
}
