public import WeData
package import WeKeys

/// The body of a membership event.
public struct MembershipBody: Hashable, Sendable {
    /// Random bytes.
    public let salt: [UInt8]
    /// What the event does.
    public let act: MembershipAct

    /// Joins salt and act.
    public init(salt: [UInt8], act: MembershipAct) {
        self.salt = salt
        self.act = act
    }

    /// The canonical bytes.
    public var encoded: [UInt8] {
        var writer = Writer()
        writer.array(3)
        writer.bytes(salt)
        writer.int(act.kind)
        act.write(to: &writer)
        return writer.take()
    }

    /// Decodes a body; an act that this version does not know is kept by its number.
    public init(decoding bytes: [UInt8]) throws(DecodingError) {
        var reader = Reader(bytes)
        try reader.array(count: 3)
        salt = try reader.bytes(countMax: ContentBody.saltBytes)
        guard salt.count == ContentBody.saltBytes else { throw reader.error(.outOfBounds) }
        let kind = try reader.int(in: 0...Int.max)
        act = try MembershipAct(kind: kind, from: &reader)
        try reader.finish()
    }
}

extension MembershipAct {
    /// What a stored body says; of one whose fields have another form only the number of its kind.
    ///
    /// Such an event is not applied, and yet in the past of what follows it. `nil` for what is no
    /// body of a membership event.
    init?(ofBody bytes: [UInt8]) {
        if let body = try? MembershipBody(decoding: bytes) {
            self = body.act
            return
        }
        var reader = Reader(bytes)
        guard (try? reader.array(count: 3)) != nil, (try? reader.skip()) != nil,
            let kind = try? reader.int(in: 0...Int.max)
        else { return nil }
        self = .unknown(kind: kind)
    }

    /// Appends the fields.
    func write(to writer: inout Writer) {
        switch self {
        case .genesis(let genesis):
            writer.map(7)
            writer.key(0)
            writer.text(genesis.teamName)
            writer.key(1)
            writer.text(genesis.founderName)
            writer.key(2)
            writer.list(genesis.devices) { $0.write(to: &$1) }
            writer.key(3)
            writer.bool(genesis.needsSecondModerator)
            writer.key(4)
            writer.list(genesis.recoveryKeys) { $1.id($0) }
            writer.key(5)
            writer.int(genesis.recoveryThreshold)
            writer.key(6)
            writer.text(genesis.codeOfConduct)
        case .invite(let invite):
            writer.map(6)
            writer.key(0)
            writer.id(invite.key)
            writer.key(1)
            writer.bytes(invite.psk)
            writer.key(2)
            writer.int(invite.role.rawValue)
            writer.key(3)
            writer.int(invite.uses)
            writer.key(4)
            if let expiry = invite.expiry { writer.int(expiry) } else { writer.null() }
            writer.key(5)
            writer.text(invite.note)
        case .admit(let admission):
            let request = admission.request
            writer.map(6)
            writer.key(0)
            writer.id(admission.invite)
            writer.key(1)
            writer.id(request.person)
            writer.key(2)
            writer.text(request.name)
            writer.key(3)
            writer.list(request.devices) { $0.write(to: &$1) }
            writer.key(4)
            writer.bytes(request.nonce)
            writer.key(5)
            writer.bytes(request.proof.bytes)
        case .grant(let person, let role, let devices, let lifts):
            writer.map(4)
            writer.key(0)
            writer.id(person)
            writer.key(1)
            writer.int(role.rawValue)
            writer.key(2)
            writer.list(devices) { $1.id($0) }
            writer.key(3)
            writer.list(lifts) { $1.id($0) }
        case .reduce(let person, let to, let cut, let reason, let isSevere, let address):
            writer.map(6)
            writer.key(0)
            writer.id(person)
            writer.key(1)
            writer.int(to.rawValue)
            writer.key(2)
            writer.list(cut) { $0.write(to: &$1) }
            writer.key(3)
            writer.text(reason)
            writer.key(4)
            writer.bool(isSevere)
            writer.key(5)
            if let address { writer.id(address) } else { writer.null() }
        case .address(let person, let text, let about):
            writer.map(3)
            writer.key(0)
            writer.id(person)
            writer.key(1)
            writer.text(text)
            writer.key(2)
            if let about { writer.id(about) } else { writer.null() }
        case .readmit(let person, let lifts, let devices):
            writer.map(3)
            writer.key(0)
            writer.id(person)
            writer.key(1)
            writer.list(lifts) { $1.id($0) }
            writer.key(2)
            writer.list(devices) { $0.write(to: &$1) }
        case .addDevice(let person, let device):
            writer.map(2)
            writer.key(0)
            writer.id(person)
            writer.key(1)
            device.write(to: &writer)
        case .revokeDevice(let owner, let device, let cut):
            writer.map(3)
            writer.key(0)
            writer.id(owner)
            writer.key(1)
            writer.id(device)
            writer.key(2)
            writer.list(cut) { $0.write(to: &$1) }
        case .close(let invite):
            writer.map(1)
            writer.key(0)
            writer.id(invite)
        case .council(let proposal, let previous, let signatures):
            writer.map(3)
            writer.key(0)
            writer.bytes(proposal)
            writer.key(1)
            if let previous { writer.id(previous) } else { writer.bytes([]) }
            writer.key(2)
            writer.list(signatures) { signature, writer in
                writer.array(2)
                writer.id(signature.key)
                writer.bytes(signature.signature.bytes)
            }
        case .secret(let epoch, let sealed):
            writer.map(2)
            writer.key(0)
            writer.int(epoch)
            writer.key(1)
            writer.list(sealed) { secret, writer in
                writer.array(2)
                writer.id(secret.device)
                writer.bytes(secret.sealed)
            }
        case .adopt(let events):
            writer.map(1)
            writer.key(0)
            writer.list(events) { $1.id($0) }
        case .unknown:
            // Only decoded, never written anew: the stored bytes are what is forwarded.
            writer.map(0)
        }
    }

