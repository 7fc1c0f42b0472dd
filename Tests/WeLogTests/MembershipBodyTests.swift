import Testing
import WeData
import WeKeys

@testable import WeLog

/// Bodies of membership events (Protocol.md, "Membership events").
@Suite("Bodies of membership events")
struct MembershipBodyTests {
    /// Every act, with and without what it may leave out.
    private static func acts() throws -> [MembershipAct] {
        var random = Seeded(40)
        let anna = try Actor("Anna", &random)
        let (person, device) = (anna.person, anna.key.publicKey)
        let key = try random.signingKey()
        let ids = (0..<4).map { _ in EventID(random.bytes32()) }
        let cut = [MembershipAct.Cut(device: device, log: .max - 3, heads: Array(ids.prefix(2)))]
        let signature = key.sign([1], domain: .council)
        let request = JoinRequest(
            team: TeamID(random.bytes32()), invite: ids[0], inviteKey: key, person: person,
            name: "Anna", devices: [anna.device], nonce: random.bytes(16))
        func invite(expiry: Int64?) -> MembershipAct {
            .invite(
                .init(
                    key: key.publicKey, psk: .zero, role: .reader, uses: 3, expiry: expiry,
                    note: "for Bram"))
        }
        func reduce(address: EventID?) -> MembershipAct {
            .reduce(
                person: person, to: .member, cut: cut, reason: "why", isSevere: true,
                address: address)
        }
        return [
            .genesis(
                .init(
                    teamName: "Noord", founderName: "Anna", devices: [anna.device],
                    needsSecondModerator: true, recoveryKeys: [key.publicKey],
                    recoveryThreshold: 1, codeOfConduct: "be kind")),
            invite(expiry: nil), invite(expiry: 1_790_000_000_000),
            .admit(.init(invite: ids[0], request: request)),
            .grant(person: person, role: .moderator, devices: [device], lifts: ids),
            reduce(address: nil), reduce(address: ids[1]),
            .address(person: person, text: "please stop", about: nil),
            .address(person: person, text: "please stop", about: ObjectID(ids[2].value)),
            .readmit(person: person, lifts: ids, devices: [anna.device]),
            .addDevice(person: person, device: anna.device),
            .revokeDevice(owner: person, device: device, cut: cut), .close(invite: ids[0]),
            .council(
                proposal: [1, 2, 3], previous: nil,
                signatures: [.init(key: key.publicKey, signature: signature)]),
            .council(proposal: [], previous: Digest(random.bytes32()), signatures: []),
            .secret(epoch: 3, sealed: [.init(device: device, sealed: [1, 2, 3])]),
            .adopt(events: ids), .unknown(kind: 13),
        ]
    }

    private let salt = [UInt8](repeating: 7, count: ContentBody.saltBytes)

    @Test("every act comes back as it was, and no part of one is an act")
    func roundTrip() throws {
        let acts = try Self.acts()
        #expect(Set(acts.map(\.kind)) == Set(0...13))
        for act in acts {
            let body = MembershipBody(salt: salt, act: act)
            let bytes = body.encoded
            #expect(try MembershipBody(decoding: bytes) == body)
            #expect(try MembershipBody(decoding: bytes).encoded == bytes)
            for count in 0..<bytes.count {
                #expect(throws: DecodingError.self) {
                    try MembershipBody(decoding: Array(bytes.prefix(count)))
                }
            }
        }
    }

    /// A body with some fields, by key.
    private func body(_ kind: Int64, _ fields: [Value], salt count: Int = 16) -> [UInt8] {
        let pairs = fields.enumerated().map { Value.Pair(key: .int(Int64($0)), value: $1) }
        return Value.array([
            .bytes([UInt8](repeating: 7, count: count)), .int(kind), .map(pairs),
        ]).encoded
    }

    @Test("a salt, a role or a log of another form makes no act")
    func otherForms() throws {
        let id = Value.bytes([UInt8](repeating: 1, count: 32))
        func reduction(role: Value, log count: Int, salt: Int = 16) -> [UInt8] {
            let log = Value.bytes([UInt8](repeating: 2, count: count))
            return body(4, [id, role, [[id, log, [id]]], "why", true, nil], salt: salt)
        }
        let good = try MembershipBody(decoding: reduction(role: 1, log: 8))
        #expect(good.act.kind == 4)
        for bytes in [
            reduction(role: 5, log: 8), reduction(role: -1, log: 8), reduction(role: 1, log: 7),
            reduction(role: 1, log: 9), reduction(role: 1, log: 8, salt: 15),
        ] {
            #expect(throws: DecodingError.self) { try MembershipBody(decoding: bytes) }
        }
    }

    @Test("an act of a later version is a map, and is known by its number alone")
    func later() throws {
        let known = try MembershipBody(decoding: body(99, [1, "x"]))
        #expect(known.act == .unknown(kind: 99))
        let list = Value.array([.bytes(salt), 99, [1, "x"]]).encoded
        #expect(throws: DecodingError.self) { try MembershipBody(decoding: list) }
    }

    @Test("what is no body, and an event of content, is no membership event")
    func noEvent() throws {
        for bytes in [[], [0x80], Value.array([.bytes(salt), "x", .map([])]).encoded] {
            #expect(MembershipAct(ofBody: bytes) == nil)
        }
        var random = Seeded(41)
        let key = try random.signingKey()
        let act = try #require(Self.acts().last)
        for logClass in [LogClass.content, .membership] {
            let event = EventAuthor(key: key).event(
                team: TeamID(.zero), key: LogKey(logClass: logClass, device: key.publicKey, log: 1),
                sequence: 0, previous: nil, object: nil, parents: [EventID(.zero)], lamport: 1,
                wall: 0, body: MembershipBody(salt: salt, act: act).encoded)
            #expect((MembershipEvent(event) == nil) == (logClass == .content))
        }
    }
}
