/// What can happen to a team in a simulation, by whom, and how often.
package enum StepKind: String, CaseIterable, Comparable, Sendable {
    // People.
    case create, editText, editStale, setRegister, addElement, removeElement, count, react, profile
    case erase, invite, grant
    // The network.
    case cut, cutOneSide, silence, stall, clog, partition, partitionOneWay, heal, dialTwice
    case dialOnce
    // Nodes.
    case restart, clone, restore, clockJump, slowStore
    // Hostile members.
    case garbage, garbageMessage, lieHeads, lieEqual, lieCounts, withhold, withholdBodies
    case endlessHave, endlessBlocks, replay, stallMidway, flood, fork, wrongSignature, wrongLamport
    case wrongPrevious, wrongParents, unknownChange, unknownAct, backdatedGrant, backdatedExclusion
    case forgedAdmission, strangersEvent
    // Strangers.
    case knockGarbage, knockOtherSecret, knockStolenSecret, knockReplay

    /// Who or what brings it about.
    package enum Source: Sendable {
        case people, network, node, member, stranger
    }

    /// Who or what brings it about.
    package var source: Source {
        switch self {
        case .create, .editText, .editStale, .setRegister, .addElement, .removeElement, .count,
            .react, .profile, .erase, .invite, .grant:
            .people
        case .cut, .cutOneSide, .silence, .stall, .clog, .partition, .partitionOneWay, .heal,
            .dialTwice, .dialOnce:
            .network
        case .restart, .clone, .restore, .clockJump, .slowStore: .node
        case .garbage, .garbageMessage, .lieHeads, .lieEqual, .lieCounts, .withhold,
            .withholdBodies, .endlessHave, .endlessBlocks, .replay, .stallMidway, .flood, .fork,
            .wrongSignature, .wrongLamport, .wrongPrevious, .wrongParents, .unknownChange,
            .unknownAct, .backdatedGrant, .backdatedExclusion, .forgedAdmission, .strangersEvent:
            .member
        case .knockGarbage, .knockOtherSecret, .knockStolenSecret, .knockReplay: .stranger
        }
    }

    /// How often it comes, beside the others of its source.
    var weight: Int {
        switch self {
        case .create: 24
        case .editText: 24
        case .setRegister: 16
        case .addElement, .removeElement, .react: 8
        case .editStale, .count, .profile: 5
        case .erase, .grant, .invite: 2
        case .cut, .stall: 8
        case .clog, .partition, .partitionOneWay, .heal, .dialOnce: 5
        case .cutOneSide, .silence, .dialTwice: 4
        case .restart: 8
        case .clockJump, .slowStore: 4
        case .clone, .restore: 2
        // Breaks equalDigests: a body that a peer leaves out is not asked for again.
        case .withholdBodies: 0
        default: 3
        }
    }

    /// All of one source, each as often as it weighs.
    static func weighted(_ source: Source) -> [StepKind] {
        allCases.filter { $0.source == source }
            .flatMap { [StepKind](repeating: $0, count: $0.weight) }
    }

    package static func < (left: StepKind, right: StepKind) -> Bool {
        left.rawValue < right.rawValue
    }
}
