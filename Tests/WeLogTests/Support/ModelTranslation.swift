import Synchronization
import WeData
import WeKeys

@testable import WeLog

/// A history of the model as Weonomy keeps it: membership events in logs of their own, and content
/// logs that name the membership events that their authors had seen.
struct ModelTranslation {
    let team: TeamID
    private(set) var events: [MembershipEvent] = []
    private var content: [String: ContentLogBuilder] = [:]
    private let ops: [String: ModelOp]
    private var councilLast: Digest?
    private var councilKey: SigningKey
    private var keys = Keys()
    private var personIDs: [String: PersonID] = [:]
    private var nearest: [String: Set<String>] = [:]

    /// The keys of names, the same in every history; those of persons and devices are made once.
    struct Keys {
        private static let made = Mutex<(keys: [String: SigningKey], devices: [String: Device])>(
            ([:], [:]))

        private static func seed(_ name: String) -> UInt64 {
            name.utf8.reduce(14_695_981_039_346_656_037) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
        }

        func key(_ name: String) throws -> SigningKey {
            if let key = Self.made.withLock({ $0.keys[name] }) { return key }
            var random = Seeded(Self.seed(name))
            let key = try random.signingKey()
            // An invitation has a key of its own, by its id, and is not met again.
            if name.utf8.count < 12 { Self.made.withLock { $0.keys[name] = key } }
            return key
        }

        func device(_ name: String, of person: PersonID) throws -> Device {
            let id = "\(name) \(person)"
            if let device = Self.made.withLock({ $0.devices[id] }) { return device }
            var random = Seeded(Self.seed(name) ^ 1)
            let device = Device(
                person: person, key: try key(name), channel: ChannelKey(random.bytes32()),
                label: name)
            Self.made.withLock { $0.devices[id] = device }
            return device
        }
    }

    /// One content log as it grows.
    private struct ContentLogBuilder {
        var places: [String: (branch: Int, sequence: Int)] = [:]
        var branches: [(parent: (branch: Int, sequence: Int)?, first: Int, last: Int)] = []
        var citations: [[(sequence: Int, event: EventID)]] = []

        mutating func append(_ id: String, after previous: String?, naming events: [EventID]) {
            let before = previous.flatMap { places[$0] }
            var branch = before?.branch ?? -1
            if branch < 0 || branches[branch].last != before?.sequence {
                branch = branches.count
                branches.append((before, (before?.sequence ?? -1) + 1, -1))
                citations.append([])
            }
            let sequence = (before?.sequence ?? -1) + 1
            branches[branch].last = sequence
            places[id] = (branch, sequence)
            citations[branch] += events.map { (sequence, $0) }
        }
    }

    init(_ ops: [ModelOp]) throws {
        self.ops = Dictionary(uniqueKeysWithValues: ops.map { ($0.id, $0) })
        councilKey = try keys.key("council")
        let ordered = ops.sorted { ($0.lamport, $0.id) < ($1.lamport, $1.id) }
        guard let genesis = ordered.first(where: { $0.kind == "genesis" }) else { throw Missing() }
        team = TeamID(try Self.event(genesis.id).value)
        for op in ordered where ["genesis", "admit"].contains(op.kind) {
            guard let first = op.devices.first else { continue }
            let name = op.kind == "genesis" ? op.person : op.subject
            personIDs[name] = Device.person(of: try keys.key(first).publicKey)
        }
        for op in ordered { try translate(op) }
    }

    static func event(_ id: String) throws -> EventID {
        guard let bytes = Hex.decode(id),
            let value = Bytes32(bytes + [UInt8](repeating: 0, count: 24))
        else { throw Missing() }
        return EventID(value)
    }

    func person(_ name: String) -> PersonID { personIDs[name] ?? PersonID(.zero) }

    /// The ids of the operations that count, as the fold and the content logs say.
    func effective(_ team: Team) throws -> Set<String> {
        var effective: Set<String> = []
        for op in ops.values where op.kind != "content" {
            if team.effective.contains(try Self.event(op.id)) { effective.insert(op.id) }
        }
        for (device, builder) in content {
            let key = LogKey(logClass: .content, device: try keys.key(device).publicKey, log: 2)
            var heads: [EventID: (branch: Int, sequence: Int)] = [:]
            let named = Set(team.cutHeads(of: key))
            for (id, place) in builder.places where named.contains(try Self.event(id)) {
                heads[try Self.event(id)] = place
            }
            let branches = zip(builder.branches, builder.citations).map {
                ContentLog.Branch(parent: $0.parent, first: $0.first, citations: $1)
            }
            let log = ContentLog(key: key, branches: branches, heads: heads)
            guard let standing = team.standing(of: log) else { continue }
            for (id, place) in builder.places
            where standing.counts(place.sequence, in: place.branch, id: EventID(.zero)) {
                effective.insert(id)
            }
        }
        return effective
    }

