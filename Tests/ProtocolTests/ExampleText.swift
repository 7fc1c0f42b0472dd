import Foundation

/// The worked examples of Protocol.md: fenced blocks whose first line is `example NAME`.
enum ExampleText {
    static let path = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Protocol.md")

    /// What each says, without white space, by name.
    static func all() throws -> [String: String] {
        let text = try String(contentsOf: path, encoding: .utf8)
        var examples: [String: String] = [:]
        for block in text.components(separatedBy: "```example ").dropFirst() {
            let lines = block.components(separatedBy: "```")[0].split(separator: "\n")
            guard let name = lines.first else { continue }
            examples[String(name)] = lines.dropFirst().joined().filter { !$0.isWhitespace }
        }
        return examples
    }
}