    /// Reads the fields of a kind.
    init(kind: Int, from reader: inout Reader) throws(DecodingError) {
        guard kind <= 12 else {
            guard reader.next == .map else { throw reader.error(.unexpectedType) }
            try reader.skip()
            self = .unknown(kind: kind)
            return
        }
        var fields = Fields(reader: reader)
        try fields.scan()
        reader = fields.reader
        switch kind {
        case 0:
            self = .genesis(
                Genesis(
                    teamName: try fields.text(0), founderName: try fields.text(1),
                    devices: try fields.devices(2), needsSecondModerator: try fields.bool(3),
                    recoveryKeys: try fields.ids(4), recoveryThreshold: try fields.int(5),
                    codeOfConduct: try fields.text(6)))
        case 1:
            self = .invite(
                Invite(
                    key: try fields.id(0), psk: try fields.bytes32(1), role: try fields.role(2),
                    uses: try fields.int(3), expiry: try fields.optionalInt(4),
                    note: try fields.text(5)))
        case 2:
            self = .admit(
                Admission(
                    invite: try fields.id(0),
                    request: JoinRequest(
                        person: try fields.id(1), name: try fields.text(2),
                        devices: try fields.devices(3), nonce: try fields.bytes(4),
                        proof: try fields.signature(5))))
        case 3:
            self = .grant(
                person: try fields.id(0), role: try fields.role(1), devices: try fields.ids(2),
                lifts: try fields.ids(3))
        case 4:
            self = .reduce(
                person: try fields.id(0), to: try fields.role(1), cut: try fields.cuts(2),
                reason: try fields.text(3), isSevere: try fields.bool(4),
                address: try fields.nullableID(5))
        case 5:
            self = .address(
                person: try fields.id(0), text: try fields.text(1),
                about: try fields.nullableID(2))
        case 6:
            self = .readmit(
                person: try fields.id(0), lifts: try fields.ids(1),
                devices: try fields.devices(2))
        case 7:
            var device = try fields.reader(1)
            self = .addDevice(person: try fields.id(0), device: try Device(from: &device))
        case 8:
            self = .revokeDevice(
                owner: try fields.id(0), device: try fields.id(1), cut: try fields.cuts(2))
        case 9:
            self = .close(invite: try fields.id(0))
        case 10:
            var previous = try fields.reader(1)
            self = .council(
                proposal: try fields.bytes(0), previous: try previous.optionalID(),
                signatures: try fields.list(2) { reader throws(DecodingError) in
                    try reader.array(count: 2)
                    return CouncilSignature(
                        key: try reader.id(), signature: try Signature(from: &reader))
                })
        case 11:
            self = .secret(
                epoch: try fields.int(0),
                sealed: try fields.list(1) { reader throws(DecodingError) in
                    try reader.array(count: 2)
                    return SealedSecret(device: try reader.id(), sealed: try reader.bytes())
                })
        default:
            self = .adopt(events: try fields.ids(0))
        }
    }
}

