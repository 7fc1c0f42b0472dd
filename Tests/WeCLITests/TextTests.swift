import Weonomy
import FoundationEssentials
import Testing

@testable import WeCLI

@Suite("What Weonomy says")
struct TextTests {
    @Test(
        "the language is the first that is set",
        arguments: [
            ("nl", [:], Language.dutch), (nil, ["LANG": "nl_NL.UTF-8"], .dutch),
            (nil, ["LC_ALL": "en_GB.UTF-8", "LANG": "nl_NL"], .english),
            (nil, ["LC_MESSAGES": "nl_BE", "LANG": "en_US"], .dutch),
            (nil, ["WEONOMY_LANG": "nl", "LC_ALL": "C"], .dutch),
            (nil, ["LANG": "fr_FR"], .english), (nil, [:], .english),
            (nil, ["LC_ALL": "", "LANG": "nl"], .dutch),
        ] as [(String?, [String: String], Language)])
    func language(option: String?, environment: [String: String], expected: Language) {
        #expect(Language.choose(option: option, environment: environment) == expected)
    }

    /// 14 May 2027, 10:42:00 UTC.
    private let now: Int64 = 1_810_291_320_000

    @Test(
        "times are said as people say them",
        arguments: [
            (0, "just now", "zojuist"), (-59, "just now", "zojuist"), (30, "just now", "zojuist"),
            (-3600, "09:42", "09:42"), (-38_000, "00:08", "00:08"),
            (-40_000, "yesterday", "gisteren"), (-86_400, "yesterday", "gisteren"),
            (-3 * 86_400, "3 days ago", "3 dagen geleden"),
            (-21 * 86_400, "3 weeks ago", "3 weken geleden"),
            (-90 * 86_400, "3 months ago", "3 maanden geleden"),
            (-400 * 86_400, "1 year ago", "1 jaar geleden"),
            (-800 * 86_400, "2 years ago", "2 jaar geleden"),
            (86_400, "tomorrow", "morgen"), (14 * 86_400, "in 2 weeks", "over 2 weken"),
        ] as [(Int64, String, String)])
    func times(seconds: Int64, english: String, dutch: String) {
        let moment = now + seconds * 1000
        #expect(Voice(language: .english, now: now).relative(moment) == english)
        #expect(Voice(language: .dutch, now: now).relative(moment) == dutch)
    }

    @Test("days are those of the wall, not of Greenwich")
    func zones() {
        let voice = Voice(language: .dutch, now: now) { _ in 7200 }
        #expect(voice.clock(now) == "12:42")
        #expect(voice.exact(now) == "14 mei 2027, 12:42")
        #expect(voice.relative(now - 39_000 * 1000) == "01:52")
        #expect(Voice(language: .english, now: now).date(now) == "14 May 2027")
    }

    @Test("no moment that a peer sends stops us", arguments: [Int64.min, -1, 0, 1, Int64.max])
    func extremes(moment: Int64) {
        for language in Language.allCases {
            #expect(!Voice(language: language, now: now).relative(moment).isEmpty)
            #expect(!Voice(language: language, now: now).date(moment).isEmpty)
        }
        #expect(JSONValue(moment: moment).text.utf8.count == 26)
    }

    @Test("dates are typed by year, month or day")
    func dates() {
        #expect(CalendarDate(lastDayOf: "2027-05")?.day == 31)
        #expect(CalendarDate(lastDayOf: "2028-02")?.day == 29)
        #expect(CalendarDate(lastDayOf: "2100-02")?.day == 28)
        #expect(CalendarDate(lastDayOf: "2027")?.month == 12)
        #expect(CalendarDate(lastDayOf: "1970-01-01")?.dayCount == 0)
        for text in [
            "", "27", "2027-13", "2027-02-29", "2027-5", "2027-05-", "２０２７", "2027-05-01-1",
        ] {
            #expect(CalendarDate(lastDayOf: text) == nil)
        }
        for day in stride(from: Int64(-700_000), to: 2_900_000, by: 997) {
            #expect(CalendarDate(day: day).dayCount == day)
        }
    }

