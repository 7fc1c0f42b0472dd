import Testing
import Weonomy

/// What the renderer does in its own way, rule by rule.
@Suite("Markdown: rendering")
struct MarkdownRendererTests {
    private func html(_ text: String, _ renderer: MarkdownRenderer = MarkdownRenderer()) -> String {
        renderer.html(MarkdownDocument(text))
    }

    @Test(
        "blocks",
        arguments: [
            ("# A #\n\nB\n===\n", "<h1>A</h1>\n<h1>B</h1>\n"),
            ("a\nb  \nc", "<p>a\nb<br />\nc</p>\n"),
            ("> a\nb\n\n---", "<blockquote>\n<p>a\nb</p>\n</blockquote>\n<hr />\n"),
            ("3. a\n4. b", "<ol start=\"3\">\n<li>a</li>\n<li>b</li>\n</ol>\n"),
            ("- a\n\n- b", "<ul>\n<li>\n<p>a</p>\n</li>\n<li>\n<p>b</p>\n</li>\n</ul>\n"),
            ("\ta\tb\n\n\n", "<pre><code>a\tb\n</code></pre>\n"),
            ("```swift x\n<\n```", "<pre><code class=\"language-swift\">&lt;\n</code></pre>\n"),
            ("``` c#\n```", "<pre><code></code></pre>\n"),
            (
                "|a|b|\n|:-:|-|\n|`\\|`|",
                "<table>\n<thead>\n<tr>\n<th scope=\"col\" class=\"center\">a</th>\n"
                    + "<th scope=\"col\">b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n"
                    + "<td class=\"center\"><code>|</code></td>\n<td></td>\n</tr>\n</tbody>\n"
                    + "</table>\n"
            ),
            (
                "- [x] a\n- [ ] b",
                "<ul>\n<li class=\"task\">"
                    + "<label><input type=\"checkbox\" checked=\"\" disabled=\"\" />"
                    + " a</label></li>\n<li class=\"task\"><label><input type=\"checkbox\" "
                    + "disabled=\"\" /> b</label></li>\n</ul>\n"
            ),
            ("- [ ]\n- [ ] ", "<ul>\n<li>[ ]</li>\n<li>[ ]</li>\n</ul>\n"),
            ("<div>\n*a*", "<pre class=\"html\">&lt;div&gt;\n*a*\n</pre>\n"),
            ("", ""), ("\u{FEFF}a\0", "<p>a\u{FFFD}</p>\n"), ("\r\n\r\ra\rb", "<p>a\nb</p>\n"),
        ])
    func blocks(text: String, expected: String) {
        #expect(html(text) == expected)
    }

    @Test(
        "inline",
        arguments: [
            ("***a** b*", "<em><strong>a</strong> b</em>"),
            ("~~a~~ ~b~ ~~~c~~~", "<del>a</del> <del>b</del> ~~~c~~~"),
            ("`` a`b ``", "<code>a`b</code>"),
            ("a <kbd x='1'>&lt;", "a <span class=\"html\">&lt;kbd x='1'&gt;</span>&lt;"),
            ("&euro; &#x20AC; &Dcaron;", "€ € &amp;Dcaron;"),
            ("*a*€ x*€*x", "<em>a</em>€ x*€*x"),
            ("a\u{1}b\u{7F}", "a\u{FFFD}b\u{FFFD}"),
            ("[a](/b 'c\"')", "<a href=\"/b\" title=\"c&quot;\">a</a>"),
            ("[a][B  c]\n\n[b\nC]: #d\n", "<a href=\"#d\">a</a>"),
            (
                "www.a.nl, https://b.nl/(c).",
                "<a href=\"http://www.a.nl\" rel=\"noreferrer noopener nofollow\">www.a.nl</a>, "
                    + "<a href=\"https://b.nl/(c)\" rel=\"noreferrer noopener nofollow\">"
                    + "https://b.nl/(c)</a>."
            ),
            (
                "<a@b.nl> c@d.nl",
                "<a href=\"mailto:a@b.nl\">a@b.nl</a> "
                    + "<a href=\"mailto:c@d.nl\">c@d.nl</a>"
            ),
        ])
    func inline(text: String, expected: String) {
        #expect(html(text) == "<p>\(expected)</p>\n")
    }

