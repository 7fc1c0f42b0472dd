import WeData
import WeKeys
import WeLog
import WeReplica

@testable import WeSync

// The second person, the channel between the two, and what a whole replica shows.
extension World {
    var otherKey: SigningKey {
        try! SigningKey(seed: SecretBytes(copying: [UInt8](repeating: 5, count: 32)))
    }
    var otherChannel: AgreementKey {
        try! AgreementKey(secret: SecretBytes(copying: [UInt8](repeating: 6, count: 32)))
    }
    var request: JoinRequest {
        let person = Device.person(of: otherKey.publicKey)
        let device = Device(
            person: person, key: otherKey, channel: otherChannel.publicKey, label: "desk")
        return JoinRequest(
            team: team, invite: invite.id, inviteKey: try! invitation.key(), person: person,
            name: "Bram", devices: [device], nonce: [UInt8](repeating: 7, count: 16))
    }
    var admit: Event {
        let body = MembershipBody(
            salt: salt, act: .admit(.init(invite: invite.id, request: request))
        ).encoded
        return author.event(
            team: team, key: invite.key, sequence: 2, previous: invite.id, object: nil,
            parents: [invite.id], lamport: 2, wall: wall, body: body)
    }

    /// Section 13: a beacon of the device of section 6, in the hour of `wall`.
    var beacon: [String: String] {
        let secret = Bytes32([UInt8](repeating: 4, count: 32)) ?? .zero
        let beacon = Beacon(
            instance: 0x0102_0304_0506_0708, sequence: 1, device: key.publicKey.tag, port: 7431,
            fingerprint: 0x1122_3344_5566_7788)
        var keyring = BeaconKeyring(secrets: [secret])
        let nonce = [UInt8](repeating: 10, count: 24)
        let hour = UInt64(bitPattern: BeaconKeyring.hour(of: wall)).bigEndianBytes
        let derived = Blake2b.derive(label: "weonomy/1 beacon", secret.bytes, hour)
        return [
            "beacon-key": Hex.encode(derived.bytes), "beacon-plain": Hex.encode(beacon.plain),
            "beacon": Hex.encode(keyring.seal(beacon, nonce: nonce, wall: wall) ?? []),
        ]
    }

    /// What follows from the events all together, and from a handshake.
    var more: [String: String] {
        get throws {
            let replica = try Replica(path: nil, create: true) { _, _ in nil }
            try replica.adopt(team: team)
            let report = try replica.ingest([
                Run(key: genesis.key, events: [genesis, invite, admit]),
                Run(key: share.key, events: [share, edit]),
            ])
            guard report.storedCount == 5 else { return [:] }
            let logs = try replica.read { try? $0.logs() } ?? []
            let summary = try replica.read { try? $0.summary() } ?? .empty
            var examples = try handshake(holding: summary)
            examples["admit-proof"] = Hex.encode(request.proof.bytes)
            examples["admit-id"] = admit.id.description
            examples["brain-digest"] = try replica.digest().description
            examples["nothing"] = Hex.encode(SetSummary.empty.fingerprint.bytes)
            examples["ranges"] = Hex.encode(
                Message.ranges(RangeComparison.question(logs)).encoded)
            return examples
        }
    }

    private func handshake(holding summary: SetSummary) throws -> [String: String] {
        let psk = Blake2b.derive(
            label: "weonomy/1 team psk", [UInt8](repeating: 4, count: 32))
        func ephemeral(_ byte: UInt8) throws -> AgreementKey {
            try AgreementKey(secret: SecretBytes(copying: [UInt8](repeating: byte, count: 32)))
        }
        var bram = Channel(
            role: .initiator, psks: [psk], staticKey: otherChannel, ephemeral: try ephemeral(8))
        var anna = Channel(
            role: .responder, psks: [psk], staticKey: channel, ephemeral: try ephemeral(9))
        var first: [UInt8] = []
        try bram.start(into: &first)
        var second: [UInt8] = []
        anna.received(first)
        _ = try anna.next(into: &second)
        var third: [UInt8] = []
        bram.received(second)
        _ = try bram.next(into: &third)
        let hash = bram.handshakeHash
        let hello = Message.hello(
            Message.Hello(
                device: otherKey.publicKey, proof: otherKey.sign(hash + [0], domain: .channel),
                fingerprint: summary.fingerprint, count: summary.count)
        ).encoded
        var frame: [UInt8] = []
        try bram.seal(hello, into: &frame)
        return [
            "handshake-1": Hex.encode(first), "handshake-2": Hex.encode(second),
            "handshake-3": Hex.encode(third), "handshake-hash": Hex.encode(hash),
            "hello": Hex.encode(hello), "hello-frame": Hex.encode(frame),
        ]
    }
}
