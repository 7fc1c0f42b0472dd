import WeData
import WeKeys

@testable import WeLog

/// Random membership histories, with all that a hostile member or stranger may write into one.
enum RandomTeam {
    private static let rolesInvited: [Role] = [.reader, .member, .member, .moderator, .founder]

    static func events(seed: UInt64, count: Int) throws -> (team: TeamID, [MembershipEvent]) {
        var acts = Acts(seed: seed)
        var actors: [Actor] = []
        for index in 0..<7 { actors.append(try Actor("P\(index)", &acts.random)) }
        acts.found(
            by: actors[0], devices: [actors[0].device, actors[1].device(of: actors[0].person)])
        var invites: [EventID] = []
        var requests: [MembershipAct.Admission] = []
        for _ in 0..<count {
            // Two in three acts are by who is likely to be in, after all that is there.
            let isHonest = acts.random.below(3) > 0
            let actor = actors[acts.random.below(isHonest ? 4 : actors.count)]
            let parents = isHonest ? nil : some(of: acts.events.map(\.id), &acts.random)
            let isNewLog = acts.random.below(4) == 0
            switch acts.random.below(9) {
            case 0, 1, 2:
                let role = isHonest ? .member : rolesInvited[acts.random.below(5)]
                invites.append(
                    try acts.invite(by: actor, role: role, after: parents, isNewLog: isNewLog))
            case 3, 4, 5:
                guard let admission = try admission(&acts, actors, invites, &requests) else {
                    continue
                }
                acts.write(.admit(admission), by: actor, after: parents, isNewLog: isNewLog)
            case 6, 7:
                let by = acts.random.below(2) == 0 ? actors[0] : actor
                acts.write(grant(actors, &acts.random), by: by, after: parents)
            default:
                let other: MembershipAct =
                    acts.random.below(2) == 0
                    ? .unknown(kind: [1, 2, 13, 99][acts.random.below(4)])
                    : .close(invite: invites.last ?? EventID(acts.random.bytes32()))
                if acts.random.below(3) == 0 { acts.write(other, by: actor, after: parents) }
            }
        }
        return (acts.team, acts.events)
    }

    private static func some(of ids: [EventID], _ random: inout Seeded) -> [EventID] {
        Array(ids.shuffled(using: &random).prefix(1 + random.below(3)))
    }

    /// An honest request, one that was used before, one with another's key, or with borrowed keys.
    private static func admission(
        _ acts: inout Acts, _ actors: [Actor], _ invites: [EventID],
        _ requests: inout [MembershipAct.Admission]
    ) throws -> MembershipAct.Admission? {
        guard let invite = invites.randomElement(using: &acts.random) else { return nil }
        let newcomer = actors[acts.random.below(actors.count)]
        let other = actors[acts.random.below(actors.count)]
        var devices = [newcomer.device]
        var key: SigningKey?
        switch acts.random.below(8) {
        case 0: key = other.key
        case 1: devices.append(other.device(of: newcomer.person))
        case 2: devices.append(other.device)
        case 3: devices = [other.device(of: newcomer.person)]
        case 4:
            if let used = requests.randomElement(using: &acts.random) {
                let isMoved = acts.random.below(2) == 0
                return .init(invite: isMoved ? invite : used.invite, request: used.request)
            }
        default: break
        }
        let made = MembershipAct.Admission(
            invite: invite,
            request: try acts.request(invite, for: newcomer, devices: devices, key: key))
        requests.append(made)
        return made
    }

    private static func grant(_ actors: [Actor], _ random: inout Seeded) -> MembershipAct {
        let person = actors[random.below(actors.count)].person
        let devices = actors.shuffled(using: &random).prefix(random.below(3)).map(\.key.publicKey)
        let role: Role = random.below(4) == 0 ? .member : .moderator
        return .grant(person: person, role: role, devices: devices, lifts: [])
    }
}
