import Weonomy

/// A JSON value whose keys keep the order they were given in.
enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case int(Int64)
    case double(Double)
    case string(String)
    case array([JSONValue])
    case object([Member])

    /// One key and its value.
    struct Member: Sendable, Equatable {
        let key: String
        let value: JSONValue
    }

    init(_ value: Int) { self = .int(Int64(value)) }
    init(_ value: Int64?) { self = value.map { .int($0) } ?? .null }
    init(_ value: String) { self = .string(value) }
    init(_ value: String?) { self = value.map { .string($0) } ?? .null }
    init(_ value: [String]) { self = .array(value.map { .string($0) }) }

    /// A moment as RFC 3339 in UTC, such as `2027-05-14T08:42:00.000Z`.
    init(moment: Int64?) {
        self = moment.map { .string(JSONValue.timestamp($0)) } ?? .null
    }

    /// The object with more members at its end.
    func with(_ key: String, _ value: JSONValue) -> JSONValue {
        guard case .object(let members) = self else { return self }
        return .object(members + [Member(key: key, value: value)])
    }

    /// The value on one line, as RFC 8259 asks.
    var text: String {
        var result = ""
        write(to: &result)
        return result
    }

    private func write(to result: inout String) {
        switch self {
        case .null: result += "null"
        case .bool(let value): result += value ? "true" : "false"
        case .int(let value): result += String(value)
        case .double(let value): result += value.isFinite ? "\(value)" : "null"
        case .string(let value): JSONValue.write(value, to: &result)
        case .array(let values):
            result += "["
            for (index, value) in values.enumerated() {
                if index > 0 { result += "," }
                value.write(to: &result)
            }
            result += "]"
        case .object(let members):
            result += "{"
            for (index, member) in members.enumerated() {
                if index > 0 { result += "," }
                JSONValue.write(member.key, to: &result)
                result += ":"
                member.value.write(to: &result)
            }
            result += "}"
        }
    }

    private static func write(_ text: String, to result: inout String) {
        result += "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            // DEL, C1, directions and breaks are legal, but a terminal or a script may obey them.
            case _ where needsEscape(scalar): escape(scalar, to: &result)
            default: result.unicodeScalars.append(scalar)
            }
        }
        result += "\""
    }

    private static func needsEscape(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF: true
        default: false
        }
    }

    private static func escape(_ scalar: Unicode.Scalar, to result: inout String) {
        for unit in String(scalar).utf16 {
            let digits = String(unit, radix: 16)
            result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
    }

    private static func timestamp(_ moment: Int64) -> String {
        let bounded = min(max(moment, -62_135_596_800_000), 253_402_300_799_999)
        let milliseconds = (bounded % 86_400_000 + 86_400_000) % 86_400_000
        let date = CalendarDate(day: (bounded - milliseconds) / 86_400_000)
        func digits(_ number: Int, _ count: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, count - text.count)) + text
        }
        let second = Int(milliseconds / 1000)
        let day = "\(digits(date.year, 4))-\(digits(date.month, 2))-\(digits(date.day, 2))"
        let time =
            "\(digits(second / 3600, 2)):\(digits(second / 60 % 60, 2)):\(digits(second % 60, 2))"
        return "\(day)T\(time).\(digits(Int(milliseconds % 1000), 3))Z"
    }
}

extension JSONValue: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral,
    ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByNilLiteral
{
    init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(elements.map { Member(key: $0.0, value: $0.1) })
    }
    init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    init(stringLiteral value: String) { self = .string(value) }
    init(integerLiteral value: Int64) { self = .int(value) }
    init(booleanLiteral value: Bool) { self = .bool(value) }
    init(nilLiteral: ()) { self = .null }
}
