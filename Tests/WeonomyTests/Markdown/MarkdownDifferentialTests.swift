import Foundation
import Testing

@testable import Weonomy

@Suite("Markdown: as cmark-gfm")
struct MarkdownDifferentialTests {
    /// Compares, and shows the first that differ.
    private func compare(_ texts: [String], _ oracle: [String], _ names: [String]) throws -> Int {
        #expect(texts.count == oracle.count)
        var equalCount = 0
        var shownCount = 0
        for (index, text) in texts.enumerated() {
            let forms = try MarkdownOracle.forms(
                ours: MarkdownOracle.ours(text), oracle: oracle[index])
            if forms.ours == forms.oracle {
                equalCount += 1
            } else if shownCount < 3 {
                shownCount += 1
                let lines = zip(
                    forms.ours.split(separator: "\n"), forms.oracle.split(separator: "\n"))
                let first = lines.first { $0.0 != $0.1 }
                print(
                    "differs: \(names[index])\n  ours   \(first?.0 ?? "")\n"
                        + "  oracle \(first?.1 ?? "")"
                )
            }
        }
        return equalCount
    }

    @Test(
        "every real note", .enabled(if: Corpora.arePresent && MarkdownOracle.isPresent),
        arguments: Corpora.names)
    func corpora(name: String) throws {
        let files = FileManager.default.enumerator(atPath: Corpora.path(name))?
            .compactMap { $0 as? String }.filter { $0.hasSuffix(".md") || $0.hasSuffix(".erb") }
            .sorted().map { Corpora.path(name) + "/" + $0 }
        let paths = try #require(files)
        let texts = paths.map {
            String(decoding: FileManager.default.contents(atPath: $0) ?? Data(), as: UTF8.self)
        }
        let equalCount = try compare(texts, MarkdownOracle.html(files: paths), paths)
        print("\(name): \(equalCount) of \(paths.count) are as cmark-gfm shows them")
        #expect(equalCount == paths.count && !paths.isEmpty)
    }

    static let pieces = [
        "*", "**", "***", "_", "__", "~", "~~", "`", "``", "[", "]", "(", ")", "![", "[a]",
        "[a](b)", "(/u)", "<", "<b>", "<http://a.b>", "</b>", "\\", "\\*", "&amp;", "&copy;", "\n",
        "\n", "\n\n", "\n\n", "  \n", "\\\n", " ", "  ", "    ", "\t", "a", "b", "foo", "Wórd", "é",
        ".", "!", "-", "- ", "* ", "+ ", "1. ", "2) ", "10. ", "> ", ">", "# ", "## ", "#", " #",
        "===", "---", "***", "___", "```", "~~~", "``` x\n", "|", "|a|b|", "\n|-|-|\n",
        "\n--|:-:\n", "| a | b\n", "[a]: /x\n", "[foo]: <y> 'z'\n", "[foo]", "[foo][a]", "[a][]",
        "http://x.y/z", "www.a.b", "https://e.org?q=(a)", "a@b.cd", ":", "\"t\"", "'", "<!-- c -->",
        "<div>", "<?", "- [ ] t ", "- [x] t", "x", "1", "\\|", "<a@b.c>", "\r\n",
    ]

    /// Whether a text has something in which the two are known to differ.
    private static func isExcepted(_ text: String) -> Bool {
        let hasBareLink = text.contains("http") || text.contains("www")
        // An address with an escape in it, and a title that is none: faults of version 0.29.
        let hasEscapedMail = text.contains("@") && (text.contains("\\") || text.contains("&"))
        let hasTitle = ["(", "\"", "'"].contains { text.contains("/x\n" + $0) }
        // Declarations in lower case are new.
        let hasDeclaration = text.replacing("<!--", with: "").contains("<!")
        return text.contains("![") && hasBareLink || hasEscapedMail || hasTitle || hasDeclaration
    }

    @Test(
        "random texts of what parsers trip over", .enabled(if: MarkdownOracle.isPresent),
        arguments: [1, 2, 3, 4] as [UInt64])
    func random(seed: UInt64) throws {
        var random = Seeded(state: seed)
        let texts = (0..<500).map { _ in
            random.text(Self.pieces, count: .random(in: 1...16, using: &random))
        }.filter { !Self.isExcepted($0) }
        let equalCount = try compare(
            texts, MarkdownOracle.html(texts), texts.map { "seed \(seed): \($0.debugDescription)" })
        #expect(equalCount == texts.count, "seed \(seed)")
    }

    @Test("each name of a character", .enabled(if: MarkdownOracle.isPresent))
    func entities() throws {
        let names = MarkdownEntities.named.keys.sorted()
        #expect(names.count > 280)
        let text = names.map { "&\($0);" }.joined(separator: "x\n\n")
        let oracle = try MarkdownOracle.html([text])
        #expect([MarkdownOracle.ours(text)] == oracle)
        #expect(names.allSatisfy { $0.utf8.count <= MarkdownEntities.nameBytesMax })
    }

    // MARK: - The examples of the specification

    /// What dev/markdown-spec fetches.
    private static let spec = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: ".build/commonmark.json")

    private struct Example: Decodable {
        let markdown: String
        let html: String
        let example: Int
    }

    /// Of 652 examples: 25 names entities beyond HTML 4, the others say what is no link in
    /// CommonMark but is one in GitHub's Markdown.
    private static let others: Set<Int> = [25, 602, 606, 608, 611, 612]

    @Test(
        "the examples of CommonMark",
        .enabled(if: FileManager.default.fileExists(atPath: spec.path)))
    func specification() throws {
        let examples = try JSONDecoder().decode([Example].self, from: Data(contentsOf: Self.spec))
        var equalCount = 0
        for example in examples {
            let ours = Self.withHTML(MarkdownOracle.ours(example.markdown))
            let isEqual = ours == example.html || Self.plain(ours) == Self.plain(example.html)
            if isEqual { equalCount += 1 }
            #expect(
                isEqual != Self.others.contains(example.example),
                "\(example.example): \(example.markdown.debugDescription)\n\(ours)\n\(example.html)"
            )
        }
        print("\(equalCount) of \(examples.count) examples of CommonMark")
    }

    /// HTML as it was written in the text.
    private static func withHTML(_ html: String) -> String {
        guard html.contains("class=\"html\"") else { return html }
        return html.replacing(/<(pre|span) class="html">((?:.|\n)*?)<\/(pre|span)>/) {
            StrictHTML.unescaped(String($0.output.2))
        }
    }

    /// Without what the two are known to differ in; HTML of the text included, so by pattern.
    private static func plain(_ html: String) -> String {
        html.replacing(" rel=\"noreferrer noopener nofollow\"", with: "")
            .replacing(/<img src="(https?:[^"]*)" alt="([^"]*)"[^>]*\/>/) {
                "<a href=\"\($0.output.1)\">\($0.output.2)</a>"
            }
            .replacing(/<img src="([^"]*)" alt="([^"]*)"[^>]*\/>/) {
                $0.output.2.isEmpty ? $0.output.1 : $0.output.2
            }
            .replacing(/<a href="((?!https?:|mailto:)[^":\/?#]*:[^"]*|)"[^>]*>((?:.|\n)*?)<\/a>/) {
                $0.output.2
            }
            .replacing(/\sclass="language-[^"]*[^"A-Za-z0-9_+-][^"]*"/, with: "")
            .split(separator: "\n").joined(separator: "\n")
    }
}
