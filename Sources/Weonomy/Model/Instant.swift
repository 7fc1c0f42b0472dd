/// A moment: milliseconds since the start of 1970 in UTC.
///
/// Its calendar is arithmetic on whole numbers, so any value, however absurd, has a date.
public struct Instant: Hashable, Comparable, Sendable {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    public let milliseconds: Int64

    /// Wraps milliseconds since 1970.
    public init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// Midnight UTC of a date; `nil` when the calendar has no such day.
    public init?(year: Int, month: Int = 1, day: Int = 1) {
        guard (0...9999).contains(year), (1...12).contains(month),
            (1...Self.days(in: month, of: year)).contains(day)
        else { return nil }
        // Years start in March, so that a leap day is the last of its year.
        let shifted = Int64(month > 2 ? year : year - 1)
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = Int64((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1)
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        milliseconds = (era * 146_097 + dayOfEra - 719_468) * Self.dayMilliseconds
    }

    private static let dayMilliseconds: Int64 = 86_400_000

    /// Orders by time.
    public static func < (left: Instant, right: Instant) -> Bool {
        left.milliseconds < right.milliseconds
    }

    private static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

// MARK: - Parts

extension Instant {
    /// Year, month and day in UTC.
    public var date: (year: Int, month: Int, day: Int) {
        let days = wholeDays + 719_468
        let era = (days >= 0 ? days : days - 146_096) / 146_097
        let dayOfEra = days - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (Int(year), Int(month), Int(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1))
    }

    /// The date as `2026-06-30`.
    public var dateText: String {
        let date = date
        return "\(Self.padded(date.year, 4))-\(Self.padded(date.month, 2))-"
            + Self.padded(date.day, 2)
    }

    /// The month as `2026-06`.
    public var monthText: String { String(dateText.dropLast(3)) }

    /// The year as `2026`.
    public var yearText: String { Self.padded(date.year, 4) }

    /// Date and time as `2026-06-30T12:00:00Z`, with milliseconds only when there are any.
    public var iso8601: String {
        let remainder = Int(milliseconds % Self.dayMilliseconds)
        let rest = remainder < 0 ? remainder + Int(Self.dayMilliseconds) : remainder
        let seconds = rest / 1000
        let time = [seconds / 3600, seconds / 60 % 60, seconds % 60]
            .map { Self.padded($0, 2) }.joined(separator: ":")
        let fraction = rest % 1000 == 0 ? "" : "." + Self.padded(rest % 1000, 3)
        return "\(dateText)T\(time)\(fraction)Z"
    }

    private var wholeDays: Int64 {
        let days = milliseconds / Self.dayMilliseconds
        return milliseconds < 0 && milliseconds % Self.dayMilliseconds != 0 ? days - 1 : days
    }

    private static func padded(_ number: Int, _ digits: Int) -> String {
        let text = String(number.magnitude)
        let zeros = String(repeating: "0", count: max(0, digits - text.count))
        return (number < 0 ? "-" : "") + zeros + text
    }
}

// MARK: - Reading

extension Instant {
    /// Reads `2026`, `2026-06` or `2026-06-30` as the start of that year, month or day.
    public init?(date text: some StringProtocol) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard (1...3).contains(parts.count),
            let year = Self.number(parts[0], digits: 4...4),
            let month = parts.count > 1 ? Self.number(parts[1], digits: 1...2) : 1,
            let day = parts.count > 2 ? Self.number(parts[2], digits: 1...2) : 1
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// Reads ISO 8601: a date, or a date and a time with `Z`, an offset, or neither (UTC).
    public init?(iso8601 text: some StringProtocol) {
        let text = text.trimmed
        guard let separator = text.firstIndex(where: { $0 == "T" || $0 == "t" || $0 == " " })
        else {
            self.init(date: text)
            return
        }
        guard let day = Instant(date: text[..<separator]) else { return nil }
        var time = text[text.index(after: separator)...]
        var offset = 0
        if time.last == "Z" || time.last == "z" {
            time.removeLast()
        } else if let sign = time.firstIndex(where: { $0 == "+" || $0 == "-" }) {
            guard let minutes = Self.offset(time[time.index(after: sign)...]) else { return nil }
            offset = time[sign] == "-" ? -minutes : minutes
            time = time[..<sign]
        }
        guard let clock = Self.clock(time[...].trimmed) else { return nil }
        self.init(milliseconds: day.milliseconds + Int64(clock) - Int64(offset) * 60_000)
    }

    /// The milliseconds of `12:30`, `12:30:15` or `12:30:15.250`.
    private static func clock(_ text: String) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count),
            let hour = number(parts[0], digits: 1...2), hour < 24,
            let minute = number(parts[1], digits: 2...2), minute < 60
        else { return nil }
        var milliseconds = (hour * 60 + minute) * 60_000
        guard parts.count == 3 else { return milliseconds }
        let seconds = parts[2].split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(seconds.count),
            let second = number(seconds[0], digits: 2...2), second <= 60
        else { return nil }
        milliseconds += second * 1000
        if seconds.count == 2 {
            guard number(seconds[1], digits: 1...9) != nil,
                let fraction = Int((seconds[1] + "00").prefix(3))
            else { return nil }
            milliseconds += fraction
        }
        return milliseconds
    }

    /// The minutes of `02:00`, `0200` or `02`.
    private static func offset(_ text: Substring) -> Int? {
        let digits = text.filter { $0 != ":" }
        guard digits.count == 2 || digits.count == 4,
            let hours = number(digits.prefix(2), digits: 2...2), hours < 24,
            let minutes = digits.count == 4 ? number(digits.suffix(2), digits: 2...2) : 0,
            minutes < 60
        else { return nil }
        return hours * 60 + minutes
    }

    private static func number(
        _ text: some StringProtocol, digits: ClosedRange<Int>
    ) -> Int? {
        guard digits.contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) })
        else { return nil }
        return Int(text)
    }
}