    @Test("headings go down with the page's own, and no further than the sixth")
    func headingShift() {
        #expect(html("# a\n##### b", .init(headingShift: 2)) == "<h3>a</h3>\n<h6>b</h6>\n")
        #expect(html("# a", .init(headingShift: .max)) == "<h6>a</h6>\n")
        #expect(html("###### a", .init(headingShift: .min)) == "<h1>a</h1>\n")
    }

    @Test("a wikilink leads where its name is known, and says so where it is not")
    func wikilinks() {
        let renderer = MarkdownRenderer(wikilinkURL: { $0 == "A b" ? "/s/1?a&b" : nil })
        let link = "<a href=\"/s/1?a&amp;b\">"
        #expect(html("[[A b]]", renderer) == "<p>\(link)A b</a></p>\n")
        #expect(html("[[A b|*c*]]", renderer) == "<p>\(link)*c*</a></p>\n")
        #expect(html("[[B]]", renderer) == "<p><span class=\"missing\">B</span></p>\n")
        #expect(html("[[B|c<]]", renderer) == "<p><span class=\"missing\">c&lt;</span></p>\n")
        #expect(html("[x [[A b]]](/y)", renderer) == "<p>[x \(link)A b</a>](/y)</p>\n")
        #expect(html("[[1]](/y)", renderer) == "<p><a href=\"/y\">[1]</a></p>\n")
        #expect(
            html("[[ ]] [[a\nb]] `[[A b]]`", renderer)
                == "<p>[[ ]] [[a\nb]] <code>[[A b]]</code></p>\n")
        #expect(html("|[[A b\\|c]]|\n|-|", renderer).contains("\(link)c</a>"))
        let hostile = MarkdownRenderer(wikilinkURL: { _ in "javascript:x" })
        #expect(html("[[A]]", hostile) == "<p><span class=\"missing\">A</span></p>\n")
    }

    @Test("no image is loaded but from the page's own site")
    func images() {
        let rel = "rel=\"noreferrer noopener nofollow\""
        #expect(html("![a *b*](http://c/d)") == "<p><a href=\"http://c/d\" \(rel)>a b</a></p>\n")
        #expect(html("![](//c/d)") == "<p><a href=\"//c/d\" \(rel)>//c/d</a></p>\n")
        #expect(html("![a](b.png) ![](b.png) ![c](data:x) ![](data:x)") == "<p>a b.png c </p>\n")
        #expect(html("[![a](http://b)](/c)") == "<p><a href=\"/c\">a</a></p>\n")
        let renderer = MarkdownRenderer(imageURL: { $0 == "b.png" ? "/files/1" : "http://c/" })
        #expect(
            html("![a\" ![x](y)](b.png)", renderer)
                == "<p><img src=\"/files/1\" alt=\"a&quot; x\" /></p>\n")
        #expect(html("![a](other.png)", renderer) == "<p>a</p>\n")
    }

    @Test("the text alone, for excerpts")
    func plainText() {
        let text =
            "# A *b*\n\n- c\n  d [e](/f) [[G|h]] ![i](j)\n\n```\nk\n```\n|l|\n|-|\n|m|\n\n<b>"
        let document = MarkdownDocument(text)
        #expect(document.plainText() == "A b c d e h i k l m")
        #expect(document.plainText(lengthMax: 3) == "A b")
        #expect(document.plainText(lengthMax: 0).isEmpty)
        #expect(document.plainText(lengthMax: -1).isEmpty)
        #expect(MarkdownDocument("").plainText().isEmpty)
        #expect(MarkdownDocument("a👨‍👩‍👧b").plainText(lengthMax: 2) == "a👨‍👩‍👧")
    }
}