    @Test("numbers, sizes and lists have the marks of their language")
    func numbers() {
        let english = Voice(language: .english)
        let dutch = Voice(language: .dutch)
        #expect(english.grouped(1_234_567) == "1,234,567" && dutch.grouped(3700) == "3.700")
        #expect(english.grouped(-999) == "-999" && english.grouped(.min).hasPrefix("-9,2"))
        #expect(english.size(812) == "812 B" && dutch.size(3449) == "3,4 KB")
        #expect(english.size(12_345_678) == "12 MB" && english.size(999_600) == "1.0 MB")
        #expect(english.list(["Anna", "Bram", "Chris"]) == "Anna, Bram and Chris")
        #expect(dutch.list(["Anna", "Bram"]) == "Anna en Bram" && dutch.list([]).isEmpty)
        let one: Line = "\(1, "vraag", "vragen")"
        let many: Line = "\(1200, "vraag", "vragen")"
        #expect(one.plain(dutch) == "1 vraag" && many.plain(dutch) == "1.200 vragen")
    }

    @Test("every text holds the same parts in both languages, and nothing unfilled")
    func table() throws {
        let tests = try #require(#filePath.firstRange(of: "/Tests/WeCLITests/"))
        let folder = #filePath[..<tests.lowerBound] + "/Sources/."
        var count = 0
        let names = try FileManager.default.subpathsOfDirectory(atPath: String(folder))
        for name in names where name.hasSuffix(".swift") {
            let source = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
            for pair in pairs(in: source) {
                count += 1
                #expect(!pair.english.isEmpty && !pair.dutch.isEmpty, "\(name): \(pair)")
                #expect(parts(pair.english) == parts(pair.dutch), "\(name): \(pair)")
                for leak in ["%@", "%d", "{}", "{0}", "TO" + "DO", "??"] {
                    #expect(!pair.english.contains(leak) && !pair.dutch.contains(leak))
                }
            }
        }
        #expect(count > 600)
    }

    /// The two literals of every `Text(…, …)`.
    private func pairs(in source: String) -> [(english: String, dutch: String)] {
        source.components(after: "Text(").compactMap { rest in
            var rest = rest[...]
            guard let english = literal(&rest), rest.trimmed.hasPrefix(",") else { return nil }
            rest = rest.drop { $0 != "," }.dropFirst()
            guard let dutch = literal(&rest) else { return nil }
            return (english, dutch)
        }
    }

    /// A string literal, with what is added to it with `+`.
    private func literal(_ rest: inout Substring) -> String? {
        rest = rest.drop { $0.isWhitespace }
        guard rest.first == "\"" else { return nil }
        rest.removeFirst()
        var text = ""
        var depth = 0
        while let character = rest.popFirst() {
            if character == "\\", let next = rest.popFirst() {
                text += [character, next]
                if next == "(" { depth += 1 }
            } else if depth > 0 {
                text.append(character)
                if character == "(" { depth += 1 }
                if character == ")" { depth -= 1 }
            } else if character == "\"" {
                break
            } else {
                text.append(character)
            }
        }
        let after = rest.drop { $0.isWhitespace }
        guard after.first == "+" else { return text }
        rest = after.dropFirst()
        return literal(&rest).map { text + $0 }
    }

    /// What is filled in: `\(name)`, without the words that a plural brings.
    private func parts(_ text: String) -> [String] {
        text.components(after: "\\(").map { rest in
            String(rest.prefix { $0 != ")" && $0 != "," })
        }.sorted()
    }
}

extension String {
    /// What follows each place where a mark stands.
    fileprivate func components(after mark: String) -> [String] {
        var result: [String] = []
        var rest = self[...]
        while let range = rest.firstRange(of: mark) {
            rest = rest[range.upperBound...]
            result.append(String(rest))
        }
        return result
    }
}
