import WeData
import WeKeys
import WeLog
import WeReplica

/// A clock that is wrong, as far as this laptop can tell.
public struct ClockFault: Sendable, Hashable {
    /// Whose.
    public let person: PersonRef
    /// Whether it is this laptop's.
    public let isThisLaptop: Bool
    /// How far it runs ahead, in milliseconds; negative where it runs behind.
    public let ahead: Int64
}

extension Brain {
    /// What a clock may be off before anyone is told, in milliseconds.
    public static let clockToleranceMilliseconds: Int64 = 86_400_000

    /// The clocks that are wrong, by name, this laptop's first.
    ///
    /// It is only shown: nothing is refused for its time.
    ///
    /// The last thing that each device wrote tells. Where this laptop wrote in its own future, or
    /// most of several colleagues did, it is this laptop's clock that runs behind; a colleague who
    /// writes before the team was founded is behind too.
    ///
    /// - Complexity: O(logs).
    public func clocks() throws(BrainError) -> [ClockFault] {
        guard let team = replica.currentTeam else { return [] }
        let names = try names()
        let walls = try translating { () throws(ReplicaError) in try replica.lastWalls() }
        let (now, tolerance) = (now().milliseconds, Brain.clockToleranceMilliseconds)
        // A clock says anything: about 35,000 years either way are told apart.
        func bounded(_ wall: Int64) -> Int64 { min(max(wall, -1 << 50), 1 << 50) }
        var latest: [PersonID: Int64] = [:]
        for (device, wall) in walls where device != identity.signing.publicKey {
            guard let owner = team.owners[device] else { continue }
            latest[owner] = max(latest[owner] ?? .min, bounded(wall))
        }
        func ahead(_ wall: Int64) -> Int64 { bounded(wall) - now }
        func ref(_ id: PersonID) -> PersonRef { PersonRef(id: id, name: names[id] ?? "") }
        let later = latest.values.map(ahead).filter { $0 > tolerance }
        let own = walls[identity.signing.publicKey].map(ahead) ?? 0
        var behind: Int64 = 0
        if own > tolerance {
            behind = own
        } else if later.count > 1, later.count * 2 > latest.count {
            behind = later.min() ?? 0
        }
        var faults: [ClockFault] = []
        if behind > 0 {
            faults.append(ClockFault(person: me, isThisLaptop: true, ahead: -behind))
        }
        let real = now + behind
        let founded = bounded(team.foundingWall)
        let colleagues = latest.map { (ref($0.key), $0.value) }
            .sorted { ($0.0.name, $0.0.id) < ($1.0.name, $1.0.id) }
        for (person, wall) in colleagues {
            if wall - real > tolerance {
                faults.append(
                    ClockFault(person: person, isThisLaptop: false, ahead: wall - real))
            } else if founded - wall > tolerance, founded - real <= tolerance {
                faults.append(
                    ClockFault(person: person, isThisLaptop: false, ahead: wall - founded))
            }
        }
        return faults
    }
}
