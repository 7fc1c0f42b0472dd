import Synchronization
import Testing
import Weonomy

@testable import WeCLI

@Suite("What reaches the terminal")
struct OutputTests {
    @Test(
        "anyone's text loses what a terminal would obey",
        arguments: [
            ("plain", "plain"), ("a\u{1B}[31mred\u{1B}[0m", "ared"),
            ("a\u{1B}]0;owned\u{07}b", "ab"), ("a\u{1B}]8;;http://x\u{1B}\\link", "alink"),
            ("a\u{9B}2Jb", "ab"), ("a\u{9D}52;c;x\u{9C}b", "ab"), ("a\u{1B}Pq\u{1B}\\b", "ab"),
            ("a\u{1B}(0b", "ab"), ("a\u{1B}cb", "ab"), ("a\u{08}\u{7F}b", "ab"),
            ("two\r\nlines", "two lines"), ("tab\there", "tab here"), ("end\n", "end"),
            ("a\u{2028}b\u{85}c", "a b c"), ("\u{1B}", ""), ("\u{1B}]0;never ends", "0;never ends"),
            ("\u{1B}[1;31", ""), ("a\u{FEFF}b", "ab"), ("x\u{E0041}y", "xy"),
            ("naïve café", "naïve café"), ("日本", "日本"), ("👩‍👩‍👧", "👩‍👩‍👧"),
        ])
    func harmless(text: String, expected: String) {
        #expect(Sanitize.line(text) == expected)
        #expect(Line(of: text).plain(Voice(language: .english)) == expected)
        let interpolated: Line = "\(text)"
        #expect(interpolated.plain(Voice(language: .english)) == expected)
    }

    @Test(
        "a change of direction stays in its field",
        arguments: [
            "\u{202E}gpj.exe", "\u{2067}open", "\u{2069}\u{2069}closed", "עברית",
            "\u{202D}\u{2066}",
        ])
    func directions(text: String) {
        let scalars = Array(Sanitize.line(text).unicodeScalars)
        #expect(scalars.first == "\u{2068}")
        var depth = 0
        for (index, scalar) in scalars.enumerated() {
            if (0x2066...0x2068).contains(scalar.value) { depth += 1 }
            if scalar.value == 0x2069 { depth -= 1 }
            #expect(depth > 0 || index == scalars.count - 1)
        }
        #expect(depth == 0)
    }

