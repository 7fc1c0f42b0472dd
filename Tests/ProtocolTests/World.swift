import WeData
import WeKeys
import WeLog

/// The inputs of the examples, and what follows from them.
struct World {
    let key = try! SigningKey(seed: SecretBytes(copying: [UInt8](repeating: 1, count: 32)))
    let channel = try! AgreementKey(
        secret: SecretBytes(copying: [UInt8](repeating: 2, count: 32)))
    let salt = (0..<16).map { UInt8($0) }
    let log: UInt64 = 0x0102_0304_0506_0708
    let wall: Int64 = 1_780_000_000_000

    var person: PersonID { Device.person(of: key.publicKey) }
    var device: Device {
        Device(person: person, key: key, channel: channel.publicKey, label: "laptop")
    }
    var author: EventAuthor { EventAuthor(key: key) }

    var genesisBody: [UInt8] {
        MembershipBody(
            salt: salt,
            act: .genesis(
                .init(teamName: "Team Noord", founderName: "Anna", devices: [device]))
        ).encoded
    }
    var genesis: Event {
        author.event(
            team: nil, key: LogKey(logClass: .membership, device: key.publicKey, log: log),
            sequence: 0, previous: nil, object: nil, parents: [], lamport: 0, wall: wall,
            body: genesisBody)
    }
    var team: TeamID { TeamID(genesis.id.value) }
    var invitation: Invitation {
        Invitation(team: team, seed: [UInt8](repeating: 3, count: 16))!
    }
    var invite: Event {
        let body = MembershipBody(
            salt: salt,
            act: .invite(
                .init(
                    key: try! invitation.key().publicKey, psk: invitation.psk, role: .member,
                    uses: 1, expiry: nil, note: "Bram"))
        ).encoded
        return author.event(
            team: team, key: LogKey(logClass: .membership, device: key.publicKey, log: log),
            sequence: 1, previous: genesis.id, object: nil, parents: [genesis.id], lamport: 1,
            wall: wall, body: body)
    }
    var shareBody: [UInt8] {
        ContentBody(
            salt: salt,
            changes: [
                .create(kind: "share"), .set(field: "title", value: "WAL over NFS"),
                .text(field: "body", hunks: TextHunk.replacing("", with: "It fails.")),
                .add(field: "topics", element: "sqlite"),
            ]
        ).encoded
    }
    var share: Event {
        author.event(
            team: team, key: LogKey(logClass: .content, device: key.publicKey, log: log),
            sequence: 0, previous: nil, object: nil, parents: [genesis.id], lamport: 1,
            wall: wall, body: shareBody)
    }
    var edit: Event {
        author.event(
            team: team, key: LogKey(logClass: .content, device: key.publicKey, log: log),
            sequence: 1, previous: share.id, object: share.object, parents: [share.id],
            lamport: 2, wall: wall + 60_000,
            body: ContentBody(
                salt: salt, changes: [.set(field: "title", value: "No WAL over NFS")]
            ).encoded)
    }
    var run: [UInt8] {
        var writer = Writer()
        Run(key: share.key, events: [share, edit]).write(to: &writer)
        return writer.take()
    }
    var record: Record {
        Record(
            [share, edit].map { event in
                History.Entry(
                    id: event.id, parents: event.header.parents,
                    lamport: event.header.lamport, author: person, wall: event.header.wall,
                    changes: try! ContentBody(decoding: event.body!).changes)
            })
    }
    var deviceBytes: [UInt8] {
        var writer = Writer()
        device.write(to: &writer)
        return writer.take()
    }

    var computed: [String: String] {
        var both = SetSummary.empty
        both.insert(share.id)
        both.insert(edit.id)
        return [
            "device-key": Hex.encode(key.publicKey.bytes),
            "channel-key": Hex.encode(channel.publicKey.bytes),
            "person": person.description,
            "device": Hex.encode(deviceBytes),
            "genesis-body": Hex.encode(genesisBody),
            "genesis-header": Hex.encode(genesis.header.encoded),
            "genesis-signature": Hex.encode(genesis.signature.bytes),
            "genesis-id": genesis.id.description,
            "team-psk": Hex.encode(
                Blake2b.derive(
                    label: "weonomy/1 team psk", [UInt8](repeating: 4, count: 32)
                ).bytes),
            "invitation-code": invitation.code,
            "invite-key": Hex.encode(try! invitation.key().publicKey.bytes),
            "invite-psk": Hex.encode(invitation.psk.bytes),
            "invite-body": Hex.encode(invite.body!),
            "invite-id": invite.id.description,
            "share-body": Hex.encode(shareBody),
            "share-header": Hex.encode(share.header.encoded),
            "share-id": share.id.description,
            "edit-id": edit.id.description,
            "run": Hex.encode(run),
            "fingerprint": Hex.encode(both.fingerprint.bytes),
            "state": Hex.encode(record.encoded(object: share.object)),
        ]
    }
}
