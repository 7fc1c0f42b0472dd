import Testing
import WeData
import WeLog

@testable import Weonomy

/// Whose clock is wrong, as far as a laptop can tell; nothing is refused for it.
@Suite("Clocks")
struct ClockTests {
    private let years: Int64 = 3_652

    @Test("a colleague ten years ahead or behind is named", arguments: [3_652, -3_652] as [Int64])
    func colleague(days: Int64) async throws {
        let team = try await Meeting.team(["Anna", "Bram", "Chris"], days: [0, days, 0])
        let item = try await team[1].share(.insight, title: "Off")
        try await Meeting.all(team)
        let faults = try await team[0].clocks()
        #expect(faults.map(\.person.name) == ["Bram"])
        #expect(faults.first.map { abs($0.ahead / 86_400_000 - days) <= 1 } == true)
        #expect(faults.first?.isThisLaptop == false)
        #expect(try await team[2].item(item.id).title == "Off")
        #expect(try await team[0].digest() == team[1].digest())
    }

    @Test("where most others are ahead, it is this laptop that is behind")
    func own() async throws {
        let team = try await Meeting.team(["Anna", "Bram", "Chris"], days: [0, 0, -years])
        for brain in team { _ = try await brain.share(.insight, title: "From \(brain.me.name)") }
        try await Meeting.all(team)
        let faults = try await team[2].clocks()
        #expect(faults.map(\.isThisLaptop) == [true])
        #expect(faults.first.map { abs($0.ahead / 86_400_000 + years) <= 1 } == true)
        #expect(try await team[0].clocks().map(\.person.name) == ["Chris"])
    }

    @Test("clocks that are right, or a few hours off, are not mentioned")
    func right() async throws {
        let team = try await Meeting.team(["Anna", "Bram"], days: [0, 0])
        _ = try await team[1].share(.insight, title: "Fine")
        try await Meeting.all(team)
        for brain in team { #expect(try await brain.clocks().isEmpty) }
    }
}