    @Test("whatever the bytes, nothing that a terminal obeys remains", arguments: 0..<40)
    func anything(seed: UInt64) {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
        func next() -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state
        }
        let pieces: [UInt32] = [
            0x1B, 0x9B, 0x5B, 0x5D, 0x07, 0x9C, 0x5C, 0x3B, 0x6D, 0x0A, 0x0D, 0x7F, 0x202E,
            0x2069, 0x2066, 0x300, 0x41, 0x20, 0x1F468, 0x200D, 0xFEFF, 0x00,
        ]
        var text = String.UnicodeScalarView()
        for _ in 0..<200 {
            let value = pieces[Int(next() % UInt64(pieces.count))]
            if let scalar = Unicode.Scalar(value) { text.append(scalar) }
        }
        for line in [Sanitize.line(String(text))] + Sanitize.lines(String(text)) {
            #expect(
                line.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F..<0xA0 ~= $0.value) })
        }
        #expect(Sanitize.line(Sanitize.line(String(text))).contains("\u{1B}") == false)
    }

    @Test("a letter carries no tower of marks")
    func towers() {
        let tower = "a" + String(repeating: "\u{301}", count: 5000)
        #expect(Sanitize.line(tower).unicodeScalars.count == 9)
    }

    @Test("several lines stay several lines")
    func lines() {
        #expect(Sanitize.lines("a\nb\r\n\tc\u{1B}[2J") == ["a", "b", "    c"])
    }

    @Test(
        "widths are those of a terminal",
        arguments: [
            ("abc", 3), ("é", 1), ("e\u{301}", 1), ("日本語", 6), ("한국", 4), ("ａ", 2), ("😀", 2),
            ("👩‍👩‍👧", 2), ("🇳🇱", 2), ("❤️", 2), ("❤", 1), ("👍🏽", 2), ("a\u{200B}b", 2), ("…", 1),
            ("한", 2), ("\u{2068}x\u{2069}", 1),
        ])
    func widths(text: String, width: Int) {
        #expect(text.displayWidth == width)
    }

    @Test("columns line up, whatever is in them")
    func tables() {
        var table = Table(flexible: 1, indent: 0)
        table.add("\("k3vq", .id)", "日本語", "x")
        table.add("\("p8", .id)", "abc", "y")
        let voice = Voice(language: .english)
        let text = table.lines(voice, width: nil).map { Style.plain.paint($0) }
        #expect(text == ["k3vq  日本語  x", "p8    abc     y"])
    }

    @Test("a narrow screen cuts only the column that may give way")
    func narrow() {
        var table = Table(flexible: 1, indent: 0)
        table.add("id", "a title that is rather long for this", "end")
        let lines = table.lines(Voice(language: .english), width: 30)
        let text = lines.map { Style.plain.paint($0) }
        #expect(text == ["id  a title that is rath…  end"])
        #expect(text[0].displayWidth <= 30)
    }

    @Test("a table of help goes on below itself, and paints each word once")
    func wrappingTable() {
        var table = Table(flexible: 1, indent: 2, wraps: true)
        table.add("\("-k", .command)", "\("one two three", .strong)")
        let lines = table.lines(Voice(language: .english), width: 14)
        #expect(lines.map { Style.plain.paint($0) } == ["  -k  one two", "      three"])
        let coloured = Style(isColoured: true)
        #expect(coloured.paint(lines[1]) == "      \u{1B}[1mthree\u{1B}[0m")
        #expect(coloured.paint(lines[0]).hasSuffix("\u{1B}[1mone two\u{1B}[0m"))
    }

    @Test("lines break between words, and hang")
    func wrapping() {
        #expect(
            Wrap.lines("one two three four", width: 9, hanging: 0) == ["one two", "three", "four"])
        #expect(
            Wrap.lines("one two three", width: 12, hanging: 2) == ["one two", "  three"])
        #expect(Wrap.lines("aaaaaaaaaaaaaaaa", width: 10) == ["aaaaaaaaaa", "aaaaaa"])
        #expect(Wrap.lines("日本語日本語", width: 8) == ["日本語日", "本語"])
        #expect(Wrap.lines("", width: 10) == [""])
    }

    @Test(
        "colours only where someone looks and nobody said no",
        arguments: [
            (["TERM": "xterm"], true, false, true), (["TERM": "xterm"], false, false, false),
            (["TERM": "dumb"], true, false, false), ([:], true, false, false),
            (["TERM": "xterm", "NO_COLOR": "1"], true, false, false),
            (["TERM": "xterm", "NO_COLOR": ""], true, false, true),
            (["TERM": "xterm"], true, true, false), (["CLICOLOR_FORCE": "1"], false, false, true),
            (["CLICOLOR_FORCE": "0"], false, false, false),
            (["CLICOLOR_FORCE": "1", "NO_COLOR": "1"], true, false, false),
        ])
    func colours(environment: [String: String], tty: Bool, noColor: Bool, expected: Bool) {
        let style = Style(environment: environment, isTerminal: tty, noColor: noColor)
        #expect(style.isColoured == expected)
    }

    @Test("the pager is for a terminal that is too small, and only then")
    func pager() async {
        let small = RecordedScreen(terminals: [.output], size: (80, 10))
        #expect(await run("help", screen: small).output.isEmpty)
        #expect(small.paged == ["less -FIRX"])
        let named = RecordedScreen(terminals: [.output], size: (80, 10))
        _ = await run("help", environment: ["PAGER": "more"], screen: named)
        #expect(named.paged == ["more"])
        let ours = RecordedScreen(terminals: [.output], size: (80, 10))
        let both = ["PAGER": "more", "WEONOMY_PAGER": "most"]
        _ = await run("help", environment: both, screen: ours)
        #expect(ours.paged == ["most"])
        for words in [["help", "--no-pager"], ["help", "--json"], ["version"]] {
            let screen = RecordedScreen(terminals: [.output], size: (80, 10))
            _ = await Program.run(words, environment: [:], screen: screen)
            #expect(screen.paged.isEmpty && !screen.output.isEmpty)
        }
        let large = RecordedScreen(terminals: [.output], size: (80, 60))
        #expect(await run("help", screen: large).output.isEmpty == false)
        let pipe = RecordedScreen(size: (80, 10))
        #expect(await run("help", screen: pipe).output.isEmpty == false)
    }

    private func output(
        _ screen: RecordedScreen, _ environment: [String: String] = ["TERM": "xterm"],
        quiet: Bool = false
    ) -> Output {
        var globals = Globals()
        globals.isQuiet = quiet
        return Output(
            screen: screen, voice: Voice(language: .dutch), globals: globals,
            environment: environment)
    }

    @Test("progress is drawn on a terminal, and said now and then elsewhere")
    func progress() {
        let terminal = RecordedScreen(terminals: [.error], size: (80, 24))
        let drawn = Progress(Text("Taking in", "Inlezen"), output: output(terminal))
        drawn.update(1200, of: 3700)
        #expect(terminal.error.contains("Inlezen [=======                 ] 1.200/3.700"))
        drawn.finish()
        #expect(terminal.error.hasSuffix("\r\u{1B}[K"))

        for (screen, environment) in [
            (RecordedScreen(), [:]),
            (RecordedScreen(terminals: [.error]), ["TERM": "xterm", "WEONOMY_ACCESSIBLE": "1"]),
        ] {
            let spoken = Progress(Text("Taking in", "Inlezen"), output: output(screen, environment))
            for step in 1...25 {
                screen.pass(1000)
                spoken.update(step, of: 100)
            }
            spoken.finish()
            #expect(screen.error == "Inlezen 10/100\nInlezen 20/100\n")
        }
        let files = RecordedScreen(terminals: [.error], size: (80, 24))
        let asked = Mutex(0)
        let mixed = Progress(Text("Taking in", "Inlezen"), output: output(files))
        for step in 1...50 {
            files.pass(10)
            mixed.update(
                7, of: 7,
                files: (
                    step * 20_000,
                    {
                        asked.withLock { $0 += 1 }
                        return 1_000_000 - step * 20_000
                    }
                ))
        }
        #expect(files.error.contains("7/7, bestanden 20 KB van 1,0 MB"))
        #expect(asked.withLock { $0 } <= 7, "what is to come is asked only where it is shown")

        let silent = RecordedScreen(terminals: [.error])
        Progress(Text("Taking in", "Inlezen"), output: output(silent, quiet: true))
            .update(1, of: 2)
        #expect(silent.error.isEmpty)
    }

    @Test("questions are asked at a keyboard, and otherwise name their option")
    func prompts() throws {
        let keyboard = RecordedScreen(
            terminals: [.input, .error], typed: ["misschien", "Ja", "", " Anna "])
        let prompt = Prompt(output: output(keyboard), noInput: false)
        #expect(try prompt.confirm(Text("Still ask?", "Toch vragen?"), option: "--yes"))
        #expect(try prompt.line(Text("Your name", "Je naam"), option: "--name") == "Anna")
        #expect(keyboard.error.contains("Toch vragen? [j/N] "))
        #expect(throws: Failure.self) {
            try prompt.line(Text("Your name", "Je naam"), option: "--name")
        }
        for (screen, noInput) in [
            (RecordedScreen(), false), (RecordedScreen(terminals: [.input]), true),
        ] {
            let prompt = Prompt(output: output(screen), noInput: noInput)
            do throws(Failure) {
                _ = try prompt.confirm(Text("Sure?", "Zeker?"), option: "--yes")
                Issue.record("It asked")
            } catch {
                #expect(error.code == .usage)
                #expect(error.message.plain(.english).contains("--yes"))
            }
        }
    }
}
