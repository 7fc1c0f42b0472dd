import WeData
import WeKeys

@testable import WeLog

/// Protocol.md section 8's fold as it is written, with every past spelled out as a set.
struct ReferenceTeam: Equatable {
    struct Person: Equatable {
        var name: String
        var role: Role
        var devices: [DeviceKey]
        var admissions: [EventID]
    }

    private(set) var persons: [PersonID: Person] = [:]
    private(set) var owners: [DeviceKey: PersonID] = [:]
    private(set) var effective: Set<EventID> = []
    private(set) var used: [EventID: Int] = [:]
    private(set) var isFullyUnderstood: Bool

    /// What `Team` says, to compare.
    init(_ team: Team) {
        persons = team.persons.mapValues {
            Person(
                name: $0.name, role: $0.role, devices: $0.devices.map(\.signing),
                admissions: $0.admissions)
        }
        owners = team.owners
        effective = team.effective
        used = Dictionary(uniqueKeysWithValues: team.invites.map { ($0.id, $0.used) })
        isFullyUnderstood = team.isFullyUnderstood
    }

    private struct Stratum {
        let depth: Int
        let lamport: Int
        let grant: EventID
        let devices: [DeviceKey]
    }

    init?(team: TeamID, events: [MembershipEvent]) {
        let pasts = ReferenceTeam.pasts(events)
        let ordered = events.sorted { ($0.lamport, $0.id) < ($1.lamport, $1.id) }
        isFullyUnderstood = events.allSatisfy { event in
            switch event.act {
            case .genesis, .invite, .admit, .grant: true
            default: false
            }
        }
        guard let start = events.first(where: { $0.id.value == team.value }),
            case .genesis(let genesis) = start.act, let first = genesis.devices.first,
            first.signing == start.device
        else { return nil }
        let founder = Device.person(of: first.signing)
        guard genesis.devices.allSatisfy({ $0.isValid(for: founder) }) else { return nil }
        effective.insert(start.id)
        persons[founder] = Person(
            name: genesis.founderName, role: .founder, devices: genesis.devices.map(\.signing),
            admissions: [start.id])
        for device in genesis.devices { owners[device.signing] = founder }

        var moderators: Set<PersonID> = []
        var queue = [
            Stratum(
                depth: 0, lamport: 0, grant: start.id, devices: genesis.devices.map(\.signing))
        ]
        while let next = queue.min(by: {
            ($0.depth, $0.lamport, $0.grant) < ($1.depth, $1.lamport, $1.grant)
        }) {
            queue.removeAll { $0.grant == next.grant }
            for event in ordered
            where next.devices.contains(event.device)
                && pasts[event.id]?.contains(next.grant) == true && !effective.contains(event.id)
            {
                switch event.act {
                case .invite(let invite) where invite.role <= .member:
                    effective.insert(event.id)
                    used[event.id] = 0
                case .grant(let person, .moderator, let devices, _):
                    effective.insert(event.id)
                    moderators.insert(person)
                    queue.append(
                        Stratum(
                            depth: next.depth + 1, lamport: event.lamport, grant: event.id,
                            devices: devices))
                default: break
                }
            }
        }
        while admitOne(ordered, pasts, team) {}
        for person in moderators where persons[person]?.role != .founder {
            persons[person]?.role = .moderator
        }
    }

    /// The first admission that counts and was not taken yet.
    private mutating func admitOne(
        _ ordered: [MembershipEvent], _ pasts: [EventID: Set<EventID>], _ team: TeamID
    ) -> Bool {
        for event in ordered where !effective.contains(event.id) {
            guard case .admit(let admission) = event.act, let past = pasts[event.id],
                effective.contains(admission.invite), past.contains(admission.invite),
                case .invite(let invite) = ordered.first(where: { $0.id == admission.invite })?.act,
                let author = owners[event.device],
                hasStanding(event.device, author, past, ordered),
                let first = admission.request.devices.first,
                admission.request.person == Device.person(of: first.signing),
                admission.request.devices.allSatisfy({ $0.isValid(for: admission.request.person) }),
                admission.request.isValid(team: team, invite: admission.invite, key: invite.key)
            else { continue }
            let request = admission.request
            effective.insert(event.id)
            used[admission.invite, default: 0] += 1
            var person =
                persons[request.person]
                ?? Person(name: request.name, role: invite.role, devices: [], admissions: [])
            person.admissions.append(event.id)
            for device in request.devices where owners[device.signing] == nil {
                owners[device.signing] = request.person
                person.devices.append(device.signing)
            }
            persons[request.person] = person
            return true
        }
        return false
    }

    /// Whether an admission or genesis of `person` in the past lists the device.
    private func hasStanding(
        _ device: DeviceKey, _ person: PersonID, _ past: Set<EventID>, _ ordered: [MembershipEvent]
    ) -> Bool {
        ordered.contains { event in
            past.contains(event.id) && persons[person]?.admissions.contains(event.id) == true
                && event.act.introduces.contains(device)
        }
    }

    private static func pasts(_ events: [MembershipEvent]) -> [EventID: Set<EventID>] {
        var pasts: [EventID: Set<EventID>] = [:]
        for event in events {
            pasts[event.id] = Set(event.parents + [event.previous].compactMap { $0 })
        }
        var isGrowing = true
        while isGrowing {
            isGrowing = false
            for (id, past) in pasts {
                let more = past.reduce(into: past) { $0.formUnion(pasts[$1] ?? []) }
                if more.count > past.count { isGrowing = true }
                pasts[id] = more
            }
        }
        return pasts
    }
}
