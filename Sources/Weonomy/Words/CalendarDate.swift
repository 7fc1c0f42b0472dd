/// A day of the Gregorian calendar.
package struct CalendarDate: Equatable, Sendable {
    package let year: Int
    package let month: Int
    package let day: Int

    /// Counts from 1 January 1970, in eras of 400 years (146,097 days) that start on 1 March.
    package init(day count: Int64) {
        let shifted = Int(count) + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    private init(year: Int, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// The last day of what was typed: `2027`, `2027-05` or `2027-05-14`.
    package init?(lastDayOf text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard (1...3).contains(parts.count), parts[0].count == 4,
            parts.dropFirst().allSatisfy({ $0.count == 2 }),
            parts.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } })
        else { return nil }
        let numbers = parts.compactMap { Int($0) }
        guard let year = numbers.first, year > 0 else { return nil }
        let month = numbers.count > 1 ? numbers[1] : 12
        guard (1...12).contains(month) else { return nil }
        let last = CalendarDate.days(in: month, of: year)
        let day = numbers.count > 2 ? numbers[2] : last
        guard (1...last).contains(day) else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// The first day of what was typed: `2027`, `2027-05` or `2027-05-14`.
    package init?(firstDayOf text: String) {
        guard let last = CalendarDate(lastDayOf: text) else { return nil }
        let count = text.split(separator: "-").count
        self.init(
            year: last.year, month: count > 1 ? last.month : 1, day: count > 2 ? last.day : 1)
    }

    /// Days since 1 January 1970.
    package var dayCount: Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return Int64(era * 146_097 + dayOfEra - 719_468)
    }

    /// The last millisecond of the day, in UTC.
    package var lastMoment: Int64 {
        (dayCount + 1) * 86_400_000 - 1
    }

    private static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
