import Weonomy

/// Whether and how tones become colours.
struct Style: Sendable, Equatable {
    let isColoured: Bool

    static let plain = Style(isColoured: false)

    init(isColoured: Bool) {
        self.isColoured = isColoured
    }

    /// Colours only for eyes: a terminal that can, and a person who has not said no.
    init(environment: [String: String], isTerminal: Bool, noColor: Bool) {
        func isSet(_ name: String) -> Bool { environment[name].map { !$0.isEmpty } ?? false }
        if noColor || isSet("NO_COLOR") {
            isColoured = false
        } else if isSet("CLICOLOR_FORCE"), environment["CLICOLOR_FORCE"] != "0" {
            isColoured = true
        } else {
            isColoured = isTerminal && environment["TERM"] != "dumb" && environment["TERM"] != nil
        }
    }

    func paint(_ runs: [Line.Run]) -> String {
        var joined: [Line.Run] = []
        for run in runs where !run.text.isEmpty {
            if let last = joined.indices.last, joined[last].tone == run.tone {
                joined[last].text += run.text
            } else {
                joined.append(run)
            }
        }
        return joined.map { paint($0.text, $0.tone) }.joined()
    }

    func paint(_ text: String, _ tone: Line.Tone) -> String {
        guard isColoured, !text.isEmpty, let code = Style.code(tone) else { return text }
        return "\u{1B}[\(code)m\(text)\u{1B}[0m"
    }

    private static func code(_ tone: Line.Tone) -> String? {
        switch tone {
        case .plain: nil
        case .strong: "1"
        case .faint: "2"
        case .good: "32"
        case .warn: "33"
        case .bad: "31"
        case .id: "36"
        case .topic: "35"
        case .command: "1"
        }
    }
}
