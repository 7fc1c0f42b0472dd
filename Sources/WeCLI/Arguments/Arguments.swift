import Weonomy

/// What was typed, checked against the command's table.
struct Arguments: Sendable {
    /// The names that lead to the command: `["profile", "offer"]`; empty when none was typed.
    let path: [String]
    let spec: CommandSpec
    let operands: [String]
    private let given: [String: [String]]

    init(
        path: [String], spec: CommandSpec, operands: [String], given: [String: [String]]
    ) {
        self.path = path
        self.spec = spec
        self.operands = operands
        self.given = given
    }

    /// Whether a switch or setting was given.
    func has(_ option: String) -> Bool {
        given[checked(option)] != nil
    }

    /// A setting's value.
    func value(_ option: String) -> String? {
        given[checked(option)]?.last
    }

    /// All values of a setting that may be repeated.
    func values(_ option: String) -> [String] {
        given[checked(option)] ?? []
    }

    /// A setting's value as a number; the parser has seen that it is one.
    func number(_ option: String) -> Int? {
        value(option).flatMap { Int($0) }
    }

    /// The last moment of a setting's date, in milliseconds since 1970.
    func date(_ option: String) -> Int64? {
        value(option).flatMap { CalendarDate(lastDayOf: $0)?.lastMoment }
    }

    /// The first day of a setting's date, in days since 1970.
    func firstDay(_ option: String) -> Int64? {
        value(option).flatMap { CalendarDate(firstDayOf: $0)?.dayCount }
    }

    /// The operand at a place, if there is one.
    func operand(_ index: Int) -> String? {
        operands.indices.contains(index) ? operands[index] : nil
    }

    /// An operand that the parser has made sure of.
    func required(_ index: Int) -> String {
        precondition(operands.indices.contains(index), "no operand \(index) of \(spec.name)")
        return operands[index]
    }

    private func checked(_ option: String) -> String {
        precondition(
            spec.options.contains { $0.name == option }, "\(spec.name) has no option \(option)")
        return option
    }
}
