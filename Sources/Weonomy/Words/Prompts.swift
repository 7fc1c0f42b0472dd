/// Headings to write below, for who does not know how to begin.
package enum Prompts {
    /// What a share of a kind may say; none for one that says it in a line.
    package static func of(_ kind: ShareKind) -> [Text] {
        switch kind {
        case .experience: [context, did, happened, nextTime]
        case .howto, .insight, .lesson: [goal, did, cameOfIt, whoCanUseIt]
        case .status, .file: []
        }
    }

    /// What an answer that teaches may say.
    package static let lesson = [
        Text("How I found it", "Hoe ik het vond"), Text("Try it yourself", "Probeer het zelf"),
        Text("How you know that it worked", "Hoe je weet dat het lukte"),
    ]

    private static let goal = Text("The goal", "Het doel")
    private static let context = Text("How it was", "Hoe het ervoor stond")
    private static let did = Text("What I did", "Wat ik deed")
    private static let happened = Text("What happened", "Wat er gebeurde")
    private static let nextTime = Text("Next time", "De volgende keer")
    private static let cameOfIt = Text("What came of it", "Wat ervan kwam")
    private static let whoCanUseIt = Text("Who can use it", "Wie er iets aan heeft")

    /// Headings with room below each.
    package static func text(_ prompts: [Text], _ language: Language) -> String {
        prompts.map { "## \($0.plain(language))\n\n" }.joined(separator: "\n")
    }

    private static let headings: Set<String> = Set(
        (ShareKind.allCases.map(of) + [lesson]).joined()
            .flatMap { prompt in Language.allCases.map { "## " + prompt.plain($0) } })

    /// Whether a line is one of the headings, in any language.
    package static func contains(_ line: some StringProtocol) -> Bool {
        headings.contains(line.trimmed)
    }

    /// A text without the headings below which nothing was written.
    package static func withoutEmpty(_ text: String) -> String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        var kept: [Substring] = []
        var index = 0
        while index < lines.count {
            let line = lines[index]
            index += 1
            if contains(line) {
                let next = lines[index...].firstIndex { !$0.allSatisfy(\.isWhitespace) }
                if next.map({ lines[$0].hasPrefix("## ") }) ?? true {
                    index = next ?? lines.count
                    continue
                }
            }
            kept.append(line)
        }
        guard kept.count < lines.count else { return text }
        return kept.joined(separator: "\n").trimmed
    }
}
