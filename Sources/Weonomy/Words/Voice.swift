/// Says numbers, sizes, names and times as people do in a language, at a moment, in a place.
package struct Voice: Sendable {
    package var language: Language
    /// Now, in milliseconds since 1970.
    package var now: Int64
    /// Seconds east of Greenwich at a moment.
    package var offset: @Sendable (Int64) -> Int

    package init(
        language: Language, now: Int64 = 0, offset: @escaping @Sendable (Int64) -> Int = { _ in 0 }
    ) {
        self.language = language
        self.now = now
        self.offset = offset
    }

    package func say(_ content: Line.Content) -> String {
        switch content {
        case .text(let text): text
        case .number(let number): grouped(number)
        case .bytes(let count): size(count)
        case .moment(let moment): relative(moment)
        case .date(let moment): date(moment)
        case .list(let names): list(names)
        case .saying(let text): text[language].plain(self)
        }
    }

    /// 3,700 in English, 3.700 in Dutch.
    package func grouped(_ number: Int) -> String {
        let digits = String(number.magnitude)
        let mark = language == .dutch ? "." : ","
        var parts: [Substring] = []
        var rest = digits[...]
        while rest.count > 3 {
            parts.insert(rest.suffix(3), at: 0)
            rest = rest.dropLast(3)
        }
        parts.insert(rest, at: 0)
        return (number < 0 ? "-" : "") + parts.joined(separator: mark)
    }

    /// 812 bytes, 3.4 KB, 12 MB.
    package func size(_ bytes: Int) -> String {
        guard bytes >= 1000 else { return "\(bytes) B" }
        var value = Double(bytes)
        var unit = 0
        let units = ["B", "KB", "MB", "GB", "TB"]
        while value >= 999.5, unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        guard value < 9.95 else { return "\(grouped(Int(value.rounded()))) \(units[unit])" }
        let tenths = Int((value * 10).rounded())
        let mark = language == .dutch ? "," : "."
        return "\(tenths / 10)\(mark)\(tenths % 10) \(units[unit])"
    }

    /// "Anna", "Anna and Bram", "Anna, Bram and Chris".
    package func list(_ names: [String]) -> String {
        guard let last = names.last, names.count > 1 else { return names.first ?? "" }
        let and = language == .dutch ? " en " : " and "
        return names.dropLast().joined(separator: ", ") + and + last
    }

    // MARK: - Time

    /// "just now", "10:42", "yesterday", "3 weeks ago", "in 2 days".
    package func relative(_ moment: Int64) -> String {
        let dutch = language == .dutch
        if abs(Voice.bounded(now) - Voice.bounded(moment)) < 60_000 {
            return dutch ? "zojuist" : "just now"
        }
        let days = day(now) - day(moment)
        switch days {
        case 0: return clock(moment)
        case 1: return dutch ? "gisteren" : "yesterday"
        case -1: return dutch ? "morgen" : "tomorrow"
        default: break
        }
        let span = self.span(days: Int(days.magnitude))
        if days > 0 { return dutch ? "\(span) geleden" : "\(span) ago" }
        return dutch ? "over \(span)" : "in \(span)"
    }

    /// A number of days in the unit that people would use.
    package func span(days: Int) -> String {
        let dutch = language == .dutch
        func say(_ count: Int, _ english: String, _ one: String, _ many: String) -> String {
            if dutch { return "\(count) \(count == 1 ? one : many)" }
            return "\(count) \(english)\(count == 1 ? "" : "s")"
        }
        switch days {
        case ..<14: return say(days, "day", "dag", "dagen")
        case ..<60: return say(days / 7, "week", "week", "weken")
        case ..<365: return say(days / 30, "month", "maand", "maanden")
        default: return say(days / 365, "year", "jaar", "jaar")
        }
    }

    /// 14 May 2027.
    package func date(_ moment: Int64) -> String {
        let date = CalendarDate(day: day(moment))
        let months =
            language == .dutch
            ? [
                "januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus",
                "september", "oktober", "november", "december",
            ]
            : [
                "January", "February", "March", "April", "May", "June", "July", "August",
                "September", "October", "November", "December",
            ]
        return "\(date.day) \(months[date.month - 1]) \(date.year)"
    }

    /// 10:42.
    package func clock(_ moment: Int64) -> String {
        let second = local(moment) - day(moment) * 86_400
        func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(two(second / 3600)):\(two(second / 60 % 60))"
    }

    /// 14 May 2027, 10:42.
    package func exact(_ moment: Int64) -> String {
        "\(date(moment)), \(clock(moment))"
    }

    /// Days since 1970, as the calendar on the wall counts them.
    private func day(_ moment: Int64) -> Int64 {
        let second = local(moment)
        return (second - (second % 86_400 + 86_400) % 86_400) / 86_400
    }

    /// A peer may send any number: stay within the years 1 to 9999.
    private static func bounded(_ moment: Int64) -> Int64 {
        min(max(moment, -62_135_596_800_000), 253_402_300_799_000)
    }

    private func local(_ moment: Int64) -> Int64 {
        let bounded = Voice.bounded(moment)
        let second = bounded >= 0 ? bounded / 1000 : (bounded - 999) / 1000
        return second + Int64(offset(bounded))
    }
}
