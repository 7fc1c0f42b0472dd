import Weonomy

/// Asks the person at the keyboard, and says which option does the same without asking.
struct Prompt: Sendable {
    let output: Output
    let isAllowed: Bool
    private let noInput: Bool

    init(output: Output, noInput: Bool) {
        self.output = output
        self.noInput = noInput
        isAllowed = !noInput && output.screen.isTerminal(.input) && output.format == .text
    }

    /// Yes or no; nothing typed is no.
    func confirm(_ question: Text, option: String) throws(Failure) -> Bool {
        try mayAsk(option)
        let marks: Text = .yesOrNo
        while true {
            ask(question, suffix: " [\(marks.plain(output.voice.language))] ")
            guard let answer = output.screen.readLine() else { return false }
            switch answer.lowercased().filter({ !$0.isWhitespace }) {
            case "y", "yes", "j", "ja": return true
            case "", "n", "no", "nee": return false
            default: continue
            }
        }
    }

    /// One line; asked again while empty.
    func line(_ question: Text, option: String) throws(Failure) -> String {
        try mayAsk(option)
        while true {
            ask(question, suffix: ": ")
            guard let answer = output.screen.readLine() else {
                throw .usage("input-ended", .needsOption(option))
            }
            let trimmed = answer.trimmed
            if !trimmed.isEmpty { return trimmed }
        }
    }

    /// Whether someone can be asked for a passphrase, also while standard input is a pipe.
    var mayAskSecret: Bool {
        !noInput && output.format == .text && output.screen.canReadSecret
    }

    /// A passphrase, which is not shown.
    func secret(_ question: Text) throws(Failure) -> SecretBytes {
        guard mayAskSecret, let answer = output.screen.readSecret(painted(question) + ": ") else {
            throw .usage("needs-passphrase", .needsPassphrase("--passphrase-file"))
        }
        return answer
    }

    /// A new passphrase, typed twice; asked again while the two differ or are too short.
    func newSecret(_ question: Text) throws(Failure) -> SecretBytes {
        let option = "--new-passphrase-file"
        guard mayAskSecret else {
            throw .usage("needs-passphrase", .needsPassphrase(option))
        }
        while true {
            guard let first = output.screen.readSecret(painted(question) + ": ") else { break }
            guard first.count >= PassphraseCost.passphraseBytesMin else {
                say(.weakPassphrase)
                continue
            }
            guard let second = output.screen.readSecret(painted(.askAgain) + ": ") else { break }
            if ConstantTime.equal(first, second) { return first }
            say(.passphrasesDiffer)
        }
        throw .usage("needs-passphrase", .needsPassphrase(option))
    }

    private func say(_ text: Text) {
        output.screen.write(painted(text) + "\n", to: .error)
    }

    private func painted(_ text: Text) -> String {
        output.errorStyle.paint(text[output.voice.language].runs(output.voice))
    }

    /// One line that is not shown, such as a printed code; asked again while empty.
    func secret(_ question: Text, option: String) throws(Failure) -> String {
        guard mayAskSecret else { throw .usage("needs-input", .needsOption(option)) }
        while true {
            guard let answer = output.screen.readSecret(painted(question) + ": ") else {
                throw .usage("input-ended", .needsOption(option))
            }
            let trimmed = answer.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }.trimmed
            if !trimmed.isEmpty { return trimmed }
        }
    }

    private func ask(_ question: Text, suffix: String) {
        output.screen.write(painted(question) + suffix, to: .error)
    }

    private func mayAsk(_ option: String) throws(Failure) {
        guard isAllowed else { throw .usage("needs-option", .needsOption(option)) }
    }
}
