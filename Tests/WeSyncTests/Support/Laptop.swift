import WeData
import WeKeys
import WeLog
import WeSync

/// A device of a test with its store.
final class Laptop {
    let name: String
    let key: SigningKey
    let channel: AgreementKey
    var store = MemoryStore()
    var random: Seeded
    var contentLog: LogKey
    private let membershipLog: LogKey
    var secret: Bytes32
    /// Accepts newcomers.
    var admits = true

    init(_ name: String, seed: UInt64) throws {
        self.name = name
        var random = Seeded(seed &* 1_000 &+ UInt64(name.utf8.reduce(0) { $0 * 31 + Int($1) }))
        key = try random.signingKey()
        channel = try random.agreementKey()
        contentLog = LogKey(logClass: .content, device: key.publicKey, log: random.next())
        membershipLog = LogKey(logClass: .membership, device: key.publicKey, log: random.next())
        secret = try need(Bytes32(random.bytes(32)))
        self.random = random
    }

    /// The same device with a copy of its store, as from a restored backup.
    init(restoring other: Laptop, seed: UInt64) {
        name = other.name
        key = other.key
        channel = other.channel
        contentLog = other.contentLog
        membershipLog = other.membershipLog
        secret = other.secret
        random = Seeded(seed &+ 77)
        store.teamID = other.store.teamID
        for event in other.store.events { store.add(event) }
    }

    var device: Device { Device(person: person, key: key, channel: channel.publicKey, label: name) }
    var person: PersonID { Device.person(of: key.publicKey) }

    // MARK: - Membership

    func found() {
        act(
            .genesis(
                .init(teamName: "Lab", founderName: name, devices: [device])))
    }

    func invite() throws -> (Invitation, EventID) {
        let invitation = try need(
            Invitation(team: need(store.teamID), seed: random.bytes(Invitation.seedBytes)))
        let id = act(
            .invite(
                .init(
                    key: try invitation.key().publicKey, psk: invitation.psk, role: .member,
                    uses: 9, expiry: nil, note: "")))
        return (invitation, id)
    }

    func admit(_ other: Laptop) throws {
        let (invitation, invite) = try invite()
        let request = JoinRequest(
            team: try need(store.teamID), invite: invite, inviteKey: try invitation.key(),
            person: other.person, name: other.name, devices: [other.device],
            nonce: random.bytes(16))
        act(.admit(.init(invite: invite, request: request)))
        other.secret = secret
        other.store.teamID = store.teamID
        for event in store.events where event.key.logClass == .membership {
            if !other.store.contains(event.id) { other.store.add(event) }
        }
    }

    @discardableResult
    func act(_ act: MembershipAct) -> EventID {
        let body = MembershipBody(salt: random.bytes(16), act: act).encoded
        var parents = store.membershipHeads()
        if store.last(of: membershipLog) == nil,
            let introduction = store.introduction(of: key.publicKey),
            !parents.contains(introduction)
        {
            parents.append(introduction)
        }
        return append(
            body, to: membershipLog, object: nil, parents: parents,
            isGenesis: store.events.isEmpty)
    }

    // MARK: - Content

    @discardableResult
    func write(_ count: Int = 1, bytes: Int = 20, to object: ObjectID? = nil) -> [EventID] {
        (0..<count).map { _ in
            var changes: [Change] = [
                .set(field: "title", value: .bytes(random.bytes(bytes)))
            ]
            var parents: [EventID] = []
            if let object {
                parents = Array(store.heads[object, default: []].sorted().prefix(16))
            } else {
                changes.insert(.create(kind: "share"), at: 0)
            }
            if store.last(of: contentLog) == nil,
                let introduction = store.introduction(of: key.publicKey)
            {
                parents.append(introduction)
            }
            let body = ContentBody(salt: random.bytes(16), changes: changes).encoded
            return append(body, to: contentLog, object: object, parents: parents)
        }
    }

    /// An event of this device at the end of a log, not stored.
    func event(
        _ body: [UInt8], in log: LogKey, after last: Event?, object: ObjectID?,
        parents: [EventID], isGenesis: Bool = false
    ) -> Event {
        let lamports = (parents.compactMap { store[$0] } + (last.map { [$0] } ?? []))
            .map(\.header.lamport)
        return EventAuthor(key: key).event(
            team: isGenesis ? nil : store.teamID, key: log,
            sequence: last.map { $0.header.sequence + 1 } ?? 0, previous: last?.id,
            object: object, parents: parents,
            lamport: isGenesis ? 0 : (lamports.max() ?? -1) + 1, wall: Int64(random.below(9_999)),
            body: body)
    }

    private func append(
        _ body: [UInt8], to log: LogKey, object: ObjectID?, parents: [EventID],
        isGenesis: Bool = false
    ) -> EventID {
        let made = event(
            body, in: log, after: store.last(of: log), object: object, parents: parents,
            isGenesis: isGenesis)
        return store.add(made).id
    }

    // MARK: - Sessions

    var psk: Bytes32 { Blake2b.derive(label: "weonomy/1 team psk", secret.bytes) }

    func configuration(_ role: SessionRole, isLive: Bool = false) -> SessionConfiguration {
        var secrets = [ChannelSecret(psk: psk, invite: nil)]
        if role == .responder {
            secrets += (store.team?.invites ?? []).map {
                ChannelSecret(psk: $0.invite.psk, invite: $0.id)
            }
        }
        return SessionConfiguration(
            role: role, team: store.teamID, roster: store.team, signingKey: key,
            channelKey: channel, secrets: secrets, teamSecrets: [secret], isLive: isLive)
    }

    func joining(_ invitation: Invitation, isLive: Bool = false) -> SessionConfiguration {
        SessionConfiguration(
            role: .initiator, team: nil, roster: nil, signingKey: key, channelKey: channel,
            secrets: [ChannelSecret(psk: invitation.psk, invite: nil)],
            joining: Joining(
                invitation: invitation, person: person, name: name, devices: [device],
                nonce: random.bytes(16)), isLive: isLive)
    }
}

/// Two members of one team whose stores are the same.
func pair(seed: UInt64, events: Int = 0) throws -> (Laptop, Laptop) {
    let anna = try Laptop("Anna", seed: seed)
    let ben = try Laptop("Ben", seed: seed)
    anna.found()
    try anna.admit(ben)
    anna.write(events)
    copy(anna, to: ben)
    return (anna, ben)
}

func copy(_ from: Laptop, to: Laptop) {
    for event in from.store.events where !to.store.contains(event.id) { to.store.add(event) }
}
