public import WeData
import WeKeys

/// What the recovery keys of a team may decide together (Protocol.md, "The council").
public enum CouncilProposal: Hashable, Sendable {
    /// Makes someone founder.
    case founder(person: PersonID, devices: [DeviceKey], lifts: [EventID])
    /// Excludes or demotes whomever, a founder too.
    case reduce(person: PersonID, to: Role, cut: [MembershipAct.Cut], reason: String)
    /// Replaces the recovery keys.
    case keys([DeviceKey], threshold: Int)

    private static let grantKind = 3
    private static let reduceKind = 4
    private static let keysKind = 10

    /// The canonical bytes that a decision carries.
    public var encoded: [UInt8] {
        var writer = Writer()
        writer.array(2)
        switch self {
        case .founder(let person, let devices, let lifts):
            writer.int(CouncilProposal.grantKind)
            MembershipAct.grant(person: person, role: .founder, devices: devices, lifts: lifts)
                .write(to: &writer)
        case .reduce(let person, let role, let cut, let reason):
            writer.int(CouncilProposal.reduceKind)
            MembershipAct.reduce(
                person: person, to: role, cut: cut, reason: reason, isSevere: true, address: nil
            ).write(to: &writer)
        case .keys(let keys, let threshold):
            writer.int(CouncilProposal.keysKind)
            writer.map(2)
            writer.key(0)
            writer.list(keys) { $1.id($0) }
            writer.key(1)
            writer.int(threshold)
        }
        return writer.take()
    }

    /// Decodes a proposal; `nil` for one that this version does not know.
    public init?(decoding bytes: [UInt8]) {
        do throws(DecodingError) {
            var reader = Reader(bytes)
            try reader.array(count: 2)
            let kind = try reader.int(in: 0...Int.max)
            guard kind == CouncilProposal.keysKind else {
                let act = try MembershipAct(kind: kind, from: &reader)
                try reader.finish()
                switch act {
                case .grant(let person, .founder, let devices, let lifts):
                    self = .founder(person: person, devices: devices, lifts: lifts)
                case .reduce(let person, let to, let cut, let reason, true, nil)
                where to <= .moderator:
                    self = .reduce(person: person, to: to, cut: cut, reason: reason)
                default: return nil
                }
                return
            }
            var fields = Fields(reader: reader)
            try fields.scan()
            reader = fields.reader
            try reader.finish()
            let (keys, threshold) = (try fields.ids(0) as [DeviceKey], try fields.int(1))
            guard Council.isValid(keys: keys, threshold: threshold) else { return nil }
            self = .keys(keys, threshold: threshold)
        } catch {
            return nil
        }
    }
}

/// The keys that can replace a founder, and the decision that theirs must follow.
public struct Council: Sendable, Hashable {
    /// The keys.
    public internal(set) var keys: [DeviceKey]
    /// How many of them a decision takes.
    public internal(set) var threshold: Int
    /// The last decision that counts; `nil` before the first.
    public internal(set) var last: Digest?
    /// Whether two decisions followed the same one: some key signed twice.
    public internal(set) var isForked = false

    /// Whether so many of so many is more than half, as a council must be.
    public static func isValid(keys: [DeviceKey], threshold: Int) -> Bool {
        Set(keys).count == keys.count && isValid(keyCount: keys.count, threshold: threshold)
    }

    /// The same of numbers alone.
    public static func isValid(keyCount: Int, threshold: Int) -> Bool {
        (1...EventLimit.recoveryKeysMax).contains(keyCount) && threshold <= keyCount
            && threshold * 2 > keyCount
    }
}

/// How decisions of a council are signed and named.
public enum CouncilDecision {
    /// What each recovery key signs, under the council's domain.
    public static func statement(
        team: TeamID, previous: Digest?, proposal: [UInt8]
    ) -> [UInt8] {
        var writer = Writer()
        writer.array(3)
        writer.id(team)
        writer.optionalID(previous)
        writer.bytes(proposal)
        return writer.take()
    }

    /// The hash by which the next decision names this one.
    public static func digest(previous: Digest?, proposal: [UInt8]) -> Digest {
        var writer = Writer()
        writer.array(2)
        writer.optionalID(previous)
        writer.bytes(proposal)
        return Digest(hashing: writer.take())
    }
}