    /// The operations of one class on an operation's own chain, the nearest one, itself included.
    private func nearest(_ id: String?, isContent: Bool) -> String? {
        var next = id
        while let at = next, let op = ops[at] {
            if (op.kind == "content") == isContent { return at }
            next = op.previous
        }
        return nil
    }

    private func membershipPast(of op: ModelOp) -> [EventID] {
        var found: Set<String> = []
        for dep in op.deps { found.formUnion(nearest[dep] ?? []) }
        return found.sorted().compactMap { try? Self.event($0) }
    }

    private mutating func translate(_ op: ModelOp) throws {
        let parents = membershipPast(of: op)
        guard op.kind != "content" else {
            nearest[op.id] = op.deps.reduce(into: []) { $0.formUnion(nearest[$1] ?? []) }
            content[op.device, default: ContentLogBuilder()].append(
                op.id, after: nearest(op.previous, isContent: true), naming: parents)
            return
        }
        nearest[op.id] = [op.id]
        events.append(
            MembershipEvent(
                id: try Self.event(op.id), device: try keys.key(op.device).publicKey, log: 1,
                previous: try nearest(op.previous, isContent: false).map(Self.event),
                parents: parents, lamport: op.lamport, act: try act(of: op)))
    }

    private func cut(_ cut: [String: [String]]) throws -> [MembershipAct.Cut] {
        try cut.sorted { $0.key < $1.key }.flatMap { device, heads in
            let key = try keys.key(device).publicKey
            return try [false, true].map { isContent in
                MembershipAct.Cut(
                    device: key, log: isContent ? 2 : 1,
                    heads: try heads.compactMap { nearest($0, isContent: isContent) }
                        .map(Self.event))
            }
        }
    }

    private mutating func decision(_ proposal: CouncilProposal) -> MembershipAct {
        let bytes = proposal.encoded
        let previous = councilLast
        councilLast = CouncilDecision.digest(previous: previous, proposal: bytes)
        let statement = CouncilDecision.statement(
            team: team, previous: previous, proposal: bytes)
        return .council(
            proposal: bytes, previous: previous,
            signatures: [
                .init(
                    key: councilKey.publicKey,
                    signature: councilKey.sign(statement, domain: .council))
            ])
    }

    private mutating func act(of op: ModelOp) throws -> MembershipAct {
        let person = person(op.subject)
        let lifts = try op.lifts.map(Self.event)
        let granted = try op.devices.map { try keys.key($0).publicKey }
        switch op.kind {
        case "genesis":
            let founder = self.person(op.person)
            return .genesis(
                .init(
                    teamName: "Model", founderName: op.person,
                    devices: try op.devices.map { try keys.device($0, of: founder) },
                    recoveryKeys: [councilKey.publicKey], recoveryThreshold: 1))
        case "invite":
            return .invite(
                .init(
                    key: try keys.key(op.id).publicKey, psk: .zero, role: .member, uses: 9,
                    expiry: nil, note: ""))
        case "admit":
            let invite = try Self.event(op.invite)
            let request = JoinRequest(
                team: team, invite: invite, inviteKey: try keys.key(op.invite), person: person,
                name: op.subject,
                devices: try op.devices.map { try keys.device($0, of: person) },
                nonce: [UInt8](repeating: 0, count: 16))
            return .admit(.init(invite: invite, request: request))
        case "grant":
            return .grant(person: person, role: .moderator, devices: granted, lifts: lifts)
        case "founder":
            return decision(.founder(person: person, devices: granted, lifts: lifts))
        case "reduce":
            let role: Role = op.role == "none" ? .none : .member
            if op.person == "council" {
                return decision(
                    .reduce(person: person, to: role, cut: try cut(op.cut), reason: "decided"))
            }
            return .reduce(
                person: person, to: role, cut: try cut(op.cut), reason: "severe", isSevere: true,
                address: nil)
        case "readmit": return .readmit(person: person, lifts: lifts, devices: [])
        case "adddev":
            let owner = self.person(op.person)
            return .addDevice(person: owner, device: try keys.device(op.subject, of: owner))
        case "revdev":
            return .revokeDevice(
                owner: self.person(op.owner), device: try keys.key(op.subject).publicKey,
                cut: try cut(op.cut))
        case "close": return .close(invite: try Self.event(op.invite))
        case "warn": return .address(person: person, text: "", about: nil)
        default: throw Missing()
        }
    }
}
