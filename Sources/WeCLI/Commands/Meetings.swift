import Weonomy

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// When colleagues were met last, and how many events both had then.
///
/// Only a hint for `status`: without it everything syncs all the same.
struct Meetings {
    struct Meeting {
        let person: String
        let moment: Int64
        let events: Int
        /// By a stick that their laptop saw, not on a network.
        var isByStick = false

        fileprivate var line: String {
            "\(person)\t\(moment)\t\(events)\(isByStick ? "\tstick" : "")\n"
        }
    }

    private(set) var byPerson: [String: Meeting] = [:]

    init(_ team: Paths.Team) {
        guard let bytes = Terminal.contents(of: team.meetings, bytesMax: 1 << 20) else { return }
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            let parts = line.split(separator: "\t")
            guard (3...4).contains(parts.count), let moment = Int64(parts[1]),
                let events = Int(parts[2])
            else { continue }
            let person = String(parts[0])
            byPerson[person] = Meeting(
                person: person, moment: moment, events: events,
                isByStick: parts.last == "stick")
        }
    }

    /// Events here that nobody who was met is known to have.
    func pending(_ status: BrainStatus) -> Int {
        let most =
            status.team.members.filter { $0.person.id != status.me.id }.compactMap {
                byPerson[$0.person.id.description]?.events
            }.max() ?? 0
        return max(0, status.eventCount - most)
    }

    /// Remembers that both had the same just now.
    static func note(_ person: PersonRef?, events: Int, at moment: Instant, in team: Paths.Team) {
        guard let id = person?.id.description else { return }
        var meetings = Meetings(team).byPerson
        meetings[id] = Meeting(person: id, moment: moment.milliseconds, events: events)
        save(meetings, in: team)
    }

    /// Remembers what a stick says of whose laptops saw it, where that is newer.
    static func note(_ report: CarryReport, events: Int, in team: Paths.Team) {
        var meetings = Meetings(team).byPerson
        for visitor in report.visitors {
            guard let id = visitor.person?.id.description else { continue }
            let moment = visitor.time.milliseconds
            guard (meetings[id]?.moment ?? .min) < moment else { continue }
            meetings[id] = Meeting(
                person: id, moment: moment, events: max(0, events - visitor.lackedCount),
                isByStick: true)
        }
        save(meetings, in: team)
    }

    private static func save(_ meetings: [String: Meeting], in team: Paths.Team) {
        let lines = meetings.values.sorted { $0.person < $1.person }.map(\.line)
        // A hint that can't be kept is no reason to fail.
        try? Data(lines.joined().utf8)
            .write(to: URL(filePath: team.meetings), options: .atomic)
    }
}
