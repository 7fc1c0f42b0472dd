import Testing
import Weonomy

/// Time is linear in the length, counted in steps: the same on every machine.
@Suite("Markdown: linear time")
struct MarkdownStepTests {
    /// What other renderers have been slow on, made as long as asked.
    static let hostile: [(name: String, make: @Sendable (Int) -> String)] = [
        ("open brackets", { "[".times($0) }),
        ("open brackets and close", { "[".times($0) + "a" + "]".times($0) }),
        ("brackets of images", { "![".times($0) }),
        ("links in links", { "[a](".times($0) }),
        ("links that do not end", { "[a](<b".times($0) }),
        ("destinations and titles", { "[a](b \"".times($0) + "[a](b '".times($0) }),
        ("links in brackets", { "[ (](".times($0) }),
        ("references", { "[a][".times($0) }),
        ("labels", { "[" + "a\\]".times($0) }),
        ("definitions", { n in (0..<n).map { "[\($0)]: /u\n" }.joined() + "\n[1]" }),
        ("the same long definition", { "[a]: /" + "u".times(4 * $0) + "\n\n" + "[a] ".times($0) }),
        ("definitions that are none", { "[a]: b\n\"c\n".times($0) }),
        ("underlines of definitions", { "[a]: b\n===\n".times($0) }),
        ("open emphasis", { "*a ".times($0) }),
        ("closed emphasis", { "a* ".times($0) }),
        ("both emphases", { "*a_ ".times($0) }),
        ("emphasis of many lengths", { "*a**b***c".times($0) }),
        ("long runs", { "*".times($0) + "a" + "*".times($0 / 2) }),
        ("nested emphasis", { "*a **a ".times($0) + "b** b*".times($0) }),
        ("emphasis in links", { "*[a*](b)".times($0) }),
        ("strikethrough", { "~a ~~b ".times($0) + "*~".times($0) }),
        ("tildes by stars", { "~".times($0) + "*".times(2) + "~".times($0) }),
        ("backticks", { n in (1...80).map { "`".times($0) + "a" }.joined() + "a".times(20 * n) }),
        ("open code", { "`a ``b ".times($0) }),
        ("escapes", { "\\".times($0) }),
        ("references of characters", { "&#1234567".times($0) + "&a".times($0) }),
        ("tags", { "<a ".times($0) + "<a b='".times($0) + "<a b=\"c".times($0) }),
        (
            "comments",
            { "a <!--a".times($0) + "<?".times($0) + "<![CDATA[".times($0) + "<!A".times($0) }
        ),
        ("angle addresses", { "<aa:".times($0) + "<a@".times($0) }),
        ("hosts", { "_www.a".times($0) + " " + "www.a_".times($0) }),
        ("bare links", { "http://a".times($0) + "http://a_.b:".times($0) }),
        ("ends of bare links", { "http://a.b" + ")".times($0) + ";".times($0) + "&a;".times($0) }),
        ("mail", { "a@".times($0) + "a.b@c.d_".times($0) + "@".times($0) }),
        ("wikilinks", { "[[a".times($0) + "[[a|".times($0) }),
        ("quotes", { ">".times($0) + "\n" + ">a\n".times($0) }),
        ("quotes in quotes", { "> ".times($0) + "a\n" + "> > > > > > > >\n".times($0) }),
        ("lists in a line", { "* ".times($0) + "a" }),
        ("lists and rules", { "- * + ".times($0) }),
        ("deep lists", { n in (0..<min(n, 40)).map { "  ".times($0) + "- a\n" }.joined() }),
        ("blank lines in lists", { "- ".times(200) + "a\n" + "\n".times($0) }),
        ("tabs", { "\t".times($0) + "- \t".times($0) }),
        ("bars", { "|".times($0) + "\n" + "|-".times($0) }),
        ("rows", { "|a".times($0) + "\n" + "|-".times($0) + "\n" + "b\n".times($0) }),
        ("heads that are none", { "|a\n|-|-\n".times($0) }),
        ("bars that are escaped", { "|a\\|".times($0) + "\n|-" }),
        ("code in quotes", { "> ```\na\n".times($0) }),
        ("HTML in lines", { "<div>\n\n</p>\n".times($0) + "<script>\n".times($0) }),
        ("headings", { "# #".times($0) + "\n" + "#\n".times($0) }),
        ("words", { "wwww w:w ".times($0) }),
        ("line ends", { "a  \n".times($0) + "\r".times($0) }),
    ]

    @Test("hostile texts, four times as long", arguments: hostile.indices)
    func linear(index: Int) throws {
        let (name, make) = Self.hostile[index]
        let small = Self.measure(make(200))
        let large = Self.measure(make(800))
        // The most that one byte costs: 32 parentheses or a host are looked at again and again.
        let costMax = 48
        #expect(large.steps <= costMax * large.bytes, "\(name): \(large)")
        #expect(large.output <= 64 * large.bytes + 1_000_000, "\(name): \(large)")
        // Four times the text takes at most five times the steps.
        let perByte = small.steps * 5 / max(1, small.bytes) + 10
        #expect(large.steps <= perByte * large.bytes / 4, "\(name): \(small), \(large)")
    }

    static func measure(_ text: String) -> (bytes: Int, steps: Int, output: Int) {
        let document = MarkdownDocument(text)
        let html = MarkdownRenderer().html(document)
        return (text.utf8.count, document.stepCount, html.utf8.count)
    }

    @Test("nothing nests deeper than it may, and no text is lost")
    func depth() {
        for text in [
            "> ".times(1000) + "end", "- ".times(1000) + "end",
            "*a **a ".times(1000) + "end" + "** *".times(1000),
            "![".times(1000) + "end" + "](b)".times(1000),
        ] {
            let html = MarkdownRenderer().html(MarkdownDocument(text))
            var depth = 0
            var depthMax = 0
            for token in (try? StrictHTML.tokens(html)) ?? [] {
                switch token {
                case .start(_, _, false):
                    depth += 1
                    depthMax = max(depthMax, depth)
                case .end: depth -= 1
                default: break
                }
            }
            #expect(
                (1...(2 * MarkdownDocument.depthMax + 4)).contains(depthMax) && html.contains("end")
            )
        }
    }
}

extension String {
    fileprivate func times(_ count: Int) -> String { String(repeating: self, count: count) }
}
