import Testing
import Weonomy

/// Whatever a text holds, the page shows it and obeys nothing in it.
@Suite("Markdown: safety")
struct MarkdownSafetyTests {
    static func html(_ text: String) -> String {
        MarkdownRenderer(
            headingShift: 1, wikilinkURL: { $0.count % 2 == 0 ? "/s/\($0)" : nil },
            imageURL: { $0.count % 2 == 0 ? $0 : nil }
        ).html(MarkdownDocument(text))
    }

    static let texts: [String] = [
        "<script>alert(1)</script>", "a <script>alert(1)</script>", "<ScRiPt src=//x>",
        "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "<!--<img src=x>-->",
        "<a href=\"javascript:x\">y</a>", "<iframe srcdoc='<script>'>", "<style>*{}</style>",
        "<?xml x?>", "<![CDATA[<script>]]>", "<!DOCTYPE x>", "<base href=//x>", "<x\ny=1>",
        "[a](javascript:x)", "[a](JaVaScRiPt:x)", "[a](&#106;avascript:x)",
        "[a](&#x6A;avascript&#58;x)", "[a](javascript&colon;x)", "[a](java&Tab;script:x)",
        "[a](java&NewLine;script:x)", "[a](<java\tscript:x>)", "[a](<\u{1}javascript:x>)",
        "[a](<  javascript:x>)", "[a](\\j\\avascript\\:x)", "[a](javascript\\:x)",
        "[a](&#0;javascript:x)", "[a](\u{A0}javascript:x)", "[a](vbscript:x)", "[a](VBSCRIPT:x)",
        "[a](data:text/html;base64,PHNjcmlwdD4=)", "[a](data:image/svg+xml,x)", "[a](file:///x)",
        "[a](blob:x)", "[a](view-source:javascript:x)", "[a](about:blank)",
        "[a](feed:javascript:x)",
        "[a](x-very-long-scheme-of-an-app:x)", "[a](C:\\x)", "[a](ftp://x)", "[a](:x)",
        "[a][b]\n\n[b]: javascript:x", "[b]\n\n[b]: <java\tscript:x> 'y'", "<javascript:x>",
        "<JAVASCRIPT:x>", "<data:x>", "javascript://www.a.b", "xhttp://a.b",
        "![a](javascript:x)", "![a](data:image/png;base64,x)", "![a](//x/\" onerror=\"y)",
        "![\" onerror=\"x](/y)", "![<b>](http://x/y)", "![a][b]\n\n[b]: javascript:x",
        "[a](/x \"\\\" onclick=\\\"y\")", "[a](/x '\" onclick=\"y')", "[a](/x\"onclick=y)",
        "[a](</x\" onclick=\"y>)", "[a](/x'onclick=y)", "[a](/\\x.nl)", "[a](\\\\\\\\x.nl)",
        "[a](http://x\\\"y)", "```\" onclick=\"x\n```", "```x\"><script>\ny\n```", "``` {.a}\n```",
        "~~~ &quot;x\n~~~", "|<script>|\n|-|\n|<b>|", "# <script>", "- <script>", "> <script>",
        "[[<script>]]", "[[a|<img src=x>]]", "[[\" onclick=\"x]]", "[[javascript:x]]",
        "[a <http://b.c> d](/e)", "[a ![b](http://c) d](/e)", "[![a](http://b)](http://c)",
        "![a [b](/c) d](http://e)", "![a <http://b> d](/e)", "[a [[b]] c](/d)",
        "[![[[a]]](/bb)](/c)",
        "**a [b](/c**)", "*[a*](/b)", "~~[a~~](/b)", "*a `b* c`", "**<b**>", "&lt;script&gt;",
        "&#60;script&#62;", "&#0; &#xD800; &#x110000; &#9999999;", "www.a.b\"onclick=x",
        "http://a.b/\"><script>", "http://a.b/'x", "a@b.c\"x", "<a@b.c\">", "www.a.b<script>",
        "- [x] <script>\n- [ ] [a](javascript:x)", "\u{0}\u{1}\u{B}\u{1B}\u{7F}\u{85}\u{2028}",
        "\u{202E}[a](/b)", "<\u{0}script>", "&#1;&#11;&#27;", "\r<script>\r", "a\u{C}<b>",
    ]

    @Test("texts that attack a page", arguments: texts)
    func hostile(text: String) throws {
        try StrictHTML.check(Self.html(text))
    }

    @Test("an address that may act loses its link and keeps its text")
    func refused() {
        for address in [
            "javascript:x", "JaVaScRiPt:x", "&#106;avascript:x", "java&Tab;script:x", "data:x",
            "<java\tscript:x>", "<\u{1}javascript:x>", "vbscript:x", "file:///x", "ftp://x", ":x",
            "javascript&colon;x", "x-very-long-scheme-of-an-app:x", "httpsx://x", "mailtomailto:x",
        ] {
            #expect(Self.html("[a](\(address))") == "<p>a</p>\n", "\(address)")
            #expect(Self.html("[a]\n\n[a]: \(address)") == "<p>a</p>\n", "\(address)")
        }
        for address in [
            "http://x", "HTTPS://x", "mailto:x", "/x", "x", "#x", "?x", "//x", "", "/a:b", "?a:b",
            "#a:b", "./a:b", "\\\\x.nl",
        ] {
            #expect(Self.html("[a](\(address))").contains("<a href=\""), "\(address)")
        }
        #expect(Self.html("<javascript:x>") == "<p>javascript:x</p>\n")
    }

    @Test("random and changed texts", arguments: [1, 2, 3, 4] as [UInt64])
    func random(seed: UInt64) throws {
        var random = Seeded(state: seed)
        let pieces =
            MarkdownDifferentialTests.pieces + Self.texts
            + [
                "javascript:", "data:", "&colon;", "\u{0}", "\"", "=", "onload", "[[", "]]", "//",
                "&",
            ]
        for round in 0..<400 {
            var text = random.text(pieces, count: .random(in: 1...24, using: &random))
            if round % 2 == 0, !text.isEmpty {
                var scalars = Array(text.unicodeScalars)
                for _ in 0..<3 {
                    let place = Int.random(in: 0..<max(1, scalars.count), using: &random)
                    if scalars.isEmpty { break }
                    if Bool.random(using: &random) {
                        scalars.remove(at: place)
                    } else {
                        scalars.insert(scalars.randomElement(using: &random) ?? "<", at: place)
                    }
                }
                text = String(String.UnicodeScalarView(scalars))
            }
            do {
                try StrictHTML.check(Self.html(text))
            } catch {
                Issue.record("seed \(seed), \(text.debugDescription): \(error)")
                return
            }
        }
    }

    @Test(
        "what checks the output finds what may not be in it",
        arguments: [
            "<p>", "</p>", "<p><em></p></em>", "<script></script>", "<p id=\"a\"></p>", "a & b",
            "<a href=\"javascript:x\" rel=\"noreferrer noopener nofollow\">a</a>",
            "<a href=\"http://x\">a</a>", "<a href=x>a</a>", "<a href=\"/x\" onclick=\"y\">a</a>",
            "<a href=\"/x\"><a href=\"/y\">b</a></a>", "<img src=\"http://x\" alt=\"\" />", "a > b",
            "<a href=\"JAVASCRIPT&amp;colon:x\">a</a>", "<img src=\"//x\" alt=\"\" />", "<br>",
            "<span class=\"x y\">a</span>", "<p <p>", "\u{1}", "<!-- raw HTML omitted -->",
        ])
    func strict(html: String) {
        #expect(throws: StrictHTML.Fault.self) { try StrictHTML.check(html) }
    }
}
