import Testing
import Weonomy

@testable import WeWeb

/// Whatever is interpolated is text; what is said waits for the language.
@Suite("HTML")
struct HTMLTests {
    private func shown(_ html: HTML, _ language: Language = .english) -> String {
        html.rendered(Voice(language: language))
    }

    @Test("anyone's text can't leave its place, between tags or in an attribute")
    func escaped() {
        let evil = "\"><script>alert('1')</script>&\u{0}\u{1B}[31m\u{FFFE}"
        let safe = "&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;[31m"
        let between: HTML = "<p>\(evil)</p>"
        #expect(shown(between) == "<p>\(safe)</p>")
        let attribute: HTML = "<p title=\"\(evil)\">x</p>"
        #expect(shown(attribute) == "<p title=\"\(safe)\">x</p>")
    }

    @Test("what Weonomy says has its tones between tags and bare words in an attribute")
    func tones() {
        let text = Text("run \("weonomy <ui>", .command)", "draai \("weonomy <ui>", .command)")
        let between: HTML = "<p>\(text)</p>"
        #expect(shown(between) == "<p>run <code>weonomy &lt;ui&gt;</code></p>")
        #expect(shown(between, .dutch) == "<p>draai <code>weonomy &lt;ui&gt;</code></p>")
        let attribute: HTML = "<p title=\"\(text)\">\(text)</p>"
        #expect(shown(attribute).hasPrefix("<p title=\"run weonomy &lt;ui&gt;\">run <code>"))
    }

    @Test("text that runs the other way stays within itself, and within a form as it is")
    func direction() {
        let name = "Bram\u{202E}gnp.exe"
        let between: HTML = "<p>\(name) · Anna</p>"
        #expect(shown(between) == "<p><bdi>Bram\u{202E}gnp.exe</bdi> · Anna</p>")
        let attribute: HTML = "<p title=\"\(name)\"></p>"
        #expect(!shown(attribute).contains("bdi"))
        let area: HTML = "<textarea>\(raw: "</textarea>" + name)</textarea>"
        #expect(shown(area) == "<textarea>&lt;/textarea&gt;Bram\u{202E}gnp.exe</textarea>")
    }

    @Test("numbers have their marks where people read them, and none where programs do")
    func numbers() {
        let html: HTML = "<p data-n=\"\(3700)\">\(3700)</p>"
        #expect(shown(html) == "<p data-n=\"3700\">3,700</p>")
        #expect(shown(html, .dutch) == "<p data-n=\"3700\">3.700</p>")
        let level = 3
        let heading: HTML = "<h\(level)>x</h\(level)>"
        #expect(shown(heading) == "<h3>x</h3>")
    }

    @Test("whether it is inside a tag survives joining fragments")
    func joined() {
        let empty: HTML = ""
        let attribute: HTML = " class=\"a\""
        let text = Text(same: "\("b", .strong)")
        let html: HTML = "<p\(empty)\(attribute) title=\"\(text)\">\(text)</p>"
        #expect(shown(html) == "<p class=\"a\" title=\"b\"><strong>b</strong></p>")
        #expect(shown(HTML([html, empty, "x"])).hasSuffix("</p>x"))
    }

    @Test("a moment is said, and is there to the second as well")
    func moments() throws {
        let june = try #require(Instant(year: 2026, month: 6, day: 14))
        let html: HTML = "\(when: june) \(date: june)"
        #expect(
            shown(html)
                == """
                <time datetime="2026-06-14T00:00:00Z" title="14 June 2026, 00:00">in 56 years</time> \
                <time datetime="2026-06-14T00:00:00Z" title="14 June 2026, 00:00">14 June 2026</time>
                """)
    }

    @Test("only http and https addresses of others become links")
    func outside() {
        #expect(Place.outside("https://a.example/x?y#z") != nil)
        for address in [
            "javascript:alert(1)", "data:text/html,x", "//a.example", "https://a b", "http://a\n",
            " https://a",
        ] {
            #expect(Place.outside(address) == nil, "\(address)")
        }
    }
}