extension JoinRequest {
    /// Joins decoded parts; ``isValid(team:invite:key:)`` says whether they belong together.
    package init(
        person: PersonID, name: String, devices: [Device], nonce: [UInt8], proof: Signature
    ) {
        self.person = person
        self.name = name
        self.devices = devices
        self.nonce = nonce
        self.proof = proof
    }
}

extension MembershipAct.Cut {
    fileprivate func write(to writer: inout Writer) {
        writer.array(3)
        writer.id(device)
        writer.bytes(log.bigEndianBytes)
        writer.array(heads.count)
        for head in heads { writer.id(head) }
    }
}

extension Writer {
    /// Appends a map key; its value is to follow.
    mutating func key(_ key: Int) { int(key) }

    /// Appends an array.
    mutating func list<Item>(_ items: [Item], _ body: (Item, inout Writer) -> Void) {
        array(items.count)
        for item in items { body(item, &self) }
    }
}

/// A map with integer keys, found once and then read in any order.
struct Fields {
    var reader: Reader
    private var starts: [Int64: Reader] = [:]

    init(reader: Reader) { self.reader = reader }

    mutating func scan() throws(DecodingError) {
        var starts: [Int64: Reader] = [:]
        try reader.integerMap { key, reader throws(DecodingError) in
            starts[key] = reader
            return false
        }
        self.starts = starts
    }

    func reader(_ key: Int64) throws(DecodingError) -> Reader {
        guard let start = starts[key] else { throw reader.error(.outOfBounds) }
        return start
    }

    func text(_ key: Int64) throws(DecodingError) -> String {
        var reader = try reader(key)
        return try reader.text()
    }

    func bytes(_ key: Int64) throws(DecodingError) -> [UInt8] {
        var reader = try reader(key)
        return try reader.bytes()
    }

    func bytes32(_ key: Int64) throws(DecodingError) -> Bytes32 {
        var reader = try reader(key)
        return try reader.bytes32()
    }

    func bool(_ key: Int64) throws(DecodingError) -> Bool {
        var reader = try reader(key)
        return try reader.bool()
    }

    func int(_ key: Int64) throws(DecodingError) -> Int {
        var reader = try reader(key)
        return try reader.int(in: 0...Int.max)
    }

    func optionalInt(_ key: Int64) throws(DecodingError) -> Int64? {
        var reader = try reader(key)
        return reader.null() ? nil : try reader.int()
    }

    func id<ID: Identifier>(_ key: Int64) throws(DecodingError) -> ID {
        ID(try bytes32(key))
    }

    func nullableID<ID: Identifier>(_ key: Int64) throws(DecodingError) -> ID? {
        var reader = try reader(key)
        return reader.null() ? nil : try reader.id()
    }

    func role(_ key: Int64) throws(DecodingError) -> Role {
        guard let role = Role(rawValue: try int(key)) else { throw reader.error(.outOfBounds) }
        return role
    }

    func signature(_ key: Int64) throws(DecodingError) -> Signature {
        var reader = try reader(key)
        return try Signature(from: &reader)
    }

    func devices(_ key: Int64) throws(DecodingError) -> [Device] {
        var reader = try reader(key)
        return try Device.list(from: &reader)
    }

    func ids<ID: Identifier>(_ key: Int64) throws(DecodingError) -> [ID] {
        try list(key) { reader throws(DecodingError) in try reader.id() }
    }

    func cuts(_ key: Int64) throws(DecodingError) -> [MembershipAct.Cut] {
        try list(key) { reader throws(DecodingError) in
            try reader.array(count: 3)
            let device: DeviceKey = try reader.id()
            let log = try reader.logID()
            var heads: [EventID] = []
            for _ in 0..<(try reader.array()) { heads.append(try reader.id()) }
            return MembershipAct.Cut(device: device, log: log, heads: heads)
        }
    }

    func list<Item>(
        _ key: Int64, _ item: (inout Reader) throws(DecodingError) -> Item
    ) throws(DecodingError) -> [Item] {
        var reader = try reader(key)
        var items: [Item] = []
        for _ in 0..<(try reader.array()) { items.append(try item(&reader)) }
        return items
    }
}
