import WeData
import WeKeys

@testable import WeLog

/// Someone with a device key; whether the team knows them is for the history to say.
struct Actor {
    let key: SigningKey
    let channel: ChannelKey
    let name: String

    init(_ name: String, _ random: inout Seeded) throws {
        self.name = name
        key = try random.signingKey()
        channel = ChannelKey(random.bytes32())
    }

    var person: PersonID { Device.person(of: key.publicKey) }
    var device: Device { device(of: person) }

    /// This device as one of another person's.
    func device(of person: PersonID) -> Device {
        Device(person: person, key: key, channel: channel, label: name)
    }
}

/// Writes membership events in tests: lamports follow from what they build on.
struct Acts {
    private(set) var events: [MembershipEvent] = []
    var random: Seeded
    private var last: [DeviceKey: EventID] = [:]
    private var inviteKeys: [EventID: SigningKey] = [:]

    init(seed: UInt64) { random = Seeded(seed) }

    var team: TeamID { TeamID(events.first?.id.value ?? .zero) }
    var folded: Team? { Team(id: team, events: events) }
    var heads: [EventID] {
        let named = Set(events.flatMap { $0.parents + [$0.previous].compactMap { $0 } })
        return events.map(\.id).filter { !named.contains($0) }
    }

    /// Adds an event by `actor`.
    ///
    /// - Parameters:
    ///   - parents: what it names; by itself all heads.
    ///   - isNewLog: whether it begins a log, so that nothing else is in its past.
    @discardableResult
    mutating func write(
        _ act: MembershipAct, by actor: Actor, after parents: [EventID]? = nil,
        isNewLog: Bool = false
    ) -> EventID {
        let parents = parents ?? heads
        let previous = isNewLog ? nil : last[actor.key.publicKey]
        let seen = parents + [previous].compactMap { $0 }
        let lamport = events.filter { seen.contains($0.id) }.map(\.lamport).max() ?? -1
        let event = MembershipEvent(
            id: EventID(random.bytes32()), device: actor.key.publicKey, log: 1,
            previous: previous, parents: parents, lamport: lamport + 1, act: act)
        events.append(event)
        last[actor.key.publicKey] = event.id
        return event.id
    }

    @discardableResult
    mutating func found(
        by actor: Actor, devices: [Device]? = nil, needsSecondModerator: Bool = false
    ) -> EventID {
        write(
            .genesis(
                .init(
                    teamName: "Noord", founderName: actor.name, devices: devices ?? [actor.device],
                    needsSecondModerator: needsSecondModerator)
            ), by: actor)
    }

    mutating func invite(
        by actor: Actor, role: Role = .member, uses: Int = 1, after parents: [EventID]? = nil,
        isNewLog: Bool = false
    ) throws -> EventID {
        let key = try random.signingKey()
        let invite = MembershipAct.Invite(
            key: key.publicKey, psk: random.bytes32(), role: role, uses: uses, expiry: nil,
            note: "")
        let id = write(.invite(invite), by: actor, after: parents, isNewLog: isNewLog)
        inviteKeys[id] = key
        return id
    }

    func inviteKey(_ invite: EventID) throws -> SigningKey { try need(inviteKeys[invite]) }

    /// What a newcomer asks with an invitation.
    mutating func request(
        _ invite: EventID, for actor: Actor, devices: [Device]? = nil, key: SigningKey? = nil
    ) throws -> JoinRequest {
        JoinRequest(
            team: team, invite: invite, inviteKey: try key ?? inviteKey(invite),
            person: actor.person, name: actor.name, devices: devices ?? [actor.device],
            nonce: random.bytes(16))
    }

    @discardableResult
    mutating func admit(
        _ newcomer: Actor, by actor: Actor, invite: EventID, devices: [Device]? = nil,
        after parents: [EventID]? = nil, isNewLog: Bool = false
    ) throws -> EventID {
        let request = try request(invite, for: newcomer, devices: devices)
        return write(
            .admit(.init(invite: invite, request: request)), by: actor, after: parents,
            isNewLog: isNewLog)
    }

    /// Invites and admits in one go.
    @discardableResult
    mutating func take(in newcomer: Actor, by actor: Actor, role: Role = .member) throws -> EventID
    {
        try admit(newcomer, by: actor, invite: try invite(by: actor, role: role))
    }

    @discardableResult
    mutating func promote(
        _ actor: Actor, by granter: Actor, devices: [Actor]? = nil, after parents: [EventID]? = nil
    ) -> EventID {
        write(
            .grant(
                person: actor.person, role: .moderator,
                devices: (devices ?? [actor]).map(\.key.publicKey), lifts: []), by: granter,
            after: parents)
    }
}

struct Missing: Error {}

func need<Wrapped>(_ value: Wrapped?) throws -> Wrapped {
    guard let value else { throw Missing() }
    return value
}
