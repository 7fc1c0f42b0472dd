/// Asks the person at the keyboard, and says which option does the same without asking.
struct Prompt: Sendable {
    let output: Output
    let isAllowed: Bool

    init(output: Output, noInput: Bool) {
        self.output = output
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

    /// One line that is not shown; asked again while empty.
    func secret(_ question: Text, option: String) throws(Failure) -> String {
        try mayAsk(option)
        while true {
            ask(question, suffix: ": ")
            guard let answer = output.screen.readSecret() else {
                throw .usage("input-ended", .needsOption(option))
            }
            let trimmed = answer.trimmed
            if !trimmed.isEmpty { return trimmed }
        }
    }

    private func ask(_ question: Text, suffix: String) {
        let runs = question[output.voice.language].runs(output.voice)
        output.screen.write(output.errorStyle.paint(runs) + suffix, to: .error)
    }

    private func mayAsk(_ option: String) throws(Failure) {
        guard isAllowed else { throw .usage("needs-option", .needsOption(option)) }
    }
}

extension StringProtocol {
    /// Without white space at either end.
    var trimmed: String {
        let start = drop { $0.isWhitespace }
        guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...last])
    }
}
